"""Reading a run: its records and failures one at a time, one of them by id, and run.json.

A run can be read while another process works on it.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from medelphi.schema import Failure, Grading, Rubric, Session
from medelphi.schema.errors import RunError
from medelphi.tools.id_table import IdTable
from medelphi.tools.runs.files import damaged, lines, objects
from medelphi.tools.runs.info import RunInfo, ScoreInfo, SessionInfo
from medelphi.tools.runs.kinds import ANSWERS, GRADINGS, SESSIONS, I, Kind, R
from medelphi.tools.runs.kinds import RUBRICS as RUBRIC_RUNS

RUBRICS = RUBRIC_RUNS.file
FAILURES = "failures.jsonl"
INFO = "run.json"
EVENTS = "events.jsonl"


def read_info(run: str | Path) -> RunInfo:
    """What the run.json of a rubric run says.

    Raises:
        RunError: The folder is no rubric run, or run.json is damaged.
    """
    return info_of(run, RUBRIC_RUNS)


def read_score_info(run: str | Path) -> ScoreInfo:
    """What the run.json of a score run says.

    Raises:
        RunError: As `read_info`.
    """
    return info_of(run, GRADINGS)


def read_session_info(run: str | Path) -> SessionInfo:
    """What the run.json of a session run says.

    Raises:
        RunError: As `read_info`.
    """
    return info_of(run, SESSIONS)


def is_session_run(run: str | Path) -> bool:
    """Whether a folder holds a session run. What is wrong with another one is said elsewhere."""
    try:
        value = orjson.loads((Path(run) / INFO).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return False
    return isinstance(value, dict) and str(value.get("format", "")).startswith("session-run/")


def info_of(run: str | Path, kind: Kind[R, I]) -> I:
    """What the run.json of a run of that kind says.

    Raises:
        RunError: The folder is no such run, or run.json is damaged.
    """
    path = Path(run) / INFO
    try:
        content = path.read_bytes()
        return kind.info.model_validate_json(content)
    except FileNotFoundError as error:
        raise RunError(
            f"{run}: no run here ({INFO} is missing); name the folder that "
            f"'{kind.command} … --out' wrote"
        ) from error
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        if other := _other_kind(content, kind.noun):
            raise RunError(
                f"{run}: is a run of {other}, not of {kind.plural}; name a folder that "
                f"'{kind.command} … --out' wrote"
            ) from error
        raise RunError(
            f"{path}: damaged, or of another version of Medelphi ({_first(error)}); "
            "choose another --out"
        ) from error


def _other_kind(content: bytes, noun: str) -> str | None:
    """What a run.json is about, where that is something else."""
    formats = {
        kind.info.model_fields["format"].default: kind.noun
        for kind in (RUBRIC_RUNS, GRADINGS, ANSWERS, SESSIONS)
    }
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    found = formats.get(value.get("format")) if isinstance(value, dict) else None
    return None if found in {None, noun} else f"{found}s"


def read_rubrics(run: str | Path) -> Iterator[Rubric]:
    """The rubrics of a run, one at a time, in the order of its file.

    Raises:
        RunError: The folder is no run, or a line is damaged.
    """
    return read_records(run, RUBRIC_RUNS)


def read_gradings(run: str | Path) -> Iterator[Grading]:
    """The gradings of a score run, one at a time, in the order of its file.

    Raises:
        RunError: The folder is no score run, or a line is damaged.
    """
    return read_records(run, GRADINGS)


def read_sessions(run: str | Path) -> Iterator[Session]:
    """The sessions of a run, one at a time, in the order of its file.

    Raises:
        RunError: The folder is no session run, or a line is damaged.
    """
    return read_records(run, SESSIONS)


def read_records(run: str | Path, kind: Kind[R, I]) -> Iterator[R]:
    """The records of a run of that kind, one at a time, in the order of its file.

    Raises:
        RunError: The folder is no such run, or a line is damaged.
    """
    path = Path(run) / kind.file
    if not path.exists():
        info_of(run, kind)
    return (_parse(path, number, line, kind.record) for number, _, line in lines(path))


def find_rubric(run: str | Path, query_id: str) -> Rubric | None:
    """One rubric, found without parsing the others.

    Raises:
        RunError: The folder is no run, or the rubric's line is damaged.
    """
    path = _file(run, RUBRICS, RUBRIC_RUNS)
    beginning = b'{"query_id":' + orjson.dumps(query_id) + b","
    for number, _, line in lines(path):
        if line.startswith(beginning):
            return parse_rubric(path, number, line)
    return None


def parse_rubric(path: Path, number: int | None, line: bytes) -> Rubric:
    """A rubric from its line.

    Raises:
        RunError: The line holds no rubric; names the path and, where it is known, the number.
    """
    return _parse(path, number, line, Rubric)


def parse_grading(path: Path, number: int | None, line: bytes) -> Grading:
    """A grading from its line.

    Raises:
        RunError: The line holds no grading; names the path and, where it is known, the number.
    """
    return _parse(path, number, line, Grading)


def parse_session(path: Path, number: int | None, line: bytes) -> Session:
    """A session from its line.

    Raises:
        RunError: The line holds no session; names the path and, where it is known, the number.
    """
    return _parse(path, number, line, Session)


def _parse(path: Path, number: int | None, line: bytes, record: type[R]) -> R:
    try:
        return record.model_validate_json(line)
    except ValidationError as error:
        raise damaged(path, number, _first(error)) from error


def read_failures(run: str | Path) -> Iterator[Failure]:
    """The failures of a rubric run that no later result made up for.

    Raises:
        RunError: The folder is no run, or a line is damaged.
    """
    return failures_of(run, RUBRIC_RUNS)


def failures_of(run: str | Path, kind: Kind[R, I]) -> Iterator[Failure]:
    """The failures of a run of that kind that no later result made up for.

    Raises:
        RunError: The folder is no such run, or a line is damaged.
    """
    path = _file(run, FAILURES, kind)
    finished = _keys(Path(run) / kind.file, kind.key, f"no {kind.noun}")
    latest = _keys(path, kind.failure_key, "no failure")
    for number, offset, line in lines(path):
        failure = _parse(path, number, line, Failure)
        key = kind.failure_key(failure.model_dump())
        place = latest.find(key)
        if key not in finished and place and place.position == offset:
            yield failure


def _keys(path: Path, key: Callable[[Mapping[str, Any]], str], fault: str) -> IdTable:
    table = IdTable()
    for number, offset, record in objects(path):
        try:
            table.add(key(record), 0, offset)
        except (KeyError, TypeError) as error:
            raise damaged(path, number, f"{fault}: {error!r}") from error
    table.seal()
    return table


def _file(run: str | Path, name: str, kind: Kind[R, I]) -> Path:
    if not (Path(run) / name).exists():
        info_of(run, kind)
    return Path(run) / name


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]
