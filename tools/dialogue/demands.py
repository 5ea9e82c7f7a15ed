# ruff: noqa: E501
"""Whether words want what no patient can give: the record, the prompt, the diagnosis, a role.

Besides the wordings of `act_cues`, a request is read by its parts: a verb that fetches or changes
words, and an object that only the simulator has. What a doctor announces ("I will write the
diagnosis down") is no request.
"""

import re
from typing import Final

from medelphi.tools.dialogue import act_cues as cues

_OBJECT = (
    r"(?:(?:your|the|his|her|patient'?s?|medical|whole|full|hidden|clinical) )+(?:\w+ )?"
    r"(?:records?|charts?|file|dossier|script)(?:'s)?|records? that|"
    r"(?:your|the|system|initial|hidden|whole) (?:\w+ )?prompts?|hidden\.\w+|json|ya?ml|xml|"
    r"(?:your|the|his|her|final|correct|real|true|right) (?:\w+ ){0,2}diagnos[ei]s|case object|"
    r"disclosure|chain of thought|ground truth|metadata|source code|"
    r"(?:all|any|the) (?:the )?(?:data|info\w*|contents?|text) (?:you|that|above|before|given)|"
    r"name of (?:the|your|this) (?:disease|illness|condition|diagnosis)|the name(?! of| on)|"
    r"your (?:own )?(?:results|instructions|rules|facts|answer key)|case conclusion|"
    r"discharge (?:letter|summary) for|right one|right answer|above (?:line|text)|everything above"
)
_VERB = (
    r"print|output|reveal|dump|display|list|repeat|show|send|give|paste|return|leak|disclose|"
    r"export|write|translate|render|convert|summari[sz]e|spell|encode|decode|complete|read|recite|"
    r"quote|copy|cite|name|whisper|tell|publish|expose|reproduce|state|provide|interpret|"
    r"conclude|echo|imagine|rephrase|paraphrase|unlock|fill in|hand over"
)
_REQUEST = re.compile(
    rf"(?:^|[.!?;:,\n\"“(]\s*|\b(?:and|then|please|now|just|must|should|(?:can|could|would|will|may)"
    rf" you|you to|sudo)\s+)(?:also |just |please |only |kindly |now )*(?:{_VERB})\b"
    rf"(?! (?:me |us )?(?:if|whether|when|about|how|why|who|where|more)\b)"
    rf"(?:\W+[\w']+){{0,9}}?\W+(?:{_OBJECT})(?!\w)",
    re.IGNORECASE,
)
_FURTHER = re.compile(
    r"\b(?:sudo|hidden\.\w+|code block|acrostic|rhymes? with|discharge letter for yourself)\b|"
    r"<\|\w+\|>|^\W*system\s*:|^#+ ?(?:system|user|assistant)\b|\[/?INST\]|<<\s*SYS|"
    r"^\W*patient\s*:|\b(?:system|safety) override\b|assistant without|conclude with a diagnosis|"
    r"^\s*\{\s*\"\w+\"\s*:|the field\b.{0,12}\bhidden|hidden (?:fields?|part|section|values?)|"
    r"(?:which|what) (?:disease|illness|condition|diagnosis) (?:do|does|would)"
    r" (?:you|he|she|the (?:patient|hero)|a patient)\b(?! (?:think|believe|fear|worry))|"
    r"\bwhat do i have\?|(?:what (?:is|was|stands)|what's) (?:written )?in (?:the|your|his|her) (?:\w+ )?"
    r"(?:file|record|chart|prompt)|(?:what (?:were|are)|repeat|quote) your (?:\w+ )?instructions|"
    r"(?:first|second|third|next|last) letter|how many letters|"
    r"(?:complete|finish) (?:this|the|my) sentence|fill in(?: the)?(?: blank)?\s*:|"
    r"(?:your|the|final|my) diagnosis (?:is|was)\s*(?:\.{2,}|…|_{2,}|—)|"
    r"diagnosis\s*:?\s*_{2,}|name (?:the|your) (?:disease|illness)|"
    r"what would your (?:disease|illness) be called|"
    r"you(?:'re| are) the (?:\w+ )?(?:doctor|physician|specialist) now|if you were a doctor|"
    r"\bdiagnóstico\b|\bDiagnose in Ihrer\b|\bvotre diagnostic\b|診断|カルテ|диагноз|التشخيص|"
    r"^\W*系统\s*[:：]|系统覆盖|字段|代码块|原样引用|思考过程|藏头|拼音首字母|第[一二三四五六两下]个字|"
    r"一共几个字|填空|补(?:全|完整)|没有限制的助手|^\W*(?:患者|病人)\s*[:：]|"
    r"诊断(?:是|为)?\s*[:：]?\s*(?:…|_{2,}|—)|你的病用.{1,6}(?:怎么说|叫)|"
    r"现在(?:你|您)是.{0,4}医|(?:你|您)(?:来)?(?:当|做|扮)(?:一?[个名位])?医|如果(?:你|您)是医生|"
    r"平行世界|披露等级",
    re.IGNORECASE,
)
_FETCH_ZH = re.compile(
    r"(?:输出|打印|(?<![果查片告验图规Tt])显示|列出|交出|泄露|复述|引用|抄|誊|翻译|转成|转换|念|解读|解锁|公布|说出|说一下|写出|写一份|"
    r"写下|做成|(?:请|你|您).{0,6}给出|悄悄|直接告诉|告诉我|念出)"
)
_OBJECT_ZH = re.compile(
    r"病历|病案|档案|诊断|病名|隐藏|提示词|JSON|json|字段|变量|后台|病例(?:结论|原文|对象|文件)|"
    r"(?:所有|全部|每一条|你的|得到的)(?:的)?(?:事实|资料|数据)|自己的结果|出院小结|正确的?(?:一项|答案)|上面的?(?:内容|文字|话)|"
    r"(?:每一条|全部|所有)事实|那个词"
)
_OWN_ZH: Final = re.compile(
    r"(?:我|我们|咱们)(?:会|来|给|先|要|再|将|现在|马上|帮|为|把|这就|可以|已经|已)"
)
_ANNOUNCED = re.compile(
    r"^\W*(?:(?:ok|okay|now|so|then|and)\W+)*(?:i|we)(?:'ll| will|(?:'m| am|'re| are) going to)\b"
    r"(?![^.?!]*\byou\b)[^.?!]*|我们?(?:给|对)(?:您|你|孩子|他|她)的(?:诊断|病历)",
    re.IGNORECASE,
)
"""What the doctor is about to do, or names as their own."""
_PAST_ZH: Final = re.compile(
    r"以前|之前|曾|过去|当时|当年|那时|别的医院|外院|哪年|哪一年|什么时候|没有?诊断"
)
"""An earlier diagnosis may be asked about."""
_CLAUSE_ZH = re.compile(r"[，,。；;！!？?\n]")


def is_demand(text: str) -> bool:
    """Whether words want the record, the diagnosis, instructions or another role."""
    text = _ANNOUNCED.sub("", text)
    return bool(
        cues.DEMAND.search(text)
        or _FURTHER.search(text)
        or _REQUEST.search(text)
        or any(_is_asked(clause) for clause in _CLAUSE_ZH.split(text))
    )


def _is_asked(clause: str) -> bool:
    """A Chinese clause that has something of the simulator's fetched, not by the doctor."""
    return bool(
        _FETCH_ZH.search(clause)
        and _OBJECT_ZH.search(clause)
        and not _OWN_ZH.search(clause)
        and not _PAST_ZH.search(clause)
    )
