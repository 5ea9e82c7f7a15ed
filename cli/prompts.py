"""``medelphi prompts``: list, show and check the prompts, edited copies over the built-in ones."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

if TYPE_CHECKING:
    from medelphi.graphs.preview import Preview
    from medelphi.prompts import PromptLibrary
    from medelphi.schema import Query

app = typer.Typer(
    name="prompts",
    help="List, show and check the prompts, edited copies over the built-in ones.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Overlay = Annotated[
    Optional[str],  # noqa: UP045  (typer reads the annotation on every supported Python)
    typer.Option("--prompts", metavar="DIR", help="A folder of edited prompts."),
]


@app.command("list")
def list_(
    prompts: Overlay = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines, a line each.")] = False,
) -> None:
    """List the prompts: versions, hashes, users, variables.

    \b
    medelphi prompts list
    medelphi prompts list --prompts my_prompts
    """
    from medelphi.cli.prompts_drawing import draw_list, to_json
    from medelphi.cli.terminal import console

    library = _library(_folder(prompts))
    if as_json:
        for line in to_json(library):
            typer.echo(line)
    else:
        draw_list(console(), library)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="E.g. ballot or ballot.en.")],
    language: Annotated[
        Optional[Literal["zh", "en"]],  # noqa: UP045
        typer.Option(help="Without it both; a query decides for itself."),
    ] = None,
    prompts: Overlay = None,
    query: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="QUERIES", help="Fill the prompt for a query of this file."),
    ] = None,
    query_id: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--id", help="Which query of the file."),
    ] = None,
    text: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Fill the prompt for this question."),
    ] = None,
    case: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="CASES", help="Fill a prompt of the session graph for the first case of these."
        ),
    ] = None,
    index: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Guideline index for the preview. Without it the built-in corpus."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines, a line each.")] = False,
) -> None:
    """Show a prompt as it stands, or filled for a query.

    For a query it is what a model would be sent: the offline panel works up to the node that uses
    the prompt, so that evidence, points, criteria and feedback are those that really come there.

    \b
    medelphi prompts show ballot --language en
    medelphi prompts show draft --query queries.jsonl --id q-7 --prompts my_prompts
    medelphi prompts show verify --text "Can I take ibuprofen with warfarin?"
    medelphi prompts show speak --case builtin:en-dizzy-on-standing
    """
    from medelphi.cli.prompts_drawing import call_json, draw_call, draw_prompt, prompt_json
    from medelphi.cli.terminal import console
    from medelphi.prompts.uses import USES
    from medelphi.schema.errors import ConfigurationError

    id_, _, ending = name.partition(".")
    language = language or {"zh": "zh", "en": "en"}.get(ending)  # type: ignore[assignment]
    if ending and name != f"{id_}.{language}":
        raise ConfigurationError(
            f"{name!r} names no language, or another than --language; write {id_}.zh or {id_}.en"
        )
    if (query_id is not None and query is None) or (query is not None and text is not None):
        raise ConfigurationError("name a query by --query FILE --id ID, or by --text alone")
    folder = _folder(prompts)
    library = _library(folder)
    library.get(id_, "en")
    in_sessions = USES[id_].graph == "session"
    if in_sessions and (query is not None or text is not None):
        raise ConfigurationError(f"{id_!r} is of the session graph; fill it for a --case")
    if case is not None and not in_sessions:
        raise ConfigurationError(f"{id_!r} is not of the session graph; fill it for a --query")
    if query is None and text is None and case is None:
        for each in ("zh", "en"):
            if language in {None, each}:
                prompt = library.get(id_, each)
                if as_json:
                    typer.echo(prompt_json(prompt))
                else:
                    draw_prompt(console(), prompt)
        return
    if case is not None:
        asked, found = _in_session(id_, case, folder)
    else:
        asked = _asked(text) if text is not None else _chosen(query or Path(), query_id)
        found = _preview(id_, asked, folder, index)
    prompt = library.get(id_, asked.language)
    if language not in {None, prompt.language}:
        raise ConfigurationError(
            f"the query {asked.id!r} gets the prompt {prompt.key}; leave --language out"
        )
    if as_json:
        typer.echo(call_json(prompt, asked, found))
    else:
        draw_call(console(), prompt, asked, found)


@app.command()
def check(
    directory: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="DIR", help="A folder of edited prompts; the same as --prompts."),
    ] = None,
    prompts: Overlay = None,
) -> None:
    """Name every fault of all prompt files at once.

    Looks at the built-in prompts and, where a folder is named, at the edited copies in it.

    \b
    medelphi prompts check
    medelphi prompts check my_prompts

    Exit codes: 0 no fault (hints may stand), 2 faults.
    """
    from medelphi.cli.prompts_drawing import draw_report
    from medelphi.cli.terminal import console
    from medelphi.prompts.checking import check as check_files
    from medelphi.schema.errors import ConfigurationError

    if directory is not None and prompts is not None and Path(directory) != Path(prompts):
        raise ConfigurationError("name one folder, as DIR or by --prompts")
    report = check_files(_folder(directory if directory is not None else prompts))
    draw_report(console(), report)
    raise typer.Exit(2 if report.faults else 0)


def _folder(prompts: str | None) -> Path | None:
    """The overlay in force: the option, or what the settings name."""
    from medelphi.schema.errors import ConfigurationError
    from medelphi.tools.settings import load

    if prompts == "":
        raise ConfigurationError("--prompts '' names no folder; leave it out for the built-in ones")
    chosen = load(prompts=prompts).prompts
    return Path(chosen) if chosen else None


def _library(folder: Path | None) -> "PromptLibrary":
    from medelphi.prompts import PromptLibrary

    return PromptLibrary(folder)


def _asked(text: str) -> "Query":
    from medelphi.schema import Failure
    from medelphi.schema.errors import InputError
    from medelphi.tools.queries.rows import draft

    result = draft(text).result()
    if isinstance(result, Failure):
        raise InputError(f"--text: {result.reason}")
    return result


def _chosen(path: Path, query_id: str | None) -> "Query":
    from medelphi.schema import Failure
    from medelphi.schema.errors import InputError
    from medelphi.tools.queries.query_set import QuerySet

    rows = QuerySet.open(path)
    if query_id is None and rows.count > 1:
        raise InputError(f"holds {rows.count:,} queries; choose one by --id", path=str(path))
    for row in rows.drafts():
        if query_id in {None, row.id}:
            result = row.result()
            if isinstance(result, Failure):
                raise InputError(f"{row.id!r}: {result.reason}", path=str(path))
            return result
    raise InputError(f"has no query {query_id!r}; check --id", path=str(path))


def _in_session(id_: str, cases: str, folder: Path | None) -> "tuple[Query, Preview]":
    """The first case of a set, with its opener as the query, and what the prompt became there."""
    import asyncio

    from medelphi.graphs.preview import preview_case
    from medelphi.graphs.session_context import SessionContext
    from medelphi.schema import Failure, Message, Query
    from medelphi.schema.errors import InputError
    from medelphi.tools.cases.reading import CaseSet
    from medelphi.tools.logging import logging_to

    case = next(iter(CaseSet.open(cases))).make()
    if isinstance(case, Failure):
        raise InputError(case.reason)
    with logging_to(None):
        context = SessionContext(prompts=str(folder or ""))
        found = asyncio.run(preview_case(id_, case, context))
    opener = Message(role="user", content=case.opener)
    return Query(id=case.id, messages=(opener,), language=case.language), found


def _preview(id_: str, query: "Query", folder: Path | None, index: str | None) -> "Preview":
    import asyncio

    from medelphi.graphs.context import Context
    from medelphi.graphs.preview import preview
    from medelphi.tools.logging import logging_to
    from medelphi.tools.settings import load

    context = Context(index=load(index=index).index, prompts=str(folder or ""))
    with logging_to(None):
        return asyncio.run(preview(id_, query, context))
