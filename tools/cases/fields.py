"""Fields of a foreign row: taken by name, with errors that name them."""

from collections.abc import Mapping, Sequence

from medelphi.knowledge.text import clean, sentences


class FieldError(ValueError):
    """A field of a row that is missing or has the wrong form; the message begins with its name."""


LONGEST = 20_000
"""Characters of one field; no patient record has a longer one."""
DEEPEST = 12
"""Levels of nesting that are read."""
_CHUNK = 4_000
"""Characters of a line that are looked at together: prose has a full stop long before."""


def listed(words: str) -> frozenset[str]:
    """A list of words, written as one text."""
    return frozenset(words.split())


def mapping(row: Mapping[str, object], name: str, within: str = "") -> Mapping[str, object]:
    """A field that is an object.

    Raises:
        ValueError: It is missing, or something else.
    """
    place = f"{within}.{name}" if within else name
    if name not in row:
        raise FieldError(f"{place}: is missing")
    value = row[name]
    if not isinstance(value, Mapping):
        raise FieldError(f"{place}: must be an object, not {kind(value)}")
    return {str(key): each for key, each in value.items()}


def text(row: Mapping[str, object], name: str, within: str = "") -> str:
    """A field that is text with something in it.

    Raises:
        ValueError: It is missing, empty, too long, or something else.
    """
    place = f"{within}.{name}" if within else name
    if name not in row:
        raise FieldError(f"{place}: is missing")
    value = row[name]
    if not isinstance(value, str):
        raise FieldError(f"{place}: must be text, not {kind(value)}")
    if not clean(value).strip():
        raise FieldError(f"{place}: is empty")
    if len(value) > LONGEST:
        raise FieldError(f"{place}: has {len(value):,} characters, more than {LONGEST:,}")
    return value


def flat(value: object, depth: int = 0) -> str:
    """Whatever a record holds in a field as text, entries of lists and objects on own lines."""
    if value is None or isinstance(value, bool) or depth > DEEPEST:
        return ""
    if isinstance(value, str):
        return clean(value[:LONGEST])
    if isinstance(value, Mapping):
        return "\n".join(filter(None, (flat(each, depth + 1) for each in value.values())))
    if isinstance(value, Sequence):
        return "\n".join(filter(None, (flat(each, depth + 1) for each in value)))
    return str(value)


def sentences_of(passage: str) -> list[str]:
    """Sentences of a passage, of its first `LONGEST` characters; every line is at least one."""
    return [
        sentence
        for line in passage[:LONGEST].split("\n")
        for start in range(0, len(line), _CHUNK)
        for sentence in sentences(line[start : start + _CHUNK])
    ]


def kind(value: object) -> str:
    """What a value is, in the words of JSON."""
    if value is None:
        return "null"
    names = ((bool, "true or false"), (str, "text"), (Mapping, "an object"), (Sequence, "a list"))
    return next((name for type_, name in names if isinstance(value, type_)), "a number")
