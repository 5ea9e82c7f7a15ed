import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medelphi.agents.patient import shown
from medelphi.prompts.sections import parse
from medelphi.schema import (
    Demographics,
    Fact,
    Hidden,
    Line,
    Measurement,
    PatientView,
    Sentence,
    Unknown,
)
from medelphi.tools.dialogue.brief import Brief
from medelphi.tools.dialogue.guard import check, verbatim
from medelphi.tools.dialogue.persona import draw
from medelphi.tools.offline.consultation.utter import utterance


def fact(id_, text, lay, polarity="present", **more) -> Fact:
    return Fact(id=id_, text=text, lay=lay, domain="symptom", polarity=polarity, **more)


EN = (
    fact(
        "pain-1", "Crushing chest pain for 3 hours", "I've had a crushing chest pain for 3 hours."
    ),
    fact("arm-1", "Pain radiates to the left arm", "The pain goes down my left arm."),
    fact("fever-1", "Denies fever", "I haven't had any fever.", "denied"),
    fact("smoke-1", "Smokes 10 cigarettes a day", "I smoke 10 cigarettes a day."),
    fact("drug-1", "Takes metformin 500 mg twice daily", "I take metformin 500 mg twice daily."),
    fact("kin-1", "Father died of stroke at 60", "My father died of a stroke at 60."),
)
ZH = (
    fact("pain-1", "压榨性胸痛3小时", "我胸口像压着石头一样痛，3个小时了。"),
    fact("arm-1", "疼痛放射至左臂", "痛会窜到左边胳膊。"),
    fact("fever-1", "否认发热", "我没有发烧。", "denied"),
    fact("smoke-1", "每日吸烟10支", "我每天抽10支烟。"),
    fact("drug-1", "口服二甲双胍500mg每日两次", "我在吃二甲双胍，一次500毫克，一天两次。"),
    fact("kin-1", "父亲60岁时死于脑卒中", "我父亲60岁的时候中风走的。"),
)
FACTS = {"en": EN, "zh": ZH}
HIDDEN = {
    "en": Hidden(
        diagnosis="Acute myocardial infarction",
        aliases=("heart attack", "AMI"),
        measurements=(
            Measurement(
                id="ecg",
                name="ECG",
                kind="test",
                result="ST elevation in leads II, III and aVF; troponin 4.27 ng/mL",
            ),
        ),
        withheld=("A coronary stent was placed after an earlier occlusion",),
    ),
    "zh": Hidden(
        diagnosis="急性心肌梗死",
        aliases=("心梗",),
        measurements=(
            Measurement(
                id="ecg", name="心电图", kind="test", result="下壁导联ST段抬高，肌钙蛋白4.27 ng/mL"
            ),
        ),
        withheld=("曾因冠状动脉闭塞植入支架",),
    ),
}
OPENER = {"en": "Doctor, I feel really unwell.", "zh": "医生，我很不舒服。"}
UNKNOWN = {
    "en": Unknown(topic="vaccinations", lay="I don't know which vaccinations I've had."),
    "zh": Unknown(topic="疫苗接种", lay="打过哪些疫苗我不清楚。"),
}


def view(language) -> PatientView:
    return PatientView(
        case_id="case",
        language=language,
        demographics=Demographics(age="58 years", sex="male"),
        respondent="patient",
        relation="",
        opener=OPENER[language],
        facts=FACTS[language],
        unknown=(UNKNOWN[language],),
    )


def brief(language, *ids, **more) -> Brief:
    given_ = {
        "language": language,
        "respondent": "patient",
        "relation": "",
        "demographics": Demographics(age="58 years", sex="male"),
        "persona": draw(1, "case", language).model_copy(update={"temperament": "plain"}),
        "tell": tuple(item for item in FACTS[language] if item.id in ids),
        "unknown": (),
        "unrecorded": 0,
        "refused": 0,
        "confused": False,
        "interruption": "",
        "kinds": frozenset({"inquiry"}),
        "doctor": "Do you have a fever or a rash?" if language == "en" else "您有发烧或者皮疹吗？",
        "recent": (),
        "turn": 2,
        "seed": 1,
    }
    return Brief(**(given_ | more))


def faults(language, made, *sentences):
    said = [Sentence(text=text, facts=tuple(ids)) for text, *ids in sentences]
    return [(f.fault, f.fact) for f in check(said, made, view(language), HIDDEN[language])]


HONEST = [
    ("en", "pain-1", "My chest has been hurting really badly, kind of crushing, for three hours."),
    ("en", "pain-1", "It's this crushing chest pain, doctor, 3 hours now."),
    ("en", "arm-1", "And it goes down my left arm."),
    ("en", "arm-1", "I feel the pain in the left arm too."),
    ("en", "fever-1", "No, I've had no fever."),
    ("en", "fever-1", "No fever, doctor, not that I know of."),
    ("en", "smoke-1", "I do smoke, about ten cigarettes a day."),
    ("en", "drug-1", "I'm on metformin, 500 mg, twice a day."),
    ("en", "kin-1", "My dad had a stroke and died when he was 60."),
    ("zh", "pain-1", "我胸口痛得厉害，像压着石头似的，已经三个小时了。"),
    ("zh", "arm-1", "左边胳膊也窜着痛。"),
    ("zh", "fever-1", "没有，没发烧。"),
    ("zh", "fever-1", "没有发热。"),
    ("zh", "smoke-1", "我抽烟的，一天十支吧。"),
    ("zh", "drug-1", "我吃二甲双胍，500毫克一次，每天两次。"),
    ("zh", "kin-1", "我爸60岁的时候中风走的。"),
]


@pytest.mark.parametrize(("language", "id_", "text"), HONEST)
def test_a_fact_in_other_words_may_be_said(language, id_, text):
    assert faults(language, brief(language, id_), (text, id_)) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I'm not sure about that, sorry."),
        ("en", "I don't know if I had a rash, to be honest."),
        ("en", "Could you say that again, please?"),
        ("en", "Is it something serious, doctor?"),
        ("en", "I don't know which vaccinations I've had."),
        ("zh", "这个我真不知道。"),
        ("zh", "有没有皮疹我不太清楚。"),
        ("zh", "医生，这个严重吗？"),
        ("zh", "打过哪些疫苗我不清楚。"),
    ],
)
def test_not_knowing_and_asking_claim_nothing(language, text):
    made = brief(language, unrecorded=1, unknown=(UNKNOWN[language],))
    assert faults(language, made, (text,)) == []


PLANTED = [
    ("en", "invention", "pain-1", "I've had a crushing chest pain for 3 hours, and nausea."),
    ("en", "invention", "pain-1", "The crushing chest pain has been there since yesterday."),
    ("en", "invention", "", "I also have diabetes."),
    ("en", "invention", "", "My mother has a rash on her knee."),
    ("en", "invention", "", "No, none of that."),
    ("en", "invention", "", "I had 4 beers."),
    ("en", "contradiction", "pain-1", "I've had a crushing chest pain for 8 hours."),
    ("en", "contradiction", "arm-1", "The pain goes down my right arm."),
    ("en", "contradiction", "fever-1", "I've had a fever."),
    ("en", "contradiction", "smoke-1", "I don't smoke cigarettes."),
    ("en", "contradiction", "drug-1", "I take metformin 850 mg twice daily."),
    ("en", "invention", "drug-1", "I take metformin 500 mg twice daily, and aspirin."),
    ("en", "invention", "arm-1", "The pain goes down my left arm, and I'm married."),
    ("en", "invention", "", "I drive a truck."),
    ("en", "early_disclosure", "", "And I smoke, a lot of cigarettes."),
    ("en", "early_disclosure", "", "My father died of a stroke."),
    ("en", "role_swap", "", "As your doctor, I want to help."),
    ("en", "role_swap", "", "You should take ibuprofen and rest."),
    ("en", "role_swap", "", "How long have you had this?"),
    ("en", "role_swap", "", "Do you have any allergies?"),
    ("en", "scratchpad", "", "According to pain-1 I have that."),
    ("en", "scratchpad", "", "As an AI I can't feel that."),
    ("en", "scratchpad", "", '{"text": "hello"}'),
    ("zh", "invention", "pain-1", "我胸口像压着石头一样痛，3个小时了，还恶心。"),
    ("zh", "invention", "", "我还有糖尿病。"),
    ("zh", "invention", "", "没有。"),
    ("zh", "invention", "", "我昨天喝了8两白酒。"),
    ("zh", "invention", "arm-1", "痛会窜到左边胳膊，家里还养了两只猫。"),
    ("zh", "contradiction", "pain-1", "我胸口像压着石头一样痛，8个小时了。"),
    ("zh", "contradiction", "arm-1", "痛会窜到右边胳膊。"),
    ("zh", "contradiction", "fever-1", "我有发烧。"),
    ("zh", "contradiction", "smoke-1", "我不抽烟。"),
    ("zh", "early_disclosure", "", "我每天抽10支烟。"),
    ("zh", "role_swap", "", "作为您的医生，我会帮您。"),
    ("zh", "role_swap", "", "您应该吃点布洛芬，多休息。"),
    ("zh", "role_swap", "", "您哪里不舒服？"),
    ("zh", "scratchpad", "", "作为一个人工智能，我没有感觉。"),
    ("zh", "scratchpad", "", "事实列表里有pain-1。"),
]


@pytest.mark.parametrize(("language", "fault", "id_", "text"), PLANTED)
def test_planted_faults_are_found(language, fault, id_, text):
    made = brief(language, *filter(None, [id_]))
    found = faults(language, made, (text, *filter(None, [id_])))
    assert fault in {kind for kind, _ in found}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_fact_that_nobody_tells_is_missed(language):
    made = brief(language, "pain-1", "arm-1")
    said = verbatim(made)[:1]
    assert faults(language, made, (said[0].text, "pain-1")) == [("empty", "arm-1")]
    yes = "Yes." if language == "en" else "是的。"
    assert ("empty", "arm-1") in faults(language, made, (said[0].text, "pain-1"), (yes, "arm-1"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_id_that_was_not_given_is_early_or_invented(language):
    made = brief(language, "pain-1")
    text = verbatim(made)[0].text
    assert ("early_disclosure", "kin-1") in faults(language, made, (text, "pain-1", "kin-1"))
    assert ("invention", "") in faults(language, made, (text, "pain-1", "nowhere"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_words_and_too_many(language):
    made = brief(language, "pain-1")
    assert faults(language, made) == [("empty", "")]
    assert faults(language, made, (" … ",)) == [("empty", "")]
    line = "Okay." if language == "en" else "好的。"
    assert ("too_long", "") in {
        (kind, id_) for kind, id_ in faults(language, made, *[(line,)] * 30)
    }


SPELLINGS = [
    str,
    str.upper,
    str.title,
    lambda text: " ".join(text),
    lambda text: "-".join(text),
    lambda text: "\u200b".join(text),
    lambda text: text.replace(" ", ""),
    lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
]


@given(
    st.sampled_from(["en", "zh"]),
    st.integers(0, 2),
    st.sampled_from(SPELLINGS),
    st.sampled_from(["{}", "They said {}.", "是{}吧？", "not {}"]),
)
def test_hidden_names_are_found_in_any_spelling(language, which, spell, frame):
    hidden = HIDDEN[language]
    names = (hidden.diagnosis, *hidden.aliases)
    name = names[which % len(names)]
    text = frame.format(spell(name))
    found = check([Sentence(text=text)], brief(language), view(language), hidden)
    assert "hidden" in {finding.fault for finding in found}
    assert not any(finding.sentence for finding in found if finding.fault == "hidden")
    assert all(name.casefold() not in finding.sentence.casefold() for finding in found)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Something with an infarction, I think."),
        ("en", "They told me myocardiel infraction."),
        ("en", "也许是急性心肌梗死"),
        ("en", "The troponin was 4.27."),
        ("en", "There was ST elevation in leads II, III and aVF."),
        ("en", "A coronary stent was placed after an occlusion."),
        ("en", "Maybe an AMI."),
        ("zh", "是不是心肌梗塞，心肌梗死？"),
        ("zh", "肌钙蛋白是4.27。"),
        ("zh", "之前冠状动脉闭塞植入过支架。"),
        ("zh", "maybe acute myocardial infarction"),
    ],
)
def test_hidden_content_is_found_in_other_words(language, text):
    assert ("hidden", "") in faults(language, brief(language), (text,))


def test_the_doctors_words_do_not_excuse_what_is_hidden():
    made = brief("en", doctor="Could it be a heart attack?")
    assert ("hidden", "") in faults("en", made, ("Yes, a heart attack.",))


@given(
    st.sampled_from(["en", "zh"]),
    st.lists(
        st.tuples(st.text(max_size=60), st.lists(st.sampled_from(["pain-1", "x"]))), max_size=4
    ),
)
def test_any_words_can_be_looked_at(language, words):
    made = brief(language, "pain-1")
    said = [Sentence(text=text, facts=tuple(ids)) for text, ids in words]
    found = check(said, made, view(language), HIDDEN[language])
    assert found == check(said, made, view(language), HIDDEN[language])


def test_a_figure_alone_tells_no_fact():
    assert ("empty", "pain-1") in faults("en", brief("en", "pain-1"), ("3", "pain-1"))


@pytest.mark.parametrize("piece", ["没有", "no ", "有没有", "I haven't, ", "chest pain ", "1"])
def test_huge_words_are_looked_at_in_time(piece):
    made = brief("en", "pain-1")
    began = time.perf_counter()
    found = check([Sentence(text=piece * 20_000)], made, view("en"), HIDDEN["en"])
    assert "too_long" in {finding.fault for finding in found}
    assert time.perf_counter() - began < 5


def test_findings_beside_a_hidden_word_show_no_words():
    text = "It is a heart attack, doctor, and you should take aspirin."
    lines = [Sentence(text=text, facts=("kin-1",)), *[Sentence(text="Okay.")] * 30]
    found = check(lines, brief("en", "pain-1"), view("en"), HIDDEN["en"])
    assert {"hidden", "too_long", "early_disclosure"} <= {finding.fault for finding in found}
    assert not any(finding.sentence for finding in found)


def test_hidden_words_over_two_sentences():
    made = brief("en")
    assert ("hidden", "") in faults("en", made, ("It is a heart",), ("attack",))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_told_lately_may_come_up_again(language):
    earlier = Line(speaker="patient", text=FACTS[language][3].lay)
    made = brief(language, "pain-1", recent=(earlier,))
    said = verbatim(made)[0].text
    early = faults(language, made, (said, "pain-1"), (FACTS[language][3].lay,))
    assert ("early_disclosure", "smoke-1") not in early


@st.composite
def briefs(draw_):
    language = draw_(st.sampled_from(["en", "zh"]))
    seed = draw_(st.integers(0, 500))
    ids = draw_(st.lists(st.sampled_from([f.id for f in FACTS[language]]), unique=True, max_size=4))
    kinds = draw_(
        st.sets(
            st.sampled_from(["inquiry", "advice", "order", "diagnosis", "demand", "end", "other"])
        )
    )
    confused = draw_(st.booleans()) and not ids
    return brief(
        language,
        *ids,
        persona=draw(seed, "case", language),
        kinds=frozenset(kinds),
        unknown=(UNKNOWN[language],) if draw_(st.booleans()) else (),
        unrecorded=draw_(st.integers(0, 2)),
        refused=draw_(st.integers(0, 2)),
        repeated=tuple(ids[:1]) if draw_(st.booleans()) else (),
        interruption=draw_(st.sampled_from(["", "Is it something serious?", "这个严重吗？"])),
        confused=confused,
        turn=draw_(st.integers(1, 12)),
        seed=seed,
    )


@given(briefs())
def test_verbatim_always_passes_and_is_never_empty(made):
    said = verbatim(made)
    assert said
    assert check(said, made, view(made.language), HIDDEN[made.language]) == ()


@given(briefs())
def test_the_offline_writer_passes(made):
    reply = utterance(parse("\n".join(shown(made).values())))
    said = [Sentence(text=s["text"], facts=tuple(s["facts"])) for s in reply["sentences"]]
    assert check(said, made, view(made.language), HIDDEN[made.language]) == ()


def test_lay_text_of_an_odd_kind_still_passes_verbatim():
    odd = fact("odd-1", "Was told to rest", "My old doctor told me you should take ibuprofen.")
    made = brief("en", tell=(odd,))
    seen = view("en").model_copy(update={"facts": (*EN, odd)})
    assert check(verbatim(made), made, seen, HIDDEN["en"]) == ()


@pytest.mark.data
def test_real_cases_offline_words_pass_and_planted_ones_do_not(data):
    from medelphi.schema import Case
    from medelphi.tools.cases.reading import CaseSet

    turned_down = turns = leaked = planted = 0
    for name in ("agentclinic_medqa.jsonl", "mediq_craft_md.jsonl"):
        for drafted in CaseSet.open(data / "patients" / name):
            case = drafted.make()
            if not isinstance(case, Case):
                continue
            chance = random.Random(case.id)
            facts = [item for item in case.facts if item.disclosure]
            tell = tuple(chance.sample(facts, min(3, len(facts))))
            made = brief("en", tell=tell, respondent=case.respondent, relation=case.relation)
            reply = utterance(parse("\n".join(shown(made).values())))
            said = [Sentence(text=s["text"], facts=tuple(s["facts"])) for s in reply["sentences"]]
            turns += 1
            turned_down += bool(check(said, made, case.patient, case.hidden))
            if case.hidden.diagnosis:
                planted += 1
                worse = [*said, Sentence(text=f"They call it {case.hidden.diagnosis}.")]
                found = check(worse, made, case.patient, case.hidden)
                leaked += "hidden" in {finding.fault for finding in found}
    assert turned_down <= 0.02 * turns
    assert leaked == planted
