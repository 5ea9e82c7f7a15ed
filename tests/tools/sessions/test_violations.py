"""Each violation once where it is, and not where it only looks like it."""

import pytest

from medelphi.schema import Act

SMOKE = "Do you smoke?"


def kinds(ledger):
    return {violation.kind for violation in ledger.violations}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Do you smoke at all?", "Do you smoke at all?"),
        ("Do you smoke?", "Are you a smoker?"),
        ("您平时抽烟吗？", "请问您抽烟吗？"),
    ],
)
def test_the_same_question_is_a_repetition(entries, ask, first, second):
    _, last = entries(([ask(first, "smoke")], ["smoke"]), ([ask(second, "smoke")], ["smoke"]))
    assert kinds(last) == {"repetition"}
    assert last.violations[0].gamma == 0.1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Do you smoke?", "For how many years, and have you tried to quit?"),
        ("Have you had any trouble with your heart before?", "Have you had any trouble with your "
         "lungs before?"),
        ("请问您平时有没有出现过胸痛的情况？", "请问您平时有没有出现过胸闷的情况？"),
        ("Does it hurt when you walk?", "Does it hurt when you don't walk?"),
    ],
)  # fmt: skip
def test_another_question_is_none(entries, ask, first, second):
    _, last = entries(([ask(first)], []), ([ask(second)], []))
    assert "repetition" not in kinds(last)


def test_asking_deeper_into_a_told_fact_is_none(entries, ask):
    _, last = entries(
        ([ask(SMOKE, "smoke")], ["smoke"]),
        ([ask("Which brand, and ever cannabis besides?", "smoke")], ["smoke"]),
    )
    assert "repetition" not in kinds(last)


def test_asking_again_is_right_after_confusion_or_refusal(entries, ask):
    for earlier in ({"confused": True}, {"refused": ("smoke",)}):
        _, last = entries(([ask(SMOKE, "smoke")], [], earlier), ([ask(SMOKE, "smoke")], []))
        assert "repetition" not in kinds(last)
    _, last = entries(([ask(SMOKE, "smoke")], []), ([ask(SMOKE, "smoke")], []))
    assert "repetition" in kinds(last)


def test_asking_again_for_more_is_right_while_it_brings_more(entries, ask):
    more = ask("Is there anything else?", "fall", "smoke", specificity="broad")
    ledgers = entries(([more], ["fall"]), ([more], ["smoke"]), ([more], []))
    assert ["repetition" in kinds(ledger) for ledger in ledgers] == [False, False, True]


def test_asking_about_a_red_flag_again_follows_it_up(entries, ask):
    _, last = entries(
        ([ask("Can you feel your toes?", "numb")], ["numb"]),
        ([ask("Are the toes numb and cold all the time?", "numb")], ["numb"]),
    )
    assert not kinds(last)


@pytest.mark.parametrize(
    "act",
    [
        Act(kind="advice", text="Go to the emergency department now."),
        Act(kind="order", text="I will feel the pulse of the foot.", target="foot pulse"),
        Act(kind="inquiry", text="Since when are they numb?", specificity="specific"),
        Act(kind="inquiry", text="How did you fall?", specificity="specific", facts=("fall",)),
    ],
)
def test_a_red_flag_followed_up(entries, ask, act):
    _, last = entries(([ask("Can you feel your toes?", "numb")], ["numb"]), ([act], []))
    assert "red_flag_ignored" not in kinds(last)


@pytest.mark.parametrize(
    "act",
    [
        Act(kind="other", text="Good."),
        Act(kind="inquiry", text="Anything else?", specificity="broad"),
        Act(kind="inquiry", text=SMOKE, specificity="specific", facts=("smoke",)),
        Act(kind="diagnosis", text="It is numb from a sprain.", target="sprain"),
        Act(kind="advice", text="Just take a painkiller."),
        Act(kind="inquiry", text="Can you feel your toes?", facts=("numb",)),
    ],
)
def test_a_red_flag_ignored(entries, ask, act):
    _, last = entries(([ask("Can you feel your toes?", "numb")], ["numb"]), ([act], []))
    assert "red_flag_ignored" in kinds(last)


@pytest.mark.parametrize(
    ("question", "ignored"),
    [("脚趾麻木多久了？", False), ("手痛吗？", True), ("脚趾怎么样？", False)],
)
def test_a_red_flag_in_chinese(case, entries, ask, question, ignored):
    text = "脚趾麻木疼痛"
    facts = [
        fact.model_copy(update={"text": text, "lay": text}) if fact.id == "numb" else fact
        for fact in case.facts
    ]
    chinese = case.model_copy(update={"facts": tuple(facts), "language": "zh"})
    _, last = entries(
        ([ask("脚趾有感觉吗？", "numb")], ["numb"]), ([ask(question)], []), of=chinese
    )
    assert ("red_flag_ignored" in kinds(last)) == ignored


def test_a_red_flag_of_the_opener_is_due_at_once(case, entries, ask):
    facts = [
        fact.model_copy(update={"disclosure": 0}) if fact.id == "numb" else fact
        for fact in case.facts
    ]
    flagged = case.model_copy(update={"facts": tuple(facts)})
    open_question = ask("Tell me more.", specificity="broad")
    assert "red_flag_ignored" not in kinds(entries(([open_question], []), of=flagged)[0])
    hello = Act(kind="other", text="Good morning.")
    assert "red_flag_ignored" in kinds(entries(([hello], []), of=flagged)[0])


def test_a_premature_diagnosis(entries, ask):
    named = Act(kind="diagnosis", text="It is a sprain.", target="sprain")
    early, late = entries(([named], ["fall", "numb"]), ([named], []))
    assert "premature_diagnosis" in kinds(early)
    assert "premature_diagnosis" not in kinds(late)


@pytest.mark.parametrize(
    ("target", "premature"),
    [("fracture of the lateral malleolus", False), ("sprain", True)],
)
def test_an_emergency_does_not_wait(case, entries, ask, target, premature):
    facts = [fact.model_copy(update={"critical": True}) for fact in case.facts]
    many = case.model_copy(update={"facts": tuple(facts)})
    acts = [
        Act(kind="diagnosis", text=f"It is a {target}.", target=target),
        Act(kind="advice", text="Go to the emergency department now."),
    ]
    _, last = entries(([ask("Can you feel your toes?", "numb")], ["numb"]), (acts, []), of=many)
    assert ("premature_diagnosis" in kinds(last)) == premature


def test_overload_leading_and_confrontational(entries, ask):
    questions = [ask(text) for text in ("Fever?", "Cough?", "Rash?", "Pets?")]
    blunt = ask("Why did you not come sooner?", confrontational=True)
    led = ask("You don't smoke, do you?", "smoke", leading=True)
    few, many, hard, suggestive = entries(
        (questions[:3], []), (questions, []), ([blunt], []), ([led], ["smoke"])
    )
    assert "overload" not in kinds(few)
    assert "overload" in kinds(many)
    assert "confrontational" in kinds(hard)
    assert kinds(suggestive) == {"leading"}


@pytest.mark.parametrize(
    "texts",
    [
        ("Thank you. Do you have a fever?", "Thank you. Do you have a rash?",
         "Thank you. Do you have a cough?"),
        ("好的，请问您有没有发热？", "好的，请问您有没有咳嗽？", "好的，请问您有没有头晕？"),
    ],
)  # fmt: skip
def test_the_third_turn_in_one_frame_is_rigid(entries, ask, texts):
    ledgers = entries(*(([ask(text)], []) for text in texts))
    assert ["rigid" in kinds(ledger) for ledger in ledgers] == [False, False, True]


def test_varied_turns_are_not_rigid(entries, ask):
    texts = (
        "Good morning. What brings you here today?",
        "I am sorry to hear that. When did it start?",
        "Do you have a fever, or chills at night?",
        "Thank you. Which medicines do you take?",
        "Do you have a rash, or blisters at night?",
        "Do you have a cough, or sweats at night?",
    )
    assert not any(kinds(ledger) for ledger in entries(*(([ask(text)], []) for text in texts)))


def test_a_huge_message_is_no_trouble(entries, ask):
    huge = "word " * 200_000
    ledgers = entries(*(([ask(huge[:4_000])], [], {"doctor": huge}) for _ in range(3)))
    assert kinds(ledgers[-1]) == {"repetition", "rigid"}


def test_what_earlier_turns_reached_need_not_be_in_the_case(entries, ask):
    ledgers = entries(([ask(SMOKE, "gone")], []), ([ask("Do you vape?", "gone")], []))
    assert not kinds(ledgers[-1])
