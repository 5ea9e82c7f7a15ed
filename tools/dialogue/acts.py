"""What a doctor does in a message: acts, read by wording, without a model.

Every part of the message becomes at least one act. Nothing in it is ever obeyed: a part that gives
instructions to a program, or wants the record or the diagnosis, is a demand.
"""

import re
from collections.abc import Sequence

from medelphi.knowledge.lexicon import find_concepts
from medelphi.schema import Act, Fact, Language, Unknown
from medelphi.tools.dialogue import act_cues as cues
from medelphi.tools.dialogue import topics
from medelphi.tools.dialogue.matching import everything, reach
from medelphi.tools.dialogue.orders import is_order_noun, targets
from medelphi.tools.dialogue.segments import Segment, segments

ACTS = 40
"""Most acts of one message."""
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
_CLAUSES = re.compile(
    r"[,，;；:：]\s*|\s(?=(?:and|so|but) (?:i|we|you|should|need|please|it)\b)|(?<=。)"
)


def read_acts(
    message: str,
    view_facts: Sequence[Fact],
    unknown: Sequence[Unknown],
    language: Language,
) -> tuple[Act, ...]:
    """Read the acts of one message.

    Args:
        message: Anything at all; of a huge one only the beginning is read.
        view_facts: The facts that inquiries can reach.
        unknown: What the respondent does not know.
        language: Of the case; the message may be in another.

    Returns:
        The acts in the order of the message; none where it has no words.
    """
    acts: list[Act] = []
    before = ""
    for segment in segments(message):
        acts += _acts(segment, before, view_facts, unknown, language)
        before = segment.core
        if len(acts) >= ACTS:
            break
    return tuple(acts[:ACTS])


def is_question(text: str) -> bool:
    """Whether words ask something."""
    return bool(
        cues.STARTS.search(text)
        or cues.QUESTION.search(text)
        or text.rstrip("\"'”’)） ").endswith(("?", "？"))
    )


def is_leading(text: str) -> bool:
    """Whether a question suggests its answer."""
    return bool(cues.LEADING.search(text)) and not cues.TAG.search(text)


def is_confrontational(text: str) -> bool:
    """Whether words reproach or press."""
    return bool(cues.CONFRONTATIONAL.search(text))


def diagnosis_of(text: str) -> str:
    """The diagnosis that a statement names, alone; empty where it names none."""
    for pattern in (cues.DIAGNOSIS_EN, cues.DIAGNOSIS_ZH):
        for match in pattern.finditer(text):
            if name := _named(text, match):
                return name
    return ""


def _named(text: str, match: re.Match[str]) -> str:
    lead, name = text[max(0, match.start() - 24) : match.start()], match["name"].strip()
    if cues.PLAN_ONLY.search(text[: match.start() + 6]):
        return ""
    inside = match.group()[: match.start("name") - match.start()]
    if cues.DISMISSED.search(lead + inside) or cues.DISMISSED.match(name):
        return ""
    firm = match["strong"] is not None or _LIKELY.match(name)
    name = _NAME_LEAD.sub("", name).strip()
    if not name or _SYMPATHY.match(name):
        return ""
    end = _NAME_END.search(name)
    if end and not _LISTED.search(name):
        name = name[: end.start()]
    name = re.sub(
        r"(?:的)?(?:可能(?:性)?(?:大)?|吧|了|呢)$", "", name.strip(" .。,，:：\"'“”*")
    ).strip()
    kinds = {mention.concept.kind for mention in find_concepts(name)}
    if not name or len(name) < 2 or (not firm and "condition" not in kinds):
        return ""
    if not kinds & {"condition", "symptom", "organism"} and is_order_noun(name):
        return ""
    return name


def _acts(
    segment: Segment,
    before: str,
    facts: Sequence[Fact],
    unknown: Sequence[Unknown],
    language: Language,
) -> list[Act]:
    core, harsh = segment.core, is_confrontational(segment.core)
    if cues.DEMAND.search(core):
        asked = everything(facts) if cues.EVERYTHING.search(core) else ()
        return [
            Act(
                kind="demand",
                text=segment.text,
                specificity="broad",
                facts=asked,
                confrontational=harsh,
            )
        ]
    if cues.SAFETY_NET.search(core) and not core.rstrip().endswith(("?", "？")):
        return [Act(kind="advice", text=segment.text, confrontational=harsh)]
    question = is_question(core)
    if ordered := _ordered(core, question=question):
        return [
            Act(kind="order", text=segment.text, target=target, confrontational=harsh)
            for target in ordered
        ]
    if question:
        if _is_courtesy(core) and not _reaches(core, facts, unknown, language):
            return [Act(kind="other", text=segment.text, confrontational=harsh)]
        return [_inquiry(segment, before, facts, unknown, language)]
    if named := diagnosis_of(core):
        return _told(segment, named, harsh=harsh)
    if cues.RESULT.search(core):
        return [Act(kind="order", text=segment.text, confrontational=harsh)]
    if cues.END.search(core) and not cues.ADVICE.search(cues.END.sub("", core)):
        return [Act(kind="end", text=segment.text, confrontational=harsh)]
    if cues.ADVICE.search(core):
        return [Act(kind="advice", text=segment.text, confrontational=harsh)]
    if _is_bare_question(core, facts, unknown, language):
        return [_inquiry(segment, before, facts, unknown, language)]
    return [Act(kind="other", text=segment.text, confrontational=harsh)]


def _ordered(core: str, *, question: bool) -> tuple[str, ...]:
    if not is_order_noun(core):
        return ()
    if question and not cues.ASK_ORDER.search(core):
        return ()
    if cues.PAST.search(core) and question:
        return ()
    if cues.RESULT.search(core) or cues.PLAN_ONLY.search(core):
        return ()
    return targets(core) if cues.ORDER.search(core) or len(core) < 60 else ()


def _told(segment: Segment, named: str, *, harsh: bool) -> list[Act]:
    """A diagnosis, and the advice that stands beside it without its name."""
    found = [Act(kind="diagnosis", text=segment.text, target=named, confrontational=harsh)]
    parts = [part.strip() for part in _CLAUSES.split(segment.text)]
    advised = [
        part for part in parts if part and named not in part and cues.ADVICE.search(part)
        and not diagnosis_of(part)
    ]  # fmt: skip
    return found + [Act(kind="advice", text=part) for part in advised[:2]]


def _inquiry(
    segment: Segment,
    before: str,
    facts: Sequence[Fact],
    unknown: Sequence[Unknown],
    language: Language,
) -> Act:
    found = reach(segment.core, facts, unknown, language, context=before)
    return Act(
        kind="inquiry",
        text=segment.text,
        specificity="broad" if found.broad else "specific",
        facts=found.topical if found.broad else found.specific,
        unknown=found.unknown,
        leading=is_leading(segment.core),
        confrontational=is_confrontational(segment.core),
    )


def _is_courtesy(core: str) -> bool:
    """Whether a question only keeps the talk going: "Does that make sense?", "好吗？"."""
    if not cues.COURTESY.search(core):
        return False
    return bool(
        not topics.marks(core) or cues.COURTESY_ONLY.search(core) or cues.ADVICE.search(core)
    )


def _reaches(
    core: str, facts: Sequence[Fact], unknown: Sequence[Unknown], language: Language
) -> bool:
    found = reach(core, facts, unknown, language)
    return not found.broad and bool(found.specific or found.unknown)


def _is_bare_question(
    core: str, facts: Sequence[Fact], unknown: Sequence[Unknown], language: Language
) -> bool:
    """A question without its mark: "any fever", "allergies", "发热？"."""
    return (
        len(core) <= 40 and core.endswith((":", "：")) and _reaches(core, facts, unknown, language)
    )
