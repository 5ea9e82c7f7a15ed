"""When a consultation ends, and why. Code decides, after every turn."""

from dataclasses import dataclass

from medelphi.schema import EndReason, Language, Turn
from medelphi.schema.case import TRUST

REMINDED = 2
"""Turns before the end of the budget at which the doctor is told."""
_NODE = "doctor"
"""The node whose tokens count against the budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a consultation has been so far, and how long it may last."""

    turns: tuple[Turn, ...]
    most_turns: int
    most_tokens: int | None
    patience: int
    """Turns in a row without anything new after which it is stalled."""


def ending_of(course: Course) -> EndReason | None:
    """Why the consultation ends after its last turn; None where it goes on."""
    if not course.turns:
        return None
    last = course.turns[-1]
    kinds = {act.kind for act in last.acts}
    so_far = {act.kind for turn in course.turns for act in turn.acts}
    concluded = {"diagnosis", "advice"} <= so_far
    if [not turn.doctor.strip() for turn in course.turns[-2:]] == [True, True]:
        return "doctor_silent"
    if "end" in kinds:
        return "concluded" if concluded else "doctor_ended"
    if concluded and kinds & {"diagnosis", "advice"} and not kinds & {"inquiry", "order"}:
        return "concluded"
    if last.decision.trust <= TRUST[0]:
        return "patient_left"
    if len(course.turns) >= course.most_turns:
        return "turn_budget"
    if course.most_tokens is not None and _tokens(course.turns) >= course.most_tokens:
        return "token_budget"
    recent = course.turns[-course.patience :]
    if len(recent) == course.patience and all(turn.ledger.wasted for turn in recent):
        return "stalled"
    return None


def reminder(number: int, most_turns: int, language: Language) -> str:
    """What the doctor is told after a turn: that two remain, or nothing."""
    if most_turns - number != REMINDED:
        return ""
    if language == "zh":
        return f"还剩 {REMINDED} 轮对话，请给出诊断意见和处理计划。"
    return f"{REMINDED} turns remain: please come to your assessment and plan."


def _tokens(turns: tuple[Turn, ...]) -> int:
    return sum(
        spent.usage.input_tokens + spent.usage.output_tokens
        for turn in turns
        for spent in turn.spending
        if spent.node == _NODE
    )
