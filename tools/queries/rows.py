"""One row of a query set as users write it, and how it becomes a query.

The pydantic models here are both the parser and the source of ``query.schema.json``.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from medelphi.knowledge.text import clean, detect_language
from medelphi.schema import Failure, Language, Message, Query

MAX_CHARACTERS = 100_000
"""A query with its conversation that is longer than this is no open-ended question."""
MAX_ID = 200
"""Characters of an id."""
CONVERSATION_FIELDS = ("messages", "conversation", "history")
"""Where a conversation may stand. One that ends with the assistant went before the question,
which stands in one of the `QUESTION_FIELDS`: the form of QuarkMedBench's multi-turn rows."""
QUESTION_FIELDS = ("query", "prompt", "question", "text")
CONTENT_FIELDS = (*CONVERSATION_FIELDS, *QUESTION_FIELDS)
"""Where the question may stand, first match first."""
ID_FIELDS = ("id", "query_id", "prompt_id")
FEW_LETTERS = 12
"""A last message with fewer letters than this does not tell its language."""
_MESSAGE = '{"role": "user", "content": "…"}'
_ROLES = {"human": "user", "gpt": "assistant", "model": "assistant", "developer": "system"}


def _known_role(role: Any) -> Any:
    return _ROLES.get(role.strip().lower(), role.strip().lower()) if isinstance(role, str) else role


class TextPart(BaseModel):
    """A part of a message in the form that chat APIs use."""

    model_config = ConfigDict(extra="ignore")
    type: Literal["text", "input_text", "output_text"]
    text: str


class RowMessage(BaseModel):
    """One turn of a conversation. Other fields are ignored."""

    model_config = ConfigDict(extra="ignore", use_attribute_docstrings=True)
    role: Annotated[Literal["system", "user", "assistant"], BeforeValidator(_known_role)]
    content: str | list[TextPart]

    @property
    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content)


Content = str | list[RowMessage]


class QueryRow(BaseModel):
    """A row that is an object. Other fields (answers, scoring lines, tags) are ignored.

    One of the content fields is needed; where there are several, the first of messages,
    conversation, history, query, prompt, question, text counts. A conversation that does not end
    with the user goes on with the question of the other fields.
    """

    model_config = ConfigDict(
        extra="ignore",
        use_attribute_docstrings=True,
        json_schema_extra={"anyOf": [{"required": [name]} for name in CONTENT_FIELDS]},
    )
    id: str | int | None = None
    """Kept. Where no id is given, it is made from the content."""
    query_id: str | int | None = None
    prompt_id: str | int | None = None
    messages: list[RowMessage] | None = None
    conversation: list[RowMessage] | None = None
    history: list[RowMessage] | None = None
    query: Content | None = None
    prompt: Content | None = None
    question: Content | None = None
    text: Content | None = None
    language: Language | None = None
    """Detected where it is not given."""
    meta: dict[str, str] = Field(default_factory=dict)
    """Carried along into the rubric, never into a prompt."""


Row = str | list[RowMessage] | QueryRow
ROW: TypeAdapter[Row] = TypeAdapter(Row)


class RowError(ValueError):
    """A row that does not have the form of a row: a structural fault of the file.

    Attributes:
        field: The field at fault, or None.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A row of the right form; ``fault`` says why it is nonetheless no query."""

    id: str
    """Empty where the row gives none and holds nothing to make one from."""
    messages: tuple[Message, ...]
    language: Language | None
    meta: dict[str, str]
    fault: str | None

    @property
    def content(self) -> str:
        return canonical((message.role, message.content) for message in self.messages)

    def result(self) -> Query | Failure:
        """The query, or the record of why it is none."""
        if self.fault is not None:
            return Failure(query_id=self.id, kind="invalid_query", reason=self.fault, node="input")
        return Query(
            id=self.id,
            messages=self.messages,
            language=self.language or language_of(self.messages),
            meta=self.meta,
        )


def canonical(turns: Iterable[tuple[str, str]]) -> str:
    """What a query says, in one string: equal for equal conversations.

    Args:
        turns: Role and content of every message.
    """
    return json.dumps([[role, content] for role, content in turns], ensure_ascii=False)


def draft(row: object) -> Draft:
    """Read one parsed row.

    Args:
        row: What stood in the file: a string, a list of messages, or an object.

    Raises:
        RowError: It is none of these, or a field has the wrong form.
    """
    if isinstance(row, str | list):
        row = {"query" if isinstance(row, str) else "messages": row}
    if not isinstance(row, dict):
        raise RowError(
            f"a row must be an object, a string or a list of messages, not {_kind(row)}; "
            'write {"query": "…"}'
        )
    if not any(name in row for name in CONTENT_FIELDS):
        raise RowError(
            f"no question in the fields {_listed(row)}; "
            f"name the question's field one of {', '.join(CONTENT_FIELDS)}"
        )
    try:
        parsed = QueryRow.model_validate(row)
    except ValidationError as error:
        raise _row_error(error) from error
    messages = _messages(parsed)
    drafted = Draft(
        id=_name(parsed),
        messages=messages,
        language=parsed.language,
        meta=parsed.meta,
        fault=_fault(messages),
    )
    if drafted.id or not messages:
        return drafted
    return replace(drafted, id=derived_id(drafted.content))


def derived_id(content: str) -> str:
    """The id of a query that has none of its own: stable, and made from what it says alone."""
    return "q-" + hashlib.sha256(content.encode()).hexdigest()[:16]


def language_of(messages: tuple[Message, ...]) -> Language:
    """Language of the last message or, where that is too short to tell, of all the user's."""
    last = messages[-1].content
    if len(messages) > 1 and sum(character.isalpha() for character in last) < FEW_LETTERS:
        return detect_language("\n".join(m.content for m in messages if m.role == "user"))
    return detect_language(last)


def _messages(row: QueryRow) -> tuple[Message, ...]:
    for field in CONTENT_FIELDS:
        value: Content | None = getattr(row, field)
        if value is None:
            continue
        turns = [RowMessage(role="user", content=value)] if isinstance(value, str) else value
        if field in CONVERSATION_FIELDS and (not turns or turns[-1].role != "user"):
            turns = [*turns, *_question(row)]
        return tuple(Message(role=turn.role, content=clean(turn.text).strip()) for turn in turns)
    return ()


def _question(row: QueryRow) -> list[RowMessage]:
    """The last user turn, where it stands apart from the conversation before it."""
    for field in QUESTION_FIELDS:
        value: Content | None = getattr(row, field)
        if value is not None:
            return [RowMessage(role="user", content=value)] if isinstance(value, str) else value
    return []


def _name(row: QueryRow) -> str:
    for field in ID_FIELDS:
        value = getattr(row, field)
        if value is None:
            continue
        name = " ".join(clean(str(value)).split())
        if len(name) > MAX_ID:
            raise RowError(f"an id of {len(name)} characters; at most {MAX_ID} are allowed", field)
        if name:
            return name
    return ""


def _fault(messages: tuple[Message, ...]) -> str | None:
    if not any(message.content for message in messages):
        return "the query is empty; give it text, or remove the row"
    if messages[-1].role != "user":
        return (
            f"the conversation ends with the {messages[-1].role}; "
            "its last message must be the user's question"
        )
    if not messages[-1].content:
        return "the last message is empty; give it text, or remove the row"
    length = sum(len(message.content) for message in messages)
    if length > MAX_CHARACTERS:
        return (
            f"the query has {length:,} characters, more than {MAX_CHARACTERS:,}; "
            "shorten it, or split it"
        )
    return None


def _row_error(error: ValidationError) -> RowError:
    faults = [(_place(each["loc"]), each) for each in error.errors(include_url=False)]
    path, first = faults[0]
    # A union complains once for every branch: the branch that came further is the one meant.
    for deeper, each in faults[1:]:
        if len(deeper) > len(path) and deeper[: len(path)] == path:
            path, first = deeper, each
    must, next_step = _wanted(path)
    fault = "is missing" if first["type"] == "missing" else f"{must}, not {_kind(first['input'])}"
    return RowError(f"{fault}; {next_step}", ".".join(path))


def _place(loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """A location without the names of types that unions put into it."""
    fields = {"role", "content", "type", "text"}
    inner = (
        part for part in loc[1:] if loc[0] == "meta" or isinstance(part, int) or part in fields
    )
    return (str(loc[0]), *map(str, inner))


def _wanted(path: tuple[str, ...]) -> tuple[str, str]:
    """What a field must be, and what to do where it is not."""
    last = path[-1]
    if path[0] == "language":
        return "must be one of zh, en and other", "leave it out to have it detected"
    if path[0] == "meta":
        return "must hold nothing but text", 'write {"name": "text"}, or leave it out'
    if path[0] in ID_FIELDS:
        return "must be text or a whole number", "put it in quotes"
    if len(path) == 1 and last in CONVERSATION_FIELDS:
        return "must be a list of messages", f"write [{_MESSAGE}]; put a question into 'query'"
    if len(path) == 1:
        return "must be a question or a list of messages", f'write "…" or [{_MESSAGE}]'
    if last == "role":
        return "must be user, assistant or system", "name who says it with one of these words"
    if last == "content":
        return "must be text", f"write {_MESSAGE}"
    if last.isdecimal() and len(path) == 2:
        return "must be a message", f"write {_MESSAGE}"
    return "must be a part that is text", 'write {"type": "text", "text": "…"}'


def _kind(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 40 else f"{shown[:40]}…"


def _listed(row: dict[Any, Any]) -> str:
    names = ", ".join(repr(str(name)[:40]) for name in list(row)[:12])
    return f"{names}, …" if len(row) > 12 else names or "(none)"
