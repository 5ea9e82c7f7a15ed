import pytest

from medelphi.tools.dialogue.wording import denials, denies, is_chinese, numbers


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("1,200 mg twice a day for three weeks", ["1200", "2", "3"]),
        ("2.50 to 3 kg", ["2.5", "3"]),
        ("三天前吃了两片", ["2", "3"]),
        ("十二岁，一直咳嗽", ["12"]),
        ("no one knows", []),
    ],
)
def test_numbers_are_read_in_words_and_figures(text, figures):
    assert sorted(numbers(text).elements()) == figures


@pytest.mark.parametrize(
    "text",
    [
        "I haven't had it",
        "No fever",
        "never smoked",
        "没有发烧",
        "不抽烟",
        "否认外伤",
        "without pain",
    ],
)
def test_denials(text):
    assert denies(text)


@pytest.mark.parametrize(
    "text",
    ["I'm not sure it hurts", "我不太确定，有点疼", "有没有关系啊", "不好意思", "normal", "非常疼"],
)
def test_idioms_deny_nothing(text):
    assert denials(text) == 0


def test_another_language_is_told_by_its_characters():
    assert is_chinese("头痛", "other")
    assert not is_chinese("dolor", "other")
