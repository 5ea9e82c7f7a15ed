"""The audit of a patient: how true their words were to the record.

It works from the plain text that was said, by reading claims out of it and looking them up in the
record, and is independent of how the words were chosen and checked while the session ran. Being
without a language model, it errs on the side of the patient where a claim is worded too freely to
be looked up, and never where a figure, a denial, a symptom, a drug or a hidden name is concerned.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from medelphi.schema import Case, Fact, Fidelity, PatientPersona, Turn
from medelphi.tools.sessions.claims import Claim, read
from medelphi.tools.sessions.entailment import Statement, entails, is_claim, of_fact, statements
from medelphi.tools.sessions.leaks import leaks
from medelphi.tools.sessions.manner import personification
from medelphi.tools.sessions.scheme import SessionScheme

_OWN = ("my ", "i've ", "i have ", "我的", "我有", "我还")
"""A question that holds one of these tells something too."""
_NEW = 0.3
"""Weight of words that only a fact not yet allowed has, from which it counts as told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnAudit:
    """What was found in one turn."""

    number: int
    claims: int
    entailed: int
    contradicted: int
    unfounded: tuple[str, ...]
    """Clauses that the record does not entail, the contradicted ones among them."""
    undue: tuple[str, ...]
    """Ids of facts that were told before they might be."""
    told_right: int
    """Claims on a fact, told as the record has it: denied or present."""
    volunteered: bool


def audit(
    case: Case, turns: Sequence[Turn], persona: PatientPersona, scheme: SessionScheme
) -> Fidelity:
    """Compare what a patient said with the record, turn by turn.

    Args:
        case: With its hidden part.
        turns: In order.
        persona: As used in the session.
        scheme: Gives the gates.
    """
    found = audit_turns(case, turns, persona)
    claims = sum(item.claims for item in found)
    right = sum(item.told_right for item in found)
    wrong = sum(item.contradicted for item in found)
    privacy = _share(sum(not item.undue for item in found), len(found))
    fact = _share(sum(item.entailed for item in found), claims)
    leaked = leaks(case, turns, _known(case, turns))
    return Fidelity(
        privacy=privacy,
        fact=fact,
        honesty=_share(right, right + wrong),
        passivity=_share(sum(not item.volunteered for item in found), len(found)),
        personification=personification(turns, persona),
        repairs=sum(
            turn.guarding.attempts - (0 if turn.guarding.verbatim else 1) for turn in turns
        ),
        verbatim=sum(turn.guarding.verbatim for turn in turns),
        leaks=leaked,
        passed=(
            (privacy is None or privacy >= scheme.gate_privacy)
            and (fact is None or fact >= scheme.gate_fact)
            and not any(leak.diagnosis for leak in leaked)
        ),
    )


def audit_turns(
    case: Case, turns: Sequence[Turn], persona: PatientPersona
) -> tuple[TurnAudit, ...]:
    """The audit of each turn."""
    facts = {fact.id: fact for fact in case.facts}
    always = _always(case, persona)
    whole = (*always, *(item for fact in case.facts for item in of_fact(fact)))
    allowed = {fact.id for fact in case.facts if fact.disclosure == 0}
    heard: list[Statement] = []
    found = []
    for turn in turns:
        allowed |= set(turn.decision.tell) & facts.keys()
        heard += statements(report.text for report in turn.reports)
        open_ = (*always, *heard, *(s for id_ in sorted(allowed) for s in of_fact(facts[id_])))
        later = [fact for fact in case.facts if fact.id not in allowed]
        found.append(_audit_turn(turn, (*whole, *heard), open_, later))
    return tuple(found)


def _audit_turn(
    turn: Turn, whole: Sequence[Statement], allowed: Sequence[Statement], later: Sequence[Fact]
) -> TurnAudit:
    said = turn.said
    if turn.decision.interruption:
        said = said.replace(turn.decision.interruption, " ")
    claims = entailed = contradicted = right = 0
    unfounded: list[str] = []
    undue: list[str] = []
    for claim in read(said):
        if _tells(claim, whole):
            undue += _undue(claim, allowed, later)
        if not is_claim(claim, whole):
            continue
        claims += 1
        outcome = entails(claim, whole)
        if outcome == "entailed":
            entailed += 1
            right += bool(claim.content.weights)
        else:
            unfounded.append(claim.text)
            contradicted += outcome == "contradicted"
    return TurnAudit(
        number=turn.number,
        claims=claims,
        entailed=entailed,
        contradicted=contradicted,
        unfounded=tuple(unfounded),
        undue=tuple(dict.fromkeys(undue)),
        told_right=right,
        volunteered=bool(turn.decision.volunteer or undue),
    )


def _tells(claim: Claim, whole: Sequence[Statement]) -> bool:
    """Whether a clause can give a fact away: a claim, or a question that holds one."""
    if claim.manner == "question":
        return any(own in f"{claim.text.lower()} " for own in _OWN)
    return is_claim(claim, whole)


def _undue(claim: Claim, allowed: Sequence[Statement], later: Sequence[Fact]) -> list[str]:
    """The facts that a clause tells and that might not be told yet."""
    if entails(claim, allowed) == "entailed":
        return []
    known = {key for item in allowed for key in (*item.content.weights, *item.content.wider)}
    known_figures = {q for item in allowed for q in item.content.figures}
    content = claim.content
    novel = {key for key, worth in content.weights.items() if worth > 0 and key not in known}
    figures = set(content.figures) - known_figures
    found = []
    for fact in later:
        own = of_fact(fact)
        held = {key for key in novel if any(item.holds(key) for item in own)}
        new = any(q in item.content.figures for q in figures for item in own)
        # The content is new and theirs, or known words are put together to what only they say.
        named = bool(held & content.strict) or sum(content.weights[key] for key in held) >= _NEW
        if (named or new or not novel) and entails(claim, (*allowed, *own)) == "entailed":
            found.append(fact.id)
    return found


def _always(case: Case, persona: PatientPersona) -> tuple[Statement, ...]:
    """What may be said at any time: the opener, who they are, and what they think of things."""
    person = case.demographics
    own = [case.opener, person.age, person.sex, person.other, case.relation, persona.culture]
    unknown = [item.lay for item in case.unknown] + [item.topic for item in case.unknown]
    return statements(filter(None, (*own, *unknown)))


def _known(case: Case, turns: Sequence[Turn]) -> list[list[str]]:
    """By turn, the texts of the record that might have been told by then."""
    facts = {fact.id: fact for fact in case.facts}
    told = {fact.id for fact in case.facts if fact.disclosure == 0}
    always = [case.opener, case.demographics.age, case.demographics.other]
    by_turn = []
    for turn in turns:
        told |= set(turn.decision.tell) & facts.keys()
        texts = [t for id_ in sorted(told) for t in (facts[id_].text, facts[id_].lay)]
        by_turn.append([*filter(None, always), *texts])
    return by_turn


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
