"""Scoring one turn: the ledger by code, then criteria made for this turn, graded by the judges.

The criteria are written before the doctor's message is looked at. Judging goes through the score
graph: turns and answers share criteria, judges and formulas.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from medelphi.agents.seat import Work
from medelphi.agents.turn_drafter import draft_turn
from medelphi.graphs.cast import Cast
from medelphi.graphs.failures import SOFT, branch_failure
from medelphi.graphs.score import graph as score_graph
from medelphi.graphs.session_context import SessionContext
from medelphi.schema import (
    Act,
    Answer,
    Case,
    Decision,
    Failure,
    Grading,
    LedgerEntry,
    Level,
    Line,
    Message,
    Query,
    Report,
    ScoringCriterion,
    ScoringRubric,
    Turn,
    TurnScore,
    Verdict,
)
from medelphi.schema.case import CaseCriterion
from medelphi.schema.errors import ProviderError
from medelphi.schema.session import dialogue
from medelphi.tools.sessions.ledger import entry
from medelphi.tools.sessions.turns import turn_score

JUDGED_BY_TURN = frozenset({"must_not", "must_tell", "safety_net", "plan"})


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """What a turn is scored from."""

    number: int
    message: str
    acts: tuple[Act, ...]
    decision: Decision
    reports: tuple[Report, ...]


@dataclass(frozen=True, kw_only=True)
class Marked:
    """What scoring a turn, or a session, gave."""

    ledger: LedgerEntry
    score: TurnScore
    failures: tuple[Failure, ...] = ()
    work: Work = field(default_factory=Work)
    broken: Failure | None = None
    """Why no judge could be asked: the turn cannot be scored now, and is to be gone through again
    rather than stored without a score."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the judges said of one text."""

    verdicts: tuple[Verdict, ...] = ()
    levels: dict[str, Level | None] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    work: Work = field(default_factory=Work)

    @property
    def broken(self) -> Failure | None:
        """Why nothing was judged, where no judge could be reached; replies that cannot be used
        leave criteria unscored."""
        if any(level is not None for level in self.levels.values()):
            return None
        return next((failure for failure in self.failures if failure.kind not in SOFT), None)


async def mark_turn(
    cast: Cast,
    case: Case,
    exchange: Exchange,
    before: Sequence[Turn],
    context: SessionContext,
    criteria: tuple[ScoringCriterion, ...] | None = None,
) -> Marked:
    """Score one turn.

    Args:
        before: The turns before this one.
        criteria: Those of an earlier scoring, to be judged again; without them new ones are made.

    Raises:
        BudgetError: The run has used up its budget.
    """
    ledger = entry(
        case,
        exchange.number,
        exchange.acts,
        exchange.decision,
        exchange.reports,
        before=before,
        doctor=exchange.message,
        scheme=context.scheme,
    )
    if not context.judge or not exchange.message.strip():
        score = turn_score((), (), {}, ledger, context.scheme)
        return Marked(ledger=ledger, score=score)
    failures: tuple[Failure, ...] = ()
    work, lines = Work(), dialogue(case.opener, tuple(before))
    if criteria is None:
        criteria, failures, work = await _criteria(cast, case, lines, before, context)
    if not criteria:
        return Marked(
            ledger=ledger,
            score=turn_score((), (), {}, ledger, context.scheme),
            failures=failures,
            work=work,
        )
    judged = await judge_text(
        case, f"turn {exchange.number}", _query(case, lines), criteria, exchange.message, context
    )
    score = turn_score(
        criteria,
        judged.verdicts,
        judged.levels,
        ledger,
        context.scheme,
        unsafe=crossed(case, judged.levels),
    )
    return Marked(
        ledger=ledger,
        score=score,
        failures=(*failures, *judged.failures),
        work=work + judged.work,
        broken=judged.broken,
    )


async def _criteria(
    cast: Cast,
    case: Case,
    lines: tuple[Line, ...],
    before: Sequence[Turn],
    context: SessionContext,
) -> tuple[tuple[ScoringCriterion, ...], tuple[Failure, ...], Work]:
    """Criteria for the doctor's next message, and those of the case that every turn is held to."""
    facts = {fact.id: fact for fact in case.facts}
    told = dict.fromkeys(fact.id for fact in case.facts if fact.disclosure == 0)
    told |= dict.fromkeys(id_ for turn in before for id_ in turn.decision.tell)
    asked = {id_ for turn in before for id_ in turn.ledger.asked} | set(told)
    flags = [facts[id_] for id_ in (before[-1].ledger.red_flags if before else ())]
    open_items = [
        item.text
        for item in case.rubric
        if item.kind == "must_ask" and item.facts and not asked & set(item.facts)
    ]
    own = tuple(_of_case(item) for item in case.rubric if of_turn(item))
    seat, number = cast.seats["turn_drafter"], len(before) + 1
    try:
        drafted, work = await draft_turn(
            seat,
            language=case.language,
            lines=lines,
            told=[facts[id_] for id_ in told],
            flags=flags,
            outstanding=open_items,
            number=number,
            remaining=max(0, (context.turns or case.budget.turns) - number),
            sample=context.seed,
        )
    except ProviderError as error:
        failure = branch_failure(_query(case, lines), "score_turn", seat, error)
        return own, (failure,), seat.spent(error)
    return (*drafted, *own), (), work


def of_turn(item: CaseCriterion) -> bool:
    """Whether every single turn is held to an item."""
    return item.scope == "turn" and item.kind in JUDGED_BY_TURN


def of_case_id(item: CaseCriterion) -> str:
    """The id that such an item has among the criteria of a turn."""
    return f"case-{item.id}"


def _of_case(item: CaseCriterion) -> ScoringCriterion:
    return ScoringCriterion(
        id=of_case_id(item),
        text=item.text,
        points=item.weight,
        red_line=item.red_line,
        tags=(item.turn_tag or "risk_control",),
    )


def crossed(case: Case, levels: dict[str, Level | None]) -> tuple[str, ...]:
    """Ids of the case's red lines that a turn crossed."""
    return tuple(
        item.id for item in case.rubric if item.red_line and levels.get(of_case_id(item)) == 1.0
    )


async def judge_text(
    case: Case,
    name: str,
    query: Query,
    criteria: Sequence[ScoringCriterion],
    text: str,
    context: SessionContext,
) -> Judged:
    """Have a text of the doctor's graded by the score graph.

    Args:
        name: What the text is, for records.
        query: The conversation that it answers.
    """
    rubric = ScoringRubric(query_id=f"{case.id} {name}", query=query, criteria=tuple(criteria))
    answer = Answer(query_id=rubric.query_id, model="", answer=text)
    marks = await score_graph.ainvoke({"rubric": rubric, "answer": answer}, context=context.judging)
    grading, failure = marks["grading"], marks["failure"]
    if isinstance(grading, Grading):
        provenance = grading.provenance
        work = Work(spending=provenance.spending, prompts=tuple(sorted(provenance.prompts.items())))
        return Judged(
            verdicts=grading.verdicts,
            levels=dict(grading.levels),
            failures=grading.failures,
            work=work,
        )
    return Judged(failures=(failure,), work=Work(spending=failure.spending))


def _query(case: Case, lines: Sequence[Line]) -> Query:
    """The conversation that a doctor's message answers: all that is no doctor's is a user's."""
    messages: list[Message] = []
    for line in lines:
        role = "assistant" if line.speaker == "doctor" else "user"
        if messages and messages[-1].role == role:
            text = f"{messages[-1].content}\n\n{line.text}"
            messages[-1] = messages[-1].model_copy(update={"content": text})
        else:
            messages.append(Message.model_validate({"role": role, "content": line.text}))
    return Query(id=case.id, messages=tuple(messages), language=case.language)
