"""The audit recognises a disguised diagnosis; ordinary words are none."""

import pytest
from tests_fidelity import ENGLISH, turn

from medelphi.schema import Case
from medelphi.tools.sessions.disguises import misspells, unspelt
from medelphi.tools.sessions.leaks import leaks


def case(diagnosis: str, *aliases: str) -> Case:
    hidden = ENGLISH.hidden.model_copy(
        update={"diagnosis": diagnosis, "aliases": aliases, "measurements": (), "withheld": ()}
    )
    return ENGLISH.model_copy(update={"hidden": hidden})


def found(made: Case, text: str, *, doctor: str = "What is it?", visible: str = "") -> list[str]:
    shown = [[made.opener, visible]]
    return [leak.words for leak in leaks(made, [turn(text, doctor=doctor)], shown)]


@pytest.mark.parametrize(
    ("diagnosis", "text"),
    [
        ("Pulmonary tuberculosis", "It is t-u-b-e-r-c-u-l-o-s-i-s."),
        ("Pulmonary tuberculosis", "T U B E R C U L O S I S"),
        ("Pulmonary tuberculosis", "It is a T U B E R C U L O S I S"),
        ("Pulmonary tuberculosis", "t.u.b.e.r.c.u.l.o.s.i.s"),
        ("Pulmonary tuberculosis", "They call it tubercolosis."),
        ("Pulmonary tuberculosis", "tubérculos is"),
        ("Pulmonary tuberculosis", "I have T.B. you see."),
        ("Pulmonary tuberculosis", "It's T. B. they say."),
        ("Acute myocardial infarction", "An M.I. perhaps."),
        ("Acute appendicitis", "Is it apendicitis?"),
        ("Acute appendicitis", "a-p-p-e-n-d-i-c-i-t-i-s"),
        ("Acute appendicitis", "appen dicitis"),
        ("Melanoma", "melenoma"),
        ("Heart failure", "My H.F. is back."),
    ],
)
def test_a_disguised_diagnosis_is_found(diagnosis, text):
    (words,) = found(case(diagnosis), text)
    assert words in text


def test_an_abbreviation_that_is_an_alias_counts_in_capitals():
    made = case("Something else", "XQ")
    assert found(made, "I have XQ.")
    assert found(made, "I have X.Q. now.")
    assert not found(made, "I have xq.")


@pytest.mark.parametrize(
    ("diagnosis", "text"),
    [
        ("Acute myeloma", "I get up at 6 A.M. and eat at 7 a.m."),
        ("Orthostatic hypotension", "I have hypertension."),
        ("Hyperthyroidism", "My aunt has hypothyroidism."),
        ("Pulmonary tuberculosis", "Mr. T. is my doctor. I take vitamins A, B and C."),
        ("Multiple sclerosis", "I am Ms Smith, from the U.S. and 5 ft. tall."),
        ("Acute gastritis", "I was told of arthritis."),
        ("Melanoma", "My aunt had a myeloma."),
    ],
)
def test_other_words_are_no_disguise(diagnosis, text):
    assert not found(case(diagnosis), text)


def test_disguised_words_of_the_visible_record_or_the_doctor_are_no_leak():
    made = case("Pulmonary tuberculosis")
    assert not found(made, "tubercolosis", visible="My flatmate has tuberculosis.")
    assert not found(made, "T.B.? What is that?", doctor="I think that you have T.B. indeed.")


def test_unspelt():
    assert unspelt("a c-a-n-c-e-r? T.B and é") == "a cancer? TB and e"
    assert unspelt("肺、结、核") == "肺、结、核"
    assert unspelt("at 6 A.M.") == "at 6 A.M."


def test_misspells():
    assert misspells("tubercolosis", "tuberculosis")
    assert not misspells("hypertension", "hypotension")
    assert not misspells("gout", "gouts")
