"""The offline side of simulated consultations: listener, patient, turn criteria, case builder.

Like all of the offline panel it is a baseline without a language model: it reads the tagged
sections of the prompt, and works by classic methods.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from medelphi.prompts.sections import Section
from medelphi.tools.offline.consultation.case_facts import case_facts
from medelphi.tools.offline.consultation.claims import claims, diagnosis_match
from medelphi.tools.offline.consultation.turn_criteria import turn_criteria
from medelphi.tools.offline.consultation.understand import understanding
from medelphi.tools.offline.consultation.utter import utterance

__all__ = ["SESSION_TASKS"]

SESSION_TASKS: Mapping[str, Callable[[Sequence[Section]], dict[str, Any]]] = {
    "understanding": understanding,
    "utterance": utterance,
    "turn_criteria": turn_criteria,
    "case_facts": case_facts,
    "claims": claims,
    "diagnosis_match": diagnosis_match,
}
"""Every structured task of a consultation by the name of its tool."""
