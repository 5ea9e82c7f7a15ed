"""What the framework itself costs: the session graph on instant models.

    python benchmarks/sessions.py [--sizes 100,1000] [--concurrency 64]

Every size runs in a process of its own, over the built-in cases again and again; results are
written to a run folder as in a real batch. Reported: sessions per second, peak memory, turns, and
the processor time of a turn that is spent outside model calls. The last line runs the offline cast
and doctor instead, whose "models" are code, at the first size.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROFILE = HERE / "sessions.toml"
INSTANT = "python:instant_session:make"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="100,1000")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--cast", choices=("instant", "offline"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(asyncio.run(measure(options.one, options.concurrency, options.cast))))
        return
    print(f"concurrency {options.concurrency}; outside = not in model calls")
    print(
        f"{'cast':>8} {'sessions':>9} {'per second':>11} {'turns':>7} {'peak MB':>8} "
        f"{'outside':>8} {'ms per turn':>12}"
    )
    sizes = [int(text) for text in options.sizes.split(",")]
    for cast, size in (*(("instant", size) for size in sizes), ("offline", sizes[0])):
        row = in_a_process(size, options.concurrency, cast)
        print(
            f"{cast:>8} {size:>9} {row['rate']:>11.1f} {row['turns']:>7.1f} "
            f"{row['peak']:>8.0f} {row['outside']:>8.0%} {row['cost']:>12.1f}",
            flush=True,
        )


def in_a_process(size: int, concurrency: int, cast: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", str(size), "--cast", cast]
    output = subprocess.run(
        [*command, "--concurrency", str(concurrency)],
        check=True,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(HERE)},
    ).stdout
    row: dict[str, float] = json.loads(output.splitlines()[-1])
    return row


async def measure(size: int, concurrency: int, cast: str) -> dict[str, float]:
    """Run ``size`` sessions. The share is of processor time."""
    import instant_session

    from medelphi.graphs.session import run_session
    from medelphi.graphs.session_context import SessionContext
    from medelphi.schema import Case, Failure, Session
    from medelphi.tools.runs.runner import Unit, run_batch

    if cast == "instant":
        context = SessionContext(profile=str(PROFILE), doctor=INSTANT)
    else:
        context = SessionContext()
    models = count_models(cast, instant_session.SPENT)
    await run_session(next(cases(1)), context)
    before, turns, faults = models(), [0], []
    unit: Unit[Case, Session] = Unit(
        noun="session",
        plural="sessions",
        names=lambda case: {"query_id": case.id},
        told=lambda _: {},
    )
    with tempfile.TemporaryFile("w", encoding="utf-8") as file:

        def keep(record: Session | Failure) -> None:
            if isinstance(record, Failure) or record.ending.endswith("_error"):
                faults.append(getattr(record, "reason", "") or getattr(record, "detail", ""))
            else:
                turns[0] += len(record.turns)
            file.write(record.model_dump_json() + "\n")

        async def run_one(case: Case) -> Session | Failure:
            return await run_session(case, context)

        started, cpu = time.perf_counter(), time.process_time()
        await run_batch(cases(size), run_one, keep, concurrency=concurrency, unit=unit)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    spent = models() - before
    if faults:
        raise SystemExit(f"{len(faults)} sessions failed, e.g. {faults[0]}")
    return {
        "rate": size / seconds,
        "turns": turns[0] / size,
        "cost": 1000 * (cpu - spent) / turns[0],
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "outside": 1 - spent / cpu,
    }


def count_models(cast: str, instant: dict[str, float]) -> Any:
    """A function that gives the processor seconds spent in models so far."""
    if cast == "instant":
        return lambda: instant["models"]
    from medelphi.tools.offline.consultation.doctor import OfflineDoctorModel
    from medelphi.tools.offline.model import OfflineChatModel

    spent = {"models": 0.0}
    for kind in (OfflineChatModel, OfflineDoctorModel):
        _timed(kind, spent)
    return lambda: spent["models"]


def _timed(kind: Any, spent: dict[str, float]) -> None:
    generate = kind._generate

    def timed(self: Any, *arguments: Any, **options: Any) -> Any:
        started = time.thread_time()
        try:
            return generate(self, *arguments, **options)
        finally:
            spent["models"] += time.thread_time() - started

    kind._generate = timed


def cases(size: int) -> Iterator[Any]:
    """The built-in cases again and again, each under an id of its own."""
    from medelphi.schema import Case
    from medelphi.tools.cases.reading import CaseSet

    made = [draft.make() for draft in CaseSet.open("builtin")]
    usable = [case for case in made if isinstance(case, Case)]
    for number in range(size):
        case = usable[number % len(usable)]
        yield case.model_copy(update={"id": f"{case.id}-{number}"})


if __name__ == "__main__":
    main()
