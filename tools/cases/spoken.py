"""What of a case may reach the respondent's words, and whether it quotes a hidden result."""

import re
from collections.abc import Iterable

from medelphi.knowledge.text import IDLE, fold, is_han, tokens
from medelphi.schema import Case, Fact
from medelphi.tools.cases.short_names import COMPLAINTS, PLACES

_RUN, _RUN_HAN = 5, 10
"""Words, or Chinese characters, in a row that quote a result."""
_LEAST_CONTENT, _LEAST_FINDING = 4, 2
"""Words of a quotation that say something, and those that say more than what hurts and where:
"pain in the right lower abdomen" is the patient's own."""
_SIGN = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*")


def results_of(case: Case) -> tuple[str, ...]:
    """What the hidden examinations and tests found, one statement each."""
    return tuple(
        part for item in case.hidden.measurements for part in re.split(r";\s", item.result)
    )


def said_of(fact: Fact) -> tuple[str, str]:
    """The two wordings of a fact."""
    return fact.text, fact.lay


def said_beside(case: Case) -> dict[str, str]:
    """Further texts that whoever writes the respondent's words is given, by their fields."""
    return {
        "relation": case.relation,
        "demographics.other": case.demographics.other,
        "persona.culture": case.persona.culture if case.persona else "",
    }


def quotes_result(text: str, results: Iterable[str]) -> str | None:
    """The first result that a text quotes at length, or None."""
    said = _signs(text)
    return next((result for result in results if _quoted(_signs(result), said)), None)


def _quoted(signs: tuple[str, ...], said: tuple[str, ...]) -> bool:
    for at in range(len(signs)):
        size = _run(signs, at)
        if not size or not _within(signs[at : at + size], said):
            continue
        while at + size < len(signs) and _within(signs[at : at + size + 1], said):
            size += 1
        if size == len(signs) or _says_enough(signs[at : at + size]):
            return True
    return False


def _says_enough(quotation: tuple[str, ...]) -> bool:
    content = [word for sign in quotation if sign not in IDLE for word in tokens(sign)]
    findings = [word for word in content if word not in PLACES and word not in COMPLAINTS]
    return len(content) >= _LEAST_CONTENT and len(findings) >= _LEAST_FINDING


def _run(signs: tuple[str, ...], at: int) -> int:
    """How many signs from here on make a quotation; 0 where too few are left."""
    weight = 0.0
    for size, sign in enumerate(signs[at:], 1):
        weight += 1 / _RUN_HAN if is_han(sign[0]) else 1 / _RUN
        if weight > 1 - 1e-9:
            return size
    return 0


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    size = len(part)
    return any(whole[at : at + size] == part for at in range(len(whole) - size + 1))


def _signs(text: str) -> tuple[str, ...]:
    """Words, numbers and single Chinese characters, in order."""
    return tuple(
        sign
        for word in _SIGN.findall(fold(text))
        for sign in (word if is_han(word[0]) else (word,))
    )
