"""Sessions of a run that is there: one by its name, all as rows to be scored again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from medelphi.cli.batch import Row
from medelphi.schema.errors import InputError

if TYPE_CHECKING:
    from medelphi.graphs.session_context import SessionContext
    from medelphi.schema import Session
    from medelphi.tools.runs.info import SessionInfo

SHOWN_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSessions:
    """The sessions of a run."""

    run: Path
    info: "SessionInfo"

    def rows(self) -> "Iterator[Row[Session]]":
        """Every session in the order of the run."""
        from medelphi.tools.runs.files import damaged, lines
        from medelphi.tools.runs.kinds import SESSIONS
        from medelphi.tools.runs.reader import parse_session

        path = self.run / SESSIONS.file
        for number, _, line in lines(path):
            try:
                record = orjson.loads(line)
                key, content = SESSIONS.key(record), SESSIONS.content(record)
            except (orjson.JSONDecodeError, KeyError, TypeError) as error:
                raise damaged(path, number, f"no session: {error!r}") from error
            yield Row(
                key=key,
                content=content,
                make=lambda number=number, line=line: parse_session(path, number, line),  # type: ignore[misc]
            )

    def keys(self) -> Iterator[str]:
        """The keys of all sessions, in their order."""
        return (row.key for row in self.rows())


def find_session(run: Path, name: str) -> "Session":
    """One session of a run.

    Args:
        name: Its number in the file, from 1; its id (``case/doctor/seed``); or the id of its case,
            where the run has one session of that case.

    Raises:
        InputError: There is none, or more than one.
        RunError: The folder is no session run.
    """
    from medelphi.tools.runs.files import damaged, lines
    from medelphi.tools.runs.kinds import SESSIONS
    from medelphi.tools.runs.reader import parse_session, read_session_info

    read_session_info(run)
    path, found = run / SESSIONS.file, {}
    for number, _, line in lines(path):
        try:
            record = orjson.loads(line)
            case, names = record["case"]["id"], (record["doctor"], record["seed"])
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise damaged(path, number, f"no session: {error!r}") from error
        id_ = f"{case}/{names[0]}/{names[1]}"
        if name in {str(number), id_}:
            return parse_session(path, number, line)
        if case == name:
            found[id_] = (number, line)
    if len(found) == 1:
        number, line = next(iter(found.values()))
        return parse_session(path, number, line)
    if found:
        some = ", ".join(list(found)[:SHOWN_NAMES])
        raise InputError(f"has {len(found)} sessions of {name!r}; name one: {some}", path=str(run))
    raise InputError(f"has no session {name!r}{_failure(run, name)}", path=str(run))


def _failure(run: Path, name: str) -> str:
    """Why a run has no such session, as far as its failures tell."""
    from medelphi.tools.runs.kinds import SESSIONS
    from medelphi.tools.runs.reader import failures_of

    for failure in failures_of(run, SESSIONS):
        if name in {failure.query_id, f"{failure.query_id}/{failure.answered_by}/{failure.sample}"}:
            return f": {failure.kind}: {failure.reason}"
    return f"; 'medelphi show {run}' lists what it has"


def names_of(session: "Session") -> dict[str, Any]:
    """The fields of a `Failure` that say what it is about."""
    return {
        "query_id": session.case.id,
        "answered_by": session.doctor,
        "sample": session.seed,
    }


def context_of(info: "SessionInfo") -> "SessionContext":
    """The settings of a run, as a context."""
    from medelphi.graphs.session_context import SessionContext

    known = SessionContext.__dataclass_fields__
    fields: dict[str, Any] = {}
    for name in ("simulation", "scheme"):
        part = info.settings.get(name)
        if isinstance(part, dict):
            fields |= {key: value for key, value in part.items() if key in known}
    judging = info.settings.get("judging")
    judges = judging.get("judges") if isinstance(judging, dict) else None
    named = tuple(map(str, judges)) if isinstance(judges, list) else ()
    profile = info.profile or str(info.settings.get("profile") or "offline")
    fields |= {"judges": named, "profile": profile, "prompts": info.prompts}
    return SessionContext(**fields)
