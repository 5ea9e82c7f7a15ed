"""Signs of danger in words and in results, in English."""

from medelphi.tools.offline.consultation.interview import Alarm, Finding, pattern

ALARMS = (
    Alarm(
        name="suicide",
        cues=pattern(
            r"suicid|kill (?:my|him|her)self|end(?:ing)? (?:it all|my life)|want(?:ed)? to die|"
            r"better off dead|not want to live|don'?t want to (?:live|be here|wake up)|"
            r"hurt(?:ing)? (?:my|him|her)self|self-harm"
        ),
        label="these thoughts",
        ask="how often do such thoughts of suicide or self-harm come, with a plan or means at "
        "hand?",
    ),
    Alarm(
        name="chest_pain",
        cues=pattern(r"chest (?:pain|pressure|tight|discomfort)|pain in (?:my|his|her) chest"),
        label="the chest pain",
        ask="does it come on effort, at rest, or with sweating, nausea or a pain in arm or jaw?",
    ),
    Alarm(
        name="breathless",
        cues=pattern(
            r"short(?:ness)? of breath|breathless|breath\w* (?:fast|rapid|quick)|can'?t breathe"
            r"|trouble breathing|difficulty (?:in |with )?breathing|hard to breathe|gasping"
        ),
        label="the shortness of breath",
        ask="is the breathlessness there at rest, on effort, when lying flat or at night?",
    ),
    Alarm(
        name="faint",
        cues=pattern(
            r"faint|passed out|pass out|blacked out|unconscious|lost consciousness|syncop|collapsed"
            r"|loss of consciousness"
        ),
        label="the fainting",
        ask="what happened just before and after the fainting?",
    ),
    Alarm(
        name="bleeding_gut",
        cues=pattern(
            r"black (?:and tarry |tarry )?stool|tarry|blood in (?:my |the |his |her )?(?:stool|"
            r"vomit|poo)|bloody (?:stool|diarrh)|vomit(?:ed|ing)? (?:up )?blood|rectal bleeding"
        ),
        label="the bleeding",
        ask="how much blood was it, of what colour, with dizziness or with painkillers before?",
    ),
    Alarm(
        name="bleeding_lung",
        cues=pattern(
            r"cough(?:ed|ing)? (?:up )?(?:some )?blood|blood(?:y)? (?:in (?:my|the|his|"
            r"her) )?(?:sputum|phlegm)"
        ),
        label="the blood in the phlegm",
        ask="how much blood was it, with weight loss, night sweats or contact with tuberculosis?",
    ),
    Alarm(
        name="bleeding_urine",
        cues=pattern(
            r"blood in (?:my |the |his |her )?urine|bloody urine|red urine|dark urine|"
            r"cola[- ]colou?red"
        ),
        label="the change of the urine",
        ask="is it with pain, clots, a recent sore throat, hard exercise, or a new medicine?",
        urgent=False,
    ),
    Alarm(
        name="bleeding_pregnancy",
        cues=pattern(
            r"vaginal bleeding|bleeding (?:from|down)|spotting|soak(?:ed|ing) (?:a |through )?pad"
        ),
        label="the bleeding",
        ask="how heavy is the bleeding, with clots, cramps or a possible pregnancy?",
    ),
    Alarm(
        name="fetal",
        cues=pattern(
            r"baby.{0,20}(?:less|not|stopped|fewer|hardly)|(?:less|fewer|reduced).{0,20}movement"
        ),
        label="the baby's movements",
        ask="when were the movements last felt as usual, without bleeding, fluid or pain?",
    ),
    Alarm(
        name="stroke",
        cues=pattern(
            r"slurred|can'?t speak|trouble speaking|(?:one side|left side|right side|left arm|"
            r"right arm|left leg|right leg).{0,25}(?:weak|numb)|(?:weak|numb)\w* (?:on|in|"
            r"of) (?:one|the left|the right|my left|my right|his left|his right|her left|"
            r"her right)|face.{0,10}droop"
        ),
        label="the weakness or numbness",
        ask="did the weakness or numbness come suddenly, with a change of face, speech or sight?",
    ),
    Alarm(
        name="weakness",
        cues=pattern(
            r"(?:muscle |leg |arm )?weak(?:ness)? (?:in|of) (?:my|his|her|both|the)|legs? (?:are |"
            r"is |feel )?weak|can'?t (?:walk|lift|stand)|difficulty (?:walking|climbing|lifting)|"
            r"falls\b"
        ),
        label="the weakness",
        ask="is the weakness spreading, worse at certain times, or with trouble in bladder, "
        "bowel, swallowing or breathing?",
        urgent=False,
    ),
    Alarm(
        name="headache",
        cues=pattern(
            r"worst headache|thunderclap|sudden(?:ly)? (?:severe )?headache|severe headache|"
            r"stiff neck"
        ),
        label="the headache",
        ask="did the headache come suddenly, with fever, a stiff neck, vomiting, or a change of "
        "vision?",
    ),
    Alarm(
        name="seizure",
        cues=pattern(r"seizure|convuls|\bfits?\b|shaking all over|jerking"),
        label="the seizure",
        ask="how long did the seizure last, with a bitten tongue, lost urine or confusion "
        "afterwards?",
    ),
    Alarm(
        name="confusion",
        cues=pattern(
            r"confus|disorient|not making sense|hard to wake|difficult to wake|very sleepy|"
            r"letharg|drows|floppy|listless"
        ),
        label="being confused or drowsy",
        ask="when did the confusion or drowsiness begin, after a fall, fever or a new medicine?",
    ),
    Alarm(
        name="vision",
        cues=pattern(
            r"(?:lost|loss of|losing) (?:my |his |her )?(?:vision|sight)|can'?t see (?:well"
            r"|properly|clearly|anything|out of)|double vision|"
            r"blurr(?:y|ed) vision|blind|curtain"
        ),
        label="the change of vision",
        ask="did the change of vision come suddenly, in one eye or both, with pain or headache?",
    ),
    Alarm(
        name="cord",
        cues=pattern(
            r"(?:wet|soil)(?:s|ting|ted|ing|ed)? (?:my|him|her)self|incontinen|(?:loss of|lost|"
            r"losing|can'?t) (?:bladder|bowel|control)|numb(?:ness)? (?:between|around|"
            r"in) (?:the |my )?(?:legs|groin|saddle)"
        ),
        label="the loss of control",
        ask="since when is bladder or bowel control lost, with numbness between the legs or weak "
        "legs?",
    ),
    Alarm(
        name="weight",
        cues=pattern(
            r"(?:lost|losing|loss of|drop(?:ped)? in) (?:\w+ ){0,3}(?:weight|pounds|kg|kilos|"
            r"lbs?)|weight (?:loss|has dropped)|unintentional(?:ly)? lost"
        ),
        label="the weight loss",
        ask="how much weight was lost over what time, with or without meaning to?",
        urgent=False,
    ),
    Alarm(
        name="sweats",
        cues=pattern(r"night sweat|drenching|sweat(?:s|ing)? (?:at|through the) night"),
        label="the night sweats",
        ask="do the night sweats soak the clothes, with fever or swollen glands?",
        urgent=False,
    ),
    Alarm(
        name="lump",
        cues=pattern(
            r"lump|swollen (?:gland|lymph|node)|enlarged (?:gland|lymph|node)|mass\b|"
            r"swelling (?:in|of|on) (?:my|the|his|her) (?:neck|groin|armpit|breast)|neck swelling"
        ),
        label="the lump or swelling",
        ask="since when is the lump or swelling there, growing, hard or painful?",
        urgent=False,
    ),
    Alarm(
        name="jaundice",
        cues=pattern(
            r"jaundice|yellow(?:ing|ish)? (?:of )?(?:the |my |his |her )?(?:skin|eyes|tint)|"
            r"eyes (?:are |have |look )?(?:turned |turning )?yellow"
        ),
        label="the yellow colour",
        ask="since when is the yellow colour there, with dark urine, pale stools, alcohol or a "
        "new medicine?",
        urgent=False,
    ),
    Alarm(
        name="allergy",
        cues=pattern(
            r"(?:face|lips?|tongue|throat) (?:is |are |was |were )?(?:swell|swollen|swelled)|"
            r"swelling of (?:my |the |his |her )?(?:face|lips?|tongue|throat)|anaphyla"
        ),
        label="the swelling",
        ask="did the swelling come after food, a sting or a medicine, with trouble breathing or "
        "swallowing?",
    ),
    Alarm(
        name="fever",
        cues=pattern(
            r"high fever|fever (?:of|up to|over|above|for)|shaking chills|rigors|\b(?:39|40|"
            r"41)(?:\.\d)? ?°?c|\b10[2-6](?:\.\d)? ?°?f"
        ),
        label="the fever",
        ask="how long has the fever lasted, with a stiff neck, a rash or confusion?",
        urgent=False,
    ),
    Alarm(
        name="voices",
        cues=pattern(
            r"hear(?:s|ing|d)? voices|voices (?:tell|told|talk)|seeing things|being watched|"
            r"following me|out to get"
        ),
        label="these experiences",
        ask="what do the voices say, or tell {you} to do?",
    ),
    Alarm(
        name="dehydration",
        cues=pattern(
            r"no wet (?:nappy|nappies|diaper)|fewer wet|not (?:feeding|drinking|eating)|"
            r"refus(?:es|ing) to (?:feed|drink|eat|nurse)|can'?t keep (?:anything|fluids|food|"
            r"water)"
        ),
        label="drinking so little",
        ask="how much was drunk and kept down today, with how much urine?",
    ),
    Alarm(
        name="palpitation",
        cues=pattern(r"palpitation|heart (?:is |was )?(?:rac|flutter|pound|skipp)|irregular heart"),
        label="the palpitations",
        ask="do the palpitations begin suddenly, with dizziness, fainting or chest pain?",
        urgent=False,
    ),
    Alarm(
        name="swallow",
        cues=pattern(
            r"(?:trouble|difficult\w*|hard|pain\w*|problem\w*) (?:with |in |to |when |"
            r"on )?swallow|food (?:gets|getting|is) stuck"
        ),
        label="the trouble swallowing",
        ask="is swallowing hard for solids, liquids or both?",
        urgent=False,
    ),
    Alarm(
        name="bowel",
        cues=pattern(
            r"(?:loose|looser|thinner|more frequent) (?:and \w+ )*stools?"
            r"|change (?:in|of) (?:my |his |her |the )?(?:bowel|stool)"
        ),
        label="the change of the stools",
        ask="is there blood, pain, weight loss, or a need to go at night?",
        urgent=False,
    ),
    Alarm(
        name="vomit",
        cues=pattern(r"bilious|projectile|green(?:ish)? vomit|vomit\w* (?:\w+ ){0,3}green"),
        label="the vomiting",
        ask="how often did vomiting come, with a swollen belly, no stool, or blood?",
    ),
    Alarm(
        name="pain",
        cues=pattern(
            r"(?:severe|excruciating|unbearable|worst|intense|agonizing) (?:\w+ ){0,2}pain"
            r"|pain (?:is |was )?(?:severe|unbearable)"
        ),
        label="the severe pain",
        ask="did the pain begin suddenly, and does anything ease it?",
        urgent=False,
    ),
)

FINDINGS = (
    Finding(
        cues=pattern(
            r"murmur|gallop|irregular(?:ly)? (?:rhythm|irregular)|elevated jugular|s3\b|s4\b"
        ),
        tests="an echocardiogram and an electrocardiogram",
    ),
    Finding(
        cues=pattern(
            r"crackle|rales|wheez|rhonchi|(?:decreased|diminished|absent|reduced) breath sounds|"
            r"dullness"
        ),
        tests="a chest X-ray and a chest CT",
    ),
    Finding(
        cues=pattern(r"rebound|guarding|rigid(?:ity)?\b|peritone|distension|distended|hernia"),
        tests="an abdominal CT and an abdominal X-ray",
    ),
    Finding(
        cues=pattern(r"jaundice|icter|hepatomegaly|liver (?:edge|is )|splenomegaly|spider"),
        tests="liver function tests, hepatitis serology and an abdominal ultrasound",
    ),
    Finding(
        cues=pattern(
            r"lymphadenopath|(?:enlarged|palpable|swollen) (?:\w+ ){0,2}(?:lymph )?node|nodule|"
            r"mass\b"
        ),
        tests="a CT scan and a biopsy",
    ),
    Finding(
        cues=pattern(
            r"(?:hyper|hypo|a)reflex|decreased (?:strength|sensation|reflex)|loss of (?:pain|"
            r"sensation|temperature)|babinski|ataxi|nystagmus|spastic|motor strength|atroph"
        ),
        tests="an MRI of brain and spine, and nerve conduction studies",
    ),
    Finding(
        cues=pattern(r"effusion|synovi|swollen joint|joint (?:tender|swelling)|limited range"),
        tests="joint fluid analysis, an X-ray, rheumatoid factor and uric acid",
    ),
    Finding(cues=pattern(r"thyroid|goit|exophthalm|tremor"), tests="thyroid function tests"),
    Finding(
        cues=pattern(r"petechia|purpura|ecchymos|pallor|pale"),
        tests="a peripheral blood smear, coagulation tests and a bone marrow biopsy",
    ),
    Finding(
        cues=pattern(r"papule|plaque|macule|vesicle|bulla|erythema|lesion|ulcer"),
        tests="a skin biopsy",
    ),
    Finding(
        cues=pattern(r"cervical motion|adnexal|uter|discharge"),
        tests="a pelvic ultrasound, cultures of the discharge and a pregnancy test",
    ),
    Finding(
        cues=pattern(r"visual field|papilledema|fundus|retina|optic"),
        tests="a fundus examination and a brain MRI",
    ),
)
