"""What is wrong with a case although it is well formed: reported, not refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from medelphi.knowledge.text import fold, tokens
from medelphi.schema import Case, Fact
from medelphi.tools.cases.diagnosis_names import Giveaway, repeats_result
from medelphi.tools.cases.fields import listed
from medelphi.tools.cases.spoken import quotes_result, results_of, said_beside, said_of
from medelphi.tools.cases.statements import polarity_of

ProblemKind = Literal[
    "hidden_in_fact",
    "hidden_in_opener",
    "hidden_in_unknown",
    "hidden_in_field",
    "result_in_fact",
    "result_in_opener",
    "withheld",
    "contradiction",
    "polarity",
    "unknown_and_fact",
    "no_must_ask",
    "no_critical",
    "lay_empty",
    "too_long",
]
LONGEST_FACT = 400
"""Characters of an atomic fact."""
LONGEST_OPENER = 1_200
_IDLE = listed(
    "patient report have has had deny denies no not never the a an of and in is are was were "
    "any known recent i my me he she "
    "his her it to with for been"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseProblem:
    """One thing to look at in a case."""

    kind: ProblemKind
    place: str
    """The id of the fact, or the field."""
    message: str
    """One line: what is wrong. It may hold hidden text: not for the patient's side."""


def problems(case: Case) -> tuple[CaseProblem, ...]:
    """Everything that looks wrong with a case, by its fields; empty for a clean one."""
    return (
        *_opener(case),
        *_facts(case),
        *_pairs(case),
        *_unknown(case),
        *_beside(case),
        *_whole(case),
    )


def _opener(case: Case) -> Iterator[CaseProblem]:
    giveaway = Giveaway.of(case.hidden)
    if giveaway.holds(case.opener) or _repeats(case.opener, case.hidden.withheld):
        yield CaseProblem(
            kind="hidden_in_opener",
            place="opener",
            message="names the hidden diagnosis; say the complaint instead",
        )
    if result := _result_in(case.opener, results_of(case)):
        yield CaseProblem(
            kind="result_in_opener",
            place="opener",
            message=f"repeats the hidden result {result[:80]!r}",
        )
    if len(case.opener) > LONGEST_OPENER:
        yield CaseProblem(
            kind="too_long",
            place="opener",
            message=f"has {len(case.opener):,} characters, more than {LONGEST_OPENER:,}",
        )
    if not any(map(str.isalnum, case.opener)):
        yield CaseProblem(kind="lay_empty", place="opener", message="has no words")


def _facts(case: Case) -> Iterator[CaseProblem]:
    giveaway = Giveaway.of(case.hidden)
    results = results_of(case)
    for fact in case.facts:
        said = said_of(fact)
        if any(map(giveaway.holds, said)) or _repeats(fact.lay, case.hidden.withheld):
            yield CaseProblem(
                kind="hidden_in_fact",
                place=fact.id,
                message="names the hidden diagnosis; move it to hidden.withheld",
            )
        if result := next(filter(None, (_result_in(text, results) for text in said)), None):
            yield CaseProblem(
                kind="result_in_fact",
                place=fact.id,
                message=f"repeats the hidden result {result[:80]!r}",
            )
        if not any(map(str.isalnum, fact.lay)):
            yield CaseProblem(
                kind="lay_empty", place=fact.id, message="its lay sentence has no words"
            )
        if max(len(fact.text), len(fact.lay)) > LONGEST_FACT:
            yield CaseProblem(
                kind="too_long",
                place=fact.id,
                message=f"is longer than {LONGEST_FACT} characters; part it into atomic facts",
            )
        if (
            fact.polarity == "denied"
            and polarity_of(fact.text) != "denied"
            and polarity_of(fact.lay) != "denied"
        ):
            yield CaseProblem(
                kind="polarity",
                place=fact.id,
                message="is denied, but neither its text nor its lay sentence denies anything",
            )
    for text in case.hidden.withheld:
        yield CaseProblem(
            kind="withheld", place="hidden.withheld", message=f"nobody is told: {text[:120]!r}"
        )


def _pairs(case: Case) -> Iterator[CaseProblem]:
    bags = [(_core(fact.text), _figures(fact.text)) for fact in case.facts]
    for at, fact in enumerate(case.facts):
        for before, other in enumerate(case.facts[:at]):
            if _contradict(fact, other, *bags[at], *bags[before]):
                yield CaseProblem(
                    kind="contradiction",
                    place=fact.id,
                    message=f"contradicts {other.id}: {fact.text[:80]!r}, {other.text[:80]!r}",
                )


def _contradict(
    fact: Fact,
    other: Fact,
    words: frozenset[str],
    figures: frozenset[str],
    had: frozenset[str],
    numbers: frozenset[str],
) -> bool:
    """One thing both present and denied, or the same words with other figures."""
    if not words or not had:
        return False
    if fact.polarity != other.polarity:
        denied, present = (words, had) if fact.polarity == "denied" else (had, words)
        return denied <= present and len(denied) * 2 >= len(present)
    return (
        fact.polarity == "present"
        and words == had
        and bool(figures and numbers)
        and figures != numbers
    )


def _unknown(case: Case) -> Iterator[CaseProblem]:
    giveaway = Giveaway.of(case.hidden)
    for item in case.unknown:
        topic = _core(item.topic)
        if giveaway.holds(item.topic) or giveaway.holds(item.lay):
            yield CaseProblem(
                kind="hidden_in_unknown",
                place="unknown",
                message=f"{item.topic[:80]!r} names the hidden diagnosis",
            )
        for fact in case.facts:
            if topic and topic <= _core(fact.text):
                yield CaseProblem(
                    kind="unknown_and_fact",
                    place=fact.id,
                    message=f"tells what is unknown as well: {item.topic[:80]!r}; remove one",
                )


def _beside(case: Case) -> Iterator[CaseProblem]:
    giveaway = Giveaway.of(case.hidden)
    for name, text in said_beside(case).items():
        if giveaway.holds(text) or _repeats(text, case.hidden.withheld):
            yield CaseProblem(
                kind="hidden_in_field",
                place=name,
                message="names the hidden diagnosis, and is given to whoever plays the patient",
            )


def _whole(case: Case) -> Iterator[CaseProblem]:
    if not any(item.kind == "must_ask" for item in case.rubric):
        yield CaseProblem(
            kind="no_must_ask",
            place="rubric",
            message="has no must_ask item: inquiry is scored by coverage alone",
        )
    if not any(fact.critical for fact in case.facts):
        yield CaseProblem(
            kind="no_critical",
            place="facts",
            message="has no critical fact: critical recall cannot be scored",
        )


def _result_in(text: str, results: tuple[str, ...]) -> str | None:
    return repeats_result(text, results) or quotes_result(text, results)


def _repeats(text: str, withheld: tuple[str, ...]) -> bool:
    folded = fold(text)
    return any(len(each) > 3 and fold(each).rstrip(".。") in folded for each in withheld)


def _core(text: str) -> frozenset[str]:
    return frozenset(
        word for word in tokens(text) if word not in _IDLE and not word[0].isdigit()
    ) - frozenset("无没有否认未")


def _figures(text: str) -> frozenset[str]:
    return frozenset(word for word in tokens(text) if word[0].isdigit())
