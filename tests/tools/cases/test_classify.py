"""Domains, findings, levels, people, panels and problems."""

import pytest

from medelphi.schema import Case, Fact, Hidden
from medelphi.tools.cases.checks import problems
from medelphi.tools.cases.classify import access_of, domain_of, finding, is_red_flag
from medelphi.tools.cases.diagnosis_names import Giveaway, names_of
from medelphi.tools.cases.panels import Chart, chart_examinations, chart_tests
from medelphi.tools.cases.people import people_of


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("The patient takes metformin.", "medication"),
        ("The patient is allergic to penicillin.", "allergy"),
        ("His brother had a stroke at 40.", "family_history"),
        ("The patient smokes 10 cigarettes a day.", "social_history"),
        ("The patient has had three pregnancies.", "obstetric"),
        ("The patient was diagnosed with asthma as a child.", "past_history"),
        ("The patient has felt hopeless for a month.", "symptom"),
        ("The patient hears voices.", "mental_state"),
        ("The patient has a 3-day history of cough.", "symptom"),
        ("对青霉素过敏。", "allergy"),
        ("父亲有高血压。", "family_history"),
        ("每天服用二甲双胍。", "medication"),
        ("吸烟二十年。", "social_history"),
    ],
)
def test_domains(text, domain):
    assert domain_of(text) in {domain, "mental_state" if "hopeless" in text else domain}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Physical examination reveals a firm nodule.", "examination"),
        ("Blood pressure is 150/90 mmHg.", "examination"),
        ("There is a grade 2 systolic murmur.", "examination"),
        ("A biopsy shows spongiosis.", "test"),
        ("Serum potassium was low.", "test"),
        ("The patient denies a history of abnormal X-rays.", None),
        ("Five days ago, the patient had a fever of 40 °C.", None),
        ("The projection is growing.", None),
        ("The patient came for her annual skin examination.", None),
        ("查体：腹部压痛。", "examination"),
        ("血常规示白细胞升高。", "test"),
        ("否认发热。", None),
    ],
)
def test_findings_are_told_from_what_a_respondent_knows(text, kind):
    assert finding(text) == kind


def test_red_flags_and_levels():
    assert is_red_flag("The patient has chest pain.", "present", "symptom")
    assert not is_red_flag("The patient denies chest pain.", "denied", "symptom")
    assert access_of("The patient uses cocaine.", "present", "social_history").disclosure == 3
    assert access_of("The patient has a cough.", "present", "symptom").disclosure == 1
    assert access_of("The patient denies cough.", "denied", "symptom").disclosure == 2


@pytest.mark.parametrize(
    ("named", "record", "respondent", "relation", "age"),
    [
        (
            "4-month-old boy",
            "His grandmother reports a cough.",
            "caregiver",
            "grandmother",
            "4 months",
        ),
        ("Newborn girl", "Born two days ago.", "caregiver", "parent", "2 days"),
        (
            "34-year-old woman",
            "She reports a cough. Lives with her mother.",
            "patient",
            "",
            "34 years",
        ),
        ("11-year-old girl", "A cough.", "caregiver", "parent", "11 years"),
        ("13-year-old girl", "She reports a cough.", "patient", "", "13 years"),
        (
            "80-year-old man",
            "He is unresponsive. His daughter reports a fall.",
            "caregiver",
            "daughter",
            "80 years",
        ),
        ("5岁男童", "患儿母亲诉咳嗽三天。", "caregiver", "母亲", "5岁"),
    ],
)
def test_who_speaks(named, record, respondent, relation, age):
    people = people_of(named, record)
    assert (people.respondent, people.relation, people.demographics.age) == (
        respondent,
        relation,
        age,
    )


def test_names_of_a_diagnosis():
    assert names_of("Deep vein thrombosis (DVT)") == (
        "Deep vein thrombosis (DVT)",
        ("Deep vein thrombosis", "DVT"),
    )
    giveaway = Giveaway(("Hodgkin lymphoma", "DVT"))
    assert giveaway.holds("They said it was a lymphoma, Hodgkin's type.")
    assert giveaway.holds("a d.v.t. last year") or giveaway.holds("a DVT last year")
    assert not giveaway.holds("I was afraid of a lymphoma.")
    assert Giveaway(("肺结核",)).holds("医生说是肺结核。")
    assert not Giveaway(()).holds("anything")


def test_values_stand_under_what_is_ordered():
    chart = Chart()
    chart_tests(
        chart,
        {
            "Blood_Work": {"WBC": "9,000", "ALT": "40 U/L", "Ferritin": "Low"},
            "Imaging": {"Chest_X-ray": {"Findings": "Clear"}},
            "Stool_Test": {"Culture": "Not specified"},
        },
    )
    chart_examinations(
        chart, {"Vital_Signs": {"Blood_Pressure": {"Sitting": "120/80", "Standing": "90/60"}}}
    )
    found = {m.name: m for m in chart.measurements()}
    assert set(found) == {
        "Complete blood count",
        "Liver function tests",
        "Ferritin",
        "Chest X-ray",
        "Blood Pressure",
    }
    assert "CBC" in found["Complete blood count"].aliases
    assert found["Blood Pressure"].result == "Sitting: 120/80; Standing: 90/60"
    assert "vital signs" in found["Blood Pressure"].aliases


def test_problems_are_reported():
    def fact(id_: str, text: str, polarity: str = "present", lay: str = "") -> Fact:
        return Fact(id=id_, text=text, lay=lay or text, domain="symptom", polarity=polarity)

    case = Case(
        id="x",
        language="en",
        opener="I have gout, I think.",
        facts=(
            fact("a", "The patient has a fever."),
            fact("b", "The patient denies fever.", "denied"),
            fact("c", "Told it is gout."),
            fact("d", "The knee is swollen.", "denied"),
            fact("e", "Hot red swollen joint at the big toe."),
            fact("f", "…", lay="…"),
        ),
        unknown=({"topic": "fever"},),
        hidden=Hidden(
            diagnosis="Gout",
            measurements=(
                {
                    "id": "m",
                    "name": "Joint",
                    "kind": "examination",
                    "result": "Hot red swollen joint",
                },
            ),
        ),
    )
    kinds = {problem.kind for problem in problems(case)}
    assert kinds >= {
        "hidden_in_opener",
        "hidden_in_fact",
        "contradiction",
        "result_in_fact",
        "polarity",
        "unknown_and_fact",
        "no_must_ask",
        "no_critical",
        "lay_empty",
    }


def test_a_visit_for_an_evaluation_is_no_finding():
    assert finding("The patient presents for evaluation of hair loss.") is None


@pytest.mark.parametrize(
    "text", ["fever, " * 3_000, "pain and " * 2_500, "A. " * 6_000, "(" * 9_000]
)
def test_long_nonsense_ends(text):
    from medelphi.tools.cases.statements import statements

    assert all(len(said.text) <= 1_000 for said in statements(text))
