"""The offline guard and match of diagnoses, as the loopback server asks them."""

from medelphi.prompts.sections import parse, section
from medelphi.tools.offline.consultation.claims import claims, diagnosis_match

FACT = section("fact", "I have had a cough for three weeks.", id="f1", record="Cough for 3 weeks")


def faults(*sentences: str) -> list[str]:
    shown = [section("utterance", text, number=n) for n, text in enumerate(sentences, start=1)]
    return [each["fault"] for each in claims(parse("\n".join([FACT, *shown])))["claims"]]


def test_what_the_facts_say_passes() -> None:
    assert faults("Well, I've had this cough for three weeks now.", "I don't know.") == [
        "none",
        "none",
    ]


def test_what_they_do_not_say_is_found() -> None:
    assert faults("I also have diabetes.", "I have had a cough for 9 weeks.") == [
        "invention",
        "invention",
    ]
    assert faults("As your doctor, I recommend that you take ibuprofen.")[0] != "none"
    assert faults("f1: the cough")[0] == "scratchpad"


def match(named: str, *recorded: str) -> bool:
    entries = [section("diagnosis", named, kind="named")]
    entries += [section("diagnosis", name, kind="recorded") for name in recorded]
    return bool(diagnosis_match(parse("\n".join(entries)))["same"])


def test_diagnoses_match_by_their_names() -> None:
    assert match("pulmonary tuberculosis", "Pulmonary tuberculosis", "TB")
    assert match("急性阑尾炎", "阑尾炎")
    assert not match("pneumonia", "Pulmonary tuberculosis", "TB")
    assert not match("", "Pulmonary tuberculosis")
