"""A patient's words as claims: clauses with their content, their figures, and which way round.

This reading is the audit's own. It knows nothing of who worded the text or of what was meant to be
told.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from medelphi.knowledge.lexicon import ancestors, find_concepts
from medelphi.tools.offline.judge_numbers import Quantity, quantities, without_quantities
from medelphi.tools.offline.judge_words import stem, weight, words
from medelphi.tools.sessions.lay_terms import lay_terms

Manner = Literal["claim", "question", "talk"]
"""``talk``: greetings, thanks, worries, not knowing, what one is going to do."""

_LONGEST = 6_000
"""Characters of one text that are read."""
_STRICT = frozenset(
    {"condition", "symptom", "drug", "drug_class", "procedure", "vaccine", "organism"}
)
_GROUP, _CONCEPT, _COURSE = 0.7, 1.0, 0.15
"""What a lay term, a concept and a word on the course weigh; other words what they tell."""
_ON_COURSE = frozenset({"~begin", "~lately", "~better", "~worse"})
_SENTENCE = re.compile(r"(?<=[。！？!?；;\n])|(?<=[.…])(?=\s|$)")
_CLAUSE = re.compile(
    r"(?:[，：:（）()—]|,(?!\d{3}))|\s[-–]\s|\s+(?=(?:but|though|although|because|while|except|however)\b)|"
    r"\s+(?=and (?:i|he|she|it|they|we|my|his|her|no|not|there|then|now|also|the)\b)|"
    r"(?=但|不过(?!敏)|可是|因为|而且|另外|然后|就是说)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"[?？]\s*[\"”’』」]*\s*$|(?:吗|么|呢|是不是|要不要|能不能)[。.！!…]*\s*$", re.IGNORECASE
)
_UNKNOWN = re.compile(
    r"\b(?:(?:do|did|would|could|can|does)(?:n['’]?t| not) (?:really |actually |honestly )?(?:know|"
    r"remember|recall|say|tell|think of|understand|follow|get|notice)|cannot (?:say|tell|remember|"
    r"recall)|not (?:really |quite |too |so |entirely |exactly )?(?:sure|certain)|"
    r"no (?:idea|clue)|unsure|hard to (?:say|tell)|couldn['’]t tell|never (?:thought|noticed|"
    r"been told|checked)|nobody (?:told|said)|haven['’]t (?:noticed|thought|checked|been told|"
    r"paid)|beats me|who knows|forget|forgot\w*)\b|"
    r"不知道|不清楚|不晓得|说不(?:好|准|清|上)|答不(?:上|出|了)|说不出|讲不(?:清|好)|记不(?:清|得|住|太)|不记得|不(?:太|大|是很)?确定|"
    r"不了解|没(?:太|怎么)?(?:注意|留意|想过|听说|在意|查过|印象)|没人(?:跟我)?(?:说|告诉)|忘了|"
    r"不(?:太|大)?(?:懂|明白)|没(?:听|太)?(?:懂|明白)|想不起",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"^\W*(?:(?:well|so|um+|uh+|er+|oh|hmm*|ah|okay|ok|yes|yeah|and|but|look|listen|doctor|doc|"
    r"please|honestly|sorry|i mean|you know|to be honest)\b[\s,.…]*)*"
    r"(?:thank\w*|thanks|sorry|hello|hi|hey|good (?:morning|afternoon|evening|day)|bye\w*|"
    r"all right|alright|sure|of course|fine|got it|i see|i understand|understood|"
    r"i(?:['’]ll| will| would|['’]d (?:like|rather|prefer))|we(?:['’]ll| will)|let['’]?s|"
    r"if (?:you|i|it|that|he|she)|whatever you|as you|you (?:said|mean|want|think|already|just|"
    r"asked|know|can|could|should|don|are)|"
    r"(?:i(?:['’]m| am| was|['’]ve been| feel| get)? (?:(?:just|really|so|very|a bit|quite|"
    r"honestly|still|also|only|rather|getting|being|kind of|a little) )*(?:worr\w+|scared|afraid|"
    r"anxious|nervous|frightened|terrified|concerned|embarrassed|hoping|hope|glad|grateful|sorry|"
    r"in a hurry|busy))|"
    r"i (?:just )?(?:wonder|want|hope|trust|guess so|think so|told you|said|already (?:told|said)|"
    r"can(?:not|['’]t) (?:give|share|help|answer|do that|show|discuss)|"
    r"don['’]t (?:have (?:a |the |any )?(?:record|file|chart|access|time|diagnosis)|"
    r"see (?:how|why)|like|want|trust|mind))|"
    r"(?:that|this|it|which)(?:['’]s| is| was| sounds?| seems?| makes?| worries| scares| frightens|"
    r"(?:['’]s| is) what)\b (?:(?:really|so|very|all|just|a bit|quite) )*(?:all|it|good|fine|okay|"
    r"ok|me|sense|scary|worrying|why|what|about|everything|hard|difficult|awful|annoying|"
    r"frightening|a lot|right|clear|helpful|reassuring|embarrassing|personal|a relief|my only|"
    r"the main)|"
    r"what (?:else|do|should|is|can|now)|how (?:long|much|soon) (?:will|does|do|is)|"
    r"can (?:we|you)|could (?:we|you)|would you|do (?:i|you|we)|should i|is (?:it|this|that|there)|"
    r"are you|as i (?:said|told|mentioned)|like i (?:said|told|mentioned)|let me (?:think|see)|"
    r"(?:just|only) (?:tell|give) me|tell me|nothing else|anything else|go on|go ahead|never mind)"
    r"\b|"
    r"^\W*(?:(?:嗯|哦|啊|那个|这个|那|就是|唉|哎|其实|说实话|医生|大夫|您看|不好意思|反正|"
    r"我跟您说)[，,、…\s]*)*"
    r"(?:谢谢|多谢|感谢|您好|你好|再见|好的?|行|可以|明白|知道了|晓得了|了解了|没问题|当然|"
    r"我(?:会|去|这就|回去|听[您你]|照您|按您|想问|想知道|希望|就(?:想|怕|担心)|"
    r".{0,5}(?:担心|害怕|紧张|着急|焦虑|怕(?![冷热光风])|慌|不好意思|放心|赶时间|话有点多)|"
    r"刚才?(?:说|讲|不是)|(?:已经|前面)(?:说|讲)|没法|不能(?:给|告诉|透露|说))|"
    r"[您你]|听[您你]|希望|盼|您听|医生[您你]|"
    r"照您|那就|所以您|如果|要是|万一|麻烦|请|拜托|能不能|可不可以|要不要|怎么办|怎么(?:会|了)|"
    r"什么意思|为什么|让我想|就这些|没(?:别|其他|其它)的|别的没|这(?:让|叫)我|这样啊|这样吗|"
    r"听着|听起来|吓|我(?:再)?想想|不好说|怎么说呢|差不多就这)",
    re.IGNORECASE,
)
FEELING = re.compile(
    r"\b(?:worr\w+|scar(?:ed|y|es)|afraid|nervous|frighten\w*|terrif\w+|embarrass\w*|grateful|"
    r"upset|annoy\w*|relie(?:f|ved))\b|担心|害怕|紧张|着急|慌|发愁|不安心|放心|[您你]",
    re.IGNORECASE,
)
"""A clause of feelings, or addressed to the doctor (in Chinese, by its pronoun): no claim, unless
it names something medical or a figure."""
_NEGATOR_EN = re.compile(
    r"\b(?:no|not|never|none|neither|nor|without|nothing|nobody|denies|denied|deny|denying|"
    r"negative for|free of|absence of|absent|hardly|cannot|quit|stopped|lacks?|lacking)\b|"
    r"\bnon(?=-|tender|smok)|n['’]t\b|"
    r"\b(?:do|does|did|have|has|had|is|are|was|were|would|should|ca|wo)nt\b",
    re.IGNORECASE,
)
_UNABLE = re.compile(
    r"\b(?:can(?:not|['’]?t| not)|could(?:n['’]?t| not)|unable|inability|won['’]?t|will not)\b|"
    r"不了|不能|无法|[\u4e00-\u9fff]不(?:好|出|下|着|动|上|来|起|清|住)",
    re.IGNORECASE,
)
_NOT_DENYING = re.compile(
    r"\b(?:not (?:only|just|sure|certain|very|really|that|so|too|feeling (?:well|good|right)|well|"
    r"good|great|right)|no (?:matter|doubt|wonder|longer|problem|appetite|energy)|nothing (?:helps|"
    r"works|but)|no one else|(?:does|do|did|has|have)(?:n['’]t| not) (?:stop|stopped|go away|gone "
    r"away|help|helped|improve|improved|get better|gotten better|work|worked|feel (?:well|good|"
    r"right)))\b|"
    r"不仅|不但|不只|不过(?!敏)|不舒服|不适|不对劲|不好受|不断|不停|不太好|不好|不错|不同|不一样|不到|"
    r"不超过|不少|不久|不足|不安|不振|不稳|不规律|不规则|不得了|受不了|没力气|没劲|没精神|没胃口|"
    r"没睡好|无力|不怎么(?:好|舒服)",
    re.IGNORECASE,
)
_NEGATOR_ZH = re.compile(r"没有?|不(?!知|清楚|记得)|无(?!论)|未|否认|从来没|并非|别")
_NEUTRAL = re.compile(
    r"\b(?:normal\w*|unremarkable|non-?contributory|healthy|fine|regular|usual|unchanged|up to "
    r"date|except|besides|other than|apart from|otherwise)\b|正常|健康|无特殊|没(?:什么)?特别|"
    r"还好|挺好|除了",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"^\W*(?:(?:or |nor |any |a |an )*[a-z'’-]+(?: (?:or |and )?[a-z'’-]+){0,2}|"
    r"and (?:any )?[a-z'’-]+(?: [a-z'’-]+)?)\W*$",
    re.IGNORECASE,
)
"""Part of a list: what was denied before it is denied of it too."""
_FINITE = re.compile(
    r"\b(?:i|i['’]\w+|he|she|it|they|we|my|his|her|is|are|was|were|have|has|had|do|does|did|am|"
    r"been|there|yes|just|only|some|feel|feels|get|gets|got|"
    r"reveal\w*|show\w*|start\w*|began|takes?|took|drinks?|smokes?|lives?|works?)\b",
    re.IGNORECASE,
)
_IDLE_TEXT = """
doctor doc sir madam ma'am yes yeah yep no nope nah okay ok well um uh hmm oh ah actually really
honestly basically literally probably maybe perhaps guess think suppose believe feel feeling felt
seem seems kind sort bit little lot much quite pretty very just only also too even still again
already anyway thing things something anything nothing everything say said saying tell told mention
mentioned ask asked mean remember recall know notice noticed noticing sure certain right exactly
come came go going went get getting got give take put make made have having had time times day
today now then ago since while lately ever never always sometimes often usually mostly rather
worry worried worries worrying afraid scared concerned nervous anxious help thank thanks please
sorry hello far good fine great okay bad worse normal usual kinda report reports reported reporting
patient denies denied deny denying state states describe describes present presents presenting
present history experience experienced experiencing complain complains notable significant
associated currently current reportedly one ones way people person anybody anyone somebody
someone else myself himself herself itself wondering wonder hope hopefully quickly whatever
involve involving including include
"""
_IDLE = frozenset(map(stem, _IDLE_TEXT.split())) | frozenset(_IDLE_TEXT.split())
_IDLE_ZH_TEXT = """
快点 赶紧 慢慢 印象 印象里 左右 大约 起码 直说 实说 干脆 仔细 想想 回想 好好 尽快 大致
医生 大夫 您好 你好 谢谢 感觉 觉得 好像 可能 大概 应该 也许 差不多 比较 有点 有些
一点 一些 非常 特别 真的 确实 其实 反正 就是 还是 已经 一直 经常 总是 有时 有时候
偶尔 平时 最近 现在 今天 昨天 当时 后来 之前 以前 以后 之后 时候 知道 记得 说 说过
告诉 问 担心 害怕 紧张 着急 患者 病人 自述 否认 诉 称 表示 主诉 出现 情况 问题 这个
那个 这样 那样 什么 怎么 没有 没什么 东西 事情 这种 那种 这些 那些 这里 那里 我们
他们 自己 别的 其他 其它 方面 看看 来看 来说 的话 挺 蛮 嘛 啦 毛病 不好意思 老实说
说实话 一下 一样 起来 下来 没啥 啥 这会儿 倒是 倒是没 也没 都没 今年 那儿 这儿 那边
这边 下边 上边 左边 右边 旁边 里边 里面 外面 跑到 转到
"""
_IDLE_ZH = frozenset(_IDLE_ZH_TEXT.split())
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a clause is about, by key: concept ids (``=id``), lay terms (``~name``), word stems."""

    weights: dict[str, float]
    strict: frozenset[str]
    """Keys that a record must hold: symptoms, conditions, drugs and the like."""
    parts: dict[str, frozenset[str]]
    """By concept: the keys of the words that name it."""
    wider: frozenset[str]
    """Ids of the broader concepts of those named, as keys."""
    figures: tuple[Quantity, ...]

    @property
    def total(self) -> float:
        return sum(self.weights.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One clause of a text."""

    text: str
    sentence: str
    """The whole sentence that it stands in."""
    manner: Manner
    sign: Literal[-1, 0, 1]
    """-1 denies; 0 can be told either way round ("normal", "can't")."""
    content: Content


@lru_cache(maxsize=16384)
def read(text: str) -> tuple[Claim, ...]:
    """The clauses of a text, in order; those without any content are left out."""
    found: list[Claim] = []
    for sentence in filter(None, map(str.strip, _SENTENCE.split(text[:_LONGEST]))):
        asked = bool(_QUESTION.search(sentence))
        above: Literal[-1, 0, 1] = 1
        unknown = False
        parts = [part for part in _CLAUSE.split(sentence) if part and part.strip()]
        for number, part in enumerate(parts):
            clause = part.strip()
            own = sign_of(clause)
            if own == 1 and above == -1 and _FRAGMENT.match(clause) and not _FINITE.search(clause):
                own = -1
            if _UNKNOWN.search(clause):
                unknown = True
            elif unknown and _FRAGMENT.match(clause) and not _FINITE.search(clause):
                pass  # "I'm not sure about fever, chills, or sweats."
            else:
                unknown = False
            last = number == len(parts) - 1
            manner: Manner = "claim"
            if unknown or _TALK.match(clause):
                manner = "talk"
            elif (asked and last) or _QUESTION.search(clause):
                manner = "question"
            content = content_of(clause)
            above = own
            if content.weights or content.figures:
                found.append(
                    Claim(text=clause, sentence=sentence, manner=manner, sign=own, content=content)
                )
    return tuple(found)


def sign_of(clause: str) -> Literal[-1, 0, 1]:
    """Whether a clause affirms or denies."""
    if _NEUTRAL.search(clause) or _UNABLE.search(clause):
        return 0
    plain = _NOT_DENYING.sub(" ", clause)
    count = len(_NEGATOR_EN.findall(plain)) + len(_NEGATOR_ZH.findall(plain))
    # "No, I don't" denies once, and so does "no, not at all"; "没有不舒服" is rare in talk.
    return -1 if count else 1


@lru_cache(maxsize=16384)
def content_of(clause: str) -> Content:
    """What a clause is about."""
    weights: dict[str, float] = {}
    strict: set[str] = set()
    parts: dict[str, frozenset[str]] = {}
    wider: set[str] = set()
    taken: list[tuple[int, int]] = []
    for mention in find_concepts(clause):
        if mention.concept.kind in {"population", "setting"}:
            continue
        key = f"={mention.concept.id}"
        weights.setdefault(key, _CONCEPT)
        wider |= {f"={id_}" for id_ in ancestors(mention.concept)}
        if mention.concept.kind in _STRICT:
            strict.add(key)
        own = {stem(word) for word in words(mention.surface) if weight(word) > 0}
        own |= {name for name, _, _ in lay_terms(mention.surface)}
        parts.setdefault(key, frozenset(own))
        for part in sorted(own):
            weights.setdefault(part, 0.0)
        taken.append((mention.start, mention.end))
    for name, start, end in lay_terms(clause):
        inside = any(a <= start and end <= b for a, b in taken)
        worth = 0.0 if inside else _COURSE if name in _ON_COURSE else _GROUP
        weights[name] = max(weights.get(name, 0.0), worth)
        taken.append((start, end))
    for word in words(without_quantities(_without(clause, taken))):
        key = stem(word)
        worth = weight(word)
        if worth > 0 and key not in _IDLE and word not in _IDLE and word not in _IDLE_ZH:
            worth *= 0.8 if _HAN.match(word) else 1.0
            weights[key] = max(weights.get(key, 0.0), worth)
    return Content(
        weights=weights,
        strict=frozenset(strict),
        parts=parts,
        wider=frozenset(wider),
        figures=quantities(clause),
    )


def _without(clause: str, taken: list[tuple[int, int]]) -> str:
    characters = list(clause)
    for start, end in taken:
        characters[start:end] = " " * (end - start)
    return "".join(characters)
