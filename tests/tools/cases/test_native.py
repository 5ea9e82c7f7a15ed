"""What of a case of our own format would give hidden things away is withheld and reported."""

import pytest

from medelphi.schema import Case
from medelphi.tools.cases.checks import problems
from medelphi.tools.cases.native import read

PLAIN = {"id": "c", "text": "Side pain", "lay": "My side hurts.", "disclosure": 0}


def case(diagnosis: str = "Acute appendicitis", result: str = "", **fields: object) -> Case:
    tests = [{"name": "Ultrasound", "kind": "test", "result": result}] if result else []
    hidden = {"diagnosis": diagnosis, "measurements": tests}
    row = {"id": "t", "language": "en", "opener": "My side hurts.", "facts": [PLAIN]}
    return read({**row, "hidden": hidden, **fields}, 1)


def kinds(made: Case) -> set[str]:
    return {problem.kind for problem in problems(made)}


def test_a_fact_that_names_the_diagnosis_for_short_is_withheld():
    fact = {
        "id": "x",
        "text": "Lower right pain",
        "lay": "Low on the right; they said appendicitis.",
    }
    made = case(facts=[PLAIN, fact])
    assert [f.id for f in made.facts] == ["c"]
    assert made.hidden.withheld == ("Lower right pain",)
    assert "withheld" in kinds(made)
    whole = made.model_copy(update={"facts": (*made.facts, made.facts[0].model_copy(update=fact))})
    assert "hidden_in_fact" in kinds(whole)


def test_an_opener_that_names_it_for_short_is_refused():
    with pytest.raises(ValueError, match="opener: names the hidden diagnosis"):
        case(opener="They said it is appendicitis.")


def test_a_complaint_as_the_diagnosis_withholds_nothing():
    fact = {"id": "x", "text": "Chest pain", "lay": "I have chest pain."}
    made = case("Chest pain", facts=[PLAIN, fact], opener="I have chest pain.")
    assert len(made.facts) == 2
    assert not made.hidden.withheld


def test_a_fact_that_quotes_a_result_is_withheld():
    result = "Thickened blind-ending appendix with an appendicolith; a little free fluid"
    quote = "They saw a thickened blind-ending appendix with an appendicolith."
    fact = {"id": "x", "text": "Had an ultrasound", "lay": quote}
    made = case("Acute abdomen", result, facts=[PLAIN, fact])
    assert [f.id for f in made.facts] == ["c"]
    assert made.hidden.withheld == ("Had an ultrasound",)
    seen = made.model_copy(update={"facts": (*made.facts, made.facts[0].model_copy(update=fact))})
    assert "result_in_fact" in kinds(seen)


def test_a_made_opener_quotes_no_result():
    quote = "A thickened blind-ending appendix with an appendicolith."
    fact = {"id": "x", "text": quote, "lay": quote, "domain": "complaint", "disclosure": 0}
    made = case("Sepsis", quote, facts=[fact, PLAIN], opener="")
    assert "appendix" not in made.opener


def test_an_unknown_loses_what_it_says_of_the_diagnosis():
    unknown = [
        {"topic": "illnesses in the family", "lay": "I don't know about appendicitis."},
        {"topic": "appendicitis in childhood", "lay": "I don't remember."},
        {"topic": "allergies", "lay": "I was never tested."},
    ]
    made = case(unknown=unknown)
    assert [(item.topic, item.lay) for item in made.unknown] == [
        ("illnesses in the family", ""),
        ("allergies", "I was never tested."),
    ]
    assert made.hidden.withheld == ("unknown: appendicitis",)
    assert "hidden_in_unknown" not in kinds(made)
    raw = made.model_copy(update={"unknown": (made.unknown[0].model_copy(update=unknown[0]),)})
    assert "hidden_in_unknown" in kinds(raw)


def test_further_fields_lose_the_diagnosis():
    made = case(
        relation="mother, who had appendicitis",
        demographics={"age": "30 years", "other": "cook with acute appendicitis"},
        persona={"culture": "thinks that appendicitis needs prayer", "literacy": "C"},
    )
    assert (made.relation, made.demographics.other) == ("", "")
    assert made.demographics.age == "30 years"
    assert made.persona is not None
    assert (made.persona.culture, made.persona.literacy) == ("", "C")
    assert made.hidden.withheld == (
        "relation: appendicitis",
        "demographics.other: acute appendicitis",
        "persona.culture: appendicitis",
    )
    raw = made.model_copy(update={"relation": "an aunt with appendicitis"})
    assert [p.place for p in problems(raw) if p.kind == "hidden_in_field"] == ["relation"]


def test_what_gives_nothing_away_stays_as_it_is():
    made = case(relation="mother", unknown=[{"topic": "allergies"}])
    assert made.relation == "mother"
    assert len(made.unknown) == 1
    assert not made.hidden.withheld
