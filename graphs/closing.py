"""The end of a session: the whole is scored, the patient audited, and the record put together."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from medelphi.agents.diagnosis_matcher import match_diagnosis
from medelphi.agents.seat import Work
from medelphi.graphs.cast import SESSION_GRAPH, Cast
from medelphi.graphs.failures import branch_failure
from medelphi.graphs.session_context import SessionContext
from medelphi.graphs.turn_marks import (
    Exchange,
    Judged,
    judge_text,
    mark_turn,
    of_case_id,
    of_turn,
)
from medelphi.schema import (
    Case,
    EndReason,
    Failure,
    Level,
    Message,
    PatientPersona,
    Query,
    Session,
    SessionProvenance,
    SessionScore,
    Spending,
    Turn,
    Usage,
)
from medelphi.schema.errors import ProviderError
from medelphi.schema.session import NOT_THE_DOCTORS
from medelphi.schema.usage import merged
from medelphi.tools.sessions.attribution import first_error
from medelphi.tools.sessions.fidelity import audit
from medelphi.tools.sessions.ledger import entry
from medelphi.tools.sessions.score import judged_items, session_score
from medelphi.tools.sessions.turns import turn_score


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A session that has come to its end, and is to be scored."""

    case: Case
    doctor: str
    persona: PatientPersona
    turns: tuple[Turn, ...]
    ending: EndReason
    detail: str = ""
    branched_from: str = ""
    failures: tuple[Failure, ...] = ()
    """Of a turn that broke off; it is no turn of the session."""
    broken: Failure | None = None
    """What it broke off at."""
    work: Work = field(default_factory=Work)
    """What that turn consumed."""


@dataclass(frozen=True, kw_only=True)
class _Whole:
    """What scoring the whole of a session gave."""

    score: SessionScore
    failures: tuple[Failure, ...] = ()
    work: Work = field(default_factory=Work)


async def close_session(cast: Cast, ended: Ended, context: SessionContext) -> Session:
    """Score a session that has ended.

    Raises:
        BudgetError: The run has used up its budget.
    """
    judge = context.judge and ended.ending not in NOT_THE_DOCTORS
    judged = await _judged(ended, context) if judge else Judged()
    if judged.broken is not None:
        ended = replace(
            ended,
            ending="infrastructure_error",
            detail=f"score_session: {judged.broken.kind}: {judged.broken.reason}",
            broken=judged.broken,
        )
        judge = False
    right, failures, work = await _same_diagnosis(cast, ended, context, judge=judge)
    if right:
        ended = _found_right(ended)
    levels = judged.levels | _levels_by_turn(ended)
    score = session_score(ended.case, ended.turns, levels, judged.verdicts, context.scheme)
    if ended.ending in NOT_THE_DOCTORS:
        score = score.model_copy(update={"base": None, "score": None})
    whole = _Whole(
        score=score,
        failures=_each_once(
            *((ended.broken,) if ended.broken else ()),
            *ended.failures,
            *judged.failures,
            *failures,
        ),
        work=(judged.work + work).at("score_session") + ended.work,
    )
    return _assembled(cast, ended, whole, context)


async def rescored(
    cast: Cast | None, session: Session, context: SessionContext
) -> Session | Failure:
    """Score a stored session again, without simulating it again.

    Args:
        cast: Who judges every turn again, on the criteria it has; None to score the stored levels
            under the weights and limits of ``context``.

    Returns:
        The session, or a failure where no judge could be reached.

    Raises:
        BudgetError: The run has used up its budget.
    """
    turns: list[Turn] = []
    for turn in session.turns:
        again = await _again(cast, session.case, turn, turns, context)
        if isinstance(again, Failure):
            return again
        turns.append(again)
    ended = Ended(
        case=session.case,
        doctor=session.doctor,
        persona=session.persona,
        turns=tuple(turns),
        ending=session.ending,
        detail=session.detail,
        branched_from=session.provenance.branched_from,
    )
    if cast is not None:
        closed = await close_session(cast, ended, context)
        unreached = closed.ending == "infrastructure_error" != session.ending
        return closed.failures[0] if unreached else closed
    stored = session.score
    if stored.outcome.diagnosis:
        ended = _found_right(ended)
    score = session_score(ended.case, ended.turns, stored.items, stored.verdicts, context.scheme)
    fidelity = audit(ended.case, ended.turns, ended.persona, context.scheme)
    return session.model_copy(
        update={
            "turns": ended.turns,
            "score": score,
            "fidelity": fidelity,
            "attribution": first_error(ended.case, ended.turns, fidelity, ended.ending),
        }
    )


async def _again(
    cast: Cast | None,
    case: Case,
    turn: Turn,
    before: Sequence[Turn],
    context: SessionContext,
) -> Turn | Failure:
    exchange = Exchange(
        number=turn.number,
        message=turn.doctor,
        acts=turn.acts,
        decision=turn.decision,
        reports=turn.reports,
    )
    if cast is not None:
        criteria = turn.score.criteria or None
        marked = await mark_turn(cast, case, exchange, before, context, criteria)
        if marked.broken is not None:
            return marked.broken
        spending = merged((*turn.spending, *timeless(marked.work.spending)))
        return turn.model_copy(
            update={
                "ledger": marked.ledger,
                "score": marked.score,
                "failures": marked.failures,
                "spending": spending,
                "prompts": {**turn.prompts, **dict(marked.work.prompts)},
            }
        )
    ledger = entry(
        case,
        turn.number,
        turn.acts,
        turn.decision,
        turn.reports,
        before=before,
        doctor=turn.doctor,
        scheme=context.scheme,
    )
    old = turn.score
    score = turn_score(
        old.criteria, old.verdicts, old.levels, ledger, context.scheme, unsafe=old.unsafe
    )
    return turn.model_copy(update={"ledger": ledger, "score": score})


async def _judged(ended: Ended, context: SessionContext) -> Judged:
    """The judges' levels of the items that the whole session is held to."""
    by_turn = {item.id for item in ended.case.rubric if of_turn(item)}
    items = [item for item in judged_items(ended.case) if item.id not in by_turn]
    said = "\n\n".join(turn.doctor for turn in ended.turns if turn.doctor.strip())
    if not items or not said:
        return Judged()
    case = ended.case
    opener = Message(role="user", content=case.opener)
    query = Query(id=case.id, messages=(opener,), language=case.language)
    return await judge_text(case, "session", query, items, said, context)


def _each_once(*failures: Failure) -> tuple[Failure, ...]:
    found: list[Failure] = []
    for failure in failures:
        if failure not in found:
            found.append(failure)
    return tuple(found)


def _found_right(ended: Ended) -> Ended:
    """The last diagnosis is the record's: a judge's word, which code could not give."""
    last = ended.turns[-1]
    ledger = last.ledger.model_copy(update={"diagnosis_right": True})
    last = last.model_copy(update={"ledger": ledger})
    return replace(ended, turns=(*ended.turns[:-1], last))


def _levels_by_turn(ended: Ended) -> dict[str, Level | None]:
    """Of the items that every turn is held to: the highest level that any turn got."""
    levels: dict[str, Level | None] = {}
    for item in filter(of_turn, ended.case.rubric):
        given = [turn.score.levels.get(of_case_id(item)) for turn in ended.turns]
        levels[item.id] = max((level for level in given if level is not None), default=None)
    return levels


async def _same_diagnosis(
    cast: Cast, ended: Ended, context: SessionContext, *, judge: bool
) -> tuple[bool, tuple[Failure, ...], Work]:
    """Whether a judge finds the last diagnosis to be the record's, where code found no match."""
    named = ended.turns[-1].ledger.working_diagnosis if ended.turns else ""
    hidden = ended.case.hidden
    found = ended.turns[-1].ledger.diagnosis_right if ended.turns else None
    seat = next((seat for seat in cast.bench.judges if not offline(seat.model)), None)
    if found is not False or not hidden.diagnosis or seat is None or not judge:
        return False, (), Work()
    names = (hidden.diagnosis, *hidden.aliases)
    try:
        right, work = await match_diagnosis(
            seat, named, names, ended.case.language, context.judge_seed
        )
    except ProviderError as error:
        opener = Message(role="user", content=ended.case.opener)
        query = Query(id=ended.case.id, messages=(opener,), language=ended.case.language)
        failure = branch_failure(query, "score_session", seat, error)
        return False, (failure,), seat.spent(error)
    return right, (), work


def offline(spec: str) -> bool:
    """Whether a model is the offline baseline."""
    return spec.startswith("offline:")


def _assembled(cast: Cast, ended: Ended, whole: _Whole, context: SessionContext) -> Session:
    case, turns = ended.case, ended.turns
    fidelity = audit(case, turns, ended.persona, context.scheme)
    spending = merged(
        (
            *(spent for turn in turns for spent in turn.spending),
            *timeless(whole.work.spending),
        )
    )
    prompts: dict[str, str] = {}
    for turn in turns:
        prompts |= turn.prompts
    prompts |= dict(whole.work.prompts)
    return Session(
        case=case,
        doctor=ended.doctor,
        seed=context.seed,
        persona=ended.persona,
        turns=turns,
        ending=ended.ending,
        detail=ended.detail,
        score=whole.score,
        fidelity=fidelity,
        attribution=first_error(case, turns, fidelity, ended.ending),
        failures=whole.failures,
        provenance=SessionProvenance(
            graph=SESSION_GRAPH,
            profile=cast.profile.name,
            models=cast.models | {"doctor": (ended.doctor,)},
            prompts=dict(sorted(prompts.items())),
            seed=context.seed,
            branched_from=ended.branched_from,
            usage=sum((spent.usage for spent in spending), Usage()),
            spending=spending,
        ),
    )


def timeless(spending: Sequence[Spending]) -> tuple[Spending, ...]:
    """Without seconds, so that equal sessions are equal in every byte."""
    return tuple(
        spent.model_copy(update={"usage": spent.usage.model_copy(update={"seconds": 0.0})})
        for spent in spending
    )
