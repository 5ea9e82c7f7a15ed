"""What a sentence claims, held against texts that it may rest on.

Concepts of the medical lexicon (in either language, under any name), numbers, sides, times and
telling words. A paraphrase rests on a fact when they do.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from medelphi.knowledge.lexicon import Concept, expand, find_concepts, related
from medelphi.knowledge.text import IDLE, tokens
from medelphi.tools.cases.lay_words import EVERYDAY_EN, EVERYDAY_ZH, everyday
from medelphi.tools.dialogue.wording import numbers
from medelphi.tools.offline.words import rarity, segment

_STRONG_TEXT = """
condition symptom drug drug_class procedure test anatomy organism vaccine device nutrient
"""
_STRONG = frozenset(_STRONG_TEXT.split())
"""Kinds of concepts that a patient's sentence may only hold if it has them from somewhere."""
_SIDES = {
    "left": re.compile(r"\bleft\b|左", re.IGNORECASE),
    "right": re.compile(
        r"(?<!all )(?<!that's )(?<!quite )\bright(?= (?:\w+ )?(?:side|eye|ear|arm|leg|hand|foot|"
        r"knee|hip|shoulder|breast|flank|groin|wrist|ankle|elbow|thigh|calf|lower|upper|ring|"
        r"index|middle|chest|temple|cheek|lung|kidney|half|big|great|heel))|右",
        re.IGNORECASE,
    ),
}
_TIMES = re.compile(
    r"\b(?:yesterday|tonight|last (?:night|week|month|year)|this (?:morning|week|month)|weekend|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|hours?|days?|weeks?|months?|years?|"
    r"childhood)\b|昨天|前天|昨晚|今早|上周|上个月|去年|前年|小时|星期|礼拜|周末|个月|小时候",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"\b(?:an?|per|each|every) (?:hour|day|week|month|year)\b|每(?:小时|星期|礼拜|个月)"
)
_STEM = re.compile(r"(?:ing|edly|ed|ly|ness|iness|y|er|es|s|e)$")
TELLING = 0.35
"""Rarity from which a word says something by itself."""
PLAIN = 0.1
"""Rarity from which a word says something at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a text rests on, or may rest on."""

    words: frozenset[str]
    concepts: tuple[Concept, ...]
    numbers: frozenset[str]
    sides: frozenset[str]
    times: frozenset[str]

    def __or__(self, other: "Ground") -> "Ground":
        return Ground(
            words=self.words | other.words,
            concepts=(*self.concepts, *other.concepts),
            numbers=self.numbers | other.numbers,
            sides=self.sides | other.sides,
            times=self.times | other.times,
        )


def ground(texts: Iterable[str]) -> Ground:
    """All that some texts say, with their synonyms in both languages."""
    total = Ground(
        words=frozenset(), concepts=(), numbers=frozenset(), sides=frozenset(), times=frozenset()
    )
    for text in texts:
        total |= _ground(text)
    return total


@lru_cache(maxsize=4096)
def _ground(text: str) -> Ground:
    plain = f"{text} {everyday(text, chinese=False)} {everyday(text, chinese=True)}"
    folded = plain.casefold()
    more = [c for table in (EVERYDAY_EN, EVERYDAY_ZH) for c, lay in table.items() if lay in folded]
    concepts = tuple({m.concept.id: m.concept for m in find_concepts(plain)}.values())
    names = [name for concept in concepts for name in expand(concept)]
    return Ground(
        words=words(" ".join((plain, *more, *names))),
        concepts=concepts,
        numbers=frozenset(numbers(text)),
        sides=sides(text),
        times=times(text),
    )


@lru_cache(maxsize=8192)
def words(text: str) -> frozenset[str]:
    """Stems of English words, bigrams of Chinese ones; function words left out."""
    found = set()
    for token in tokens(text):
        if token.isascii():
            if token not in IDLE and not token[0].isdigit():
                found.add(stem(token))
        elif len(token) == 2:
            found.add(token)
    return frozenset(found)


def stem(word: str) -> str:
    """The beginning that inflected forms of a word share."""
    plain = word.replace("’", "'").removesuffix("'s")
    while len(plain) > 4 and (shorter := _STEM.sub("", plain, count=1)) != plain:
        if len(shorter) < 3:
            break
        plain = shorter
    return plain[:-1] if len(plain) > 3 and plain[-1:] == plain[-2:-1] else plain


def sides(text: str) -> frozenset[str]:
    """Which sides of the body a text names."""
    return frozenset(side for side, pattern in _SIDES.items() if pattern.search(text))


def times(text: str) -> frozenset[str]:
    """Words of time, in the singular."""
    folded = _RATE.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return frozenset(match.group().rstrip("s") for match in _TIMES.finditer(folded))


def foreign_concepts(text: str, base: Ground) -> tuple[str, ...]:
    """Medical things that a text names and its ground does not."""
    found = []
    for mention in find_concepts(text):
        if mention.concept.kind not in _STRONG or words(mention.surface) <= base.words:
            continue
        if not any(related(mention.concept, known) for known in base.concepts):
            found.append(mention.surface)
    return tuple(found)


def foreign_words(text: str, base: Ground, least: float = TELLING) -> tuple[tuple[str, ...], int]:
    """Telling words that the ground does not have, and how many telling words there are.

    Args:
        least: How rare a word has to be to be telling, 0 to 1.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    telling = [
        token
        for token in dict.fromkeys(tokens(folded))
        if token.isascii() and len(token) > 2 and token.isalpha() and rarity(token) >= least
    ]
    strange = [token for token in telling if stem(token) not in base.words]
    for run in re.findall(r"[\u4e00-\u9fff]+", folded):
        for word in segment(run):
            if len(word) > 1 and rarity(word) >= least:
                telling.append(word)
                pairs = {word[i : i + 2] for i in range(len(word) - 1)}
                if not pairs & base.words:
                    strange.append(word)
    return tuple(strange), len(telling)
