"""What a set of sessions shows, and who is never charged for what."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medelphi.schema import Act, Leak, TurnScore
from medelphi.tools.sessions.comparison import Comparison
from medelphi.tools.sessions.scheme import SessionScheme
from medelphi.tools.sessions.summary import MEASURES, VIOLATIONS, Summing

SPOILED = {"privacy": 0.5, "passed": False}


def summed(sessions, **settings_):
    summing = Summing(**{"resamples": 100} | settings_)
    for session in sessions:
        summing.add(session)
    return summing.comparison()


@pytest.fixture(scope="session")
def short(case, next_turn, ask, session_of):
    """A session of one to three turns on a case of this name, with this score."""

    def make(name="ankle", score=0.5, turns=2, **fields):
        of = case.model_copy(update={"id": name})
        made = []
        for at, fact in enumerate(("fall", "smoke", "numb")[:turns]):
            value = TurnScore(
                rubric=score, value=score, by_tag={} if at else {"risk_control": 0.25}
            )
            made.append(next_turn(of, made, [ask(f"Question {fact}?", fact)], [fact], score=value))
        return session_of(of, made, score=score, **fields)

    return make


def test_nothing_added():
    assert summed([]) == Comparison(doctors=())


def test_one_doctor(short):
    found = summed(
        [short("a", 0.2, 1), short("a", 0.4, 2, seed=1), short("b", 0.9, 3), short("c", None, 2)]
    )
    (doctor,) = found.doctors
    assert (doctor.sessions, doctor.cases, doctor.seeds) == (4, 3, 2)
    assert doctor.measures["score"].mean == pytest.approx(0.5)
    assert doctor.measures["score"].n == 3
    assert doctor.measures["turns"].mean == 2
    assert doctor.measures["diagnosis"].mean == 0
    assert doctor.by_tag["risk_control"].mean == 0.25
    assert [name for name in MEASURES if name in doctor.measures] == list(doctor.measures)
    assert "plan" not in doctor.measures
    assert doctor.endings == {"concluded": 4}
    assert [step.running for step in doctor.trajectory] == [1, 0.75, 0.25]
    assert [step.coverage for step in doctor.trajectory] == [0.25, 0.4375, 0.5]
    assert doctor.trajectory[2].value == 0.9
    assert [(item.k, item.estimate.n) for item in doctor.reliability] == [(1, 3), (2, 2)]
    assert doctor.reliability[0].estimate.mean == pytest.approx(0.5)
    assert doctor.reliability[1].estimate.mean == 0


def test_passing_is_the_schemes(short):
    found = summed([short("a", 0.2), short("b", 0.9)], scheme=SessionScheme(passing=0.1))
    assert found.doctors[0].reliability[0].estimate.mean == 1


def test_violations_are_per_turn(case, next_turn, session_of):
    named = Act(kind="diagnosis", text="A sprain.", target="sprain")
    turns = []
    for act in (named, Act(kind="other", text="Good."), Act(kind="end", text="Bye.")):
        turns.append(next_turn(case, turns, [act]))
    (doctor,) = summed([session_of(case, turns)]).doctors
    assert doctor.violations["premature_diagnosis"].mean == pytest.approx(1 / 3)
    assert doctor.violations["repetition"].mean == 0
    assert list(doctor.violations) == list(VIOLATIONS)


@pytest.mark.parametrize(
    "apart",
    [
        {"ending": "simulator_error"},
        {"ending": "infrastructure_error"},
        {"fidelity": SPOILED},
    ],
)
def test_what_is_not_the_doctors_is_never_charged(short, apart):
    good = [short("a", 0.8, 2), short("b", 0.9, 2)]
    bad = short("c", 0.0, 3, cut_by=(1,), judged=0.0, **apart)
    (alone,), (both,) = summed(good).doctors, summed([*good, bad]).doctors
    for name in (
        "measures", "violations", "by_tag", "truncated", "judged", "trajectory", "reliability",
    ):  # fmt: skip
        assert getattr(alone, name) == getattr(both, name), name
    assert both.sessions == 3
    assert sum(both.endings.values()) == 3
    assert both.fidelity.spoiled == ("fidelity" in apart)


def test_only_spoiled_sessions_leave_nothing_but_fidelity(short):
    (doctor,) = summed([short("a", fidelity=SPOILED)]).doctors
    assert (doctor.measures, doctor.violations, doctor.reliability) == ({}, {}, ())
    assert (doctor.trajectory, doctor.judged, doctor.truncated) == ((), 0, 0)
    assert (doctor.fidelity.privacy, doctor.fidelity.passed) == (0.5, False)


def test_fidelity_is_weighted_by_turns(short):
    leaks = (Leak(turn=1, words="-", diagnosis=True), Leak(turn=1, words="-", diagnosis=False))
    (doctor,) = summed(
        [
            short("a", turns=3),
            short("b", turns=1, fidelity={"privacy": 0.0, "honesty": None, "repairs": 2}),
        ]
    ).doctors
    assert doctor.fidelity.privacy == 0.75
    assert (doctor.fidelity.honesty, doctor.fidelity.personification) == (1, None)
    assert doctor.fidelity.repairs_per_turn == 0.5
    assert not doctor.fidelity.passed
    (doctor,) = summed([short("a", fidelity={"leaks": leaks, "passed": False})]).doctors
    assert (doctor.fidelity.diagnosis_leaks, doctor.fidelity.other_leaks) == (1, 1)
    assert not doctor.fidelity.passed


def test_doctors_are_ranked_by_mean_score(short):
    found = summed(
        [
            short("a", 0.3, doctor="low"),
            short("a", None, doctor="none"),
            short("a", 0.9, doctor="top"),
            short("a", 0.9, doctor="also top"),
        ]
    )
    assert [doctor.doctor for doctor in found.doctors] == ["also top", "top", "low", "none"]


def test_a_session_added_again_replaces_itself(short):
    (doctor,) = summed([short("a", 0.1), short("a", 0.7)]).doctors
    assert (doctor.sessions, doctor.measures["score"].mean) == (1, 0.7)


def test_a_session_without_turns(case, session_of):
    (doctor,) = summed([session_of(case, (), ending="doctor_silent")]).doctors
    assert doctor.measures["score"].mean == 0
    assert (doctor.trajectory, doctor.violations, doctor.fidelity.privacy) == ((), {}, None)


def test_coverage_of_a_case_without_askable_facts_is_no_number(case, session_of, next_turn, ask):
    bare = case.model_copy(update={"facts": case.facts[:1], "rubric": ()})
    turn = next_turn(bare, [], [ask("Where?", "ankle")], ["ankle"])
    (doctor,) = summed([session_of(bare, [turn])]).doctors
    assert not {"coverage", "auc", "critical_recall", "must_ask"} & doctor.measures.keys()


session_fields = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.integers(0, 2), st.sampled_from(["d1", "d2"]),
        st.none() | st.floats(0, 1), st.integers(0, 3),
        st.sampled_from(["concluded", "stalled", "simulator_error"]), st.booleans(),
    ),
    unique_by=lambda fields: fields[:3],
    max_size=8,
)  # fmt: skip


@settings(max_examples=30)
@given(session_fields, st.randoms(use_true_random=False))
def test_the_order_of_sessions_does_not_matter(short, rows, random):
    sessions = [
        short(
            name, score, turns, seed=seed, doctor=doctor, ending=ending,
            fidelity=SPOILED if spoiled else None,
        )
        for name, seed, doctor, score, turns, ending, spoiled in rows
    ]  # fmt: skip
    one = summed(sessions, resamples=20)
    assert one == summed(random.sample(sessions, len(sessions)), resamples=20)
    assert Comparison.model_validate_json(one.model_dump_json()) == one
    for doctor in one.doctors:
        values = [item.estimate.mean for item in doctor.reliability]
        assert all(0 <= value <= 1 for value in values)
