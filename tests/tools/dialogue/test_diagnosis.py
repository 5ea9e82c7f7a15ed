import pytest

from medelphi.schema import Act, Hidden
from medelphi.tools.dialogue.diagnosis import last_named, matches


@pytest.mark.parametrize(
    ("named", "record"),
    [
        ("Pneumonia", "pneumonia"),
        ("heart attack", "Myocardial infarction"),
        ("AMI", "Acute myocardial infarction"),
        ("T2DM", "Type 2 diabetes mellitus"),
        ("DLBCL", "Diffuse large B-cell lymphoma"),
        ("diffuse large B cell lymphoma", "DLBCL"),
        ("Parkinson's disease", "Parkinson disease"),
        ("acute myeloid leukaemia", "Acute myelogenous leukemia"),
        ("lobar pneumonia of the right lower lobe", "Pneumonia"),
        ("inferior STEMI", "Myocardial infarction"),
        ("knee osteoarthritis", "Osteoarthritis"),
        ("BPPV", "Benign paroxysmal positional vertigo"),
        ("急性心梗", "急性心肌梗死"),
        ("脑卒中", "Stroke"),
    ],
)
def test_the_same_and_more_specific_names_match(named, record):
    assert matches(named, Hidden(diagnosis=record), "en")


@pytest.mark.parametrize(
    ("named", "record"),
    [
        ("", "Pneumonia"),
        ("diabetes", "Type 2 diabetes mellitus"),
        ("type 1 diabetes", "Type 2 diabetes mellitus"),
        ("lymphoma", "Diffuse large B-cell lymphoma"),
        ("acute leukemia", "Acute myelogenous leukemia"),
        ("vertigo", "Benign paroxysmal positional vertigo"),
        ("congenital heart disease", "Atrial septal defect"),
        ("depression", "Major depressive disorder"),
        ("anemia", "Iron deficiency anemia"),
        ("pneumonia or tuberculosis", "Tuberculosis"),
        ("pneumonia versus tuberculosis", "Tuberculosis"),
        ("肺炎、肺结核待排", "肺结核"),
        ("not tuberculosis", "Tuberculosis"),
        ("rule out tuberculosis", "Tuberculosis"),
        ("排除肺结核", "肺结核"),
        ("脑卒中", "脑梗死"),
    ],
)
def test_broader_names_lists_and_denials_do_not(named, record):
    assert not matches(named, Hidden(diagnosis=record), "en")


def test_aliases_count_and_listed_broader_names_do_not():
    hidden = Hidden(
        diagnosis="Pancoast tumor", aliases=("apical lung cancer",), broader=("lung cancer",)
    )
    assert matches("apical lung cancer", hidden, "en")
    assert not matches("lung cancer", hidden, "en")
    assert not matches("anything", Hidden(), "en")


def test_the_last_diagnosis_is_the_last_that_names_one():
    def named(*targets):
        return [Act(kind="diagnosis", text="x", target=target) for target in targets]

    assert last_named([]) == ""
    assert last_named([named("flu"), named("asthma"), ()]) == "asthma"
    assert last_named([named("gout", "gout or sepsis")]) == "gout"
    assert last_named([named("")]) == ""
