"""What a set of sessions shows: the records that the command line and the page draw from."""

from medelphi.schema import EndReason
from medelphi.schema.base import Record
from medelphi.schema.session import ViolationKind


class Estimate(Record):
    """A mean over sessions with its 95% interval: bootstrap over cases, seeded."""

    mean: float
    low: float
    high: float
    n: int
    """Sessions that have a value."""


class Step(Record):
    """One turn number of the trajectory."""

    turn: int
    value: float | None
    """Mean turn value of the sessions that have one there."""
    coverage: float
    """Mean coverage at the end of it; ended sessions keep theirs."""
    running: float
    """Share of the sessions that had this turn."""


class Reliability(Record):
    """pass^k: the chance that k sessions of one case all pass, C(s, k) / C(n, k) over cases."""

    k: int
    estimate: Estimate


class FidelitySummary(Record):
    """The audit of the patient, over all sessions of one doctor, spoiled ones included."""

    privacy: float | None
    fact: float | None
    honesty: float | None
    passivity: float | None
    personification: float | None
    repairs_per_turn: float
    diagnosis_leaks: int
    other_leaks: int
    spoiled: int
    """Sessions set apart because their patient failed the gate."""
    passed: bool


class DoctorSummary(Record):
    """One doctor over all its sessions. Spoiled sessions count in fidelity only."""

    doctor: str
    sessions: int
    cases: int
    seeds: int
    measures: dict[str, Estimate]
    """By name, in this order: score, coverage, critical_recall, must_ask, auc, turn_value,
    diagnosis, tests_f1, plan, safety_net, turns, wasted_turns, specific. Those without any value
    are left out. A diagnosis that is None is left out, not wrong."""
    violations: dict[ViolationKind, Estimate]
    """Per turn."""
    by_tag: dict[str, Estimate]
    """Turn rubric score by turn tag."""
    endings: dict[EndReason, int]
    truncated: int
    """Sessions that an unsafe turn capped."""
    judged: float
    """Mean share of criteria that have a level."""
    trajectory: tuple[Step, ...]
    reliability: tuple[Reliability, ...]
    fidelity: FidelitySummary


class Comparison(Record):
    """All doctors of a run, best mean score first."""

    doctors: tuple[DoctorSummary, ...]
