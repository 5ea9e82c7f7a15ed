"""The respondent's manner: drawn from a seed, changed by how the doctor talks.

A persona changes how things are said and how trust moves, never what the record holds.
"""

import random
from collections.abc import Sequence
from typing import Final, TypeVar

from medelphi.schema import Act, Language, PatientPersona
from medelphi.schema.case import TRUST, Literacy, Temperament
from medelphi.tools.dialogue.warmth import is_warm

T = TypeVar("T")

_TEMPERAMENTS: Final[tuple[tuple[Temperament, int], ...]] = (
    ("plain", 4),
    ("verbose", 2),
    ("pleasing", 2),
    ("impatient", 2),
    ("distrustful", 2),
    ("overanxious", 2),
)
_LITERACY: Final[tuple[tuple[Literacy, int], ...]] = (("A", 1), ("B", 3), ("C", 1))
_SENTENCES = {"plain": 3, "verbose": 5, "pleasing": 4, "impatient": 2, "distrustful": 2}
_TRUST = {"pleasing": 3.0, "distrustful": 2.0, "impatient": 2.25}
_CULTURE = {
    "en": (
        "would rather try home remedies before tablets",
        "thinks that antibiotics cure most things",
        "does not like to talk about illness in the family",
        "wants to decide together with the family",
    ),
    "zh": (
        "更愿意先吃中药调理",
        "觉得打针输液比吃药好得快",
        "觉得西药伤身，能不吃就不吃",
        "大事要和家里人商量以后再定",
    ),
}
_WITHOUT_CULTURE = 0.6
_HEDGING = (1.0, 1.0, 1.0, 0.8, 0.6)
_CONFUSION = (0.0, 0.0, 0.0, 0.0, 0.2)

TRUST_STEPS: Final = {
    "inquiry": 0.1,
    "advice": 0.05,
    "order": 0.0,
    "diagnosis": 0.05,
    "other": 0.1,
    "end": 0.0,
    "demand": -0.3,
}
"""What one act of a kind does to trust, at its first in a turn; others of the kind add nothing.

An inquiry earns it only if it concerns the patient's record, other talk only if it is kind or
explains something, and nothing earns any beside a demand."""
CONFRONTATION = -0.6
LEADING = -0.1
REPETITION = -0.3
SILENCE = -0.5
"""A turn without any act."""

_ANXIOUS = {
    "en": (
        "Is it something serious?",
        "Could this be dangerous?",
        "Will it go away by itself?",
        "Did I do something wrong?",
        "Should I have come earlier?",
        "Will I have to stay in hospital?",
        "How long will this last?",
        "I'm really scared, should I be worried?",
    ),
    "zh": (
        "这个严重吗？",
        "会不会有危险啊？",
        "这个自己能好吗？",
        "是不是我哪里没做好？",
        "我是不是来晚了？",
        "要不要住院啊？",
        "这个得多久才能好啊？",
        "我心里特别害怕，要紧吗？",
    ),
}
_ANXIOUS_OF_ANOTHER = {
    "en": (
        "Is it something serious?",
        "Could this be dangerous?",
        "Did I do something wrong?",
        "Should we have come earlier?",
        "How long will this last?",
        "I'm really scared, should I be worried?",
    ),
    "zh": (
        "这个严重吗？",
        "会不会有危险啊？",
        "是不是我没照顾好？",
        "我们是不是来晚了？",
        "这个得多久才能好啊？",
        "我心里特别害怕，要紧吗？",
    ),
}
_COST = {
    "en": ("Will this cost a lot?", "How much will the tests cost?"),
    "zh": ("看这个得花多少钱啊？", "检查贵不贵啊？"),
}


def draw(seed: int, case_id: str, language: Language) -> PatientPersona:
    """The persona of a session: the same seed and case give the same one, everywhere."""
    chance = random.Random(f"{seed}/{case_id}")
    temperament = _weighted(chance, _TEMPERAMENTS)
    literacy = _weighted(chance, _LITERACY)
    culture = ""
    attitudes = _CULTURE[_table(language)]
    if chance.random() >= _WITHOUT_CULTURE:
        culture = chance.choice(attitudes)
    return PatientPersona(
        temperament=temperament,
        literacy=literacy,
        recall=chance.choice(_HEDGING),
        confusion=chance.choice(_CONFUSION),
        cost="worried" if chance.random() < 0.25 else "unspoken",
        culture=culture,
        trust=_TRUST.get(temperament, 2.5),
        sentences=_SENTENCES.get(temperament, 4),
    )


def interruption(
    seed: int,
    case_id: str,
    turn: int,
    chance: float,
    language: Language,
    persona: PatientPersona,
    *,
    caregiver: bool = False,
) -> str:
    """An anxious question of the respondent's own in one turn, or an empty string.

    Args:
        chance: Of a plain respondent; an overanxious one asks twice as often, 0 is never.
        turn: From 1.
        caregiver: Whether somebody else is the patient.
    """
    draws = random.Random(f"{seed}/{case_id}/{turn}/interruption")
    likely = min(1.0, chance * (2 if persona.temperament == "overanxious" else 1))
    if draws.random() >= likely:
        return ""
    language = _table(language)
    questions: Sequence[str] = (_ANXIOUS_OF_ANOTHER if caregiver else _ANXIOUS)[language]
    if persona.cost == "worried" and draws.random() < 0.5:
        questions = _COST[language]
    return draws.choice(questions)


def trust_after(trust: float, acts: Sequence[Act], *, repeated: bool) -> float:
    """Trust after a turn: relevant questions, kind and explaining words raise it, pressure lowers.

    Empty talk moves nothing.

    Args:
        trust: Before the turn.
        acts: What the doctor did in it.
        repeated: Whether the doctor asked again for what was told.

    Returns:
        Within ``TRUST``, to two decimals.
    """
    kinds = {act.kind for act in acts if _counts(act)}
    if any(act.kind == "demand" for act in acts):
        kinds = {"demand"}
    change = sum(TRUST_STEPS[kind] for kind in sorted(kinds)) if acts else SILENCE
    if any(act.confrontational for act in acts):
        change += CONFRONTATION
    if any(act.leading for act in acts):
        change += LEADING
    if repeated:
        change += REPETITION
    least, most = TRUST
    return round(min(most, max(least, trust + change)), 2)


def _counts(act: Act) -> bool:
    """Whether an act moves trust at all."""
    if act.kind == "inquiry":
        return bool(act.facts or act.unknown)
    return act.kind != "other" or is_warm(act.text)


def _table(language: Language) -> Language:
    return "zh" if language == "zh" else "en"


def _weighted(chance: random.Random, entries: Sequence[tuple[T, int]]) -> T:
    choices = [entry for entry, _ in entries]
    return chance.choices(choices, weights=[weight for _, weight in entries])[0]
