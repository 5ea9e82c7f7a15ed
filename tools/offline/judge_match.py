"""How far an answer does what a criterion asks for: coverage, polarity, figures, act."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from medelphi.tools.offline.judge_answer import Clause, Evidence, Unit
from medelphi.tools.offline.judge_criterion import Demand, Item
from medelphi.tools.offline.judge_numbers import Quantity, agrees, quantities

_NARROWER, _BROADER, _AROUND = 0.9, 0.5, 0.6
_GAIN = (1.0, 0.6, 0.4)
"""What the first, second and third sentence add: far-off words prove little."""
_CONTRARY = 0.25
"""What a word said in the opposite polarity counts."""
_FIGURE_AGREES = 0.8
"""The same, where both speak of an upper limit: "at most 4 g" is "not more than 4 g"."""
_LIMIT = re.compile(
    r"\b(?:max\w*|limit\w*|at most|up to|(?:no|not|never|avoid) (?:\w+ ){0,4}(?:more|longer|over|"
    r"above|exceed\w*))\b|n['’]t (?:\w+ ){0,4}(?:more|longer|over|above|exceed)\b|"
    r"最多|最大|最高|上限|以内|(?:不|勿|别|避免)[^，。；]{0,8}(?:超|多于|大于|高于)",
    re.IGNORECASE,
)
_EXCEPT = re.compile(r"\bunless\b|\buntil\b|除非", re.IGNORECASE)
_UNSTATED = 0.95
"""The most, of what full marks need, where a wanted figure is not found."""
_RIVAL = 0.7
"""A sentence that shares so much of the best one's score speaks of the same."""
_LARGE = {"mass": 1e6, "time": 525600.0}
"""From here on a weight is that of a body, and a time is an age."""
_PLAIN = 0.3
_UNACTED = 0.8
_MAIN, _NEARLY = 0.45, 0.9
_UNASKED, _UNADVISED = 0.5, 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What was found for a demand."""

    score: float
    """0 to 1."""
    place: int = -1
    """Of the sentence that it rests on most."""
    contrary: bool = False
    """The answer says the opposite."""
    figure: bool | None = None
    """Whether the figures agree; None where there are none to compare."""
    wrong: bool = False
    """The answer gives another figure instead: whatever it scores, it does not do what is asked."""
    missing: tuple[str, ...] = ()
    quote: str = ""
    """The words that it rests on, where they are no statement: a short question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strictness:
    """How a variant weighs what it finds."""

    merit: float
    fault: float
    gain: tuple[float, ...] = _GAIN
    contrary: float = _CONTRARY
    figures: bool = True
    whole: float = 0.5
    """What the measured traits of the whole answer must reach."""


def look_up(demand: Demand, evidence: Evidence, how: Strictness) -> list[list[float]]:
    """What every sentence holds of every item of a demand, by weight; shape (sentences, items)."""
    return [
        _row_of(demand.items, unit, _contrary_share(demand, unit, how)) for unit in evidence.units
    ]


def match(
    demand: Demand,
    evidence: Evidence,
    how: Strictness,
    rows: Sequence[Sequence[float]],
    crowd: Sequence[float],
) -> Match:
    """Judge what was looked up.

    Args:
        demand: What is looked for.
        evidence: The answer.
        how: The variant's weights.
        rows: What ``look_up`` gives for these.
        crowd: For each sentence a factor below 1 where it serves many unrelated criteria.
    """
    units = evidence.units
    if not units or not demand.items:
        return Match(score=0.0)
    total = demand.total
    factors = [_factor(demand, unit) * crowd[unit.place] for unit in units]
    scores = [sum(row) / total * factor for row, factor in zip(rows, factors, strict=True)]
    best = max(range(len(units)), key=lambda i: (scores[i], -i))
    if scores[best] <= 0:
        return Match(score=0.0)
    chosen, covered = [best], [r * factors[best] for r in rows[best]]
    score = scores[best] * how.gain[0]
    for share in how.gain[1:]:
        gains = [
            sum(max(0.0, r * factors[i] - c) for r, c in zip(rows[i], covered, strict=True))
            for i in range(len(units))
        ]
        after = max(range(len(units)), key=lambda i: (gains[i], -abs(i - best), -i))
        if gains[after] <= 0:
            break
        chosen.append(after)
        score += share * gains[after] / total
        pairs = zip(covered, rows[after], strict=True)
        covered = [max(c, r * factors[after]) for c, r in pairs]
    if demand.examples:
        shown = max(
            max(
                sum(_row_of(e, unit, how.contrary)) / max(0.01, sum(i.weight for i in e))
                for e in demand.examples
            )
            for unit in (units[i] for i in chosen)
        )
        score = 0.85 * score + 0.25 * shown
    plain = [(i.weight, c) for i, c in zip(demand.items, covered, strict=True) if not i.concept]
    if sum(w for w, _ in plain) >= _PLAIN and not any(c for _, c in plain):
        # It names the subject, but nothing of what is said about it.
        score *= _UNACTED
    if demand.wrong_figure:
        wrong = _is_wrong(demand, units[best])
        return Match(score=min(1.0, score) if wrong else 0.0, place=best, figure=not wrong)
    figure = _figures(demand, units, chosen)
    contrary = not (figure and _is_limit(demand, units[best])) and (
        _is_contrary(demand, units[best]) or _is_refused(demand, units, chosen)
    )
    if contrary:
        score *= 0.45
    if figure is False and how.figures:
        score = min(0.5 * score, _UNSTATED * how.merit)
    wrong = how.figures and _is_contradicted(demand, units, scores, best)
    missing = tuple(
        min(item.keys) for item, c in zip(demand.items, covered, strict=True) if c < item.weight / 2
    )
    return Match(
        score=min(1.0, score),
        place=best,
        contrary=contrary,
        figure=False if wrong else figure,
        wrong=wrong,
        missing=missing,
    )


def _contrary_share(demand: Demand, unit: Unit, how: Strictness) -> float:
    """A limit can be said either way round ("at most", "not more than"): there the polarity of
    a sentence with the wanted figure matters less."""
    if _agree(demand.figures, unit.figures) and _is_limit(demand, unit):
        return _FIGURE_AGREES
    return how.contrary


def _row_of(items: Sequence[Item], unit: Unit, contrary: float) -> list[float]:
    return [item.weight * _credit(item, unit, contrary) for item in items]


def _credit(item: Item, unit: Unit, contrary: float) -> float:
    """How far a sentence holds an item, 0 to 1, less where it stands in the opposite polarity."""
    whole = _held(item, unit)
    if whole <= 0:
        if item.keys <= unit.around or (
            item.concept is not None and item.concept.id in unit.around_concepts
        ):
            return _AROUND
        return 0.0
    if len(unit.clauses) == 1:
        same = item.sign in (0, unit.clauses[0].sign)
        return whole if same else whole * contrary
    best = 0.0
    for clause in unit.clauses:
        held = _held(item, clause)
        if held > 0:
            best = max(best, held if item.sign in (0, clause.sign) else held * contrary)
    return best if best > 0 else whole * 0.8


def _held(item: Item, place: Unit | Clause) -> float:
    if item.concept is not None:
        if item.concept.id in place.concepts:
            return 1.0
        if item.concept.id in place.wider:
            return _NARROWER
    shared = len(item.keys & place.keys) / len(item.keys) if item.keys else 0.0
    if item.concept is None:
        return shared
    if shared < 1 and any(b in place.concepts for b in item.concept.broader):
        return max(_BROADER, 0.8 * shared)
    return shared if shared == 1 else 0.8 * shared


def _factor(demand: Demand, unit: Unit) -> float:
    if demand.act == "ask":
        return 1.0 if unit.asks else _UNASKED
    if unit.asks:
        return 0.6
    if demand.act == "advise":
        return 1.0 if unit.advises else _UNADVISED
    return 1.0


def _is_contrary(demand: Demand, unit: Unit) -> bool:
    """Whether most of what the best sentence shares stands there in the opposite polarity."""
    same = other = 0.0
    # What is advised decides, not the condition under which it is.
    main = [item for item in demand.items if not item.condition]
    for item in main or demand.items:
        if item.sign == 0:
            continue
        signs = {c.sign for c in unit.clauses if _held(item, c) >= 0.5}
        if item.sign in signs:
            same += item.weight
        elif signs:
            other += item.weight
    return other > 1.5 * same and other > 0


def _is_refused(demand: Demand, units: Sequence[Unit], chosen: Sequence[int]) -> bool:
    """Whether the main thing that is to be advised stands in the answer in the opposite polarity
    alone."""
    if demand.act != "advise":
        return False
    for item in demand.items:
        if item.sign == 0 or item.weight < _MAIN * demand.total:
            continue
        signs = {c.sign for i in chosen for c in units[i].clauses if _held(item, c) >= _NEARLY}
        if signs and item.sign not in signs:
            return True
    return False


def _is_limit(demand: Demand, unit: Unit) -> bool:
    """Whether both speak of a limit, or the sentence denies all but what is asked for ("no need
    to see a doctor unless it lasts more than 3 days")."""
    if _LIMIT.search(demand.body) and _LIMIT.search(unit.text):
        return True
    other = _EXCEPT.search(unit.text)
    return bool(
        other
        and any(item.sign > 0 and not item.condition for item in demand.items)
        and _agree(demand.figures, quantities(unit.text[other.end() :]))
    )


def _agree(wanted: Sequence[Quantity], said: Sequence[Quantity]) -> bool:
    return any(agrees(w, q) for w in wanted for q in said)


def _kind(figure: Quantity) -> tuple[str, bool]:
    """What figures are compared with each other: a dose with doses, an age with ages."""
    large = _LARGE.get(figure.dimension)
    return figure.dimension, large is not None and figure.high >= large


def _is_contradicted(
    demand: Demand, units: Sequence[Unit], scores: Sequence[float], best: int
) -> bool:
    """Whether the sentence that matches best gives another figure of a wanted kind, and neither
    it nor another sentence on the same thing gives the wanted one."""
    own = units[best]
    near = [
        unit
        for unit, score in zip(units, scores, strict=True)
        if score >= _RIVAL * scores[best]
        or (abs(unit.place - own.place) == 1 and unit.concepts <= own.concepts)
    ]
    for kind in {_kind(w) for w in demand.figures if w.dimension}:
        wanted = [w for w in demand.figures if _kind(w) == kind]
        if any(_kind(q) == kind for q in own.figures) and not any(
            _agree(wanted, unit.figures) for unit in near
        ):
            return True
    return False


def _is_wrong(demand: Demand, unit: Unit) -> bool:
    """Whether a sentence gives a figure of the wanted dimension, and none that agrees."""
    kinds = {wanted.dimension for wanted in demand.figures}
    said = [q for q in unit.figures if q.dimension in kinds]
    return bool(said) and not _agree(demand.figures, said)


def _figures(demand: Demand, units: Sequence[Unit], chosen: Sequence[int]) -> bool | None:
    if not demand.figures:
        return None
    near = {j for i in chosen for j in (i - 1, i, i + 1) if 0 <= j < len(units)}
    said = [q for i in sorted(near) for q in units[i].figures]
    held = sum(any(agrees(wanted, q) for q in said) for wanted in demand.figures)
    return held * 2 > len(demand.figures) or held == len(demand.figures)
