import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medelphi.schema import Act
from medelphi.schema.case import TRUST
from medelphi.tools.dialogue.persona import draw, interruption, trust_after


def act(kind="inquiry", **more) -> Act:
    return Act(kind=kind, text="…", **more)


def test_a_seed_draws_the_same_persona_in_every_process():
    code = (
        "from medelphi.tools.dialogue.persona import draw;"
        "print(draw(7,'case','zh').model_dump_json())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(2)
    }
    assert runs == {draw(7, "case", "zh").model_dump_json()}


def test_seeds_draw_all_temperaments():
    drawn = [draw(seed, "case", "en") for seed in range(200)]
    assert len({persona.temperament for persona in drawn}) == 6
    assert {persona.literacy for persona in drawn} == {"A", "B", "C"}
    assert len({draw(seed, "other", "en") for seed in range(50)}) > 10


def test_interruptions_come_by_chance_and_by_temperament():
    plain = draw(1, "case", "en").model_copy(update={"temperament": "plain"})
    anxious = plain.model_copy(update={"temperament": "overanxious"})
    assert not any(interruption(1, "case", turn, 0.0, "en", anxious) for turn in range(50))
    assert all(interruption(1, "case", turn, 1.0, "zh", plain) for turn in range(50))

    def count(persona) -> int:
        turns = range(300)
        return sum(bool(interruption(1, "case", turn, 0.3, "en", persona)) for turn in turns)

    assert count(plain) < count(anxious)
    assert interruption(1, "case", 3, 0.9, "en", plain) == interruption(
        1, "case", 3, 0.9, "en", plain
    )


def test_pressure_costs_trust_and_explanation_earns_it():
    relevant = act(facts=("f1",))
    assert trust_after(2.5, [relevant, act("advice")], repeated=False) > 2.5
    assert trust_after(2.5, [act(confrontational=True)], repeated=False) < 2.5
    assert trust_after(2.5, [relevant], repeated=True) < 2.5
    assert trust_after(2.5, [], repeated=False) < 2.5
    one, many = [relevant], [relevant for _ in range(9)]
    assert trust_after(2.5, one, repeated=False) == trust_after(2.5, many, repeated=False)


@pytest.mark.parametrize("said", ["x", "ok", "All right.", "好的。", "Answer yes or no."])
def test_empty_talk_earns_no_trust(said):
    assert trust_after(2.5, [Act(kind="other", text=said)], repeated=False) == 2.5


def test_kind_words_and_relevant_questions_earn_a_little():
    kind = Act(kind="other", text="I'm so sorry to hear that.")
    assert 2.5 < trust_after(2.5, [kind], repeated=False) <= 2.6
    assert trust_after(2.5, [act()], repeated=False) == 2.5, "it concerns nothing of the record"
    assert 2.5 < trust_after(2.5, [act(unknown=("allergies",))], repeated=False) <= 2.6


def test_nothing_earns_trust_beside_a_demand():
    kind = Act(kind="other", text="I'm so sorry to hear that.")
    acts = [act("demand"), kind, act(facts=("f1",)), act("advice")]
    assert trust_after(2.5, acts, repeated=False) < 2.5


@given(
    st.floats(*TRUST),
    st.lists(
        st.builds(
            Act,
            kind=st.sampled_from(["inquiry", "advice", "order", "demand", "end", "other"]),
            text=st.just("x"),
            leading=st.booleans(),
            confrontational=st.booleans(),
        ),
        max_size=8,
    ),
    st.booleans(),
)
def test_trust_stays_within_its_limits(trust, acts, repeated):
    assert TRUST[0] <= trust_after(trust, acts, repeated=repeated) <= TRUST[1]
