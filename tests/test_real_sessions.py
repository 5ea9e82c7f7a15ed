"""All real cases through the session graph, with two offline doctors. Needs the real data."""

from pathlib import Path

import pytest
from leaks import leaked

from medelphi.graphs.session import run_session
from medelphi.graphs.session_context import SessionContext
from medelphi.schema import Case, Session
from medelphi.tools.cases.reading import CaseSet
from medelphi.tools.sessions.comparison import DoctorSummary
from medelphi.tools.sessions.summary import Summing

DOCTORS = ("offline:attentive", "offline:hasty")


def cases(data: Path) -> list[Case]:
    found = []
    for name in ("agentclinic_medqa.jsonl", "mediq_craft_md.jsonl"):
        made = [draft.make() for draft in CaseSet.open(data / "patients" / name)]
        assert not [each.reason for each in made if not isinstance(each, Case)]
        found += [each for each in made if isinstance(each, Case)]
    return found


# One test, so that the consultations are held once and not in every worker.
@pytest.mark.data
async def test_real_cases(data: Path) -> None:
    summing, held = Summing(), 0
    for case in cases(data):
        for doctor in DOCTORS:
            session = await run_session(case, SessionContext(doctor=doctor))
            assert isinstance(session, Session), session
            whole_and_discreet(session)
            summing.add(session)
            held += 1
    assert held == 112 * len(DOCTORS)
    best, worst = summing.comparison().doctors
    assert (best.doctor, worst.doctor) == DOCTORS
    for each in (best, worst):
        true_to_the_record(each)
    tells_apart(best, worst)


def whole_and_discreet(session: Session) -> None:
    assert session.turns, session.id
    assert session.ending not in {"simulator_error", "infrastructure_error"}, session.id
    assert all(turn.said.strip() and turn.doctor.strip() for turn in session.turns)
    speakers = [line.speaker for line in session.lines]
    assert speakers[0] == "patient"
    assert not leaked(session), session.id


def true_to_the_record(doctor: DoctorSummary) -> None:
    fidelity = doctor.fidelity
    assert fidelity.privacy is not None
    assert fidelity.fact is not None
    assert fidelity.privacy >= 0.95
    assert fidelity.fact >= 0.95
    assert fidelity.diagnosis_leaks == 0


def tells_apart(best: DoctorSummary, worst: DoctorSummary) -> None:
    for measure in ("score", "coverage", "critical_recall", "must_ask", "turn_value"):
        assert best.measures[measure].low > worst.measures[measure].high, measure
    assert best.measures["wasted_turns"].high < worst.measures["wasted_turns"].low
    for tag, estimate in best.by_tag.items():
        assert estimate.low > worst.by_tag[tag].high, tag
    for kind, estimate in best.violations.items():
        assert estimate.mean <= worst.violations[kind].mean, kind
