"""The patient's voice: words what may be told in this turn. It is shown the brief, nothing else."""

from collections.abc import Sequence

from medelphi.agents.seat import Seat, Work
from medelphi.prompts import sections
from medelphi.schema import Fact, GuardFinding, Sentence
from medelphi.schema.base import Record
from medelphi.tools.dialogue.brief import Brief


class SaidSentence(Record):
    text: str
    facts: tuple[str, ...]
    """Ids of the facts that it tells; empty for one that tells none."""


class Utterance(Record):
    """What the respondent says in this turn, sentence by sentence."""

    sentences: tuple[SaidSentence, ...]


async def speak(
    seat: Seat, brief: Brief, complaints: Sequence[GuardFinding] = (), sample: int = 0
) -> tuple[tuple[Sentence, ...], Work]:
    """Word one turn of the respondent.

    The interruption of the brief is put in by code, as a sentence of its own at the end.

    Args:
        seat: The patient.
        brief: All that the writer is shown.
        complaints: What was wrong with the wording before.
        sample: Number of this wording among several of the same turn.

    Raises:
        ProviderError: There is no usable reply.
    """
    reply, work = await seat.ask(
        "speak", brief.language, Utterance, sample, **shown(brief, complaints)
    )
    said = [
        Sentence(text=" ".join(sentence.text.split()), facts=sentence.facts)
        for sentence in reply.sentences
        if sentence.text.strip()
    ]
    if brief.interruption:
        said.append(Sentence(text=brief.interruption))
    return tuple(said), work


def shown(brief: Brief, complaints: Sequence[GuardFinding] = ()) -> dict[str, str]:
    """The variables of the prompt ``speak``: the brief in sections."""
    return {
        "conversation": sections.conversation(("patient", line.text) for line in brief.recent),
        "doctor": sections.section("doctor", brief.doctor),
        "respondent": respondent(brief),
        "facts": "\n".join(fact(item, repeated=item.id in brief.repeated) for item in brief.tell),
        "unknown": "\n".join(
            sections.section("unknown", item.lay, topic=item.topic) for item in brief.unknown
        ),
        "situation": sections.section(
            "situation",
            "",
            language=brief.language,
            kinds=" ".join(sorted(brief.kinds)),
            unrecorded=brief.unrecorded,
            refused=brief.refused,
            confused="yes" if brief.confused else "no",
            turn=brief.turn,
            seed=brief.seed,
        ),
        "feedback": "\n".join(
            sections.section("feedback", item.sentence, fault=item.fault, fact=item.fact or None)
            for item in complaints
        ),
    }


def respondent(brief: Brief) -> str:
    """Who speaks, and how."""
    persona, about = brief.persona, brief.demographics
    return sections.section(
        "respondent",
        about.other,
        who=brief.respondent,
        relation=brief.relation or None,
        age=about.age or None,
        sex=about.sex or None,
        temperament=persona.temperament,
        literacy=persona.literacy,
        recall=persona.recall,
        cost=persona.cost,
        culture=persona.culture or None,
        sentences=persona.sentences,
    )


def fact(item: Fact, *, repeated: bool = False) -> str:
    """One fact that may be told."""
    return sections.section(
        "fact",
        item.lay,
        id=item.id,
        polarity=item.polarity,
        record=item.text,
        repeated="yes" if repeated else None,
    )
