"""What commands that run batches share: options, limits, going on, stopping, exit codes."""

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

import typer

from medelphi.schema.errors import BudgetError, MedelphiError, ProviderError

if TYPE_CHECKING:
    from medelphi.cli.progress import BatchProgress
    from medelphi.schema import Failure
    from medelphi.schema.base import Record
    from medelphi.tools.models.gateway import Gateway
    from medelphi.tools.models.options import ModelOptions
    from medelphi.tools.runs.info import AnswerInfo, RunInfo, ScoreInfo, SessionInfo
    from medelphi.tools.runs.runner import Progress, Unit
    from medelphi.tools.runs.store import Store

T = TypeVar("T")
R = TypeVar("R", bound="Record")
I = TypeVar("I", "RunInfo", "ScoreInfo", "AnswerInfo", "SessionInfo")  # noqa: E741

INTERRUPTED = 130

MaxCost = Annotated[
    float | None,
    typer.Option(min=0, metavar="DOLLARS", help="Stop when this command has spent so much."),
]
MaxCalls = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="Stop after so many model calls.")
]
UseCache = Annotated[
    bool | None,
    typer.Option(
        "--cache/--no-cache",
        help="Keep replies of paid models, and do not pay for them again. [default: cache]",
    ),
]
RetryFailed = Annotated[
    bool, typer.Option("--retry-failed", help="Try again what failed, whatever the reason.")
]
AnswerConcurrency = Annotated[
    int | None, typer.Option(help="Answers in flight at once. [default: 8]")
]
AnswerTimeout = Annotated[
    float | None,
    typer.Option(min=0.1, metavar="SECONDS", help="Time for one answer, which fails then."),
]
OnlyQueries = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Only this query; may be repeated."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How a batch is run: nothing of it changes a result."""

    concurrency: int
    max_cost: float | None
    max_calls: int | None
    query_seconds: float | None
    """For one query, or one answer."""
    cache: bool

    def gateway(self) -> "Gateway":
        from medelphi.tools.models.budget import Budget
        from medelphi.tools.models.cache import ResponseCache
        from medelphi.tools.models.gateway import Gateway

        limited = self.max_cost is not None or self.max_calls is not None
        return Gateway(
            cache=ResponseCache.open() if self.cache else None,
            budget=Budget(max_calls=self.max_calls, max_cost=self.max_cost) if limited else None,
            query_seconds=self.query_seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Generic[T]):
    """What a command was asked to run: a query, or an answer."""

    key: str
    """As the kind of the run has it."""
    content: str | None
    """Likewise; None where a row is no query or answer, so that any earlier result counts."""
    make: "Callable[[], T | Failure]"
    """The item that is run, or the record of why there is none."""


class Pending(Generic[T]):
    """The rows that still have to be run; keeps the failures of those that cannot be."""

    def __init__(self, rows: Callable[[], Iterable[Row[T]]], store: "Store[R, I]") -> None:
        """Look up what the run has.

        Args:
            rows: Gives all rows, from the first one each time it is called.

        Raises:
            RunError: It has a record of another content under one of the keys.
        """
        self._rows = rows
        self._store: Store[Any, Any] = store
        status = Counter(store.status(row.key, row.content) for row in rows())
        self.count = status["new"]
        """How many are left, rows that cannot be run among them."""
        self.finished = status["finished"]
        """Records that the run had before."""
        self.failed = status["failed"]
        """Failures that the run had before, and that are not tried again."""
        self.unfit: Counter[str] = Counter()
        """Rows so far that could not be run, by the kind of their failure."""

    def items(self, progress: "Progress") -> Iterator[T]:
        """What is left, one at a time."""
        from medelphi.schema import Failure

        for row in self._rows():
            if self._store.status(row.key, row.content) != "new":
                continue
            item = row.make()
            if isinstance(item, Failure):
                self._store.add(item)
                self.unfit[item.kind] += 1
                progress.ended(item)
            else:
                yield item


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Generic[I]):
    """How a batch ended."""

    info: I
    progress: "BatchProgress"
    whole: bool
    """It came to its end."""
    problem: MedelphiError | None
    """Why it did not, where nobody stopped it."""

    def exit_code(self, results: int) -> int:
        """The command's exit code.

        Args:
            results: Records that the run has now.

        Raises:
            MedelphiError: What ended the batch.
        """
        if self.problem:
            raise self.problem
        if not self.whole:
            return INTERRUPTED
        return 0 if results or not self.info.failures else 1


async def run_to_end(
    pending: Pending[T],
    run_one: "Callable[[T], Awaitable[R | Failure]]",
    store: "Store[R, I]",
    limits: Limits,
    *,
    unit: "Unit[T, R]",
    order: Callable[[], Iterable[str]],
    models: "Mapping[str, ModelOptions] | None" = None,
    fields: "Callable[[BatchProgress], dict[str, object]] | None" = None,
) -> Ended[I]:
    """Run what is pending, with signals, log, budget and progress; then finish the run.

    Args:
        order: Keys of all rows, in the order that the files shall have.
        models: The models that will be called, by spec: with a limit of cost, each needs a price.
        fields: Further fields of run.json, once the batch has ended.

    Raises:
        MedelphiError: Something that concerns the run as a whole. What is finished is kept.
    """
    import structlog

    from medelphi.cli.progress import BatchProgress
    from medelphi.cli.terminal import debugging
    from medelphi.tools.logging import logging_to
    from medelphi.tools.models.gateway import using
    from medelphi.tools.runs.reader import EVENTS
    from medelphi.tools.runs.runner import Stop, run_batch, stop_on_signals

    kind = store.kind
    with (
        logging_to(store.path / EVENTS, verbose=debugging()),
        structlog.contextvars.bound_contextvars(run=store.info.id),
    ):
        log, stop, problem = structlog.get_logger(kind.plural), Stop.new(), None
        started = {unit.plural: pending.count, "concurrency": limits.concurrency}
        log.info("run_started", **started)
        gateway = limits.gateway()
        gateway.require_prices(models or {})
        async with stop_on_signals(stop):
            try:
                async with using(gateway):
                    with BatchProgress(pending.count, gateway, kind.plural) as progress:
                        whole = await run_batch(
                            pending.items(progress),
                            run_one,
                            store.add,
                            concurrency=limits.concurrency,
                            unit=unit,
                            progress=progress,
                            stop=stop,
                        )
                    if stop.at_once.is_set():
                        gateway.drain_seconds = 0.0
            except (BudgetError, ProviderError) as error:
                whole, problem = False, error
            except BaseException:
                with contextlib.suppress(MedelphiError):
                    spent = store.info.spent + gateway.usage
                    store.finish(order, state="interrupted", spent=spent)
                raise
        more = fields(progress) if fields else {}
        more["spent"] = store.info.spent + gateway.usage
        info = store.finish(order, state="finished" if whole else "interrupted", **more)
        ended = {kind.plural: getattr(info, kind.plural), "failures": info.failures}
        log.info("run_ended", state=info.state, **ended)
    return Ended(info=info, progress=progress, whole=whole, problem=problem)
