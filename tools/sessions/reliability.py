"""How far a result holds when sessions are run again: intervals, pass^k, the judge's noise.

Sessions of one case are not independent: what is resampled is the case, with all its sessions.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from medelphi.schema.base import Record
from medelphi.schema.errors import ConfigurationError
from medelphi.tools.judging.resampling import Draws, interval
from medelphi.tools.scoring import bootstrap_interval
from medelphi.tools.scoring.bootstrap import RESAMPLES
from medelphi.tools.sessions.comparison import Estimate, Reliability


def pass_hat_k(passed: int, runs: int, k: int) -> float:
    """pass^k of one case: C(s, k) / C(n, k), the chance that k of its runs, drawn without
    replacement, have all passed (tau-bench, arXiv 2406.12045). It never grows with k.

    Args:
        passed: s, the runs that passed.
        runs: n.
        k: 1 to n; k = 1 gives the share that passed.

    Raises:
        ConfigurationError: k is not in 1 to n, or s not in 0 to n.
    """
    if not 1 <= k <= runs:
        raise ConfigurationError(f"pass^k: k is {k} with {runs} runs; make it 1 to {runs}")
    if not 0 <= passed <= runs:
        raise ConfigurationError(f"pass^k: {passed} of {runs} runs passed; give 0 to {runs}")
    return math.comb(passed, k) / math.comb(runs, k)


def reliability(
    results: Mapping[str, Sequence[bool]], k: int, *, resamples: int = RESAMPLES, seed: int = 0
) -> Reliability | None:
    """pass^k over cases: the mean of the cases that have at least k runs.

    Args:
        results: By case, whether each of its runs passed; unscored runs are not among them.
        k: From 1.
        resamples: Of the interval, over cases.
        seed: Of the interval.

    Returns:
        None where no case has k runs. ``estimate.n`` counts the runs of those that have.
    """
    enough = [results[case] for case in sorted(results) if len(results[case]) >= k]
    found = bootstrap_interval(
        [pass_hat_k(sum(runs), len(runs), k) for runs in enough], resamples=resamples, seed=seed
    )
    if found is None:
        return None
    return Reliability(
        k=k,
        estimate=Estimate(
            mean=found.mean, low=found.low, high=found.high, n=sum(len(runs) for runs in enough)
        ),
    )


def estimate(
    rows: Iterable[tuple[str, float | None, float]], *, resamples: int = RESAMPLES, seed: int = 0
) -> Estimate | None:
    """A ratio of sums over sessions, with its 95% percentile interval by resampling the cases
    (cluster bootstrap, Efron & Tibshirani 1993).

    Args:
        rows: For each session its case, its value and what the value is divided by: 1 for a mean
            over sessions, the number of turns for a mean per turn. Rows without a value, or with
            nothing to divide by, are left out. Their order does not matter.
        resamples: Of the interval.
        seed: The same seed and rows give the same interval.

    Returns:
        None where no row is left. With one case there is nothing but its sessions to resample:
        the interval then holds for this case alone.
    """
    kept = sorted((case, value, size) for case, value, size in rows if value is not None and size)
    if not kept:
        return None
    alone = kept[0][0] == kept[-1][0]
    units: dict[object, list[tuple[float, float]]] = {}
    for number, (case, value, size) in enumerate(kept):
        units.setdefault(number if alone else case, []).append((value, size))
    tops = np.array([math.fsum(value for value, _ in unit) for unit in units.values()])
    bottoms = np.array([math.fsum(size for _, size in unit) for unit in units.values()])

    def ratio(draws: Draws) -> float:
        return float(draws @ tops / (draws @ bottoms))

    mean = math.fsum(tops) / math.fsum(bottoms)
    found = interval(len(tops), ratio, resamples=resamples, seed=seed)
    return Estimate(
        mean=mean,
        low=found.low if found else mean,
        high=found.high if found else mean,
        n=len(kept),
    )


class NoiseFloor(Record):
    """How far the score of one transcript moves when it is judged again."""

    sd: float | None
    """Within-session standard deviation, pooled; None where nothing was scored twice."""
    difference: float | None
    """1.96 sqrt(2) sd, the repeatability coefficient of Bland and Altman (1986): two scores of
    one transcript differ by less in 95% of pairs."""
    sessions: int
    """Sessions scored at least twice; the others do not count."""
    scorings: int
    """Their scores."""


def noise_floor(scores: Mapping[str, Sequence[float | None]]) -> NoiseFloor:
    """The noise floor of a judge.

    Args:
        scores: By session, what scoring its stored transcript several times gave; None is
            unscored and left out.
    """
    rows = [[score for score in scores[id_] if score is not None] for id_ in sorted(scores)]
    rows = [row for row in rows if len(row) >= 2]
    freedom = sum(len(row) - 1 for row in rows)
    squares = math.fsum((score - math.fsum(row) / len(row)) ** 2 for row in rows for score in row)
    sd = math.sqrt(squares / freedom) if freedom else None
    return NoiseFloor(
        sd=sd,
        difference=None if sd is None else 1.96 * math.sqrt(2) * sd,
        sessions=len(rows),
        scorings=sum(len(row) for row in rows),
    )
