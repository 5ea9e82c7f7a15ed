"""The state of the session graph: what each key holds, and how updates of it add up.

Nodes that have a part in the patient's words take in no key that holds anything hidden: their
schemas are `DiscloseTask` and `SpeakTask`.
"""

from typing import Annotated, Any

# pydantic, which makes the schemas that Studio shows, needs this one before Python 3.12.
from typing_extensions import TypedDict

from medelphi.agents.seat import Work
from medelphi.schema import (
    Act,
    Case,
    Decision,
    EndReason,
    Failure,
    GuardFinding,
    Guarding,
    LedgerEntry,
    Line,
    PatientPersona,
    PatientView,
    Report,
    Sentence,
    Session,
    Turn,
    TurnScore,
)
from medelphi.tools.dialogue.brief import Brief


def of_turn(current: Work, update: Work | None) -> Work:
    """Work adds up within one turn; None begins the next one."""
    return Work() if update is None else current + update


def noted(current: list[Failure], update: list[Failure] | None) -> list[Failure]:
    """Failures of one turn; None begins the next one."""
    return [] if update is None else [*current, *update]


class Intake(TypedDict, total=False):
    """What goes in."""

    case: Case | dict[str, Any] | str
    """A case, its JSON form, or the id of a built-in one."""
    earlier: list[Turn] | list[dict[str, Any]]
    """Turns that a stored session had before: it goes on behind them, or branches there."""
    branched_from: str
    """``session@turn``, where ``earlier`` comes from another session."""


class Consultation(TypedDict, total=False):
    """What comes out: exactly one of the two."""

    session: Session | None
    failure: Failure | None


class SessionState(TypedDict, total=False):
    """Everything in between."""

    case: Case
    branched_from: str
    key: str
    """Tells the session from others, and holds nothing of the case."""
    budget: int
    """Most turns."""
    view: PatientView
    persona: PatientPersona
    lines: tuple[Line, ...]
    turns: tuple[Turn, ...]
    trust: float
    message: str
    """The doctor's, of the turn under way; likewise those below."""
    acts: tuple[Act, ...]
    decision: Decision
    reports: tuple[Report, ...]
    brief: Brief
    wording: tuple[Sentence, ...]
    guarding: Guarding
    complaints: tuple[GuardFinding, ...]
    """What the guard has against the last wording; empty once one has passed."""
    ledger: LedgerEntry
    score: TurnScore
    work: Annotated[Work, of_turn]
    failures: Annotated[list[Failure], noted]
    broken: Failure | None
    """What a session that could not go on broke at."""
    ending: EndReason | None
    detail: str
    session: Session | None
    failure: Failure | None


class DoctorTask(TypedDict):
    """All that the doctor's node takes in: the conversation, and nothing of the case."""

    key: str
    budget: int
    lines: tuple[Line, ...]


class ListenTask(TypedDict):
    """What the doctor's message is taken apart with; nothing hidden."""

    view: PatientView
    lines: tuple[Line, ...]
    message: str


class DiscloseTask(TypedDict):
    """What decides on the answer: of what is hidden, at most results that were reported before."""

    view: PatientView
    persona: PatientPersona
    lines: tuple[Line, ...]
    turns: tuple[Turn, ...]
    trust: float
    acts: tuple[Act, ...]


class SpeakTask(TypedDict):
    """What words the answer: the brief, with the facts of this turn alone."""

    brief: Brief
    guarding: Guarding
    complaints: tuple[GuardFinding, ...]
