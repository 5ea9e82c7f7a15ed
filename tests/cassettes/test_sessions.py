"""Whole consultations on a cast of two wire formats."""

from pathlib import Path

import pytest
from consultations import small_case, small_case_zh

from medelphi.graphs.session import run_session
from medelphi.graphs.session_context import SessionContext
from medelphi.schema import Case, Session

HERE = Path(__file__).parent
TURNS = 5


async def consultation(cassette, case: Case, doctor: str) -> Session:
    context = SessionContext(
        profile=cassette.profile(HERE / "consulting.toml"), doctor=doctor, turns=TURNS
    )
    session = await run_session(case, context)
    assert isinstance(session, Session), session
    return session


@pytest.mark.parametrize(
    ("case", "doctor"),
    [
        pytest.param(
            small_case(),
            "openai:attentive",
            id="en",
            marks=pytest.mark.cassette("session_en"),
        ),
        pytest.param(
            small_case_zh(),
            "anthropic:hasty",
            id="zh",
            marks=pytest.mark.cassette("session_zh"),
        ),
    ],
)
async def test_a_consultation_is_held_and_scored(cassette, case, doctor):
    session = await consultation(cassette, case, doctor)
    assert session.ending in {"turn_budget", "doctor_ended", "concluded"}
    assert 3 <= len(session.turns) <= TURNS
    assert session.failures == ()
    assert [turn.failures for turn in session.turns] == [()] * len(session.turns)
    assert session.score.inquiry.coverage > 0
    assert all(turn.score.rubric is not None for turn in session.turns)
    assert session.fidelity.passed
    assert session.provenance.usage.calls >= 15
    nodes = {spent.node for spent in session.provenance.spending}
    assert nodes >= {"doctor", "understand", "speak", "guard", "score_turn"}
    assert {
        spec.partition(":")[0] for specs in session.provenance.models.values() for spec in specs
    } == {"openai", "anthropic"}
