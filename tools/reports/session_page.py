"""Simulated consultations as one HTML file: doctors compared, sessions to be audited."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from medelphi.schema.session import EndReason, Session
from medelphi.tools.reports.markup import environment, policy, template
from medelphi.tools.reports.session_charts import comparison_charts, session_charts
from medelphi.tools.reports.session_view import ENDINGS, TAGS, VIOLATIONS, set_apart, view
from medelphi.tools.reports.warnings import FEW
from medelphi.tools.runs.files import replace
from medelphi.tools.sessions.comparison import Comparison

if TYPE_CHECKING:
    from jinja2 import Template

EMBEDDED = 50
"""Sessions that a page shows in full; it lists all."""
SCORES = {
    "score": "Score",
    "coverage": "Facts found out",
    "critical_recall": "Critical facts",
    "must_ask": "Must-ask items",
    "turn_value": "Turn value",
    "diagnosis": "Diagnosis right",
    "tests_f1": "Tests F1",
    "plan": "Plan",
    "safety_net": "Safety net",
}
COURSE = {
    "turns": "Turns",
    "wasted_turns": "Wasted turns",
    "specific": "Specific questions",
    "auc": "Early finding (AUC)",
}
"""The measures of a comparison in two tables, with their heads."""
_CHUNK = 200
"""Pieces of the page that are written together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One line of the list of sessions."""

    anchor: str
    """Of the session on the page; empty where only its numbers are."""
    case: str
    doctor: str
    seed: int
    score: float | None
    coverage: float
    critical: float | None
    turn_value: float | None
    diagnosis: bool | None
    turns: int
    violations: int
    ending: EndReason
    cut: bool
    apart: str
    """Why it counts for no doctor; empty where it does."""


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What one pass over the sessions leaves: numbers of all, the markup of some."""

    share: int
    """Most sessions of one doctor that are shown in full."""
    embedded: int
    rows: list[SessionRow] = field(default_factory=list)
    full: list[str] = field(default_factory=list)
    shown: Counter[str] = field(default_factory=Counter)
    offline: set[str] = field(default_factory=set)
    """Roles that an offline model had."""
    unscored: int = 0
    """Sessions of which nothing was scored."""

    def read(self, session: Session, page: "Template") -> None:
        """Take in one session."""
        anchor = ""
        if self.shown[session.doctor] < self.share and len(self.full) < self.embedded:
            self.shown[session.doctor] += 1
            anchor = f"s{len(self.full) + 1}"
            self.full.append(
                page.render(
                    view=view(session),
                    charts=session_charts(session),
                    id=anchor,
                    endings=ENDINGS,
                    violations=VIOLATIONS,
                    tags=TAGS,
                )
            )
        self.rows.append(_row(session, anchor))
        self.unscored += session.score.score is None
        self.offline |= {
            role
            for role, models in session.provenance.models.items()
            if role != "doctor" and any(model.startswith("offline:") for model in models)
        }


def write_session_page(
    path: str | Path,
    sessions: Iterable[Session],
    comparison: Comparison,
    *,
    title: str,
    embedded: int = EMBEDDED,
) -> None:
    """Write the page of `session_page`.

    Raises:
        RunError: It cannot be written.
    """
    chunks = session_page(sessions, comparison, title=title, embedded=embedded)
    replace(Path(path), (chunk.encode("utf-8") for chunk in chunks))


def session_page(
    sessions: Iterable[Session], comparison: Comparison, *, title: str, embedded: int = EMBEDDED
) -> Iterator[str]:
    """The page, in pieces. It needs nothing else, and works without its script.

    Sessions are read once, one at a time; the first ones of each doctor are shown in full, as many
    of each, and all are listed. All text from outside is escaped.

    Args:
        sessions: Of one run, or of several.
        comparison: What they show together.
        title: What they are, e.g. the name of the run.
        embedded: Most sessions to show in full.
    """
    templates = environment()
    share = max(1, embedded // max(1, len(comparison.doctors)))
    reading = _Reading(share=share, embedded=embedded)
    one = templates.get_template("session.html.jinja")
    for session in sessions:
        reading.read(session, one)
    style = template("leaderboard.css") + template("sessions.css")
    script = template("leaderboard.js")
    stream = templates.get_template("sessions.html.jinja").stream(
        title=title,
        comparison=comparison,
        drawn=comparison_charts(comparison),
        rows=reading.rows,
        sessions=reading.full,
        warnings=tuple(_warnings(reading, comparison)),
        scores=_present(SCORES, comparison),
        course=_present(COURSE, comparison),
        kinds={
            kind: name
            for kind, name in VIOLATIONS.items()
            if any(kind in doctor.violations for doctor in comparison.doctors)
        },
        tags={
            tag: name
            for tag, name in TAGS.items()
            if any(tag in doctor.by_tag for doctor in comparison.doctors)
        },
        endings=ENDINGS,
        style=style,
        script=script,
        policy=policy(style, script),
    )
    stream.enable_buffering(_CHUNK)
    yield from stream


def _row(session: Session, anchor: str) -> SessionRow:
    score = session.score
    return SessionRow(
        anchor=anchor,
        case=session.case.id,
        doctor=session.doctor,
        seed=session.seed,
        score=score.score,
        coverage=score.inquiry.coverage,
        critical=score.inquiry.critical_recall,
        turn_value=score.turns,
        diagnosis=score.outcome.diagnosis,
        turns=len(session.turns),
        violations=sum(len(turn.ledger.violations) for turn in session.turns),
        ending=session.ending,
        cut=bool(score.cut_by),
        apart=set_apart(session),
    )


def _present(names: dict[str, str], comparison: Comparison) -> dict[str, str]:
    """Those of the measures that some doctor has."""
    return {
        name: head
        for name, head in names.items()
        if any(name in doctor.measures for doctor in comparison.doctors)
    }


def _warnings(reading: _Reading, comparison: Comparison) -> Iterator[str]:
    """What a reader must know before comparing doctors."""
    if apart := sum(bool(row.apart) for row in reading.rows):
        yield (
            f"{apart:,} of {len(reading.rows):,} sessions are set apart (the patient was not true "
            "to the record, or the simulation failed); they are in no mean."
        )
    if reading.unscored:
        yield f"{reading.unscored:,} sessions have no score: nothing in them was judged."
    if reading.offline:
        yield (
            "Offline baselines, not language models, had these parts: "
            f"{', '.join(sorted(reading.offline))}."
        )
    for doctor in comparison.doctors:
        if doctor.cases < FEW:
            yield (
                f"{doctor.doctor}: {doctor.cases} {'case' if doctor.cases == 1 else 'cases'} only; "
                "with so few an interval is too narrow to rely on."
            )
        if doctor.judged < 1:
            yield (
                f"{doctor.doctor}: {1 - doctor.judged:.1%} of the criteria have no verdict; they "
                "count neither for nor against."
            )
        if not doctor.fidelity.passed:
            yield (
                f"{doctor.doctor}: its patients as a whole were not true enough to their records; "
                "see the audit of the patient."
            )
