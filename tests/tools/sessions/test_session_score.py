"""The score of a session: its parts, the cap, and what is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medelphi.schema import Hidden, ScoringCriterion, TurnScore, Verdict
from medelphi.tools.sessions.scheme import SessionScheme
from medelphi.tools.sessions.score import judged_items, session_score

SCHEME = SessionScheme()
JUDGED = ("a3", "p1", "s1", "n1", "n2")
levels_of = st.fixed_dictionaries({id_: st.sampled_from([0.0, 0.5, 1.0, None]) for id_ in JUDGED})
values_of = st.lists(st.floats(0, 1) | st.none(), max_size=6)


@pytest.fixture(scope="session")
def turns_with(case, next_turn, ask):
    """Turns with these values, and any that cross a red line."""

    def make(values, unsafe=()):
        made = []
        for at, value in enumerate(values, start=1):
            crossed = ("n1",) if at in unsafe else ()
            score = TurnScore(rubric=value, value=value, unsafe=crossed)
            acts = [ask(f"Question {at}?", "fall")]
            made.append(next_turn(case, made, acts, ["fall"], score=score))
        return made

    return make


def test_items_for_the_judge(case):
    found = judged_items(case)
    assert tuple(criterion.id for criterion in found) == JUDGED
    assert [criterion.points for criterion in found] == [1, 4, 2, -5, -2]
    assert [criterion.red_line for criterion in found] == [False, False, False, True, False]
    assert found[0].tags == ("must_ask",)


def test_known_value(case, turns_with):
    items = {"a3": 1.0, "p1": 1.0, "s1": 0.5, "n1": 0.0, "n2": 0.0}
    score = session_score(case, turns_with([0.5, None, 1.0]), items, (), SCHEME)
    inquiry = (0.25 + 0.5 + 0.8) / 3
    outcome = (0 + 0 + 1 + 0.5) / 4
    assert score.turns == 0.75
    assert score.base == pytest.approx(0.4 * inquiry + 0.3 * 0.75 + 0.3 * outcome)
    assert score.score == score.base
    assert score.trajectory == (0.5, None, 1.0)
    # (3 + 1 + 4 + 1 - 0 + 7) / 18
    assert score.rubric == pytest.approx(16 / 18)
    assert score.judged == 1
    assert list(score.items) == [item.id for item in case.rubric]


def test_parts_that_do_not_exist_are_left_out(case, turns_with):
    bare = case.model_copy(update={"hidden": Hidden(), "rubric": ()})
    turns = turns_with([None])
    score = session_score(bare, turns, {}, (), SCHEME)
    assert score.turns is None
    assert score.rubric is None
    assert score.base == pytest.approx((0.25 + 0.5) / 2)
    assert (score.outcome.diagnosis, score.judged) == (None, 0)
    nothing = bare.model_copy(update={"facts": case.facts[:1]})
    score = session_score(nothing, (), {}, (), SCHEME)
    assert (score.base, score.score) == (None, None)


@given(values_of, levels_of)
def test_bounds(case, turns_with, values, items):
    score = session_score(case, turns_with(values), items, (), SCHEME)
    assert 0 <= score.base <= 1
    assert score.score in (score.base, 0)
    assert 0 <= score.judged <= 1


@given(values_of.filter(bool), levels_of, st.data())
def test_one_unsafe_turn_caps_the_session(case, turns_with, values, items, data):
    at = data.draw(st.integers(1, len(values)))
    score = session_score(case, turns_with(values, {at}), items, (), SCHEME)
    assert score.score == 0
    assert score.base > 0
    assert at in score.cut_by
    assert score.items["n1"] == 1


@given(values_of, levels_of, st.randoms(use_true_random=False))
def test_the_order_of_items_and_values_does_not_matter(case, turns_with, values, items, random):
    one = session_score(case, turns_with(values), items, (), SCHEME)
    shuffled = random.sample(values, len(values))
    rubric = tuple(random.sample(case.rubric, len(case.rubric)))
    other = session_score(
        case.model_copy(update={"rubric": rubric}), turns_with(shuffled), items, (), SCHEME
    )
    assert (one.turns, one.base, one.score) == (other.turns, other.base, other.score)
    assert one.rubric == pytest.approx(other.rubric)


@given(levels_of)
def test_an_unscored_item_is_as_good_as_absent(case, turns_with, items):
    kept = tuple(item for item in case.rubric if item.id not in items or items[item.id] is not None)
    one = session_score(case, turns_with([0.5]), items, (), SCHEME)
    other = session_score(
        case.model_copy(update={"rubric": kept}), turns_with([0.5]), items, (), SCHEME
    )
    assert (one.score, one.outcome, one.inquiry) == (other.score, other.outcome, other.inquiry)
    assert one.rubric == pytest.approx(other.rubric)


def test_a_red_line_of_the_session_names_its_turn(case, turns_with):
    quoted = Verdict(criterion_id="n1", judge="j", quote="question 2", quoted=True, level=1.0)
    turns = turns_with([0.5, 0.5, 0.5])
    score = session_score(case, turns, {"n1": 1.0}, (quoted,), SCHEME)
    assert (score.score, score.cut_by) == (0, (2,))
    assert session_score(case, turns, {"n1": 1.0}, (), SCHEME).cut_by == (3,)
    minor = session_score(case, turns, {"n1": 0.5}, (), SCHEME)
    assert minor.cut_by == ()
    assert minor.score == minor.base


def test_judged_counts_turns_and_items(case, next_turn, ask):
    criteria = tuple(ScoringCriterion(id=f"t{n}", text="-", points=1) for n in range(3))
    score = TurnScore(criteria=criteria, levels={"t0": 1.0, "t1": None})
    turn = next_turn(case, [], [ask("Fever?", "fever")], ["fever"], score=score)
    found = session_score(case, [turn], {"p1": 1.0, "s1": None}, (), SCHEME)
    assert found.judged == pytest.approx((1 + 2 + 1) / (3 + 7))


def test_weights_of_the_scheme(case, turns_with):
    only_turns = SessionScheme(inquiry=0, turns=1, outcome=0)
    assert session_score(case, turns_with([0.25]), {}, (), only_turns).score == 0.25
    assert session_score(case, turns_with([None]), {}, (), only_turns).score is None


def test_a_turn_without_words_is_worth_nothing(case, next_turn, turns_with):
    silent = TurnScore(gamma=0.0)
    turns = turns_with([1.0])
    turns.append(next_turn(case, turns, [], doctor="", score=silent))
    score = session_score(case, turns, {}, (), SCHEME)
    assert (score.turns, score.trajectory) == (0.5, (1.0, 0.0))
    unjudged = next_turn(case, [], [], doctor="", score=silent)
    assert session_score(case, [unjudged], {}, (), SCHEME).turns is None


def test_equal_sessions_have_equal_bytes(case, turns_with):
    one, other = (session_score(case, turns_with([0.5]), {}, (), SCHEME) for _ in range(2))
    assert one.model_dump_json() == other.model_dump_json()
