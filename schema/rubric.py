"""A rubric and what a run keeps beside it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from medelphi.schema.ballot import Agreement, Ballot
from medelphi.schema.base import Record
from medelphi.schema.criterion import Criterion
from medelphi.schema.evidence import EvidenceReference
from medelphi.schema.point import GroundTruth
from medelphi.schema.query import Query
from medelphi.schema.research import Research
from medelphi.schema.triage import Triage
from medelphi.schema.usage import Spending, Usage


class Provenance(Record):
    """Everything that is needed to say where a rubric comes from, and to make it again."""

    graph: str
    """Name and version of the graph, e.g. ``rubric/1``."""
    profile: str
    models: dict[str, tuple[str, ...]]
    """Model specs by role. ``offline:`` specs are the extractive baseline, not language models."""
    prompts: dict[str, str]
    """Content hash of every prompt used, by ``id.language``."""
    index: str
    """Fingerprint of the guideline index."""
    seed: int
    created: datetime
    usage: Usage
    spending: tuple[Spending, ...] = ()
    """The same by node and model."""


class Checks(Record):
    """What code found about the rubric as a whole."""

    coverage: float = Field(ge=0, le=1)
    """Share of the ground truth's core and insight points that some criterion covers."""
    uncovered: tuple[str, ...] = ()
    """Ids of the points that no criterion covers."""
    duplicates: tuple[tuple[str, str], ...] = ()
    """Pairs of criteria that say the same; empty in a rubric within the rules."""


class Rubric(Record):
    """The criteria of one query. For evaluating models, not for treating people."""

    query_id: str
    query: Query
    triage: Triage
    research: Research
    criteria: tuple[Criterion, ...]
    ground_truth: GroundTruth
    evidence: tuple[EvidenceReference, ...]
    """Every passage that a citation names."""
    ballots: tuple[Ballot, ...]
    """All ballots of all rounds: dissent stays in the rubric."""
    agreement: tuple[Agreement, ...]
    checks: Checks
    failures: tuple["Failure", ...] = ()
    """Branches that failed while a quorum remained."""
    provenance: Provenance


FailureKind = Literal[
    "not_covered",
    "quorum",
    "rules",
    "invalid_query",
    "invalid_answer",
    "invalid_case",
    "no_rubric",
    "simulator",
    "auth",
    "quota",
    "request",
    "rate_limit",
    "timeout",
    "time_up",
    "unavailable",
    "overloaded",
    "circuit_open",
    "refusal",
    "content_filter",
    "truncated",
    "empty",
    "malformed",
    "provider",
    "internal",
]


class Failure(Record):
    """A branch or a query that gave no result, and why. Never passes as a result."""

    query_id: str
    """For a session the id of its case."""
    answered_by: str = ""
    """The model whose answer was to be scored or collected, or the doctor of a session; empty where
    it is about a query."""
    sample: int = 0
    """Of that answer; for a session its seed."""
    kind: FailureKind
    reason: str
    """One line, in English: what is wrong and what to do."""
    node: str = ""
    model: str = ""
    retryable: bool = False
    """Whether a second run tries it again."""
    query: Query | None = None
    """The query, where the whole of it failed and it could be read."""
    usage: Usage = Usage()
    """What a failed query consumed; nothing for a branch, whose query counts it."""
    spending: tuple[Spending, ...] = ()
    """The same by node and model."""
