import pytest
from hypothesis import given
from hypothesis import strategies as st

from medelphi.prompts.sections import conversation, parse, section
from medelphi.tools.dialogue.phrases import ANSWERS
from medelphi.tools.offline.consultation.utter import utterance

LAY = {
    "en": ["I've had back pain for 5 days.", "I haven't had any fever.", "My leg feels numb."],
    "zh": ["我腰痛5天了。", "我没有发烧。", "我一条腿发麻。"],
}


def spoken(language="en", *, facts=None, said="", unknown=(), feedback="", about=None, **situation):
    facts = LAY[language] if facts is None else facts
    about = {"temperament": "plain", "literacy": "B", "recall": 1.0, "sentences": 4} | (about or {})
    situation = {"kinds": "inquiry", "turn": 2, "seed": 1} | situation
    prompt = [
        conversation([("patient", said)] if said else []),
        section("respondent", "", **about),
        *(section("fact", lay, id=f"f{n}") for n, lay in enumerate(facts)),
        *(section("unknown", lay) for lay in unknown),
        section("situation", "", language=language, **situation),
        section("feedback", "x", fault="empty") if feedback else "",
    ]
    return utterance(parse("\n".join(prompt)))["sentences"]


def text(*args, **more) -> str:
    return " ".join(sentence["text"] for sentence in spoken(*args, **more))


TEMPERAMENTS = ["plain", "verbose", "pleasing", "impatient", "distrustful", "overanxious"]


@given(
    st.sampled_from(["en", "zh"]),
    st.sampled_from(TEMPERAMENTS),
    st.sampled_from(["A", "B", "C"]),
    st.sampled_from([1.0, 0.6, 0.0]),
    st.integers(1, 6),
    st.integers(0, 200),
    st.integers(1, 12),
)
def test_every_fact_is_told_once_in_its_own_words(
    language, temperament, literacy, recall, most, seed, turn
):
    about = {
        "temperament": temperament, "literacy": literacy, "recall": recall, "sentences": most,
    }  # fmt: skip
    sentences = spoken(language, about=about, seed=seed, turn=turn)
    told = [id_ for sentence in sentences for id_ in sentence["facts"]]
    assert told == ["f0", "f1", "f2"]
    assert sum(bool(sentence["facts"]) for sentence in sentences) <= most
    words = " ".join(sentence["text"] for sentence in sentences)
    for core in ["back pain for 5 days", "any fever", "leg feels numb"] * (language == "en"):
        assert core in words
    for core in ["腰痛5天了", "没有发烧", "一条腿发麻"] * (language == "zh"):
        assert core in words
    assert sentences == spoken(language, about=about, seed=seed, turn=turn)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_temperaments_and_turns_sound_different(language):
    by_temperament = {
        text(language, about={"temperament": temperament}) for temperament in TEMPERAMENTS
    }
    assert len(by_temperament) == len(TEMPERAMENTS)
    verbose = {text(language, about={"temperament": "verbose"}, turn=turn) for turn in range(1, 9)}
    assert len(verbose) >= 5


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_not_known_is_never_no(language):
    answer = text(language, facts=[], unrecorded=1)
    sorry = (
        ("know", "say", "sure", "tell") if language == "en" else ("清楚", "知道", "说不", "答不")
    )
    assert any(word in answer for word in sorry)
    own = "That I never checked." if language == "en" else "这个没查过。"
    assert own in text(language, facts=[], unknown=[own])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_confused_respondent_only_asks_again(language):
    sentences = spoken(language, facts=[], confused="yes", unrecorded=2)
    assert [sentence["facts"] for sentence in sentences] == [[]]


@pytest.mark.parametrize("kinds", ["advice", "order", "diagnosis", "end", "demand", "other", ""])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_there_is_always_an_answer(language, kinds):
    assert text(language, facts=[], kinds=kinds).strip()


@pytest.mark.parametrize("kinds", ["demand", "demand other", "demand order", "demand diagnosis"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_demand_is_declined_and_never_agreed_to(language, kinds):
    agreed = {
        phrase
        for situation in ("other", "order", "diagnosis", "advice")
        for phrase in ANSWERS[language][situation]
    }
    for turn in range(1, 20):
        said = [s["text"] for s in spoken(language, facts=[], kinds=kinds, turn=turn)]
        assert said[0] in ANSWERS[language]["demand"]
        assert not agreed & {*said}


def test_after_a_complaint_the_lay_texts_stand_alone():
    about = {"temperament": "verbose", "recall": 0.1}
    sentences = spoken("en", about=about, feedback="x")
    assert [s["text"] for s in sentences if s["facts"]] == LAY["en"]


def test_what_was_said_lately_is_not_said_again():
    about = {"temperament": "pleasing"}
    for turn in range(1, 20):
        first = text("en", facts=[], unrecorded=1, turn=turn, about=about)
        second = text("en", facts=[], unrecorded=1, turn=turn, about=about, said=first)
        assert first != second


def test_an_attitude_shows_when_there_is_advice():
    about = {"culture": "prefers herbal tea"}
    answers = [text("en", about=about, kinds="advice", turn=turn) for turn in range(10)]
    assert any("I prefer herbal tea" in answer for answer in answers)
    assert not any("herbal" in text("en", about=about, turn=turn) for turn in range(10))
