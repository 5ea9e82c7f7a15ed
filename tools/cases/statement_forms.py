"""The forms of clinical prose: how statements deny, report, list and go on.

Word lists and patterns of ordinary records, English and Chinese, used by
`medelphi.tools.cases.statements`.
"""

import re

from medelphi.tools.cases.fields import listed

FILLER = re.compile(
    r"^(?:n/?a\b.*|unable to (?:obtain|assess|provide)\b.*|unknown|nothing|not (?:applicable"
    r"|available|provided|specified|stated)\b.*"
    r"|no (?:other |additional |further |relevant |specific |significant |pertinent )*"
    r"(?:\w+ ){0,3}(?:information|details?|history|symptoms?|findings?|complaints?|abnormalities)"
    r"(?: or \w+)?(?: (?:was|were|is|are|has been|have been))?"
    r" (?:provided|mentioned|given|available|specified|documented)\b.*"
    r"|no (?:other|additional|further) (?:\w+ ){0,2}(?:symptoms?|complaints?|findings?"
    r"|abnormalities)"
    r"(?: or \w+)?(?: (?:was|were|have been))?(?: (?:reported|noted))?\b.{0,40}"
    r"|.*\b(?:details?|history|information)\b.*\bnot (?:been )?(?:provided|specified|given"
    r"|available)\b.*"
    r"|.*\b(?:does not|did not|didn.t|doesn.t) (?:specify|provide|give)\b.*"
    r"|无特殊|不详|未提供.*|暂无.*|无相关资料)[.。]?$",
    re.IGNORECASE,
)
"""Sentences that say that the record says nothing."""

NOTHING = re.compile(
    r"^(?:(?:past medical |medical |family |social |surgical )?(?:history )?(?:is |was )?"
    r"(?:essentially |otherwise )?(?:unremarkable|non-?contributory)|none(?: reported)?"
    r"|negative|nil)$",
    re.IGNORECASE,
)
"""A whole passage that says no more than that there is nothing."""
ALL_SYSTEMS = re.compile(
    r"^(?:all |the )?(?:other |remaining |remainder of the "
    r"|rest of the )*(?:systems? review(?:ed)?|reviewed systems"
    r"|review of systems)\b.*\b(?:negative(?! for)|normal limits|unremarkable"
    r"|non-?contributory)\b.*$",
    re.IGNORECASE,
)
NEGATIVE = re.compile(
    r"\b(?:no(?! longer\b)|not(?! only\b)|never|none|nor|neither|den(?:y|ies|ied|ying)|cannot"
    r"|lacks?"
    r"|negative for|free of|unaware of|unremarkable|noncontributory|non-contributory"
    r"|non-?smoker|non-?drinker|absence of)\b|n['’]t\b",
    re.IGNORECASE,
)
NOT_DENYING = re.compile(
    r"not (?:sure|certain|oriented|well)\b|no longer\b"
    r"|\b(?:cannot|can['’]t|unable to|not able to|does not remember|do(?:es)? not recall them)\b"
    r"|\bno (?:benefit|relief|improvement)\b|\bnot (?:immune|healing|healed)\b|\bnon-?healing\b"
    r"|\b(?:did not|does not|didn['’]t|doesn['’]t) (?:improve|help|work|respond|go away|clear"
    r"|resolve)",
    re.IGNORECASE,
)
"""Negations that are themselves the complaint: "cannot flex the finger" is present."""
EMBEDDED = re.compile(
    r"(?<=\w\s)with (?:no|only|minimal)\b.*$|['‘“\"][^'’”\"]*['’”\"]|\b(?:which|that|who)\b.*$"
    r"|(?<=\w)\s*\([^)]*\)|\bdespite\b.*$",
    re.IGNORECASE,
)
"""What does not bear on whether the main clause denies."""
NEGATIVE_HAN = re.compile(
    r"否认|没有|并无|从未|未见|未曾|未诉|不伴|无(?!力|法|精打采|故|意)|从不|不吸烟|不饮酒|不抽烟|不喝酒"
)

DENIAL = re.compile(
    r"^(?P<subject>(?:(?:the|a|his|her|their) )?(?:patient(?:['’]s (?:mother|father|parents"
    r"|family))?"
    r"|mother|father|parents|she|he|they|it|baby|child|infant|roommates|family)?\s*(?:also )?)"
    r"(?P<verb>den(?:y|ies|ied)(?: (?:having|any|having any|experiencing|a history of"
    r"|any history of|any known|having a history of|having experienced))?"
    r"|reports? no|has no(?: (?:known )?(?:history of|evidence of))?|has not (?:had"
    r"|experienced)(?: any)?"
    r"|(?:does|did|do) not (?:report|have|note|complain of|describe)(?: (?:any|having))?"
    r"|review of systems is negative for|is negative for|negative for"
    r"|there(?:['’]s| (?:is|was|are|were|has been|have been)) no(?: (?:known )?(?:history of"
    r"|evidence of))?"
    r"|no (?:known |prior |previous )?(?:history of|episodes? of|evidence of|complaints? of"
    r"|reports? of|exposure to|signs? of)"
    r"|no(?: reported| recent| known)?(?= )|unaware of|without)\s+(?P<list>.+)$",
    re.IGNORECASE,
)
REPORT = re.compile(
    r"^(?P<subject>(?:(?:the|a|his|her) )?(?:patient|she|he|baby|child|infant"
    r"|newborn)\s*(?:also )?)?"
    r"(?P<verb>(?:also )?(?:reports?|reporting|complains? of|presents? with|describes?"
    r"|mentions?|notes?|endorses?"
    r"|admits? to|experiences?|has (?:been )?experienc(?:ed|ing)|has a (?:medical "
    r"|past )?history of"
    r"|there is a history of|has known|known|history of|medical history (?:includes"
    r"|is significant for)"
    r"|complaining of|accompanied by|associated with|(?:review of systems (?:is )?)?positive for)"
    r"(?: (?:experiencing|having|feeling|feelings of|developing|also|both))?)\s+(?P<list>.+)$",
    re.IGNORECASE,
)
NEGATED_VERBS = re.compile(
    r"^(?P<head>.*?\b(?:does|do|did) not) (?P<list>[a-z]+[^.;]*,? or [a-z]+.*)$", re.IGNORECASE
)
NOT_REPORTED = re.compile(r"\bnot (?:report|have|note|recall|complain|describe)\b", re.IGNORECASE)
VERB = (
    r"(?:reports?|denies|denied|mentions?|notes?|noted|describes?|admits?|experiences?|experienced"
    r"|complains?|presents?|has|had|have|is|was|were|are|does|did|do|drinks?|smokes?|lives?|works?"
    r"|takes?|took|uses?|used|feels?|felt|appears?|recalls?|recounts|reveals?|shows?|states?"
    r"|believes?"
    r"|developed|underwent|received|exhibits|exhibited|witnessed|lost|noticed|observed|performs"
    r"|plays|enjoys|attends|refuses|seeks|wants|wishes|went|quit|stopped|required|requires"
    r"|consumes?"
    r"|gets|got|tried|began|started|avoids|indicated|includes?|included|became|adds|finds)"
)
SHARED_VERB = (
    VERB.replace("|began|started", "")
    .replace("|quit|stopped", "")
    .replace("|includes?|included", "")
)
"""Verbs whose subject may stand in the clause before; "the pain began and improves" stays whole."""
SUBJECT = (
    r"(?:patient|he|she|they|it|(?:the|his|her|their|a|an) (?:[\w’'-]+ ){0,3}?[\w’'-]+"
    r"|there|one|these|this)"
)
CLAUSES = re.compile(
    rf"\s*;\s+|\s*[,，]?\s+(?:but|and|while|although|though)\s+(?={SUBJECT}\s+(?:\w+ly\s+"
    rf"|also\s+)?{VERB}\b)"
    rf"|\s*,?\s+(?:but|and)\s+(?=(?:also\s+|then\s+|currently\s+|occasionally\s+)?{SHARED_VERB}\b)"
    rf"|\s*,\s+(?:but\s+|and\s+)?(?=(?:no|not|never|{SHARED_VERB})\b)|\s*,?\s+but\s+(?=no\b)"
    rf"|\s+and that\s+|\s*,\s+(?=(?:accompanied by|associated with|reporting|currently (?:on"
    rf"|taking))\b)",
    re.IGNORECASE,
)
CLAUSES_HAN = re.compile(
    r"[；;]|[，,](?=否认|无|没有|伴|不伴|曾|近|既往|平素|偶|有)|[，,](?:但|而|且)"
)
ITEMS = re.compile(r"\s*,\s*(?:and\s+|or\s+|nor\s+)?|\s+(?:and/or|or|nor|and)\s+", re.IGNORECASE)
PREPOSITION = re.compile(
    r"\b(?:in|on|of|at|to|from|with|for|over|under|around|during|after|before|since|into|per|by"
    r"|without|than)\b",
    re.IGNORECASE,
)
ADJECTIVE = re.compile(
    r"(?:al|ic|ary|ory|ive|ous|ful|less|able|ible|ar|ed|ian|ing|past|previous|prior|known|illicit"
    r"|recent|right|left|upper|lower|high|low|red|white|similar|other|new|severe|mild|crusty"
    r"|scaly|itchy|watery|bloody|dusky|greasy|patchy|fleshy|waxy|shiny|velvety|oily|dry|firm"
    r"|soft|tender|hard|flat|smooth|rough|thick|thin|pink|purple|yellow|brown|black|blue"
    r"|gr[ae]y|tan|bizarre|dull|sharp|diffuse|intense|blurry|family|birth|drug|prenatal|sleep)$",
    re.IGNORECASE,
)
NOUN_ENDINGS = listed(
    "history memory hospital arrival withdrawal approval referral interval rash edema headache "
    "speaking walking breathing sleeping eating vomiting bleeding itching swelling burning "
    "coughing wheezing sneezing smoking stinging travel arrhythmia "
    "bruising sweating crying drinking headache redness clotting scarring blistering swallowing"
)
SUBORDINATE = re.compile(
    r"^(?:which|who|that|when|while|where|whose|because|as|requiring|lasting|making|including|such"
    r"|especially|particularly|despite|starting|causing|leading|indicative|consistent"
    r"|suggestive|secondary|due|finding|apart"
    r"|except|along|taking|followed|progressing|worsening with|even|if|worse|only|then|his|her"
    r"|their)\b|\b(?:who|which)\b",
    re.IGNORECASE,
)
VERB_FIRST = re.compile(rf"^(?:\w+ly\s+|also\s+|then\s+)?{VERB}\b", re.IGNORECASE)
SUBJECT_FIRST = re.compile(
    rf"^(?:[^,]{{3,40}},\s+)?({SUBJECT})\s+(?:\w+ly\s+|also\s+)?{VERB}\b", re.IGNORECASE
)
REPORTED = re.compile(
    r"^(?:(?:the|his|her|their|its)\s+)?(?:\w+['’]s\s+)?(?:patient|he|she|they|mother|father"
    r"|parents?|family"
    r"(?: members?)?|wife|husband|roommates?|teacher|partner|boyfriend|girlfriend|son"
    r"|daughter)\s+(?:also\s+)?"
    rf"(?:reports?|reveals|states?|notes?|mentions?|adds?|says?)\s+(?:that\s+(?=(?:despite"
    rf"|although|since|after|when|the|he|she|it|his|her|they|there|their|in|on)\b)"
    rf"|(?:that\s+)?(?={SUBJECT}\s+"
    rf"(?:\w+ly\s+|also\s+)?(?:{VERB}|stops?|occurs?|worsens?)\b))",
    re.IGNORECASE,
)
"""Who said it, before what was said."""
NOTED = re.compile(
    r"\s+(?:as )?(?:(?:was|were|is|are) )?(?:reported|noted|mentioned)(?: by \w+(?: \w+)?)?$",
    re.IGNORECASE,
)
ORIENTED = re.compile(r"^(?:alert|oriented|awake)\b", re.IGNORECASE)
HEADED = re.compile(
    r"^(?:he|she|they|it|the|his|her|their|a|an|there|during|after)\b", re.IGNORECASE
)
"""How a clause begins that has a subject, or a setting, of its own."""
OPENING = re.compile(
    r"^(?:additionally|also|however|moreover|furthermore|in addition|specifically|overall"
    r"|on review(?: of systems)?|reportedly|according to (?:his|her|the|their) [^,]{3,40})[,\s]+",
    re.IGNORECASE,
)
PREDICATES = (
    (
        re.compile(
            r"^(?:student|retired (?!$)|(?:former|current|ex-?|heavy|social) ?\w* ?(?:smoker"
            r"|drinker|user|worker)"
            r"|non-?smoker|non-?drinker|smoker|full.time|stay.at.home)",
            re.IGNORECASE,
        ),
        "The patient is a {}",
    ),
    (
        re.compile(
            r"^(?:sexually active|(?:otherwise |generally )?healthy|enrolled|married|single"
            r"|divorced|widowed"
            r"|retired|alert|oriented|unemployed|employed|currently (?:being|in|on|taking"
            r"|employed)|active\b"
            r"|up.to.date|in a relationship|unable|allergic|hungry|thirsty|tired|breast-?fed"
            r"|formula[- ]?fed|first-?born|pregnant|medicated|managed|on |under )",
            re.IGNORECASE,
        ),
        "The patient is {}",
    ),
    (
        re.compile(
            r"^(?:born|delivered|diagnosed|treated|released|exposed|brought|admitted"
            r"|hospitali[sz]ed"
            r"|vaccinated|terminated|involved|previously (?:employed|healthy|treated))\b",
            re.IGNORECASE,
        ),
        "The patient was {}",
    ),
    (
        re.compile(r"^(?:first|second|third|only) (?:child|born)", re.IGNORECASE),
        "The patient is the {}",
    ),
    (
        re.compile(
            r"^(?:family|past|personal|known|recent|long|\d+-\w+"
            r"|smoking) ?.{0,12}history\b(?! include)",
            re.IGNORECASE,
        ),
        "The patient has a {}",
    ),
)
"""Phrases that are said of a patient, not had by one."""
PLACE = re.compile(
    r"^(?:the |his |her |their |both |bilateral |left |right |upper |lower )*(?:hips?|knees?"
    r"|arms?|legs?|hands?|feet"
    r"|foot|neck|back|chest|trunk|face|ears?|eyes?|shoulders?|elbows?|wrists?|ankles?|fingers?"
    r"|toes?|thighs?"
    r"|shins?|scalp|abdomen|groin|axillae?|extremities|lips?|palms?|soles?|school|home|work)\b",
    re.IGNORECASE,
)
FINITE = re.compile(rf"\b{VERB}\b", re.IGNORECASE)

MEDICATIONS = re.compile(
    r"^(?:(?:the|his|her|their|current)\s+)?(?:patient['’]s\s+)?(?:current\s+|home\s+|only\s+"
    r"|regular\s+)*"
    r"medications?\s+(?:are|is|includes?|consists? of)\s+(?P<list>.+)$",
    re.IGNORECASE,
)
EPONYMS = re.compile(
    r"^(?:Alzheimer|Parkinson|Crohn|Hodgkin|Graves|Down|Turner|Marfan|Kaposi|Hashimoto|Raynaud"
    r"|Addison|Cushing|Huntington|Bell|Wilson|Barrett|Meniere|Ménière|Lyme|Kawasaki|Paget"
    r"|Caucasian|Hispanic|Asian|African|American)\b"
)
