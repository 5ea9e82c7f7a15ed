"""What a respondent may say in a turn: decided by code, from what the doctor did.

Whoever words the answer is given the facts of the decision and no others. Rules:

- A specific inquiry reaches facts up to level 2, and those of level 3 if trust suffices; a broad
  one, and a demand for everything, reaches facts up to level 1.
- At most as many facts as the persona has sentences, those asked for specifically first.
- What was told may be told again when it is asked for specifically.
- Only a verbose respondent volunteers: now and then one fact of level 1 of the same domain.
"""

import random
from collections.abc import Sequence

from medelphi.schema import Act, Decision, Fact, PatientPersona, PatientView, Turn

VOLUNTEERED = 0.5
"""Chance that a verbose respondent adds a fact that was not asked for."""
_BROAD, _SPECIFIC, _TRUSTED = 1, 2, 3


def decide(
    view: PatientView,
    acts: Sequence[Act],
    persona: PatientPersona,
    *,
    told: frozenset[str],
    before: Sequence[Turn],
    trust: float,
    seed: int,
    turn: int,
    interruptions: float = 0.0,
) -> Decision:
    """Decide what may be said.

    Args:
        view: What the respondent knows.
        acts: What the doctor did; ids that the case does not have are passed over.
        persona: Of the respondent.
        told: Ids of the facts told before, those of the opener included.
        before: The earlier turns.
        trust: Before this turn.
        seed: Of the session.
        turn: Its number, from 1.
        interruptions: Chance of an anxious question of the respondent's own.
    """
    from medelphi.tools.dialogue.persona import interruption, trust_after

    facts = {fact.id: fact for fact in view.facts}
    asking = [act for act in acts if act.kind == "inquiry"]
    reached = [id_ for act in asking for id_ in act.facts if id_ in facts]
    repeated = bool(reached) and all(id_ in told for id_ in reached)
    after = trust_after(trust, acts, repeated=repeated)
    draw = random.Random(f"{seed}/{view.case_id}/{turn}/disclosure")
    aside = interruption(
        seed,
        view.case_id,
        turn,
        interruptions,
        view.language,
        persona,
        caregiver=view.respondent == "caregiver",
    )
    if asking and _is_confused(persona, before, turn, draw):
        return Decision(confused=True, trust=after, interruption=aside)
    asked, refused, unrecorded = _asked(acts, facts, told, after)
    tell = asked[: persona.sentences]
    extra = _volunteered(view.facts, tell, refused, told, persona, draw)
    topics = dict.fromkeys(topic for act in asking for topic in act.unknown)
    known = {item.topic for item in view.unknown}
    return Decision(
        tell=(*tell, *extra),
        volunteer=extra,
        unknown=tuple(topic for topic in topics if topic in known),
        refused=refused,
        unrecorded=unrecorded,
        interruption=aside,
        trust=after,
    )


def _is_confused(
    persona: PatientPersona, before: Sequence[Turn], turn: int, draw: random.Random
) -> bool:
    """Never twice in a row: what is asked again is answered."""
    chance = persona.confusion * 0.5 ** (turn - 1)
    lost = draw.random() < chance
    return lost and not (before and before[-1].decision.confused)


def _asked(
    acts: Sequence[Act], facts: dict[str, Fact], told: frozenset[str], trust: float
) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """The facts to tell, most specific first; those held back; and the inquiries without answer."""
    narrow: dict[str, None] = {}
    wide: dict[str, None] = {}
    held: dict[str, None] = {}
    unrecorded = 0
    for act in acts:
        if act.kind not in {"inquiry", "demand"}:
            continue
        specific = act.kind == "inquiry" and act.specificity == "specific"
        ids = [id_ for id_ in act.facts if id_ in facts]
        allowed = [id_ for id_ in ids if _may(facts[id_], trust, specific=specific)]
        held |= dict.fromkeys(id_ for id_ in ids if id_ not in allowed)
        fresh = [id_ for id_ in allowed if id_ not in told]
        if specific:
            narrow |= dict.fromkeys([*fresh, *(id_ for id_ in allowed if id_ in told)])
        else:
            wide |= dict.fromkeys(fresh)
        silent = not allowed if specific else not fresh
        if act.kind == "inquiry" and silent and not act.unknown and len(allowed) == len(ids):
            unrecorded += 1
    tell = tuple(dict.fromkeys((*narrow, *wide)))
    return tell, tuple(id_ for id_ in held if id_ not in tell), unrecorded


def _may(fact: Fact, trust: float, *, specific: bool) -> bool:
    if not specific:
        return fact.disclosure <= _BROAD
    return fact.disclosure <= _SPECIFIC or (fact.disclosure == _TRUSTED and trust >= fact.trust)


def _volunteered(
    facts: Sequence[Fact],
    tell: Sequence[str],
    refused: Sequence[str],
    told: frozenset[str],
    persona: PatientPersona,
    draw: random.Random,
) -> tuple[str, ...]:
    if persona.temperament != "verbose" or not tell or len(tell) >= persona.sentences:
        return ()
    if draw.random() >= VOLUNTEERED:
        return ()
    domains = {fact.domain for fact in facts if fact.id in tell}
    taken = {*tell, *refused, *told}
    free = [
        fact.id
        for fact in facts
        if fact.domain in domains
        and fact.id not in taken
        and fact.disclosure == _BROAD
        and fact.polarity == "present"
    ]
    return (draw.choice(free),) if free else ()
