"""The offline guard and the offline match of diagnoses, where a panel of models seats them.

On the offline cast the graph asks neither: code has looked already. They answer for the server that
speaks the wire formats, so that a whole consultation runs over HTTP without a key.
"""

from collections.abc import Sequence
from typing import Any

from medelphi.knowledge.text import detect_language
from medelphi.prompts.sections import Section
from medelphi.schema import Hidden
from medelphi.tools.dialogue.claims import Ground, foreign_concepts, ground
from medelphi.tools.dialogue.diagnosis import matches
from medelphi.tools.dialogue.role import plays_doctor, shows_workings
from medelphi.tools.dialogue.wording import numbers


def claims(sections: Sequence[Section]) -> dict[str, Any]:
    """One claim for each sentence, held against the words of the facts, as ``claims``."""
    facts = [item for item in sections if item.tag == "fact"]
    ids = [item.attributes.get("id", "") for item in facts]
    own = ground(f"{item.content} {item.attributes.get('record', '')}" for item in facts)
    spoken = (item for item in sections if item.tag == "utterance")
    return {
        "claims": [
            {
                "rationale": "Held against the facts word by word.",
                "sentence": int(item.attributes.get("number", "0")),
                "words": item.content,
                "fact": None,
                "fault": _fault(item.content, own, ids),
            }
            for item in spoken
        ]
    }


def _fault(text: str, own: Ground, ids: Sequence[str]) -> str:
    if shows_workings(text, ids):
        return "scratchpad"
    if plays_doctor(text):
        return "role_swap"
    if foreign_concepts(text, own) or set(numbers(text)) - own.numbers - {"0", "1"}:
        return "invention"
    return "none"


def diagnosis_match(sections: Sequence[Section]) -> dict[str, Any]:
    """Whether a named diagnosis is the recorded one by its words, as ``same``."""
    entries = [item for item in sections if item.tag == "diagnosis"]
    named = next((i.content for i in entries if i.attributes.get("kind") == "named"), "")
    recorded = [i.content for i in entries if i.attributes.get("kind") == "recorded"]
    hidden = Hidden(diagnosis=recorded[0] if recorded else "", aliases=tuple(recorded[1:]))
    language = detect_language(" ".join(recorded))
    return {
        "rationale": "Compared by names and their known synonyms.",
        "same": matches(named, hidden, language),
    }
