"""A doctor behind an address, against a real server on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from medelphi.schema.errors import (
    AuthError,
    ConfigurationError,
    DeadlineError,
    MalformedReplyError,
    RateLimitError,
    RequestError,
    TimeUpError,
    UnavailableError,
)
from medelphi.tools.doctors import endpoint as module
from medelphi.tools.doctors.endpoint import Endpoint
from medelphi.tools.logging import redact
from medelphi.tools.models.call import QUERY_ENDS

ASKED = [{"role": "user", "content": "I cough."}]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.01)


class Served:
    """What a server was asked, and where it is."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[dict[str, str], Any]] = []


@asynccontextmanager
async def serving(*answers: Handler) -> AsyncIterator[Served]:
    """A server that answers with these in turn, and with the last one ever after."""
    served = Served()

    async def handle(request: web.Request) -> web.StreamResponse:
        number = len(served.requests)
        served.requests.append((dict(request.headers), await request.json()))
        return await answers[min(number, len(answers) - 1)](request)

    app = web.Application(client_max_size=1 << 26)
    app.router.add_post("/doctor", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    served.url = f"http://127.0.0.1:{port}/doctor"
    try:
        yield served
    finally:
        await runner.cleanup()


def says(body: Any, status: int = 200, **headers: str) -> Handler:
    async def handle(_: web.Request) -> web.StreamResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, headers=headers)

    return handle


async def hangs(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response(text="{}")


async def drips(request: web.Request) -> web.StreamResponse:
    """Sends the beginning of an answer, and then nothing."""
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b'{"message": "Hel')
    await asyncio.sleep(30)
    return response


async def dies(request: web.Request) -> web.StreamResponse:
    """Breaks the connection in the middle of an answer."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"message": "Hel')
    assert request.transport is not None
    request.transport.abort()
    return response


async def floods(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        await response.write(b'{"message": "')
        for _ in range(1000):
            await response.write(b"x" * 100_000)
    except (ConnectionError, OSError):
        pass
    return response


async def ask(served: Served, timeout: float = 5.0) -> str:  # noqa: ASYNC109
    doctor = Endpoint(url=served.url, timeout=timeout)
    return await doctor.reply(ASKED, session="s1", seed=3)


async def test_it_is_asked_and_answers() -> None:
    async with serving(says({"message": "Since when? 从什么时候?"})) as served:
        assert await ask(served) == "Since when? 从什么时候?"
    headers, body = served.requests[0]
    assert body == {"session": "s1", "seed": 3, "messages": ASKED}
    assert "Authorization" not in headers


async def test_the_form_of_a_chat_completion_does_as_well() -> None:
    answer = {"choices": [{"message": {"role": "assistant", "content": "Since when?"}}]}
    async with serving(says(answer)) as served:
        assert await ask(served) == "Since when?"


async def test_an_empty_message_is_a_message() -> None:
    async with serving(says({"message": ""})) as served:
        assert await ask(served) == ""


async def test_the_key_goes_into_the_header_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MEDELPHI_DOCTOR_KEY", "pass-phrase-of-the-doctor")
    async with serving(says("pass-phrase-of-the-doctor, wrong", 200)) as served:
        with pytest.raises(MalformedReplyError) as caught:
            await ask(served)
    headers, body = served.requests[0]
    assert headers["Authorization"] == "Bearer pass-phrase-of-the-doctor"
    assert "pass-phrase" not in json.dumps(body)
    assert "pass-phrase" not in str(caught.value)
    assert "pass-phrase" not in redact("pass-phrase-of-the-doctor")


@pytest.mark.parametrize("answer", [hangs, drips])
async def test_one_that_hangs_is_given_up_in_time(answer: Handler) -> None:
    async with serving(answer) as served:
        began = asyncio.get_running_loop().time()
        with pytest.raises(DeadlineError, match=r"no answer within 0\.2 s"):
            await ask(served, timeout=0.2)
        assert asyncio.get_running_loop().time() - began < 3
    assert len(served.requests) == 1, "a late one is not asked again"


async def test_the_time_of_the_query_counts() -> None:
    async with serving(hangs) as served:
        token = QUERY_ENDS.set(asyncio.get_running_loop().time() + 0.2)
        try:
            with pytest.raises(TimeUpError):
                await ask(served, timeout=30)
        finally:
            QUERY_ENDS.reset(token)


async def test_one_that_breaks_off_is_asked_once_more() -> None:
    async with serving(dies, says({"message": "Here again."})) as served:
        assert await ask(served) == "Here again."
    assert len(served.requests) == 2


async def test_one_that_goes_on_breaking_off_is_unavailable() -> None:
    async with serving(dies) as served:
        with pytest.raises(UnavailableError, match="connection failed"):
            await ask(served)
    assert len(served.requests) == 2


async def test_one_that_dies_in_mid_session_is_unavailable() -> None:
    async with serving(says({"message": "Since when?"})) as served:
        assert await ask(served) == "Since when?"
    with pytest.raises(UnavailableError, match="is the endpoint running"):
        await ask(served)


@pytest.mark.parametrize(
    "answer",
    [
        "garbage",
        "<html>busy</html>",
        "",
        "[]",
        "null",
        "{}",
        '{"message": null}',
        '{"message": 3}',
        '{"message": {"content": "x"}}',
        '{"choices": []}',
        '{"choices": [{"message": "x"}]}',
        '{"choices": {"0": 1}}',
        '{"message": "broken',
        '{"error": "busy"}',
    ],
)
async def test_garbage_is_malformed(answer: str) -> None:
    async with serving(says(answer)) as served:
        with pytest.raises(MalformedReplyError):
            await ask(served)
    assert len(served.requests) == 1


async def test_bytes_that_are_no_text_are_malformed() -> None:
    async def handle(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"\xff\xfe\x00{")

    async with serving(handle) as served:
        with pytest.raises(MalformedReplyError):
            await ask(served)


async def test_a_flood_is_cut_off() -> None:
    async with serving(floods) as served:
        with pytest.raises(MalformedReplyError, match="longer than"):
            await ask(served)


async def test_a_packed_flood_is_cut_off() -> None:
    async def handle(_: web.Request) -> web.StreamResponse:
        response = web.Response(text='{"message": "' + "x" * 20_000_000 + '"}')
        response.enable_compression()
        return response

    async with serving(handle) as served:
        with pytest.raises(MalformedReplyError, match="longer than"):
            await ask(served, timeout=20)


async def test_a_redirect_is_not_followed() -> None:
    async with serving(says("", 307, Location="http://127.0.0.1:9/elsewhere")) as served:
        with pytest.raises(RequestError, match="redirects"):
            await ask(served)
    assert len(served.requests) == 1


async def test_a_rate_limit_is_waited_for() -> None:
    busy = says("", 429, **{"Retry-After": "0.3"})
    async with serving(busy, says({"message": "Now."})) as served:
        began = asyncio.get_running_loop().time()
        assert await ask(served) == "Now."
        assert asyncio.get_running_loop().time() - began >= 0.3


async def test_a_pause_that_is_too_long_is_not_waited_for() -> None:
    async with serving(says("", 429, **{"Retry-After": "3600"})) as served:
        with pytest.raises(RateLimitError) as caught:
            await ask(served)
    assert caught.value.retry_after == 3600
    assert len(served.requests) == 1


async def test_a_rate_limit_that_stays_is_typed() -> None:
    async with serving(says("", 429)) as served:
        with pytest.raises(RateLimitError):
            await ask(served)
    assert len(served.requests) == 2


async def test_a_failure_is_tried_once_more() -> None:
    async with serving(says("", 500), says({"message": "Well."})) as served:
        assert await ask(served) == "Well."
    async with serving(says("", 503)) as served:
        with pytest.raises(UnavailableError, match="HTTP 503"):
            await ask(served)
    assert len(served.requests) == 2


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AuthError), (403, AuthError), (400, RequestError), (404, RequestError)],
)
async def test_a_refused_request_is_not_repeated(status: int, error: type[Exception]) -> None:
    async with serving(says("", status)) as served:
        with pytest.raises(error, match=f"HTTP {status}"):
            await ask(served)
    assert len(served.requests) == 1


async def test_nobody_there() -> None:
    with pytest.raises(UnavailableError):
        await Endpoint(url="http://127.0.0.1:9/").reply(ASKED, session="s", seed=0)


@pytest.mark.parametrize(
    "url",
    ["http://", "https://user:word@host/x", "http://host/?api_key=abc", "ftp://host", "http://[::"],
)
def test_an_address_that_cannot_be_used_is_refused_early(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Endpoint(url=url)
    assert "word" not in str(caught.value).replace("password", "")
    assert "abc" not in str(caught.value)


def test_a_key_that_no_header_can_hold_is_refused_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDELPHI_DOCTOR_KEY", "schlüssel\nX-Other: 1")
    with pytest.raises(ConfigurationError, match="MEDELPHI_DOCTOR_KEY"):
        Endpoint(url="http://127.0.0.1:9/")
