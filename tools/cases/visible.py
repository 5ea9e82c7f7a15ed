"""Whether a patient's statement only says again what an examination or a test found."""

import re
from collections.abc import Sequence

from medelphi.knowledge.text import tokens
from medelphi.schema import Measurement
from medelphi.tools.cases.fields import listed

LEAST = 3
"""Words from which a statement counts as the wording of a finding."""
SHARE = 0.85
"""Share of its words that one result has to hold."""
_IDLE = listed(
    "patient report has have had the a an of and in is are was with no not on to his her"
)


def told_by_results(text: str, measurements: Sequence[Measurement]) -> bool:
    """Whether one recorded result holds nearly every word of a statement."""
    words = _words(text)
    if len(words) < LEAST:
        return False
    return any(
        len(words & _words(part)) >= SHARE * len(words)
        for measurement in measurements
        for part in re.split(r";\s", measurement.result)
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in tokens(text) if word not in _IDLE)
