"""Who uses which prompt, and with which variables: what code and prompt files agree on."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Where the code renders a prompt."""

    node: str
    """The node of the graph."""
    role: str
    """The role of the panel, as in a profile."""
    variables: frozenset[str]
    """What the code supplies; a prompt declares exactly these."""
    reply: str = ""
    """The tool that the model replies with; empty for free text."""
    graph: Literal["rubric", "score", "session"] = "rubric"
    """The graph that the node is of."""


def _use(node: str, role: str, *variables: str, reply: str = "") -> Use:
    asked = frozenset({"query", "conversation", *variables})
    graph: Literal["rubric", "score"] = "score" if role == "judges" else "rubric"
    return Use(node=node, role=role, variables=asked, reply=reply, graph=graph)


def _turn(node: str, role: str, *variables: str, reply: str = "") -> Use:
    return Use(node=node, role=role, variables=frozenset(variables), reply=reply, graph="session")


USES: Mapping[str, Use] = MappingProxyType(
    {
        "triage": _use("triage", "triage", "taxonomy", reply="triage"),
        "search": _use("research", "retriever", "topics", reply="search_plan"),
        "grade": _use(
            "research", "retriever", "topics", "searched", "evidence", reply="passage_grades"
        ),
        "propose_basic": _use("propose", "proposers", "evidence"),
        "propose_pro": _use("propose", "proposers", "evidence"),
        "propose_aha": _use("propose", "proposers", "evidence"),
        "distill": _use("distill", "aggregators", "candidates", "limits", reply="points"),
        "verify": _use("verify", "verifiers", "points", "evidence", reply="verifications"),
        "draft": _use("draft", "drafter", "points", "limits", reply="drafted_criteria"),
        "ballot": _use("ballot", "critics", "evidence", "criteria", reply="ballots"),
        "revise": _use(
            "revise", "drafter", "evidence", "criteria", "feedback", reply="revised_criteria"
        ),
        "judge_merits": _use("judge", "judges", "answer", "criteria", reply="verdicts"),
        "judge_faults": _use("judge", "judges", "answer", "criteria", reply="verdicts"),
        "doctor": _turn("doctor", "doctor", "limits"),
        "understand": _turn(
            "understand",
            "listener",
            "conversation",
            "doctor",
            "facts",
            "unknown",
            reply="understanding",
        ),
        "speak": _turn(
            "speak",
            "patient",
            "conversation",
            "doctor",
            "respondent",
            "facts",
            "unknown",
            "situation",
            "feedback",
            reply="utterance",
        ),
        "guard": _turn("guard", "guard", "respondent", "facts", "utterance", reply="claims"),
        "turn_criteria": _turn(
            "score_turn", "turn_drafter", "conversation", "ledger", "limits", reply="turn_criteria"
        ),
        "match_diagnosis": _turn("score_session", "judges", "diagnoses", reply="diagnosis_match"),
        "build_case": _turn("build_case", "case_builder", "record", "limits", reply="case_facts"),
    }
)
"""Every prompt id, in the order of the graphs."""
