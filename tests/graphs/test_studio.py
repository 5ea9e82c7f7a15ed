"""The graph as LangGraph Studio sees it: a real server on loopback, spoken to over HTTP."""

import dataclasses
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from medelphi.graphs.checkpoints import checkpoint_types
from medelphi.graphs.context import Context
from medelphi.graphs.score_context import ScoreContext
from medelphi.graphs.session_context import SessionContext

ROOT = Path(__file__).parents[2]
PATIENCE = 90
"""Seconds until the server must be up; it takes about five where nothing else runs."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a served copy of the graphs."""
    folder = tmp_path_factory.mktemp("studio")
    config = json.loads((ROOT / "langgraph.json").read_text())
    (folder / "langgraph.json").write_text(json.dumps(config | {"dependencies": [str(ROOT)]}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "LANGSMITH_TRACING": "false",
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LANGGRAPH_NO_VERSION_CHECK": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    command = [sys.executable, "-m", "langgraph_cli", "dev", "--no-browser", "--no-reload"]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _wait(address, process, log):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            if call(f"{address}/ok")["ok"]:
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"no server after {PATIENCE} s:\n{log.read_text()[-3000:]}")


def call(address, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        address, data=data, headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=120) as response:
        return json.loads(response.read())


@pytest.fixture(scope="module")
def assistant(server):
    found = call(f"{server}/assistants/search", {"graph_id": "rubric"})
    return found[0]["assistant_id"]


@pytest.mark.server
class TestServed:
    def test_the_graph_is_drawn(self, server, assistant):
        drawn = call(f"{server}/assistants/{assistant}/graph")
        nodes = {node["id"] for node in drawn["nodes"]}
        assert nodes >= {
            *("triage", "research", "propose", "distill", "verify", "draft"),
            *("ballot", "tally", "revise", "finish"),
        }

    def test_every_setting_is_visible(self, server, assistant):
        schemas = call(f"{server}/assistants/{assistant}/schemas")
        shown = schemas["context_schema"]["properties"]
        assert set(shown) == {field.name for field in dataclasses.fields(Context)}
        assert list(schemas["input_schema"]["properties"]) == ["query"]
        assert set(schemas["output_schema"]["properties"]) == {"rubric", "failure"}

    def test_a_run_drafts_a_rubric(self, server):
        result = call(
            f"{server}/runs/wait",
            {
                "assistant_id": "rubric",
                "input": {"query": "Can I take allopurinol during a gout flare?"},
                "context": {"rounds": 1},
            },
        )
        assert result.get("failure", result) is None
        assert len(result["rubric"]["criteria"]) >= 5
        assert [a["round"] for a in result["rubric"]["agreement"]] == [1]

    def test_a_run_that_cannot_be_covered_says_so(self, server):
        result = call(
            f"{server}/runs/wait",
            {"assistant_id": "rubric", "input": {"query": "Which horse wins the next race?"}},
        )
        assert result["rubric"] is None
        assert result["failure"]["kind"] == "not_covered"


RUBRIC = {
    "query_id": "q",
    "query": {
        "id": "q",
        "messages": [{"role": "user", "content": "Can I take ibuprofen for a fever?"}],
        "language": "en",
    },
    "criteria": [
        {"id": "c1", "text": "Advises against ibuprofen in kidney disease", "points": 5},
        {"id": "c2", "text": "Recommends a course of antibiotics", "points": -5},
    ],
}


@pytest.mark.server
class TestScoreServed:
    def test_the_graph_is_drawn_with_every_setting(self, server):
        found = call(f"{server}/assistants/search", {"graph_id": "score"})
        place = f"{server}/assistants/{found[0]['assistant_id']}"
        nodes = {node["id"] for node in call(f"{place}/graph")["nodes"]}
        assert nodes >= {"split", "judge", "gather", "ask_again", "settle", "finish"}
        schemas = call(f"{place}/schemas")
        shown = schemas["context_schema"]["properties"]
        assert set(shown) == {field.name for field in dataclasses.fields(ScoreContext)}
        assert set(schemas["input_schema"]["properties"]) == {"rubric", "answer"}
        assert set(schemas["output_schema"]["properties"]) == {"grading", "failure"}

    def test_a_run_scores_an_answer(self, server):
        said = "Yes. Do not take ibuprofen if you have kidney disease."
        result = call(
            f"{server}/runs/wait",
            {
                "assistant_id": "score",
                "input": {"rubric": RUBRIC, "answer": said},
                "context": {"judges": ["offline:thorough"], "chunk": 1},
            },
        )
        assert result.get("failure", result) is None
        assert set(result["grading"]["levels"]) == {"c1", "c2"}
        assert result["grading"]["score"]["judged"] == 1
        assert result["grading"]["provenance"]["judges"] == ["offline:thorough"]

    def test_what_is_no_rubric_is_said(self, server):
        result = call(
            f"{server}/runs/wait",
            {"assistant_id": "score", "input": {"rubric": {"query_id": "q"}, "answer": "x"}},
        )
        assert result["grading"] is None
        assert result["failure"]["kind"] == "no_rubric"


CASE = "en-chest-discomfort"


def test_the_server_may_load_what_our_states_hold():
    config = json.loads((ROOT / "langgraph.json").read_text())
    allowed = config["checkpointer"]["serde"]["allowed_msgpack_modules"]
    assert [tuple(pair) for pair in allowed] == checkpoint_types()


@pytest.mark.server
class TestSessionServed:
    def test_the_graph_is_drawn_with_every_setting(self, server):
        found = call(f"{server}/assistants/search", {"graph_id": "session"})
        place = f"{server}/assistants/{found[0]['assistant_id']}"
        nodes = {node["id"] for node in call(f"{place}/graph")["nodes"]}
        assert nodes >= {
            *("open", "doctor", "understand", "disclose", "measure", "speak", "guard"),
            *("score_turn", "gate", "score_session", "finish"),
        }
        schemas = call(f"{place}/schemas")
        shown = schemas["context_schema"]["properties"]
        assert set(shown) == {field.name for field in dataclasses.fields(SessionContext)}
        assert set(schemas["input_schema"]["properties"]) == {"case", "earlier", "branched_from"}
        assert set(schemas["output_schema"]["properties"]) == {"session", "failure"}

    def test_a_run_simulates_and_scores_a_consultation(self, server):
        result = call(
            f"{server}/runs/wait",
            {
                "assistant_id": "session",
                "input": {"case": CASE},
                "context": {"doctor": "offline:hasty", "turns": 3},
            },
        )
        assert result.get("failure", result) is None
        session = result["session"]
        assert session["case"]["id"] == CASE
        assert session["turns"]
        assert session["score"]["score"] is not None

    def test_a_person_plays_the_doctor(self, server):
        thread = call(f"{server}/threads", {})["thread_id"]
        said = ["Where is the pain?", "Do you take any medicines?"]
        body = {
            "assistant_id": "session",
            "context": {"doctor": "person", "turns": 2, "judge": False},
        }
        place = f"{server}/threads/{thread}/runs/wait"
        state = call(place, {**body, "input": {"case": CASE}})
        asked = state["__interrupt__"][0]["value"]
        assert asked["you_are"] == "doctor"
        assert len(asked["conversation"]) == 1
        for words in said:
            state = call(place, {**body, "command": {"resume": words}})
        assert [turn["doctor"] for turn in state["session"]["turns"]] == said

    def test_a_person_plays_the_patient(self, server):
        thread = call(f"{server}/threads", {})["thread_id"]
        body = {
            "assistant_id": "session",
            "context": {
                "doctor": "offline:hasty",
                "patient": "person",
                "turns": 1,
                "judge": False,
            },
        }
        place = f"{server}/threads/{thread}/runs/wait"
        state = call(place, {**body, "input": {"case": CASE}})
        asked = state["__interrupt__"][0]["value"]
        assert asked["you_are"] == "patient"
        assert asked["doctor_says"]
        state = call(place, {**body, "command": {"resume": {"message": "It hurts here."}}})
        assert state["session"]["turns"][0]["patient"][0]["text"] == "It hurts here."
