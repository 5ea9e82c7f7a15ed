"""The offline patient: words the facts of a turn by their lay texts, in persona.

Temperament, literacy and memory show in what stands around a fact. The fact itself is said in the
words of the record's lay text. Choices are seeded by session and turn, and avoid what the
respondent has said lately.
"""

import random
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from medelphi.knowledge.text import is_han
from medelphi.prompts.sections import Section
from medelphi.schema import Demographics, Language
from medelphi.tools.cases.lay import lay_sentence
from medelphi.tools.dialogue.phrases import (
    AGAIN,
    ANSWERS,
    CLOSERS,
    EXACT,
    HEDGES,
    OPENERS,
    VAGUE,
    Situation,
)
from medelphi.tools.dialogue.wording import denies

_LONG = {"en": 90, "zh": 30, "other": 90}
"""Characters up to which two facts are said in one sentence."""
_ACKNOWLEDGED: tuple[Situation, ...] = ("diagnosis", "advice", "order", "end")


class _Manner:
    """Seeded choices of phrases in one turn."""

    def __init__(self, language: Language, situation: Mapping[str, str], said: str) -> None:
        self.language = language
        seed = (
            f"{situation.get('seed', '0')}/{situation.get('turn', '1')}/{situation.get('try', '')}"
        )
        self.chance = random.Random(seed)
        self.said = said.casefold()

    def pick(self, phrases: Sequence[str]) -> str:
        """One of some phrases, rather one that was not said lately."""
        if not phrases:
            return ""
        fresh = [p for p in phrases if not p or p.strip(" ,，:：").casefold() not in self.said]
        picked = self.chance.choice(fresh or list(phrases))
        self.said += " " + picked.casefold()
        return picked

    def answer(self, kind: Situation) -> str:
        """A whole answer without a fact."""
        return self.pick(ANSWERS[self.language][kind])

    def happens(self, chance: float) -> bool:
        """Whether something of this chance happens."""
        return self.chance.random() < chance


def utterance(sections: Sequence[Section]) -> dict[str, Any]:
    """The reply of the tool ``utterance``: sentences with the ids of the facts that they tell."""
    respondent = _first(sections, "respondent")
    situation = _first(sections, "situation")
    facts = [section for section in sections if section.tag == "fact"]
    unknown = [section.content for section in sections if section.tag == "unknown"]
    said = " ".join(
        turn.content for s in sections if s.tag == "conversation" for turn in s.children
    )
    language = _language(situation, facts)
    manner = _Manner(language, situation, said)
    if situation.get("confused") == "yes":
        return _reply([(manner.answer("confused"), ())])
    kinds = situation.get("kinds", "").split()
    sentences: list[tuple[str, tuple[str, ...]]]
    if any(section.tag == "feedback" for section in sections):
        sentences = [(fact.content, (fact.attributes.get("id", ""),)) for fact in facts]
    else:
        sentences = _told(facts, respondent, situation, manner)
    sentences += [(text or manner.answer("unknown"), ()) for text in unknown]
    answered = bool(sentences)
    if _count(situation, "unrecorded"):
        sentences.append((manner.answer("unrecorded"), ()))
    elif not answered and _count(situation, "refused"):
        sentences.append((manner.answer("refused"), ()))
    elif not answered and "demand" in kinds:
        sentences.append((manner.answer("demand"), ()))
    elif not answered and "inquiry" in kinds:
        sentences.append((manner.answer("nothing"), ()))
    room = _count(respondent, "sentences", 4) - len(sentences)
    sentences += [(text, ()) for text in _acknowledged(kinds, respondent, manner, room)]
    room = _count(respondent, "sentences", 4) - len(sentences)
    if room > 0 and (attitude := _attitude(kinds, respondent, manner)):
        sentences.append((attitude, ()))
    if facts and len(sentences) < _count(respondent, "sentences", 4) and manner.happens(0.5):
        closer = manner.pick(CLOSERS[language][respondent.get("temperament", "plain")])
        sentences += [(closer, ())] if closer else []
    return _reply(sentences or [(manner.answer("other"), ())])


def _told(
    facts: Sequence[Section],
    respondent: Mapping[str, str],
    situation: Mapping[str, str],
    manner: _Manner,
) -> list[tuple[str, tuple[str, ...]]]:
    """The facts in sentences, at most as many as the persona makes."""
    groups = [[fact] for fact in facts]
    most = max(1, _count(respondent, "sentences", 4))
    while len(groups) > 1 and (len(groups) > most or manner.happens(0.4)):
        pairs = range(len(groups) - 1)
        at = min(pairs, key=lambda i: sum(len(f.content) for f in (*groups[i], *groups[i + 1])))
        together = sum(len(fact.content) for fact in (*groups[at], *groups[at + 1]))
        if len(groups) <= most and together > _LONG[manner.language]:
            break
        groups[at : at + 2] = [[*groups[at], *groups[at + 1]]]
    recall = float(respondent.get("recall", "1") or 1)
    literacy = respondent.get("literacy", "B")
    opener = manner.pick(OPENERS[manner.language][respondent.get("temperament", "plain")])
    sentences = []
    for number, group in enumerate(groups):
        text = _joined([fact.content for fact in group], manner.language)
        lead = ""
        if group[0].attributes.get("repeated") == "yes":
            lead = manner.pick(AGAIN[manner.language])
        elif manner.happens((1 - recall) * 0.8):
            lead = manner.pick(HEDGES[manner.language])
        elif literacy == "C" and manner.happens(0.5):
            lead = manner.pick(VAGUE[manner.language])
        elif literacy == "A" and number and manner.happens(0.25):
            lead = manner.pick(EXACT[manner.language])
        elif number == 0:
            lead = opener or _particle(group[0].content, situation, manner)
        ids = tuple(fact.attributes.get("id", "") for fact in group)
        sentences.append((_led(lead, text, manner.language), ids))
    return sentences


def _particle(text: str, situation: Mapping[str, str], manner: _Manner) -> str:
    """A "no" before what is denied."""
    asked = "inquiry" in situation.get("kinds", "")
    if not asked or not denies(text) or not manner.happens(0.5):
        return ""
    return "没有，" if manner.language == "zh" else "No, "


def _acknowledged(
    kinds: Sequence[str], respondent: Mapping[str, str], manner: _Manner, room: int
) -> list[str]:
    """What is said to advice, orders and a diagnosis: one sentence, and one of cost if it fits.

    Beside a demand only a goodbye is answered: "All right" would sound like giving in.
    """
    asked = "demand" in kinds
    found = [kind for kind in _ACKNOWLEDGED if kind in kinds and not (asked and kind != "end")]
    said = [manner.answer(found[0])] if found else []
    paid = {"order", "advice"} & set(kinds)
    if room > 1 and paid and respondent.get("cost") == "worried" and manner.happens(0.5):
        said.append(manner.answer("cost"))
    return said


def _attitude(kinds: Sequence[str], respondent: Mapping[str, str], manner: _Manner) -> str:
    """What they think of treatment, once, when they are given some."""
    culture = respondent.get("culture", "")
    if not culture or not {"advice", "order"} & set(kinds) or not manner.happens(0.7):
        return ""
    said = lay_sentence(
        culture,
        manner.language,
        respondent="patient",
        relation="",
        demographics=Demographics(),
        polarity="present",
    )
    return "" if said.casefold() in manner.said else said


def _joined(texts: Sequence[str], language: Language) -> str:
    """Lay sentences as one."""
    stripped = [text.strip().rstrip("。.") for text in texts]
    if language == "zh":
        subject = re.match(r"我|他|她|孩子", stripped[0])
        rest = [
            text.removeprefix(subject[0])
            if subject and len(text) > 3 and denies(text) == denies(before)
            else text
            for before, text in pairwise(stripped)
        ]
        return "，".join([stripped[0], *rest]) + "。"
    pairs = [stripped[at : at + 2] for at in range(0, len(stripped), 2)]
    return " ".join(", and ".join([p[0], *map(_lowered, p[1:])]) + "." for p in pairs)


def _led(lead: str, text: str, language: Language) -> str:
    if not lead:
        return text
    if language == "zh" or lead.rstrip().endswith((".", "?")):
        return f"{lead}{text}"
    return f"{lead}{_lowered(text)}"


def _lowered(text: str) -> str:
    """A sentence's first letter in lower case, where it is a plain function word."""
    word = re.match(r"[A-Za-z]+", text)
    plain = word is not None and word.group().casefold() in _FUNCTION
    return text[0].lower() + text[1:] if plain else text


_FUNCTION_TEXT = """
the a an my his her their he she they it there this that these those no not when after before
everything nothing some two in on over during since both for about at we our
"""
_FUNCTION = frozenset(_FUNCTION_TEXT.split())


def _language(situation: Mapping[str, str], facts: Sequence[Section]) -> Language:
    given = situation.get("language", "")
    if given in ("zh", "en"):
        return "zh" if given == "zh" else "en"
    return "zh" if any(is_han(c) for fact in facts for c in fact.content) else "en"


def _first(sections: Sequence[Section], tag: str) -> Mapping[str, str]:
    return next((section.attributes for section in sections if section.tag == tag), {})


def _count(attributes: Mapping[str, str], name: str, default: int = 0) -> int:
    value = attributes.get(name, "")
    return int(value) if value.isdigit() else default


def _reply(sentences: Sequence[tuple[str, tuple[str, ...]]]) -> dict[str, Any]:
    return {
        "sentences": [{"text": text, "facts": list(facts)} for text, facts in sentences if text]
    }
