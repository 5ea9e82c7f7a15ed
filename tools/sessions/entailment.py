"""Whether statements of a record entail a claim: content, figures, sides, and which way round."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from medelphi.schema import Fact
from medelphi.tools.offline.judge_numbers import agrees
from medelphi.tools.sessions.claims import FEELING, Claim, Content, read

SHARE = 0.55
"""Of a claim's content, by weight, that statements of the record have to hold."""
LEAST = 1.1
"""Weight from which a clause without anything medical is a claim at all."""
_OWN = 0.7
"""The same of a clause that says what somebody has or takes."""
_HAS = re.compile(
    r"\b(?:i|he|she|we|they|my \w+)(?:['’](?:ve|s|m))? (?:also |now |still |just |even |often )?"
    r"(?:have|has|had|got|get|gets|feel|feels|felt|take|takes|took|use|uses|used|been (?:having|"
    r"taking|using|feeling))\b",
    re.IGNORECASE,
)
_SLIGHT = 0.35
"""Weight up to which a clause says nothing but its figures ("it began two days ago")."""
_ABOUT, _SAME = 0.3, 0.8
"""Weight and share of what a clause and a fact have in common from which they say the same."""
_SOURCES = 4
"""Statements that one clause may draw from."""
_SIDES = ("~left", "~right")

Outcome = Literal["entailed", "contradicted", "unfounded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One clause of the record."""

    owner: str
    """Id of the fact; empty for the opener, the demographics and the like."""
    sign: Literal[-1, 0, 1]
    content: Content
    spoken: str = ""
    """The letters of the clause, where it is in the respondent's own words."""

    def holds(self, key: str) -> bool:
        if key in self.content.weights:
            return True
        # The record is the more specific one: "asthma attack" holds "asthma".
        return key in self.content.wider


def statements(
    texts: Iterable[str], owner: str = "", *, spoken: bool = False
) -> tuple[Statement, ...]:
    """Every clause of some texts of the record, whatever its manner.

    Args:
        texts: Of one kind.
        owner: Id of the fact that they are of.
        spoken: They are the respondent's own words: said again, they are entailed as they stand.
    """
    return tuple(
        Statement(
            owner=owner,
            sign=claim.sign,
            content=claim.content,
            spoken=_letters(claim.text) if spoken else "",
        )
        for text in texts
        for claim in read(text)
    )


@lru_cache(maxsize=16384)
def of_fact(fact: Fact) -> tuple[Statement, ...]:
    """The statements of a fact, in its clinical and its lay words.

    A denied fact denies, whether or not its clinical text says so itself.
    """
    own = statements((fact.lay,), fact.id, spoken=True)
    return (*_signed(fact, statements((fact.text,), fact.id)), *_signed(fact, own))


def _signed(fact: Fact, own: tuple[Statement, ...]) -> tuple[Statement, ...]:
    if fact.polarity == "present" or any(item.sign == -1 for item in own):
        return own
    return tuple(replace(item, sign=-1) if item.sign == 1 else item for item in own)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def is_claim(claim: Claim, record: Sequence[Statement] = ()) -> bool:
    """Whether a clause says something of the patient's case that a record could hold or not.

    Args:
        claim: The clause.
        record: A clause on just what one of its facts is about is a claim, however plain its words.
    """
    if claim.manner != "claim":
        return False
    content = claim.content
    if not content.strict and not content.figures and FEELING.search(claim.text):
        return False
    if any(_is_about(content, item) for item in record if item.owner):
        return True
    if content.strict or any(q.dimension for q in content.figures):
        return True
    if content.total >= _OWN and _HAS.search(claim.text):
        return True
    return content.total >= (0.7 if any(k[0] in "=~" for k in content.weights) else LEAST)


def _is_about(content: Content, item: Statement) -> bool:
    shared = sum(worth for key, worth in content.weights.items() if key in item.content.weights)
    return shared >= _ABOUT and shared >= _SAME * max(content.total, item.content.total)


def entails(claim: Claim, record: Sequence[Statement]) -> Outcome:
    """What a record says to a claim."""
    words = _letters(claim.text)
    if any(item.spoken == words for item in record if item.spoken):
        return "entailed"
    agreeing = [item for item in record if _agree(claim.sign, item.sign)]
    if _held(claim, agreeing):
        # A statement that holds all of it the other way round outweighs several that hold parts.
        if claim.sign and not _whole(claim, agreeing) and _whole(claim, record):
            return "contradicted"
        return "entailed"
    if claim.sign and _held(claim, record):
        return "contradicted"
    return "unfounded"


def _whole(claim: Claim, record: Sequence[Statement]) -> bool:
    weights = claim.content.weights
    return any(
        all(item.holds(key) for key, worth in weights.items() if worth >= _SLIGHT)
        for item in record
        if item.owner
    )


def _agree(one: int, other: int) -> bool:
    return one == other or not one or not other


def _held(claim: Claim, record: Sequence[Statement]) -> bool:
    content = claim.content
    left = dict(content.weights)
    chosen: list[Statement] = []
    for _ in range(_SOURCES):
        best = max(
            record,
            key=lambda s: sum(
                w for key, w in left.items() if s.holds(key) or _named(key, content, s)
            ),
            default=None,
        )
        if best is None:
            break
        gained = [key for key in left if best.holds(key) or _named(key, content, best)]
        if not any(left[key] for key in gained):
            break
        chosen.append(best)
        for key in gained:
            del left[key]
    missing = sum(left.values())
    if content.total > _SLIGHT and 1 - missing / content.total < SHARE:
        return False
    if any(key in content.strict for key in left):
        return False
    for side, other in (_SIDES, _SIDES[::-1]):
        told = any(other in s.content.weights for s in chosen)
        if side in left and told:
            return False
    return _figures_agree(content, chosen, record)


def _named(key: str, content: Content, statement: Statement) -> bool:
    """Whether a statement holds a concept in other words ("pain in my belly")."""
    parts = content.parts.get(key, frozenset())
    return bool(parts) and all(part in statement.content.weights for part in parts)


def _figures_agree(
    content: Content, chosen: Sequence[Statement], record: Sequence[Statement]
) -> bool:
    """Every figure stands in a statement on the same thing, or anywhere where those have none."""
    telling = [key for key, worth in content.weights.items() if worth >= _SLIGHT]
    about = [s for s in record if any(s.holds(key) for key in telling)] or chosen
    for figure in content.figures:
        near = [q for s in about for q in s.content.figures if q.dimension == figure.dimension]
        known = near or [q for s in record for q in s.content.figures]
        if not any(agrees(q, figure) for q in known):
            return False
    return True
