"""Hidden words in a patient's words, however they are spaced, spelt, ordered or translated."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from medelphi.knowledge.lexicon import find_concepts
from medelphi.schema import Case, Leak, Turn
from medelphi.tools.offline.judge_numbers import Quantity, agrees
from medelphi.tools.offline.judge_words import stem, weight, words
from medelphi.tools.sessions.claims import Content, read
from medelphi.tools.sessions.disguises import LEAST_SPELT, dotted, misspells, unspelt

_PLAIN_TEXT = """
acute chronic disease disorder syndrome type primary secondary due to of with and the in by
mild moderate severe left right bilateral stage grade unspecified infection injury lesion
condition reaction associated induced related
"""
_PLAIN_WORDS = frozenset(_PLAIN_TEXT.split())
"""Words of a diagnosis that name nothing by themselves."""
_INITIALS_SKIP = frozenset({"of", "and", "the", "in", "with", "to", "due", "by", "a", "an"})
_SHORTEST_LATIN, _SHORTEST_HAN = 4, 2
_ALIKE, _ROOT = 0.86, 6
"""Least similarity of a misspelt word; letters that words of one root share."""
_MOST_OF = 0.75
"""Share of a name's telling words that a concept has to cover to stand for it."""
_VERBATIM = 24
"""Letters of a result or a withheld statement in a row that make a quotation (a third of them in
Chinese)."""
_QUOTED, _NOVEL = 0.6, 1.5
"""Share of a hidden clause, and weight of words that the record does not show, that make one."""
_PRECISE = frozenset({"pressure", "heat", "mmol"})
"""Dimensions of which a value is a result by itself."""
_TOPIC = 0.3
"""Weight of what a value has to be said of to be recognised as a result."""
_LED_BY = re.compile(
    r"^(?:(?:acute|chronic|mild|moderate|severe|primary|secondary|left|right|bilateral|recurrent|"
    r"sudden|early|late|probable|suspected)[\s-]+)+|"
    r"^(?:急性|亚急性|慢性|轻度|中度|重度|原发性?|继发性?|左侧|右侧|双侧|复发性|早期|晚期|疑似)+",
    re.IGNORECASE,
)
"""What a patient would leave out of a name."""
_CONFIRMS = re.compile(
    r"\b(?:yes|correct|exactly|that['’]?s right|you(?:['’]re| are) right|record|file|chart|"
    r"diagnosis is)\b|对的|没错|是的|就是|猜对|病历|确诊|诊断是",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[!?。！？；;\n])|(?<=\.)(?<![\W_][A-Z]\.)(?<!^[A-Z]\.)(?=\s)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """A name of the hidden diagnosis, ready for look-up."""

    letters: re.Pattern[str] | None
    telling: tuple[str, ...]
    single: tuple[tuple[str, re.Pattern[str]], ...]
    """Words of the name that name it alone, and what finds them spaced out."""
    concepts: frozenset[str]
    initials: str
    """Of three words or more."""
    short: frozenset[str]
    """Abbreviations that count with dots: initials of two words, and the name if it is one."""
    own: frozenset[str]
    """The name, if it is an abbreviation: it counts without dots, in capitals."""


def leaks(case: Case, turns: Sequence[Turn], known: Sequence[Sequence[str]]) -> tuple[Leak, ...]:
    """What of the hidden part the patient says.

    Args:
        case: With its hidden part.
        turns: In order.
        known: By turn, the texts of the record that may have been told by then.
    """
    hidden = case.hidden
    names = [hidden.diagnosis, *hidden.aliases]
    forms = [_name(name) for name in names if name.strip()]
    statements = [m.result for m in hidden.measurements] + list(hidden.withheld)
    visible = [case.opener, *(t for fact in case.facts for t in (fact.text, fact.lay))]
    heard: list[str] = []
    asked: list[str] = []
    found = []
    for turn, shown in zip(turns, known, strict=True):
        heard += [turn.doctor, *(report.text for report in turn.reports)]
        asked = [s for s in _SENTENCES.split(turn.doctor) if s.rstrip().endswith(("?", "？"))]
        stated = [s for text in heard for s in _SENTENCES.split(text) if s not in asked]
        said = turn.said
        if words_ := _naming(forms, said, shown, heard, asked, stated):
            found.append(Leak(turn=turn.number, words=words_, diagnosis=True))
        elif words_ := _quoting(statements, said, [*visible, *heard]):
            found.append(Leak(turn=turn.number, words=words_, diagnosis=False))
    return tuple(found)


def _naming(
    forms: Sequence[_Name],
    said: str,
    shown: Sequence[str],
    heard: Sequence[str],
    asked: Sequence[str],
    stated: Sequence[str],
) -> str:
    """The sentence that names the diagnosis before anyone else has, or confirms a guess of it."""
    for form in forms:
        sentence = next((s for s in _sentences(said) if _names(form, s, shown)), "")
        if not sentence:
            continue
        if not any(_names(other, text, ()) for other in forms for text in heard):
            return sentence
        guessed = any(_names(other, text, ()) for other in forms for text in asked)
        told = any(_names(other, text, ()) for other in forms for text in stated)
        if guessed and not told and _CONFIRMS.search(sentence) and sentence[-1] not in "?？":
            return sentence
    return ""


def _sentences(text: str) -> list[str]:
    return [s.strip() for s in _SENTENCES.split(text) if s.strip()]


def _names(form: _Name, text: str, shown: Sequence[str]) -> bool:
    """Whether a text names it, by words that the visible record does not itself hold."""
    visible = "\n".join(shown)
    given = unicodedata.normalize("NFKC", text)
    return (
        _holds(form, given, visible)
        or ((plain := unspelt(text)) != given and _holds(form, plain, visible))
        or _abbreviates(form, given, visible)
        or _misspells(form, given, visible)
    )


def _holds(form: _Name, plain: str, visible: str) -> bool:
    if form.letters and (hit := form.letters.search(plain)):
        return not form.letters.search(unicodedata.normalize("NFKC", visible)) and bool(hit.group())
    if form.initials and re.search(rf"\b{form.initials}\b", plain):
        return not re.search(rf"\b{form.initials}\b", visible)
    if form.concepts:
        ids = {m.concept.id for m in find_concepts(plain[:6000])}
        if ids & form.concepts:
            return not form.concepts & {m.concept.id for m in find_concepts(visible[:20000])}
    if form.telling:
        held = _words_in(plain)
        if all(_has(word, held) for word in form.telling):
            own = _words_in(visible)
            return not all(_has(word, own) for word in form.telling)
    return False


def _abbreviates(form: _Name, text: str, visible: str) -> bool:
    """Whether a text holds a short form of it: "TB" as a word, "T.B." for any two words."""
    if not form.short:
        return False
    capitals = re.compile(r"(?<![^\W_])[A-Z]{2,4}(?![^\W_])")
    said = (dotted(text) & form.short) | (form.own & set(capitals.findall(text)))
    return bool(said - dotted(visible) - set(capitals.findall(visible)))


def _misspells(form: _Name, text: str, visible: str) -> bool:
    """Whether a text holds the one word that names it, spaced out or with wrong letters."""
    if not form.single:
        return False
    plain = unspelt(text)
    said, own = _latin(plain), _latin(visible)
    for word, spaced in form.single:
        if any(misspells(other, word) for other in own) or spaced.search(visible):
            continue
        if spaced.search(text) or spaced.search(plain):
            return True
        if any(misspells(other, word) for other in said - own):
            return True
    return False


@lru_cache(maxsize=4096)
def _latin(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]{6,}", text[:20000].casefold()))


@lru_cache(maxsize=4096)
def _words_in(text: str) -> frozenset[str]:
    return frozenset(word for word in words(text[:20000].casefold()) if len(word) > 1)


def _has(word: str, held: frozenset[str]) -> bool:
    return any(_same(word, other) for other in held)


@lru_cache(maxsize=65536)
def _same(one: str, other: str) -> bool:
    if one == other or (stem(one) == stem(other) and not stem(one).startswith("#")):
        return True
    if not (one.isascii() and other.isascii()) or min(len(one), len(other)) < _ROOT:
        return False
    if one[:_ROOT] == other[:_ROOT] and abs(len(one) - len(other)) <= 3:
        return True
    alike = one[0] == other[0] and SequenceMatcher(None, one, other).ratio() >= _ALIKE
    return alike and not find_concepts(other)  # "hypothyroidism" is no "hyperthyroidism"


@lru_cache(maxsize=1024)
def _name(name: str) -> _Name:
    plain = unicodedata.normalize("NFKC", name)
    bare = re.sub(r"[(（\[].*?[)）\]]", " ", plain).strip() or plain
    core = _LED_BY.sub("", bare)
    letters = [c for c in core if c.isalnum()]
    latin = bare.isascii()
    pattern = None
    if len(letters) >= (_SHORTEST_LATIN if latin else _SHORTEST_HAN):
        gap = r"[\W_]{0,3}" if latin else r"[\W_]{0,2}"
        body = gap.join(map(re.escape, letters))
        edges = (r"(?<![^\W_])", r"(?![^\W_])") if latin else ("", "")
        plural = "(?:e?s)?" if latin else ""
        pattern = re.compile(f"{edges[0]}{body}{plural}{edges[1]}", re.IGNORECASE)
    rare = [w for w in words(bare.casefold()) if weight(w) > 0 and w not in _PLAIN_WORDS]
    total = sum(map(weight, rare)) or 1.0
    same = set()
    for mention in find_concepts(bare):
        own = sum(weight(w) for w in words(mention.surface.casefold()) if w in rare)
        if mention.concept.kind in {"condition", "symptom"} and own >= _MOST_OF * total:
            same.add(mention.concept.id)
    upper = [w for w in re.findall(r"[A-Za-z]+", bare) if w.lower() not in _INITIALS_SKIP]
    initials = "".join(w[0] for w in upper).upper() if latin else ""
    short = frozenset({bare} if re.fullmatch(r"[A-Z]{2,4}", bare) else ())
    return _Name(
        letters=pattern,
        telling=tuple(dict.fromkeys(rare)) if len(rare) > 1 or _is_long(rare) else (),
        single=tuple((word, _spaced(word)) for word in _single(rare, frozenset(same))),
        concepts=frozenset(same),
        initials=initials if len(initials) >= 3 else "",
        short=short | ({initials} if len(initials) == 2 else frozenset()),
        own=short,
    )


def _single(rare: Sequence[str], same: frozenset[str]) -> list[str]:
    """The long Latin words of a name that are enough to name it."""
    return [
        word
        for word in dict.fromkeys(rare)
        if len(word) >= LEAST_SPELT
        and word.isascii()
        and word.isalpha()
        and (len(rare) == 1 or same & {m.concept.id for m in find_concepts(word)})
    ]


def _spaced(word: str) -> re.Pattern[str]:
    letters = r"[\W_]{0,3}".join(map(re.escape, word))
    return re.compile(rf"(?<![^\W_]){letters}(?![^\W_])", re.IGNORECASE)


def _is_long(rare: Sequence[str]) -> bool:
    return bool(rare) and (len(rare[0]) >= 8 if rare[0].isascii() else len(rare[0]) >= 3)


def _quoting(statements: Sequence[str], said: str, known: Sequence[str]) -> str:
    """The patient's sentence that gives a hidden result or statement away."""
    if not statements:
        return ""
    visible = _letters("\n".join(known))
    own = [claim.content for text in known for claim in read(text)]
    held = frozenset(key for content in own for key in content.weights)
    told = frozenset(q for content in own for q in content.figures)
    for sentence in _sentences(said):
        plain = _letters(sentence)
        content = [claim.content for claim in read(sentence)]
        for statement in statements:
            if _verbatim(plain, _letters(statement), visible):
                return sentence
            if any(_tells(c, content, held, told) for c in _hidden_clauses(statement)):
                return sentence
    return ""


@lru_cache(maxsize=8192)
def _hidden_clauses(statement: str) -> tuple[Content, ...]:
    return tuple(claim.content for claim in read(statement))


@lru_cache(maxsize=8192)
def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _verbatim(said: str, statement: str, visible: str) -> bool:
    size = _VERBATIM if statement.isascii() else _VERBATIM // 3
    return any(
        (piece := statement[i : i + size]) in said and piece not in visible
        for i in range(len(statement) - size + 1)
    )


def _is_value(figure: Quantity, said: Quantity) -> bool:
    """Whether a figure is that of a result, and precise enough to be no chance."""
    return abs(figure.low) >= 10 and figure.low == said.low and agrees(figure, said)


def _tells(
    hidden: Content, said: Iterable[Content], held: frozenset[str], told: frozenset[Quantity]
) -> bool:
    """Whether what is said holds most of a hidden clause, with content that nobody has shown."""
    for content in said:
        shared = {k: w for k, w in hidden.weights.items() if k in content.weights}
        novel = sum(w for k, w in shared.items() if k not in held)
        enough = hidden.total and sum(shared.values()) >= _QUOTED * hidden.total
        if enough and novel >= _NOVEL:
            return True
        topic = sum(w or _TOPIC for k, w in shared.items() if k[0] != "~" or w)
        for figure in hidden.figures:
            if not any(_is_value(figure, said_) for said_ in content.figures):
                continue
            if any(agrees(figure, q) for q in told):
                continue
            if figure.dimension in _PRECISE or topic >= _TOPIC:
                return True
    return False
