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
