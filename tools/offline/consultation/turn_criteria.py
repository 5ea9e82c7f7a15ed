"""Criteria for a doctor's next message, without a language model: from what was told and is open.

A topic is the medical words of a statement. Every criterion is about one topic, in words that the
message would hold, so that a judge can grade it from the message and the conversation alone.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from medelphi.knowledge.lexicon import find_concepts
from medelphi.prompts.sections import Section
from medelphi.schema import TurnTag
from medelphi.tools.dialogue.topics import marks
from medelphi.tools.offline.judge_words import stem, weight, words

LEAST, MOST = 3, 6
_NAMED = frozenset(
    {
        "condition", "symptom", "drug", "drug_class", "procedure", "test", "lifestyle", "anatomy",
        "nutrient", "vaccine", "device", "organism",
    }
)  # fmt: skip
_HALF = 0.46
"""Share of the weight that the lighter one of two topics must have."""
_LATE = 0.8
"""Share of the turns of the budget from which a message should rather conclude than ask."""
_ASKED = re.compile(
    r"^\W*(?:(?:also|explicitly|specifically|clearly)\s+)*(?:asks?|inquires?|enquires?|finds? out|"
    r"checks?|clarif(?:y|ies)|explores?|elicits?|obtains?|takes?)\b\s*"
    r"(?:again\s+)?(?:the (?:patient|caregiver|mother|parent)s?\b\s*)?"
    r"(?:about|for|whether|if|how|when|into)?\b[:\s]*|"
    r"^\W*(?:主动|进一步|明确|是否)*(?:询问|追问|问及|问诊|问|了解|核实|澄清|弄清)(?:患者|病人|"
    r"家长|家属)?(?:是否|有无|关于)?[：:\s]*",
    re.IGNORECASE,
)
_WORRY = re.compile(
    r"[?？]\s*$|\b(?:worr\w+|afraid|scared|anxious|nervous|frighten\w*|terrified|"
    r"(?:is|could) (?:it|this|that) (?:be )?(?:serious|dangerous|bad)|cancer|die|dying)\b|"
    r"担心|害怕|怕是|紧张|焦虑|着急|严重吗|要紧吗|要不要紧|不会是|吓|怎么办",
    re.IGNORECASE,
)
_URGENT = re.compile(
    r"\b(?:chest|breath\w*|bleed\w*|blood|faint\w*|syncope|conscious\w*|confus\w*|seiz\w*|"
    r"convuls\w*|suicid\w*|self-harm|harm|weakness|numb\w*|speech|vision|stiff\w*|severe|sudden|"
    r"fever|weight loss|night sweats|allerg\w*|medic\w*|drugs?|pregnan\w*|dehydrat\w*|urine|"
    r"anticoagul\w*|swallow\w*|jaundice|rash|fetal|movements?)\b|"
    r"胸|呼吸|气促|气短|喘|出血|流血|便血|咯血|呕血|黑便|晕厥|昏|意识|抽搐|惊厥|自杀|自伤|轻生|"
    r"麻木|无力|言语|视物|颈|剧烈|突然|发热|高热|体重下降|消瘦|盗汗|过敏|用药|服药|药物|妊娠|"
    r"怀孕|脱水|尿量|胎动|黄疸|皮疹",
    re.IGNORECASE,
)


def _cue(english: str, chinese: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{english})\b|{chinese}", re.IGNORECASE)


_PART = re.compile(r"[.!?,;。！？，；]|\bbut\b|但")
_DENIES = re.compile(r"\b(?:no|not|never|none|nor|without)\b|n['’]t\b|没|不|无", re.IGNORECASE)
_WORDED = {
    "en": {
        "ask": "Asks about {topic}",
        "history": "Asks {topic}",
        "again": "Asks about {topic} (note: the patient has already told this)",
        "flag": "Mentions the {topic} (note: a warning sign that was just told, to be followed up "
        "by asking more, by an examination or test, or by urgent care)",
        "refer": "Mentions the {topic} (note: the patient has just spoken of it)",
        "worry": "Shows empathy with what worries the patient",
        "net": "Recommends emergency care (note: for the signs with which not to wait)",
        "plan": "Recommends a test or a referral",
        "tell": "Asks the patient for further information",
        "opening": "Asks what brings the patient here today (note: the patient has already said "
        "it)",
        "and": " or ",
    },
    "zh": {
        "ask": "询问{topic}",
        "history": "询问{topic}",
        "again": "询问{topic}（说明：患者已经说过）",
        "flag": "提到{topic}（说明：刚说出的危险信号，要追问、检查或让患者尽快就医）",
        "refer": "提到{topic}（说明：患者刚刚说过）",
        "worry": "对患者的担心表示共情和安慰",
        "net": "建议立即就医或去急诊（说明：出现危险信号时）",
        "plan": "建议做检查或复诊",
        "tell": "询问更多病情信息",
        "opening": "询问患者今天哪里不舒服（说明：患者已经说过）",
        "and": "或",
    },
}
_HISTORY: tuple[tuple[TurnTag, str, str, tuple[tuple[re.Pattern[str], str, str], ...]], ...] = (
    (
        "intent_recognition",
        "",
        "",
        (
            (
                _cue(r"when|start\w*|beg[au]n|onset|how long", "什么时候|何时|开始|多久"),
                "when it started",
                "什么时候开始",
            ),
            (
                _cue(r"sever\w*|how bad|scale|out of ten|intens\w*", "严重|厉害|程度|几分"),
                "how severe it is",
                "有多严重",
            ),
            (
                _cue(r"worse\w*|eas\w+|reliev\w*|better|brings? it on", "加重|缓解|诱发"),
                "what makes it worse or eases it",
                "什么会加重或缓解",
            ),
        ),
    ),
    (
        "risk_control",
        "about ",
        "",
        (
            (_cue(r"medic\w+|drugs?|tablets", "药"), "medicines", "用药"),
            (_cue(r"allerg\w+", "过敏"), "allergies", "过敏"),
            (_cue(r"operations?|surgery|illness\w*", "手术|得过"), "operations", "手术史"),
        ),
    ),
    (
        "intent_recognition",
        "about ",
        "",
        (
            (_cue(r"smok\w+", "烟"), "smoking", "吸烟"),
            (_cue(r"alcohol|drink\w*", "酒"), "alcohol", "饮酒"),
            (_cue(r"family|relatives?", "家族|家里|家人"), "family history", "家族史"),
        ),
    ),
)
"""What every history asks for, in groups that make one criterion each: its turn tag, what the list
begins with in either language, and for each matter what asks for it and its names."""


def turn_criteria(sections: Sequence[Section]) -> dict[str, Any]:
    """Three to six criteria with points and turn tag, as ``criteria``."""
    lines = [
        (child.attributes.get("role", ""), child.content)
        for item in sections
        if item.tag == "conversation"
        for child in item.children
    ]
    ledger = [item for item in sections if item.tag == "ledger"]
    limits = next((dict(item.attributes) for item in sections if item.tag == "limits"), {})
    own = [text for role, text in lines if role == "patient"]
    worded = _WORDED["zh" if limits.get("language") == "zh" else "en"]
    number = _count(limits.get("number"), 1)
    remaining = _count(limits.get("remaining"), 10)
    late = remaining <= 2 or number / max(1, number + remaining) >= _LATE

    made: list[tuple[str, int, str]] = []
    named: set[str] = set()

    def add(name: str, tag: str, points: int, subject: str = "") -> bool:
        key = subject.casefold()
        if (
            len(made) >= MOST
            or (subject and key in named)
            or ("{topic}" in worded[name] and not key)
        ):
            return False
        if subject:
            named.add(key)
        made.append((worded[name].format(topic=subject), points, tag))
        return True

    joint = worded["and"]
    opener, last = (own[0], own[-1]) if own else ("", "")
    spoken = _stems(own)
    closed = _repeatable(ledger, joint)
    flags = [_flag(item.content, last, joint) for item in _of(ledger, "red_flag")[:2]]
    for topic in flags:
        add("flag", "risk_control", 6, topic)
    if flags and not late:
        add("net", "risk_control", 3)
    if late:
        add("net", "risk_control", 5)
        add("plan", "intent_recognition", 4)
    if _WORRY.search(last):
        add("worry", "intent_recognition", 3)
    if number > 1:
        add("refer", "contextual_coreference", 2, _newest(own, [*closed, *flags]) or _named(opener))
    for topic in closed[: 2 if late else 1]:
        add("again", "short_term_memory", -2, topic)
    if not closed:
        add("opening", "short_term_memory", -2)
    if not late:
        asked = "\n".join(text for role, text in lines if role == "doctor")
        known = "\n".join(item.content for item in _of(ledger, "told"))
        chinese = limits.get("language") == "zh"
        heard = f"{asked}\n{known}"
        for topic, urgent in _open(_of(ledger, "outstanding"), spoken, joint)[:1]:
            add("ask", "risk_control" if urgent else "intent_recognition", 4, topic)
        for tag, topic in _unheard(heard, chinese=chinese):
            add("history", tag, 2, topic)
        if number == 1 or len(made) < LEAST:
            add("tell", "intent_recognition", 1)
    if not any(tag == "risk_control" for _, _, tag in made):
        add("net", "risk_control", 2)
    if len(made) < LEAST:
        add("plan", "intent_recognition", 3)
    return {
        "criteria": [
            {"text": text, "points": points, "turn_tag": tag} for text, points, tag in made[:MOST]
        ]
    }


def _unheard(heard: str, *, chinese: bool) -> Iterator[tuple[TurnTag, str]]:
    """The parts of a history that nobody has spoken of yet: any matter of a group will do."""
    for tag, en, zh, matters in _HISTORY:
        names = [zh_ if chinese else en_ for cue, en_, zh_ in matters if not cue.search(heard)]
        if names:
            joint = "或" if chinese else " or "
            listed = ("、" if chinese else ", ").join(names[:-1])
            yield tag, (zh if chinese else en) + joint.join(filter(None, (listed, names[-1])))


def _open(items: Sequence[Section], spoken: frozenset[str], joint: str) -> list[tuple[str, bool]]:
    """What is still to be asked, the urgent first, with whether it is; two topics of like weight
    make one criterion that either of them meets."""
    found: dict[str, bool] = {}
    for item in items:
        topic = _single(_ASKED.sub("", item.content), spoken)
        if topic:
            found.setdefault(topic, bool(_URGENT.search(item.content)))
    ranked = sorted(found, key=lambda topic: not found[topic])
    pairs = []
    while ranked:
        first = ranked.pop(0)
        near = (t for t in ranked if found[t] == found[first] and _balanced(first, t))
        if second := next(near, ""):
            ranked.remove(second)
            pairs.append((joint.join((first, second)), found[first]))
        else:
            pairs.append((first, found[first]))
    return pairs


def _balanced(one: str, other: str) -> bool:
    """Whether a judge finds half of the criterion in a message that takes up one of two topics."""
    low, high = sorted(sum(map(weight, words(text))) for text in (one, other))
    return low >= _HALF * (low + high) and not _stems([one]) & _stems([other])


def _stems(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(stem(word) for text in texts for word in words(text) if weight(word) > 0)


def _single(text: str, spoken: frozenset[str]) -> str:
    """One topic of a text, if possible one that the patient has not spoken of."""
    topics = [_small(surface) for surface in _surfaces(text)]
    return next((t for t in topics if not _stems([t]) <= spoken), topics[0] if topics else "")


def _flag(text: str, last: str, joint: str) -> str:
    """The topic of a red flag, in the patient's own words where they have named it."""
    named = {m.concept.id: m.surface for m in find_concepts(text)}
    own = [(m.surface, named[m.concept.id]) for m in find_concepts(last) if m.concept.id in named]
    return _small(max(own[0], key=len)) if own else _topic(text, joint)


def _of(ledger: Sequence[Section], kind: str) -> list[Section]:
    return [item for item in ledger if item.attributes.get("kind") == kind]


def _count(given: str | None, default: int) -> int:
    return int(given) if given and given.isdigit() else default


def _topic(text: str, joint: str) -> str:
    """What a text is about: one or two of the topics that it names; empty without any."""
    found = _surfaces(text)
    best = sorted(found, key=lambda s: -max([0.0, *map(weight, words(s))]))[:2]
    return joint.join(map(_small, sorted(best, key=text.find)))


def _surfaces(text: str) -> list[str]:
    """The topics that a text names, in its own words: those that a question can be about."""
    return [text[mark.start : mark.end] for mark in marks(text)]


def _small(surface: str) -> str:
    """Without a sentence's capital; abbreviations keep theirs."""
    return surface[:1].lower() + surface[1:] if surface[1:2].islower() else surface


def _newest(own: Sequence[str], closed: Sequence[str]) -> str:
    """A topic of the patient's last words that they had not spoken of before, if there is one.

    Args:
        own: The patient's words so far.
        closed: Topics that leave nothing to take up.
    """
    if not own:
        return ""
    done = _stems([*own[:-1], *closed])
    ids = {m.concept.id for topic in closed for m in find_concepts(topic)}
    told = " ".join(part for part in _PART.split(own[-1]) if not _DENIES.search(part))
    for mention in find_concepts(told):
        known = mention.concept.id in ids or _stems([mention.surface]) <= done
        if mention.concept.kind in _NAMED and not known:
            return _small(mention.surface)
    return ""


def _named(text: str) -> str:
    """The first medical thing that a text names."""
    found = (m.surface for m in find_concepts(text) if m.concept.kind in _NAMED)
    return _small(next(found, ""))


def _repeatable(ledger: Sequence[Section], joint: str) -> list[str]:
    """Topics that leave nothing to ask: what was denied, and history; the newest first."""
    topics = []
    for item in reversed(_of(ledger, "told")):
        closed = item.attributes.get("polarity") == "denied" or item.attributes.get("domain") in {
            "allergy", "family_history", "social_history", "past_history", "medication",
        }  # fmt: skip
        topic = _topic(item.content, joint)
        if closed and topic and topic not in topics:
            topics.append(topic)
    return topics
