"""The words of the offline doctors in English. The medicine is that of any textbook of history
taking: no diagnosis is known here."""

from medelphi.tools.offline.consultation.interview import Phrases, pattern
from medelphi.tools.offline.consultation.interview_en_alarms import ALARMS, FINDINGS
from medelphi.tools.offline.consultation.interview_en_protocols import PROTOCOLS

ENGLISH = Phrases(
    protocols=PROTOCOLS,
    alarms=ALARMS,
    findings=FINDINGS,
    joint=" ",
    opening="Hello, I am glad that you came. Please tell me in your own words what has been "
    "happening.",
    age="May I ask {your} age?",
    onset="When and how did it begin?",
    course="How has it changed since then, for better or worse?",
    severity="How strong is it on a scale from 0 to 10?",
    modifying="What brings it on, makes it worse or eases it?",
    earlier="{have} {you} had anything like this before?",
    treated="Which treatment was tried so far?",
    general="In general, {have} {you} had {signs}?",
    signs=(
        ("fever", pattern(r"fever|temperature")),
        ("chills", pattern(r"chill|shiver|rigor")),
        ("night sweats", pattern(r"sweat")),
        ("weight loss", pattern(r"weight|pounds|kilos?\b|kg\b")),
        ("tiredness", pattern(r"tired|fatigue|exhaust|weary")),
    ),
    review=(
        "{have} {you} had headache, dizziness, weakness, numbness or a change of vision?",
        "{have} {you} had chest pain, palpitations, cough or shortness of breath?",
        "{have} {you} had nausea, vomiting, belly pain, diarrhoea or constipation?",
        "{have} {you} noticed a rash, itching, swelling, or pain in joints or muscles?",
        "{have} {you} noticed trembling hands, thirst, or feeling hot or cold more than others?",
    ),
    bodily="How are appetite, sleep, bowel movements and passing urine?",
    past="Which medical conditions or operations {have} {you} had in the past?",
    medicines="Which medicines {do} {you} take, prescribed or bought, including herbs and "
    "supplements?",
    allergies="{do} {you} have any allergies, to medicines or to anything else?",
    family="Which illnesses run in the family, for instance in parents, brothers or sisters?",
    habits="{do} {you} smoke, drink alcohol or use drugs?",
    living="What {do} {you} do for work, and who lives at home with {you}?",
    exposure="Was there any travel, contact with sick people or animals, an insect bite, or "
    "something new at home or at work?",
    cycle="When was the last menstrual period?",
    sexual="If I may ask: {are} {you} sexually active, with or without protection?",
    mood="How are mood, sleep and stress at home, at work or at school?",
    birth="How were the pregnancy, the birth and the vaccinations?",
    feeding="What does the child eat and drink?",
    development="How is the child growing and developing, for instance in moving, speaking and "
    "playing?",
    worry="Is there anything else that worries you or that I have not asked about?",
    alarm="It is important that I ask: {have} {you} had {alarm}?",
    thanks=(
        "Thank you, that helps me.",
        "I see.",
        "Good that you mention it.",
        "That gives me a clearer picture.",
        "All right, I have noted that.",
        "You describe it well.",
        "Understood.",
        "Let us go on from there.",
        "I appreciate your patience.",
        "I follow you.",
        "Very helpful.",
        "Fine, a few more points.",
    ),
    noted=(
        "About {label}:",
        "Regarding {label}:",
        "As for {label}:",
        "Concerning {label}:",
        "Back to {label}:",
        "On {label}:",
    ),
    sorry=(
        "I am sorry that you are going through this.",
        "That sounds hard for you.",
        "I can understand that this worries you.",
        "That sounds very unpleasant.",
    ),
    heard="You told me: {words}.",
    simpler=(
        "I am sorry, I put that badly. In simple words:",
        "Let me ask one thing at a time:",
        "I will say it in another way:",
    ),
    answer="I will answer your question as soon as I know more.",
    reassure="I understand your worry, and we will go through this step by step.",
    examine="I would like to order vital signs and a physical examination. "
    "Special care goes to the {examine}.",
    vitals="I would like to order vital signs.",
    order="I would like to order {tests}.",
    order_more="The examination gives a reason for more. I would like to order {tests}.",
    named="From what we have, I think this is {name}.",
    unsure="The cause of {label} is not clear to me yet, so I give it no name for now.",
    because="I base this on what you told me about {findings}.",
    refer="I will refer you to {specialty}, and we meet again within a week to go through "
    "what is still open.",
    refer_now="Because of {label}, I want this to be seen today: please go to the emergency "
    "department now.",
    safety="If there is {alarm}, or if things get worse quickly, please call the emergency number "
    "or go to the emergency department at once; otherwise come back if it is no better in a few "
    "days.",
    urgent="Should {label} return or worsen, please go to the emergency department at once.",
    questions="Do you have any questions?",
    remember="Please remember: with {alarm}, go to the emergency department at once.",
    goodbye="Thank you for your trust. Take care, and goodbye.",
    list_joint=", ",
    list_last=" and ",
    list_or=" or ",
    hurried=(
        "OK, so what is wrong? How long? Any pain? Fever? Do you smoke? Any allergies? Taking "
        "anything?",
        "How long? Any pain? You don't have anything else, do you? You have been under stress, "
        "haven't you?",
        "Again, how long? Why didn't you come earlier? It isn't that bad, is it?",
        "This is probably {guess}. Just take a painkiller and it will go away.",
        "It is {guess}, as I said. We are done here, goodbye.",
    ),
    curt=(
        "I cannot say what {label} is. See {specialty}.",
        "That is all. Goodbye.",
    ),
)
