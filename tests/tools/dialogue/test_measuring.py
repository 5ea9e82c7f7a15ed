import pytest

from medelphi.schema import Act, Hidden, Measurement
from medelphi.tools.dialogue.measuring import MOST, report
from medelphi.tools.dialogue.orders import targets


def item(id_, name, kind="test", result="result", aliases=()):
    return Measurement(id=id_, name=name, kind=kind, result=f"{result} {id_}", aliases=aliases)


HIDDEN = Hidden(
    diagnosis="x",
    measurements=(
        item("temp", "Temperature", "examination", aliases=("vital signs",)),
        item("bp", "Blood Pressure", "examination", aliases=("vital signs",)),
        item("belly", "Abdominal Examination", "examination"),
        item("neuro", "Neurological examination", "examination"),
        item("cbc", "Complete blood count", aliases=("CBC", "血常规")),
        item("ldh", "Lactate dehydrogenase"),
        item("ct", "CT chest", aliases=("CT scan",)),
        item("node", "Lymph node biopsy"),
        Measurement(
            id="labs", name="Laboratory tests", kind="test", result="Sodium: 131; Lipase: 20"
        ),
    ),
)


def ids(*orders, hidden=HIDDEN, language="en"):
    acts = [Act(kind="order", text=order, target=order) for order in orders]
    return [found.measurement for found in report(acts, hidden, language)]


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("CBC", ["cbc"]),
        ("血常规", ["cbc"]),
        ("full blood count", ["cbc"]),
        ("LDH", ["ldh"]),
        ("CT scan of the chest", ["ct"]),
        ("CT of the head", [""]),
        ("biopsy of the lymph node", ["node"]),
        ("skin biopsy", [""]),
        ("vital signs", ["temp", "bp"]),
        ("blood pressure", ["bp"]),
        ("examine your belly", ["belly"]),
        ("physical examination", ["belly", "neuro"]),
        ("体格检查", ["belly", "neuro"]),
        ("imaging", ["ct"]),
        ("ECG", [""]),
    ],
)
def test_an_order_gets_the_record_s_results_or_none(order, wanted):
    assert ids(order) == wanted


def test_what_the_record_lacks_is_not_available_and_never_normal():
    (found,) = report([Act(kind="order", text="ECG", target="ECG")], HIDDEN, "en")
    assert (found.measurement, found.kind) == ("", None)
    assert found.text == "ECG: no result is available."
    (found,) = report([Act(kind="order", text="心电图", target="心电图")], HIDDEN, "zh")
    assert found.text == "心电图：没有可用的结果。"


def test_a_part_of_a_wider_result_is_given_alone():
    (found,) = report([Act(kind="order", text="x", target="sodium")], HIDDEN, "en")
    assert (found.measurement, found.text) == ("labs", "Laboratory tests: Sodium: 131")


def test_an_order_for_everything_gives_a_few():
    many = Hidden(measurements=tuple(item(f"m{n}", f"Assay {n}") for n in range(12)))
    assert len(ids("all tests", hidden=many)) == MOST
    assert len(ids("所有检查", hidden=many, language="zh")) == MOST


def test_no_result_is_given_twice_in_a_turn():
    assert ids("CBC", "complete blood count") == ["cbc"]


def test_statements_and_other_acts_have_no_result():
    acts = [
        Act(kind="order", text="The CT shows a mass."),
        Act(kind="inquiry", text="CBC?", target="CBC"),
    ]
    assert report(acts, HIDDEN, "en") == ()


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("I'd like to check your vital signs.", ("vital signs",)),
        ("Let's get a CBC, LFTs and a chest X-ray.", ("CBC", "LFTs", "chest X-ray")),
        ("Please have an ECG done to rule out a heart attack.", ("ECG",)),
        ("先查个血常规和尿常规看看。", ("血常规", "尿常规")),
    ],
)
def test_orders_are_taken_apart(said, wanted):
    assert targets(said) == wanted
