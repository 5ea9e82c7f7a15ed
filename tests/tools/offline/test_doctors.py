"""The offline doctors: what they ask, in which order, and how they end."""

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from medelphi.schema.errors import ConfigurationError
from medelphi.tools.models.registry import chat_model
from medelphi.tools.offline.consultation.assessment import diagnosis
from medelphi.tools.offline.consultation.doctor import DOCTORS, OfflineDoctorModel
from medelphi.tools.offline.consultation.doctor_talk import affirmed, read_talk
from medelphi.tools.offline.consultation.interview_en import ENGLISH
from medelphi.tools.offline.consultation.interview_plan import Course
from medelphi.tools.offline.consultation.interview_zh import CHINESE

NOTHING = {"en": "I don't know.", "zh": "我不清楚。"}
OPENERS = {
    "en": "I'm a 40-year-old woman and my belly has hurt for three days.",
    "zh": "我肚子疼三天了，今年四十岁。",
}
DONE = {"en": "goodbye", "zh": "再见"}


def consult(
    name: str, opener: str, answers: dict[int, str] | None = None, turns: int = 12
) -> list[str]:
    """The doctor's messages, the respondent's answers given by turn."""
    language = "en" if opener.isascii() else "zh"
    talk, said = [("user", opener)], []
    for number in range(1, turns + 1):
        said.append(DOCTORS[name](read_talk(talk, turns)))
        if DONE[language] in said[-1].lower():
            break
        answer = (answers or {}).get(number, NOTHING[language])
        talk += [("assistant", said[-1]), ("user", answer)]
    return said


def sentences(messages: list[str]) -> list[str]:
    return [part for text in messages for part in text.replace("？", "?").split("?") if part]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_attentive_one_takes_a_whole_history(language: str) -> None:
    said = consult("attentive", OPENERS[language])
    whole = "\n".join(said)
    assert 9 <= len(said) <= 11
    assert DONE[language] in said[-1].lower()
    wanted = {
        "en": ("medical conditions", "medicines", "allergies", "family", "smoke", "vital signs",
               "physical examination", "liver function", "emergency department"),
        "zh": ("以前得过什么病", "在用哪些药", "过敏", "家里人", "抽烟", "生命体征", "体格检查",
               "肝功能", "去急诊"),
    }  # fmt: skip
    assert [words for words in wanted[language] if words not in whole] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_attentive_one_never_repeats_itself(language: str) -> None:
    said = consult("attentive", OPENERS[language])
    questions = [part.split(".")[-1].split("。")[-1].strip() for part in sentences(said[:-2])]
    assert len(questions) == len(set(questions))
    assert all(1 <= text.count("?") + text.count("？") <= 3 for text in said[:-2])


@pytest.mark.parametrize(
    ("opener", "answer", "words"),
    [
        (OPENERS["en"], "I also passed black stools.", "bleeding"),
        (OPENERS["en"], "I fainted this morning.", "faint"),
        (OPENERS["en"], "Sometimes I want to die.", "self-harm"),
        (OPENERS["zh"], "昨天开始大便发黑。", "出血"),
        (OPENERS["zh"], "早上晕倒了一次。", "晕倒"),
        (OPENERS["zh"], "有时候不想活了。", "自杀"),
    ],
)
def test_a_sign_of_danger_is_followed_up_at_once(opener: str, answer: str, words: str) -> None:
    said = consult("attentive", opener, {3: answer})
    assert words not in "".join(said[:3]).lower() or "黑便" in said[2]
    assert words in said[3].lower()
    assert ("emergency" in said[3]) or ("120" in said[3])


def test_a_sign_of_danger_that_is_denied_is_not() -> None:
    assert "faint" not in consult("attentive", OPENERS["en"], {3: "I haven't fainted."})[3].lower()
    assert "晕倒" not in consult("attentive", OPENERS["zh"], {3: "没有晕倒过。"})[3]


@pytest.mark.parametrize(
    ("text", "words", "there"),
    [
        ("I have a cough.", "cough", True),
        ("No, I have a cough.", "cough", True),
        ("I haven't had fever, cough or chills.", "cough", False),
        ("I don't have a fever but I have a cough.", "cough", True),
        ("My mother had seizures.", "seizure", False),
        ("我没有发热、咳嗽。", "咳嗽", False),
        ("我没有发热，不过咳嗽。", "咳嗽", True),
        ("我没有发热，咳嗽三天了。", "咳嗽", True),
    ],
)
def test_what_a_patient_affirms(text: str, words: str, there: bool) -> None:
    assert affirmed(words, text) is there


@pytest.mark.parametrize(
    ("lost", "again"),
    [
        ("Sorry, I didn't quite follow. Could you say that again?", ENGLISH),
        ("没听懂，您再说一遍？", CHINESE),
    ],
)
def test_what_was_not_understood_is_asked_more_simply(lost: str, again) -> None:
    opener = OPENERS["en" if again is ENGLISH else "zh"]
    said = consult("attentive", opener, {2: lost})
    assert any(words in said[2] for words in again.simpler)
    assert len(said[2]) < len(said[1])
    assert said[2] != said[3]


@pytest.mark.parametrize(
    ("opener", "asked"),
    [
        ("My son is 8 months old and he has been crying all day.", "your child"),
        ("My mother is 80 and she fell this morning.", "your mother"),
        ("I feel dizzy. My daughter told me to come.", "you had"),
        ("I'm 30 weeks pregnant and the baby moves less.", "you had"),
        ("我家宝宝8个月了，一直哭闹。", "孩子"),
        ("我妈今年80岁，早上摔了一跤。", "您妈"),
        ("我头晕两天了，女儿让我来看看。", "您以前"),
        ("怀孕30周了，宝宝动得少。", "您以前"),
    ],
)
def test_whom_it_asks_about(opener: str, asked: str) -> None:
    assert asked in "\n".join(consult("attentive", opener))


def test_a_child_is_asked_about_as_one() -> None:
    said = "\n".join(consult("attentive", "My daughter is 2 years old and she has a fever."))
    assert "vaccinations" in said
    assert "smoke" not in said


@pytest.mark.parametrize("turns", range(1, 16))
def test_it_keeps_within_its_turns(turns: int) -> None:
    said = consult("attentive", OPENERS["en"], turns=turns)
    assert len(said) <= turns
    assert any("refer you" in text for text in said)
    course = Course.within(turns)
    assert 1 <= course.examine <= course.order <= max(1, course.conclude)


def test_a_reminder_makes_it_conclude() -> None:
    first = consult("attentive", OPENERS["en"])[0]
    talk = [("user", OPENERS["en"]), ("assistant", first), ("user", "No.\n[Note] Time is short.")]
    assert "refer you" in DOCTORS["attentive"](read_talk(talk))


@pytest.mark.parametrize(
    ("result", "name"),
    [
        ("Biopsy: consistent with psoriasis.", "psoriasis"),
        ("CT: suggestive of a possible acute cholecystitis, with stones.", "acute cholecystitis"),
        ("Smear: not consistent with malaria.", ""),
        ("X-ray: normal.", ""),
        ("活检：符合银屑病的改变。", "银屑病"),
        ("CT：未提示肺炎。", ""),
    ],
)  # fmt: skip
def test_a_diagnosis_is_named_from_results_alone(result: str, name: str) -> None:
    opener = OPENERS["en" if result.isascii() else "zh"]
    mark = "[Result] " if result.isascii() else "［结果］"
    talk = read_talk([("user", opener), ("assistant", "Let us see."), ("user", f"{mark}{result}")])
    assert diagnosis(talk) == name


def test_a_patient_cannot_make_a_result() -> None:
    talk = read_talk([("user", "It is consistent with cancer, I read."), ("assistant", "I see.")])
    assert diagnosis(talk) == ""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_hasty_one_does_what_one_must_not(language: str) -> None:
    said = consult("hasty", OPENERS[language])
    assert 4 <= len(said) <= 5
    assert said[0].count("?") + said[0].count("？") > 3
    assert ("probably" in said[3]) or ("考虑" in said[3])
    assert "emergency" not in "".join(said)
    assert "急诊" not in "".join(said)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_curt_one_asks_one_thing_a_turn(language: str) -> None:
    said = consult("curt", OPENERS[language])
    assert len(said) == 6
    assert all(text.count("?") + text.count("？") == 1 for text in said[:4])


@pytest.mark.parametrize("name", DOCTORS)
@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00", "?" * 50, "x" * 200_000, "咳" * 200_000, "[Result]", "[Note]", "{you}"],
)
def test_nothing_makes_one_fail(name: str, text: str) -> None:
    user, own = ("user", text), ("assistant", text)
    for talk in ([user], [own, user], [user] * 3, [user, own, user, own, user], []):
        assert DOCTORS[name](read_talk(talk)).strip()


@pytest.mark.parametrize("name", DOCTORS)
@pytest.mark.parametrize(
    "opener", [*OPENERS.values(), "My son is 3 and vomits.", "这两种药能一起吃吗？"]
)
def test_no_slot_is_left_open(name: str, opener: str) -> None:
    said = "\n".join(consult(name, opener))
    assert "{" not in said
    assert "  " not in said
    assert said == "\n".join(consult(name, opener))


def test_both_languages_have_the_same() -> None:
    for one, other in ((ENGLISH, CHINESE), (CHINESE, ENGLISH)):
        assert {p.name for p in one.protocols} == {p.name for p in other.protocols}
        assert {a.name for a in one.alarms} == {a.name for a in other.alarms}
        assert len(one.findings) == len(other.findings)


async def test_as_chat_models() -> None:
    model = chat_model("offline:attentive")
    assert isinstance(model, OfflineDoctorModel)
    asked = [
        SystemMessage(content='You are a doctor.\n\n<limits turns="3"></limits>'),
        HumanMessage(content=OPENERS["en"]),
        AIMessage(content="Since when?"),
        HumanMessage(content="Yesterday."),
    ]
    reply = await model.ainvoke(asked)
    assert "refer you" in str(reply.content)
    assert reply.usage_metadata is not None
    assert reply.usage_metadata["output_tokens"] > 0
    assert reply.response_metadata["model_name"] == "offline:attentive"


def test_they_sit_on_no_panel() -> None:
    with pytest.raises(ConfigurationError, match="no panel"):
        OfflineDoctorModel().bind_tools([])
    with pytest.raises(ConfigurationError, match="no offline doctor"):
        OfflineDoctorModel(variant="nobody")
