"""The command as a whole: help, versions, and what it does not import to answer."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]

HEAVY = ("langgraph", "langchain_core", "llama_index", "chromadb", "openai", "anthropic", "numpy")


def test_help_names_every_command_with_an_example(medelphi: Command) -> None:
    done = medelphi("--help")
    assert done.code == 0
    for name in ("rubrics", "show", "verify", "diff", "schema", "index"):
        assert re.search(rf"^  {name} ", done.out, re.MULTILINE)
    assert "not for treating people" in " ".join(done.out.split())
    for name in ("rubrics", "show", "verify", "diff", "schema"):
        assert f"  medelphi {name} " in medelphi(name, "--help").out


def test_the_version(medelphi: Command) -> None:
    assert re.fullmatch(r"medelphi \d+\.\d+\.\d+\S*\n", medelphi("--version").out)


def test_without_or_with_an_unknown_command(medelphi: Command) -> None:
    assert medelphi().code == 2
    done = medelphi("rubric")
    assert done.code == 2
    assert "rubrics" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["rubrics", "--help"],
        ["rubrics", "nothing.jsonl", "--out", "run"],
        ["rubrics", "q.txt", "--out", "run", "--profile", "nobody"],
        ["show", "nothing"],
        ["diff", "nothing", "nothing"],
        ["verify", "nothing"],
    ],
)
def test_help_and_input_errors_import_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "q.txt").write_text("a?\n")
    code = (
        "import sys\n"
        f"sys.argv = {['medelphi', *arguments]!r}\n"
        "from medelphi.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n"
        f"    print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == ""


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    done = subprocess.run(
        [f"{sys.executable} -c 'from medelphi.cli import main; main()' schema rubric | head -c 10"],
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
