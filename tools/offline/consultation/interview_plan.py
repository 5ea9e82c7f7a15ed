"""What an offline doctor does next: which questions, which orders, when to conclude."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from medelphi.knowledge.text import sentences, tokens
from medelphi.tools.offline.consultation.assessment import conclusion, parting
from medelphi.tools.offline.consultation.doctor_talk import Talk, affirms
from medelphi.tools.offline.consultation.interview import Alarm, Protocol

_FURTHER = re.compile(
    r", and (?:how|which|what|when|who|is|are|do|does|could|was)\b"
    r"|，(?:有没有|是不是|会不会|哪|什么|怎|多|几)"
)
QUESTIONS = 2
"""Most questions in one turn of a careful doctor; one more where all of them are short."""
SAME = 0.7
"""Share of a question's words in an earlier one from which it need not be asked."""
CONCLUDES = 10
"""The turn in which it concludes, where the budget leaves it the choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """When a careful doctor does what, by turn."""

    examine: int
    order: int
    conclude: int

    @classmethod
    def within(cls, limit: int | None) -> "Course":
        """The course that fits into a number of turns."""
        conclude = CONCLUDES if limit is None else max(1, min(CONCLUDES, limit - 1))
        examine = max(1, conclude // 2)
        return cls(examine=examine, order=max(1, min(examine + 2, conclude - 1)), conclude=conclude)


def attentive(talk: Talk) -> str:
    """The next message of a doctor who asks well, follows up, and closes safely."""
    phrases, course = talk.phrases, Course.within(talk.limit)
    if talk.said(phrases.questions):
        return _joined(talk, _answering(talk), parting(talk))
    pending = [*_pending(talk)]
    open_questions = [step for step in _history(talk) if not _was_asked(talk, step)]
    out_of_time = talk.number >= course.conclude or (talk.reminded and talk.number > 1)
    if out_of_time or not (open_questions or pending):
        return _joined(talk, _answering(talk), conclusion(talk))
    if talk.lost and (again := _again(talk)):
        return _joined(talk, (again,))
    said = [*_acknowledging(talk, pending)]
    said += [
        talk.fill(phrases.urgent.replace("{label}", talk.phrase(alarm.label)))
        for alarm in pending[:1]
        if alarm.urgent and talk.number > 1
    ]
    orders = _orders(talk, course)
    asked = [*_following(talk, pending[:QUESTIONS])]
    if talk.number == 1:
        asked = [talk.fill(phrases.opening), *asked][:QUESTIONS]
        open_questions = [step for step in open_questions if step != phrases.opening]
    for step in open_questions:
        if _parts([*asked, talk.fill(step)]) <= QUESTIONS + (talk.number > 1):
            asked.append(talk.fill(step))
        if _parts(asked) >= QUESTIONS + (talk.number > 1):
            break
    return _joined(talk, tuple(said), orders, tuple(asked))


def hasty(talk: Talk) -> str:
    """The next message of a doctor who asks at random, does not listen, and concludes early."""
    turns = talk.phrases.hurried
    text = turns[min(talk.number, len(turns)) - 1]
    return text.replace("{guess}", talk.protocols()[0].guess)


def curt(talk: Talk) -> str:
    """The next message of a doctor who asks little and plainly, and refers without a word more."""
    phrases, protocol = talk.phrases, talk.protocols()[0]
    steps = (phrases.onset, protocol.ask[0], phrases.past, phrases.medicines)
    if talk.number <= len(steps):
        return talk.fill(steps[talk.number - 1])
    said = phrases.curt[min(talk.number - len(steps), len(phrases.curt)) - 1]
    said = said.replace("{label}", protocol.label).replace("{specialty}", protocol.specialty)
    return talk.fill(said)


def _history(talk: Talk) -> tuple[str, ...]:
    """All questions of a history that fits the complaint, the most telling first."""
    phrases = talk.phrases
    main, *others = talk.protocols()
    more: list[Protocol] = others[:2]
    rest = main.ask[1:]
    steps = [phrases.opening, phrases.onset, main.ask[0], phrases.course]
    steps += [] if talk.aged else [phrases.age]
    # Of thoughts of death is asked in words of their own.
    alarm = [phrases.alarm.replace("{alarm}", main.alarm)] if main.name != "mind" else []
    steps += [*alarm, *rest[:1]]
    steps += [phrases.modifying, *rest[1:2], *(other.ask[0] for other in more[:1])]
    steps += [
        _general(talk),
        phrases.past,
        phrases.medicines,
        phrases.allergies,
        phrases.earlier,
        phrases.treated,
    ]
    if talk.child:
        steps += [phrases.birth, phrases.family, phrases.feeding, phrases.exposure]
        steps += [phrases.development]
    else:
        steps += [phrases.family, phrases.habits]
        steps += [phrases.cycle] if talk.female and main.name != "woman" else []
        steps += [phrases.exposure, phrases.mood if main.name != "mind" else phrases.living]
    steps += phrases.review[:2]
    steps += [*rest[2:], *(question for other in more for question in other.ask)]
    steps += [*phrases.review[2:], phrases.bodily, phrases.severity]
    if not talk.child:
        steps += [phrases.living, phrases.sexual]
    # The last question is kept for the end.
    return (*dict.fromkeys(filter(None, steps)), phrases.worry)


def _general(talk: Talk) -> str:
    """The question on signs of any illness, without those that were spoken of."""
    phrases, told = talk.phrases, "\n".join((*talk.heard, *talk.own))
    before, _, after = phrases.general.partition("{signs}")
    if talk.said(before):
        return ""
    signs = [label for label, cues in phrases.signs if not cues.search(told)]
    if len(signs) < 2:
        return ""
    listed = phrases.list_or.join((phrases.list_joint.join(signs[:-1]), signs[-1]))
    return f"{before}{listed}{after}"


def _was_asked(talk: Talk, step: str) -> bool:
    """Whether a question was put before, in these words or in nearly the same."""
    if talk.said(step):
        return True
    (words,) = _words(talk.fill(step), whole=True)
    asked = (other for text in talk.own for other in _words(text))
    return any(len(words & other) >= SAME * len(words) for other in asked)


@lru_cache(maxsize=2048)
def _words(text: str, *, whole: bool = False) -> tuple[frozenset[str], ...]:
    """The words of each sentence, or of all together."""
    parts = [text] if whole else sentences(text)
    return tuple(frozenset(tokens(part)) for part in parts)


def _parts(questions: Sequence[str]) -> int:
    """How many things are asked for, as whoever has to answer would count."""
    return sum(1 + len(_FURTHER.findall(question)) for question in questions)


def _pending(talk: Talk) -> tuple[Alarm, ...]:
    """Signs of danger that were told and not followed up, the newest first."""
    found = [alarm for text in reversed(talk.heard) for alarm in talk.alarms(text)]
    return tuple(alarm for alarm in dict.fromkeys(found) if not _followed(talk, alarm))


def _followed(talk: Talk, alarm: Alarm) -> bool:
    return any(talk.phrase(alarm.ask) in text for text in talk.own)


def _orders(talk: Talk, course: Course) -> tuple[str, ...]:
    phrases, main = talk.phrases, talk.protocols()[0]
    if talk.number == course.examine:
        if not main.examine:
            return (phrases.vitals,)
        return (phrases.examine.replace("{examine}", main.examine),)
    if talk.number == course.order and main.tests:
        return (phrases.order.replace("{tests}", main.tests),)
    if talk.number == course.order + 1:
        known = " ".join(talk.own).lower()
        for finding in phrases.findings:
            shown = any(affirms(finding.cues, result) for result in talk.results)
            if shown and finding.tests.lower() not in known:
                return (phrases.order_more.replace("{tests}", finding.tests),)
    return ()


def _acknowledging(talk: Talk, pending: list[Alarm]) -> tuple[str, ...]:
    """That the last answer was heard, each time in other words."""
    if talk.number == 1:
        return ()
    phrases, order = talk.phrases, random.Random(talk.heard[0])
    thanks, sorry = list(phrases.thanks), list(phrases.sorry)
    for frames in (thanks, sorry):
        order.shuffle(frames)
    said = thanks[(talk.number - 2) % len(thanks)]
    pitied = sum(any(words in text for words in sorry) for text in talk.own)
    moved = talk.number == 2 or any(alarm in pending for alarm in talk.alarms(talk.last))
    if moved and pitied < len(sorry):
        said = sorry[pitied]
    heard = talk.telling
    shown = (phrases.heard.replace("{words}", heard),) if heard and not talk.asked_back else ()
    return (*_answering(talk), said, *shown)


def _following(talk: Talk, alarms: Sequence[Alarm]) -> tuple[str, ...]:
    """A question on each sign of danger."""
    frames = list(talk.phrases.noted)
    random.Random(talk.heard[0]).shuffle(frames)
    used = sum(_followed(talk, alarm) for alarm in talk.phrases.alarms)
    return tuple(
        talk.fill(frames[(used + number) % len(frames)].replace("{label}", alarm.label))
        + talk.phrases.joint
        + talk.phrase(alarm.ask)
        for number, alarm in enumerate(alarms)
    )


def _answering(talk: Talk) -> tuple[str, ...]:
    """Something on a question of the respondent."""
    if not talk.asked_back or talk.number == 1:
        return ()
    kept = (talk.phrases.answer, talk.phrases.reassure)
    return tuple(words for words in kept if not talk.said(words))[:1]


def _again(talk: Talk) -> str:
    """The last questions once more and shorter; empty where that was done already."""
    before, last = talk.phrases.simpler, talk.own[-1]
    used = sum(any(words in text for words in before) for text in talk.own)
    if used >= len(before) or any(words in last for words in before):
        return ""
    asked = [("", talk.fill(step)) for step in _history(talk) if talk.fill(step) in last]
    asked += [
        (talk.fill(talk.phrases.noted[0].replace("{label}", alarm.label)), talk.phrase(alarm.ask))
        for alarm in talk.phrases.alarms
        if talk.phrase(alarm.ask) in last
    ]
    short = [
        talk.phrases.joint.join(filter(None, (topic, _shortened(question))))
        for topic, question in asked[:QUESTIONS]
    ]
    return talk.phrases.joint.join((before[used], *short)) if short else ""


def _shortened(question: str) -> str:
    """The first clause of a question; an invitation to tell stays whole."""
    if not {"?", "？"} & set(question):
        return question
    mark, end = ("，", "？") if "？" in question else (", ", "?")
    return question.partition(mark)[0].rstrip(end) + end


def _joined(talk: Talk, *parts: tuple[str, ...]) -> str:
    return talk.phrases.joint.join(sentence for part in parts for sentence in part if sentence)
