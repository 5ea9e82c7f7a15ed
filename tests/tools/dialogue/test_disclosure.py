import pytest

from medelphi.schema import Act, Demographics, Fact, PatientPersona, PatientView, Unknown
from medelphi.tools.dialogue.disclosure import decide


def fact(id_, level=1, **more):
    given = {"domain": "symptom", "text": f"Has {id_}.", "lay": f"I have {id_}."} | more
    return Fact(id=id_, disclosure=level, **given)


VIEW = PatientView(
    case_id="c",
    language="en",
    demographics=Demographics(),
    respondent="patient",
    relation="",
    opener="Hello.",
    facts=(
        fact("one"),
        fact("two", 2),
        fact("three", 3, trust=3.5),
        fact("four"),
        fact("five", polarity="denied"),
        fact("six"),
    ),
    unknown=(Unknown(topic="weight"),),
)
PLAIN = PatientPersona(temperament="plain", sentences=3)


def ask(*facts, broad=False, **more):
    specificity = "broad" if broad else "specific"
    return Act(kind="inquiry", text="?", specificity=specificity, facts=facts, **more)


def decided(*acts, persona=PLAIN, told=(), trust=2.5, turn=1, seed=0, before=()):
    return decide(
        VIEW,
        acts,
        persona,
        told=frozenset(told),
        before=before,
        trust=trust,
        seed=seed,
        turn=turn,
    )


def test_a_broad_question_reaches_the_first_level_only():
    decision = decided(ask("one", "two", "three", broad=True))
    assert (decision.tell, decision.refused) == (("one",), ("two", "three"))


def test_a_specific_question_reaches_the_second_and_trust_the_third():
    assert decided(ask("two", "three"), trust=2.0).tell == ("two",)
    assert decided(ask("two", "three"), trust=2.0).refused == ("three",)
    assert decided(ask("three"), trust=4.0).tell == ("three",)


def test_a_demand_reaches_no_more_than_a_broad_question():
    demand = Act(kind="demand", text="all", specificity="specific", facts=("one", "two", "three"))
    assert decided(demand, trust=4.0).tell == ("one",)


def test_other_acts_reach_nothing():
    acts = [Act(kind=kind, text="x", facts=("one",)) for kind in ("advice", "order", "diagnosis")]
    decision = decided(*acts)
    assert (decision.tell, decision.unrecorded) == ((), 0)


def test_the_most_specific_come_first_and_the_persona_caps_them():
    decision = decided(ask("one", "four", "six", broad=True), ask("two"))
    assert decision.tell == ("two", "one", "four")


def test_what_was_told_is_told_again_only_when_asked_for_specifically():
    assert decided(ask("one"), told={"one"}).tell == ("one",)
    again = decided(ask("one", broad=True), told={"one"})
    assert (again.tell, again.unrecorded) == ((), 1)


def test_questions_without_answer_are_counted_and_unknown_topics_named():
    decision = decided(ask(), ask(unknown=("weight", "no topic of the case")))
    assert (decision.unrecorded, decision.unknown, decision.tell) == (1, ("weight",), ())


def test_ids_that_the_case_lacks_are_passed_over():
    assert decided(ask("one", "nowhere")).tell == ("one",)


def test_only_a_verbose_respondent_volunteers_and_says_so():
    talkative = PatientPersona(temperament="verbose", sentences=6)
    decisions = [decided(ask("two"), persona=talkative, seed=seed) for seed in range(20)]
    extra = {id_ for decision in decisions for id_ in decision.volunteer}
    assert extra
    assert extra <= {"one", "four", "six"}
    assert all(set(d.volunteer) <= set(d.tell) for d in decisions)
    plain = [decided(ask("two"), seed=seed).volunteer for seed in range(20)]
    assert not any(plain)


def test_a_confused_respondent_says_nothing_and_never_twice_in_a_row():
    lost = PatientPersona(confusion=1.0)
    decision = decided(ask("one"), persona=lost)
    assert (decision.confused, decision.tell) == (True, ())


@pytest.mark.parametrize("seed", range(5))
def test_the_same_seed_decides_the_same(seed):
    persona = PatientPersona(temperament="verbose", confusion=0.5)
    args = {"persona": persona, "seed": seed, "turn": 2}
    assert decided(ask("one"), **args) == decided(ask("one"), **args)
