"""Whether a named diagnosis is the record's: the same or more specific, never broader."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from medelphi.knowledge.lexicon import Concept, ancestors, find_concepts
from medelphi.knowledge.text import fold, is_han
from medelphi.schema import Act, Hidden, Language
from medelphi.tools.dialogue.topics import stem

ABBREVIATIONS: dict[str, str] = {
    "aaa": "abdominal aortic aneurysm",
    "acs": "acute coronary syndrome",
    "adhd": "attention deficit hyperactivity disorder",
    "aki": "acute kidney injury",
    "all": "acute lymphoblastic leukemia",
    "als": "amyotrophic lateral sclerosis",
    "ami": "acute myocardial infarction",
    "aml": "acute myeloid leukemia",
    "ards": "acute respiratory distress syndrome",
    "asd": "atrial septal defect",
    "bph": "benign prostatic hyperplasia",
    "bppv": "benign paroxysmal positional vertigo",
    "bv": "bacterial vaginosis",
    "cad": "coronary artery disease",
    "cap": "community acquired pneumonia",
    "cf": "cystic fibrosis",
    "chf": "congestive heart failure",
    "ckd": "chronic kidney disease",
    "cll": "chronic lymphocytic leukemia",
    "cml": "chronic myeloid leukemia",
    "copd": "chronic obstructive pulmonary disease",
    "crc": "colorectal cancer",
    "cvi": "chronic venous insufficiency",
    "dka": "diabetic ketoacidosis",
    "dlbcl": "diffuse large b cell lymphoma",
    "dvt": "deep vein thrombosis",
    "ftd": "frontotemporal dementia",
    "gad": "generalized anxiety disorder",
    "gbs": "guillain barre syndrome",
    "gca": "giant cell arteritis",
    "gerd": "gastroesophageal reflux disease",
    "hcc": "hepatocellular carcinoma",
    "hcm": "hypertrophic cardiomyopathy",
    "hd": "huntington disease",
    "hit": "heparin induced thrombocytopenia",
    "hsp": "henoch schonlein purpura",
    "hus": "hemolytic uremic syndrome",
    "ibd": "inflammatory bowel disease",
    "ibs": "irritable bowel syndrome",
    "igan": "iga nephropathy",
    "iih": "idiopathic intracranial hypertension",
    "itp": "immune thrombocytopenic purpura",
    "ivh": "intraventricular hemorrhage",
    "jia": "juvenile idiopathic arthritis",
    "lgib": "lower gastrointestinal bleeding",
    "mdd": "major depressive disorder",
    "mi": "myocardial infarction",
    "mm": "multiple myeloma",
    "ms": "multiple sclerosis",
    "msa": "multiple system atrophy",
    "msk": "medullary sponge kidney",
    "nms": "neuroleptic malignant syndrome",
    "nph": "normal pressure hydrocephalus",
    "nstemi": "non st elevation myocardial infarction",
    "oa": "osteoarthritis",
    "ocd": "obsessive compulsive disorder",
    "odd": "oppositional defiant disorder",
    "osa": "obstructive sleep apnea",
    "pbc": "primary biliary cholangitis",
    "pcos": "polycystic ovary syndrome",
    "pd": "parkinson disease",
    "pe": "pulmonary embolism",
    "pid": "pelvic inflammatory disease",
    "pmr": "polymyalgia rheumatica",
    "psc": "primary sclerosing cholangitis",
    "ptsd": "post traumatic stress disorder",
    "ra": "rheumatoid arthritis",
    "rds": "respiratory distress syndrome",
    "nrds": "neonatal respiratory distress syndrome",
    "sah": "subarachnoid hemorrhage",
    "sbo": "small bowel obstruction",
    "sjs": "stevens johnson syndrome",
    "sle": "systemic lupus erythematosus",
    "stemi": "st elevation myocardial infarction",
    "t1dm": "type 1 diabetes mellitus",
    "t2dm": "type 2 diabetes mellitus",
    "tb": "tuberculosis",
    "ten": "toxic epidermal necrolysis",
    "tia": "transient ischemic attack",
    "tof": "tetralogy of fallot",
    "ttp": "thrombotic thrombocytopenic purpura",
    "uc": "ulcerative colitis",
    "uti": "urinary tract infection",
    "vsd": "ventricular septal defect",
}
"""Only where a name consists of it, or beside other words of a diagnosis."""
_SAME = tuple(
    (re.compile(rf"\b{pattern}\b"), plain)
    for pattern, plain in (
        (r"myelogenous|myelocytic|myeloblastic", "myeloid"),
        (r"haem(\w+)", r"hem\1"),
        (r"anaemia", "anemia"),
        (r"oesoph(\w+)", r"esoph\1"),
        (r"oedema", "edema"),
        (r"(\w+)aemia", r"\1emia"),
        (r"tumou?rs?|neoplasms?|malignanc(?:y|ies)|carcinomas?", "cancer"),
        (r"adenocarcinomas?", "adenocancer cancer"),
        (r"(?:heart attack|cardiac infarction)", "myocardial infarction"),
        (r"venous thrombosis|venous thromboses", "vein thrombosis"),
        (r"type ii", "type 2"),
        (r"type i", "type 1"),
        (r"clostridi(?:um|oides) difficile|c\.? ?diff(?:icile)?", "c difficile"),
        (r"pancreatic", "pancreas"),
        (r"pulmonary", "lung"),
        (r"renal", "kidney"),
        (r"hepatic", "liver"),
        (r"cerebral", "brain"),
        (r"gastric", "stomach"),
        (r"cutaneous", "skin"),
        (r"colonic", "colon"),
        (r"gonococcal", "gonorrhea"),
        (r"lues", "syphilis"),
        (r"shingles", "herpes zoster"),
        (r"disorders?|disease|syndrome|illness|condition", " "),
    )
)
_EMPTY = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "with",
        "and",
        "due",
        "by",
        "from",
        "for",
        "your",
        "his",
        "her",
        "this",
        "is",
        "be",
        "type",
        "case",
        "form",
        "likely",
        "probable",
        "probably",
        "possible",
        "suspected",
        "presumed",
        "most",
        "acute-onset",
        "mellitus",
        "left",
        "right",
        "both",
        "bilateral",
        "early",
        "classic",
        "typical",
        "infection-related",
        "secondary",
        "associated",
    ]
)
_NEGATED = re.compile(
    r"\b(?:no|not|isn't|unlikely|rule[ds]? out|ruling out|exclude\w*|rather than|without|negative|"
    r"less likely|non(?= |-)(?! (?:hodgkin|small|st\b|alcoholic|st-))|doubt\w*|instead)\b|排除|"
    r"不是|不像|除外|不考虑|不太像|并非|没有",
    re.IGNORECASE,
)
_UNDECIDED = re.compile(
    r"\b(?:or|versus|vs\.?|differentials?|either|among|and/or)\b|\s/\s|[、]|或(?:者)?|还是|鉴别|待排|待查",
    re.IGNORECASE,
)
_QUALIFIERS = frozenset({"active", "activ", "severe", "sever", "mild", "moderat", "infection"})
"""What a name may lack without being broader: how bad it is, and "infection"."""
_SHORT = (
    ("心梗", "心肌梗死"),
    ("心肌梗塞", "心肌梗死"),
    ("脑梗塞", "脑梗死"),
    ("中风", "脑卒中"),
    ("房颤", "心房颤动"),
    ("心衰", "心力衰竭"),
    ("甲亢", "甲状腺功能亢进"),
    ("甲减", "甲状腺功能减退"),
    ("慢阻肺", "慢性阻塞性肺疾病"),
    ("冠心病", "冠状动脉粥样硬化性心脏病"),
    ("胃食道反流", "胃食管反流"),
    ("乙肝", "乙型肝炎"),
    ("丙肝", "丙型肝炎"),
    ("肺结核病", "肺结核"),
    ("阑尾发炎", "阑尾炎"),
    ("子痫前症", "子痫前期"),
    ("低血糖症", "低血糖"),
)
"""Chinese short and other forms of names."""


def matches(named: str, hidden: Hidden, language: Language) -> bool:  # noqa: ARG001
    """Whether a named diagnosis is the record's.

    Equal to it or to an alias, or more specific: every word of the record's name is in the named
    one. A broader name is none, nor is a list of alternatives, nor what is ruled out.

    Args:
        named: What the doctor named.
        hidden: The diagnosis, its aliases and the names that are broader.
        language: Of the case; names may be in the other one.
    """
    if not hidden.diagnosis or not named.strip() or _NEGATED.search(named):
        return False
    names = (hidden.diagnosis, *hidden.aliases)
    own = {_flat(name) for name in names}
    if _flat(named) in own:
        return True
    if _flat(named) in {_flat(name) for name in hidden.broader}:
        return False
    if _UNDECIDED.search(named) and not any(_UNDECIDED.search(name) for name in names):
        return False
    return any(_is_same_or_narrower(named, name, hidden.broader) for name in _split(names))


def last_named(acts_by_turn: Sequence[Sequence[Act]]) -> str:
    """The last diagnosis that was named; of one turn the last that names one and not several."""
    for acts in reversed(acts_by_turn):
        named = [act.target for act in acts if act.kind == "diagnosis" and act.target]
        single = [name for name in named if not _UNDECIDED.search(name)]
        if named:
            return (single or named)[-1]
    return ""


def _split(names: Iterable[str]) -> tuple[str, ...]:
    """Names, and those that stand in brackets beside them: "… vertigo (BPPV)"."""
    found: list[str] = []
    for name in names:
        found.append(re.sub(r"[(（][^()（）]*[)）]", " ", name).strip() or name)
        found += re.findall(r"[(（]([^()（）]{2,})[)）]", name)
    return tuple(dict.fromkeys(found))


def _is_same_or_narrower(named: str, name: str, broader: Sequence[str]) -> bool:
    ours, theirs = _words(named), _words(name)
    if theirs and theirs <= ours and not _is_wider(ours, theirs, broader):
        return True
    if len(ours) > 1 and theirs - ours and theirs - ours <= _QUALIFIERS:
        return True
    if _han(name) and _han(named) and _han(name) in _han(named):
        return len(_han(name)) > 1
    return _is_known_as_narrower(named, name)


def _is_wider(ours: frozenset[str], theirs: frozenset[str], broader: Sequence[str]) -> bool:
    return any(_words(name) == ours for name in broader) and ours != theirs


def _is_known_as_narrower(named: str, name: str) -> bool:
    """By the lexicon: a kind of the record's diagnosis, or its leading name in the other language.

    The lexicon keeps wider and narrower names under one concept, so that within one language the
    same concept proves nothing.
    """
    mine, record = _concepts(named), _concepts(name)
    if len(record) != 1 or not mine or not _leads(name, record[0]):
        return False
    wanted = record[0]
    if any(wanted.id in ancestors(concept) for concept in mine):
        return True
    across = bool(_han(named)) != bool(_han(name))
    return across and any(c.id == wanted.id and _leads(named, c) for c in mine)


def _leads(name: str, concept: Concept) -> bool:
    """Whether a name is one of the two leading names of a concept, and nothing else."""
    if _han(name):
        return any(_han(known) == _han(name) for known in concept.zh[:2])
    return any(_words(known) == _words(name) for known in concept.en[:2])


@lru_cache(maxsize=2048)
def _concepts(text: str) -> tuple[Concept, ...]:
    found = {m.concept.id: m.concept for m in find_concepts(text) if m.concept.kind == "condition"}
    return tuple(found.values())


@lru_cache(maxsize=4096)
def _words(name: str) -> frozenset[str]:
    plain = re.sub(r"[’']s?\b", "", fold(name))
    plain = re.sub(r"[^\w\s]|_", " ", plain)
    parts = [ABBREVIATIONS.get(word, word) for word in plain.split()]
    plain = " ".join(parts)
    for pattern, same in _SAME:
        plain = pattern.sub(same, plain)
    latin = re.findall(r"[a-z0-9]+", plain)
    return frozenset(stem(word) for word in latin if word not in _EMPTY)


@lru_cache(maxsize=4096)
def _flat(name: str) -> str:
    return re.sub(r"[\W_]+", "", re.sub(r"[’']s?\b", "", fold(name)))


@lru_cache(maxsize=4096)
def _han(name: str) -> str:
    found = "".join(character for character in name if is_han(character))
    for short, whole in _SHORT:
        found = found.replace(short, whole)
    return found
