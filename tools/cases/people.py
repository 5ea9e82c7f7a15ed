"""Who a record is about, and who speaks for them."""

import re
from dataclasses import dataclass
from typing import Literal

from medelphi.schema import Demographics
from medelphi.schema.case import Respondent
from medelphi.tools.cases.fields import listed

SPEAKS_FROM = 12
"""Years of age from which a patient answers for themselves."""
UNAGED = re.compile(
    r"\b(?:newborn|neonate|infant|baby|toddler|child|preschooler)\b|新生儿|婴儿|患儿|幼儿",
    re.IGNORECASE,
)
_ADULT = re.compile(r"\b(?:man|woman|gentleman|lady|elderly)\b|成年|老年", re.IGNORECASE)
_AGE = re.compile(
    r"(?P<n>\d{1,3}(?:\.\d)?)[\s-]*(?P<unit>years?|yrs?|y/?o|months?|mos?|weeks?|days?|hours?)\b"
    r"|(?P<nz>\d{1,3})\s*(?P<zh>岁|个?月龄?|周龄?|天|日龄)|(?P<bare>^\d{1,3}$)",
    re.IGNORECASE,
)
_WORDS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}
_WORD_AGE = re.compile(
    rf"\b({'|'.join(_WORDS)})[\s-](years?|months?|weeks?|days?|hours?)\b", re.IGNORECASE
)
_FEMALE = re.compile(r"\b(?:female|woman|girl|lady|f)\b|女", re.IGNORECASE)
_MALE = re.compile(r"\b(?:male|man|boy|gentleman|m)\b|男", re.IGNORECASE)
_SHE = re.compile(r"\b(?:she|her|hers)\b|她", re.IGNORECASE)
_HE = re.compile(r"\b(?:he|his|him)\b", re.IGNORECASE)
_DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}
_UNIT_HAN = {"岁": "year", "月": "month", "个月": "month", "月龄": "month", "个月龄": "month"}
_RELATION = r"(?:mother|father|grandmother|grandfather|parents?|guardian|caregivers?)"
_CLOSE = (
    r"(?:wife|husband|daughter|son|sister|brother|roommates?|partner|boyfriend|girlfriend|friends?"
    r"|family members?|family)"
)
_SAYS = (
    r"(?:\s+\w+ly)?\s+(?:also\s+)?(?:reports?|states?|notes?|mentions?|describes?|says?|has noticed"
    r"|have noticed|noticed|den(?:y|ies)|believes?|is concerned|brings?|brought|observed|adds"
    r"|did not report)"
)
_WITH_CHILD = re.compile(
    r"\b(?:presents|comes|came|is here) with (?:her"
    r"|his) (?P<age>\d+[- ]\w+?)[- ]old (?P<kin>son|daughter|child|baby|infant)",
    re.IGNORECASE,
)
_SPEECHLESS = re.compile(
    r"\b(?:comatose|non-?verbal|intubated|unconscious|unresponsive|obtunded|aphasi[ac]|stuporous)\b"
    r"|昏迷|失语|意识不清",
    re.IGNORECASE,
)
_REGAINED = re.compile(
    r"regain\w* consciousness|episode|during|became unconscious|恢复意识", re.IGNORECASE
)
_SPEAKS = re.compile(
    r"\b(?:patient|he|she|man|woman)\s+(?:also\s+)?(?:reports?|admits?|mentions?|states?"
    r"|describes?|complains?"
    r"|den(?:y|ies)|recalls?|says?|endorses?|believes)\b|\bdenies\b",
    re.IGNORECASE,
)
_RELATION_HAN = re.compile(
    r"(?:患儿)?(母亲|父亲|妈妈|爸爸|奶奶|爷爷|外婆|外公|家长|父母|妻子|丈夫|女儿|儿子|家属)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who the patient is, and who answers."""

    demographics: Demographics
    respondent: Respondent
    relation: str


def people_of(named: str, record: str, *, age: str = "", sex: str = "") -> People:
    """Read who a record is about.

    Args:
        named: The words that name the patient, e.g. ``8-month-old boy``.
        record: The rest of the record, for pronouns and for who reports.
        age: The age where the record has a field for it.
        sex: Likewise.
    """
    if child := _WITH_CHILD.search(named):
        # Who came is the parent: the patient is the child.
        parent = "mother" if _FEMALE.search(named[: child.start()]) else "father"
        sexes = {"son": "male", "daughter": "female"}
        return People(
            demographics=Demographics(
                age=_age(child["age"]), sex=_sex(sexes.get(child["kin"].lower(), ""), "", "")
            ),
            respondent="caregiver",
            relation=parent,
        )
    demographics = Demographics(
        age=_age(age) or _age(named) or _adjective_age(age) or _unaged(named, record),
        sex=_sex(sex, named, record),
        other=_other(named),
    )
    years = years_of(demographics.age)
    young = years < SPEAKS_FROM if years is not None else bool(UNAGED.search(named))
    if young and not (years is None and _ADULT.search(named)):
        return People(
            demographics=demographics,
            respondent="caregiver",
            relation=_relation(record, _RELATION) or ("家长" if _han(record) else "parent"),
        )
    reporter = _relation(record, _CLOSE, said=True) or _relation(record, _RELATION, said=True)
    speechless = any(
        _SPEECHLESS.search(line) and not _REGAINED.search(line)
        for line in re.split(r"(?<=[.。;；\n])\s*", record)
    )
    if reporter and (speechless or not _SPEAKS.search(record)):
        return People(demographics=demographics, respondent="caregiver", relation=reporter)
    if speechless and not _SPEAKS.search(record):
        relation = "家属" if _han(record) else "family member"
        return People(demographics=demographics, respondent="caregiver", relation=relation)
    return People(demographics=demographics, respondent="patient", relation="")


def years_of(age: str) -> float | None:
    """An age in years, or None where it has no figure."""
    match = _AGE.search(age.strip())
    if not match:
        return None
    if match["bare"]:
        return float(match["bare"])
    if match["nz"]:
        unit = _UNIT_HAN.get(match["zh"], "week" if "周" in match["zh"] else "day")
        return float(match["nz"]) * _DAYS[unit] / 365
    return float(match["n"]) * _DAYS[_unit(match["unit"])] / 365


def is_child(demographics: Demographics) -> bool:
    years = years_of(demographics.age)
    return years < 18 if years is not None else bool(UNAGED.search(demographics.age))


def _unit(word: str) -> str:
    for unit in ("hour", "day", "week", "month"):
        if word.lower().startswith(unit[:2]):
            return unit
    return "year"


def _age(text: str) -> str:
    text = _WORD_AGE.sub(lambda m: f"{_WORDS[m[1].lower()]} {m[2]}", text)
    # "31 weeks' gestation" is no age of a newborn.
    text = (
        re.sub(r"\d+\w{0,2}\s*(?:weeks?['’]?|gestational week)\s*(?:of )?(?:gestation)?", " ", text)
        if ("gestation" in text)
        else text
    )
    match = _AGE.search(text.strip())
    if not match:
        return ""
    if match["zh"]:
        return match.group()
    number = match["bare"] or match["n"]
    unit = "year" if match["bare"] else _unit(match["unit"])
    return f"{number} {unit}{'' if float(number) == 1 else 's'}"


def _adjective_age(age: str) -> str:
    return age.strip()[:40]


def _unaged(named: str, record: str) -> str:
    found = UNAGED.search(named)
    if not found:
        return "elderly" if re.search(r"\belderly\b", named, re.IGNORECASE) else ""
    born = re.search(r"\bborn (\w+) (days?|hours?|weeks?) ago", record, re.IGNORECASE)
    if born and (_WORDS.get(born[1].lower()) or born[1].isdigit()):
        return f"{_WORDS.get(born[1].lower(), born[1])} {born[2]}"
    return found.group().lower()


def _sex(sex: str, named: str, record: str) -> Literal["female", "male", "other", ""]:
    for text in (sex, named):
        if _FEMALE.search(text):
            return "female"
        if _MALE.search(text):
            return "male"
        if re.search(r"\b(?:other|non-?binary|intersex)\b", text, re.IGNORECASE):
            return "other"
    she, he = len(_SHE.findall(record)), len(_HE.findall(record))
    if max(she, he) and min(she, he) * 2 < max(she, he):
        return "female" if she > he else "male"
    return ""


def _other(named: str) -> str:
    """What else names the patient: "55-year-old male bodybuilder" -> "bodybuilder"."""
    rest = re.sub(
        r"\([^)]*\)|,.*$|\b(?:accompanied|present\w*|comes?|at|with|was|is (?:brought|referred"
        r"|hospital"
        r"|admitted)|brought|referred|hospitalized|admitted)\b.*$",
        " ",
        named,
    )
    rest = _WORD_AGE.sub(" ", _AGE.sub(" ", rest))
    rest = re.sub(r"\d+[\w-]*|[-–]?\s*old\b", " ", rest, flags=re.IGNORECASE)
    rest = _FEMALE.sub(" ", _MALE.sub(" ", UNAGED.sub(" ", rest)))
    words = [word for word in re.findall(r"[^\W\d_][\w'-]*", rest) if word.lower() not in _NO_TRAIT]
    return " ".join(words[:6])


_NO_TRAIT = listed(
    "a an the is elderly healthy patient of and with age aged man woman g born after"
)


def _relation(record: str, who: str, *, said: bool = False) -> str:
    if _han(record):
        found = _RELATION_HAN.search(record)
        return found.group(1) if found else ""
    for pattern in (
        rf"\b({who}){_SAYS}\b",
        rf"\bbrought (?:\w+ ){{0,4}}by (?:his |her |the |their )?({who})\b|\bby (?:his|her"
        rf"|the) ({who})\b",
        rf"\b(?:infant|newborn|baby|child|patient|boy|girl)['’]s ({who})\b|\b({who})\b",
    )[: 2 if said else 3]:
        if found := re.search(pattern, record, re.IGNORECASE):
            name = str(next(filter(None, found.groups()))).lower()
            return {
                "parents": "parent",
                "roommates": "roommate",
                "friends": "friend",
                "caregivers": "caregiver",
                "family": "family member",
                "family members": "family member",
            }.get(name, name)
    return ""


def _han(text: str) -> bool:
    return len(re.findall(r"[\u4e00-\u9fff]", text)) * 3 > len(text)
