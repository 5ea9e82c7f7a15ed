"""Words put differently, so that they are still understood: spelled out, dotted, misspelt."""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import OSA

from medelphi.knowledge.lexicon import find_concepts

LEAST_SPELT = 7
"""Letters of a word from which a misspelling of it is still recognised."""
_PER_ERROR = 6
"""Letters of a word for each one that may be wrong."""
_LETTERED = re.compile(
    r"(?<![^\W_])[^\W\d_]([ \t]*[-–—.,·*_/|][ \t]*|[ \t]{1,3})[^\W\d_]"
    r"(?:\1[^\W\d_](?![^\W_]))+"
)
"""Three single letters or more, parted alike: "t-u-b-e-r", "T U B E R"."""
_DOTTED = re.compile(r"(?<![^\W_])[A-Z](?:[ \t]?[.·-][ \t]?[A-Z])+(?![^\W_])")
"""Capitals with dots: "T.B."."""
_TIMES = frozenset({"AM", "PM", "US", "UK", "AD", "BC", "ID"})
_JOINTS = re.compile(r"[\W_]+")


@lru_cache(maxsize=8192)
def unspelt(text: str) -> str:
    """A text with its letters without accents, and words that were spelled out put together."""
    bare = "".join(
        sign
        for sign in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
        if not unicodedata.combining(sign)
    )
    bare = unicodedata.normalize("NFC", bare)
    return _LETTERED.sub(_joined, _DOTTED.sub(_joined, bare))


def dotted(text: str) -> frozenset[str]:
    """The abbreviations of a text that are written with dots, without them."""
    found = (_JOINTS.sub("", hit) for hit in _DOTTED.findall(unicodedata.normalize("NFKC", text)))
    return frozenset(found) - _TIMES


def _joined(hit: re.Match[str]) -> str:
    word = _JOINTS.sub("", hit.group())
    return hit.group() if word in _TIMES else word


@lru_cache(maxsize=65536)
def misspells(said: str, word: str) -> bool:
    """Whether what was said is the word with a few letters wrong, and no other medical word."""
    if min(len(said), len(word)) < LEAST_SPELT - 1 or not (said.isascii() and word.isascii()):
        return False
    most = len(word) // _PER_ERROR
    if OSA.distance(said, word, score_cutoff=most) > most:
        return False
    return said == word or not find_concepts(said)
