"""The ``offline:`` chat models: an extractive, deterministic baseline, not a language model.

They read the tagged sections of a rendered prompt and do the task of the tool that is bound to
them. Without a tool they write a candidate. Nothing is random: the same prompt gives the same
reply.
"""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import model_validator

from medelphi.knowledge.text import is_han
from medelphi.prompts.sections import parse
from medelphi.schema.errors import ConfigurationError
from medelphi.tools.offline import panel
from medelphi.tools.offline.ballot import rate
from medelphi.tools.offline.consultation import SESSION_TASKS
from medelphi.tools.offline.distill import distill
from medelphi.tools.offline.draft import draft
from medelphi.tools.offline.judge import verdicts
from medelphi.tools.offline.panel import Variant
from medelphi.tools.offline.propose import propose
from medelphi.tools.offline.research import grade_passages, plan_search
from medelphi.tools.offline.revise import revise
from medelphi.tools.offline.task import Task, read_task
from medelphi.tools.offline.triage import triage
from medelphi.tools.offline.verify import verify

TASKS: dict[str, Callable[[Task, Variant], dict[str, Any]]] = {
    "triage": triage,
    "search_plan": plan_search,
    "passage_grades": grade_passages,
    "points": distill,
    "verifications": verify,
    "drafted_criteria": draft,
    "ballots": rate,
    "revised_criteria": revise,
    "verdicts": verdicts,
}
"""Every structured task by the name of its tool."""

_PERSONAS = (
    ("pro", ("clinical depth", "临床深度")),
    ("aha", ("your part: insight", "你的任务：洞见")),
)


class OfflineChatModel(BaseChatModel):
    """One variant of the offline panel as a chat model."""

    variant: str = "thorough"
    """A name of ``panel.VARIANTS``."""

    @model_validator(mode="after")
    def _known(self) -> "OfflineChatModel":
        panel.variant(self.variant)
        return self

    @property
    def _llm_type(self) -> str:
        return "medelphi-offline"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"variant": self.variant}

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind the tool whose task is to be done: pydantic classes or OpenAI dicts.

        Raises:
            ConfigurationError: There is no task of that tool's name.
        """
        names = [_tool_name(tool) for tool in tools]
        name = tool_choice if tool_choice in names else names[0] if names else ""
        if name not in TASKS and name not in SESSION_TASKS:
            known = ", ".join((*TASKS, *SESSION_TASKS))
            raise ConfigurationError(f"the offline panel has no task {name!r}; it knows: {known}")
        return self.bind(task=name, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        return self._reply(messages, kwargs.get("task"))

    def _reply(self, messages: Sequence[BaseMessage], name: str | None) -> ChatResult:
        weights = panel.variant(self.variant)
        asked = "\n".join(str(m.text) for m in messages if isinstance(m, HumanMessage))
        content, calls = "", []
        if name is None:
            task = read_task(asked)
            content = propose(task, weights, task.limits.get("persona") or _persona(messages))
            said = content
        else:
            if name in SESSION_TASKS:
                arguments = SESSION_TASKS[name](parse(asked))
            else:
                arguments = TASKS[name](read_task(asked), weights)
            calls = [
                {"name": name, "args": arguments, "id": f"offline-{name}", "type": "tool_call"}
            ]
            said = orjson.dumps(arguments).decode()
        given, written = sum(count_tokens(str(m.text)) for m in messages), count_tokens(said)
        message = AIMessage(
            content=content,
            tool_calls=calls,
            usage_metadata={
                "input_tokens": given,
                "output_tokens": written,
                "total_tokens": given + written,
            },
            response_metadata={
                "model_name": f"offline:{self.variant}",
                "model_provider": "medelphi",
                "finish_reason": "tool_calls" if calls else "stop",
            },
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


def count_tokens(text: str) -> int:
    """An estimate: one token for each Chinese character, one for every four other characters."""
    han = sum(map(is_han, text)) if not text.isascii() else 0
    return han + -(-(len(text) - han) // 4)


def _tool_name(tool: dict[str, Any] | type | Callable[..., Any] | BaseTool) -> str:
    if isinstance(tool, type):
        name = tool.__name__
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
    return str(convert_to_openai_tool(tool)["function"]["name"])


def _persona(messages: Sequence[BaseMessage]) -> str:
    """The persona that the system prompt asks for, by the heading of its part; else basic."""
    system = "\n".join(str(m.text) for m in messages if isinstance(m, SystemMessage)).lower()
    return next((name for name, marks in _PERSONAS if any(m in system for m in marks)), "basic")
