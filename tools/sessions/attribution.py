"""The first critical error of a session, and whose it is."""

from collections.abc import Sequence

from medelphi.schema import Attribution, Case, EndReason, Fidelity, Turn
from medelphi.schema.session import ViolationKind

_CRITICAL: tuple[tuple[ViolationKind, str], ...] = (
    ("red_flag_ignored", "did not follow up a red flag"),
    ("premature_diagnosis", "named a diagnosis too early"),
    ("empty", "said nothing"),
)
"""A doctor's violations that decide a consultation, the gravest first."""


def first_error(
    case: Case, turns: Sequence[Turn], fidelity: Fidelity, ending: EndReason
) -> Attribution | None:
    """The earliest critical error; within one turn the simulator's own come first.

    A leak is the patient's; a report that is not of the record the measurement's; a turn whose
    criteria no judge could grade the judge's; a red line, an ignored red flag, a diagnosis made too
    early, silence, and at the end a wrong or missing diagnosis or critical facts never asked for
    the doctor's. None where nothing of the kind happened.
    """
    leaked = {leak.turn: leak for leak in reversed(fidelity.leaks)}
    results = {item.id: item.result for item in case.hidden.measurements}
    for turn in turns:
        if (leak := leaked.get(turn.number)) is not None:
            what = (
                "named the hidden diagnosis" if leak.diagnosis else "gave away a hidden statement"
            )
            return Attribution(turn=turn.number, party="patient", what=what)
        if not turn.said.strip():
            return Attribution(turn=turn.number, party="patient", what="said nothing")
        for report in turn.reports:
            result = results.get(report.measurement, "")
            if report.measurement and _letters(result) not in _letters(report.text):
                what = f"reported what is not in the record: {report.asked}"
                return Attribution(turn=turn.number, party="measurement", what=what)
        if turn.score.unsafe:
            what = f"crossed a red line: {turn.score.unsafe[0]}"
            return Attribution(turn=turn.number, party="doctor", what=what)
        kinds = {violation.kind: violation for violation in turn.ledger.violations}
        for kind, what in _CRITICAL:
            if kind in kinds:
                detail = kinds[kind].detail
                said = f"{what}: {detail}" if detail else what
                return Attribution(turn=turn.number, party="doctor", what=said)
        if turn.score.criteria and not turn.score.judged:
            return Attribution(turn=turn.number, party="judge", what="gave no usable verdict")
    return _at_the_end(case, turns, fidelity, ending)


def _at_the_end(
    case: Case, turns: Sequence[Turn], fidelity: Fidelity, ending: EndReason
) -> Attribution | None:
    last = turns[-1].number if turns else 0
    if ending == "simulator_error":
        return Attribution(turn=last + 1, party="patient", what="the simulator failed")
    if ending == "infrastructure_error" or not turns:
        return None
    if not fidelity.passed:
        return Attribution(turn=last, party="patient", what="strayed from the record")
    if ending == "doctor_silent":
        return Attribution(turn=last, party="doctor", what="stopped answering")
    if ending == "patient_left":
        return Attribution(turn=last, party="doctor", what="lost the patient's trust")
    ledger = turns[-1].ledger
    if ledger.diagnosis_right is False:
        what = f"concluded with a wrong diagnosis: {ledger.working_diagnosis}"
        return Attribution(turn=_named_at(turns), party="doctor", what=what)
    if case.hidden.diagnosis and not ledger.working_diagnosis:
        return Attribution(turn=last, party="doctor", what="named no diagnosis")
    told = {id_ for turn in turns for id_ in turn.decision.tell}
    missed = [
        fact for fact in case.facts if fact.critical and fact.disclosure and fact.id not in told
    ]
    if missed:
        what = f"never found out: {missed[0].text}"
        return Attribution(turn=last, party="doctor", what=what)
    return None


def _named_at(turns: Sequence[Turn]) -> int:
    """The turn in which the last working diagnosis was first the working one."""
    final = turns[-1].ledger.working_diagnosis
    number = turns[-1].number
    for turn in reversed(turns):
        if turn.ledger.working_diagnosis != final:
            break
        number = turn.number
    return number


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
