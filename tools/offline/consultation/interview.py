"""What the offline doctors have for words: protocols by complaint, alarm signs, phrases.

The words themselves are in `interview_en` and `interview_zh`. Texts hold the slots ``{you}``,
``{your}``, ``{have}``, ``{do}``, ``{are}`` and ``{were}``, because whoever answers may be a
caregiver.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """How a complaint is taken up."""

    name: str
    cues: re.Pattern[str]
    """Words of a patient that bring it up."""
    label: str
    """How the assessment names the complaint."""
    ask: tuple[str, ...]
    """Questions on the complaint itself, the most telling first."""
    alarm: str
    """Signs of danger, as a list in one phrase: to ask for, and to come back with."""
    examine: str
    """What is examined, besides vital signs; empty for nothing in particular."""
    tests: str
    """What is ordered, as a list in one phrase; empty for nothing."""
    specialty: str
    care: str
    """What helps until there is more to go by."""
    guess: str
    """What a hasty doctor jumps to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A sign of danger in a patient's words, and what a careful doctor asks next."""

    name: str
    cues: re.Pattern[str]
    label: str
    ask: str
    """What is asked on it, behind its label."""
    urgent: bool = True
    """Whether it calls for help at once if it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Words of a result, and what a careful doctor orders because of them."""

    cues: re.Pattern[str]
    tests: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Everything else that an offline doctor says in one language."""

    protocols: tuple[Protocol, ...]
    """The last one is for any complaint."""
    alarms: tuple[Alarm, ...]
    findings: tuple[Finding, ...]
    joint: str
    """Between sentences."""
    opening: str
    age: str
    onset: str
    course: str
    severity: str
    modifying: str
    earlier: str
    treated: str
    general: str
    """With ``{signs}``."""
    signs: tuple[tuple[str, re.Pattern[str]], ...]
    """Of any illness: what to ask for, and the words that make asking needless."""
    review: tuple[str, ...]
    """One question for each system of the body."""
    bodily: str
    past: str
    medicines: str
    allergies: str
    family: str
    habits: str
    living: str
    exposure: str
    cycle: str
    sexual: str
    mood: str
    birth: str
    feeding: str
    development: str
    worry: str
    alarm: str
    """With ``{alarm}``."""
    thanks: tuple[str, ...]
    """Said before the next questions, each in a frame of its own."""
    noted: tuple[str, ...]
    """Before a question on a sign of danger; with ``{label}``."""
    sorry: tuple[str, ...]
    heard: str
    """Shows that an answer was heard; with ``{words}`` of it."""
    simpler: tuple[str, ...]
    """Before a question that was not understood."""
    answer: str
    """To a question of the patient."""
    reassure: str
    examine: str
    """With ``{examine}``."""
    vitals: str
    order: str
    """With ``{tests}``."""
    order_more: str
    named: str
    """With ``{name}``."""
    unsure: str
    """With ``{label}``."""
    because: str
    """With ``{findings}``: what the patient has told."""
    refer: str
    """With ``{specialty}``."""
    refer_now: str
    safety: str
    """With ``{alarm}``."""
    urgent: str
    """With ``{label}``."""
    questions: str
    remember: str
    """With ``{alarm}``."""
    goodbye: str
    list_joint: str
    list_last: str
    list_or: str
    hurried: tuple[str, ...]
    """The turns of a hasty doctor; with ``{guess}``."""
    curt: tuple[str, ...]
    """The last two turns of a curt one; with ``{label}`` and ``{specialty}``."""


def pattern(words: str) -> re.Pattern[str]:
    """Cues as one pattern; letters keep to the beginnings of words."""
    return re.compile(rf"(?<![a-z])(?:{words})", re.IGNORECASE)
