"""A doctor behind an HTTP address.

It is asked with ``POST {"session": id, "seed": n, "messages": [{"role", "content"}, ...]}`` and
answers ``{"message": "..."}``, or as a chat completion does
(``{"choices": [{"message": {"content": "..."}}]}``).
"""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from medelphi.schema.errors import (
    AuthError,
    ConfigurationError,
    DeadlineError,
    MalformedReplyError,
    ProviderError,
    RateLimitError,
    RequestError,
    UnavailableError,
)
from medelphi.tools.doctors.messages import ChatMessage
from medelphi.tools.logging import mask_from_now_on, redact
from medelphi.tools.models.call import QUERY_ENDS, Clock
from medelphi.tools.models.options import plain_url
from medelphi.tools.models.pauses import retry_after

if TYPE_CHECKING:
    from aiohttp import ClientResponse

KEY_VARIABLE = "MEDELPHI_DOCTOR_KEY"
"""Its value is sent as a bearer token, and nowhere else."""
TIMEOUT = 120.0
"""Seconds for one attempt."""
LONGEST_BODY = 2_000_000
"""Bytes of an answer that are read."""
PAUSE = 0.5
"""Seconds before the second attempt, where the endpoint asks for no other pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address that answers patients.

    Raises:
        ConfigurationError: No http(s) address, one that carries a key, or a key that no header
            can hold.
    """

    url: str
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        try:
            plain_url(self.url)
        except ValueError as error:
            raise ConfigurationError(
                f"doctor: {error}; put the key into {KEY_VARIABLE}, not into the address"
            ) from None
        _headers()

    async def reply(self, messages: Sequence[ChatMessage], *, session: str, seed: int) -> str:
        """The endpoint's answer; one more attempt after a failure that may pass.

        Raises:
            ProviderError: There is no usable answer.
        """
        body = orjson.dumps({"session": session, "seed": seed, "messages": list(messages)})
        try:
            return await self._attempt(body)
        except DeadlineError:
            raise
        except ProviderError as error:
            if not error.retryable:
                raise
            pause = PAUSE if error.retry_after is None else error.retry_after
            clock = Clock(time.monotonic() + self.timeout, QUERY_ENDS.get())
            if pause >= clock():
                raise
        await asyncio.sleep(pause)
        return await self._attempt(body)

    async def _attempt(self, body: bytes) -> str:
        from aiohttp import ClientError, ClientSession, ClientTimeout

        clock = Clock(time.monotonic() + self.timeout, QUERY_ENDS.get())
        try:
            async with (
                asyncio.timeout(clock()),
                ClientSession(timeout=ClientTimeout(total=None)) as session,
                session.post(
                    self.url, data=body, headers=_headers(), allow_redirects=False
                ) as response,
            ):
                self._check(response)
                content = await _read(response)
        except TimeoutError:
            raise clock.over(self.url, f"no answer within {self.timeout:g} s") from None
        except (ClientError, OSError) as error:
            kind = type(error).__name__
            raise UnavailableError(
                f"the connection failed ({kind}); is the endpoint running?", model=self.url
            ) from None
        if content is None:
            raise MalformedReplyError(
                f"the answer is longer than {LONGEST_BODY:,} bytes", model=self.url
            )
        return self._message(content)

    def _check(self, response: "ClientResponse") -> None:
        status = response.status
        if status == 200:
            return
        pause = retry_after({name.lower(): value for name, value in response.headers.items()})
        if status in {401, 403}:
            raise AuthError(
                f"the endpoint refused access (HTTP {status}); set {KEY_VARIABLE}", model=self.url
            )
        if status == 429:
            raise RateLimitError("too many requests", model=self.url, retry_after=pause)
        if status >= 500 or status == 408:
            raise UnavailableError(
                f"the endpoint failed (HTTP {status})", model=self.url, retry_after=pause
            )
        if 300 <= status < 400:
            raise RequestError(
                f"the endpoint redirects (HTTP {status}), which is not followed; "
                "give the address that answers",
                model=self.url,
            )
        raise RequestError(f"the endpoint refused the request (HTTP {status})", model=self.url)

    def _message(self, content: bytes) -> str:
        try:
            answer = orjson.loads(content)
        except orjson.JSONDecodeError:
            shown = redact(content[:80].decode("utf-8", "replace"))
            raise MalformedReplyError(
                f"the answer is no JSON: {' '.join(shown.split())!r}", model=self.url
            ) from None
        text = _text(answer)
        if text is None:
            raise MalformedReplyError(
                'the answer has no text; send {"message": "..."}', model=self.url
            )
        return text


async def _read(response: "ClientResponse") -> bytes | None:
    """The body, or None where it is too long."""
    content = bytearray()
    async for chunk in response.content.iter_chunked(1 << 16):
        content += chunk
        if len(content) > LONGEST_BODY:
            return None
    return bytes(content)


def _text(answer: Any) -> str | None:
    if not isinstance(answer, dict):
        return None
    message = answer.get("message")
    if isinstance(message, str):
        return message
    choices = answer.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    inner = first.get("message") if isinstance(first, dict) else None
    text = inner.get("content") if isinstance(inner, dict) else None
    return text if isinstance(text, str) else None


def _headers() -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if key := os.environ.get(KEY_VARIABLE, "").strip():
        if not (key.isascii() and key.isprintable()):
            raise ConfigurationError(f"{KEY_VARIABLE}: no header can hold this key; set it again")
        mask_from_now_on(key)
        headers["Authorization"] = f"Bearer {key}"
    return headers
