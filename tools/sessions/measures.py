"""How a doctor found out, and what it made of it. All counted from the ledgers and the levels.

coverage, critical recall
    Share of the askable facts, and of the critical ones among them, told by the end of the
    session (MediQ, arXiv 2406.00922; Baichuan-M3, 2602.06570).
must_ask, plan, safety_net
    sum of w a / sum of w over the items with a level a.
auc
    Mean over the turns of the case's budget of the coverage at the end of each; after the last
    turn coverage stays as it is. Finding the same facts earlier gives more.
tests_f1
    2 TP / (2 TP + FP + FN) by weight: TP the recorded tests that were ordered, FN the others, FP
    each different order that the record lacks, at the mean weight of the recorded tests.
    Examinations do not count: looking is never too much.

What the case has nothing of is None, never a number. Only `coverage` and `auc`, which must be
numbers, are 1 where nothing is askable; `medelphi.tools.sessions.score` leaves them out then.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from medelphi.schema import (
    Case,
    CaseCriterion,
    InquiryMeasures,
    Level,
    OutcomeMeasures,
    Turn,
)
from medelphi.schema.session import ViolationKind
from medelphi.tools.sessions.ledger import askable
from medelphi.tools.similarity import signature

Items = Mapping[str, Level | None]
"""Levels of a case's rubric items by id; None or absent where unscored."""


def counted_levels(case: Case, turns: Sequence[Turn]) -> dict[str, Level | None]:
    """Levels of the items that need no judge: must-ask items that name facts.

    1 where the doctor asked for one of the facts, else 0. What was volunteered was not asked for.
    """
    asked = {id_ for turn in turns for id_ in (*turn.ledger.asked, *turn.ledger.elicited)}
    return {item.id: float(bool(asked & set(item.facts))) for item in case.rubric if counted(item)}


def counted(item: CaseCriterion) -> bool:
    """Whether code gives the item's level."""
    return item.kind == "must_ask" and bool(item.facts)


def inquiry(case: Case, turns: Sequence[Turn], items: Items | None = None) -> InquiryMeasures:
    """How the doctor found out.

    Args:
        case: The whole case.
        turns: All turns of the session, with their ledgers; may be empty.
        items: Levels of the must-ask items that a judge gave; those that code counts go before.
    """
    ledgers = [turn.ledger for turn in turns]
    start = 0.0 if askable(case) else 1.0
    critical = 0.0 if any(fact.critical for fact in askable(case)) else None
    questions = sum(ledger.questions for ledger in ledgers)
    kinds: Counter[ViolationKind] = Counter(
        violation.kind for ledger in ledgers for violation in ledger.violations
    )
    return InquiryMeasures(
        coverage=ledgers[-1].coverage if ledgers else start,
        critical_recall=ledgers[-1].critical_coverage if ledgers else critical,
        must_ask=_met(case, {**(items or {}), **counted_levels(case, turns)}, "must_ask"),
        facts_per_turn=(
            sum(len(ledger.elicited) for ledger in ledgers) / len(ledgers) if ledgers else 0.0
        ),
        auc=_auc([ledger.coverage for ledger in ledgers], start, case.budget.turns),
        wasted_turns=sum(ledger.wasted for ledger in ledgers),
        questions=questions,
        specific=sum(ledger.specific for ledger in ledgers) / questions if questions else None,
        violations={kind: kinds[kind] for kind in sorted(kinds)},
    )


def outcome(case: Case, turns: Sequence[Turn], items: Items) -> OutcomeMeasures:
    """What the doctor made of it. A session that names no diagnosis has none right.

    Args:
        case: The whole case.
        turns: All turns of the session; the last ledger says whether the diagnosis was right.
        items: Levels of the rubric items.
    """
    named = turns[-1].ledger.working_diagnosis if turns else ""
    right = bool(turns) and turns[-1].ledger.diagnosis_right is True
    return OutcomeMeasures(
        diagnosis=right if case.hidden.diagnosis else None,
        named=named,
        tests_f1=_tests_f1(case, turns),
        plan=_met(case, items, "plan", "must_tell"),
        safety_net=_met(case, items, "safety_net"),
    )


def _auc(coverage: list[float], start: float, budget: int) -> float:
    length = max(budget, len(coverage))
    last = coverage[-1] if coverage else start
    return math.fsum([*coverage, *[last] * (length - len(coverage))]) / length


def _met(case: Case, items: Items, *kinds: str) -> float | None:
    scored = [
        (item.weight, level)
        for item in case.rubric
        if item.kind in kinds and (level := items.get(item.id)) is not None
    ]
    total = math.fsum(weight for weight, _ in scored)
    return math.fsum(weight * level for weight, level in scored) / total if scored else None


def _tests_f1(case: Case, turns: Sequence[Turn]) -> float | None:
    tests = {item.id: item.weight for item in case.hidden.measurements if item.kind == "test"}
    if not tests:
        return None
    reports = [report for turn in turns for report in turn.reports]
    ordered = {report.measurement for report in reports if report.measurement in tests}
    lacking = {
        signature(report.asked)
        for report in reports
        if not report.measurement and report.kind != "examination"
    }
    hit = math.fsum(tests[id_] for id_ in sorted(ordered))
    missed = math.fsum(tests[id_] for id_ in sorted(tests.keys() - ordered))
    wrong = len(lacking) * math.fsum(tests.values()) / len(tests)
    return 2 * hit / (2 * hit + wrong + missed)
