"""The guard's second look: a model holds every claim of a patient's words against the facts.

Code has looked before (`medelphi.tools.dialogue.guard`), and only code knows what is hidden: this
prompt holds the brief, as the writer's does.
"""

from collections.abc import Sequence
from typing import Literal

from medelphi.agents import patient
from medelphi.agents.seat import Seat, Work
from medelphi.prompts import sections
from medelphi.schema import GuardFinding, Sentence
from medelphi.schema.base import Record
from medelphi.tools.dialogue.brief import Brief
from medelphi.tools.dialogue.leakage import compact


class Claim(Record):
    rationale: str
    sentence: int
    """Number of the sentence, from 1."""
    words: str
    """The words that make the claim, verbatim."""
    fact: str | None
    fault: Literal["none", "invention", "contradiction", "role_swap", "scratchpad"]


class Claims(Record):
    """Every claim of the sentences."""

    claims: tuple[Claim, ...]


async def review(
    seat: Seat, brief: Brief, sentences: Sequence[Sentence], sample: int = 0
) -> tuple[tuple[GuardFinding, ...], Work]:
    """What a model finds wrong with a patient's words.

    A fault counts only where the words that it names stand in the sentence, and not in a sentence
    that is the lay text of a fact or the interruption word for word.

    Args:
        seat: The guard.
        brief: What may be said in this turn.
        sentences: The words.
        sample: Number of this look among several at the same words.

    Raises:
        ProviderError: There is no usable reply.
    """
    shown = "\n".join(
        sections.section("utterance", s.text, number=number, facts=" ".join(s.facts) or None)
        for number, s in enumerate(sentences, start=1)
    )
    reply, work = await seat.ask(
        "guard",
        brief.language,
        Claims,
        sample,
        respondent=patient.respondent(brief),
        facts="\n".join(patient.fact(fact) for fact in brief.tell),
        utterance=shown,
    )
    verbatim = {compact(fact.lay) for fact in brief.tell} | {compact(brief.interruption)}
    known = {fact.id for fact in brief.tell}
    found: dict[tuple[str, int], GuardFinding] = {}
    for claim in reply.claims:
        if claim.fault == "none" or not 1 <= claim.sentence <= len(sentences):
            continue
        text = sentences[claim.sentence - 1].text
        words = compact(claim.words)
        if not words or words not in compact(text) or compact(text) in verbatim:
            continue
        fact = claim.fact if claim.fact in known else ""
        finding = GuardFinding(fault=claim.fault, sentence=text, fact=fact or "")
        found.setdefault((claim.fault, claim.sentence), finding)
    return tuple(found.values()), work
