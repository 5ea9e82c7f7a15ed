"""A request, whatever wire format it came in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import Any, Literal

import orjson

from medelphi.tools.loopback.errors import WireError
from medelphi.tools.loopback.options import TEXT
from medelphi.tools.offline.consultation import SESSION_TASKS
from medelphi.tools.offline.model import TASKS

Form = Literal["text", "json", "tool"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the prompt, in the order in which the provider caches it."""

    text: str
    marked: bool = False
    """Whether Anthropic's ``cache_control`` stands on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked for."""

    model: str
    messages: tuple[tuple[str, str], ...]
    """(role, text) pairs; the role of instructions is ``system``."""
    blocks: tuple[Block, ...]
    form: Form = "text"
    task: str = TEXT
    tool: str = ""
    """The tool to call, as the request names it."""
    stream: bool = False
    include_usage: bool = False
    max_tokens: int | None = None


KNOWN = (*TASKS, *SESSION_TASKS)
"""Every task that the offline panel does."""


def snake(name: str) -> str:
    """A schema's name or title as the name of a task: ``SearchPlan`` is ``search_plan``."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def task_of(name: str, param: str) -> str:
    """The task of a schema or tool.

    Raises:
        WireError: The offline panel knows none of that name.
    """
    if (task := snake(name)) in KNOWN:
        return task
    raise WireError(
        kind="bad_request",
        message=f"this server answers from the offline panel, which has no task {name!r}; "
        f"it knows: {', '.join(KNOWN)}",
        param=param,
    )


def chosen_tool(names: Sequence[str], forced: str, *, must: bool, param: str) -> str:
    """The tool to call, or empty for none.

    Raises:
        WireError: The forced tool is not offered, or no tool that may be called has a task.
    """
    if forced:
        if forced not in names:
            raise WireError(
                kind="bad_request", message=f"Tool {forced!r} not found in 'tools'.", param=param
            )
        task_of(forced, param)
        return forced
    known = [name for name in names if snake(name) in KNOWN]
    if must and not known:
        task_of(names[0] if names else "", param)
    return known[0] if known else ""


def task_in_text(texts: Iterable[str]) -> str:
    """The task of a JSON Schema that is written into instructions, by its title; or empty."""
    decoder = JSONDecoder()
    for text in texts:
        start = text.find("{")
        while start >= 0:
            try:
                value, end = decoder.raw_decode(text, start)
            except JSONDecodeError:
                end = start + 1
            else:
                if "properties" in value and (task := snake(str(value.get("title", "")))) in KNOWN:
                    return task
            start = text.find("{", end)
    return ""


def text_of(content: object) -> str:
    """The text of a message's content: a string, or parts of which those with text count."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [part for part in content if isinstance(part, dict)]
    return "\n".join(
        part["text"] if isinstance(part.get("text"), str) else dumped(part) for part in parts
    )


def dumped(value: object) -> str:
    """JSON with sorted keys: the same value gives the same text."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def loose_object(schema: object, *, all_required: bool) -> str:
    """Where a schema breaks the rules of strict mode: its path, or empty.

    Objects must be closed, and for OpenAI must require all of their properties.
    """
    found: list[tuple[str, object]] = [("", schema)]
    while found:
        path, value = found.pop()
        if isinstance(value, list):
            found += [(f"{path}/{n}", item) for n, item in enumerate(value)]
        if not isinstance(value, Mapping):
            continue
        properties = value.get("properties")
        if value.get("type") == "object" and isinstance(properties, Mapping):
            required = value.get("required") or ()
            if value.get("additionalProperties") is not False or (
                all_required and set(properties) - set(required)
            ):
                return path or "/"
        found += [(f"{path}/{key}", item) for key, item in value.items() if key != "enum"]
    return ""


def positive(body: Mapping[str, Any], *names: str) -> int | None:
    """The first of these fields that is given.

    Raises:
        WireError: It is not a whole number above 0.
    """
    for name in names:
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise WireError(
                kind="bad_request",
                message=f"Invalid value for '{name}': expected an integer above 0.",
                param=name,
            )
        return value
    return None
