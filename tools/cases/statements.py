"""Prose of a record -> atomic statements, each present or denied.

"Denies fever, cough, or recent travel." becomes three denials. A list is only parted where its
items stand alone: "visual or auditory disturbances" and "pain and swelling in the knee" stay whole.
Chinese and English; nothing is added to what the record says but the subject.
"""

import re
from dataclasses import dataclass

from medelphi.knowledge.text import clean, is_han
from medelphi.schema.case import Polarity
from medelphi.tools.cases.fields import sentences_of
from medelphi.tools.cases.statement_forms import (
    ADJECTIVE,
    ALL_SYSTEMS,
    CLAUSES,
    CLAUSES_HAN,
    DENIAL,
    EMBEDDED,
    EPONYMS,
    FILLER,
    FINITE,
    HEADED,
    ITEMS,
    MEDICATIONS,
    NEGATED_VERBS,
    NEGATIVE,
    NEGATIVE_HAN,
    NOT_DENYING,
    NOT_REPORTED,
    NOTED,
    NOTHING,
    NOUN_ENDINGS,
    OPENING,
    ORIENTED,
    PLACE,
    PREDICATES,
    PREPOSITION,
    REPORT,
    REPORTED,
    SUBJECT,
    SUBJECT_FIRST,
    SUBORDINATE,
    VERB,
    VERB_FIRST,
)

LONGEST_SENTENCE = 800
"""Characters of a sentence that is parted; a longer one is no prose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing that a record says."""

    text: str
    """A whole sentence, or a noun phrase where the record has no more."""
    polarity: Polarity
    quote: str
    """The sentence of the record that it is taken from."""


def statements(text: str, about: str = "past medical history") -> tuple[Statement, ...]:
    """The atomic statements of a passage, in order; fillers such as "N/A" are left out.

    Args:
        text: Prose or a list of phrases; line breaks end a sentence.
        about: What a passage is about that only says "unremarkable" or "none".
    """
    found: list[Statement] = []
    for sentence in sentences_of(clean(text)):
        quote = sentence.strip()
        core = quote.strip(" \t.。;；,，•-*")
        if len(core) <= LONGEST_SENTENCE:
            core = OPENING.sub("", core)
        if ALL_SYSTEMS.match(core):
            core = "No other symptoms"
        elif NOTHING.match(core):
            core = f"No significant {about}" if about else ""
        if not core or FILLER.match(core):
            continue
        if len(core) > LONGEST_SENTENCE:
            found.append(_unparted(quote))
            continue
        parted = _parted_han(core) if _is_chinese(core) else _parted(core)
        found.extend(
            Statement(text=whole, polarity=polarity_of(whole), quote=quote)
            for whole in map(_whole, parted)
            if whole.strip(".。") and not FILLER.match(whole)
        )
    return tuple(found)


def _unparted(sentence: str) -> Statement:
    whole = sentence[:LONGEST_SENTENCE].rstrip() + "…"
    return Statement(text=whole, polarity=polarity_of(whole), quote=sentence[:LONGEST_SENTENCE])


def polarity_of(text: str) -> Polarity:
    """Whether a statement denies what it speaks of.

    "Born at term with no complications" says that somebody was born: it is present.
    """
    if _is_chinese(text):
        return "denied" if NEGATIVE_HAN.search(text) else "present"
    main = EMBEDDED.sub(" ", NOT_DENYING.sub(" ", text))
    return "denied" if NEGATIVE.search(main) else "present"


def _is_chinese(text: str) -> bool:
    return sum(map(is_han, text)) * 3 > len(text)


def _whole(text: str) -> str:
    text = " ".join(text.split()).strip(" ,，;；.。")
    if not text:
        return ""
    if _is_chinese(text):
        return f"{text}。"
    text = _subjected(OPENING.sub("", text))
    return f"{text[0].upper()}{text[1:]}."


def _subjected(text: str) -> str:
    """A phrase without a verb as a sentence about the patient."""
    if HEADED.match(text) or re.match(r"^(?:patient|\w+['’]s) ", text, re.IGNORECASE):
        return re.sub(r"^patient\b", "The patient", text, flags=re.IGNORECASE)
    for pattern, form in PREDICATES:
        if pattern.match(text):
            return form.format(f"{text[:1].lower()}{text[1:]}")
    if re.match(rf"^(?:[a-z]+ly\s+|also\s+)?{VERB}\b", text, re.IGNORECASE):
        return f"The patient {text[:1].lower()}{text[1:]}"
    if FINITE.search(text) or len(text.split()) > 14:
        return text
    return f"The patient reports {_lowered(text)}"


def _lowered(text: str) -> str:
    """Without its capital, unless the first word is a name or an abbreviation."""
    first = re.split(r"[\s,-]", text)[0]
    if EPONYMS.match(text):
        return text
    named = sum(c.isupper() for c in first) > 1 or "'" in first or "’" in first or len(first) < 2
    return text if named else f"{text[:1].lower()}{text[1:]}"


def _parted(sentence: str) -> list[str]:
    parts: list[str] = []
    start = 0
    joint = ""
    # "Does not smoke, drink, or vape" is one list.
    whole_list = NEGATED_VERBS.match(sentence) and not re.search(r"\b(?:but|and)\b|;", sentence)
    for match in [*(() if whole_list else CLAUSES.finditer(sentence)), None]:
        clause = sentence[start : match.start() if match else None].strip()
        if parts and ";" not in joint and _goes_on(parts[-1], clause):
            parts[-1] = f"{parts[-1]}{joint}{clause}"
        elif clause:
            parts.append(clause)
        if match:
            start, joint = match.end(), match.group()
    # What shares the subject of the clause before it gets it back.
    whole: list[str] = []
    subject = "The patient"
    for clause in parts:
        shares = VERB_FIRST.match(clause)
        part = _attributed(f"{subject} {clause[:1].lower()}{clause[1:]}" if shares else clause)
        if healthy := re.match(r"^(.*\bhealthy),? with (no\b.*)$", part, re.IGNORECASE):
            whole.append(healthy.group(1))
            part = healthy.group(2)
        if match := SUBJECT_FIRST.match(part):
            subject = match.group(1)
        whole.extend(_listed(part))
    return whole


def _attributed(clause: str) -> str:
    """What was reported, without who reported it."""
    said = REPORTED.sub("", clause)
    if said == clause:
        return clause
    said = re.sub(r"(^|,\s+)(?:he|she|they) (?:believes?|thinks?) (?:that )?(?=\w+ )", r"\1", said)
    return f"{said[:1].upper()}{said[1:]}"


def _goes_on(before: str, clause: str) -> bool:
    """Whether what follows a joint belongs to the clause before it."""
    if not FINITE.search(before) and re.fullmatch(SUBJECT, before, re.IGNORECASE):
        return True
    if VERB_FIRST.match(clause):
        # "The pain is dull and is worse at night": whose verb it is must be plain.
        return not (SUBJECT_FIRST.match(before) or VERB_FIRST.match(before) or _fragment(before))
    return clause[:1].islower() and _fragment(clause)


def _fragment(clause: str) -> bool:
    """Whether words after a comma go on with the clause before it."""
    return not (
        FINITE.search(clause)
        or DENIAL.match(clause)
        or REPORT.match(clause)
        or clause.lower().startswith(("no ", "not ", "never "))
    )


def _listed(clause: str) -> list[str]:
    """The items of a clause that is a list, else the clause."""
    clause = NOTED.sub("", clause)
    if (match := NEGATED_VERBS.match(clause)) and not NOT_REPORTED.search(clause):
        return [f"{match['head']} {item}" for item in _items(match["list"], denied=True)]
    if match := MEDICATIONS.match(clause):
        return [f"The patient takes {item}" for item in _items(match["list"], denied=False)]
    if match := DENIAL.match(clause):
        return _denials(match)
    if match := REPORT.match(clause):
        return _reports(match, clause)
    if not FINITE.search(clause) and not HEADED.match(clause) and not ORIENTED.match(clause):
        return _items(clause, denied=bool(re.match(r"no\b", clause, re.IGNORECASE)))
    return [clause]


def _denials(match: re.Match[str]) -> list[str]:
    verb = re.sub(
        r"^(den(?:y|ies|ied))(?: having| any)+( a history of| any history of)?.*",
        r"\1\2",
        match["verb"].strip(),
        flags=re.IGNORECASE,
    )
    subject = match["subject"].strip() or "The patient"
    listed = match["list"]
    bare = verb.lower().startswith(("no", "negative", "unaware", "without", "review", "there"))
    if FINITE.search(re.sub(r"\b(?:that|which|who)\b.*", "", listed)) and bare:
        return [match.group()]
    if example := re.match(
        r"^.*?\b(?:such as|including|like)\s+(?=\w+.*(?:,| or ))(.*)$", listed, re.IGNORECASE
    ):
        listed = example.group(1)
    if re.search(r"mother|father|parents|family|roommates", subject, re.IGNORECASE):
        # What somebody else denies is denied of the patient.
        past = re.search(r"history", verb, re.IGNORECASE)
        subject, verb = "The patient", "has no history of" if past else "has had no"
        listed = re.sub(r"^(?:a |any )?(history of )?", lambda m: m.group(1) or "", listed)
    prefix = _canonical(verb) if bare else f"{subject} {verb}"
    items = _items(listed, denied=True)
    if bare and "," in listed and not re.search(r"\b(?:or|nor|and|no)\b", listed, re.IGNORECASE):
        # "No known allergies, immunizations up to date": only the first is denied.
        return [_negative(prefix, items[0]), *items[1:]]
    return [_negative(prefix, item) for item in items]


def _reports(match: re.Match[str], clause: str) -> list[str]:
    subject = re.sub(r" also$", "", (match["subject"] or "The patient").strip())
    verb = re.sub(r"^also ", "", match["verb"].strip().lower())
    if "positive for" in verb:
        verb = "reports"
    if "history" in verb:
        verb = "has a history of"
        subject = "The patient" if subject.lower() == "there" else subject
    elif verb.startswith(("known", "has known", "accompanied", "associated", "complaining")):
        verb = "has"
    elif verb.startswith(("has", "experience")):
        verb = "experiences"
    else:
        verb = re.sub(r"^reporting", "reports", verb)
        verb = re.sub(r" (?:experiencing|having|feelings of|developing|also|both)$", "", verb)
    if re.match(r"(?:that|being|when|how|feeling)\b|\w+ing that", match["list"], re.IGNORECASE):
        return [clause]
    found = []
    for each in _items(match["list"], denied=False):
        item = re.sub(r"^(?:with|also)\s+", "", each)
        if re.match(r"no\b", item, re.IGNORECASE):
            found.append(_negative(subject, item))
        elif found and any(pattern.match(item) for pattern, _ in PREDICATES):
            found.append(item)
        else:
            found.append(f"{subject} {verb} {item}")
    return found


def _canonical(verb: str) -> str:
    lowered = verb.lower()
    if "history of" in lowered:
        return "The patient has no history of"
    if lowered.startswith(("unaware", "no exposure")):
        return (
            "The patient has no known exposure to"
            if "exposure" in lowered
            else "The patient is unaware of"
        )
    if lowered.startswith("there"):
        return (
            "The patient has no"
            if re.match(r"there(?:['’]s| is| are)", lowered)
            else "The patient has had no"
        )
    if lowered.startswith(("review", "negative")):
        return "The patient denies"
    if lowered.startswith("without") or lowered == "no":
        return "The patient has no"
    return f"The patient has {lowered}"


def _negative(prefix: str, item: str) -> str:
    item = re.sub(r"^(?:any|also)\s+", "", item, flags=re.IGNORECASE)
    if re.match(r"no\b", item, re.IGNORECASE):
        return f"The patient has {item[:1].lower()}{item[1:]}"
    if prefix.endswith("exposure to") and re.match(r"(?:recent|prior|other|new)\b", item):
        return f"The patient has no {item}"
    return f"{prefix} {item}"


def _items(text: str, *, denied: bool) -> list[str]:
    """Parts a list into items, or leaves it whole where an item would not stand alone."""
    text = text.strip().rstrip(".")
    pieces: list[str] = []
    joints: list[str] = []
    start = depth = 0
    spans = [(m.start(), m.end(), m.group()) for m in ITEMS.finditer(text)]
    for begin, end, joint in spans:
        depth = text.count("(", 0, begin) - text.count(")", 0, begin)
        if depth > 0 or (
            joint.strip() == ","
            and text[begin - 1 : begin].isdigit()
            and text[end : end + 1].isdigit()
        ):
            continue
        pieces.append(text[start:begin])
        joints.append(text[begin:end])
        start = end
    pieces.append(text[start:])
    if len(pieces) == 1:
        return [text]
    commas = sum("," in joint for joint in joints)
    merged = [pieces[0]]
    for joint, piece in zip(joints, pieces[1:], strict=True):
        if _stands_apart(merged[-1], joint, piece, commas, denied=denied):
            merged.append(piece)
        else:
            merged[-1] = f"{merged[-1]}{joint}{piece}"
    return [item.strip() for item in merged if item.strip()]


def _stands_apart(before: str, joint: str, piece: str, commas: int, *, denied: bool) -> bool:
    word = joint.strip().strip(",").strip().lower()
    if not before.strip() or not piece.strip() or SUBORDINATE.match(piece.strip()):
        return False
    if _is_adjective(before) and (word or commas):
        return False
    if piece.strip()[:1].isdigit():
        return False
    if PREPOSITION.search(before) and PLACE.match(piece.strip()):
        return False
    if "," in joint:
        return not re.match(r"^\w+ing (?:the|a|his|her|it)\b", piece.strip())
    # A bare "and" or "or": parts of one phrase share what comes before or after them.
    if FINITE.search(piece):
        return False
    if word == "and" and len(before.split()) == 1 < len(piece.split()):
        # "bizarre and agitated behaviour": the first may only be half of a phrase.
        return False
    both = (r"^(?:an?|the|his|her|recent|new|sudden)\s", r".*\bfor \d+")
    if word == "and" and any(re.match(form, before) and re.match(form, piece) for form in both):
        return True
    if word == "and" and re.match(r"(?:recent|new|sudden|worsening)\s", piece):
        return True
    prepositional = PREPOSITION.search(before) is not None
    if prepositional and len(piece.split()) <= 2:
        return False
    if word == "and" and (prepositional or PREPOSITION.search(piece)):
        return False
    return word != "or" or denied


def _is_adjective(piece: str) -> bool:
    last = piece.split()[-1].lower().strip("()") if piece.split() else ""
    if last in NOUN_ENDINGS or last.endswith("-drug"):
        return False
    if last.endswith("ing") and len(piece.split()) > 1:
        return False
    return bool(ADJECTIVE.search(last)) and len(piece.split()) <= 3 and last != "fever"


def _parted_han(sentence: str) -> list[str]:
    parts: list[str] = []
    for clause in filter(None, (part.strip("，, ") for part in CLAUSES_HAN.split(sentence))):
        match = re.match(
            r"^(?P<head>.{0,8}?(?:否认有?|没有|无|未诉))(?P<list>.*(?:、|或|及|和).*)$", clause
        )
        if match:
            items = re.split(r"、|或者?|及|以及|和(?!解)", match["list"])
            tail = next(
                (end for end in ("病史", "史", "等不适") if match["list"].endswith(end)), ""
            )
            bare = tail == "等不适"
            for item in filter(None, items):
                ending = "" if bare or item.endswith("史") else tail
                parts.append(match["head"] + (item.removesuffix(tail) if bare else item) + ending)
        else:
            parts.append(clause)
    return parts
