"""Tagged sections: how outside text enters a prompt, and how it is read back.

Every text that is not ours (a query, a guideline, a model's answer) stands between tags of a
closed set, and cannot leave them: inside, whatever looks like one of our tags is defused. What
looks like a tag to a reader is wider than what ``parse`` accepts: letter case, full-width forms,
spaces and invisible characters do not help.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from types import MappingProxyType

TAGS: tuple[str, ...] = (
    "query",
    "conversation",
    "turn",
    "taxonomy",
    "topics",
    "searched",
    "evidence",
    "candidate",
    "point",
    "quote",
    "answer",
    "criterion",
    "feedback",
    "limits",
    "doctor",
    "respondent",
    "fact",
    "unknown",
    "situation",
    "utterance",
    "ledger",
    "record",
    "diagnosis",
)
"""Every tag name that a prompt may hold."""

NESTING: Mapping[str, str] = MappingProxyType({"conversation": "turn"})
"""The tags that hold sections instead of text, and which."""

_INVISIBLE = r"[\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*+"
_LOOKS_LIKE_TAG = re.compile(
    rf"[<\uff1c\ufe64](?={_INVISIBLE}(?:[/\uff0f\\]{_INVISIBLE})?+(?:"
    + "|".join(
        _INVISIBLE.join(f"[{letter}{chr(ord(letter) + 0xFEE0)}]" for letter in tag) for tag in TAGS
    )
    + "))",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r' ([a-z][a-z0-9_]*)="([^"<>\r\n]*)"')
_SECTION = re.compile(
    rf"<({'|'.join(TAGS)})((?:{_ATTRIBUTE.pattern.replace('(', '(?:')})*)>(.*?)</\1>", re.DOTALL
)
_ATTRIBUTE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One tagged section, read back."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    content: str = ""
    """The text between the tags, as it stands there."""
    children: tuple["Section", ...] = ()
    """The turns of a conversation; empty for every other tag."""


def neutralise(text: str) -> str:
    """Defuses everything in outside text that looks like one of our tags.

    The opening angle bracket becomes ``‹``; nothing else changes, so the text keeps its length
    and other angle brackets ("BP < 140") stay as they are. Idempotent.
    """
    return _LOOKS_LIKE_TAG.sub("‹", text)


def section(tag: str, content: str, /, **attributes: str | int | float | None) -> str:
    """Renders outside text as one section.

    Args:
        tag: One of ``TAGS`` that holds text (for a conversation: ``conversation``).
        content: The outside text; neutralised here.
        attributes: In the order given. None leaves an attribute out.

    Raises:
        ValueError: A tag or attribute name that ``parse`` would not read back.
    """
    if tag in NESTING or tag not in TAGS:
        raise ValueError(f"{tag!r} is no tag that holds text; tags: {', '.join(TAGS)}")
    return f"<{tag}{_attributes(attributes)}>{neutralise(content)}</{tag}>"


def conversation(turns: Iterable[tuple[str, str]], /) -> str:
    """Renders the earlier turns of a conversation, each a (role, text) pair.

    Returns:
        The conversation section, or an empty string when there is no turn.
    """
    lines = [section("turn", text, role=role) for role, text in turns]
    return "\n".join(["<conversation>", *lines, "</conversation>"]) if lines else ""


def parse(text: str) -> tuple[Section, ...]:
    """Reads the sections of a rendered prompt, in order; text around them is skipped.

    Attributes come back as they were given to ``section`` (as text), contents neutralised.
    A tag without its end is not a section.
    """
    found = []
    for match in _SECTION.finditer(text):
        tag, attributes, content = match.groups()
        inner = NESTING.get(tag)
        found.append(
            Section(
                tag=tag,
                attributes={k: unescape(v) for k, v in _ATTRIBUTE.findall(attributes)},
                content=content,
                children=tuple(s for s in parse(content) if s.tag == inner) if inner else (),
            )
        )
    return tuple(found)


def _attributes(attributes: Mapping[str, str | int | float | None]) -> str:
    rendered = []
    for name, value in attributes.items():
        if not _ATTRIBUTE_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no attribute name: lower-case letters, digits and _")
        if value is not None:
            rendered.append(f' {name}="{str(value).translate(_ESCAPES)}"')
    return "".join(rendered)
