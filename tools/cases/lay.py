"""Lay sentences: a statement of a record in the respondent's own person and everyday words.

Rules and word lists, no model. What they lose of a statement's numbers or negation is checked, and
the plainer wording is taken then.
"""

import re
from collections.abc import Iterator

from medelphi.schema import Demographics, Language
from medelphi.schema.case import Polarity, Respondent
from medelphi.tools.cases import lay_chinese, lay_english
from medelphi.tools.cases.lay_grammar import past_participle
from medelphi.tools.cases.lay_voice import voice_of
from medelphi.tools.cases.lay_words import everyday
from medelphi.tools.dialogue.wording import denies, is_chinese, numbers

_NUMBERING = re.compile(r"^\s*(?:\(?\d{1,3}[.)、]\s+|[-*•]\s+)")
_LASTING = re.compile(
    r"^(?P<have>(?:I|they) have|(?:he|she) has)(?P<rest> (?!been\b|had\b|n['’]t|not\b|\w+ed\b|no\b|"
    r"never\b|an? (?:\w+ ){0,2}history\b)[^,;]*\b(?:for (?:the |about |over |almost |nearly )?"
    r"(?:last |past )?(?:an? |the |few |several |many |some |\d|one |two |three |four |five |six |"
    r"seven |eight |nine |ten )|since |(?:over|in|within|during) the (?:last|past) ))",
    re.IGNORECASE,
)
_END = " \t\n.。;；,，!！"


def lay_sentence(
    text: str,
    language: Language,
    *,
    respondent: Respondent,
    relation: str,
    demographics: Demographics,
    polarity: Polarity,
) -> str:
    """One statement as the respondent would say it: a whole sentence, never empty.

    Every number of the statement is in it, and it denies exactly where the statement does or the
    polarity says so.

    Args:
        text: A statement or a phrase of the record, usually in the third person.
        language: Of the case.
        respondent: Who speaks.
        relation: A caregiver's, e.g. ``mother``; empty for a patient.
        demographics: Whom it is about.
        polarity: Whether the thing is there; a statement without a negation of its own is denied
            where the polarity says so.
    """
    statement = " ".join(_NUMBERING.sub("", text).split()).strip(_END)
    chinese = is_chinese(statement, language)
    if not any(character.isalnum() for character in statement):
        statement = " ".join(text.split()).strip(_END) or "…"
    own = respondent == "patient"
    denied = polarity == "denied"
    deny = denied or denies(statement)
    count = numbers(statement)
    plain = ""
    for said in _wordings(statement, own, relation, demographics, denied, chinese):
        plain = said
        if numbers(said) == count and denies(said) == deny:
            break
    return _finished(plain, chinese)


def _wordings(
    statement: str,
    own: bool,
    relation: str,
    demographics: Demographics,
    denied: bool,
    chinese: bool,
) -> Iterator[str]:
    """From the most natural to the plainest."""
    negate = denied and not denies(statement)
    if chinese:
        speaker = lay_chinese.speaker_of(own, relation, demographics)
        said = lay_chinese.spoken(statement, speaker, denied=negate)
        yield everyday(said, chinese=True)
        yield said
        yield f"没有这样的情况：{statement}" if negate else f"是这样的：{statement}"
    else:
        voice = voice_of(own, relation, demographics)
        said = lay_english.spoken(statement, voice, denied=negate)
        yield everyday(said, chinese=False)
        yield said
        yield f"This is not so: {statement}" if negate else f"It's like this: {statement}"


def _verb(rest: str) -> str:
    """The first word that is no adverb."""
    words = rest.casefold().split()
    return next((word for word in words if not word.endswith("ly")), "")


def _finished(said: str, chinese: bool) -> str:
    said = said.strip(_END)
    if chinese:
        return f"{said}。"
    said = re.sub(r"\bi\b(?=['’ ])", "I", said)
    said = re.sub(r"\bI am\b(?! not)", "I'm", said).replace("I am not", "I'm not")
    match = _LASTING.match(said)
    if match and not past_participle(_verb(match["rest"])):
        said = f"{match['have']} had{said[match.end('have') :]}"
    said = re.sub(r"\bI have (?=been |had )", "I've ", said)
    said = re.sub(r"\b(do|does|did|is|was|has|have|had|were|are) not\b", r"\1n't", said)
    return f"{said[:1].upper()}{said[1:]}."
