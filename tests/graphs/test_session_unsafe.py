"""A lay text that gives the diagnosis away ends the session, and is named."""

from consultations import FAST, Scripted, small_case, whole

from medelphi.graphs.session import run_session
from medelphi.schema import Unknown


async def test_the_fact_is_named() -> None:
    plain = small_case()
    facts = tuple(
        fact.model_copy(update={"lay": "I wake up soaked, from tuberculosis."})
        if fact.id == "f3"
        else fact
        for fact in plain.facts
    )
    case = plain.model_copy(
        update={
            "facts": facts,
            "hidden": plain.hidden.model_copy(update={"aliases": ("tuberculosis",)}),
        }
    )
    doctor = Scripted(["Do you wake up at night with sweats? Have you coughed up any blood?"])
    session = whole(await run_session(case, FAST, doctor=doctor))
    assert session.ending == "simulator_error"
    assert "fact f3" in session.detail
    assert "f2" not in session.detail
    assert "tuberculosis" not in session.detail


async def test_the_unknown_topic_is_named() -> None:
    lung = Unknown(topic="family history of lung disease", lay="Pulmonary tuberculosis? No idea.")
    case = small_case(unknown=(lung,))
    doctor = Scripted(["Is there any family history of lung disease?"])
    session = whole(await run_session(case, FAST, doctor=doctor))
    assert session.ending == "simulator_error"
    assert "unknown 'family history of lung disease'" in session.detail
