"""The offline doctors: chat models that consult from the plain conversation alone.

``offline:attentive`` asks well and follows up what is dangerous, ``offline:hasty`` repeats itself
and concludes early, ``offline:curt`` asks little. They are baselines that scores must tell apart;
none of them knows medicine beyond the protocols of `interview`. The same conversation gives the
same reply.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import model_validator

from medelphi.knowledge.text import is_han
from medelphi.prompts.sections import parse
from medelphi.schema.errors import ConfigurationError
from medelphi.tools.offline.consultation.doctor_talk import Talk, read_talk
from medelphi.tools.offline.consultation.interview_plan import attentive, curt, hasty

DOCTORS: Mapping[str, Callable[[Talk], str]] = MappingProxyType(
    {"attentive": attentive, "hasty": hasty, "curt": curt}
)
"""Every offline doctor by name."""


class OfflineDoctorModel(BaseChatModel):
    """One offline doctor as a chat model."""

    variant: str = "attentive"
    """A name of `DOCTORS`."""

    @model_validator(mode="after")
    def _known(self) -> "OfflineDoctorModel":
        if self.variant not in DOCTORS:
            raise ConfigurationError(
                f"no offline doctor {self.variant!r}; there are {', '.join(DOCTORS)}"
            )
        return self

    @property
    def _llm_type(self) -> str:
        return "medelphi-offline-doctor"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"variant": self.variant}

    def bind_tools(self, *_: Any, **__: Any) -> Any:
        """Refused: a doctor only talks.

        Raises:
            ConfigurationError: Always.
        """
        raise ConfigurationError(
            f"offline:{self.variant} is a doctor for sessions and sits on no panel; "
            "choose offline:thorough there"
        )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        text = DOCTORS[self.variant](read_talk(_pairs(messages), _limit(messages)))
        given, written = sum(_tokens(str(m.text)) for m in messages), _tokens(text)
        message = AIMessage(
            content=text,
            usage_metadata={
                "input_tokens": given,
                "output_tokens": written,
                "total_tokens": given + written,
            },
            response_metadata={
                "model_name": f"offline:{self.variant}",
                "model_provider": "medelphi",
                "finish_reason": "stop",
            },
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


def _pairs(messages: Sequence[BaseMessage]) -> tuple[tuple[str, str], ...]:
    roles = {HumanMessage: "user", AIMessage: "assistant"}
    return tuple(
        (role, str(message.text))
        for message in messages
        for kind, role in roles.items()
        if isinstance(message, kind)
    )


def _limit(messages: Sequence[BaseMessage]) -> int | None:
    """The most turns, as the system message has it in its section of limits."""
    for message in messages:
        if isinstance(message, SystemMessage):
            for section in parse(str(message.text)):
                number = section.attributes.get("turns", "")
                if section.tag == "limits" and re.fullmatch(r"[0-9]{1,4}", number):
                    return int(number)
    return None


def _tokens(text: str) -> int:
    # As `tools.offline.model.count_tokens`, which imports this package.
    han = sum(map(is_han, text)) if not text.isascii() else 0
    return han + -(-(len(text) - han) // 4)
