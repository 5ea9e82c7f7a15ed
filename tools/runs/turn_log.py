"""The turns of sessions that have not ended: turns.jsonl, so that none is lost and none run twice.

Every finished turn is appended at once. A session that begins again goes on behind its last turn;
when a run ends, the turns of ended sessions are dropped, for they stand in sessions.jsonl.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from medelphi.schema import Turn
from medelphi.tools.runs.files import LineFile, damaged, objects, replace

TURNS = "turns.jsonl"


class TurnLog:
    """The log of one run. The run's `Store` holds the lock. A context manager."""

    def __init__(self, folder: Path) -> None:
        """Open the log; made where it is missing.

        Raises:
            RunError: It is damaged, or cannot be written.
        """
        self._path = folder / TURNS
        self._file = LineFile(self._path)
        self._places: dict[tuple[str, str], list[int]] = {}
        for number, offset, line in objects(self._path):
            try:
                self._note(_name(line), offset)
            except (KeyError, TypeError) as error:
                raise damaged(self._path, number, f"no turn: {error!r}") from error

    def __enter__(self) -> "TurnLog":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, key: str, content: str, turn: Turn) -> None:
        """Keep a turn. It is safe from a kill when this returns.

        Args:
            key: Of the session in its run.
            content: The digest of its case.

        Raises:
            RunError: It cannot be written.
        """
        line = {"session": key, "case": content, "turn": turn.model_dump(mode="json")}
        self._note((key, content), self._file.append(orjson.dumps(line)))

    def earlier(self, key: str, content: str, after: int = 0) -> tuple[Turn, ...]:
        """The turns that a session of this case has had.

        Args:
            after: The turn behind which it began: 0, or the last one of those it branched from.

        Raises:
            RunError: A line is damaged.
        """
        turns: dict[int, Turn] = {}
        with self._path.open("rb") as file:
            for offset in self._places.get((key, content), ()):
                file.seek(offset)
                try:
                    turn = Turn.model_validate(orjson.loads(file.readline())["turn"])
                except ValueError as error:
                    raise damaged(self._path, None, f"no turn: {error}") from error
                turns[turn.number] = turn
        whole: list[Turn] = []
        while after + len(whole) + 1 in turns:
            whole.append(turns[after + len(whole) + 1])
        return tuple(whole)

    def drop(self, ended: Callable[[str], bool]) -> None:
        """Leave out the turns of sessions that have ended.

        Raises:
            RunError: It cannot be written; the log stays as it was.
        """
        self._file.sync()
        kept = [line for _, _, line in objects(self._path) if not ended(line["session"])]
        replace(self._path, (orjson.dumps(line) + b"\n" for line in kept))
        self._file.close()
        self._file = LineFile(self._path)
        self._places.clear()
        for _, offset, line in objects(self._path):
            self._note(_name(line), offset)

    def _note(self, name: tuple[str, str], offset: int) -> None:
        self._places.setdefault(name, []).append(offset)


def _name(line: Mapping[str, Any]) -> tuple[str, str]:
    return str(line["session"]), str(line["case"])
