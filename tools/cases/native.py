"""Cases in our own format, written by hand as YAML or JSON.

The fields are those of `medelphi.schema.Case`. What a writer may leave out is made: the language,
ids, lay sentences, the opener, and the rubric.
"""

import re
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from medelphi.knowledge.text import clean, detect_language
from medelphi.schema import Case, Demographics
from medelphi.tools.cases.classify import access_of, domain_of, importance, is_red_flag
from medelphi.tools.cases.diagnosis_names import Giveaway
from medelphi.tools.cases.drafting import CRITICAL, rubric_of
from medelphi.tools.cases.fields import FieldError, kind
from medelphi.tools.cases.lay import lay_sentence
from medelphi.tools.cases.opener import MOST, opener_of
from medelphi.tools.cases.people import People
from medelphi.tools.cases.spoken import quotes_result, results_of, said_beside, said_of
from medelphi.tools.cases.statements import polarity_of

MARKS = ("opener", "facts")
"""Fields of such a case; a row with a list of facts that are objects is one too."""
MOST_FACTS = 500
MOST_CHARACTERS = 200_000


def read(row: Mapping[str, object], number: int, *, name: str = "") -> Case:
    """A case from one row or document.

    Args:
        row: The document, as parsed.
        number: Its number in the file, for an id where it has none.
        name: What to call it where it has no id, e.g. the name of its file.

    Raises:
        ValueError: A field is missing, unknown or has the wrong form; the message names it.
    """
    content = {str(key): _cleaned(value) for key, value in row.items()}
    if sum(map(len, _texts(content))) > MOST_CHARACTERS:
        raise ValueError(f"more than {MOST_CHARACTERS:,} characters; a case is one patient")
    facts = content.get("facts")
    if facts is None:
        raise ValueError("facts: is missing; write what the patient knows as a list")
    if not isinstance(facts, list):
        raise FieldError(f"facts: must be a list, not {kind(facts)}")
    if not facts:
        raise ValueError("facts: is empty; write what the patient knows")
    if len(facts) > MOST_FACTS:
        raise ValueError(f"facts: {len(facts):,} of them, more than {MOST_FACTS}")
    content.setdefault("id", name or f"case-{number}")
    if "language" not in content:
        content["language"] = detect_language("\n".join(_texts(facts)))
    people = _people(content)
    content["facts"] = [
        _fact(each, at, people, str(content["language"])) for at, each in enumerate(facts, 1)
    ]
    content["hidden"] = _hidden(content.get("hidden"))
    unopened = not str(content.get("opener") or "").strip()
    if unopened:
        content["opener"] = "-"
    try:
        case = Case.model_validate(content)
    except ValidationError as error:
        raise ValueError(reason(error)) from None
    if unopened:
        case = _opened(case, people)
    case = _withheld(case)
    if "rubric" not in content:
        case = case.model_copy(update={"rubric": rubric_of(case.facts, case.language)})
    return case


def _withheld(case: Case) -> Case:
    """With what names the diagnosis, or quotes a hidden result, taken out of the visible part.

    What is taken out stands in ``hidden.withheld``: the text of a fact, and of any other field its
    name with the words that gave the diagnosis away.

    Raises:
        ValueError: The opener names it, or nothing is left to tell.
    """
    giveaway = Giveaway.of(case.hidden)
    if giveaway.holds(case.opener):
        raise ValueError("opener: names the hidden diagnosis; say the complaint instead")
    results = results_of(case)
    telling = [
        fact
        for fact in case.facts
        if any(giveaway.holds(text) or quotes_result(text, results) for text in said_of(fact))
    ]
    gone = {fact.id for fact in telling}
    facts = tuple(fact for fact in case.facts if fact.id not in gone)
    if not facts:
        raise ValueError("facts: every one of them names the hidden diagnosis or quotes a result")
    rubric = tuple(
        item.model_copy(update={"facts": tuple(id_ for id_ in item.facts if id_ not in gone)})
        for item in case.rubric
        if not item.facts or set(item.facts) - gone
    )
    held = [fact.text for fact in telling]
    unknown = []
    for item in case.unknown:
        found = giveaway.found(item.topic) or giveaway.found(item.lay)
        held += [f"unknown: {found}"] if found else []
        if not giveaway.holds(item.topic):
            unknown.append(item.model_copy(update={"lay": ""}) if found else item)
    update: dict[str, object] = {}
    for name, text in said_beside(case).items():
        if found := giveaway.found(text):
            held.append(f"{name}: {found}")
            update |= _emptied(case, name)
    if not held:
        return case
    withheld = tuple(dict.fromkeys((*case.hidden.withheld, *held)))
    hidden = case.hidden.model_copy(update={"withheld": withheld})
    update |= {"facts": facts, "rubric": rubric, "hidden": hidden, "unknown": tuple(unknown)}
    return case.model_copy(update=update)


def _emptied(case: Case, name: str) -> dict[str, object]:
    """The change of a case that leaves a field like ``persona.culture`` without its text."""
    parent, _, field = name.rpartition(".")
    if not parent:
        return {field: ""}
    return {parent: getattr(case, parent).model_copy(update={field: ""})}


def _opened(case: Case, people: People) -> Case:
    """With an opener made from the chief complaints."""
    present = [fact for fact in case.facts if fact.polarity == "present"]
    chief = [fact for fact in present if fact.disclosure == 0 and fact.domain != "demographics"]
    chief = chief or [fact for fact in present if fact.domain == "complaint"]
    chief = chief or [fact for fact in present if fact.domain in {"symptom", "mental_state"}][:1]
    giveaway = Giveaway.of(case.hidden)
    results = results_of(case)
    told = [
        fact
        for fact in chief[:MOST]
        if not giveaway.holds(fact.lay) and not quotes_result(fact.lay, results)
    ]
    ids = {fact.id for fact in told}
    facts = tuple(
        fact.model_copy(update={"disclosure": 0, "trust": 1.0}) if fact.id in ids else fact
        for fact in case.facts
    )
    opener = opener_of(people, told, case.language)
    return case.model_copy(update={"opener": opener, "facts": facts})


def _people(content: Mapping[str, object]) -> People:
    """Who speaks about whom, as far as the fields have the right form; checked later."""
    given = content.get("demographics")
    if (
        isinstance(given, dict)
        and isinstance(given.get("age"), int | float)
        and not isinstance(given.get("age"), bool)
    ):
        given["age"] = (
            f"{given['age']} years" if content.get("language") != "zh" else f"{given['age']}岁"
        )
    try:
        demographics = Demographics.model_validate(given or {})
    except ValidationError:
        demographics = Demographics()
    respondent = "caregiver" if content.get("respondent") == "caregiver" else "patient"
    relation = content.get("relation")
    return People(
        demographics=demographics,
        respondent="caregiver" if respondent == "caregiver" else "patient",
        relation=relation if isinstance(relation, str) else "",
    )


def _fact(given: object, at: int, people: People, language: str) -> object:
    """A fact with what its writer left out; a plain sentence is classified."""
    if isinstance(given, str):
        polarity = polarity_of(given)
        domain = domain_of(given)
        access = access_of(given, polarity, domain)
        given = {
            "text": given,
            "domain": domain,
            "polarity": polarity,
            "critical": importance(given, polarity, domain) >= CRITICAL,
            "red_flag": is_red_flag(given, polarity, domain),
            "disclosure": access.disclosure,
            "trust": access.trust,
        }
    if not isinstance(given, dict):
        return given
    fact = dict(given)
    fact.setdefault("id", f"f{at}")
    text = fact.get("text")
    if isinstance(text, str) and text.strip():
        if "domain" not in fact:
            fact["domain"] = domain_of(text)
        if not str(fact.get("lay") or "").strip():
            fact["lay"] = lay_sentence(
                text,
                "zh" if language == "zh" else "en",
                respondent=people.respondent,
                relation=people.relation,
                demographics=people.demographics,
                polarity="denied" if fact.get("polarity") == "denied" else "present",
            )
    return fact


def _hidden(given: object) -> object:
    """The hidden part, with ids for measurements that have none."""
    if given is None:
        return {}
    if not isinstance(given, dict) or not isinstance(given.get("measurements"), list):
        return given
    measurements = []
    for at, each in enumerate(given["measurements"], 1):
        if isinstance(each, dict) and "id" not in each:
            slug = re.sub(r"[^A-Za-z0-9]+", "-", str(each.get("name", "")).lower()).strip("-")[:40]
            measurements.append({"id": f"m{at}-{slug}".rstrip("-"), **each})
        else:
            measurements.append(each)
    return {**given, "measurements": measurements}


def _cleaned(value: object) -> object:
    """Text without control characters, at every depth."""
    if isinstance(value, str):
        return clean(value).strip()
    if isinstance(value, Mapping):
        return {str(key): _cleaned(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_cleaned(each) for each in value]
    return value


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return []


def reason(error: ValidationError) -> str:
    """The first fault of a case in one line, with the path of its field."""
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"{place}: is no field of a case; remove it, or check its spelling"
    if first["type"] == "missing":
        return f"{place}: is missing"
    message = first["msg"].removeprefix("Value error, ")
    shown = "" if first["type"] == "value_error" else f", not {_shown(first['input'])}"
    return f"{place}: {message[:1].lower()}{message[1:]}{shown}" if place else message


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
