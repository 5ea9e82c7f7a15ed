"""A doctor that is a Python callable."""

import asyncio
import sys
import threading
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from medelphi.schema.errors import (
    ConfigurationError,
    DeadlineError,
    MalformedReplyError,
    UnavailableError,
)
from medelphi.tools.doctors.local import load

ASKED = [{"role": "user", "content": "I cough."}]


class Clinic:
    """Callables as attributes and methods."""

    @staticmethod
    def static(messages: list[Any]) -> str:
        return f"static {len(messages)}"

    async def __call__(self, messages: list[Any]) -> str:
        return "an object"


@pytest.fixture(autouse=True)
def clinic() -> Iterator[ModuleType]:
    module = ModuleType("some_clinic")

    def plain(messages: list[Any]) -> str:
        module.thread = threading.current_thread()
        return f"You said: {messages[-1]['content']}"

    async def waiting(messages: list[Any]) -> str:
        await asyncio.sleep(0)
        return "async"

    def hangs(messages: list[Any]) -> str:
        time.sleep(5)
        return "late"

    async def hangs_async(messages: list[Any]) -> str:
        await asyncio.sleep(5)
        return "late"

    def fails(messages: list[Any]) -> str:
        raise ValueError("no\nmodel loaded")

    def exits(messages: list[Any]) -> str:
        raise SystemExit(3)

    def meddles(messages: list[Any]) -> str:
        messages.clear()
        return "x"

    module.__dict__.update(
        plain=plain,
        waiting=waiting,
        hangs=hangs,
        hangs_async=hangs_async,
        fails=fails,
        exits=exits,
        meddles=meddles,
        handed=lambda messages: waiting(messages),
        number=lambda messages: 3,
        nothing=lambda messages: None,
        huge=lambda messages: "x" * 3_000_000,
        Clinic=Clinic,
        ready=Clinic(),
        constant="text",
    )
    sys.modules["some_clinic"] = module
    yield module
    del sys.modules["some_clinic"]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("plain", "You said: I cough."),
        ("waiting", "async"),
        ("handed", "async"),
        ("ready", "an object"),
        ("Clinic.static", "static 1"),
    ],
)
async def test_what_it_says(place: str, said: str) -> None:
    doctor = load(f"some_clinic:{place}")
    assert doctor.place == f"callable:some_clinic:{place}"
    assert await doctor.reply(ASKED) == said


async def test_a_plain_function_does_not_hold_up_the_loop(clinic: ModuleType) -> None:
    await load("some_clinic:plain").reply(ASKED)
    assert clinic.thread is not threading.main_thread()
    assert clinic.thread.daemon


@pytest.mark.parametrize("place", ["hangs", "hangs_async"])
async def test_one_that_hangs_is_given_up(place: str) -> None:
    with pytest.raises(DeadlineError, match=r"0\.1 s"):
        await load(f"some_clinic:{place}", timeout=0.1).reply(ASKED)


@pytest.mark.parametrize("place", ["fails", "exits"])
async def test_one_that_fails_is_unavailable(place: str) -> None:
    with pytest.raises(UnavailableError, match=f"callable:some_clinic:{place}") as caught:
        await load(f"some_clinic:{place}").reply(ASKED)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("place", ["number", "nothing", "huge"])
async def test_what_is_no_text_is_malformed(place: str) -> None:
    with pytest.raises(MalformedReplyError):
        await load(f"some_clinic:{place}").reply(ASKED)


async def test_it_cannot_meddle_with_the_dialogue() -> None:
    asked = [dict(message) for message in ASKED]
    await load("some_clinic:meddles").reply(asked)
    assert asked == ASKED


@pytest.mark.parametrize(
    "place",
    [
        "",
        "some_clinic",
        "some_clinic:",
        ":plain",
        "no_such_module:f",
        "some_clinic:no_such",
        "some_clinic:constant",
        "some_clinic:Clinic",
        "some_clinic:plain.x",
        ".:f",
        "a b:c",
    ],
)
def test_what_cannot_be_used_is_refused_early(place: str) -> None:
    with pytest.raises(ConfigurationError, match="callable:"):
        load(place)
