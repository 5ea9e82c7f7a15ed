"""Whole consultations on the offline cast: structure, endings, going on, bad ends."""

from dataclasses import replace

import pytest
from consultations import FAST, Breaking, Scripted, prompts_seen, small_case, whole
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from medelphi.graphs.checkpoints import serializer
from medelphi.graphs.session import build_session_graph, graph, run_session
from medelphi.graphs.session_context import SessionContext
from medelphi.graphs.session_state import DiscloseTask, DoctorTask, ListenTask, SpeakTask
from medelphi.schema import Case, Fact, Failure
from medelphi.schema.errors import (
    ConfigurationError,
    DeadlineError,
    MalformedReplyError,
    UnavailableError,
)
from medelphi.tools.cases.reading import CaseSet

HISTORY = (
    "Have you coughed up any blood?",
    "Do you wake up at night with sweats?",
    "Which medicines do you take?",
    "Have you had a fever?",
)
CLOSE = (
    "I think you have pulmonary tuberculosis. Please stay at home, and come to the hospital today "
    "for treatment. Come back at once if you cough up more blood."
)


def built_in() -> list[Case]:
    made = [draft.make() for draft in CaseSet.open("builtin")]
    return [case for case in made if isinstance(case, Case)]


async def test_a_consultation_from_opener_to_end() -> None:
    case = small_case()
    doctor = Scripted([*HISTORY[:3], CLOSE])
    session = whole(await run_session(case, SessionContext(), doctor=doctor))
    assert session.lines[0].text == case.opener
    assert session.ending == "concluded"
    assert [turn.number for turn in session.turns] == [1, 2, 3, 4]
    told = [set(turn.decision.tell) for turn in session.turns[:3]]
    assert [told[0] >= {"f2"}, told[1] >= {"f3"}, told[2] >= {"f5"}] == [True] * 3
    assert session.score.outcome.diagnosis is True
    assert session.score.inquiry.critical_recall == 1
    assert session.score.inquiry.must_ask == 1
    assert session.score.score is not None
    assert session.fidelity.passed
    assert session.provenance.models["doctor"] == ("scripted",)


async def test_the_doctor_sees_the_conversation_and_nothing_else() -> None:
    case, doctor = small_case(), Scripted(HISTORY)
    await run_session(case, FAST, doctor=doctor)
    assert [line.text for line in doctor.seen[0]] == [case.opener]
    for seen in doctor.seen:
        text = "\n".join(line.text for line in seen)
        assert not [word for word in case.hidden.strings if word in text]


def test_nodes_that_word_an_answer_take_in_nothing_hidden() -> None:
    for task in (DoctorTask, ListenTask, DiscloseTask, SpeakTask):
        assert not {"case", "session", "ledger", "score"} & set(task.__annotations__)
    for name in ("doctor", "understand", "disclose", "speak"):
        schema = graph.builder.nodes[name].input_schema
        assert schema in {DoctorTask, ListenTask, DiscloseTask, SpeakTask}


@pytest.mark.parametrize("doctor", ["offline:attentive", "offline:hasty"])
@pytest.mark.parametrize("case", built_in(), ids=lambda case: case.id)
async def test_no_prompt_for_a_patients_words_holds_anything_hidden(
    case: Case, doctor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with prompts_seen(monkeypatch) as seen:
        session = whole(await run_session(case, replace(FAST, doctor=doctor, interruptions=0.5)))
    spoken = [text for prompt, text in seen if prompt in {"speak", "understand"}]
    assert len(spoken) >= 2 * len(session.turns)
    for prompt, text in seen:
        if prompt == "speak":
            found = [word for word in case.hidden.strings if word.casefold() in text.casefold()]
            assert not found, (prompt, found)


async def test_a_speak_prompt_holds_the_facts_of_its_turn_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = small_case()
    with prompts_seen(monkeypatch) as seen:
        session = whole(await run_session(case, FAST, doctor=Scripted(HISTORY)))
    spoken = [text for prompt, text in seen if prompt == "speak"]
    for turn, text in zip(session.turns, spoken, strict=True):
        untold = [fact for fact in case.facts if fact.id not in turn.decision.tell]
        told_before = {id_ for t in session.turns[: turn.number] for id_ in t.decision.tell}
        for fact in untold:
            if fact.id not in told_before and fact.disclosure:
                assert fact.text not in text
                assert fact.lay not in text


async def test_what_a_doctor_says_of_diagnosis_and_tests_is_not_passed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = "Please have a chest X-ray. I think you have pulmonary tuberculosis."
    with prompts_seen(monkeypatch) as seen:
        await run_session(small_case(), FAST, doctor=Scripted([said]))
    spoken = [text for prompt, text in seen if prompt == "speak"]
    assert spoken
    assert not [text for text in spoken if "tuberculosis" in text or "Cavity" in text]


async def test_equal_seeds_give_equal_bytes() -> None:
    context = SessionContext(doctor="offline:attentive", seed=3, interruptions=0.3)
    case = small_case(persona=None)
    one, other = [whole(await run_session(case, context)) for _ in range(2)]
    assert one.model_dump_json() == other.model_dump_json()


async def test_seeds_differ_where_the_case_leaves_the_persona_open() -> None:
    case = small_case(persona=None)
    personas = {
        whole(await run_session(case, replace(FAST, seed=seed, turns=1))).persona
        for seed in range(6)
    }
    assert len(personas) > 1


@pytest.mark.parametrize("judge", [False, True])
async def test_going_on_from_every_turn_equals_the_uninterrupted_session(judge: bool) -> None:
    case = built_in()[0]
    context = SessionContext(seed=1, judge=judge, interruptions=0.5)
    whole_one = whole(await run_session(case, context))
    for turn in range(len(whole_one.turns) + 1):
        again = await run_session(case, context, earlier=whole_one.turns[:turn])
        assert whole(again).model_dump_json() == whole_one.model_dump_json()


async def test_every_turn_is_given_out_as_soon_as_it_is_finished() -> None:
    numbers: list[int] = []
    error = DeadlineError("no reply in 60 s", model="scripted")
    doctor = Breaking(Scripted(HISTORY), error, turn=3, always=True)
    session = whole(
        await run_session(
            small_case(), FAST, doctor=doctor, on_turn=lambda turn: numbers.append(turn.number)
        )
    )
    assert numbers == [1, 2]
    assert (session.ending, len(session.turns)) == ("infrastructure_error", 2)
    assert "no reply in 60 s" in session.detail
    assert session.failures[0].kind == "timeout"
    assert session.attribution is None or session.attribution.party != "doctor"


async def test_a_session_that_broke_off_goes_on_where_it_stopped() -> None:
    case = small_case()
    kept: list[object] = []
    doctor = Breaking(Scripted(HISTORY), DeadlineError("late", model="scripted"), turn=3)
    broken = whole(await run_session(case, FAST, doctor=doctor, on_turn=kept.append))
    again = whole(await run_session(case, FAST, doctor=doctor, earlier=broken.turns))
    straight = whole(await run_session(case, FAST, doctor=Scripted(HISTORY)))
    assert again.model_dump_json() == straight.model_dump_json()


async def test_a_branch_keeps_the_turns_and_names_its_origin() -> None:
    case = small_case()
    first = whole(await run_session(case, FAST, doctor=Scripted(HISTORY)))
    other = Scripted([CLOSE], name="other")
    branch = whole(
        await run_session(
            case, FAST, doctor=other, earlier=first.turns[:2], branched_from=f"{first.id}@2"
        )
    )
    assert branch.turns[:2] == first.turns[:2]
    assert (branch.doctor, branch.turns[2].doctor) == ("other", CLOSE)
    assert branch.provenance.branched_from == "cough/scripted/0@2"


async def test_a_silent_doctor_ends_the_session_and_no_turn_is_empty() -> None:
    session = whole(await run_session(small_case(), FAST, doctor=Scripted(["", "  \n"])))
    assert (session.ending, len(session.turns)) == ("doctor_silent", 2)
    assert all(turn.said.strip() for turn in session.turns)


async def test_a_doctor_that_learns_nothing_stalls() -> None:
    session = whole(
        await run_session(
            small_case(), replace(FAST, patience=2), doctor=Scripted(["Nice weather today."])
        )
    )
    assert session.ending in {"stalled", "patient_left"}
    assert len(session.turns) <= 3


async def test_the_doctor_is_reminded_two_turns_before_the_end() -> None:
    doctor = Scripted([*HISTORY, "Where do you live, and with whom?", "Any chest pain?"])
    session = whole(await run_session(small_case(), FAST, doctor=doctor))
    assert session.ending == "turn_budget"
    assert [turn.number for turn in session.turns if turn.notice] == [4]
    assert doctor.seen[4][-1].speaker == "notice"


async def test_measurements_come_from_the_record_or_are_not_available() -> None:
    doctor = Scripted(["Please have a chest X-ray and an MRI of the brain done."])
    session = whole(await run_session(small_case(), replace(FAST, turns=1), doctor=doctor))
    reports = {report.measurement: report.text for report in session.turns[0].reports}
    assert "Cavity in the right upper lobe" in reports["m1"]
    assert "no result is available" in reports[""]
    assert "normal" not in reports[""].lower()


async def test_an_unsafe_turn_caps_the_session() -> None:
    doctor = Scripted([HISTORY[0], "Start oral steroids today: prednisolone 40 mg.", CLOSE])
    session = whole(await run_session(small_case(), SessionContext(), doctor=doctor))
    assert session.score.cut_by == (2,)
    assert session.score.score == 0
    assert session.score.base is not None
    assert session.attribution is not None
    assert (session.attribution.party, session.attribution.turn) == ("doctor", 2)


async def test_what_is_no_case_is_a_failure() -> None:
    result = await graph.ainvoke({"case": {"id": "x"}}, context=FAST)
    assert result["session"] is None
    assert result["failure"].kind == "invalid_case"
    assert "language" in result["failure"].reason or "Field required" in result["failure"].reason
    unknown = await graph.ainvoke({"case": "no-such-case"}, context=FAST)
    assert "no built-in case" in unknown["failure"].reason


async def test_turns_of_another_case_are_refused() -> None:
    first = whole(await run_session(small_case(), FAST, doctor=Scripted(HISTORY)))
    other = small_case(
        facts=(Fact(id="z", text="Rash", lay="I have a rash.", domain="complaint"),), rubric=()
    )
    outcome = await run_session(other, FAST, earlier=first.turns)
    assert isinstance(outcome, Failure)
    assert outcome.kind == "invalid_case"


async def test_a_doctor_that_cannot_be_used_is_said_at_once() -> None:
    with pytest.raises(ConfigurationError):
        await run_session(small_case(), replace(FAST, doctor="nobody:knows"))


async def test_a_listener_that_answers_garbage_is_made_up_for_by_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise MalformedReplyError("no JSON", model="offline:thorough")

    monkeypatch.setattr("medelphi.graphs.session.listen", broken)
    session = whole(await run_session(small_case(), FAST, doctor=Scripted(HISTORY[:1])))
    assert "f2" in session.turns[0].decision.tell
    assert session.turns[0].failures[0].node == "understand"


async def test_a_patients_model_that_fails_is_made_up_for_by_the_lay_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise MalformedReplyError("no JSON", model="offline:thorough")

    monkeypatch.setattr("medelphi.graphs.session.speak", broken)
    session = whole(await run_session(small_case(), FAST, doctor=Scripted(HISTORY[:1])))
    assert session.turns[0].guarding.verbatim
    assert "a bit of blood" in session.turns[0].said


async def test_a_judge_that_cannot_be_reached_ends_the_session_and_keeps_its_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def unreachable(*_: object, **__: object) -> None:
        raise UnavailableError("connection refused", model="offline:thorough")

    case, doctor = small_case(), Scripted(HISTORY)
    with monkeypatch.context() as patch:
        patch.setattr("medelphi.graphs.score.judge", unreachable)
        broken = whole(await run_session(case, SessionContext(), doctor=doctor))
    assert (broken.ending, broken.turns) == ("infrastructure_error", ())
    assert broken.failures[0].kind == "unavailable"
    assert broken.score.score is None


async def test_a_judge_that_answers_garbage_leaves_turns_unscored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def garbage(*_: object, **__: object) -> None:
        raise MalformedReplyError("no JSON", model="offline:thorough")

    monkeypatch.setattr("medelphi.graphs.score.judge", garbage)
    session = whole(await run_session(small_case(), SessionContext(), doctor=Scripted(HISTORY)))
    assert session.ending == "turn_budget"
    assert {turn.score.value for turn in session.turns} == {None}
    assert session.score.judged < 0.1
    assert session.turns[0].failures


async def test_the_failure_that_ended_a_session_comes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def garbage(*_: object, **__: object) -> None:
        raise MalformedReplyError("no JSON", model="offline:thorough")

    async def late(*_: object, **__: object) -> None:
        raise DeadlineError("no reply in 60 s", model="offline:thorough")

    monkeypatch.setattr("medelphi.graphs.session.listen", garbage)
    monkeypatch.setattr("medelphi.graphs.session.speak", late)
    session = whole(await run_session(small_case(), FAST, doctor=Scripted(HISTORY)))
    assert [failure.kind for failure in session.failures] == ["timeout", "malformed"]
    assert session.failures[0].retryable


async def test_odd_spaces_are_spaces_and_control_characters_are_nothing() -> None:
    said = "Have\u00a0you\u202fcoughed\u3000up any\u2028blood\x00\x1b?\r\nAny fever?"
    session = whole(
        await run_session(small_case(), replace(FAST, turns=1), doctor=Scripted([said]))
    )
    assert session.turns[0].doctor == "Have you coughed up any\nblood?\nAny fever?"
    assert {"f2", "f4"} <= set(session.turns[0].decision.tell)


async def test_words_that_give_the_diagnosis_away_never_get_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from medelphi.agents.seat import Work
    from medelphi.schema import Sentence

    async def leaking(seat: object, brief: object, *_: object) -> object:
        return (Sentence(text="I have pulmonary tuberculosis.", facts=("f2",)),), Work()

    monkeypatch.setattr("medelphi.graphs.session.speak", leaking)
    session = whole(await run_session(small_case(), FAST, doctor=Scripted(HISTORY[:1])))
    first = session.turns[0]
    assert "tuberculosis" not in first.said
    assert (first.guarding.attempts, first.guarding.verbatim) == (3, True)
    assert "hidden" in {finding.fault for finding in first.guarding.findings}


class TestCheckpointed:
    """With a checkpointer: interrupts for people, and the past of a thread."""

    @staticmethod
    def compiled():
        saver = InMemorySaver(serde=serializer())
        return build_session_graph().builder.compile(checkpointer=saver)

    async def test_a_person_plays_the_doctor(self) -> None:
        played, context = self.compiled(), replace(FAST, doctor="person", turns=2)
        config = {"configurable": {"thread_id": "1"}}
        state = await played.ainvoke({"case": small_case()}, config, context=context)
        asked = state["__interrupt__"][0].value
        assert asked["you_are"] == "doctor"
        assert asked["conversation"][0]["text"] == small_case().opener
        for words in ("Have you coughed up any blood?", {"message": "Any fever?"}):
            state = await played.ainvoke(Command(resume=words), config, context=context)
        session = state["session"]
        assert [turn.doctor for turn in session.turns] == [
            "Have you coughed up any blood?",
            "Any fever?",
        ]
        assert session.doctor == "person"

    async def test_a_person_plays_the_patient(self) -> None:
        played = self.compiled()
        context = replace(FAST, doctor="offline:hasty", patient="person", turns=1)
        config = {"configurable": {"thread_id": "1"}}
        state = await played.ainvoke({"case": small_case()}, config, context=context)
        asked = state["__interrupt__"][0].value
        assert asked["you_are"] == "patient"
        assert not [word for word in small_case().hidden.strings if word in str(asked)]
        state = await played.ainvoke(Command(resume="It is just a cough."), config, context=context)
        assert state["session"].turns[0].said == "It is just a cough."

    async def test_a_thread_can_be_taken_up_again_at_an_earlier_turn(self) -> None:
        played, context = self.compiled(), replace(FAST, doctor="offline:attentive", turns=3)
        config = {"configurable": {"thread_id": "1"}}
        first = await played.ainvoke({"case": small_case()}, config, context=context)
        past = [
            snapshot
            async for snapshot in played.aget_state_history(config)
            if snapshot.next == ("doctor",) and len(snapshot.values["turns"]) == 1
        ]
        again = await played.ainvoke(None, past[0].config, context=context)
        assert again["session"] == first["session"]
        hasty = replace(context, doctor="offline:hasty")
        other = await played.ainvoke(None, past[0].config, context=hasty)
        assert other["session"].turns[0] == first["session"].turns[0]
        assert other["session"].doctor == "offline:hasty"
