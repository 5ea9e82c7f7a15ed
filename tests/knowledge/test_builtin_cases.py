import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from medelphi import knowledge
from medelphi.schema import Case
from medelphi.tools.cases.checks import problems

FOLDER = Path(knowledge.__file__).parent / "cases"
FILES = sorted(FOLDER.glob("*/*.yaml"))
KINDS = (
    "adult",
    "caregiver",
    "pregnancy",
    "elderly",
    "polypharmacy",
    "emergency",
    "red-flag",
    "mental-health",
    "drug-question",
    "fictitious-drug",
)
INVENTED = {"en": "Corvexidol", "zh": "苏尔芬达明"}


def read(path: Path) -> Case:
    return Case.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


CASES = {path.stem: read(path) for path in FILES}
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def visible(case: Case) -> str:
    """Every text that the patient's side knows."""
    view = case.patient
    texts = [view.opener, view.relation, view.demographics.age, view.demographics.other]
    for fact in view.facts:
        texts += [fact.text, fact.lay, *fact.topics]
    for item in view.unknown:
        texts += [item.topic, item.lay]
    return " | ".join(texts)


def folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def test_there_are_enough_of_them_half_in_chinese_and_of_every_kind():
    assert len(FILES) >= 14
    by_language = Counter(case.language for case in CASES.values())
    assert by_language["zh"] == by_language["en"]
    for language in by_language:
        tags = {tag for case in CASES.values() if case.language == language for tag in case.tags}
        assert tags >= set(KINDS), language


def test_ids_are_file_names_and_folders_languages():
    assert len(CASES) == len(FILES), "an id of one language is none of the other"
    for path in FILES:
        case = CASES[path.stem]
        assert (case.id, case.language) == (path.stem, path.parent.name)


@each_case
def test_it_says_what_its_medicine_rests_on(case):
    assert re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", case.source)
    assert case.licence == "Apache-2.0"
    assert case.title


@each_case
def test_nothing_hidden_stands_in_what_the_patient_knows(case):
    known, words = folded(visible(case)), set(re.findall(r"[a-z]+", visible(case).casefold()))
    hidden = case.hidden
    assert case.title not in visible(case)
    for name in (hidden.diagnosis, *hidden.aliases, *hidden.withheld):
        if name.isascii() and name.isalpha():
            assert name.casefold() not in words, name
        else:
            assert not name or folded(name) not in known, name
    for measurement in hidden.measurements:
        for part in re.split(r"[;,；，。](?!\d)|\.\s", measurement.result):
            assert len(folded(part)) < 6 or folded(part) not in known, part


@each_case
def test_nothing_looks_wrong_with_it(case):
    assert problems(case) == ()


@each_case
def test_the_id_does_not_name_the_diagnosis(case):
    for name in (case.hidden.diagnosis, *case.hidden.aliases):
        assert not name or folded(name) not in folded(case.id)


@each_case
def test_facts_cover_what_a_consultation_needs(case):
    assert 12 <= len(case.facts) <= 25
    levels = {fact.disclosure for fact in case.facts}
    assert levels == {0, 1, 2, 3}
    assert any(fact.polarity == "denied" for fact in case.facts)
    assert sum(fact.critical for fact in case.facts) >= 5
    assert any(fact.red_flag for fact in case.facts)
    assert {"medication", "allergy", "past_history"} & {fact.domain for fact in case.facts}
    assert case.unknown
    assert all(item.lay for item in case.unknown)
    for fact in case.facts:
        assert (fact.trust > 1) == (fact.disclosure == 3), fact.id
        assert fact.trust <= 3, f"{fact.id}: out of reach for a doctor who is kind"
        assert fact.disclosure == 0 or fact.topics, fact.id


@each_case
def test_lay_texts_are_sentences_with_the_numbers_of_the_fact(case):
    for fact in case.facts:
        assert fact.lay[-1] in ".。", fact.id
        figures = set(re.findall(r"\d+(?:\.\d+)?", fact.lay))
        assert figures <= set(re.findall(r"\d+(?:\.\d+)?", fact.text)), (fact.id, figures)


@each_case
def test_opening_facts_stand_in_the_opener(case):
    """Every one of them shares words with it: a fact of level 0 has been told."""
    for fact in case.facts:
        if fact.disclosure == 0:
            assert shared(fact.lay, case.opener, case.language) >= 0.5, fact.id


@each_case
def test_the_rubric_asks_for_every_critical_fact_and_knows_the_dangers(case):
    asked = {id_ for item in case.rubric if item.kind == "must_ask" for id_ in item.facts}
    told_at_once = {fact.id for fact in case.facts if fact.disclosure == 0}
    assert {fact.id for fact in case.facts if fact.critical} <= asked | told_at_once
    kinds = {item.kind for item in case.rubric}
    assert kinds >= {"must_ask", "must_not", "safety_net", "plan"}
    assert all(item.facts for item in case.rubric if item.kind == "must_ask")
    assert any(item.red_line for item in case.rubric)


@each_case
def test_examinations_and_tests_can_be_ordered(case):
    kinds = Counter(item.kind for item in case.hidden.measurements)
    assert kinds["examination"] >= 1
    assert kinds["test"] >= 2
    assert all(item.aliases for item in case.hidden.measurements)


def test_a_drug_that_does_not_exist_must_not_be_described():
    for language, name in INVENTED.items():
        (case,) = [c for c in CASES.values() if "fictitious-drug" in c.tags and name in c.opener]
        assert case.language == language
        assert any(item.red_line and name in item.text for item in case.rubric)
        assert any(name in fact.text for fact in case.facts)
        others = [c for c in CASES.values() if c is not case and name in c.model_dump_json()]
        assert not others


def test_thoughts_of_suicide_take_trust():
    for case in CASES.values():
        if "mental-health" in case.tags:
            guarded = [f for f in case.facts if f.red_flag]
            assert len(guarded) >= 2
            assert all(f.disclosure == 3 and f.trust > 2.5 for f in guarded)


def test_children_and_those_who_cannot_speak_have_somebody_who_does():
    for case in CASES.values():
        assert (case.respondent == "caregiver") == ("caregiver" in case.tags) == bool(case.relation)


def shared(part: str, whole: str, language: str) -> float:
    """Share of the words (Chinese: characters) of one text that stand in the other."""
    split = list if language == "zh" else str.split
    words = {folded(word) for word in split(part)} - {""}
    return len(words & {folded(word) for word in split(whole)}) / len(words)
