"""Case files in, cases out, one at a time.

JSONL, JSON, YAML (one case, a list, or several documents), a folder of such files, or the name of
the built-in cases. The format of a row is told by its fields: AgentClinic, MediQ, or our own. What
concerns a file (encoding, broken JSON, one id for two cases) raises `InputError` before the first
case; a row that is no case comes out as a `Failure` of kind ``invalid_case``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import orjson
from pydantic import ValidationError

from medelphi.schema import Case, Failure
from medelphi.schema.errors import InputError
from medelphi.tools.cases import agentclinic, mediq, native
from medelphi.tools.cases.fields import FieldError
from medelphi.tools.cases.yaml_rows import yaml_rows
from medelphi.tools.id_table import IdTable, digest
from medelphi.tools.queries.files import file_rows

BUILTIN = "builtin"
SUFFIXES = (".yaml", ".yml", ".json", ".jsonl", ".ndjson")
MAX_ID = 200
"""Characters of an id."""
MAX_JSON = 100_000_000
"""Characters of one JSON document; a longer file has to be JSONL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDraft:
    """A row of a case file before the work of making it a case."""

    id: str
    content: str
    """What the row says, in one string: equal for equal rows."""
    row: object
    place: str
    """File and line, for messages."""
    number: int
    """Line of the row, or its number in a document."""
    name: str
    """What to call a case without an id."""

    def make(self) -> Case | Failure:
        """The case, or the record of why it is none."""
        try:
            case = _case(self.row, self.number, self.name)
            if case.id == self.id:
                return case
            return case.model_copy(update={"id": self.id})
        except ValidationError as error:
            reason = native.reason(error)
        except (ValueError, RecursionError) as error:
            reason = " ".join(str(error).split()) or "nested too deeply"
        return Failure(
            query_id=self.id,
            kind="invalid_case",
            reason=f"{self.place}: {reason[:400]}",
            node="input",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSet:
    """Case files that went through a first pass; iterable again and again."""

    path: str
    """As the user named it."""
    files: tuple[str, ...]
    only: str
    """The one case that was asked for, or empty."""
    count: int
    """Rows, repeated ones counted once."""
    repeated: frozenset[int]
    """Numbers of the rows that repeat an earlier one."""

    @classmethod
    def open(cls, path: str | Path) -> "CaseSet":
        """Check the whole of it.

        Raises:
            InputError: It cannot be read as cases; says where, and what to do.
        """
        name = str(path)
        files, only = _files(name)
        table = IdTable()
        places: list[str] = []
        for drafted in _drafts(files):
            if not only or drafted.id == only:
                table.add(drafted.id, digest(drafted.content), len(places))
                places.append(drafted.place)
            else:
                places.append("")
        if not len(table):
            if only:
                known = ", ".join(drafted.id for drafted in _drafts(files))
                raise InputError(
                    f"no built-in case is called {only!r}; there are {known}", path=name
                )
            raise InputError("holds no cases; see `medelphi cases --help`", path=name)
        table.seal()
        repeats = sorted(table.repeats(), key=lambda pair: pair[1].position)
        for first, repeat in repeats:
            if first.digest != repeat.digest:
                raise InputError(
                    f"{places[repeat.position]}: has the id of {places[first.position]}, but "
                    f"is another "
                    "case; give each case an id of its own",
                    field="id",
                )
        repeated = frozenset(repeat.position for _, repeat in repeats)
        return cls(
            path=name, files=files, only=only, count=len(table) - len(repeated), repeated=repeated
        )

    def drafts(self) -> Iterator[CaseDraft]:
        """Every row once, in the order of the files."""
        for at, drafted in enumerate(_drafts(self.files)):
            if at not in self.repeated and (not self.only or drafted.id == self.only):
                yield drafted

    def cases(self) -> Iterator[Case | Failure]:
        """Every row once: a case, or why it is none."""
        return (drafted.make() for drafted in self.drafts())

    def __iter__(self) -> Iterator[CaseDraft]:
        return self.drafts()

    def __len__(self) -> int:
        return self.count

    def ids(self) -> Iterator[str]:
        return (drafted.id for drafted in self.drafts())


def read_cases(path: str | Path) -> Iterator[Case]:
    """The valid cases of a file, one at a time.

    Raises:
        InputError: It cannot be read as cases. Raised before the first case.
    """
    return (case for case in CaseSet.open(path).cases() if isinstance(case, Case))


def builtin_folder() -> Path:
    """Where the cases that ship with Medelphi are, a folder for each language."""
    import medelphi.knowledge

    return Path(medelphi.knowledge.__file__).parent / "cases"


def _files(name: str) -> tuple[tuple[str, ...], str]:
    """The files behind a name, and the one case wanted of them."""
    if (name == BUILTIN or name.startswith(f"{BUILTIN}:")) and not Path(name).exists():
        wanted = name.partition(":")[2]
        folder = builtin_folder()
        languages = [wanted] if wanted in {"zh", "en"} else ["zh", "en"]
        files = [str(file) for part in languages for file in _inside(folder / part)]
        if not files:
            raise InputError("no built-in cases there; reinstall Medelphi", path=name)
        return tuple(files), "" if wanted in {"zh", "en"} else wanted
    place = Path(name)
    if place.is_dir():
        files = [str(file) for file in _inside(place)]
        if not files:
            raise InputError(
                f"is a folder without case files ({', '.join(SUFFIXES)}); name another", path=name
            )
        return tuple(files), ""
    return (name,), ""


def _inside(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() in SUFFIXES and file.is_file() and not file.name.startswith(".")
    )


def _drafts(files: tuple[str, ...]) -> Iterator[CaseDraft]:
    for path in files:
        stem = _slug(Path(path).stem)
        rows = list(_rows(path)) if Path(path).suffix.lower() in {".yaml", ".yml"} else _rows(path)
        alone = isinstance(rows, list) and len(rows) == 1
        for number, line, value in rows:
            yield _draft(value, path, line, number, stem if alone else f"{stem}-{number}")


def _draft(value: object, path: str, line: int, number: int, name: str) -> CaseDraft:
    return CaseDraft(
        id=_id(value, number, name),
        content=_canonical(value),
        row=value,
        place=f"{path}:{line}",
        number=number,
        name=name,
    )


def _canonical(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    except (RecursionError, TypeError):
        return repr(type(value))


def _rows(path: str) -> Iterator[tuple[int, int, object]]:
    """Number, line and value of every row of a file."""
    suffix = Path(path).suffix.lower()
    if suffix in {".yaml", ".yml"}:
        for number, (line, value) in enumerate(_yaml(path, _state(path)), 1):
            yield number, line, value
    elif suffix == ".json" and (document := _document(path)) is not None:
        values = document if isinstance(document, list) else [document]
        for number, value in enumerate(values, 1):
            yield number, 1, value
    elif suffix in {".json", ".jsonl", ".ndjson", ""}:
        for row in file_rows(path, "jsonl"):
            yield row.line, row.line, row.value
    else:
        if not Path(path).exists():
            raise InputError("does not exist; check the path", path=path)
        raise InputError(
            f"is no case file; name one that ends with {', '.join(SUFFIXES)}", path=path
        )


def _state(path: str) -> tuple[int, int]:
    """What changes with every edit of a file."""
    try:
        found = Path(path).stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=64)
def _yaml(path: str, state: tuple[int, int]) -> tuple[tuple[int, object], ...]:  # noqa: ARG001
    """The rows of a YAML file. Kept, for YAML is slow to read and a set is gone through often."""
    return tuple(yaml_rows(_text(path), path))


def _text(path: str) -> str:
    """The text of a UTF-8 file, its line breaks kept."""
    parts: list[str] = []
    last = 0
    for row in file_rows(path, "txt"):
        parts.append("\n" * (row.line - last - 1))
        parts.append(str(row.value))
        last = row.line
    return "".join(parts)


def _document(path: str) -> object | None:
    """A JSON file that is one document, or None where it is one object a line."""
    text = _text(path)
    if not text.strip():
        return None
    if len(text) > MAX_JSON:
        raise InputError("is too long for one JSON document; write one case a line", path=path)
    try:
        found: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if re.match(r"\s*\{.*\}\s*\n\s*\{", text) or re.match(
            r"\s*[\[{][^\n]*[\]}]\s*(?:\n|$)", text
        ):
            return None
        raise InputError(
            f"broken JSON at column {error.colno} ({error.msg})", path=path, line=error.lineno
        ) from error
    return found


def _id(value: object, number: int, name: str) -> str:
    """The id that a row will have as a case."""
    own = value.get("id") if isinstance(value, Mapping) else None
    own = (
        " ".join(str(own).split())[:MAX_ID]
        if isinstance(own, str | int) and not isinstance(own, bool)
        else ""
    )
    kind = _kind(value)
    if kind == "agentclinic":
        return f"agentclinic-{number}"
    if kind == "mediq":
        return f"mediq-{own or number}"
    return own or name


def _kind(value: object) -> str:
    """Which format a row has, told by its fields; empty for none."""
    if not isinstance(value, Mapping):
        return ""
    if agentclinic.MARK in value:
        return "agentclinic"
    facts = value.get("facts")
    if "question" in value and ("options" in value or "answer" in value) and "opener" not in value:
        return "mediq"
    if "opener" in value or isinstance(facts, list) or "hidden" in value:
        return "native"
    return ""


def _case(value: object, number: int, name: str) -> Case:
    kind = _kind(value)
    if not isinstance(value, Mapping):
        raise FieldError("a case must be an object with fields")
    if kind == "agentclinic":
        return agentclinic.read(value, number)
    if kind == "mediq":
        return mediq.read(value, number)
    if kind == "native":
        return native.read(value, number, name=name)
    fields = ", ".join(repr(str(field)[:40]) for field in list(value)[:8]) or "(none)"
    raise ValueError(
        f"no case by its fields {fields}; wanted opener and facts, or a row of AgentClinic or MediQ"
    )


def _slug(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-") or "case"
