"""An English statement of a record, said by the one whom it is about, or by who cares for them.

The statement is parted into its subject and what is said of it; the subject becomes "I" (or "he",
"she", "they"), pronouns and verbs follow, phrases without a verb get one.
"""

import re

from medelphi.tools.cases.lay_denial import SMOKING, USE, denial, negated, not_be, with_any
from medelphi.tools.cases.lay_grammar import FINITE, KIN, VERBS, is_doing
from medelphi.tools.cases.lay_phrases import (
    ADJECTIVES,
    GERUND,
    LONG_AGO,
    WORD,
    article,
    has_verb,
    noun_phrase,
    own_thing,
    starts_verb,
    uncapitalised,
)
from medelphi.tools.cases.lay_voice import PERSON, Voice, agreed, base_form_of, coordinated, retold

_SUBJECT = re.compile(
    rf"^(?:(?:the|a|an|this|our|her|his)\s+)?(?P<about>(?:[\w.,'-]+\s+){{0,8}}?)"
    rf"(?P<noun>{PERSON})(?P<rest>['’]s\b|(?=\s|,|$))",
    re.IGNORECASE,
)


_OF_AGE = re.compile(r"\d|year|month|week|day|\bold\b|otherwise|healthy|previously", re.IGNORECASE)


_PLAIN_ABOUT = re.compile(
    r"(?:young|old|elderly|little|healthy|white|black|male|female|adult|pregnant|same|"
    r"[\w.-]+-old|caucasian|hispanic|asian|graduate|newborn|year|month|week|day|months|years|"
    r"otherwise|previously|right-handed|african|american|native|preterm|term|obese|\d[\w.-]*|and|"
    r"retired|college|school|[,\s])+",
    re.IGNORECASE,
)


_ATTRIBUTION = re.compile(
    r"^(?:(?P<who>(?:his|her|their|the(?: (?:patient|child|boy|girl|infant|baby|"
    r"newborn|woman|man)['’]s)?)\s+(?:mother|father|parents?|guardian|caregiver|family))\s+)?"
    r"(?:further |also |additionally |specifically |currently )?"
    r"(?:reports?|reported|states?|stated|mentions?|mentioned|notes?|noted|says?|said|adds?|added|"
    r"describes?|believes|recounts|indicates?|explains?|acknowledges|claims?|reveals?|discloses?|"
    r"confirms?)\s+(?:that\s+)?(?=(?P<next>\S+))",
    re.IGNORECASE,
)


_CLAUSE_STARTS_TEXT = """
he she they it there the that his her
"""


_CLAUSE_STARTS = frozenset(_CLAUSE_STARTS_TEXT.split())


_COMPLAINT = re.compile(
    r"^(?:also |additionally |further |currently |initially |often |then |now )?"
    r"(?:has been (?:reporting|complaining of|experiencing|suffering from)|has had|"
    r"complain(?:s|ed|ing)? (?:of|about)|present(?:s|ed|ing)? (?:today )?with|suffers? from|"
    r"reports?|reported|describes?|described|endorses?|endorsed|mentions?|mentioned|notes?|noted|"
    r"states?|stated|experiences|is experiencing|experienced|develops|exhibits|shows|admits to|"
    r"admitted to|reveals?|discloses?|acknowledges|notices|is noted to have|was noted to have|"
    r"is found to have|recounts|recalls|remembers|expresses)\s+",
    re.IGNORECASE,
)


_KEPT_PAST = re.compile(
    r"^(?:also |initially )?(?:experienced|noticed|recalls?|remembers)\b", re.IGNORECASE
)


_ABOUT_VISIT = re.compile(
    r"^(?:present(?:s|ed)?|comes?|came)(?: to (?:the|a|his|her) [\w' -]+?)? "
    r"(?P<why>for|because of|due to|after|following)\b\s*",
    re.IGNORECASE,
)


_DENY = re.compile(
    r"^(?:also |further |currently |strongly )?(?:denies|denied|deny|denying)\s+"
    r"(?:(?:that)\s+(?=he|she|they))?",
    re.IGNORECASE,
)


_LEAD = re.compile(
    r"^(?:specifically|additionally|furthermore|moreover|however|overall|also|in addition|notably|"
    r"otherwise|of note),\s+",
    re.IGNORECASE,
)


_MANNER = re.compile(
    r"^(?P<how>occasional|frequent|regular|daily|social|current) (?:use|consumption) of "
    r"(?P<what>.+)$",
    re.IGNORECASE,
)


_MANNERS = {
    "occasional": "occasionally",
    "frequent": "often",
    "regular": "regularly",
    "daily": "daily",
    "social": "socially",
    "current": "currently",
}


_DRUG = re.compile(
    r"^(?:(?:rectal|oral|topical|daily|inhaled|low-dose)\s)?(?:\w+(?:pril|olol|sartan|statin|"
    r"formin|"
    r"gliptin|gliflozin|azole|cillin|mycin|vir|dipine|zepam|oxetine|prazole|tide|mab|lukast|"
    r"terol|semide|thiazide|profen|caine|triptan|parin|xaban|barbital|azine|idone|apine|amine|"
    r"bicin|platin|trexate|quine|thyroxine|formin|gliclazide|pidem|salamine|uride|buride)|insulin|"
    r"aspirin|multivitamins?|acetaminophen|paracetamol|prednisone|prednisolone|warfarin|"
    r"supplements?|nutritional supplements?|vitamin \w+|oral contraceptives?)"
    r"(?: \d[\w. ]*)?$",
    re.IGNORECASE,
)


_REVIEW = re.compile(
    r"^(?:(?:the|his|her|their)(?: patient['’]s)? )?(?:review of systems|systems review|ros)"
    r"(?: (?:is|was))?(?: otherwise)? negative for\s+",
    re.IGNORECASE,
)


_KIN_DENIES = re.compile(
    r"^(?:his|her|their|the)(?: (?:patient|child|infant|boy|girl|baby)['’]s)? "
    r"(?:mother|father|parents?|caregiver|family) (?:denies|deny|denied)\s+(?:that\s+(?=he|she|"
    r"they))?",
    re.IGNORECASE,
)


_NOT_REPORT = re.compile(
    r"^(?:does not|doesn['’]t|did not|didn['’]t) (?:report|mention|describe|note|endorse|recall "
    r"having|complain of|have|exhibit|show)\s+",
    re.IGNORECASE,
)


_NO = re.compile(r"^(?:no|negative for|absence of|without|denial of|lack of)\s+", re.IGNORECASE)


_AGENTLESS = re.compile(
    r"[\s,]+(?:(?:was|were|is|are|has been|have been) )?(?:also )?(?:reported|noted|mentioned|"
    r"described|stated|documented|recorded|disclosed)(?: by (?:the )?\w+)?$",
    re.IGNORECASE,
)


_NON = re.compile(
    r"^(?:(?:is )?an? )?non-?\s?(?P<verb>smoker|drinker)\b(?P<rest>.*)$", re.IGNORECASE
)


_PARTICIPLE = re.compile(
    r"^(?:(?:recently|previously|initially|currently|exclusively|not|last|first|never|fully) )?"
    r"(?P<verb>born|diagnosed|treated|admitted|delivered|hospitalized|hospitalised|raised|employed|"
    r"enrolled|vaccinated|immunized|immunised|prescribed|married|divorced|widowed|separated|"
    r"exposed|involved|started|referred|retired|breastfed|brought|seen|evaluated|followed|adopted|"
    r"conceived|transitioned|switched|taken|given|sexually active|allergic|unable|able|"
    r"up[ -]to[ -]date|pregnant|healthy|otherwise healthy|well|otherwise well|generally healthy|"
    r"alert|worried|concerned|afraid|unemployed|homeless|right-handed|left-handed|bedridden|"
    r"wheelchair-bound|asymptomatic|obese|overweight|postmenopausal|premenopausal|fatigued|tired|"
    r"irritable|lethargic|drowsy|anxious|depressed|single|active|unaware|aware|compliant|"
    r"currently being|being|previously healthy|nonresponsive|unresponsive|confused|fussy)\b",
    re.IGNORECASE,
)


_EVENTS_TEXT = """
born diagnosed treated admitted delivered hospitalized hospitalised raised vaccinated immunized
immunised prescribed exposed involved started referred breastfed brought seen evaluated adopted
conceived transitioned switched given
"""


_EVENTS = frozenset(_EVENTS_TEXT.split())


_OCCUPATION = re.compile(
    r"^(?:(?:high school|college|university|graduate|medical|elementary school|kindergarten|"
    r"retired|"
    r"former|office|construction|factory|farm|full-time|part-time|current|occasional|social|heavy|"
    r"long-term|active)\s+)*(?:student|teacher|nurse|worker|engineer|farmer|smoker|drinker|"
    r"accountant|driver|lawyer|retiree|manager|clerk|secretary|mechanic|housewife|homemaker|"
    r"veteran|nonsmoker|vegetarian|vegan|businessman|carpenter|chef|cook|electrician|attorney|"
    r"dishwasher|plumber|janitor|librarian|runner|athlete)\b",
    re.IGNORECASE,
)


def spoken(statement: str, voice: Voice, *, denied: bool) -> str:
    """One statement as a sentence of the respondent, without its full stop."""
    text = _AGENTLESS.sub("", _LEAD.sub("", statement))
    if match := _REVIEW.match(text):
        return denial(text[match.end() :], voice)
    if match := _KIN_DENIES.match(text):
        return denial(text[match.end() :], voice)
    subject, rest, about = _parted(text, voice)
    for _ in range(2):
        rest, inner = _without_attribution(rest) if subject else (rest, False)
        if inner:
            subject, rest, more = _parted(rest, voice)
            about = about or more
    if not subject:
        text = rest
        matched = _ATTRIBUTION.match(text)
        if matched and matched["who"] and matched["next"].casefold() in _CLAUSE_STARTS | KIN:
            return spoken(text[matched.end() :], voice, denied=denied)
    said = _predicate(rest, voice, denied) if subject else _unled(rest, voice, denied)
    if about and voice.own:
        return f"I'm {article(about)}, and {said}"
    if about:
        return f"{voice.subject} {voice.be} {article(about)}, and {said}"
    return said


def _parted(text: str, voice: Voice) -> tuple[bool, str, str]:
    """Whether the subject is the patient, what is said of it, and what the subject tells."""
    pronoun = re.match(r"(he|she|they)\b(?!['’])\s*", text, re.IGNORECASE)
    if pronoun:
        own = pronoun[1].casefold() in voice.pronouns or (not voice.own and pronoun[1] == "They")
        return (True, text[pronoun.end() :], "") if own else (False, text, "")
    match = _SUBJECT.match(text)
    if match is None or match["rest"]:
        return False, text, ""
    before = match["about"].strip()
    if before and not _PLAIN_ABOUT.fullmatch(before):
        return False, text, ""
    rest = text[match.end() :]
    first = WORD.search(rest)
    noun = match["noun"].casefold()
    if not rest.strip(" ,"):
        return True, f"is {article(f'{before} {noun}'.strip())}", ""
    if not starts_verb(rest):
        more = re.match(
            r"((?:\s+[a-z-]+){1,3}?)(?=\s+(?:is|was|has|had|presents|reports|comes|who)\b)", rest
        )
        if more and before:
            return True, rest[more.end() :].lstrip(" ,"), f"{before} {noun}{more[1]}"
        known = first is not None and first.group().casefold() in {"with", "who", "in", "on"}
        if not known and not re.match(r"(?:the|this|an?)\b", text, re.IGNORECASE):
            return False, text, ""
    about = f"{before} {noun}" if _OF_AGE.search(before) else ""
    rest = re.sub(r"^[\s,]*(?:who\s+)?", "", rest)
    rest = re.sub(r"^with\s+", "has ", rest)
    rest = re.sub(r"^(?=(?:in|on)\s)", "is ", rest)
    return True, rest, about


def _without_attribution(rest: str) -> tuple[str, bool]:
    match = _ATTRIBUTION.match(rest)
    if match is None or match["who"]:
        return rest, False
    if match["next"].casefold() in _CLAUSE_STARTS | KIN or "that " in match.group().casefold():
        if (
            match["next"].casefold() in {"the", "his", "her"}
            and " that " not in f" {match.group()}"
        ):
            clause = rest[match.end() :]
            if not has_verb(clause):
                return rest, False
        return rest[match.end() :], True
    return rest, False


def _predicate(rest: str, voice: Voice, denied: bool) -> str:
    """What is said of the patient."""
    rest = rest.strip(" ,")
    if match := _DENY.match(rest):
        return denial(rest[match.end() :], voice)
    if match := re.match(r"(?:does not|doesn['’]t|do not|don['’]t) have\s+(?!to\b)", rest):
        return f"{voice.subject} {voice.do}n't have {with_any(retold(rest[match.end() :], voice))}"
    if match := _NOT_REPORT.match(rest):
        return denial(rest[match.end() :], voice)
    if match := re.match(r"(?:has|had) no (?=.*\b(?:medical|surgical)\b.*history)", rest):
        return denial(rest[match.end() :], voice)
    rest = re.sub(r"^use of ", "uses ", rest)
    if match := _ABOUT_VISIT.match(rest):
        why = match["why"].casefold()
        here = f"{voice.subject} came here {why} {retold(rest[match.end() :], voice)}"
        return here if voice.own else f"{voice.subject} {voice.be} here {here.split('here ', 1)[1]}"
    rest = re.sub(r"^present(?:s|ed) (?=to\b)", "came ", rest)
    rest = re.sub(
        r"^is (?=(?:brought|referred|admitted|evaluated|seen|presented|transferred|"
        r"hospitalized)\b)",
        "was ",
        rest,
    )
    match = _COMPLAINT.match(rest)
    if match and not (_KEPT_PAST.match(rest) or denied):
        return _complained(rest[match.end() :], match.group(), voice)
    if match and denied:
        return denial(rest[match.end() :], voice)
    said = agreed(f"{voice.subject} {retold(rest, voice)}", voice)
    return negated(said) if denied else said


def _complained(what: str, verb: str, voice: Voice) -> str:
    """ "reports X": X may be a thing, a doing, or a whole clause."""
    if _NO.match(what):
        return denial(_NO.sub("", what, count=1), voice)
    first = what.split(" ", 1)[0].casefold()
    rest = what.split(" ", 1)[1] if " " in what else ""
    if first == "feeling":
        return f"{voice.subject} {voice.have} been feeling {retold(rest, voice)}"
    if first == "being":
        return f"{voice.subject} {voice.be} {retold(rest, voice)}"
    if first == "having":
        participle = re.match(r"(?:been|had|\w+ed|\w+en)\b", rest)
        verb = voice.have if participle else f"{voice.have}"
        return f"{voice.subject} {verb} {retold(rest, voice)}"
    gerund = GERUND.match(what)
    if (
        gerund
        and is_doing(first)
        and not re.match(r"hearing (?:loss|probl|diffic|impair|aid)", what)
    ):
        if "recall" in verb or "remember" in verb:
            return f"{voice.subject} {base_form_of('remembers', voice)} {retold(what, voice)}"
        return f"{voice.subject} {voice.have} been {retold(what, voice)}"
    tail = re.match(r"^(?P<kin>[\w' -]{2,30}?) to have (?P<what>.+)$", what)
    if tail:
        return f"{retold(tail['kin'], voice)} has {retold(tail['what'], voice)}"
    if has_verb(what) and first in _CLAUSE_FIRST:
        return retold(what, voice)
    if re.match(r"\w+s (?:provided|helped|worsened|began|started|made|gave)\b", what):
        return retold(what, voice)
    ended = re.search(r"\b(?:ago|prior)\b", what) and not re.search(r" that |history", what)
    past = "had" in verb or "experienced" in verb or ended
    had = "had" if past and "has had" not in verb and "been" not in verb else voice.have
    return f"{voice.subject} {had} {noun_phrase(retold(what, voice))}"


_CLAUSE_FIRST = frozenset(
    {"the", "a", "an", "his", "her", "my", "there", "it", "sometimes", "occasionally", "often"}
)


def _unled(text: str, voice: Voice, denied: bool) -> str:
    """A statement whose subject is not the patient, or that has none."""
    text = text.strip(" ,")
    if match := _DENY.match(text):
        return denial(text[match.end() :], voice)
    if match := _NOT_REPORT.match(text):
        return denial(text[match.end() :], voice)
    if non := _NON.match(text):
        verb = "smoke" if non["verb"].casefold() == "smoker" else "drink alcohol"
        more = re.sub(r"^(?:,| and| but)+\s*(?:and |but )?", "", non["rest"]).strip()
        also = f", and {_unled(more, voice, False)}" if more else ""
        return f"{voice.subject} {voice.do}n't {verb}{also}"
    match = _NO.match(text)
    if match and not (has_verb(text) and re.search(r"\b(?:is|are|was|were|has|had)\b", text)):
        return denial(text[match.end() :], voice)
    if re.match(r"(?:the|these|those|this|there|my|his|her|their|it)\b", text, re.IGNORECASE):
        said = retold(text, voice)
        return negated(said) if denied else said
    if re.match(rf"[^,]{{3,60}}, (?:he|she|they|the (?:{PERSON}|\w+)) \w", text, re.IGNORECASE):
        said = retold(text, voice)
        return negated(said) if denied else said
    if re.fullmatch(
        r"(?:generally |otherwise )?(?:unremarkable|non-?contributory|normal)", text, re.IGNORECASE
    ):
        return "everything there has been normal"
    first = (WORD.match(text) or [""])[0].casefold()
    verbal = re.match(r"[\w'’-]+\s+\w", text) and (
        first in VERBS or (first in FINITE and first not in ADJECTIVES)
    )
    if verbal or (first.endswith("ly") and starts_verb(text)):
        return _predicate(uncapitalised(text), voice, denied)
    if participle := _PARTICIPLE.match(text):
        verb = participle["verb"].casefold()
        be = voice.was if verb in _EVENTS else voice.be
        said = f"{voice.subject} {be} {coordinated(retold(uncapitalised(text), voice), voice)}"
        return negated(said) if denied else said
    if re.match(
        r"(?:currently |now |not )?(?:taking|working|living|studying|using|in (?:a|school|college)|"
        r"on(?= (?!the\b|his\b|her\b)))\s",
        text,
        re.IGNORECASE,
    ):
        said = f"{voice.subject} {voice.be} {retold(uncapitalised(text), voice)}"
        return negated(said) if denied else said
    if _OCCUPATION.match(text):
        said = f"{voice.subject} {voice.be} {article(coordinated(uncapitalised(text), voice))}"
        return negated(said) if denied else said
    if has_verb(text):
        said = own_thing(retold(text, voice), voice)
        return negated(said) if denied else said
    if denied:
        return denial(text, voice)
    if past := re.match(
        r"(?:an? |previous |past |prior )*(?:medical )?history of\s+", text, re.IGNORECASE
    ):
        what = retold(uncapitalised(text[past.end() :]), voice)
        return f"{voice.subject} {voice.have} a history of {what}"
    gerund = GERUND.match(text)
    if gerund and is_doing(first) and re.match(r"\w+ing \w", text):
        return f"{voice.subject} {voice.have} been {retold(uncapitalised(text), voice)}"
    if use := USE.match(text):
        verb = "use" if voice.plural else "uses"
        if re.search(
            r"\b(?:tobacco|alcohol|drugs?|cocaine|cannabis|marijuana)\b", use["what"], re.IGNORECASE
        ):
            return f"{voice.subject} {verb} {retold(uncapitalised(use['what']), voice)}"
    if SMOKING.match(text):
        return f"{voice.subject} {'smoke' if voice.plural else 'smokes'}"
    if manner := _MANNER.match(text):
        adverb = _MANNERS[manner["how"].casefold()]
        verb = "use" if voice.plural else "uses"
        return f"{voice.subject} {verb} {retold(manner['what'], voice)} {adverb}"
    if _DRUG.match(text):
        return f"{voice.subject} {'take' if voice.plural else 'takes'} {uncapitalised(text)}"
    if re.match(
        r"(?:first|second|third|only)(?:-born)? (?:child|born|son|daughter)\b", text, re.IGNORECASE
    ):
        return f"{voice.subject} {voice.be} the {retold(uncapitalised(text), voice)}"
    if cannot := re.match(r"inability to\s+", text, re.IGNORECASE):
        return f"{voice.subject} {not_be(voice)} able to {retold(text[cannot.end() :], voice)}"
    if voice.own is False and re.match(
        r"(?:crying|vomiting|coughing|drooling|wheezing)\b", text, re.IGNORECASE
    ):
        return f"{voice.subject} {voice.have} been {retold(uncapitalised(text), voice)}"
    pair = re.fullmatch(r"([^,]+), ([^,]+)", text)
    if pair and not re.search(r"\b(?:and|or|especially|which|with)\b", text):
        text = f"{pair[1]} and {uncapitalised(pair[2])}"
    have = "had" if LONG_AGO.search(text) else voice.have
    return f"{voice.subject} {have} {noun_phrase(retold(uncapitalised(text), voice))}"
