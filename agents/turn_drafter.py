"""The turn drafter writes the criteria of a doctor's next message, before the message is seen."""

from collections.abc import Sequence

from pydantic import Field, model_validator

from medelphi.agents.seat import Seat, Work
from medelphi.prompts.sections import conversation, section
from medelphi.schema import Fact, Language, Line, ScoringCriterion, TurnTag
from medelphi.schema.base import Record

LEAST, MOST = 3, 6
"""Criteria of one turn."""
POINTS = 10.0
"""The most that a criterion is worth, either way."""
SHOWN = 24
"""Lines of the dialogue that the drafter is shown, from its end; the opener comes with them."""
_LONGEST = 2_000
"""Characters of one line that the drafter is shown."""


class TurnCriterion(Record):
    text: str
    points: float = Field(ge=-POINTS, le=POINTS)
    turn_tag: TurnTag


class TurnCriteria(Record):
    """The criteria for the doctor's next message."""

    criteria: tuple[TurnCriterion, ...]

    @model_validator(mode="after")
    def _can_be_scored(self) -> "TurnCriteria":
        usable = _usable(self.criteria)
        if len(usable) < LEAST or all(item.points < 0 for item in usable):
            raise ValueError(
                f"give {LEAST} to {MOST} different criteria with points that are not 0, "
                "at least one of them above 0"
            )
        return self


async def draft_turn(
    seat: Seat,
    *,
    language: Language,
    lines: Sequence[Line],
    told: Sequence[Fact],
    flags: Sequence[Fact],
    outstanding: Sequence[str],
    number: int,
    remaining: int,
    sample: int = 0,
) -> tuple[tuple[ScoringCriterion, ...], Work]:
    """Make the criteria for the doctor's next message.

    Nothing of the hidden part of a case is given, so that criteria cannot name the diagnosis.

    Args:
        seat: The turn drafter.
        language: Of the consultation.
        lines: The dialogue so far; the message that will be graded is not among them.
        told: The facts that the respondent has told.
        flags: Red flags of the last turn, which are to be followed up now.
        outstanding: Must-ask items that have not been asked.
        number: Of the turn, from 1.
        remaining: Turns that are left after it.
        sample: Number of this draft among several.

    Returns:
        3 to 6 criteria ``t1``, ``t2``, ..., each with its turn tag as its only tag.

    Raises:
        ProviderError: There is no usable reply.
    """
    reply, work = await seat.ask(
        "turn_criteria",
        language,
        TurnCriteria,
        sample,
        conversation=_dialogue(lines),
        ledger=_ledger(told, flags, outstanding),
        limits=section(
            "limits",
            "",
            language=language,
            number=number,
            remaining=max(0, remaining),
            least=LEAST,
            most=MOST,
        ),
    )
    return tuple(
        ScoringCriterion(
            id=f"t{number_}", text=item.text.strip(), points=item.points, tags=(item.turn_tag,)
        )
        for number_, item in enumerate(_kept(_usable(reply.criteria)), start=1)
    ), work


def _usable(items: Sequence[TurnCriterion]) -> list[TurnCriterion]:
    """Those with words and points, each wording once."""
    found: dict[str, TurnCriterion] = {}
    for item in items:
        words = " ".join(item.text.split()).casefold()
        if words and item.points:
            found.setdefault(words, item)
    return list(found.values())


def _kept(items: Sequence[TurnCriterion]) -> Sequence[TurnCriterion]:
    """The first ones; a merit takes the last place where there would be faults alone."""
    first = list(items[:MOST])
    if all(item.points < 0 for item in first):
        first[-1] = next(item for item in items if item.points > 0)
    return first


def _dialogue(lines: Sequence[Line]) -> str:
    shown = [*lines[:1], *lines[1:][-SHOWN:]]
    return conversation((line.speaker, line.text[:_LONGEST]) for line in shown)


def _ledger(told: Sequence[Fact], flags: Sequence[Fact], outstanding: Sequence[str]) -> str:
    entries = [
        section("ledger", fact.text, kind="told", domain=fact.domain, polarity=fact.polarity)
        for fact in told
    ]
    entries += [section("ledger", fact.text, kind="red_flag") for fact in flags]
    entries += [section("ledger", text, kind="outstanding") for text in outstanding]
    return "\n".join(entries)
