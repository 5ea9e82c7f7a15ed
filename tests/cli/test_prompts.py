"""``medelphi prompts``, and how an edited prompt shows in runs and in ``diff``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medelphi.prompts import PromptLibrary, parse
from medelphi.prompts.uses import USES

Command = Callable[..., Any]
GOUT = "Can I take allopurinol during a gout flare?"


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """A folder with an edited copy of ballot.en.md, with a version of its own."""
    folder = tmp_path / "mine"
    folder.mkdir()
    text = PromptLibrary().get("ballot", "en").path.read_text(encoding="utf-8")
    text = text.replace("version: 1", "version: 2").replace("# System\n", "# System\nBe brief. ")
    (folder / "ballot.en.md").write_text(text, encoding="utf-8")
    return folder


def test_the_list_fits_a_terminal_and_marks_edited_prompts(medelphi: Command, edited: Path) -> None:
    done = medelphi("prompts", "list", "--prompts", "mine")
    assert done.code == 0
    lines = done.out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert all(any(line.startswith(f"{id_} ") for line in lines) for id_ in USES)
    (ballot,) = (line for line in lines if line.startswith("ballot "))
    library = PromptLibrary(edited)
    assert ballot.split() == [
        "ballot",
        "ballot",
        "critics",
        "v1",
        library.get("ballot", "zh").hash,
        "v2",
        f"{library.get('ballot', 'en').hash}*",
    ]
    assert "* edited, from mine: ballot.en" in done.out
    assert "*" not in medelphi("prompts", "list").out


def test_the_list_is_there_for_machines(medelphi: Command, edited: Path) -> None:
    rows = [
        json.loads(line)
        for line in medelphi("prompts", "list", "--prompts", edited, "--json").out.splitlines()
    ]
    assert len(rows) == 2 * len(USES)
    (own,) = (row for row in rows if row["edited"])
    assert (own["id"], own["language"], own["version"]) == ("ballot", "en", 2)
    assert (own["node"], own["role"], own["reply"]) == ("ballot", "critics", "ballots")
    assert own["variables"] == ["evidence", "conversation", "query", "criteria"]


def test_a_prompt_is_shown_as_it_stands(medelphi: Command, edited: Path) -> None:
    prompt = PromptLibrary().get("ballot", "en")
    done = medelphi("prompts", "show", "ballot.en")
    assert f"ballot.en: version 1, hash {prompt.hash}, built-in" in done.out
    assert "node ballot, role critics, reply by the tool ballots" in done.out
    assert prompt.system in done.out
    assert "{{evidence}}\n\n{{conversation}}\n\n{{query}}\n\n{{criteria}}\n\nVote" in done.out
    both = medelphi("prompts", "show", "ballot", "--prompts", "mine").out
    assert "ballot.zh: version 1" in both
    assert "Be brief. You are one critic" in both
    raw = json.loads(medelphi("prompts", "show", "ballot.en", "--json").out)
    assert (raw["system"], raw["user"]) == (prompt.system, prompt.user)


@pytest.mark.parametrize("id_", ["doctor", "understand", "speak", "turn_criteria"])
def test_a_preview_of_a_session_holds_the_real_sections(medelphi: Command, id_: str) -> None:
    case = "builtin:en-dizzy-on-standing"
    done = medelphi("prompts", "show", id_, "--case", case, "--json")
    assert done.code == 0, done.err
    shown = json.loads(done.out)
    assert shown["query_id"] == "en-dizzy-on-standing"
    prompt = PromptLibrary().get(id_, "en")
    assert shown["calls"][0]["system"] == prompt.system
    assert "<" in shown["calls"][0]["user"]
    drawn = medelphi("prompts", "show", id_, "--case", case)
    assert drawn.code == 0, drawn.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("speak", "--text", GOUT), "--case"),
        (("ballot", "--case", "builtin"), "--query"),
        (("guard", "--case", "builtin"), "--profile"),
        (("build_case", "--case", "builtin"), "cases build"),
        (("speak", "--case", "builtin:nobody"), "nobody"),
    ],
)
def test_a_preview_that_cannot_be_made_says_why(
    medelphi: Command, arguments: tuple[str, ...], message: str
) -> None:
    done = medelphi("prompts", "show", *arguments)
    assert done.code == 2
    assert message in done.err


IN_RUBRICS = [id_ for id_, use in USES.items() if use.graph != "session" and id_ != "revise"]


@pytest.mark.parametrize("id_", IN_RUBRICS)
def test_a_preview_holds_the_real_sections(medelphi: Command, id_: str) -> None:
    done = medelphi("prompts", "show", id_, "--text", GOUT, "--json")
    assert done.code == 0, done.err
    shown = json.loads(done.out)
    assert shown["profile"] == "offline"
    prompt = PromptLibrary().get(id_, "en")
    tags = {"candidates": "candidate", "points": "point", "criteria": "criterion"}
    for call in shown["calls"]:
        assert call["system"] == prompt.system
        found = {section.tag for section in parse(call["user"])}
        wanted = {tags.get(name, name) for name in prompt.variables - {"conversation"}}
        assert wanted <= found
        assert call["user"].endswith(prompt.template[-1][0].strip())
        assert 0 < call["shared"] < len(call["user"])


def test_a_preview_says_where_its_sections_come_from(medelphi: Command, edited: Path) -> None:
    done = medelphi("prompts", "show", "ballot", "--text", GOUT, "--prompts", "mine")
    assert "ballot.en: version 2" in done.out
    assert "edited, mine/ballot.en.md" in done.out
    assert "made by the offline panel (extractive, no language model)" in done.out
    assert "calls in this step: 3, all alike" in done.out
    assert "Be brief." in done.out
    assert "{{" not in done.out
    assert done.err == ""
    proposed = medelphi("prompts", "show", "propose_pro", "--text", GOUT).out
    assert "not 'grounded' is sent this without the evidence" in proposed


def test_a_preview_takes_a_query_of_a_file(medelphi: Command, tmp_path: Path) -> None:
    rows = [
        {"id": "zh", "query": "高血压患者每天应该吃多少盐？"},
        {"id": "en", "query": GOUT},
        {"id": "empty", "query": ""},
    ]
    (tmp_path / "q.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    done = medelphi("prompts", "show", "search", "--query", "q.jsonl", "--id", "zh")
    assert "search.zh: version 1" in done.out
    assert '<query language="zh">高血压患者每天应该吃多少盐？</query>' in done.out
    for arguments, words in (
        ((), "holds 3 queries; choose one by --id"),
        (("--id", "fr"), "has no query 'fr'; check --id"),
        (("--id", "empty"), "the query is empty"),
        (("--id", "zh", "--language", "en"), "gets the prompt search.zh"),
        (("--id", "zh", "--text", "x"), "or by --text alone"),
    ):
        bad = medelphi("prompts", "show", "search", "--query", "q.jsonl", *arguments)
        assert (bad.code, bad.out) == (2, "")
        assert words in bad.err
        assert bad.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "balot"), "no prompt 'balot'; known ids: ballot"),
        (("show", "ballot.fr"), "write ballot.zh or ballot.en"),
        (("show", "ballot.en", "--language", "zh"), "another than --language"),
        (("show", "ballot", "--id", "x"), "--query FILE --id ID"),
        (("show", "ballot", "--text", " "), "--text: the query is empty"),
        (("show", "ballot", "--text", "xyzzy"), "it ended in 'research'"),
        (("show", "revise", "--text", GOUT), "no criterion stayed in dispute"),
        (("show", "ballot", "--query", "no.jsonl"), "no.jsonl"),
        (("list", "--prompts", "no"), "name a directory of prompt files"),
        (("check", "no"), "name a directory of prompt files"),
        (("check", "no", "--prompts", "other"), "name one folder"),
        (("check", ""), "names no folder"),
    ],
)
def test_what_cannot_be_shown_ends_in_one_line(
    medelphi: Command, arguments: tuple[str, ...], words: str
) -> None:
    done = medelphi("prompts", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert done.err.count("\n") == 1


def test_a_check_ends_with_two_for_a_fault(
    medelphi: Command, edited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert medelphi("prompts", "check").code == 0
    good = medelphi("prompts", "check", "mine")
    assert good.code == 0
    assert "hint mine/ballot.en.md: stands without ballot.zh.md" in good.out
    assert f"{2 * len(USES)} built-in prompt files and 1 over them: no fault, 1 hint" in good.out
    assert medelphi("prompts", "check", "--prompts", "mine").out == good.out
    (edited / "balot.zh.md").touch()
    bad = medelphi("prompts", "check", "mine")
    assert bad.code == 2
    assert "fault mine/balot.zh.md: replaces no prompt; call it ballot.zh.md" in bad.out
    monkeypatch.setenv("MEDELPHI_PROMPTS", "mine")
    assert medelphi("prompts", "check").out == bad.out


def test_an_edited_prompt_is_named_in_the_run_and_in_the_diff(
    medelphi: Command, edited: Path, tmp_path: Path
) -> None:
    (tmp_path / "q.jsonl").write_text(json.dumps({"id": "gout", "query": GOUT}))
    assert medelphi("rubrics", "q.jsonl", "--out", "before").code == 0
    assert medelphi("rubrics", "q.jsonl", "--out", "after", "--prompts", "mine").code == 0
    before, after = (
        json.loads((tmp_path / run / "run.json").read_text())["settings"]["prompts"]
        for run in ("before", "after")
    )
    assert {key for key in before if before[key] != after[key]} == {"ballot.en"}
    first, second = (
        json.loads((tmp_path / run / "rubrics.jsonl").read_text())["provenance"]["prompts"]
        for run in ("before", "after")
    )
    assert first.keys() == second.keys() < before.keys()
    assert {key for key in first if first[key] != second[key]} == {"ballot.en"}
    assert second.items() <= after.items()
    done = medelphi("diff", "before", "after")
    change = f"ballot.en: {before['ballot.en']} -> {after['ballot.en']}  used"
    assert f"settings: equal\nprompts:\n  {change}\n" in done.out
    assert "prompts: equal" in medelphi("diff", "before", "before").out
