"""What a text of a consultation is about: topics, aspects, sites and history domains.

Topics are language-independent ids, so that a Chinese question reaches an English fact. They come
from the medical lexicon and from everyday wordings (`topic_table`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from medelphi.knowledge.lexicon import ancestors, find_concepts
from medelphi.knowledge.text import IDLE, is_han, tokens
from medelphi.tools.dialogue.topic_table import (
    DOMAINS,
    FACT_SLOTS,
    OPEN,
    PARENTS,
    PLACED,
    SITES,
    SLOTS,
    SUBJECTS,
    Row,
)

_KINDS = frozenset(
    [
        "symptom",
        "condition",
        "drug",
        "drug_class",
        "lifestyle",
        "procedure",
        "vaccine",
        "organism",
        "device",
    ]
)
_POPULATIONS = frozenset({"pregnancy", "breastfeeding", "smoker"})
_NOT_TOPICS = frozenset(
    [
        "aging",
        "parenting",
        "public_health",
        "first_aid",
        "drug_interaction",
        "adverse_drug_reaction",
        "disease_prevention",
        "infection",
        "pain_scale",
    ]
)
_VAGUE = frozenset(
    [
        "able",
        "about",
        "again",
        "also",
        "anything",
        "area",
        "around",
        "asked",
        "bad",
        "better",
        "bit",
        "brought",
        "change",
        "changed",
        "child",
        "concern",
        "condition",
        "concerning",
        "day",
        "describe",
        "detail",
        "doctor",
        "else",
        "ever",
        "exactly",
        "experience",
        "experienced",
        "experiencing",
        "feel",
        "feeling",
        "felt",
        "first",
        "following",
        "get",
        "getting",
        "give",
        "go",
        "going",
        "good",
        "hello",
        "help",
        "hi",
        "history",
        "hour",
        "include",
        "including",
        "issue",
        "kind",
        "know",
        "last",
        "let",
        "like",
        "little",
        "long",
        "look",
        "lot",
        "main",
        "make",
        "many",
        "may",
        "medical",
        "minute",
        "month",
        "more",
        "most",
        "much",
        "need",
        "new",
        "next",
        "normal",
        "note",
        "notice",
        "noticed",
        "now",
        "often",
        "ok",
        "okay",
        "other",
        "past",
        "patient",
        "people",
        "person",
        "please",
        "possible",
        "present",
        "presented",
        "presenting",
        "previous",
        "problem",
        "question",
        "quite",
        "recent",
        "recently",
        "related",
        "report",
        "reported",
        "right",
        "same",
        "say",
        "see",
        "seem",
        "show",
        "sign",
        "significant",
        "since",
        "some",
        "something",
        "sometimes",
        "sort",
        "start",
        "started",
        "still",
        "such",
        "symptom",
        "take",
        "tell",
        "thank",
        "thing",
        "think",
        "time",
        "today",
        "told",
        "trouble",
        "try",
        "type",
        "understand",
        "use",
        "used",
        "usual",
        "usually",
        "very",
        "want",
        "way",
        "week",
        "well",
        "while",
        "work",
        "worse",
        "would",
        "year",
        "yes",
        "no",
        "not",
        "none",
        "denies",
        "denied",
        "deny",
        "never",
        "any",
        "there",
        "other",
        "than",
        "one",
        "two",
        "three",
        "don't",
        "doesn't",
        "didn't",
        "haven't",
        "hasn't",
        "isn't",
        "wasn't",
        "i'm",
        "i've",
        "i'd",
        "you're",
        "you've",
        "it's",
        "that's",
        "your",
        "yourself",
        "male",
        "female",
        "man",
        "woman",
        "boy",
        "girl",
    ]
)
_HAN_IDLE = re.compile(
    "请问|您好|你好|医生|患者|病人|孩子|宝宝|您|你|我|他|她|它|们|的|了|吗|呢|吧|啊|呀|有没有|有无|"
    "是不是|是否|会不会|能不能|什么|怎么样|怎么|怎样|哪些|哪里|哪|多少|多久|几|有|没有|没|无|是|在|"
    "和|与|或者|或|以及|还|也|都|就|这|那|个|些|一下|一|过|着|到|被|把|对|从|为|很|最近|近期|现在|"
    "目前|平时|以前|之前|请|告诉|觉得|感觉|出现|情况|症状|不舒服|不适|问题|说|家里|家人|任何|其他|"
    "时候|开始|天|年|月|周|次|不|会|能|要|想|可以|需要|曾经|曾|否认|[,，。？?！!、；;：:\\s]"
)


def _compiled(rows: Iterable[Row]) -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (id_, re.compile(rf"\b(?:{english})", re.IGNORECASE), re.compile(chinese))
        for id_, english, chinese in (
            (id_, _whole(english), chinese) for id_, english, chinese in rows
        )
    )


def _whole(english: str) -> str:
    """Every alternative ends at the end of a word."""
    return rf"(?:{english})(?!\w)"


_SUBJECTS = _compiled(SUBJECTS)
_SLOTS = _compiled(SLOTS)
_FACT_SLOTS = _compiled(FACT_SLOTS)
_DOMAINS = _compiled(DOMAINS)
_SITES = _compiled(SITES)
_WORSE = re.compile(
    r"wors|aggravat|exacerbat|trigger|provok|brought on|increas|intensif|加重|更|诱发|厉害",
    re.IGNORECASE,
)
_OPEN = tuple(re.compile(pattern, re.IGNORECASE) for pattern in OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A topic and where a text names it."""

    topic: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def marks(text: str) -> tuple[Mark, ...]:
    """The topics that a text names, in the order of the text."""
    found: dict[str, Mark] = {}
    for mention in find_concepts(text):
        concept = mention.concept
        if concept.id in _NOT_TOPICS:
            continue
        if concept.kind in _KINDS or concept.id in _POPULATIONS:
            mark = Mark(topic=concept.id, start=mention.start, end=mention.end)
            found.setdefault(concept.id, mark)
    for id_, match in _matches(_SUBJECTS, text):
        found.setdefault(id_, Mark(topic=id_, start=match.start(), end=match.end()))
    return tuple(sorted(found.values(), key=lambda mark: (mark.start, mark.topic)))


@lru_cache(maxsize=4096)
def above(topic: str) -> frozenset[str]:
    """Every topic that a topic is a kind of, at any distance."""
    from medelphi.knowledge.lexicon import concepts

    found: set[str] = set()
    queue = [topic]
    while queue:
        one = queue.pop()
        concept = concepts().get(one)
        wider = {*PARENTS.get(one, ()), *(ancestors(concept) if concept else ())} - found
        found |= wider
        queue.extend(sorted(wider))
    return frozenset(found - {topic})


def slots(text: str) -> frozenset[str]:
    """The aspects that a question asks about (onset, site, character, ...)."""
    return _settled({id_ for id_, _ in _matches(_SLOTS, text)}, text)


@lru_cache(maxsize=8192)
def fact_slots(text: str) -> frozenset[str]:
    """The aspects that a fact speaks to."""
    found = {id_ for id_, _ in _matches(_FACT_SLOTS, text)}
    return _settled(found | ({"location"} if sites(text) else set()), text)


def _settled(found: set[str], text: str) -> frozenset[str]:
    """What eases something is no cause of it, though both come with "after meals"."""
    if "relieving" in found and not _WORSE.search(text):
        return frozenset(found - {"aggravating"})
    return frozenset(found)


def domains(text: str) -> tuple[str, ...]:
    """The history domains that a text names, in the order of the table."""
    return tuple(id_ for id_, _ in _matches(_DOMAINS, text))


@lru_cache(maxsize=8192)
def sites(text: str) -> frozenset[str]:
    """The parts of the body that a text names, in words or by a topic that has its own."""
    named = {id_ for id_, _ in _matches(_SITES, text)}
    return frozenset(named | {PLACED[m.topic] for m in marks(text) if m.topic in PLACED})


def is_open(text: str) -> bool:
    """Whether a question has the wording of a broad one."""
    return any(pattern.search(text) for pattern in _OPEN)


@lru_cache(maxsize=8192)
def words(text: str) -> frozenset[str]:
    """The words of a text that say something: Latin ones as stems, Chinese ones as pairs."""
    found = set()
    for token in tokens(text):
        if any(map(is_han, token)):
            continue
        if token not in IDLE and token not in _VAGUE and len(token) > 2:
            found.add(stem(token))
    if not text.isascii():
        for run in re.split(r"[^\u3400-\u9fff]+", _HAN_IDLE.sub(" ", text)):
            found |= {run[i : i + 2] for i in range(len(run) - 1)}
    return frozenset(found - _VAGUE)


def stem(word: str) -> str:
    """An English word without its common endings; crude, and the same on both sides."""
    word = word.removesuffix("'s").removesuffix("’s")
    for ending in ("ingly", "edly", "ation", "ness", "ing", "ies", "ed", "ly", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] in "ey" else word


def _matches(
    table: Iterable[tuple[str, re.Pattern[str], re.Pattern[str]]], text: str
) -> Iterable[tuple[str, re.Match[str]]]:
    chinese = not text.isascii() and any(map(is_han, text))
    for id_, english, han in table:
        match = english.search(text) or (han.search(text) if chinese else None)
        if match is not None:
            yield id_, match
