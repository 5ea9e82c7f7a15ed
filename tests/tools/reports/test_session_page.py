"""The page of simulated consultations: what stands on it, and that text from outside stays text."""

import html
import re
from pathlib import Path

import pytest
from audited_sessions import ATTACK, comparison, session

from medelphi.schema import Session
from medelphi.tools.reports.session_page import session_page, write_session_page
from medelphi.tools.sessions.comparison import Comparison


def drawn(*sessions: Session, embedded: int = 50) -> str:
    pieces = session_page(sessions, comparison(sessions), title="a run", embedded=embedded)
    return "".join(pieces)


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<body>")[2]))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_session_can_be_audited(language: str) -> None:
    one = session(language)
    text = text_of(drawn(one))
    assert "For evaluating models, not for treating people" in text
    assert one.case.opener in text
    for turn in one.turns:
        assert f"Turn {turn.number}" in text
        for sentence in turn.patient:
            assert sentence.text in text
        for report in turn.reports:
            assert report.text in text
        for criterion in turn.score.criteria:
            assert criterion.text in text
        for verdict in turn.score.verdicts:
            assert verdict.rationale in text
    for fact in one.case.facts:
        assert fact.text in text
    told = {id_ for turn in one.turns for id_ in turn.decision.tell}
    missing = text.partition("Still missing at the end")[2].partition("Where turn value fell")[0]
    for fact in one.case.facts:
        if fact.disclosure and fact.id not in told and fact.critical:
            assert fact.text in missing


def test_doctors_are_compared_with_intervals() -> None:
    sessions = [
        session(doctor=doctor, seed=seed) for doctor in ("one", "other") for seed in range(2)
    ]
    found = comparison(sessions)
    text = " ".join(text_of("".join(session_page(sessions, found, title="run"))).split())
    for doctor in found.doctors:
        estimate = doctor.measures["score"]
        assert doctor.doctor in text
        assert f"{estimate.mean:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]" in text
    assert "Sessions still running" in text


def test_text_from_outside_stays_text() -> None:
    page = drawn(session(attack=ATTACK, doctor=ATTACK))
    assert "<img" not in page
    assert "onerror=" not in re.sub(r"&[^;]+;", "", page) or 'onerror="' not in page
    assert page.count("<script") == 1
    assert page.count("</script>") == 1
    assert "49" not in re.findall(r"\{\{.*?\}\}|7 \* 7", text_of(page))
    assert "\u202e" not in page
    assert "\x1b" not in page


def test_nothing_is_fetched() -> None:
    page = drawn(session(), session("zh"))
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", page)
    assert "default-src 'none'" in html.unescape(page)
    assert "url(" not in page.replace("url(#", "")


def test_all_are_listed_and_some_are_embedded() -> None:
    sessions = [session(seed=seed) for seed in range(7)]
    page = drawn(*sessions, embedded=3)
    assert page.count("<article") == 3
    listed = text_of(page).partition("Sessions")[2]
    assert all(str(each.seed) in listed for each in sessions)


def test_a_page_without_sessions_says_so() -> None:
    text = text_of("".join(session_page([], Comparison(doctors=()), title="empty")))
    assert "0 sessions" in text


def test_sessions_are_taken_one_at_a_time(tmp_path: Path) -> None:
    held: list[int] = []

    def many():
        for seed in range(30):
            held.append(seed)
            yield session(seed=seed)

    path = tmp_path / "page.html"
    write_session_page(path, many(), comparison([session()]), title="run", embedded=2)
    assert held == list(range(30))
    assert path.read_text("utf-8").count("<article") == 2
