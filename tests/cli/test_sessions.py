"""``medelphi sessions``, ``rescore``, ``branch``, ``cases`` and ``show`` as users use them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from consultations import small_case

import medelphi.prompts as medelphi_prompts

Command = Callable[..., Any]
QUESTIONS = (
    "Have you coughed up any blood?",
    "Do you wake up at night with sweats?",
    "Which medicines do you take?",
)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.yaml"
    path.write_text(yaml.safe_dump(small_case().model_dump(mode="json")), encoding="utf-8")
    return path


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A doctor that is a Python callable. ``breaks`` says at which turn it fails, once."""
    state: dict[str, Any] = {"breaks": 0, "asked": 0}
    module = ModuleType("own_doctors")

    def ask(messages: list[dict[str, str]]) -> str:
        state["asked"] += 1
        number = sum(message["role"] == "assistant" for message in messages)
        if number + 1 == state["breaks"]:
            state["breaks"] = 0
            raise ConnectionError("the line is dead")
        return QUESTIONS[min(number, len(QUESTIONS) - 1)]

    module.__dict__.update(ask=ask)
    monkeypatch.setitem(sys.modules, "own_doctors", module)
    return state


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_run_is_made_shown_and_drawn(medelphi: Command, cases: Path, tmp_path: Path) -> None:
    done = medelphi(
        "sessions", cases, "--out", "run", "--doctor", "offline:attentive", "--doctor",
        "offline:hasty", "--seeds", 2,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "4 sessions" in done.out
    assert "not for treating people" in done.out
    kept = records(tmp_path / "run" / "sessions.jsonl")
    assert [(each["doctor"], each["seed"]) for each in kept] == [
        ("offline:attentive", 0),
        ("offline:attentive", 1),
        ("offline:hasty", 0),
        ("offline:hasty", 1),
    ]
    page = (tmp_path / "run" / "sessions.html").read_text("utf-8")
    assert "offline:hasty" in page
    assert small_case().opener in page
    assert not records(tmp_path / "run" / "turns.jsonl")
    listed = medelphi("show", "run")
    assert listed.code == 0
    assert "cough" in listed.out
    one = medelphi("show", "run", 1)
    assert one.code == 0, one.err
    assert small_case().opener.split(",")[0] in one.out
    assert medelphi("show", "run", "cough/offline:hasty/1").code == 0
    several = medelphi("show", "run", "cough")
    assert several.code == 2
    assert "4 sessions" in several.err
    written = medelphi("show", "run", 2, "--html", "one.html")
    assert written.code == 0
    assert "<html" in (tmp_path / "one.html").read_text("utf-8")


def test_the_same_command_again_adds_only_what_is_missing(
    medelphi: Command, cases: Path, tmp_path: Path
) -> None:
    first = ("sessions", cases, "--out", "run", "--no-judge", "--doctor", "offline:hasty")
    assert medelphi(*first).code == 0
    before = (tmp_path / "run" / "sessions.jsonl").read_bytes()
    again = medelphi(*first)
    assert "1 were there before" in again.out
    assert (tmp_path / "run" / "sessions.jsonl").read_bytes() == before
    more = medelphi(*first, "--seeds", 3)
    assert "the run has 3 sessions" in more.out
    assert (tmp_path / "run" / "sessions.jsonl").read_bytes().startswith(before)


def test_a_session_that_broke_off_goes_on_at_its_turn(
    medelphi: Command, cases: Path, doctor: dict[str, Any], tmp_path: Path
) -> None:
    command = ("sessions", cases, "--no-judge", "--doctor", "callable:own_doctors:ask", "--out")
    doctor["breaks"] = 3
    broken = medelphi(*command, "run")
    assert broken.code == 1
    (failure,) = records(tmp_path / "run" / "failures.jsonl")
    assert "2 finished turns are kept" in failure["reason"]
    assert failure["answered_by"] == "callable:own_doctors:ask"
    assert len(records(tmp_path / "run" / "turns.jsonl")) == 2
    asked = doctor["asked"]
    again = medelphi(*command, "run", "--retry-failed")
    assert again.code == 0, again.err
    straight = medelphi(*command, "straight")
    assert straight.code == 0
    assert (tmp_path / "run" / "sessions.jsonl").read_bytes() == (
        tmp_path / "straight" / "sessions.jsonl"
    ).read_bytes()
    turns = len(records(tmp_path / "run" / "sessions.jsonl")[0]["turns"])
    assert doctor["asked"] == asked + (turns - 2) + turns
    assert not records(tmp_path / "run" / "turns.jsonl")


def test_rescoring_calls_no_model_and_changes_only_what_it_was_told_to(
    medelphi: Command, cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert medelphi("sessions", cases, "--out", "run", "--doctor", "offline:hasty").code == 0

    async def nobody(*_: object, **__: object) -> None:
        raise AssertionError("a model was called")

    monkeypatch.setattr("medelphi.tools.models.gateway.Gateway.fetch", nobody)
    same = medelphi("rescore", "run")
    assert same.code == 0, same.err
    (before,) = records(tmp_path / "run" / "sessions.jsonl")
    (after,) = records(tmp_path / "run-rescored" / "sessions.jsonl")
    assert after == before
    milder = medelphi("rescore", "run", "--out", "mild", "--set", "deduct=1")
    assert milder.code == 0, milder.err
    (mild,) = records(tmp_path / "mild" / "sessions.jsonl")
    assert [turn["doctor"] for turn in mild["turns"]] == [
        turn["doctor"] for turn in before["turns"]
    ]
    wrong = medelphi("rescore", "run", "--out", "x", "--set", "nothing=1")
    assert wrong.code == 2
    assert "gamma_repetition" in wrong.err


def test_judging_again_keeps_the_transcript(medelphi: Command, cases: Path, tmp_path: Path) -> None:
    command = ("sessions", cases, "--out", "run", "--doctor", "offline:hasty", "--no-judge")
    assert medelphi(*command).code == 0
    done = medelphi("rescore", "run", "--out", "judged", "--judge-again")
    assert done.code == 0, done.err
    (before,) = records(tmp_path / "run" / "sessions.jsonl")
    (after,) = records(tmp_path / "judged" / "sessions.jsonl")
    assert before["turns"][0]["score"]["rubric"] is None
    assert after["turns"][0]["score"]["rubric"] is not None
    assert [turn["patient"] for turn in after["turns"]] == [
        turn["patient"] for turn in before["turns"]
    ]


def test_a_branch_with_the_same_doctor_is_the_same_session(
    medelphi: Command, cases: Path, tmp_path: Path
) -> None:
    command = ("sessions", cases, "--out", "run", "--no-judge", "--seeds", 2)
    assert medelphi(*command).code == 0
    done = medelphi("branch", "run", 2, "--turn", 3, "--out", "same")
    assert done.code == 0, done.err
    before, after = (
        records(tmp_path / "run" / "sessions.jsonl")[1],
        records(tmp_path / "same" / "sessions.jsonl")[0],
    )
    assert after["provenance"].pop("branched_from") == "cough/offline:attentive/1@3"
    before["provenance"].pop("branched_from")
    assert after == before
    other = medelphi("branch", "run", 2, "--turn", 3, "--doctor", "offline:hasty", "--out", "other")
    assert other.code == 0, other.err
    (branched,) = records(tmp_path / "other" / "sessions.jsonl")
    assert branched["turns"][:3] == before["turns"][:3]
    assert branched["turns"][3:] != before["turns"][3:]
    assert medelphi("branch", "run", 2, "--turn", 99, "--out", "x").code == 2


def test_a_branch_that_broke_off_goes_on_behind_its_own_turns(
    medelphi: Command, cases: Path, doctor: dict[str, Any], tmp_path: Path
) -> None:
    run = ("sessions", cases, "--out", "run", "--no-judge", "--doctor", "offline:hasty")
    assert medelphi(*run).code == 0
    command = ("branch", "run", 1, "--turn", 1, "--doctor", "callable:own_doctors:ask", "--out")
    doctor["breaks"] = 4
    assert medelphi(*command, "other").code == 1
    numbers = [line["turn"]["number"] for line in records(tmp_path / "other" / "turns.jsonl")]
    assert numbers == [2, 3]
    asked = doctor["asked"]
    again = medelphi(*command, "other", "--retry-failed")
    assert again.code == 0, again.err
    assert medelphi(*command, "straight").code == 0
    assert (tmp_path / "other" / "sessions.jsonl").read_bytes() == (
        tmp_path / "straight" / "sessions.jsonl"
    ).read_bytes()
    turns = len(records(tmp_path / "other" / "sessions.jsonl")[0]["turns"])
    assert doctor["asked"] == asked + (turns - 3) + (turns - 1)


def test_a_branch_keeps_profile_and_prompts_of_the_session(
    medelphi: Command, cases: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    shipped = Path(medelphi_prompts.__file__).parent / "speak.en.md"
    text = shipped.read_text("utf-8")
    (own / "speak.en.md").write_text(text.replace("# User", "Be brief.\n\n# User"), "utf-8")
    command = ("sessions", cases, "--out", "run", "--no-judge", "--prompts", own)
    assert medelphi(*command).code == 0
    done = medelphi("branch", "run", 1, "--turn", 1, "--out", "same")
    assert done.code == 0, done.err
    (before,), (after,) = (records(tmp_path / name / "sessions.jsonl") for name in ("run", "same"))
    assert after["provenance"]["prompts"] == before["provenance"]["prompts"]
    (own / "speak.en.md").write_text(text, "utf-8")
    changed = medelphi("branch", "run", 1, "--turn", 1, "--out", "other")
    assert changed.code == 2
    assert "prompts.speak.en" in changed.err


def test_a_doctor_that_refuses_the_key_does_not_stop_the_others(
    medelphi: Command, cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from medelphi.agents import doctor as doctors
    from medelphi.schema.errors import AuthError

    async def refuse(*_: object, **__: object) -> None:
        raise AuthError("the key was refused", model="callable:own:no")

    module = ModuleType("own")
    module.__dict__.update(no=lambda messages: "")
    monkeypatch.setitem(sys.modules, "own", module)
    monkeypatch.setattr(doctors.CallableDoctor, "reply", refuse)
    done = medelphi(
        "sessions", cases, "--out", "run", "--no-judge", "--concurrency", 1, "--seeds", 3,
        "--doctor", "callable:own:no", "--doctor", "offline:hasty",
    )  # fmt: skip
    assert done.code == 0, done.err
    kept = records(tmp_path / "run" / "sessions.jsonl")
    assert {each["doctor"] for each in kept} == {"offline:hasty"}
    assert len(kept) == 3
    assert len(records(tmp_path / "run" / "failures.jsonl")) == 3


def test_a_callable_keeps_to_the_sessions_time(
    medelphi: Command, cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    async def hang(messages: list[dict[str, str]]) -> str:
        await asyncio.sleep(60)
        return "too late"

    module = ModuleType("slow")
    module.__dict__.update(hang=hang)
    monkeypatch.setitem(sys.modules, "slow", module)
    done = medelphi(
        "sessions", cases, "--out", "run", "--no-judge", "--session-timeout", 0.5,
        "--doctor", "callable:slow:hang",
    )  # fmt: skip
    assert done.code == 1
    (failure,) = records(tmp_path / "run" / "failures.jsonl")
    assert failure["kind"] == "time_up"
    assert "--session-timeout" in failure["reason"]


def test_faults_of_cases_are_said_before_they_run(medelphi: Command, tmp_path: Path) -> None:
    case = small_case().model_dump(mode="json")
    case["facts"].append(
        {
            "id": "f9",
            "text": "Fever",
            "lay": "I have a fever.",
            "domain": "symptom",
        }
    )
    (tmp_path / "cases.yaml").write_text(yaml.safe_dump(case), encoding="utf-8")
    done = medelphi("sessions", "cases.yaml", "--out", "run", "--no-judge", "--turns", 1)
    assert done.code == 0, done.err
    assert "contradiction" in done.err
    assert "medelphi cases check cases.yaml" in done.err


@pytest.mark.parametrize("value", ["inquiry=nan", "inquiry=inf", "deduct=maybe"])
def test_weights_that_are_none_are_refused(medelphi: Command, cases: Path, value: str) -> None:
    assert medelphi("sessions", cases, "--out", "run", "--no-judge", "--turns", 1).code == 0
    done = medelphi("rescore", "run", "--out", "other", "--set", value)
    assert done.code == 2
    assert done.err.count("\n") == 1


def test_a_person_plays_the_doctor_at_the_terminal(
    medelphi: Command, cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from io import StringIO

    said = "Have you coughed up any blood?\nAny fever?\n"
    command = ("sessions", cases, "--out", "run", "--no-judge", "--doctor", "person", "--turns", 2)
    monkeypatch.setattr(sys, "stdin", StringIO(said))
    done = medelphi(*command)
    assert done.code == 0, done.err
    assert "Patient: " in done.err
    (session,) = records(tmp_path / "run" / "sessions.jsonl")
    assert [turn["doctor"] for turn in session["turns"]] == said.splitlines()


def test_input_that_ends_early_keeps_the_turns(
    medelphi: Command, cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from io import StringIO

    command = ("sessions", cases, "--out", "run", "--no-judge", "--doctor", "person", "--turns", 2)
    monkeypatch.setattr(sys, "stdin", StringIO("Any blood when you cough?\n"))
    broken = medelphi(*command)
    assert broken.code == 2
    assert "goes on" in broken.err
    assert len(records(tmp_path / "run" / "turns.jsonl")) == 1
    monkeypatch.setattr(sys, "stdin", StringIO("Any fever?\n"))
    assert medelphi(*command).code == 0
    (session,) = records(tmp_path / "run" / "sessions.jsonl")
    assert session["turns"][0]["doctor"] == "Any blood when you cough?"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--doctor", "nobody:knows"), "nobody"),
        (("--doctor", "person", "--doctor", "offline:hasty"), "plays alone"),
        (("--only", "no-such-case"), "no-such-case"),
        (("--doctor", "callable:no_such_module:ask"), "no_such_module"),
        (("--doctor", "http://"), "http://"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    medelphi: Command, cases: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = medelphi("sessions", cases, "--out", "run", *arguments)
    assert done.code == 2
    assert message in done.err
    assert done.err.count("\n") == 1


def test_a_case_that_cannot_be_used_is_kept_as_a_failure(
    medelphi: Command, cases: Path, tmp_path: Path
) -> None:
    good = small_case().model_dump(mode="json")
    bad = {**good, "id": "bad", "facts": []}
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(good) + "\n" + json.dumps(bad) + "\n", encoding="utf-8")
    done = medelphi("sessions", path, "--out", "run", "--no-judge", "--doctor", "offline:hasty")
    assert done.code == 0, done.err
    (failure,) = records(tmp_path / "run" / "failures.jsonl")
    assert failure["kind"] == "invalid_case"
    assert "facts" in failure["reason"]
    assert "cases.jsonl:2" in failure["reason"]


def test_cases_are_listed_shown_checked_and_built(
    medelphi: Command, cases: Path, tmp_path: Path
) -> None:
    listed = medelphi("cases", "list")
    assert listed.code == 0, listed.err
    assert "caregiver" in listed.out
    shown = medelphi("cases", "show", cases, "cough")
    assert yaml.safe_load(shown.out)["hidden"]["diagnosis"] == "Pulmonary tuberculosis"
    checked = medelphi("cases", "check", cases)
    assert checked.code == 0, checked.out
    record = tmp_path / "record.txt"
    record.write_text(
        "A 52-year-old woman has had burning pain in the upper abdomen for two months. The pain "
        "is worse at night. She takes ibuprofen every day for knee pain. She denies vomiting. "
        "On examination the epigastrium is tender. Diagnosis: peptic ulcer disease.",
        encoding="utf-8",
    )
    built = medelphi("cases", "build", record, "--out", "built.yaml")
    assert built.code == 0, built.err
    case = yaml.safe_load((tmp_path / "built.yaml").read_text("utf-8"))
    assert "ulcer" in case["hidden"]["diagnosis"].lower()
    assert not [fact for fact in case["facts"] if "ulcer" in fact["text"].lower()]
    assert medelphi("cases", "build", record, "--out", "built.yaml").code == 2
