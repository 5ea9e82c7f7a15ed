"""English phrases: whether one has a verb, which article it takes, what it begins with."""

import re

from medelphi.tools.cases.lay_grammar import BODY, COUNTABLE, FINITE, KIN, VERBS, is_third_person
from medelphi.tools.cases.lay_voice import Voice

GERUND = re.compile(r"^(?P<verb>[a-z]+ing)\b", re.IGNORECASE)


WORD = re.compile(r"[A-Za-z][\w'’-]*")


def article(noun: str) -> str:
    if re.match(r"(?:an?|the)\s", noun, re.IGNORECASE):
        return noun
    vowel = re.match(r"[aeiou]|8|11\b|11-|18\b|18-", noun, re.IGNORECASE)
    return f"{'an' if vowel else 'a'} {noun}"


def starts_verb(rest: str) -> bool:
    words = [word.group().casefold() for word in WORD.finditer(rest[:80])]
    while words and (words[0].endswith("ly") or words[0] in _SKIPPED):
        words.pop(0)
    return bool(words) and (is_third_person(words[0]) or words[0] in FINITE)


_SKIPPED_TEXT = """
also never always often sometimes still now only just otherwise then who once first
"""


_SKIPPED = frozenset(_SKIPPED_TEXT.split())


def uncapitalised(text: str) -> str:
    word = WORD.match(text)
    if word is None or word.group() == "I" or word.group().startswith(("I'", "I’")):
        return text
    letters = word.group()
    if letters[1:] != letters[1:].lower() or letters.casefold() in _PROPER:
        return text
    return text[0].lower() + text[1:]


_PROPER_TEXT = """
kaposi crohn parkinson alzheimer hashimoto graves hispanic caucasian african american asian
english chinese tylenol down marfan hodgkin efavirenz
"""


_PROPER = frozenset(_PROPER_TEXT.split())


_ADJECTIVES_TEXT = """
decreased increased worsened improved enlarged lost sustained tested
"""


ADJECTIVES = frozenset(_ADJECTIVES_TEXT.split())


LONG_AGO = re.compile(
    r"\b(?:ago|prior|earlier|previously|in (?:19|20)\d\d|at (?:the )?age|as (?:a|an) (?:child|"
    r"infant))\b",
    re.IGNORECASE,
)


_DETERMINERS_TEXT = """
a an the my his her their no some any two several multiple this increasing
"""
_DETERMINERS = frozenset(_DETERMINERS_TEXT.split())


def noun_phrase(what: str) -> str:
    """With the article that its head needs."""
    first = what.split(" ", 1)[0].casefold()
    counted = what[:1].isdigit()
    singular = counted and re.search(r"\b(?:history|course|episode)\b", what)
    if not singular and (first in _DETERMINERS or (counted and "-" not in first)):
        return what
    head = re.split(
        r"\s(?:in|on|of|for|with|at|to|after|before|during|that|which|when|from|over|since|due|and|"
        r"or|about|around|near|by|despite|while|lasting|without|starting|following|developing)\b|"
        r"[,(]",
        what,
        maxsplit=1,
    )[0].strip()
    last = head.split(" ")[-1].casefold() if head else ""
    return article(what) if last in COUNTABLE else what


def own_thing(text: str, voice: Voice) -> str:
    """Names whose body part, relative or symptom a clause begins with."""
    if re.match(rf"(?:(?:left|right|lower|upper|both)\s+)*(?:{BODY})\b", text, re.IGNORECASE) or (
        WORD.match(text) and WORD.match(text).group().casefold() in KIN  # type: ignore[union-attr]
    ):
        return f"{voice.possessive} {uncapitalised(text)}"
    if re.match(
        r"(?:medical|family|surgical|social|past|menstrual|birth|immunization|vaccination|sexual|"
        r"dermatologic|travel|medication|symptoms|appetite|vaccinations|immunizations|husband|wife|"
        r"developmental|diet|weight)\b",
        text,
        re.IGNORECASE,
    ):
        return f"{voice.possessive} {uncapitalised(text)}"
    if re.match(
        r"(?:pain|rash|cough|fever|swelling|headache|lesions?|itching|bleeding)\b",
        text,
        re.IGNORECASE,
    ):
        return f"the {uncapitalised(text)}"
    return text


def has_verb(text: str) -> bool:
    words = [word.group().casefold() for word in WORD.finditer(text[:300])]
    for at, word in enumerate(words):
        if at and words[at - 1] in {"that", "which", "who", "to", "when", "while"}:
            if words[at - 1] != "to" or word in FINITE:
                return False
            continue
        before = words[:at]
        while before and (before[-1].endswith("ly") or before[-1] in {"also", "then", "now"}):
            before.pop()
        if len(before) > 1 and before[-1] in {"and", "or", "but"}:
            continue
        if word in FINITE and at:
            return True
        if 0 < at < len(words) - 1 and word in VERBS and words[at - 1] != "of":
            return True
    return False
