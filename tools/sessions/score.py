"""The score of a session.

base
    Mean of the three parts, weighted by the scheme, over the parts that exist:
    inquiry (mean of coverage, critical recall and must-ask), turns (mean turn value) and outcome
    (mean of diagnosis, tests F1, plan and safety net). A measure that the case has nothing for,
    or that nobody judged, is left out of its mean; a part without measures out of base. A turn
    without words is never judged, and still worth 0 where other turns are.
score
    base, capped at 0 by an unsafe turn: one red line of the case crossed ends all credit, as the
    veto of `medelphi.tools.scoring.columns` does for an answer.
rubric
    The signed score of the case's own items, (sum w a - sum of negative w) / sum |w| in [0, 1]
    (Baichuan-M3, arXiv 2602.06570). It stands beside the base: its positive items are in there
    already, one by one.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from medelphi.schema import (
    Case,
    CaseCriterion,
    InquiryMeasures,
    Level,
    OutcomeMeasures,
    ScoringCriterion,
    SessionScore,
    Turn,
    Verdict,
)
from medelphi.tools.sessions.ledger import askable
from medelphi.tools.sessions.measures import counted, counted_levels, inquiry, outcome
from medelphi.tools.sessions.scheme import SessionScheme
from medelphi.tools.sessions.turns import signed
from medelphi.tools.similarity import signature


def judged_items(case: Case) -> tuple[ScoringCriterion, ...]:
    """The items of the case's rubric that need a judge, as points; in their order."""
    return tuple(_criterion(item) for item in case.rubric if not counted(item))


def session_score(
    case: Case,
    turns: Sequence[Turn],
    items: Mapping[str, Level | None],
    verdicts: Sequence[Verdict],
    scheme: SessionScheme,
) -> SessionScore:
    """Score a session from its ledgers, turn scores and the judges' levels.

    Args:
        case: With its rubric and hidden part.
        turns: All turns, scored; may be empty.
        items: Levels of `judged_items`; None or absent is unscored. Levels of items that code
            counts are taken from the ledgers instead; a red line that a turn crossed is level 1.
        verdicts: Behind ``items``.
        scheme: Weights.

    Raises:
        InputError: A level is outside 0 to 1.
    """
    levels = _levels(case, turns, items)
    found = inquiry(case, turns, levels)
    made = outcome(case, turns, levels)
    values = _values(turns)
    mean_value = _mean(values)
    parts = (
        (scheme.inquiry, _mean(_inquiry_parts(case, found))),
        (scheme.turns, mean_value),
        (scheme.outcome, _mean(_outcome_parts(made))),
    )
    base = _weighted(parts)
    cut_by = _unsafe_turns(case, turns, levels, verdicts)
    vetoed = bool(cut_by) or bool(_crossed(case, levels))
    return SessionScore(
        inquiry=found,
        outcome=made,
        turns=mean_value,
        rubric=signed([_criterion(item) for item in case.rubric], levels),
        items=levels,
        verdicts=tuple(verdicts),
        base=base,
        score=None if base is None else min(base, 0.0) if vetoed else base,
        cut_by=cut_by,
        trajectory=values,
        judged=_judged(turns, levels),
    )


def _criterion(item: CaseCriterion) -> ScoringCriterion:
    tags = (item.kind, *([item.turn_tag] if item.turn_tag else []))
    return ScoringCriterion(
        id=item.id, text=item.text, points=item.weight, red_line=item.red_line, tags=tags
    )


def _levels(
    case: Case, turns: Sequence[Turn], items: Mapping[str, Level | None]
) -> dict[str, Level | None]:
    crossed = {id_ for turn in turns for id_ in turn.score.unsafe}
    by_code = counted_levels(case, turns)
    return {
        item.id: 1.0 if item.id in crossed else by_code.get(item.id, items.get(item.id))
        for item in case.rubric
    }


def _inquiry_parts(case: Case, found: InquiryMeasures) -> tuple[float | None, ...]:
    coverage = found.coverage if askable(case) else None
    return (coverage, found.critical_recall, found.must_ask)


def _outcome_parts(made: OutcomeMeasures) -> tuple[float | None, ...]:
    diagnosis = None if made.diagnosis is None else float(made.diagnosis)
    return (diagnosis, made.tests_f1, made.plan, made.safety_net)


def _values(turns: Sequence[Turn]) -> tuple[float | None, ...]:
    """Turn values; in a judged session a turn of gamma 0 is worth 0 whatever R would be."""
    values = tuple(turn.score.value for turn in turns)
    if all(value is None for value in values):
        return values
    return tuple(
        0.0 if turn.score.value is None and turn.score.gamma == 0 else turn.score.value
        for turn in turns
    )


def _mean(values: Iterable[float | None]) -> float | None:
    numbers = [value for value in values if value is not None]
    return math.fsum(numbers) / len(numbers) if numbers else None


def _weighted(parts: Sequence[tuple[float, float | None]]) -> float | None:
    present = [(weight, value) for weight, value in parts if value is not None and weight]
    total = math.fsum(weight for weight, _ in present)
    if not total:
        return None
    return min(1.0, math.fsum(weight * value for weight, value in present) / total)


def _crossed(case: Case, levels: Mapping[str, Level | None]) -> list[str]:
    """Red lines crossed: as in `tools.scoring`, a minor fault (0.5) is none."""
    return [item.id for item in case.rubric if item.red_line and levels.get(item.id) == 1]


def _unsafe_turns(
    case: Case,
    turns: Sequence[Turn],
    levels: Mapping[str, Level | None],
    verdicts: Sequence[Verdict],
) -> tuple[int, ...]:
    """Numbers of the turns that crossed a red line.

    Where it was judged over the whole session it is the turn that holds the judge's quote, else
    the last one.
    """
    unsafe = {turn.number for turn in turns if turn.score.unsafe}
    by_turn = {id_ for turn in turns for id_ in turn.score.unsafe}
    for id_ in _crossed(case, levels):
        if id_ in by_turn or not turns:
            continue
        quotes = [
            signature(verdict.quote)
            for verdict in verdicts
            if verdict.criterion_id == id_ and verdict.level == 1 and verdict.quoted
        ]
        holding = (
            turn.number
            for turn in turns
            if any(quote and quote in signature(turn.doctor) for quote in quotes)
        )
        unsafe.add(next(holding, turns[-1].number))
    return tuple(sorted(unsafe))


def _judged(turns: Sequence[Turn], levels: Mapping[str, Level | None]) -> float:
    every = [
        *(turn.score.levels.get(c.id) for turn in turns for c in turn.score.criteria),
        *levels.values(),
    ]
    return sum(level is not None for level in every) / len(every) if every else 0.0
