"""How much of a persona shows in a patient's words, by cues."""

import re
from collections.abc import Mapping, Sequence
from statistics import mean

from medelphi.schema import PatientPersona, Turn
from medelphi.schema.case import Temperament
from medelphi.tools.offline.judge_words import stem, words

_SHOWN = 1 / 3
"""Share of the turns in which a trait that shows at all is expected to show."""
_LONG, _SHORT = 28, 24
"""Words of a wordy and of a curt turn; two Chinese characters count as one word."""
_CUES: Mapping[Temperament, re.Pattern[str]] = {
    "verbose": re.compile(
        r"\b(?:you know|i mean|anyway|the thing is|to be honest|let me (?:think|see|tell)|well,|"
        r"actually|as i was saying|how (?:can|shall) i put)|怎么说呢|就是说|反正|我跟您说|说来话长|"
        r"其实|您听我说|那个",
        re.IGNORECASE,
    ),
    "pleasing": re.compile(
        r"\b(?:thank\w*|please|of course|sorry|appreciate|you['’]re right|whatever you|grateful|"
        r"happy to|certainly|glad)\b|谢谢|麻烦|您说得对|听您的|不好意思|感谢|当然|配合|辛苦",
        re.IGNORECASE,
    ),
    "impatient": re.compile(
        r"\b(?:hurry|how (?:much )?longer|look,|just|again\?|already|quickly?|get on|come on|"
        r"is (?:this|that) (?:necessary|all|really)|so many|time|straight)\b|快点|赶时间|还要多久|"
        r"到底|怎么还|能不能快|有完没完|直接|赶紧|这么多",
        re.IGNORECASE,
    ),
    "distrustful": re.compile(
        r"\b(?:why (?:do|are|would)|are you sure|don['’]t (?:see|trust|believe)|not sure (?:why|i|"
        r"that)|doubt|is that (?:really )?necessary|what for|second opinion|last doctor|if you "
        r"must|suppose)\b|为什么(?:要)?问|您确定|真的吗|有必要|信不过|不太信|上次那个|凭什么|"
        r"问这个干|干什么|靠谱",
        re.IGNORECASE,
    ),
    "overanxious": re.compile(
        r"\b(?:worr\w+|scared|afraid|anxious|nervous|terrified|frighten\w*|serious|dangerous|"
        r"panic\w*|please tell me|going to be (?:ok|okay|all right))\b|担心|害怕|紧张|着急|严重|"
        r"要紧|吓|不会是|慌|焦虑",
        re.IGNORECASE,
    ),
}
_COST = re.compile(
    r"\b(?:cost\w*|expens\w+|afford\w*|insurance|pay|money|price|cheap\w*|bill)\b|"
    r"费用|多少钱|贵|医保|花钱|便宜|报销|负担",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:kind of|sort of|kinda|thing\w*|stuff|something|somehow|dunno|like|you know|whatever|"
    r"don['’]t know (?:the|how|what))\b|那个|啥|咋|弄不清|说不上|好像|反正|不懂|什么的",
    re.IGNORECASE,
)
_LEARNED = re.compile(
    r"\b\w{3,}(?:itis|osis|emia|aemia|opathy|algia|uria|plasia|oscopy|ography|ectomy)\b|"
    r"\b(?:hypertension|dyspnea|syncope|edema|bilateral|intermittent|acute|chronic|onset|"
    r"symptoms?|medication|prescri\w+|diagnos\w+)\b|症状|间断|持续性|双侧|急性|慢性|病史|药物|"
    r"服用|伴有|加重|缓解|诱因",
    re.IGNORECASE,
)


def personification(turns: Sequence[Turn], persona: PatientPersona) -> float | None:
    """0.5 personality + 0.5 socio-cultural side, 0 to 1; None without any turn.

    Personality is how the temperament shows; the other side is the mean of literacy and, where the
    persona has them, worries about cost and cultural attitudes. A trait shows fully where a third
    of the turns that give room for it have a cue of it.
    """
    if not turns:
        return None
    said = [turn.said for turn in turns]
    social = [_literacy(said, persona)]
    ordered = [
        turn.said
        for turn in turns
        if any(act.kind in {"order", "advice", "diagnosis"} for act in turn.acts)
    ]
    if persona.cost == "worried" and ordered:
        social.append(_shown([bool(_COST.search(text)) for text in ordered]))
    if persona.culture and ordered:
        own = {stem(word) for word in words(persona.culture) if len(word) > 1}
        shown = [any(stem(word) in own for word in words(text)) for text in ordered]
        social.append(_shown(shown))
    return round(0.5 * _personality(said, persona) + 0.5 * mean(social), 6)


def _personality(said: Sequence[str], persona: PatientPersona) -> float:
    kind = persona.temperament
    if kind == "plain":
        strong = [
            any(_CUES[other].search(text) for other in ("distrustful", "overanxious"))
            for text in said
        ]
        return 1 - max(0.0, mean(strong) - _SHOWN)
    cued = [bool(_CUES[kind].search(text)) for text in said]
    if kind == "verbose":
        cued = [cue or _length(text) >= _LONG for cue, text in zip(cued, said, strict=True)]
    if kind == "impatient":
        cued = [cue or _length(text) <= _SHORT for cue, text in zip(cued, said, strict=True)]
    return _shown(cued)


def _literacy(said: Sequence[str], persona: PatientPersona) -> float:
    learned = mean(bool(_LEARNED.search(text)) for text in said)
    if persona.literacy == "A":
        return min(1.0, learned / _SHOWN)
    if persona.literacy == "B":
        return 1 - max(0.0, learned - 0.5)
    vague = [bool(_VAGUE.search(text)) or _length(text) <= _SHORT // 2 for text in said]
    return min(_shown(vague), 1 - max(0.0, learned - _SHOWN))


def _shown(cues: Sequence[bool]) -> float:
    return min(1.0, mean(cues) / _SHOWN)


def _length(text: str) -> int:
    han = sum("\u4e00" <= c <= "\u9fff" for c in text)
    return han // 2 + len(re.findall(r"[A-Za-z]+(?:['’][a-z]+)?", text))
