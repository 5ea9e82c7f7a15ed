"""The store of a run: a folder with rubrics.jsonl, failures.jsonl, run.json and events.jsonl.

Whatever is finished is appended at once, so that a kill loses only what was in flight. When a run
ends, both JSONL files are put in the order of the query file, so that equal runs give equal bytes
apart from times. Opening the folder again goes on where it stopped.

`Store` keeps any kind of run (`medelphi.tools.runs.kinds`): gradings.jsonl and answers.jsonl stand
in the place of rubrics.jsonl, an answer's key in that of a query's id. `RunStore` keeps rubrics.
"""

import operator
import os
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Literal, NamedTuple, Self

import orjson

from medelphi.schema import Failure, Rubric
from medelphi.schema.errors import RunError
from medelphi.schema.usage import merged
from medelphi.tools.id_table import IdTable, digest
from medelphi.tools.runs.files import LineFile, damaged, lines, objects, replace
from medelphi.tools.runs.info import RunInfo, RunState
from medelphi.tools.runs.kinds import RUBRICS, I, Kind, R
from medelphi.tools.runs.opening import begin, hold
from medelphi.tools.runs.reader import FAILURES, INFO
from medelphi.tools.runs.totals import Totals

Status = Literal["new", "finished", "failed"]

ALWAYS_AGAIN = frozenset(
    {"auth", "quota", "request", "invalid_query", "invalid_answer", "invalid_case", "no_rubric"}
)
"""Failures that say nothing about the query: a key can be put right, a row can be edited."""
UNKNOWN = 0
"""Stands for the digest of what a failure was about, where it does not hold it."""


class _Failures(NamedTuple):
    places: IdTable
    kinds: Counter[str]
    totals: Totals


@dataclass(slots=True)
class Store(Generic[R, I]):
    """One process's hold on a run. Made by `begin`; a context manager."""

    kind: Kind[R, I]
    path: Path
    info: I
    """As of the last `begin` or `finish`."""
    _lock: int
    _records: LineFile
    _failures: LineFile
    _retry_failed: bool
    _totals: Totals
    _finished: IdTable = field(default_factory=IdTable)
    _failed: IdTable = field(default_factory=IdTable)

    @classmethod
    def begin(
        cls,
        kind: Kind[R, I],
        path: str | Path,
        settings: Mapping[str, object],
        *,
        sources: Mapping[str, str] | None = None,
        retry_failed: bool = False,
    ) -> Self:
        """Make a run, or go on with one.

        Args:
            kind: What it holds.
            path: The folder; made where it is missing.
            settings: What has to be equal for the run to go on; JSON-able.
            sources: Fields of run.json that name where the run comes from.
            retry_failed: Try again what failed, whatever it failed of.

        Raises:
            RunError: Another process holds the run, it was made with other settings, a file in it
                is damaged, or it cannot be written.
        """
        folder = Path(path)
        lock = hold(folder)
        try:
            info = begin(kind, folder, orjson.loads(orjson.dumps(settings)), sources or {})
            records, failures = LineFile(folder / kind.file), LineFile(folder / FAILURES)
        except BaseException:
            os.close(lock)
            raise
        store = cls(kind, folder, info, lock, records, failures, retry_failed, kind.totals())
        try:
            store._load()
            store._save(info)
        except BaseException:
            store.close()
            raise
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the run. Nothing that was added is lost."""
        self._records.close()
        self._failures.close()
        os.close(self._lock)

    def status(self, key: str, content: str | None) -> Status:
        """What earlier processes made of a query or an answer.

        Failures that may pass (`Failure.retryable`, a wrong key) count as new, and so does a
        failed query that was reworded.

        Args:
            key: As the kind of the run gives it: for rubrics the query's id.
            content: Likewise: for rubrics the query's conversation, as
                `medelphi.tools.queries.rows.canonical` gives it; None for whatever content.

        Raises:
            RunError: The run has a record of that key for another content.
        """
        place = self._finished.find(key)
        if place is not None:
            if content is not None and place.digest != digest(content):
                noun, source = self.kind.noun, self.kind.source
                raise RunError(
                    f"{self.path}: has {'an' if noun[0] in 'aeiou' else 'a'} {noun} of another "
                    f"{source} under the id {self.kind.shown(key)!r}; "
                    f"give the changed {source} a new id, or choose another --out"
                )
            return "finished"
        failed = None if self._retry_failed else self._failed.find(key)
        if failed is not None and failed.digest in {UNKNOWN, digest(content or "")}:
            return "failed"
        return "new"

    def add(self, record: R | Failure) -> None:
        """Keep a result. It is safe from a kill when this returns.

        Raises:
            RunError: It cannot be written; what was kept before stays.
        """
        line = record.model_dump_json().encode()
        if isinstance(record, Failure):
            self._failures.append(line)
        else:
            self._count_in(orjson.loads(line), self._records.append(line))

    def finish(
        self,
        order: Callable[[], Iterable[str]],
        *,
        state: RunState = "finished",
        **fields: object,
    ) -> I:
        """Put the files in the order of the query file, and write run.json.

        Args:
            order: Gives the keys of the whole query file, from its beginning each time it is
                called. Results of other keys come after them.
            state: How the run ended.
            fields: Further fields of run.json.

        Raises:
            RunError: It cannot be written; the results stay as they were.
        """
        self._finished.seal()
        lost: _Failures = self._open_failures()
        self._records = _in_order(self._records, self._finished.in_order(order()))
        self._failures = _in_order(self._failures, lost.places.in_order(order()))
        ended: dict[str, object] = {
            "state": state,
            "finished": datetime.now(UTC),
            self.kind.plural: len(self._finished),
            "failures": lost.kinds.total(),
            "failures_by_kind": dict(sorted(lost.kinds.items())),
            "usage": self._totals.usage + lost.totals.usage,
            "spending": merged((*self._totals.spending, *lost.totals.spending)),
            **self._totals.fields,
            **fields,
        }
        info = self.info.model_copy(update=ended)
        self._save(info)
        return info

    def _load(self) -> None:
        path, noun = self.path / self.kind.file, self.kind.noun
        for number, offset, record in objects(path):
            try:
                self._count_in(record, offset)
            except (KeyError, TypeError, ValueError) as error:
                raise damaged(path, number, f"no {noun}: {error!r}") from error
        self._finished.seal()
        for number, offset, failure in objects(self.path / FAILURES):
            try:
                settled = not failure["retryable"] and failure["kind"] not in ALWAYS_AGAIN
                if settled:
                    content = self.kind.failure_content(failure)
                    known = UNKNOWN if content is None else digest(content)
                    self._failed.add(self.kind.failure_key(failure), known, offset)
            except (KeyError, TypeError) as error:
                raise damaged(self.path / FAILURES, number, f"no failure: {error!r}") from error
        self._failed.seal()

    def _count_in(self, record: Mapping[str, Any], offset: int) -> None:
        key, content = self.kind.key(record), digest(self.kind.content(record))
        self._totals.add(record)
        self._finished.add(key, content, offset)

    def _open_failures(self) -> "_Failures":
        """The failures that no later result made up for."""
        failed, key_of = IdTable(), self.kind.failure_key
        for _, offset, failure in objects(self.path / FAILURES):
            if (key := key_of(failure)) not in self._finished:
                failed.add(key, digest(failure["kind"]), offset)
        failed.seal()
        kinds: Counter[str] = Counter()
        spent = Totals()
        for _, offset, failure in objects(self.path / FAILURES):
            place = failed.find(key_of(failure))
            if place is not None and place.position == offset:
                kinds[failure["kind"]] += 1
                spent.spend(failure)
        return _Failures(failed, kinds, spent)

    def _save(self, info: I) -> None:
        text = orjson.dumps(info.model_dump(mode="json"), option=orjson.OPT_INDENT_2)
        replace(self.path / INFO, [text, b"\n"])
        self.info = info


class RunStore(Store[Rubric, RunInfo]):
    """The store of a rubric run."""

    __slots__ = ()

    @classmethod
    def open(
        cls,
        path: str | Path,
        settings: Mapping[str, object],
        *,
        queries: str = "",
        index: str = "",
        retry_failed: bool = False,
    ) -> Self:
        """Make a rubric run, or go on with one.

        Args:
            path: The folder; made where it is missing.
            settings: What has to be equal for the run to go on; JSON-able.
            queries: The query file as it was named, to be noted.
            index: The index as it was named, to be noted.
            retry_failed: Try failed queries again, whatever they failed of.

        Raises:
            RunError: As `Store.begin`.
        """
        sources = {"queries": queries, "index": index}
        return cls.begin(RUBRICS, path, settings, sources=sources, retry_failed=retry_failed)


def _in_order(file: LineFile, positions: "array[int]") -> LineFile:
    """Replace a file by the lines at these offsets; leave it alone where that changes nothing."""
    file.sync()
    ascending = all(map(operator.lt, positions, islice(positions, 1, None)))
    if ascending and _line_count(file.path) == len(positions):
        return file
    replace(file.path, _picked(file.path, positions))
    file.close()
    return LineFile(file.path)


def _picked(path: Path, positions: "array[int]") -> Iterator[bytes]:
    with path.open("rb") as file:
        for position in positions:
            file.seek(position)
            yield file.readline()


def _line_count(path: Path) -> int:
    return sum(1 for _ in lines(path))
