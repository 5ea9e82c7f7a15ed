"""The case builder splits a record in free text into a case for simulated consultations."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Literal

from pydantic import Field, model_validator

from medelphi.agents.case_assembly import CaseNote, assemble
from medelphi.agents.seat import Seat, Work
from medelphi.prompts.sections import section
from medelphi.schema import Case, Language
from medelphi.schema.base import Record
from medelphi.schema.case import FactDomain, MeasurementKind, Polarity, Respondent

LONGEST = 40_000
"""Characters of a record that are read."""
MOST_FACTS = 40
"""Facts that a model is asked for at most."""


class BuiltFact(Record):
    quote: str
    text: str
    lay: str
    domain: FactDomain
    polarity: Polarity
    critical: bool
    red_flag: bool
    disclosure: int = Field(json_schema_extra={"enum": [0, 1, 2, 3]})


class BuiltUnknown(Record):
    quote: str
    topic: str


class BuiltMeasurement(Record):
    quote: str
    name: str
    kind: MeasurementKind
    result: str
    aliases: tuple[str, ...]


class BuiltDiagnosis(Record):
    quote: str
    name: str
    aliases: tuple[str, ...]
    broader: tuple[str, ...]


class CaseFacts(Record):
    """A record, taken apart."""

    age: str
    sex: Literal["female", "male", "other", ""]
    about: str
    respondent: Respondent
    relation: str
    diagnosis: BuiltDiagnosis | None
    measurements: tuple[BuiltMeasurement, ...]
    facts: tuple[BuiltFact, ...]
    unknown: tuple[BuiltUnknown, ...]
    opener: str

    @model_validator(mode="after")
    def _some_fact_stands(self) -> "CaseFacts":
        if problem := _PROBLEM.get()(self):
            raise ValueError(problem)
        return self


def _no_problem(_: CaseFacts) -> str:
    return ""


_PROBLEM: ContextVar[Callable[[CaseFacts], str]] = ContextVar("_PROBLEM", default=_no_problem)
"""What is wrong with a reply of the call under way. One without a fact that stands in the record
is malformed like one that breaks the schema: it is repaired, and never kept in the cache."""


async def build_case(
    seat: Seat,
    record: str,
    *,
    id: str,  # noqa: A002
    language: Language,
    source: str = "",
    licence: str = "",
    sample: int = 0,
) -> tuple[Case, tuple[CaseNote, ...], Work]:
    """Take a record apart, and keep what code finds in it.

    Args:
        seat: The builder.
        record: Prose; only its first `LONGEST` characters are read.
        id: Of the case.
        language: Of the case. The record may be in another one; its quotes stay as they are.
        source: Where the record comes from, with the year.
        licence: Of the record.
        sample: Number of this reply among several to the same record.

    Returns:
        The case; what was dropped or mended, and why; what it consumed.

    Raises:
        ValueError: The record has no text.
        ProviderError: There is no usable reply.
    """
    if not any(character.isalnum() for character in record):
        raise ValueError("the record has no text")
    read = record.strip()[:LONGEST]

    def assembled(reply: CaseFacts) -> tuple[Case | None, tuple[CaseNote, ...]]:
        return assemble(reply, read, id=id, language=language, source=source, licence=licence)

    def problem(reply: CaseFacts) -> str:
        case, notes = assembled(reply)
        if case is not None:
            return ""
        reasons = "; ".join(dict.fromkeys(note.message for note in notes)) or "there is none"
        return f"no usable fact: {reasons}. Copy each quote from the record character for character"

    token = _PROBLEM.set(problem)
    try:
        reply, work = await seat.ask(
            "build_case",
            language,
            CaseFacts,
            sample,
            record=section("record", read),
            limits=section("limits", "", language=language, max_facts=MOST_FACTS),
        )
    finally:
        _PROBLEM.reset(token)
    case, notes = assembled(reply)
    if case is None:
        raise AssertionError("a reply without a usable fact is malformed")
    if len(record.strip()) > LONGEST:
        cut = f"only the first {LONGEST} of {len(record.strip())} characters were read"
        notes = (CaseNote(kind="cut", place="record", message=cut), *notes)
    return case, notes, work
