"""``medelphi cases``: list, show and check patient cases, and build one from a record."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medelphi.schema.errors import InputError

if TYPE_CHECKING:
    from medelphi.schema import Case, Language

app = typer.Typer(no_args_is_help=True)

OPENER = 26
"""Cells of an opener that a list shows."""

Cases = Annotated[
    str,
    typer.Argument(
        metavar="CASES", help="As for 'medelphi sessions': a file, a folder, or 'builtin'."
    ),
]


@app.command("list")
def list_(cases: Cases = "builtin") -> None:
    """List cases: language, respondent, facts, hidden measurements, what each is about.

    \b
    medelphi cases list
    medelphi cases list cases.jsonl
    """
    from rich.table import Table

    from medelphi.cli.terminal import console
    from medelphi.schema import Failure
    from medelphi.tools.cases.reading import CaseSet

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("case", "language", "speaks", "facts", "critical", "measured", "items"):
        numbers = name in {"facts", "critical", "measured", "items"}
        table.add_column(name, justify="right" if numbers else "left", no_wrap=True)
    table.add_column("opener", overflow="ellipsis", no_wrap=True, max_width=OPENER)
    for draft in CaseSet.open(cases):
        case = draft.make()
        if isinstance(case, Failure):
            table.add_row(case.query_id, "", "", "", "", "", "", f"unusable: {case.reason}")
            continue
        table.add_row(
            case.id,
            case.language,
            case.respondent,
            str(len(case.facts)),
            str(sum(fact.critical for fact in case.facts)),
            str(len(case.hidden.measurements)),
            str(len(case.rubric)),
            case.opener,
        )
    console().print(table)


@app.command()
def show(
    cases: Cases,
    case_id: Annotated[str | None, typer.Argument(metavar="ID", help="One of them.")] = None,
) -> None:
    """Write cases as YAML, the hidden part included: as they were read, ready to be edited.

    \b
    medelphi cases show builtin en-chest-discomfort
    medelphi cases show agentclinic.jsonl > cases.yaml
    """
    from medelphi.schema import Failure
    from medelphi.tools.cases.reading import CaseSet

    found = False
    for draft in CaseSet.open(cases):
        if case_id not in {None, draft.id}:
            continue
        case = draft.make()
        if isinstance(case, Failure):
            raise InputError(case.reason)
        typer.echo(("---\n" if found else "") + as_yaml(case), nl=False)
        found = True
    if not found:
        raise InputError(f"has no case {case_id!r}", path=cases)


@app.command()
def check(cases: Cases = "builtin") -> None:
    """Look for faults: hidden data in visible facts, contradictions, nothing that must be asked.

    \b
    medelphi cases check cases.yaml

    Exit codes: 0 all can be used (remarks may remain), 1 some cannot, 2 bad file.
    """
    from medelphi.schema import Failure
    from medelphi.tools.cases.checks import problems
    from medelphi.tools.cases.reading import CaseSet

    read = unusable = remarks = 0
    for draft in CaseSet.open(cases):
        read += 1
        case = draft.make()
        if isinstance(case, Failure):
            unusable += 1
            typer.echo(f"{case.query_id}: unusable: {case.reason}")
            continue
        for problem in problems(case):
            remarks += 1
            typer.echo(f"{case.id}: {problem.kind}: {problem.message}")
    typer.echo(f"{read:,} cases read, {unusable:,} unusable, {remarks:,} remarks.")
    raise typer.Exit(1 if unusable else 0)


@app.command()
def build(
    record: Annotated[
        Path, typer.Argument(metavar="RECORD", help="A text file: one patient's record.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The YAML file to write.")],
    profile: Annotated[
        str | None,
        typer.Option(help="Whose case builder: a profile's name or TOML file. [default: offline]"),
    ] = None,
    case_id: Annotated[
        str | None, typer.Option("--id", help="The case's id. [default: the file's name]")
    ] = None,
) -> None:
    """Split a free-text record into facts, each with the words of the record that it rests on.

    \b
    medelphi cases build record.txt --out case.yaml
    medelphi cases build record.txt --out case.yaml --profile openai

    What does not quote the record is dropped, and said. Read the file before you use it.
    """
    from medelphi.cli.terminal import counted
    from medelphi.tools.settings import load

    settings = load(profile=profile)
    if out.exists():
        raise InputError("is there already; choose another --out", path=str(out))
    text = _text(record)
    if not text.strip():
        raise InputError("has no text", path=str(record))
    case, remarks = asyncio.run(_built(text, case_id or record.stem, settings.profile))
    out.write_text(as_yaml(case), encoding="utf-8")
    for remark in remarks:
        typer.echo(f"note: {remark}", err=True)
    typer.echo(
        f"{out}: {counted(len(case.facts), 'fact')}, "
        f"{counted(len(case.hidden.measurements), 'hidden measurement')}. Read it before you use "
        f"it:\n  medelphi cases check {out}"
    )


def _text(record: Path) -> str:
    try:
        return record.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8; save it as UTF-8", path=str(record)) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=str(record)) from error


async def _built(text: str, name: str, profile: str) -> "tuple[Case, list[str]]":
    from medelphi.agents.case_builder import build_case
    from medelphi.graphs.panel import seated
    from medelphi.knowledge.text import detect_language
    from medelphi.prompts.library import PromptLibrary
    from medelphi.tools.models.gateway import Gateway, using
    from medelphi.tools.profiles import load_profile

    chosen = load_profile(profile)
    models = (chosen.consultation["case_builder"],)
    (seat,) = seated(chosen, PromptLibrary(), "case_builder", models)
    language: Language = "zh" if detect_language(text) == "zh" else "en"
    async with using(Gateway()):
        case, notes, _ = await build_case(seat, text, id=name, language=language)
    return case, [str(note) for note in notes]


def as_yaml(case: "Case") -> str:
    """A case as a YAML document, without what is as its default."""
    import yaml

    content = case.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
