"""One session as a reader audits it: which facts came out when and why, and what each turn cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from medelphi.schema.case import CaseCriterion, Fact, Measurement
from medelphi.schema.criterion import TurnTag
from medelphi.schema.scoring_rubric import ScoringCriterion
from medelphi.schema.session import (
    NOT_THE_DOCTORS,
    EndReason,
    Leak,
    Session,
    Turn,
    TurnScore,
    ViolationKind,
)
from medelphi.schema.verdict import Level, Verdict

Why = Literal["opener", "asked", "volunteered", "held back", "asked, not told", "never asked"]
Outcome = Literal["good", "part", "bad", "open"]
ENDINGS: Mapping[EndReason, str] = {
    "concluded": "diagnosis and plan given and acknowledged",
    "doctor_ended": "the doctor ended it",
    "doctor_silent": "the doctor said nothing, twice in a row",
    "turn_budget": "no turns left",
    "token_budget": "no tokens left",
    "patient_left": "the patient left: no trust left",
    "stalled": "too many turns without anything new",
    "simulator_error": "the simulator failed; not charged to the doctor",
    "infrastructure_error": "a service failed; not charged to the doctor",
}
VIOLATIONS: Mapping[ViolationKind, str] = {
    "repetition": "repeated question",
    "rigid": "rigid phrasing",
    "overload": "too many questions",
    "leading": "leading question",
    "confrontational": "confrontational",
    "red_flag_ignored": "red flag ignored",
    "premature_diagnosis": "premature diagnosis",
    "empty": "said nothing",
}
TAGS: Mapping[TurnTag, str] = {
    "intent_recognition": "intent recognition",
    "short_term_memory": "short-term memory",
    "risk_control": "risk control",
    "contextual_coreference": "contextual coreference",
}
LOW = 0.5
"""A turn value below is pointed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """What became of one fact of the case."""

    number: int
    """Its place in the case, from 1."""
    fact: Fact
    turn: int | None
    """In which it was first told; 0 for the opener, None for never."""
    why: Why
    asked: tuple[int, ...]
    """Turns in which the doctor's questions reached it."""
    refused: tuple[int, ...]
    """Turns in which it was reached and could not be told yet."""

    @property
    def reason(self) -> str:
        """Why it was told or not, with the turns."""
        match self.why:
            case "held back":
                need = (
                    f"; needs trust {self.fact.trust:g}"
                    if self.fact.disclosure == 3
                    else "; needs a specific question"
                    if self.fact.disclosure == 2
                    else ""
                )
                return f"asked and held back in {turns_named(self.refused)}{need}"
            case "asked, not told":
                return f"asked in {turns_named(self.asked)}, not told"
            case "opener":
                return "in the opener"
            case why:
                return why


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    """One criterion with the level that counts and every judge's verdict."""

    id: str
    text: str
    worth: str
    """Its points or weight, with their sign."""
    tags: tuple[str, ...]
    outcome: Outcome
    word: str
    """The level in words, by whether it is a fault."""
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    turn: Turn
    new: tuple[FactRow, ...]
    """Facts first told in this turn."""
    held: tuple[FactRow, ...]
    found: int
    """Askable facts told by the end of it."""
    criteria: tuple[CriterionRow, ...]
    unsafe: tuple[str, ...]
    """Texts of the red lines that it crossed."""
    leaks: tuple[Leak, ...]

    @property
    def fell(self) -> bool:
        """Whether its value is one to look at."""
        score = self.turn.score
        low = score.value is not None and score.value < LOW
        return low or bool(self.turn.ledger.violations or score.unsafe)

    @property
    def formula(self) -> str:
        return formula(self.turn.score)

    @property
    def verdict_counts(self) -> tuple[tuple[Outcome, int], ...]:
        """How many criteria came out how, without those that none did."""
        kinds: tuple[Outcome, ...] = ("good", "part", "bad", "open")
        counts = ((kind, sum(row.outcome == kind for row in self.criteria)) for kind in kinds)
        return tuple((kind, count) for kind, count in counts if count)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    session: Session
    facts: tuple[FactRow, ...]
    """In the order in which they came out; those that never did come first."""
    by_id: Mapping[str, FactRow]
    turns: tuple[TurnView, ...]
    measurements: tuple[tuple[Measurement, tuple[int, ...]], ...]
    """What the record has, and the turns in which it was ordered."""
    lacking: tuple[tuple[int, str], ...]
    """Orders that the record has nothing on: (turn, what was asked for)."""
    items: tuple[tuple[CaseCriterion, CriterionRow], ...]
    askable: int

    @property
    def missing(self) -> tuple[FactRow, ...]:
        """Facts that never came out; critical ones and red flags first."""
        return tuple(row for row in self.facts if row.turn is None)

    @property
    def opener(self) -> tuple[FactRow, ...]:
        return tuple(row for row in self.facts if row.turn == 0)

    @property
    def found(self) -> int:
        return sum(bool(row.turn) for row in self.facts)

    @property
    def critical(self) -> tuple[int, int]:
        """Critical askable facts told, and all of them."""
        rows = [row for row in self.facts if row.fact.critical and row.fact.disclosure > 0]
        return sum(row.turn is not None for row in rows), len(rows)

    @property
    def missed_items(self) -> tuple[CaseCriterion, ...]:
        """Items of the case's rubric that were wanted and not done, or done and not wanted."""
        return tuple(item for item, row in self.items if row.outcome in {"bad", "part"})

    @property
    def apart(self) -> str:
        """Why the session counts for no doctor; empty where it does."""
        return set_apart(self.session)


def set_apart(session: Session) -> str:
    """Why a session counts for no doctor; empty where it does."""
    if session.ending in NOT_THE_DOCTORS:
        return ENDINGS[session.ending]
    return "" if session.fidelity.passed else "the patient was not true to the record"


def view(session: Session) -> SessionView:
    """A session as it is audited."""
    rows = {
        fact.id: _fact_row(number, fact, session)
        for number, fact in enumerate(session.case.facts, start=1)
    }
    red_lines = {item.id: item.text for item in session.case.rubric}
    found, turns = 0, []
    for turn in session.turns:
        new = tuple(row for row in rows.values() if row.turn == turn.number)
        found += len(new)
        turns.append(
            TurnView(
                turn=turn,
                new=new,
                held=tuple(rows[id_] for id_ in turn.decision.refused if id_ in rows),
                found=found,
                criteria=tuple(_criterion_row(each, turn.score) for each in turn.score.criteria),
                unsafe=tuple(red_lines.get(id_, id_) for id_ in turn.score.unsafe),
                leaks=tuple(leak for leak in session.fidelity.leaks if leak.turn == turn.number),
            )
        )
    reports = [(turn.number, report) for turn in session.turns for report in turn.reports]
    return SessionView(
        session=session,
        facts=tuple(sorted(rows.values(), key=_order)),
        by_id=rows,
        turns=tuple(turns),
        measurements=tuple(
            (item, tuple(turn for turn, report in reports if report.measurement == item.id))
            for item in session.case.hidden.measurements
        ),
        lacking=tuple((turn, report.asked) for turn, report in reports if not report.measurement),
        items=tuple((item, _item_row(item, session)) for item in session.case.rubric),
        askable=sum(fact.disclosure > 0 for fact in session.case.facts),
    )


def formula(score: TurnScore) -> str:
    """How the value of a turn came about: gamma times R, or R less deductions."""
    if score.value is None or score.rubric is None:
        return "not judged"
    if score.deductions and abs(score.value - score.gamma * score.rubric) > 1e-9:
        return f"R {score.rubric:.2f} − {score.deductions:.2f}"
    return f"R {score.rubric:.2f} × γ {score.gamma:.2f}"


def turns_named(numbers: tuple[int, ...]) -> str:
    """``turn 3``, ``turns 3, 5``."""
    return f"turn{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _fact_row(number: int, fact: Fact, session: Session) -> FactRow:
    asked = tuple(t.number for t in session.turns if fact.id in t.ledger.asked)
    refused = tuple(t.number for t in session.turns if fact.id in t.decision.refused)
    turn: int | None = None
    why: Why = "held back" if refused else "asked, not told" if asked else "never asked"
    if fact.disclosure == 0:
        turn, why = 0, "opener"
    else:
        for each in session.turns:
            volunteered = fact.id in each.ledger.volunteered
            if volunteered or fact.id in each.ledger.elicited or fact.id in each.decision.tell:
                volunteered = volunteered or fact.id in each.decision.volunteer
                turn, why = each.number, "volunteered" if volunteered else "asked"
                break
    return FactRow(number=number, fact=fact, turn=turn, why=why, asked=asked, refused=refused)


def _order(row: FactRow) -> tuple[int, int, int, int]:
    fact = row.fact
    first = -1 if row.turn is None else row.turn
    return first, not fact.critical, not fact.red_flag, row.number


def _criterion_row(criterion: ScoringCriterion, score: TurnScore) -> CriterionRow:
    level = score.levels.get(criterion.id)
    worth = criterion.tier or f"{criterion.points:+g}".replace("-", "−")
    return CriterionRow(
        id=criterion.id,
        text=criterion.text,
        worth=worth,
        tags=tuple(tag.replace("_", " ") for tag in criterion.tags),
        outcome=_outcome(level, fault=criterion.fault),
        word=_word(level, fault=criterion.fault),
        verdicts=tuple(each for each in score.verdicts if each.criterion_id == criterion.id),
    )


def _item_row(item: CaseCriterion, session: Session) -> CriterionRow:
    level = session.score.items.get(item.id)
    fault = item.kind == "must_not"
    marks = (item.kind.replace("_", " "), *(("red line",) if item.red_line else ()))
    return CriterionRow(
        id=item.id,
        text=item.text,
        worth=f"{item.weight:+g}".replace("-", "−"),
        tags=marks,
        outcome=_outcome(level, fault=fault),
        word=_word(level, fault=fault),
        verdicts=tuple(each for each in session.score.verdicts if each.criterion_id == item.id),
    )


def _outcome(level: Level | None, *, fault: bool) -> Outcome:
    if level is None:
        return "open"
    if level == 0.5:
        return "part"
    return "good" if (level == 1) != fault else "bad"


def _word(level: Level | None, *, fault: bool) -> str:
    if level is None:
        return "unscored"
    words = ("avoided", "in part done", "done") if fault else ("not met", "partly met", "met")
    return words[round(2 * level)]
