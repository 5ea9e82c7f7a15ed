"""MediQ rows (iCRAFT-MD, iMedQA): atomic facts of a vignette, a question, an answer."""

import re
from collections.abc import Mapping, Sequence

from medelphi.knowledge.text import clean, detect_language
from medelphi.schema import Case, Hidden
from medelphi.schema.case import MeasurementKind
from medelphi.tools.cases.classify import examined, finding, told_again
from medelphi.tools.cases.diagnosis_names import Giveaway, names_of
from medelphi.tools.cases.drafting import Piece, draft, rubric_of
from medelphi.tools.cases.fields import FieldError, flat, kind, text
from medelphi.tools.cases.panels import Chart
from medelphi.tools.cases.people import people_of
from medelphi.tools.cases.statements import statements

MOST_FACTS = 500
MARKS = ("facts", "question", "options")
"""The fields that tell such a row."""
_ASKS_DIAGNOSIS = re.compile(
    r"\bdiagnos\w+|\bcondition\b.*\b(?:likely|have)\b|\bcause of (?:this|the|his|her)\b|诊断",
    re.IGNORECASE,
)
_NUMBERING = re.compile(r"^\s*\d{1,3}[.)、]\s*")
_TEST_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("Dermoscopy", r"dermoscop|dermatoscop"),
        ("Direct immunofluorescence", r"immunofluorescence"),
        ("Fungal studies", r"\bKOH\b|fungal|scraping"),
        (
            "Biopsy",
            r"biops|histolog|patholog|infiltrate|dermis|epiderm\w+ (?:shows|changes)|spongio"
            r"|exocytosis|elastic fibers",
        ),
        ("Culture", r"\bcultur|gram stain"),
        ("Urine toxicology", r"toxicolog"),
        ("Urinalysis", r"urinalysis|urine"),
        ("X-ray", r"x-?ray|radiograph"),
        ("CT", r"\bCT\b|computed tomography"),
        ("MRI", r"\bMRI\b|magnetic resonance"),
        ("Ultrasound", r"ultraso|sonogra"),
        ("Echocardiogram", r"echocardiogra"),
        ("Electrocardiogram", r"electrocardiogra|\bE[CK]G\b"),
        ("Endoscopy", r"endoscop|colonoscop"),
        ("Lumbar puncture", r"lumbar puncture|\bCSF\b|cerebrospinal"),
        (
            "Serology",
            r"serolog|antibod|\bANA\b|anti-|titer|immunofixation|gammopathy|immunoglobulin",
        ),
        ("Thyroid function tests", r"thyroid|\bTSH\b"),
        ("Blood tests", r""),
    )
)
_EXAM_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        (
            "Vital signs",
            r"vital|blood pressure|oxygen saturation|pulse|temperature|heart rate"
            r"|respirat\w+ rate|/min",
        ),
        ("Lymph node examination", r"lymph ?node|lymphadenopathy|axillary nodes"),
        (
            "Neurological examination",
            r"neuro|reflex|gait|cranial|mental status|memory|concentration|speech",
        ),
        ("Cardiac examination", r"murmur|heart sound|cardiac"),
        ("Chest examination", r"\blungs?\b|breath sounds|crackles|wheez"),
        ("Abdominal examination", r"abdominal (?:exam|tender|mass)|bowel sounds|spleno|hepato"),
        ("Breast examination", r"breast|nipple"),
        ("Eye examination", r"\bfund\w+|pupil|visual acuity|slit lamp"),
        (
            "Skin examination",
            r"skin|rash|lesion|papul|plaque|macul|patch|nodul|vesic|bulla|blister|erythema"
            r"|scale|scaly|crust|ulcer|erosion"
            r"|nail|hair|scalp|alopecia|pigment|purpur|petechi|induration|mucosa|pustul|tumou?r"
            r"|cyst|scar|comedo|wheal|hive"
            r"|excoriat|xerosis|swelling|edema|wart|freckl|discolor",
        ),
        ("Physical examination", r""),
    )
)
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "Skin examination": (
        "skin exam",
        "look at the skin",
        "inspect the lesion",
        "rash",
        "lesion",
        "皮肤检查",
    ),
    "Biopsy": ("skin biopsy", "punch biopsy", "histology", "histopathology", "活检"),
    "Dermoscopy": ("dermatoscopy", "皮肤镜"),
    "Fungal studies": ("KOH", "KOH scraping", "fungal culture", "skin scraping", "真菌检查"),
    "Direct immunofluorescence": ("DIF", "immunofluorescence"),
    "Serology": ("antibodies", "ANA", "autoimmune screen", "blood tests", "抗体"),
    "Blood tests": ("blood work", "CBC", "laboratory tests", "labs", "ESR", "血液检查"),
    "Vital signs": ("vitals", "blood pressure", "temperature", "pulse", "生命体征"),
    "Lymph node examination": ("lymph nodes", "palpate the nodes", "淋巴结"),
    "Neurological examination": ("neuro exam", "mental status", "神经系统检查"),
    "Urine toxicology": ("drug screen", "toxicology", "urine drug screen"),
    "Breast examination": ("breast exam", "乳腺检查"),
    "Physical examination": ("physical exam", "examine", "体格检查"),
}


def read(row: Mapping[str, object], number: int) -> Case:
    """A case from one row.

    Args:
        row: The row, as parsed.
        number: Its 1-based line; the id is ``mediq-<id>``, or made from the line without one.

    Raises:
        ValueError: A field is missing or has the wrong form; the message names it.
    """
    lines = _facts(row)
    question = text(row, "question")
    named_id = row.get("id")
    if isinstance(named_id, bool) or not isinstance(named_id, str | int | None):
        raise FieldError(f"id: must be text or a whole number, not {kind(named_id)}")
    record = "\n".join(lines)
    language = detect_language(record)
    patient = row.get("patient") or {}
    if not isinstance(patient, Mapping):
        raise FieldError(f"patient: must be an object, not {kind(patient)}")
    people = people_of(
        _naming(lines),
        record,
        age=flat(patient.get("age")),
        sex=flat(patient.get("gender") or patient.get("sex")),
    )
    diagnosis, aliases = _diagnosis(row, question)

    chart = Chart()
    pieces: list[Piece] = []
    for line, found in _sorted(lines):
        if found is None:
            pieces.extend(
                Piece(text=said.text, polarity=said.polarity, quote=line)
                for said in statements(line)
            )
        else:
            names = _TEST_NAMES if found[0] == "test" else _EXAM_NAMES
            title = found[1] or next(name for name, pattern in names if pattern.search(line))
            chart.add(found[0], title, "", line, *_ALIASES.get(title, ()))
    hidden = Hidden(diagnosis=diagnosis, aliases=aliases, measurements=chart.measurements())
    drafted = draft(pieces, people, hidden, language)
    if not drafted.facts:
        raise FieldError("facts: none that a patient could tell")
    if Giveaway.of(hidden).holds(drafted.opener):
        raise FieldError("facts: the chief complaint names the diagnosis")
    return Case(
        id=f"mediq-{clean(str(number if named_id is None else named_id)).strip() or number}",
        language=language,
        source="MediQ, 2024",
        demographics=people.demographics,
        respondent=people.respondent,
        relation=people.relation,
        opener=drafted.opener,
        facts=drafted.facts,
        unknown=drafted.unknown,
        hidden=hidden.model_copy(update={"withheld": drafted.withheld}),
        rubric=rubric_of(drafted.facts, language),
        tags=("mediq",),
    )


def _facts(row: Mapping[str, object]) -> list[str]:
    value = row.get("facts", row.get("atomic_facts", row.get("context")))
    if value is None:
        raise FieldError("facts: is missing")
    if isinstance(value, str):
        value = value.split("\n")
    if not isinstance(value, Sequence):
        raise FieldError(f"facts: must be a list of sentences, not {kind(value)}")
    if wrong := [at for at, each in enumerate(value) if not isinstance(each, str)]:
        raise FieldError(f"facts.{wrong[0]}: must be text, not {kind(value[wrong[0]])}")
    lines = [" ".join(_NUMBERING.sub("", clean(str(each))).split()) for each in value]
    lines = [line[:2_000] for line in lines if line]
    if len(lines) > MOST_FACTS:
        raise FieldError(f"facts: {len(lines):,} of them, more than {MOST_FACTS}")
    if not lines:
        raise FieldError("facts: holds no sentence")
    return lines


def _diagnosis(row: Mapping[str, object], question: str) -> tuple[str, tuple[str, ...]]:
    """The answer, where the question asks for a diagnosis; else the case has none."""
    if not _ASKS_DIAGNOSIS.search(question):
        return "", ()
    answer = row.get("answer")
    options = row.get("options")
    if isinstance(options, Mapping):
        index = str(row.get("answer_idx") or (answer if answer in options else ""))
        if not answer or answer in options:
            answer = options.get(index, answer)
    if answer is None or not isinstance(answer, str):
        raise FieldError(f"answer: must be text, not {kind(answer)}")
    return names_of(answer)


def _naming(lines: Sequence[str]) -> str:
    """The words that name the patient: the first statements that do."""
    named = [
        line
        for line in lines[:4]
        if re.search(
            r"\b\d+[- ](?:year|month|week|day)|\b(?:wo)?man\b|\bboy\b|\bgirl\b|\bmale\b"
            r"|\bfemale\b|岁",
            line,
            re.IGNORECASE,
        )
    ]
    first = named[0] if named else lines[0]
    return re.sub(
        r"^(?:the patient (?:is|was) |the (?:man|woman|boy|girl) (?:is|was) )",
        "",
        first,
        flags=re.IGNORECASE,
    )


def _sorted(lines: Sequence[str]) -> list[tuple[str, tuple[MeasurementKind, str] | None]]:
    """Every statement, with the examination or test that it is a finding of, or None.

    A statement after "examination reveals …" goes on with the findings, until one is the
    respondent's own knowledge again.
    """
    sorted_: list[tuple[str, tuple[MeasurementKind, str] | None]] = []
    within: MeasurementKind | None = None
    title = ""
    for line in lines:
        found = finding(line)
        if found == "test":
            names = [name for name, pattern in _TEST_NAMES[:-1] if pattern.search(line)]
            title = names[0] if names else title if within == "test" else "Blood tests"
            within = "test"
            sorted_.append((line, ("test", title)))
        elif examined(line):
            within, title = "examination", ""
            sorted_.append((line, ("examination", "")))
        elif found == "examination":
            sorted_.append((line, ("examination", "")))
        elif within and not told_again(line):
            sorted_.append((line, (within, title)))
        else:
            within = (
                None
                if not re.search(r"\bpain|itch|asymptomatic\b", line, re.IGNORECASE)
                else within
            )
            sorted_.append((line, None))
    return sorted_
