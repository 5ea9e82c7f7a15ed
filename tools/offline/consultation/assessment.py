"""How an offline doctor concludes: with a name that a result gives, or with none."""

import re

from medelphi.knowledge.text import sentences
from medelphi.tools.offline.consultation.doctor_talk import Talk

LONGEST_NAME = 8
"""Words of a diagnosis that is taken from a result, or half the Chinese characters."""

_STRONG = re.compile(
    r"\b(?:consistent with|compatible with|diagnostic (?:of|for)|characteristic of|typical (?:of|"
    r"for)|in keeping with|pathognomonic (?:of|for)|confirm(?:s|ed|ing|"
    r"ative of)(?: (?:the )?diagnosis of)?|(?:highly |strongly )?suggestive of|suggest(?:s|ing)?|"
    r"indicative of|(?:impression|diagnosis):)\s+",
    re.IGNORECASE,
)
_STRONG_ZH = re.compile(r"(?:符合|提示(?:为)?|考虑(?:为)?|诊断(?:为|：)|确诊(?:为)?|支持)")
_END = re.compile(
    r"[.;,:()\[\]\n]|\s(?:with|and|but|or|in|of the|due to|without|at|on|which|that|as|rather)\s",
    re.IGNORECASE,
)
_END_ZH = re.compile(r"[，。；、,;（(\n]|的?(?:表现|改变|可能|诊断|特征)")
_NOT = re.compile(r"\b(?:no|not|without|nor|never|against|un)\b|不|未|无", re.IGNORECASE)
_HEDGE = re.compile(
    r"^(?:a|an|the|possible|probable|likely|acute-?on-?chronic|presence of|diagnosis of|"
    r"underlying|findings? of|evidence of)\s+",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\b(?:normal|findings?|above|below|age|changes?|patterns?|results?|appearance|history|"
    r"process|increased|decreased|elevated|obstruction|abnormalit\w+|problems?|issues?)$|正常|"
    r"异常$|改变$",
    re.IGNORECASE,
)


def diagnosis(talk: Talk) -> str:
    """The name that reported results give to the illness, in their words; empty without one.

    The last result counts most: it was ordered because of the earlier ones.
    """
    for result in reversed(talk.results):
        for sentence in reversed(sentences(result) or [result]):
            if name := _named(sentence):
                return name
    return ""


def conclusion(talk: Talk) -> tuple[str, ...]:
    """Assessment, plan and safety net, sentence by sentence."""
    phrases, protocol = talk.phrases, talk.protocols()[0]
    told = [alarm for text in talk.heard for alarm in talk.alarms(text)]
    alarms = list(dict.fromkeys(alarm.name for alarm in told))
    labels = {alarm.name: talk.phrase(alarm.label) for alarm in told}
    label = talk.phrase(protocol.label)
    said = []
    if name := diagnosis(talk):
        said.append(phrases.named.replace("{name}", name))
    else:
        said.append(phrases.unsure.replace("{label}", label))
    if alarms:
        findings = _listed(talk, [labels[alarm] for alarm in alarms[:3]])
        said.append(phrases.because.replace("{findings}", findings))
    if urgent := next((alarm for alarm in told if alarm.urgent), None):
        said.append(phrases.refer_now.replace("{label}", talk.phrase(urgent.label)))
    said.append(phrases.refer.replace("{specialty}", protocol.specialty))
    said.append(protocol.care)
    said.append(phrases.safety.replace("{alarm}", talk.phrase(_alarm(talk))))
    said.append(phrases.questions)
    return tuple(talk.fill(sentence) for sentence in said)


def parting(talk: Talk) -> tuple[str, ...]:
    """The last words, with what must not be forgotten."""
    phrases = talk.phrases
    remember = phrases.remember.replace("{alarm}", _alarm(talk))
    return (talk.fill(remember), talk.fill(phrases.goodbye))


def _alarm(talk: Talk) -> str:
    """What calls for help: in a small child those signs go before the ones of the complaint."""
    child = next(found for found in talk.phrases.protocols if found.name == "child")
    return child.alarm if talk.child else talk.protocols()[0].alarm


def _named(sentence: str) -> str:
    for strong, end in ((_STRONG, _END), (_STRONG_ZH, _END_ZH)):
        for found in strong.finditer(sentence):
            if _NOT.search(sentence[: found.start()][-40:]):
                continue
            rest = sentence[found.end() :]
            stop = end.search(rest)
            name = (rest[: stop.start()] if stop else rest).strip(" .:：。")
            while (shorter := _HEDGE.sub("", name)) != name:
                name = shorter
            long = len(name.split()) if name.isascii() else len(name) / 2
            if len(name) > 1 and long <= LONGEST_NAME and not _NO_NAME.search(name):
                return name
    return ""


def _listed(talk: Talk, labels: list[str]) -> str:
    labels = list(dict.fromkeys(labels))
    joint, last = talk.phrases.list_joint, talk.phrases.list_last
    return last.join(filter(None, (joint.join(labels[:-1]), labels[-1])))
