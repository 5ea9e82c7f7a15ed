"""Two cases, in English and Chinese, and turns made of plain text, for tests of the audit."""

from medelphi.schema import (
    Act,
    Case,
    Decision,
    Demographics,
    Fact,
    Hidden,
    LedgerEntry,
    Measurement,
    Report,
    Sentence,
    Turn,
    Unknown,
)

ENGLISH = Case(
    id="en",
    language="en",
    demographics=Demographics(age="54 years", sex="male", other="bus driver"),
    opener="I've had a pain in my belly for two days and I feel sick.",
    facts=(
        Fact(
            id="pain",
            text="Epigastric pain for two days, radiating to the back",
            lay="I've had a pain in the upper belly for two days, and it goes through to my back.",
            domain="complaint",
            critical=True,
        ),
        Fact(
            id="vomiting",
            text="Vomited three times since yesterday",
            lay="I've thrown up three times since yesterday.",
            domain="symptom",
        ),
        Fact(
            id="fever",
            text="Denies fever",
            lay="I haven't had a fever.",
            domain="symptom",
            polarity="denied",
        ),
        Fact(
            id="stool",
            text="Black stools",
            lay="I haven't had any black stools.",
            domain="symptom",
            polarity="denied",
        ),
        Fact(
            id="alcohol",
            text="Drinks six beers a day",
            lay="I drink six beers a day.",
            domain="social_history",
            disclosure=3,
            trust=3.0,
        ),
        Fact(
            id="ramipril",
            text="Takes ramipril 5 mg daily for hypertension",
            lay="I take ramipril, 5 mg once a day, for my blood pressure.",
            domain="medication",
        ),
        Fact(
            id="father",
            text="Father had gallstones",
            lay="My father had gallstones.",
            domain="family_history",
            disclosure=2,
        ),
    ),
    unknown=(Unknown(topic="allergies"),),
    hidden=Hidden(
        diagnosis="Acute pancreatitis",
        aliases=("inflammation of the pancreas", "AP"),
        measurements=(
            Measurement(
                id="lipase", name="Lipase", kind="test", result="Serum lipase 1,240 U/L (raised)"
            ),
            Measurement(
                id="vitals",
                name="Vital signs",
                kind="examination",
                result="Blood pressure 96/60 mmHg, heart rate 118 beats per minute",
            ),
        ),
        withheld=("Was treated in hospital for an inflamed pancreas last spring",),
    ),
)
CHINESE = Case(
    id="zh",
    language="zh",
    demographics=Demographics(age="31岁", sex="female", other="小学教师"),
    opener="医生，我右下腹痛了一天了。",
    facts=(
        Fact(
            id="pain",
            text="转移性右下腹痛1天",
            lay="一开始是肚脐周围疼，后来转到右下腹，疼了一天了。",
            domain="complaint",
            critical=True,
        ),
        Fact(
            id="vomiting",
            text="恶心，呕吐2次",
            lay="我恶心，吐了两次。",
            domain="symptom",
        ),
        Fact(
            id="fever",
            text="否认发热",
            lay="我没有发烧。",
            domain="symptom",
            polarity="denied",
        ),
        Fact(
            id="diarrhoea",
            text="腹泻",
            lay="没有拉肚子。",
            domain="symptom",
            polarity="denied",
        ),
        Fact(
            id="period",
            text="末次月经在三周前，规律",
            lay="我上次月经是三周前，一直挺准的。",
            domain="obstetric",
            disclosure=2,
        ),
        Fact(
            id="penicillin",
            text="青霉素过敏",
            lay="我对青霉素过敏。",
            domain="allergy",
            disclosure=2,
        ),
    ),
    hidden=Hidden(
        diagnosis="急性阑尾炎",
        aliases=("阑尾发炎", "acute appendicitis"),
        measurements=(
            Measurement(
                id="wbc", name="血常规", kind="test", result="白细胞15.2×10⁹/L，中性粒细胞88%"
            ),
            Measurement(
                id="palpation", name="腹部触诊", kind="examination", result="麦氏点压痛、反跳痛阳性"
            ),
        ),
    ),
)


def turn(
    said: str,
    *,
    tell: tuple[str, ...] = (),
    doctor: str = "Tell me more.",
    number: int = 1,
    reports: tuple[Report, ...] = (),
    volunteer: tuple[str, ...] = (),
    interruption: str = "",
    acts: tuple[Act, ...] = (),
) -> Turn:
    """A turn of which only the text and what was allowed matter."""
    return Turn(
        number=number,
        doctor=doctor,
        acts=acts,
        decision=Decision(tell=tell, volunteer=volunteer, trust=2.5, interruption=interruption),
        reports=reports,
        patient=(Sentence(text=said),),
        ledger=LedgerEntry(coverage=0.0),
    )
