"""Prose into atomic statements."""

import pytest

from medelphi.tools.cases.statements import polarity_of, statements


def parted(text: str) -> list[tuple[str, str]]:
    return [(said.text, said.polarity) for said in statements(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Denies fever, cough, or recent travel.",
            [
                "The patient denies fever.",
                "The patient denies cough.",
                "The patient denies recent travel.",
            ],
        ),
        (
            "No chills, no rash, no joint swelling.",
            [
                "The patient has no chills.",
                "The patient has no rash.",
                "The patient has no joint swelling.",
            ],
        ),
        (
            "She denies nausea, visual or auditory disturbances, and weakness.",
            [
                "She denies nausea.",
                "She denies visual or auditory disturbances.",
                "She denies weakness.",
            ],
        ),
        (
            "Does not smoke, drink alcohol, or use drugs.",
            [
                "The patient does not smoke.",
                "The patient does not drink alcohol.",
                "The patient does not use drugs.",
            ],
        ),
    ],
)
def test_a_denied_list_becomes_denials(text, expected):
    assert parted(text) == [(each, "denied") for each in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The patient reports headache, blurred vision, and a stiff neck.",
            [
                "The patient reports headache.",
                "The patient reports blurred vision.",
                "The patient reports a stiff neck.",
            ],
        ),
        ("Hypertension, gout.", ["The patient reports hypertension.", "The patient reports gout."]),
        (
            "The patient has pain and swelling in the left knee.",
            ["The patient has pain and swelling in the left knee."],
        ),
        (
            "He was born at term with no complications.",
            ["He was born at term with no complications."],
        ),
    ],
)
def test_what_is_there(text, expected):
    assert parted(text) == [(each, "present") for each in expected]


def test_what_follows_but_is_of_its_own_polarity():
    found = dict(parted("He has had a sore throat but denies fever or earache."))
    assert found == {
        "He has had a sore throat.": "present",
        "He denies fever.": "denied",
        "He denies earache.": "denied",
    }


def test_who_reported_it_is_left_out_of_what_was_reported():
    assert parted("His mother reports that he has been limping.") == [
        ("He has been limping.", "present")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "N/A",
        "Not applicable.",
        "No additional information provided.",
        "",
        "...",
        "No significant social history provided.",
    ],
)
def test_what_says_nothing_is_left_out(text):
    assert statements(text) == ()


def test_unremarkable_is_about_its_section():
    assert parted("Unremarkable.") == [
        ("The patient has no significant past medical history.", "denied")
    ]
    assert statements("None", "allergies")[0].text == "The patient has no significant allergies."


def test_chinese():
    assert parted("否认发热、咳嗽及盗汗。患者头痛三天，伴恶心") == [
        ("否认发热。", "denied"),
        ("否认咳嗽。", "denied"),
        ("否认盗汗。", "denied"),
        ("患者头痛三天。", "present"),
        ("伴恶心。", "present"),
    ]
    assert parted("无高血压、糖尿病病史。") == [
        ("无高血压病史。", "denied"),
        ("无糖尿病病史。", "denied"),
    ]


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("The patient cannot bend the finger.", "present"),
        ("The cream did not improve the rash.", "present"),
        ("The lesion is painless.", "present"),
        ("The patient is not taking any medication.", "denied"),
        ("The rash is not itchy.", "denied"),
        ("四肢无力两天。", "present"),
        ("无发热。", "denied"),
    ],
)
def test_polarity(text, polarity):
    assert polarity_of(text) == polarity


def test_nothing_is_made_up():
    text = "She takes 5 mg of ramipril daily, smokes 3 cigarettes a day, and works nights."
    words = " ".join(said.text for said in statements(text))
    assert all(figure in words for figure in ("5 mg", "3 cigarettes", "nights"))
    assert all(said.quote == text for said in statements(text))
