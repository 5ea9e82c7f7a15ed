"""Everyday words for clinical ones, English and Chinese.

Every pair means the same, and neither side has a number or a negation that the other lacks.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

_EN = """
pruritus=itching
pruritic=itchy
generalised pruritus=itching all over
generalized pruritus=itching all over
dyspnea=shortness of breath
dyspnoea=shortness of breath
orthopnea=shortness of breath when lying flat
emesis=vomiting
bilious vomiting=green vomiting
pyrexia=fever
febrile=feverish
edema=swelling
oedema=swelling
edematous=swollen
hematuria=blood in the urine
haematuria=blood in the urine
gross hematuria=visible blood in the urine
dysuria=pain when passing urine
micturition=passing urine
nocturia=the need to get up at night to pass urine
polyuria=a lot of urine
polydipsia=great thirst
epistaxis=nosebleeds
malaise=a general unwell feeling
arthralgia=joint pain
arthralgias=joint pains
myalgia=muscle aches
myalgias=muscle aches
cephalgia=headache
lethargy=great tiredness
lethargic=tired and listless
erythema=redness
erythematous=red
ecchymosis=bruising
ecchymoses=bruises
syncope=fainting
syncopal episode=fainting spell
presyncope=nearly fainting
paresthesia=tingling
paresthesias=tingling
paraesthesia=tingling
diaphoresis=sweating
diaphoretic=sweaty
melena=black, tarry stools
hematochezia=blood in the stool
hematemesis=vomiting blood
hemoptysis=coughing up blood
dysphagia=trouble swallowing
odynophagia=pain when swallowing
photophobia=sensitivity to bright light
photosensitivity=sensitivity to light
phonophobia=sensitivity to noise
alopecia=hair loss
rhinorrhea=a runny nose
rhinorrhoea=a runny nose
otalgia=earache
otorrhea=discharge from the ear
tinnitus=ringing in the ears
diplopia=double vision
xerostomia=a dry mouth
dysmenorrhea=painful periods
menorrhagia=heavy periods
amenorrhea=missed periods
dyspareunia=pain during sex
menses=periods
menarche=first period
jaundice=yellow skin and eyes
jaundiced=yellow
scleral icterus=yellow eyes
flatulence=passing gas
dyspepsia=indigestion
pyrosis=heartburn
hypertension=high blood pressure
hypercholesterolemia=high cholesterol
hyperlipidemia=high cholesterol
myocardial infarction=heart attack
cerebrovascular accident=stroke
axilla=armpit
axillae=armpits
axillary=armpit
intermittent=on-and-off
intermittently=on and off
bilaterally=on both sides
nonproductive cough=dry cough
non-productive cough=dry cough
productive cough=cough with phlegm
sputum=phlegm
lower extremities=legs
upper extremities=arms
lower extremity=leg
upper extremity=arm
extremities=arms and legs
abdominal pain=belly pain
abdominal=belly
abdomen=belly
distended=swollen
distension=bloating
distention=bloating
postprandial=after-meal
postprandially=after meals
anosmia=loss of smell
insomnia=trouble sleeping
vertigo=dizziness with spinning
tobacco use=smoking
illicit drugs=illegal drugs
illicit drug=illegal drug
cigarettes per day=cigarettes a day
packs per day=packs a day
pack per day=pack a day
times per day=times a day
times per week=times a week
per day=a day
per week=a week
in utero=before birth
sexual intercourse=sex
significant past medical history=serious health problems in the past
significant medical history=serious health problems in the past
significant past medical or surgical history=serious illnesses or operations in the past
past medical or surgical history=illnesses or operations in the past
significant past surgical history=operations in the past
past surgical history=past operations
past medical history=medical history
surgical interventions=operations
surgical intervention=operation
appendectomy=removal of the appendix
cholecystectomy=removal of the gallbladder
tonsillectomy=removal of the tonsils
hysterectomy=removal of the womb
analgesics=painkillers
analgesic=painkiller
antipyretics=fever medicine
pharmacotherapy=medicines
corticosteroid cream=steroid cream
topical corticosteroids=steroid creams
topical corticosteroid=steroid cream
corticosteroids=steroids
on exertion=when active
upon exertion=when active
with exertion=when active
exacerbated by=made worse by
aggravated by=made worse by
alleviated by=relieved by
ameliorated by=relieved by
prior to=before
subsequently=later
approximately=about
experiencing=having
gradual onset of=slowly developing
acute onset of=sudden
sudden onset of=sudden
upper respiratory tract infection=cold
upper respiratory infection=cold
"""
_ZH = """
呼吸困难=喘气费劲
纳差=胃口差
食欲不振=胃口差
失眠=睡觉困难
尿急=一有尿就急
持续性=一直
双下肢=双腿
间歇性=断断续续
阵发性=一阵一阵地
发热=发烧
低热=低烧
高热=高烧
畏寒=怕冷
寒战=发抖
腹痛=肚子痛
下腹痛=下腹痛
上腹痛=上腹痛
腹泻=拉肚子
腹胀=肚子胀
上腹部=上腹
食欲减退=胃口变差
食欲下降=胃口变差
消瘦=变瘦
心悸=心慌
气促=气喘
气短=喘气短
咽痛=嗓子痛
咽喉痛=嗓子痛
咳痰=有痰
咯血=咳血
呕血=吐血
黑便=大便发黑
便血=大便带血
尿频=小便次数多
尿痛=小便的时候痛
血尿=小便带血
排尿=小便
排便=大便
瘙痒=痒
皮疹=疹子
水肿=肿
浮肿=肿
眩晕=天旋地转
晕厥=晕倒
盗汗=夜里出汗
多饮=喝水特别多
多尿=小便特别多
夜尿=夜里起来小便
耳鸣=耳朵嗡嗡响
流涕=流鼻涕
疼痛=痛
吸烟=抽烟
饮酒=喝酒
进食=吃东西
口服=吃
服用=吃
活动后=活动以后
餐后=饭后
餐前=饭前
晨起=早上起来
夜间=夜里
每日=每天
月经来潮=来月经
家族史=家里人的病史
体重下降=体重掉了
体重减轻=体重轻了
伴有=还有
加重=更厉害
缓解=好一些
间断=断断续续
就诊=看病
"""


def _table(lines: str) -> Mapping[str, str]:
    pairs = (line.partition("=") for line in lines.strip().splitlines())
    return MappingProxyType({clinical: lay for clinical, _, lay in pairs})


EVERYDAY_EN = _table(_EN)
"""Clinical words by their lower-case form."""
EVERYDAY_ZH = _table(_ZH)
_PATTERN_EN = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(re.escape(word) for word in sorted(EVERYDAY_EN, key=len, reverse=True))
    + r")(?![\w-])",
    re.IGNORECASE,
)
_PATTERN_ZH = re.compile("|".join(sorted(EVERYDAY_ZH, key=len, reverse=True)))
_BEFORE_ARTICLE = frozenset({"have", "has", "had", "with", "of", "and", "or", "is", "from", "for"})
_ARTICLE = re.compile(r"\b(a|an|the|my|his|her) (a|an|the) ", re.IGNORECASE)


def everyday(text: str, *, chinese: bool) -> str:
    """A text with everyday words in place of clinical ones."""
    if chinese:
        return _PATTERN_ZH.sub(lambda match: EVERYDAY_ZH[match.group()], text)

    def lay(match: re.Match[str]) -> str:
        word = EVERYDAY_EN[match.group().lower()]
        before = text[: match.start()].rstrip().rsplit(None, 1)
        noun = not word.startswith(("a day", "a week"))
        if noun and before and before[-1].casefold() not in _BEFORE_ARTICLE:
            word = word.removeprefix("a ").removeprefix("the ")
        return word[0].upper() + word[1:] if match.group()[0].isupper() else word

    return _ARTICLE.sub(r"\1 ", _PATTERN_EN.sub(lay, text))
