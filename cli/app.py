"""The ``medelphi`` command: its subcommands, and what becomes of errors.

Expected errors (`MedelphiError`) end in one line and their own exit code. Commands import what is
heavy inside their functions, so that help and input errors answer at once.
"""

import os
import sys
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group_from_info
from typer.models import TyperInfo

from medelphi.cli.answer import answer
from medelphi.cli.branch import branch
from medelphi.cli.diff import diff
from medelphi.cli.export import export
from medelphi.cli.leaderboard import leaderboard
from medelphi.cli.metaeval import metaeval
from medelphi.cli.models import models
from medelphi.cli.probe import probe
from medelphi.cli.regrade import regrade
from medelphi.cli.rescore import rescore
from medelphi.cli.rubrics import rubrics
from medelphi.cli.schema import schema
from medelphi.cli.score import score
from medelphi.cli.sessions import sessions
from medelphi.cli.show import show
from medelphi.cli.terminal import DEBUG_VARIABLE, debugging
from medelphi.cli.verify import verify

if TYPE_CHECKING:
    from typer._click import Command, Context

LAZY = {
    "index": ("medelphi.cli.index", "Build, update, search and inspect guideline indexes."),
    "prompts": ("medelphi.cli.prompts", "List, show and check the prompts."),
    "cases": ("medelphi.cli.cases", "List, show, check and build patient cases."),
    "cache": ("medelphi.cli.cache", "See or clear the kept replies of paid models."),
}
"""Command groups that are imported only when they are used: name -> (module with ``app``, help)."""


class LazyGroup(TyperGroup):
    """A group that knows the names of its lazy subcommands without importing them."""

    def list_commands(self, ctx: "Context") -> list[str]:
        return [*super().list_commands(ctx), *LAZY]

    def get_command(self, ctx: "Context", cmd_name: str) -> "Command | None":
        if cmd_name in LAZY:
            return TyperCommand(cmd_name, help=LAZY[cmd_name][1])
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: "Context", args: list[str]
    ) -> "tuple[str | None, Command | None, list[str]]":
        if args[0] in LAZY:
            found = TyperInfo(import_module(LAZY[args[0]][0]).app, name=args[0])
            group = get_group_from_info(
                found, pretty_exceptions_short=True, suggest_commands=True, rich_markup_mode=None
            )
            return args[0], group, args[1:]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def medelphi(
    ctx: typer.Context,
    debug: Annotated[
        bool, typer.Option("--debug", help=f"Show tracebacks, as {DEBUG_VARIABLE}=1 does.")
    ] = False,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """A Delphi panel of agents that drafts, grounds and votes on rubrics for medical questions.

    \b
    medelphi rubrics queries.jsonl --out runs/first    draft rubrics, offline by default
    medelphi show runs/first                           see them
    medelphi verify runs/first                         check every citation again
    medelphi sessions builtin --out runs/clinic        simulate consultations, and score them

    Rubrics, scores and sessions are for evaluating models, not for treating people.
    """
    if debug:
        os.environ[DEBUG_VARIABLE] = "1"
    if version:
        typer.echo(f"medelphi {metadata.version('medelphi')}")
    elif ctx.invoked_subcommand is None:
        raise typer.BadParameter("name a command; medelphi --help lists them")


app.command()(rubrics)
app.command()(show)
app.command()(verify)
app.command()(diff)
app.command()(answer)
app.command()(score)
app.command()(regrade)
app.command()(leaderboard)
app.command()(metaeval)
app.command()(probe)
app.command()(sessions)
app.command()(rescore)
app.command()(branch)
app.command()(export)
app.command()(models)
app.command()(schema)


def main() -> None:
    """Run the command line. Never returns; the exit code says how it went."""
    from medelphi.schema.errors import MedelphiError

    try:
        app()
    except MedelphiError as error:
        if debugging():
            raise
        _complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _complain("interrupted")
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not try to flush it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:
        if debugging():
            raise
        _complain(
            f"unexpected {type(error).__name__}: {error}; "
            "this is a defect: run 'medelphi --debug …' for the traceback"
        )
        sys.exit(70)


def _complain(message: str) -> None:
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
