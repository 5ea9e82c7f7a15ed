"""The diagnosis that a doctor's statement names, alone. What is denied or ruled out is none."""

import re

from medelphi.knowledge.lexicon import Kind, find_concepts
from medelphi.tools.dialogue import act_cues as cues
from medelphi.tools.dialogue.orders import is_order_noun

_NAME_END = re.compile(
    r"[,，;；。:：(（\[]|\s(?:-|–|—)\s|\b(?:which|that|because|given|based on|although|but|so\b|"
    r"since|"
    r"and (?:i|we|you|it|this|the|should|would|need|will|not|are|is|start|require\w*|treat\w*)"
    r"|rather than|"
    r"instead|as (?:well|your|the|it|there)|considering|in view|due to|caused by|secondary to"
    r"|from (?:your|the|"
    r"his|her)|in (?:your|his|her|this|the)\b|for (?:which|your|the|now)|on the basis|affecting"
    r"|at this)|"
    r"的(?:可能|表现|诊断|情况|症状)|可能性|所以|需要|因为|引起|导致|建议",
    re.IGNORECASE,
)
_LIKELY = re.compile(r"(?:most |very |quite )?(?:likely|probably)\b", re.IGNORECASE)
_LISTED = re.compile(r",? (?:or|versus|vs\.?)(?: an?| the)? |或者?是?|还是|、", re.IGNORECASE)
_NAME_LEAD = re.compile(
    r"^(?:(?:consistent|suggestive|compatible|typical|characteristic|indicative|in keeping|that"
    r"|an?|the|some|something|called|like|known as|most|highly|likely|probably|possibly|probable|"
    r"possible|suspected|case|episode|type|form|kind|of(?= )|your|his|her|you|have|has|is|be|to"
    r"|with|really|just|"
    r"simply|early|signs?|symptoms?|classic|typical|presumed|currently|now)\b(?! \d)\s*)+|^(?:一种"
    r"|一个|典型的?|早期的?|急性的|"
    r"轻度的?|所谓的?|得了|患了|患有|是|为|有|有点|有些|由|因)+",
    re.IGNORECASE,
)
_SYMPATHY = re.compile(
    r"^\W*(?:a lot|quite|very|really|so|been|had|having|trouble|no|any|some|to|done|made|good"
    r"|great|right|that|"
    r"told|said|mentioned|experienc\w*|come|not|what|how|why|when|if|uncomfortable|difficult"
    r"|hard|worried|"
    r"concern\w*|it|this|better|worse|okay|fine|important|helpful|best|able|related|caused|ready"
    r"|sure|clear|"
    r"serious|many|several|other|something (?:else|serious)|more|less|we|i|you(?! have)|they|there|"
    r"improv\w*|(?:two|three|four|five|a few|\d+) )\b"
    r"|^(?:做|给|到|去|住院|手术|用药|先|进一步|一下|"
    r"要|"
    r"不|的|您|你|多|很|"
    r"这|那|什么|怎么|哪|多久|否|比较|挺|非常|有点(?:累|难|担心)|我|让|进行|完善|开|为您|对)",
    re.IGNORECASE,
)
_OTHER_CLAUSE = re.compile(
    r"^.*(?:[;；。，]|,)\s*(?:but |and |so |rather |instead |而|就|其实|应该)?$|"
    r"^.*[;；。，]",
    re.IGNORECASE,
)
"""What stands before the clause in which a diagnosis is named: a denial in it denies another."""
_DOUBT = re.compile(
    r"n['’]t (?:think|believe|say|suspect)|not (?:think|believe|say)", re.IGNORECASE
)
_RULED_OUT = re.compile(
    r"(?:(?<!should)(?<!must)(?<!need)n['’]t|(?<!should )(?<!must )(?<!do )not|"
    r"rul(?:e|ed|ing) out|exclud\w+|unlikely(?: to be)?|evidence (?:of|for)|signs? of|rather than|"
    r"instead of|doubt\w*|less likely|never)\b[\w' -]{0,40}$|"
    r"(?:排除|不像|不是|除外|不太可能|不考虑|不支持|并非)[^，。；]{0,12}$",
    re.IGNORECASE,
)
"""What stands before the name of a diagnosis that is denied or ruled out."""
_AFTER = re.compile(
    r"\s*(?:$|[^\w\s]|[\u4e00-\u9fff]|(?:or|and|but|because|since|so|yet|here|at|that)\b)"
)
_BUT = re.compile(
    r"\bbut (?:rather |probably |just |only |more likely |instead )*|而(?:应该?)?是", re.IGNORECASE
)
_NEGATED = re.compile(
    r"[,，;；]?\s*\b(?:and |but )?(?:not|rather than|instead of|unlikely|isn't|never)\b|"
    r"[，、；]?(?:而不是|而非|不是|不像|不考虑|排除|并非)",
    re.IGNORECASE,
)


def diagnosis_of(text: str) -> str:
    """The diagnosis that a statement names, alone; empty where it names none."""
    for pattern in (cues.DIAGNOSIS_EN, cues.DIAGNOSIS_ZH):
        at = 0
        while match := pattern.search(text, at):
            if name := _named(text, match):
                return name
            at = match.start("name")
    return ""


def speaks_of_diagnosis(text: str) -> bool:
    """Whether a statement names a diagnosis, or denies one: "This is not TB."."""
    if diagnosis_of(text):
        return True
    denied = cues.DISMISSED.search(text)
    return denied is not None and any(
        mention.concept.kind == "condition"
        and _RULED_OUT.search(text[: mention.start])
        and _AFTER.match(text[mention.end :])
        for mention in find_concepts(text)
    )


def _named(text: str, match: re.Match[str]) -> str:
    lead, name = text[max(0, match.start() - 24) : match.start()], match["name"].strip()
    if cues.PLAN_ONLY.search(text[: match.start() + 6]):
        return ""
    inside = match.group()[: match.start("name") - match.start()]
    if lead.rstrip().endswith("that") and _DOUBT.search(text[: match.start()]):
        return ""
    if cues.DISMISSED.search(_OTHER_CLAUSE.sub("", lead) + inside):
        return ""
    if cues.DISMISSED.match(name):
        # "not TB but a cold" names what stands after the "but".
        but = _BUT.search(name)
        name = name[but.end() :].strip() if but else ""
    firm = match["strong"] is not None or _LIKELY.match(name)
    whole, name = name, _NAME_LEAD.sub("", name).strip()
    if not name or _SYMPATHY.match(name):
        return ""
    if negated := _NEGATED.search(name):
        name = name[: negated.start()]
    end = _NAME_END.search(name)
    if end and not _LISTED.search(name):
        name = name[: end.start()]
    name = re.sub(
        r"(?:的)?(?:可能(?:性)?(?:大)?|吧|了|呢)$", "", name.strip(" .。,，:：\"'“”*")
    ).strip()
    mentions = find_concepts(name)
    bare = "bare" in match.re.groupindex and match["bare"] is not None
    if bare and not any(mention.end == len(name) for mention in mentions):
        return ""
    kinds = {mention.concept.kind for mention in mentions} | _with_article(whole, name)
    least = 3 if name.isascii() and not kinds else 2
    if len(name) < least or (not firm and not _is_condition(name, kinds)):
        return ""
    if not kinds & {"condition", "symptom", "organism"} and is_order_noun(name):
        return ""
    return name


def _is_condition(name: str, kinds: set[Kind]) -> bool:
    return "condition" in kinds or ("organism" in kinds and name.endswith(("infection", "感染")))


def _with_article(whole: str, name: str) -> set[Kind]:
    """Kinds of what is named only with its article: "a cold", and no "cold day"."""
    at = whole.find(name)
    said = whole[: at + len(name)] if name and at > 0 else ""
    mentions = find_concepts(said)
    return {m.concept.kind for m in mentions if m.end == len(said) and m.start < at}
