"""A doctor that is a Python callable: ``f(messages) -> str``, with or without ``async``."""

import asyncio
import importlib
import inspect
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from medelphi.schema.errors import (
    ConfigurationError,
    MalformedReplyError,
    ProviderError,
    UnavailableError,
)
from medelphi.tools.doctors.messages import ChatMessage
from medelphi.tools.models.call import QUERY_ENDS, Clock

TIMEOUT = 120.0
"""Seconds for one reply."""
LONGEST_REPLY = 2_000_000
"""Characters of a reply that are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalDoctor:
    """A callable, and where it was found."""

    place: str
    """``module:function``."""
    call: Callable[[list[ChatMessage]], Any]
    timeout: float = TIMEOUT

    async def reply(self, messages: Sequence[ChatMessage]) -> str:
        """What the callable says. One that is not async runs in a thread of its own; a thread that
        does not end in time is left behind.

        Raises:
            ProviderError: It failed, took too long, or gave no text.
        """
        given: list[ChatMessage] = [{**message} for message in messages]
        clock = Clock(time.monotonic() + self.timeout, QUERY_ENDS.get())
        try:
            async with asyncio.timeout(clock()):
                if _is_async(self.call):
                    said = await self.call(given)
                else:
                    said = await _in_thread(self.call, given)
                    if inspect.isawaitable(said):
                        said = await said
        except TimeoutError:
            raise clock.over(self.place, f"no reply within {self.timeout:g} s") from None
        except ProviderError:
            raise
        except Exception as error:
            line = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise UnavailableError(f"the callable failed: {line}", model=self.place) from error
        if not isinstance(said, str):
            raise MalformedReplyError(
                f"the callable gave {type(said).__name__}, not text", model=self.place
            )
        if len(said) > LONGEST_REPLY:
            raise MalformedReplyError(
                f"the reply has more than {LONGEST_REPLY:,} characters", model=self.place
            )
        return said


def load(place: str, timeout: float = TIMEOUT) -> LocalDoctor:
    """The callable at ``module:function``.

    Raises:
        ConfigurationError: There is none.
    """
    module, _, name = place.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except Exception as error:  # a module may raise anything while it is imported
        raise ConfigurationError(
            f"cannot use the doctor 'callable:{place}': {error}; write callable:module:function"
        ) from error
    if not callable(found) or inspect.isclass(found):
        raise ConfigurationError(
            f"cannot use the doctor 'callable:{place}': {name!r} is no function; "
            "write callable:module:function"
        )
    return LocalDoctor(place=f"callable:{place}", call=found, timeout=timeout)


def _is_async(call: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(
        getattr(call, "__call__", None)  # noqa: B004
    )


async def _in_thread(call: Callable[[list[ChatMessage]], Any], given: list[ChatMessage]) -> Any:
    # A daemon: one that hangs must not keep the process from ending, as a pool's threads would.
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)

    def work() -> None:
        result, failed = None, None
        try:
            result = call(given)
        except BaseException as error:  # noqa: BLE001 - it is raised where the reply is awaited
            failed = error if isinstance(error, Exception) else RuntimeError(repr(error))
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, result, failed)

    threading.Thread(target=work, name="doctor", daemon=True).start()
    return await done
