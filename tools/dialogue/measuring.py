"""What comes of an order: the record's own result, or that there is none. Never "normal" by guess.

Examinations and tests are answered here, apart from the patient, from the hidden part of a case.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from medelphi.knowledge.text import fold, is_han
from medelphi.schema import Act, Hidden, Language, Measurement, Report
from medelphi.tools.dialogue import topics
from medelphi.tools.dialogue.orders import GROUPS_OF, things

MOST = 5
"""Results given to an order for everything."""
_GENERIC = frozenset(
    [
        "test",
        "tests",
        "testing",
        "exam",
        "examination",
        "scan",
        "study",
        "studies",
        "level",
        "levels",
        "panel",
        "screen",
        "screening",
        "count",
        "analysis",
        "check",
        "the",
        "of",
        "a",
        "an",
        "and",
        "for",
        "with",
        "right",
        "left",
        "repeat",
        "serum",
        "blood",
        "full",
        "complete",
        "basic",
    ]
)
_WIDE = frozenset({"vitals", "exam", "blood", "imaging", "tests"})
_KINDS = frozenset(
    {topics.stem(word) for word in ("biopsy", "biopsies", "swab", "culture", "stain")}
    | {"活检", "培养", "拭子", "涂片", "造影"}
)
"""Words that say how, not what."""
_PART = re.compile(r"(?<=[;；。\n])\s*|(?<=\.)\s+(?=[A-Z])")
_UNAVAILABLE = {"en": "{asked}: no result is available.", "zh": "{asked}：没有可用的结果。"}


def report(acts: Sequence[Act], hidden: Hidden, language: Language) -> tuple[Report, ...]:
    """The results of the orders of one turn.

    Args:
        acts: What the doctor did; orders without a target are statements, and have no result.
        hidden: Of the case.
        language: Of the case.

    Returns:
        For every ordered thing the results of the record that answer it, or one report that there
        is none; no result twice, in the order of the orders.
    """
    found: list[Report] = []
    seen: set[tuple[str, str]] = set()
    for act in acts:
        if act.kind != "order" or not act.target.strip():
            continue
        matched = _matched(act.target, hidden.measurements)
        for item, text in matched:
            if (item.id, text) not in seen and (item.id, item.result) not in seen:
                seen.add((item.id, text))
                found.append(_told(act.target, item, text, language))
        if not matched and ("", fold(act.target)) not in seen:
            seen.add(("", fold(act.target)))
            shown = _UNAVAILABLE.get(language, _UNAVAILABLE["en"])
            found.append(Report(asked=act.target, text=shown.format(asked=act.target)))
    return tuple(found)


def _told(asked: str, item: Measurement, text: str, language: Language) -> Report:
    mark = "：" if language == "zh" else ": "
    name = item.name.replace("_", " ")
    shown = text if fold(text).startswith(fold(name)) else f"{name}{mark}{text}"
    return Report(asked=asked, measurement=item.id, kind=item.kind, text=shown)


def _matched(target: str, items: Sequence[Measurement]) -> list[tuple[Measurement, str]]:
    """The measurements that answer an order, each with what of its result is asked for."""
    wanted, key = things(target), _key(target)
    if own := [item for item in items if key == _key(item.name)]:
        return [(item, item.result) for item in own]
    own = [item for item in items if key in {_key(name) for name in item.aliases}]
    if own or (wanted and wanted <= _WIDE - {"tests"}):
        group = [item for item in items if item in own or _is_of(wanted & _WIDE, item)]
        return [(item, item.result) for item in group]
    if "tests" in wanted:
        every = [item for item in items if item.kind == "test"] or list(items)
        return [(item, item.result) for item in every[:MOST]]
    narrow = wanted - _WIDE
    if narrow:
        same = [item for item in items if _is_same(target, narrow, item)]
        if same:
            return [(item, item.result) for item in same]
        return _parts(narrow, items)
    words = _words(target)
    return [(item, item.result) for item in items if words and _named(words, item)]


def _is_same(target: str, wanted: frozenset[str], item: Measurement) -> bool:
    """Whether a measurement is of what is ordered, and of the same part of the body."""
    ours, theirs = topics.sites(target), _sites(item)
    if ours and theirs and not ours & theirs:
        return False
    for name in (item.name, *item.aliases):
        named = things(name) - _WIDE
        if not wanted & named:
            continue
        if not (wanted & named) - {"biopsy", "swab", "contrast"} and not _shares(target, name):
            continue
        return True
    words = _words(target)
    return len(words) > 1 and any(words <= _words(name) for name in (item.name, *item.aliases))


def _sites(item: Measurement) -> frozenset[str]:
    """The parts of the body that a measurement is of, by its name; else by its other names."""
    own = topics.sites(item.name.replace("_", " "))
    return own or frozenset(site for name in item.aliases for site in topics.sites(name))


def _shares(target: str, name: str) -> bool:
    """Whether kinds that hold many different tests name the same one."""
    ours, theirs = _words(target), _words(name)
    left, right = ours - _KINDS, theirs - _KINDS
    return not left or not right or bool(left & right)


def _is_of(wanted: frozenset[str], item: Measurement) -> bool:
    """Whether a measurement is of a group that was ordered broadly."""
    named = {thing for name in (item.name, *item.aliases) for thing in things(name)}
    groups = {group for thing in named for group in GROUPS_OF[thing]}
    if "exam" in wanted and item.kind == "examination":
        return "vitals" not in groups or "exam" in groups
    if "vitals" in wanted:
        return "vitals" in groups
    return bool(wanted & {"blood", "imaging"} & groups)


def _parts(wanted: frozenset[str], items: Sequence[Measurement]) -> list[tuple[Measurement, str]]:
    """What of a wider measurement is asked for: the sodium of "laboratory tests"."""
    found = []
    for item in items:
        named = {thing for name in (item.name, *item.aliases) for thing in things(name)}
        if named - _WIDE:
            continue
        for part in _PART.split(item.result):
            label = re.split(r"[:：=]", part, maxsplit=1)[0]
            if part.strip() and things(label) & wanted:
                found.append((item, part.strip().rstrip(";；")))
    if found:
        return found
    groups = {group for thing in wanted for group in GROUPS_OF[thing]}
    vital = "vitals" in groups
    return [
        (item, item.result)
        for item in items
        if vital and any("vitals" in things(name) for name in (item.name, *item.aliases))
    ]


def _named(words: frozenset[str], item: Measurement) -> bool:
    names = [_words(name) for name in (item.name, *item.aliases)]
    return any(name and (words <= name or name <= words) for name in names)


@lru_cache(maxsize=4096)
def _words(name: str) -> frozenset[str]:
    plain = fold(name.replace("_", " "))
    latin = {topics.stem(w) for w in re.findall(r"[a-z0-9]+", plain) if w not in _GENERIC}
    han = "".join(character for character in plain if is_han(character))
    return frozenset(latin | {han[i : i + 2] for i in range(len(han) - 1)})


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name))
