"""``medelphi rescore``: score stored sessions again, without simulating them again."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from medelphi.cli.batch import (
    Limits,
    MaxCalls,
    MaxCost,
    Pending,
    RetryFailed,
    UseCache,
    run_to_end,
)
from medelphi.cli.score_options import Judges
from medelphi.cli.sessions import CastProfile, SessionConcurrency, SessionTimeout
from medelphi.cli.stored_sessions import StoredSessions, context_of, names_of
from medelphi.schema.errors import ConfigurationError, RunError

if TYPE_CHECKING:
    from medelphi.graphs.session_context import SessionContext
    from medelphi.schema import Session


def rescore(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", help="A folder that 'medelphi sessions --out' wrote.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="The new run's folder; one there goes on. [default: RUN-rescored]"),
    ] = None,
    judge: Judges = None,
    profile: CastProfile = None,
    judge_seed: Annotated[
        int | None,
        typer.Option(min=0, help="Number of this judging among several: another judges afresh."),
    ] = None,
    judge_again: Annotated[
        bool, typer.Option("--judge-again", help="Judge again with the same judges and seed.")
    ] = False,
    weights: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="A weight, penalty or limit, e.g. gamma_repetition=0.5, deduct=1; repeat it.",
        ),
    ] = None,
    concurrency: SessionConcurrency = None,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = None,
    session_timeout: SessionTimeout = None,
    cache: UseCache = None,
    retry_failed: RetryFailed = False,
) -> None:
    """Score the sessions of a run again: with this version's formulas, other weights, or judges.

    \b
    medelphi rescore runs/clinic
    medelphi rescore runs/clinic --out runs/lenient --set gamma_repetition=0.5 --set passing=0.4
    medelphi rescore runs/clinic --out runs/strict --judge openai:gpt-5

    Ledgers, measures, the audit and all scores are made anew from the stored transcripts. Verdicts
    stay, and no model is called, unless --judge, --profile, --judge-seed or --judge-again is given.

    Exit codes: as medelphi sessions.
    """
    from medelphi.tools.profiles import load_profile
    from medelphi.tools.runs.reader import read_session_info
    from medelphi.tools.settings import load

    settings = load(profile=profile, concurrency=concurrency, cache=cache)
    info = read_session_info(run)
    target = out or run.with_name(f"{run.resolve().name}-rescored")
    if target.exists() and target.resolve() == run.resolve():
        raise RunError(f"{target}: is the run that is scored again; give --out another name")
    judged = judge_again or any(value is not None for value in (judge, profile, judge_seed))
    context = replace(context_of(info), **scheme_values(weights or ()))
    if profile is not None:
        load_profile(settings.profile)
        context = replace(context, profile=settings.profile, judges=())
    if judge:
        context = replace(context, judges=tuple(judge))
    if judge_seed is not None:
        context = replace(context, judge_seed=judge_seed)
    if judged:
        context = replace(context, judge=True)
    limits = Limits(
        concurrency=settings.concurrency,
        max_cost=max_cost,
        max_calls=max_calls,
        query_seconds=session_timeout,
        cache=settings.cache,
    )
    stored = StoredSessions(run=run, info=info)
    code = asyncio.run(
        _rescore(stored, target, context, limits, judged=judged, retry_failed=retry_failed)
    )
    raise typer.Exit(code)


_TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def scheme_values(given: list[str] | tuple[()]) -> dict[str, Any]:
    """The fields of a `SessionContext` that were given as NAME=VALUE.

    Raises:
        ConfigurationError: One that cannot be read.
    """
    from medelphi.graphs.session_context import SessionContext, scheme_fields

    known, values = scheme_fields(SessionContext()), {}
    for text in given:
        name, _, value = text.partition("=")
        if name.strip() not in known:
            raise ConfigurationError(
                f"--set {text!r}: write NAME=VALUE with one of {', '.join(known)}"
            )
        kind = type(known[name.strip()])
        try:
            values[name.strip()] = _TRUTH[value.strip().casefold()] if kind is bool else kind(value)  # type: ignore[call-arg]
        except (ValueError, KeyError):
            raise ConfigurationError(
                f"--set {text!r}: {value!r} is not what it takes; write e.g. "
                f"{name}={known[name.strip()]}"
            ) from None
    return values


async def _rescore(
    stored: StoredSessions,
    out: Path,
    context: "SessionContext",
    limits: Limits,
    *,
    judged: bool,
    retry_failed: bool,
) -> int:
    """Run the batch. Returns the exit code."""
    from medelphi.cli.session_summary import print_noise, print_sessions
    from medelphi.cli.sitting import told
    from medelphi.graphs.cast import seat_cast, session_settings
    from medelphi.graphs.closing import rescored
    from medelphi.graphs.session_context import scheme_fields
    from medelphi.schema import Failure, Usage
    from medelphi.tools.profiles import load_profile
    from medelphi.tools.runs.kinds import SESSIONS
    from medelphi.tools.runs.runner import Unit
    from medelphi.tools.runs.store import Store

    cast = await seat_cast(context) if judged else None

    async def again(session: "Session") -> "Session | Failure":
        outcome = await rescored(cast, session, replace(context, seed=session.seed))
        if isinstance(outcome, Failure):
            return outcome.model_copy(update=names_of(session))
        return outcome

    settings = (
        await session_settings(context)
        if judged
        else {**stored.info.settings, "scheme": scheme_fields(context)}
    )
    settings = {**settings, "rescored": stored.info.id}
    unit: Unit[Session, Session] = Unit(
        noun="session", plural="sessions", names=names_of, told=told
    )
    free = {} if judged else {"usage": Usage(), "spending": ()}
    sources = {
        "cases": str(stored.run),
        "profile": context.profile,
        "prompts": context.prompts,
    }
    with Store.begin(SESSIONS, out, settings, sources=sources, retry_failed=retry_failed) as store:
        pending = Pending(stored.rows, store)
        ended = await run_to_end(
            pending,
            again,
            store,
            limits,
            unit=unit,
            order=stored.keys,
            models=load_profile(context.profile).judged_by(context.judges) if judged else None,
            fields=lambda _: {
                "doctors": stored.info.doctors,
                "seeds": stored.info.seeds,
                **free,
            },
        )
    print_sessions(ended, out, pending)
    if judged and ended.whole:
        print_noise(stored.run, out)
    return ended.exit_code(ended.info.sessions)
