"""English denials: what somebody says who does not have, do or know a thing."""

import re

from medelphi.tools.cases.lay_grammar import (
    VERBS,
    base_form,
    is_doing,
    is_third_person,
    past_participle,
)
from medelphi.tools.cases.lay_phrases import GERUND, uncapitalised
from medelphi.tools.cases.lay_voice import Voice, agreed, retold

USE = re.compile(
    r"^(?:any |current |recent |history of )*(?P<what>[\w\s,/-]+?) (?:use|usage|consumption|"
    r"abuse)$",
    re.IGNORECASE,
)


SMOKING = re.compile(r"^(?:any )?(?:smoking|tobacco|cigarette smoking)$", re.IGNORECASE)


def denial(what: str, voice: Voice) -> str:
    """What the patient denies."""
    what = re.sub(r"^(?:reported|noted|documented|mentioned) ", "", what.strip(" ,"))
    subject = voice.subject
    not_do = f"{subject} {voice.do}n't"
    lowered = what.casefold()
    if SMOKING.match(what):
        return f"{not_do} smoke"
    if use := USE.match(what):
        things = re.sub(r"\b(?:any|the) ", "", use["what"])
        if re.fullmatch(r"(?:tobacco|smoking|cigarette)", things.strip(), re.IGNORECASE):
            return f"{not_do} smoke"
        things = re.sub(r"\b(drug|substance)$", r"\1s", retold(things, voice))
        return f"{not_do} use any {things}"
    if travel := re.fullmatch(r"(?:any )?(?:(recent) )?travels?(?: history)?", what, re.IGNORECASE):
        return f"{subject} {voice.have}n't travelled{' recently' if travel[1] else ''}"
    clause = re.match(r"(?:he|she|they)\s+(.+)$", what, re.IGNORECASE)
    if clause:
        return negated(agreed(f"{subject} {retold(clause[1], voice)}", voice))
    gerund = GERUND.match(what)
    if gerund and is_doing(gerund["verb"].casefold()):
        verb = gerund["verb"].casefold()
        rest = retold(what[gerund.end() :].strip(), voice)
        if verb in {"having", "experiencing"}:
            if re.match(r"(?:been|had|\w+ed|taken|seen|eaten)\b", rest):
                return f"{subject} {voice.have}n't {rest}".strip()
            return f"{subject} {voice.have}n't had {with_any(rest)}".strip()
        if verb == "being":
            return f"{subject} {not_be(voice)} {rest}".strip()
        return f"{subject} {voice.have}n't been {verb} {rest}".strip()
    said = with_any(retold(what, voice))
    lasting = re.search(
        r"history|allerg|disease|disorder|problem|medication|pain|symptom|condition|complaint|"
        r"issue|"
        r"knowledge|contact|tender",
        lowered,
    )
    if re.match(
        r"(?:any )?(?:other )?(?:significant )?(?:past |previous )*(?:medical|surgical)\b.*histor",
        lowered,
    ):
        return f"{subject} {voice.have}n't had {said}"
    if re.match(r"(?:any )?(?:\w+ )?(?:trauma|injury|surgery|travel|fever|illness)", lowered):
        lasting = None
    if re.search(r"history of", lowered) or lasting is None:
        verb = f"{voice.have}n't had" if "history" not in lowered else f"{voice.do}n't have"
    else:
        verb = f"{voice.do}n't have"
    return f"{subject} {verb} {said}"


def not_be(voice: Voice) -> str:
    return "am not" if voice.own else "aren't" if voice.plural else "isn't"


def with_any(what: str) -> str:
    if re.match(
        r"(?:any|an?|the|my|his|her|their|this|that|such|much|\d|similar things)\b",
        what,
        re.IGNORECASE,
    ):
        return what
    return f"any {uncapitalised(what)}"


_AUXILIARY = re.compile(
    r"\b(?P<aux>is|are|am|was|were|has|have|had|does|do|did|can|could|will|would)\b(?!n['’]t)(?! "
    r"not)",
)


def negated(text: str) -> str:
    """A clause turned into its denial, unless it is one."""
    if re.search(
        r"\b(?:no|not|never|none|without|denie[sd]|nothing)\b|n['’]t\b", text, re.IGNORECASE
    ):
        return text
    match = _AUXILIARY.search(text)
    if match and match["aux"] in {"has", "have", "had"}:
        after = text[match.end() :].strip()
        if not (past_participle(after.split(" ", 1)[0].casefold()) or after.startswith("been")):
            do = (
                "didn't"
                if match["aux"] == "had"
                else "don't"
                if match["aux"] == "have"
                else "doesn't"
            )
            return f"{text[: match.start()]}{do} have {with_any(_without_article(after))}"
    if match:
        return f"{text[: match.end()]} not{text[match.end() :]}"
    words = text.split(" ")
    for at, word in enumerate(words[1:4], start=1):
        lowered = word.casefold()
        if lowered in VERBS or base_form(lowered) in {base_form(v) for v in VERBS}:
            do = "doesn't" if is_third_person(lowered) else "don't"
            rest = " ".join(words[at + 1 :])
            return " ".join([*words[:at], do, base_form(lowered), rest]).strip()
    return f"it's not true that {uncapitalised(text)}"


def _without_article(text: str) -> str:
    return re.sub(r"^(?:an?|some)\s+", "", text)
