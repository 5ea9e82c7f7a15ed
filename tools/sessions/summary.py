"""Sums up sessions by doctor, one at a time: of each only its figures are kept.

Sessions that ended for a fault of the simulator or the infrastructure, and those whose patient
failed the fidelity gate, are set apart: they count among the sessions, the endings and (the
latter) in fidelity, and in nothing that is said of the doctor. Equal sessions give an equal
comparison in whatever order they come.
"""

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from medelphi.schema import EndReason, Session, TurnTag
from medelphi.schema.session import NOT_THE_DOCTORS, ViolationKind
from medelphi.tools.scoring.bootstrap import RESAMPLES
from medelphi.tools.sessions.comparison import (
    Comparison,
    DoctorSummary,
    Estimate,
    FidelitySummary,
    Reliability,
    Step,
)
from medelphi.tools.sessions.ledger import askable
from medelphi.tools.sessions.reliability import estimate, reliability
from medelphi.tools.sessions.scheme import SessionScheme

MEASURES = (
    "score",
    "coverage",
    "critical_recall",
    "must_ask",
    "auc",
    "turn_value",
    "diagnosis",
    "tests_f1",
    "plan",
    "safety_net",
    "turns",
    "wasted_turns",
    "specific",
)
"""Names of the measures of a doctor, in their order."""
VIOLATIONS: tuple[ViolationKind, ...] = get_args(ViolationKind)
TAGS: tuple[TurnTag, ...] = get_args(TurnTag)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The figures of one session; NaN where there is none."""

    case: str
    seed: int
    ending: EndReason
    charged: bool
    spoiled: bool
    turns: int
    measures: "array[float]"
    """By `MEASURES`."""
    violations: "array[int]"
    """By `VIOLATIONS`."""
    tags: "array[float]"
    """By `TAGS`."""
    values: "array[float]"
    """Turn values."""
    coverage: "array[float]"
    """At the end of each turn."""
    truncated: bool
    judged: float
    shares: "array[float]"
    """By `_SHARES`."""
    sizes: "array[int]"
    """What each of them is a share of."""
    repairs: int
    diagnosis_leaks: int
    other_leaks: int


_SHARES = ("privacy", "fact", "honesty", "passivity", "personification")


class Summing:
    """Adds sessions up; a session added again replaces the one of the same id."""

    def __init__(
        self, scheme: SessionScheme | None = None, *, resamples: int = RESAMPLES, seed: int = 0
    ) -> None:
        """
        Args:
            scheme: Says when a session has passed, and when a patient is true enough.
            resamples: Of every interval.
            seed: Of every interval.
        """
        self._scheme = scheme or SessionScheme()
        self._resamples = resamples
        self._seed = seed
        self._rows: dict[str, dict[tuple[str, int], _Row]] = {}

    def add(self, session: Session) -> None:
        """Take in one session; nothing of its text is kept."""
        row = _row(session)
        self._rows.setdefault(session.doctor, {})[(row.case, row.seed)] = row

    def comparison(self) -> Comparison:
        """What was added up to now; best mean score first, doctors without one last."""
        doctors = [
            self._summary(doctor, [rows[key] for key in sorted(rows)])
            for doctor, rows in sorted(self._rows.items())
        ]
        return Comparison(doctors=tuple(sorted(doctors, key=_rank)))

    def _summary(self, doctor: str, rows: Sequence[_Row]) -> DoctorSummary:
        charged = [row for row in rows if row.charged]
        seeds = len({row.seed for row in rows})
        endings = Counter(row.ending for row in rows)
        return DoctorSummary(
            doctor=doctor,
            sessions=len(rows),
            cases=len({row.case for row in rows}),
            seeds=seeds,
            measures=self._means(charged, MEASURES, lambda row: row.measures),
            violations=self._violations(charged),
            by_tag=self._means(charged, TAGS, lambda row: row.tags),
            endings={reason: endings[reason] for reason in get_args(EndReason) if endings[reason]},
            truncated=sum(row.truncated for row in charged),
            judged=_mean(row.judged for row in charged) or 0.0,
            trajectory=_trajectory(charged),
            reliability=self._reliability(charged, seeds),
            fidelity=self._fidelity(rows),
        )

    def _estimate(self, rows: Iterable[tuple[str, float | None, float]]) -> Estimate | None:
        return estimate(rows, resamples=self._resamples, seed=self._seed)

    def _means(
        self, rows: Sequence[_Row], names: Sequence[str], figures: Callable[[_Row], "array[float]"]
    ) -> dict[str, Estimate]:
        found = {
            name: self._estimate((row.case, _known(figures(row)[at]), 1.0) for row in rows)
            for at, name in enumerate(names)
        }
        return {name: value for name, value in found.items() if value is not None}

    def _violations(self, rows: Sequence[_Row]) -> dict[ViolationKind, Estimate]:
        found = {
            kind: self._estimate((row.case, row.violations[at], row.turns) for row in rows)
            for at, kind in enumerate(VIOLATIONS)
        }
        return {kind: value for kind, value in found.items() if value is not None}

    def _reliability(self, rows: Sequence[_Row], seeds: int) -> tuple[Reliability, ...]:
        results: dict[str, list[bool]] = {}
        for row in rows:
            score = _known(row.measures[MEASURES.index("score")])
            if score is not None:
                results.setdefault(row.case, []).append(score >= self._scheme.passing)
        found = (
            reliability(results, k, resamples=self._resamples, seed=self._seed)
            for k in range(1, seeds + 1)
        )
        return tuple(value for value in found if value is not None)

    def _fidelity(self, rows: Sequence[_Row]) -> FidelitySummary:
        shares = {
            name: _ratio((_known(row.shares[at]), row.sizes[at]) for row in rows)
            for at, name in enumerate(_SHARES)
        }
        turns = sum(row.turns for row in rows)
        leaks = sum(row.diagnosis_leaks for row in rows)
        gates = (
            (shares["privacy"], self._scheme.gate_privacy),
            (shares["fact"], self._scheme.gate_fact),
        )
        return FidelitySummary(
            privacy=shares["privacy"],
            fact=shares["fact"],
            honesty=shares["honesty"],
            passivity=shares["passivity"],
            personification=shares["personification"],
            repairs_per_turn=sum(row.repairs for row in rows) / turns if turns else 0.0,
            diagnosis_leaks=leaks,
            other_leaks=sum(row.other_leaks for row in rows),
            spoiled=sum(row.spoiled for row in rows),
            passed=not leaks and all(share is None or share >= gate for share, gate in gates),
        )


def _row(session: Session) -> _Row:
    score, fidelity, turns = session.score, session.fidelity, session.turns
    inquiry, outcome = score.inquiry, score.outcome
    any_askable = bool(askable(session.case))
    measures: dict[str, float | None] = {
        "score": score.score,
        "coverage": inquiry.coverage if any_askable else None,
        "critical_recall": inquiry.critical_recall,
        "must_ask": inquiry.must_ask,
        "auc": inquiry.auc if any_askable else None,
        "turn_value": score.turns,
        "diagnosis": outcome.diagnosis,
        "tests_f1": outcome.tests_f1,
        "plan": outcome.plan,
        "safety_net": outcome.safety_net,
        "turns": len(turns),
        "wasted_turns": inquiry.wasted_turns,
        "specific": inquiry.specific,
    }
    spoiled = not fidelity.passed
    leaks = sum(leak.diagnosis for leak in fidelity.leaks)
    return _Row(
        case=session.case.id,
        seed=session.seed,
        ending=session.ending,
        charged=session.ending not in NOT_THE_DOCTORS and not spoiled,
        spoiled=spoiled,
        turns=len(turns),
        measures=_figures(measures[name] for name in MEASURES),
        violations=array("q", [inquiry.violations.get(kind, 0) for kind in VIOLATIONS]),
        tags=_figures(_mean(turn.score.by_tag.get(tag) for turn in turns) for tag in TAGS),
        values=_figures(score.trajectory),
        coverage=_figures(turn.ledger.coverage for turn in turns),
        truncated=bool(score.cut_by),
        judged=score.judged,
        shares=_figures(getattr(fidelity, name) for name in _SHARES),
        sizes=_sizes(session),
        repairs=fidelity.repairs,
        diagnosis_leaks=leaks,
        other_leaks=len(fidelity.leaks) - leaks,
    )


def _sizes(session: Session) -> "array[int]":
    """What the shares of the audit count: turns; for facts sentences, for honesty facts told."""
    turns = len(session.turns)
    sentences = sum(len(turn.patient) for turn in session.turns)
    told = sum(len(turn.decision.tell) for turn in session.turns)
    return array("q", [turns, sentences, max(told, 1), turns, turns])


def _trajectory(rows: Sequence[_Row]) -> tuple[Step, ...]:
    longest = max((row.turns for row in rows), default=0)
    return tuple(
        Step(
            turn=at + 1,
            value=_mean(_known(row.values[at]) for row in rows if at < len(row.values)),
            coverage=_mean(
                row.coverage[min(at, row.turns - 1)] if row.turns else 0.0 for row in rows
            )
            or 0.0,
            running=sum(row.turns > at for row in rows) / len(rows),
        )
        for at in range(longest)
    )


def _rank(summary: DoctorSummary) -> tuple[float, str]:
    score = summary.measures.get("score")
    return (math.inf if score is None else -score.mean, summary.doctor)


def _figures(values: Iterable[float | None]) -> "array[float]":
    return array("d", [math.nan if value is None else value for value in values])


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _mean(values: Iterable[float | None]) -> float | None:
    return _ratio((value, 1) for value in values)


def _ratio(pairs: Iterable[tuple[float | None, float]]) -> float | None:
    """Mean of the values that there are, weighted."""
    kept = [(value, size) for value, size in pairs if value is not None]
    total = math.fsum(size for _, size in kept)
    return math.fsum(value * size for value, size in kept) / total if total else None
