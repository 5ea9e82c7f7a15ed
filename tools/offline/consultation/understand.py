"""The listener's task without a model: reads the acts of a doctor's message by wording."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast, get_args

from medelphi.knowledge.text import is_han
from medelphi.prompts.sections import Section
from medelphi.schema import Fact, Language, Unknown
from medelphi.schema.case import FactDomain
from medelphi.tools.dialogue.acts import read_acts

_DOMAINS: tuple[str, ...] = get_args(FactDomain)


def understanding(sections: Sequence[Section]) -> dict[str, Any]:
    """The acts of the doctor's section, with the ids of the fact sections that they reach."""
    message = next((s.content for s in sections if s.tag == "doctor"), "")
    facts = tuple(_fact(s) for s in sections if s.tag == "fact" and s.content.strip())
    unknown = tuple(
        Unknown(topic=s.content) for s in sections if s.tag == "unknown" and s.content.strip()
    )
    language = _language(facts, message)
    acts = read_acts(message, facts, unknown, language)
    return {
        "acts": [
            {
                "text": act.text,
                "kind": act.kind,
                "specificity": act.specificity,
                "target": act.target,
                "facts": list(act.facts),
                "unknown": list(act.unknown),
                "leading": act.leading,
                "confrontational": act.confrontational,
            }
            for act in acts
        ]
    }


def _fact(given: Section) -> Fact:
    attributes = given.attributes
    return _made(
        attributes.get("id", "fact"),
        given.content,
        attributes.get("domain", "other"),
        attributes.get("polarity", "present"),
        attributes.get("topics", ""),
    )


@lru_cache(maxsize=4096)
def _made(id_: str, text: str, domain: str, polarity: str, topics: str) -> Fact:
    return Fact(
        id=id_,
        text=text,
        lay=text,
        domain=cast("FactDomain", domain if domain in _DOMAINS else "other"),
        polarity="denied" if polarity == "denied" else "present",
        topics=tuple(part for part in topics.split("; ") if part),
    )


def _language(facts: Sequence[Fact], message: str) -> Language:
    text = "".join(fact.text for fact in facts) or message
    return "zh" if sum(map(is_han, text)) * 4 > len(text) else "en"
