"""The brief: everything that whoever words a patient's turn is told, and nothing else.

It holds the facts that may be told in this turn, not the others, and no part of what is hidden.
"""

import re
from collections.abc import Sequence

from medelphi.schema import (
    Act,
    Decision,
    Demographics,
    Fact,
    Language,
    Line,
    PatientPersona,
    PatientView,
    Unknown,
)
from medelphi.schema.base import Record
from medelphi.schema.case import Respondent
from medelphi.tools.dialogue.acts import is_question
from medelphi.tools.dialogue.guesses import guess_of
from medelphi.tools.dialogue.naming import speaks_of_diagnosis

ELIDED = "[…]"
"""Stands for what a doctor said that is no question and no advice to the patient."""
_PASSED_ON = frozenset({"inquiry", "advice", "demand", "end", "other"})
_PARTS = re.compile(r"(?<=[.?!])\s+|(?<=[。？！])|\n+")
_CLAUSES = re.compile(r"(?<=[，；：;])|(?<=[,:])(?=\s)")
RECENT = 4
"""Lines of the earlier dialogue that a brief holds."""


class Brief(Record):
    """What a patient's words are made from."""

    language: Language
    respondent: Respondent
    relation: str
    demographics: Demographics
    persona: PatientPersona
    tell: tuple[Fact, ...]
    """The facts to be told, all of them and no others."""
    unknown: tuple[Unknown, ...]
    """What was asked and is not known."""
    unrecorded: int
    """Questions that the record does not answer: "I don't know", never "no"."""
    refused: int
    """Questions that are not answered yet: too broad, or too little trust."""
    confused: bool
    interruption: str
    """A question of the respondent's own, put in word for word by code, not by the writer."""
    kinds: frozenset[str]
    """Kinds of the doctor's acts, so that advice, orders and a diagnosis can be acknowledged."""
    doctor: str
    """The doctor's message without orders, results and diagnoses (`passed_on`): always, by kind, so
    that their absence tells nothing. What a doctor asks stands in it in the doctor's own words, and
    may name anything; none of it comes from the record."""
    recent: tuple[Line, ...]
    """The respondent's own last words, oldest first."""
    repeated: tuple[str, ...] = ()
    """Ids of ``tell`` that were told before: asked for again."""
    turn: int
    seed: int


def brief_of(
    view: PatientView,
    persona: PatientPersona,
    acts: Sequence[Act],
    decision: Decision,
    lines: Sequence[Line],
    *,
    told: frozenset[str],
    turn: int,
    seed: int,
) -> Brief:
    """The brief of one turn.

    Args:
        view: What the patient's side may know; only the facts of ``decision`` are taken from it.
        acts: What the doctor did.
        decision: What may be told.
        lines: The dialogue before this turn.
        told: Ids of facts that were told before it.
        turn: Its number, from 1.
        seed: Of the session.
    """
    facts = {fact.id: fact for fact in view.facts}
    unknown = {item.topic: item for item in view.unknown}
    own = [line for line in lines if line.speaker == "patient"]
    return Brief(
        language=view.language,
        respondent=view.respondent,
        relation=view.relation,
        demographics=view.demographics,
        persona=persona,
        tell=tuple(facts[id_] for id_ in decision.tell),
        unknown=tuple(unknown[topic] for topic in decision.unknown),
        unrecorded=decision.unrecorded,
        refused=len(decision.refused),
        confused=decision.confused,
        interruption=decision.interruption,
        kinds=frozenset(act.kind for act in acts),
        doctor=passed_on(acts),
        recent=tuple(own[-RECENT:]),
        repeated=tuple(id_ for id_ in decision.tell if id_ in told),
        turn=turn,
        seed=seed,
    )


def passed_on(acts: Sequence[Act]) -> str:
    """What the writer is shown of the doctor's message.

    Orders, results and diagnoses are left out by the kind of their act. So are, in an act of any
    other kind, sentences and clauses in which code finds a diagnosis that is stated, denied or
    guessed: a listener's model may have read them as something else. What a doctor asks is passed
    on in the doctor's words: "Have you had tuberculosis?" names the disease, and confirms nothing.
    """
    parts = [_without_diagnoses(act.text) if act.kind in _PASSED_ON else ELIDED for act in acts]
    return re.sub(r"\[…\](?:\s*\[…\])+", ELIDED, " ".join(filter(None, parts)))


def _without_diagnoses(text: str) -> str:
    parts = _PARTS.split(text)
    kept = [_kept(part) for part in parts]
    return text if kept == parts else " ".join(filter(None, kept))


def _kept(sentence: str) -> str:
    """A sentence, or a question without the clauses that state a diagnosis."""
    if guess_of(sentence):
        return ELIDED
    if not is_question(sentence):
        return ELIDED if speaks_of_diagnosis(sentence) else sentence
    return "".join(
        f"{ELIDED}{clause[-1:]}"
        if speaks_of_diagnosis(clause) and not is_question(clause)
        else clause
        for clause in _CLAUSES.split(sentence)
    )
