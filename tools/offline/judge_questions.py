"""Criteria that demand a question, compared with the questions of an answer by what they are about.

Words tell little here: "When did it begin?" holds nothing but grammar. A criterion and a question
are compared by topics, by aspects of a complaint (onset, severity, ...) and by history domains,
in either language.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from medelphi.knowledge.lexicon import concepts
from medelphi.tools.dialogue import topics
from medelphi.tools.dialogue.topic_table import GROUPS, LOCAL, MODIFIERS
from medelphi.tools.offline.judge_answer import Evidence
from medelphi.tools.offline.judge_criterion import Demand
from medelphi.tools.offline.judge_match import Match
from medelphi.tools.offline.judge_words import weight, words

_ANY = re.IGNORECASE
_BROADER, _GENERAL = 0.4, 0.9
"""What a question on something wider is worth ("Any pain?" for chest pain), and one on all
medicines or allergies where one of them is wanted."""
_UNASPECTED = 0.4
"""The right subject, but not the aspect of it that is wanted."""
_SOME = 0.85
"""What a share of a list counts where something of it is missing."""
_MANY = 8
"""Subjects in one question from which each of them counts less."""
_SHARED = 0.9
_ASPECTS = tuple(
    (name, re.compile(pattern, _ANY))
    for name, pattern in (
        (
            "onset",
            r"\bwhen\b.{0,40}\b(?:beg[aiu]n|start|first|came on|appear|occur|notic)|\bonset\b|"
            r"\bduration\b|how long|since when|起病|发病(?:时间|过程)|持续(?:时间|多久)|病程|多久|"
            r"何时|什么时候(?:开始|起|出现|发)|时间(?:长短)?$",
        ),
        (
            "severity",
            r"\bsever(?:e|ity)\b|\bintensity\b|how (?:bad|strong|much .{0,12}hurts?)|程度|多严重|"
            r"有多(?:重|痛|疼)|轻重",
        ),
        ("location", r"\b(?:where|location|site)\b|部位|位置|哪里|哪儿"),
        (
            "character",
            r"\b(?:character\w*|quality|nature)\b|what (?:it|the \w+) (?:feels?|looks?|is) like|"
            r"性质|什么样|颜色",
        ),
        ("timing", r"\bfrequency\b|how often|\bpattern\b|频率|频次|规律|持续性|间断"),
        ("progression", r"\b(?:course|progress\w*|evol\w+|chang(?:e|es|ed|ing))\b|演变|变化|进展"),
        ("previous", r"\b(?:previous|earlier|similar|past) (?:episodes?|attacks?|events?)|类似"),
        ("age", r"\bage\b(?! group)|how old|多大(?:年纪|岁数|了)?|年龄|几岁|多少岁|年纪"),
        (
            "opening",
            r"what (?:brings|brought) (?!(?:\w+ ){1,3}on\b)|"
            r"what(?:'s| is| seems to be|s) (?:the )?(?:wrong|matter|problem|trouble|bothering)|"
            r"how (?:can|may) i help|(?:哪里|哪儿|怎么|什么地方)不(?:舒服|适)|怎么了|来看什么",
        ),
    )
)
_ASPECTED = re.compile(
    r"\b(?:when|how|what|where|which|onset|duration|severity|intensity|location|site|character\w*|"
    r"quality|nature|frequency|timing|course|progression|pattern)\b|多|什么|哪|几|何|程度|部位|性质|"
    r"频|规律|时间|演变|变化|进展",
    _ANY,
)
"""That an aspect is what is wanted, and no adjective of a topic ("a sudden weakness")."""
_TOLD_BY_VERB = frozenset({"radiation", "aggravating", "relieving"})
_ELSE = re.compile(r"\b(?:else|other|more|further|questions?)\b|还有|其他|别的|另外|疑问", _ANY)
_WHATEVER = re.compile(
    r"\b(?:more|further|additional) (?:information|details?|history|questions)|"
    r"更多.{0,4}(?:信息|病情|情况|细节|问题)",
    _ANY,
)
_EXAMPLES = re.compile(r"[(（,，;；]?\s*(?:such as|for example|for instance|e\.g\.|including|"
                       r"例如|比如|诸如|包括|如(?!何|果))[ ,:：]*", _ANY)  # fmt: skip
_END_OF_EXAMPLES = re.compile(r"等(?:等|情况|方面)?$")
_OR = re.compile(r"\bor\b|或者?|还是", _ANY)
_PARTS = re.compile(
    r"\s*(?:[,;，、；/()（）]|\b(?:and|or|as well as)\b|和|与|以及|及|或者?)\s*", _ANY
)
_LEAD = re.compile(
    r"^\W*(?:the (?:patient|user|caregiver|child|mother|parent)s?(?:'s|’s)?\b|about\b|whether\b|"
    r"if\b|for\b|是否|有无|有没有|关于|患者|病人|用户|家长|的)\s*",
    _ANY,
)
_MODIFIES = re.compile(
    r"\b(?:mak(?:es?|ing)|brings?|eas(?:es?|ed)|reliev\w+|trigger\w*|helps?|aggravat\w+|"
    r"(?:worse|better) (?:when|with|after|at|by|on|if))\b|诱发|缓解|减轻|"
    r"(?:什么|哪些).{0,8}(?:加重|好些|舒服)|[时后](?:会)?.{0,4}(?:加重|更|好些)",
    _ANY,
)
"""That what changes a complaint is asked for, not how it went ("for better or worse")."""
_TAKES = re.compile(r"\b(?:take|takes|taking|on|use|using)\b|[吃服用]", _ANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a question, or a part of a criterion, is about."""

    topics: tuple[tuple[str, ...], ...]
    """Names for the same words stand together."""
    aspects: frozenset[str]
    domains: frozenset[str]
    sites: frozenset[str]
    words: frozenset[str]

    @property
    def named(self) -> frozenset[str]:
        return frozenset(topic for group in self.topics for topic in group)

    @property
    def known(self) -> bool:
        return bool(self.topics or self.aspects or self.domains)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What a criterion wants to be asked."""

    parts: tuple[Subject, ...]
    examples: tuple[Subject, ...]
    either: bool
    """One of the parts is enough."""
    anything: bool
    """Any question will do."""


def is_decisive(demand: Demand, evidence: Evidence) -> bool:
    """Whether words need not decide: all that is to be asked is known by topic, and the answer is
    as short as a turn of a talk. A longer one may ask in a list or in passing."""
    parts = inquiry(demand.body).parts
    return len(evidence.whole) <= _TURN and bool(parts) and all(part.known for part in parts)


_TURN = 800
"""Characters."""


def ask_match(demand: Demand, evidence: Evidence) -> Match:
    """How far the questions of an answer are those that a criterion demands."""
    wanted = inquiry(demand.body)
    asked = [(text, subject_of(text)) for text in evidence.questions]
    if not asked or not (wanted.anything or wanted.parts or wanted.examples):
        return Match(score=0.0)
    if wanted.anything and not any(part.known for part in wanted.parts):
        return Match(score=1.0, quote=asked[0][0])
    rows = [[_meets(part, own) for _, own in asked] for part in wanted.parts]
    shown = [max(_meets(part, own) for _, own in asked) for part in wanted.examples]
    score = _of_list([max(row) for row in rows], either=wanted.either)
    if shown:
        score = max(score, max(shown) if _about(wanted, asked) else 0.0)
    totals = [sum(row[n] for row in rows) for n in range(len(asked))]
    if wanted.examples:
        totals = [
            total + max(_meets(part, own) for part in wanted.examples)
            for total, (_, own) in zip(totals, asked, strict=True)
        ]
    best = max(range(len(asked)), key=lambda n: (totals[n], -n))
    return Match(score=score, quote=asked[best][0])


def named_match(demand: Demand, evidence: Evidence) -> Match:
    """How far an answer names what a criterion wants mentioned, in whatever words.

    Only for criteria that hold the name of a topic and nothing else.
    """
    wanted = _LEAD.sub("", demand.body.strip(" .。"))
    if demand.act != "say" or demand.figures or len(wanted) > _NAME or not _is_name(wanted):
        return Match(score=0.0)
    # Of two names for the same words that of the lexicon is the narrower one.
    groups = [
        [topic for topic in group if topic in concepts()] or group
        for group in subject_of(wanted).topics
    ]
    for text in (*(unit.text for unit in evidence.units), *evidence.questions):
        own = subject_of(text)
        if all(max(_related(topic, own) for topic in group) == 1 for group in groups):
            return Match(score=1.0, quote=text)
    return Match(score=0.0)


_NAME = 40


def _is_name(text: str) -> bool:
    rest, found = text, False
    for mark in topics.marks(text):
        rest = rest[: mark.start] + " " * (mark.end - mark.start) + rest[mark.end :]
        found = True
    return found and not any(weight(word) > 0 for word in words(rest))


@lru_cache(maxsize=2048)
def inquiry(body: str) -> Inquiry:
    """Read what is demanded.

    Args:
        body: The criterion without its verb and note: "the cough, such as when it began".
    """
    text = _END_OF_EXAMPLES.sub("", body.strip(" .。，,；;")[:600])
    core, *rest = _EXAMPLES.split(text, maxsplit=1)
    parts = _parts(core)
    return Inquiry(
        parts=parts,
        examples=_parts(rest[0]) if rest else (),
        either=bool(_OR.search(core)),
        anything=bool(_WHATEVER.search(text)),
    )


def _parts(text: str) -> tuple[Subject, ...]:
    found: list[Subject] = []
    for piece in _PARTS.split(text):
        plain = piece
        while (shorter := _LEAD.sub("", plain, count=1)) != plain:
            plain = shorter
        subject = _wanted(plain)
        # A bare site belongs to the part before it: "spreads to the arm or jaw".
        if subject.known or (subject.words and not (subject.sites and found)):
            found.append(subject)
    # What is known decides, not the words of a list that stand beside it.
    return tuple([one for one in found if one.known] or found)


def _wanted(text: str) -> Subject:
    """The subject of a part of a criterion; an aspect counts where it is what is wanted."""
    subject = subject_of(text)
    kept = subject.aspects
    if subject.topics and not _ASPECTED.search(text):
        kept &= _TOLD_BY_VERB
    if subject.domains:
        kept = frozenset()
    return Subject(
        topics=subject.topics,
        aspects=kept,
        domains=subject.domains,
        sites=subject.sites,
        words=subject.words,
    )


@lru_cache(maxsize=4096)
def subject_of(text: str) -> Subject:
    """What a text is about."""
    marks = topics.marks(text)
    kept = [
        mark
        for mark in marks
        if not any(
            mark.start < other.end
            and other.start < mark.end
            and (mark.topic in topics.above(other.topic) or _length(other) > _length(mark))
            for other in marks
        )
    ]
    groups: list[list[str]] = []
    end = -1
    for mark in kept:
        if groups and mark.start < end:
            groups[-1].append(mark.topic)
        else:
            groups.append([mark.topic])
        end = max(end, mark.end)
    aspects = {name for name, pattern in _ASPECTS if pattern.search(text)} | topics.slots(text)
    if "opening" in aspects:
        aspects = set() if _ELSE.search(text) else {"opening"}
    if "progression" in aspects and not _MODIFIES.search(text):
        aspects -= {"aggravating", "relieving"}
    domains = set(topics.domains(text))
    if "allergy" in domains and not _TAKES.search(text):
        domains.discard("medication")
    return Subject(
        topics=tuple(map(tuple, groups)),
        aspects=frozenset(aspects),
        domains=frozenset(domains),
        sites=topics.sites(text),
        words=topics.words(text),
    )


def _length(mark: topics.Mark) -> int:
    return mark.end - mark.start


def _of_list(values: Sequence[float], *, either: bool) -> float:
    if not values:
        return 0.0
    if either:
        return max(values)
    mean = sum(values) / len(values)
    return mean if min(values) >= _GENERAL else _SOME * mean


def _about(wanted: Inquiry, asked: Sequence[tuple[str, Subject]]) -> bool:
    """Whether a question asks for one of the examples without naming another subject."""
    own = [topic for part in wanted.parts for topic in sorted(part.named)]
    for _, question in asked:
        if not any(_meets(part, question) >= _GENERAL for part in wanted.examples):
            continue
        if not own or _is_open_to(frozenset(own), question):
            return True
        if any(part.topics or part.domains for part in wanted.examples):
            return True
    return False


def _meets(part: Subject, question: Subject) -> float:
    """How far one question asks for one part, 0 to 1."""
    value = _value(part, question)
    breadth = len(question.topics) + len(question.aspects)
    return value * min(1.0, _MANY / max(1, breadth))


def _value(part: Subject, question: Subject) -> float:
    if not part.known:
        return _SHARED * len(part.words & question.words) / max(1, len(part.words))
    kin = "family_history" in question.domains
    if kin != ("family_history" in part.domains):
        named = "family_history" in part.domains or bool(part.named & question.named)
        return 0.0 if named or not part.topics else _topical(part, question)
    if part.domains:
        return _of_domain(part, question)
    if part.aspects:
        if not _is_open_to(part.named, question):
            return 0.0
        if part.aspects & question.aspects:
            return 1.0
        return _UNASPECTED * _topical(part, question) if part.topics else 0.0
    # "A kidney, liver or heart disease" names the disease of the kidney in a list.
    listed = part.words and part.words <= question.words
    return 1.0 if listed else _topical(part, question)


def _is_open_to(named: frozenset[str], question: Subject) -> bool:
    """Whether the question is about one of these topics, or leaves its subject to the talk."""
    if "opening" in question.aspects and not named:
        return True
    others = question.named - MODIFIERS
    if not others or not named:
        return not (question.domains & {"medication", "allergy", "family_history"})
    return any(_related(topic, question) > 0 for topic in named)


def _of_domain(part: Subject, question: Subject) -> float:
    if not part.domains & question.domains:
        same = (
            part.topics and "allergy" not in part.domains and "family_history" not in part.domains
        )
        return _topical(part, question) if same else 0.0
    if "allergy" in part.domains and "allergy" not in question.domains:
        return 0.0
    if "family_history" in part.domains:
        own = part.named - {"support", "living"}
        return max(_related(t, question) for t in own) if own & question.named else _GENERAL
    return 1.0


def _topical(part: Subject, question: Subject) -> float:
    if not part.topics:
        return 0.0
    values = [max(_related(topic, question) for topic in group) for group in part.topics]
    if part.sites and question.sites and not part.sites & question.sites and part.named & LOCAL:
        return 0.0
    return _of_list(values, either=False)


def _related(topic: str, question: Subject) -> float:
    named = question.named
    if topic in named or any(topic in topics.above(other) for other in named):
        return 1.0
    wider = topics.above(topic) & named
    if wider & GROUPS:
        return 1.0
    concept = concepts().get(topic)
    if concept and concept.kind in ("drug", "drug_class") and "medication" in question.domains:
        return _GENERAL
    return _BROADER if wider else 0.0
