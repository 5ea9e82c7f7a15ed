"""A diagnosis's names for short: they give it away, mere complaints do not."""

import pytest

from medelphi.tools.cases.diagnosis_names import Giveaway
from medelphi.tools.cases.short_names import is_complaint, short_names


@pytest.mark.parametrize(
    ("diagnosis", "text"),
    [
        ("Acute appendicitis", "They said appendicitis."),
        ("Left-sided spontaneous pneumothorax", "It was a pneumothorax, they told me."),
        ("Chronic heart failure", "My GP spoke of heart failure."),
        ("Acute cholecystitis with gallstones", "cholecystitis, said the nurse"),
        ("Acute gouty arthritis", "My father calls it gout."),
        ("Parkinson disease", "They think of Parkinson's."),
        ("Acute MS", "It could be MS."),
        ("Acute kidney injury", "a kidney injury, he said"),
        ("急性痛风性关节炎", "以前医生说我是痛风。"),
        ("急性阑尾炎", "社区医院说是阑尾炎。"),
        ("帕金森病", "有人说是帕金森。"),
        ("左侧自发性气胸", "拍片说是气胸。"),
    ],
)
def test_a_diagnosis_is_named_without_its_qualifiers(diagnosis, text):
    assert Giveaway((diagnosis,)).holds(text)


@pytest.mark.parametrize(
    ("diagnosis", "text"),
    [
        ("Chest pain", "I have chest pain."),
        ("Acute chest pain", "My chest pain is bad."),
        ("Chronic fatigue syndrome", "I am tired, I have such fatigue."),
        ("Iron deficiency anaemia", "I took iron tablets."),
        ("Acute kidney injury", "I injured my knee; my kidney hurts."),
        ("Acute appendicitis", "I still have my appendix."),
        ("Sweet syndrome", "I like sweet drinks."),
        ("Panic disorder", "I panic at night."),
        ("Acute MS", "I am Ms Smith."),
        ("Tension headache", "I have a headache."),
        ("Chronic venous insufficiency", "They took venous blood."),
        ("慢性腰痛", "我腰痛。"),
        ("焦虑症", "我很焦虑。"),
        ("缺铁性贫血", "我在吃铁剂。"),
        ("过敏性鼻炎", "我对花粉过敏。"),
        ("急性肺水肿", "我的脚有点水肿。"),
        ("急性上呼吸道感染", "伤口感染过。"),
    ],
)
def test_words_of_a_complaint_are_no_giveaway(diagnosis, text):
    assert not Giveaway((diagnosis,)).holds(text)


def test_what_is_broader_is_no_short_name():
    assert short_names("Orthostatic hypotension") == ()
    assert short_names("Hodgkin lymphoma") == ()
    assert short_names("药物性低血糖") == ()
    assert short_names("Acute stress reaction") == ("stress reaction",)


def test_complaints():
    assert is_complaint("Severe low back pain")
    assert is_complaint("反复头晕")
    assert not is_complaint("Heart failure")
    assert not is_complaint("脑出血")
    assert not is_complaint("")


def test_the_words_that_give_away_are_named():
    giveaway = Giveaway(("Acute appendicitis", "perforated ulcer"))
    assert giveaway.found("Was it Appendicitis?") == "appendicitis"
    assert giveaway.found("an ulcer that was perforated") == "ulcer perforated"
    assert giveaway.found("nothing") == ""
