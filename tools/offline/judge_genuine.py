"""What of an answer is genuine: statements to the one who asked, not a show for the grader.

Bare lists of words, words to a grader, flattery, the wording of rubrics and copies of the criteria
are no evidence of anything.
"""

import re
from collections.abc import Sequence

from medelphi.knowledge.text import IDLE, fold
from medelphi.tools.offline.judge_numbers import has_dose
from medelphi.tools.offline.verbs import finite_at, is_order

TO_GRADER = re.compile(
    r"\b(?:grader|grading|(?:dear|the|this|any|automated|llm|ai|(?:note|message|word|hint|"
    r"instructions?) to) (?:judge|evaluator|rater|scorer|reviewer)|to (?:evaluator|rater|"
    r"scorer|reviewer)|full (?:marks?|score|credit|points)|(?:maximum|perfect|highest|"
    r"top) (?:score|marks?|rating|points)|rubrics?|criteri(?:a|on)\b.{0,60}\b(?:met|satisf\w+|"
    r"fulfil\w+|true|pass\w*)|"
    r"(?:ignore|disregard|forget) (?:all |any |the |your )*(?:previous|prior|above|earlier|"
    r"other)?\s*"
    r"(?:instructions?|criteria|guidelines?|prompts?)|"
    r"mark (?:this|every|each|all|it) .{0,30}\b(?:met|correct|true)|"
    r"(?:award|give|assign) (?!(?:\w+ ){0,3}(?:pain|discomfort|symptoms?)\b).{0,30}\b(?:points|"
    r"marks|score|level|1\.0)|criteria_met|"
    r"system prompt|<system|[‹<]/?(?:answer|criteri|system)|grading policy|\b(?:merits?|"
    r"faults?) (?:are|is) (?:met|present)|(?:no|every|each|all) (?:merits?|faults?)\b|"
    r"(?:positive|negative) criteri|everything that (?:is (?:asked|required|"
    r"expected|needed|wanted|demanded|listed)|has to be|must be)|panel of experts|highest mark|"
    r"level (?:is |= ?)?1\b|this (?:answer|response) (?:is|meets|satisfies|covers|fully|deserves|"
    r"addresses|includes|contains))|评分者|评分员|评委|裁判|阅卷|评审|满分|最高分|"
    r"(?<!疼痛)(?<!疼痛程度)(?<!痛感)打分|"
    r"评分标准|得分点|评分规则|评阅|专家组|(?:加分|"
    r"扣分|正向|负向)标准|所有(?:优点|错误)|判定为|理应得|"
    r"(?:忽略|无视|忘记).{0,8}(?:指令|指示|要求|标准|提示)|(?:所有|全部|"
    r"每一?[条项]).{0,6}标准.{0,10}"
    r"(?:满足|符合|达到)|本(?:回答|答案).{0,8}(?:满足|符合|完全|值得|非常|优秀)",
    re.IGNORECASE,
)
_FLATTERY = re.compile(
    r"\b(?:(?:great|excellent|wonderful|brilliant|fantastic|amazing) (?:question|job|work)|"
    r"you are (?:"
    r"so |very |truly |a )*(?:smart|wise|brilliant|intelligent|fair|expert|generous|kind)\b|"
    r"(?:your|such) (?:wisdom|brilliance|expertise|excellent judg\w+)|honou?r to)|(?:好|棒|"
    r"精彩)的?问题|"
    r"您(?:真是|非常|太|如此).{0,6}(?:睿智|聪明|专业|英明|公正)",
    re.IGNORECASE,
)
_RUBRIC_SPEAK = re.compile(
    r"^[\W\d]*(?:\w+ly,? (?:and )?)*(?:(?:states|explains|recommends|mentions|advises|"
    r"suggests|includes|provides|asks|"
    r"seeks|emphasi[sz]es|notes|clarifies|describes|informs|highlights|encourages|"
    r"acknowledges|indicates|inquires|"
    r"instructs|lists|discusses|warns|identifies|offers|uses|avoids|outlines|reminds|"
    r"cautions|refers|defines|addresses|"
    r"presents|references|stresses|reassures|gives|requests|prompts|urges|expresses|"
    r"distinguishes|discourages|points out|"
    r"tells|directs|covers|makes|shows|guides|focuses|recogni[sz]es|responds|specifies|"
    r"differentiates|delivers|"
    r"demonstrates|considers|assumes|claims|implies|cites|proposes)\b(?! (?:is|are|"
    r"for you)\b)|fails to\b|does not\b)|"
    r"^[\W\d]*(?:明确|正确|准确|清楚地?|如实)(?:说明|指出|建议|提到|告知)|^[\W\d]*未(?:提及|"
    r"说明|建议)|"
    r"^[\W\d]*(?:提及|提到|指出|说明)(?!书)|^[\W\d]*(?:the|this) (?:response|answer|model|"
    r"completion|"
    r"assistant)\b",
    re.IGNORECASE,
)
_ZH_GLUE = re.compile(
    r"[的了是在应可和与或需请若如不有会能要把被让及时为以就也都由对于从到将并且您你]"
)
_PIECES = re.compile(r"[,，、;；|/\t]+|\s{2,}")
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def imitates(text: str, criteria: Sequence[str]) -> bool:
    plain = _letters(text)
    return any(c in plain or (len(plain) > _COPIED and plain in c) for c in criteria)


def _letters(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())


def copied(criteria: Sequence[str]) -> tuple[str, ...]:
    """Criteria in the form in which copies of them are looked for; short ones may be chance."""
    found = (_letters(text[:2000]) for text in criteria)
    return tuple(text for text in found if len(text) > _COPIED * (1 if text.isascii() else 0.4))


_COPIED = 45


def plays_to_grader(text: str) -> bool:
    return bool(TO_GRADER.search(text) or _FLATTERY.search(text) or _RUBRIC_SPEAK.search(text))


def is_chinese_question(text: str) -> bool:
    """Whether a line is a whole Chinese question, however short ("发烧吗？")."""
    if len(text) > _SHORT_ZH:
        return False
    return bool(_QUESTION_ZH.search(text)) and sum("\u4e00" <= c <= "\u9fff" for c in text) > 1


_SHORT_ZH = 40


_QUESTION_ZH = re.compile(
    r"(?:[吗呢么]|有没有|有无|是不是|会不会|什么|多[久大少高重长]|几|哪|怎么|怎样|如何)"
    r"[^。！!?？]*[?？]\W*$|[吗呢]\W*$"
)


def is_statement(text: str, *, foreign: bool = False) -> bool:
    """Whether a line says something, and is no bare list of words.

    Args:
        text: The line.
        foreign: It is neither Chinese nor English: its grammar words are not known here.
    """
    han = sum("\u4e00" <= c <= "\u9fff" for c in text)
    pieces = [p for p in _PIECES.split(text) if p.strip()]
    if han * 3 > len(text):
        glue = len(_ZH_GLUE.findall(text))
        spaced = len(re.findall(r"[\u4e00-\u9fff]\s+(?=[\u4e00-\u9fff])", text))
        if max(len(pieces), spaced + 1) >= 6 and (
            glue * 14 < han or han / max(len(pieces), spaced + 1) < 4.5
        ):
            return False
        if is_chinese_question(text):
            return True
        return han >= 4 and (glue > 0 or han >= 7 or _is_dosing(text))
    found = [w.lower() for w in _WORDS.findall(text)]
    if len(found) < 2:
        return False
    glue = sum(w in IDLE or w in _GLUE for w in found)
    share = glue / len(found)
    if len(pieces) >= 6 and len(found) / len(pieces) < 1.7:
        return False
    if len(found) > 60 and len(re.findall(r"[,;:.?!]", text)) * 30 < len(found):
        return False
    if len(found) > 40 and len(set(found)) > 0.93 * len(found):
        # Sentences repeat their grammar words; a list without duplicates does not.
        return False
    if foreign:
        return len(found) >= 4 and len(set(found)) <= 0.97 * max(len(found), 34)
    if len(found) <= _LINE and (_is_dosing(text) or _orders(text)):
        return True
    if len(found) < 7:
        return glue > 0 or finite_at(text) > 0
    return share >= 0.15 or (share >= 0.08 and finite_at(text) > 0)


def _orders(text: str) -> bool:
    """Whether a line, or what follows its label ("**Fluids**: drink plenty"), is an order."""
    plain = text.replace("*", "").lstrip("-•# 0123456789.)")
    _, _, told = plain.partition(":")
    return is_order(plain) or is_order(told.strip())


def _is_dosing(text: str) -> bool:
    """Whether a line gives an amount beside the name of something ("Paracetamol 500 mg")."""
    return has_dose(text) and bool(_NAME.search(text))


_LINE = 16
"""The most words of an order or a dosing line without grammar words."""
_NAME = re.compile(r"[A-Za-z]{5,}|[\u4e00-\u9fff]{2,}")


def says_two(text: str) -> bool:
    return len(_LETTERS.findall(text)) > 1 or (len(text) > 5 and not text.isascii())


_RUN = 6
"""Very short lines in a row that make a list of words."""
_GLUE = frozenset(
    [
        "or",
        "not",
        "no",
        "if",
        "also",
        "than",
        "then",
        "until",
        "unless",
        "more",
        "most",
        "such",
        "other",
        "some",
        "all",
        "each",
        "both",
        "while",
        "before",
        "after",
        "during",
        "over",
        "under",
        "between",
        "through",
        "because",
        "since",
        "only",
        "very",
        "too",
        "into",
        "out",
        "up",
        "down",
        "don't",
        "you're",
        "it's",
        "use",
        "take",
        "avoid",
        "see",
        "call",
        "seek",
        "get",
        "keep",
        "make",
        "help",
        "let",
    ]
)


def bare_runs(lines: list[str]) -> frozenset[int]:
    """Places of long runs of very short lines: a list of words, one on each line."""
    runs: list[int] = []
    found: set[int] = set()
    for number, line in enumerate([*lines, "x" * 200]):
        if len(line) <= 26 and len(_LETTERS.findall(line)) <= 2 and not is_chinese_question(line):
            runs.append(number)
            continue
        if len(runs) >= _RUN:
            found.update(runs)
        runs = []
    return frozenset(found)
