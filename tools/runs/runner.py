"""Running a batch: many queries, few at a time, each once, and what is finished is never lost.

A batch is of queries, or of answers to score or collect: its `Unit` says which.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast

import structlog

from medelphi.schema import Failure, Query, Rubric, Spending, Usage
from medelphi.schema.base import Record
from medelphi.schema.errors import AuthError, BudgetError, MedelphiError, ProviderError
from medelphi.tools.logging import redact

GRACE_SECONDS = 10.0
"""How long queries in flight may go on after the first Ctrl-C."""
OUTAGE = 20
"""So many queries in a row without a model that answers end a batch."""
_NO_MODEL = frozenset(
    {
        "auth",
        "quota",
        "request",
        "rate_limit",
        "timeout",
        "unavailable",
        "overloaded",
        "circuit_open",
    }
)

_log: structlog.stdlib.BoundLogger = structlog.get_logger("runner")

T = TypeVar("T")
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit(Generic[T, R]):
    """What a batch is made of."""

    noun: str
    plural: str
    names: Callable[[T], dict[str, Any]]
    """The fields of a `Failure` that say what it is about."""
    told: Callable[[R], dict[str, object]]
    """What the log says of a result."""
    alone: Callable[[Failure], bool] = lambda _: False
    """Whether a failure says nothing about the other items, so that it never ends the batch."""


def _of_rubric(rubric: Rubric) -> dict[str, object]:
    usage = rubric.provenance.usage
    return {
        "criteria": len(rubric.criteria),
        "rounds": len(rubric.agreement),
        "calls": usage.calls,
        "cost": usage.cost,
        "seconds": round(usage.seconds, 3),
    }


QUERIES: Unit[Query, Rubric] = Unit(
    noun="query",
    plural="queries",
    names=lambda query: {"query_id": query.id},
    told=_of_rubric,
)


class Progress(Protocol):
    """Whoever wants to know how far the batch is."""

    def started(self, item: object) -> None: ...

    def ended(self, record: Record) -> None: ...


@dataclass(slots=True)
class Stop:
    """Asks a batch to end. `ask` once: queries in flight may finish; twice: they may not."""

    asked: asyncio.Event
    at_once: asyncio.Event
    reason: MedelphiError | None = None
    """Why the batch ends by itself; None where somebody asked."""

    @classmethod
    def new(cls) -> "Stop":
        return cls(asyncio.Event(), asyncio.Event())

    def ask(self) -> None:
        (self.at_once if self.asked.is_set() else self.asked).set()

    def because(self, reason: MedelphiError) -> None:
        """End the batch, as `ask` does; the first reason counts."""
        self.reason = self.reason or reason
        self.asked.set()


@dataclass(slots=True)
class Outage:
    """Notices that queries fail, one after the other, for want of a model that answers."""

    failures: int = 0
    unit: Unit[Any, Any] = QUERIES

    def see(self, record: Record) -> ProviderError | None:
        """Count a result. Returns why the batch should end, if it should."""
        if not isinstance(record, Failure) or not _for_want_of_a_model(record):
            self.failures = 0
            return None
        if self.unit.alone(record):
            return None
        self.failures += 1
        refused = record.kind in {"auth", "quota"}
        if not refused and self.failures < OUTAGE:
            return None
        many = (
            f"every {self.unit.noun} would fail"
            if refused
            else f"{OUTAGE} {self.unit.plural} in a row failed"
        )
        kind = AuthError if refused else ProviderError
        return kind(
            f"{record.reason}; stopped, because {many} the same way; "
            "the same command goes on when it is mended",
            model=record.model if record.model not in record.reason else "",
        )


def _for_want_of_a_model(failure: Failure) -> bool:
    return failure.kind in _NO_MODEL or (failure.kind == "quorum" and failure.retryable)


@contextlib.asynccontextmanager
async def stop_on_signals(stop: Stop) -> AsyncIterator[None]:
    """Turn Ctrl-C and SIGTERM into `Stop.ask` while inside."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, stop.ask)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


async def run_batch(
    queries: Iterable[T],
    run_one: Callable[[T], Awaitable[R | Failure]],
    keep: Callable[[R | Failure], None],
    *,
    concurrency: int,
    unit: Unit[T, R] | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
    grace: float = GRACE_SECONDS,
) -> bool:
    """Run every query, at most ``concurrency`` at a time.

    Queries are taken from the iterator when there is room for them, so memory does not grow with
    their number. An unexpected exception in one of them becomes a `Failure` of kind ``internal``,
    with its traceback in the log, and the others go on.

    Args:
        queries: What to run: queries, or what the ``unit`` is of.
        run_one: Gives the result of one query.
        keep: Stores a result; called once for each query that ended.
        unit: What the batch is made of; without it queries, whose results are rubrics.

    Returns:
        Whether the batch came to its end; False when it was stopped before.

    Raises:
        MedelphiError: What ``run_one`` or ``keep`` raised about the run as a whole (settings,
            disk).
        BudgetError: The budget is used up. Queries that need no further call were finished.
        ProviderError: A provider refused the key, or `OUTAGE` queries in a row had no model that
            answered: further ones would fail the same way.
    """
    unit = unit or cast("Unit[T, R]", QUERIES)
    stop, outage = stop or Stop.new(), Outage(unit=unit)
    source = iter(queries)
    workers = {
        asyncio.create_task(_work(source, run_one, keep, progress, stop, outage, unit))
        for _ in range(concurrency)
    }
    watchers = {
        asyncio.create_task(stop.asked.wait()),
        asyncio.create_task(stop.at_once.wait()),
    }
    deadline: float | None = None
    clock = asyncio.get_running_loop().time
    pending = set(workers)
    try:
        while pending:
            waiting = {watcher for watcher in watchers if not watcher.done()}
            timeout = None if deadline is None else max(0.0, deadline - clock())
            await asyncio.wait(
                pending | waiting, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
            for worker in pending:
                if worker.done():
                    worker.result()
            pending = {worker for worker in pending if not worker.done()}
            if stop.asked.is_set() and deadline is None:
                deadline = clock() + grace
            if stop.at_once.is_set() or (deadline is not None and clock() >= deadline):
                break
    finally:
        for task in workers | watchers:
            task.cancel()
        await asyncio.gather(*workers, *watchers, return_exceptions=True)
    if stop.reason is not None:
        raise stop.reason
    return not stop.asked.is_set()


async def _work(
    source: Iterator[T],
    run_one: Callable[[T], Awaitable[R | Failure]],
    keep: Callable[[R | Failure], None],
    progress: Progress | None,
    stop: Stop,
    outage: Outage,
    unit: Unit[T, R],
) -> None:
    while not stop.asked.is_set():
        item = next(source, None)
        if item is None:
            return
        if progress:
            progress.started(item)
        names = unit.names(item)
        with structlog.contextvars.bound_contextvars(**_bound(names)):
            try:
                record = await _run(item, run_one, unit)
            except BudgetError as error:
                stop.because(error)
                return
            keep(record)
            _report(record, unit)
        if progress:
            progress.ended(record)
        if problem := outage.see(record):
            stop.because(problem)


def _bound(names: dict[str, Any]) -> dict[str, Any]:
    """What every event of one query or answer carries."""
    return {"query" if name == "query_id" else name: value for name, value in names.items()}


async def _run(
    item: T, run_one: Callable[[T], Awaitable[R | Failure]], unit: Unit[T, R]
) -> R | Failure:
    """The result of one query: the boundary where what went wrong becomes a record."""
    try:
        return await run_one(item)
    except ProviderError as error:
        return Failure.model_validate(
            {
                **unit.names(item),
                "kind": error.kind,
                "reason": redact(str(error)),
                "model": error.model,
                "retryable": error.retryable,
                "usage": error.usage,
                "spending": _spent(error),
            }
        )
    except Exception as error:
        if isinstance(error, MedelphiError):  # it concerns the run, not this query
            raise
        _log.exception(f"{unit.noun}_crashed")
        said = redact(" ".join(str(error).split()))[:300]
        return Failure.model_validate(
            {
                **unit.names(item),
                "kind": "internal",
                "reason": f"{type(error).__name__}: {said}; the traceback is in events.jsonl",
                "retryable": True,
            }
        )


def _spent(error: ProviderError) -> tuple[Spending, ...]:
    if error.usage == Usage():
        return ()
    return (Spending(node="", model=error.model, usage=error.usage),)


def _report(record: R | Failure, unit: Unit[T, R]) -> None:
    if isinstance(record, Failure):
        _log.info(
            f"{unit.noun}_failed",
            kind=record.kind,
            reason=record.reason,
            node=record.node,
            model=record.model,
            retryable=record.retryable,
        )
        return
    _log.info(f"{unit.noun}_finished", **unit.told(record))
