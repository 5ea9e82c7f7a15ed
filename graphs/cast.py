"""The cast: everyone around the doctor in a consultation, with their prompts, seated once."""

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from medelphi import tools
from medelphi.agents.doctor import Doctor, doctor_of
from medelphi.agents.seat import Seat
from medelphi.graphs.bench import Bench, judging_settings, seat_bench
from medelphi.graphs.panel import edits, prompt_folder, prompt_hashes, seated
from medelphi.graphs.session_context import SessionContext, scheme_fields, simulating_fields
from medelphi.prompts.library import PromptLibrary
from medelphi.tools.models import chat_model
from medelphi.tools.offline.words import rarity
from medelphi.tools.profiles import Profile, load_profile

SESSION_GRAPH = "session/1"
"""Name and version of the graph: raised whenever the same settings would give other sessions."""
SEATED = ("listener", "patient", "guard", "turn_drafter")
_CODE = ("cases", "dialogue", "sessions", "offline/consultation")
"""Folders of tools whose code decides what a session is like."""


@dataclass(frozen=True)
class Cast:
    """Everyone but the doctor."""

    profile: Profile
    prompts: PromptLibrary
    seats: dict[str, Seat]
    bench: Bench
    doctors: dict[tuple[str, int], Doctor] = field(default_factory=dict)
    """Those that were asked for so far."""

    @property
    def models(self) -> dict[str, tuple[str, ...]]:
        """Model specs by role."""
        roles = {role: (seat.model,) for role, seat in self.seats.items()}
        return roles | {"judges": self.bench.models}

    def doctor(self, spec: str, turns: int) -> Doctor:
        """A doctor of that spec.

        Args:
            turns: Most messages that it has in a session.

        Raises:
            ConfigurationError: It cannot be used.
        """
        if (spec, turns) not in self.doctors:
            made = doctor_of(spec, profile=self.profile, prompts=self.prompts, turns=turns)
            self.doctors[spec, turns] = made
        return self.doctors[spec, turns]


async def seat_cast(context: SessionContext, *, look: bool = False) -> Cast:
    """The cast for these settings. The first call does I/O, in a thread; later ones do none.

    Args:
        look: As for `seat_panel`.

    Raises:
        MedelphiError: A profile, model or prompt that cannot be used.
    """
    key = (context.profile, tuple(context.judges), context.prompts)
    if key in _SEATED and not look:
        return _SEATED[key][1]
    bench = await seat_bench(context.judging, look=look)
    return await asyncio.to_thread(_seat, key, bench)


_Key = tuple[str, tuple[str, ...], str]
_SEATED: dict[_Key, tuple[object, Cast]] = {}
"""Casts with the state on disk that they were made from."""


def _seat(key: _Key, bench: Bench) -> Cast:
    name, _, prompts = key
    state = edits(name, prompts)
    if key in _SEATED and _SEATED[key][0] == state and _SEATED[key][1].bench is bench:
        return _SEATED[key][1]
    profile, library = load_profile(name), PromptLibrary(prompt_folder(prompts))
    models = profile.consultation
    seats = {role: seated(profile, library, role, (models[role],))[0] for role in SEATED}
    for seat in seats.values():
        chat_model(seat.model, seat.options)
    for word in ("word", "词语"):
        rarity(word)  # reads a word list, which a server forbids in the event loop
    cast = Cast(profile, library, seats, bench)
    _SEATED[key] = (state, cast)
    return cast


async def session_settings(context: SessionContext) -> dict[str, object]:
    """What two runs must share for one to continue the other; JSON-able.

    Doctor and seed are of each session, not of the run.

    Raises:
        MedelphiError: The settings cannot be used.
    """
    cast = await seat_cast(context, look=True)
    return {
        "graph": SESSION_GRAPH,
        "profile": cast.profile.name,
        "models": {role: list(models) for role, models in cast.models.items()},
        "options": {
            f"{role} {seat.model}": seat.options.shaping
            for role, seat in cast.seats.items()
            if seat.options.shaping
        },
        "prompts": prompt_hashes(cast.prompts, "session"),
        "judging": judging_settings(cast.bench, context.judging),
        "simulation": simulating_fields(context),
        "scheme": scheme_fields(context),
    } | await asyncio.to_thread(_offline_code, [seat.model for seat in cast.seats.values()])


def _offline_code(models: Iterable[str]) -> dict[str, object]:
    """For offline models, whose "weights" are code: what stands for their version."""
    if not any(model.startswith("offline:") for model in models):
        return {}
    root, digest = Path(tools.__path__[0]), hashlib.sha256()
    for folder in _CODE:
        for file in sorted((root / folder).glob("*.py")):
            digest.update(file.read_bytes())
    return {"offline_cast": digest.hexdigest()[:12]}
