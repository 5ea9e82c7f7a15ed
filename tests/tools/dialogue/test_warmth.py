import pytest

from medelphi.tools.dialogue.warmth import is_warm


@pytest.mark.parametrize(
    "said",
    [
        "I'm so sorry to hear that.",
        "That must be frightening.",
        "I ask because some tablets can cause this.",
        "我理解您的担心。",
        "问这个是因为有些药会引起头晕。",
    ],
)
def test_kind_and_explaining_words(said):
    assert is_warm(said)


@pytest.mark.parametrize("said", ["", "x", "ok", "OK.", "Hello!", "好的。", "嗯", "…", "a" * 300])
def test_empty_talk(said):
    assert not is_warm(said)
