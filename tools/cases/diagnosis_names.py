"""What would give a diagnosis away: its names, and the statements that hold one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from medelphi.knowledge.text import IDLE, clean, fold, tokens
from medelphi.schema import Hidden
from medelphi.tools.cases.fields import listed
from medelphi.tools.cases.short_names import is_complaint, short_names

_PARENTHESES = re.compile(r"\s*[(（]([^()（）]{2,60})[)）]")
_HEAD = re.compile(
    r"\s+(?:associated with|secondary to|due to|caused by|in (?:the )?setting of"
    r"|complicated by)\s+.*$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^(?:stage|grade|class|type)\b|^.$|^[ivx\d]+$", re.IGNORECASE)
_GENERAL = listed(
    "disease disorder syndrome infection condition reaction failure injury acute chronic mild "
    "severe type active "
    "primary secondary localized generalized disseminated systemic of the a and with in to at "
    "its point left right"
)
"""Words of a name that say nothing of which disease it is."""


def names_of(diagnosis: str) -> tuple[str, tuple[str, ...]]:
    """A diagnosis as a record writes it -> its name, and its other names.

    "Benign Paroxysmal Positional Vertigo (BPPV)" has the alias "BPPV"; nothing is made up.
    """
    name = " ".join(clean(diagnosis).split()).strip(" .。;；")
    inner = [part.strip() for part in _PARENTHESES.findall(name)]
    outer = " ".join(_PARENTHESES.sub(" ", name).split())
    aliases = [part for part in inner if not _LABEL.match(part) and part.lower() not in IDLE]
    if outer != name:
        aliases.insert(0, outer)
    return name, tuple(dict.fromkeys(alias for alias in aliases if alias and alias != name))


@dataclass(frozen=True, slots=True)
class Giveaway:
    """Tells whether a text holds the diagnosis, by its whole name or the one people use for short.

    A diagnosis that is a mere complaint ("Chest pain") is no secret: no text holds it.

    Attributes:
        names: The diagnosis and its aliases; empty for a case without one.
    """

    names: tuple[str, ...]
    _patterns: tuple[re.Pattern[str], ...] = field(init=False, repr=False)
    _acronyms: tuple[re.Pattern[str], ...] = field(init=False, repr=False)
    """Short ones count in capitals only: "MS" is no title."""
    _words: tuple[frozenset[str], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        wanted = [name for name in self.names if not is_complaint(name)]
        wanted += [head for name in wanted if (head := _HEAD.sub("", name)) != name]
        wanted += [form for name in wanted for form in short_names(name)]
        wanted = [name for name in dict.fromkeys(wanted) if len(fold(name)) > 1]
        short = [name for name in wanted if len(name) <= 3 and name.isascii() and name.isupper()]
        long = [name for name in wanted if name not in short]
        object.__setattr__(self, "_patterns", tuple(map(_pattern, long)))
        acronyms = (rf"(?<![A-Za-z0-9]){re.escape(name)}s?(?![A-Za-z0-9])" for name in short)
        object.__setattr__(self, "_acronyms", tuple(map(re.compile, acronyms)))
        object.__setattr__(
            self, "_words", tuple(words for name in wanted if len(words := _telling(name)) >= 2)
        )

    @classmethod
    def of(cls, hidden: Hidden) -> "Giveaway":
        return cls(tuple(filter(None, (hidden.diagnosis, *hidden.aliases))))

    def holds(self, text: str) -> bool:
        """Whether a text names the diagnosis, in whatever order of words."""
        return bool(self.found(text))

    def found(self, text: str) -> str:
        """The words by which a text names the diagnosis; empty where it does not."""
        folded = fold(text)
        hits = [pattern.search(folded) for pattern in self._patterns]
        hits += [pattern.search(text) for pattern in self._acronyms]
        if hit := next(filter(None, hits), None):
            return hit.group()
        have = {_stem(token): token for token in tokens(text)}
        words = next((words for words in self._words if words <= have.keys()), frozenset[str]())
        return " ".join(token for stem, token in have.items() if stem in words)


def _pattern(name: str) -> re.Pattern[str]:
    words = [
        re.escape(word)
        for word in re.findall(r"\w+|[^\w\s]", fold(name))
        if word.isalnum() or len(word) > 1
    ]
    joined = r"[\W_]*".join(words)
    if re.match(r"[a-z0-9]", fold(name)):
        # The plural, and for names of some length their adjectives: "tuberculosis", "scabies".
        return re.compile(rf"(?<![a-z0-9]){joined}(?:s|es)?(?![a-z0-9])")
    return re.compile(joined)


def _telling(name: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in tokens(name) if word not in _GENERAL and len(word) > 2)


def _stem(word: str) -> str:
    return re.sub(r"(?:ic|al|ous|is|ed|s)$", "", word) if len(word) > 6 else word


def repeats_result(text: str, results: Iterable[str]) -> str | None:
    """The first result that a text repeats, or None. Short ones ("Normal") are no secret."""
    have = set(map(_stem, tokens(text)))
    for result in results:
        words = {_stem(word) for word in tokens(result) if len(word) > 2}
        if len(words) >= 3 and len(words & have) >= 0.9 * len(words):
            return result
    return None
