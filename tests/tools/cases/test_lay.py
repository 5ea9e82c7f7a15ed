import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medelphi.schema import Demographics
from medelphi.tools.cases.lay import lay_sentence
from medelphi.tools.dialogue.wording import denies, numbers


def said(text, *, language="en", polarity="present", sex="male", relation="") -> str:
    return lay_sentence(
        text,
        language,
        respondent="caregiver" if relation else "patient",
        relation=relation,
        demographics=Demographics(sex=sex),
        polarity=polarity,
    )


@pytest.mark.parametrize(
    ("record", "lay"),
    [
        ("The patient reports excessive night sweats", "I have excessive night sweats."),
        (
            "3. The man has a burning sensation in his feet.",
            "I have a burning sensation in my feet.",
        ),
        ("He lives alone and drinks two beers a day.", "I live alone and drink two beers a day."),
        ("The patient was treated with ibuprofen.", "I was treated with ibuprofen."),
        ("The pain radiates to the patient's left arm.", "The pain radiates to my left arm."),
        ("Works as a baker.", "I work as a baker."),
        ("Dry cough", "I have a dry cough."),
        ("History of asthma", "I have a history of asthma."),
        ("Sexually active with one partner", "I'm sexually active with one partner."),
        ("Mother has diabetes.", "My mother has diabetes."),
        ("A 40-year-old man presents with a rash.", "I'm a 40-year-old man, and I have a rash."),
        ("The patient has back pain for three weeks.", "I've had back pain for three weeks."),
        ("The patient reports feeling dizzy.", "I've been feeling dizzy."),
        ("He notes that his brother saw him faint.", "My brother saw me faint."),
        ("The man drinks 3 beers per day.", "I drink 3 beers a day."),
        ("He has become weaker over the past week.", "I have become weaker over the past week."),
        ("The patient complains of dyspnea.", "I have shortness of breath."),
    ],
)
def test_the_patient_speaks_in_the_first_person(record, lay):
    assert said(record) == lay


@pytest.mark.parametrize(
    ("record", "lay"),
    [
        ("Denies fever, cough, or vomiting.", "I haven't had any fever, cough, or vomiting."),
        ("fever", "I haven't had any fever."),
        ("The patient does not smoke.", "I don't smoke."),
        ("Smokes a pipe", "I don't smoke a pipe."),
        ("The patient denies any illicit drug use.", "I don't use any illegal drugs."),
        ("Non-smoker", "I don't smoke."),
        ("The rash is painful", "The rash isn't painful."),
        ("No known allergies", "I don't have any known allergies."),
        ("He denies wearing gloves at work.", "I haven't been wearing gloves at work."),
        ("No recent travel", "I haven't travelled recently."),
    ],
)
def test_what_is_denied_is_denied_aloud(record, lay):
    assert said(record, polarity="denied") == lay


@pytest.mark.parametrize(
    ("record", "lay"),
    [
        ("The infant has been very fussy.", "He has been very fussy."),
        ("Takes vitamin D drops", "He takes vitamin D drops."),
        ("His mother has migraines.", "I have migraines."),
        ("The mother reports that the boy sleeps poorly.", "He sleeps poorly."),
        ("Born at 38 weeks", "He was born at 38 weeks."),
        ("Poor sleep for 2 days", "He has had poor sleep for 2 days."),
    ],
)
def test_a_caregiver_speaks_of_the_child(record, lay):
    assert said(record, relation="mother") == lay


@pytest.mark.parametrize(
    ("record", "polarity", "lay"),
    [
        ("患者反复咳嗽2周", "present", "我反复咳嗽2周。"),
        ("否认发热", "denied", "我没有发烧。"),
        ("吸烟史", "denied", "我不抽烟。"),
        ("高血压病史10年", "present", "我有高血压的病史10年。"),
        ("既往体健", "present", "我以前身体一直挺好的。"),
        ("青霉素过敏", "present", "我对青霉素过敏。"),
        ("父亲有糖尿病", "present", "我父亲有糖尿病。"),
    ],
)
def test_chinese_statements(record, polarity, lay):
    assert said(record, language="zh", polarity=polarity) == lay


def test_a_chinese_caregiver_speaks_of_the_child():
    assert said("患儿咳嗽3天", language="zh", relation="母亲") == "孩子咳嗽3天。"


def test_a_pronoun_of_the_other_sex_is_somebody_else():
    assert said("The man's wife says she has a cough.") == "My wife says she has a cough."
    assert "her" in said("The man has lived with her since spring.")


SUBJECTS = ("The patient ", "He ", "The man ", "")
VERBS = ("reports ", "has ", "complains of ", "denies ", "does not have ", "takes ", "noticed ", "")
THINGS = (
    "chest pain", "a rash on his left arm", "swelling of the legs", "2.5 mg of warfarin",
    "no fever",
    "pain for 3 days", "difficulty sleeping without pills", "vomiting twice a day", "12 cigarettes",
)  # fmt: skip


@given(st.sampled_from(SUBJECTS), st.sampled_from(VERBS), st.sampled_from(THINGS))
def test_numbers_and_negation_stay(subject, verb, thing):
    record = f"{subject}{verb}{thing}."
    lay = said(record)
    assert numbers(lay) == numbers(record)
    assert denies(lay) == denies(record)
    assert lay[0].isupper()
    assert lay.endswith(".")


@given(
    st.text(min_size=1, max_size=80),
    st.sampled_from(["zh", "en", "other"]),
    st.sampled_from(["present", "denied"]),
    st.sampled_from(["", "mother", "母亲", "guardian"]),
)
def test_any_text_gives_a_sentence_that_keeps_numbers_and_polarity(text, language, polarity, who):
    lay = said(text, language=language, polarity=polarity, relation=who)
    assert lay.strip(" .。")
    assert lay == said(text, language=language, polarity=polarity, relation=who)
    if polarity == "denied" and any(c.isalnum() for c in text):
        assert denies(lay)


@pytest.mark.parametrize(
    "piece", ["a year-old ", "没有", "the patient's ", "1and", ", and he has "]
)
def test_a_huge_statement_takes_no_time(piece):
    began = time.perf_counter()
    assert said(piece * 3_000)
    assert said(piece * 3_000, language="zh", relation="mother", polarity="denied")
    assert time.perf_counter() - began < 5


@pytest.mark.data
def test_statements_of_real_records_become_sentences_of_the_patient(data):
    import json

    rows = (data / "patients" / "mediq_craft_md.jsonl").read_text(encoding="utf-8").split("\n")
    told = [fact for row in rows if row.strip() for fact in json.loads(row)["facts"]]
    lay = [said(fact) for fact in told]
    third = [text for text in lay if "he patient" in text.lower()]
    plain = [text for text in lay if text.startswith(("It's like this", "This is not so"))]
    assert len(third) <= 0.02 * len(lay)
    assert len(plain) <= 0.02 * len(lay)
