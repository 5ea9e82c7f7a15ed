"""What goes into a session: a case in whatever form it was given, and turns that it had before."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from pydantic import ValidationError

from medelphi.schema import Case, Failure, Turn
from medelphi.schema.errors import MedelphiError


async def as_case(value: Case | Mapping[str, Any] | str | None) -> Case | Failure:
    """The case: as it is, as JSON, or by the id of a built-in one."""
    try:
        if isinstance(value, Case):
            return value
        if isinstance(value, str):
            if not value.lstrip().startswith("{"):
                return await asyncio.to_thread(_built_in, value.strip())
            value = orjson.loads(value)
        return Case.model_validate(value)
    except (ValueError, MedelphiError) as error:
        reason = f"the case cannot be read: {_first(error)}"
        return Failure(query_id="?", kind="invalid_case", reason=reason, node="open")


def as_turns(values: Iterable[Turn | Mapping[str, Any]], case: Case) -> tuple[Turn, ...] | Failure:
    """Turns of a stored session of this case, numbered from 1."""
    try:
        turns = tuple(map(Turn.model_validate, values))
    except ValueError as error:
        reason = f"the earlier turns cannot be read: {_first(error)}"
        return Failure(query_id=case.id, kind="invalid_case", reason=reason, node="open")
    if [turn.number for turn in turns] != list(range(1, len(turns) + 1)):
        reason = "the earlier turns are not numbered 1, 2, 3 …; give them from the first one on"
        return Failure(query_id=case.id, kind="invalid_case", reason=reason, node="open")
    known = {fact.id for fact in case.facts}
    for turn in turns:
        if strange := sorted(set(turn.decision.tell) - known):
            reason = f"turn {turn.number} tells {strange[0]!r}, which is no fact of this case"
            return Failure(query_id=case.id, kind="invalid_case", reason=reason, node="open")
    return turns


def _built_in(name: str) -> Case:
    from medelphi.tools.cases.reading import CaseSet

    for draft in CaseSet.open(f"builtin:{name}"):
        made = draft.make()
        if isinstance(made, Case):
            return made
        raise ValueError(made.reason)
    raise ValueError(f"there is no built-in case {name!r}")


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}" if place else fault["msg"]
