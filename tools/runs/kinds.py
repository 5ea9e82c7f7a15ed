"""The kinds of runs: what their records are, how one is told from another, and what it rests on.

A rubric run has one record for each query, a score run and an answer run one for each answer, a
session run one for each case, doctor and seed.
Everything else (appending, locking, going on, order, totals) is the same: `medelphi.tools.runs`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import JsonValue

from medelphi.schema import Answer, Failure, Grading, Rubric, Session
from medelphi.schema.base import Record
from medelphi.tools.queries.rows import canonical
from medelphi.tools.runs.collected import CollectedAnswer
from medelphi.tools.runs.info import AnswerInfo, RunInfo, ScoreInfo, SessionInfo
from medelphi.tools.runs.totals import RubricTotals, Totals

R = TypeVar("R", bound=Record)
I = TypeVar("I", RunInfo, ScoreInfo, AnswerInfo, SessionInfo)  # noqa: E741
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[R, I]):
    """One kind of run."""

    noun: str
    """What one record is called; the file and the count in run.json have its plural."""
    record: type[R]
    info: type[I]
    command: str
    """The command that makes such runs."""
    source: str
    """What a record is made from, for messages."""
    key: Callable[[Json], str]
    """Tells a record, read as JSON, from all others of its run."""
    content: Callable[[Json], str]
    """What a record was made from, in one string; equal only for equal contents."""
    failure_key: Callable[[Json], str]
    failure_content: Callable[[Json], str | None]
    """None where a failure does not hold what it was about."""
    shown: Callable[[str], str]
    """A key as people read it."""
    totals: Callable[[], Totals]

    @property
    def plural(self) -> str:
        return f"{self.noun}s"

    @property
    def file(self) -> str:
        return f"{self.plural}.jsonl"


def answer_key(query_id: str, model: str, sample: int) -> str:
    """The key of an answer. Unlike `Answer.id` it keeps ids and models apart that hold slashes."""
    return json.dumps([query_id, model, sample], ensure_ascii=False)


def key_of(answer: Answer) -> str:
    return answer_key(answer.query_id, answer.model, answer.sample)


def failure_of(answer: Answer, **fields: object) -> Failure:
    """The record of an answer that gave no score."""
    names = {"query_id": answer.query_id, "answered_by": answer.model, "sample": answer.sample}
    return Failure.model_validate({**names, **fields})


def grading_content(answer: str, rubric: str) -> str:
    """What a grading is made from.

    Args:
        rubric: The rubric's `rubric_digest`.
    """
    return f"{rubric} {answer}"


def rubric_digest(rubric: Json) -> str:
    """A digest of a scoring rubric, read as JSON."""
    text = json.dumps(rubric, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def failure_key(failure: Failure) -> str:
    """The key of an answer's failure in its run."""
    return _failure_key(failure.model_dump())


def answer_content(query: str, options: Mapping[str, JsonValue]) -> str:
    """What a collected answer is made from.

    Args:
        query: The conversation, as `medelphi.tools.queries.rows.canonical` gives it.
        options: The options that shape the reply.
    """
    return json.dumps([query, options], ensure_ascii=False, sort_keys=True)


def case_digest(case: Json) -> str:
    """What a session is made from: a digest of its case, read as JSON."""
    text = json.dumps(case, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _conversation(query: Json) -> str:
    return canonical((message["role"], message["content"]) for message in query["messages"])


def _answer_key(record: Json) -> str:
    return answer_key(record["query_id"], record["model"], record["sample"])


def _failure_key(record: Json) -> str:
    names = [record["query_id"], record["answered_by"], record["sample"]]
    if record["kind"] in {"invalid_answer", "invalid_case"}:
        # It may have the names of a valid answer; what tells it apart is its line, in the reason.
        names.append(record["reason"])
    return json.dumps(names, ensure_ascii=False)


def _shown(key: str) -> str:
    return "/".join(map(str, json.loads(key)))


RUBRICS = Kind(
    noun="rubric",
    record=Rubric,
    info=RunInfo,
    command="medelphi rubrics",
    source="question",
    key=lambda record: str(record["query_id"]),
    content=lambda record: _conversation(record["query"]),
    failure_key=lambda record: str(record["query_id"]),
    failure_content=lambda record: _conversation(record["query"]) if record.get("query") else None,
    shown=str,
    totals=RubricTotals,
)
GRADINGS = Kind(
    noun="grading",
    record=Grading,
    info=ScoreInfo,
    command="medelphi score",
    source="answer or rubric",
    key=lambda record: _answer_key(record["answer"]),
    content=lambda record: grading_content(
        record["answer"]["answer"], rubric_digest(record["rubric"])
    ),
    failure_key=_failure_key,
    failure_content=lambda record: None,  # noqa: ARG005
    shown=_shown,
    totals=Totals,
)
ANSWERS = Kind(
    noun="answer",
    record=CollectedAnswer,
    info=AnswerInfo,
    command="medelphi answer",
    source="question or options",
    key=_answer_key,
    content=lambda record: answer_content(
        _conversation(record["query"]), record["provenance"]["options"]
    ),
    failure_key=_failure_key,
    failure_content=lambda record: None,  # noqa: ARG005
    shown=_shown,
    totals=Totals,
)
SESSIONS = Kind(
    noun="session",
    record=Session,
    info=SessionInfo,
    command="medelphi sessions",
    source="case",
    key=lambda record: answer_key(record["case"]["id"], record["doctor"], record["seed"]),
    content=lambda record: case_digest(record["case"]),
    failure_key=_failure_key,
    failure_content=lambda record: None,  # noqa: ARG005
    shown=_shown,
    totals=Totals,
)
