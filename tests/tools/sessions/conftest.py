"""A small case, and sessions on it made by hand."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from medelphi.schema import (
    Act,
    Case,
    Decision,
    Fidelity,
    LedgerEntry,
    PatientPersona,
    Report,
    Sentence,
    Session,
    SessionProvenance,
    Turn,
    TurnScore,
    Usage,
)
from medelphi.tools.sessions.ledger import entry
from medelphi.tools.sessions.scheme import SessionScheme
from medelphi.tools.sessions.score import session_score

SCHEME = SessionScheme()


def _fact(name: str, text: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "text": text, "lay": text, "domain": "symptom", "disclosure": 2} | fields


@pytest.fixture(scope="session")
def case() -> Case:
    return Case.model_validate(
        {
            "id": "ankle",
            "language": "en",
            "opener": "My ankle hurts.",
            "facts": [
                _fact("ankle", "The ankle hurts", disclosure=0),
                _fact("fall", "Twisted it on the stairs on Monday", critical=True),
                _fact("numb", "The toes are numb and cold", critical=True, red_flag=True),
                _fact("fever", "Has had no fever", polarity="denied"),
                _fact("smoke", "Smokes ten cigarettes a day"),
            ],
            "hidden": {
                "diagnosis": "fracture of the lateral malleolus",
                "aliases": ["lateral malleolar fracture"],
                "measurements": [
                    {"id": "xray", "name": "X-ray", "kind": "test", "result": "A gap", "weight": 3},
                    {"id": "blood", "name": "Blood count", "kind": "test", "result": "As usual"},
                    {"id": "look", "name": "Look", "kind": "examination", "result": "Swollen"},
                ],
            },
            "rubric": [
                {"id": "a1", "text": "Asks it", "kind": "must_ask", "weight": 3, "facts": ["fall"]},
                {"id": "a2", "text": "Asks of toes", "kind": "must_ask", "weight": 1,
                 "facts": ["numb"]},
                {"id": "a3", "text": "Asks about fears", "kind": "must_ask", "weight": 1},
                {"id": "p1", "text": "Sends for an X-ray", "kind": "plan", "weight": 4},
                {"id": "s1", "text": "Says when to come back", "kind": "safety_net", "weight": 2},
                {"id": "n1", "text": "Tells to run on it", "kind": "must_not", "weight": -5,
                 "red_line": True},
                {"id": "n2", "text": "Scolds", "kind": "must_not", "weight": -2},
            ],
        }
    )  # fmt: skip


def _turn(
    case: Case,
    before: Sequence[Turn],
    acts: Sequence[Act],
    tell: Sequence[str] = (),
    *,
    doctor: str | None = None,
    reports: Sequence[Report] = (),
    score: TurnScore | None = None,
    scheme: SessionScheme = SCHEME,
    **decision: Any,
) -> Turn:
    """The next turn, its ledger counted."""
    number = len(before) + 1
    said = " ".join(act.text for act in acts) if doctor is None else doctor
    made = Decision(**{"tell": tuple(tell), "trust": 2.5} | decision)
    ledger = entry(case, number, acts, made, reports, before=before, doctor=said, scheme=scheme)
    return Turn(
        number=number,
        doctor=said,
        acts=tuple(acts),
        decision=made,
        reports=tuple(reports),
        patient=(Sentence(text="Well."),),
        ledger=ledger,
        score=score or TurnScore(),
    )


@pytest.fixture(scope="session")
def ask() -> Callable[..., Act]:
    """An inquiry, specific unless told otherwise, that reaches these facts."""

    def make(text: str, *facts: str, **fields: Any) -> Act:
        return Act(
            **{"kind": "inquiry", "text": text, "specificity": "specific", "facts": facts} | fields
        )

    return make


@pytest.fixture(scope="session")
def next_turn() -> Callable[..., Turn]:
    return _turn


@pytest.fixture(scope="session")
def entries(case: Case) -> Callable[..., list[LedgerEntry]]:
    """The ledger of turns given as ``(acts, told)`` or ``(acts, told, further fields)``."""

    def make(*turns: tuple[Any, ...], of: Case = case, **fields: Any) -> list[LedgerEntry]:
        made: list[Turn] = []
        for acts, tell, *more in turns:
            further = fields | (more[0] if more else {})
            made.append(_turn(of, made, acts, tell, **further))
        return [turn.ledger for turn in made]

    return make


@pytest.fixture(scope="session")
def session_of() -> Callable[..., Session]:
    """A session around turns and a score, with a true patient unless told otherwise."""

    def make(
        case: Case,
        turns: Sequence[Turn] = (),
        *,
        doctor: str = "d",
        seed: int = 0,
        ending: str = "concluded",
        fidelity: dict[str, Any] | None = None,
        items: dict[str, float | None] | None = None,
        **score: Any,
    ) -> Session:
        found = session_score(case, turns, items or {}, (), SCHEME)
        truth: dict[str, Any] = {
            "privacy": 1.0, "fact": 1.0, "honesty": 1.0, "passivity": 1.0,
            "personification": None, "repairs": 0, "verbatim": 0, "passed": True,
        }  # fmt: skip
        return Session(
            case=case,
            doctor=doctor,
            seed=seed,
            persona=PatientPersona(),
            turns=tuple(turns),
            ending=ending,
            score=found.model_copy(update=score),
            fidelity=Fidelity(**truth | (fidelity or {})),
            provenance=SessionProvenance(
                graph="session/1",
                profile="offline",
                models={},
                prompts={},
                seed=seed,
                usage=Usage(),
            ),
        )

    return make
