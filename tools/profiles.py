"""Profiles: which model sits where on the panel.

Built-in ones are the TOML files of ``builtin_profiles/``. Users add theirs as ``[profiles.NAME]``
tables of the configuration file (`medelphi.tools.settings`), or pass the path of a TOML file.
"""

import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

from medelphi.schema.base import Record
from medelphi.schema.errors import ConfigurationError
from medelphi.tools.models.options import ModelOptions, RateLimit, plain_url
from medelphi.tools.models.specs import PROVIDERS
from medelphi.tools.settings import config_path, config_table

ROLES = ("triage", "retriever", "proposers", "aggregators", "verifiers", "drafter", "critics")
"""The roles of the panel that makes rubrics."""
JUDGES = "judges"
"""The role that grades answers. It is no part of a rubric's settings or provenance."""
SESSION_ROLES = ("listener", "patient", "guard", "turn_drafter", "case_builder")
"""The roles around a simulated consultation. They are no part of a rubric's settings either."""

_WHERE_A_MODEL_IS = {"base_url", "key_env", "api"}


class Profile(Record):
    """The models of every role, as specs ``provider:name``, and how they are called.

    ``[models."openai:gpt-5"]`` tables hold options by model, ``[roles.critics]`` tables those that
    a role sets on top, ``[limits.openai]`` tables the rates to keep, by provider, base URL or
    model.
    """

    model_config = ConfigDict(populate_by_name=True, hide_input_in_errors=True)

    name: str
    grounded: bool = False
    """Candidates see the evidence. For panels without knowledge of their own."""
    single_model: bool = False
    """Allow critics that are all the drafter's own model (reported as self-preference)."""
    triage: str
    retriever: str
    proposers: tuple[str, ...] = Field(min_length=1)
    aggregators: tuple[str, ...] = Field(min_length=1)
    verifiers: tuple[str, ...] = Field(min_length=1)
    drafter: str
    critics: tuple[str, ...] = Field(min_length=2)
    judges: tuple[str, ...] = ()
    """Who grades answers; empty for the critics' models, each once."""
    listener: str = ""
    """Who takes a doctor's message apart; empty for the model of triage."""
    patient: str = ""
    """Who words what a patient says; empty for the drafter's model."""
    guard: str = ""
    """Who checks a patient's words, after code has; empty for the first verifier's model."""
    turn_drafter: str = ""
    """Who writes the criteria of a turn; empty for the drafter's model."""
    case_builder: str = ""
    """Who splits a record into facts; empty for the drafter's model."""
    models: dict[str, ModelOptions] = Field(default_factory=dict)
    """Options by model spec."""
    role_options: dict[str, ModelOptions] = Field(default_factory=dict, alias="roles")
    """Options by role; only those that are set there count."""
    limits: dict[str, RateLimit] = Field(default_factory=dict)

    @field_validator("limits", mode="before")
    @classmethod
    def _limits_have_the_name_of_their_table(cls, limits: Any) -> Any:
        if not isinstance(limits, Mapping):
            return limits
        return {
            _limit_name(name): {**table, "name": _limit_name(name)}
            if isinstance(table, Mapping)
            else table
            for name, table in limits.items()
        }

    @model_validator(mode="after")
    def _tables_are_of_this_panel(self) -> "Profile":
        for role, options in self.role_options.items():
            if role not in (*ROLES, JUDGES, *SESSION_ROLES):
                known_roles = ", ".join((*ROLES, JUDGES, *SESSION_ROLES))
                raise ValueError(f"no role {role!r} in [roles]; there are {known_roles}")
            if misplaced := sorted(options.model_fields_set & _WHERE_A_MODEL_IS):
                raise ValueError(
                    f"[roles.{role}] cannot set {misplaced[0]}; it belongs to a model: "
                    'write it in a [models."…"] table'
                )
        for table, options in (*self.models.items(), *self.role_options.items()):
            if options.limits:
                raise ValueError(f"{table}: write rate limits as [limits.NAME] tables")
        urls = {options.base_url for options in self.models.values() if options.base_url}
        specs = {spec for seats in self.roles.values() for spec in seats} | {*self.judges}
        specs |= {*self.consultation.values()}
        known = (*PROVIDERS, *sorted(urls), *sorted(specs))
        if unknown := sorted(set(self.limits) - set(known)):
            raise ValueError(
                f"no model is of [limits.{unknown[0]!r}]; there are {', '.join(known)}"
            )
        return self

    @model_validator(mode="after")
    def _offline_panels_see_the_evidence(self) -> "Profile":
        if not self.grounded and any(model.startswith("offline:") for model in self.proposers):
            raise ValueError(
                "offline proposers know nothing of their own; set grounded = true, "
                "so that they see the evidence"
            )
        return self

    @model_validator(mode="after")
    def _drafter_does_not_judge_alone(self) -> "Profile":
        if not self.single_model and set(self.critics) == {self.drafter}:
            raise ValueError(
                "every critic is the drafter's own model; seat another one, "
                "or set single_model = true"
            )
        return self

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """Model specs by role, of the panel that makes rubrics."""
        seats = {role: getattr(self, role) for role in ROLES}
        return {role: (seat,) if isinstance(seat, str) else seat for role, seat in seats.items()}

    @property
    def judging(self) -> tuple[str, ...]:
        """Model specs of the judges."""
        return self.judges or tuple(dict.fromkeys(self.critics))

    @property
    def consultation(self) -> dict[str, str]:
        """Model specs of the roles around a simulated consultation."""
        return {
            "listener": self.listener or self.triage,
            "patient": self.patient or self.drafter,
            "guard": self.guard or self.verifiers[0],
            "turn_drafter": self.turn_drafter or self.drafter,
            "case_builder": self.case_builder or self.drafter,
        }

    def seated(self) -> dict[str, ModelOptions]:
        """Every model of the panel, as it is called."""
        return {
            model: self.options(model, role)
            for role, models in self.roles.items()
            for model in models
        }

    def judged_by(self, judges: Iterable[str] = ()) -> dict[str, ModelOptions]:
        """The judges, these or the profile's own, as they are called."""
        models = tuple(judges) or self.judging
        return {model: self.options(model, JUDGES) for model in models}

    def sat_with(
        self, doctors: Iterable[str], judges: Iterable[str] = ()
    ) -> dict[str, ModelOptions]:
        """Every model of a consultation, as it is called: the cast, the judges and those of the
        doctors that are models."""
        cast = {role: model for role, model in self.consultation.items() if role != "case_builder"}
        models = {model: self.options(model, role) for role, model in cast.items()}
        models |= self.judged_by(judges)
        return models | {
            spec: self.options(spec) for spec in doctors if spec.partition(":")[0] in PROVIDERS
        }

    def stand_ins(self, role: str) -> tuple[str, ...]:
        """Models of the panel that can take the single seat of a role, best first."""
        order = (*self.aggregators, *self.critics, *self.verifiers)
        return tuple(dict.fromkeys(model for model in order if model not in self.roles[role]))

    def options(self, model: str, role: str = "") -> ModelOptions:
        """How a model is called: its own options, then those of the role it sits in.

        Args:
            model: Its spec.
            role: One of `ROLES` or `SESSION_ROLES`, or `JUDGES`; empty for the model's own options.
        """
        of_model = self.models.get(model, ModelOptions())
        of_role = self.role_options.get(role, ModelOptions())
        given = _given(of_model) | _given(of_role)
        if of_model.extra and of_role.extra:
            given["extra"] = of_model.extra | of_role.extra
        names = (model, of_model.base_url or model.partition(":")[0])
        given["limits"] = tuple(self.limits[name] for name in names if name in self.limits)
        return ModelOptions(**given)


def _given(options: ModelOptions) -> dict[str, Any]:
    return {field: getattr(options, field) for field in options.model_fields_set}


def _limit_name(name: str) -> str:
    return plain_url(name) if "://" in name else name


def profile_names() -> tuple[str, ...]:
    """All profiles that a name can choose: built-in ones and those of the configuration file."""
    built_in = [
        entry.name.removesuffix(".toml")
        for entry in (resources.files("medelphi.tools") / "builtin_profiles").iterdir()
        if entry.name.endswith(".toml")
    ]
    return tuple(sorted({*built_in, *config_table("profiles")}))


def load_profile(name: str) -> Profile:
    """The profile of that name, or of the TOML file at that path.

    Raises:
        ConfigurationError: No such profile, or one that does not fit the schema.
    """
    own = config_table("profiles")
    if name in own:
        return _parse(name, own[name], f"{config_path()}: [profiles.{name}]")
    if name.endswith(".toml"):
        path = Path(name)
        return _parse(path.stem, _read(path), name)
    if name in profile_names():
        text = (resources.files("medelphi.tools") / "builtin_profiles" / f"{name}.toml").read_text(
            "utf-8"
        )
        return _parse(name, tomllib.loads(text), name)
    raise ConfigurationError(
        f"no profile {name!r}; choose one of {', '.join(profile_names())}, "
        f"or add [profiles.{name}] to {config_path()}"
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot read the profile: {error}") from error


def _parse(name: str, table: Mapping[str, Any], place: str) -> Profile:
    try:
        return Profile.model_validate({**table, "name": name})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "profile"
        raise ConfigurationError(f"{place}: {field}: {first['msg']}") from error
