"""A Chinese statement of a record, said by the one whom it is about, or by who cares for them."""

import re
from dataclasses import dataclass

from medelphi.schema import Demographics

_PARENTS_TEXT = """
母亲 父亲 妈妈 爸爸 爷爷 奶奶 外公 外婆 姥姥 姥爷 家长 父母 mother
father parent grandmother grandfather
"""
_PARENTS = frozenset(_PARENTS_TEXT.split())
_PATIENT = r"(?:该|本|此)?(?:患者|病人|患儿|患者本人|患婴|产妇|孕妇|老人|患)"
_SUBJECT = re.compile(rf"^{_PATIENT}(?:[，,\s]|为|系(?!统))*")
_SAYS = re.compile(
    r"^(?:(?:其|患儿)?(?:家长|家属|母亲|父亲|家人)?(?:也|还|曾|均|再三)?(?:主诉|自诉|自述|诉说|"
    r"诉|述|表示|"
    r"自称|称|说(?=他|她|自己|有|是)|报告|描述|提到|提及|反映|补充|代诉|代述|承认)(?:自己|其|他|她)?(?:有(?!时))?[：:，,\s]*)"
)
_FELT = re.compile(r"^(?:(?:自觉|自感)(?=\S))")
_DENY = re.compile(
    r"^(?:(?:均|也|家属|家长)?否认(?:有|曾有|曾)?|未诉|未述|未见|不伴有?|不伴|未发现)"
)
_NONE = re.compile(r"^(?:无(?!力|聊)|没有?|从未|未(?:曾|有|出现))(?:有|明显的?|任何)?")
_SMOKE = re.compile(r"^(?:吸烟|抽烟|饮酒|喝酒|吸毒|酗酒)(?:史|习惯|嗜好)?$")
_HABITS = re.compile(r"^(?:吸烟|抽烟)[、和及或](?:饮酒|喝酒)(?:史|习惯|嗜好)?$")
_VERB_FIRST = re.compile(
    r"^(?:有|没|曾|口服|服用|家族|家里|家中|家人|家属|爱人|丈夫|妻子|父|母|已|在|于|从|自|因|"
    r"由于|做|吃|喝|住|抽|吸|饮|服|用|近|昨|今|前|最近|目前|现|平时|平素|既往|"
    r"以前|常|经常|偶尔|偶|每|是|觉得|感觉|感到|担心|害怕|不|睡|食|大便|小便|月经|工作|结婚|未婚|"
    r"已婚|怀孕|孕|"
    r"突然|反复|持续|间断|逐渐|开始|出现|发现|发生|患|得|对|接种|按时|出生|足月|能|会|可以|想|停|"
    r"自行|刚|"
    r"晨起|夜间|晚上|早上|活动|饭后|餐后)"
)
_THING = re.compile(
    r"^[^，。；]{0,14}(?:史|症|病|炎|疹|疹子|瘤|癌|包块|肿块|结节|溃疡|伤口|红斑|水疱|水泡|斑|念头|幻觉|幻听|障碍|"
    r"结石|综合征|息肉|哮喘|血压|血脂|血糖|痛风|过敏)(?:\d.*|[一二两三四五六七八九十]+.*)?$"
)
_HISTORY = re.compile(r"^(?:既往|以往)?有?(?P<what>[^，。；]{1,30}?)(?:病史|史)(?P<rest>.*)$")
_AGE = re.compile(r"^(?P<sex>男|女)(?:性|孩|婴|童)?[，,、\s]*(?P<age>\d+(?:岁|个?月|天|周).*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who speaks, as the one whom the record is about, or of them."""

    subject: str
    own: bool
    relation: str = ""


def speaker_of(own: bool, relation: str, demographics: Demographics) -> Speaker:
    """The speaker of a respondent."""
    if own:
        return Speaker(subject="我", own=True)
    if relation.strip() in _PARENTS:
        return Speaker(subject="孩子", own=False, relation=relation.strip())
    subject = {"male": "他", "female": "她"}.get(demographics.sex, "他")
    return Speaker(subject=subject, own=False, relation=relation.strip())


def spoken(statement: str, speaker: Speaker, *, denied: bool) -> str:
    """One statement as a sentence of the respondent, without its full stop."""
    text = _SUBJECT.sub("", statement, count=1) or statement
    text = _SAYS.sub("", text, count=1) or text
    text = _SUBJECT.sub("", text, count=1) or text
    text = _FELT.sub("觉得", text, count=1)
    if match := _AGE.match(text):
        text = f"是{match['sex']}的，{match['age']}"
    text = _mentions(text, speaker)
    subject = speaker.subject
    if match := _DENY.match(text):
        return _denied(text[match.end() :], subject)
    if match := _NONE.match(text):
        return _denied(text[match.end() :], subject)
    if denied:
        return _denied(re.sub(r"^有", "", text), subject)
    if re.match(r"^(?:既往|平素)(?:身)?体健?(?:健康|健|良好)?$", text):
        return f"{subject}以前身体一直挺好的"
    if re.match(rf"^(?:{re.escape(subject)}|我|孩子|他|她|这|那)", text):
        return text
    if relative := re.match(
        r"^(?:父|母|爷爷|奶奶|外公|外婆|哥哥|弟弟|姐姐|妹妹|儿子|女儿|爱人|丈夫|妻子|家)", text
    ):
        kin = speaker.relation.removesuffix("妈").removesuffix("爸")[:1]
        if not speaker.own and relative[0] == {"妈": "母", "爸": "父"}.get(kin, kin):
            return f"我{text[2:] if text[1:2] == '亲' else text[1:]}"
        return f"{subject}{'' if speaker.own or relative[0] == '家' else '的'}{text}"
    allergy = re.match(
        r"^(?:有)?(?:对)?(?P<what>[^，。；对]{1,15}?)过敏(?P<rest>[，,（(].*)?$", text
    )
    if allergy and not re.search(r"药物|食物", allergy["what"]):
        return f"{subject}对{allergy['what']}过敏{allergy['rest'] or ''}"
    history = _HISTORY.match(text)
    if history and not re.search(r"家族|月经|婚育|个人|过敏|接触|生育", history["what"]):
        return f"{subject}有{history['what']}的病史{history['rest']}"
    if re.match(r"^(?:\d+|[一二三四五六七八九十两]+)(?:岁|个月|天)", text):
        return f"{subject}{text}"
    text = re.sub(r"^呈", "是", text)
    bare = _THING.search(text) and not _VERB_FIRST.match(text)
    return f"{subject}有{text}" if bare else f"{subject}{text}"


def _denied(what: str, subject: str) -> str:
    what = what.strip("，,、 ")
    if _HABITS.match(what):
        return f"{subject}不抽烟也不喝酒"
    if _SMOKE.match(what):
        return f"{subject}不{what[:2]}"
    return f"{subject}没有{what}"


def _mentions(text: str, speaker: Speaker) -> str:
    """Mentions of the patient within a statement."""
    whose = speaker.subject
    if speaker.relation in {"母亲", "妈妈"}:
        text = re.sub(rf"(?:其|{_PATIENT}的?)(?:母亲|母)(?!乳)", "我", text)
    if speaker.relation in {"父亲", "爸爸"}:
        text = re.sub(rf"(?:其|{_PATIENT}的?)(?:父亲|父)", "我", text)
    text = re.sub(r"其(?=[父母兄弟姐妹子女妻夫家祖爷奶外])", whose, text)
    return re.sub(_PATIENT, whose, text) if re.search(r"患者|病人|患儿", text) else text
