"""JSON Schemas of the files that users exchange, made from the models that read and write them."""

from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter

from medelphi.schema import Answer, Case, Failure, Grading, Rubric, ScoringRubric, Session
from medelphi.tools.queries.rows import ROW
from medelphi.tools.runs.collected import CollectedAnswer
from medelphi.tools.runs.files import replace
from medelphi.tools.runs.info import AnswerInfo, RunInfo, ScoreInfo, SessionInfo

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_EXCHANGED: dict[str, tuple[TypeAdapter[Any], str, str]] = {
    "query": (ROW, "Query row", "One line of a JSONL query set."),
    "rubric": (TypeAdapter(Rubric), "Rubric", "One line of rubrics.jsonl."),
    "failure": (TypeAdapter(Failure), "Failure", "One line of failures.jsonl."),
    "run": (TypeAdapter(RunInfo), "Run", "The content of run.json."),
    "scoring_rubric": (TypeAdapter(ScoringRubric), "Scoring rubric", "One line of a rubric file."),
    "answer": (TypeAdapter(Answer), "Answer", "One line of a file of answers."),
    "collected_answer": (
        TypeAdapter(CollectedAnswer),
        "Collected answer",
        "One line of answers.jsonl.",
    ),
    "answer_run": (TypeAdapter(AnswerInfo), "Answer run", "The content of its run.json."),
    "grading": (TypeAdapter(Grading), "Grading", "One line of gradings.jsonl."),
    "score_run": (TypeAdapter(ScoreInfo), "Score run", "The content of its run.json."),
    "case": (TypeAdapter(Case), "Case", "A YAML file, or one line of a JSONL file of cases."),
    "session": (TypeAdapter(Session), "Session", "One line of sessions.jsonl."),
    "session_run": (TypeAdapter(SessionInfo), "Session run", "The content of its run.json."),
}


def schema_names() -> tuple[str, ...]:
    return tuple(_EXCHANGED)


def json_schema(name: str) -> dict[str, Any]:
    """The schema of one exchanged file, by the names of `schema_names`."""
    adapter, title, about = _EXCHANGED[name]
    schema = adapter.json_schema(
        mode="validation" if name in {"query", "case"} else "serialization"
    )
    description = " ".join(filter(None, (about, schema.pop("description", ""))))
    schema.pop("title", None)
    return {"$schema": DIALECT, "title": title, "description": description, **schema}


def schema_text(name: str) -> bytes:
    """The schema as it stands in its file."""
    return orjson.dumps(json_schema(name), option=orjson.OPT_INDENT_2) + b"\n"


def export(folder: Path) -> list[Path]:
    """Write ``<name>.schema.json`` for every exchanged file. Returns their paths.

    Raises:
        RunError: The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in schema_names():
        path = folder / f"{name}.schema.json"
        replace(path, [schema_text(name)])
        paths.append(path)
    return paths
