"""Closed word lists and verb forms that English lay sentences are built with."""

_VERBS_TEXT = """
has is does was lives works smokes drinks takes uses eats sleeps feels goes gets wakes walks
runs plays attends exercises consumes denies reports complains presents states mentions notes
describes admits recalls remembers believes thinks knows wants needs says tells sees hears wears
weighs breathes vomits cries stands sits lies falls loses gains keeps starts stops begins ends
comes gives makes finds tries helps worries enjoys prefers avoids experiences suffers develops
notices appears seems shows exhibits becomes remains continues worsens improves resolves
radiates spreads involves occurs lasts itches hurts burns bleeds drains interferes affects
travels rides handles owns shares cares spends reads writes drives swims hikes gardens cooks
visits returns moves leaves stays follows receives undergoes requires responds tolerates
struggles tends picks scratches rubs applies rates expresses acknowledges refuses wishes plans
hopes fears misses finishes engages participates practices studies teaches serves supports
maintains monitors checks injects limps snores urinates defecates menstruates ovulates
breastfeeds feeds bottle-feeds naps crawls babbles forgets repeats shakes trembles includes
contains measures causes increases decreases comes looks smells tastes swallows chews bites
stares laughs talks speaks understands appreciates manages recounts confirms endorses indicates
explains adds claims reveals discloses attributes dislikes likes hates loves
"""
VERBS = frozenset(_VERBS_TEXT.split())
"""Verbs in the third person that records use."""
_STATES_TEXT = """
was is measures rates plans hopes fears notes states
"""
STATES = frozenset(_STATES_TEXT.split())
"""Those of them that are also nouns, or keep their form, when they follow "and"."""
_FINITE_TEXT = """
is are was were has have had does do did will would can could should may might must cannot began
started developed occurred noticed went woke fell took got came became lost gained resolved
lasted spread denied reported stated mentioned noted described recalled saw found used drank
smoked felt tried visited moved stopped received underwent delivered experienced doesn't don't
isn't aren't wasn't weren't hasn't haven't hadn't didn't can't couldn't won't presented
complained appeared showed ate slept gave said wore caught told knew lived worked grew ran hit
hurt sustained tripped twisted slipped quit returned traveled travelled immigrated emigrated
tested worsened improved brought helped made remained continued stayed forgot spent attended
played increased decreased enlarged persisted
"""
FINITE = frozenset(_FINITE_TEXT.split())
"""Verb forms that make a clause of what follows a subject."""
_KIN_TEXT = """
mother father parents brother sister son daughter wife husband partner grandmother grandfather
aunt uncle cousin siblings children family girlfriend boyfriend spouse
"""
KIN = frozenset(_KIN_TEXT.split())
BODY = (
    "eyes?|ears?|nose|mouth|throat|neck|head|face|chest|back|abdomen|belly|stomach|arms?|legs?|"
    "hands?|foot|feet|fingers?|toes?|knees?|ankles?|wrists?|elbows?|shoulders?|hips?|groin|skin|"
    "tongue|lips?|teeth|tooth|gums?|jaw|breasts?|thighs?|calf|calves|shins?|forehead|scalp|"
    "cheeks?|chin|nails?|thumbs?|armpits?|urine|stools?|voice|heart|testicles?|buttocks|palms?|"
    "soles?|trunk|flank|forearms?|eyelids?|limbs?"
)
"""Alternatives of a regular expression: what belongs to a person."""
_COUNTABLE_TEXT = """
rash cough fever headache cold abdomen lump mass nodule patch lesion ulcer tremor wound sore
bump spot blister limp seizure problem episode sensation feeling taste bruise history
burning-sensation discharge lack decrease increase change sister brother son daughter job dog
cat nosebleed swelling-episode smear papule plaque growth scar mole cyst boil fracture sprain
tear murmur infection diet appetite voice gait nose throat stiff-neck neck headache migraine
illness disease disorder condition stroke tumor pregnancy delivery miscarriage surgery operation
accident fall injury bite allergy reaction discoloration skin-rash temperature pulse itch ache
concern complaint period mouth spell joint knee leg arm eye foot hand finger toe ankle wrist
course exposure craving tendency
"""
COUNTABLE = frozenset(_COUNTABLE_TEXT.split())
"""Nouns that take "a" where they stand alone."""
_IRREGULAR = {
    "has": "have", "is": "be", "does": "do", "goes": "go", "was": "was", "aches": "ache",
    "dies": "die", "lies": "lie",
}  # fmt: skip
_NO_VERBS_TEXT = """
his this always chills hives perhaps sometimes yes its is was has as us thus less needs-no pus
plus diabetes series species
"""
_NO_VERBS = frozenset(_NO_VERBS_TEXT.split())
_PARTICIPLES_TEXT = """
been had seen taken eaten given gone done known become begun broken chosen felt found gotten got
grown held kept left lost made met run said slept told woken worn written come
"""
_PARTICIPLES = frozenset(_PARTICIPLES_TEXT.split())


def is_third_person(word: str) -> bool:
    """Whether a word can be a verb in the third person singular."""
    if word in {"is", "has", "was", "does"}:
        return True
    if word in VERBS:
        return True
    return (
        word.endswith("s")
        and not word.endswith(("ss", "us", "'s", "’s"))
        and (len(word) > 3 and word not in _NO_VERBS)
    )


def base_form(verb: str) -> str:
    """A verb of the third person as it stands after "I"; other words as they are."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if not is_third_person(verb):
        return verb
    if verb.endswith("ies") and len(verb) > 4:
        return f"{verb[:-3]}y"
    if verb.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return verb[:-2]
    return verb[:-1]


def past_participle(word: str) -> bool:
    """Whether a word can follow "have" as a participle."""
    return word in _PARTICIPLES or word.endswith("ed")


_THINGS_TEXT = """
swelling vomiting bleeding itching burning coughing tingling crying sweating wheezing bruising
cramping stabbing throbbing something anything nothing ringing morning evening worsening increasing
feeding
"""
_THINGS = frozenset(_THINGS_TEXT.split())
_DOING = frozenset(base_form(verb) for verb in VERBS) | {
    "be", "break", "bring", "buy", "clean", "dance", "diet", "fight", "fast", "lift", "listen",
    "look", "miss", "nurse", "pass", "pull", "push", "sing", "skip", "spend", "squat", "train",
    "travel", "vape", "volunteer", "watch", "wander", "yell", "shout", "fail", "choose", "chew",
}  # fmt: skip


def is_doing(word: str) -> bool:
    """Whether a word in "-ing" is something that one does, rather than a thing or a quality."""
    if not word.endswith("ing") or word in _THINGS:
        return False
    root = word[:-3]
    shorter = root[:-1] if root[-1:] == root[-2:-1] else root
    return bool({root, f"{root}e", shorter} & _DOING)
