"""Rows whose last user turn stands apart from the conversation before it."""

import json
from pathlib import Path

import pytest

from medelphi.schema import Failure, Query
from medelphi.tools.queries.query_set import QuerySet

BEFORE = [
    {"role": "user", "content": "I am 30 weeks pregnant."},
    {"role": "assistant", "content": "What is troubling you?"},
]


def read(tmp_path: Path, row: dict[str, object]) -> Query | Failure:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row) + "\n")
    (found,) = QuerySet.open(file).rows()
    return found


@pytest.mark.parametrize("before", ["conversation", "history", "messages"])
@pytest.mark.parametrize("last", ["query", "question", "prompt", "text"])
def test_the_question_goes_behind_the_conversation(tmp_path: Path, before: str, last: str) -> None:
    query = read(tmp_path, {before: BEFORE, last: "Heartburn. What may I take?"})
    assert isinstance(query, Query)
    assert query.text == "Heartburn. What may I take?"
    assert [message.content for message in query.history] == [m["content"] for m in BEFORE]


def test_a_conversation_that_ends_with_the_user_is_whole(tmp_path: Path) -> None:
    whole = [*BEFORE, {"role": "user", "content": "Heartburn."}]
    query = read(tmp_path, {"conversation": whole, "query": "Heartburn."})
    assert isinstance(query, Query)
    assert len(query.messages) == 3


def test_an_empty_history_is_none(tmp_path: Path) -> None:
    query = read(tmp_path, {"history": [], "query": "What helps against heartburn?"})
    assert isinstance(query, Query)
    assert not query.history


def test_a_conversation_without_a_question_says_so(tmp_path: Path) -> None:
    failure = read(tmp_path, {"conversation": BEFORE})
    assert isinstance(failure, Failure)
    assert "ends with the assistant" in failure.reason
