"""How complaints are taken up, in English."""

from medelphi.tools.offline.consultation.interview import Protocol, pattern

_CHEST = Protocol(
    name="chest",
    cues=pattern(
        r"chest (?:pain|tight|pressure|discomfort)|palpitation|heart (?:rac|flutter|pound)|faint|"
        r"passed out|blacked out"
    ),
    label="the trouble in {your} chest",
    ask=(
        "Where in the chest is the pain or pressure?",
        "Does it spread to the arm, jaw or back?",
        "{have} {you} had palpitations, shortness of breath or swollen legs?",
        "Does it come on exertion, at rest or at night?",
    ),
    alarm="chest pain at rest, fainting, sweating with the pain, or trouble breathing",
    examine="heart and lungs",
    tests="an electrocardiogram, troponin and a chest X-ray",
    specialty="a heart specialist",
    care="Please avoid heavy exertion until this has been checked.",
    guess="a pulled muscle",
)
_BREATH = Protocol(
    name="breath",
    cues=pattern(
        r"cough|short(?:ness)? of breath|breathless|out of breath|wheez|trouble breathing|"
        r"hard to breathe|difficulty breathing|phlegm|sputum"
    ),
    label="the breathing problem",
    ask=(
        "Is the cough dry, or with phlegm of some colour?",
        "{are} {you} short of breath on effort, at rest or when lying flat?",
        "{have} {you} noticed wheezing, hoarseness or a runny nose?",
    ),
    alarm="coughing up blood, blue lips, breathlessness at rest, or sharp chest pain",
    examine="chest and lungs",
    tests="a chest X-ray, oxygen saturation and a complete blood count",
    specialty="a lung specialist",
    care="Please stay away from smoke, drink enough, and rest sitting up.",
    guess="a cold",
)
_BELLY = Protocol(
    name="belly",
    cues=pattern(
        r"abdom|stomach|belly|tummy|nause|vomit|throwing up|threw up|diarrh|constipat|bowel|stool|"
        r"heartburn|swallow|jaundice|yellow (?:skin|eyes)|bloat|rect"
    ),
    label="the trouble in {your} belly",
    ask=(
        "Where in the belly is the pain or discomfort?",
        "{have} {you} had nausea, vomiting, diarrhoea, constipation, or a change in the stools?",
        "Is it linked to meals or to certain foods?",
        "{have} {you} noticed trouble swallowing, yellow skin or eyes, dark urine or pale stools?",
    ),
    alarm="blood in vomit or stool, black stools, a hard and very painful belly, or vomiting that "
    "does not stop",
    examine="abdomen",
    tests="a complete blood count, liver function tests, lipase and an abdominal ultrasound",
    specialty="a specialist of the digestive system",
    care="Please take small sips of fluid often and light meals.",
    guess="a stomach bug",
)
_HEAD = Protocol(
    name="nerves",
    cues=pattern(
        r"headache|migraine|dizz|vertigo|numb|tingl|weak(?:ness)? (?:in|of|on)|seizure|convuls|"
        r"tremor|memory|confus|slurred|unsteady|balance|double vision|clumsy|walking"
    ),
    label="the symptoms of {your} nervous system",
    ask=(
        "{have} {you} had weakness, numbness, tingling or trembling in the face, arms or legs?",
        "{have} {you} had headache, dizziness, or trouble with balance or walking?",
        "{have} {you} noticed a change in vision, speech, memory or behaviour?",
    ),
    alarm="the worst headache ever, a stiff neck, weakness of one side, trouble speaking, a "
    "seizure, or loss of bladder or bowel control",
    examine="nervous system, with strength, reflexes and sensation",
    tests="a brain MRI, blood glucose and a complete blood count",
    specialty="a neurologist",
    care="Please do not drive until this has been checked.",
    guess="stress",
)
_URINE = Protocol(
    name="urine",
    cues=pattern(
        r"urin|\bpee|bladder|kidney|flank|testic|scrot|penis|penile|prostat|erection|erectile"
    ),
    label="the urinary problem",
    ask=(
        "Is there burning, urgency, a weak stream, or a need to pass urine often or at night?",
        "What does the urine look like?",
        "{have} {you} had pain in the side, the back, the belly or the groin?",
    ),
    alarm="blood in the urine, fever with shaking chills, strong pain in the side, or being "
    "unable to pass urine",
    examine="abdomen, flanks and genital area",
    tests="a urinalysis, a urine culture and creatinine",
    specialty="a urologist",
    care="Please drink enough through the day.",
    guess="a bladder infection",
)
_WOMAN = Protocol(
    name="woman",
    cues=pattern(
        r"my periods?\b|menstru|vagin|pregnan|pelvic|discharge|breast|miscarr|contraction|menopaus|"
        r"hot flash|baby.{0,12}mov|trimester|weeks along"
    ),
    label="this problem",
    ask=(
        "{have} {you} had vaginal bleeding, discharge, pain low in the belly, or pain during sex?",
        "When was the last menstrual period, or how far along is the pregnancy?",
        "How many pregnancies and births {have} {you} had, with which complications?",
    ),
    alarm="heavy vaginal bleeding, severe pain low in the belly, severe headache with changed "
    "vision, or in pregnancy fewer movements of the baby",
    examine="abdomen and pelvis",
    tests="a pregnancy test, a complete blood count and a pelvic ultrasound",
    specialty="a gynaecologist",
    care="Please take no new medicine before it is known whether it is safe in pregnancy.",
    guess="a hormone problem",
)
_JOINT = Protocol(
    name="limbs",
    cues=pattern(
        r"joint|knee|hip\b|shoulder|back pain|(?:lower|low) back|neck pain|elbow|wrist|ankle|foot|"
        r"feet|leg|arm\b|hand|muscle|limp|sprain|fell|fracture|injur|stiff"
    ),
    label="the pain or stiffness",
    ask=(
        "Which joints, bones or muscles are affected?",
        "Is there swelling, warmth, redness or stiffness, for instance in the morning?",
        "Was there a fall, an injury or unusual strain before it began?",
        "Is it worse with movement or at rest?",
    ),
    alarm="numbness between the legs, loss of bladder control, a hot and swollen joint with "
    "fever, or a leg that suddenly swells or turns pale",
    examine="joints, muscles and spine",
    tests="an X-ray of the painful part, C-reactive protein and a complete blood count",
    specialty="a specialist of bones and joints",
    care="Please rest the painful part, and move it gently as far as the pain allows.",
    guess="a sprain",
)
_SKIN = Protocol(
    name="skin",
    cues=pattern(
        r"rash|skin|itch|lesion|spot|blister|bump|papule|patch|mole|plaque|hives|scal[ey]|sore\b|ulcer|wart|nail|hair|scalp|redness|acne|freckle|pigment|lump"
    ),
    label="the skin problem",
    ask=(
        "Where on the body did the spots or lumps begin and spread to?",
        "Do they itch, hurt, burn, bleed, blister or scale?",
        "What do they look like in colour, size and surface?",
        "What makes the skin worse or better, such as sun, heat, cold, sweat, a new cream, soap "
        "or medicine?",
        "Which creams or other treatments have been tried on the skin?",
        "Do single spots come and go, grow or change?",
    ),
    alarm="a rash that spreads fast with fever, blisters or sores in the mouth or eyes, or "
    "swelling of the face",
    examine="skin, nails, hair and the lining of the mouth",
    tests="a skin biopsy and a complete blood count",
    specialty="a dermatologist",
    care="Please do not scratch, and use only mild soap and a plain moisturiser.",
    guess="dry skin",
)
_EYE = Protocol(
    name="eye",
    cues=pattern(r"eye|vision|sight|blind|blurr"),
    label="the eye problem",
    ask=(
        "Is vision blurred, double or lost in part, in one eye or both?",
        "Is the eye red, painful, watering or sensitive to light?",
        "{have} {you} seen flashes, floaters or halos?",
    ),
    alarm="sudden loss of vision, severe pain in the eye, or a curtain over what is seen",
    examine="eyes and vision",
    tests="a visual acuity test, a slit-lamp examination and eye pressure",
    specialty="an eye doctor",
    care="Please do not rub the eye, and leave out contact lenses.",
    guess="tired eyes",
)
_EAR = Protocol(
    name="throat",
    cues=pattern(
        r"\bears?\b|earache|hearing|throat|tonsil|\bnose|nasal|sinus|hoarse|voice|mouth|tongue|gum|tooth|teeth|lip\b|lips|runny"
    ),
    label="the trouble with ear, nose or throat",
    ask=(
        "{have} {you} had ear pain, discharge, hearing loss, ringing, or a blocked or bleeding "
        "nose?",
        "{have} {you} had a sore throat, hoarseness, a sore in the mouth, or pain on swallowing?",
    ),
    alarm="drooling, being unable to swallow or open the mouth, noisy breathing, or swelling "
    "behind the ear",
    examine="ears, nose, mouth, throat and neck",
    tests="a throat swab and a complete blood count",
    specialty="an ear, nose and throat doctor",
    care="Please drink enough and rest the voice.",
    guess="a cold",
)
_MIND = Protocol(
    name="mind",
    cues=pattern(
        r"mood|depress|sad\b|sadness|anxi|panic|insomnia|(?:can'?t|trouble|not) sleep|suicid"
        r"|hopeless|hearing voices|voices|paranoi|behavio|tantrum|no interest|lost interest"
        r"|concentrat|low\b|tearful|crying a lot"
    ),
    label="what weighs on {you}",
    ask=(
        "How have mood, interest, energy and concentration been over the last weeks?",
        "Sometimes people who feel like this think about dying or hurting themselves: {have} "
        "{you} had such thoughts or plans?",
        "How {do} {you} sleep and eat?",
        "{have} {you} had worry or panic that is hard to stop?",
        "{have} {you} ever heard or seen things that others did not, or had times of far too much "
        "energy?",
    ),
    alarm="thoughts of suicide or of hurting somebody, hearing voices, or no sleep for days",
    examine="mental state",
    tests="thyroid function tests and a complete blood count",
    specialty="a psychiatrist or psychologist",
    care="Please stay close to somebody you trust, and keep regular hours and meals.",
    guess="stress",
)
_TIRED = Protocol(
    name="general",
    cues=pattern(
        r"tired|fatigue|weight|thirst|sweat|lymph|gland|swelling|swollen|bruis|bleed|pale|exhaust|appetite|weak\b|weakness"
    ),
    label="feeling unwell",
    ask=(
        "{have} {you} noticed swollen glands or lumps, easy bruising or bleeding, or looking pale?",
        "{have} {you} been more thirsty, passed more urine, or felt cold or heat more than others?",
    ),
    alarm="bleeding that does not stop, fever with shaking chills, fainting, or weight that keeps "
    "falling",
    examine="lymph nodes, neck, abdomen and legs",
    tests="a complete blood count, a metabolic panel, thyroid function tests and blood glucose",
    specialty="a specialist of internal medicine",
    care="Please rest, and eat and drink regularly.",
    guess="stress",
)
_FEVER = Protocol(
    name="fever",
    cues=pattern(r"fever|chills|temperature|flu\b|infect"),
    label="the fever",
    ask=(
        "How high was the fever, and how often does it come?",
        "{have} {you} had a cough, sore throat, rash, headache, or burning on passing urine?",
        "Is there a painful or swollen spot anywhere?",
    ),
    alarm="a stiff neck, confusion, a rash of dark spots, fast breathing, or hardly any urine",
    examine="throat, chest, abdomen, skin and lymph nodes",
    tests="a complete blood count, C-reactive protein, a blood culture and a urinalysis",
    specialty="a specialist of infections",
    care="Please drink plenty, rest, and note the temperature twice a day.",
    guess="a virus",
)
_DRUG = Protocol(
    name="drug",
    cues=pattern(
        r"(?:can|should|may|could|is it (?:ok|okay|safe|all right) (?:for me )?to) (?:i |we |"
        r"my \w+ |he |she )?(?:still |also |safely )?(?:take|use|stop|combine|mix|give)|"
        r"side effect|interact|prescri|tablet|pills?\b|dose|dosage|medicine|medication|supplement"
    ),
    label="the question about the medicine",
    ask=(
        "What is the exact name on the package, with the dose?",
        "Which other medicines, herbs or supplements {do} {you} take with it?",
        "{do} {you} have a kidney, liver, heart or stomach disease?",
        "Could there be a pregnancy or breastfeeding?",
        "How long {have} {you} taken it, and for what?",
    ),
    alarm="swelling of face or tongue, trouble breathing, black stools, fainting, or a rash with "
    "blisters",
    examine="",
    tests="creatinine and liver function tests",
    specialty="a pharmacist and the doctor who prescribed it",
    care="Please take nothing whose name and dose have not been checked on the package, and leave "
    "prescribed doses as they are.",
    guess="nothing to worry about",
)
_CHILD = Protocol(
    name="child",
    cues=pattern(
        r"fuss|crying|cries|not feeding|breastfe|bottle|nappy|diaper|newborn|months? old|week-old|"
        r"month-old|milestone|crawl"
    ),
    label="this illness",
    ask=(
        "How is the feeding, and how many wet nappies are there in a day?",
        "Is the child playing and alert, or unusually sleepy, floppy, crying without end or hard "
        "to wake?",
        "{have} {you} noticed vomiting, diarrhoea, constipation or blood in the stool?",
    ),
    alarm="being hard to wake, fits, fast or grunting breathing, no wet nappy for eight hours, "
    "green vomit, or a rash that does not fade when pressed",
    examine="skin, ears, throat, chest and abdomen",
    tests="a complete blood count and a urinalysis",
    specialty="a children's doctor",
    care="Please offer small feeds often, and note temperature and wet nappies.",
    guess="teething",
)
_ANY = Protocol(
    name="any",
    cues=pattern(r"pain|problem|hurt"),
    label="this problem",
    ask=(
        "Where {do} {you} feel it?",
        "What does it feel like?",
        "What else came together with it, such as pain, swelling, nausea or numbness?",
    ),
    alarm="severe pain, trouble breathing, fainting, confusion, or bleeding that does not stop",
    examine="whole body, from head to foot",
    tests="a complete blood count and a metabolic panel",
    specialty="a specialist of internal medicine",
    care="Please rest, and note what makes it better or worse.",
    guess="nothing serious",
)

PROTOCOLS = (
    _CHILD,
    _DRUG,
    _MIND,
    _CHEST,
    _BREATH,
    _WOMAN,
    _URINE,
    _BELLY,
    _HEAD,
    _EYE,
    _SKIN,
    _EAR,
    _JOINT,
    _FEVER,
    _TIRED,
    _ANY,
)
"""The more particular first; the last one is for any complaint."""
