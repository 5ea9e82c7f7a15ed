"""The listener reads what a doctor does in a message: acts, and the facts that they ask for.

It works for the patient's side: it is shown the facts of `PatientView`, and nothing that is hidden.
"""

from collections.abc import Sequence

from medelphi.agents.seat import Seat, Work
from medelphi.knowledge.text import sentences
from medelphi.prompts.sections import conversation, section
from medelphi.schema import Act, Fact, Line, PatientView, Unknown
from medelphi.schema.base import Record
from medelphi.schema.session import ActKind, Specificity
from medelphi.tools.dialogue.acts import is_question, read_acts
from medelphi.tools.dialogue.guesses import guess_of
from medelphi.tools.dialogue.segments import CAP

RECENT = 8
"""Lines of the earlier dialogue that are shown."""
ACTS = 40
"""Most acts that are taken from one reply."""


class ReadAct(Record):
    """One thing that the doctor does."""

    text: str
    kind: ActKind
    specificity: Specificity | None = None
    target: str = ""
    facts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    leading: bool = False
    confrontational: bool = False


class Understanding(Record):
    """The acts of one message, in its order."""

    acts: tuple[ReadAct, ...]


async def listen(
    seat: Seat, view: PatientView, lines: Sequence[Line], message: str, sample: int = 0
) -> tuple[tuple[Act, ...], Work]:
    """Read the acts of a doctor's message.

    Args:
        seat: The listener.
        view: What the patient's side knows.
        lines: The dialogue before the message.
        message: The doctor's; of a huge one only the beginning is shown.
        sample: Number of this reading among several.

    Returns:
        The acts. Ids and topics that the case does not have are dropped. An act whose words are not
        in the message has the words that code reads as its kind, maybe none: never the whole
        message, in which a diagnosis may stand. A guessed diagnosis reaches no facts. None where
        the message has no words.

    Raises:
        ProviderError: There is no usable reply.
    """
    shown = message[:CAP]
    if not any(character.isalnum() for character in shown):
        return (), Work()
    reply, work = await seat.ask(
        "understand",
        view.language,
        Understanding,
        sample,
        conversation=_conversation(lines),
        doctor=section("doctor", shown, cut_from=len(message) if len(message) > CAP else None),
        facts=_facts(view.facts),
        unknown=_unknown(view.unknown),
    )
    return tuple(_act(read, view, shown) for read in reply.acts[:ACTS]), work


def _act(read: ReadAct, view: PatientView, message: str) -> Act:
    known = {fact.id for fact in view.facts}
    topics = {item.topic for item in view.unknown}
    text = read.text.strip()
    said = " ".join(text.split())
    if not said or said not in " ".join(message.split()):
        text = _words_of(read.kind, view, message)
    inquiry = read.kind in {"inquiry", "demand"}
    reaches = inquiry and not _only_guesses(text)
    facts = tuple(dict.fromkeys(id_ for id_ in read.facts if id_ in known))
    specificity = read.specificity or ("broad" if read.kind == "demand" else "specific")
    return Act(
        kind=read.kind,
        text=text,
        specificity=specificity if inquiry else None,
        target=read.target.strip() if read.kind in {"order", "diagnosis"} else "",
        facts=facts if reaches else (),
        unknown=tuple(dict.fromkeys(t for t in read.unknown if t in topics)) if reaches else (),
        leading=read.leading and inquiry,
        confrontational=read.confrontational,
    )


def _only_guesses(text: str) -> bool:
    """Whether all that is asked is whether a diagnosis is right."""
    asked = [part for part in sentences(text) if is_question(part)]
    return bool(asked) and all(guess_of(part) for part in asked)


def _words_of(kind: ActKind, view: PatientView, message: str) -> str:
    """What code reads as acts of a kind in a message, each stretch of it once."""
    acts = read_acts(message, view.facts, view.unknown, view.language)
    return " ".join(dict.fromkeys(act.text for act in acts if act.kind == kind))


def _conversation(lines: Sequence[Line]) -> str:
    shown = [line for line in lines if line.speaker in {"doctor", "patient"}][-RECENT:]
    return conversation((line.speaker, line.text) for line in shown)


def _facts(facts: Sequence[Fact]) -> str:
    return "\n".join(
        section(
            "fact",
            fact.text,
            id=fact.id,
            domain=fact.domain,
            polarity=fact.polarity,
            topics="; ".join(fact.topics) or None,
        )
        for fact in facts
    )


def _unknown(unknown: Sequence[Unknown]) -> str:
    return "\n".join(section("unknown", item.topic) for item in unknown)
