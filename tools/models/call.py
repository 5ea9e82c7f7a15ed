"""One question to one model, and the time that is left for it."""

import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import BaseModel

from medelphi.prompts.library import RenderedPrompt
from medelphi.schema.errors import DeadlineError, TimeUpError
from medelphi.tools.models.cache import request_key
from medelphi.tools.models.options import ModelOptions
from medelphi.tools.models.specs import provider
from medelphi.tools.models.structured import shaping

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.runnables import Runnable


QUERY_ENDS: ContextVar[float | None] = ContextVar("query_ends", default=None)
"""When the time of the query under way is up, on the monotonic clock; None without a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One question to one model."""

    spec: str
    options: ModelOptions
    prompt: RenderedPrompt
    model: "Runnable[list[BaseMessage], AIMessage]"
    messages: "list[BaseMessage]"
    reply: type[BaseModel] | None
    """The schema of the reply; None for free text."""
    sample: int
    """Tells apart calls that are otherwise equal, and shall not share a reply."""

    @property
    def local(self) -> bool:
        """Whether the model is part of this process, and cannot be out of reach."""
        return provider(self.spec) == "offline"

    @property
    def endpoint(self) -> str:
        """Who limits the rate: a server, or a provider for each model on its own."""
        return self.options.base_url or self.spec

    @property
    def key(self) -> str:
        """Its key in the response cache."""
        schema = self.reply.model_json_schema() if self.reply else None
        content: list[dict[str, Any]] = [
            {"role": message.type, "content": message.content} for message in self.messages
        ]
        shaped = shaping(self.spec, self.options)
        return request_key(self.spec, shaped, content, schema, self.sample)


@dataclass(frozen=True, slots=True)
class Clock:
    """When a call must end: by its own deadline, or with its query."""

    deadline: float
    query_ends: float | None

    @classmethod
    def start(cls, options: ModelOptions) -> "Clock":
        return cls(time.monotonic() + options.deadline, QUERY_ENDS.get())

    def __call__(self) -> float:
        """Seconds left, never below zero."""
        ends = self.deadline if self.query_ends is None else min(self.deadline, self.query_ends)
        return max(0.0, ends - time.monotonic())

    def over(self, model: str, said: str) -> DeadlineError:
        """The error of a call whose time is up: whose clock was it?"""
        if self.query_ends is not None and time.monotonic() >= self.query_ends:
            options = "--query-timeout, --answer-timeout or --session-timeout"
            return TimeUpError(f"its time is up; raise {options}", model=model)
        return DeadlineError(said, model=model)


def tokens_of(messages: "list[BaseMessage]") -> int:
    """An estimate of the input: a token for every three bytes, more than in most texts."""
    return sum(len(orjson.dumps(message.content)) for message in messages) // 3
