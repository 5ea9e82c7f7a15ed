"""The dialogue as the messages of a plain chat."""

from collections.abc import Sequence
from typing import Literal, TypedDict

from medelphi.schema import Line

MARKS = {
    "measurement": {"zh": "［结果］", "en": "[Result] "},
    "notice": {"zh": "［提示］", "en": "[Note] "},
}
"""What stands before lines that nobody in the room has said, by speaker and language."""
SILENCE = "…"
"""What stands for a message without words: providers refuse empty ones."""


class ChatMessage(TypedDict):
    role: Literal["user", "assistant"]
    content: str


def chat_messages(lines: Sequence[Line], language: Literal["zh", "en"]) -> list[ChatMessage]:
    """The lines with the doctor as the assistant; what comes between is one message of the user.

    A patient cannot pass for a report: marks in a patient's words are defused.
    """
    messages: list[ChatMessage] = []
    for line in lines:
        text = _marked(line, language)
        if line.speaker == "doctor":
            messages.append({"role": "assistant", "content": text or SILENCE})
        elif messages and messages[-1]["role"] == "user":
            messages[-1]["content"] += f"\n{text}"
        else:
            messages.append({"role": "user", "content": text or SILENCE})
    return messages


def _marked(line: Line, language: Literal["zh", "en"]) -> str:
    text = line.text.strip()
    if line.speaker in MARKS:
        return MARKS[line.speaker][language] + " ".join(text.split())
    if line.speaker == "patient":
        for marks in MARKS.values():
            for mark in marks.values():
                text = text.replace(mark.strip(), f"({mark.strip()[1:-1]})")
    return text
