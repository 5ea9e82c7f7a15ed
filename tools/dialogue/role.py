"""Signs that a text is not a patient talking: a doctor's part, or the writer's workings."""

import re
import unicodedata
from collections.abc import Sequence

_DOCTOR = re.compile(
    r"\bas (?:your|the|a) (?:doctor|physician|clinician|gp|nurse)\b|\bi(?:['’]m| am) (?:your|the|"
    r"a) (?:doctor|physician)\b|^\s*(?:doctor|physician|assistant|patient|user|system)\s*[:：]|"
    r"\bi(?:['’]d| would)? (?:recommend|advise|suggest|prescribe|diagnose)\b(?! (?:to me|it to "
    r"me))|\bi(?:['’]ll| will|['’]m going to| am going to) (?:prescribe|order|refer|examine|"
    r"diagnose)\b|\byou should (?:take|get|see|go|stop|avoid|have|be|try|start|rest|drink|come|"
    r"consider|monitor)\b(?![^.?!]*\?)|\byou (?:need|ought|have) to (?:take|get|see|go to|stop|"
    r"avoid|rest|drink|be seen|come back)\b|\bmy (?:diagnosis|recommendation|clinical impression|"
    r"assessment) (?:is|for you)\b|\bhow long have you (?:had|been)\b|\bwhere does it hurt\b|"
    r"\bwhen did your\b|\b(?:do|are|have|did) you (?:currently |also |ever )?(?:have|had|having|"
    r"experienc\w+|taking|take|allergic|smoke|drink|feel|felt|notice\w*) (?:any |a |an |some "
    r")?(?:pain|fever|allerg\w+|cough|symptoms?|medic\w+|nausea|chest|headache|history|rash|"
    r"alcohol|other symptoms?)|\bare you (?:allergic|taking any|on any)\b|\bany allergies\s*\?|"
    r"\byour (?:symptoms|test results|blood pressure|condition|lab results|pain)\b",
    re.IGNORECASE,
)
_DOCTOR_HAN = re.compile(
    r"作为(?:您|你)?的?(?:医生|大夫|医师)|我是(?:您|你)的?(?:医生|大夫)|^\s*(?:医生|大夫|患者|"
    r"病人|助手|系统)\s*[:：]|(?:我|本人)?建议(?:您|你)|(?:您|你)(?:应该|需要|必须|要)(?:去|吃|服|"
    r"做个?|多|少|注意|按时|停|避免|住院|复查)|我(?:给|帮|为)(?:您|你)(?:开|安排|诊断|检查|听)|"
    r"(?:您|你)(?:的)?(?:诊断是|症状|病情|血压|检查结果)|(?:您|你)(?:哪里|哪儿|什么地方)(?:不舒服|"
    r"痛|疼)|(?:您|你)(?:有没有|有无|是否|平时)(?:有)?(?:发热|发烧|咳|痛|疼|过敏|胸|头|恶心|吃药|"
    r"抽烟|喝酒|高血压|糖尿病|不舒服)|(?:您|你)(?:多久|什么时候开始)(?:了|不舒服|出现)|请(?:您|"
    r"你)?(?:按时|遵医嘱|及时)(?:服|复查|就诊|就医)"
)
_WORKINGS = re.compile(
    r"<[/a-z][^>]{0,80}>|[{}]|```|\"(?:text|facts|sentences)\"|\[…\]|\[\.\.\.\]|\b(?:as an ai|"
    r"language model|ai assistant|chatbot|system prompt|the prompt|fact ids?|facts? (?:list|above|"
    r"below|provided|given)|disclosure level|persona|role-?play\w*|simulat\w+|scratch ?pad|chain "
    r"of thought|instructions? (?:say|above|given)|tool call|utterance|i was told not to|the "
    r"record (?:says|states|shows)|my script|standardi[sz]ed patient)\b|作为(?:一个)?(?:AI|"
    r"人工智能|语言模型|智能助手)|语言模型|人工智能|提示词|系统提示|角色扮演|模拟(?:患者|病人)|"
    r"标准化病人|事实(?:编号|列表)|病历(?:上|里|中)?(?:写|记载|显示)|设定(?:里|上|中)|脚本",
    re.IGNORECASE,
)
_ID = re.compile(r"[A-Za-z0-9_.-]*[\d_-][A-Za-z0-9_.-]*")


def plays_doctor(text: str) -> bool:
    """Whether a text advises, examines or asks as a doctor does."""
    folded = unicodedata.normalize("NFKC", text)
    return bool(_DOCTOR.search(folded) or _DOCTOR_HAN.search(folded))


def shows_workings(text: str, ids: Sequence[str]) -> bool:
    """Whether a text shows what a patient cannot know of: ids, markup, that it is generated."""
    folded = unicodedata.normalize("NFKC", text)
    if _WORKINGS.search(folded):
        return True
    marked = [id_ for id_ in ids if _ID.fullmatch(id_) and not re.fullmatch(r"[\d.]+", id_)]
    said = set(re.findall(r"[A-Za-z0-9_.-]+", folded))
    said |= {word.rstrip(".-") for word in said}
    return any(id_ in said and len(id_) > 1 for id_ in marked)
