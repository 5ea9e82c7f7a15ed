"""Whether the words of a record support a statement: its quote, its figures, its subject."""

import re

from medelphi.knowledge.text import IDLE, is_han, tokens
from medelphi.schema import Evidence, Language, Source
from medelphi.tools.dialogue.wording import denies, numbers
from medelphi.tools.grounding import locate

_HEADINGS = (
    "patient man woman boy girl child infant mother father report deny denied state complain "
    "complaint describe mention note present history no not none never without 患者 患儿 自述 "
    "主诉 否认 没有 现病 病史"
)
_OF_RECORDS = frozenset(_HEADINGS.split())
"""Words of any record, which tell nothing of what a statement is about."""
_UNPROVOKED = re.compile(
    r"无明显(?:诱因|原因)(?:下|地)?|(?:without|with no|for no) (?:an? )?"
    r"(?:obvious|apparent|clear|known) (?:triggers?|reasons?|causes?)",
    re.IGNORECASE,
)


def unprovoked(text: str) -> str:
    """A text without "for no apparent reason", which denies no complaint."""
    return _UNPROVOKED.sub("", text)


def stands(quote: str, record: str) -> tuple[int, int] | None:
    """Where a quote stands in a record: verbatim however short, or nearly if it is long enough.

    One that is not verbatim has the same figures and denies as often.
    """
    words = quote.strip(" \t\n\"'“”‘’「」…").split()
    if sum(2 if is_han(c) else c.isalnum() for c in "".join(words)) < 4:
        return None
    edges = [r"(?<!\w)" if words[0][0].isascii() and words[0][0].isalnum() else ""]
    edges.append(r"(?!\w)" if words[-1][-1].isascii() and words[-1][-1].isalnum() else "")
    pattern = edges[0] + r"\s+".join(map(re.escape, words)) + edges[1]
    if match := re.search(pattern, record, re.IGNORECASE):
        return match.span()
    whole = Source(id="record", title="record")
    found = locate(quote, Evidence(id="record", text=record, hash="", source=whole))
    if found is None or denies(quote) != denies(found.quote):
        return None
    return found.start, found.end


def _content(text: str) -> frozenset[str]:
    """The words that say something; of Chinese the pairs of characters."""
    words = frozenset(tokens(text)) - IDLE - _OF_RECORDS
    return frozenset(w for w in words if len(w) > 1 or not is_han(w)) or words


def share(part: str, whole: str) -> float:
    """Share of the words of one text that stand in the other."""
    words = _content(part)
    return len(words & _content(whole)) / len(words) if words else 0.0


def supported(text: str, quote: str) -> bool:
    """Whether a statement shares a word with a quote."""
    return bool(_content(text) & _content(quote)) or not _content(text)


def same_figures(text: str, quote: str) -> bool:
    """Whether every figure of a statement is in a quote."""
    return numbers(text).keys() <= numbers(quote).keys()


def foreign(quote: str, language: Language) -> bool:
    """Whether a quote is in another script than the case."""
    return any(map(is_han, quote)) != (language == "zh")
