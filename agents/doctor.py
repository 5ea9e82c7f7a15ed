"""The doctor: whoever is tested. A doctor sees the conversation, and nothing of the case."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from medelphi.agents.seat import Work
from medelphi.knowledge.text import detect_language
from medelphi.prompts.library import PromptLanguage, PromptLibrary, RenderedPrompt
from medelphi.prompts.sections import section
from medelphi.schema import Line, Spending, Usage
from medelphi.schema.errors import ConfigurationError, EmptyReplyError, RefusalError
from medelphi.tools.doctors.messages import ChatMessage, chat_messages
from medelphi.tools.models import ModelOptions
from medelphi.tools.models.call import Call
from medelphi.tools.models.gateway import current
from medelphi.tools.models.registry import chat_model
from medelphi.tools.models.specs import PROVIDERS, provider
from medelphi.tools.profiles import Profile

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from medelphi.tools.doctors.endpoint import Endpoint
    from medelphi.tools.doctors.local import LocalDoctor

NODE = "doctor"
PERSON = "person"
"""The spec of a person, who is asked by an interrupt of the graph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorReply:
    """What a doctor said in one turn, and what it consumed."""

    text: str
    """May be empty."""
    work: Work = field(default_factory=Work)


class Doctor(Protocol):
    """Anything that can answer a patient."""

    @property
    def name(self) -> str:
        """How records name it: a model spec, an address, a callable's place."""
        ...

    async def reply(self, lines: Sequence[Line], *, session: str, seed: int) -> DoctorReply:
        """The next message of the doctor.

        Args:
            lines: The dialogue so far; the last line is not the doctor's.
            session: An id that is the same in all turns of a session and tells it from others. It
                holds nothing of the case.
            seed: Of the session.

        Raises:
            ProviderError: There is no usable reply.
        """
        ...


def doctor_of(spec: str, *, profile: Profile, prompts: PromptLibrary, turns: int) -> Doctor:
    """The doctor of a spec: a chat model, an ``http(s)://`` endpoint, or ``callable:module:name``.

    Args:
        profile: Says how chat models are called.
        prompts: Where a chat model's instructions come from.
        turns: Most messages that a doctor has; chat models are told.

    Raises:
        ConfigurationError: It cannot be used.
    """
    if spec.startswith(("http://", "https://")):
        from medelphi.tools.doctors.endpoint import Endpoint

        return EndpointDoctor(endpoint=Endpoint(url=spec))
    if spec.startswith("callable:"):
        from medelphi.tools.doctors.local import load

        return CallableDoctor(local=load(spec.removeprefix("callable:")))
    if spec == PERSON:
        raise ConfigurationError("a person is asked by the graph; no other doctor is made of it")
    if spec.partition(":")[0] not in PROVIDERS:
        raise ConfigurationError(
            f"unknown doctor {spec!r}; write provider:name with a provider of "
            f"{', '.join(PROVIDERS)}, e.g. offline:attentive, or an http(s) address, or "
            "callable:module:function"
        )
    options = profile.options(spec)
    if provider(spec) == "offline":
        _check_offline(spec)
    chat_model(spec, options)
    return ChatDoctor(model=spec, options=options, prompts=prompts, turns=turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDoctor:
    """A chat model that is told its part and shown the conversation."""

    model: str
    options: ModelOptions
    prompts: PromptLibrary
    turns: int

    @property
    def name(self) -> str:
        return self.model

    async def reply(self, lines: Sequence[Line], *, session: str, seed: int) -> DoctorReply:  # noqa: ARG002
        """As `Doctor.reply`. A refusal, and a reply without words, are silence: the model's doing.

        Raises:
            ProviderError: There is no usable reply.
            BudgetError: The run has used up its budget.
        """
        language = language_of(lines)
        rendered = self.prompts.get("doctor", language).render(
            limits=section("limits", "", turns=self.turns)
        )
        gateway = await current()
        call = Call(
            spec=self.model,
            options=self.options,
            prompt=rendered,
            model=gateway.model(self.model, self.options, None),
            messages=_messages(rendered, chat_messages(lines, language)),
            reply=None,
            sample=seed,
        )

        async def answer() -> tuple[str, Usage]:
            async with gateway.turn(call):
                if kept := await gateway.recall(call):
                    return kept.text.strip(), Usage(cache_hits=1)
                message, usage = await gateway.fetch(call, call.messages)
                await gateway.keep(call, message, usage)
                return message.text.strip(), usage

        try:
            text, usage = await gateway.through(answer())
        except (EmptyReplyError, RefusalError) as error:
            text, usage = "", error.usage
        spent = Spending(node=NODE, model=self.model, usage=usage)
        work = Work(spending=(spent,), prompts=((rendered.key, rendered.hash),))
        return DoctorReply(text=text, work=work)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointDoctor:
    """Whoever answers at an address. Nothing is known of what that costs."""

    endpoint: "Endpoint"

    @property
    def name(self) -> str:
        return self.endpoint.url

    async def reply(self, lines: Sequence[Line], *, session: str, seed: int) -> DoctorReply:
        """As `Doctor.reply`.

        Raises:
            ProviderError: There is no usable reply.
        """
        messages = chat_messages(lines, language_of(lines))
        text = await self.endpoint.reply(messages, session=session, seed=seed)
        return DoctorReply(text=text.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class CallableDoctor:
    """A function of the user's own."""

    local: "LocalDoctor"

    @property
    def name(self) -> str:
        return self.local.place

    async def reply(self, lines: Sequence[Line], *, session: str, seed: int) -> DoctorReply:  # noqa: ARG002
        """As `Doctor.reply`.

        Raises:
            ProviderError: There is no usable reply.
        """
        text = await self.local.reply(chat_messages(lines, language_of(lines)))
        return DoctorReply(text=text.strip())


def language_of(lines: Sequence[Line]) -> PromptLanguage:
    """The language of a dialogue: that of its first line, whatever comes later."""
    return "zh" if lines and detect_language(lines[0].text) == "zh" else "en"


def _messages(rendered: RenderedPrompt, chat: Sequence[ChatMessage]) -> "list[BaseMessage]":
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    system = "\n\n".join(filter(None, (rendered.system, rendered.user)))
    kinds = {"user": HumanMessage, "assistant": AIMessage}
    said = [kinds[message["role"]](content=message["content"]) for message in chat]
    return [SystemMessage(content=system), *said]


def _check_offline(spec: str) -> None:
    from medelphi.tools.offline.consultation.doctor import DOCTORS

    if spec.partition(":")[2] not in DOCTORS:
        known = ", ".join(f"offline:{name}" for name in DOCTORS)
        raise ConfigurationError(f"{spec!r} is no doctor; the offline doctors are {known}")
