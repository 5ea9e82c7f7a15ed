"""Typed failures: of one branch, of a query without a quorum, of a whole query."""

import structlog

from medelphi.agents.seat import Seat, Work
from medelphi.graphs.state import State
from medelphi.schema import Failure, Query
from medelphi.schema.errors import ProviderError

SOFT = frozenset({"malformed", "truncated", "empty", "refusal", "content_filter"})
"""Kinds of failure that are of one reply. After any other, further calls would fail as well."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger("rubric")


def branch_failure(query: Query, node: str, seat: Seat, error: ProviderError) -> Failure:
    """The record of a model call that gave no usable reply."""
    _log.warning(
        "branch_failed",
        query=query.id,
        node=node,
        model=seat.model,
        kind=error.kind,
        reason=str(error),
    )
    return Failure.model_validate(
        {
            "query_id": query.id,
            "kind": error.kind,
            "reason": str(error),
            "node": node,
            "model": seat.model,
            "retryable": error.retryable,
        }
    )


def no_quorum(state: State, node: str, needed: int, seated: int) -> Failure:
    """Why a query ends: too few seats answered in a node. Where all lacked a key, that is why."""
    branches = [failure for failure in state.get("failures", []) if failure.node == node]
    why = "; ".join(dict.fromkeys(failure.reason for failure in branches)) or "no usable replies"
    refused = bool(branches) and all(failure.kind in {"auth", "quota"} for failure in branches)
    return Failure(
        query_id=state["query"].id,
        kind=branches[0].kind if refused else "quorum",
        reason=f"fewer than {needed} of {seated} answered in {node}: {why}",
        node=node,
        retryable=any(failure.retryable for failure in branches),
    )


def whole_failure(failure: Failure, state: State) -> Failure:
    """The failure of a whole query, with the query and what it consumed."""
    query, work = state.get("query"), state.get("work", Work())
    known = query if isinstance(query, Query) else None
    return failure.model_copy(
        update={"query": known, "usage": work.usage, "spending": work.spending}
    )
