"""A person at the terminal who plays the doctor."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medelphi.schema.errors import ConfigurationError

if TYPE_CHECKING:
    from medelphi.agents.doctor import DoctorReply
    from medelphi.schema import Line

_SPEAKERS = {"patient": "Patient", "measurement": "Result", "notice": "Note"}


@dataclass(slots=True)
class PersonAtTerminal:
    """Shows what the patient says on stderr, and takes the doctor's words from stdin, a line a
    turn. The end of the input ends the consultation."""

    name: str = "person"
    _shown: int = 0
    _session: str = ""

    async def reply(self, lines: "Sequence[Line]", *, session: str, seed: int) -> "DoctorReply":  # noqa: ARG002
        """The person's next message.

        Raises:
            ConfigurationError: There is no input left.
        """
        from medelphi.agents.doctor import DoctorReply

        if session != self._session:
            self._session, self._shown = session, 0
            _print("\nA new patient. Write what you say; Ctrl-C stops, and keeps what was said.")
        for line in lines[self._shown :]:
            if line.speaker != "doctor":
                _print(f"{_SPEAKERS[line.speaker]}: {line.text}")
        self._shown = len(lines)
        text = await asyncio.to_thread(_read)
        if text is None:
            raise ConfigurationError(
                "the input has ended in the middle of a consultation; the finished turns are kept, "
                "and the same command goes on"
            )
        return DoctorReply(text=text)


def _print(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _read() -> str | None:
    print("You: ", end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    return line.strip() if line else None
