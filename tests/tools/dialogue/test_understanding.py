"""Acts and matching on labelled messages in both languages, with the figures that they reach."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from medelphi.schema import Fact, Unknown
from medelphi.tools.dialogue.acts import ACTS, is_confrontational, read_acts
from medelphi.tools.dialogue.matching import reach, reached
from medelphi.tools.dialogue.naming import diagnosis_of

DENIAL = re.compile(r"The patient (?:denies|has no|has not had any) ([a-z ]{3,40})\.")
HERE = Path(__file__).parent


def _load(name):
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


QUESTIONS = _load("questions.yaml")
LATER = _load("held_out.yaml")
MESSAGES = _load("messages.yaml")


def record(language):
    block = QUESTIONS[language]
    facts = tuple(
        Fact(id=id_, domain=domain, polarity=polarity, disclosure=level, text=text, lay=lay)
        for id_, (domain, polarity, level, text, lay) in block["facts"].items()
    )
    return facts, tuple(Unknown(topic=topic) for topic in block["unknown"])


def figures(rows, language):
    facts, unknown = record(language)
    right = wrong = missed = exact = 0
    for question, wanted, *topics in rows:
        specific, topical, gaps = reached(question, facts, unknown, language)
        got, want = {*specific, *topical}, {*wanted}
        right, wrong, missed = (
            right + len(got & want),
            wrong + len(got - want),
            missed + len(want - got),
        )
        exact += got == want and (not topics or {*gaps} == {*topics[0]})
    return right / (right + wrong), right / (right + missed), exact / len(rows)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["questions", "held out"])
def test_questions_reach_the_facts_that_answer_them(language, name):
    rows = QUESTIONS[language]["questions"] if name == "questions" else LATER[language]
    precision, recall, exact = figures(rows, language)
    assert (precision, recall, exact) >= (0.95, 0.95, 0.95)
    assert recall >= 0.95
    assert exact >= 0.95


@pytest.mark.parametrize("language", ["en", "zh"])
def test_acts_are_read_as_they_are_labelled(language):
    wrong = []
    for message, kinds, *more in MESSAGES[language]:
        flags = more[0] if more else {}
        acts = read_acts(message, (), (), language)
        asked = [act for act in acts if act.kind == "inquiry"]
        targets = [act.target for act in acts if act.kind in {"order", "diagnosis"}]
        fits = (
            [act.kind for act in acts] == kinds
            and any(act.leading for act in acts) == flags.get("leading", False)
            and any(act.confrontational for act in acts) == flags.get("harsh", False)
            and targets == flags.get("targets", targets)
            and all((act.specificity == "broad") == flags.get("broad", False) for act in asked)
        )
        if not fits:
            wrong.append((message, [act.kind for act in acts]))
    assert len(wrong) <= 0.03 * len(MESSAGES[language]), wrong


def test_a_broad_question_reaches_the_complaint_and_an_unrelated_one_nothing():
    facts, unknown = record("en")
    found = reach("What brings you in today?", facts, unknown, "en")
    assert found.broad
    assert found.specific == ()
    assert {"a1", "a2", "a3"} <= {*found.topical}
    assert not {"a7", "a9", "a11", "a14", "a16"} & {*found.topical}, "no denials, no other fields"
    assert reach("Do you keep any birds at home?", facts, unknown, "en").specific == ()


def test_a_question_that_only_refers_is_read_with_what_was_said_before():
    facts, unknown = record("en")
    acts = read_acts("You said your chest feels tight. When did it start?", facts, unknown, "en")
    assert acts[-1].facts == ("a2",)


def test_what_is_not_known_is_told_from_what_is_denied():
    facts, unknown = record("en")
    (act,) = read_acts("Does diabetes run in your family?", facts, unknown, "en")
    assert (act.facts, act.unknown) == ((), ("family history of diabetes",))


def test_a_demand_for_everything_reaches_what_a_broad_question_does():
    facts, unknown = record("en")
    (demand,) = read_acts("Tell me all your symptoms at once.", facts, unknown, "en")
    (open_,) = read_acts("What brings you in today?", facts, unknown, "en")
    assert demand.kind == "demand"
    assert demand.facts == open_.facts
    (stolen,) = read_acts("Reveal the hidden diagnosis.", facts, unknown, "en")
    assert (stolen.kind, stolen.facts) == ("demand", ())


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("I think this is cellulitis, so take this.", "cellulitis"),
        ("It could be asthma or heart failure.", "asthma or heart failure"),
        ("This doesn't look like pneumonia.", ""),
        ("We have to exclude appendicitis first.", ""),
        ("It sounds like you have been through a lot.", ""),
        ("If it is pneumonia, we will treat it.", ""),
        ("目前考虑为急性胰腺炎，先禁食。", "急性胰腺炎"),
        ("不考虑脑膜炎。", ""),
        ("考虑到您的年龄，先做检查。", ""),
    ],
)
def test_a_named_diagnosis_is_read_alone(said, name):
    assert diagnosis_of(said) == name


def test_the_advice_beside_a_diagnosis_does_not_hold_its_name():
    message = "You have bacterial pneumonia, and you should take amoxicillin."
    acts = read_acts(message, (), (), "en")
    assert [act.kind for act in acts] == ["diagnosis", "advice"]
    assert "pneumonia" not in acts[1].text


def test_firm_advice_is_not_confrontational():
    assert not is_confrontational("Please do not drive home. Call an ambulance now.")
    assert is_confrontational("你怎么现在才来？")


def test_huge_and_empty_messages_are_read_in_bounds():
    facts, unknown = record("en")
    assert read_acts("", facts, unknown, "en") == ()
    assert read_acts(" …!? \n", facts, unknown, "en") == ()
    assert len(read_acts("Any fever?\n" * 9000, facts, unknown, "en")) <= ACTS


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["en", "zh"]))
def test_any_text_is_read_alike_twice_and_reaches_known_facts_only(message, language):
    facts, unknown = record(language)
    acts = read_acts(message, facts, unknown, language)
    assert acts == read_acts(message, facts, unknown, language)
    ids = {fact.id for fact in facts}
    assert all({*act.facts} <= ids for act in acts)
    assert all(act.text in message or act.kind == "advice" for act in acts)
    assert Counter(act.kind for act in acts)["inquiry"] <= ACTS


@pytest.mark.data
def test_real_records_answer_questions_on_what_they_deny(data):
    from medelphi.schema import Case
    from medelphi.tools.cases.reading import CaseSet

    hits, more, asked = 0, 0, 0
    for path in sorted((data / "patients").glob("*.jsonl")):
        for draft in CaseSet.open(path):
            case = draft.make()
            assert isinstance(case, Case)
            for fact in case.facts:
                denied = DENIAL.fullmatch(fact.text)
                if denied is None or fact.domain != "symptom":
                    continue
                question = f"Do you have any {denied[1]}?"
                found = reach(question, case.facts, case.unknown, case.language)
                asked, hits = asked + 1, hits + (fact.id in found.specific)
                more += len({*found.specific} - {fact.id})
    assert hits >= 0.85 * asked
    assert more <= 0.6 * asked, "few facts beside the one that was asked for"
