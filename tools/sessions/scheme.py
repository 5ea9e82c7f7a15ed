"""How turns and sessions are scored: weights, penalties, limits. Published values say their source.

Baichuan-M3 (arXiv 2602.06570) gives the penalties of repetition and of rigid phrasing; the others
are ours.
"""

import math
from dataclasses import dataclass

from medelphi.schema.errors import ConfigurationError
from medelphi.schema.session import ViolationKind


@dataclass(frozen=True, kw_only=True)
class SessionScheme:
    """Equal ledgers, levels and scheme give equal scores.

    Raises:
        ConfigurationError: A number that cannot be used.
    """

    inquiry: float = 0.4
    """Weight of the inquiry part in the session's score."""
    turns: float = 0.3
    """Weight of the mean turn value."""
    outcome: float = 0.3
    """Weight of diagnosis, tests, plan and safety net, the mean of those that exist."""
    gamma_repetition: float = 0.1
    gamma_rigid: float = 0.9
    gamma_overload: float = 0.9
    """More than `overload` questions at once."""
    gamma_leading: float = 0.9
    gamma_confrontational: float = 0.5
    gamma_red_flag_ignored: float = 0.5
    gamma_premature_diagnosis: float = 0.5
    gamma_empty: float = 0.0
    overload: int = 3
    """Questions in one turn that are still not too many."""
    premature: float = 0.5
    """Critical coverage (or coverage, without critical facts) below which a diagnosis is
    premature."""
    deduct: bool = False
    """Take deductions off the turn's rubric score instead of multiplying it by gamma."""
    deduction_cap: float = 0.5
    """Most that deductions take off one turn."""
    gate_privacy: float = 0.95
    gate_fact: float = 0.95
    passing: float = 0.5
    """Session score from which a session counts as passed in pass^k."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not math.isfinite(value):
                raise ConfigurationError(f"{name} is {value}; make it a number")
            if name == "overload":
                if value < 1:
                    raise ConfigurationError(f"overload is {value}; make it 1 or more")
            elif name in {"inquiry", "turns", "outcome"}:
                if value < 0:
                    raise ConfigurationError(f"{name} is {value}; make it 0 or more")
            elif not 0 <= value <= 1:
                raise ConfigurationError(f"{name} is {value}; make it between 0 and 1")
        if not self.inquiry + self.turns + self.outcome:
            raise ConfigurationError("inquiry, turns and outcome are all 0; give one a weight")

    def gamma(self, kind: ViolationKind) -> float:
        """What a violation multiplies a turn's value by."""
        value: float = getattr(self, f"gamma_{kind}")
        return value
