"""Who speaks in an English lay sentence: pronouns, mentions of the patient, verbs that agree."""

import re
from dataclasses import dataclass

from medelphi.schema import Demographics
from medelphi.tools.cases.lay_grammar import FINITE, STATES, VERBS, base_form, is_third_person

PERSON = (
    r"(?:wo)?man|men|boy|girl|patient|pt|child|infant|baby|newborn|neonate|toddler|male|female|"
    r"gentleman|lady|teenager|adolescent"
)


_OBJECT_AFTER_TEXT = """
to with for at by of from on that about told gives gave helps helped makes made brought brings
wakes woke witnessed saw found hit
"""


_OBJECT_AFTER = frozenset(_OBJECT_AFTER_TEXT.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who speaks, as the one whom the record is about, or of them."""

    subject: str
    object: str
    possessive: str
    reflexive: str
    own: bool
    """Whether the speaker is the patient."""
    plural: bool
    """Whether verbs after the subject have the plural form."""
    pronouns: frozenset[str]
    """Sexes whose pronouns mean the patient: ``he``, ``she``."""
    kin: str = ""
    """What the caregiver is to the patient, e.g. ``mother``."""

    @property
    def be(self) -> str:
        """The verb form after the subject."""
        return "am" if self.own else "are" if self.plural else "is"

    @property
    def was(self) -> str:
        """The past of it."""
        return "was" if self.own or not self.plural else "were"

    @property
    def have(self) -> str:
        """The verb form after the subject."""
        return "have" if self.plural else "has"

    @property
    def do(self) -> str:
        """The verb form after the subject."""
        return "do" if self.plural else "does"


def voice_of(own: bool, relation: str, demographics: Demographics) -> Voice:
    """The voice of a respondent."""
    sex = demographics.sex
    said = {"male": frozenset({"he"}), "female": frozenset({"she"})}
    pronouns = said.get(sex, frozenset({"he", "she"}))
    if own:
        return Voice(
            subject="I",
            object="me",
            possessive="my",
            reflexive="myself",
            own=True,
            plural=True,
            pronouns=pronouns,
        )
    forms = {"male": ("he", "him", "his", "himself"), "female": ("she", "her", "her", "herself")}
    subject, object_, possessive, reflexive = forms.get(
        sex, ("they", "them", "their", "themselves")
    )
    kin = relation.strip().casefold()
    return Voice(
        subject=subject,
        object=object_,
        possessive=possessive,
        reflexive=reflexive,
        own=False,
        plural=subject == "they",
        pronouns=pronouns,
        kin={"mom": "mother", "mum": "mother", "dad": "father", "parents": "parent"}.get(kin, kin),
    )


def base_form_of(verb: str, voice: Voice) -> str:
    """A third-person verb as it stands after the subject of a voice."""
    return base_form(verb) if voice.plural else verb


def retold(text: str, voice: Voice) -> str:
    """Pronouns and mentions of the patient, as the speaker says them."""
    text = re.sub(
        rf"\b(?:the|this|that|a)\s+(?:(?:young|elderly|[\w.-]+-old)\s+)?(?:{PERSON})['’]s(?=\s)",
        voice.possessive,
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(
        r"\b(?:the|this)\s+(?:patient|woman|man|boy|girl|child|infant|baby|newborn)\b(?=(?P<after>"
        r"\s+\w+)?)",
        lambda match: _person(match, text, voice),
        text,
        flags=re.IGNORECASE,
    )
    if not voice.own and voice.kin:
        text = _as_kin(text, voice)
    text = re.sub(
        r"\bthe (?=(?:family|medical|past|surgical|social|birth)\b[\w ]* histor)",
        f"{voice.possessive} ",
        text,
        flags=re.IGNORECASE,
    )
    if not voice.own and voice.subject != "they":
        return text
    pieces = re.split(r"(\W+)", text)
    for at, piece in enumerate(pieces):
        if (said := _pronoun(piece, at, pieces, voice)) is not None:
            pieces[at] = said
    return coordinated("".join(pieces), voice)


def _person(match: re.Match[str], text: str, voice: Voice) -> str:
    after = (match["after"] or "").strip().casefold()
    verb = after in FINITE or (is_third_person(after) and after in VERBS)
    before = text[: match.start()].rsplit(None, 1)
    if before and before[-1].casefold() in _OBJECT_AFTER and before[-1].casefold() != "that":
        return voice.object
    return voice.subject if verb else voice.object


def _as_kin(text: str, voice: Voice) -> str:
    """A caregiver's mentions of themselves."""
    names = {"mother": "mother|mom", "father": "father|dad", "parent": "parents|parent"}
    named = names.get(voice.kin, re.escape(voice.kin))
    own = (
        rf"\b(?:{voice.possessive}|his|her|their|the|(?:the )?(?:patient|child|infant|boy|"
        rf"girl)['’]s)"
    )
    text = re.sub(rf"{own} (?:{named})['’]s\b", "my", text, flags=re.IGNORECASE)
    me = "we" if voice.kin == "parent" else "I"
    text = re.sub(
        r"\b(?:his|her|their) (child|baby|son|daughter|infant|newborn)\b",
        r"my \1",
        text,
        flags=re.IGNORECASE,
    )

    def said(match: re.Match[str]) -> str:
        verb = match["verb"]
        if verb is None:
            return "me" if match.start() else me
        lowered = verb.casefold()
        if lowered in {"is", "are"}:
            return f"{me} {'am' if me == 'I' else 'are'}"
        if lowered in {"was", "were"}:
            return f"{me} {'was' if me == 'I' else 'were'}"
        return f"{me} {base_form(lowered) if is_third_person(lowered) else verb}"

    return re.sub(
        rf"{own} (?:{named})\b(?:\s+(?P<verb>is|are|was|were|has|have|had|does|did|"
        rf"{'|'.join(sorted(VERBS))}|noticed|says|thinks|missed|took|tried|gave)\b)?",
        said,
        text,
        flags=re.IGNORECASE,
    )


def _pronoun(piece: str, at: int, pieces: list[str], voice: Voice) -> str | None:
    word = piece.casefold()
    after = next((p.casefold() for p in pieces[at + 2 : at + 3]), "")
    gap = pieces[at + 1] if at + 1 < len(pieces) else "."
    if word in {"himself", "herself"} and word[:3] in {"him", "her"}:
        mine = "he" if word == "himself" else "she"
        return voice.reflexive if mine in voice.pronouns else None
    if word in voice.pronouns:
        return voice.subject
    if word == "his" and "he" in voice.pronouns:
        return voice.possessive
    if word == "him" and "he" in voice.pronouns:
        return voice.object
    if word == "her" and "she" in voice.pronouns:
        ends = not gap.isspace() or not after or after in _ENDS_PHRASE
        return voice.object if ends else voice.possessive
    return None


_ENDS_PHRASE_TEXT = """
to with for and or at on in by from about up as when while because but if after before during
since the a an that so out off awake waking she he they it who
"""


_ENDS_PHRASE = frozenset(_ENDS_PHRASE_TEXT.split())


def agreed(text: str, voice: Voice) -> str:
    """The verb after the subject, and those joined to it, in their right form."""
    return coordinated(text, voice) if voice.plural else text


_SUBJECT_VERB = re.compile(
    r"\b(?P<subject>I|they) (?P<adverb>(?:(?:\w+ly|also|never|always|often|sometimes|still|now|"
    r"only|"
    r"just|first|then|once|last) )*)(?P<verb>[a-z]+)\b(?P<not>n['’]t)?"
)


_JOINED = re.compile(
    r"(?P<join>(?:, |,? (?:and|but|or|then) )(?:then )?(?:(?:\w+ly|also|never|always|often|"
    r"sometimes|still|now|only|just|currently) )*)(?P<verb>[a-z]+)\b(?= |$)"
)


def coordinated(text: str, voice: Voice) -> str:
    if not voice.plural:
        return text
    be = "am" if voice.own else "are"

    def first(match: re.Match[str]) -> str:
        said = _plural_verb(match["verb"], be if match["subject"] == "I" else "are", strict=False)
        if match["verb"] == "was" and match["subject"] == "they":
            said = "were"
        return f"{match['subject']} {match['adverb']}{said}{match['not'] or ''}"

    def joined(match: re.Match[str]) -> str:
        before = text[: match.start()].casefold().rsplit(None, 6)[-6:]
        if any(word in {"who", "which", "that", "it", "mother", "father"} for word in before):
            return match.group()
        return f"{match['join']}{_plural_verb(match['verb'], be, strict=True)}"

    text = _SUBJECT_VERB.sub(first, text)
    if not re.search(rf"\b{voice.subject}\b", text) and not re.match(r"^[a-z]|^,", text):
        return text
    text = (
        re.sub(
            r", and (?P<be>is|was) ",
            lambda m: f", and {voice.subject} {be if m['be'] == 'is' else voice.was} ",
            text,
        )
        if text.startswith(f"{voice.subject} ")
        else text
    )
    return _JOINED.sub(joined, text)


def _plural_verb(verb: str, be: str, *, strict: bool) -> str:
    if verb == "is":
        return be if not strict else verb
    if verb in {"has", "does"}:
        return base_form(verb)
    if strict:
        return base_form(verb) if verb in VERBS and verb not in STATES else verb
    return base_form(verb) if is_third_person(verb) else verb
