"""What ``medelphi sessions`` and ``medelphi rescore`` say at the end, and the page they write."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medelphi.cli.batch import Ended, Pending
    from medelphi.schema import Session
    from medelphi.tools.runs.info import SessionInfo
    from medelphi.tools.sessions.comparison import Comparison

PAGE = "sessions.html"
NOT_FOR_CARE = "The sessions are for evaluating models, not for treating people."
BASELINE = (
    "Patient, listener or judges are the offline baseline, which works by classic methods. "
    "It is no language model."
)


def compared(run: Path) -> "Comparison":
    """The doctors of a run, from its sessions.

    Raises:
        RunError: The folder is no session run, or a line is damaged.
    """
    from medelphi.cli.stored_sessions import context_of
    from medelphi.tools.runs.reader import read_session_info, read_sessions
    from medelphi.tools.sessions.summary import Summing

    summing = Summing(context_of(read_session_info(run)).scheme)
    for session in read_sessions(run):
        summing.add(session)
    return summing.comparison()


def write_page(run: Path, path: Path, session: "Session | None" = None) -> None:
    """Write the page of a run, or of one of its sessions.

    Raises:
        RunError: The run cannot be read, or the page not be written.
    """
    from medelphi.tools.reports.session_page import write_session_page
    from medelphi.tools.runs.reader import read_sessions
    from medelphi.tools.sessions.summary import Summing

    if session is None:
        write_session_page(path, read_sessions(run), compared(run), title=run.name)
        return
    summing = Summing()
    summing.add(session)
    write_session_page(path, [session], summing.comparison(), title=session.id)


def print_noise(run: Path, rescored: Path) -> None:
    """Print how far two judgings of the same transcripts differ: the noise floor of the judge."""
    from medelphi.cli.terminal import console
    from medelphi.tools.runs.reader import read_sessions
    from medelphi.tools.sessions.reliability import noise_floor

    scores: dict[str, list[float | None]] = {}
    for each in (run, rescored):
        for session in read_sessions(each):
            scores.setdefault(session.id, []).append(session.score.score)
    floor = noise_floor(scores)
    if floor.sd is not None and floor.difference is not None:
        console().print(
            f"Judged twice: a session's score varies by {floor.sd:.3f} (standard deviation, "
            f"{floor.sessions:,} sessions); two scores that differ by less than "
            f"{floor.difference:.3f} may be the judge's noise."
        )


def print_sessions(ended: "Ended[SessionInfo]", out: Path, pending: "Pending[Any]") -> None:
    """Print what came of the run and what to do next, and write its page."""
    from medelphi.cli.session_drawing import draw_comparison
    from medelphi.cli.summary import RESUME, print_spending
    from medelphi.cli.terminal import console, counted, duration

    info, progress, print_ = ended.info, ended.progress, console().print
    before = f", {pending.finished:,} were there before" if pending.finished else ""
    print_(
        f"{counted(progress.results, 'session')} in {duration(progress.seconds)}{before}; "
        f"the run has {counted(info.sessions, 'session')}."
    )
    if info.failures:
        kinds = ", ".join(f"{number} {kind}" for kind, number in info.failures_by_kind.items())
        print_(f"{counted(info.failures, 'session')} without a score: {kinds}.")
    if pending.failed:
        print_(f"{pending.failed:,} of them not tried again; --retry-failed does.")
    if info.sessions:
        draw_comparison(console(), compared(out))
        write_page(out, out / PAGE)
        if failed := _failed_calls(out):
            print_(
                f"{counted(failed, 'model call')} failed on the way; what they were to judge is "
                "unscored. medelphi rescore --judge-again judges it again."
            )
    models = {spent.model for spent in info.spending}
    print_spending(info, paid=any(not model.startswith("offline:") for model in models))
    print_(f"Files: {out}/ sessions.jsonl, {PAGE}, failures.jsonl, run.json, events.jsonl")
    if info.state == "interrupted":
        print_(RESUME)
    if info.failures and info.state != "interrupted":
        print_("The same command tries again what failed for a passing reason, at its turn.")
    if info.sessions:
        print_(f"Next:  medelphi show {out}    medelphi show {out} 1")
    if any(spec.startswith("offline:") for spec in _cast(info)):
        print_(BASELINE)
    print_(NOT_FOR_CARE)


def _failed_calls(run: Path) -> int:
    from medelphi.tools.runs.reader import read_sessions

    return sum(
        len(session.failures) + sum(len(turn.failures) for turn in session.turns)
        for session in read_sessions(run)
    )


def _cast(info: "SessionInfo") -> list[str]:
    models = info.settings.get("models")
    roles = models.values() if isinstance(models, dict) else []
    return [str(spec) for specs in roles if isinstance(specs, list) for spec in specs]
