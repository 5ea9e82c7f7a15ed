"""A builder's reply -> a case: what code cannot find in the record is dropped, and reported.

A fact stands on words of the record: its quote is there, its figures are the quote's, it denies
where the quote does, and no part of it is hidden. What a patient would say is put right by rule.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from medelphi.knowledge.text import fold
from medelphi.schema import (
    Case,
    Demographics,
    Fact,
    Hidden,
    Language,
    Measurement,
    Unknown,
)
from medelphi.schema.case import TRUST, Disclosure, Polarity, Respondent
from medelphi.tools.cases.classify import access_of, finding
from medelphi.tools.cases.diagnosis_names import Giveaway, repeats_result
from medelphi.tools.cases.drafting import rubric_of
from medelphi.tools.cases.lay import lay_sentence
from medelphi.tools.cases.opener import opener_of
from medelphi.tools.cases.people import SPEAKS_FROM, People, years_of
from medelphi.tools.cases.statements import polarity_of, statements
from medelphi.tools.cases.support import foreign, same_figures, share, stands, supported, unprovoked
from medelphi.tools.dialogue.wording import denies, numbers

if TYPE_CHECKING:
    from medelphi.agents.case_builder import (
        BuiltDiagnosis,
        BuiltFact,
        BuiltMeasurement,
        CaseFacts,
    )

Results = Sequence[tuple[tuple[int, int], str]]
"""Where in a record results stand, and the results."""
NoteKind = Literal[
    "cut", "no_quote", "unsupported", "hidden", "finding", "repeated", "contradiction", "reworded"
]
TRUSTED = 2.75
"""The trust that a fact of level 3 needs, unless code knows better."""
IN_OPENER = 0.6
"""Share of a fact's words in the opener from which it counts as told there."""
SAME = 0.8
"""Share of common words of two facts that say the same thing."""
LONGER, ROOM = 3, 60
"""Lay words are at most so many times as long as a fact, and so many characters more."""
_FELT = frozenset({"complaint", "symptom", "mental_state", "other"})
"""Domains that a finding may pass for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """Something that was dropped or mended."""

    kind: NoteKind
    place: str
    """E.g. ``facts[3]``, counted from 0 in the reply."""
    message: str
    """One line, in English."""


@dataclass(slots=True, kw_only=True)
class _Desk:
    """The record, and what is noted while it is taken apart."""

    record: str
    language: Language
    demographics: Demographics = field(default_factory=Demographics)
    respondent: Respondent = "patient"
    relation: str = ""
    giveaway: Giveaway = field(default_factory=lambda: Giveaway(()))
    """Tells whether a text holds the diagnosis."""
    withheld: list[str] = field(default_factory=list)
    notes: list[CaseNote] = field(default_factory=list)

    def note(self, kind: NoteKind, place: str, message: str) -> None:
        self.notes.append(CaseNote(kind=kind, place=place, message=message))

    def quoted(self, quote: str, place: str) -> tuple[int, int] | None:
        found = stands(quote, self.record)
        if found is None:
            self.note("no_quote", place, f"not in the record: {_short(quote)!r}")
        return found

    def lay(self, fact: "BuiltFact") -> str:
        return lay_sentence(
            fact.text,
            self.language,
            respondent=self.respondent,
            relation=self.relation,
            demographics=self.demographics,
            polarity=fact.polarity,
        )


def assemble(
    reply: "CaseFacts",
    record: str,
    *,
    id: str,  # noqa: A002
    language: Language,
    source: str,
    licence: str,
) -> tuple[Case | None, tuple[CaseNote, ...]]:
    """The case that stands on a record, and what was dropped or mended.

    Args:
        reply: What the builder made of it.
        record: The words that quotes are looked up in.
        id: Of the case.

    Returns:
        None for the case where no fact is left.
    """
    desk = _Desk(record=record, language=language)
    diagnosis = _diagnosis(desk, reply.diagnosis)
    _people(desk, reply)
    measurements, results = _measurements(desk, reply.measurements)
    opener = _opener(desk, reply.opener, measurements)
    facts = _facts(desk, reply.facts, results)
    if not facts:
        return None, tuple(desk.notes)
    opener = opener or _opening(desk, facts)
    case = Case(
        id=id,
        language=language,
        source=source,
        licence=licence,
        demographics=desk.demographics,
        respondent=desk.respondent,
        relation=desk.relation,
        opener=opener,
        facts=_told(facts, opener),
        unknown=_unknown(desk, reply, facts),
        hidden=Hidden(
            diagnosis=diagnosis.name.strip() if diagnosis else "",
            aliases=_names(diagnosis.aliases, diagnosis.name) if diagnosis else (),
            broader=_names(diagnosis.broader, *desk.giveaway.names) if diagnosis else (),
            measurements=measurements,
            withheld=tuple(dict.fromkeys(desk.withheld)),
        ),
        rubric=rubric_of(facts, language),
    )
    return case, tuple(desk.notes)


def _people(desk: _Desk, reply: "CaseFacts") -> None:
    age, about = reply.age.strip(), reply.about.strip()
    if not numbers(age).keys() <= numbers(desk.record).keys():
        desk.note("unsupported", "age", f"not in the record: {_short(age)!r}")
        age = ""
    if about and (desk.giveaway.holds(about) or not supported(about, desk.record)):
        desk.note("unsupported", "about", f"not in the record: {_short(about)!r}")
        about = ""
    desk.demographics = Demographics(age=age, sex=reply.sex, other=about)
    years = years_of(age)
    desk.respondent, desk.relation = reply.respondent, reply.relation.strip()
    if desk.respondent == "patient" and years is not None and years < SPEAKS_FROM:
        desk.note("reworded", "respondent", "a young child does not answer: a caregiver does")
        desk.respondent = "caregiver"
    if desk.respondent == "patient":
        desk.relation = ""
    elif not desk.relation:
        desk.relation = "家属" if desk.language == "zh" else "family member"


def _diagnosis(desk: _Desk, given: "BuiltDiagnosis | None") -> "BuiltDiagnosis | None":
    """The diagnosis where the record has it. Facts that name it are withheld in any case."""
    if given is None or not given.name.strip():
        return None
    desk.giveaway = Giveaway((given.name.strip(), *_names(given.aliases, given.name)))
    return given if desk.quoted(given.quote, "diagnosis") else None


def _measurements(
    desk: _Desk, given: Sequence["BuiltMeasurement"]
) -> tuple[tuple[Measurement, ...], list[tuple[tuple[int, int], str]]]:
    """The measurements, one of a name, and where each result stands in the record."""
    kept: dict[str, Measurement] = {}
    places: list[tuple[tuple[int, int], str]] = []
    for place, item in enumerate(given):
        where = f"measurements[{place}]"
        span = desk.quoted(item.quote, where)
        name, result = item.name.strip(), item.result.strip()
        if span is None or not name:
            continue
        quote = desk.record[slice(*span)]
        if not result or not same_figures(result, quote) or not supported(result, quote):
            desk.note("reworded", where, "the result is not the quote's: the quote stands for it")
            result = quote
        places.append((span, result))
        before = kept.get(fold(name))
        if before is not None:
            said = fold(result) in fold(before.result)
            result = before.result if said else f"{before.result} {result}"
        kept[fold(name)] = Measurement(
            id=before.id if before else f"m{len(kept) + 1}",
            name=before.name if before else name,
            kind=before.kind if before else item.kind,
            result=result,
            aliases=_names((*(before.aliases if before else ()), *item.aliases), name),
        )
    return tuple(kept.values()), places


def _facts(
    desk: _Desk,
    given: Sequence["BuiltFact"],
    results: Results,
) -> tuple[Fact, ...]:
    kept: list[Fact] = []
    for place, item in enumerate(given):
        where = f"facts[{place}]"
        span = desk.quoted(item.quote, where)
        if span is None:
            continue
        quote = desk.record[slice(*span)]
        if problem := _fault(item, quote, desk):
            desk.note("unsupported", where, f"{problem}: {_short(item.text)!r}")
        elif desk.giveaway.holds(item.text):
            desk.note("hidden", where, "it names the diagnosis; nobody is told")
            desk.withheld.append(item.text.strip())
        elif _measured(item, span, results):
            desk.note("finding", where, f"it is no patient's to tell: {_short(item.text)!r}")
            if not any(share(item.text, result) >= SAME for _, result in results):
                desk.withheld.append(item.text.strip())
        elif same := _known(item, kept):
            kind: NoteKind = "repeated" if same.polarity == item.polarity else "contradiction"
            desk.note(kind, where, f"{same.id} says the same or the opposite")
        else:
            kept.append(_fact(desk, item, quote, where, len(kept) + 1, results))
    return tuple(kept)


def _fault(item: "BuiltFact", quote: str, desk: _Desk) -> str:
    """What a fact says that its quote does not; empty where it stands."""
    if not any(character.isalnum() for character in item.text):
        return "it has no text"
    if not same_figures(item.text, quote):
        return "its figures are not the quote's"
    if foreign(quote, desk.language):
        return ""
    if not supported(item.text, quote):
        return "no word of it is in the quote"
    said = unprovoked(_closest(item.text, quote))
    quote_denies = denies(unprovoked(quote)) or polarity_of(said) == "denied"
    if (item.polarity == "denied" or denies(unprovoked(item.text))) and not quote_denies:
        return "the quote does not deny it"
    if item.polarity == "present" and not denies(item.text) and denies(said):
        return "the quote denies it"
    return ""


def _closest(text: str, quote: str) -> str:
    """The statement of a quote that a fact is about."""
    parts = [statement.text for statement in statements(quote)]
    return max(parts, key=lambda part: share(text, part), default=quote)


def _fact(
    desk: _Desk, item: "BuiltFact", quote: str, where: str, number: int, results: Results
) -> Fact:
    text, lay = item.text.strip(), item.lay.strip()
    if not _says(lay, text, quote, item.polarity) or _hides(lay, desk, results):
        desk.note(
            "reworded", f"{where}.lay", f"it does not say what the fact says: {_short(lay)!r}"
        )
        lay = desk.lay(item)
    access = access_of(text, item.polarity, item.domain)
    level: Disclosure = 3 if access.disclosure == 3 or item.disclosure == 3 else 1
    if level == 1 and (item.disclosure == 2 or access.disclosure == 2):
        level = 2
    trust = TRUST[0]
    if level == 3:
        trust = access.trust if access.disclosure == 3 else TRUSTED
    return Fact(
        id=f"f{number}",
        text=text,
        lay=lay,
        domain=item.domain,
        polarity=item.polarity,
        critical=item.critical,
        red_flag=item.red_flag and item.polarity == "present",
        disclosure=level,
        quote=_open_part(quote, text, desk, results),
        trust=trust,
    )


def _says(lay: str, text: str, quote: str, polarity: Polarity) -> bool:
    """Whether lay words commit to what a fact does, and to no more."""
    figures, stated = numbers(lay).keys(), numbers(text).keys()
    return (
        any(character.isalnum() for character in lay)
        and stated <= figures <= stated | numbers(quote).keys()
        and denies(lay) == (polarity == "denied" or denies(text))
        and len(lay) <= LONGER * len(text) + ROOM
    )


def _hides(text: str, desk: _Desk, results: Results) -> bool:
    """Whether a text holds the diagnosis or a whole result."""
    told = (fold(result) for _, result in results)
    return desk.giveaway.holds(text) or any(result in fold(text) for result in told)


def _open_part(quote: str, text: str, desk: _Desk, results: Results) -> str:
    """What of a quote the patient's side may see: a clause of it where it holds something hidden,
    and nothing where every clause does."""
    if not _hides(quote, desk, results):
        return quote
    parts = (part.strip() for part in re.split(r"[,;:()，；。：（）]|\. ", quote))
    kept = [part for part in parts if part and not _hides(part, desk, results)]
    return max(kept, key=lambda part: share(text, part), default="")


def _told(facts: Iterable[Fact], opener: str) -> tuple[Fact, ...]:
    """Facts that the opener tells are of level 0, and no others."""
    return tuple(
        fact.model_copy(update={"disclosure": 0, "trust": TRUST[0]})
        if fact.polarity == "present" and share(fact.lay, opener) >= IN_OPENER
        else fact
        for fact in facts
    )


def _measured(item: "BuiltFact", span: tuple[int, int], results: Results) -> bool:
    """Whether a fact is what an examination or a test found."""
    for (start, end), result in results:
        common = min(end, span[1]) - max(start, span[0])
        if common * 2 >= span[1] - span[0] and share(item.text, result) >= IN_OPENER:
            return True
    return item.domain in _FELT and finding(item.text) is not None


def _known(item: "BuiltFact", kept: Iterable[Fact]) -> Fact | None:
    """A fact that says the same thing, or denies it."""
    for fact in kept:
        likeness = min(share(item.text, fact.text), share(fact.text, item.text))
        if likeness >= SAME and numbers(item.text) == numbers(fact.text):
            return fact
    return None


def _unknown(desk: _Desk, reply: "CaseFacts", facts: Sequence[Fact]) -> tuple[Unknown, ...]:
    kept = []
    for place, item in enumerate(reply.unknown):
        where = f"unknown[{place}]"
        topic = item.topic.strip()
        if not topic or desk.quoted(item.quote, where) is None:
            continue
        if desk.giveaway.holds(topic):
            desk.note("hidden", where, "it names the diagnosis")
        elif any(share(topic, fact.text) >= SAME for fact in facts):
            desk.note("contradiction", where, f"a fact tells it: {_short(topic)!r}")
        else:
            kept.append(Unknown(topic=topic))
    return tuple(kept)


def _opener(desk: _Desk, given: str, measurements: Sequence[Measurement]) -> str:
    """The reply's opener; empty where it says what it must not, or what the record does not."""
    opener = " ".join(given.split())
    if not any(character.isalnum() for character in opener):
        return ""
    results = [item.result for item in measurements]
    if desk.giveaway.holds(opener) or repeats_result(opener, results):
        problem = "it holds something hidden"
    elif not numbers(opener).keys() <= numbers(desk.record).keys():
        problem = "its figures are not the record's"
    elif not foreign(desk.record, desk.language) and not supported(opener, desk.record):
        problem = "no word of it is in the record"
    else:
        return opener
    desk.note("reworded", "opener", problem)
    return ""


def _names(given: Iterable[str], *others: str) -> tuple[str, ...]:
    taken = {fold(other).strip() for other in others}
    return tuple(dict.fromkeys(n for name in given if (n := name.strip()) and fold(n) not in taken))


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else f"{words[:79]}…"


def _opening(desk: _Desk, facts: Sequence[Fact]) -> str:
    """An opener that tells the complaint."""
    people = People(
        demographics=desk.demographics, respondent=desk.respondent, relation=desk.relation
    )
    told = [f for f in facts if f.polarity == "present" and f.disclosure < 3]
    complaints = [f for f in told if f.domain == "complaint"]
    symptoms = [f for f in told if f.domain == "symptom"]
    return opener_of(people, complaints or symptoms, desk.language)
