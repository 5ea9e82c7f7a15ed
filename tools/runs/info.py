"""What run.json says about a run: settings, where it comes from, and what came of it."""

import platform
from collections.abc import Mapping
from datetime import datetime
from importlib import metadata
from typing import Literal

from pydantic import Field, JsonValue

from medelphi.schema import Spending, Usage
from medelphi.schema.base import Record

RunState = Literal["running", "interrupted", "finished"]
LIBRARIES = (
    "medelphi",
    "langgraph",
    "langchain-core",
    "langchain-openai",
    "langchain-anthropic",
    "llama-index-core",
    "chromadb",
    "pydantic",
)
"""The packages whose versions can change what a run gives."""


class RoundAgreement(Record):
    """Agreement in one round of ballots, over all rubrics of a run."""

    round: int
    rubrics: int
    """Rubrics that were voted on in this round."""
    criteria: int
    accepted: int
    rejected: int
    disputed: int
    share_agreed: float
    """Accepted and rejected criteria over all that were voted on."""
    alpha_validity: float | None
    """Mean of the rubrics' Krippendorff alphas; None where no rubric has one."""
    alpha_importance: float | None


class RunInfo(Record):
    """The content of run.json."""

    format: Literal["run/1"] = "run/1"
    id: str
    state: RunState
    """running = under way, or killed; interrupted = stopped by the user or an error."""
    queries: str
    """The query file, as it was named."""
    index: str
    """The guideline index, as it was named; empty for the built-in corpus."""
    settings: dict[str, JsonValue]
    """What has to be equal for a run to go on."""
    versions: dict[str, str]
    started: datetime
    finished: datetime | None = None
    rubrics: int = 0
    failures: int = 0
    failures_by_kind: dict[str, int] = Field(default_factory=dict)
    usage: Usage = Usage()
    """Of all queries that ended, failed ones included."""
    spending: tuple[Spending, ...] = ()
    """The same by node and model."""
    spent: Usage = Usage()
    """What all commands of the run paid for, whatever became of it: with what went into unfinished
    work, and without replies from the cache."""
    agreement: tuple[RoundAgreement, ...] = ()


class AnswerCounts(Record):
    """Where the answers of a score run went. ``read`` is the sum of the others but the last two.

    Counts are those of the last command; ``gradings`` and ``failures`` of the run may hold more.
    """

    read: int = 0
    """Answers in the file."""
    graded: int = 0
    failed: int = 0
    """Judging them failed, now or before."""
    invalid: int = 0
    """Rows that are no answer."""
    without_rubric: int = 0
    repeated: int = 0
    """Rows that repeat an earlier one in id and text; left out."""
    left_out: int = 0
    """By --limit or --only."""
    open: int = 0
    """Not judged yet, because the run was stopped."""
    rubrics: int = 0
    """Rubrics in the file."""
    rubrics_without_answer: int = 0


class ScoreInfo(Record):
    """The content of a score run's run.json."""

    format: Literal["score-run/1"] = "score-run/1"
    id: str
    state: RunState
    rubrics: str = ""
    """The file or run of the rubrics, as it was named."""
    answers: str = ""
    """The file or run of the answers, as it was named; the score run where that was regraded."""
    settings: dict[str, JsonValue]
    """What has to be equal for a run to go on."""
    versions: dict[str, str]
    started: datetime
    finished: datetime | None = None
    gradings: int = 0
    failures: int = 0
    failures_by_kind: dict[str, int] = Field(default_factory=dict)
    counts: AnswerCounts = AnswerCounts()
    usage: Usage = Usage()
    spending: tuple[Spending, ...] = ()
    spent: Usage = Usage()
    """What all commands of the run paid for, whatever became of it: with what went into unfinished
    work, and without replies from the cache."""


class AnswerInfo(Record):
    """The content of an answer run's run.json."""

    format: Literal["answer-run/1"] = "answer-run/1"
    id: str
    state: RunState
    queries: str = ""
    """The query file, as it was named."""
    index: str = ""
    """The guideline index of models that need evidence, as it was named."""
    settings: dict[str, JsonValue]
    """What has to be equal for a run to go on."""
    versions: dict[str, str]
    started: datetime
    finished: datetime | None = None
    answers: int = 0
    failures: int = 0
    failures_by_kind: dict[str, int] = Field(default_factory=dict)
    usage: Usage = Usage()
    spending: tuple[Spending, ...] = ()
    spent: Usage = Usage()
    """What all commands of the run paid for, whatever became of it: with what went into unfinished
    work, and without replies from the cache."""


class SessionInfo(Record):
    """The content of a session run's run.json."""

    format: Literal["session-run/1"] = "session-run/1"
    id: str
    state: RunState
    cases: str = ""
    """The file of the cases, as it was named; the run that was rescored or branched from."""
    profile: str = ""
    """The profile, as it was named: a name or a path."""
    prompts: str = ""
    """The folder of edited prompts, as it was named; empty for the built-in ones."""
    doctors: tuple[str, ...] = ()
    """All that were asked for so far: each is compared with the others."""
    seeds: int = 1
    settings: dict[str, JsonValue]
    """What has to be equal for a run to go on."""
    versions: dict[str, str]
    started: datetime
    finished: datetime | None = None
    sessions: int = 0
    failures: int = 0
    failures_by_kind: dict[str, int] = Field(default_factory=dict)
    usage: Usage = Usage()
    spending: tuple[Spending, ...] = ()
    spent: Usage = Usage()
    """What all commands of the run paid for, whatever became of it: with what went into unfinished
    work, and without replies from the cache."""


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a run depends on."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def differences(
    first: Mapping[str, JsonValue], second: Mapping[str, JsonValue]
) -> dict[str, tuple[JsonValue, JsonValue]]:
    """Settings that are not equal, by dotted name; None stands for a setting that is missing."""
    one, other = dict(_flat(first)), dict(_flat(second))
    return {
        name: (one.get(name), other.get(name))
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    }


def _flat(value: Mapping[str, JsonValue], prefix: str = "") -> list[tuple[str, JsonValue]]:
    flat: list[tuple[str, JsonValue]] = []
    for name, part in value.items():
        if isinstance(part, dict):
            flat += _flat(part, f"{prefix}{name}.")
        else:
            flat.append((f"{prefix}{name}", part))
    return flat
