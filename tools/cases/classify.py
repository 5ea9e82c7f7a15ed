"""What kind of thing a statement is: its domain, whether it is a finding, how much it matters.

Word lists of ordinary clinical language, English and Chinese; nothing is fitted to single records.
"""

import re
from dataclasses import dataclass

from medelphi.schema.case import Disclosure, FactDomain, MeasurementKind, Polarity

_I = re.IGNORECASE


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), _I)


_TEST = _words(
    r"\b(?:biops(?:y|ies)|histolog\w+|patholog(?:y|ic\w*)|dermoscop\w+|dermatoscop\w+"
    r"|immunofluorescence"
    r"|serolog\w+|cultures?|KOH|tzanck|smear|x-?rays?|radiograph\w*|CT|MRI|PET|EEG|EMG|E[CK]G"
    r"|electro(?:cardio|encephalo|myo)gra\w+|ultraso\w+|echocardiogra\w+|sonogra\w+|endoscop\w+"
    r"|colonoscop\w+|scrapings?|patch test\w*|laborator(?:y|ies)|lab (?:results?|values?"
    r"|findings|work)"
    r"|blood ?(?:work|tests?|count|cultures?)|urinalysis|toxicolog\w+|panel|serum"
    r"|immunofixation|titers?"
    r"|antibod(?:y|ies)|ANA|anti-\w+|leuko(?:penia|cytosis)|thrombocyto\w+|eosinophilia|anemia on"
    r"|hemoglobin|hematocrit|creatinine|sedimentation rate|ESR|CRP|c-reactive|bilirubin"
    r"|glucose level"
    r"|electrolytes|sodium|potassium|troponin|lumbar puncture|CSF|genetic testing|mutation"
    r"|karyotype"
    r"|wood['’]?s? lamp|diascopy|tuberculin|PCR|ELISA|VDRL|RPR|gram stain"
    r"|monoclonal gammopathy on)\b",
    r"活检|病理|血常规|尿常规|生化|肝功|肾功|培养|抗体|心电图|脑电图|超声|彩超|B超|核磁|X线|(?<![A-Za-z])(?:CT|MRI)(?![A-Za-z])"
    r"|胸片|造影|内镜|胃镜"
    r"|肠镜|白细胞|血红蛋白|血小板|肌酐|转氨酶|C反应蛋白|降钙素原",
)
_FINDS = _words(
    r"\b(?:shows?|showed|reveal\w*|demonstrat\w+|positive|negative|normal limits|unremarkable"
    r"|consistent with"
    r"|elevated|decreased|reduced|low|high|is noted|are noted|found|finds|include|indicat\w+"
    r"|detected|performed"
    r"|seen|significant for|exhibit\w*|abnormal|within|\d)",
    r"示|提示|阳性|阴性|正常|升高|降低|\d",
)
_PREVIOUS = _words(
    r"\b(?:ago|previous(?:ly)?|in the (?:last|past)|history of|was told|was diagnosed|used to"
    r"|years? earlier)\b",
    r"既往|曾",
)
_EXAMINATION = _words(
    r"\bon (?:\w+ )?(?:examination|exam|inspection|palpation|auscultation|percussion"
    r"|presentation, vital)\b",
    r"\b(?:physical |clinical |skin |dermatologic\w* |neuro\w* |cutaneous |abdominal |cardiac "
    r"|pelvic |oral |full-body"
    r" )*(?:examination|exam|evaluation)(?: results?| findings?)?(?: was| were)? (?:shows?"
    r"|showed|reveal\w*|was|were"
    r"|demonstrat\w+|is|finds?|results?|performed|conducted|significant|notable|noted"
    r"|unremarkable)",
    r"\brest of the (?:\w+ )*(?:examination|exam)\b|\bremainder of the\b|\bupon (?:palpation"
    r"|examination)"
    r"|\bto auscultation\b|\bon close inspection\b|\bwith palpation$|\bduring (?:the "
    r"|an )?(?:physical )?exam(?:ination)?\b",
    r"查体|体格检查|体检|听诊|触诊|叩诊|视诊",
)
_VITAL = _words(
    r"\b(?:pulse|heart rate|respirations?|respiratory rate|blood pressure|temperature"
    r"|oxygen saturation|BMI)"
    r" (?:is|was|of|are|were)\b.*\d",
    r"\bvital signs\b|\b\d{2,3}/\d{2,3} ?mm ?Hg\b|\b\d{2,3}/min\b|\b\d+ ?bpm\b|\bkg/m2\b"
    r"|current normal temperature",
    r"血压\s*\d|脉搏\s*\d|心率\s*\d|呼吸\s*\d+\s*次|生命体征",
)
_SIGN = _words(
    r"\b(?:murmur|gallop|rales|crackles|hepatomegaly|splenomegaly|hepatosplenomegaly"
    r"|lymphadenopathy|nystagmus"
    r"|babinski|plantar (?:response|reflex)\w*|deep tendon reflex\w*|absent reflexes"
    r"|hyperreflexia|fasciculation\w*"
    r"|papilledema|fontanelle|epicanth\w+|palmar crease|scleral icterus|icterus noted"
    r"|rebound tenderness|guarding"
    r"|muscle tone|costovertebral|conjunctival? (?:pallor|injection)|pale conjunctiva"
    r"|retractions|nasal flaring"
    r"|koebneri[sz]ation|onycholysis|range of motion|oriented to|not oriented"
    r"|psychomotor agitation|rigidity"
    r"|pupils (?:equal|are|react)\w*|reacts? sluggish\w*|conjugate|asterixis|hyperresonan\w+"
    r"|tympanitic|dullness"
    r"|bowel sounds|tachypnea|bradycardia|tachycardia|orthostatic hypotension|flapping|clubbing"
    r"|petechiae|Nikolsky)\b",
    r"\b(?:tender\w*|crying).{0,40}\b(?:to|on|with|at) (?:the )?(?:palpation|insertion)"
    r"|\binsertion site\b",
    r"^(?:the )?(?:patient|he|she|man|woman|boy|girl|infant|child) (?:appears (?!unwell)"
    r"|shows signs|exhibits)|\bis (?:diaphoretic|cachectic|afebrile|in (?:no |mild |moderate "
    r"|severe )*distress)|\b(?:is |^)alert\b"
    r"|\bhigh blood pressure (?:on|in)\b",
    r"杂音|啰音|肝大|脾大|肝脾肿大|淋巴结肿大|病理征|眼球震颤|压痛|反跳痛|巩膜黄染",
)
"""Signs that a respondent has no words for: somebody examined the patient."""


def finding(text: str) -> MeasurementKind | None:
    """Whether a statement is what an examination or a test found, which no respondent tells."""
    if _TEST.search(text) and _FINDS.search(text) and not _reported(text):
        return "test"
    if _EXAMINATION.search(text) or _VITAL.search(text) or _SIGN.search(text):
        return None if _reported(text) else "examination"
    return None


def examined(text: str) -> bool:
    """Whether a statement opens what an examination found."""
    return _EXAMINATION.search(text) is not None and not _reported(text)


_REPORTED = _words(
    r"\b(?:patient|man|woman|boy|girl|child|he|she|mother|father|parents?) (?:also )?(?:denies"
    r"|deny|reports?"
    r"|complains?|states?|mentions?)\b",
    r"\bhistory of\b.{0,60}$|\bwas (?:told|diagnosed)\b"
    r"|\bannual (?:full )?(?:skin )?(?:examination|exam|visit)\b"
    r"|\bscheduled\b|\bfor (?:a |an |her |his )?(?:\w+ ){0,3}(?:exam|examination|check)\b"
    r"|\bfinal exams?\b",
    r"主诉|自述|否认|既往",
)


def _reported(text: str) -> bool:
    return _REPORTED.search(text) is not None and not re.search(
        r"\b(?:examination|exam) (?:shows?|reveal)|\bon (?:physical )?exam", text, _I
    )


_OWN_WORDS = _words(
    r"\b(?:patient|man|woman|boy|girl|child|infant|son|daughter|he|she|they|mother|father"
    r"|parents?)(?:['’]s \w+)?"
    r" (?:also |currently |always |first |customarily |then )?(?:den(?:y|ies|ied)|reports?"
    r"|complains?|endorses?|states?|mentions?|notes?|believes?"
    r"|recalls?|thinks?|feels?|wants?|wishes|avoids|works?|lives?|smokes?|drinks?|takes?|took"
    r"|is taking|was taking"
    r"|uses?|used|tried|noticed|travel\w*|went|sought|underwent|received|recently"
    r"|does not (?:take|recall|smoke)"
    r"|has (?:not )?(?:tried|used|taken|been (?:taking|treated|using|on))|was (?:treated"
    r"|hospitalized|diagnosed)"
    r"|has (?:a |an |no )?(?:\w+[- ]){0,3}(?:history|medical|allerg\w+|relevant|known|prior"
    r"|other)|has experienced"
    r"|is (?:on|otherwise|worried|concerned|self-conscious|not bothered|obese|healthy))",
    r"\b(?:medications?|history|allerg\w+|famil\w+|symptoms?|review of systems|pregnan\w+"
    r"|treatment\w*|parents)\b",
    r"\b(?:itch\w*|pain(?:ful)?|burn\w*|ago|for (?:the past|\d+|several|many)|since|began|first"
    r"|started|months|years)\b",
)


_OWN_DOING = re.compile(
    r"^(?:the )?(?:patient|man|woman|boy|girl|child|he|she)\s+"
    r"(?!has\b|had\b|is\b|was\b|appears?\b|exhibits?\b|shows?\b|demonstrates?\b)\w+",
    _I,
)


def told_again(text: str) -> bool:
    """Whether a statement after an examination is the respondent's own knowledge again."""
    return (
        (_OWN_WORDS.search(text) is not None or _OWN_DOING.match(text) is not None)
        and not _EXAMINATION.search(text)
        and finding(text) is None
        and not re.match(
            r"^(?:there (?:is|are)|the (?:lesions?|plaques?|papules?|macules?|patch(?:es)?"
            r"|nodules?))\b.*\b(?:no|not)\b.*\bpain",
            text,
            _I,
        )
    )


_FAMILY = _words(
    r"\bfamily (?:history\b|members?\b(?! (?:have |has )?(?:noticed|report|state|describe"
    r"|observed|say)))|\bin (?:the|his|her) family\b|\b(?:no one in|runs in)\b"
    r"|\b(?:mother|father|brother|sister|sibling|parents?|grand\w+|aunt|uncle|cousin|son"
    r"|daughter)s?(?:['’]s)?(?: and (?:brother|sister|father))?"
    r" (?:has|have|had|died|was diagnosed|underwent|are healthy|is healthy|committing|suffer\w*"
    r"|with a)\b(?! (?:noticed|observed|tried|been))"
    r"|['’]s (?:father|mother|brother|sister|grand\w+)\b|hereditary|\b(?:healthy"
    r"|one) (?:sibling|sister|brother)\b",
    r"家族|父亲(?:有|患|死)|母亲(?:有|患|死)|兄弟姐妹|遗传",
)
_ALLERGY = _words(
    r"\ballerg(?:y|ies|ic to)\b|\badverse drug reaction|\bintoleran(?:ce|t) to \w+(?:cillin|drug)",
    r"过敏",
)
_MEDICATION = _words(
    r"\b(?:medications?|medicated|drugs? (?:therapy|treatment)|taking|takes|pills?|tablets?"
    r"|antibiotics?|inhaler|insulin"
    r"|over-the-counter|vitamins?|supplements?|ointments?|creams?|emollients?|steroids?"
    r"|chemotherapy|vaccine dose"
    r"|antihistamines?|NSAIDs?|contraceptive pills?|remed(?:y|ies)|regimen|moisturi[sz]er"
    r"|shampoo|started on)\b",
    r"\b\w{3,}(?:cillin|mycin|micin|cycline|floxacin|azole|pril|sartan|olol|statin|dipine"
    r"|formin|gliptin|prazole|tidine"
    r"|oxetine|triptyline|azepam|zolam|prednis\w+|cortisone|profen|methasone|mab|vir|azine"
    r"|peridol|thiazide|semide"
    r"|xaban|parin|warfarin|aspirin|acetaminophen|paracetamol|naproxen|digoxin|methotrexate"
    r"|tretinoin)\b",
    r"服用|用药|口服|药物|胰岛素|片|胶囊|吸入剂|抗生素|中药|保健品",
)
_OBSTETRIC = _words(
    r"\b(?:pregnan\w+|gestation\w*|deliver(?:y|ed|ing)|cesarean|labor|postpartum|prenatal"
    r"|antenatal|menarche|menses|period"
    r"s? every|menstru\w+|menopaus\w+|gravid\w*|parous|miscarriage|abortion|birth|born|apgar"
    r"|conceive|breast-?fe\w+|neonatal"
    r"|premature(?:ly)?|prematurity|birthweight|full[- ]term)\b",
    r"怀孕|妊娠|孕\d|分娩|剖宫产|顺产|月经|末次|绝经|产后|早产|足月|母乳|流产",
)
_SOCIAL = _words(
    r"\b(?:smok\w+|tobacco|cigar\w*|packs?|alcohol\w*|drinks?|drinking|beers?|wine|illicit"
    r"|cocaine|heroin|marijuana|cannabis"
    r"|ecstasy|opioids?|substance|recreational drug|works?|working|occupation|job|employ\w+"
    r"|unemployed|retired|student|teacher"
    r"|lives|living|married|divorced|partner|sexual\w*|condoms?|intercourse|travel\w*|trip"
    r"|camping|hiking|immigrat\w+|prison"
    r"|incarcerat\w+|school|kindergarten|grade|daycare|pets?|exercise|diet|horses|yardwork"
    r"|stress|exposure|sunbath\w+"
    r"|wears|dishwasher|farmer|gloves|fair|gym|household|sick contacts?|vap\w+|anabolic)\b",
    r"吸烟|抽烟|饮酒|喝酒|职业|工作|退休|婚|居住|旅行|旅居|性生活|毒品|学生|宠物|接触史|疫区",
)
_MENTAL = _words(
    r"\b(?:mood|depress\w*|sad(?:ness)?|anxi\w+|hallucinat\w*|voices|delusion\w*|paranoi\w*"
    r"|suicid\w*|self-harm|irritab\w+"
    r"|restless\w*|worthless\w*|hopeless\w*|panic|mania|manic|agitat\w+|aggressi\w*|bizarre"
    r"|insomnia|memory|forgetful\w*"
    r"|withdrawn|withdrawal from friends|concentrat\w+|disruptive|spied|controlling his mind"
    r"|behavio\w+|reclusive|emptiness)\b",
    r"情绪|抑郁|焦虑|幻听|幻觉|自杀|自伤|失眠|易怒|记忆力|兴趣减退",
)
_PAST = _words(
    r"\b(?:history of|past (?:medical|surgical)|diagnosed|surger(?:y|ies)|operations?"
    r"|hospitali[sz]\w+"
    r"|immuni[sz]\w+|vaccin\w+|transfusions?|treated for|medical (?:history|problems?|conditions?)"
    r"|illness(?:es)?|comorbid\w*|healthy)\b",
    r"既往|病史|手术史|住院史|曾|预防接种|疫苗|体健",
)
_DISEASE = _words(
    r"^the patient(?: has| is on .* for|['’]s medical history includes)\b.*\b(?:syndrome"
    r"|disease|diabetes|hypertension|leuk(?:a)?emia"
    r"|lymphoma|arthritis|cancers?|carcinoma|asthma|lupus|disorder|gammopathy|rosacea|psoriasis"
    r"|HIV|AIDS|COPD|thyroidism"
    r"|fibrillation|erythematosus|hyperlipid\w+|cholesterol\w+|epilepsy|anxiety disorder"
    r"|bronchitis|hepatitis|cirrhosis)\b",
)
_DEMOGRAPHIC = _words(
    r"^(?:the patient|a man|a woman|he|she|the \w+|an?) (?:is|was"
    r"|are) (?:an? )?(?:healthy )?(?:\d+[- ](?:years?|months?|weeks?|days?)(?:[- ]old)?\b"
    r"|(?:\w+ ){0,2}(?:woman|man|male|female|boy|girl)\b|hispanic|caucasian|african american"
    r"|asian|black|white)",
    r"^(?:the patient is )?an? (?:\d+[- ]\w+[- ]old|elderly) (?:[\w-]+ ){0,4}(?:man|woman|boy"
    r"|girl|male|female|infant|child)\b",
    r"^患者.{0,3}[男女].{0,4}\d+岁",
)


def domain_of(text: str, section: FactDomain | None = None) -> FactDomain:
    """The domain of a statement.

    Args:
        text: The statement.
        section: The domain of the section of the record that it stands in, where there is one.
    """
    if _DEMOGRAPHIC.search(text):
        return "demographics"
    if re.search(r"\b(?:gestational|prenatal|antenatal|in labor|this pregnancy)\b", text, _I):
        return "obstetric"
    if _FAMILY.search(text) and not re.search(r"\blives with\b", text, _I):
        return "family_history"
    if _ALLERGY.search(text):
        return "allergy"
    if section == "social_history":
        return "obstetric" if _OBSTETRIC.search(text) else section
    if section == "medication":
        return section
    illicit = re.search(r"\b(?:illicit|recreational|anabolic|substances?)\b", text, _I)
    if _MEDICATION.search(text) and not illicit:
        return "medication"
    if _OBSTETRIC.search(text) and not re.search(
        r"\bsince birth\b|\bafter (?:her|his) birth", text, _I
    ):
        return "obstetric"
    if section == "past_history":
        return section
    if _DISEASE.search(text) and section is None:
        return "past_history"
    past = _PAST.search(text) is not None
    current = re.match(r".*\b\d+[- ](?:day|week|month|year)s?[- ]history of\b", text, _I)
    if _SOCIAL.search(text) and not current:
        return "social_history"
    if past and not current and not re.search(r"\bpresents?\b|\bepisodes?\b", text, _I):
        return "past_history"
    if _MENTAL.search(text):
        return "mental_state"
    return section or "symptom"


_RED_FLAG = _words(
    r"\b(?:chest (?:pain|pressure|tightness)|syncope|faint\w*|passed out|hemoptysis"
    r"|coughing up blood|hematemesis|melena"
    r"|hematuria|blood in (?:his|her|the|their)? ?(?:urine|stool)s?|bloody"
    r"|black (?:tarry )?stools?|rectal bleeding|bleeds"
    r"|weight loss|lost \d+|night sweats|seizures?|convulsion\w*|sudden(?:[- ]onset)?"
    r"|worst headache|thunderclap"
    r"|(?:decreased|loss of|blurred|double) vision|vision loss|diplopia|suicid\w*|self-harm"
    r"|hallucinat\w*|worthless"
    r"|(?:difficulty|trouble|rapid|shortness of|stops?|labou?red) ?(?:in )?breath\w*"
    r"|respiratory distress|breathing rapidly|dyspnea|apnea|cyanosis|turn\w* blue"
    r"|bilious|projectile|letharg\w+|unresponsive\w*|non-?responsive\w*|unconscious\w*"
    r"|loss of consciousness|confus\w+"
    r"|altered (?:mental|mentation)|disoriented|neck stiffness|stiff neck|photophobia"
    r"|weakness in|paralysis|slurred|speech slurring"
    r"|facial droop|incontinence|saddle|not (?:feeding|drinking)|decreased (?:feeding|urine)"
    r"|difficulty swallowing|dysphagia"
    r"|jaundice|yellow\w* (?:discolou?ration|colou?ring)|high fever|rapidly (?:grow|spread)\w*"
    r"|grow\w* rapidly|non-?healing"
    r"|neck swelling|breast mass|lump|anaphyla\w+|swollen (?:tongue|lips)|stridor|rigors"
    r"|purpura|failure to thrive"
    r"|(?:hemorrhagic|blood) (?:crusts?|blisters?)|severe (?:abdominal )?pain"
    r"|pregnan\w+.{0,20}bleed\w*)\b",
    r"\bfever of (?:39|4\d)"
    r"|胸痛|晕厥|咯血|呕血|黑便|便血|血尿|体重下降|消瘦|盗汗|抽搐|惊厥|突发|剧烈头痛"
    r"|视力下降|复视|自杀|自伤|轻生"
    r"|幻听|呼吸困难|气促|紫绀|发绀|嗜睡|意识(?!清)|昏迷|颈项强直|喷射性呕吐|胆汁样|无力|言语不清"
    r"|大小便失禁|吞咽困难|黄疸|高热|拒奶|尿量减少|阴道流血",
)
_SENSITIVE = _words(
    r"\b(?:illicit|cocaine|ecstasy|heroin|marijuana|cannabis|substance|anabolic|suicid\w*"
    r"|self-harm|abuse\w*|violence|assault"
    r"|prison|incarcerat\w+|prostitut\w*|overdose|erect\w+)\b",
    r"吸毒|毒品|自杀|自伤|轻生|家暴|虐待|冶游|勃起",
)
_PRIVATE = _words(
    r"\b(?:sexual\w*|condoms?|intercourse|partners?|sexually transmitted|genital sores?|penile"
    r"|penis|vaginal(?! deliver)|unprotected sex"
    r"|(?:chronic|heavy) alcohol|incontinence|voices|hallucinat\w*)\b",
    r"性生活|性伴侣|性病|安全套|酗酒|幻听",
)


def is_red_flag(text: str, polarity: Polarity, domain: FactDomain) -> bool:
    """Whether telling it obliges the doctor to follow it up."""
    told = domain in {"symptom", "complaint", "mental_state", "obstetric", "other"}
    return polarity == "present" and told and _RED_FLAG.search(text) is not None


@dataclass(frozen=True, slots=True)
class Access:
    """What it takes to be told something."""

    disclosure: Disclosure
    trust: float


def access_of(text: str, polarity: Polarity, domain: FactDomain) -> Access:
    """The disclosure level of a fact that is not in the opener."""
    if polarity == "present" and _SENSITIVE.search(text):
        return Access(3, 2.75)
    if polarity == "present" and _PRIVATE.search(text):
        return Access(3, 2.5)
    topical = polarity == "present" and domain not in {"social_history", "other"}
    return Access(1 if topical else 2, 1.0)


_DETAIL = _words(
    r"\b(?:located|affected areas?|involves?|distributed|distribution|in size|in colou?r"
    r"|-?shaped|borders?|surfaces?)\b"
)
"""Where a thing is and what it looks like: told with it, or seen."""
_GENERIC = _words(
    r"\b(?:no|significant|other|otherwise|unremarkable|healthy|relevant|clinic|specialist"
    r"|consulted|concern\w*|cosme\w+"
    r"|annual|referred|learn|wants|wishes|visit)\b",
    r"无特殊|体健",
)


def importance(text: str, polarity: Polarity, domain: FactDomain) -> float:
    """How much a consultation loses without it, from 0."""
    if polarity == "denied":
        flagged = _RED_FLAG.search(text) is not None or domain in {"allergy", "obstetric"}
        return 1.5 if flagged else 0.5
    if domain == "demographics" or _GENERIC.search(text):
        return 0.5
    base = {
        "complaint": 4.0,
        "symptom": 4.0,
        "mental_state": 4.0,
        "allergy": 5.0,
        "medication": 4.5,
        "past_history": 4.0,
        "family_history": 3.5,
        "obstetric": 3.5,
        "social_history": 2.0,
    }.get(domain, 2.0)
    if domain == "social_history" and re.search(
        r"smok|tobacco|cigar|alcohol(?! socially)|beer|drinks \d|cocaine|ecstasy|steroid|sexual"
        r"|condom|partner|travel|trip|camping"
        r"|prison|immigrat|exposure|吸烟|饮酒|旅|接触",
        text,
        _I,
    ):
        base = 3.5
    if _DETAIL.search(text):
        base -= 0.75
    if is_red_flag(text, polarity, domain):
        base += 4.0
    return base
