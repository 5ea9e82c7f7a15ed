"""``medelphi show``: the rubrics or sessions of a run, in the terminal."""

from pathlib import Path
from typing import Annotated

import typer

from medelphi.schema.errors import ConfigurationError


def show(
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN", help="A folder that 'medelphi rubrics' or 'medelphi sessions' wrote."
        ),
    ],
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="ID",
            help="One rubric by its query, one session by its number or id; all in a table "
            "without it.",
        ),
    ] = None,
    usage: Annotated[
        bool, typer.Option("--usage", help="What each model consumed in each node, instead.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Write a page: of one session, or comparing all."
        ),
    ] = None,
) -> None:
    """Show the rubrics or the sessions of a run, or one of them in full.

    \b
    medelphi show runs/first
    medelphi show runs/first q-3f0c41d9a2b7e650 | less
    medelphi show runs/first --usage
    medelphi show runs/clinic 3
    medelphi show runs/clinic 3 --html session.html
    """
    from medelphi.tools.runs.reader import is_session_run

    if is_session_run(run):
        _show_sessions(run, name, usage=usage, html=html)
        return
    if html is not None:
        raise ConfigurationError(f"{run}: --html is for runs of sessions")
    _show_rubrics(run, name, usage=usage)


def _show_rubrics(run: Path, query_id: str | None, *, usage: bool) -> None:
    from medelphi.cli.drawing import draw_rubric, draw_table
    from medelphi.cli.spending import draw_spending
    from medelphi.cli.terminal import console
    from medelphi.schema.errors import InputError
    from medelphi.tools.runs.reader import find_rubric, read_failures, read_info, read_rubrics

    info = read_info(run)
    if usage and query_id is None:
        draw_spending(console(), info.spending, by_node=True)
        return
    if query_id is None:
        draw_table(console(), info, read_rubrics(run), read_failures(run))
        return
    rubric = find_rubric(run, query_id)
    if rubric is not None and usage:
        draw_spending(console(), rubric.provenance.spending, by_node=True)
        return
    if rubric is not None:
        draw_rubric(console(), rubric)
        return
    for failure in read_failures(run):
        if failure.query_id == query_id:
            raise InputError(
                f"has no rubric of {query_id!r}: {failure.kind}: {failure.reason}", path=str(run)
            )
    raise InputError(
        f"has no query {query_id!r}; 'medelphi show {run}' lists what it has", path=str(run)
    )


def _show_sessions(run: Path, name: str | None, *, usage: bool, html: Path | None) -> None:
    from medelphi.cli.session_drawing import draw_comparison, draw_session, draw_sessions
    from medelphi.cli.session_summary import compared, write_page
    from medelphi.cli.spending import draw_spending
    from medelphi.cli.stored_sessions import find_session
    from medelphi.cli.terminal import console
    from medelphi.tools.runs.kinds import SESSIONS
    from medelphi.tools.runs.reader import failures_of, read_session_info, read_sessions

    info = read_session_info(run)
    session = None if name is None else find_session(run, name)
    if usage:
        spent = info.spending if session is None else session.provenance.spending
        draw_spending(console(), spent, by_node=True)
    elif session is not None:
        draw_session(console(), session)
    else:
        draw_sessions(console(), info, read_sessions(run), failures_of(run, SESSIONS))
        draw_comparison(console(), compared(run))
    if html is not None:
        write_page(run, html, session)
        typer.echo(f"written: {html}", err=True)
