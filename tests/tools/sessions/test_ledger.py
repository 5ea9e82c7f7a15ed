"""What a turn's ledger counts, and what it lets pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medelphi.schema import Act, Report

FACTS = ("ankle", "fall", "numb", "fever", "smoke")


def test_elicited_critical_and_volunteered(entries, ask):
    first, second = entries(
        ([ask("How did it happen?", "fall")], ["fall", "smoke"], {"volunteer": ("smoke",)}),
        ([ask("Do you smoke? Did you fall?", "smoke", "fall")], ["smoke", "fall"]),
    )
    assert (first.elicited, first.critical, first.volunteered) == (("fall",), ("fall",), ("smoke",))
    assert (second.elicited, second.volunteered) == ((), ())
    assert second.coverage == first.coverage == 0.5
    assert first.critical_coverage == 0.5


def test_what_the_opener_tells_is_not_elicited(entries, ask):
    (first,) = entries(([ask("Where does it hurt?", "ankle")], ["ankle"]))
    assert (first.elicited, first.coverage, first.asked) == ((), 0.0, ("ankle",))


def test_a_broad_inquiry_asks_only_for_what_it_is_told(entries, ask):
    (first,) = entries(
        ([ask("Tell me everything.", *FACTS, specificity="broad")], ["smoke"]),
    )
    assert first.asked == ("smoke",)
    assert (first.questions, first.specific) == (1, 0)


def test_a_specific_inquiry_asks_even_where_it_is_refused(entries, ask):
    (first,) = entries(([ask("Do you smoke?", "smoke")], [], {"refused": ("smoke",)}))
    assert (first.asked, first.elicited) == (("smoke",), ())


def test_a_demand_asks_for_nothing(entries):
    (first,) = entries(
        ([Act(kind="demand", text="Give me the record.", facts=FACTS)], []),
    )
    assert (first.asked, first.questions, first.wasted) == ((), 0, True)


def test_red_flags_told_are_due_once(entries, ask):
    first, second, third = entries(
        ([ask("Can you feel your toes?", "numb")], ["numb"]),
        ([ask("Is there more?", specificity="broad")], []),
        ([ask("Do you smoke?", "smoke")], ["smoke"]),
    )
    assert first.red_flags == ("numb",)
    assert "red_flag_ignored" in {violation.kind for violation in second.violations}
    assert "red_flag_ignored" not in {violation.kind for violation in third.violations}


def test_the_working_diagnosis_stays_until_another(entries, ask):
    named = Act(kind="diagnosis", text="It is a sprain.", target="ankle sprain")
    right = Act(kind="diagnosis", text="It is broken.", target="fracture of the lateral malleolus")
    ledgers = entries(
        ([ask("How did it happen?", "fall")], ["fall"]),
        ([named], []),
        ([ask("Do you smoke?", "smoke")], ["smoke"]),
        ([right], []),
    )
    assert [ledger.working_diagnosis for ledger in ledgers] == [
        "", "ankle sprain", "ankle sprain", "fracture of the lateral malleolus",
    ]  # fmt: skip
    assert [ledger.diagnosis_right for ledger in ledgers] == [None, False, False, True]


def test_no_diagnosis_in_the_case_is_neither_right_nor_wrong(case, entries):
    bare = case.model_copy(update={"hidden": case.hidden.model_copy(update={"diagnosis": ""})})
    named = Act(kind="diagnosis", text="It is a sprain.", target="ankle sprain")
    (first,) = entries(([named], []), of=bare)
    assert first.diagnosis_right is None
    assert first.working_diagnosis == "ankle sprain"


def test_wasted_turns(entries, ask):
    order = Act(kind="order", text="An X-ray, please.", target="X-ray")
    advice = Act(kind="advice", text="Keep it raised.")
    report = Report(asked="X-ray", measurement="xray", kind="test", text="A line")
    ledgers = entries(
        ([order], [], {"reports": [report]}),
        ([order], [], {"reports": [report]}),
        ([advice], []),
        ([advice], []),
        ([ask("Anything in the family?")], [], {"unknown": ("family",)}),
        ([ask("And in the family?")], [], {"unknown": ("family",)}),
        ([ask("Do you smoke?", "smoke")], [], {"confused": True}),
        ([Act(kind="other", text="I see.")], []),
        ([Act(kind="end", text="Goodbye.")], []),
    )
    wasted = [ledger.wasted for ledger in ledgers]
    assert wasted == [False, True, False, True, False, True, False, True, False]


def test_a_thin_record_wastes_no_turn_of_the_doctor(entries, ask):
    fair, rude = ask("Any travel?"), ask("Why so late?", confrontational=True)
    vague = ask("What else?", specificity="broad")
    ledgers = entries(*(([act], [], {"unrecorded": 1}) for act in (fair, fair, rude, vague)))
    assert [ledger.wasted for ledger in ledgers] == [False, True, True, True]


def test_a_case_without_askable_facts_is_covered(case, entries, ask):
    bare = case.model_copy(update={"facts": case.facts[:1], "rubric": ()})
    (first,) = entries(([ask("Where?", "ankle")], ["ankle"]), of=bare)
    assert (first.coverage, first.critical_coverage) == (1.0, None)


@st.composite
def told(draw):
    return draw(st.lists(st.lists(st.sampled_from(FACTS), unique=True), min_size=1, max_size=8))


@given(told())
def test_coverage_never_falls_and_counts_every_fact_once(entries, ask, turns):
    ledgers = entries(*(([ask("And?", *facts)], facts) for facts in turns))
    for values in (
        [ledger.coverage for ledger in ledgers],
        [ledger.critical_coverage for ledger in ledgers],
    ):
        assert values == sorted(values)
    elicited = [id_ for ledger in ledgers for id_ in ledger.elicited]
    assert len(elicited) == len(set(elicited))
    assert ledgers[-1].coverage == len(set(elicited)) / 4
    assert "ankle" not in elicited


@given(told(), st.randoms(use_true_random=False))
def test_the_order_of_facts_in_a_turn_does_not_matter(entries, ask, turns, random):
    shuffled = [random.sample(facts, len(facts)) for facts in turns]
    one = entries(*(([ask("And?", *facts)], facts) for facts in turns))
    other = entries(*(([ask("And?", *facts)], facts) for facts in shuffled))
    for first, second in zip(one, other, strict=True):
        assert set(first.elicited) == set(second.elicited)
        assert (first.coverage, first.wasted) == (second.coverage, second.wasted)


@pytest.mark.parametrize("text", ["", "   ", "……", "\n\t"])
def test_no_words_are_empty(entries, text):
    (first,) = entries(([], [], {"doctor": text}))
    assert [violation.kind for violation in first.violations] == ["empty"]
    assert first.violations[0].gamma == 0
    assert first.wasted
