"""Turn value = gamma R, and what does not count."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medelphi.schema import LedgerEntry, ScoringCriterion, TurnTag, Violation
from medelphi.schema.errors import InputError
from medelphi.schema.session import ViolationKind
from medelphi.tools.sessions.scheme import SessionScheme
from medelphi.tools.sessions.turns import signed, turn_score

SCHEME = SessionScheme()
TAGS = get_args(TurnTag)


@st.composite
def judged(draw):
    lines = draw(
        st.lists(
            st.tuples(
                st.integers(-10, 10).filter(bool),
                st.sampled_from(TAGS),
                st.sampled_from([0.0, 0.5, 1.0, None]),
            ),
            max_size=6,
        )
    )
    criteria = [
        ScoringCriterion(id=f"t{at}", text="Does it.", points=points, tags=(tag,))
        for at, (points, tag, _) in enumerate(lines)
    ]
    return criteria, {f"t{at}": level for at, (_, _, level) in enumerate(lines)}


def ledger(*kinds):
    return LedgerEntry(
        coverage=0,
        violations=tuple(Violation(kind=kind, gamma=SCHEME.gamma(kind)) for kind in kinds),
    )


kinds_of = st.lists(st.sampled_from(get_args(ViolationKind)), unique=True)


@given(judged(), kinds_of, st.booleans())
def test_value_is_gamma_times_r_within_bounds(pair, kinds, deduct):
    criteria, levels = pair
    score = turn_score(criteria, (), levels, ledger(*kinds), SessionScheme(deduct=deduct))
    assert score.gamma == min((SCHEME.gamma(kind) for kind in kinds), default=1)
    assert 0 <= score.deductions <= SCHEME.deduction_cap
    if score.rubric is None:
        assert score.value is None
        assert not score.by_tag
        return
    assert 0 <= score.value <= score.rubric <= 1
    expected = max(0, score.rubric - score.deductions) if deduct else score.gamma * score.rubric
    assert score.value == pytest.approx(expected)
    assert all(0 <= value <= 1 for value in score.by_tag.values())


@given(judged())
def test_an_unscored_criterion_is_as_good_as_absent(pair):
    criteria, levels = pair
    kept = [criterion for criterion in criteria if levels[criterion.id] is not None]
    with_all = turn_score(criteria, (), levels, ledger(), SCHEME)
    without = turn_score(kept, (), {c.id: levels[c.id] for c in kept}, ledger(), SCHEME)
    assert (with_all.rubric, with_all.value) == (without.rubric, without.value)
    assert with_all.by_tag == without.by_tag
    assert with_all.judged == (len(kept) / len(criteria) if criteria else 0)


@given(judged(), st.randoms(use_true_random=False))
def test_the_order_of_criteria_does_not_matter(pair, random):
    criteria, levels = pair
    other = signed(random.sample(criteria, len(criteria)), levels)
    assert signed(criteria, levels) == (None if other is None else pytest.approx(other))


def test_published_penalties():
    assert turn_score((), (), {}, ledger("repetition"), SCHEME).gamma == 0.1
    assert turn_score((), (), {}, ledger("rigid"), SCHEME).gamma == 0.9
    assert turn_score((), (), {}, ledger("rigid", "repetition"), SCHEME).gamma == 0.1
    assert turn_score((), (), {}, ledger(), SCHEME).gamma == 1


def test_known_values():
    criteria = [
        ScoringCriterion(id="t1", text="Asks.", points=6, tags=("risk_control",)),
        ScoringCriterion(id="t2", text="Errs.", points=-2, tags=("short_term_memory",)),
    ]
    score = turn_score(criteria, (), {"t1": 0.5, "t2": 1.0}, ledger("repetition"), SCHEME)
    # (6 x 0.5 - 2 x 1 + 2) / 8
    assert score.rubric == pytest.approx(0.375)
    assert score.value == pytest.approx(0.0375)
    assert score.by_tag == {"risk_control": 0.5, "short_term_memory": 0.0}


def test_nothing_judged_has_no_value():
    criteria = [ScoringCriterion(id="t1", text="Asks.", points=6)]
    for levels in ({}, {"t1": None}):
        score = turn_score(criteria, (), levels, ledger(), SCHEME, ("n1",))
        assert (score.rubric, score.value, score.judged) == (None, None, 0)
        assert score.levels == {"t1": None}
        assert score.unsafe == ("n1",)


def test_a_level_outside_the_scale_is_an_error():
    criteria = [ScoringCriterion(id="t1", text="Asks.", points=6)]
    with pytest.raises(InputError, match="outside"):
        turn_score(criteria, (), {"t1": 2.0}, ledger(), SCHEME)
