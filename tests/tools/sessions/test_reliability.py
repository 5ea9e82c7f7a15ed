"""pass^k, intervals over cases, and the judge's noise."""

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medelphi.schema.errors import ConfigurationError
from medelphi.tools.sessions.reliability import estimate, noise_floor, pass_hat_k, reliability


@pytest.mark.parametrize(
    ("passed", "runs", "k", "expected"),
    [
        (3, 3, 3, 1), (0, 3, 1, 0), (2, 3, 1, 2 / 3), (2, 3, 2, 1 / 3), (2, 3, 3, 0),
        (3, 4, 2, 1 / 2), (5, 8, 4, 5 / 70), (1, 1, 1, 1),
    ],
)  # fmt: skip
def test_known_values(passed, runs, k, expected):
    assert pass_hat_k(passed, runs, k) == pytest.approx(expected)


runs_of = st.lists(st.booleans(), min_size=1, max_size=8)


@given(runs_of, st.data())
def test_it_is_the_share_of_draws_that_all_pass(runs, data):
    k = data.draw(st.integers(1, len(runs)))
    draws = list(combinations(runs, k))
    share = sum(all(draw) for draw in draws) / len(draws)
    assert pass_hat_k(sum(runs), len(runs), k) == pytest.approx(share)


@given(runs_of)
def test_it_never_grows_with_k(runs):
    values = [pass_hat_k(sum(runs), len(runs), k) for k in range(1, len(runs) + 1)]
    assert values == sorted(values, reverse=True)
    assert values[0] == sum(runs) / len(runs)


@pytest.mark.parametrize(("passed", "runs", "k"), [(1, 3, 0), (1, 3, 4), (4, 3, 1), (-1, 3, 1)])
def test_impossible_numbers_are_an_error(passed, runs, k):
    with pytest.raises(ConfigurationError, match=r"pass\^k"):
        pass_hat_k(passed, runs, k)


def test_over_cases():
    results = {"a": [True, True, True], "b": [True, False, True], "c": [True]}
    found = reliability(results, 2)
    assert found.estimate.mean == pytest.approx((1 + 1 / 3) / 2)
    assert found.estimate.n == 6
    assert found.estimate.low <= found.estimate.mean <= found.estimate.high
    assert reliability(results, 1).estimate.n == 7
    assert reliability(results, 4) is None


rows_of = st.lists(
    st.tuples(st.sampled_from("abcd"), st.none() | st.floats(0, 1), st.integers(0, 5)), max_size=20
)


@given(rows_of, st.randoms(use_true_random=False))
def test_an_estimate_does_not_depend_on_the_order(rows, random):
    one = estimate(rows, resamples=50)
    assert one == estimate(random.sample(rows, len(rows)), resamples=50)
    kept = [(value, size) for _, value, size in rows if value is not None and size]
    assert (one is None) == (not kept)
    if one:
        assert one.n == len(kept)
        total = math.fsum(value for value, _ in kept) / sum(size for _, size in kept)
        assert one.mean == pytest.approx(total)
        assert one.low <= one.high


def test_cases_are_the_units_not_sessions():
    """Ten equal sessions of each of two cases tell no more than one of each."""
    one = estimate([("a", 0.0, 1), ("b", 1.0, 1)])
    many = estimate([(case, value, 1) for case, value in (("a", 0.0), ("b", 1.0))] * 10)
    assert (one.low, one.high) == (many.low, many.high) == (0, 1)
    independent = estimate([(f"{n}{case}", float(case), 1) for n in range(10) for case in "01"])
    assert independent.high - independent.low < 0.6


def test_one_case_resamples_its_sessions():
    found = estimate([("a", 0.0, 1), ("a", 1.0, 1), ("a", 1.0, 1)])
    assert found.low < found.mean < found.high
    alone = estimate([("a", 0.5, 1)])
    assert (alone.low, alone.mean, alone.high, alone.n) == (0.5, 0.5, 0.5, 1)


def test_noise_floor_known_value():
    found = noise_floor({"s1": [0.4, 0.6], "s2": [0.5, 0.5, None], "s3": [0.9], "s4": []})
    assert found.sd == pytest.approx(math.sqrt(0.02 / 2))
    assert found.difference == pytest.approx(1.96 * math.sqrt(2) * 0.1)
    assert (found.sessions, found.scorings) == (2, 4)


def test_nothing_scored_twice_has_no_floor():
    found = noise_floor({"s1": [0.4], "s2": [None, 0.5]})
    assert (found.sd, found.difference, found.sessions, found.scorings) == (None, None, 0, 0)


@given(st.lists(st.lists(st.floats(0, 1), max_size=4), max_size=5), st.floats(-1, 1))
def test_noise_is_within_sessions_only(rows, shift):
    scores = {str(at): row for at, row in enumerate(rows)}
    moved = {id_: [value + shift * int(id_) for value in row] for id_, row in scores.items()}
    one, other = noise_floor(scores), noise_floor(moved)
    assert (one.sd is None) == (other.sd is None)
    if one.sd is not None:
        assert one.sd == pytest.approx(other.sd, abs=1e-9)
