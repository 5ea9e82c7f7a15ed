"""From what a record says to a case: facts with levels, withheld statements, a rubric."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from medelphi.knowledge.text import tokens
from medelphi.schema import CaseCriterion, Fact, Hidden, Language, Unknown
from medelphi.schema.case import FactDomain, Polarity
from medelphi.tools.cases.classify import access_of, domain_of, importance, is_red_flag
from medelphi.tools.cases.diagnosis_names import Giveaway
from medelphi.tools.cases.fields import listed
from medelphi.tools.cases.lay import lay_sentence
from medelphi.tools.cases.opener import MOST, opener_of
from medelphi.tools.cases.people import UNAGED, People, is_child

CRITICAL = 3.5
"""Least importance of a critical fact."""
MOST_CRITICAL = 12
"""Critical facts of one case: those of most importance."""
LEAST_CRITICAL = 3
"""Of a case with so little in it that nothing is of much importance."""
FURTHER = 0.15
"""What each further statement of one domain counts less."""
MOST_PIECES = 500
"""Statements of one case that are looked at."""
COVERED = 0.85
"""Share of a statement's words that another holds, from which it says nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A statement that the respondent could make, before it becomes a fact."""

    text: str
    polarity: Polarity
    quote: str
    section: FactDomain | None = None
    chief: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The visible part of a case, and what had to be withheld from it."""

    opener: str
    facts: tuple[Fact, ...]
    unknown: tuple[Unknown, ...]
    withheld: tuple[str, ...]


def draft(pieces: Iterable[Piece], people: People, hidden: Hidden, language: Language) -> Draft:
    """Make the visible part of a case out of a record's statements.

    What names the diagnosis is withheld; what says again what was said is left out; the chief
    complaints become the opener, and may be told from the start.
    """
    giveaway = Giveaway.of(hidden)
    withheld: list[str] = []
    unknown: list[Unknown] = []
    kept: list[Piece] = []
    for piece in (each for given in pieces for each in _introduced(given)):
        if _VISIT.match(_normal(piece.text)):
            continue
        canonical = replace(piece, text=_named(_normal(piece.text), people))
        if giveaway.holds(canonical.text) or (
            giveaway.holds(piece.quote) and giveaway.holds(piece.text)
        ):
            withheld.append(canonical.text)
        elif topic := _unknown(canonical.text):
            unknown.append(Unknown(topic=topic))
        else:
            kept.append(canonical)
    merged = _merged(kept[:MOST_PIECES])
    ranked = _ranked(merged)
    opening = _opening(merged)
    open_to_ask = [
        at for at in ranked if at not in opening and _domain(merged[at]) != "demographics"
    ]
    weighty = {
        at
        for place, at in enumerate(open_to_ask[:MOST_CRITICAL])
        if place < LEAST_CRITICAL
        or importance(merged[at].text, merged[at].polarity, _domain(merged[at])) >= CRITICAL
    }
    facts: list[Fact] = []
    for at in range(len(merged)):
        piece = merged[at]
        domain = _domain(piece)
        opens = at in opening
        access = access_of(piece.text, piece.polarity, domain)
        matters = at in weighty
        facts.append(
            Fact(
                id=f"f{at + 1}",
                text=piece.text,
                lay=_lay(piece.text, piece.polarity, people, language),
                domain="complaint" if opens and domain in {"symptom", "other"} else domain,
                polarity=piece.polarity,
                critical=matters,
                red_flag=is_red_flag(piece.text, piece.polarity, domain),
                disclosure=0 if opens else access.disclosure,
                trust=1.0 if opens else access.trust,
                quote=piece.quote[:500],
            )
        )
    said = [fact for fact in facts if fact.disclosure == 0]
    return Draft(
        opener=opener_of(people, said, language),
        facts=tuple(facts),
        unknown=tuple({item.topic: item for item in unknown}.values()),
        withheld=tuple(dict.fromkeys(withheld)),
    )


def _ranked(pieces: Sequence[Piece]) -> list[int]:
    """The statements by importance; each further one of a domain counts a little less."""
    seen: dict[FactDomain, int] = {}
    worth: list[float] = []
    for piece in pieces:
        domain = _domain(piece)
        worth.append(importance(piece.text, piece.polarity, domain) - FURTHER * seen.get(domain, 0))
        seen[domain] = seen.get(domain, 0) + 1
    return sorted(range(len(pieces)), key=lambda at: (-worth[at], at))


def rubric_of(facts: Sequence[Fact], language: Language) -> tuple[CaseCriterion, ...]:
    """The rubric of a case that brings none: its critical facts, a plan and a safety net."""
    chinese = language == "zh"
    items = [
        CaseCriterion(
            id=f"ask-{fact.id}",
            text=f"通过提问了解到：{fact.text}"
            if chinese
            else f"Asks a question that brings out: {fact.text}",
            kind="must_ask",
            weight=_weight(fact),
            facts=(fact.id,),
        )
        for fact in facts
        if fact.critical
    ]
    plan = (
        "给出与所了解情况相符的下一步：检查、治疗或转诊"
        if chinese
        else "Says what to do next (tests, treatment, referral), in line with what was found"
    )
    net = (
        "说明出现哪些情况时应当立即就医，或何时复诊"
        if chinese
        else "Says which warning signs need urgent care, or when to come back"
    )
    items.append(CaseCriterion(id="plan", text=plan, kind="plan", weight=6))
    items.append(
        CaseCriterion(
            id="safety-net", text=net, kind="safety_net", weight=6, turn_tag="risk_control"
        )
    )
    return tuple(items)


def _weight(fact: Fact) -> float:
    if fact.red_flag:
        return 9.0
    return {
        "allergy": 8.0,
        "medication": 7.0,
        "symptom": 6.0,
        "mental_state": 6.0,
        "complaint": 6.0,
    }.get(fact.domain, 5.0)


def _domain(piece: Piece) -> FactDomain:
    return domain_of(piece.text, piece.section)


def _lay(text: str, polarity: Polarity, people: People, language: Language) -> str:
    return lay_sentence(
        text,
        language,
        respondent=people.respondent,
        relation=people.relation,
        demographics=people.demographics,
        polarity=polarity,
    )


def _opening(pieces: Sequence[Piece]) -> frozenset[int]:
    """Which statements the first message tells."""
    told = {"complaint", "symptom", "mental_state"}
    present = [
        at
        for at, piece in enumerate(pieces)
        if piece.polarity == "present" and len(piece.text) <= 240
    ]
    chief = [at for at in present if pieces[at].chief]
    if chief:
        return frozenset(chief[:MOST])
    symptoms = [at for at in present if _domain(pieces[at]) in told]
    plain = [at for at in symptoms if not _VAGUE.search(pieces[at].text)]
    complains = {at for at in symptoms if _COMPLAINS.search(pieces[at].text)}
    own = {at for at in symptoms if _ABOUT_PATIENT.match(pieces[at].text)}
    for fitting in (
        [at for at in plain if at in complains & own],
        [at for at in plain if at in own],
        [at for at in plain if at in complains],
        [at for at in symptoms if at in complains],
        symptoms,
    ):
        if fitting:
            return frozenset(fitting[:1])
    other = [at for at in present if _domain(pieces[at]) in {"obstetric", "other"}]
    return frozenset(other[:1])


_COMPLAINS = re.compile(
    r"\b(?:presents?|presented|complain\w*|brought|due to|notic\w+|develop(?:s|ed)?|has had"
    r"|experienc\w+|suffer\w*|because of"
    r"|(?:seen|evaluated|referred|evaluation).{0,30} for)\b|\bconcerns? (?:about|regarding)\b"
    r"|-(?:day|week|month|year) history\b"
    r"|因|主诉|出现",
    re.IGNORECASE,
)
_ABOUT_PATIENT = re.compile(
    r"^(?:[^,]{3,40}, )?(?:the patient\b(?!['’]s (?:mother|father|parents))|患者|患儿)",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\bwith (?:an? )?(?:\w+ )?(?:concern|complaint|condition|problem)s?[.]?$",
    re.IGNORECASE,
)
_SAYS = listed(
    "patient report reports describe note mention complain experience present have has had "
    "history the a an of and in is "
    "was with denies deny any no known been having feeling also which be to for her his their "
    "years year recent recently "
    "currently no not does do did"
)


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Without what another statement of the same polarity says as well; the fuller one stays."""
    kept: list[Piece] = []
    for piece in pieces:
        words = _words(piece.text)
        if not words:
            continue
        for at, other in enumerate(kept):
            if other.polarity != piece.polarity:
                continue
            have = _words(other.text)
            if piece.polarity == "denied" and words != have:
                # A denial of less does not say again what a denial of more says, nor the other way.
                continue
            if len(words & have) >= COVERED * len(words):
                kept[at] = replace(other, chief=other.chief or piece.chief)
                break
            fuller = len(words & have) >= COVERED * len(have) and (
                len(have) > 1 or piece.polarity == "denied" or len(words) <= 4
            )
            fuller = fuller and bool(_ABOUT_PATIENT.match(piece.text))
            if fuller and not (other.chief and len(words - have) > 1):
                kept[at] = replace(
                    piece, chief=other.chief or piece.chief, section=other.section or piece.section
                )
                break
        else:
            kept.append(piece)
    return kept


def _words(text: str) -> frozenset[str]:
    return frozenset(
        word if len(word) < 7 or word[0].isdigit() else word[:6]
        for word in tokens(text)
        if word not in _SAYS
    )


_UNKNOWN = re.compile(
    r"^(?:it is |it's )?(?:unclear|unknown|not known|uncertain|unsure) (?:what|which|whether|if"
    r"|when|how|why)\s+(.+?)[.]?$"
    r"|^(?:the patient|the \w+|he|she) (?:does not|doesn['’]t|did not|do not) know\s+(?:what"
    r"|which|whether|if|when|how|why|about)?\s*(.+?)[.]?$"
    r"|^(?:患者|家属|本人)?(?:不清楚|不知道|不详|记不清)(.+?)[。]?$",
    re.IGNORECASE,
)


def _unknown(text: str) -> str:
    """What a statement says that nobody knows, or nothing."""
    match = _UNKNOWN.match(text.strip())
    return next(filter(None, match.groups()), "").strip() if match else ""


_VISIT = re.compile(
    r"^(?:the patient|the \w+|he|she) (?:presents|presented|comes|came|is brought|was brought"
    r"|is seen|was seen|is referred"
    r"|was referred)(?: in)?(?: by (?:his|her|the) \w+)?(?: to| at)? (?:the |a |an "
    r"|our )?(?:\w+ ){0,2}(?:clinic|hospital|office|dermatology|department"
    r"|emergency room|physician|dermatologist)(?: for (?:an "
    r"|further )?evaluation)?(?: by (?:his|her|the) \w+)?[.]?$"
    r"|^(?:the patient|he|she) (?:presents|comes) for evaluation[.]?$"
    r"|^the \w+ (?:presents|comes|came) with (?:her|his) [\w-]+ (?:son|daughter|child|baby)[.]?$",
    re.IGNORECASE,
)
"""That somebody came is nothing that a doctor has to ask for."""
_RATED = re.compile(
    r"^(?:the \w+|he|she) (?:describes|rates) (?:the|his|her) (?P<what>pain|headache|cough|rash"
    r"|discharge) as (?P<how>.+)$",
    re.IGNORECASE,
)
_BROUGHT = re.compile(
    r"^(?:the \w+|he|she) (?:is|was|has been) (?:presented|brought)(?: in)?(?: to (?:the "
    r"|a )?(?:\w+ ){1,3})?\s*by (?:his|her|the) \w+ "
    r"(?P<why>for (?=an? )|because of |due to )",
    re.IGNORECASE,
)
_UNREMARKABLE = re.compile(
    r"^(?:the patient reports )?(?:the |an? |his "
    r"|her )?(?:[\w-]+['’]s )?(?P<what>(?:[\w-]+ ){0,3}histor(?:y|ies))(?: is| are| was| were)?"
    r" (?:otherwise |also )?(?:unremarkable|non-?contributory|negative|insignificant)\.?$",
    re.IGNORECASE,
)


_INTRODUCED = re.compile(
    r"^An? (?P<adjectives>(?:[\w-]+ ){0,5}?)(?P<who>man|woman|boy|girl|male|female|child|infant"
    r"|newborn|baby)"
    r" (?P<how>with|at|in|who is|who has|on) (?P<what>[^.]{3,120}?),? (?P<rest>(?:presents"
    r"|comes|is brought|was brought|is seen"
    r"|is evaluated|reports|complains)\b.*)$",
    re.IGNORECASE,
)


def _introduced(piece: Piece) -> list[Piece]:
    """What the first sentence of a vignette says beside the complaint, as statements of its own."""
    match = _INTRODUCED.match(re.sub(r"^\s*\d{1,3}[.)]\s+", "", piece.text))
    if not match:
        return [piece]
    how, what = match["how"].lower(), match["what"]
    verb = {"with": "has", "who has": "has", "on": "takes"}.get(how, "is")
    words = what if how in {"with", "who has", "who is", "on"} else f"{how} {what}"
    made = [f"The patient {match['rest']}", f"The patient {verb} {words}."]
    if re.search(r"\bpregnant\b", match["adjectives"], re.IGNORECASE):
        made.append("The patient is pregnant.")
    return [replace(piece, text=each) for each in made]


def _normal(text: str) -> str:
    text = re.sub(r"^\s*(?:\d{1,3}[.)、]\s+|[-*•]\s+)", "", text).strip()
    if match := _UNREMARKABLE.match(text):
        return f"The patient has no significant {match['what'].lower()}."
    text = _RATED.sub(lambda m: f"The {m['what']} is {m['how']}", text)
    text = _BROUGHT.sub(lambda m: f"The patient is here {m['why']}", text)
    return re.sub(
        r"^An? (?:[\w-]+ ){0,5}(?:man|woman|boy|girl|male|female|child|infant|newborn"
        r"|baby)(?: of [\w ]+? descent)?\s+"
        r"(?=presents|is\b|was|has|had|noticed|comes|complains|reports|developed)",
        "The patient ",
        text,
        flags=re.IGNORECASE,
    )


def _named(text: str, people: People) -> str:
    """With "the patient" for the words by which a record calls them."""
    demographics = people.demographics
    nouns = (
        r"boy|girl|child|infant|baby|newborn|neonate|toddler|male|female"
        if is_child(demographics) or UNAGED.search(demographics.age)
        else r"man|woman|gentleman|lady|male|female"
    )
    if is_child(demographics):
        nouns += r"|son|daughter"
        if people.relation in {"mother", "father"}:
            adult = "woman" if people.relation == "mother" else "man"
            text = re.sub(
                rf"\bthe {adult}\b", f"the patient's {people.relation}", text, flags=re.IGNORECASE
            )
        text = re.sub(
            rf"\b(?:his|her|their) (?:{nouns})\b", "the patient", text, flags=re.IGNORECASE
        )
    text = re.sub(
        rf"\b(?:the|this) (?:{nouns})(?=['’]s\b|\b)", "the patient", text, flags=re.IGNORECASE
    )
    text = re.sub(r"^(?:he|she)\b", "The patient", text, flags=re.IGNORECASE)
    return f"{text[:1].upper()}{text[1:]}"
