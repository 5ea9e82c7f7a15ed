"""Answers of the offline panel to requests of any model name."""

from functools import lru_cache
from hashlib import sha256
from json import dumps

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from medelphi.tools.loopback.asked import Ask
from medelphi.tools.offline.consultation.doctor import DOCTORS, OfflineDoctorModel
from medelphi.tools.offline.model import OfflineChatModel, count_tokens
from medelphi.tools.offline.panel import VARIANTS

MODELS = tuple(VARIANTS)


def variant_of(model: str) -> str:
    """The variant that answers for a model: its own name, or one that always stands for it."""
    if model in VARIANTS:
        return model
    return MODELS[sha256(model.encode()).digest()[0] % len(MODELS)]


def answer(ask: Ask) -> str:
    """The offline panel's answer: text, or the JSON of a structured reply.

    A model that has the name of an offline doctor answers as that doctor.
    """
    messages = [_message(role, text) for role, text in ask.messages]
    if ask.form == "text" and ask.model in DOCTORS:
        return OfflineDoctorModel(variant=ask.model).invoke(messages).text
    panel = _panel(variant_of(ask.model))
    if ask.form == "text":
        return panel.invoke(messages).text
    message = panel.invoke(messages, task=ask.task)
    return dumps(message.tool_calls[0]["args"], ensure_ascii=False)


def input_tokens(ask: Ask) -> int:
    return sum(count_tokens(block.text) for block in ask.blocks)


def cut_to(text: str, tokens: int) -> str:
    """The beginning of a text that counts no more tokens than that."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count_tokens(text[:middle]) <= tokens else (low, middle - 1)
    return text[:low]


@lru_cache(maxsize=len(MODELS))
def _panel(variant: str) -> OfflineChatModel:
    return OfflineChatModel(variant=variant)


def _message(role: str, text: str) -> BaseMessage:
    if role == "system":
        return SystemMessage(text)
    return AIMessage(text) if role == "assistant" else HumanMessage(text)
