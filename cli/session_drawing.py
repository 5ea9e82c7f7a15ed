"""Drawing sessions: one with its ledger beside it, a table of many, doctors compared."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from medelphi.cli.terminal import counted
from medelphi.knowledge.text import clean
from medelphi.schema import Case, Failure, Session, Turn
from medelphi.tools.runs.info import SessionInfo
from medelphi.tools.sessions.comparison import Comparison, DoctorSummary, Estimate

COLOURS = {"doctor": "bold cyan", "patient": "bold green", "measurement": "bold magenta"}
MEASURES = {
    "score": "score",
    "coverage": "facts found",
    "critical_recall": "critical facts",
    "must_ask": "must-ask items",
    "auc": "area under coverage",
    "turn_value": "turn value",
    "diagnosis": "diagnosis right",
    "tests_f1": "tests ordered, F1",
    "plan": "plan",
    "safety_net": "safety net",
    "turns": "turns",
    "wasted_turns": "wasted turns",
}
"""Measures that the comparison shows, by their names there."""
ENOUGH = 1
"""Violations per turn with fewer than so many hundredths are not shown."""


def draw_session(console: Console, session: Session) -> None:
    """The dialogue, with what each turn brought to light, did wrong and was worth beside it."""
    case = session.case
    console.print(Text(session.id, style="bold"))
    console.print(_line(_about(session)))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0), expand=True, show_header=False)
    table.add_column(ratio=3, overflow="fold")
    table.add_column(ratio=2, overflow="fold")
    opener = [_said("patient", case.opener)]
    told = [fact.id for fact in case.facts if fact.disclosure == 0]
    table.add_row(_stack(opener), Text(f"opens with: {', '.join(told) or 'no fact'}", style="dim"))
    for turn in session.turns:
        table.add_row(_stack(_dialogue(turn)), _stack(_ledger(turn, case)))
    console.print(table)
    _draw_end(console, session)
    console.print("For evaluating models, not for treating people.")


def _about(session: Session) -> str:
    persona = session.persona
    parts = [
        session.case.language,
        session.case.respondent,
        f"{persona.temperament}, literacy {persona.literacy}",
        counted(len(session.turns), "turn"),
        f"ended: {session.ending.replace('_', ' ')}",
    ]
    if session.provenance.branched_from:
        parts.append(f"branched from {session.provenance.branched_from}")
    return " · ".join(parts) + (f" ({session.detail})" if session.detail else "")


def _dialogue(turn: Turn) -> list[Text]:
    lines = [Text(f"turn {turn.number}", style="dim"), _said("doctor", turn.doctor or "(silent)")]
    lines += [_said("measurement", report.text) for report in turn.reports]
    lines.append(_said("patient", turn.said))
    if turn.notice:
        lines.append(Text(f"notice: {turn.notice}", style="dim"))
    return lines


def _said(speaker: str, text: str) -> Text:
    return Text.assemble((f"{speaker}: ", COLOURS[speaker]), _line(text))


def _ledger(turn: Turn, case: Case) -> list[Text]:
    facts = {fact.id: fact for fact in case.facts}
    entry, score = turn.ledger, turn.score
    lines = [Text(f"coverage {entry.coverage:.0%}", style="dim")]
    for id_ in (*entry.elicited, *entry.volunteered):
        fact = facts[id_]
        marks = [name for name in ("critical", "red_flag") if getattr(fact, name)]
        marks += ["volunteered"] if id_ in entry.volunteered else []
        lines.append(Text.assemble(("+ ", "green"), _line(fact.text), (_marks(marks), "yellow")))
    if turn.decision.refused:
        lines.append(Text(f"held back: {', '.join(turn.decision.refused)}", style="dim"))
    lines += [
        Text.assemble(
            ("! ", "red"), f"{violation.kind.replace('_', ' ')} ", _line(violation.detail)
        )
        for violation in entry.violations
    ]
    lines += [
        Text.assemble(("!! ", "bold red"), f"red line crossed: {id_}") for id_ in score.unsafe
    ]
    if turn.guarding.verbatim or turn.guarding.findings:
        repairs = counted(turn.guarding.attempts - 1, "repair")
        plain = ", told in the record's lay text" if turn.guarding.verbatim else ""
        lines.append(Text(f"guard: {repairs}{plain}", style="dim"))
    lines.append(_value(turn))
    for criterion in score.criteria:
        level = score.levels.get(criterion.id)
        mark = "?" if level is None else f"{level:g}"
        points = f"{criterion.points:+g}" if criterion.points is not None else ""
        lines.append(Text.assemble((f"{mark:>3} {points:>3}  ", "dim"), _line(criterion.text)))
    return lines


def _marks(names: Sequence[str]) -> str:
    return f"  [{', '.join(name.replace('_', ' ') for name in names)}]" if names else ""


def _value(turn: Turn) -> Text:
    score = turn.score
    if score.value is None:
        return Text("turn value: not judged", style="dim")
    rubric = "" if score.rubric is None else f" = {score.gamma:g} x {score.rubric:.2f}"
    return Text.assemble("turn value ", (f"{score.value:.2f}", "bold"), rubric)


def _draw_end(console: Console, session: Session) -> None:
    score, fidelity = session.score, session.fidelity
    inquiry, outcome = score.inquiry, score.outcome
    missed = [
        fact
        for fact in session.case.facts
        if fact.disclosure and fact.id not in {i for t in session.turns for i in t.decision.tell}
    ]
    cut = f", capped: red line in turn {', '.join(map(str, score.cut_by))}" if score.cut_by else ""
    console.print(
        Text.assemble(
            "score ", (_number(score.score), "bold"), f" (base {_number(score.base)}{cut})"
        )
    )
    console.print(
        f"inquiry: facts {inquiry.coverage:.0%}, critical {_share(inquiry.critical_recall)}, "
        f"must-ask {_share(inquiry.must_ask)}, {inquiry.facts_per_turn:.1f} facts a turn, "
        f"{counted(inquiry.wasted_turns, 'wasted turn')}"
    )
    right = {True: "right", False: "wrong", None: "not scored"}[outcome.diagnosis]
    named = clean(outcome.named) or "none named"
    console.print(
        _line(
            f"outcome: diagnosis {right} ({named}; record: "
            f"{session.case.hidden.diagnosis or 'none'}), tests {_number(outcome.tests_f1)}, "
            f"plan {_share(outcome.plan)}, safety net {_share(outcome.safety_net)}"
        )
    )
    if missed:
        console.print(Text("never found out:", style="yellow"))
        for fact in missed:
            marks = [name for name in ("critical", "red_flag") if getattr(fact, name)]
            console.print(Text.assemble("  - ", _line(fact.text), (_marks(marks), "yellow")))
    if session.attribution is not None:
        first = session.attribution
        console.print(
            _line(f"first critical error: turn {first.turn}, {first.party}: {first.what}")
        )
    gate = "passed" if fidelity.passed else "FAILED: the session is set apart"
    console.print(
        f"patient: privacy {_share(fidelity.privacy)}, facts {_share(fidelity.fact)}, honesty "
        f"{_share(fidelity.honesty)}, {counted(fidelity.repairs, 'repair')}, "
        f"{counted(len(fidelity.leaks), 'leak')}; gate {gate}"
    )


def draw_sessions(
    console: Console,
    info: SessionInfo,
    sessions: Iterable[Session],
    failures: Iterable[Failure],
) -> None:
    """One line for each session, then the failures, then the run itself."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("#", justify="right", no_wrap=True)
    for name in ("case", "doctor"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for name in ("seed", "turns", "facts", "critical", "value", "score"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("ended", no_wrap=True)
    for number, session in enumerate(sessions, start=1):
        inquiry, score = session.score.inquiry, session.score
        apart = "" if session.fidelity.passed else " (set apart)"
        table.add_row(
            str(number),
            _line(session.case.id),
            _line(session.doctor),
            str(session.seed),
            str(len(session.turns)),
            f"{inquiry.coverage:.0%}",
            _share(inquiry.critical_recall),
            _number(score.turns),
            _number(score.score),
            session.ending.replace("_", " ") + apart,
        )
    console.print(table)
    for failure in failures:
        about = f"{failure.query_id}/{failure.answered_by}/{failure.sample}"
        console.print(
            Text.assemble(("failed ", "red"), _line(f"{about}: {failure.kind}: {failure.reason}"))
        )
    console.print(
        f"{counted(info.sessions, 'session')}, {counted(info.failures, 'failure')}; "
        f"cases: {clean(info.cases)}; {info.state}."
    )


def draw_comparison(console: Console, comparison: Comparison) -> None:
    """The measures of every doctor with 95% intervals; then what else is to be said of each."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("mean (95% interval)", no_wrap=True)
    for doctor in comparison.doctors:
        table.add_column(_line(doctor.doctor), justify="right", overflow="fold")
    table.add_row("sessions", *(f"{doctor.sessions:,}" for doctor in comparison.doctors))
    for name, shown in MEASURES.items():
        found = [doctor.measures.get(name) for doctor in comparison.doctors]
        if any(found):
            table.add_row(shown, *(_estimate(each, name) for each in found))
    console.print(table)
    for doctor in comparison.doctors:
        for line in _remarks(doctor):
            console.print(_line(f"{doctor.doctor}: {line}"))


def _remarks(doctor: DoctorSummary) -> list[str]:
    lines = []
    if "turn_value" not in doctor.measures:
        lines.append("no turn was judged: its score rests on what code counts")
    elif doctor.judged < 1:
        lines.append(f"judged: {doctor.judged:.0%} of the criteria; the others are unscored")
    wrong = [
        f"{kind.replace('_', ' ')} {estimate.mean:.2f}"
        for kind, estimate in doctor.violations.items()
        if round(100 * estimate.mean) >= ENOUGH
    ]
    if wrong:
        lines.append(f"violations a turn: {', '.join(wrong)}")
    endings = (f"{number} {kind.replace('_', ' ')}" for kind, number in doctor.endings.items())
    lines.append(f"ended: {', '.join(endings)}")
    if doctor.seeds > 1:
        passed = (f"k={each.k}: {each.estimate.mean:.2f}" for each in doctor.reliability)
        lines.append(f"pass^k: {', '.join(passed)}")
    if doctor.truncated:
        lines.append(f"capped by an unsafe turn: {counted(doctor.truncated, 'session')}")
    fidelity = doctor.fidelity
    apart = f"; {counted(fidelity.spoiled, 'session')} set apart" if fidelity.spoiled else ""
    lines.append(
        f"its patients: privacy {_share(fidelity.privacy)}, facts {_share(fidelity.fact)}, "
        f"{counted(fidelity.diagnosis_leaks, 'leak')} of a diagnosis{apart}"
    )
    return lines


def _estimate(estimate: Estimate | None, name: str) -> str:
    if estimate is None:
        return "-"
    if name in {"turns", "wasted_turns"}:
        return f"{estimate.mean:.1f}"
    return f"{estimate.mean:.2f} ({estimate.low:.2f}-{estimate.high:.2f})"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _line(text: str) -> Text:
    return Text(" ".join(clean(text).split()))


def _stack(lines: Sequence[Text]) -> Text:
    return Text("\n").join(lines)
