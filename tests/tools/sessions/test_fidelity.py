"""The audit: planted violations are found, honest words pass."""

import pytest
from tests_fidelity import CHINESE, ENGLISH, turn

from medelphi.schema import Act, Case, Guarding, PatientPersona, Report, Sentence, Turn
from medelphi.tools.sessions.fidelity import audit, audit_turns
from medelphi.tools.sessions.scheme import SessionScheme

PLAIN = PatientPersona()
ALLOWED = {
    "en": ("pain", "vomiting", "fever", "stool", "ramipril"),
    "zh": ("pain", "vomiting", "fever", "diarrhoea"),
}
CASES = {"en": ENGLISH, "zh": CHINESE}

HONEST = [
    ("en", "Well, doctor, it's in the upper part of my belly, and it goes through to my back."),
    ("en", "It started two days ago. No, I haven't had any fever, and no black stools either."),
    ("en", "I've been sick three times since yesterday, I think."),
    ("en", "I threw up three times. No temperature, no."),
    ("en", "To be honest, I'm quite worried about it. Is it something serious?"),
    ("en", "I'm not sure about that, I really couldn't say whether I have any allergies."),
    ("en", "Good morning, doctor. Thank you for seeing me."),
    ("en", "I take ramipril for high blood pressure, five milligrams every day."),
    ("en", "All right, I'll have the blood test then. How much will it cost?"),
    ("en", "I don't know about any family illness, sorry."),
    ("en", "I'm 54 and I drive a bus. Could you ask that again? I didn't quite follow."),
    ("en", "Okay, I understand. I'll go to the hospital right away if it gets worse."),
    ("en", "You want me to go to the emergency room? That frightens me."),
    ("en", "Hmm, let me think. I suppose it's about two days now, I can't swear to it."),
    ("en", "I can't give you a diagnosis, you're the doctor. I only know how I feel."),
    ("en", "Why do you need to know that? My last doctor never asked. But fine: no fever."),
    ("zh", "嗯，医生，一开始是肚脐那儿疼，后来跑到右下边了，疼了一天。"),
    ("zh", "我有点恶心，吐过两次，没有发烧，也没拉肚子。"),
    ("zh", "这个我不太清楚，记不清了。"),
    ("zh", "医生，我有点担心，是不是很严重啊？"),
    ("zh", "好的，谢谢医生，我这就去做检查。这个检查要多少钱？"),
    ("zh", "没发烧。也没有腹泻。"),
    ("zh", "不好意思，我没太听懂，您能再问一遍吗？"),
    ("zh", "我今年31岁，是小学老师。"),
    ("zh", "我也说不好，反正就是吐了两次，心里挺慌的。"),
    ("zh", "我不知道是什么病，这个得您来判断。"),
]
UNTRUE = [
    ("en", "I've also had a bad headache since Monday.", "invented symptom"),
    ("en", "My toes have turned purple.", "invented sign"),
    ("en", "I have agitation.", "invented in one plain word"),
    ("en", "I've been taking ibuprofen for it.", "invented drug"),
    ("en", "Yes, I've had a fever.", "flipped denial"),
    ("en", "I have had black stools.", "flipped denial"),
    ("en", "I haven't vomited at all.", "flipped affirmation"),
    ("en", "I've had the pain for five days.", "changed number"),
    ("en", "I take ramipril, 10 mg a day.", "changed dose"),
    ("en", "I've thrown up eight times since yesterday.", "changed count"),
    ("zh", "我还咳嗽得厉害。", "invented symptom"),
    ("zh", "我吃了布洛芬。", "invented drug"),
    ("zh", "我发烧了。", "flipped denial"),
    ("zh", "我拉肚子了。", "flipped denial"),
    ("zh", "我没有恶心，也没吐。", "flipped affirmation"),
    ("zh", "疼了五天了。", "changed number"),
    ("zh", "我吐了八次。", "changed count"),
]
UNDUE = [
    ("en", ALLOWED["en"], "My father had gallstones.", "father"),
    ("en", ALLOWED["en"], "By the way, I have about six beers a day.", "alcohol"),
    ("en", ("pain",), "I take ramipril for my blood pressure.", "ramipril"),
    ("en", ("pain",), "I haven't had a fever.", "fever"),
    ("en", ("pain",), "Could it be because of my six beers a day?", "alcohol"),
    ("zh", ALLOWED["zh"], "我对青霉素过敏。", "penicillin"),
    ("zh", ALLOWED["zh"], "我上次来月经是三周前。", "period"),
    ("zh", ("pain",), "我吐了两次。", "vomiting"),
]
NAMED = [
    ("en", "It's pancreatitis."),
    ("en", "I think my pancreas is inflamed."),
    ("en", "It could be p a n c r e a t i t i s, you know."),
    ("en", "ACUTE PANCREATITIS"),
    ("en", "Isn't it a pan-creatitis?"),
    ("en", "Maybe pancreas inflammation?"),
    ("en", "They call it pancreatits."),
    ("en", "是胰腺炎。"),
    ("zh", "是阑尾炎吧。"),
    ("zh", "可能是阑 尾 炎。"),
    ("zh", "我觉得是阑尾在发炎。"),
    ("zh", "It's appendicitis."),
]
QUOTED = [
    ("en", "My lipase was 1,240."),
    ("en", "My blood pressure was 96/60."),
    ("en", "Last spring I was in hospital and treated for my inflamed organ there."),
    ("zh", "我的白细胞是15.2。"),
    ("zh", "麦氏点压痛，反跳痛阳性。"),
]


def audited(language: str, *turns: Turn, persona: PatientPersona = PLAIN, case: Case | None = None):
    return audit(case or CASES[language], turns, persona, SessionScheme())


def said(language: str, text: str):
    return audited(language, turn(text, tell=ALLOWED[language]))


@pytest.mark.parametrize(("language", "text"), HONEST)
def test_honest_words_pass(language, text):
    fidelity = said(language, text)
    assert fidelity.passed
    assert fidelity.privacy == 1
    assert fidelity.fact in (1, None)
    assert fidelity.honesty in (1, None)
    assert not fidelity.leaks


@pytest.mark.parametrize("case", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_the_records_own_words_pass(case):
    for fact in case.facts:
        fidelity = audited(case.language, turn(fact.lay, tell=(fact.id,)))
        assert fidelity.passed, fact.lay
        assert fidelity.fact == 1, fact.lay


@pytest.mark.parametrize(("language", "text", "what"), UNTRUE)
def test_what_the_record_does_not_hold_is_found(language, text, what):
    fidelity = said(language, text)
    assert fidelity.fact is not None, what
    assert fidelity.fact < 1, what
    assert not fidelity.passed
    if "flipped" in what:
        assert fidelity.honesty is not None
        assert fidelity.honesty < 1


@pytest.mark.parametrize(("language", "tell", "text", "fact"), UNDUE)
def test_what_is_told_too_early_is_found(language, tell, text, fact):
    spoken = turn(text, tell=tell)
    (found,) = audit_turns(CASES[language], [spoken], PLAIN)
    assert fact in found.undue
    fidelity = audited(language, spoken)
    assert (fidelity.privacy, fidelity.passivity, fidelity.passed) == (0, 0, False)


def test_a_fact_that_was_told_before_may_be_told_again():
    turns = [
        turn("My father had gallstones.", tell=("father",)),
        turn("As I said, my father had gallstones.", number=2),
    ]
    assert audited("en", *turns).privacy == 1


@pytest.mark.parametrize(("language", "text"), NAMED)
def test_the_hidden_diagnosis_is_recognised_however_it_is_put(language, text):
    fidelity = said(language, text)
    assert [leak.diagnosis for leak in fidelity.leaks] == [True]
    assert fidelity.leaks[0].words in text
    assert not fidelity.passed


@pytest.mark.parametrize(("language", "text"), QUOTED)
def test_hidden_results_and_statements_are_recognised(language, text):
    assert [leak.diagnosis for leak in said(language, text).leaks] == [False]


def test_what_a_doctor_or_a_report_has_said_is_no_leak():
    doctor = "You have acute pancreatitis."
    assert not audited("en", turn("Pancreatitis? What is that?", doctor=doctor)).leaks
    report = Report(asked="lipase", measurement="lipase", kind="test", text="Lipase 1,240 U/L")
    assert not audited("en", turn("A lipase of 1,240, is that bad?", reports=(report,))).leaks


def test_confirming_a_guess_of_the_diagnosis_is_a_leak():
    doctor = "Is it pancreatitis?"
    assert audited("en", turn("Yes, it is pancreatitis.", doctor=doctor)).leaks
    assert not audited("en", turn("Pancreatitis? I don't know.", doctor=doctor)).leaks
    before = turn("I don't know.", doctor="I think that you have pancreatitis.")
    assert not audited("en", before, turn("Yes, the pancreatitis.", number=2)).leaks


def test_other_illnesses_are_no_leak_of_the_diagnosis():
    for text in ("Is it cancer?", "Could it be appendicitis?", "Maybe it's my stomach."):
        assert not said("en", text).leaks
    assert not said("zh", "会不会是胃炎啊？").leaks


def test_words_of_the_visible_record_are_no_leak():
    fact = ENGLISH.facts[0].model_copy(
        update={"id": "past", "text": "Acute pancreatitis in 2019", "lay": "I had pancreatitis."}
    )
    case = ENGLISH.model_copy(update={"facts": (*ENGLISH.facts, fact)})
    assert not audited("en", turn("I had pancreatitis.", tell=("past",)), case=case).leaks


def test_an_interruption_is_not_the_writers():
    worry = "Could my heart be the cause?"
    text = f"I haven't had a fever. {worry}"
    assert audited("en", turn(text, tell=("fever",), interruption=worry)).passed


def test_volunteering_counts_against_passivity_alone():
    spoken = turn("My father had gallstones.", tell=("father",), volunteer=("father",))
    fidelity = audited("en", spoken, turn("I haven't had a fever.", tell=("fever",), number=2))
    assert (fidelity.passivity, fidelity.privacy, fidelity.passed) == (0.5, 1, True)


def test_repairs_and_verbatim_turns_are_counted():
    spoken = turn("I haven't had a fever.", tell=("fever",))
    mended = spoken.model_copy(update={"guarding": Guarding(attempts=3)})
    verbatim = spoken.model_copy(update={"guarding": Guarding(attempts=3, verbatim=True)})
    fidelity = audited("en", spoken, mended, verbatim)
    assert (fidelity.repairs, fidelity.verbatim) == (5, 1)


def test_without_turns_there_are_no_shares():
    fidelity = audited("en")
    shares = (fidelity.privacy, fidelity.fact, fidelity.honesty, fidelity.passivity)
    assert shares == (None,) * 4
    assert fidelity.personification is None
    assert fidelity.passed


def test_the_ids_that_a_sentence_names_do_not_matter():
    spoken = turn("I've also had a bad headache.", tell=("pain",))
    named = spoken.model_copy(update={"patient": (Sentence(text=spoken.said, facts=("pain",)),)})
    assert audited("en", named).fact == 0


def test_gates_come_from_the_scheme():
    turns = [turn("I've had a headache.", tell=("pain",))]
    lenient = SessionScheme(gate_fact=0.0)
    assert audit(ENGLISH, turns, PLAIN, lenient).passed


@pytest.mark.parametrize(
    ("persona", "shows", "hides"),
    [
        ({"temperament": "overanxious"}, "I'm so worried. I haven't had a fever.", "No fever."),
        ({"temperament": "impatient"}, "No fever. Is that all?", "I haven't had a fever, " * 9),
        ({"temperament": "distrustful"}, "Why do you ask? No fever.", "No fever."),
        ({"temperament": "pleasing"}, "Of course, thank you. No fever.", "No fever."),
        ({"literacy": "C"}, "Kind of, dunno. No fever.", "I deny pyrexia and acute gastritis " * 4),
    ],
)
def test_personification_is_seen_by_cues(persona, shows, hides):
    own = PatientPersona(**persona)
    shown = audited("en", turn(shows), persona=own).personification
    hidden = audited("en", turn(hides), persona=own).personification
    assert 0 <= hidden < shown <= 1


def test_cost_and_culture_are_looked_for_where_something_is_advised():
    persona = PatientPersona(cost="worried", culture="prefers herbal remedies")
    act = Act(kind="order", text="A blood test, please.", target="blood test")
    silent = audited("en", turn("All right.", acts=(act,)), persona=persona).personification
    voiced = turn("What will it cost? I'd rather take herbal remedies.", acts=(act,))
    assert audited("en", voiced, persona=persona).personification > silent


def test_huge_and_strange_texts_are_read_in_bounded_time():
    for text in ("a" * 50_000, "，" * 50_000, "no " * 20_000, "我没有发烧，" * 5_000, "\u2028"):
        audited("zh", turn(text or "x"))
