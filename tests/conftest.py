"""Shared set-up: no network but loopback, a cache of its own, no settings from outside."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Generated tests are not timed: the first example may read a word list.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

pytest_plugins = ["medelphi.tools.cassettes.pytest_plugin"]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("MEDELPHI_") and name not in {"MEDELPHI_DATA", "MEDELPHI_CACHE_DIR"}:
            monkeypatch.delenv(name)
    # A kept reply of one test must not answer another one, whose server has the same address.
    monkeypatch.setenv("MEDELPHI_CACHE", "false")
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_BASE_URL", "LANGSMITH_TRACING"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One cache for all workers of a test run, so that the built-in index is built once."""
    root = tmp_path_factory.getbasetemp()
    shared = root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
    os.environ["MEDELPHI_CACHE_DIR"] = str(shared / "medelphi-cache")


@pytest.fixture(scope="session")
def data() -> Path:
    """The real data, where it is."""
    place = os.environ.get("MEDELPHI_DATA")
    if not place or not Path(place).is_dir():
        pytest.skip("MEDELPHI_DATA is unset: no real data here")
    return Path(place)


@pytest.fixture(autouse=True)
def _only_loopback(request: pytest.FixtureRequest) -> None:
    import pytest_socket

    if request.config.getoption("record") in {"openai", "anthropic"}:
        return
    pytest_socket.socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
