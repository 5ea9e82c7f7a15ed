"""Quoting a hidden result at length."""

import pytest

from medelphi.tools.cases.spoken import quotes_result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (
            "They told me there's a cavity in the right upper lobe.",
            "Cavity in the right upper lobe",
        ),
        (
            "a thickened, fluid-filled blind appendix was seen",
            "A thickened, fluid-filled blind appendix was seen on ultrasound.",
        ),
        ("医生说右上肺可见空洞影伴周围渗出。", "右上肺可见空洞影，伴周围渗出，纵隔无异常"),
    ],
)
def test_a_quotation_is_found(text, result):
    assert quotes_result(text, ("Normal", result)) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Pain in the right lower abdomen", "Marked tenderness, pain in the right lower abdomen"),
        ("I have a cavity.", "Cavity in the right upper lobe"),
        ("Rash on the left arm and the left leg", "Scaly rash on the left arm and the left leg"),
        ("右上肺有阴影", "右上肺可见空洞影，伴周围渗出"),
        ("Fine", "Normal"),
        ("", ""),
    ],
)
def test_a_place_or_a_few_words_are_none(text, result):
    assert quotes_result(text, (result,)) is None
