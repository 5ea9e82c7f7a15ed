"""The answer as evidence: its statements, without what only plays to the grader.

Word lists, repeated sentences, words of a rubric and words addressed to a grader are no evidence.
A heading or a lead-in lends its words to the items below it, and is none by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from medelphi.knowledge.lexicon import Mention, ancestors, find_concepts
from medelphi.knowledge.text import detect_language, fold, spans
from medelphi.tools.offline.judge_genuine import (
    TO_GRADER,
    bare_runs,
    imitates,
    is_statement,
    plays_to_grader,
    says_two,
)
from medelphi.tools.offline.judge_numbers import Quantity, quantities
from medelphi.tools.offline.judge_polarity import clauses
from medelphi.tools.offline.judge_words import keys, stem, weight, words

READ = 24_000
"""Characters of an answer that are read; the rest changes nothing."""
SAMPLE = 500
"""Characters that tell the language. (Telling it is quadratic in a stretch without spaces.)"""
_MOST = 500
"""Sentences that are read."""
_ITEM = re.compile(
    r"\s*(?:[-*+•·‣▪●○◦–—]\s|\(?\d{1,2}[.)、．]|\(?[a-zA-Z][.)]\s|"
    r"[（(]?[一二三四五六七八九十]+[)）、])"
)
_HEADING = re.compile(r"^\s*(?:#{1,6}\s|\*\*[^*]{2,80}\*\*:?\s*$)|[:：]\**\s*$")
_ASKS = re.compile(
    r"[?？][\s\"”*)）]*$|吗[。.]?$|请(?:告诉|告知|问|提供|补充|说明)|能否(?:告诉|提供|说明|补充)|"
    r"\b(?:(?:could|can|would) you (?:please )?(?:tell|share|provide|clarify|describe|let|"
    r"confirm|give)|"
    r"please (?:tell|share|provide|clarify|describe|confirm|let me know|specify)|"
    r"(?:let me know|tell me|share with me)(?! if you (?:have|need|want|"
    r"would)\b.{0,30}questions)|"
    r"(?:it would|it'd|would) (?:help|be (?:helpful|useful))(?: \w+)? (?:to know|if you)|"
    r"i(?:'d| would)? (?:need|like) (?:to know|some|more|a bit more|a few)|"
    r"(?:more|additional|further) (?:information|details|context) (?:about|on|such|would|is|"
    r"like|from))",
    re.IGNORECASE,
)  # fmt: skip
_RHETORICAL = re.compile(
    r"\b(?:when|what|why|how|where|which)\b[^?]{0,40}\b(?:should|can|could|must|do|"
    r"to) (?:you|i|we|one|people)?\s*"
    r"(?:see|seek|worry|do|call|go|expect|know|take|consider|be concerned)\b[^?]*\?|"
    r"^\W*(?:why|what (?:is|are|causes?|does)|how (?:does|is|do)|"
    r"is (?:it|this) (?:safe|normal|possible))\b(?![^?]*\byour?\b)[^?]*\?|^\W*(?:#+|"
    r"\*\*)(?![^?？]*(?:\b(?:you|your|he|she|they)\b|[您你]))|"
    r"^\W*(?:什么是|为什么|怎么办|如何)[^您你]*[?？]",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"\b(?:if|when|any of|warning|red flags?|signs?|emergenc\w+)\b|如果|若|"
    r"出现|以下|何时|信号",
    re.IGNORECASE,
)
_ASKS_BELOW = re.compile(
    r"(?:could|can|would) you|please (?:tell|share|provide|clarify|answer)|let me know|"
    r"tell me|(?:to|would) help (?:me|to know)|i(?:'d| would)? (?:need|like) (?:to know|more|"
    r"some)|"
    r"(?:a few|some|these|following|more|clarifying|follow-up) questions|请(?:告诉|告知|提供|"
    r"补充|回答)|"
    r"需要了解|以下问题",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"(?:any (?:other |more |further |specific |additional )?questions|anything else|"
    r"would you like me to|"
    r"how can i help|do you want me to|would you like (?:more|help|tips|a |some)|sound good|"
    r"make sense|还有.{0,8}(?:问题|疑问)|需要我)",
    re.IGNORECASE,
)
_ADVISES = re.compile(
    r"\b(?:should|must|recommend\w*|advis\w+|suggest\w*|consider|need to|ought|try|make sure|"
    r"ensure|"
    r"please|best to|important to|can help|may help|could|aim|always|never|avoid|don['’]t|"
    r"do not|see|seek|"
    r"call|consult|talk|contact|visit|go to|take|use|keep|apply|drink|start|stop|limit|get|"
    r"follow|"
    r"check|monitor|ask|discuss|schedule|rest|wear|reduce|essential|crucial|necessary|"
    r"encourage\w*|"
    r"option|first-line|treatment)\b|建议|应|须|需|请|宜|可(?:以|选|用|考虑)|推荐|首选|务必|"
    r"尽量|最好|避免|"
    r"不要|切勿|禁|勿|及时|立即|坚持|注意|要|拨打|就医|多|少",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    keys: frozenset[str]
    concepts: frozenset[str]
    wider: frozenset[str]
    sign: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One sentence or list item that counts as evidence."""

    text: str
    """Verbatim."""
    place: int
    clauses: tuple[Clause, ...]
    keys: frozenset[str]
    concepts: frozenset[str]
    wider: frozenset[str]
    figures: tuple[Quantity, ...]
    asks: bool
    advises: bool
    conditional: bool = False
    """Stands below "if you have any of these" or "when to see a doctor"."""
    around: frozenset[str] = frozenset()
    """Keys of the heading and the lead-in above it."""
    around_concepts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An answer, read."""

    units: tuple[Unit, ...]
    text: str
    """What the units are made of, joined by line breaks."""
    lists: int = 0
    """List items and headings."""
    whole: str = field(default="", repr=False)
    questions: tuple[str, ...] = ()
    """What it asks, verbatim, however short."""


def read_answer(
    answer: str, criteria: Sequence[str] = (), topic: frozenset[str] = frozenset()
) -> Evidence:
    """Read an answer; linear in its length, and capped.

    Args:
        answer: The answer, untrusted.
        criteria: What it is judged on: a sentence that copies one of them is no evidence.
        topic: Keys of the question's telling words: a long stretch that takes up none of them,
            nor a word of the answer's beginning, belongs to another answer.
    """
    whole = answer[:READ]
    units: list[Unit] = []
    seen: set[str] = set()
    questions: list[str] = []
    heading, lead, lists, items = "", "", 0, 0
    silent = 0
    foreign = detect_language(whole[:SAMPLE]) == "other"
    places = spans(whole)[:_MOST]
    bare = bare_runs([whole[a:b] for a, b in places])
    for number, (start, end) in enumerate(places):
        text = whole[start:end][:1500]
        line = start == 0 or "\n" in whole[max(0, start - 3) : start]
        is_item = bool(line and _ITEM.match(text))
        lists += is_item
        if start < silent or number in bare:
            continue
        if plays_to_grader(text):
            if TO_GRADER.search(text):
                # Nothing that follows on the same line is meant for the one who asked.
                silent = whole.find("\n", end) if "\n" in whole[end:] else len(whole)
            continue
        if imitates(text, criteria):
            continue
        key = fold(text).strip(" .。*-•#:：")
        if not key or key in seen:
            continue
        seen.add(key)
        if _HEADING.search(text):
            lists += text.lstrip().startswith(("#", "**"))
            if text.rstrip(" *").endswith((":", "：")) and not text.lstrip().startswith("#"):
                lead, items = text, 0
            else:
                heading, lead = text, ""
            if len(text) < 60 or not is_statement(text, foreign=foreign):
                continue
        elif line and not is_item:
            lead = "" if items else lead
        items += is_item
        if _is_inquiry(text, f"{heading} {lead}"):
            questions.append(text)
        if not is_statement(text, foreign=foreign) and not (
            is_item and (lead or heading) and says_two(text)
        ):
            continue
        units.append(_unit(text, len(units), f"{heading} {lead}".strip()))
    units = _near_topic(units, topic)
    return Evidence(
        units=tuple(units),
        text="\n".join(u.text for u in units),
        lists=lists,
        whole=whole,
        questions=tuple(questions),
    )


def unit_of(text: str) -> Unit:
    """A text as one unit, for comparing."""
    return _unit(text, 0, "")


def _unit(text: str, place: int, around: str) -> Unit:
    mentions = find_concepts(text)
    parts: list[Clause] = []
    position = 0
    for clause, sign in clauses(text):
        begin = text.find(clause, position)
        position = begin + len(clause)
        own = [m.concept for m in mentions if begin <= m.start < position]
        parts.append(
            Clause(
                keys=keys(clause),
                concepts=frozenset(c.id for c in own),
                wider=frozenset().union(*map(ancestors, own)),
                sign=sign,
            )
        )
    return Unit(
        text=text,
        place=place,
        clauses=tuple(parts),
        keys=frozenset().union(*(p.keys for p in parts)),
        concepts=frozenset().union(*(p.concepts for p in parts)),
        wider=frozenset().union(*(p.wider for p in parts)),
        figures=quantities(text),
        asks=_is_question(text, around),
        conditional=bool(around and _SUPPOSED.search(around)),
        advises=bool(_ADVISES.search(text) or (around and _ADVISES.search(around))),
        around=keys(around) if around else frozenset(),
        around_concepts=frozenset(m.concept.id for m in _mentions(around))
        if around
        else frozenset(),
    )


def _near_topic(units: list[Unit], topic: frozenset[str]) -> list[Unit]:
    if not topic or len(units) <= _STRETCH:
        return units
    opening = {stem(w) for u in units[:_OPENING] for w in words(u.text) if weight(w) > _TELLS}
    # Groups of synonyms ("doctor", "symptom") belong to every medical answer.
    known = {key for key in topic | opening if not key.startswith("#")}
    if not known:
        return units
    away: list[Unit] = []
    kept: list[Unit] = []
    for unit in [*units, None]:
        if unit is not None and not unit.keys & known:
            away.append(unit)
            continue
        if len(away) < _STRETCH:
            kept.extend(away)
        away = []
        if unit is not None:
            kept.append(unit)
    return [replace(unit, place=place) for place, unit in enumerate(kept)]


_STRETCH, _OPENING, _TELLS = 8, 5, 0.6


@lru_cache(maxsize=256)
def _mentions(text: str) -> tuple[Mention, ...]:
    """Of a heading, which stands above many items."""
    return find_concepts(text)


def _is_inquiry(text: str, around: str) -> bool:
    """Whether a line asks the reader about themselves, as a doctor's short turn does.

    A question that the text goes on to answer ("What causes gout?") asks nobody.
    """
    if _OFFER.search(_LIST_END.sub(" ", text)) or text.lstrip().startswith(("#", "**")):
        return False
    if _ENDS_ASKING.search(text):
        return bool(_TO_READER.search(text)) or not (
            _RHETORICAL.search(text) or _IMPERSONAL.search(text)
        )
    return bool(
        _TELL.search(text) or _ASKS_ZH.search(text) or (around and _is_question(text, around))
    )


_LIST_END = re.compile(
    r"\b(?:to|or|and|for|with|of|than) (?:to |for |with |of )?anything else\b", re.IGNORECASE
)
_ENDS_ASKING = re.compile(r"[?？][\s\"'”’)）*]*$")
_TO_READER = re.compile(
    r"\b(?:you|your|he|she|his|her|they|their|it|this|that|there|the child|the baby)\b"
    r"(?![^?]{0,30}\b(?:should|can i|could i)\b)|[您你]|孩子|宝宝",
    re.IGNORECASE,
)
_IMPERSONAL = re.compile(
    r"\b(?:i|we)\b(?![^?]{0,12}\b(?:ask|know)\b)|\b(?:should|to see a doctor)\b", re.IGNORECASE
)
_TELL = re.compile(
    r"\b(?:tell me|let me know|describe|walk me through|please (?:tell|share|describe|explain|"
    r"clarify|specify|answer))\b(?! if you (?:have|need|want|would)\b.{0,30}questions)|"
    r"\bi (?:would|['’]d|want|need|have) (?:like )?to (?:ask|know|hear)\b|"
    r"^\W*(?:do|does|did|have|has|are|is|were|was|when|where|which|how) "
    r"(?:\w+ )?(?:you|he|she|it|they|your|the)\b[^.!]*$",
    re.IGNORECASE,
)
_ASKS_ZH = re.compile(
    r"(?:吗|呢|么)[。.！!]?$|有没有|是不是|会不会|多久了?[。]?$|"
    r"请(?:您|你)?.{0,8}(?:告诉|说说|说一下|讲讲|描述|谈谈|介绍|具体说)|"
    r"(?:想|需要)(?:了解|知道|问|确认)|请问"
)


def _is_question(text: str, around: str) -> bool:
    """Whether a line asks the user for something; a question as a title asks nobody."""
    if _OFFER.search(text) or _RHETORICAL.search(text):
        return False
    return bool(_ASKS.search(text) or (around and _ASKS_BELOW.search(around)))
