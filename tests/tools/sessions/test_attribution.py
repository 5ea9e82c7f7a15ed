import pytest
from tests_fidelity import ENGLISH, turn

from medelphi.schema import (
    Fidelity,
    Leak,
    LedgerEntry,
    Report,
    ScoringCriterion,
    TurnScore,
    Violation,
)
from medelphi.tools.sessions.attribution import first_error

TRUE = Fidelity(
    privacy=1, fact=1, honesty=1, passivity=1, personification=1, repairs=0, verbatim=0, passed=True
)
RIGHT = LedgerEntry(coverage=1, working_diagnosis="acute pancreatitis", diagnosis_right=True)


def spoken(number=1, *, ledger=RIGHT, score=None, reports=(), said="I've thrown up."):
    made = turn(said, tell=("pain",), number=number, reports=reports)
    return made.model_copy(update={"ledger": ledger, "score": score or TurnScore()})


def violated(kind, detail=""):
    found = (Violation(kind=kind, gamma=0.5, detail=detail),)
    return RIGHT.model_copy(update={"violations": found})


def named(turns, ending="concluded", fidelity=TRUE):
    found = first_error(ENGLISH, turns, fidelity, ending)
    return found and (found.turn, found.party)


def test_a_session_without_a_critical_error_has_none():
    assert named([spoken(), spoken(2, ledger=violated("overload"))]) is None


@pytest.mark.parametrize("kind", ["red_flag_ignored", "premature_diagnosis", "empty"])
def test_a_critical_violation_is_the_doctors(kind):
    assert named([spoken(), spoken(2, ledger=violated(kind, "why"))]) == (2, "doctor")


def test_the_earliest_error_counts_and_the_simulators_comes_first():
    leaked = TRUE.model_copy(
        update={"leaks": (Leak(turn=2, words="x", diagnosis=True),), "passed": False}
    )
    turns = [spoken(), spoken(2, ledger=violated("empty")), spoken(3)]
    assert named(turns, fidelity=leaked) == (2, "patient")
    turns[0] = spoken(ledger=violated("empty"))
    assert named(turns, fidelity=leaked) == (1, "doctor")


def test_a_report_that_is_not_the_records_is_the_measurements():
    good = Report(
        asked="lipase", measurement="lipase", text="Lipase: Serum lipase 1,240 U/L (raised)"
    )
    bad = good.model_copy(update={"text": "Lipase: normal"})
    missing = Report(asked="MRI", text="not available")
    assert named([spoken(reports=(good, missing))]) is None
    assert named([spoken(reports=(bad,))]) == (1, "measurement")


def test_a_red_line_is_the_doctors_and_a_missing_verdict_the_judges():
    assert named([spoken(score=TurnScore(unsafe=("r1",)))]) == (1, "doctor")
    criterion = ScoringCriterion(id="t1", text="Asks it", points=1.0)
    assert named([spoken(score=TurnScore(criteria=(criterion,)))]) == (1, "judge")
    judged = TurnScore(criteria=(criterion,), judged=0.5)
    assert named([spoken(score=judged)]) is None


@pytest.mark.parametrize(
    ("ending", "blame"),
    [
        ("simulator_error", (2, "patient")),
        ("infrastructure_error", None),
        ("doctor_silent", (1, "doctor")),
        ("patient_left", (1, "doctor")),
    ],
)
def test_endings_have_their_party(ending, blame):
    assert named([spoken()], ending) == blame


def test_no_turn_at_all_is_charged_to_nobody_but_a_failing_simulator():
    assert named([], "infrastructure_error") is None
    assert named([], "doctor_silent") is None
    assert named([], "simulator_error") == (1, "patient")


def test_a_patient_that_fails_the_gate_is_at_fault():
    assert named([spoken()], fidelity=TRUE.model_copy(update={"passed": False})) == (1, "patient")


def test_a_wrong_conclusion_is_the_doctors_from_the_turn_that_drew_it():
    wrong = LedgerEntry(coverage=1, working_diagnosis="gastritis", diagnosis_right=False)
    turns = [spoken(), spoken(2, ledger=wrong), spoken(3, ledger=wrong)]
    assert named(turns) == (2, "doctor")
    silent = LedgerEntry(coverage=1)
    assert named([spoken(ledger=silent)]) == (1, "doctor")


def test_critical_facts_never_found_out_are_the_doctors():
    facts = [f.model_copy(update={"critical": True}) for f in ENGLISH.facts]
    case = ENGLISH.model_copy(update={"facts": tuple(facts)})
    found = first_error(case, [spoken()], TRUE, "concluded")
    assert found is not None
    assert found.party == "doctor"
    assert "never found out" in found.what
