"""The session graph: a case goes in, a scored consultation or a typed failure comes out.

    open -> doctor -> understand -> disclose -> (measure) -> speak -> guard -> score_turn -> gate
    guard -> speak (repair) | score_turn          gate -> doctor | score_session -> end

What is hidden is withheld by structure: the nodes that decide on and word the patient's answer take
in no key that holds it (`medelphi.graphs.session_state`). Disclosure and measurements are code.
With ``doctor="person"`` or ``patient="person"`` the graph interrupts for a person's words.
"""

import hashlib
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import structlog
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import interrupt

from medelphi.agents import guard as guard_agent
from medelphi.agents.doctor import Doctor
from medelphi.agents.listener import listen
from medelphi.agents.patient import speak
from medelphi.agents.seat import Seat, Work
from medelphi.graphs.admission import as_case, as_turns
from medelphi.graphs.cast import seat_cast, session_settings
from medelphi.graphs.closing import Ended, close_session, offline, rescored, timeless
from medelphi.graphs.failures import SOFT, branch_failure
from medelphi.graphs.session_context import PERSON, SessionContext
from medelphi.graphs.session_state import (
    Consultation,
    DiscloseTask,
    DoctorTask,
    Intake,
    ListenTask,
    SessionState,
    SpeakTask,
)
from medelphi.graphs.turn_marks import Exchange, mark_turn
from medelphi.schema import (
    Case,
    Failure,
    Guarding,
    Hidden,
    Line,
    Message,
    PatientView,
    Query,
    Sentence,
    Session,
    Spending,
    Turn,
    Usage,
)
from medelphi.schema.errors import ProviderError
from medelphi.schema.session import dialogue
from medelphi.tools.dialogue.acts import read_acts
from medelphi.tools.dialogue.brief import Brief, brief_of
from medelphi.tools.dialogue.disclosure import decide
from medelphi.tools.dialogue.ending import Course, ending_of, reminder
from medelphi.tools.dialogue.guard import check, verbatim
from medelphi.tools.dialogue.measuring import report
from medelphi.tools.dialogue.persona import draw
from medelphi.tools.models.gateway import current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_core.runnables import RunnableConfig

__all__ = [
    "SessionContext",
    "build_session_graph",
    "graph",
    "rescored",
    "run_session",
    "seat_cast",
    "session_settings",
]

Update = dict[str, Any]

MESSAGE_LIMIT = 20_000
"""Characters of a doctor's message that are taken in; the rest is cut off."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger("session")

_DOCTOR: ContextVar[Doctor | None] = ContextVar("_DOCTOR", default=None)
"""A doctor that was given as an object, instead of a spec in the context."""


async def _open(state: Intake, runtime: Runtime[SessionContext]) -> Update:
    context = _context(runtime)
    # A case in another form than a batch gives comes from a server: there, files get edited.
    await seat_cast(context, look=not isinstance(state.get("case"), Case))
    case = await as_case(state.get("case"))
    if isinstance(case, Failure):
        return {"failure": case}
    turns = as_turns(state.get("earlier", ()), case)
    if isinstance(turns, Failure):
        return {"failure": turns}
    persona = case.persona or draw(context.seed, case.id, case.language)
    if context.temperament:
        persona = persona.model_copy(update={"temperament": context.temperament})
    named = f"{case.model_dump_json()} {context.seed}"
    return {
        "case": case,
        "view": case.patient,
        "persona": persona,
        "key": hashlib.blake2b(named.encode(), digest_size=8).hexdigest(),
        "budget": context.turns or case.budget.turns,
        "turns": turns,
        "lines": dialogue(case.opener, turns),
        "trust": turns[-1].decision.trust if turns else persona.trust,
        "branched_from": state.get("branched_from", ""),
        "work": None,
        "failures": None,
        "broken": None,
        **_end(case, turns, context),
    }


async def _opened(state: SessionState) -> str:
    if state.get("failure"):
        return "finish"
    return "score_session" if state.get("ending") else "doctor"


async def _doctor(state: DoctorTask, runtime: Runtime[SessionContext]) -> Update:
    context = _context(runtime)
    given = _DOCTOR.get()
    if given is None and context.doctor == PERSON:
        shown = [line.model_dump() for line in state["lines"]]
        words = interrupt({"you_are": "doctor", "conversation": shown, "reply_with": "message"})
        return {"message": _words(words)[:MESSAGE_LIMIT]}
    doctor = given or (await seat_cast(context)).doctor(context.doctor, state["budget"])
    try:
        reply = await doctor.reply(state["lines"], session=state["key"], seed=context.seed)
    except ProviderError as error:
        _log.warning("doctor_failed", kind=error.kind, reason=str(error))
        said = " ".join(str(error).split())
        failure = Failure.model_validate(
            {
                "query_id": "?",
                "answered_by": doctor.name,
                "sample": context.seed,
                "kind": error.kind,
                "reason": said,
                "node": "doctor",
                "model": doctor.name,
                "retryable": error.retryable,
            }
        )
        spent = Spending(node="", model=doctor.name, usage=error.usage)
        work = Work(spending=(spent,) if error.usage != Usage() else ())
        return {**_broken(failure), "work": work}
    return {"message": _printable(reply.text)[:MESSAGE_LIMIT], "work": reply.work}


async def _answered(state: SessionState) -> str:
    return "gate" if state.get("ending") else "understand"


async def _understand(state: ListenTask, runtime: Runtime[SessionContext]) -> Update:
    context = _context(runtime)
    view, message = state["view"], state["message"]
    if not message.strip():
        return {"acts": ()}
    seat = (await seat_cast(context)).seats["listener"]
    try:
        acts, work = await listen(seat, view, state["lines"], message, context.seed)
    except ProviderError as error:
        failed = _failed(view.case_id, state["lines"], "understand", seat, error)
        if failed.get("ending"):
            return failed
        return {**failed, "acts": read_acts(message, view.facts, view.unknown, view.language)}
    return {"acts": acts, "work": work}


async def _understood(state: SessionState) -> str:
    return "gate" if state.get("ending") else "disclose"


async def _disclose(state: DiscloseTask, runtime: Runtime[SessionContext]) -> Update:
    context, view, turns = _context(runtime), state["view"], state["turns"]
    opened = {fact.id for fact in view.facts if fact.disclosure == 0}
    told = frozenset(opened | {id_ for turn in turns for id_ in turn.decision.tell})
    number = len(turns) + 1
    decision = decide(
        view,
        state["acts"],
        state["persona"],
        told=told,
        before=turns,
        trust=state["trust"],
        seed=context.seed,
        turn=number,
        interruptions=context.interruptions,
    )
    brief = brief_of(
        view,
        state["persona"],
        state["acts"],
        decision,
        state["lines"],
        told=told,
        turn=number,
        seed=context.seed,
    )
    return {
        "decision": decision,
        "brief": brief,
        "trust": decision.trust,
        "reports": (),
        "complaints": (),
        "guarding": Guarding(attempts=0),
    }


async def _ordered(state: SessionState) -> str:
    return "measure" if any(act.kind == "order" for act in state["acts"]) else "speak"


async def _measure(state: SessionState) -> Update:
    case = state["case"]
    return {"reports": report(state["acts"], case.hidden, case.language)}


async def _speak(state: SpeakTask, runtime: Runtime[SessionContext]) -> Update:
    context, brief, guarding = _context(runtime), state["brief"], state["guarding"]
    attempted = guarding.model_copy(update={"attempts": guarding.attempts + 1})
    if context.patient == PERSON:
        words = interrupt(
            {
                "you_are": brief.respondent,
                "doctor_says": brief.doctor,
                "tell": [fact.lay for fact in brief.tell],
                "you_do_not_know": [item.topic for item in brief.unknown],
                "reply_with": "message",
            }
        )
        said = Sentence(text=_words(words) or "…", facts=tuple(fact.id for fact in brief.tell))
        return {"wording": (said,), "guarding": attempted}
    seat = (await seat_cast(context)).seats["patient"]
    number = context.seed * (context.repairs + 1) + guarding.attempts
    try:
        wording, work = await speak(seat, brief, state["complaints"], number)
    except ProviderError as error:
        failed = _failed("", brief.recent, "speak", seat, error)
        if failed.get("ending"):
            return failed
        plain = guarding.model_copy(update={"verbatim": True})
        return {**failed, "wording": verbatim(brief), "guarding": plain}
    return {"wording": wording, "guarding": attempted, "work": work}


async def _spoken(state: SessionState) -> str:
    return "gate" if state.get("ending") else "guard"


async def _guard(state: SessionState, runtime: Runtime[SessionContext]) -> Update:
    context, guarding, brief = _context(runtime), state["guarding"], state["brief"]
    if guarding.verbatim or context.patient == PERSON:
        return {"complaints": ()}
    wording, update = state["wording"], Update()
    view, hidden = state["view"], state["case"].hidden
    found = check(wording, brief, view, hidden)
    seat = (await seat_cast(context)).seats["guard"]
    if not found and not offline(seat.model):
        try:
            number = context.seed * (context.repairs + 1) + guarding.attempts
            found, update["work"] = await guard_agent.review(seat, brief, wording, number)
        except ProviderError as error:
            failed = _failed(state["case"].id, state["lines"], "guard", seat, error)
            if failed.get("ending"):
                return failed
            update |= failed  # code has found nothing: the wording stands
    if not found:
        return {**update, "complaints": ()}
    guarding = guarding.model_copy(update={"findings": (*guarding.findings, *found)})
    if guarding.attempts <= context.repairs:
        return {**update, "guarding": guarding, "complaints": found}
    plain, wording = guarding.model_copy(update={"verbatim": True}), verbatim(brief)
    update |= {"guarding": plain, "complaints": (), "wording": wording}
    if any(finding.fault == "hidden" for finding in check(wording, brief, view, hidden)):
        # A lay text of the record gives something away: nothing is said rather than that.
        place = _unsafe(brief, view, hidden)
        detail = f"guard: the lay text of {place} is not safe; medelphi cases check"
        update |= {"ending": "simulator_error", "detail": detail}
    return update


def _unsafe(brief: Brief, view: PatientView, hidden: Hidden) -> str:
    """Which facts or topics of a brief give something hidden away."""
    parts = {
        f"fact {fact.id}": brief.model_copy(update={"tell": (fact,), "unknown": ()})
        for fact in brief.tell
    } | {
        f"unknown {item.topic[:60]!r}": brief.model_copy(update={"tell": (), "unknown": (item,)})
        for item in brief.unknown
    }
    wrong = [
        place
        for place, part in parts.items()
        if any(found.fault == "hidden" for found in check(verbatim(part), part, view, hidden))
    ]
    return ", ".join(wrong or parts) or "an answer"


async def _guarded(state: SessionState) -> str:
    if state.get("ending"):
        return "gate"
    return "speak" if state["complaints"] else "score_turn"


async def _score_turn(state: SessionState, runtime: Runtime[SessionContext]) -> Update:
    context = _context(runtime)
    exchange = Exchange(
        number=len(state["turns"]) + 1,
        message=state["message"],
        acts=state["acts"],
        decision=state["decision"],
        reports=state["reports"],
    )
    cast = await seat_cast(context)
    marked = await mark_turn(cast, state["case"], exchange, state["turns"], context)
    if marked.broken is not None:
        return {**_broken(marked.broken), "work": marked.work}
    return {
        "ledger": marked.ledger,
        "score": marked.score,
        "failures": list(marked.failures),
        "work": marked.work,
    }


async def _gate(state: SessionState, runtime: Runtime[SessionContext]) -> Update:
    """Close the turn, and decide whether there is another one.

    A turn that broke off is no turn: what it consumed is kept with the session's failures.
    """
    context, case = _context(runtime), state["case"]
    if state.get("ending"):
        return {}
    work, failures = state.get("work", Work()), state.get("failures", [])
    turn = Turn(
        number=len(state["turns"]) + 1,
        doctor=state["message"],
        acts=state["acts"],
        decision=state["decision"],
        reports=state["reports"],
        patient=state["wording"],
        guarding=state["guarding"],
        ledger=state["ledger"],
        score=state["score"],
        failures=tuple(sorted(failures, key=lambda f: (f.node, f.model, f.kind, f.reason))),
        spending=timeless(work.spending),
        prompts=dict(work.prompts),
    )
    ended = _end(case, (*state["turns"], turn), context)
    if not ended["ending"]:
        notice = reminder(turn.number, state["budget"], case.language)
        turn = turn.model_copy(update={"notice": notice})
    turns = (*state["turns"], turn)
    return {
        "budget": context.turns or case.budget.turns,
        "turns": turns,
        "lines": dialogue(case.opener, turns),
        "work": None,
        "failures": None,
        **ended,
    }


async def _gated(state: SessionState) -> str:
    return "score_session" if state.get("ending") else "doctor"


async def _score_session(state: SessionState, runtime: Runtime[SessionContext]) -> Update:
    context = _context(runtime)
    ending = state["ending"]
    assert ending is not None  # noqa: S101 - the edges lead here only with one
    given = _DOCTOR.get()
    ended = Ended(
        case=state["case"],
        doctor=given.name if given else context.doctor,
        persona=state["persona"],
        turns=state["turns"],
        ending=ending,
        detail=state.get("detail", ""),
        branched_from=state.get("branched_from", ""),
        failures=tuple(state.get("failures", [])),
        broken=state.get("broken"),
        work=state.get("work", Work()),
    )
    return {"session": await close_session(await seat_cast(context), ended, context)}


async def _finish(state: SessionState) -> Consultation:
    return {"session": state.get("session"), "failure": state.get("failure")}


def _end(case: Case, turns: Sequence[Turn], context: SessionContext) -> Update:
    course = Course(
        turns=tuple(turns),
        most_turns=context.turns or case.budget.turns,
        most_tokens=case.budget.tokens,
        patience=context.patience,
    )
    return {"ending": ending_of(course)}


def _failed(
    case_id: str, lines: Sequence[Line], node: str, seat: Seat, error: ProviderError
) -> Update:
    """What a failed call of the simulator's leaves: a record, and maybe the end of the session."""
    opener = Message(role="user", content=lines[0].text if lines else "…")
    query = Query(id=case_id or "?", messages=(opener,), language="en")
    update: Update = {
        "failures": [branch_failure(query, node, seat, error)],
        "work": seat.spent(error),
    }
    # After a reply that cannot be used code does the work of the model in this turn.
    return update if error.kind in SOFT else update | _broken(update.pop("failures")[0])


def _broken(failure: Failure) -> Update:
    """A session that cannot go on, for what is not the doctor's doing."""
    return {
        "ending": "infrastructure_error",
        "detail": f"{failure.node}: {failure.kind}: {failure.reason}",
        "broken": failure,
    }


def _words(value: object) -> str:
    """What a person answered an interrupt with: their words, or an object that holds them."""
    if isinstance(value, dict):
        value = value.get("message", "")
    return _printable(str(value or "")).strip()


def _printable(text: str) -> str:
    """Without control characters, which belong in no message; odd spaces and breaks made plain."""
    return "".join(map(_plain, text.replace("\r\n", "\n")))


def _plain(sign: str) -> str:
    if sign in "\n\t" or sign.isprintable():
        return sign
    kind = unicodedata.category(sign)
    if kind == "Zs":
        return " "
    return "\n" if kind in {"Zl", "Zp"} or sign in "\r\x85" else ""


def _context(runtime: Runtime[SessionContext]) -> SessionContext:
    return runtime.context or SessionContext()


def _add(
    builder: StateGraph[SessionState, SessionContext, Intake, Consultation],
    name: str,
    node: Callable[..., Awaitable[Any]],
    input_schema: Any = SessionState,
) -> None:
    """Add a node whose events and work carry its name."""

    async def named(state: Any, runtime: Runtime[SessionContext]) -> Any:
        with structlog.contextvars.bound_contextvars(node=name):
            update = await node(state, runtime)
        return {**update, "work": update["work"].at(name)} if update.get("work") else update

    builder.add_node(name, named, input_schema=input_schema)


def build_session_graph() -> CompiledStateGraph[SessionState, SessionContext, Intake, Consultation]:
    """Build the graph. Does no I/O and makes no client; a server brings its own checkpointer."""
    builder = StateGraph(
        SessionState, SessionContext, input_schema=Intake, output_schema=Consultation
    )
    _add(builder, "open", _open, Intake)
    _add(builder, "doctor", _doctor, DoctorTask)
    _add(builder, "understand", _understand, ListenTask)
    _add(builder, "disclose", _disclose, DiscloseTask)
    builder.add_node("measure", _measure)
    _add(builder, "speak", _speak, SpeakTask)
    _add(builder, "guard", _guard)
    _add(builder, "score_turn", _score_turn)
    _add(builder, "gate", _gate)
    _add(builder, "score_session", _score_session)
    builder.add_node("finish", _finish)
    builder.add_edge(START, "open")
    builder.add_conditional_edges("open", _opened, ["doctor", "score_session", "finish"])
    builder.add_conditional_edges("doctor", _answered, ["understand", "gate"])
    builder.add_conditional_edges("understand", _understood, ["disclose", "gate"])
    builder.add_conditional_edges("disclose", _ordered, ["measure", "speak"])
    builder.add_edge("measure", "speak")
    builder.add_conditional_edges("speak", _spoken, ["guard", "gate"])
    builder.add_conditional_edges("guard", _guarded, ["speak", "score_turn", "gate"])
    builder.add_edge("score_turn", "gate")
    builder.add_conditional_edges("gate", _gated, ["doctor", "score_session"])
    builder.add_edge("score_session", "finish")
    builder.add_edge("finish", END)
    return builder.compile(name="session")


graph = build_session_graph()
"""The compiled graph that Studio and the batch runner use."""


@contextmanager
def played_by(doctor: Doctor | None) -> "Iterator[None]":
    """Let this object be the doctor of sessions that begin inside, whatever their context says."""
    token = _DOCTOR.set(doctor)
    try:
        yield
    finally:
        _DOCTOR.reset(token)


async def run_session(
    case: Case,
    context: SessionContext,
    *,
    doctor: Doctor | None = None,
    earlier: Sequence[Turn] = (),
    branched_from: str = "",
    on_turn: Callable[[Turn], None] | None = None,
) -> Session | Failure:
    """Simulate and score one consultation.

    Args:
        doctor: Who is tested, in the place of ``context.doctor``.
        earlier: Turns of a stored session of the same case: this one goes on behind them. With
            the same doctor and settings it equals the session that was not interrupted.
        branched_from: ``session@turn``, where they come from a session with another doctor.
        on_turn: Called with every turn as soon as it is finished.

    Returns:
        The session, whatever ended it; a failure where the case cannot be used.

    Raises:
        MedelphiError: The settings cannot be used, or the budget is used up.
    """
    given: Intake = {"case": case, "earlier": list(earlier), "branched_from": branched_from}
    config: RunnableConfig = {"recursion_limit": 40 + 12 * (context.turns or case.budget.turns)}
    result: Consultation = {}
    with played_by(doctor), (await current()).query():
        async for update in graph.astream(given, config, context=context, stream_mode="updates"):
            for node, written in update.items():
                if node == "gate" and on_turn is not None and written and "turns" in written:
                    on_turn(written["turns"][-1])
                if node == "finish":
                    result = written
    outcome = result.get("session") or result.get("failure")
    assert outcome is not None  # noqa: S101 - the node finish gives one of them
    return outcome
