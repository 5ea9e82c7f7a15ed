"""The file formats of query sets: JSONL, CSV and TXT, read line by line.

Everything here is about the form of a file. `InputError` names the file, the line and the next
step; what a row means is read in `medelphi.tools.queries.rows`.
"""

import csv
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal

import orjson

from medelphi.schema.errors import InputError
from medelphi.tools.queries.rows import CONTENT_FIELDS, CONVERSATION_FIELDS, ID_FIELDS

Format = Literal["jsonl", "csv", "txt"]
SUFFIXES: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "txt",
}
MAX_CELL = 10_000_000
"""Characters of one CSV cell. A cell beyond it is a quote that was never closed."""
_BINARY = {
    b"PK\x03\x04": "a spreadsheet or another zip archive",
    b"\xd0\xcf\x11\xe0": "an Excel or Word file",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF-": "a PDF",
}
"""How files that hold no plain text begin, and what they are."""
_BOM = b"\xef\xbb\xbf"
_DELIMITERS = ",\t;"


@dataclass(frozen=True, slots=True)
class FileRow:
    line: int
    """1-based number of the line that the row starts on."""
    value: object


def file_format(path: str) -> Format:
    """By suffix; where that says nothing, by the first line that is not blank.

    Raises:
        InputError: The file is missing, not readable, not UTF-8, or no text at all.
    """
    lines = _lines(path)
    first = next((text.strip() for _, text in lines if text.strip()), "")
    lines.close()
    known = SUFFIXES.get(Path(path).suffix.lower())
    if known:
        return known
    if first[:1] in {"{", "["}:
        return "jsonl"
    return "csv" if _delimiter(first) else "txt"


def file_rows(path: str, format_: Format) -> Iterator[FileRow]:
    """The rows of a file, one at a time, parsed but not yet looked into.

    Raises:
        InputError: The file is not of that format, or not readable.
    """
    readers: dict[Format, Callable[[str], Iterator[FileRow]]] = {
        "jsonl": _json_rows,
        "csv": _csv_rows,
        "txt": _text_rows,
    }
    return readers[format_](path)


def _json_rows(path: str) -> Iterator[FileRow]:
    for number, line in _lines(path):
        if not line.strip():
            continue
        try:
            yield FileRow(number, orjson.loads(line))
        except orjson.JSONDecodeError as error:
            if number == 1 and line.strip() in {"[", "{"}:
                raise InputError(
                    "looks like one JSON document over several lines; write one object a line, "
                    "e.g. with jq -c '.[]'",
                    path=path,
                    line=number,
                ) from error
            raise InputError(
                f"broken JSON at column {error.colno} ({error.msg}); "
                "every line must be one whole JSON value",
                path=path,
                line=number,
            ) from error


def _text_rows(path: str) -> Iterator[FileRow]:
    return (FileRow(number, line) for number, line in _lines(path) if line.strip())


def _csv_rows(path: str) -> Iterator[FileRow]:
    csv.field_size_limit(MAX_CELL)
    header, start = _header(path)
    reader = csv.reader(
        (line for number, line in _lines(path) if number >= start),
        delimiter=_delimiter(header) or ",",
        strict=True,
    )
    columns: list[str] = []
    last = start - 1
    while True:
        line = last + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InputError(
                f"not CSV from here on ({error}); check the quotes", path=path, line=line
            ) from error
        last = start - 1 + reader.line_num
        if cells is None:
            return
        if not any(cell.strip() for cell in cells) and (len(cells) <= 1 or not columns):
            continue
        if not columns:
            columns = _columns(cells, path, line)
            continue
        if len(cells) > len(columns):
            raise InputError(
                f"{len(cells)} cells under {len(columns)} columns; "
                "put cells that hold a delimiter in quotes",
                path=path,
                line=line,
            )
        yield FileRow(line, _cells(dict(zip(columns, cells, strict=False)), columns, path, line))


def _header(path: str) -> tuple[str, int]:
    lines = _lines(path)
    number, header = next(((n, text) for n, text in lines if text.strip()), (1, ""))
    lines.close()
    return header, number


def _delimiter(header: str) -> str | None:
    """The delimiter under which a header names a question column, or None."""
    for delimiter in _DELIMITERS:
        names = next(csv.reader([header.strip()], delimiter=delimiter), [])
        if any(name.strip().lower() in CONTENT_FIELDS for name in names):
            return delimiter
    return None


def _columns(cells: list[str], path: str, line: int) -> list[str]:
    columns = [cell.strip() for cell in cells]
    known = [
        name.lower() if name.lower() in {*CONTENT_FIELDS, *ID_FIELDS, "language"} else name
        for name in columns
    ]
    if not set(known) & set(CONTENT_FIELDS):
        raise InputError(
            f"no question column among {', '.join(map(repr, columns[:12]))}; "
            f"name it one of {', '.join(CONTENT_FIELDS)}",
            path=path,
            line=line,
        )
    return known


def _cells(row: dict[str, str], columns: list[str], path: str, line: int) -> object:
    """The cells that a row may have: an empty one counts as absent, a conversation is JSON."""
    wanted = {*CONTENT_FIELDS, *ID_FIELDS, "language"}
    cells: dict[str, object] = {
        name: cell for name, cell in row.items() if name in wanted and cell.strip()
    }
    for field in CONVERSATION_FIELDS:
        cell = cells.get(field)
        if isinstance(cell, str):
            try:
                cells[field] = orjson.loads(cell)
            except orjson.JSONDecodeError as error:
                raise InputError(
                    "must hold a JSON list of messages; put a plain question into 'query'",
                    path=path,
                    line=line,
                    field=field,
                ) from error
    if not set(cells) & set(CONTENT_FIELDS):
        cells[next(name for name in columns if name in CONTENT_FIELDS)] = None
    return cells


def _lines(path: str) -> Generator[tuple[int, str]]:
    """Lines of a UTF-8 file with their numbers, split on "\\n" only; a BOM is dropped."""
    with _opened(path) as file:
        try:
            for number, raw in enumerate(file, start=1):
                line = raw.removeprefix(_BOM) if number == 1 else raw
                try:
                    yield number, line.decode("utf-8")
                except UnicodeDecodeError as error:
                    raise InputError(
                        f"not UTF-8 (byte 0x{line[error.start]:02x} at column {error.start + 1}); "
                        + _remedy(line),
                        path=path,
                        line=number,
                    ) from error
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", path=path) from error


def _remedy(line: bytes) -> str:
    """What to do with a line that is not UTF-8."""
    if _is_gb18030(line):
        return "convert the file, e.g. with iconv -f gb18030 -t utf-8"
    return "save the file as UTF-8 in the program that wrote it"


def _is_gb18030(line: bytes) -> bool:
    """Whether bytes are Chinese text in GB 18030.

    Bytes of other encodings often decode as well, but into rare characters; in Chinese text nearly
    all are of the first level of GB 2312, the 3,755 most frequent ones.
    """
    try:
        text = line.decode("gb18030")
    except UnicodeDecodeError:
        return False
    codes = [c.encode("gb18030") for c in text if "\u3400" <= c <= "\u9fff"]
    common = sum(0xB0 <= code[0] <= 0xD7 and code[1] >= 0xA1 for code in codes)
    return common > 0 and common * 3 >= len(codes) * 2


def _opened(path: str) -> BinaryIO:
    place = Path(path)
    try:
        if place.is_dir():
            inside = ", ".join(islice((p.name for p in sorted(place.glob("*.*"))), 3))
            raise InputError(
                "is a folder; name a file" + (f" in it, e.g. {inside}" if inside else ""),
                path=path,
            )
        if not place.exists():
            raise InputError("does not exist; check the path", path=path)
        if not place.is_file():
            raise InputError(
                "is not a regular file, and it is read twice; save it to a file first", path=path
            )
        file = place.open("rb")
    except OSError as error:
        raise InputError(
            f"cannot be opened: {error.strerror or error}; check its permissions", path=path
        ) from error
    head = file.peek()
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        file.close()
        raise InputError(
            "is UTF-16; convert it, e.g. with iconv -f utf-16 -t utf-8", path=path, line=1
        )
    binary = next((kind for magic, kind in _BINARY.items() if head.startswith(magic)), None)
    if binary is None and b"\x00" in head and place.suffix.lower() not in SUFFIXES:
        binary = "a binary file"
    if binary is not None:
        file.close()
        raise InputError(f"is {binary}, not text; export it as CSV or JSONL", path=path)
    return file
