"""Under which conditions a benchmark was run: the settings, the machine, and which code."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from mips_core.resources import installed_version

FRESH_SEQUENCES = 10_000
"""Sequences of the trained length, drawn anew, on which each network is tested."""

FRESH_BUDGET = 120.0
"""Seconds per task where a network is trained first: a few take a minute of training alone."""


@dataclass(frozen=True)
class Settings:
    """What was asked for.

    Parameters
    ----------
    fresh : networks were trained anew instead of taking those that ship
    seed : seed of training and of all sequences
    budget : seconds per task for training and search together
    sequences : fresh sequences on which each network is tested
    networks : folder of the networks, as ``mips train`` writes it; None for those that ship
    """

    fresh: bool
    seed: int
    budget: float
    sequences: int = FRESH_SEQUENCES
    networks: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Conditions:
    """Where and when.

    Parameters
    ----------
    cores : processor cores that the system reports
    workers : processes that worked side by side
    system, python, package : versions
    date : day on which the run ended (UTC), as 2026-01-31
    """

    cores: int
    workers: int
    system: str
    python: str
    package: str
    date: str

    @property
    def text(self) -> str:
        """One line for a person."""
        cores = f"{self.cores} core{'s' * (self.cores != 1)}"
        workers = f"{self.workers} worker{'s' * (self.workers != 1)}"
        return f"{self.date}, {cores}, {workers}, {self.system}, Python {self.python}, MIPS Explorer {self.package}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def current_conditions(workers: int) -> Conditions:
    """Return the conditions of a run that ends now on this machine."""
    return Conditions(
        cores=os.cpu_count() or 1,
        workers=workers,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        package=installed_version(),
        date=datetime.now(UTC).date().isoformat(),
    )
