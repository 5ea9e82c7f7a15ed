"""What the page of sessions draws, in percent of its axes; the templates draw it as SVG."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from medelphi.schema.session import Session
from medelphi.tools.reports.charts import Bar, BarChart
from medelphi.tools.reports.leaderboard import Estimate
from medelphi.tools.reports.scale import Scale, Tick, linear
from medelphi.tools.sessions.comparison import Comparison, DoctorSummary, Step

SHADES = 6
"""Line styles that the style sheet tells apart; more doctors begin again, and keep their number."""
GAP = 9.0
"""Least distance of two labels beside a chart, in percent of its height."""
UNIT = linear((0.0, 1.0), ticks=2)
"""The axis from 0 to 1 of every value and share."""
TICKS = 16
"""Most turn numbers under a chart."""
PANELS = {
    "score": "Score",
    "coverage": "Facts found out",
    "critical_recall": "Critical facts found out",
    "turn_value": "Turn value",
    "diagnosis": "Diagnosis right",
    "safety_net": "Safety net",
}
"""The measures that are drawn; the tables hold all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One turn: what its criteria earned, and what was left of it."""

    turn: int
    x: float
    """Left edge."""
    width: float
    value: float | None
    rubric: float | None
    violations: tuple[str, ...]
    unsafe: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line from left to right, broken where a value is missing."""

    label: str
    number: int
    shade: int
    pieces: tuple[tuple[tuple[float, float], ...], ...]
    """Points (x, y) of each unbroken piece; y counts from the top."""
    end: tuple[float, float] | None
    """Of the last point."""
    label_y: float = 0.0
    """Where its number stands beside the chart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveChart:
    name: str
    x_ticks: tuple[Tick, ...]
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCharts:
    """Of one session."""

    columns: tuple[Column, ...]
    coverage: CurveChart
    """Of all facts, and of the critical ones where the case has some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonCharts:
    measures: tuple[BarChart, ...]
    trajectory: tuple[CurveChart, ...]
    """Turn value, coverage, share of sessions still running."""


def session_charts(session: Session) -> SessionCharts:
    """Turn values as columns, and what was known after each turn as curves."""
    turns = session.turns
    width = 100 / max(1, len(turns))
    columns = tuple(
        Column(
            turn=turn.number,
            x=round(place * width + 0.14 * width, 3),
            width=round(0.72 * width, 3),
            value=turn.score.value,
            rubric=turn.score.rubric,
            violations=tuple(each.kind for each in turn.ledger.violations),
            unsafe=bool(turn.score.unsafe),
        )
        for place, turn in enumerate(turns)
    )
    middles = [column.middle for column in columns]
    known = (
        ("all", 1, [turn.ledger.coverage for turn in turns]),
        ("critical", 2, [turn.ledger.critical_coverage for turn in turns]),
    )
    curves = tuple(
        _curve(name, number, [(0.0, 0.0), *zip(middles, values, strict=True)])
        for name, number, values in known
        if any(value is not None for value in values)
    )
    ticks = _thinned([Tick(column.middle, str(column.turn)) for column in columns])
    chart = CurveChart(name="coverage", x_ticks=ticks, curves=_labelled(curves))
    return SessionCharts(columns=columns, coverage=chart)


def comparison_charts(comparison: Comparison) -> ComparisonCharts:
    """Measures with their intervals, and the course over the turns, doctors in their order."""
    doctors = comparison.doctors
    return ComparisonCharts(
        measures=tuple(
            _bars(title, name, doctors)
            for name, title in PANELS.items()
            if any(name in doctor.measures for doctor in doctors)
        ),
        trajectory=tuple(
            chart
            for name, of in (
                ("Mean turn value", _value),
                ("Facts found out", _coverage),
                ("Sessions still running", _running),
            )
            if (chart := _trajectory(name, of, doctors)).curves
        ),
    )


def _value(step: Step) -> float | None:
    return step.value


def _coverage(step: Step) -> float | None:
    return step.coverage


def _running(step: Step) -> float | None:
    return step.running


def _bars(title: str, name: str, doctors: Sequence[DoctorSummary]) -> BarChart:
    bars = tuple(
        Bar(
            label=doctor.doctor,
            estimate=Estimate(mean=found.mean, low=found.low, high=found.high, queries=found.n),
            at=UNIT.at(found.mean),
            low=UNIT.at(found.low),
            high=UNIT.at(found.high),
        )
        for doctor in doctors
        if (found := doctor.measures.get(name)) is not None
    )
    return BarChart(name=title, scale=UNIT, bars=bars, zero=0.0)


def _trajectory(
    name: str, of: Callable[[Step], float | None], doctors: Sequence[DoctorSummary]
) -> CurveChart:
    last = max((step.turn for doctor in doctors for step in doctor.trajectory), default=1)
    scale = Scale(1.0, float(max(last, 2)), ())
    curves = tuple(
        _curve(
            doctor.doctor, number, [(scale.at(step.turn), of(step)) for step in doctor.trajectory]
        )
        for number, doctor in enumerate(doctors, start=1)
        if any(of(step) is not None for step in doctor.trajectory)
    )
    ticks = _thinned([Tick(scale.at(turn), str(turn)) for turn in range(1, last + 1)])
    return CurveChart(name=name, x_ticks=ticks, curves=_labelled(curves))


def _curve(label: str, number: int, points: Sequence[tuple[float, float | None]]) -> Curve:
    pieces = tuple(_pieces(points))
    return Curve(
        label=label,
        number=number,
        shade=(number - 1) % SHADES + 1,
        pieces=pieces,
        end=pieces[-1][-1] if pieces else None,
    )


def _pieces(
    points: Sequence[tuple[float, float | None]],
) -> Iterator[tuple[tuple[float, float], ...]]:
    for there, group in groupby(points, key=lambda point: point[1] is not None):
        if there:
            yield tuple((x, round(100 - UNIT.at(y), 3)) for x, y in group if y is not None)


def _labelled(curves: Sequence[Curve]) -> tuple[Curve, ...]:
    """The curves with their labels far enough apart to be read, as near their ends as can be."""
    there = sorted(
        (curve for curve in curves if curve.end),
        key=lambda curve: (curve.end[1] if curve.end else 0.0, curve.number),
    )
    gap = min(GAP, 100 / max(1, len(there) - 1))
    places: list[float] = []
    for curve in there:
        wanted = curve.end[1] if curve.end else 0.0
        places.append(max(wanted, places[-1] + gap) if places else wanted)
    ceiling = 100.0
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - gap
    at = {curve.number: round(max(0.0, y), 3) for curve, y in zip(there, places, strict=True)}
    return tuple(
        Curve(
            label=curve.label,
            number=curve.number,
            shade=curve.shade,
            pieces=curve.pieces,
            end=curve.end,
            label_y=at.get(curve.number, 0.0),
        )
        for curve in curves
    )


def _thinned(ticks: Sequence[Tick]) -> tuple[Tick, ...]:
    """At most `TICKS` of them, evenly spaced."""
    step = -(-len(ticks) // TICKS) if ticks else 1
    return tuple(ticks[::step])
