"""Looks for hidden text in a patient's words, by a method of its own: neither guard nor audit."""

import re
import unicodedata

from medelphi.schema import Case, Session

WORDS = 5
"""So many words of a hidden result in a row are a quote of it; Chinese: twice as many signs."""


def leaked(session: Session) -> list[tuple[int, str]]:
    """Turn and hidden text, for every name of the diagnosis and every quote of another secret."""
    found = []
    names, quotes = secrets(session.case)
    for turn in session.turns:
        said = folded(turn.said)
        bare = said.replace(" ", "")
        found += [(turn.number, name) for name in names if name_in(name, said, bare)]
        found += [(turn.number, quote) for quote in quotes if quote in said or quote in bare]
    return found


def secrets(case: Case) -> tuple[list[str], list[str]]:
    """Names of the diagnosis; runs of words of results and withheld statements that nothing visible
    holds."""
    visible = folded(" ".join((case.opener, *(f"{f.text} {f.lay}" for f in case.facts))))
    hidden = case.hidden
    names = [folded(name) for name in (hidden.diagnosis, *hidden.aliases) if name.strip()]
    texts = [measured.result for measured in hidden.measurements] + list(hidden.withheld)
    quotes = {run for text in texts for run in runs(folded(text))}
    return names, sorted(run for run in quotes if run not in visible)


def runs(text: str) -> list[str]:
    words = text.split()
    if any("一" <= sign <= "鿿" for sign in text):
        bare, length = text.replace(" ", ""), 2 * WORDS
        return [bare[i : i + length] for i in range(len(bare) - length + 1)]
    return [" ".join(words[i : i + WORDS]) for i in range(len(words) - WORDS + 1)]


def name_in(name: str, said: str, bare: str) -> bool:
    """Short names (abbreviations) count as whole words, longer ones in any spacing."""
    if len(name) <= 4 and name.isascii():
        return re.search(rf"\b{re.escape(name)}\b", said) is not None
    return name in said or name.replace(" ", "") in bare


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())
