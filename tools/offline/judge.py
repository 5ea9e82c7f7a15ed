"""The offline judge: grades criteria by what the sentences of an answer say.

Extractive and deterministic: it knows no medicine. A criterion asks for content, which is looked
up sentence by sentence, or for a trait of the whole answer, which is measured by proxies.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from medelphi.tools.offline.judge_answer import Evidence, read_answer
from medelphi.tools.offline.judge_criterion import Demand, read_criterion
from medelphi.tools.offline.judge_genuine import copied
from medelphi.tools.offline.judge_match import Match, Strictness, look_up, match
from medelphi.tools.offline.judge_quality import is_on_whole, judge_whole
from medelphi.tools.offline.judge_questions import ask_match, is_decisive, named_match
from medelphi.tools.offline.judge_traits import Traits
from medelphi.tools.offline.judge_words import stem, weight, words
from medelphi.tools.offline.panel import Variant
from medelphi.tools.offline.statements import is_chinese
from medelphi.tools.offline.task import GivenCriterion, Task

STRICTNESS = {
    "thorough": Strictness(merit=0.45, fault=0.6),
    "cautious": Strictness(whole=0.58, merit=0.5, fault=0.54, gain=(1.0, 0.5, 0.3)),
    "plain": Strictness(whole=0.46, merit=0.42, fault=0.6, gain=(1.0, 0.5)),
    "careless": Strictness(whole=0.4, merit=0.36, fault=0.68, contrary=0.6, figures=False),
}
"""By the variant's name. The careless one hardly minds polarity and figures."""
_PARTLY = 0.6
"""Share of what full marks need that earns the half level."""
_BELOW = 0.95
"""The most, of what full marks need, for a figure that contradicts the wanted one."""
_LENIENT, _TELLING = 0.35, 0.3
"""What the longest criteria need less, and the weight from which a word counts as content."""
_FEW = 4
"""Criteria that one sentence serves in full before it serves each of them less."""
_ABOUT = 0.35
_RESERVED = re.compile(
    r"warning|reservation|clinician|supervision|risk|limit|风险|限制|医生|就医|条件", re.IGNORECASE
)
_RESERVATION = re.compile(
    r"\b(?:doctor|clinician|physician|pharmacist|supervision|caution|careful\w*|risks?|unless|"
    r"warn\w*|only if)\b|医生|医师|药师|就医|风险|谨慎|慎|除非|注意",
    re.IGNORECASE,
)
_SAID = {
    "zh": {
        "met": "回答中有相应内容，覆盖约{share}%。",
        "part": "回答只说到一部分，覆盖约{share}%，缺：{missing}。",
        "not": "回答没有足够的相应内容，覆盖约{share}%，缺：{missing}。",
        "contrary": "回答的说法与此相反。",
        "figure": "数值与此不符或没有给出。",
        "absent": "这一条看的是有没有缺失或回避：",
        "whole": "按整篇回答的特征衡量（{names}），得{share}%。",
        "off": "回答没有谈到所问的问题。",
    },
    "en": {
        "met": "The answer says so: about {share}% of it is covered.",
        "part": "The answer says part of it: about {share}%; missing: {missing}.",
        "not": "The answer does not say enough of it: about {share}%; missing: {missing}.",
        "contrary": "What the answer says is the opposite.",
        "figure": "The figures differ or are missing.",
        "absent": "What counts here is whether it is absent:",
        "whole": "Measured on the whole answer ({names}): {share}%.",
        "off": "The answer is not about the question.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    level: float
    quote: str | None
    rationale: str


def verdicts(task: Task, variant: Variant) -> dict[str, Any]:
    """Judge every criterion of the prompt, in its order."""
    return {
        "verdicts": [
            {
                "criterion_id": item.id,
                "rationale": found.rationale,
                "quote": found.quote,
                "level": found.level,
            }
            for item, found in zip(task.criteria, _judge(task, variant), strict=True)
        ]
    }


def _judge(task: Task, variant: Variant) -> list[_Found]:
    how = STRICTNESS.get(variant.name, STRICTNESS["thorough"])
    query = task.question.text
    asked = "\n".join([*(text for role, text in task.turns if role != "assistant"), query])
    repeated = frozenset(stem(w) for w in words(asked[-4000:]) if weight(w) > 0)
    topic = frozenset(stem(w) for w in words(asked[-4000:]) if weight(w) > _ABOUT)
    evidence = read_answer(task.answer, copied([item.text for item in task.criteria]), topic)
    traits = Traits(evidence=evidence, asked=asked, query=query)
    demands = [read_criterion(item.text, repeated) for item in task.criteria]
    rows = [look_up(demand, evidence, how) for demand in demands]
    crowd = _crowd(demands, rows, evidence, how)
    return [
        _verdict(item, demand, traits, how, partial(match, demand, evidence, how, row, crowd))
        for item, demand, row in zip(task.criteria, demands, rows, strict=True)
    ]


def _crowd(
    demands: Sequence[Demand],
    rows: Sequence[Sequence[Sequence[float]]],
    evidence: Evidence,
    how: Strictness,
) -> list[float]:
    """For each sentence, what it counts: less where it serves many criteria that are not alike."""
    even = [1.0] * len(evidence.units)
    if len(demands) <= _FEW:
        return even
    served: dict[int, list[Demand]] = {}
    for demand, row in zip(demands, rows, strict=True):
        found = match(demand, evidence, how, row, even)
        if found.score >= how.merit:
            served.setdefault(found.place, []).append(demand)
    for place, group in served.items():
        kinds: list[frozenset[str]] = []
        for demand in group:
            own = frozenset(key for item in demand.items for key in item.keys)
            if all(len(own & k) * 3 < min(len(own), len(k)) for k in kinds):
                kinds.append(own)
        if len(kinds) > _FEW:
            even[place] = _FEW / len(kinds)
    return even


def _verdict(
    item: GivenCriterion,
    demand: Demand,
    traits: Traits,
    how: Strictness,
    look: Callable[[], Match],
) -> _Found:
    said = _SAID["zh" if is_chinese(item.text) else "en"]
    fault = item.kind == "fault"
    if not fault and not traits.on_topic and (demand.absent or is_on_whole(item.text, demand)):
        return _Found(level=0.0, quote=None, rationale=said["off"])
    if is_on_whole(item.text, demand):
        score, names = judge_whole(item.text, traits, fault=fault, absent=demand.absent)
        level = _level(item, score / how.whole * (0.9 if fault else 1.0), graded=False)
        told = said["whole"].format(names=names, share=round(100 * score))
        return _Found(level=level, quote=None, rationale=told)
    found = _better(look(), demand, traits.evidence, fault=fault)
    need = (how.fault if fault and not demand.absent else how.merit) * _leniency(demand)
    ratio = found.score / need
    if found.wrong:
        ratio = min(ratio, _BELOW)
    told = _told(found, ratio, said)
    if demand.absent:
        level = 1.0 if ratio < 1 else 0.0
        if item.half and _PARTLY <= ratio < 1:
            level = 0.5
        quote = _quote(found, traits.evidence) if level < 1 else None
        return _Found(level=level, quote=quote, rationale=f"{said['absent']} {told}")
    level = _level(item, ratio, graded=True)
    if level < 1 and (fault or found.contrary):
        # An error that is half said was not made; a merit said the wrong way round is none.
        level = 0.0
    if level == 1.0 and item.half and _is_softened(item, found, traits.evidence):
        level = 0.5
    return _Found(
        level=level,
        quote=_quote(found, traits.evidence) if level > 0 or found.contrary else None,
        rationale=told,
    )


def _better(found: Match, demand: Demand, evidence: Evidence, *, fault: bool) -> Match:
    """The match by words, or that by what is asked or named, whichever holds more."""
    if demand.act == "ask":
        other = ask_match(demand, evidence)
        if is_decisive(demand, evidence):
            return other
    elif fault or demand.absent:
        return found
    else:
        other = named_match(demand, evidence)
    return other if other.score > found.score or (found.contrary and other.score >= 1) else found


def _leniency(demand: Demand) -> float:
    """A long criterion is met by a paraphrase that shares a smaller part of its words."""
    told = sum(item.weight > _TELLING for item in demand.items)
    return 1 - _LENIENT * min(1.0, max(0, told - 4) / 10)


def _is_softened(item: GivenCriterion, found: Match, evidence: Evidence) -> bool:
    """Whether what is said earns the half level alone: a merit without its figure, a fault with
    the warning that the half level speaks of."""
    if item.kind == "merit":
        return found.figure is False
    if not _RESERVED.search(item.half):
        return False
    near = evidence.units[max(0, found.place - 1) : found.place + 2]
    return any(_RESERVATION.search(unit.text) for unit in near)


def _level(item: GivenCriterion, ratio: float, *, graded: bool) -> float:
    if ratio >= 1:
        return 1.0
    return 0.5 if item.half and ratio >= (_PARTLY if graded else 0.7) else 0.0


def _told(found: Match, ratio: float, said: dict[str, str]) -> str:
    name = "met" if ratio >= 1 else "part" if ratio >= _PARTLY else "not"
    missing = "、".join(m for m in found.missing[:4] if not m.startswith("#")) or "-"
    parts = [said[name].format(share=round(100 * found.score), missing=missing)]
    if found.contrary:
        parts.append(said["contrary"])
    if found.figure is False:
        parts.append(said["figure"])
    return " ".join(parts)


def _quote(found: Match, evidence: Evidence) -> str | None:
    if found.quote:
        return found.quote
    return evidence.units[found.place].text if found.place >= 0 else None
