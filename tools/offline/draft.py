"""Criteria from the ground truth: tiers, levels, labels, pitfalls."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from medelphi.knowledge.text import tokens
from medelphi.schema import Capability, Difficulty, Perspective, Tier, TurnTag
from medelphi.tools.offline import chinese_criterion, english_criterion
from medelphi.tools.offline.coverage import coverage, is_covered, main_anchors
from medelphi.tools.offline.cues import groups_of
from medelphi.tools.offline.distill import directness
from medelphi.tools.offline.panel import Variant
from medelphi.tools.offline.question import Question
from medelphi.tools.offline.reading import PROHIBITIONS, Reading
from medelphi.tools.offline.relevance import with_suspicion
from medelphi.tools.offline.statements import is_chinese, read_sentence, take_apart
from medelphi.tools.offline.task import GivenPoint, Task
from medelphi.tools.offline.words import content_words, is_telling
from medelphi.tools.similarity import negated, overlap, similarity

_TYPICAL = 11
"""Criteria that a rubric holds when the ground truth has enough; 78% of real ones have 9 to 11."""
_SAME = 0.8
_REPETITION = 2.0
"""What a criterion loses for words that it shares with a chosen one, times their share."""
_DIRECT = 3
"""Places at the top whose prohibition is the answer itself."""
_ABOUT, _ALIKE = 0.4, 0.6
"""Coverage of the question that a refuted point needs, and likeness at which it repeats another."""
_SHORT_ENOUGH = 220
"""Characters up to which a statement can be repeated inside a pitfall."""
_TIER_BONUS = {
    "contraindication": 0.5, "referral": 0.35, "against": 0.35, "recommend": 0.35,
    "threshold": 0.3, "fact": 0.0, "insufficient": -0.2,
}  # fmt: skip


Made = tuple[str, tuple[str, str, str]]
"""A pitfall's text and its three levels."""
_URGENT = re.compile(
    r"emergenc|immediate|urgent|same[- ]day|911|立即|急诊|尽快就|马上|120", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Material:
    point: GivenPoint
    reading: Reading
    worth: float


def draft(task: Task, variant: Variant) -> dict[str, Any]:
    """Write criteria, the most important first and the pitfalls last.

    Nothing is padded: with too few points the rubric comes out short, and the rules say so.
    """
    question = with_suspicion(task.question, task.passages)
    titles = {passage.id: passage.title for passage in task.passages}
    usable = [p for p in task.points if p.finding != "contradicted"]
    positive = _ranked(question, usable, variant, titles)
    refuted = [p for p in task.points if p.finding == "contradicted" and p.quotes]
    most = min(task.limit("max_criteria", 15), _TYPICAL)
    pitfalls = _pitfalls(task, positive, refuted, variant)
    used = {name for pitfall in pitfalls for name in pitfall["points"]}
    chosen = _diverse([m for m in positive if m.point.id not in used], most - len(pitfalls))
    criteria = [
        _positive(question, material, tier, task)
        for material, tier in zip(chosen, _tiers(chosen, task), strict=True)
    ]
    order = {"essential": 0, "important": 1, "highlight": 2}
    criteria.sort(key=lambda criterion: order[criterion["tier"]])
    return {"criteria": criteria + pitfalls}


def _ranked(
    question: Question,
    points: Sequence[GivenPoint],
    variant: Variant,
    titles: dict[str, str],
) -> list[_Material]:
    """Points fit for criteria, best first, without repetitions."""
    kinds = {"core": 0.5, "insight": 0.15, "extension": 0.0}
    material = []
    for point in points:
        reading = take_apart(point.text)
        if read_sentence(point.text) is None:
            continue
        worth = directness(question, reading, variant) + kinds.get(point.kind, 0.0)
        worth += _TIER_BONUS[reading.modality] + 0.1 * min(3, point.support)
        worth += 0.6 if point.finding == "supported" else 0.0
        worth -= _foreign(question, point, titles)
        material.append(_Material(point=point, reading=reading, worth=worth))
    material.sort(key=lambda m: (-m.worth, m.point.id))
    banned = [item for item in material if item.reading.modality in PROHIBITIONS]
    kept: list[_Material] = []
    for item in material:
        if any(_defies(item.reading, other.reading) for other in banned):
            continue
        if all(_differs(item.reading.text, other.reading.text) for other in kept):
            kept.append(item)
    return [item for item in kept if not any(_is_part(item, other) for other in kept)]


def _is_part(item: _Material, other: _Material) -> bool:
    """Whether another statement says all of this one and more: this one was cut short."""
    words, more = set(tokens(item.reading.text)), set(tokens(other.reading.text))
    same = negated(item.reading.text) == negated(other.reading.text)
    return same and words < more and len(words) >= _FEWEST_WORDS


def _foreign(question: Question, point: GivenPoint, titles: dict[str, str]) -> float:
    """What a point loses for coming from a guideline on something else, or on other people."""
    sources = [titles[name] for name, _ in point.quotes if name in titles]
    if not sources:
        return 0.0
    anchors = main_anchors(question)
    at_home = any(is_covered(anchor, title) for anchor in anchors for title in sources)
    others = all(groups_of(title) - question.groups - {"older"} for title in sources)
    return (0.0 if at_home else _GUEST) + (_OTHER_PEOPLE if others else 0.0)


_FEWEST_WORDS = 4
_GUEST, _OTHER_PEOPLE = 0.3, 0.5


def _diverse(material: Sequence[_Material], count: int) -> list[_Material]:
    """The best ones, each losing for what it repeats; in the order of their worth."""
    rest = list(material)
    chosen: list[_Material] = []
    while rest and len(chosen) < count:
        best = max(
            rest,
            key=lambda m: (
                m.worth
                - _REPETITION
                * max((overlap(m.reading.text, c.reading.text) for c in chosen), default=0)
            ),
        )
        rest.remove(best)
        chosen.append(best)
    return sorted(chosen, key=lambda m: -m.worth)


def _defies(reading: Reading, ban: Reading) -> bool:
    """Whether a statement allows what another one of the ground truth forbids."""
    if reading.modality in PROHIBITIONS:
        return False
    error = re.sub(r"^(?:Recommends|Says that) ", "", ban.error)
    return bool(error) and overlap(reading.text, error) >= _SAME


def _differs(first: str, second: str) -> bool:
    return similarity(first, second) < _SAME and overlap(first, second) < 0.93


def _tiers(chosen: Sequence[_Material], task: Task) -> list[Tier]:
    """Essential for the first few, highlight for the least expected, important for the rest."""
    count = len(chosen)
    essential = max(task.limit("min_essential", 2), 3 if count >= 8 else 2)
    highlights = max(task.limit("min_highlight", 1), 2 if count >= 8 else 1)
    tiers: list[Tier] = [
        "essential" if place < essential else "important" for place in range(count)
    ]
    rest = list(range(min(essential, count), count))
    rest.sort(key=lambda place: (_is_expected(chosen[place]), -place))
    for place in rest[:highlights]:
        tiers[place] = "highlight"
    return tiers


def _is_expected(material: _Material) -> int:
    """0 for what goes beyond a plain answer: weak evidence, exceptions, reasons, insight."""
    reading = material.reading
    if reading.modality in {"contraindication", "referral"}:
        return 2
    beyond = reading.modality == "insufficient" or material.point.kind != "core"
    return 0 if beyond else 1


def _positive(question: Question, material: _Material, tier: Tier, task: Task) -> dict[str, Any]:
    reading = material.reading
    wording = chinese_criterion if is_chinese(reading.text) else english_criterion
    zero, half, one = wording.levels(reading)
    return {
        "text": wording.criterion(reading),
        "tier": tier,
        "levels": {"zero": zero, "half": half, "one": one},
        "capability": _capability(reading),
        "perspective": _perspective(question, material),
        "difficulty": _difficulty(reading, tier),
        "turn_tag": _turn_tag(task, reading),
        "red_line": False,
        "points": [material.point.id],
    }


def _capability(reading: Reading) -> Capability:
    if reading.modality in {"contraindication", "against", "referral"}:
        return "safety"
    return "evidence_support" if reading.modality == "insufficient" else "information_quality"


def _perspective(question: Question, material: _Material) -> Perspective:
    if material.point.kind == "core" and coverage(question, material.reading.text) >= 0.5:
        return "direct"
    return "breadth" if material.point.kind == "extension" else "depth"


def _difficulty(reading: Reading, tier: Tier) -> Difficulty:
    if reading.modality == "insufficient" or tier == "highlight":
        return "expert"
    return "pro" if reading.figures or reading.modality == "contraindication" else "basic"


def _turn_tag(task: Task, reading: Reading) -> TurnTag | None:
    if not task.turns:
        return None
    if reading.modality in {"contraindication", "referral", "against"}:
        return "risk_control"
    earlier = [text for role, text in task.turns if role == "user"]
    asked = set(content_words(task.question.text))
    said = {word for text in earlier for word in content_words(text) if is_telling(word)} - asked
    if said & set(content_words(reading.text)):
        return "short_term_memory"
    own = any(name.name in task.question.text for name in task.question.anchors[:2])
    if earlier and not own:
        return "contextual_coreference"
    return "intent_recognition"


def _pitfalls(
    task: Task,
    positive: Sequence[_Material],
    refuted: Sequence[GivenPoint],
    variant: Variant,
) -> list[dict[str, Any]]:
    """One or two errors that matter for this question; none of their points serves elsewhere."""
    most = min(task.limit("max_pitfall", 2), 2 if len(positive) >= 9 else 1)
    question = task.question
    found: list[dict[str, Any]] = []
    banned = [m for m in positive if m.reading.modality in PROHIBITIONS]
    banned.sort(key=lambda m: (-directness(question, m.reading, variant), m.point.id))
    if banned and banned[0] in positive[:_DIRECT] and len(positive) >= 2 * _DIRECT:
        # The direct judgement of the question is what an answer must say, so it earns.
        banned = banned[1:]
    for material in banned:
        wording = _wording(material.reading)
        made = wording.pitfall(material.reading)
        if made is not None and len(found) < most:
            severe = material.reading.modality == "contraindication"
            found.append(_pitfall(task, material.point, material.reading, made, red_line=severe))
    for point in refuted:
        reading = take_apart(point.text)
        if len(found) >= most or read_sentence(point.text) is None:
            break
        if coverage(question, point.text) < _ABOUT:
            continue
        if any(overlap(point.text, pitfall["text"]) >= _ALIKE for pitfall in found):
            continue
        truth = take_apart(point.quotes[0][1]).text
        if any(overlap(truth, m.reading.text) >= _ALIKE for m in positive):
            continue  # the truth earns already; its error would only mirror it
        made = _wording(reading).refuted(reading, truth)
        found.append(_pitfall(task, point, reading, made, red_line=False))
    return found or _fallback(task, question, positive)


def _fallback(
    task: Task, question: Question, positive: Sequence[_Material]
) -> list[dict[str, Any]]:
    """Where nothing is forbidden: a danger waved away, something needed called needless, or a
    figure got wrong. The points that matter most are left to the positive criteria."""
    spare = list(positive[max(4, len(positive) // 2) :] or positive[-1:])
    spare.sort(
        key=lambda m: (
            coverage(question, m.reading.text) < _NEAR, len(m.reading.text) > _SHORT_ENOUGH
        )
    )  # fmt: skip
    rest = list(reversed(positive))
    rest.sort(key=lambda m: coverage(question, m.reading.text) < _NEAR)
    near = [m for m in spare if coverage(question, m.reading.text) >= _NEAR]
    makers = (
        (_dismissed, _spare_emergencies(positive)), (_wrong_dose, near), (_denied, near),
        (_wrong_figure, near), (_contrary, near), (_denied, rest), (_contrary, rest),
        (_wrong_figure, rest), (_opposed, rest),
    )  # fmt: skip
    for make, material_of in makers:
        for material in material_of:
            made = make(material.reading)
            if made is not None:
                return [_pitfall(task, material.point, material.reading, made, red_line=False)]
    return []


_NEAR = 0.3
"""Coverage of the question from which a statement is near enough for a pitfall."""


def _spare_emergencies(positive: Sequence[_Material]) -> list[_Material]:
    """Emergencies beside the first one, the one most like it first: that one is least missed."""
    urgent = [
        m
        for m in positive
        if m.reading.modality == "referral" and _URGENT.search(m.reading.text) is not None
    ]
    first = urgent[0].reading.text if urgent else ""
    return sorted(urgent[1:], key=lambda m: -overlap(m.reading.text, first))


def _dismissed(reading: Reading) -> Made | None:
    urgent = reading.modality == "referral" and _URGENT.search(reading.text)
    made: Made | None = _wording(reading).dismissed(reading) if urgent else None
    return made


def _denied(reading: Reading) -> Made | None:
    made: Made | None = _wording(reading).denied(reading)
    return made


def _wrong_figure(reading: Reading) -> Made | None:
    made: Made | None = _wording(reading).wrong_figure(reading) if reading.figures else None
    return made


def _wrong_dose(reading: Reading) -> Made | None:
    return _wrong_figure(reading) if _DOSE.search(" ".join(reading.figures)) else None


_DOSE = re.compile(r"\d\s*(?:mg|mcg|µg|μg|g|IU|units?|毫克|克|微克|单位)\b", re.IGNORECASE)


def _contrary(reading: Reading) -> Made | None:
    made: Made | None = _wording(reading).contrary(reading)
    return made


def _opposed(reading: Reading) -> Made | None:
    made: Made | None = _wording(reading).opposed(reading)
    return made


def _wording(reading: Reading) -> Any:
    return chinese_criterion if is_chinese(reading.text) else english_criterion


def _pitfall(
    task: Task,
    point: GivenPoint,
    reading: Reading,
    made: Made,
    *,
    red_line: bool,
) -> dict[str, Any]:
    text, (zero, half, one) = made
    return {
        "text": text,
        "tier": "pitfall",
        "levels": {"zero": zero, "half": half, "one": one},
        "capability": "safety",
        "perspective": "direct" if coverage(task.question, reading.text) >= 0.5 else "depth",
        "difficulty": "pro",
        "turn_tag": "risk_control" if task.turns else None,
        "red_line": red_line,
        "points": [point.id],
    }
