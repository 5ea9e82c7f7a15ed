"""A criterion taken apart: what the answer has to do, with what content, and which way round."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from medelphi.knowledge.lexicon import Concept
from medelphi.tools.offline.judge_numbers import Quantity, quantities, without_quantities
from medelphi.tools.offline.judge_polarity import clauses
from medelphi.tools.offline.judge_words import mentioned, stem, weight, words

Act = Literal["say", "advise", "ask"]
"""State something, recommend or warn, or ask the user for something."""

_ADVERBS = (
    r"(?:(?:also|clearly|correctly|explicitly|appropriately|accurately|briefly|actively|strongly|"
    r"directly|specifically|properly|adequately|incorrectly|inaccurately|wrongly|falsely|gently|"
    r"only|simply|further|additionally|even|thoroughly|immediately|openly|effectively|concisely)"
    r"(?:,? and |,? )?)*"
)
_SUBJECT = re.compile(
    r"^\s*(?:the |this |its )?(?:response|answer|model|completion|assistant|chatbot|ai|reply|"
    r"it|回答|回复|"
    r"答案|模型|助手)(?:s|'s)?\b[:,]?\s*(?:(?:must|should|needs? to|has to|will|"
    r"shall)\b(?! not)\s*)?|^\s*(?:must|should)\b(?! not)\s*",
    re.IGNORECASE,
)
_OMITS = re.compile(
    rf"^\s*{_ADVERBS}(?:(?:fails?|failed|neglects?|forgets?|omits?|refuses?|declines?) to\b|"
    rf"does not\b|"
    r"doesn['’]t\b|do not\b|don['’]t\b|did not\b|has not\b|should not\b|must not\b|may not\b|"
    r"omits?\b|omitting\b|lacks?\b|"
    r"misses\b|makes no\b|no (?=mention|reference|discussion)|never\b|avoids? (?=\w+ing\b)|"
    r"refrains? from\b|without\b|leaves out\b)\s*|"
    r"^\s*(?:完全|均|也)?(?:没有?(?=[^，。]{0,4}(?:说|提|建|告|解|指|询|强|给|推|提醒|警|澄|"
    r"要求|把|表))|未(?:能|"
    r"曾)?(?=[^，。]{0,4}(?:说|提|建|告|解|指|询|强|给|推|警|澄|要求|把|表))|遗漏了?|忽略了?|"
    r"忽视了?|缺少|缺乏|不(?=建议|推荐|提及|"
    r"提到|说|给出|作|做)|避免(?=建议|推荐|给|说|使用|作|做|提|直接|对))\s*",
    re.IGNORECASE,
)
_ASKS = re.compile(
    rf"^\s*{_ADVERBS}(?:asks?|asking|seeks?(?= (?:to |more |further |additional |out |the |"
    rf"context|information|clarif|user))|"
    r"seeking (?=context|more)|inquir(?:es?|ing)|enquires?|requests?|solicits?|elicits?|"
    r"gathers?|prompts? (?=the user)|questions? (?=the user|(?:the \w+ )?(?:about|"
    r"whether|if)\b)|finds? out (?=about|whether|if|when|how)|"
    r"takes? (?=(?:an? |the )?(?:\w+ ){0,3}history\b)|"
    r"clarif(?:y|ies) (?=with|whether|if|which|when|how)|checks? (?=with|whether|"
    r"if))\b\s*(?:about|for|out|whether|if|to)?\s*|"
    r"^\s*(?:主动|进一步|应|明确)*(?:询问|追问|问及|问诊|了解(?=患者|病人|用户|家长|孩子|有无|是否|有没有|何时|什么)|问(?=患者|病人|有无|是否|有没有)|澄清|核实|请用户|"
    r"要求用户)\s*",
    re.IGNORECASE,
)
_ADVISES = re.compile(
    rf"^\s*{_ADVERBS}(?:recommend(?:s|ing)?|advis(?:es?|ing)|suggest(?:s|ing)?|"
    rf"encourag(?:es?|ing)|instruct(?:s|ing)?|urg(?:es?|ing)|counsel(?:s|ing)?|"
    r"refer(?:s|ring)?|direct(?:s|ing)?|propos(?:es?|ing)|prescrib(?:es?|ing)|endors(?:es?|"
    r"ing)|remind(?:s|ing)?|warn(?:s|ing)?|caution(?:s|ing)?|tell(?:s|ing)? (?=the user to)|"
    r"guid(?:es?|ing))\b"
    r"\s*(?:the |a )?(?:user|patient|person|caregiver|client|mother|"
    r"parents?)?s?\b\s*(?:that |to |on |about )?\s*|"
    r"^\s*(?:明确|如实|强烈|正确|错误地?|应)*(?:建议|推荐|提醒|警示|警告|劝告|嘱咐?|鼓励|主张|"
    r"指导)(?:患者|用户|家长|其)?[：:]?\s*",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    rf"^\s*{_ADVERBS}(?:discourages?|(?:advis|warn|recommend|caution|counsel|"
    rf"argu)\w*(?: the (?:user|patient))? against|dissuades?|cautions? against)\b\s*|"
    r"^\s*(?:明确)?(?:劝阻|反对|不建议|不推荐)\s*",
    re.IGNORECASE,
)
_SAYS = re.compile(
    rf"^\s*{_ADVERBS}(?:stat(?:es?|ing)|says?|saying|explain(?:s|ing)?|mention(?:s|ing)?|"
    rf"not(?:es|ing)|describ(?:es?|ing)|indicat(?:es?|ing)|emphasi[sz](?:es?|ing)|"
    r"highlight(?:s|ing)?|clarif(?:y|ies|ying)|inform(?:s|ing)?|acknowledg(?:es?|ing)|"
    r"includ(?:es?|ing)|provid(?:es?|ing)|list(?:s|ing)?|discuss(?:es|ing)?|outlin(?:es?|ing)|"
    r"identif(?:y|ies|ying)|offer(?:s|ing)?|giv(?:es?|ing)|address(?:es|ing)?|"
    r"recogni[sz](?:es?|ing)|points? out|defin(?:es?|ing)|claim(?:s|ing)?|"
    r"impl(?:y|ies|ying)|assum(?:es?|ing)|suggests? that|tell(?:s|ing)?|present(?:s|ing)?|"
    r"references?|cit(?:es?|ing)|stress(?:es)?|underscores?|reassur(?:es?|ing)|"
    r"confirms?|contains?|covers?|makes?|making|expresses|reports?|specif(?:y|ies)|names?|"
    r"differentiates?|distinguishes|conveys?|asserts?|uses?|using|discloses?|mention(?= of)|"
    r"correctly)\b"
    r"\s*(?:mention of |the (?:user|patient|person) )?(?:that |of )?\s*|"
    r"^\s*(?:明确|如实|正确|清楚地?|准确|应|需|错误地?)*(?:说明|指出|提到|提及|告知|解释|强调|"
    r"称|声称|认为|给出|提供|列出|介绍|描述|表示|包含|"
    r"包括|区分|交代)(?:了|患者|用户)?[：:]?\s*",
    re.IGNORECASE,
)
_TRAILER = re.compile(
    r"\(\s*(?:justification|rationale|reason|note)\b.*$|（(?:理由|说明|注)[：:].*$",
    re.IGNORECASE | re.DOTALL,
)
_EXAMPLES = re.compile(
    r"\(\s*(?:e\.?g\.?|i\.?e\.?|for example|such as|for instance|including|like|['\"“‘])[^()]*\)|"
    r",?\s+(?:such as|for example|for instance|e\.g\.,?|"
    r"including(?: but not limited to)?)[ ,:]+[^.;()]*|"
    r"（(?:如|例如|比如|包括)[^（）]*）|(?:，|、)?(?:例如|比如|诸如)[^。；]*|如[^。；，]{2,60}等",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[,;]? (?:which|in order to|so that|because|since|as (?:this|it|they)|despite|even though|"
    r"although|while|especially|particularly|given that|due to)\b|"
    r"，(?:因为|以便|从而|以免|尤其|特别是)",
    re.IGNORECASE,
)
_HEAD, _ASIDE = 25, 0.5
"""Where a reason or an aside may begin at the earliest, and what its words count."""
_CONDITION = re.compile(r"\s*(?:(?:if|when|unless|once)\b|如果|若|当|一旦)", re.IGNORECASE)
_PARTS = re.compile(r"[,;，、；/]|\bor\b|\band\b|和|或|及")


_OPPOSITE = re.compile(
    r"^\s*says the opposite of [^:]{0,60}: (?P<body>.+)|^\s*给出与[“\"](?P<zh>.+)[”\"]相反的说法.*",
    re.IGNORECASE | re.DOTALL,
)
_WRONG_FIGURE = re.compile(
    r"^\s*gives a figure that contradicts (?P<figure>.+?) where [^:]{0,40}: (?P<body>.+)|"
    r"^\s*在[“\"](?P<zh>.+)[”\"]这一问题上给出与(?P<number>.+)不符的数值.*",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One content word or concept that is looked for."""

    weight: float
    keys: frozenset[str]
    sign: int
    concept: Concept | None = None
    condition: bool = False
    """It belongs to an "if", not to what is said for that case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a criterion asks for."""

    act: Act
    absent: bool
    """The criterion is met where the answer does not do it."""
    items: tuple[Item, ...]
    examples: tuple[tuple[Item, ...], ...]
    """Any of these will do."""
    figures: tuple[Quantity, ...]
    body: str
    wrong_figure: bool = False
    """It is done by giving another figure than these."""

    @property
    def total(self) -> float:
        return sum(item.weight for item in self.items)


def without_reason(text: str) -> str:
    """A criterion without the justification that some rubrics add in brackets."""
    return _TRAILER.sub("", text).strip() or text


@lru_cache(maxsize=4096)
def read_criterion(text: str, asked: frozenset[str] = frozenset()) -> Demand:
    """Take a criterion apart.

    Args:
        text: Its text, without levels.
        asked: Keys of the question's words: an answer repeats them anyway, so they tell less.
    """
    body = without_reason(text[:3000])
    if other := _WRONG_FIGURE.match(body):
        subject = other["body"] or other["zh"]
        return Demand(
            act="say",
            absent=False,
            items=_items(subject, 0, asked),
            examples=(),
            figures=quantities(other["figure"] or other["number"]),
            body=subject,
            wrong_figure=True,
        )
    act: Act = "say"
    absent = False
    sign = 1
    if other := _OPPOSITE.match(body):
        sign, body = -1, (other["body"] or other["zh"]).strip(' "“”')
    for _ in range(6):
        before = body
        body = _SUBJECT.sub("", body, count=1)
        if (omitted := _OMITS.match(body)) and omitted.end():
            absent = not absent
            body = body[omitted.end() :]
        elif against := _AGAINST.match(body):
            act, sign, body = "advise", -sign, body[against.end() :]
            break
        elif asks := _ASKS.match(body):
            act, body = "ask", body[asks.end() :]
            break
        elif advises := _ADVISES.match(body):
            act, body = "advise", body[advises.end() :]
        elif said := _SAYS.match(body):
            body = body[said.end() :]
        if body == before:
            break
    examples = [m.group() for m in _EXAMPLES.finditer(body)]
    core = _EXAMPLES.sub(" ", body).strip(" .。，,；;“”\"'")
    items = _items(core, sign, asked, counted=False) or _items(core, sign, asked)
    shown = tuple(
        found
        for example in examples
        for part in _PARTS.split(example)
        if (found := _items(part, 1, asked, signed=False))
    )
    if sum(i.weight for i in items) < 0.5 and shown:
        items = items or max(shown, key=lambda f: sum(i.weight for i in f))
    return Demand(
        act=act,
        absent=absent,
        items=items,
        examples=shown,
        figures=quantities(core),
        body=body,
    )


def _items(
    text: str, sign: int, asked: frozenset[str], *, signed: bool = True, counted: bool = True
) -> tuple[Item, ...]:
    """The items of a text, with the words of its quantities or (not ``counted``) without: figures
    are compared as such, in whatever unit they are given."""
    found: dict[str, Item] = {}
    tail = _TAIL.search(text, _HEAD)
    end = tail.start() if tail else len(text)
    position = 0
    for clause, own in clauses(text):
        turned = sign * own if signed else 0
        position = text.find(clause, position)
        share = 1.0 if position < end else _ASIDE
        named: set[str] = set()
        condition = bool(_CONDITION.match(clause))
        said = clause if counted else without_quantities(clause)
        for concept, surface in mentioned(said):
            parts = words(surface)
            named.update(parts)
            keys = frozenset(stem(w) for w in parts)
            worth = share * max([0.55, *(weight(w) for w in parts)])
            if keys <= asked:
                worth *= 0.55
            found.setdefault(
                concept.id,
                Item(weight=worth, keys=keys, sign=turned, concept=concept, condition=condition),
            )
        for word in words(said):
            worth = share * weight(word)
            if worth <= 0 or word in named:
                continue
            key = stem(word)
            if key in asked:
                worth *= 0.55
            found.setdefault(
                key, Item(weight=worth, keys=frozenset((key,)), sign=turned, condition=condition)
            )
    return tuple(found.values())
