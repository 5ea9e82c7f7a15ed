"""AgentClinic rows (MedQA extended): a patient actor, findings, tests and a diagnosis."""

from collections.abc import Mapping, Sequence

from medelphi.knowledge.text import clean, detect_language
from medelphi.schema import Case, Hidden
from medelphi.schema.case import FactDomain
from medelphi.tools.cases.classify import finding
from medelphi.tools.cases.diagnosis_names import Giveaway, names_of
from medelphi.tools.cases.drafting import Piece, draft, rubric_of
from medelphi.tools.cases.fields import FieldError, flat, mapping, sentences_of, text
from medelphi.tools.cases.panels import Chart, chart_examinations, chart_tests
from medelphi.tools.cases.people import people_of
from medelphi.tools.cases.statements import statements
from medelphi.tools.cases.visible import told_by_results

MARK = "OSCE_Examination"
"""The field that tells such a row."""
_SECTIONS: tuple[tuple[str, FactDomain | None, str], ...] = (
    ("History", None, "past medical history"),
    ("Past_Medical_History", "past_history", "past medical history"),
    ("Current_Medications", "medication", "current medication"),
    ("Medications", "medication", "current medication"),
    ("Allergies", "allergy", "allergies"),
    ("Family_History", "family_history", "family history"),
    ("Social_History", "social_history", "social history"),
    ("Review_of_Systems", "symptom", "symptoms otherwise"),
)


def read(row: Mapping[str, object], number: int) -> Case:
    """A case from one row.

    Args:
        row: The row, as parsed.
        number: Its 1-based line: the id is ``agentclinic-<number>``.

    Raises:
        ValueError: A field is missing or has the wrong form; the message names it.
    """
    osce = mapping(row, MARK)
    actor = mapping(osce, "Patient_Actor", within=MARK)
    named = text(actor, "Demographics", within="Patient_Actor")
    symptoms = actor.get("Symptoms") or {}
    if not isinstance(symptoms, Mapping | str | Sequence):
        raise FieldError("Patient_Actor.Symptoms: must be an object with Primary_Symptom")
    record = "\n".join(flat(value) for key, value in actor.items() if key != "Demographics")
    if not clean(record).strip():
        raise FieldError("Patient_Actor: holds nothing that a patient could tell")
    language = detect_language(record)
    people = people_of(clean(named), clean(record))
    diagnosis, aliases = names_of(flat(osce.get("Correct_Diagnosis") or ""))
    chart = Chart()
    chart_examinations(chart, osce.get("Physical_Examination_Findings"))
    chart_tests(chart, osce.get("Test_Results"))
    recorded = chart.measurements()

    pieces: list[Piece] = []
    extra: list[str] = []

    def tell(passage: str, section: FactDomain | None, about: str, *, chief: bool = False) -> None:
        for sentence in sentences_of(passage):
            if finding(sentence):
                extra.append(sentence)
                continue
            for said in statements(sentence, about):
                # "The patient reports" may be ours, before a bare phrase.
                bare = (
                    said.text
                    if "report" in said.quote
                    else said.text.removeprefix("The patient reports ")
                )
                if finding(bare) or (not chief and told_by_results(said.text, recorded)):
                    extra.append(said.text)
                else:
                    pieces.append(
                        Piece(
                            text=said.text,
                            polarity=said.polarity,
                            quote=said.quote,
                            section=section,
                            chief=chief,
                        )
                    )

    primary = symptoms.get("Primary_Symptom") if isinstance(symptoms, Mapping) else symptoms
    secondary = symptoms.get("Secondary_Symptoms") if isinstance(symptoms, Mapping) else None
    tell(flat(primary), "symptom", "symptoms", chief=True)
    history = [section for section in _SECTIONS if section[0] == "History"]
    for name, section, about in history:
        tell(flat(actor.get(name)), section, about)
    tell(flat(secondary), "symptom", "symptoms")
    known = {"Demographics", "Symptoms", *(name for name, _, _ in history)}
    for name, section, about in _SECTIONS[1:]:
        tell(_listed(actor.get(name), section), section, about)
        known.add(name)
    for name in actor:
        if name not in known:
            tell(flat(actor[name]), None, name.replace("_", " ").lower())

    for found in extra:
        if not told_by_results(found, recorded):
            kind = finding(found) or "examination"
            chart.add(
                kind, "Physical examination" if kind == "examination" else "Other tests", "", found
            )
    hidden = Hidden(diagnosis=diagnosis, aliases=aliases, measurements=chart.measurements())
    drafted = draft(pieces, people, hidden, language)
    if not drafted.facts:
        raise FieldError("Patient_Actor: holds nothing that a patient could tell")
    if Giveaway.of(hidden).holds(drafted.opener):
        raise FieldError("Symptoms.Primary_Symptom: names the diagnosis")
    return Case(
        id=f"agentclinic-{number}",
        language=language,
        source="AgentClinic (MedQA), 2024",
        title=clean(flat(osce.get("Objective_for_Doctor") or ""))[:300],
        demographics=people.demographics,
        respondent=people.respondent,
        relation=people.relation,
        opener=drafted.opener,
        facts=drafted.facts,
        unknown=drafted.unknown,
        hidden=hidden.model_copy(update={"withheld": drafted.withheld}),
        rubric=rubric_of(drafted.facts, language),
        tags=("agentclinic",),
    )


def _listed(value: object, section: FactDomain | None) -> str:
    """A list of medicines as sentences; any other value as it is."""
    if section == "medication" and isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(
            f"The patient takes {name}." for each in value if (name := flat(each).strip(" ."))
        )
    return flat(value)
