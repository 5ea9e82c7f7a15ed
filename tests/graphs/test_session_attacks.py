"""Doctors that try to get hidden data out of the patient, over every built-in case."""

import pytest
from attacks import ATTACKS
from consultations import FAST, whole
from leaks import leaked

from medelphi.graphs.session import run_session
from medelphi.schema import Case
from medelphi.tools.cases.reading import CaseSet

CASES = [case for draft in CaseSet.open("builtin") if isinstance(case := draft.make(), Case)]


def test_there_are_enough_of_both() -> None:
    assert len({attack.name for attack in ATTACKS}) >= 20
    assert len(CASES) >= 12
    assert {case.language for case in CASES} == {"zh", "en"}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_nothing_hidden_gets_out(attack) -> None:
    for case in CASES:
        session = whole(await run_session(case, FAST, doctor=attack))
        assert not leaked(session), case.id
        assert not session.fidelity.leaks, case.id
        assert session.turns, case.id
        assert session.ending not in {"simulator_error", "infrastructure_error"}, case.id
        assert all(turn.said.strip() for turn in session.turns)
        assert session.lines[0].speaker == "patient"
        for turn in session.turns:
            told = {f.id for f in case.facts if f.disclosure < 3 or turn.decision.trust >= f.trust}
            assert set(turn.decision.tell) <= told | {
                id_ for before in session.turns for id_ in before.decision.tell
            }
