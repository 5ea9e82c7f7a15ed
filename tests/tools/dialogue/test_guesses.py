"""A guessed diagnosis wants confirmation; a question of the history does not."""

import pytest

from medelphi.schema import Fact
from medelphi.tools.dialogue.acts import read_acts
from medelphi.tools.dialogue.guesses import guess_of

FACTS = (
    Fact(
        id="herbs",
        text="自服某种中成药。",
        lay="自己买了点药吃。",
        domain="medication",
        disclosure=3,
        topics=("药物", "中药"),
    ),
    Fact(id="sugar", text="糖尿病十年。", lay="糖尿病十年了。", domain="past_history"),
    Fact(
        id="toe",
        text="Stubbed a toe.",
        lay="I stubbed my toe.",
        domain="symptom",
        topics=("hurt your toe", "toe injury"),
    ),
)


@pytest.mark.parametrize(
    ("said", "name", "stated"),
    [
        ("So it's drug-induced hypoglycaemia, right?", "drug-induced hypoglycaemia", True),
        ("所以是药物性低血糖，对吧？", "药物性低血糖", True),
        ("So it's 药物性低血糖 对吧？", "药物性低血糖", True),
        ("I think it's TB, isn't it?", "TB", True),
        ("Your diagnosis is gout, isn't it?", "gout", True),
        ("Is it cancer?", "cancer", False),
        ("Could this be acute appendicitis?", "acute appendicitis", False),
        ("Are you sure it's not a heart attack?", "heart attack", False),
        ("Is it gout, yes or no?", "gout", False),
        ("会不会是痛风？", "痛风", False),
        ("你得的是不是肺结核？", "肺结核", False),
        ("难道是癌症吗？", "癌症", False),
    ],
)
def test_a_guess_is_no_inquiry_and_reaches_nothing(said, name, stated):
    guess = guess_of(said)
    assert guess is not None
    assert (guess.name, guess.stated) == (name, stated)
    (act,) = read_acts(said, FACTS, (), "zh")
    assert act.kind == ("diagnosis" if stated else "demand")
    assert act.target == (name if stated else "")
    assert (act.facts, act.unknown) == ((), ())


@pytest.mark.parametrize(
    "said",
    [
        "Do you have diabetes?",
        "Have you ever had tuberculosis?",
        "You have asthma, right?",
        "Was it pneumonia last year?",
        "Does your father have an illness, is it cancer?",
        "Is it a burning pain?",
        "Is it worse with food?",
        "Is your asthma well controlled?",
        "Is it asthma that you have had since childhood?",
        "Is it true that you have had pneumonia?",
        "It is important that I ask: has he had a stiff neck?",
        "有没有得过高血压？",
        "您是不是有糖尿病？",
        "您有高血压吧？",
        "爸爸得的什么病，是高血压吗？",
        "疼得厉害吗，是不是刺痛？",
        "是糖尿病患者吗？",
    ],
)
def test_questions_of_the_history_and_of_symptoms_stay_inquiries(said):
    acts = read_acts(said, (), (), "en")
    assert {act.kind for act in acts} == {"inquiry"}


def test_questions_of_the_history_still_reach_their_facts():
    (act,) = read_acts("您有没有糖尿病？", FACTS, (), "zh")
    assert act.facts == ("sugar",)


def test_what_is_asked_beside_a_guess_is_answered():
    guess, asked = read_acts("Is it gout, or did you hurt your toe?", FACTS, (), "en")
    assert (guess.kind, asked.kind, asked.facts) == ("demand", "inquiry", ("toe",))
    (only,) = read_acts("Is it flu, TB or cancer?", FACTS, (), "en")
    assert only.kind == "demand"
