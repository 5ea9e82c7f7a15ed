"""The model registry: a spec and its options become a LangChain chat model."""

import importlib
import os
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from medelphi.schema.errors import ConfigurationError
from medelphi.tools.models.options import ModelOptions
from medelphi.tools.models.specs import ADDRESSES, key, provider, thinks, uses_responses

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

ANTHROPIC_MAX_TOKENS = 16_384
"""Anthropic wants a limit in every request; our longest replies take about a third of this."""
_THINKING_ROOM = 16_384
_OLD_CLAUDE_MAX_TOKENS = {"claude-3-5-": 8192, "claude-3-7-": 16_384, "claude-3-": 4096}
"""By the beginning of the name, the longest reply that an old model may give."""
_OWN_FIELDS = {
    "model": "the model's spec",
    "messages": "a prompt",
    "input": "a prompt",
    "instructions": "a prompt",
    "system": "a prompt",
    "tools": "structured",
    "tool_choice": "structured",
    "response_format": "structured",
    "n": "more seats",
    "stream": "stream",
    "temperature": "temperature",
    "top_p": "top_p",
    "reasoning_effort": "effort",
    "max_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "api_key": "key_env",
    "authorization": "key_env",
}
"""Fields of the body that have a place of their own, and so none in ``extra``."""


def chat_model(spec: str, options: ModelOptions | None = None) -> "BaseChatModel":
    """A new chat model of a spec; makes a client, but calls nothing.

    It calls ``base_url`` or the provider itself, whose address is in `ADDRESSES`. Variables that
    move the SDKs elsewhere, as ``OPENAI_BASE_URL`` and ``ANTHROPIC_BASE_URL`` do, have no effect:
    cached replies, prices and records of a run say who answered by ``base_url`` alone.

    Raises:
        ConfigurationError: Unknown provider or model, no key in the environment, or an option
            that the provider does not know.
    """
    options = options or ModelOptions()
    kind, name = provider(spec), spec.partition(":")[2]
    if kind == "python":
        return _made_by(name)
    if kind == "offline":
        return _offline(name)
    _check(spec, options)
    try:
        model = _openai(spec, options) if kind == "openai" else _anthropic(spec, options)
        # The adapters refuse some combinations only when they build a request.
        model._get_request_payload("?")  # type: ignore[attr-defined]
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "options"
        raise _mistake(spec, _FIELDS.get(field, field), first["msg"]) from None
    except (ValueError, TypeError) as error:
        raise _mistake(spec, "options", str(error)) from None
    for field in ("temperature", "top_p"):
        wanted = getattr(options, field)
        if wanted is not None and getattr(model, field, wanted) != wanted:
            raise _mistake(spec, field, f"this model does not take {wanted}; leave it out")
    return model


_FIELDS = {"reasoning_effort": "effort", "model_kwargs": "extra", "extra_body": "extra"}
"""What a field of the adapters is called in a profile."""


def _openai(spec: str, options: ModelOptions) -> "BaseChatModel":
    from openai import DefaultAsyncHttpxClient

    from medelphi.tools.models.clients import OpenAIChat, no_page

    responses = uses_responses(spec, options)
    extra = dict(options.extra)
    settings: dict[str, Any] = {
        "model": spec.partition(":")[2],
        "api_key": key("openai", options),
        "base_url": options.base_url or ADDRESSES["openai"],
        "timeout": options.timeout,
        "stream_chunk_timeout": options.timeout,
        "max_retries": 0,
        "streaming": options.stream,
        "stream_usage": True,
        "use_responses_api": responses,
        "temperature": options.temperature,
        "top_p": options.top_p,
        "reasoning_effort": options.effort,
    }
    reasoning = extra.get("reasoning")
    if responses and isinstance(reasoning, dict):
        effort = {"effort": settings.pop("reasoning_effort")} if options.effort else {}
        settings["reasoning"] = reasoning | effort
        del extra["reasoning"]
    if options.base_url and not responses:
        # Not every server knows the field's new name, and they ignore what they do not know.
        extra |= {"max_tokens": options.max_tokens} if options.max_tokens else {}
    else:
        settings["max_tokens"] = options.max_tokens
    settings["extra_body"] = extra or None
    if "OPENAI_PROXY" not in os.environ:  # for which the adapter makes a client
        # One of its own: the adapter would share one with models of other event loops.
        settings["http_async_client"] = DefaultAsyncHttpxClient(
            timeout=options.timeout, event_hooks={"response": [no_page]}
        )
    return OpenAIChat(**{field: value for field, value in settings.items() if value is not None})


def _anthropic(spec: str, options: ModelOptions) -> "BaseChatModel":
    from medelphi.tools.models.clients import AnthropicChat

    extra = dict(options.extra)
    # The adapter reads a reply differently where it knows of these.
    known = {field: extra.pop(field, None) for field in ("thinking", "output_config", "betas")}
    settings: dict[str, Any] = {
        "model_name": spec.partition(":")[2],
        "api_key": key("anthropic", options),
        "base_url": options.base_url or ADDRESSES["anthropic"],
        "timeout": options.timeout,
        "max_retries": 0,
        "streaming": options.stream,
        "temperature": options.temperature,
        "top_p": options.top_p,
        "reasoning_effort": options.effort,
        "max_tokens": options.max_tokens or _anthropic_max_tokens(spec, options),
        "model_kwargs": {"extra_body": extra} if extra else {},
        **known,
    }
    return AnthropicChat(**{field: value for field, value in settings.items() if value is not None})


def _anthropic_max_tokens(spec: str, options: ModelOptions) -> int:
    name = spec.partition(":")[2]
    limit = next(
        (most for start, most in _OLD_CLAUDE_MAX_TOKENS.items() if name.startswith(start)),
        ANTHROPIC_MAX_TOKENS,
    )
    thinking = options.extra.get("thinking")
    budget = thinking.get("budget_tokens") if isinstance(thinking, dict) else None
    if isinstance(budget, int):
        return limit + budget
    return limit + _THINKING_ROOM if thinks(spec, options) else limit


def _check(spec: str, options: ModelOptions) -> None:
    """Refuse what the provider of a spec has no use for."""
    if options.api and provider(spec) != "openai":
        raise _mistake(spec, "api", "only openai models have two interfaces")
    for field in options.extra:
        if own := _OWN_FIELDS.get(field.lower()):
            raise _mistake(spec, f"extra.{field}", f"set {own} instead")
    for field, inner in (("text", "format"), ("output_config", "format")):
        value = options.extra.get(field)
        if value is not None and not isinstance(value, dict):
            raise _mistake(spec, f"extra.{field}", "write a table")
        if value and inner in value:
            raise _mistake(spec, f"extra.{field}.{inner}", "set structured instead")


def _mistake(spec: str, field: str, problem: str) -> ConfigurationError:
    line = " ".join(problem.split())
    return ConfigurationError(f'{spec}: {field}: {line} (in [models."{spec}"] or a role\'s table)')


def _offline(name: str) -> "BaseChatModel":
    from medelphi.tools.offline.consultation.doctor import DOCTORS, OfflineDoctorModel

    if name in DOCTORS:
        return OfflineDoctorModel(variant=name)
    from medelphi.tools.offline.model import OfflineChatModel

    return OfflineChatModel(variant=name)


def _made_by(path: str) -> "BaseChatModel":
    module, _, factory = path.partition(":")
    try:
        model: BaseChatModel = getattr(importlib.import_module(module), factory)()
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"cannot make the model 'python:{path}': {error}; "
            "write python:module:factory, the factory a function without arguments"
        ) from error
    return model
