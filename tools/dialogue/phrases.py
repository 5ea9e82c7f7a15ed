"""What a respondent says besides facts: fillers, acknowledgements, not knowing. It claims nothing.

Tables by language and situation. The offline writer draws from them, and the guard knows their
words as small talk.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from medelphi.schema import Language

Situation = Literal[
    "unknown",
    "unrecorded",
    "refused",
    "confused",
    "demand",
    "advice",
    "order",
    "diagnosis",
    "end",
    "other",
    "nothing",
    "cost",
]

_EN: dict[Situation, tuple[str, ...]] = {
    "unknown": (
        "I don't know, to be honest.",
        "I really don't know that.",
        "I'm not sure, I couldn't tell you.",
        "Sorry, I don't know about that.",
        "That I don't know.",
    ),
    "unrecorded": (
        "I don't know about that.",
        "I couldn't say, sorry.",
        "I'm not sure about that one.",
        "Hmm, I don't know.",
        "I can't really tell you that.",
        "I haven't thought about that, so I don't know.",
    ),
    "refused": (
        "What exactly would you like to know?",
        "Could you ask me about something more specific?",
        "I'd rather not go into that right now.",
        "I'm not sure what you want to hear.",
    ),
    "confused": (
        "Sorry, I didn't quite follow. Could you ask me that again?",
        "I'm sorry, what do you mean?",
        "Could you say that again in simpler words?",
        "Sorry, I lost you there. Can you repeat that?",
    ),
    "demand": (
        "I don't know anything about that, I can only tell you how things have been.",
        "I'm afraid I can't help you with that.",
        "I don't know what you mean. Just ask me about how things are.",
        "That's not something I can tell you.",
    ),
    "advice": (
        "Okay, I'll do that.",
        "All right, I'll keep that in mind.",
        "Thank you, that helps.",
        "Okay, I understand.",
    ),
    "order": (
        "Okay, let's do that.",
        "All right, go ahead.",
        "Fine with me.",
        "Sure, if you think that's needed.",
    ),
    "diagnosis": (
        "I see. What happens now?",
        "Okay. So what do we do about it?",
        "I see, thank you for telling me.",
        "All right. What does that mean for us?",
    ),
    "end": (
        "Thank you, doctor. Goodbye.",
        "Thanks for your time, doctor.",
        "Okay, thank you. Bye.",
    ),
    "other": (
        "Okay.",
        "Thank you, doctor.",
        "All right.",
        "Yes, I'm listening.",
    ),
    "nothing": (
        "I don't know what else to say.",
        "I'm not sure what else to tell you.",
        "I can't think of anything more to say about that.",
    ),
    "cost": (
        "Will that be expensive?",
        "How much does that cost?",
    ),
}
_ZH: dict[Situation, tuple[str, ...]] = {
    "unknown": (
        "这个我不知道。",
        "说实话，这个我不清楚。",
        "这个我说不好。",
        "不好意思，这个我不太清楚。",
    ),
    "unrecorded": (
        "这个我不太清楚。",
        "这个我说不准。",
        "嗯，这个我不知道。",
        "这个没留意过，不清楚。",
        "不好意思，这个我答不上来。",
    ),
    "refused": (
        "您具体想问哪方面？",
        "您能问得具体一点吗？",
        "这个我现在不太想说。",
        "您想知道什么呢？",
    ),
    "confused": (
        "不好意思，我没听明白，您能再说一遍吗？",
        "您说的是什么意思啊？",
        "您能说得简单一点吗？",
        "我没太听懂，您再问一遍行吗？",
    ),
    "demand": (
        "这个我不知道，我只能说说情况。",
        "这个我帮不了您。",
        "我不明白您的意思，您还是问问情况吧。",
        "这个我没法告诉您。",
    ),
    "advice": (
        "好的，我照您说的做。",
        "好，我记住了。",
        "谢谢您，我明白了。",
        "行，知道了。",
    ),
    "order": (
        "好的，那就做吧。",
        "行，听您安排。",
        "可以的。",
        "您觉得需要就做吧。",
    ),
    "diagnosis": (
        "哦，这样啊，那接下来怎么办？",
        "明白了，那要怎么处理呢？",
        "好的，谢谢您告诉我。",
        "这样啊，那我该注意什么？",
    ),
    "end": (
        "谢谢医生，再见。",
        "好的，谢谢您。",
        "麻烦您了，医生，再见。",
    ),
    "other": (
        "好的。",
        "谢谢医生。",
        "嗯，您说。",
        "好，我听着呢。",
    ),
    "nothing": (
        "别的我也不知道该说什么了。",
        "我不知道还该说什么。",
        "这方面我想不出还要说什么。",
    ),
    "cost": (
        "这个贵不贵啊？",
        "这个要花多少钱？",
    ),
}
ANSWERS: Mapping[Language, Mapping[Situation, tuple[str, ...]]] = MappingProxyType(
    {"en": _EN, "zh": _ZH, "other": _EN}
)
"""Whole answers that hold no fact."""

_OPENERS_EN = {
    "plain": ("", "Well, ", "", "Let me think: "),
    "verbose": ("Well, let me tell you, ", "So, the thing is, ", "You see, doctor, ", "Oh, "),
    "pleasing": (
        "Of course, doctor: ",
        "Sure, ",
        "Happy to tell you, doctor: ",
        "Yes, of course: ",
    ),
    "impatient": ("Look, ", "Like this: ", "", "Quickly then: "),
    "distrustful": ("If you must know, ", "Hm. ", "", "Well, if that matters, "),
    "overanxious": ("Oh doctor, ", "I'm so worried, ", "Doctor, ", "Oh dear, "),
}
_OPENERS_ZH = {
    "plain": ("", "嗯，", "", "我想想，"),
    "verbose": ("哎，医生，我跟您说啊，", "是这样的，", "您听我慢慢说，", "哦，"),
    "pleasing": ("好的医生，", "好，我说，", "嗯，医生，", "好的好的，"),
    "impatient": ("就是，", "这么说吧，", "", "快点说吧，"),
    "distrustful": ("您非要问的话，", "嗯……", "", "这个要紧吗？"),
    "overanxious": ("医生啊，", "我真着急，", "哎呀医生，", "唉，"),
}
OPENERS: Mapping[Language, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"en": _OPENERS_EN, "zh": _OPENERS_ZH, "other": _OPENERS_EN}
)
"""What the first fact of a turn is led in with, by temperament."""
_CLOSERS_EN = {
    "plain": (),
    "verbose": (
        "I hope that makes sense, I tend to go on a bit.",
        "That's how it is, doctor.",
        "I just want to tell you everything properly.",
    ),
    "pleasing": ("I hope that helps, doctor.", "Just ask if you need more.", "Is that all right?"),
    "impatient": ("Can we get on with it?", "Will this take long?", "Is that enough?"),
    "distrustful": ("Why do you ask?", "Do you really need to know that?", "What is that for?"),
    "overanxious": (
        "I'm really worried about it.",
        "I keep worrying about this.",
        "Please tell me it's all right.",
    ),
}
_CLOSERS_ZH = {
    "plain": (),
    "verbose": ("大概就是这么个情况。", "我话有点多，您别介意。", "我就想跟您说仔细点。"),
    "pleasing": ("希望对您有帮助。", "您还想知道什么尽管问。", "这样说可以吗？"),
    "impatient": ("能快点吗？", "还要问多久啊？", "这样够了吧？"),
    "distrustful": ("您问这个干什么？", "这个真有必要知道吗？", "问这个有什么用？"),
    "overanxious": ("我心里真的很担心。", "我老是担心这个。", "医生您一定要帮帮忙。"),
}
CLOSERS: Mapping[Language, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"en": _CLOSERS_EN, "zh": _CLOSERS_ZH, "other": _CLOSERS_EN}
)
"""What may follow the facts of a turn, by temperament."""
AGAIN: Mapping[Language, tuple[str, ...]] = MappingProxyType(
    {
        "en": ("As I said, ", "Like I told you, ", "I already said that: "),
        "zh": ("我刚才说过，", "就像我刚说的，", "前面说过了，"),
        "other": ("As I said, ", "Like I told you, ", "I already said that: "),
    }
)
"""Before a fact that was told before."""
HEDGES: Mapping[Language, tuple[str, ...]] = MappingProxyType(
    {
        "en": ("As far as I remember, ", "If I remember right, ", "I think ", "I believe "),
        "zh": ("我记得", "印象里", "好像", "应该是这样，"),
        "other": ("As far as I remember, ", "If I remember right, ", "I think ", "I believe "),
    }
)
"""Before a fact, of somebody who is not sure of their memory."""
VAGUE: Mapping[Language, tuple[str, ...]] = MappingProxyType(
    {
        "en": ("Um, ", "You know, ", "How do you say it, "),
        "zh": ("那个，", "怎么说呢，", "就是那个，"),
        "other": ("Um, ", "You know, ", "How do you say it, "),
    }
)
"""Of somebody who is short of words (literacy C)."""
EXACT: Mapping[Language, tuple[str, ...]] = MappingProxyType(
    {
        "en": ("To be precise, ", "To put it exactly, "),
        "zh": ("准确地说，", "具体来说，"),
        "other": ("To be precise, ", "To put it exactly, "),
    }
)
"""Of somebody who knows how to put it (literacy A)."""


def small_talk(language: Language) -> tuple[str, ...]:
    """Every phrase of a language."""
    tables = (*ANSWERS[language].values(), *OPENERS[language].values(), *CLOSERS[language].values())
    single = (AGAIN[language], HEDGES[language], VAGUE[language], EXACT[language])
    return tuple(phrase for table in (*tables, *single) for phrase in table if phrase)
