# ruff: noqa: E501
"""The guess of a diagnosis put as a question: "Is it cancer?", "所以是痛风，对吧？".

Whoever asks so wants it confirmed, and asks nothing of the history: the words of the guessed name
reach no facts. "Do you have diabetes?" and "有没有得过高血压？" are questions of the history.
"""

import re
from dataclasses import dataclass
from typing import Final

from medelphi.knowledge.lexicon import find_concepts
from medelphi.tools.dialogue import act_cues as cues
from medelphi.tools.dialogue.naming import diagnosis_of

_TAG = re.compile(
    r"\s*[,，]?\s*(?:(?:is that |am i |have i got (?:it|that) )?(?:right|correct)|yes(?: or no)?|no|agreed|"
    r"(?:is|isn't|aren't|don't|doesn't|wouldn't|couldn't|hasn't|haven't|do|does) (?:it|this|that|you|he|she)|"
    r"是不是|是吧|对不对|对吧|对吗|是吗|没错吧|吧)\s*[?？][\s\"”')）]*$",
    re.IGNORECASE,
)
_HISTORY = re.compile(
    r"^\W*(?:(?:so|and|but|now|ok|okay|well|then)\W+)*(?:you|he|she|they|your \w+|the patient)"
    r"(?:'ve|'s|\s+(?:also |already |do |does )?(?:have|has|had|got|suffer\w*|are|were))\b|"
    r"(?:您|你|他|她|孩子|家里)(?:以前|之前|还|也|曾经?|过去|有)*(?:有|得过|患过?|得了|没有)",
    re.IGNORECASE,
)
"""A statement of the history that only wants a yes: "You have diabetes, right?"."""
_ASKED_EN = re.compile(
    r"^\W*(?:(?:so|and|but|now|ok|okay|well|then|tell me|answer me|just say yes or no)\W+)*"
    r"(?:(?:do|don't|would|did) (?:you|they) (?:\w+ )?(?:think|believe|say|suspect|know|agree|suppose)"
    r" (?:that |if |whether )?|are you (?:sure|certain|saying|telling me)(?: that)? |"
    r"is it (?:possible|true|likely)(?: that)? |what if |i wonder (?:if|whether) )?"
    r"(?:(?:is|isn't|could|couldn't|might|may|can|would|will|must) (?:it|this|that|all (?:this|that)|these|"
    r"(?:your|the|his|her) (?:\w+ ){0,2}(?:diagnosis|disease|illness|problem|condition))(?: not)?(?: (?:be|just|"
    r"really|actually|simply))*|"
    r"(?:it|this|that|all this|(?:your|the|his|her) (?:\w+ ){0,2}(?:diagnosis|disease|illness|problem|"
    r"condition))(?:'s|\s+(?:is|was|must be|might be|could be|may be|has to be|would be|isn't|sounds like|looks "
    r"like|seems (?:to be|like)))(?: not)?|what (?:you|he|she) (?:have|has) is)\s+"
    r"(?:(?:really|just|simply|probably|maybe|perhaps|actually|likely|due to|because of|caused by|a case of|"
    r"called|not|something like|either)\s+)*(?P<name>[^?？.!;\n]{2,120})",
    re.IGNORECASE,
)
_ASKED_ZH = re.compile(
    r"(?:^|[，,。；;：:\s])(?:那|那么|所以|因此|您看|你看|请问|难道|到底|其实|(?:您|你)(?:觉得|说|认为)|"
    r"(?:你|您|他|她|孩子|患者)(?:得|患)的(?:病)?|(?:你|您|他|她|孩子)?这(?:个|种|次)?(?:病|情况|症状)?|"
    r"(?:你|您|他|她)的(?:病|诊断))*"
    r"(?:就|应该|肯定|一定|大概|估计|也许|或许|难道|不)*(?:是不是|会不会是|是否是?|可能是|可不可能是|有没有可能是|会是|像是|属于|像|是)"
    r"(?:不是)?(?:得了|患了|一种|普通|典型的?)*(?P<name>[^，,。；;?？!！\n]{2,40}?)"
    r"(?:的(?:可能|原因|问题|缘故))?(?:引起的?|导致的?|造成的?)?(?:了|呢|啊|吗|么|吧|呀)*\s*"
    r"(?:[，,]?\s*(?:对吧|对吗|对不对|是吧|是吗|是不是|没错吧))?(?=[，,？?。！!；;\s]|$)"
)
_ILLNESS = re.compile(
    r"\b[a-z]+(?:itis|osis|oma|omas|a?emia|opathy|syndrome|disease|disorder|infarction|failure|infection|"
    r"embolism|cancer)$|\bsyndrome\b|\bdisease\b|(?:病|症|炎|癌|瘤|综合征|综合症|中毒|梗死|梗塞|感染|栓塞|衰竭)$",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\s*(?:,|\bor\b|\bversus\b).*$|"
    r"(?:\s+(?:(?:that )?(?:i|you|he|she) (?:have|has)|then|after all|all along|again|maybe|perhaps|now|doctor))\s*$|"
    r"\s*(?:对吧|对吗|对不对|是吧|是不是|吧|吗|呢)$",
    re.IGNORECASE,
)
_LEADS = re.compile(r"^(?:(?:an?|the|some|your|his|her|my)\s+|[这那一]种)", re.IGNORECASE)
_NOT_NAMES: Final = re.compile(
    r"(?:患者|病人|史)$|[您你她:：]|\b(?:that|you|i|he|she|they|have|has|had|after|when|if|as)\b",
    re.IGNORECASE,
)
_WORDS: Final = 8
"""Most words of a name."""


_INVERTED = re.compile(
    r"\b(?:is|isn't|could|couldn't|might|may|can|would|will|must|are) (?:it|this|that|all|these|your|the|"
    r"his|her|you)\b|\b(?:think|believe|say|know|wonder)\b|是不是|会不会|是否|有没有可能|可不可能",
    re.IGNORECASE,
)
"""An open question, not a statement with a tag."""
_JOINED = re.compile(r"^\W*(?:or|and|还是|或者?)?\s*", re.IGNORECASE)
_ASKS_ZH = re.compile(r"有没有|有无|是否有|什么时候|多久|哪里|还有.{1,8}吗")
_PAST = re.compile(
    r"\b(?:family|father|mother|mom|mum|dad|parents?|brothers?|sisters?|relatives?|histor(?:y|ies)|ever|"
    r"before|previous\w*|years? ago|last year|childhood|chronic)\b|"
    r"家[里人族]|父|母|爸|妈|哥|姐|弟|妹|爷|奶奶|亲戚|以前|之前|病史|既往|慢性|过去|曾|得过|患过|去年|小时候",
    re.IGNORECASE,
)
"""A question of the history, the family's or the patient's, guesses nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A diagnosis that a question names."""

    name: str
    stated: bool
    """Whether it is a statement with a tag ("It's gout, right?"), and no open question."""
    rest: str = ""
    """What the same words ask besides: "Is it gout, or did you hurt your toe?"."""


def guess_of(text: str, before: str = "") -> Guess | None:
    """The diagnosis that a question guesses; None for anything else.

    Args:
        text: One question of a doctor, in either language.
        before: What was said just before; "is it cancer?" may go on with a question of the history.
    """
    if _PAST.search(text) or (_PAST.search(before) and cues.QUESTION.search(f"{before}?")):
        return None
    tag = _TAG.search(text)
    statement = text[: tag.start()] if tag else ""
    if tag and not _HISTORY.search(statement) and not cues.STARTS.search(statement):
        named = diagnosis_of(statement)
        if named:
            return Guess(name=named, stated=True)
    for pattern in (_ASKED_EN, _ASKED_ZH):
        for match in pattern.finditer(text):
            if name := _illness(match["name"]):
                asks = _INVERTED.search(text[match.start() : match.start("name")])
                stated = tag is not None and asks is None
                end = text.index(name, match.start("name")) + len(name)
                return Guess(name=name, stated=stated, rest=_asked_besides(text, match, end))
    return None


def _asked_besides(text: str, match: re.Match[str], end: int) -> str:
    """The part after the guess, or before it, that is a question of its own."""
    for part in (_JOINED.sub("", text[end:]), text[: match.start()]):
        if cues.STARTS.search(part) or _ASKS_ZH.search(part):
            return part.strip()
    return ""


def _illness(said: str) -> str:
    """The name of an illness, if some words are nothing else."""
    name = _ENDS.sub("", said.strip()).strip(" \"'“”")
    if not name or len(name.split()) > _WORDS or _NOT_NAMES.search(name):
        return ""
    alone = _LEADS.sub("", name)
    for words in (name, alone):
        ends = [m for m in find_concepts(words) if m.end == len(words)]
        if any(m.concept.kind == "condition" for m in ends):
            return alone
        if any(m.concept.kind in {"symptom", "anatomy"} for m in ends):
            return ""
    return alone if _ILLNESS.search(alone) else ""
