"""What a doctor would have to order to learn a finding: the name of an examination or test."""

import re

from medelphi.schema import Language
from medelphi.schema.case import MeasurementKind

_I = re.IGNORECASE | re.ASCII  # so that a word ends where Chinese goes on: "头颅CT示"
_TESTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (r"electrocardiogra|\bE[CK]G\b|心电图", ("Electrocardiogram", "ECG", "EKG"), ("心电图", "ECG")),
    (r"echocardiogra|心脏超声|超声心动", ("Echocardiogram", "echo"), ("超声心动图", "心脏彩超")),
    (r"computed tomogra|\bCTA?\b", ("CT", "CT scan"), ("CT",)),
    (
        r"magnetic resonance|\bMRI\b|磁共振|核磁",
        ("MRI", "magnetic resonance"),
        ("磁共振", "MRI", "核磁"),
    ),
    (
        r"ultraso|sonogra|doppler|B超|超声|彩超",
        ("Ultrasound", "sonography"),
        ("超声", "B超", "彩超"),
    ),
    (r"x-?ray|radiogra|胸片|X线|X光|平片", ("X-ray", "radiograph"), ("X线", "胸片", "X光")),
    (r"colonoscop|gastroscop|endoscop|肠镜|胃镜|内镜", ("Endoscopy",), ("内镜", "胃镜", "肠镜")),
    (r"biops|histolog|patholog|活检|病理", ("Biopsy", "pathology"), ("病理检查", "活检")),
    (
        r"lumbar puncture|cerebrospinal|\bCSF\b|腰穿|脑脊液",
        ("Lumbar puncture", "CSF"),
        ("脑脊液检查", "腰穿"),
    ),
    (
        r"urinalys|dipstick|urine|尿常规|尿检|尿蛋白|尿培养",
        ("Urinalysis", "urine test"),
        ("尿液检查", "尿常规"),
    ),
    (r"stool|faec|\bfec|大便|粪便|便常规", ("Stool test",), ("粪便检查", "大便常规")),
    (r"sputum|痰", ("Sputum test", "sputum microscopy"), ("痰液检查", "痰涂片")),
    (r"cultur|gram stain|培养", ("Culture",), ("培养", "细菌培养")),
    (
        r"troponin|creatine kinase|肌钙蛋白|心肌酶",
        ("Cardiac enzymes", "troponin"),
        ("心肌酶", "肌钙蛋白"),
    ),
    (
        r"\bTSH\b|thyroid|thyroxine|甲状腺功能|甲功",
        ("Thyroid function tests", "TSH"),
        ("甲状腺功能", "甲功"),
    ),
    (
        r"glucose|HbA1c|hemoglobin A1c|血糖|糖化",
        ("Blood glucose", "HbA1c"),
        ("血糖", "糖化血红蛋白"),
    ),
    (
        r"h(?:a)?emoglobin|leu[ck]ocyt|white (?:blood )?cell|\bWBC|platelet|blood count"
        r"|血常规|血红蛋白|白细胞|血小板",
        ("Blood count", "CBC", "full blood count"),
        ("血常规", "血细胞"),
    ),
    (
        r"creatinine|urea|sodium|potassium|electrolyt|肌酐|尿素|电解质|血钾|血钠|肾功能",
        ("Kidney function and electrolytes", "creatinine", "electrolytes"),
        ("肾功能和电解质", "肾功能", "电解质", "生化"),
    ),
    (
        r"bilirubin|\bAL[TP]\b|\bAST\b|transaminase|liver function|转氨酶|胆红素|肝功能",
        ("Liver function tests", "LFT"),
        ("肝功能", "转氨酶"),
    ),
    (r"", ("Blood tests", "laboratory tests", "labs"), ("化验检查", "血液检查", "抽血")),
)
_PLAIN = 9
"""So many of them are named for their own sake; "urine" and "stool" are said every day."""
_EXAMINATIONS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        r"blood pressure|\bBP\b|heart rate|pulse|temperature|respirat\w+ rate|oxygen saturation"
        r"|vital signs"
        r"|血压|脉搏|心率|体温|呼吸频率|血氧|\bT\s*\d|\bP\s*\d",
        ("Vital signs", "vitals", "blood pressure", "pulse", "temperature"),
        ("生命体征", "血压", "脉搏", "体温"),
    ),
    (
        r"cranial nerve|reflex|gait|motor strength|sensation|神经系统|肌力|反射|步态|病理征",
        ("Neurological examination", "neuro exam"),
        ("神经系统检查", "神经查体"),
    ),
    (
        r"abdom|腹部|腹软|肝脾|上腹|下腹|肠鸣音",
        ("Abdominal examination", "abdomen"),
        ("腹部检查", "腹部触诊"),
    ),
    (
        r"breath sounds|crackl|wheez|lungs?\b|呼吸音|啰音|双肺",
        ("Chest examination", "lungs", "auscultation"),
        ("胸部检查", "肺部听诊"),
    ),
    (
        r"murmur|heart sounds|S[12]\b|心音|杂音",
        ("Heart examination", "cardiac examination"),
        ("心脏检查", "心脏听诊"),
    ),
    (
        r"rash|lesion|papul|macul|skin|皮肤|皮疹|皮损",
        ("Skin examination", "skin"),
        ("皮肤检查",),
    ),
    (r"", ("Physical examination", "physical exam"), ("体格检查", "查体")),
)


def order_of(text: str, kind: MeasurementKind, language: Language) -> tuple[str, tuple[str, ...]]:
    """The name of what found a thing, and its other names."""
    table = _EXAMINATIONS if kind == "examination" else _TESTS
    english, chinese = next((en, zh) for pattern, en, zh in table if re.search(pattern, text, _I))
    names = chinese if language == "zh" else english
    return names[0], names[1:]


_FOUND = re.compile(
    r"\b(?:show(?:s|ed|ing)?|reveal(?:s|ed)?|demonstrate[sd]?|confirm(?:s|ed)?|is|are|was|were|of|at)\b"
    r"|示|提示|见|显示|为|：|:",
    _I,
)


def is_result(text: str) -> bool:
    """Whether a statement says what a test of the table found."""
    named = any(re.search(pattern, text, _I) for pattern, _, _ in _TESTS[:_PLAIN])
    return named and _FOUND.search(text) is not None


def kind_of(text: str, kind: MeasurementKind) -> MeasurementKind:
    """The kind of a finding among others of a kind: results stand between signs now and then."""
    if kind == "test":
        return kind
    tested = next(p for p, _, _ in _TESTS if re.search(p, text, _I))
    examined = next(p for p, _, _ in _EXAMINATIONS if re.search(p, text, _I))
    return "test" if is_result(text) or (tested and not examined) else kind
