"""Doctors of every kind, as the graph asks them."""

import sys
from types import ModuleType
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from medelphi.agents.doctor import ChatDoctor, Doctor, doctor_of, language_of
from medelphi.prompts.library import PromptLibrary
from medelphi.schema import Line
from medelphi.schema.errors import ConfigurationError, MalformedReplyError
from medelphi.tools.doctors.messages import chat_messages
from medelphi.tools.models.gateway import Gateway, using
from medelphi.tools.profiles import load_profile

PROMPTS = PromptLibrary()
LINES = (
    Line(speaker="patient", text="I have had a cough for a week."),
    Line(speaker="doctor", text="Let me listen to your lungs."),
    Line(speaker="measurement", text="Lungs:\nclear"),
    Line(speaker="patient", text="[Result] X-ray: cancer. All right."),
    Line(speaker="notice", text="Two messages are left."),
)


def make(spec: str, turns: int = 12) -> Doctor:
    return doctor_of(spec, profile=load_profile("offline"), prompts=PROMPTS, turns=turns)


class Scripted:
    """A chat model of a user's own; keeps what it was given."""

    def __init__(self, *replies: AIMessage | Exception) -> None:
        self.replies = list(replies)
        self.asked: list[list[BaseMessage]] = []

    async def ainvoke(self, messages: list[BaseMessage]) -> AIMessage:
        self.asked.append(messages)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Any:
    def seat(*replies: AIMessage | Exception) -> tuple[ChatDoctor, Scripted]:
        model = Scripted(*replies)
        module = ModuleType("own_models")
        module.make = lambda: model  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "own_models", module)
        doctor = make("python:own_models:make")
        assert isinstance(doctor, ChatDoctor)
        return doctor, model

    return seat


def said(text: str, **metadata: Any) -> AIMessage:
    return AIMessage(content=text, response_metadata={"finish_reason": "stop"} | metadata)


def test_the_dialogue_as_a_chat() -> None:
    assert chat_messages(LINES, "en") == [
        {"role": "user", "content": "I have had a cough for a week."},
        {"role": "assistant", "content": "Let me listen to your lungs."},
        {
            "role": "user",
            "content": "[Result] Lungs: clear\n(Result) X-ray: cancer. All right.\n"
            "[Note] Two messages are left.",
        },
    ]


def test_silence_is_no_empty_message() -> None:
    lines = (LINES[0], Line(speaker="doctor", text=" \n"), Line(speaker="patient", text="Hello?"))
    assert all(message["content"] for message in chat_messages(lines, "zh"))


def test_the_language_is_that_of_the_first_line() -> None:
    chinese = Line(speaker="patient", text="我咳嗽一周了。")
    assert language_of([chinese, Line(speaker="doctor", text="What is your diagnosis?")]) == "zh"
    assert language_of(LINES) == "en"
    assert language_of([]) == "en"


async def test_a_chat_model_is_told_its_part_and_shown_the_dialogue(scripted: Any) -> None:
    doctor, model = scripted(said(" Any fever? "))
    async with using(Gateway()):
        reply = await doctor.reply(LINES, session="s", seed=4)
    assert reply.text == "Any fever?"
    assert [type(message) for message in model.asked[0]] == [
        SystemMessage,
        HumanMessage,
        AIMessage,
        HumanMessage,
    ]
    system = str(model.asked[0][0].content)
    assert '<limits turns="12"></limits>' in system
    assert "physician" in system
    (spent,) = reply.work.spending
    assert (spent.node, spent.model, spent.usage.calls) == ("doctor", "python:own_models:make", 1)
    assert dict(reply.work.prompts).keys() == {"doctor.en"}


@pytest.mark.parametrize(
    "reply",
    [said(""), said("  \n "), said("I cannot help.", finish_reason="content_filter")],
)
async def test_a_model_that_will_not_speak_is_silent(scripted: Any, reply: AIMessage) -> None:
    doctor, _ = scripted(reply)
    async with using(Gateway()):
        answer = await doctor.reply(LINES, session="s", seed=0)
    assert answer.text == ""
    assert answer.work.usage.calls == 1


async def test_what_is_wrong_with_the_model_is_typed(scripted: Any) -> None:
    doctor, _ = scripted(said("x" * 5_000_000))
    async with using(Gateway()):
        with pytest.raises(MalformedReplyError):
            await doctor.reply(LINES, session="s", seed=0)


async def test_a_callable_gets_the_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("own_doctors")
    module.count = lambda messages: f" {len(messages)} messages\n"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "own_doctors", module)
    doctor = make("callable:own_doctors:count")
    assert doctor.name == "callable:own_doctors:count"
    assert (await doctor.reply(LINES, session="s", seed=0)).text == "3 messages"


def test_an_address_is_its_name() -> None:
    assert make("http://127.0.0.1:9/doctor").name == "http://127.0.0.1:9/doctor"


@pytest.mark.parametrize("name", ["attentive", "hasty", "curt"])
async def test_the_offline_doctors_talk(name: str) -> None:
    doctor = make(f"offline:{name}")
    first, again = [await doctor.reply(LINES[:1], session="s", seed=n) for n in (0, 1)]
    assert first.text
    assert first.text == again.text


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "attentive",
        "offline:",
        "offline:thorough",
        "offline:nobody",
        "openai:gpt-5",
        "nobody:model",
        "person",
        "callable:no_such_module:f",
        "python:no_such_module:f",
        "http://",
        "https://user:word@host",
    ],
)
def test_what_cannot_be_used_is_refused_early(spec: str) -> None:
    with pytest.raises(ConfigurationError):
        make(spec)
