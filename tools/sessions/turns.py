"""The score of one turn: gamma times R.

R
    The signed rubric score of the turn's criteria, (sum w a - sum of negative w) / sum |w| in
    [0, 1] (Baichuan-M3, arXiv 2602.06570), over the judged criteria only.
gamma
    The smallest penalty among the violations of the turn, 1 without any (Baichuan-M3: repetition
    0.1, rigid phrasing 0.9, none 1; the other penalties are ours).
deductions
    The alternative profile (after AIPatientArena): the sum of 1 - gamma over the violations,
    capped, is taken off R, and the value is never below 0.
"""

import math
from collections.abc import Mapping, Sequence
from typing import get_args

from medelphi.schema import (
    LedgerEntry,
    Level,
    Message,
    Query,
    ScoringCriterion,
    ScoringRubric,
    TurnScore,
    TurnTag,
    Verdict,
)
from medelphi.tools.scoring import score_levels
from medelphi.tools.sessions.scheme import SessionScheme


def signed(
    criteria: Sequence[ScoringCriterion], levels: Mapping[str, Level | None]
) -> float | None:
    """The signed score of criteria alone, without the query of a whole rubric.

    Levels of other criteria are left aside; a criterion without one is as good as absent. None
    where nothing was judged.

    Raises:
        InputError: A level is outside 0 to 1.
    """
    if not criteria:
        return None
    query = Query(id="session", messages=(Message(role="user", content="-"),), language="en")
    rubric = ScoringRubric(query_id="session", query=query, criteria=tuple(criteria))
    own = {criterion.id: levels.get(criterion.id) for criterion in criteria}
    return score_levels(rubric, own).signed


def turn_score(
    criteria: Sequence[ScoringCriterion],
    verdicts: Sequence[Verdict],
    levels: Mapping[str, Level | None],
    entry: LedgerEntry,
    scheme: SessionScheme,
    unsafe: Sequence[str] = (),
) -> TurnScore:
    """Score one turn of the doctor.

    Args:
        criteria: Made for this turn, each with a turn tag among its tags; may be empty.
        verdicts: Of all judges, kept as they are.
        levels: By criterion id; None or absent is unscored, never zero.
        entry: Of the same turn, for its violations.
        scheme: Penalties.
        unsafe: Ids of the case's red lines that this turn crossed; they cap the session.

    Raises:
        InputError: A level is outside 0 to 1.
    """
    gammas = [violation.gamma for violation in entry.violations]
    gamma = min(gammas, default=1.0)
    deductions = min(scheme.deduction_cap, math.fsum(1 - value for value in gammas))
    rubric = signed(criteria, levels)
    own = {criterion.id: levels.get(criterion.id) for criterion in criteria}
    return TurnScore(
        criteria=tuple(criteria),
        verdicts=tuple(verdicts),
        levels=own,
        rubric=rubric,
        by_tag=_by_tag(criteria, levels),
        gamma=gamma,
        value=_value(rubric, gamma, deductions, scheme),
        deductions=deductions,
        unsafe=tuple(unsafe),
        judged=_share(own),
    )


def _value(
    rubric: float | None, gamma: float, deductions: float, scheme: SessionScheme
) -> float | None:
    if rubric is None:
        return None
    return max(0.0, rubric - deductions) if scheme.deduct else gamma * rubric


def _by_tag(
    criteria: Sequence[ScoringCriterion], levels: Mapping[str, Level | None]
) -> dict[TurnTag, float]:
    tags: tuple[TurnTag, ...] = get_args(TurnTag)
    scores = {tag: signed([c for c in criteria if tag in c.tags], levels) for tag in tags}
    return {tag: score for tag, score in scores.items() if score is not None}


def _share(levels: Mapping[str, Level | None]) -> float:
    return sum(level is not None for level in levels.values()) / len(levels) if levels else 0.0
