"""Cases, doctors and spies for tests of the session graph."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from medelphi.agents.doctor import DoctorReply
from medelphi.graphs.session_context import SessionContext
from medelphi.schema import (
    Case,
    CaseCriterion,
    Demographics,
    Fact,
    Hidden,
    Line,
    Measurement,
    PatientPersona,
    Session,
    SessionBudget,
    Unknown,
)
from medelphi.tools.models.gateway import Gateway

FAST = SessionContext(judge=False)


def small_case(**changes: object) -> Case:
    """A case with facts of every level, an unknown, hidden results and a red line."""
    facts = (
        Fact(
            id="f1",
            text="Cough for three weeks",
            lay="I have had a cough for three weeks.",
            domain="complaint",
            disclosure=0,
        ),
        Fact(
            id="f2",
            text="Coughs up blood-streaked sputum",
            lay="Sometimes there is a bit of blood in what I cough up.",
            domain="symptom",
            critical=True,
            red_flag=True,
            disclosure=2,
            topics=("blood", "sputum", "phlegm"),
        ),
        Fact(
            id="f3",
            text="Night sweats",
            lay="I wake up drenched in sweat.",
            domain="symptom",
            critical=True,
            topics=("sweats", "night sweats"),
        ),
        Fact(
            id="f4",
            text="No fever",
            lay="I haven't had a fever.",
            domain="symptom",
            polarity="denied",
            topics=("fever", "temperature"),
        ),
        Fact(
            id="f5",
            text="Takes lisinopril daily",
            lay="I take lisinopril every day.",
            domain="medication",
            topics=("medication", "medicines", "tablets"),
        ),
        Fact(
            id="f6",
            text="Was in prison two years ago",
            lay="I was in prison two years ago.",
            domain="social_history",
            disclosure=3,
            trust=2.0,
            topics=("prison", "crowded", "lived"),
        ),
    )
    fields: dict[str, object] = {
        "id": "cough",
        "language": "en",
        "demographics": Demographics(age="41 years", sex="male"),
        "opener": "Good morning, doctor. I have had a cough for three weeks.",
        "facts": facts,
        "unknown": (Unknown(topic="family history of lung disease"),),
        "hidden": Hidden(
            diagnosis="Pulmonary tuberculosis",
            aliases=("lung tuberculosis", "TB"),
            broader=("lung infection",),
            measurements=(
                Measurement(
                    id="m1",
                    name="Chest X-ray",
                    kind="test",
                    result="Cavity in the right upper lobe",
                    aliases=("chest radiograph",),
                ),
                Measurement(
                    id="m2",
                    name="Vital signs",
                    kind="examination",
                    result="Temperature 37.1 °C, pulse 84/min",
                ),
            ),
        ),
        "persona": PatientPersona(),
        "rubric": (
            CaseCriterion(
                id="ask-blood",
                text="Asks about blood in the sputum",
                kind="must_ask",
                weight=8,
                facts=("f2",),
            ),
            CaseCriterion(
                id="steroids",
                text="Starts oral steroids",
                kind="must_not",
                scope="turn",
                weight=-8,
                red_line=True,
            ),
            CaseCriterion(
                id="net",
                text="Says when to come back at once",
                kind="safety_net",
                weight=4,
            ),
        ),
        "budget": SessionBudget(turns=6),
    }
    return Case.model_validate(fields | changes)


def small_case_zh() -> Case:
    """The same in Chinese, told by the patient's mother."""
    facts = (
        Fact(
            id="f1",
            text="发热两天",
            lay="孩子发烧两天了。",
            domain="complaint",
            disclosure=0,
        ),
        Fact(
            id="f2",
            text="最高体温39.5℃",
            lay="最高烧到39.5度。",
            domain="symptom",
            critical=True,
            topics=("体温", "多少度", "最高"),
        ),
        Fact(
            id="f3",
            text="无抽搐",
            lay="没有抽过。",
            domain="symptom",
            polarity="denied",
            topics=("抽搐", "惊厥"),
        ),
        Fact(
            id="f4",
            text="尿量减少",
            lay="今天尿得少，尿布半天都是干的。",
            domain="symptom",
            critical=True,
            red_flag=True,
            topics=("小便", "尿量", "尿布"),
        ),
        Fact(
            id="f5",
            text="对青霉素过敏",
            lay="他对青霉素过敏。",
            domain="allergy",
            topics=("过敏",),
        ),
    )
    return Case(
        id="fever-zh",
        language="zh",
        demographics=Demographics(age="2岁", sex="male"),
        respondent="caregiver",
        relation="母亲",
        opener="医生您好，我儿子两岁，发烧两天了，怎么办？",
        facts=facts,
        unknown=(Unknown(topic="疫苗接种史"),),
        hidden=Hidden(
            diagnosis="急性化脓性中耳炎",
            aliases=("中耳炎",),
            measurements=(
                Measurement(
                    id="m1",
                    name="耳镜检查",
                    kind="examination",
                    result="右侧鼓膜充血膨隆",
                    aliases=("耳部检查",),
                ),
            ),
        ),
        persona=PatientPersona(temperament="overanxious"),
        rubric=(
            CaseCriterion(
                id="ask-urine", text="询问尿量", kind="must_ask", weight=8, facts=("f4",)
            ),
            CaseCriterion(
                id="aspirin", text="建议服用阿司匹林退热", kind="must_not", scope="turn", weight=-8
            ),
        ),
        budget=SessionBudget(turns=6),
    )


@dataclass(slots=True)
class Scripted:
    """A doctor that says these messages in turn, and the last one again and again."""

    messages: Sequence[str]
    name: str = "scripted"
    seen: list[tuple[Line, ...]] = field(default_factory=list)

    async def reply(self, lines: Sequence[Line], *, session: str, seed: int) -> DoctorReply:
        self.seen.append(tuple(lines))
        number = sum(line.speaker == "doctor" for line in lines)
        return DoctorReply(text=self.messages[min(number, len(self.messages) - 1)])


@dataclass(slots=True)
class Breaking:
    """A doctor that raises at one turn, once or always."""

    inner: Scripted
    error: Exception
    turn: int
    always: bool = False
    name: str = "scripted"

    async def reply(self, lines: Sequence[Line], *, session: str, seed: int) -> DoctorReply:
        number = sum(line.speaker == "doctor" for line in lines) + 1
        if number == self.turn:
            if not self.always:
                self.turn = 0
            raise self.error
        return await self.inner.reply(lines, session=session, seed=seed)


def whole(outcome: object) -> Session:
    assert isinstance(outcome, Session), outcome
    return outcome


@contextmanager
def prompts_seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """Every prompt that is sent to a model inside: its id, and all the text that the model gets."""
    seen: list[tuple[str, str]] = []
    fetch = Gateway.fetch

    async def spied(self, call, messages, *args, **kwargs):
        seen.append((call.prompt.id, "\n".join(str(message.text) for message in messages)))
        return await fetch(self, call, messages, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(Gateway, "fetch", spied)
        yield seen
