"""The diagnosis that is named, and never one that is denied."""

import pytest

from medelphi.tools.dialogue.acts import read_acts
from medelphi.tools.dialogue.naming import diagnosis_of, speaks_of_diagnosis


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("It is a cold.", "cold"),
        ("It's a cold, so rest.", "cold"),
        ("This is not TB, it's a cold.", "cold"),
        ("This is not TB but a cold.", "cold"),
        ("You do not have TB, you have bronchitis.", "bronchitis"),
        ("It could be asthma or COPD, not TB.", "asthma or COPD"),
        ("It is a viral infection, not pneumonia.", "viral infection"),
        ("It's TB.", "TB"),
        ("是感冒。", "感冒"),
        ("这不是肺结核，是感冒。", "感冒"),
        ("排除肺炎后，考虑是支气管炎", "支气管炎"),
        ("考虑肺炎，不考虑肺结核", "肺炎"),
    ],
)
def test_what_is_named_beside_what_is_denied(said, name):
    assert diagnosis_of(said) == name


@pytest.mark.parametrize(
    "said",
    [
        "This is not TB.",
        "It is not cancer, not TB either.",
        "I don't think, based on what you say, that this is cancer.",
        "I doubt it is cancer.",
        "We cannot say that it is cancer.",
        "It is cold in here.",
        "It's a cold day.",
        "不是感冒。",
        "这不像肿瘤。",
        "先做检查，是糖尿病的话再说",
    ],
)
def test_nothing_is_named(said):
    assert diagnosis_of(said) == ""


def test_a_cold_is_a_diagnosis_act():
    acts = read_acts("This is not TB; it is a cold. Rest.", (), (), "en")
    assert [(act.kind, act.target) for act in acts] == [
        ("other", ""), ("diagnosis", "cold"), ("advice", ""),
    ]  # fmt: skip


def test_a_denied_diagnosis_is_spoken_of_and_an_inhaler_is_not():
    assert speaks_of_diagnosis("This is not TB.")
    assert speaks_of_diagnosis("We can rule out pneumonia.")
    assert speaks_of_diagnosis("不考虑脑膜炎。")
    assert not speaks_of_diagnosis("You shouldn't stop your asthma inhaler.")
    assert not speaks_of_diagnosis("If you have a fever, call us.")
