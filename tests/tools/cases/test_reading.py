"""Case files: formats told apart, faults of files and of rows, ids."""

import json
from pathlib import Path

import pytest

from medelphi.schema import Case, Failure
from medelphi.schema.errors import InputError
from medelphi.tools.cases.reading import CaseSet, read_cases

NATIVE = {
    "id": "cough",
    "opener": "I have had a cough for two weeks.",
    "facts": [
        {"id": "f1", "text": "Cough for two weeks.", "disclosure": 0},
        {"id": "f2", "text": "Denies fever.", "polarity": "denied"},
        {"id": "f3", "text": "Lost 6 kg in three months.", "critical": True, "red_flag": True},
    ],
    "hidden": {
        "diagnosis": "Pulmonary tuberculosis",
        "measurements": [
            {"name": "Chest X-ray", "kind": "test", "result": "Cavity in the right upper lobe"}
        ],
    },
}
OSCE = {
    "OSCE_Examination": {
        "Patient_Actor": {
            "Demographics": "6-month-old girl",
            "History": "Her father reports that she has been vomiting since dawn. She has no rash.",
            "Symptoms": {
                "Primary_Symptom": "Vomiting",
                "Secondary_Symptoms": ["Fewer wet nappies"],
            },
        },
        "Physical_Examination_Findings": {"Vital_Signs": {"Heart_Rate": "160/min"}},
        "Test_Results": {"Blood_Work": {"Sodium": "150 mmol/L", "Hemoglobin": "12 g/dL"}},
        "Correct_Diagnosis": "Gastroenteritis (GE)",
    }
}
VIGNETTE = {
    "id": 7,
    "question": "What is the most likely diagnosis?",
    "options": {"A": "Psoriasis", "B": "Scabies"},
    "answer": "Scabies",
    "answer_idx": "B",
    "facts": [
        "1. A 30-year-old man presents with an itchy rash.",
        "2. The itch is worse at night.",
        "3. The man denies fever.",
        "4. On examination, burrows are seen between the fingers.",
        "5. The burrows are linear.",
        "6. The man shares a room with two people.",
    ],
    "patient": {"age": "30 years", "gender": "male"},
}


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def lines(*rows: object) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n"


def only(path: Path) -> Case | Failure:
    found = list(CaseSet.open(path).cases())
    assert len(found) == 1
    return found[0]


def reason(path: Path) -> str:
    found = only(path)
    assert isinstance(found, Failure)
    assert found.kind == "invalid_case"
    assert "\n" not in found.reason
    return found.reason


def test_the_format_of_a_row_is_told_by_its_fields(tmp_path):
    cases = list(CaseSet.open(write(tmp_path, "all.jsonl", lines(NATIVE, OSCE, VIGNETTE))).cases())
    assert all(isinstance(case, Case) for case in cases)
    assert [case.id for case in cases] == ["cough", "agentclinic-2", "mediq-7"]


def test_iterates_again_and_again_with_the_same_cases(tmp_path):
    cases = CaseSet.open(write(tmp_path, "all.jsonl", lines(NATIVE, OSCE, VIGNETTE)))
    assert list(cases.cases()) == list(cases.cases())
    assert list(cases.ids()) == [draft.id for draft in cases]
    assert len(cases) == 3


@pytest.mark.parametrize(
    "name", ["one.json", "list.json", "one.yaml", "list.yaml", "documents.yaml"]
)
def test_one_case_a_list_and_documents(tmp_path, name):
    import yaml

    second = json.loads(json.dumps({**NATIVE, "id": "second"}))
    text = {
        "one.json": json.dumps(NATIVE, indent=2),
        "list.json": json.dumps([NATIVE, second], indent=2),
        "one.yaml": yaml.safe_dump(NATIVE),
        "list.yaml": yaml.safe_dump([NATIVE, second]),
        "documents.yaml": yaml.safe_dump_all([NATIVE, second]),
    }[name]
    ids = [case.id for case in read_cases(write(tmp_path, name, text))]
    assert ids == (["cough"] if name.startswith("one") else ["cough", "second"])


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path):
    write(tmp_path, "b.yaml", "opener: I am tired.\nfacts:\n  - text: Fatigue.\n")
    write(tmp_path, "a.yaml", "opener: 我头疼。\nfacts:\n  - text: 头痛两天。\n  - 无发热\n")
    write(tmp_path, "notes.md", "not a case")
    cases = list(read_cases(tmp_path))
    assert [(case.id, case.language) for case in cases] == [("a", "zh"), ("b", "en")]


def test_rows_may_hold_line_separators_of_unicode(tmp_path):
    row = {**NATIVE, "opener": "I cough.\u2028At night too."}
    case = only(write(tmp_path, "one.jsonl", lines(row)))
    assert isinstance(case, Case)
    assert case.opener == "I cough.\nAt night too."


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.jsonl", "", "holds no cases"),
        ("empty.yaml", "", "holds no cases"),
        ("blank.json", " \n\n", "holds no cases"),
        ("gb.yaml", "opener: 我头疼\nfacts: []".encode("gb18030"), "not UTF-8"),
        ("utf16.jsonl", lines(NATIVE).encode("utf-16"), "UTF-16"),
        ("broken.jsonl", lines(NATIVE) + '{"id": \n', "broken JSON"),
        ("broken.json", '{\n "id": "a",\n "opener": \n}', "broken JSON"),
        ("broken.yaml", "opener: [unclosed\n", "cannot be read as YAML"),
        ("tag.yaml", "opener: !!python/object/apply:os.system ['true']\nfacts: []\n", "YAML"),
        ("alias.yaml", "a: &a [1, 2]\nb: [*a, *a]\n", "alias"),
        ("twice.yaml", "opener: one\nopener: two\nfacts: []\n", "twice"),
        ("deep.yaml", "[" * 3000 + "]" * 3000, "YAML"),
        ("control.yaml", "opener: a\x00b\nfacts: []\n", "binary"),
        ("case.docx", "text", "no case file"),
        ("same.jsonl", lines(NATIVE, {**NATIVE, "opener": "Other."}), "has the id of"),
    ],
)
def test_faults_of_a_file(tmp_path, name, content, says):
    with pytest.raises(InputError, match=says) as caught:
        CaseSet.open(write(tmp_path, name, content))
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_a_missing_file_and_an_empty_folder(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        CaseSet.open(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="without case files"):
        CaseSet.open(tmp_path)


def test_a_repeated_row_is_read_once(tmp_path):
    cases = CaseSet.open(write(tmp_path, "twice.jsonl", lines(NATIVE, NATIVE)))
    assert (len(cases), len(list(cases.cases()))) == (1, 1)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"facts": []}, "facts: is empty"),
        ({"facts": "cough"}, "facts: must be a list, not text"),
        ({"facts": None}, "facts: is missing"),
        ({"facts": [{"id": "f1"}]}, "facts.0.text: is missing"),
        ({"facts": [{"text": "x", "lay": "y", "colour": 1}]}, "facts.0.colour: is no field"),
        ({"facts": [3]}, "facts.0"),
        ({"opener": 5}, "opener"),
        ({"language": "klingon"}, "language"),
        ({"persona": {"temperament": "furious"}}, "persona.temperament"),
        ({"budget": {"turns": 0}}, "budget.turns"),
        ({"hidden": {"diagnosis": "x", "cure": "y"}}, "hidden.cure: is no field"),
        ({"hidden": "secret"}, "hidden"),
        ({"rubric": [{"id": "a", "text": "b", "kind": "must_not", "weight": 1}]}, "rubric.0"),
        ({"diagnosis": "x"}, "diagnosis: is no field"),
        ({"facts": [{"id": "a", "text": "x"}, {"id": "a", "text": "y"}]}, "two entries"),
        ({"opener": "I think it is pulmonary tuberculosis."}, "opener: names the hidden diagnosis"),
        ({"facts": [{"text": "x " * 200_000}]}, "more than"),
    ],
)
def test_a_bad_native_row_is_a_failure_that_names_its_field(tmp_path, change, says):
    path = write(tmp_path, "bad.jsonl", lines({**NATIVE, **change}))
    assert says in reason(path)
    assert "bad.jsonl:1" in reason(path)


@pytest.mark.parametrize("row", [5, "text", ["a"], None, {"a": 1}, {}])
def test_a_row_that_is_no_case(tmp_path, row):
    assert "bad.jsonl:1" in reason(write(tmp_path, "bad.jsonl", lines(row)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"Patient_Actor": None}, "OSCE_Examination.Patient_Actor: must be an object, not null"),
        ({"Patient_Actor": {"Demographics": "a man"}}, "Patient_Actor"),
        ({"Patient_Actor": {"Demographics": 3}}, "Patient_Actor.Demographics: must be text"),
        ({"Patient_Actor": {"Demographics": "a man", "History": "N/A"}}, "Patient_Actor"),
    ],
)
def test_a_bad_agentclinic_row(tmp_path, change, says):
    row = {"OSCE_Examination": {**OSCE["OSCE_Examination"], **change}}
    assert says in reason(write(tmp_path, "bad.jsonl", lines(row)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"facts": None}, "facts: is missing"),
        ({"facts": []}, "facts: holds no sentence"),
        ({"facts": ["a", 3]}, "facts.1: must be text, not a number"),
        ({"answer": 3}, "answer: must be text"),
        ({"question": ""}, "question: is empty"),
        ({"patient": "a man"}, "patient: must be an object"),
        ({"id": [1]}, "id: must be text"),
    ],
)
def test_a_bad_mediq_row(tmp_path, change, says):
    assert says in reason(write(tmp_path, "bad.jsonl", lines({**VIGNETTE, **change})))


def test_an_agentclinic_row():
    from medelphi.tools.cases import agentclinic

    case = agentclinic.read(OSCE, 1)
    assert (case.respondent, case.relation, case.demographics.age) == (
        "caregiver",
        "father",
        "6 months",
    )
    assert (case.hidden.diagnosis, case.hidden.aliases) == (
        "Gastroenteritis (GE)",
        ("Gastroenteritis", "GE"),
    )
    assert {m.name for m in case.hidden.measurements} == {
        "Heart Rate",
        "Kidney function and electrolytes",
        "Complete blood count",
    }
    assert [f.text for f in case.facts if f.polarity == "denied"] == ["The patient has no rash."]
    assert any(item.kind == "must_ask" for item in case.rubric)
    assert {"plan", "safety_net"} <= {item.kind for item in case.rubric}


def test_a_mediq_row_hides_what_the_examination_found():
    from medelphi.tools.cases import mediq

    case = mediq.read(VIGNETTE, 1)
    told = " ".join(fact.text for fact in case.facts)
    assert "burrow" not in told
    assert "night" in told
    assert "shares a room" in told
    assert "burrows are linear" in " ".join(m.result for m in case.hidden.measurements).lower()
    assert case.hidden.diagnosis == "Scabies"
    assert case.id == "mediq-7"


def test_a_mediq_question_that_asks_for_no_diagnosis_has_none():
    from medelphi.tools.cases import mediq

    row = {**VIGNETTE, "question": "What is the next step?", "answer": "Permethrin"}
    assert mediq.read(row, 1).hidden.diagnosis == ""


def test_a_fact_that_names_the_diagnosis_is_withheld():
    from medelphi.tools.cases import native

    named = {"id": "f9", "text": "Told that it is tuberculosis, pulmonary."}
    case = native.read({**NATIVE, "facts": [*NATIVE["facts"], named]}, 1)
    assert "f9" not in {fact.id for fact in case.facts}
    assert case.hidden.withheld == ("Told that it is tuberculosis, pulmonary.",)


def test_an_opener_is_made_where_there_is_none():
    from medelphi.tools.cases import native

    for row in ({**NATIVE, "opener": "  "}, {k: v for k, v in NATIVE.items() if k != "opener"}):
        case = native.read(row, 1)
        assert "cough" in case.opener.lower()
        assert "tuberculosis" not in case.opener


def test_control_characters_never_get_into_a_case(tmp_path):
    row = {
        **NATIVE,
        "opener": "I \x07cough\u200b.",
        "facts": [{"text": "Cough\x1b[31m for a week."}],
    }
    case = only(write(tmp_path, "one.jsonl", lines(row)))
    assert isinstance(case, Case)
    assert "\x1b" not in case.model_dump_json()
    assert case.opener == "I cough."


def test_deeply_nested_and_huge_rows_do_not_crash(tmp_path):
    deep: object = "x"
    for _ in range(200):
        deep = {"a": deep}
    osce = {**OSCE["OSCE_Examination"], "Test_Results": deep}
    osce["Patient_Actor"] = {**osce["Patient_Actor"], "History": "She cries. " * 50_000}
    case = only(write(tmp_path, "big.jsonl", lines({"OSCE_Examination": osce})))
    assert isinstance(case, Case | Failure)


@pytest.mark.data
def test_every_real_case_loads_cleanly(data):
    from medelphi.tools.cases.checks import problems

    cases = list(CaseSet.open(data / "patients").cases())
    assert len(cases) == 112
    assert [case.reason for case in cases if isinstance(case, Failure)] == []
    for case in cases:
        assert {p.kind for p in problems(case)} <= {
            "withheld",
            "result_in_fact",
            "contradiction",
        }, case.id
        assert len(case.facts) >= 3
        assert any(fact.disclosure == 0 for fact in case.facts)
        assert case.hidden.diagnosis
        visible = case.patient.model_dump_json().lower()
        assert case.hidden.diagnosis.lower() not in visible
