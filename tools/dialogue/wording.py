"""What words commit to, whatever the phrasing: their numbers, and whether they deny.

Pure functions, Chinese and English. Lay wordings keep both; the guard compares both.
"""

import re
import unicodedata
from collections import Counter

from medelphi.knowledge.text import is_han
from medelphi.schema import Language

_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_ENGLISH = {word: str(value) for value, word in enumerate(_WORDS.split())} | {
    "once": "1",
    "twice": "2",
}
_HAN_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "俩": 2}
_HAN_NUMBER = re.compile(
    r"[零〇一二两三四五六七八九十百]+(?=\s*(?:个|天|日|周|月|年|岁|次|片|粒|颗|支|包|杯|瓶|斤|两|"
    r"公斤|小时|分钟|点|度|楼|层|胎|口|米|厘米|毫|成|倍|盒|袋|滴|级|顿|回|处|块|根|遍|星期|礼拜|"
    r"多))"
)
_NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_ENGLISH_WORD = re.compile(r"[a-z]+")
_NOT_COUNTED = re.compile(
    r"\b(?:no one|this one|that one|the one|one (?:of|day|another|time|side|thing)|at once|once "
    r"(?:it|i|he|she|they|the|again|more)|ones?elf)\b|一(?:个人住|点|些|直|样|下|般|定|起|切|旦|"
    r"边|会儿|共|家|侧|方面|阵)|第一|万一|统一|唯一|十分|三高|三餐|四肢|五官|七上八下|百日咳|"
    r"一天到晚"
)

_DENIES_EN = re.compile(
    r"\b(?:no|not|never|none|neither|nor|nothing|nobody|nowhere|without|cannot|denie[sd]|deny|"
    r"denying|negative for|unable|inability|free of|absence of|lacks?|dont|doesnt|havent|hasnt|"
    r"isnt|arent|wasnt|werent|didnt|cant|couldnt|wont)\b|n['’]t\b|\bnon-?(?=[a-z]{3})",
    re.IGNORECASE,
)
_IDIOMS_EN = re.compile(
    r"\b(?:not (?:sure|certain|quite|really sure|only|just)|no doubt|nor?mal\w*|no more than|"
    r"no less than|why not|don['’]t (?:know|remember exactly|mind|worry)|nothing but|"
    r"can['’]t (?:help|stand|say exactly)|non(?=e\b))\b",
    re.IGNORECASE,
)
_DENIES_ZH = re.compile(
    r"没有?(?!关系|问题吧)|不(?!过|错|光|仅|但|管|论|同|适|舒服|良|足|少|久|断|停地|停|孕|育|安|"
    r"振|齐|好意思|得不|好(?!转)|洁|耐受|由得|得了|行了)|无(?!力|聊|论|意|奈|数)|否认|未(?!来|必|"
    r"婚)|从来没|非(?!常|典|要|得)|别(?!人|的|处)"
)
_IDIOMS_ZH = re.compile(
    r"有没有|是不是|能不能|要不要|会不会|好不好|不知道|不清楚|不太?(?:确定|记得)|记不(?:太)?清|"
    r"说不(?:太)?(?:清|好|准)|没事吧|不好意思|差不多|受不了|喘不(?:上|过)来?气|忍不住|止不住|"
    r"了不起|不得不|不太好|不怎么好|没关系|要不"
)


def is_chinese(text: str, language: Language) -> bool:
    """Whether a text is to be read as Chinese: by its language, or by its characters."""
    if language in ("zh", "en"):
        return language == "zh"
    return any(map(is_han, text))


def numbers(text: str) -> Counter[str]:
    """Every number of a text in figures, number words included ("three", "三天")."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = _NOT_COUNTED.sub(" ", folded)
    folded = _HAN_NUMBER.sub(lambda match: f"{_han_value(match.group())} ", folded)
    figures = (_plain(match.group()) for match in _NUMBER.finditer(folded))
    words = (_ENGLISH[w] for w in _ENGLISH_WORD.findall(folded) if w in _ENGLISH)
    return Counter((*figures, *words))


def denials(text: str) -> int:
    """How many times a text denies; idioms such as "not sure" and "有没有" do not."""
    folded = unicodedata.normalize("NFKC", text)
    latin = _DENIES_EN.findall(_IDIOMS_EN.sub(" ", folded))
    han = _DENIES_ZH.findall(_IDIOMS_ZH.sub(" ", folded))
    return len(latin) + len(han)


def denies(text: str) -> bool:
    """Whether a text denies anything."""
    return denials(text) > 0


def _plain(figure: str) -> str:
    value = figure.replace(",", "")
    if "." in value:
        value = value.rstrip("0").rstrip(".")
    return value.lstrip("0") or "0" if "." not in value else value


def _han_value(word: str) -> int:
    total, digit = 0, 0
    for character in word:
        if character in "十百":
            unit = 10 if character == "十" else 100
            total += (digit or 1) * unit
            digit = 0
        else:
            digit = _HAN_DIGITS[character]
    return total + digit
