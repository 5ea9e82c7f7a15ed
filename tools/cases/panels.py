"""Examinations and tests of a record -> hidden measurements that an order can name.

Values are grouped as a laboratory would report them: haemoglobin and platelets stand under the
blood count wherever the record wrote them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from medelphi.knowledge.text import clean
from medelphi.schema import Measurement
from medelphi.schema.case import MeasurementKind
from medelphi.tools.cases.fields import listed

LONGEST = 2_000
"""Characters of one result."""
DEEPEST = 12
"""Levels of nesting that are read."""

_PANELS: tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (name, re.compile(rf"^(?:{pattern})", re.IGNORECASE), aliases)
    for name, pattern, aliases in (
        (
            "Complete blood count",
            r"complete blood count|cbc|fbc|full blood count|h(?:a)?emoglobin\b|hb\b"
            r"|h(?:a)?ematocrit|hct|wbc\b(?! in)|"
            r"(?:total count )?wbc$|white (?:blood )?cell|leu[ck]ocyte|platelets?|rbc\b(?! in)"
            r"|red (?:blood )?cell|mcv|mch|"
            r"neutrophils?|lymphocytes?$|monocytes?|eosinophils?|basophils?|bands?$"
            r"|differential|血常规|白细胞|血红蛋白|血小板",
            (
                "CBC",
                "FBC",
                "blood count",
                "hemoglobin",
                "white blood cell count",
                "platelets",
                "血常规",
            ),
        ),
        (
            "Liver function tests",
            r"liver function|lfts?\b|alt\b|ast\b|alp\b|alkaline phosphatase|ggt\b|bilirubin"
            r"|direct bilirubin|total bilirubin|"
            r"albumin|total protein|transaminases?|aminotransferase|肝功",
            (
                "LFT",
                "LFTs",
                "liver enzymes",
                "bilirubin",
                "ALT",
                "AST",
                "alkaline phosphatase",
                "肝功能",
            ),
        ),
        (
            "Kidney function and electrolytes",
            r"renal function|kidney function|(?:serum )?(?:creatinine|urea|sodium|potassium"
            r"|chloride|bicarbonate|calcium|magnesium|"
            r"phosphate|electrolytes|bun)\b|blood urea|na\+?$|k\+?$|cl-?$|hco3|metabolic panel"
            r"|chemistry panel|bmp$|cmp$|肾功|电解质|肌酐",
            (
                "BMP",
                "metabolic panel",
                "renal function",
                "electrolytes",
                "creatinine",
                "BUN",
                "sodium",
                "potassium",
                "肾功能",
                "电解质",
            ),
        ),
        (
            "Blood glucose",
            r"(?:serum |blood |fasting |random )?(?:blood )?glucose|hba1c|a1c|血糖",
            ("glucose", "blood sugar", "血糖"),
        ),
        (
            "Coagulation studies",
            r"inr\b|pt\b|ptt\b|aptt|prothrombin|tp activity|coagulation|d-?dimer|fibrinogen|凝血",
            ("INR", "PT", "coagulation", "clotting", "凝血功能"),
        ),
        (
            "Inflammatory markers",
            r"esr\b|erythrocyte sedimentation|crp\b|c-reactive|procalcitonin|血沉|C反应蛋白",
            ("ESR", "CRP", "sedimentation rate", "C-reactive protein", "炎症指标"),
        ),
        (
            "Thyroid function tests",
            r"thyroid|tsh\b|free t[34]|t[34]\b|甲功|甲状腺功能",
            ("TSH", "thyroid function", "thyroid", "甲状腺功能"),
        ),
        (
            "Lipid panel",
            r"lipid|(?:total )?cholesterol|ldl|hdl|triglycerides|血脂",
            ("cholesterol", "lipids", "血脂"),
        ),
        (
            "Blood gas analysis",
            r"(?:arterial )?blood gas|abg\b|pao2|paco2|ph$|base excess|血气",
            ("ABG", "arterial blood gas", "blood gases", "血气"),
        ),
    )
)
_BROAD = re.compile(
    r"^(?:(?:basic |routine |other )?(?:blood|lab(?:oratory)?)(?: work| tests?| studies"
    r"| results?| chemistry)?|serum studies|"
    r"imaging(?: results?| studies)?|imaging and other tests|x.?rays|other(?: tests?)?|tests?"
    r"|studies|results?|"
    r"hormonal profile|special tests|examination|physical examination|initial labs?|labs?"
    r"|biopsy|microbiology)$",
    re.IGNORECASE,
)
"""Headings under which several orders stand."""
_PLAIN = listed(
    "findings finding result results level analysis value report impression interpretation "
    "appearance general"
)
_EMPTY = re.compile(
    r"^(?:not (?:specified|available|performed|provided|applicable|done|stated|mentioned"
    r"|recorded|indicated)\b.*|n/?a|none|unknown|-|)$",
    re.IGNORECASE,
)
_NORMAL = re.compile(
    r"^(?:normal|negative|within normal limits|unremarkable|no (?:abnormalit\w+|evidence).*"
    r"|pending|intact|none)\b",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"\b(?:consistent|compatible|suggest\w*|diagnostic|indicat\w+|confirm\w*|positive)\b|提示|符合|阳性",
    re.IGNORECASE,
)
_VITALS = re.compile(r"vital|growth parameters|生命体征", re.IGNORECASE)
_REGIONS: Mapping[str, tuple[str, ...]] = {
    "temperature": ("fever", "temp", "体温"),
    "blood pressure": ("BP", "血压"),
    "heart rate": ("pulse", "HR", "心率", "脉搏"),
    "respiratory rate": ("respirations", "breathing rate", "RR", "呼吸频率"),
    "oxygen saturation": ("SpO2", "pulse oximetry", "oxygen level", "血氧"),
    "abdom": ("abdomen", "belly", "abdominal exam", "腹部"),
    "neuro": ("neuro exam", "neurological exam", "neurologic exam", "reflexes", "神经系统"),
    "cardio": ("heart", "cardiac exam", "heart sounds", "cardiovascular exam", "心脏"),
    "respiratory exam": ("lungs", "chest exam", "listen to the lungs", "肺部"),
    "pulmon": ("lungs", "chest exam", "listen to the lungs", "肺部"),
    "chest": ("lungs", "chest exam", "肺部"),
    "musculo": ("joints", "range of motion", "joint exam", "骨科"),
    "joint": ("joints", "range of motion", "关节"),
    "skin": ("skin exam", "rash", "lesion", "dermatologic exam", "皮肤"),
    "dermat": ("skin exam", "rash", "lesion", "皮肤"),
    "eye": ("fundoscopy", "ophthalmoscopy", "眼部"),
    "ophthalm": ("eye exam", "fundoscopy", "眼部"),
    "ent": ("ear, nose and throat",),
    "pelvic": ("gynecological exam", "speculum", "妇科检查"),
    "genito": ("genital exam", "生殖器"),
    "mental": ("mental state", "mental status", "MSE", "精神检查"),
    "neck": ("lymph nodes", "neck exam", "颈部"),
    "lymph": ("lymph nodes", "淋巴结"),
    "physical": ("physical exam", "examine", "体格检查"),
    "general": ("general appearance", "一般情况"),
}
_TESTS: Mapping[str, tuple[str, ...]] = {
    "urinalysis": ("urine test", "urine", "UA", "尿常规"),
    "urine": ("urine test", "尿常规"),
    "stool": ("stool test", "stool culture", "便常规"),
    "x.?ray": ("radiograph", "X-ray", "X光"),
    "ct": ("CT scan", "computed tomography"),
    "mri": ("MRI", "magnetic resonance imaging", "核磁"),
    "ultraso": ("sonography", "ultrasound", "超声"),
    "echocardio": ("echo", "心脏超声"),
    "electroencephalo": ("EEG", "脑电图"),
    "electrocardio": ("ECG", "EKG", "心电图"),
    "ecg": ("EKG", "electrocardiogram", "心电图"),
    "lumbar puncture": ("CSF", "spinal tap", "腰穿"),
    "toxicology": ("drug screen", "tox screen", "urine drug screen"),
    "st[di]": ("sexually transmitted infection tests", "STI tests", "STD tests"),
    "hiv": ("HIV test",),
    "hepatitis": ("hepatitis serology", "hepatitis panel", "viral hepatitis"),
    "arthrocentesis|joint aspiration": ("joint aspiration", "synovial fluid", "arthrocentesis"),
    "biopsy": ("biopsy", "histology", "活检"),
    "dermoscopy": ("dermatoscopy", "皮肤镜"),
    "culture": ("culture", "培养"),
    "smear": ("blood smear", "血涂片"),
    "pregnancy": ("hCG", "beta-hCG", "pregnancy test", "妊娠试验"),
}


@dataclass(slots=True)
class Chart:
    """Collects results under the names of what was ordered for them."""

    _entries: dict[str, "_Entry"] = field(default_factory=dict)

    def add(self, kind: MeasurementKind, name: str, label: str, result: str, *aliases: str) -> None:
        """Put a result into the chart; what the record leaves open is no result."""
        result = " ".join(clean(result).split()).strip().rstrip(".")
        if _EMPTY.match(result):
            return
        entry = self._entries.setdefault(f"{kind}/{name.lower()}", _Entry(kind, name))
        line = f"{label}: {result}" if label and label.lower() not in _PLAIN else result
        if line not in entry.lines:
            entry.lines.append(line)
        entry.aliases.update(
            dict.fromkeys(
                alias for alias in (*aliases, label) if alias and alias.lower() not in _PLAIN
            )
        )

    def measurements(self) -> tuple[Measurement, ...]:
        """What was collected, in the order of the record."""
        ids: dict[str, int] = {}
        made = []
        for entry in self._entries.values():
            slug = re.sub(r"[^A-Za-z0-9]+", "-", entry.name.lower()).strip("-")[:40] or "item"
            base = f"{'exam' if entry.kind == 'examination' else 'test'}-{slug}"
            ids[base] = ids.get(base, 0) + 1
            made.append(entry.measurement(base if ids[base] == 1 else f"{base}-{ids[base]}"))
        return tuple(made)


@dataclass(slots=True)
class _Entry:
    kind: MeasurementKind
    name: str
    lines: list[str] = field(default_factory=list)
    aliases: dict[str, None] = field(default_factory=dict)

    def measurement(self, id_: str) -> Measurement:
        result = "; ".join(self.lines)
        lowered = self.name.lower()
        known = [
            alias
            for key, aliases in (_REGIONS if self.kind == "examination" else _TESTS).items()
            if re.search(rf"\b(?:{key})", lowered)
            for alias in aliases
        ]
        aliases = dict.fromkeys([*known, *self.aliases])
        values = [line.split(": ", 1)[-1] for line in self.lines]
        weight = 1.0
        if self.kind == "test":
            weight = 2.0 if _TELLING.search(result) else 1.0
            weight = 0.5 if all(map(_NORMAL.match, values)) else weight
        return Measurement(
            id=id_,
            name=self.name,
            kind=self.kind,
            result=result[:LONGEST],
            aliases=tuple(alias for alias in aliases if alias.lower() != lowered)[:24],
            weight=weight,
        )


def chart_examinations(chart: Chart, found: object) -> None:
    """The examinations of a nested record: each vital sign, and each examined region."""
    for name, value in _pairs(found, "Physical examination"):
        if _VITALS.search(name):
            for path, result in _leaves(value):
                sign = path[0] if path else "Vital signs"
                chart.add(
                    "examination", sign, " ".join(path[1:]), result, name, "vital signs", "vitals"
                )
        elif _BROAD.match(name) and isinstance(value, Mapping):
            chart_examinations(chart, value)
        else:
            for path, result in _leaves(value):
                chart.add(
                    "examination",
                    name,
                    ", ".join(p for p in path if p.lower() not in _PLAIN),
                    result,
                )


def chart_tests(chart: Chart, found: object, depth: int = 0) -> None:
    """The tests of a nested record, values grouped into panels."""
    for name, value in _pairs(found, "Tests"):
        if _VITALS.search(name):
            chart_examinations(chart, {name: value})
        elif isinstance(value, Mapping) and _BROAD.match(name) and depth < DEEPEST:
            chart_tests(chart, _headed(name, value), depth + 1)
        else:
            panel = panel_of(name)
            for path, result in _leaves(value):
                inner = panel or (panel_of(path[-1]) if path and _BROAD.match(name) else None)
                label = ", ".join(p for p in path if p.lower() not in _PLAIN)
                if inner is None:
                    chart.add("test", name, label, result)
                else:
                    chart.add(
                        "test", inner[0], label or name, result, name, *inner[1], "blood tests"
                    )


def panel_of(name: str) -> tuple[str, tuple[str, ...]] | None:
    """The panel that a value belongs to, with the panel's other names."""
    return next(
        ((title, aliases) for title, pattern, aliases in _PANELS if pattern.match(name)), None
    )


def _headed(name: str, value: Mapping[object, object]) -> Mapping[object, object]:
    """Findings that stand right under a broad heading keep its name."""
    return (
        {
            (
                f"{name} {key}"
                if _spelt(key).lower() == "other"
                else name
                if _spelt(key).lower() in _PLAIN
                else key
            ): each
            for key, each in value.items()
        }
        if name.lower() != "biopsy"
        else {
            (name if _spelt(key).lower() in _PLAIN else f"{_spelt(key)} biopsy"): each
            for key, each in value.items()
        }
    )


def _pairs(found: object, otherwise: str) -> list[tuple[str, object]]:
    if isinstance(found, Mapping):
        return [(_spelt(key), value) for key, value in found.items()]
    if isinstance(found, Sequence) and not isinstance(found, str):
        return [(otherwise, list(found))] if found else []
    return [(otherwise, found)] if found else []


def _leaves(value: object, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    if len(path) > DEEPEST:
        return []
    if isinstance(value, Mapping):
        return [leaf for key, each in value.items() for leaf in _leaves(each, (*path, _spelt(key)))]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [leaf for each in value for leaf in _leaves(each, path)]
    if value is None or isinstance(value, bool):
        return [] if value is None else [(path, "yes" if value else "no")]
    return [(path, str(value))]


def _spelt(key: object) -> str:
    """``Chest_X-ray`` -> ``Chest X-ray``; ``HeartRate`` stays."""
    return " ".join(clean(str(key)).replace("_", " ").split())
