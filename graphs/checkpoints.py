"""Checkpoints: which of our types the states of the graphs hold, so that a checkpointer may load
them. ``langgraph.json`` names the same for the server."""

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from pydantic import BaseModel

from medelphi.graphs.score_state import ScoreState
from medelphi.graphs.session_state import SessionState
from medelphi.graphs.state import State

__all__ = ["checkpoint_types", "serializer"]


def checkpoint_types() -> list[tuple[str, str]]:
    """Module and name of every type of ours that a checkpoint may hold, sorted."""
    found: set[type] = set()
    for state in (State, ScoreState, SessionState):
        for hint in get_type_hints(state).values():
            found |= set(_ours(hint))
    return sorted((kind.__module__, kind.__qualname__) for kind in found)


def serializer() -> JsonPlusSerializer:
    """A serializer for a checkpointer of these graphs: it loads their types and no others of ours.

    ``graph.builder.compile(checkpointer=InMemorySaver(serde=serializer()))``
    """
    return JsonPlusSerializer(allowed_msgpack_modules=checkpoint_types())


def _ours(hint: Any) -> Iterator[type]:
    """The classes in a type hint. A record is stored with all that it holds, a dataclass is not."""
    for inner in get_args(hint):
        yield from _ours(inner)
    if not isinstance(hint, type) or not hint.__module__.startswith("medelphi."):
        return
    if issubclass(hint, BaseModel):
        yield hint
    elif is_dataclass(hint):
        yield hint
        for inner in get_type_hints(hint).values():
            yield from _ours(inner)
