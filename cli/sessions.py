"""``medelphi sessions``: simulate consultations, and score them turn by turn."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

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
from medelphi.cli.sitting import Booked, Booking, Sitting, told
from medelphi.schema.errors import ConfigurationError

if TYPE_CHECKING:
    from medelphi.graphs.session_context import SessionContext
    from medelphi.schema import Session, Turn

DOCTOR = "offline:attentive"
PERSON = "person"

SessionConcurrency = Annotated[
    int | None, typer.Option(help="Sessions in flight at once. [default: 8]")
]
SessionTimeout = Annotated[
    float | None,
    typer.Option(min=0.1, metavar="SECONDS", help="Time for one session, which fails then."),
]
CastProfile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        help="Whose models simulate and judge: a profile's name or TOML file. [default: offline]",
    ),
]


def sessions(
    cases: Annotated[
        str,
        typer.Argument(
            metavar="CASES",
            help="YAML, JSON or JSONL: AgentClinic, MediQ or Medelphi cases; a folder of YAML "
            "files; or 'builtin', 'builtin:zh', 'builtin:ID'.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="The run's folder; a run that is there goes on.")],
    doctor: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DOCTOR",
            help="Who is tested: a model spec, http(s)://…, callable:module:function, or "
            f"'{PERSON}' for you, here; repeat it to compare. [default: {DOCTOR}]",
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=1, max=1000, metavar="N", help="Sessions of each case and doctor.")
    ] = 1,
    profile: CastProfile = None,
    judge: Judges = None,
    judged: Annotated[
        bool, typer.Option("--judge-turns/--no-judge", help="Without judges, only code scores.")
    ] = True,
    prompts: Annotated[
        str | None, typer.Option(help="A folder of edited prompts that overlay the built-in ones.")
    ] = None,
    turns: Annotated[
        int, typer.Option(min=0, max=100, metavar="N", help="Most exchanges; 0: as the case says.")
    ] = 0,
    temperament: Annotated[
        Literal["plain", "verbose", "pleasing", "impatient", "distrustful", "overanxious"] | None,
        typer.Option(help="Of every patient, instead of the case's own or a drawn one."),
    ] = None,
    interruptions: Annotated[
        float,
        typer.Option(
            min=0, max=1, metavar="CHANCE", help="That a patient asks something anxious, per turn."
        ),
    ] = 0.0,
    patience: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="Turns without anything new that end a session."),
    ] = 4,
    concurrency: SessionConcurrency = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only the first N cases of the file.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this case; may be repeated.")
    ] = None,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = None,
    session_timeout: SessionTimeout = None,
    cache: UseCache = None,
    retry_failed: RetryFailed = False,
) -> None:
    """Let doctors consult simulated patients, and score every turn and every session.

    \b
    medelphi sessions builtin --out runs/clinic
    medelphi sessions builtin --out runs/two --doctor offline:attentive --doctor offline:hasty
    medelphi sessions cases.jsonl --out runs/gpt --doctor openai:gpt-5 --profile openai --seeds 3
    medelphi sessions builtin:zh --out runs/me --doctor person --limit 1

    A doctor sees the conversation and nothing of the case. The same command again goes on where it
    stopped, in the middle of a session too, and with a further --doctor or more --seeds adds
    theirs. Writes sessions.jsonl, sessions.html, failures.jsonl, run.json and events.jsonl into
    the run's folder; turns.jsonl holds the turns of sessions that have not ended.

    Exit codes: 0 done (failed sessions are in failures.jsonl), 1 done without a single session,
    2 bad input or settings, 4 run folder, 5 budget used up, 6 provider, 130 interrupted.
    """
    from medelphi.graphs.session_context import SessionContext
    from medelphi.tools.cases.reading import CaseSet
    from medelphi.tools.settings import load

    settings = load(profile=profile, concurrency=concurrency, prompts=prompts, cache=cache)
    doctors = tuple(dict.fromkeys(doctor or (DOCTOR,)))
    booked = Booked(
        cases=CaseSet.open(cases),
        doctors=doctors,
        seeds=tuple(range(seeds)),
        limit=limit,
        only=frozenset(only or ()),
    ).check()
    context = SessionContext(
        profile=settings.profile,
        judges=tuple(judge or ()),
        judge=judged,
        prompts=settings.prompts,
        turns=turns,
        temperament=temperament or "",
        interruptions=interruptions,
        patience=patience,
    )
    if PERSON in doctors and len(doctors) > 1:
        raise ConfigurationError(f"--doctor {PERSON} plays alone; leave the other doctors out")
    limits = Limits(
        concurrency=1 if PERSON in doctors else settings.concurrency,
        max_cost=max_cost,
        max_calls=max_calls,
        query_seconds=session_timeout,
        cache=settings.cache,
    )
    code = asyncio.run(simulate(booked, out, context, limits, retry_failed=retry_failed))
    raise typer.Exit(code)


async def simulate(
    booked: Booked,
    out: Path,
    context: "SessionContext",
    limits: Limits,
    *,
    retry_failed: bool,
    branch: "tuple[Turn, ...]" = (),
    branched_from: str = "",
) -> int:
    """Run the batch. Returns the exit code.

    Args:
        branch: Turns that every session begins behind.
        branched_from: ``session@turn`` that they come from.
    """
    from medelphi.graphs.session import seat_cast, session_settings
    from medelphi.tools.profiles import load_profile
    from medelphi.tools.runs.kinds import SESSIONS
    from medelphi.tools.runs.runner import Unit
    from medelphi.tools.runs.store import Store
    from medelphi.tools.runs.turn_log import TurnLog

    several = len(booked.doctors) > 1
    unit: Unit[Booking, Session] = Unit(
        noun="session",
        plural="sessions",
        names=lambda booking: booking.names,
        told=told,
        alone=lambda failure: several and failure.node == "doctor",
    )
    cast = await seat_cast(context)
    for spec in booked.doctors:
        if spec != PERSON:
            cast.doctor(spec, context.turns)
    sources = {
        "cases": booked.cases.path,
        "profile": context.profile,
        "prompts": context.prompts,
    }
    with (
        Store.begin(
            SESSIONS,
            out,
            await session_settings(context) | ({"branched": branched_from} if branch else {}),
            sources=sources,
            retry_failed=retry_failed,
        ) as store,
        TurnLog(out) as log,
    ):
        sitting = Sitting(context=context, log=log, branch=branch, branched_from=branched_from)
        if PERSON in booked.doctors:
            from medelphi.cli.person import PersonAtTerminal

            sitting.doctors[PERSON] = PersonAtTerminal()
        pending = Pending(booked.rows, store)
        if booked.remarks:
            kinds = ", ".join(f"{number} {kind}" for kind, number in booked.remarks.items())
            typer.echo(
                f"note: faults in the cases ({kinds}): medelphi cases check {booked.cases.path}",
                err=True,
            )
        profile = load_profile(context.profile)
        known = dict.fromkeys((*store.info.doctors, *booked.doctors))
        ended = await run_to_end(
            pending,
            sitting.run,
            store,
            limits,
            unit=unit,
            order=booked.keys,
            models=profile.sat_with(booked.doctors, context.judges),
            fields=lambda _: {
                "doctors": tuple(known),
                "seeds": max(store.info.seeds, len(booked.seeds)),
            },
        )
        log.drop(lambda key: store.status(key, None) == "finished")
    from medelphi.cli.session_summary import print_sessions

    print_sessions(ended, out, pending)
    return ended.exit_code(ended.info.sessions)
