"""A cast of instant models for consultations: replies of the right form at once.

Used by `sessions.py`. The replies are made from the tagged sections of the prompt.
"""

import re
import time
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage

from medelphi.tools.scripted import ScriptedChatModel

_FACT = re.compile(r'<fact id="([^"]+)"[^>]*>(.*?)</fact>', re.DOTALL)
_DOCTOR = re.compile(r"<doctor[^>]*>(.*?)</doctor>", re.DOTALL)
_CRITERION = re.compile(r'<criterion id="([^"]+)"')
_NUMBER = re.compile(r"question (\d+)")
QUESTIONS = 9
"""Turns with a question; the next one concludes."""
SPENT = {"models": 0.0}
"""Processor seconds spent in the models since the start of the process."""
TAGS = ("intent_recognition", "short_term_memory", "risk_control", "contextual_coreference")


def make() -> ScriptedChatModel:
    """A model for ``python:instant_session:make``."""
    return ScriptedChatModel(script=_reply)


def _reply(task: str | None, messages: Sequence[BaseMessage]) -> dict[str, Any] | str:
    started = time.thread_time()
    try:
        if task is None:
            return _doctor(messages)
        return _TASKS[task](str(messages[-1].content))
    finally:
        SPENT["models"] += time.thread_time() - started


def _doctor(messages: Sequence[BaseMessage]) -> str:
    number = sum(isinstance(message, AIMessage) for message in messages) + 1
    if number > QUESTIONS:
        return "You have a cold. Please rest, and come back if it gets worse. Goodbye."
    return f"Thank you for telling me. This is question {number}: what else have you noticed?"


def _understanding(text: str) -> dict[str, Any]:
    said = next(iter(_DOCTOR.findall(text)), "").strip()
    facts = [id_ for id_, _ in _FACT.findall(text)]
    number = _NUMBER.search(said)
    if number is None:
        acts = [_act("diagnosis", said, target="a cold"), _act("advice", said), _act("end", said)]
    else:
        reached = facts[int(number[1]) :][:1]
        acts = [_act("inquiry", said, specificity="specific", facts=reached)]
    return {"acts": acts}


def _act(kind: str, text: str, **fields: Any) -> dict[str, Any]:
    empty = {
        "specificity": None,
        "target": "",
        "facts": [],
        "unknown": [],
        "leading": False,
        "confrontational": False,
    }
    return {"kind": kind, "text": text} | empty | fields


def _utterance(text: str) -> dict[str, Any]:
    told = [{"text": lay.strip(), "facts": [id_]} for id_, lay in _FACT.findall(text)]
    return {"sentences": told or [{"text": "I don't know.", "facts": []}]}


def _turn_criteria(text: str) -> dict[str, Any]:
    return {
        "criteria": [
            {"text": f"Asks about matter {number}", "points": 5, "turn_tag": tag}
            for number, tag in enumerate(TAGS)
        ]
    }


def _verdicts(text: str) -> dict[str, Any]:
    return {
        "verdicts": [
            {"criterion_id": id_, "rationale": "It does.", "quote": None, "level": 1}
            for id_ in _CRITERION.findall(text)
        ]
    }


_TASKS = {
    "understanding": _understanding,
    "utterance": _utterance,
    "claims": lambda text: {"claims": []},
    "turn_criteria": _turn_criteria,
    "verdicts": _verdicts,
    "diagnosis_match": lambda text: {"rationale": "Another one.", "relation": "different"},
}
