"""Examinations and tests as doctors name them, in both languages: which, and of what group."""

# ruff: noqa: E501

import re
from functools import lru_cache

from medelphi.knowledge.lexicon import find_concepts
from medelphi.knowledge.text import is_han

Row = tuple[str, str, str, str]

THINGS: tuple[Row, ...] = (
    # id, groups, English, Chinese
    ("vitals", "vitals", r"vitals?(?: signs?)?|observations|obs\b", "生命体征|体征"),
    ("temperature", "vitals", r"temperature|temp\b", "体温|量一?下?温"),
    ("blood_pressure", "vitals", r"blood pressures?|bp\b", "血压"),
    ("heart_rate", "vitals", r"heart rate|pulse(?! ox\w*)(?: rate)?|hr\b", "心率|脉搏"),
    (
        "respiratory_rate",
        "vitals",
        r"respiratory rate|respirations|breathing rate|rr\b",
        "呼吸频率|呼吸次数",
    ),
    (
        "saturation",
        "vitals",
        r"(?:oxygen )?sat(?:uration|s)?\b|spo2|pulse oximet\w*|o2 sats?|oximetry",
        "血氧|氧饱和度|指氧",
    ),
    (
        "weight",
        "vitals growth",
        r"weight|height|bmi|growth (?:chart|parameters?)|head circumference|body mass index",
        "体重|身高|头围|BMI|生长曲线",
    ),
    (
        "general",
        "exam",
        r"general (?:examination|exam|appearance|inspection)|appearance",
        "一般情况|一般检查|外观",
    ),
    (
        "abdomen",
        "exam",
        r"abdom\w* (?:examination|exam|palpation|inspection)|(?:examin\w*|palpat\w*|feel|inspect\w*|press\w* on|auscultat\w*|percuss\w*|look at|check) (?:\w+ ){0,3}(?:abdom\w*|belly|stomach|tummy)|gastrointestinal exam\w*",
        "腹部(?:检查|触诊|查体|体检)|(?:按|摸|触|查|检查).{0,5}(?:肚子|腹)",
    ),
    (
        "heart",
        "exam",
        r"(?:cardiac|cardiovascular|cardiopulmonary|heart|cardio\w*) (?:examination|exam|auscultation|sounds?)|(?:listen\w*|auscultat\w*) (?:\w+ ){0,3}(?:heart|chest)",
        "心脏(?:检查|听诊|查体)|心肺(?:检查|听诊|查体)|听.{0,5}心",
    ),
    (
        "lungs",
        "exam",
        r"(?:respiratory|pulmonary|lungs?|chest|cardiopulmonary|thora\w+) (?:examination|exam|auscultation|sounds?)|(?:listen\w*|auscultat\w*) (?:\w+ ){0,3}(?:lungs?|chest|breathing)|breath sounds",
        "肺部?(?:检查|听诊|查体)|胸部(?:检查|听诊|查体)|心肺(?:检查|听诊|查体)|听.{0,5}肺|呼吸音",
    ),
    (
        "neuro",
        "exam",
        r"neuro\w* (?:examination|exam|assessment|check)|reflexes|cranial nerves?|(?:motor|sensory|strength|coordination|gait) (?:\w+ )?(?:examination|exam|testing|test|assessment)|babinski|gcs|glasgow",
        "神经(?:系统)?(?:检查|查体)|反射|肌力|颅神经|病理征|步态检查",
    ),
    (
        "mental",
        "exam",
        r"mental (?:status|state) (?:examination|exam|assessment)?|mse\b|psychiatric (?:examination|exam|assessment)|cognitive (?:test\w*|assessment|exam\w*)|mmse|moca",
        "精神(?:状态)?检查|认知(?:功能)?(?:检查|评估|测试)",
    ),
    (
        "skin",
        "exam",
        r"(?:skin|dermat\w*) (?:examination|exam|inspection)|(?:examin\w*|look at|inspect\w*|check|see) (?:\w+ ){0,3}(?:skin|rash|lesions?|wound|spots?)",
        "皮肤(?:检查|查体)|(?:看|检查).{0,6}(?:皮疹|皮肤|伤口|疹子)",
    ),
    (
        "ent",
        "exam",
        r"(?:ent|ear\w*|throat|nose|nasal|oropharyn\w*|oral|mouth|head and neck|heent|otoscop\w*) ?(?:and \w+ )?(?:examination|exam|inspection)|otoscop\w*|(?:examin\w*|look (?:at|in|into|inside)|inspect\w*|check) (?:\w+ ){0,3}(?:throat|ears?|nose|mouth|tonsils)",
        "耳鼻喉(?:检查)?|咽部检查|耳镜|(?:看|检查).{0,6}(?:喉咙|嗓子|耳朵|口腔|扁桃体|咽)",
    ),
    (
        "eye",
        "exam",
        r"(?:eye|ophthalm\w*|visual|fundus|fundoscop\w*|retinal|pupil\w*|slit[- ]lamp) (?:examination|exam|acuity|test|field\w*|reflex\w*)|ophthalmoscop\w*|fundoscop\w*|(?:examin\w*|look at|inspect\w*|check) (?:\w+ ){0,3}(?:eyes?|pupils?|vision)",
        "眼(?:科|部|底)检查|视力检查|眼底|(?:看|检查).{0,4}眼",
    ),
    (
        "neck",
        "exam",
        r"(?:neck|thyroid|lymph node\w*|cervical) (?:\w+ )?(?:examination|exam|palpation)|(?:examin\w*|palpat\w*|feel|check|look at) (?:\w+ ){0,3}(?:neck|thyroid|lymph nodes?|glands?)",
        "颈部(?:检查|触诊|查体)|(?:摸|检查|触).{0,4}(?:脖子|甲状腺|淋巴结)|淋巴结(?:检查|触诊)",
    ),
    (
        "musculoskeletal",
        "exam",
        r"(?:musculoskeletal|joints?|knees?|hips?|back|spin\w*|limbs?|extremit\w*|hands?|wrists?|legs?|feet|foot|ankles?|shoulders?|lower extremit\w*) (?:examination|exam|inspection)|(?:examin\w*|look at|inspect\w*|check|palpat\w*|feel) (?:\w+ ){0,3}(?:joints?|knees?|hips?|back|spine|limbs?|hands?|wrists?|fingers?|legs?|calf|calves|feet|foot|ankles?|shoulders?|arms?)|range of motion",
        "(?:关节|肌肉|骨骼|脊柱|四肢|下肢|上肢|膝|手部|腿部)(?:检查|查体|触诊)|活动度|(?:看|检查|摸).{0,4}(?:腿|脚|手|关节|膝|腰|背|四肢)",
    ),
    (
        "pelvic",
        "exam",
        r"(?:pelvic|gyn\w*|speculum|bimanual|genito\w*|genital|vaginal|testic\w*|rectal|digital rectal|prostate|breast|anal) (?:examination|exam|inspection|palpation)|dre\b",
        "(?:妇科|盆腔|生殖器|外阴|直肠|肛门|肛|前列腺|乳腺|睾丸)(?:指)?(?:检查|检|触诊|查体)",
    ),
    (
        "meningeal",
        "exam",
        r"kernig|brudzinski|mening\w* signs?|fontanel\w*|neck stiffness",
        "脑膜刺激征|克氏征|前囟",
    ),
    (
        "positional",
        "exam",
        r"dix[- ]?hallpike|positional test\w*|head impulse|romberg|epley|orthostatic\w*|tilt",
        "位置试验|变位试验|卧立位|直立",
    ),
    (
        "exam",
        "exam all_exam",
        r"(?:physical|full|complete|clinical|bedside|focused|head[- ]to[- ]toe|thorough|quick|proper|brief) (?:\w+ )?(?:examination|exam|check)|examine (?:you|him|her|your (?:child|son|daughter|baby)|the (?:patient|child|baby))|(?:an? |the )?physical\b(?= |$|[.,?!])(?! (?:activity|therapy|act|symptom|health))|^(?:an? )?exam(?:ination)?$",
        "体格检查|查体|全身检查|体检|全面检查|检查一下身体|检查身体|检查一下$",
    ),
    # blood
    (
        "cbc",
        "blood",
        r"cbc|fbc|(?:complete|full) blood counts?|blood counts?|differential(?= count)|wbc|white (?:blood )?(?:cell|count)\w*(?: count)?|h(?:a)?emoglobin|hematocrit|platelets?(?: counts?)?|hgb",
        "血常规|血细胞|白细胞|血红蛋白|血小板|全血",
    ),
    (
        "metabolic",
        "blood",
        r"(?:comprehensive |basic )?(?:metabolic panel|metabolic profile|chemistry(?: panel)?)|cmp|bmp|blood chemistry|chem(?:istry)? ?\d*|biochem\w*|smac",
        "生化|血生化|生化全套",
    ),
    (
        "electrolytes",
        "blood",
        r"(?:serum )?electrolytes|sodium|potassium|calcium|magnesium|phosph\w+|u&e",
        "电解质|血钾|血钠|血钙|钾|钠|钙",
    ),
    (
        "renal",
        "blood",
        r"(?:renal|kidney) (?:function|panel|profile)(?: tests?)?|creatinine|bun|urea|egfr",
        "肾功能?|肌酐|尿素",
    ),
    (
        "liver",
        "blood",
        r"lfts?|(?:liver|hepatic) (?:function|enzymes?|panel|profile)(?: tests?)?|alt|ast|bilirubin|alk(?:aline)? phos\w*|transaminases?|albumin|ggt",
        "肝功能?|转氨酶|胆红素|白蛋白",
    ),
    (
        "glucose",
        "blood",
        r"(?:blood |plasma |serum |fasting |random |finger\w* )*(?:glucose|sugar)(?: level)?|hba1c|a1c|fingerstick",
        "血糖|糖化|葡萄糖",
    ),
    (
        "lipids",
        "blood",
        r"lipid\w*(?: (?:panel|profile))?|cholesterol|triglycerides?",
        "血脂|胆固醇|甘油三酯",
    ),
    (
        "thyroid",
        "blood",
        r"thyroid (?:function|panel|tests?)\w*(?: tests?)?|tfts?|tsh|free t[34]|t[34]\b",
        "甲功|甲状腺功能|促甲状腺",
    ),
    (
        "inflammation",
        "blood",
        r"crp|c[- ]reactive(?: protein)?|esr|sed(?:imentation)? rate|erythrocyte sedimentation\w*(?: rate)?|inflammatory markers?|procalcitonin",
        "C反应蛋白|CRP|血沉|降钙素原|炎症指标",
    ),
    (
        "coagulation",
        "blood",
        r"coag\w*(?: (?:panel|studies|profile))?|pt/?inr|inr|ptt|aptt|prothrombin\w*|d[- ]?dimer|fibrinogen|clotting (?:studies|profile)",
        "凝血|D-?二聚体|D二聚体",
    ),
    (
        "cardiac_markers",
        "blood",
        r"troponins?|cardiac (?:enzymes?|markers?|biomarkers?)|ck[- ]?mb|bnp|nt[- ]?probnp|creatine kinase|ck\b",
        "肌钙蛋白|心肌酶|心梗三项|BNP|脑钠肽|肌酸激酶",
    ),
    ("pancreatic", "blood", r"lipase|amylase", "淀粉酶|脂肪酶"),
    (
        "iron",
        "blood",
        r"ferritin|iron (?:studies|panel|levels?)|b12|folate|vitamin (?:b12|d)(?: levels?)?|reticulocyte\w*(?: count)?|tibc",
        "铁蛋白|铁代谢|血清铁|维生素B12|叶酸|网织红",
    ),
    ("smear", "blood", r"(?:peripheral )?(?:blood )?smears?|blood film", "血涂片|外周血涂片"),
    (
        "blood_gas",
        "blood",
        r"(?:arterial |venous |capillary )?blood gas(?:es)?(?: analysis)?|abgs?|vbgs?|lactate(?: level)?(?! dehydrogenase)",
        "血气|乳酸",
    ),
    ("ldh", "blood", r"ldh|lactate dehydrogenase", "乳酸脱氢酶"),
    ("uric_acid", "blood", r"uric acid(?: level)?|urate", "尿酸"),
    ("blood_culture", "blood culture", r"blood cultures?", "血培养"),
    (
        "autoantibodies",
        "blood",
        r"ana\b|anti[- ]?nuclear\w*(?: antibod\w*)?|rheumatoid factor|rf\b|anti[- ]?ccp|ancas?|autoantibod\w*|autoimmune (?:panel|workup|screen)|complement(?: levels?)?|anti[- ]?\w+ antibod\w*|immunoglobulins?",
        "抗核抗体|类风湿因子|自身抗体|抗.{1,6}抗体|免疫(?:球蛋白|指标)|补体",
    ),
    (
        "hormones",
        "blood",
        r"hormon\w*(?: (?:panel|profile|levels?|tests?))?|cortisol|prolactin|testosterone|fsh|lh\b|estradiol|acth|erythropoietin(?: level)?|epo\b",
        "激素|皮质醇|催乳素|性激素",
    ),
    (
        "tumor_markers",
        "blood",
        r"tumou?r markers?|ca ?19-9|ca ?125|cea|afp|psa|alpha[- ]?fetoprotein",
        "肿瘤标志物|甲胎蛋白|癌胚抗原|CA199|CA125|前列腺特异",
    ),
    (
        "hepatitis",
        "blood infection",
        r"hepatitis (?:\w+ )?(?:panel|serolog\w*|screen\w*|test\w*|markers?|b|c|antibod\w*)|hbsag|hbv|hcv|viral hepatitis",
        "乙肝|丙肝|肝炎(?:病毒|标志|全套|两对半)",
    ),
    (
        "infection",
        "blood infection",
        r"hiv(?: (?:test|screen\w*|elisa|serology))?|syphilis|rpr|vdrl|serolog\w*|monospot|ebv|cmv|cd4(?: count)?|viral load|torch|infectious disease test\w*|elisa",
        "HIV|艾滋病?(?:检测|抗体)|梅毒|血清学|病毒(?:抗体|检测)",
    ),
    (
        "sti",
        "infection",
        r"(?:sti|std|sexually transmitted \w+) ?(?:panel|screen\w*|tests?|testing)?|gonorrh\w*(?: test\w*)?|chlamydia(?: test\w*)?|naat",
        "性病(?:检查|筛查|四项)|淋球菌|衣原体",
    ),
    (
        "toxicology",
        "blood urine",
        r"tox(?:icology)?(?: (?:screen\w*|panel))?|drug screen\w*|blood alcohol|carboxyh(?:a)?emoglobin|(?:drug|acetaminophen|paracetamol|salicylate|lithium|digoxin|lead) levels?|co level",
        "毒物|毒理|药物浓度|碳氧血红蛋白|血药浓度",
    ),
    (
        "blood_type",
        "blood",
        r"blood (?:type|group)(?: and \w+)?|type and (?:screen|cross\w*)|coombs",
        "血型|交叉配血|Coombs",
    ),
    (
        "hcg",
        "blood urine",
        r"(?:urine |serum |blood )?pregnancy tests?|(?:beta[- ]?)?hcg",
        "HCG|hcg|早孕|妊娠试验|怀孕(?:试纸|检查|测试)|验孕",
    ),
    (
        "genetic",
        "blood",
        r"genetic (?:tests?|testing|analysis|panel)|karyotyp\w*|gene (?:test|panel)",
        "基因(?:检测|检查)|染色体",
    ),
    ("flow", "blood", r"flow cytometry|immunophenotyp\w*", "流式"),
    (
        "blood",
        "blood all_blood",
        r"(?:basic |routine |some |initial |baseline )*(?:blood (?:tests?|work|draws?|samples?|panels?|studies|investigations?)|bloods\b|bloodwork|lab(?:oratory)?s?(?: (?:tests?|work(?:up)?|studies|results|panel|investigations?))?)|serum studies",
        "抽血|验血|血液检查|化验|血检|实验室检查|查血|查个血",
    ),
    # urine, stool, fluids
    (
        "urine",
        "urine",
        r"urin(?:e|alysis|ary) ?(?:tests?|analysis|dipstick|sample|studies|microscopy|analyses)?|urinalysis|ua\b|dipstick|urine protein",
        "尿常规|尿检|尿液|验尿|小便化验|尿蛋白|查尿",
    ),
    ("urine_culture", "urine culture", r"urine cultures?", "尿培养"),
    (
        "stool",
        "stool",
        r"stool (?:\w+ )?(?:tests?|cultures?|samples?|studies|analysis|antigen|toxin|pcr|examination)?|f(?:a)?ecal (?:\w+ )?(?:\w+)|occult blood|ova and parasites|c\.? ?diff\w*(?: (?:toxin|test|pcr))?",
        "大便常规|便常规|粪便|便潜血|隐血|大便(?:化验|培养|检查)",
    ),
    (
        "csf",
        "fluid",
        r"lumbar puncture|spinal tap|lp\b|csf(?: analysis)?|cerebrospinal fluid",
        "腰穿|腰椎穿刺|脑脊液",
    ),
    (
        "synovial",
        "fluid",
        r"(?:joint|synovial) (?:fluid )?(?:aspirat\w*|fluid|analysis)|arthrocentes\w*|joint tap",
        "关节(?:穿刺|液)|滑液",
    ),
    (
        "swab",
        "culture",
        r"(?:throat|nasal|nasophary\w*|wound|vaginal|cervical|urethral|sputum|genital)? ?(?:swabs?|cultures?|gram stain)|rapid strep(?: test)?|strep test|sputum (?:test|culture|analysis|afb)|wet mount|koh(?: prep)?|influenza (?:test|swab)|covid(?:-19)? (?:test|pcr|swab)|flu test|pap(?: smear)?|pcr",
        "咽拭子|拭子|培养|涂片|痰(?:检|培养|涂片)|白带(?:常规|检查)|核酸|流感(?:检测|抗原)|TCT",
    ),
    (
        "tuberculin",
        "infection",
        r"(?:ppd|tuberculin|mantoux)(?: skin)?(?: test)?|quantiferon|igra|tb (?:test|screen\w*)",
        "PPD|结核菌素|结核(?:试验|检查)|T-?SPOT",
    ),
    (
        "biopsy",
        "tissue",
        r"(?:\w+ )?biops\w+|histolog\w*|patholog\w*|fna\b|fine[- ]needle(?: aspirat\w*)?|bone marrow(?: \w+)?|cytolog\w*|immunofluorescence",
        "活检|病理|穿刺|骨髓|细胞学",
    ),
    (
        "allergy_test",
        "other_test",
        r"(?:allergy|skin prick|patch) (?:tests?|testing)|specific ige",
        "过敏原|皮肤点刺|斑贴",
    ),
    # imaging
    (
        "x_ray",
        "imaging",
        r"(?:[\w]+ ){0,2}x[- _]?rays?|radiograph\w*|cxr|kub|plain films?|skeletal survey",
        "X线|X光|拍片|胸片|平片|拍个片|片子",
    ),
    (
        "ct",
        "imaging",
        r"ct(?:a|pa)?(?: (?:scan|angiogra\w*))?|cat scan|computed tomograph\w*",
        "CT",
    ),
    (
        "mri",
        "imaging",
        r"mr[ia](?: scan)?|magnetic resonance\w*|mrcp|mr (?:angiogra\w*|venogra\w*)",
        "核磁|磁共振|MRI|MRCP",
    ),
    (
        "ultrasound",
        "imaging",
        r"ultrasound(?: scan)?|sonogra\w*|doppler\w*|us\b(?= of)|duplex|fast (?:scan|exam)|usg",
        "超声|B超|彩超|多普勒|b超",
    ),
    ("echo", "imaging", r"echo(?:cardiogra\w*)?s?\b|tte|tee", "心脏(?:彩超|超声)|超声心动|心超"),
    (
        "nuclear",
        "imaging",
        r"pet(?:[- ]?ct)?(?: scan)?|bone scan|dexa(?: scan)?|hida(?: scan)?|v/?q scan|scintigra\w*|meckel scan",
        "PET|骨扫描|骨密度|核素",
    ),
    (
        "contrast",
        "imaging",
        r"barium \w+|contrast enema|upper gi series|swallow stud\w*|esophagram|ivp|hysterosalping\w*|cholangiogra\w*|angiogra\w*|venogra\w*|mammogra\w*|myelogra\w*|ercp",
        "钡(?:餐|灌肠)|造影|钼靶",
    ),
    (
        "imaging",
        "imaging all_imaging",
        r"(?:some |any |brain |head |abdominal |chest |further |cranial )?imag(?:ing|es)(?: (?:studies|tests?|results))?|scans?|neuroimaging|radiolog\w*",
        "影像(?:学)?|拍个片子",
    ),
    # function
    (
        "ecg",
        "function",
        r"(?:12[- ]lead )?(?:ecg|ekg|electrocardiogra\w*)|holter(?: monitor)?|telemetry|rhythm strip",
        "心电图|动态心电|心电",
    ),
    ("eeg", "function", r"eeg|electroencephalogra\w*", "脑电图|脑电"),
    ("emg", "function", r"emg|electromyogra\w*|nerve conduction(?: \w+)?", "肌电图|神经传导"),
    (
        "spirometry",
        "function",
        r"spirometr\w*|pulmonary function(?: tests?)?|pfts?|peak flow",
        "肺功能|峰流速",
    ),
    (
        "endoscopy",
        "endoscopy",
        r"endoscop\w*|egd|gastroscop\w*|colonoscop\w*|sigmoidoscop\w*|bronchoscop\w*|cystoscop\w*|laryngoscop\w*|hysteroscop\w*|colposcop\w*|laparoscop\w*|arthroscop\w*|anoscop\w*",
        "胃镜|肠镜|内镜|支气管镜|膀胱镜|宫腔镜|喉镜|阴道镜|腹腔镜",
    ),
    (
        "audiometry",
        "function",
        r"audiometr\w*|hearing tests?|audiogram|tympanometr\w*|vestibular (?:function )?(?:tests?|testing)|caloric(?: test\w*)?|vng|electronystagmogra\w*",
        "听力(?:检查|测试)|电测听|前庭功能",
    ),
    ("sleep_study", "function", r"sleep stud\w*|polysomnogra\w*", "睡眠监测|多导睡眠"),
    (
        "stress",
        "function",
        r"stress (?:test|echo)\w*|exercise (?:test|ecg|tolerance test)|treadmill(?: test)?|tilt[- ]table(?: test)?|autonomic test\w*",
        "运动(?:平板|负荷)|平板试验|倾斜试验",
    ),
    (
        "fetal",
        "function",
        r"f(?:o)?etal (?:heart(?: rate)?|monitor\w*)|ctg|non[- ]?stress test|nst\b|biophysical profile|cervical (?:check|dilation)",
        "胎心|胎监",
    ),
    (
        "screening",
        "scale",
        r"phq-?9|gad-?7|(?:depression|anxiety|autism|adhd|developmental|suicide risk|cognitive) (?:screen\w*|scale|questionnaire|assessment|inventory)|edinburgh\w*|assessment tools?|rating scales?",
        "量表|PHQ-?9|GAD-?7|抑郁(?:筛查|评估|自评)",
    ),
    (
        "tests",
        "all_tests",
        r"(?:all|every|any|each|the whole|a full|full|further|additional|more|some|other|appropriate|necessary|diagnostic|relevant) (?:\w+ ){0,2}(?:tests?|investigations?|work-?ups?|studies|examinations)|every ?thing (?:available|possible)|work-?up",
        "(?:所有|全部|一切|各项|全套|相关|进一步|其他|必要的?)(?:的)?(?:检查|化验|检验)|能做的(?:检查)?都",
    ),
)
"""What can be ordered: id, the groups it is of, and its wordings. ``all_…`` is a broad order."""

_COMPILED = tuple(
    (
        id_,
        frozenset(groups.split()),
        re.compile(rf"(?<![\w-])(?:{english})(?![\w])", re.IGNORECASE),
        re.compile(chinese),
    )
    for id_, groups, english, chinese in THINGS
)
GROUPS_OF = {id_: groups for id_, groups, _, _ in _COMPILED}
_PIECES = re.compile(
    r",\s*(?:and\s+)?|;|\s+(?:and|plus|as well as|along with|with)\s+|\s&\s|、|，|；|和|以及|及(?!时)|\+|\s/\s",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^.*?\b(?:order(?:ing)?|obtain|perform|run|arrange|schedule|request|get(?: (?:you|him|her))?|do|check|send(?: (?:you|him|her))?(?: for)?|take|have|need|want|conduct|recommend|suggest|draw|start with|begin with|include|measure|review|see|add|repeat|proceed with|undergo|go for|do with)\b(?: (?:to (?:do|get|run|have|order|check|perform|obtain|see)|you to (?:get|have|do)|your|his|her|the|an?|some|out|also|for|off|few|on|with|up|now|immediately|today|urgently|stat|quick|couple|of|tests?(?: such as| like|:)|including|following)\b)*\s*:?\s*"
    r"|^.*?(?:做一下|查一下|化验一下|拍一下|做个|查个|拍个|开个|开一个|完善一下|完善|安排|进行|抽血查|做|查一查|先查|查(?!体)|测一下|量一下|测|拍|开|复查)(?:一个|一下|一次|个|张|些)?",
    re.IGNORECASE,
)
_ASK = re.compile(
    r"^\W*(?:(?:okay|ok|so|now|well|then|first|next|also|and|please|alright)\W+)*(?:(?:(?:can|could|may|shall|would|will) (?:i|we|you)"
    r"|let me|let's|let us|i(?:'d| would) like(?: you)? to|i(?:'m| am) going to|i(?:'ll| will)|i (?:want|need)(?: you)? to|we (?:need|want)"
    r" to|we(?:'ll| will| should)|would you mind if i|is it (?:ok|okay|all right) if i)\s+)?(?:please |just |now |also |quickly )*|^(?:我|先|来|给|帮|您|你|想|让|请|现在|孩子|要)+(?=检|看|听|摸|量|测|查|做|触|按)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s+(?:to (?:rule|check|see|look|assess|evaluate|confirm|exclude|make|help|find|determine|get|better|understand|investigate|know|clarify)|so (?:that|we)|because|in order|for (?:you|him|her|further|now|today|more|any|signs|evidence)|today|now|right away|as soon as|before|which|please|first|if|since|given|immediately|stat|done|and (?:see|then|we|i|let)).*$|(?:来?(?:看看|排除|明确|确认|了解|评估|判断)|吗|吧|好吗|可以吗|好不好).*$|[?.!。？！]+$",
    re.IGNORECASE,
)
PIECES = 12
"""Most things of one order."""


@lru_cache(maxsize=4096)
def things(text: str) -> frozenset[str]:
    """Ids of the examinations and tests that a text names."""
    chinese = not text.isascii() and any(map(is_han, text))
    plain = text.replace("_", " ")
    return frozenset(
        id_
        for id_, _, english, han in _COMPILED
        if english.search(plain) or (chinese and han.search(plain))
    )


def is_order_noun(text: str) -> bool:
    """Whether a text names anything that can be examined or tested."""
    return bool(things(text)) or any(m.concept.kind == "test" for m in find_concepts(text))


def targets(text: str) -> tuple[str, ...]:
    """What an order wants, one by one, in its own words."""
    whole = _ASK.sub("", text.strip()) or text
    led = _TAIL.sub("", _LEAD.sub("", whole, count=1))
    whole = _TAIL.sub("", whole) or whole
    pieces = _PIECES.split(led if is_order_noun(led) else whole)
    found: list[str] = []
    for piece in pieces:
        named = _TAIL.sub("", piece).strip(" .:：,，。?？!！*-")
        if is_order_noun(named) and not is_order_noun(_LEAD.sub("", named, count=1)):
            shown = named
        else:
            shown = _LEAD.sub("", named, count=1).strip() or named
        shown = re.sub(
            r"^(?:an?|the|your|his|her|some|also|then|to|of|for)\s+", "", shown, flags=re.IGNORECASE
        )
        if shown and (
            is_order_noun(shown) or (found and len(shown.split()) <= 3 and shown.isascii())
        ):
            found.append(shown)
    return tuple(dict.fromkeys(found))[:PIECES] or (whole.strip(" .?？。"),)
