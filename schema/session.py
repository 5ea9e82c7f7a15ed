"""A session: one simulated consultation, turn by turn, with its scores.

A turn is one exchange: the doctor speaks, what was ordered is reported, the respondent answers.
"""

from typing import Literal

from pydantic import Field

from medelphi.schema.base import Record
from medelphi.schema.case import Case, MeasurementKind, PatientPersona
from medelphi.schema.criterion import TurnTag
from medelphi.schema.rubric import Failure
from medelphi.schema.scoring_rubric import ScoringCriterion
from medelphi.schema.usage import Spending, Usage
from medelphi.schema.verdict import Level, Verdict

Speaker = Literal["doctor", "patient", "measurement", "notice"]
ActKind = Literal["inquiry", "advice", "order", "diagnosis", "demand", "end", "other"]
"""``order``: an examination or test. ``demand``: wants what a patient cannot give (the record, the
diagnosis, instructions). ``end``: closes the consultation."""
Specificity = Literal["specific", "broad"]
EndReason = Literal[
    "concluded",
    "doctor_ended",
    "doctor_silent",
    "turn_budget",
    "token_budget",
    "patient_left",
    "stalled",
    "simulator_error",
    "infrastructure_error",
]
"""``concluded``: diagnosis and plan were given and acknowledged. ``doctor_silent``: twice in a row
no words. ``patient_left``: trust was used up. ``stalled``: too many turns without anything new.
The last two are never charged to the doctor."""
NOT_THE_DOCTORS: tuple[EndReason, ...] = ("simulator_error", "infrastructure_error")
Fault = Literal[
    "invention",
    "contradiction",
    "early_disclosure",
    "hidden",
    "role_swap",
    "scratchpad",
    "empty",
    "too_long",
]
"""What a guard can find in a patient's words. ``hidden``: something of the hidden part."""
ViolationKind = Literal[
    "repetition",
    "rigid",
    "overload",
    "leading",
    "confrontational",
    "red_flag_ignored",
    "premature_diagnosis",
    "empty",
]
Party = Literal["doctor", "patient", "measurement", "judge"]


class Line(Record):
    """One utterance of the dialogue. A notice is the simulator's, e.g. that time is short."""

    speaker: Speaker
    text: str


class Act(Record):
    """One thing that the doctor does in a turn."""

    kind: ActKind
    text: str
    """The doctor's words."""
    specificity: Specificity | None = None
    """Of an inquiry."""
    target: str = ""
    """Of an order: what is to be examined or tested; of a diagnosis: the diagnosis alone."""
    facts: tuple[str, ...] = ()
    """Ids of the facts that an inquiry reaches, disclosed or not."""
    unknown: tuple[str, ...] = ()
    """Topics it reaches that the respondent does not know."""
    leading: bool = False
    """It suggests its answer."""
    confrontational: bool = False


class Decision(Record):
    """What the respondent may say in this turn. Made by code, from the acts."""

    tell: tuple[str, ...] = ()
    """Ids of facts."""
    volunteer: tuple[str, ...] = ()
    """Those of ``tell`` that were not asked for (temperament)."""
    unknown: tuple[str, ...] = ()
    """Topics of ``Case.unknown`` that were asked about."""
    refused: tuple[str, ...] = ()
    """Ids of facts that were reached, and may not be told yet: level or trust."""
    unrecorded: int = 0
    """Inquiries that nothing in the record answers: "I don't know", never "no"."""
    confused: bool = False
    """The respondent did not follow, and asks to be asked again."""
    interruption: str = ""
    """An anxious question of the respondent's own, to be put in word for word."""
    trust: float
    """After this turn."""


class Report(Record):
    """What came of one order."""

    asked: str
    measurement: str = ""
    """Its id; empty where the record has none: that is "not available", never "normal"."""
    kind: MeasurementKind | None = None
    text: str
    """What the doctor is told."""


class Sentence(Record):
    """One sentence of a patient's words, and the facts that it tells."""

    text: str
    facts: tuple[str, ...] = ()


class GuardFinding(Record):
    fault: Fault
    sentence: str
    """The patient's words at fault, or what the guard can say without giving anything away."""
    fact: str = ""
    """The fact that is contradicted or told too early."""


class Guarding(Record):
    """How a patient's words came to be what they are."""

    attempts: int = 1
    """Wordings that were looked at, the first included."""
    findings: tuple[GuardFinding, ...] = ()
    """Of all wordings that were turned down."""
    verbatim: bool = False
    """No wording passed: the facts were told in the lay text of the record."""


class Violation(Record):
    kind: ViolationKind
    gamma: float = Field(ge=0, le=1)
    """What the turn's value is multiplied by; of several the smallest counts."""
    detail: str = ""


class LedgerEntry(Record):
    """What was known, asked, told and decided in one turn. Counted by code, without a judge."""

    elicited: tuple[str, ...] = ()
    """Facts told for the first time because the doctor asked."""
    critical: tuple[str, ...] = ()
    """Those of them that are critical."""
    volunteered: tuple[str, ...] = ()
    """Facts told for the first time without being asked for."""
    asked: tuple[str, ...] = ()
    """Facts that the doctor's inquiries reached, told or not."""
    questions: int = 0
    specific: int = 0
    """Inquiries that are specific; the others are broad."""
    orders: int = 0
    coverage: float = Field(ge=0, le=1)
    """Share of the askable facts told by the end of this turn."""
    critical_coverage: float | None = Field(default=None, ge=0, le=1)
    """The same of critical facts; None where the case has none."""
    red_flags: tuple[str, ...] = ()
    """Red flags told in this turn, which the next turn has to follow up."""
    working_diagnosis: str = ""
    """The last one that the doctor named, up to this turn."""
    diagnosis_right: bool | None = None
    """None where none was named, or the case has none."""
    wasted: bool = False
    """Nothing new was learned, ordered, advised or concluded."""
    violations: tuple[Violation, ...] = ()


class TurnScore(Record):
    """What judges say of one turn of the doctor, by criteria made for this turn."""

    criteria: tuple[ScoringCriterion, ...] = ()
    """With points; each has one of the four turn tags among its tags."""
    verdicts: tuple[Verdict, ...] = ()
    levels: dict[str, Level | None] = Field(default_factory=dict)
    rubric: float | None = None
    """R: signed rubric score in [0, 1]; None where nothing was judged."""
    by_tag: dict[TurnTag, float] = Field(default_factory=dict)
    """The same of the criteria of one tag; tags without a judged criterion are left out."""
    gamma: float = Field(default=1.0, ge=0, le=1)
    """The smallest among the violations of this turn; 1 without any."""
    value: float | None = None
    """gamma times R."""
    deductions: float = Field(default=0.0, ge=0)
    """What the alternative profile takes off instead, capped."""
    unsafe: tuple[str, ...] = ()
    """Red lines of the case that this turn crossed."""
    judged: float = Field(default=0.0, ge=0, le=1)
    """Share of the criteria that have a level."""


class Turn(Record):
    """One exchange."""

    number: int = Field(ge=1)
    doctor: str
    """May be empty: a doctor that says nothing."""
    acts: tuple[Act, ...]
    decision: Decision
    reports: tuple[Report, ...] = ()
    patient: tuple[Sentence, ...]
    """Never empty."""
    guarding: Guarding = Guarding()
    notice: str = ""
    """What the simulator told the doctor after this turn."""
    ledger: LedgerEntry
    score: TurnScore = TurnScore()
    failures: tuple[Failure, ...] = ()
    """Calls that failed while the turn went on."""
    spending: tuple[Spending, ...] = ()
    """Without seconds, so that equal sessions are equal in every byte."""
    prompts: dict[str, str] = Field(default_factory=dict)

    @property
    def said(self) -> str:
        """The patient's words."""
        return _joined([sentence.text for sentence in self.patient])


def _joined(sentences: list[str]) -> str:
    text = ""
    for sentence in sentences:
        gap = "" if not text or text[-1] in "。！？…" else " "
        text += gap + sentence
    return text


class InquiryMeasures(Record):
    """How the doctor found out. None where the case has nothing of the kind."""

    coverage: float = Field(ge=0, le=1)
    """Share of the askable facts (not in the opener) that were told."""
    critical_recall: float | None
    """The same of the critical ones."""
    must_ask: float | None
    """Weighted share of the must-ask items."""
    facts_per_turn: float
    auc: float = Field(ge=0, le=1)
    """Area under coverage over the turns of the budget; after the end coverage stays as it is."""
    wasted_turns: int
    questions: int
    specific: float | None
    """Share of specific inquiries."""
    violations: dict[ViolationKind, int]


class OutcomeMeasures(Record):
    """What the doctor made of it. None where the case has nothing to compare with."""

    diagnosis: bool | None
    """A diagnosis may be more specific than the record's, never broader."""
    named: str = ""
    """The last diagnosis that was named."""
    tests_f1: float | None
    """Weighted F1 of the tests ordered; an order that the record lacks is a false positive."""
    plan: float | None
    """Weighted share of the plan and must-tell items."""
    safety_net: float | None


class SessionScore(Record):
    """The score of one session. Formulas: `medelphi.tools.sessions`."""

    inquiry: InquiryMeasures
    outcome: OutcomeMeasures
    turns: float | None
    """Mean turn value over the turns that have one."""
    rubric: float | None
    """Signed score of the case's rubric, in [0, 1]."""
    items: dict[str, Level | None] = Field(default_factory=dict)
    """Levels of the case's rubric items."""
    verdicts: tuple[Verdict, ...] = ()
    base: float | None
    """Weighted mean of the parts that exist, in [0, 1]."""
    score: float | None
    """``base``, capped at 0 by an unsafe turn."""
    cut_by: tuple[int, ...] = ()
    """Numbers of the unsafe turns."""
    trajectory: tuple[float | None, ...] = ()
    """Turn values."""
    judged: float = Field(default=0.0, ge=0, le=1)
    """Share of all criteria of turns and session that have a level."""


class Leak(Record):
    """Hidden words in a patient's words, found by the audit."""

    turn: int
    words: str
    """As the patient said them."""
    diagnosis: bool
    """Whether they name the diagnosis."""


class Fidelity(Record):
    """How true the patient was to the record. Found by an audit that is independent of the guard.

    Shares are None where there was nothing to look at.
    """

    privacy: float | None
    """Share of turns without undue disclosure."""
    fact: float | None
    """Share of the patient's claims that the record entails."""
    honesty: float | None
    """Share of the denied facts told that were told as denied, and of present ones as present."""
    passivity: float | None
    """Share of turns in which nothing was volunteered."""
    personification: float | None
    """0.5 personality + 0.5 socio-cultural, by cues of the persona."""
    repairs: int
    """Wordings that the guard turned down."""
    verbatim: int
    """Turns told in the record's lay text."""
    leaks: tuple[Leak, ...] = ()
    passed: bool
    """Privacy and fact at least 0.95, no leak of the diagnosis."""


class Attribution(Record):
    """The first critical error of a session, and whose it is."""

    turn: int
    party: Party
    what: str


class SessionProvenance(Record):
    """Where a session comes from. Without times: equal settings give equal bytes."""

    graph: str
    profile: str
    models: dict[str, tuple[str, ...]]
    """Model specs by role; ``doctor`` among them."""
    prompts: dict[str, str]
    seed: int
    branched_from: str = ""
    """``session@turn`` of the session that this one branches from."""
    usage: Usage
    spending: tuple[Spending, ...] = ()


class Session(Record):
    """A consultation with its scores. For evaluating models, not for treating people."""

    case: Case
    doctor: str
    """Who was tested: a model spec, an address, a name."""
    seed: int = Field(ge=0)
    persona: PatientPersona
    """As used in this session."""
    turns: tuple[Turn, ...]
    ending: EndReason
    detail: str = ""
    """One line on the ending, where there is more to say."""
    score: SessionScore
    fidelity: Fidelity
    attribution: Attribution | None = None
    failures: tuple[Failure, ...] = ()
    provenance: SessionProvenance

    @property
    def id(self) -> str:
        """``case/doctor/seed``; unique in a run."""
        return f"{self.case.id}/{self.doctor}/{self.seed}"

    @property
    def lines(self) -> tuple[Line, ...]:
        """The dialogue, from the opener on."""
        return dialogue(self.case.opener, self.turns)


def dialogue(opener: str, turns: tuple[Turn, ...]) -> tuple[Line, ...]:
    """The lines of a dialogue in the order in which they were said."""
    lines = [Line(speaker="patient", text=opener)]
    for turn in turns:
        lines.append(Line(speaker="doctor", text=turn.doctor))
        lines += [Line(speaker="measurement", text=report.text) for report in turn.reports]
        lines.append(Line(speaker="patient", text=turn.said))
        if turn.notice:
            lines.append(Line(speaker="notice", text=turn.notice))
    return tuple(lines)
