"""A record in free text taken apart by headings, word lists and sentence rules."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from medelphi.knowledge.text import detect_language, sentences
from medelphi.prompts.sections import Section
from medelphi.schema import Hidden, Language
from medelphi.schema.case import FactDomain, MeasurementKind
from medelphi.tools.cases.classify import examined, finding, told_again
from medelphi.tools.cases.diagnosis_names import names_of
from medelphi.tools.cases.drafting import Draft, Piece, draft
from medelphi.tools.cases.people import people_of
from medelphi.tools.cases.statements import statements
from medelphi.tools.cases.support import share, unprovoked
from medelphi.tools.offline.consultation.orders import is_result, kind_of, order_of

MOST = 40
"""Facts, where the limits do not say."""

Part = FactDomain | Literal["examination", "test", "diagnosis", "left_out"]
_HEADINGS: Mapping[Part, str] = {
    "complaint": r"chief complaints?|presenting complaints?|reason for (?:visit|consultation)|cc"
    r"|主诉",
    "symptom": r"(?:history of )?present(?:ing)? illness|hpi|history of presenting complaint"
    r"|review of systems|ros|symptoms?|现病史|病史",
    "past_history": r"(?:past )?(?:medical|surgical) (?:and surgical )?history|past history"
    r"|pmh|psh|background|既往史|既往病史|手术史",
    "medication": r"(?:current |home )?medications?|drugs?|drug history"
    r"|用药史|用药情况|目前用药|现用药",
    "allergy": r"(?:drug )?allerg(?:y|ies)|过敏史|药物过敏史",
    "family_history": r"family (?:medical )?history|fh|家族史|家族病史",
    "social_history": r"(?:personal and )?social history|sh|habits|lifestyle|个人史|生活史|社会史",
    "obstetric": r"(?:obstetric|gyna?ecolog\w+|menstrual|pregnancy|birth) (?:and \w+ )?history"
    r"|月经史|婚育史|孕产史|生育史|出生史",
    "examination": r"(?:physical |clinical |general )?exam(?:ination)?(?: findings)?"
    r"|on examination|o/e|vital signs|vitals|observations|体格检查|体检|查体|生命体征|专科检查",
    "test": r"(?:laboratory|lab) (?:results|tests|findings|data)|labs?|investigations?|imaging"
    r"|test results|studies|辅助检查|实验室检查|检查结果|影像学检查|化验",
    "diagnosis": r"(?:final |primary |discharge |working )?diagnos[ei]s|impression|诊断|初步诊断"
    r"|最终诊断|最后诊断|入院诊断|出院诊断|临床诊断",
    "left_out": r"assessment(?: and plan)?|plan|treatment|management|discussion"
    r"|(?:hospital )?course|follow[- ]up|outcome|differential diagnos[ei]s"
    r"|诊疗经过|治疗经过|治疗|处理|讨论|随访|鉴别诊断|诊疗计划",
}
_TOLD = frozenset(_HEADINGS) - {"examination", "test", "diagnosis", "left_out"}
_HEADING = re.compile(
    r"(?:(?<=^)|(?<=[\n.。;；!！?？]))[ \t\u3000]*(?:[-*#•]+[ \t]*|\d{1,2}[.、][ \t]*)?\**(?:"
    + "|".join(f"(?P<{part}>{names})" for part, names in _HEADINGS.items())
    + r")\**[ \t]*[:：]\**",
    re.IGNORECASE,
)
_DIAGNOSED = re.compile(
    r"(?:\bfinal diagnosis (?:is|was)|\b(?:is|was) (?:finally )?diagnosed (?:with|as having)"
    r"|\bdiagnosis of|\bconfirmed(?: the)? diagnosis of)\s+(?:an? )?(?P<en>[^.,;\n]{3,80})"
    r"|(?:最终|最后|明确|确|被|临床)?诊断(?:为|是|考虑)[“\"]?(?P<zh>[^。，；,;\n”\"]{2,30})",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"\bhistory of\b|\bpreviously\b|\bago\b|\b(?:at|since) (?:age|the age)\b|\bin (?:19|20)\d\d\b"
    r"|\b(?:mother|father|sister|brother|aunt|uncle|family)\b|既往|年前|月前|曾|母亲|父亲|家族",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"^(?:An?|The|This)\s+(?:(?:previously \w+ )?\d+[- ](?:year|month|week|day)s?[- ]old\b"
    r"[^,.;]{0,60}?|(?:\w+ )?(?:man|woman|boy|girl|male|female|patient),"
    r" (?:aged )?\d+[^,.;]{0,20},)"
    r"\s(?=(?:presents?|presented|comes?|came|complains?|reports?|is|was|has|had|visits?|arrives?)\b)",
    re.IGNORECASE,
)
"""A description that stands for "the patient"."""
_NAME = re.compile(r"^[\u4e00-\u9fff]某[\u4e00-\u9fff]?(?=[，,、男女])")
"""A name that was made unknown."""
_AGED = re.compile(
    r"\b\d{1,3}[- ](?:year|month|week|day)s?[- ]old\b|\baged \d|\d\s*(?:岁|个月大|月龄|天大)",
    re.IGNORECASE,
)
LONGEST = 4_000
"""Characters from the start of a record in which it says whom it is about."""
_EDGES = " \t\n\u3000.。,，;；:：-*•"


@dataclass(slots=True, kw_only=True)
class _Read:
    """What was found of a record."""

    pieces: list[Piece] = field(default_factory=list)
    measurements: list[dict[str, Any]] = field(default_factory=list)
    diagnosis: str = ""
    diagnosed: str = ""
    """The words that give it."""


def case_facts(sections: Sequence[Section]) -> dict[str, Any]:
    """The arguments of the reply: facts that quote their sentences, and what is hidden."""
    record = "".join(section.content for section in sections if section.tag == "record")
    limits = next((s.attributes for s in sections if s.tag == "limits"), {})
    language = detect_language(record)
    read = _read(record, language)
    name, aliases = names_of(read.diagnosis) if read.diagnosis else ("", ())
    people = people_of(_naming(record), record)
    drafted = draft(read.pieces, people, Hidden(diagnosis=name, aliases=aliases), language)
    most = int(limits.get("max_facts", "") or MOST)
    diagnosis = {"quote": read.diagnosed, "name": name, "aliases": list(aliases), "broader": []}
    return {
        "age": people.demographics.age,
        "sex": people.demographics.sex,
        "about": people.demographics.other.removeprefix("患者").strip(),
        "respondent": people.respondent,
        "relation": people.relation,
        "diagnosis": diagnosis if name else None,
        "measurements": read.measurements,
        "facts": [
            {
                "quote": fact.quote,
                "text": fact.text,
                "lay": fact.lay,
                "domain": fact.domain,
                "polarity": fact.polarity,
                "critical": fact.critical,
                "red_flag": fact.red_flag,
                "disclosure": fact.disclosure,
            }
            for fact in drafted.facts[:most]
        ],
        "unknown": _unknown(drafted, read),
        "opener": drafted.opener,
    }


def _naming(record: str) -> str:
    """The sentence that says who the patient is: the first with an age."""
    parts = re.split(r"[\n。]|\.\s", record[:LONGEST].strip())
    named = next((part for part in parts if _AGED.search(part)), parts[0])
    named = _NAME.sub("患者", _HEADING.sub("", named).strip())
    return re.sub(r"^(?:This|The|An?)\s+", "", named, flags=re.IGNORECASE)


def _read(record: str, language: Language) -> _Read:
    found = _Read()
    for part, text in _parts(record):
        if part == "left_out":
            continue
        if part == "diagnosis":
            _diagnosis(found, text)
        elif part in {"examination", "test"}:
            kind: MeasurementKind = "test" if part == "test" else "examination"
            for sentence in sentences(text):
                if not _concluded(found, sentence):
                    _measured(found, sentence, kind_of(sentence, kind), language)
        else:
            _prose(found, text, part, language)
    return found


def _parts(record: str) -> Iterator[tuple[Part | None, str]]:
    """The parts of a record under their headings; the first may have none."""
    headings = list(_HEADING.finditer(record))
    first = headings[0].start() if headings else len(record)
    if record[:first].strip(_EDGES):
        yield None, record[:first]
    ends = (*(heading.start() for heading in headings[1:]), len(record))
    for place, heading in enumerate(headings):
        part = next(name for name in _HEADINGS if heading[name])
        yield part, record[heading.end() : ends[place]]


def _diagnosis(found: _Read, text: str) -> None:
    first = re.split(r"[.。;；\n](?!\d)", re.sub(r"^\s*\d{1,2}[.、]\s*", "", text.strip()))[0]
    if not found.diagnosis and first.strip(_EDGES):
        found.diagnosis = found.diagnosed = first.strip(_EDGES)


def _concluded(found: _Read, sentence: str) -> bool:
    """Whether a sentence gives the diagnosis; the first one is kept."""
    match = _DIAGNOSED.search(sentence)
    if match is None or _EARLIER.search(sentence):
        return False
    if not found.diagnosis:
        found.diagnosis = (match["en"] or match["zh"]).strip(_EDGES)
        found.diagnosed = match.group()
    return True


def _prose(found: _Read, text: str, part: Part | None, language: Language) -> None:
    """Sentences in order: after "examination reveals …" findings go on until the patient's own
    knowledge comes again."""
    section = cast("FactDomain", part) if part in _TOLD else None
    within: MeasurementKind | None = None
    for sentence in sentences(text):
        if _concluded(found, sentence):
            continue
        kind: MeasurementKind | None = "examination" if examined(sentence) else None
        if section in {None, "complaint", "symptom"}:
            kind = kind or finding(sentence)
            kind = "test" if kind != "test" and is_result(sentence) else kind
        if kind is None and within and not told_again(sentence):
            kind = within
        within = kind if part is None or section == "symptom" else None
        if kind:
            _measured(found, sentence, kind, language)
        else:
            said = _NAME.sub("患者", unprovoked(_NAMED.sub("The patient ", sentence)))
            found.pieces += [
                Piece(
                    text=statement.text,
                    polarity=statement.polarity,
                    quote=sentence,
                    section=section,
                    chief=part == "complaint",
                )
                for statement in statements(said)
            ]


def _measured(found: _Read, sentence: str, kind: MeasurementKind, language: Language) -> None:
    if not any(character.isalnum() for character in sentence):
        return
    name, aliases = order_of(sentence, kind, language)
    found.measurements.append(
        {
            "quote": sentence,
            "name": name,
            "kind": kind,
            "result": sentence,
            "aliases": list(aliases),
        }
    )


def _unknown(drafted: Draft, read: _Read) -> list[dict[str, Any]]:
    quotes = [piece.quote for piece in read.pieces]
    return [
        {"quote": max(quotes, key=lambda quote: share(item.topic, quote)), "topic": item.topic}
        for item in drafted.unknown
    ]
