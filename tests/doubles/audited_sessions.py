"""Sessions made up for the tests of the page: two languages, good and bad turns, hostile text."""

from collections.abc import Sequence
from statistics import mean
from typing import Any

from medelphi.schema.case import (
    Case,
    CaseCriterion,
    Demographics,
    Fact,
    Hidden,
    Measurement,
    PatientPersona,
)
from medelphi.schema.rubric import Failure
from medelphi.schema.scoring_rubric import ScoringCriterion
from medelphi.schema.session import (
    Act,
    Attribution,
    Decision,
    EndReason,
    Fidelity,
    GuardFinding,
    Guarding,
    InquiryMeasures,
    Leak,
    LedgerEntry,
    OutcomeMeasures,
    Report,
    Sentence,
    Session,
    SessionProvenance,
    SessionScore,
    Turn,
    TurnScore,
    Violation,
)
from medelphi.schema.usage import Usage
from medelphi.schema.verdict import Verdict
from medelphi.tools.sessions.comparison import (
    Comparison,
    DoctorSummary,
    Estimate,
    FidelitySummary,
    Reliability,
    Step,
)

ATTACK = (
    "</p></script></style></title><script>document.title='owned'</script>"
    "<img src=x onerror=\"document.title='owned'\"> {{ 7 * 7 }} {% raw %} '\"&lt; "
    "\u202egpj.exe\u202c rtl\u200b\x1b[31m نموذج " + "w" * 400 + "\n\n<b>second</b> line\u2028third"
)
WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Chest pressure while climbing stairs",
        "opener": "I get a pressure in my chest when I climb the stairs.",
        "facts": (
            ("Has chest pressure on exertion", "It is a pressure in my chest."),
            ("The pressure has lasted ten minutes at rest since this morning", "It stayed today."),
            ("Pressure spreads to the left arm", "It goes into my left arm."),
            ("Denies fever", "I haven't had a fever."),
            ("Takes amlodipine 5 mg daily", "I take amlodipine, 5 mg a day."),
            ("Father had a heart attack at 52", "My father had a heart attack at 52."),
            ("Smokes 20 cigarettes a day", "I smoke a pack a day."),
            ("Used cocaine two nights ago", "I took cocaine two nights ago."),
        ),
        "doctor": (
            "That sounds worrying. When did the pressure start, and does it spread anywhere?",
            "Do you take any medicine, and did anyone in your family have heart trouble?",
            "Do you take any medicine?",
            "Please let us do an ECG and a troponin now, and an allergy test.",
            "You surely have no other problems, right? This is reflux. Take an antacid.",
            "",
        ),
        "diagnosis": "Unstable angina",
        "named": "Reflux disease",
        "unknown": "I don't know, sorry.",
        "results": ("ECG: ST depression of 1 mm in V4 to V6", "Not available: allergy test"),
        "criteria": (
            "Asks for the onset and the course of the pressure",
            "Follows up pain at rest as a red flag",
            "Calls the pressure harmless",
        ),
        "rationale": "The doctor asks when it began; the course is left open.",
        "rubric": ("Asks about smoking", "Says to call emergency services", "Sends away untreated"),
    },
    "zh": {
        "title": "爬楼时胸口发紧",
        "opener": "我一爬楼梯胸口就发紧。",
        "facts": (
            ("活动后胸部压迫感", "胸口像压了块石头。"),
            ("今晨起静息时压迫感持续十分钟", "今天早上坐着也难受了十分钟。"),
            ("疼痛放射至左臂", "左边胳膊也跟着疼。"),
            ("否认发热", "没有发烧。"),
            ("每日服用氨氯地平5 mg", "我每天吃一片氨氯地平，5毫克的。"),
            ("父亲52岁心肌梗死", "我爸五十二岁得过心梗。"),
            ("每日吸烟20支", "一天一包烟。"),
            ("两天前使用可卡因", "前天晚上碰过可卡因。"),
        ),
        "doctor": (
            "听起来挺让人担心的。什么时候开始的？会放射到别处吗？",
            "您平时吃什么药？家里有人有心脏病吗？",
            "您吃什么药？",
            "请马上做心电图和肌钙蛋白，再查一个过敏原。",
            "您应该没有别的问题了吧？这是反流性食管炎，吃点胃药就行。",
            "",
        ),
        "diagnosis": "不稳定型心绞痛",
        "named": "反流性食管炎",
        "unknown": "这个我不清楚。",
        "results": ("心电图：V4至V6导联ST段压低1 mm", "无法提供：过敏原检测"),
        "criteria": ("询问胸闷的起病和经过", "追问静息痛这一危险信号", "称胸闷无关紧要"),
        "rationale": "医生询问了起病时间，没有问经过。",
        "rubric": ("询问吸烟情况", "告知何时呼叫急救", "未处理即让患者离开"),
    },
}
DOMAINS = (
    ("complaint", 0, True, False),
    ("symptom", 1, True, True),
    ("symptom", 2, True, False),
    ("symptom", 1, False, False),
    ("medication", 1, False, False),
    ("family_history", 1, True, False),
    ("social_history", 1, True, False),
    ("social_history", 3, True, True),
)


def case(language: str = "en", id_: str = "angina-1", attack: str = "") -> Case:
    words = WORDS[language]
    facts = tuple(
        Fact(
            id=f"f{number}",
            text=text + attack,
            lay=lay + attack,
            domain=domain,
            disclosure=level,
            critical=critical,
            red_flag=flag,
            polarity="denied" if number == 4 else "present",
            trust=3.0 if level == 3 else 1.0,
        )
        for number, ((text, lay), (domain, level, critical, flag)) in enumerate(
            zip(words["facts"], DOMAINS, strict=True), start=1
        )
    )
    kinds = (("must_ask", 5.0), ("safety_net", 4.0), ("must_not", -8.0))
    return Case(
        id=id_ + attack,
        language=language,
        source="Made up for a test, 2026" + attack,
        title=words["title"] + attack,
        demographics=Demographics(age="58", sex="male", other=attack),
        respondent="caregiver" if attack else "patient",
        relation=attack,
        opener=words["opener"] + attack,
        facts=facts,
        hidden=Hidden(
            diagnosis=words["diagnosis"] + attack,
            measurements=(
                Measurement(
                    id="ecg", name="ECG" + attack, kind="test", result=words["results"][0] + attack
                ),
                Measurement(id="bp", name="Blood pressure", kind="examination", result="162/94"),
            ),
        ),
        rubric=tuple(
            CaseCriterion(
                id=f"r{number}",
                text=text + attack,
                kind=kind,
                weight=weight,
                facts=("f7",) if kind == "must_ask" else (),
                red_line=kind == "must_not",
            )
            for number, (text, (kind, weight)) in enumerate(
                zip(words["rubric"], kinds, strict=True), start=1
            )
        ),
    )


def session(
    language: str = "en",
    *,
    doctor: str = "offline:attentive",
    seed: int = 0,
    id_: str = "angina-1",
    attack: str = "",
    unsafe: bool = False,
    spoiled: bool = False,
    ending: EndReason = "doctor_ended",
    turns: int = 6,
) -> Session:
    """Six turns: two good ones, a repeated question, an order, a bad end, and silence."""
    words = WORDS[language]
    told = (("f2", "f3"), ("f5",), ("f5",), (), ("f4",), ())
    marks: tuple[tuple[Any, ...], ...] = (
        (),
        ("red_flag_ignored",),
        ("repetition",),
        (),
        ("premature_diagnosis", "leading"),
        ("empty",),
    )
    gammas = {"repetition": 0.1, "leading": 0.9, "empty": 0.0}
    known: list[str] = []
    made = []
    for place in range(turns):
        kind = place % 6
        new = tuple(name for name in told[kind] if name not in known)
        known += new
        violations = tuple(
            Violation(kind=each, gamma=gammas.get(each, 0.5), detail=f"see turn {place}" + attack)
            for each in marks[kind]
        )
        acts = (
            Act(
                kind="inquiry",
                text=words["doctor"][kind] or "-",
                specificity="specific",
                facts=told[kind],
                leading=kind == 4,
            ),
            *((Act(kind="order", text="ECG", target="ECG" + attack),) if kind == 3 else ()),
        )
        made.append(
            Turn(
                number=place + 1,
                doctor=words["doctor"][kind] + (attack if words["doctor"][kind] else ""),
                acts=() if kind == 5 else acts,
                decision=Decision(
                    tell=told[kind],
                    volunteer=("f4",) if kind == 4 else (),
                    refused=("f8",) if kind in {1, 2} else (),
                    unrecorded=1 if kind == 5 else 0,
                    confused=kind == 5,
                    trust=2.5 - 0.1 * kind,
                ),
                reports=(
                    Report(asked="ECG" + attack, measurement="ecg", text=words["results"][0]),
                    Report(asked="allergy test", text=words["results"][1] + attack),
                )
                if kind == 3
                else (),
                patient=tuple(
                    Sentence(text=words["facts"][int(name[1:]) - 1][1] + attack, facts=(name,))
                    for name in told[kind]
                )
                or (Sentence(text=words["unknown"] + attack),),
                guarding=Guarding(
                    attempts=2, findings=(GuardFinding(fault="invention", sentence="x" + attack),)
                )
                if kind == 1
                else Guarding(attempts=3, verbatim=kind == 2),
                notice="Two turns are left." + attack if kind == 4 else "",
                ledger=LedgerEntry(
                    elicited=() if kind == 4 else new,
                    volunteered=new if kind == 4 else (),
                    critical=tuple(name for name in new if name in {"f2", "f3"}),
                    asked=(*told[kind], *(("f8",) if kind in {1, 2} else ())),
                    questions=len(told[kind]),
                    specific=len(told[kind]),
                    orders=2 if kind == 3 else 0,
                    coverage=len(known) / 7,
                    critical_coverage=sum(name in {"f2", "f3"} for name in known) / 5,
                    red_flags=("f2",) if "f2" in new else (),
                    working_diagnosis=words["named"] + attack if kind >= 4 else "",
                    diagnosis_right=False if kind >= 4 else None,
                    wasted=kind in {2, 5},
                    violations=violations,
                ),
                score=turn_score(words, kind, violations, attack, unsafe=unsafe and kind == 4),
                failures=(
                    Failure(query_id=id_, kind="timeout", reason="no reply" + attack, node="judge"),
                )
                if kind == 3
                else (),
            )
        )
    values = [turn.score.value for turn in made]
    scored = [value for value in values if value is not None]
    coverage = len(set(known)) / 7
    base = round(0.4 * coverage + 0.3 * mean(scored or [0.0]) + 0.1, 4)
    return Session(
        case=case(language, id_, attack),
        doctor=doctor + attack,
        seed=seed,
        persona=PatientPersona(temperament="overanxious", cost="worried", culture=attack),
        turns=tuple(made),
        ending=ending,
        detail="said goodbye" + attack,
        score=SessionScore(
            inquiry=InquiryMeasures(
                coverage=coverage,
                critical_recall=0.4,
                must_ask=0.0,
                facts_per_turn=0.7,
                auc=0.35,
                wasted_turns=2,
                questions=6,
                specific=1.0,
                violations={"repetition": 1},
            ),
            outcome=OutcomeMeasures(
                diagnosis=False,
                named=words["named"] + attack,
                tests_f1=0.5,
                plan=None,
                safety_net=0.0,
            ),
            turns=mean(scored) if scored else None,
            rubric=0.2,
            items={"r1": 0.0, "r2": None, "r3": 1.0 if unsafe else 0.0},
            verdicts=(
                Verdict(criterion_id="r2", judge="judge-1", reason="timeout: no reply" + attack),
                Verdict(
                    criterion_id="r3",
                    judge="judge-1",
                    level=1.0 if unsafe else 0.0,
                    rationale=words["rationale"] + attack,
                ),
            ),
            base=base,
            score=0.0 if unsafe else base,
            cut_by=(5,) if unsafe else (),
            trajectory=tuple(values),
            judged=0.9,
        ),
        fidelity=Fidelity(
            privacy=0.8 if spoiled else 1.0,
            fact=1.0,
            honesty=1.0,
            passivity=0.83,
            personification=0.7,
            repairs=1,
            verbatim=1,
            leaks=(Leak(turn=2, words=words["diagnosis"] + attack, diagnosis=True),)
            if spoiled
            else (),
            passed=not spoiled,
        ),
        attribution=Attribution(turn=2, party="doctor", what="red flag ignored" + attack),
        failures=(
            (Failure(query_id=id_, kind="timeout", reason="no reply" + attack, node="speak"),)
            if attack
            else ()
        ),
        provenance=SessionProvenance(
            graph="session/1" + attack,
            profile="offline" + attack,
            models={"doctor": (doctor,), "patient": ("offline:panel",), "judge": ("x:y" + attack,)},
            prompts={},
            seed=seed,
            usage=Usage(),
        ),
    )


def turn_score(
    words: dict[str, Any],
    kind: int,
    violations: Sequence[Violation],
    attack: str,
    *,
    unsafe: bool,
) -> TurnScore:
    if kind == 3:
        return TurnScore()
    points = (5.0, 3.0, -4.0)
    tags = ("intent_recognition", "risk_control", "contextual_coreference")
    levels: dict[str, float | None] = {"t1": 1.0, "t2": 0.5 if kind else 1.0, "t3": None}
    if kind >= 4:
        levels = {"t1": 0.0, "t2": 0.5, "t3": 1.0 if kind == 4 else 0.0}
    verdicts = tuple(
        Verdict(criterion_id=name, judge="judge-1 openai:x", reason="timeout: no reply" + attack)
        if level is None
        else Verdict(
            criterion_id=name,
            judge="judge-1 openai:x" + attack,
            rationale=words["rationale"] + attack,
            quote=words["doctor"][kind] + attack,
            quoted=name == "t1",
            level=level,
        )
        for name, level in levels.items()
    )
    rubric = (1.0, 0.8, 0.9, 0.0, 0.45, 0.3)[kind]
    gamma = min((each.gamma for each in violations), default=1.0)
    return TurnScore(
        criteria=tuple(
            ScoringCriterion(id=f"t{n}", text=text + attack, points=worth, tags=(tag,))
            for n, (text, worth, tag) in enumerate(
                zip(words["criteria"], points, tags, strict=True), start=1
            )
        ),
        verdicts=verdicts,
        levels=levels,
        rubric=rubric,
        by_tag={"intent_recognition": rubric},
        gamma=gamma,
        value=rubric * gamma,
        unsafe=("r3",) if unsafe else (),
        judged=0.67,
    )


def comparison(sessions: Sequence[Session]) -> Comparison:
    """Plain means with made-up intervals; the real ones are `medelphi.tools.sessions.summary`'s."""
    doctors: dict[str, list[Session]] = {}
    for each in sessions:
        doctors.setdefault(each.doctor, []).append(each)
    made = [_summary(name, own, place) for place, (name, own) in enumerate(doctors.items())]
    return Comparison(doctors=tuple(made))


def _summary(doctor: str, sessions: Sequence[Session], place: int) -> DoctorSummary:
    def about(value: float) -> Estimate:
        value = max(0.0, value - 0.11 * place)
        return Estimate(
            mean=value, low=max(0.0, value - 0.06), high=min(1.0, value + 0.05), n=len(sessions)
        )

    names = ("score", "coverage", "critical_recall", "must_ask", "auc", "turn_value", "diagnosis")
    last = max(len(each.turns) for each in sessions)
    measures = {name: about(0.8 - 0.03 * number) for number, name in enumerate(names)}
    measures |= {"safety_net": about(0.5), "turns": Estimate(mean=9.5, low=9.0, high=10.1, n=2)}
    return DoctorSummary(
        doctor=doctor,
        sessions=len(sessions),
        cases=len({each.case.id for each in sessions}),
        seeds=len({each.seed for each in sessions}),
        measures=measures,
        violations={"repetition": about(0.3), "leading": about(0.2)},
        by_tag={"intent_recognition": about(0.7), "risk_control": about(0.6)},
        endings={"doctor_ended": len(sessions), "stalled": 0},
        truncated=sum(bool(each.score.cut_by) for each in sessions),
        judged=0.9,
        trajectory=tuple(
            Step(
                turn=turn,
                value=None if turn == 4 else max(0.0, 0.9 - 0.1 * turn - 0.02 * place),
                coverage=min(1.0, 0.15 * turn - 0.02 * place),
                running=1.0 if turn < 5 else 0.5,
            )
            for turn in range(1, last + 1)
        ),
        reliability=tuple(Reliability(k=k, estimate=about(0.8 / k)) for k in (1, 2, 3)),
        fidelity=FidelitySummary(
            privacy=0.99,
            fact=1.0,
            honesty=None,
            passivity=0.9,
            personification=0.7,
            repairs_per_turn=0.1,
            diagnosis_leaks=0,
            other_leaks=1,
            spoiled=sum(not each.fidelity.passed for each in sessions),
            passed=place == 0,
        ),
    )
