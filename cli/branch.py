"""``medelphi branch``: go on from a turn of a stored session, with another doctor."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medelphi.cli.batch import Limits, MaxCalls, MaxCost, RetryFailed, UseCache
from medelphi.cli.sessions import CastProfile, SessionTimeout, simulate
from medelphi.cli.sitting import Booked
from medelphi.schema.errors import ConfigurationError, InputError

if TYPE_CHECKING:
    from medelphi.graphs.session_context import SessionContext
    from medelphi.schema import Case
    from medelphi.tools.runs.info import SessionInfo


def branch(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", help="A folder that 'medelphi sessions --out' wrote.")
    ],
    session: Annotated[
        str,
        typer.Argument(metavar="SESSION", help="Its number or id, as 'medelphi show' lists it."),
    ],
    turn: Annotated[
        int, typer.Option(min=0, metavar="K", help="The last turn that is kept; 0 for none.")
    ],
    out: Annotated[Path, typer.Option(help="The new run's folder; a run that is there goes on.")],
    doctor: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DOCTOR",
            help="Who goes on, as for 'medelphi sessions'. [default: the same doctor]",
        ),
    ] = None,
    profile: CastProfile = None,
    prompts: Annotated[
        str | None,
        typer.Option(help="Another folder of edited prompts than the session had."),
    ] = None,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = None,
    session_timeout: SessionTimeout = None,
    cache: UseCache = None,
    retry_failed: RetryFailed = False,
) -> None:
    """Keep the first K turns of a session, and let another doctor go on from there.

    \b
    medelphi branch runs/clinic 3 --turn 4 --doctor openai:gpt-5 --out runs/from-turn-4

    Settings and seed are those of the session, unless --profile or --prompts name others. With the
    same doctor, an offline one gives the same session again.

    Exit codes: as medelphi sessions.
    """
    from medelphi.cli.stored_sessions import context_of, find_session
    from medelphi.tools.runs.reader import read_session_info
    from medelphi.tools.settings import load

    info, found = read_session_info(run), find_session(run, session)
    if turn > len(found.turns):
        raise InputError(
            f"session {found.id!r} has {len(found.turns)} turns; give --turn at most that",
            path=str(run),
        )
    settings = load(cache=cache)
    context = replace(context_of(info), seed=found.seed)
    if profile is not None:
        context = replace(context, profile=profile, judges=())
    if prompts is not None:
        context = replace(context, prompts=prompts)
    if profile is None and prompts is None:
        _check(info, context)
    booked = Booked(
        cases=OneCase(case=found.case, path=f"{run}: {found.id}@{turn}"),
        doctors=tuple(dict.fromkeys(doctor or (found.doctor,))),
        seeds=(found.seed,),
    )
    limits = Limits(
        concurrency=settings.concurrency,
        max_cost=max_cost,
        max_calls=max_calls,
        query_seconds=session_timeout,
        cache=settings.cache,
    )
    code = asyncio.run(
        simulate(
            booked,
            out,
            context,
            limits,
            retry_failed=retry_failed,
            branch=found.turns[:turn],
            branched_from=f"{found.id}@{turn}",
        )
    )
    raise typer.Exit(code)


def _check(info: "SessionInfo", context: "SessionContext") -> None:
    """Refuse to go on with another cast, or other prompts, than the session had.

    Raises:
        ConfigurationError: They have changed since; says which.
    """
    from medelphi.graphs.cast import session_settings
    from medelphi.tools.runs.info import differences

    now = asyncio.run(session_settings(context))
    before = {name: info.settings.get(name) for name in _COMPARED}
    changed = differences(before, {name: now[name] for name in _COMPARED})  # type: ignore[misc]
    if changed:
        raise ConfigurationError(
            f"{', '.join(list(changed)[:4])}: not as in the session any more; name the profile or "
            "the prompts to go on with: --profile, --prompts"
        )


_COMPARED = ("models", "options", "prompts")


@dataclass(frozen=True, slots=True, kw_only=True)
class OneCase:
    """A set of cases that holds one."""

    case: "Case"
    path: str

    @property
    def id(self) -> str:
        return self.case.id

    def ids(self) -> Iterator[str]:
        yield self.case.id

    def __iter__(self) -> "Iterator[OneCase]":
        yield self

    def make(self) -> "Case":
        return self.case
