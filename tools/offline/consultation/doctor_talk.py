"""What an offline doctor takes from a plain conversation: who speaks of whom, what was said, what
was found. Nothing else is known to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from medelphi.knowledge.text import is_han, sentences
from medelphi.tools.offline.consultation.interview import Alarm, Phrases, Protocol
from medelphi.tools.offline.consultation.interview_en import ENGLISH
from medelphi.tools.offline.consultation.interview_zh import CHINESE

LONGEST = 20_000
"""Characters of one message that are read."""
QUOTED = 12
"""Most words of a patient that a doctor says again."""
CHILD = 12
"""Years below which somebody else speaks for a patient."""

_RESULT = re.compile(r"\s*(?:\[result\]|［结果］|\[结果\])\s*", re.IGNORECASE)
_NOTE = re.compile(r"\s*(?:\[note\]|［提示］|\[提示\])\s*", re.IGNORECASE)
_CHILDREN = (
    "son|daughter|baby|child|kid|infant|toddler|newborn|little boy|little "
    "girl|grandson|granddaughter|boy|girl"
)
_ADULTS = "mother|father|mom|mum|dad|husband|wife|grandmother|grandfather|grandma|grandpa|partner"
_KIN = re.compile(
    rf"\b(?:my|our) (?:[\w-]+ ){{0,3}}?({_CHILDREN}|{_ADULTS})\b(?!'s)"
    r"(?=.{0,40}?\b(?:has|is|was|keeps|kept|won't|had|seems|cries|feels|can|does|doesn't|did|got|"
    r"been|started|started|needs|takes|refuses|vomits|complains|says)\b)|"
    rf"\b(?:he|she) is my ({_CHILDREN}|{_ADULTS})\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\bI(?:'m|'ve| am| have| feel| felt| get| got| had| can't| keep)\b|\bmy (?!son|daughter)"
)
_OTHER = re.compile(r"\b(?:he|she|him|his|her)\b", re.IGNORECASE)
_EXPECTING = re.compile(
    r"\bpregnan|weeks along|since (?:the|my) (?:birth|baby was born)|怀孕|孕|胎动|产后|生完|坐月子",
    re.IGNORECASE,
)
_NAMES_ZH = (
    "儿子|女儿|宝宝|孩子|小孩|娃|孙子|孙女|外孙|妈妈|妈|母亲|爸爸|爸|父亲|爷爷|奶奶|外婆|外公|姥姥|姥爷"
    "|老公|丈夫|爱人|老伴|妻子|老婆|婆婆|公公|媳妇"
)
_KIN_ZH = re.compile(
    rf"(?:^|[，。！,!\s])(?:(?:医生|大夫|您好|你好)[，。！,!\s]*)*(?:我|我们|咱|咱们)(?:家)?(?:的)?(?:小|大)?({_NAMES_ZH})"
    rf"(?!.{{0,3}}(?:说|让|叫我|催|劝|陪|带我|担心))"
    rf"|^(?:(?:医生|大夫|您好|你好)[，。！,!\s]*)*(?:看看|帮我看看)?(?:我|我家|我们家)?({_NAMES_ZH})"
    rf"(?!.{{0,3}}(?:说|让|叫我|催|劝|陪|带我|担心))"
)
_CHILDREN_ZH = frozenset({"儿子", "女儿", "宝宝", "孩子", "小孩", "孙子", "孙女", "外孙", "娃"})
_AGE = re.compile(
    r"\b(\d{1,3})[- ]?(year|yr|month|week|day)s?[- ](?:old|of age)|(\d{1,3}) ?(岁|个月|周大|天大)"
    r"|\b(?:I'm|I am|he's|he is|she's|she is) (\d{1,3})(?! ?(?:weeks|months|days|hours|kg|%))\b",
    re.IGNORECASE,
)
_FEMALE = re.compile(
    r"\b(?:woman|female|girl|daughter|mother|wife|grandmother|pregnan\w*|periods?|menstrua\w*|"
    r"lady|mom|mum|she|her)\b|女性|女的|女儿|妈|母亲|妻子|老婆|奶奶|外婆|月经|例假|怀孕|孕|她",
    re.IGNORECASE,
)
_FEMALE_SELF = re.compile(
    r"\b(?:woman|female|girl|lady|pregnan\w*|my periods?|menstrua\w*)\b|女性|女的|月经|例假|怀孕|"
    r"孕",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:no|not|never|none|neither|nor|without|den(?:y|ies|ied)|cannot|free of)\b|n't\b|没有|没|"
    r"否认|并无|从未|从不|未曾|无明显|不(?:伴|会|是|觉得)",
    re.IGNORECASE,
)
_TURNS = re.compile(
    r"\b(?:but|however|except|although|though|only)\b|但|不过|只是|就是|除了", re.IGNORECASE
)
_ANSWERS_NO = re.compile(
    r"^\s*(?:no|well|um+)\b[,.]?\s+(?=(?:i|he|she|it|we|they)\b)|^\s*(?:没有|不是)[，,]",
    re.IGNORECASE,
)
_RELATIVES = re.compile(
    r"\b(?:my|his|her) (?:mother|father|mom|mum|dad|brother|sister|aunt|uncle|grand\w+|cousin|"
    r"parents)|in the family|family history|家里人|家族|(?:父亲|母亲|爸爸?|妈妈?|兄弟|姐妹|哥哥|"
    r"姐姐|弟弟|妹妹|爷爷|奶奶).{0,6}(?:有|得|患)",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[!?;,。！？；，\n]|\.(?!\d)")
_JOINING = re.compile(r"^(?:(?:and|but|so|as i said|well)\b|也|还|就是)\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_LOST = re.compile(
    r"(?:did(?:n't| not)|do(?:n't| not)|not sure i) (?:quite |really )?(?:follow|understand|catch|"
    r"get)|(?:ask|say|repeat|explain|put) (?:that|it|the question|me that) (?:again|once more|"
    r"more simply|differently)|(?:could|can|would) you (?:please )?(?:repeat|rephrase|"
    r"ask (?:me )?(?:that|it)? ?again)|what do you mean|没听懂|没听明白|没听清|没明白|听不懂|"
    r"不太明白|再(?:说|问|讲)一[遍次]|什么意思",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation as a doctor reads it."""

    phrases: Phrases
    own: tuple[str, ...]
    """The doctor's earlier messages."""
    heard: tuple[str, ...]
    """What the respondent said, message by message; the last is to be answered."""
    results: tuple[str, ...]
    """What was reported, in order."""
    new_results: tuple[str, ...]
    """Those that came with the last message."""
    reminded: bool
    """Whether a note came with the last message."""
    limit: int | None = None
    """Most turns, where that was said."""
    slots: dict[str, str] = field(default_factory=dict)
    aged: bool = False
    """Whether an age was told."""
    child: bool = False
    female: bool = False

    @property
    def number(self) -> int:
        """Of the turn that the doctor is about to take, from 1."""
        return len(self.own) + 1

    @property
    def last(self) -> str:
        return self.heard[-1]

    @property
    def lost(self) -> bool:
        """Whether the respondent did not understand the last question."""
        return bool(self.own) and _LOST.search(self.last) is not None

    @property
    def asked_back(self) -> bool:
        """Whether the respondent asks something."""
        return not self.lost and self.last.rstrip().endswith(("?", "？"))

    @property
    def telling(self) -> str:
        """The clause of the last answer that tells most, in the respondent's words."""
        cues = [alarm.cues for alarm in self.phrases.alarms]
        cues += [protocol.cues for protocol in self.phrases.protocols]
        for clause in _CLAUSES.split(self.last):
            words = _JOINING.sub("", clause.strip(" \"'“”‘’"))
            short = len(words.split()) <= QUOTED and len(words) <= 6 * QUOTED
            if short and (_NUMBER.search(words) or any(affirms(cue, words) for cue in cues)):
                known = "{" in words or any(words in text for text in self.own)
                return "" if known else words
        return ""

    def said(self, text: str) -> bool:
        """Whether the doctor has used a text of its own before."""
        words = self.fill(text)
        return any(words in message for message in self.own)

    def fill(self, text: str) -> str:
        """A text of the tables, about the right person."""
        for slot, word in self.slots.items():
            text = text.replace(f"{{{slot}}}", word)
        return text[:1].upper() + text[1:]

    def phrase(self, text: str) -> str:
        """The same inside of a sentence."""
        for slot, word in self.slots.items():
            text = text.replace(f"{{{slot}}}", word)
        return text

    def protocols(self) -> tuple[Protocol, ...]:
        """The protocols that fit, the best first: what the respondent came with counts most."""
        known = self.phrases.protocols
        weights: dict[str, tuple[float, float]] = {}
        for place, protocol in enumerate(known[:-1]):
            came = _weight(protocol, self.heard[:1])
            weights[protocol.name] = (came, _weight(protocol, self.heard[1:]) - place / 1000)
        child = weights.pop("child")
        order = sorted(weights, key=lambda name: weights[name], reverse=True)
        by_name = {protocol.name: protocol for protocol in known}
        chosen = [by_name[name] for name in order if max(weights[name]) > 0]
        if self.child:
            chosen.insert(
                0 if not chosen or child[0] > weights[chosen[0].name][0] else 1, by_name["child"]
            )
        return tuple(chosen) or known[-1:]

    def alarms(self, text: str) -> tuple[Alarm, ...]:
        """Signs of danger that a text affirms."""
        return tuple(alarm for alarm in self.phrases.alarms if affirms(alarm.cues, text))


def read_talk(messages: Sequence[tuple[str, str]], limit: int | None = None) -> Talk:
    """A conversation of (role, text) pairs, roles ``user`` and ``assistant``."""
    own: list[str] = []
    heard: list[str] = []
    results: list[str] = []
    fresh: list[str] = []
    reminded = False
    for role, message in messages:
        text = message[:LONGEST]
        if role == "assistant":
            own.append(text)
            continue
        fresh, words, reminded = [], [], False
        for line in text.splitlines():
            if found := _RESULT.match(line):
                fresh.append(line[found.end() :].strip())
            elif _NOTE.match(line):
                reminded = True
            else:
                words.append(line)
        results += fresh
        heard.append("\n".join(words).strip())
    opener = next((text for text in heard if text), "")
    chinese = _chinese(opener)
    slots, child = _about(opener, "\n".join(heard[:3]), chinese=chinese)
    about_other = slots["you"] not in {"you", "您"}
    female = (_FEMALE if about_other else _FEMALE_SELF).search("\n".join(heard)) is not None
    return Talk(
        phrases=CHINESE if chinese else ENGLISH,
        own=tuple(own),
        heard=tuple(heard) or ("",),
        results=tuple(results),
        new_results=tuple(fresh),
        reminded=reminded,
        limit=limit,
        slots=slots,
        aged=_years("\n".join(heard)) is not None,
        child=child,
        female=female,
    )


def _weight(protocol: Protocol, texts: Sequence[str]) -> float:
    """How many different cues of a protocol are affirmed."""
    return sum(
        affirmed(hit, text)
        for text in texts
        for hit in sorted({found.group().lower() for found in protocol.cues.finditer(text)})
    )


def affirms(cues: re.Pattern[str], text: str) -> bool:
    """Whether a text says of the patient that something is there."""
    if not cues.search(text):
        return False
    for whole in sentences(text) or [text]:
        sentence = _ANSWERS_NO.sub("", whole)
        if _RELATIVES.search(sentence):
            continue
        for found in cues.finditer(sentence):
            before = sentence[: found.start()]
            if "，" in before and not before.isascii():
                before = before.rpartition("，")[2]
            turned = [turn.end() for turn in _TURNS.finditer(before)]
            if not _NEGATED.search(before[turned[-1] :] if turned else before):
                return True
    return False


def affirmed(words: str, text: str) -> bool:
    """The same of plain words."""
    return affirms(re.compile(re.escape(words), re.IGNORECASE), text)


def _chinese(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return sum(map(is_han, letters)) * 4 > len(letters) if letters else False


def _about(opener: str, early: str, *, chinese: bool) -> tuple[dict[str, str], bool]:
    """Who the patient is: the slots of the texts, and whether it is a small child."""
    age = _years(early)
    if chinese:
        who = _relative_zh(opener)
        child = who in _CHILDREN_ZH and (age is None or age < CHILD)
        name = "孩子" if who in _CHILDREN_ZH else f"您{who}" if who else "您"
        return {"you": name, "your": f"{name}的"}, child
    who = _relative(opener)
    if not who:
        return {word: word for word in ("you", "your", "have", "do", "are", "were")}, False
    young = re.fullmatch(_CHILDREN, who) is not None
    name = "your child" if young else f"your {who}"
    slots = {
        "you": name,
        "your": f"{name}'s",
        "have": "has",
        "do": "does",
        "are": "is",
        "were": "was",
    }
    return slots, young and (age is None or age < CHILD)


def _relative(opener: str) -> str:
    """Whom the opener speaks of, if not of the respondent."""
    kin = _KIN.search(opener)
    own, others = len(_OWN.findall(opener)), len(_OTHER.findall(opener))
    if not kin or own > others or _EXPECTING.search(opener):
        return ""
    return (kin[1] or kin[2]).lower()


def _relative_zh(opener: str) -> str:
    kin = _KIN_ZH.search(opener)
    if not kin or _EXPECTING.search(opener):
        return ""
    return kin[1] or kin[2]


def _years(text: str) -> float | None:
    if not (found := _AGE.search(text)):
        return None
    unit = (found[2] or found[4] or "year").lower()
    return float(found[1] or found[3] or found[5]) if unit in {"year", "yr", "岁"} else 0.5
