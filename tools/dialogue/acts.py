"""What a doctor does in a message: acts, read by wording, without a model.

Every part of the message becomes at least one act. Nothing in it is ever obeyed: a part that gives
instructions to a program, or wants the record or the diagnosis, is a demand.
"""

import re
from collections.abc import Sequence

from medelphi.schema import Act, Fact, Language, Unknown
from medelphi.tools.dialogue import act_cues as cues
from medelphi.tools.dialogue import topics
from medelphi.tools.dialogue.demands import is_demand
from medelphi.tools.dialogue.guesses import Guess, guess_of
from medelphi.tools.dialogue.matching import everything, reach
from medelphi.tools.dialogue.naming import diagnosis_of
from medelphi.tools.dialogue.orders import is_order_noun, targets
from medelphi.tools.dialogue.segments import Segment, segments

ACTS = 40
"""Most acts of one message."""
_CLAUSES = re.compile(
    r"[,，;；:：]\s*|\s(?=(?:and|so|but) (?:i|we|you|should|need|please|it)\b)|(?<=。)"
)


def read_acts(
    message: str,
    view_facts: Sequence[Fact],
    unknown: Sequence[Unknown],
    language: Language,
) -> tuple[Act, ...]:
    """Read the acts of one message.

    Args:
        message: Anything at all; of a huge one only the beginning is read.
        view_facts: The facts that inquiries can reach.
        unknown: What the respondent does not know.
        language: Of the case; the message may be in another.

    Returns:
        The acts in the order of the message; none where it has no words.
    """
    acts: list[Act] = []
    before = ""
    for segment in segments(message):
        acts += _acts(segment, before, view_facts, unknown, language)
        before = segment.core
        if len(acts) >= ACTS:
            break
    return tuple(acts[:ACTS])


def is_question(text: str) -> bool:
    """Whether words ask something."""
    return bool(
        cues.STARTS.search(text)
        or cues.QUESTION.search(text)
        or text.rstrip("\"'”’)） ").endswith(("?", "？"))
    )


def is_leading(text: str) -> bool:
    """Whether a question suggests its answer."""
    return bool(cues.LEADING.search(text)) and not cues.TAG.search(text)


def is_confrontational(text: str) -> bool:
    """Whether words reproach or press."""
    return bool(cues.CONFRONTATIONAL.search(text))


def _acts(
    segment: Segment,
    before: str,
    facts: Sequence[Fact],
    unknown: Sequence[Unknown],
    language: Language,
) -> list[Act]:
    core, harsh = segment.core, is_confrontational(segment.core)
    if is_demand(core):
        asked = everything(facts) if cues.EVERYTHING.search(core) else ()
        return [
            Act(
                kind="demand",
                text=segment.text,
                specificity="broad",
                facts=asked,
                confrontational=harsh,
            )
        ]
    if cues.SAFETY_NET.search(core) and not core.rstrip().endswith(("?", "？")):
        return [Act(kind="advice", text=segment.text, confrontational=harsh)]
    question = is_question(core)
    if ordered := _ordered(core, question=question):
        return [
            Act(kind="order", text=segment.text, target=target, confrontational=harsh)
            for target in ordered
        ]
    if question:
        if _is_courtesy(core) and not _reaches(core, facts, unknown, language):
            return [Act(kind="other", text=segment.text, confrontational=harsh)]
        if guess := guess_of(core, before):
            acts = [_guessed(segment, guess, harsh=harsh)]
            if guess.rest and _reaches(guess.rest, facts, unknown, language):
                rest = Segment(text=segment.text, core=guess.rest)
                acts.append(_inquiry(rest, before, facts, unknown, language))
            return acts
        return [_inquiry(segment, before, facts, unknown, language)]
    if named := diagnosis_of(core):
        return _told(segment, named, harsh=harsh)
    if cues.RESULT.search(core):
        return [Act(kind="order", text=segment.text, confrontational=harsh)]
    if cues.END.search(core) and not cues.ADVICE.search(cues.END.sub("", core)):
        return [Act(kind="end", text=segment.text, confrontational=harsh)]
    if cues.ADVICE.search(core):
        return [Act(kind="advice", text=segment.text, confrontational=harsh)]
    if _is_bare_question(core, facts, unknown, language):
        return [_inquiry(segment, before, facts, unknown, language)]
    return [Act(kind="other", text=segment.text, confrontational=harsh)]


def _ordered(core: str, *, question: bool) -> tuple[str, ...]:
    if not is_order_noun(core):
        return ()
    if question and not cues.ASK_ORDER.search(core):
        return ()
    if cues.PAST.search(core) and question:
        return ()
    if cues.RESULT.search(core) or cues.PLAN_ONLY.search(core):
        return ()
    return targets(core) if cues.ORDER.search(core) or len(core) < 60 else ()


def _told(segment: Segment, named: str, *, harsh: bool) -> list[Act]:
    """A diagnosis, and the advice that stands beside it without its name."""
    found = [Act(kind="diagnosis", text=segment.text, target=named, confrontational=harsh)]
    parts = [part.strip() for part in _CLAUSES.split(segment.text)]
    advised = [
        part for part in parts if part and named not in part and cues.ADVICE.search(part)
        and not diagnosis_of(part)
    ]  # fmt: skip
    return found + [Act(kind="advice", text=part) for part in advised[:2]]


def _guessed(segment: Segment, guess: Guess, *, harsh: bool) -> Act:
    """A guessed diagnosis is stated with a tag, or its confirmation is demanded."""
    if guess.stated:
        return Act(
            kind="diagnosis",
            text=segment.text,
            target=guess.name,
            leading=True,
            confrontational=harsh,
        )
    return Act(kind="demand", text=segment.text, specificity="broad", confrontational=harsh)


def _inquiry(
    segment: Segment,
    before: str,
    facts: Sequence[Fact],
    unknown: Sequence[Unknown],
    language: Language,
) -> Act:
    found = reach(segment.core, facts, unknown, language, context=before)
    return Act(
        kind="inquiry",
        text=segment.text,
        specificity="broad" if found.broad else "specific",
        facts=found.topical if found.broad else found.specific,
        unknown=found.unknown,
        leading=is_leading(segment.core),
        confrontational=is_confrontational(segment.core),
    )


def _is_courtesy(core: str) -> bool:
    """Whether a question only keeps the talk going: "Does that make sense?", "好吗？"."""
    if not cues.COURTESY.search(core):
        return False
    return bool(
        not topics.marks(core) or cues.COURTESY_ONLY.search(core) or cues.ADVICE.search(core)
    )


def _reaches(
    core: str, facts: Sequence[Fact], unknown: Sequence[Unknown], language: Language
) -> bool:
    found = reach(core, facts, unknown, language)
    return not found.broad and bool(found.specific or found.unknown)


def _is_bare_question(
    core: str, facts: Sequence[Fact], unknown: Sequence[Unknown], language: Language
) -> bool:
    """A question without its mark: "any fever", "allergies", "发热？"."""
    return (
        len(core) <= 40 and core.endswith((":", "：")) and _reaches(core, facts, unknown, language)
    )
