"""What the commands that run sessions share: which sessions are wanted, and running one of them."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from medelphi.cli.batch import Row
from medelphi.schema.errors import InputError

if TYPE_CHECKING:
    from medelphi.agents.doctor import Doctor
    from medelphi.graphs.session_context import SessionContext
    from medelphi.schema import Case, Failure, Session, Turn
    from medelphi.tools.runs.turn_log import TurnLog


class CaseDraft(Protocol):
    """A row of a set of cases."""

    @property
    def id(self) -> str: ...

    def make(self) -> "Case | Failure": ...


class CaseSource(Protocol):
    """A set of cases: `medelphi.tools.cases.reading.CaseSet`, or one that is at hand."""

    @property
    def path(self) -> str: ...

    def ids(self) -> Iterator[str]: ...

    def __iter__(self) -> "Iterator[CaseDraft]": ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One session that was asked for."""

    case: "Case"
    doctor: str
    seed: int
    key: str
    content: str
    """The digest of the case."""

    @property
    def names(self) -> dict[str, Any]:
        """The fields of a `Failure` that say what it is about."""
        return {"query_id": self.case.id, "answered_by": self.doctor, "sample": self.seed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """The sessions that were asked for: every case, with every doctor, under every seed."""

    cases: CaseSource
    doctors: tuple[str, ...]
    seeds: tuple[int, ...]
    limit: int | None = None
    only: frozenset[str] = frozenset()
    remarks: Counter[str] = field(default_factory=Counter)
    """What `medelphi cases check` finds in the cases that were gone through, by kind."""
    _known: dict[str, "str | Failure"] = field(default_factory=dict)
    """By id: the digest of a case, or why there is none. Building a case takes longer than reading
    its row, and the rows are gone through several times."""

    def check(self) -> "Booked":
        """Raises InputError for an id that the file does not have."""
        if missing := self.only - set(self.cases.ids()):
            raise InputError(
                f"has no case {', '.join(map(repr, sorted(missing)))}; check --only",
                path=self.cases.path,
            )
        return self

    def rows(self) -> "Iterator[Row[Booking]]":
        """Every session, case by case."""
        from medelphi.schema import Failure
        from medelphi.tools.runs.kinds import answer_key, failure_key

        for draft in self._chosen():
            known = self._digest(draft)
            if isinstance(known, Failure):
                yield Row(key=failure_key(known), content=None, make=_as_is(known))
                continue
            for doctor in self.doctors:
                for seed in self.seeds:
                    key = answer_key(draft.id, doctor, seed)
                    make = _booking(draft, doctor=doctor, seed=seed, key=key, content=known)
                    yield Row(key=key, content=known, make=make)

    def keys(self) -> Iterator[str]:
        """The keys of all sessions, in their order."""
        return (row.key for row in self.rows())

    def _chosen(self) -> "Iterator[CaseDraft]":
        chosen = (draft for draft in self.cases if not self.only or draft.id in self.only)
        return islice(chosen, self.limit)

    def _digest(self, draft: "CaseDraft") -> "str | Failure":
        from medelphi.schema import Failure
        from medelphi.tools.cases.checks import problems
        from medelphi.tools.runs.kinds import case_digest

        if draft.id not in self._known:
            made = draft.make()
            if not isinstance(made, Failure):
                self._known[draft.id] = case_digest(made.model_dump(mode="json"))
                self.remarks.update(problem.kind for problem in problems(made))
            else:
                self._known[draft.id] = made
        return self._known[draft.id]


def _booking(draft: "CaseDraft", **fields: Any) -> "Callable[[], Booking | Failure]":
    def make() -> "Booking | Failure":
        from medelphi.schema import Failure

        case = draft.make()
        return case if isinstance(case, Failure) else Booking(case=case, **fields)

    return make


def _as_is(failure: "Failure") -> "Callable[[], Failure]":
    return lambda: failure


@dataclass(slots=True, kw_only=True)
class Sitting:
    """Runs sessions, and keeps every turn as soon as it is finished."""

    context: "SessionContext"
    log: "TurnLog"
    doctors: "dict[str, Doctor]" = field(default_factory=dict)
    """Doctors that are no specs: a person at the terminal."""
    branch: "tuple[Turn, ...]" = ()
    branched_from: str = ""
    refused: "dict[str, Failure]" = field(default_factory=dict)
    """Doctors that refused our key: they are not asked again, and the others go on."""

    async def run(self, booking: Booking) -> "Session | Failure":
        """One session, from its beginning or from where it broke off.

        Raises:
            MedelphiError: What concerns the run as a whole.
        """
        from medelphi.graphs.session import run_session
        from medelphi.schema import Failure, Usage

        if booking.doctor in self.refused:
            return self.refused[booking.doctor].model_copy(update=booking.names)

        def keep(turn: "Turn") -> None:
            self.log.add(booking.key, booking.content, turn)

        earlier = (
            *self.branch,
            *self.log.earlier(booking.key, booking.content, after=len(self.branch)),
        )
        outcome = await run_session(
            booking.case,
            replace(self.context, doctor=booking.doctor, seed=booking.seed),
            doctor=self.doctors.get(booking.doctor),
            earlier=earlier,
            branched_from=self.branched_from,
            on_turn=keep,
        )
        kept = _kept(outcome, booking)
        if isinstance(kept, Failure) and kept.node == "doctor" and kept.kind in {"auth", "quota"}:
            empty = {"usage": Usage(), "spending": ()}
            self.refused[booking.doctor] = kept.model_copy(update=empty)
        return kept


def _kept(outcome: "Session | Failure", booking: Booking) -> "Session | Failure":
    """A session that broke off is a failure; its turns stay in the log."""
    from medelphi.schema import Failure
    from medelphi.schema.session import NOT_THE_DOCTORS

    if isinstance(outcome, Failure):
        return outcome.model_copy(update=booking.names)
    if outcome.ending not in NOT_THE_DOCTORS:
        return outcome
    usage, spending = outcome.provenance.usage, outcome.provenance.spending
    spent = {"usage": usage, "spending": spending}
    turns = f"{len(outcome.turns)} finished turns are kept"
    if outcome.ending == "simulator_error":
        told = {"kind": "simulator", "reason": f"{outcome.detail}; {turns}", **spent}
        return Failure.model_validate(booking.names | told)
    first = outcome.failures[0]
    return first.model_copy(update={"reason": f"{first.reason}; {turns}", **booking.names, **spent})


def told(session: "Session") -> dict[str, object]:
    """What the log says of a session."""
    usage, score = session.provenance.usage, session.score
    return {
        "turns": len(session.turns),
        "ending": session.ending,
        "score": score.score,
        "coverage": round(score.inquiry.coverage, 4),
        "faithful": session.fidelity.passed,
        "calls": usage.calls,
        "cost": usage.cost,
    }
