"""Tests keep to one thread each, as several run side by side, and never touch the user's own runs."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from mips_core.threads import default_to_one_thread

default_to_one_thread()  # NumPy and torch are imported later, also by processes started here


def pytest_collection_finish() -> None:
    """Keep modules and tests, half a million objects, out of the garbage collector, which would walk them for ever."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give servers that live as long as the session a folder of their own for the user's runs."""
    home = tmp_path_factory.mktemp("session_home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIPS_HOME", str(home))
        yield home


@pytest.fixture(autouse=True)
def own_home(session_home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test, and every process that it starts, an empty folder for the user's runs."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("MIPS_HOME", str(home))
    return home


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let processes that a test starts hear Ctrl-C, also where this one does not, as in the background of a script."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
