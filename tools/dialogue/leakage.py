"""Finding hidden strings in a text, however they are spelt.

Spacing, case, full-width forms, punctuation between letters, small misspellings, single telling
words, initials, and names in the other language do not help to hide them.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from medelphi.knowledge.lexicon import expand, find_concepts
from medelphi.knowledge.text import IDLE, is_han, tokens
from medelphi.schema import Hidden
from medelphi.tools.cases.short_names import is_complaint
from medelphi.tools.dialogue.wording import numbers
from medelphi.tools.offline.words import rarity

_GENERIC_TEXT = """
disease syndrome disorder acute chronic type infection cancer carcinoma tumor tumour fracture
injury failure primary secondary mild severe moderate early late stage grade left right upper
lower bilateral recurrent idiopathic congenital acquired community hospital associated induced
related due with without unspecified of and the in to reaction deficiency pain ache lesion skin
heart lung liver kidney brain chest abdominal head neck back blood bone muscle nerve joint eye
eyes ear nose throat stomach bowel mixed simple complex multiple single general generalized
localized systemic familial benign malignant normal abnormal positive negative adult child
childhood infant newborn pregnancy male female drug medication effect effects insufficiency
inflammatory inflammation swelling fever cough rash bleeding
"""
_GENERIC = frozenset(_GENERIC_TEXT.split())
_GENERIC_HAN = re.compile(
    r"^(?:急性|慢性|原发性?|继发性?|先天性|获得性|社区获得性|单纯性?|复发性|特发性|妊娠期?|小儿|"
    r"老年性?|轻度|中度|重度|左侧?|右侧?|双侧?|[一二三12１２ⅠⅡI]+[型期]|功能性|病毒性|细菌性|"
    r"过敏性)+|(?:综合征|综合症|发作期?|急性期|可能性?大?|待查)$"
)
_PIECE = re.compile(r"[,;，；。、\n]|\.(?=\s|$)")
_LEAST_COMPACT = 8
_NEARLY = 88
_COVERED = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    compact: str
    pattern: re.Pattern[str] | None
    """For names too short to be looked for across words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    compact: str
    content: frozenset[str]
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Secrets:
    names: tuple[_Name, ...]
    words: tuple[str, ...]
    """Words that name the diagnosis by themselves."""
    initials: tuple[str, ...]
    pieces: tuple[_Piece, ...]
    """Statements of results and of what is withheld."""


def leaks(text: str, hidden: Hidden, visible: str) -> bool:
    """Whether a text holds something of what is hidden.

    Args:
        visible: All that may be said: a word that stands there gives nothing away by itself, while
            the diagnosis and its names always do.
    """
    return names_diagnosis(text, hidden, visible) or _tells_result(text, hidden, visible)


def names_diagnosis(text: str, hidden: Hidden, visible: str = "") -> bool:
    """Whether a text names the diagnosis, or gives it away by one telling word."""
    secrets = _secrets(hidden)
    if not secrets.names:
        return False
    shown = compact(text)
    folded = unicodedata.normalize("NFKC", text)
    for name in secrets.names:
        if name.pattern.search(folded) if name.pattern else name.compact in shown:
            return True
    allowed = compact(visible)
    if any(word in shown and word not in allowed for word in secrets.words):
        return True
    if any(
        re.search(rf"(?<![A-Za-z]){word}(?![A-Za-z])", folded) and word not in visible
        for word in secrets.initials
    ):
        return True
    return _misspelt(folded, shown, secrets, visible)


@lru_cache(maxsize=8192)
def compact(text: str) -> str:
    """Letters and digits alone, folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def _misspelt(folded: str, shown: str, secrets: _Secrets, visible: str) -> bool:
    known = {token.casefold() for token in re.findall(r"[^\W\d_]+", visible)}
    said = [word for word in re.findall(r"[^\W\d_][\w]*", folded.casefold()) if word not in known]
    for word in secrets.words:
        if word.isascii() and len(word) >= 7:
            for other in said:
                near = abs(len(other) - len(word)) <= 2 and other[0] == word[0]
                if near and fuzz.ratio(word, other) >= _NEARLY:
                    return True
    allowed = compact(visible)
    for name in secrets.names:
        least = 6 if is_han(name.compact[0]) else 12
        if len(name.compact) < least or len(name.compact) > len(shown):
            continue
        if fuzz.partial_ratio(name.compact, shown) >= _NEARLY:
            found = fuzz.partial_ratio_alignment(name.compact, shown)
            if found and shown[found.dest_start : found.dest_end] not in allowed:
                return True
    return False


def _tells_result(text: str, hidden: Hidden, visible: str) -> bool:
    secrets = _secrets(hidden)
    if not secrets.pieces:
        return False
    shown, allowed = compact(text), compact(visible)
    said, known = _content(text), _content(visible)
    figures = {n for n in numbers(text) if "." in n or len(n) > 2} - set(numbers(visible))
    for piece in secrets.pieces:
        whole, telling = piece.compact, piece.content - known
        least = 5 if any(map(is_han, whole)) else _LEAST_COMPACT
        if len(whole) >= least and telling and whole in shown and whole not in allowed:
            return True
        if figures & piece.numbers:
            return True
        if len(telling) >= 3 and len(telling & said) >= _COVERED * len(telling):
            return True
    return False


@lru_cache(maxsize=4096)
def _content(text: str) -> frozenset[str]:
    return frozenset(
        token
        for token in tokens(text)
        if token not in IDLE and (len(token) > 2 or (len(token) == 2 and is_han(token[0])))
    )


@lru_cache(maxsize=512)
def _secrets(hidden: Hidden) -> _Secrets:
    # Whoever has chest pain may say so, where that is all that the record's diagnosis is.
    names_of_it = filter(None, (hidden.diagnosis, *hidden.aliases))
    own = tuple(name for name in names_of_it if not is_complaint(name))
    translated = [
        other
        for name in own
        for mention in find_concepts(name)
        if compact(mention.surface) == compact(name)
        for other in expand(mention.concept)
    ]
    names = [_name(name) for name in dict.fromkeys((*own, *translated)) if compact(name)]
    words = [word for name in own for word in _telling(name)]
    results = (m.result for m in hidden.measurements)
    pieces = [
        piece.strip()
        for text in (*results, *hidden.withheld)
        for piece in _PIECE.split(text)
        if len(compact(piece)) > 1
    ]
    return _Secrets(
        names=tuple(names),
        words=tuple(dict.fromkeys(words)),
        initials=tuple(dict.fromkeys(filter(None, map(_initials, own)))),
        pieces=tuple(
            _Piece(
                compact=compact(piece), content=_content(piece), numbers=frozenset(numbers(piece))
            )
            for piece in dict.fromkeys(pieces)
        ),
    )


def _name(name: str) -> _Name:
    short = compact(name)
    if any(map(is_han, short)) or len(short) >= _LEAST_COMPACT:
        return _Name(compact=short, pattern=None)
    ordinary = name.isupper() and len(short) <= 3 and rarity(short) < 0.55
    spelt = r"[\W_]*".join(map(re.escape, short.upper() if ordinary else short))
    flags = 0 if ordinary else re.IGNORECASE
    pattern = re.compile(rf"(?<![A-Za-z0-9]){spelt}s?(?![A-Za-z0-9])", flags)
    return _Name(compact=short, pattern=pattern)


def _telling(name: str) -> Iterator[str]:
    for run in re.findall(r"[\u4e00-\u9fff]+", name):
        core = _GENERIC_HAN.sub("", _GENERIC_HAN.sub("", run))
        if len(core) >= 3 or (
            len(core) == 2 and core.endswith(("炎", "癌", "瘤", "症", "病", "疹"))
        ):
            yield core
    for word in re.findall(r"[A-Za-z]{5,}", unicodedata.normalize("NFKC", name)):
        lowered = word.casefold()
        if lowered not in _GENERIC and rarity(lowered) >= 0.55:
            yield lowered


def _initials(name: str) -> str:
    words = [word for word in re.findall(r"[A-Za-z]+", name) if word.casefold() not in IDLE]
    return "".join(word[0] for word in words).upper() if len(words) >= 3 else ""
