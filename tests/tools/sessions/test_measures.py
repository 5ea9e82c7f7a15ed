"""Measures with known values, and None where the case has nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medelphi.schema import Act, Hidden, Report, SessionBudget
from medelphi.tools.sessions.measures import counted_levels, inquiry, outcome

FACTS = ("fall", "numb", "fever", "smoke")


@pytest.fixture(scope="session")
def turns_of(case, next_turn):
    def make(*turns, of=case):
        made = []
        for acts, tell, *more in turns:
            made.append(next_turn(of, made, acts, tell, **(more[0] if more else {})))
        return made

    return make


def test_known_values(case, turns_of, ask):
    short = case.model_copy(update={"budget": SessionBudget(turns=4)})
    more = ask("And?", "smoke", specificity="broad")
    turns = turns_of(
        ([ask("How did it happen?", "fall")], ["fall"]),
        ([more], ["smoke", "fever"], {"volunteer": ("fever",)}),
    )
    found = inquiry(short, turns)
    assert found.coverage == 0.75
    assert found.critical_recall == 0.5
    assert found.must_ask == 0.75
    assert found.facts_per_turn == 1
    assert found.auc == pytest.approx((0.25 + 0.75 + 0.75 + 0.75) / 4)
    assert (found.questions, found.specific, found.wasted_turns) == (2, 0.5, 0)
    assert found.violations == {}


def test_a_session_without_turns(case):
    found = inquiry(case, ())
    assert (found.coverage, found.auc, found.critical_recall, found.must_ask) == (0, 0, 0, 0)
    assert found.specific is None
    made = outcome(case, (), {})
    assert (made.diagnosis, made.named, made.tests_f1) == (False, "", 0)
    assert (made.plan, made.safety_net) == (None, None)


def test_what_the_case_lacks_is_none(case, turns_of, ask):
    bare = case.model_copy(update={"facts": case.facts[3:], "rubric": (), "hidden": Hidden()})
    turns = turns_of(([ask("Fever?", "fever")], ["fever"]), of=bare)
    found, made = inquiry(bare, turns), outcome(bare, turns, {})
    assert (found.critical_recall, found.must_ask) == (None, None)
    assert (made.diagnosis, made.tests_f1, made.plan, made.safety_net) == (None, None, None, None)


def test_volunteered_is_not_asked(case, turns_of, ask):
    turns = turns_of(([ask("Fever?", "fever")], ["fever", "fall"], {"volunteer": ("fall",)}))
    assert counted_levels(case, turns) == {"a1": 0.0, "a2": 0.0}


def test_a_demand_for_everything_meets_no_must_ask(case, turns_of, ask):
    everything = Act(kind="demand", text="Tell me all.", facts=FACTS)
    turns = turns_of(([everything, ask("All?", *FACTS, specificity="broad")], ["smoke"]))
    assert inquiry(case, turns).must_ask == 0


def test_a_judge_scores_only_what_code_does_not(case, turns_of, ask):
    turns = turns_of(([ask("How did it happen?", "fall")], ["fall"]))
    assert inquiry(case, turns, {"a3": None}).must_ask == 0.75
    assert inquiry(case, turns, {"a3": 1.0, "a1": 0.0}).must_ask == 0.8
    assert inquiry(case, turns, {"a3": 0.0}).must_ask == 0.6


def report(asked, measurement="", kind="test"):
    return Report(asked=asked, measurement=measurement, kind=kind, text="-")


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([], 0),
        ([report("x-ray", "xray"), report("count", "blood")], 1),
        ([report("x-ray", "xray"), report("x-ray", "xray")], 6 / 7),
        # One wrong order counts for the mean weight, 2, and once however often it is given.
        ([report("x-ray", "xray"), report("MRI"), report("mri ")], 6 / 9),
        ([report("x-ray", "xray"), report("count", "blood"), report("MRI", kind=None)], 8 / 10),
        ([report("look", "look", "examination"), report("gait", kind="examination")], 0),
        ([report("x-ray", "xray"), report("gait", kind="examination")], 6 / 7),
    ],
)
def test_tests_f1(case, turns_of, reports, expected):
    order = Act(kind="order", text="Tests, please.", target="tests")
    turns = turns_of(([order], [], {"reports": reports}))
    assert outcome(case, turns, {}).tests_f1 == pytest.approx(expected)


def test_the_last_diagnosis_counts(case, turns_of):
    right = Act(kind="diagnosis", text="-", target="lateral malleolar fracture")
    wrong = Act(kind="diagnosis", text="-", target="sprain")
    made = outcome(case, turns_of(([wrong], []), ([right], [])), {})
    assert (made.diagnosis, made.named) == (True, "lateral malleolar fracture")
    assert outcome(case, turns_of(([right], []), ([wrong], [])), {}).diagnosis is False


def test_plan_and_safety_net_come_from_levels(case, turns_of):
    made = outcome(case, (), {"p1": 0.5, "s1": None})
    assert (made.plan, made.safety_net) == (0.5, None)


@given(st.lists(st.sets(st.sampled_from(FACTS)), max_size=15), st.integers(1, 20))
def test_bounds_and_earlier_is_better(case, turns_of, ask, told, budget):
    of = case.model_copy(update={"budget": SessionBudget(turns=budget)})
    turns = turns_of(*(([ask("And?", *sorted(facts))], sorted(facts)) for facts in told))
    found = inquiry(of, turns)
    assert 0 <= found.auc <= 1
    assert found.auc <= found.coverage + 1e-12
    every = sorted({id_ for facts in told for id_ in facts})
    at_once = turns_of(*(([ask("And?", *every)], every) for _ in told))
    assert inquiry(of, at_once).auc >= found.auc - 1e-12
    assert inquiry(of, at_once).coverage == found.coverage
