"""The ledger of a turn: what was known, asked, told and decided in it. Counted, never judged.

Askable is every fact that is not in the opener (disclosure above 0). Coverage is the share of the
askable facts told so far, as in MediQ (arXiv 2406.00922) and Baichuan-M3 (2602.06570); the checks
of the doctor's conduct are in `medelphi.tools.sessions.violations`.
"""

from collections.abc import Iterable, Sequence

from medelphi.schema import Act, Case, Decision, Fact, LedgerEntry, Report, Turn
from medelphi.tools.dialogue.diagnosis import last_named, matches
from medelphi.tools.sessions.scheme import SessionScheme
from medelphi.tools.sessions.violations import Exchange, content, same_question, violations
from medelphi.tools.similarity import signature, similarity

SAME = 0.9
"""Likeness from which advice is the same advice again."""


def askable(case: Case) -> tuple[Fact, ...]:
    """The facts that a doctor has to find out: all that the opener does not tell."""
    return tuple(fact for fact in case.facts if fact.disclosure > 0)


def is_order(act: Act) -> bool:
    """Whether something is ordered: a mere statement of results is an order without a target."""
    return act.kind == "order" and bool(act.target)


def told_in(turns: Iterable[Turn]) -> frozenset[str]:
    """Ids of the facts told in these turns, asked for or not; the opener's are not among them."""
    return frozenset(id_ for turn in turns for id_ in turn.decision.tell)


def share_told(facts: Sequence[Fact], told: frozenset[str]) -> float | None:
    """None without facts."""
    return sum(fact.id in told for fact in facts) / len(facts) if facts else None


def entry(
    case: Case,
    number: int,
    acts: Sequence[Act],
    decision: Decision,
    reports: Sequence[Report],
    *,
    before: Sequence[Turn],
    doctor: str,
    scheme: SessionScheme,
) -> LedgerEntry:
    """The entry of one turn.

    A fact counts as asked where a specific inquiry reached it, told or not; a broad inquiry
    ("anything else?") only asks for what it was told, so that a demand for everything does not
    count as having asked everything. Where nothing is askable coverage is 1: nothing is left.

    Args:
        case: With its hidden part, which the working diagnosis is compared with.
        number: Of the turn, from 1.
        acts: What the doctor did in this turn.
        decision: What the respondent was let tell.
        reports: What came of the orders.
        before: The turns before this one.
        doctor: The doctor's message as it was.
        scheme: Penalties and limits.
    """
    facts = {fact.id: fact for fact in case.facts}
    earlier = told_in(before)
    at_once = frozenset(fact.id for fact in case.facts if fact.disclosure == 0)
    told = earlier | frozenset(decision.tell)
    fresh = [id_ for id_ in dict.fromkeys(decision.tell) if id_ not in earlier | at_once]
    elicited = tuple(id_ for id_ in fresh if id_ not in decision.volunteer)
    inquiries = [act for act in acts if act.kind == "inquiry"]
    asked = dict.fromkeys(
        id_
        for act in inquiries
        for id_ in act.facts
        if act.specificity != "broad" or id_ in decision.tell
    )
    coverage = share_told(askable(case), told)
    named = last_named([acts])
    working = named or (before[-1].ledger.working_diagnosis if before else "")
    right = _right(case, working, before)
    return LedgerEntry(
        elicited=elicited,
        critical=tuple(id_ for id_ in elicited if facts[id_].critical),
        volunteered=tuple(id_ for id_ in fresh if id_ in decision.volunteer),
        asked=tuple(asked),
        questions=len(inquiries),
        specific=sum(act.specificity == "specific" for act in inquiries),
        orders=sum(is_order(act) for act in acts),
        coverage=1.0 if coverage is None else coverage,
        critical_coverage=share_told([fact for fact in askable(case) if fact.critical], told),
        red_flags=tuple(
            id_ for id_ in fresh if facts[id_].red_flag and facts[id_].polarity == "present"
        ),
        working_diagnosis=working,
        diagnosis_right=right,
        wasted=not (fresh or _moved_on(acts, decision, reports, before, named)),
        violations=violations(
            Exchange(
                case=case,
                number=number,
                acts=tuple(acts),
                decision=decision,
                before=tuple(before),
                doctor=doctor,
                diagnosis_right=right,
            ),
            scheme,
        ),
    )


def _right(case: Case, working: str, before: Sequence[Turn]) -> bool | None:
    if not working or not case.hidden.diagnosis:
        return None
    # A verdict on the same name stands, also where a judge model has given it since.
    last = before[-1].ledger if before else None
    if last and signature(last.working_diagnosis) == signature(working):
        return last.diagnosis_right
    return matches(working, case.hidden, case.language)


def _moved_on(
    acts: Sequence[Act],
    decision: Decision,
    reports: Sequence[Report],
    before: Sequence[Turn],
    named: str,
) -> bool:
    """Whether a turn without a new fact was of use. A new question that the respondent cannot
    answer, or did not follow, is: a thin record is not the doctor's fault."""
    if decision.confused and any(act.kind == "inquiry" for act in acts):
        return True
    if set(decision.unknown) - {topic for turn in before for topic in turn.decision.unknown}:
        return True
    if decision.unrecorded and any(_new_question(act, before) for act in acts):
        return True
    if any(act.kind == "end" for act in acts):
        return True
    if named and signature(named) != signature(
        before[-1].ledger.working_diagnosis if before else ""
    ):
        return True
    known = {report.measurement for turn in before for report in turn.reports}
    if any(report.measurement and report.measurement not in known for report in reports):
        return True
    past = [act for turn in before for act in turn.acts]
    ordered = {signature(act.target or act.text) for act in past if is_order(act)}
    advised = [act.text for act in past if act.kind == "advice"]
    return any(
        signature(act.target or act.text) not in ordered
        if is_order(act)
        else all(similarity(act.text, other) < SAME for other in advised)
        for act in acts
        if is_order(act) or act.kind == "advice"
    )


def _new_question(act: Act, before: Sequence[Turn]) -> bool:
    """A fair, specific inquiry that the record has no answer to and that was not asked before."""
    if act.kind != "inquiry" or act.specificity == "broad" or act.facts:
        return False
    if act.leading or act.confrontational or not content(act.text):
        return False
    return not any(
        other.kind == "inquiry" and same_question(act, other)
        for turn in before
        for other in turn.acts
    )
