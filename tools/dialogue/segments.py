"""A doctor's message in parts, each of which does one thing."""

import re
from dataclasses import dataclass

from medelphi.knowledge.text import sentences

CAP = 6_000
"""Characters of a message that are read."""
PARTS = 60
"""Most parts of one message."""

_LIST = re.compile(r"^\s*(?:[-*•·]|\(?\d{1,2}[.)、）]|[①-⑳])\s*")
_SPLIT = re.compile(
    r"(?<=[?？!！;；。])\s*|\n+"
    r"|,?\s+(?:and|but|also)\s+(?=(?:do|does|did|have|has|is|are|was|were|any|how|when|where|what|"
    r"which|who|why|can you|could you|are you|have you|let'?s|i'?d like|i'?ll|i will|i recommend|"
    r"please)\b(?! (?:more|less|well|much)\b))"
    r"|[，,；]\s*(?=(?:另外|还有|同时|那么|还想问|再问|请问|平时|以前|既往|家里|家族|有没有|是否|有无|"
    r"多久|什么时候|会不会|您有|你有|建议|我建议|需要做|先做|我给您|我给你|考虑|我考虑))"
    r"|(?<!\d),\s+(?!(?:do|does|did|is|are|was|have|has) (?:you|he|she|it|they"
    r"|there)\s*\?)(?=(?:do|does|did|have you|has (?:he|she|it)|is (?:it|there)|are (?:you"
    r"|there)|was it|"
    r"how (?:long|often|bad|much|many|severe)|when did|where (?:is|does)|what (?:makes|does|kind)|"
    r"which|who|why)\b)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|thank you|thanks|okay|ok"
    r"|alright|"
    r"right|i see|i understand|sorry|mom|mum|dad|sir|ma'?am|mrs?\.? \w+|ms\.? \w+|dear)"
    r"(?: (?:there|again|so much|very much|for (?:\w+ ){1,4}\w+))?\s*[,.!-]+\s*)+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One part of a message, in the doctor's own words."""

    text: str
    core: str
    """Without list marks and forms of address."""


def segments(message: str) -> tuple[Segment, ...]:
    """Split a message; of a huge one only the beginning is read."""
    found: list[Segment] = []
    for sentence in sentences(message[:CAP]):
        pieces = re.split(r"\n+", sentence)
        for piece in (part for line in pieces for part in _SPLIT.split(line) if part):
            text = _LIST.sub("", piece).strip()
            core = _GREETING.sub("", text).strip(" ,，")
            if any(character.isalnum() for character in text):
                found.append(Segment(text=text, core=core or text))
            if len(found) == PARTS:
                return tuple(found)
    return tuple(found)
