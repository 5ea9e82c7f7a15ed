"""Which facts a question reaches: those it asks for, and those that belong to its topic.

A question is read as one of these: aspects of a complaint ("How long have you had the pain?"),
topics ("Any fever or cough?"), a history domain ("Are you allergic to anything?"), or broad ("What
brings you in?"). Topics are ids that hold in both languages; words decide only where a question
names no topic that is known.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from medelphi.knowledge.lexicon import concepts
from medelphi.knowledge.text import fold, is_han
from medelphi.schema import Fact, Language, Unknown
from medelphi.schema.case import FactDomain
from medelphi.tools.dialogue import topics
from medelphi.tools.dialogue.orders import is_order_noun
from medelphi.tools.dialogue.topic_table import GROUPS, LOCAL, MODIFIERS
from medelphi.tools.dialogue.topics import Mark

SHARE = 0.5
"""Share of a question's words, by weight, that a fact has to hold where no topic decides."""
_COMPLAINT: frozenset[FactDomain] = frozenset(
    ("complaint", "symptom", "other", "obstetric", "mental_state")
)
_STORY: frozenset[FactDomain] = frozenset(("complaint", "symptom", "mental_state", "obstetric"))
_NARROW = ("allergy", "family_history", "medication")
_DEFINITE = re.compile(
    r"(?:\b(?:the|this|that|these|those|your|his|her|their|its|besides|than|mentioned|"
    r"having|said|when (?:you|he|she) (?:are|is|were)?)"
    r"(?: (?:[a-z]+ ){0,1})|(?:这个|这种|这次|您的|你的|那个|除了|这|那|说的|提到的?))\s*$",
    re.IGNORECASE,
)
_WH = re.compile(
    r"\b(?:how|when|where|what|which|does anything|is there anything|do any|anything that|"
    r"is it|was it|does it|did it|has it|is the|was the|does the|did the|has the|on a scale|rate|"
    r"is this|are they|did this|has this|does this|did they|how's)\b|多|什么|哪|几|怎|吗|何|是不是|"
    r"会不会|有没有|是否|还是",
    re.IGNORECASE,
)
_ASKS_FIRST = re.compile(
    r"\b(?:how long|when (?:did|was|were|have|has)|since when|how (?:bad|severe|often|frequent\w*|"
    r"many times)|scale (?:of|from)|where\b|what (?:makes|made|kind|type|sort|brings (?:it|on)|"
    r"does (?:it|the)|triggers)|does anything|anything (?:that )?(?:make|help|reliev)\w*)|多久|"
    r"多长时间|什么时候|几天|哪里|哪个部位|有多|几分|什么样的|怎么(?:开始|起)的|多少次",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:\s\w+)?\s*(?:,|/|\bor\b|\band\b|、|和|或者?|以及)\s*(?:\w+ ){0,2}", re.IGNORECASE
)
_PRESENCE = re.compile(
    r"\b(?:any|(?:do|did|does) (?:you|he|she|it|they) (?:\w+ )?(?:have|get|feel|notice|experience|"
    r"suffer)|(?:have|has|had) (?:you|he|she|it|there) (?:\w+ ){0,2}(?:had|noticed|experienced"
    r"|been|felt|"
    r"seen|lost|gained)|is there|are there|are you|is (?:he|she)|was there|ever)\b(?! (?:that"
    r"|which|thing))"
    r"|(?:有没有|有无|是否有?|还有)[^，,。？?]{0,14}$",
    re.IGNORECASE,
)
_TELL = re.compile(
    r"\b(?:tell(?! me,)|describe|explain|share|elaborate|more (?:about|details?|information)"
    r"|walk me)\b|"
    r"说说|讲讲|谈谈|说一下|描述|具体|详细|介绍",
    re.IGNORECASE,
)
_ALSO = re.compile(
    r"\b(?:or|and|including|as well as|any (?:other )?medic\w+)\b|包括|以及|或|和|、|，",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:neighbou?r|classmate|co-?worker|colleague|room-?mate|friend"
    r"|contact)s?\b[\w ]{0,20}\b(?:had|has|have|"
    r"sick|ill|with|similar)\b|(?:邻居|同学|同事|室友|朋友|同村).{0,10}(?:也|有|得|病)",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"^\W*(?:(?:and|so|also|okay|ok|now|well|then|alright|thanks|next)\W+)*(?:do|does|did|have|has|"
    r"had|are|is|was|were|any|ever|can|could|no)\b|吗|有没有|有无|是否|是不是|得过|患过|什么病",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\b(?:no|not|none|without|denies|unremarkable|non-?contributory|negative|nil|takes? nothing|"
    r"nothing|never|neither|nor|healthy|insignificant|n't)\b|无|没有|否认|不详|没|健康|未",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    r"\b(?:significant|known|other|prior|previous|past|medical|chronic|any|major|similar|"
    r"history|histories|illness\w*|medications?|drugs?|allergies|diseases?|conditions?|"
    r"unremarkable|noncontributory|non-contributory|healthy|problems?)\b|"
    r"特殊|明确|既往史|过敏史|家族史|疾病|慢性|其他|健康|体健|药物|药",
    re.IGNORECASE,
)
_KIN = re.compile(
    r"family histor|runs? in (?:the |his |her )?family|\b(?:mother|father|mom|dad|brother|sister|"
    r"sibling|uncle|aunt|grand\w+|cousin|relative)s?\b[\w ]{0,14}\b(?:had|has|have|died|diagnosed|"
    r"with|suffer\w*)\b|家族|(?:父亲|母亲|爸爸|妈妈|兄弟|姐姐|哥哥|弟弟|妹妹|爷爷|奶奶|外公|外婆|"
    r"姥姥|亲戚).{0,6}(?:有|患|得|死|去世|也)",
    re.IGNORECASE,
)
_RECENT = re.compile(r"\brecent|最近|近期", re.IGNORECASE)
_NO_WORD = re.compile(r"\W+")
_BARE = frozenset({"surgery", "hospitalization", "infection", "previous_tests", "birth"})
_ASIDE = frozenset({"vaccination", "birth", "development", "previous_tests"})
_NO_ILLNESS = frozenset(
    [
        "suicidal_ideation",
        "insomnia",
        "anxiety",
        "depression",
        "substance_use_disorder",
        "self_harm",
    ]
)
_HOUSEHOLD = frozenset({"living", "support", "violence"})
_KIN_TOPICS = frozenset(
    {"living", "support", "contacts", "relationships", "birth", "pregnancy", "infection"}
)
_CONDITIONS = frozenset(
    [
        "diabetes",
        "hypertension",
        "heart_disease",
        "cancer",
        "stroke",
        "lung_disease",
        "asthma",
        "kidney_disease",
        "liver_disease",
        "thyroid_disease",
        "autoimmune",
        "clots",
        "surgery",
        "hospitalization",
        "transfusion",
        "anemia",
        "hepatitis",
        "tuberculosis",
        "kidney_stones",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a question reaches."""

    specific: tuple[str, ...] = ()
    """Ids of the facts that it asks for, in the order of the case."""
    topical: tuple[str, ...] = ()
    """Ids of the facts of its topic, where it is broad."""
    unknown: tuple[str, ...] = ()
    broad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Profile:
    """What a fact is about."""

    id: str
    domain: str
    denied: bool
    direct: frozenset[str]
    wider: frozenset[str]
    slots: frozenset[str]
    sites: frozenset[str]
    words: frozenset[str]
    phrases: tuple[str, ...]
    kin: bool
    others: bool
    """It is about people who are no kin: somebody at work is ill."""
    chief: bool
    """It belongs to what the respondent came for."""
    allergy: bool
    cover: bool
    """It denies its whole domain: "no significant medical history"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    text: str
    asked: tuple[str, ...]
    """Topics that it asks about."""
    context: tuple[str, ...]
    """Topics that it only refers to."""
    slots: frozenset[str]
    """Aspects that it asks about; empty where topics are what is asked."""
    sites: frozenset[str]
    domains: tuple[str, ...]
    kin: bool
    open: bool
    closed: bool
    rest: str
    """Its words without those that only refer."""


def reached(
    question: str, facts: Sequence[Fact], unknown: Sequence[Unknown], language: Language
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What one question reaches.

    Args:
        question: One question of the doctor, in any of the two languages.
        facts: Of the case.
        unknown: What the respondent does not know.
        language: Of the case.

    Returns:
        Ids of the facts that it asks for; ids of the facts of its topic where it is broad; and the
        unknown topics that it asks about. All in the order of the case.
    """
    found = reach(question, facts, unknown, language)
    return found.specific, found.topical, found.unknown


def reach(
    question: str,
    facts: Sequence[Fact],
    unknown: Sequence[Unknown],
    language: Language,  # noqa: ARG001
    *,
    context: str = "",
) -> Reach:
    """The same as `reached`, and whether the question is broad.

    Args:
        context: What was said just before, for questions that only refer to it.
    """
    asked = _question(question, context)
    profiles = [_profile(fact) for fact in facts]
    gaps = [_gap(item.topic) for item in unknown]
    broad = _is_broad(asked)
    if broad:
        ids = _topical(asked, profiles)
        topics_ = _topical(asked, gaps) if asked.asked or asked.domains else set()
        return Reach(
            topical=tuple(p.id for p in profiles if p.id in ids),
            unknown=tuple(p.id for p in gaps if p.id in topics_),
            broad=True,
        )
    ids, missing = _specific(asked, profiles), _specific(asked, gaps)
    if missing:
        ids -= {p.id for p in profiles if p.cover}
    return Reach(
        specific=tuple(p.id for p in profiles if p.id in ids),
        unknown=tuple(p.id for p in gaps if p.id in missing),
    )


def everything(facts: Sequence[Fact]) -> tuple[str, ...]:
    """What a broad question about the whole story reaches."""
    return tuple(f.id for f in facts if f.domain in _STORY and f.polarity == "present")


def _is_broad(asked: _Question) -> bool:
    if asked.slots or any(domain in _NARROW for domain in asked.domains):
        return False
    if asked.domains and not asked.asked:
        general = {"past_history", "mental_state", "obstetric"} & {*asked.domains}
        return not (general and asked.closed)
    return asked.open and (not asked.asked or bool(_TELL.search(asked.text)))


def _topical(asked: _Question, profiles: Sequence[_Profile]) -> set[str]:
    about = {*asked.asked, *asked.context}
    found = {p.id for p in profiles if any(_is_about(p, topic, asked) for topic in sorted(about))}
    found |= {p.id for p in profiles if p.domain in asked.domains}
    if not about and not asked.domains:
        found |= {p.id for p in profiles if p.domain in _STORY and not p.denied}
    return found


def _specific(asked: _Question, profiles: Sequence[_Profile]) -> set[str]:
    if asked.kin:
        near = [p for p in profiles if not p.kin] if "contacts" in asked.asked else []
        found = _by_topic(("contacts",), asked, near)
        return found | _family(asked, [p for p in profiles if p.kin])
    own = [p for p in profiles if not p.kin]
    if "allergy" in asked.domains:
        return _allergy(asked, [p for p in own if p.allergy])
    if asked.asked and "contacts" not in asked.asked:
        own = [p for p in own if not p.others]
    if not _drugs(asked.asked):
        own = [p for p in own if p.domain != "allergy"]
    if asked.slots:
        return _aspects(asked, own)
    found = _by_topic(asked.asked, asked, own)
    found |= _by_phrase(asked, own)
    if not (found and (_drugs(asked.asked) or _is_only_otc(asked))):
        found |= {p.id for p in own if p.domain in asked.domains and not _is_aside(p)}
    if not found and _CONDITIONS.intersection(asked.asked) | _illnesses(asked.asked):
        found = {p.id for p in own if p.cover and p.domain == "past_history"}
    if not found and _drugs(asked.asked):
        found = {p.id for p in own if p.cover and p.domain == "medication"}
    if not found and not asked.asked and not asked.domains:
        found = _by_words(asked.rest, own)
    return found


def _is_only_otc(asked: _Question) -> bool:
    """Whether medicines are asked about only as far as nobody prescribed them."""
    return bool({"otc", "supplements"} & {*asked.asked}) and not _ALSO.search(asked.text)


def _is_aside(profile: _Profile) -> bool:
    """Kept with the past history, and no answer to a question about it."""
    return bool(profile.direct) and profile.direct <= _ASIDE


def _family(asked: _Question, kin: Sequence[_Profile]) -> set[str]:
    wanted = tuple(topic for topic in asked.asked if topic not in _KIN_TOPICS)
    if not wanted:
        return {p.id for p in kin}
    found = _by_topic(wanted, asked, kin) | _by_phrase(asked, kin)
    return found or {p.id for p in kin if p.cover}


def _allergy(asked: _Question, facts: Sequence[_Profile]) -> set[str]:
    named = _drugs(asked.asked)
    if not named:
        return {p.id for p in facts}
    found = _by_topic(tuple(sorted(named)), asked, facts)
    whole = not _of_kind(asked.asked, "drug")
    return found or {p.id for p in facts if p.cover or whole}


def _aspects(asked: _Question, profiles: Sequence[_Profile]) -> set[str]:
    """Facts that speak to an aspect of what the question refers to."""
    told = [p for p in profiles if p.domain in _COMPLAINT and p.slots & asked.slots]
    about = (*asked.context, *asked.asked)
    if "previous" in asked.slots:
        told += [p for p in profiles if p.domain == "past_history" and "previous" in p.slots]
    if not about:
        return _of_the_complaint(told, asked, profiles) | _by_phrase(asked, profiles)
    found = {p.id for p in told if any(_is_about(p, topic, asked) for topic in about)}
    if not found and MODIFIERS.issuperset(about):
        found = {p.id for p in told if not p.denied}
    return found or {p.id for p in told if not p.direct} | _by_phrase(asked, profiles)


def _of_the_complaint(
    told: Sequence[_Profile], asked: _Question, profiles: Sequence[_Profile]
) -> set[str]:
    """Without a name, a question on an aspect is about what the respondent came for."""
    chief = {topic for p in profiles if p.chief for topic in p.direct}
    close = [p for p in told if p.chief or (p.wider | p.direct) & chief]
    if "previous" in asked.slots:
        return {p.id for p in close or told if not p.cover}
    close = close or [p for p in told if p.domain in {"complaint", "symptom"}]
    return {p.id for p in close if not p.denied or "radiation" in asked.slots}


def _by_topic(wanted: Iterable[str], asked: _Question, profiles: Sequence[_Profile]) -> set[str]:
    return {p.id for topic in wanted for p in profiles if _is_about(p, topic, asked)}


def _is_about(profile: _Profile, topic: str, asked: _Question) -> bool:
    if topic in profile.direct or topic in profile.wider:
        apart = asked.sites and profile.sites and not asked.sites & profile.sites
        return not (apart and topic in LOCAL)
    general = topics.above(topic) & profile.direct if profile.direct <= GROUPS else frozenset()
    return bool(general - (frozenset() if profile.denied else {"skin"}))


def _by_phrase(asked: _Question, profiles: Sequence[_Profile]) -> set[str]:
    """Facts one of whose further words the question holds."""
    text = f" {fold(_NO_WORD.sub(' ', asked.rest))} "
    whole = f" {fold(_NO_WORD.sub(' ', asked.text))} "
    said = {topics.stem(word) for word in text.split()}
    return {
        p.id
        for p in profiles
        for phrase in p.phrases
        if (
            len(phrase) > 1 and phrase in text
            if any(map(is_han, phrase))
            else _holds(said, phrase) or (" " in phrase and f" {phrase} " in whole)
        )
    }


def _holds(said: set[str], phrase: str) -> bool:
    stems = {topics.stem(word) for word in re.findall(r"\w+", phrase)}
    return bool(stems) and stems <= said


def _by_words(question: str, profiles: Sequence[_Profile]) -> set[str]:
    asked = topics.words(question)
    if not asked or not profiles:
        return set()
    weights = {
        word: math.log((len(profiles) + 1) / (sum(word in p.words for p in profiles) + 0.5))
        for word in sorted(asked)
    }
    whole = sum(weights.values())
    scores = {p.id: sum(weights[w] for w in sorted(asked & p.words)) for p in profiles}
    best = max(scores.values())
    if whole <= 0 or best < SHARE * whole:
        return set()
    return {id_ for id_, score in scores.items() if score >= max(SHARE * whole, 0.8 * best)}


def _illnesses(asked: Iterable[str]) -> frozenset[str]:
    return _of_kind(asked, "condition") - _NO_ILLNESS


def _drugs(asked: Iterable[str]) -> frozenset[str]:
    return _of_kind(asked, "drug") | _of_kind(asked, "drug_class")


def _of_kind(asked: Iterable[str], kind: str) -> frozenset[str]:
    known = concepts()
    return frozenset(topic for topic in asked if topic in known and known[topic].kind == kind)


def _narrowest(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Without the topics that another one is a kind of: "chest pain" is not also "pain"."""
    return tuple(
        mark
        for mark in marks
        if not any(
            mark.topic in topics.above(other.topic)
            and mark.start < other.end
            and other.start < mark.end
            for other in marks
        )
    )


@lru_cache(maxsize=2048)
def _question(text: str, context: str) -> _Question:
    marks = _narrowest(topics.marks(text))
    definite = [
        mark
        for number, mark in enumerate(marks)
        if _DEFINITE.search(text[: mark.start]) and not _is_listed(text, marks[number:])
    ]
    slots = topics.slots(text)
    named = topics.domains(text)
    kin = "family_history" in named and not _HOUSEHOLD.intersection(m.topic for m in marks)
    indefinite = [mark for mark in marks if mark not in definite]
    first = bool(_ASKS_FIRST.search(text))
    presence = indefinite and not definite and not first and _is_presence(text, indefinite)
    changed = slots == {"progression"} and len(marks) == 1 and not definite
    if slots and (presence or changed or not _WH.search(text)):
        slots = frozenset()
    if kin or {"allergy", "past_history", "medication"}.intersection(named):
        slots = frozenset()
    context_marks: Sequence[Mark] = ()
    if slots:
        context_marks = definite if definite and not first else marks
    elif definite and indefinite:
        context_marks = definite
    kept = [mark for mark in marks if mark not in context_marks]
    if "contacts" in {mark.topic for mark in kept} and not _ALSO.search(text):
        kept = [mark for mark in kept if mark.topic == "contacts"]
    before: tuple[str, ...] = ()
    if slots and not context_marks and not kept and context:
        before = tuple(mark.topic for mark in _narrowest(topics.marks(context)))
    rest = text
    for mark in (*context_marks, *(m for m in kept if " " in text[m.start : m.end])):
        rest = rest[: mark.start] + " " * (mark.end - mark.start) + rest[mark.end :]
    return _Question(
        text=text,
        asked=tuple(mark.topic for mark in kept),
        context=(*(mark.topic for mark in context_marks), *before),
        slots=slots,
        sites=topics.sites(text),
        domains=tuple(d for d in named if d != "family_history" or kin),
        kin=kin,
        open=topics.is_open(text),
        closed=bool(_CLOSED.search(text)),
        rest=rest,
    )


def _is_listed(text: str, marks: Sequence[Mark]) -> bool:
    """Whether a topic is one of a list with the next: "your bowels or urination"."""
    follow = next((m for m in marks[1:] if m.start >= marks[0].end), None)
    return follow is not None and bool(_LINK.fullmatch(text[marks[0].end : follow.start]))


def _is_presence(text: str, marks: Sequence[Mark]) -> bool:
    """Whether a question asks if topics are there at all: "Any sudden weight loss?"."""
    return any(_PRESENCE.search(text[: mark.start]) for mark in marks)


@lru_cache(maxsize=4096)
def _profile(fact: Fact) -> _Profile:
    text = f"{fact.text}\n{fact.lay}"
    return _profile_of(fact.id, fact.text, text, fact.domain, fact.polarity, fact.topics)


@lru_cache(maxsize=512)
def _gap(topic: str) -> _Profile:
    """An unknown topic, as if it were a fact."""
    named = () if is_order_noun(topic) else topics.domains(topic)
    made = _profile_of(topic, topic, topic, named[0] if named else "other", "present", (topic,))
    return replace(made, slots=frozenset())


def _profile_of(
    id_: str, text: str, whole: str, domain: str, polarity: str, further: tuple[str, ...]
) -> _Profile:
    named = {m.topic for part in (text, *further) for m in topics.marks(part)}
    direct = frozenset(named - {wide for topic in named for wide in topics.above(topic)})
    kin = domain == "family_history" or bool(_KIN.search(text))
    negative = polarity == "denied" or bool(_NOTHING.search(text))
    bare = domain != "other" and direct <= _BARE
    return _Profile(
        id=id_,
        domain="family_history" if kin else domain,
        denied=polarity == "denied",
        direct=direct,
        wider=frozenset(wide for topic in direct for wide in topics.above(topic)),
        slots=topics.fact_slots(whole),
        sites=topics.sites(text),
        words=topics.words(whole),
        phrases=tuple(fold(_NO_WORD.sub(" ", phrase)) for phrase in further),
        kin=kin,
        others=domain == "social_history" and bool(_OTHERS.search(text)),
        chief=domain == "complaint",
        allergy=domain == "allergy" or "allergy" in topics.domains(text),
        cover=negative and bare and not _RECENT.search(text) and bool(_GENERAL.search(text)),
    )
