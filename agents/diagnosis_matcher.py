"""The matcher compares a diagnosis that a doctor named with the one of the record."""

from collections.abc import Sequence

from medelphi.agents.seat import Seat, Work
from medelphi.prompts.sections import section
from medelphi.schema import Language
from medelphi.schema.base import Record

_LONGEST = 500
"""Characters of a named diagnosis that are shown; it comes from the party that is tested."""


class DiagnosisMatch(Record):
    """Whether the named diagnosis is the recorded one, or a more specific form of it."""

    rationale: str
    same: bool


async def match_diagnosis(
    seat: Seat,
    named: str,
    hidden_names: Sequence[str],
    language: Language,
    sample: int = 0,
) -> tuple[bool, Work]:
    """Whether a named diagnosis is right. For judges that are language models.

    A match may be more specific than the record, never broader. Where nothing was named, or the
    record has no diagnosis, no model is asked and there is no match.

    Args:
        seat: A judge.
        named: The diagnosis, in the doctor's words.
        hidden_names: The recorded diagnosis and its other names.
        language: Of the consultation.
        sample: Number of this comparison among several.

    Raises:
        ProviderError: There is no usable reply.
    """
    names = [name for name in hidden_names if name.strip()]
    if not named.strip() or not names:
        return False, Work()
    entries = [section("diagnosis", named[:_LONGEST], kind="named")]
    entries += [section("diagnosis", name, kind="recorded") for name in names]
    reply, work = await seat.ask(
        "match_diagnosis", language, DiagnosisMatch, sample, diagnoses="\n".join(entries)
    )
    return reply.same, work
