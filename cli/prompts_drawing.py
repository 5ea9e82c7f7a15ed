"""Drawing prompts, their previews and what a check found, for people and for machines."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson
from rich.console import Console
from rich.text import Text

from medelphi.cli.terminal import counted
from medelphi.knowledge.text import clean
from medelphi.prompts import Prompt, PromptLibrary
from medelphi.prompts.checking import Finding, Report
from medelphi.prompts.library import BUILTIN
from medelphi.prompts.uses import USES

if TYPE_CHECKING:
    from medelphi.graphs.preview import Preview
    from medelphi.schema import Query


def draw_list(console: Console, library: PromptLibrary) -> None:
    """Two lines for each prompt, in the order of the graph."""
    edited = library.overlaid()
    row = "{:<15} {:<13} {:<12} {:<17} {:<16}"
    head = row.format("prompt", "node", "role", "zh", "en").rstrip()
    console.print(Text(head, style="bold"), soft_wrap=True)
    for id_, use in USES.items():
        cells = [
            f"v{prompt.version} {prompt.hash}{'*' if prompt in edited else ''}"
            for prompt in (library.get(id_, "zh"), library.get(id_, "en"))
        ]
        line = row.format(id_, use.node, use.role, *cells).rstrip()
        console.print(Text(line), soft_wrap=True)
        order = ", ".join(library.get(id_, "en").order)
        console.print(Text(f"  {order}", style="dim"), soft_wrap=True)
    if edited:
        names = ", ".join(prompt.key for prompt in edited)
        console.print(Text(f"* edited, from {edited[0].path.parent}: {names}"), soft_wrap=True)


def to_json(library: PromptLibrary) -> Iterator[str]:
    """JSON lines, one for each prompt and language."""
    return (_line(_facts(prompt)) for prompt in library.all())


def prompt_json(prompt: Prompt) -> str:
    return _line(_facts(prompt) | {"system": prompt.system, "user": prompt.user})


def call_json(prompt: Prompt, query: "Query", preview: "Preview") -> str:
    """All the calls of the step that the prompt is rendered for."""
    return _line(
        _facts(prompt)
        | {
            "query_id": query.id,
            "profile": preview.profile,
            "index": preview.index,
            "calls": [
                {"system": call.system, "user": call.user, "shared": call.shared}
                for call in preview.calls
            ],
        }
    )


def draw_prompt(console: Console, prompt: Prompt) -> None:
    """The facts, then the two parts as they stand in the file."""
    _draw_facts(console, prompt)
    _say(console, f"variables: {', '.join(prompt.order)}")
    _draw_parts(console, prompt.system, prompt.user)


def draw_call(console: Console, prompt: Prompt, query: "Query", preview: "Preview") -> None:
    """The facts and who made the sections, then the first call as a model is sent it."""
    first, use = preview.calls[0], USES[prompt.id]
    _draw_facts(console, prompt)
    _say(console, f"filled for the query {clean(query.id)}")
    _say(
        console,
        f"sections of earlier nodes: made by the {preview.profile} panel (extractive, no language "
        f"model){f' from the index {preview.index}' if preview.index else ''}",
    )
    if use.node == "propose":
        _say(console, "a panel whose profile is not 'grounded' is sent this without the evidence")
    if len(preview.calls) > 1:
        texts = len({call.user for call in preview.calls})
        which = "all alike" if texts == 1 else f"{texts} different ones; this is the first"
        _say(console, f"calls in this step: {len(preview.calls)}, {which}")
    _say(
        console,
        f"characters: system {len(first.system):,}, user {len(first.user):,}, of which the first "
        f"{first.shared:,} are shared with further calls",
    )
    _draw_parts(console, first.system, first.user)


def draw_report(console: Console, report: Report) -> None:
    """Faults, then hints, then the count."""
    for title, style, findings in (
        ("fault", "red", report.faults),
        ("hint", "yellow", report.hints),
    ):
        for finding in findings:
            _draw_finding(console, title, style, finding)
    files = f"{report.builtin} built-in prompt files"
    if report.overlay:
        files += f" and {report.overlay} over them"
    faults = counted(len(report.faults), "fault") if report.faults else "no fault"
    _say(console, f"{files}: {faults}, {counted(len(report.hints), 'hint')}")


def _draw_finding(console: Console, title: str, style: str, finding: Finding) -> None:
    line = Text.assemble((f"{title} ", style), clean(f"{finding.path}: {finding.message}"))
    console.print(line, soft_wrap=not console.is_terminal)


def _draw_facts(console: Console, prompt: Prompt) -> None:
    use = USES[prompt.id]
    origin = "built-in" if prompt.path.parent == BUILTIN else f"edited, {prompt.path}"
    console.print(Text(prompt.key, style="bold"), end=": ")
    _say(console, f"version {prompt.version}, hash {prompt.hash}, {origin}")
    reply = f"reply by the tool {use.reply}" if use.reply else "reply in free text"
    _say(console, f"node {use.node}, role {use.role}, {reply}")


def _draw_parts(console: Console, system: str, user: str) -> None:
    # Never wrapped: what is shown is what is sent, apart from characters that nobody sees.
    for heading, part in (("# System", system), ("# User", user)):
        console.print()
        console.print(Text(heading, style="bold"))
        console.print(Text(clean(part)), soft_wrap=True)
    console.print()


def _say(console: Console, line: str) -> None:
    console.print(Text(line), soft_wrap=not console.is_terminal)


def _facts(prompt: Prompt) -> dict[str, Any]:
    use = USES[prompt.id]
    return {
        "id": prompt.id,
        "language": prompt.language,
        "version": prompt.version,
        "hash": prompt.hash,
        "variables": list(prompt.order),
        "node": use.node,
        "role": use.role,
        "reply": use.reply,
        "file": str(prompt.path),
        "edited": prompt.path.parent != BUILTIN,
    }


def _line(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()
