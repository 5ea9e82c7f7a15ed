"""A seat on the panel: one model in one role, with the prompts it works from."""

from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from medelphi.prompts.library import PromptLibrary, RenderedPrompt
from medelphi.schema import Language, Spending, Usage
from medelphi.schema.errors import ProviderError
from medelphi.schema.usage import merged
from medelphi.tools.models import ModelOptions, ask, write

R = TypeVar("R", bound=BaseModel)
SEATS = 100
"""More than any role has: sample and seat make one number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one or more calls consumed, and which prompts they used."""

    spending: tuple[Spending, ...] = ()
    """At most one entry for each node and model, sorted; the node is empty until `at` names it."""
    prompts: tuple[tuple[str, str], ...] = ()
    """Pairs of ``id.language`` and content hash."""

    def __post_init__(self) -> None:
        # Checkpoints give tuples back as lists.
        object.__setattr__(self, "spending", tuple(self.spending))
        object.__setattr__(self, "prompts", tuple((key, hash_) for key, hash_ in self.prompts))

    @property
    def usage(self) -> Usage:
        """The sum over all nodes and models."""
        return sum((spent.usage for spent in self.spending), Usage())

    def __add__(self, other: "Work") -> "Work":
        prompts = tuple(sorted({*self.prompts, *other.prompts}))
        return Work(spending=merged((*self.spending, *other.spending)), prompts=prompts)

    def at(self, node: str) -> "Work":
        """The same work, done in a node of a graph."""
        named = (
            spent if spent.node else spent.model_copy(update={"node": node})
            for spent in self.spending
        )
        return Work(spending=merged(named), prompts=self.prompts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One model in one role."""

    name: str
    """Role and number, e.g. ``critic-2``."""
    model: str
    """The model's spec."""
    prompts: PromptLibrary
    options: ModelOptions = field(default_factory=ModelOptions)
    repeat: int = 0
    """How many seats before this one have the same model: it must not get their replies."""

    async def ask(
        self,
        prompt: str,
        language: Language,
        reply: type[R],
        sample: int = 0,
        /,
        **sections: str,
    ) -> tuple[R, Work]:
        """Render a prompt and get a reply in a schema.

        Args:
            sample: Number of this reply among several to the same prompt.

        Raises:
            ProviderError: There is no usable reply.
        """
        rendered = self.prompts.get(prompt, language).render(**sections)
        number = self._number(sample)
        answer = await ask(self.model, rendered, reply, self.options, sample=number)
        return answer.value, self._work(rendered, answer.usage)

    async def write(
        self, prompt: str, language: Language, sample: int = 0, /, **sections: str
    ) -> tuple[str, Work]:
        """Render a prompt and get free text.

        Args:
            sample: As for `ask`.

        Raises:
            ProviderError: There is no usable reply.
        """
        rendered = self.prompts.get(prompt, language).render(**sections)
        answer = await write(self.model, rendered, self.options, sample=self._number(sample))
        return answer.value, self._work(rendered, answer.usage)

    def spent(self, error: ProviderError) -> Work:
        """What a failed call consumed."""
        if error.usage == Usage():
            return Work()
        return Work(spending=(Spending(node="", model=self.model, usage=error.usage),))

    def _number(self, sample: int) -> int:
        return sample * SEATS + self.repeat

    def _work(self, rendered: RenderedPrompt, usage: Usage) -> Work:
        spent = Spending(node="", model=self.model, usage=usage)
        return Work(spending=(spent,), prompts=((rendered.key, rendered.hash),))
