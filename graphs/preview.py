"""What a model would be sent: a prompt as the graph fills it for a query."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

from medelphi.graphs.cast import seat_cast
from medelphi.graphs.context import Context
from medelphi.graphs.panel import seat_panel
from medelphi.graphs.rubric import RECURSION_LIMIT, graph
from medelphi.graphs.score import graph as score_graph
from medelphi.graphs.score_context import ScoreContext
from medelphi.graphs.score_state import Exam
from medelphi.graphs.session import graph as session_graph
from medelphi.graphs.session_context import SessionContext
from medelphi.prompts.library import RenderedPrompt, recorded
from medelphi.prompts.uses import USES
from medelphi.schema import Case, Query
from medelphi.schema.errors import InputError

_WHY_NOT = {
    "revise": ", as no criterion stayed in dispute",
    "judge_faults": ", as the rubric has no pitfall",
}
_WHY_NOT_IN_SESSIONS = {
    "guard": "code checks what an offline patient says; name a --profile with a model as guard",
    "match_diagnosis": "code compares names for offline judges; name a --profile with a model",
    "build_case": "it is used by 'medelphi cases build'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The calls of one step of the graph that a prompt was rendered for."""

    calls: tuple[RenderedPrompt, ...]
    """At least one; those of several seats differ in what each of them is shown."""
    profile: str
    """The panel that made the sections of earlier nodes."""
    index: str
    """Fingerprint of the guideline index."""


async def preview(id: str, query: Query, context: Context) -> Preview:  # noqa: A002
    """Run the graph on a query up to the step that renders the prompt.

    Nothing is made up: sections that come from earlier nodes are what the panel of the context
    gave there. An answer to judge is the panel's first candidate.

    Raises:
        InputError: The graph ended this query without a use for the prompt; says why.
        MedelphiError: The settings cannot be used.
    """
    panel = await seat_panel(context)
    result: dict[str, Any] = {}
    with recorded() as rendered:
        steps = graph.astream(
            {"query": query},
            context=context,
            config={"recursion_limit": RECURSION_LIMIT},
            stream_mode="values",
            output_keys=list(graph.channels),
        )
        async with aclosing(cast("AsyncGenerator[dict[str, Any]]", steps)) as states:
            async for state in states:
                result = state
                if any(prompt.id == id for prompt in rendered):
                    break
        if USES[id].graph == "score" and result.get("rubric"):
            exam: Exam = {"rubric": result["rubric"], "answer": result["candidates"][0].text}
            await score_graph.ainvoke(exam, context=_scoring(context))
    calls = tuple(prompt for prompt in rendered if prompt.id == id)
    if not calls:
        failure = result.get("failure")
        reason = (
            f"it ended in {failure.node!r}: {failure.reason}"
            if failure
            else f"it came to its rubric without the node {USES[id].node!r}" + _WHY_NOT.get(id, "")
        )
        raise InputError(
            f"the panel {panel.profile.name!r} does not use the prompt {id!r} for the query "
            f"{query.id!r}: {reason}; try another query"
        )
    return Preview(calls=calls, profile=panel.profile.name, index=panel.index.fingerprint)


async def preview_case(id: str, case: Case, context: SessionContext) -> Preview:  # noqa: A002
    """Hold a consultation up to the step that renders the prompt.

    Raises:
        InputError: The consultation had no use for the prompt; says why.
        MedelphiError: The settings cannot be used.
    """
    cast_ = await seat_cast(context)
    with recorded() as rendered:
        steps = session_graph.astream({"case": case}, context=context, stream_mode="updates")
        async with aclosing(cast("AsyncGenerator[dict[str, Any]]", steps)) as updates:
            async for _ in updates:
                if any(prompt.id == id for prompt in rendered):
                    break
    calls = tuple(prompt for prompt in rendered if prompt.id == id)
    if not calls:
        why = _WHY_NOT_IN_SESSIONS.get(id, "try another case")
        raise InputError(
            f"the cast {cast_.profile.name!r} does not use the prompt {id!r} in the case "
            f"{case.id!r}: {why}"
        )
    return Preview(calls=calls, profile=cast_.profile.name, index="")


def _scoring(context: Context) -> ScoreContext:
    return ScoreContext(profile=context.profile, prompts=context.prompts)
