"""YAML documents as rows: plain values only, no tags, no aliases, no repeated keys.

A case needs none of those, and an alias can stand for a billion values.
"""

import re
from collections.abc import Hashable, Iterator
from typing import Any

import yaml

from medelphi.schema.errors import InputError

LONGEST = 20_000_000
"""Characters of one YAML file."""


class _Loader(yaml.SafeLoader):
    """Safe, and with fewer surprises: ``no`` and dates stay text."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(
                None, None, "an alias (*name); write it out", mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key that is no text", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value[:40]!r} twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag in {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:null"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _first in "tTfF":
    _Loader.add_implicit_resolver(
        "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), [_first]
    )


def yaml_rows(text: str, path: str) -> Iterator[tuple[int, object]]:
    """The rows of a YAML text with the lines they start on: documents, or the items of a list.

    Raises:
        InputError: It is no YAML, or uses what a case does not need.
    """
    if len(text) > LONGEST:
        raise InputError(
            f"has {len(text):,} characters, more than {LONGEST:,}; split it", path=path
        )
    loader: Any = None
    try:
        loader = _Loader(text)
        while loader.check_node():
            node = loader.get_node()
            listed = isinstance(node, yaml.SequenceNode)
            for each in node.value if listed else [node]:
                value = loader.construct_document(each)
                if value is not None or listed:
                    yield each.start_mark.line + 1, value
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(str(error.problem or error.context or "a fault").split())
        raise InputError(
            f"cannot be read as YAML: {what[:160]}",
            path=path,
            line=mark.line + 1 if mark else None,
        ) from error
    except yaml.YAMLError as error:
        what = " ".join(str(error).split())
        raise InputError(f"cannot be read as YAML: {what[:160]}", path=path) from error
    except RecursionError as error:
        raise InputError("cannot be read as YAML: nested too deeply", path=path) from error
    except ValueError as error:
        raise InputError(f"cannot be read as YAML: {error}"[:200], path=path) from error
    finally:
        if loader is not None:
            loader.dispose()
