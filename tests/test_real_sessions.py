"""All real cases through the session graph, with both offline doctors. Needs the real data."""

import asyncio
from pathlib import Path

import pytest
from leaks import leaked

from medelphi.graphs.session import run_session
from medelphi.graphs.session_context import SessionContext
from medelphi.schema import Case, Session
from medelphi.tools.cases.reading import CaseSet
from medelphi.tools.sessions.summary import Summing

DOCTORS = ("offline:attentive", "offline:hasty")


def cases(data: Path) -> list[Case]:
    found = []
    for name in ("agentclinic_medqa.jsonl", "mediq_craft_md.jsonl"):
        made = [draft.make() for draft in CaseSet.open(data / "patients" / name)]
        assert not [each.reason for each in made if not isinstance(each, Case)]
        found += [each for each in made if isinstance(each, Case)]
    return found


@pytest.mark.data
class TestRealCases:
    @pytest.fixture(scope="class")
    def sessions(self, data: Path) -> list[Session]:
        async def all_of_them() -> list[Session]:
            done = []
            for case in cases(data):
                for doctor in DOCTORS:
                    session = await run_session(case, SessionContext(doctor=doctor))
                    assert isinstance(session, Session), session
                    done.append(session)
            return done

        return asyncio.run(all_of_them())

    def test_all_are_read_and_run(self, sessions: list[Session]) -> None:
        assert len(sessions) == 112 * len(DOCTORS)
        for session in sessions:
            assert session.turns, session.id
            assert session.ending not in {"simulator_error", "infrastructure_error"}
            assert all(turn.said.strip() and turn.doctor.strip() for turn in session.turns)

    def test_nothing_hidden_gets_out(self, sessions: list[Session]) -> None:
        assert not [(session.id, leak) for session in sessions for leak in leaked(session)]

    def test_patients_are_true_to_their_records(self, sessions: list[Session]) -> None:
        summing = Summing()
        for session in sessions:
            summing.add(session)
        for doctor in summing.comparison().doctors:
            fidelity = doctor.fidelity
            assert fidelity.privacy is not None
            assert fidelity.fact is not None
            assert fidelity.privacy >= 0.95
            assert fidelity.fact >= 0.95
            assert fidelity.diagnosis_leaks == 0

    def test_scores_tell_the_doctors_apart(self, sessions: list[Session]) -> None:
        summing = Summing()
        for session in sessions:
            summing.add(session)
        best, worst = summing.comparison().doctors
        assert (best.doctor, worst.doctor) == DOCTORS
        for measure in ("score", "coverage", "critical_recall", "turn_value"):
            assert best.measures[measure].low > worst.measures[measure].high, measure
