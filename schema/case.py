"""A case: the patient record that a consultation is simulated from.

What the respondent may say and what stays hidden are two parts of it. Whatever words a patient is
given `Case.patient`, which has no hidden part.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from medelphi.schema.base import Record
from medelphi.schema.criterion import TurnTag
from medelphi.schema.query import Language

Respondent = Literal["patient", "caregiver"]
"""Who answers: infants do not speak for themselves."""
FactDomain = Literal[
    "demographics",
    "complaint",
    "symptom",
    "past_history",
    "medication",
    "allergy",
    "family_history",
    "social_history",
    "obstetric",
    "mental_state",
    "other",
]
Polarity = Literal["present", "denied"]
Disclosure = Literal[0, 1, 2, 3]
"""0: in the opener. 1: told when asked about the topic. 2: when asked specifically. 3: when asked
specifically and trust suffices."""
MeasurementKind = Literal["examination", "test"]
Temperament = Literal["plain", "verbose", "pleasing", "impatient", "distrustful", "overanxious"]
Literacy = Literal["A", "B", "C"]
"""A: knows medical words; B: everyday words; C: few and vague words."""
Scope = Literal["turn", "session"]
TRUST = (1.0, 4.0)
"""The least and the most trust of a respondent; at the least the patient leaves."""


def _no_zero(weight: float) -> float:
    if weight == 0:
        raise ValueError("a weight must not be zero")
    return weight


class Fact(Record):
    """One atomic thing that the respondent knows."""

    id: str = Field(min_length=1, pattern=r"^[A-Za-z0-9_.-]+$")
    text: str = Field(min_length=1)
    """In clinical words, third person."""
    lay: str = Field(min_length=1)
    """The whole sentence that the respondent would say, in their own person."""
    domain: FactDomain
    polarity: Polarity = "present"
    critical: bool = False
    """A good consultation has to find it out."""
    red_flag: bool = False
    """Once told, the doctor has to follow it up."""
    disclosure: Disclosure = 1
    trust: float = Field(default=TRUST[0], ge=TRUST[0], le=TRUST[1])
    """The trust that level 3 needs."""
    topics: tuple[str, ...] = ()
    """Further words by which a question reaches it; its own words always do."""
    tags: tuple[str, ...] = ()
    quote: str = ""
    """The words of the record that it rests on, where it was taken from one."""


class Unknown(Record):
    """Something that the respondent does not know. "I don't know" is not "no"."""

    topic: str = Field(min_length=1)
    """What a question has to be about, e.g. ``family history of heart disease``."""
    lay: str = ""
    """What they say then; empty for plain words of not knowing."""


class Measurement(Record):
    """An examination or test of the record, and what it found."""

    id: str = Field(min_length=1, pattern=r"^[A-Za-z0-9_.-]+$")
    name: str = Field(min_length=1)
    kind: MeasurementKind
    result: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    """Other names that an order may use."""
    weight: float = Field(default=1.0, gt=0)
    """What ordering it counts for among the tests; of no effect on examinations."""


class Hidden(Record):
    """What no prompt that writes a patient's words ever holds."""

    diagnosis: str = ""
    """Empty where the record has none: then no diagnosis is scored."""
    aliases: tuple[str, ...] = ()
    """Other names of the same diagnosis."""
    broader: tuple[str, ...] = ()
    """Names that hold the diagnosis among others; naming one of them is not enough."""
    measurements: tuple[Measurement, ...] = ()
    withheld: tuple[str, ...] = ()
    """Statements of the record that would give the diagnosis away; nobody is told."""

    @property
    def strings(self) -> tuple[str, ...]:
        """Every text that must not reach a patient's words."""
        names = (self.diagnosis, *self.aliases)
        results = (measurement.result for measurement in self.measurements)
        return tuple(dict.fromkeys(filter(None, (*names, *results, *self.withheld))))


class PatientPersona(Record):
    """How the respondent talks. It changes the wording, never what may be told."""

    temperament: Temperament = "plain"
    literacy: Literacy = "B"
    recall: float = Field(default=1.0, ge=0, le=1)
    """How sure they are of what they tell: below 1 they hedge, and never alter a fact."""
    confusion: float = Field(default=0.0, ge=0, le=1)
    """Chance to answer a question only after it is asked again, in the first turn; it halves with
    every turn."""
    cost: Literal["unspoken", "worried"] = "unspoken"
    """Whether they ask what a test or treatment costs."""
    culture: str = ""
    """An attitude in one sentence, e.g. "prefers herbal remedies"; empty for none."""
    trust: float = Field(default=2.5, ge=TRUST[0], le=TRUST[1])
    """At the start."""
    sentences: int = Field(default=4, ge=1, le=12)
    """Most sentences in one turn."""


class CaseCriterion(Record):
    """One item of a case's rubric: what a doctor must ask, say or not say."""

    id: str = Field(min_length=1, pattern=r"^[A-Za-z0-9_.-]+$")
    text: str = Field(min_length=1)
    """What the doctor does, in the affirmative, e.g. "Asks about chest pain on exertion"."""
    kind: Literal["must_ask", "must_tell", "must_not", "safety_net", "plan"]
    scope: Scope = "session"
    weight: Annotated[float, AfterValidator(_no_zero), Field(ge=-10, le=10)]
    """Negative for must_not, positive for the others."""
    facts: tuple[str, ...] = ()
    """For must_ask: met once the doctor has asked for one of these facts, without a judge."""
    turn_tag: TurnTag | None = None
    red_line: bool = False
    """Doing it is unsafe: it caps the session's score at 0. For must_not only."""

    @model_validator(mode="after")
    def _sign_fits(self) -> "CaseCriterion":
        if (self.weight < 0) != (self.kind == "must_not"):
            raise ValueError("a must_not has a negative weight, every other item a positive one")
        if self.red_line and self.kind != "must_not":
            raise ValueError("only a must_not can be a red line")
        return self


class Demographics(Record):
    age: str = ""
    """With its unit, e.g. ``8 months``."""
    sex: Literal["female", "male", "other", ""] = ""
    other: str = ""
    """Occupation, region and the like, as far as the respondent would say it at once."""


class SessionBudget(Record):
    turns: int = Field(default=12, ge=1, le=100)
    """Most exchanges; the doctor is reminded two turns before."""
    tokens: int | None = Field(default=None, ge=1)
    """Most tokens of the doctor's model in one session."""


class PatientView(Record):
    """The part of a case that the patient's side works with. There is nothing hidden in it."""

    case_id: str
    language: Language
    demographics: Demographics
    respondent: Respondent
    relation: str
    opener: str
    facts: tuple[Fact, ...]
    unknown: tuple[Unknown, ...]


class Case(Record):
    """A patient record for a simulated consultation. Not a description of a real person."""

    id: str = Field(min_length=1)
    language: Language
    source: str = ""
    """Where it comes from, with the year; for built-in cases what its medicine rests on."""
    licence: str = ""
    title: str = ""
    """What the case is about, for people who choose one; may name the diagnosis."""
    demographics: Demographics = Demographics()
    respondent: Respondent = "patient"
    relation: str = ""
    """A caregiver's: ``mother``, ``父亲``."""
    opener: str = Field(min_length=1)
    """The respondent's first message, used word for word."""
    facts: tuple[Fact, ...] = Field(min_length=1)
    unknown: tuple[Unknown, ...] = ()
    hidden: Hidden = Hidden()
    persona: PatientPersona | None = None
    """None: drawn for every session from its seed."""
    rubric: tuple[CaseCriterion, ...] = ()
    budget: SessionBudget = SessionBudget()
    tags: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _ids_fit(self) -> "Case":
        _unique("facts", [fact.id for fact in self.facts])
        _unique("measurements", [item.id for item in self.hidden.measurements])
        _unique("rubric", [item.id for item in self.rubric])
        known = {fact.id for fact in self.facts}
        for item in self.rubric:
            if missing := sorted(set(item.facts) - known):
                raise ValueError(f"rubric item {item.id!r} names no fact of the case: {missing[0]}")
        if not self.opener.strip():
            raise ValueError("opener has no text")
        return self

    @property
    def patient(self) -> PatientView:
        """What the patient's side may know."""
        return PatientView(
            case_id=self.id,
            language=self.language,
            demographics=self.demographics,
            respondent=self.respondent,
            relation=self.relation,
            opener=self.opener,
            facts=self.facts,
            unknown=self.unknown,
        )


def _unique(name: str, ids: list[str]) -> None:
    if twice := sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        raise ValueError(f"{name}: two entries have the id {twice[0]!r}")
