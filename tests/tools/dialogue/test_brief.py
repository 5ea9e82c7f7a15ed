"""What a patient's writer is shown of a doctor's message."""

import pytest

from medelphi.schema import Act
from medelphi.tools.dialogue.brief import passed_on


def passed(*acts):
    return passed_on([Act(kind=kind, text=text) for kind, text in acts])


def test_orders_and_diagnoses_are_left_out_by_kind():
    assert passed(("order", "CBC."), ("diagnosis", "Gout."), ("advice", "Rest.")) == "[…] Rest."


@pytest.mark.parametrize("kind", ["inquiry", "advice", "other", "demand", "end"])
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("I think you have TB. Any cough?", "[…] Any cough?"),
        ("Given that this is probably TB, do you sweat?", "[…], do you sweat?"),
        ("Drink water. This is not TB.", "Drink water. […]"),
        ("So it's TB, right?", "[…]"),
        ("考虑您是肺结核，有没有咳血？", "[…]，有没有咳血？"),
        ("多喝水。很可能是肺结核。", "多喝水。 […]"),
    ],
)
def test_a_diagnosis_in_another_acts_words_is_left_out(kind, said, shown):
    assert passed((kind, said)) == shown


@pytest.mark.parametrize(
    "said",
    [
        "Have you had tuberculosis?",
        "Rest and drink.",
        "If you have a fever, call us.",
        "",
        "Any pain, itching, or fever?",
        "咳嗽吗？多久了？",
    ],
)
def test_what_a_doctor_asks_and_advises_is_passed_on(said):
    assert passed(("inquiry", said)) == said
