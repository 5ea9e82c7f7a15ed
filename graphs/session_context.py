"""The settings of one simulated consultation. Studio shows every field as a form field."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from medelphi.graphs.score_context import ScoreContext
from medelphi.schema.errors import ConfigurationError
from medelphi.tools.sessions.scheme import SessionScheme

PERSON = "person"
"""Stands for a model where a person plays: the graph interrupts, and waits for their words."""
_SCHEME = tuple(field.name for field in fields(SessionScheme))
_LEAST = {"seed": 0, "turns": 0, "patience": 1, "repairs": 0, "judge_seed": 0}
_OF_ONE_SESSION = frozenset({"doctor", "seed"})
_WHERE = frozenset({"profile", "judges", "prompts"})


@dataclass(frozen=True, kw_only=True)
class SessionContext:
    """Settings of a session. Equal settings, prompts, models and seed give equal sessions.

    Raises:
        ConfigurationError: A number that cannot be used.
    """

    doctor: str = "offline:attentive"
    """Who is tested: a model spec, the address of an endpoint (``http://…``),
    ``callable:module:function``, or ``person``."""
    profile: str = "offline"
    """Whose models simulate and judge: a profile's name, or the path of a TOML file."""
    patient: Literal["model", "person"] = "model"
    """Whether the profile's model words what the patient says, or a person does."""
    judges: tuple[str, ...] = ()
    """Model specs that judge instead of those of the profile."""
    prompts: str = ""
    """A folder of edited prompts that overlay the built-in ones."""
    seed: int = 0
    """Of persona, wording and interruptions."""
    temperament: Literal[
        "", "plain", "verbose", "pleasing", "impatient", "distrustful", "overanxious"
    ] = ""
    """Of every patient, instead of the case's own or a drawn one."""
    interruptions: float = 0.0
    """Chance that a patient puts an anxious question of their own, per turn."""
    turns: int = 0
    """Most exchanges; 0 for the case's own budget."""
    patience: int = 4
    """Turns in a row without anything new after which a session ends as stalled."""
    repairs: int = 2
    """Wordings that are asked for again before the record's lay text is used."""
    judge: bool = True
    """Whether turns and sessions are judged; without it only code scores."""
    judge_seed: int = 0
    """Number of this judging among several."""
    inquiry: float = SessionScheme.inquiry
    """Weight of the inquiry in a session's score."""
    turn_weight: float = SessionScheme.turns
    """Weight of the mean turn value."""
    outcome: float = SessionScheme.outcome
    """Weight of diagnosis, tests, plan and safety net."""
    gamma_repetition: float = SessionScheme.gamma_repetition
    """What asking again multiplies a turn's value by."""
    gamma_rigid: float = SessionScheme.gamma_rigid
    """Likewise for rigid phrasing."""
    gamma_overload: float = SessionScheme.gamma_overload
    """Likewise for too many questions at once."""
    gamma_leading: float = SessionScheme.gamma_leading
    """Likewise for a question that suggests its answer."""
    gamma_confrontational: float = SessionScheme.gamma_confrontational
    """Likewise for a confrontational tone."""
    gamma_red_flag_ignored: float = SessionScheme.gamma_red_flag_ignored
    """Likewise for a red flag that is not followed up."""
    gamma_premature_diagnosis: float = SessionScheme.gamma_premature_diagnosis
    """Likewise for a diagnosis before the history is known."""
    gamma_empty: float = SessionScheme.gamma_empty
    """Likewise for a turn without words."""
    overload: int = SessionScheme.overload
    """Questions in one turn that are still not too many."""
    premature: float = SessionScheme.premature
    """Critical coverage below which a diagnosis is premature."""
    deduct: bool = SessionScheme.deduct
    """Take deductions off a turn's score instead of multiplying it."""
    deduction_cap: float = SessionScheme.deduction_cap
    """Most that deductions take off one turn."""
    gate_privacy: float = SessionScheme.gate_privacy
    """Privacy of the patient below which a session is set apart."""
    gate_fact: float = SessionScheme.gate_fact
    """Fact fidelity of the patient below which a session is set apart."""
    passing: float = SessionScheme.passing
    """Session score from which a session counts as passed."""

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value < least:
                raise ConfigurationError(f"{name} is {value}; make it {least} or more")
        if not 0 <= self.interruptions <= 1:
            raise ConfigurationError(
                f"interruptions is {self.interruptions}; make it between 0 and 1"
            )
        _ = self.scheme

    @property
    def scheme(self) -> SessionScheme:
        """How turns and sessions are scored."""
        values: dict[str, Any] = {name: getattr(self, name) for name in _SCHEME}
        values["turns"] = self.turn_weight
        return SessionScheme(**values)

    @property
    def judging(self) -> ScoreContext:
        """The settings of the score graph, for turns and sessions."""
        return ScoreContext(
            profile=self.profile, judges=self.judges, prompts=self.prompts, seed=self.judge_seed
        )


def simulating_fields(context: SessionContext) -> dict[str, object]:
    """The fields that every session of a run shares, weights and limits of scores left out;
    JSON-able."""
    apart = {*_SCHEME, "turn_weight", *_OF_ONE_SESSION, *_WHERE} - {"turns"}
    return {name: value for name, value in asdict(context).items() if name not in apart}


def scheme_fields(context: SessionContext) -> dict[str, object]:
    """The fields that only the scores depend on; JSON-able."""
    return {
        name: value
        for name, value in asdict(context).items()
        if (name in _SCHEME and name != "turns") or name == "turn_weight"
    }
