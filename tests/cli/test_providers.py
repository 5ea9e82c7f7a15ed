"""``medelphi rubrics`` over real HTTP: both SDKs against the loopback server."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from medelphi.knowledge.builtin import default_index
from medelphi.tools.loopback import Options, Script, serve

EXAMPLES = Path(__file__).parents[2] / "examples" / "queries.jsonl"
PROMPTS = Path(__file__).parents[2] / "prompts"
IDS = ("zh-fever-ibuprofen-infant", "en-metformin-kidney")

PROFILE = """
grounded = true
triage = "openai:thorough"
retriever = "openai:thorough"
proposers = ["openai:thorough", "anthropic:plain"]
aggregators = ["openai:thorough", "anthropic:plain"]
verifiers = ["anthropic:cautious"]
drafter = "openai:thorough"
critics = ["openai:thorough", "anthropic:cautious", "openai:plain"]
[models."openai:thorough"]
base_url = "{openai}"
retries = 1
[models."openai:plain"]
base_url = "{other}"
api = "responses"
retries = 0
[models."anthropic:plain"]
base_url = "{anthropic}"
[models."anthropic:cautious"]
base_url = "{anthropic}"
"""
NOBODY = "http://127.0.0.1:9/v1"


@pytest.fixture
def index(monkeypatch, tmp_path) -> str:
    """The built-in index, beside a response cache of this test's own."""
    built = str(default_index())
    monkeypatch.setenv("MEDELPHI_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("MEDELPHI_CACHE", "true")
    return built


@pytest.fixture
def queries(tmp_path) -> Path:
    rows = [json.loads(line) for line in EXAMPLES.read_text("utf-8").splitlines()]
    path = tmp_path / "queries.jsonl"
    chosen = [row for row in rows if row["id"] in IDS]
    path.write_text("".join(json.dumps(row) + "\n" for row in chosen), "utf-8")
    return path


def profile(tmp_path, server, *, other="") -> Path:
    path = tmp_path / "loopback.toml"
    urls = {"openai": server.openai_url, "anthropic": server.anthropic_url}
    path.write_text(PROFILE.format(**urls, other=other or server.openai_url), "utf-8")
    return path


def rubrics(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "rubrics.jsonl").read_text("utf-8").splitlines()]


def test_a_mixed_panel_a_budget_and_what_a_second_run_pays(medelphi, index, queries, tmp_path):
    out = tmp_path / "run"
    with serve(Options()) as server:
        panel = profile(tmp_path, server)
        command = ("rubrics", queries, "--out", out, "--profile", panel, "--index", index)

        stopped = medelphi(*command, "--max-calls", 20)
        assert stopped.code == 5, stopped.err
        assert "20 model calls were made (--max-calls)" in stopped.err
        assert server.counts().answered == 20

        done = medelphi(*command)
        assert done.code == 0, done.err
        assert sorted(rubric["query_id"] for rubric in rubrics(out)) == sorted(IDS)
        counts = server.counts()
        assert counts.answered == counts.distinct, "a call was paid for twice"

        provenance = rubrics(out)[0]["provenance"]
        spent = {(entry["node"], entry["model"]) for entry in provenance["spending"]}
        assert {("triage", "openai:thorough"), ("verify", "anthropic:cautious")} <= spent
        assert {("ballot", "openai:plain"), ("propose", "anthropic:plain")} <= spent
        assert provenance["usage"]["cost"] is None or provenance["usage"]["cache_hits"] > 0
        assert "anthropic:cautious" in medelphi("show", out, "--usage").out

        again = medelphi("rubrics", queries, "--out", tmp_path / "again", *command[4:])
        assert again.code == 0
        assert server.counts().answered == counts.answered, "all of it was in the cache"
        texts = [[c["text"] for c in rubric["criteria"]] for rubric in rubrics(out)]
        assert texts == [[c["text"] for c in r["criteria"]] for r in rubrics(tmp_path / "again")]


def test_after_editing_one_prompt_only_its_calls_are_paid(medelphi, index, queries, tmp_path):
    edited = tmp_path / "edited"
    edited.mkdir()
    for language in ("zh", "en"):
        name = f"ballot.{language}.md"
        shutil.copy(PROMPTS / name, edited / name)
        with (edited / name).open("a", encoding="utf-8") as file:
            file.write("\nBe strict.\n")
    with serve(Options()) as server:
        panel = profile(tmp_path, server)
        more = ("--profile", panel, "--index", index)
        assert medelphi("rubrics", queries, "--out", tmp_path / "a", *more).code == 0
        server.reset()
        overlaid = (*more, "--prompts", edited)
        assert medelphi("rubrics", queries, "--out", tmp_path / "b", *overlaid).code == 0
        assert set(server.counts().tasks) <= {"ballots", "revised_criteria"}
        assert server.counts().tasks["ballots"] >= 6


def test_a_dead_provider_degrades_the_panel(medelphi, index, queries, tmp_path):
    with serve(Options()) as server:
        panel = profile(tmp_path, server, other=NOBODY)
        more = ("--profile", panel, "--index", index)
        done = medelphi("rubrics", queries, "--out", tmp_path / "run", *more)
    assert done.code == 0, done.err
    for rubric in rubrics(tmp_path / "run"):
        assert {(f["node"], f["model"], f["kind"]) for f in rubric["failures"]} == {
            ("ballot", "openai:plain", "unavailable")
        }


def test_a_wrong_key_ends_in_one_line_and_the_run_goes_on_later(
    medelphi, index, queries, tmp_path, monkeypatch
):
    monkeypatch.setenv("LOOPBACK_KEY", "sk-wrong-0123456789")
    with serve(Options(key="sk-right-0123456789")) as server:
        panel = profile(tmp_path, server)
        text = panel.read_text("utf-8")
        keyed = text.replace("\nbase_url", '\nkey_env = "LOOPBACK_KEY"\nbase_url')
        panel.write_text(keyed, "utf-8")
        more = ("--profile", panel, "--index", index)
        done = medelphi("rubrics", queries, "--out", tmp_path / "run", *more)
        assert done.code == 6
        last = done.err.strip().splitlines()[-1]
        assert last.startswith("error: openai:thorough: the key was refused (HTTP 401)"), last
        monkeypatch.setenv("LOOPBACK_KEY", "sk-right-0123456789")
        assert medelphi("rubrics", queries, "--out", tmp_path / "run", *more).code == 0
    for file in (tmp_path / "run").iterdir():
        assert b"sk-wrong" not in file.read_bytes()
        assert b"sk-right" not in file.read_bytes()


FAULTS = ("429", "500", "529", "malformed", "garbage", "html", "empty", "truncated", "refusal")


def test_every_query_is_complete_or_a_typed_failure(medelphi, index, queries, tmp_path):
    faults = dict.fromkeys(FAULTS, 0.02)
    with serve(Options(faults=faults, retry_after=0.01)) as server:
        panel = profile(tmp_path, server)
        more = ("--profile", panel, "--index", index)
        medelphi("rubrics", queries, "--out", tmp_path / "run", *more)
        assert sum(server.counts().faults.values()) > 0
    failures = (tmp_path / "run" / "failures.jsonl").read_text("utf-8").splitlines()
    ended = [rubric["query_id"] for rubric in rubrics(tmp_path / "run")]
    ended += [json.loads(line)["query_id"] for line in failures]
    assert sorted(ended) == sorted(IDS)
    assert all(json.loads(line)["kind"] != "internal" for line in failures), failures


@pytest.mark.server
def test_after_kill_9_no_finished_call_is_paid_twice(index, queries, tmp_path):
    in_flight = 2
    with serve(Options(latency=30)) as server:
        panel = profile(tmp_path, server)
        limits = f"\n[limits.'{server.openai_url}']\nconcurrency = {in_flight}\n"
        panel.write_text(panel.read_text("utf-8") + limits, "utf-8")
        command = [str(Path(sys.executable).with_name("medelphi")), "rubrics", str(queries)]
        command += ["--out", str(tmp_path / "run"), "--profile", str(panel), "--index", index]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while server.counts().answered < 12:
            assert process.poll() is None
            time.sleep(0.02)
        settled = server.counts().answered
        time.sleep(0.3)  # On a busy machine a reply takes a moment from the wire to the disk.
        process.send_signal(signal.SIGKILL)
        process.wait()
        before = server.counts()
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
        assert done.returncode == 0, done.stderr
        after = server.counts()
    assert len(rubrics(tmp_path / "run")) == len(IDS)
    assert before.answered >= 12
    # Only what was on its way when the kill came can have been answered for nothing.
    assert after.answered - after.distinct <= before.answered - settled + before.peak
    assert settled >= 12


def test_script_of_failures_is_retried(medelphi, index, queries, tmp_path):
    scripts = (Script(fault="500", task="triage"), Script(fault="malformed", task="ballots"))
    with serve(Options(scripts=scripts)) as server:
        panel = profile(tmp_path, server)
        more = ("--profile", panel, "--index", index, "--concurrency", 1)
        done = medelphi("rubrics", queries, "--out", tmp_path / "run", *more)
        assert done.code == 0, done.err
        assert server.counts().faults == {"500": 1, "malformed": 1}
    assert all(not rubric["failures"] for rubric in rubrics(tmp_path / "run"))
