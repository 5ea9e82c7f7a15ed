"""What people leave out of a diagnosis's name, and names that are no more than a complaint."""

import re
import unicodedata
from functools import lru_cache

from medelphi.knowledge.lexicon import expand, find_concepts
from medelphi.knowledge.text import fold, is_han, tokens
from medelphi.tools.cases.fields import listed
from medelphi.tools.offline.words import rarity

_LED_BY = re.compile(
    r"^(?:(?:sub-?acute|acute|chronic|severe|moderate|mild|primary|secondary|left|right|left-sided|"
    r"right-sided|bilateral|unilateral|recurrent|relapsing|early|late|suspected|probable|active|"
    r"latent|idiopathic|congenital|acquired|viral|bacterial|fungal|infectious|infective|allergic|"
    r"community[- ]acquired|hospital[- ]acquired|spontaneous|uncomplicated|complicated|advanced|"
    r"localized|generalized|disseminated|acute[- ]on[- ]chronic|new[- ]onset)\s+)+|"
    r"^(?:亚急性|急性|慢性|轻度|中度|重度|轻症|重症|严重|原发性?|继发性?|左侧|右侧|双侧|单侧|"
    r"复发性|反复|早期|晚期|疑似|活动性|播散性|弥漫性|局限性|先天性|特发性|自发性|病毒性|细菌性|真菌性|"
    r"感染性|过敏性|化脓性|社区获得性|医院获得性)+",
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(
    r"\s+(?:(?:associated\s+)?with|without|following)\s.*$|,.*$|\s*\b(?:type|stage|grade|class)\s+\w+$|"
    r"[，,].*$|(?:伴|合并)[^，]+$|[（(]?[ⅠⅡⅢⅣivx\d一二三四]+[型期度级][)）]?$|(?:急性)?发作期?$|急性期$",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"(?:['’]?s)?\s+(?:disease|syndrome|disorder)$|(?:综合征|综合症|病|症)$", re.IGNORECASE
)
_ORGAN_HAN = re.compile(r"[腺管瓣膜骨节脉肠脏道腔肌]$")
_ADJECTIVE = re.compile(r"(?:ic|al|ar|ary|ory|ous|oid|ing|ent|ant)$")
_LEAST_RARE, _LEAST_LATIN, _LEAST_HAN = 0.55, 5, 3
"""Of the one word that is left of "X disease": rareness, letters, characters."""
COMPLAINTS = listed(
    "pain ache aching soreness discomfort tenderness fever chill cough rash headache toothache "
    "backache earache vomiting nausea sickness diarrhoea diarrhea constipation dizziness vertigo "
    "fatigue tiredness weakness itch itching itchy swelling oedema edema bleeding breathlessness "
    "dyspnoea dyspnea wheeze wheezing insomnia palpitation syncope fainting blackout anxiety "
    "worry stress sadness injury wound cut burn bite bruise bruising fall numbness tingling tremor "
    "cramp spasm lump mass blister discharge seizure convulsion collapse confusion stiffness "
    "hoarseness cold sneezing heartburn indigestion bloating jaundice sweating sweat loss weight "
    "appetite infection inflammation condition reaction failure shortness throat sore of breath "
    "and the in with"
)
PLACES = listed(
    "chest back abdomen abdominal belly stomach head neck face facial eye ear nose mouth tooth "
    "throat arm hand finger wrist elbow shoulder leg foot toe ankle knee hip thigh calf groin "
    "flank pelvic pelvis breast skin joint muscle muscular bone nerve heart lung liver kidney "
    "renal hepatic cardiac pulmonary brain bowel bladder blood lower upper low high limb body "
    "left right bilateral acute chronic severe mild moderate recurrent"
)
_OF_ORGANS = listed(
    "failure infection inflammation injury condition reaction bleeding oedema edema mass collapse"
)
"""Of an organ they are an illness: "kidney failure"."""
_COMPLAINTS_HAN = re.compile(
    r"^(?:外伤|感染|炎症|出血|水肿)$|^(?:上|下|左|右|前|后|两|双|单|侧|头|颅|面|胸|背|腹|腰|颈|肩|肘|腕|手|臂|腿|膝|髋|踝|足|脚|趾|指|"
    r"关节|肌肉|牙|喉|咽|嗓子|耳|眼|鼻|胃|肚子|全身|四肢|肢|体|部|肛门|乳房|皮肤|阵发性|持续性)*"
    r"(?:疼痛|酸痛|胀痛|痛|疼|不适|发热|发烧|咳嗽|咳痰|皮疹|呕吐|恶心|腹泻|便秘|头晕|眩晕|乏力|无力|"
    r"浮肿|肿胀|肿块|瘙痒|失眠|心悸|心慌|晕厥|抽搐|惊厥|麻木|呼吸困难|气短|胸闷|焦虑|抑郁|情绪低落|"
    r"感冒|黄疸|便血)$"
)


@lru_cache(maxsize=1024)
def is_complaint(name: str) -> bool:
    """Whether a name says no more than what hurts: "Chest pain" is no secret to who has it."""
    folded = _LED_BY.sub("", fold(name))
    if any(map(is_han, folded)):
        return bool(_COMPLAINTS_HAN.match(folded))
    words = frozenset(tokens(folded))
    if len(words) > 1 and words & _OF_ORGANS:
        return False
    return words <= COMPLAINTS | PLACES and bool(words & COMPLAINTS)


@lru_cache(maxsize=1024)
def short_names(name: str) -> tuple[str, ...]:
    """The names by which people call a diagnosis for short; none that is a mere complaint.

    "Acute appendicitis" is "appendicitis", "Parkinson disease" is "Parkinson", and 急性痛风性关节炎
    is 痛风: a part of a name that the lexicon has as a name of the same illness.
    """
    plain = " ".join(unicodedata.normalize("NFKC", name).split())
    core = _LED_BY.sub("", plain)
    bare = _LED_BY.sub("", _LEFT_OUT.sub("", core).strip())
    found = [core, bare]
    stems = {form: _NOUN.sub("", form) for form in (core, bare)}
    found += [stem for form, stem in stems.items() if stem != form and _is_eponym(stem)]
    for mention in find_concepts(bare):
        if mention.concept.kind == "condition" and mention.surface == bare:
            others = map(fold, expand(mention.concept))
            found += [other for other in others if fold(bare).startswith(other)]
    kept = {fold(form): form for form in reversed(found) if fold(form) != fold(name)}
    return tuple(form for form in reversed(kept.values()) if _tells(form))


def _is_eponym(stem: str) -> bool:
    """Whether what is left without "disease" or 病 names it still: no organ, no common word."""
    if any(map(is_han, stem)):
        return len(stem) >= _LEAST_HAN and not _ORGAN_HAN.search(stem) and _tells(stem)
    word = stem.casefold()
    return (
        stem.isalpha()
        and len(stem) >= _LEAST_LATIN
        and word not in PLACES
        and not _ADJECTIVE.search(word)
        and rarity(word) >= _LEAST_RARE
    )


def _tells(form: str) -> bool:
    return len(form) > 1 and not is_complaint(form) and fold(form) not in PLACES | COMPLAINTS
