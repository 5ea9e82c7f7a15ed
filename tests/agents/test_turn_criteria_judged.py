"""Offline turn criteria before the offline judges: good messages of a doctor score above bad and
irrelevant ones, and what each message does is graded as a reader would grade it."""

from dataclasses import dataclass, field

import pytest

from medelphi.agents.judge import judge
from medelphi.agents.seat import Seat
from medelphi.agents.turn_drafter import draft_turn
from medelphi.prompts.library import PromptLibrary
from medelphi.schema import Fact, Language, Line, Message, Query, ScoringCriterion, ScoringRubric

PROMPTS = PromptLibrary()
DRAFTER = Seat(name="turn-drafter-1", model="offline:thorough", prompts=PROMPTS)
VARIANTS = ("thorough", "cautious", "plain")
ACCURACY = 0.9
"""Least share of the judges' levels that agree with the reader's."""


@dataclass(frozen=True)
class Moment:
    """A place in a dialogue; each message with words of the criteria that it meets."""

    language: Language
    number: int
    said: tuple[str, ...]
    """The patient first, then in turns."""
    good: dict[str, tuple[str, ...]]
    bad: dict[str, tuple[str, ...]]
    told: tuple[Fact, ...] = ()
    flags: tuple[Fact, ...] = ()
    outstanding: tuple[str, ...] = field(default=())


def fact(text: str, *, denied: bool = False, domain: str = "symptom") -> Fact:
    polarity = "denied" if denied else "present"
    return Fact(id="f", text=text, lay=text, domain=domain, polarity=polarity)


MOMENTS = (
    Moment(
        language="en",
        number=1,
        said=("I've had chest pain for three days and it worries me.",),
        outstanding=(
            "Asks whether the pain spreads to the arm or jaw",
            "Asks about drug allergies",
            "Asks about smoking",
            "Asks about shortness of breath",
        ),
        good={
            "I'm sorry to hear that. When did the chest pain start, and how severe is it?": (
                "empathy",
                "started",
                "further",
            ),
            "That must be frightening. Does the pain spread to your arm or jaw, and are you "
            "short of breath?": ("breath", "further"),
        },
        bad={
            "You have a pulled muscle. Take ibuprofen.": (),
            "What brings you in today?": ("brings the patient", "further"),
            "I enjoy football at the weekend with my friends.": (),
            "Do you have any pets at home?": ("further",),
        },
    ),
    Moment(
        language="en",
        number=3,
        said=(
            "I've had chest pain for three days and it worries me.",
            "Any fever or allergies?",
            "No, I haven't had a fever. I'm not allergic to anything.",
            "How is your breathing?",
            "I get very short of breath when I climb the stairs.",
        ),
        told=(
            fact("Denies fever", denied=True),
            fact("No known allergies", denied=True, domain="allergy"),
        ),
        flags=(fact("Shortness of breath on exertion"),),
        outstanding=(
            "Asks whether the pain spreads to the arm or jaw",
            "Asks about smoking",
            "Asks about family history of heart disease",
        ),
        good={
            "You get short of breath on the stairs: did that come on suddenly, and do you also "
            "feel it lying down?": ("breath",),
            "Shortness of breath with chest pain needs a closer look. I'd like an ECG and a chest "
            "X-ray today. Do you smoke?": ("breath", "chest pain"),
        },
        bad={
            "Have you had a fever? Are you allergic to anything?": ("fever", "allergies"),
            "You have bronchitis, take some cough syrup.": (),
            "What is your favourite food?": (),
        },
    ),
    Moment(
        language="en",
        number=10,
        said=(
            "I've had a sore throat for a week.",
            "Any trouble swallowing?",
            "It hurts to swallow, but I can drink. Is it serious?",
        ),
        told=(fact("Odynophagia"), fact("No fever", denied=True)),
        outstanding=("Asks about rash",),
        good={
            "I understand your worry. It is most likely a viral sore throat. I recommend rest, "
            "fluids and paracetamol, and a follow-up visit in three days. If you cannot swallow "
            "fluids or have trouble breathing, go to the emergency department at once.": (
                "emergency",
                "referral",
                "empathy",
                "sore throat",
            ),
            "We should do a throat swab test. Go to the emergency department immediately if you "
            "cannot breathe or swallow.": ("emergency", "referral"),
        },
        bad={
            "Have you had a fever?": ("fever",),
            "Okay. Goodbye.": (),
            "The weather will be nice tomorrow.": (),
        },
    ),
    Moment(
        language="en",
        number=5,
        said=(
            "My son has been vomiting since last night.",
            "Does he have diarrhea?",
            "No, he hasn't had diarrhea. He was born at term and has had all his vaccines.",
        ),
        told=(
            fact("No diarrhea", denied=True),
            fact("Vaccinations up to date", domain="past_history"),
        ),
        outstanding=(
            "Asks about blood or bile in the vomit",
            "Asks whether he is drowsy or lethargic",
            "Asks about contact with sick people",
        ),
        good={
            "Was there any blood or green bile in the vomit, and is he drowsy?": (
                "bile",
                "vomiting",
            ),
        },
        bad={
            "Has he had any diarrhea? Are his vaccines up to date?": ("vaccin",),
            "Give him antibiotics.": (),
            "Do you like your new car?": (),
        },
    ),
    Moment(
        language="zh",
        number=1,
        said=("医生，我肚子疼了两天，挺担心的。",),
        outstanding=("询问有无便血", "询问有无发热", "询问药物过敏史", "询问月经情况"),
        good={
            "您别担心，我先了解一下。肚子疼是什么时候开始的？具体在哪个部位，疼得厉害吗？": (
                "共情",
                "开始",
                "更多",
            ),
            "听起来您很不舒服，辛苦了。有没有发热，大便里有没有带血？": ("共情", "发热", "更多"),
        },
        bad={
            "您这是胃炎，吃点奥美拉唑就行。": (),
            "您今天哪里不舒服？": ("哪里不舒服", "更多"),
            "周末我们一起去看电影吧。": (),
            "您家里养宠物吗？": ("更多",),
        },
    ),
    Moment(
        language="zh",
        number=3,
        said=(
            "我头痛三天了。",
            "有发热吗？有过敏吗？",
            "没有发烧。今天早上右手突然有点麻木，拿不住杯子。我没有药物过敏。",
        ),
        told=(fact("无发热", denied=True), fact("无药物过敏", denied=True, domain="allergy")),
        flags=(fact("右手突发麻木、持物不稳"),),
        outstanding=("询问有无高血压病史", "询问言语是否清楚", "询问有无外伤"),
        good={
            "右手麻木是突然出现的吗？现在好些了没有？": ("麻木",),
            "突然手麻要警惕脑卒中，请马上去急诊做头颅CT检查。": ("麻木", "急诊"),
        },
        bad={
            "有没有发烧？对什么药物过敏吗？": ("药物过敏",),
            "没事的，多喝热水休息就好。": (),
            "您喜欢吃火锅吗？": (),
        },
    ),
    Moment(
        language="zh",
        number=11,
        said=("我咳嗽一周了。", "有痰吗？", "有点黄痰。医生，这个严重吗？"),
        told=(fact("咳黄痰"), fact("无过敏史", denied=True, domain="allergy")),
        outstanding=("询问吸烟史",),
        good={
            "您别担心，考虑是急性支气管炎。建议多休息、多喝水，先做个胸片检查，三天后复诊。如果出现"
            "呼吸困难、咯血或高烧不退，请立即去急诊。": ("急诊", "复诊", "共情"),
            "理解您的担心。建议做血常规和胸片检查。一旦喘不上气要马上就医。": (
                "急诊",
                "复诊",
                "共情",
            ),
        },
        bad={"您对药物过敏吗？": ("过敏",), "好的，再见。": (), "明天天气不错。": ()},
    ),
    Moment(
        language="zh",
        number=5,
        said=(
            "孩子发烧两天了，三十九度。",
            "咳嗽吗？家里有人生病吗？",
            "不咳嗽。家里没人生病，他对鸡蛋过敏。",
        ),
        told=(fact("无咳嗽", denied=True), fact("鸡蛋过敏", domain="allergy")),
        outstanding=("询问有无皮疹", "询问尿量", "询问有无抽搐"),
        good={"孩子身上有没有皮疹？尿量怎么样，有没有抽搐过？": ("皮疹",)},
        bad={
            "孩子对鸡蛋过敏吗？": ("鸡蛋",),
            "吃点头孢就好了。": (),
            "您在哪里上班？": (),
        },
    ),
)


async def drafted(moment: Moment) -> ScoringRubric:
    speakers = ("patient", "doctor")
    lines = [Line(speaker=speakers[n % 2], text=text) for n, text in enumerate(moment.said)]
    criteria, _ = await draft_turn(
        DRAFTER,
        language=moment.language,
        lines=lines,
        told=moment.told,
        flags=moment.flags,
        outstanding=moment.outstanding,
        number=moment.number,
        remaining=12 - moment.number,
    )
    roles = ("user", "assistant")
    messages = [Message(role=roles[n % 2], content=text) for n, text in enumerate(moment.said)]
    query = Query(id="turn", messages=tuple(messages), language=moment.language)
    return ScoringRubric(query_id="turn", query=query, criteria=criteria)


async def graded(rubric: ScoringRubric, message: str, variant: str) -> dict[str, float]:
    seat = Seat(name="judge-1", model=f"offline:{variant}", prompts=PROMPTS)
    levels = {}
    for fault in (False, True):
        asked = [item for item in rubric.criteria if item.fault == fault]
        if asked:
            verdicts, _ = await judge(seat, rubric, asked, message)
            levels |= {item.criterion_id: item.level or 0.0 for item in verdicts}
    return levels


def score(criteria: tuple[ScoringCriterion, ...], levels: dict[str, float]) -> float:
    worth = {item.id: item.points or 0.0 for item in criteria}
    low = sum(points for points in worth.values() if points < 0)
    high = sum(points for points in worth.values() if points > 0)
    return (sum(points * levels[id_] for id_, points in worth.items()) - low) / (high - low)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda m: f"{m.language}-{m.number}")
@pytest.mark.parametrize("variant", VARIANTS)
async def test_good_messages_score_above_bad_and_irrelevant_ones(moment, variant):
    rubric = await drafted(moment)
    good = [score(rubric.criteria, await graded(rubric, m, variant)) for m in moment.good]
    bad = [score(rubric.criteria, await graded(rubric, m, variant)) for m in moment.bad]
    assert max(bad) < min(good) or (variant == "cautious" and max(bad) <= min(good))
    assert sum(good) / len(good) > sum(bad) / len(bad) + 0.2


async def test_levels_agree_with_a_readers():
    right = total = 0
    wrong = []
    for moment in MOMENTS:
        rubric = await drafted(moment)
        for message, met in (moment.good | moment.bad).items():
            for variant in VARIANTS:
                levels = await graded(rubric, message, variant)
                for item in rubric.criteria:
                    wanted = any(word in item.text for word in met)
                    total += 1
                    right += wanted == (levels[item.id] == 1)
                    if wanted != (levels[item.id] == 1):
                        wrong.append((variant, item.text, message))
    assert right / total >= ACCURACY, wrong
