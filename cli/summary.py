"""What ``medelphi rubrics`` says at the end."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from medelphi.cli.spending import draw_spending
from medelphi.cli.terminal import console, counted, duration, money
from medelphi.tools.runs.info import AnswerInfo, RunInfo, ScoreInfo, SessionInfo

if TYPE_CHECKING:
    from medelphi.cli.batch import Pending
    from medelphi.cli.progress import BatchProgress

NOT_FOR_CARE = "The rubrics are for evaluating models, not for treating people."
BASELINE = (
    "Made by the offline profile: the extractive baseline, which picks from guidelines "
    "by classic methods. It is no language model."
)
RESUME = "Stopped. What is finished is kept; run the same command again to go on."


def print_summary(
    info: RunInfo, out: Path, pending: "Pending[Any]", progress: "BatchProgress"
) -> None:
    """Print what came of a run and what to do next.

    Args:
        pending: What this process had to do; the counts of ``info`` are those of the whole run.
        progress: What it did.
    """
    print_ = console().print
    now = f"{counted(progress.results, 'rubric')} in {duration(progress.seconds)}"
    before = f", {pending.finished:,} were there before" if pending.finished else ""
    print_(f"{now}{before}; the run has {counted(info.rubrics, 'rubric')}.")
    if info.failures:
        kinds = ", ".join(f"{number} {kind}" for kind, number in info.failures_by_kind.items())
        print_(f"{counted(info.failures, 'query')} without a rubric: {kinds}.")
    if pending.failed:
        print_(f"{pending.failed:,} of them not tried again; --retry-failed does.")
    for each in info.agreement:
        alpha = "" if each.alpha_validity is None else f", alpha {each.alpha_validity:.2f}"
        print_(
            f"Round {each.round}: {each.share_agreed:.0%} of {each.criteria:,} criteria agreed "
            f"({each.accepted:,} accepted, {each.rejected:,} rejected, "
            f"{each.disputed:,} disputed){alpha}."
        )
    paid = not all(spec.startswith("offline:") for spec in _models(info))
    print_spending(info, paid=paid)
    print_(f"Files: {out}/ rubrics.jsonl, failures.jsonl, run.json, events.jsonl")
    if info.state == "interrupted":
        print_(RESUME)
    print_(f"Next:  medelphi show {out}    medelphi verify {out}")
    if not paid:
        print_(BASELINE)
    print_(NOT_FOR_CARE)


def print_spending(info: RunInfo | ScoreInfo | AnswerInfo | SessionInfo, *, paid: bool) -> None:
    """Print what a run consumed: by model where something was paid for, else in one line."""
    usage, spent = info.usage, info.spent
    if paid and info.spending:
        draw_spending(console(), info.spending, by_node=False)
    else:
        console().print(
            f"{counted(usage.calls, 'model call')}, {usage.input_tokens:,} tokens in, "
            f"{usage.output_tokens:,} out, cost {money(usage.cost)}."
        )
    if spent.calls > usage.calls:
        console().print(
            f"Paid for in all, unfinished work included: {counted(spent.calls, 'model call')}, "
            f"{spent.input_tokens:,} tokens in, {spent.output_tokens:,} out, "
            f"cost {money(spent.cost)}."
        )
    if spent.unpriced:
        console().print(
            f"{counted(spent.unpriced, 'call')} broke off; what the provider bills for that is "
            "unknown, and not in the cost."
        )


def _models(info: RunInfo) -> list[str]:
    models = info.settings.get("models")
    roles = models.values() if isinstance(models, dict) else []
    return [str(spec) for specs in roles if isinstance(specs, list) for spec in specs] or [""]
