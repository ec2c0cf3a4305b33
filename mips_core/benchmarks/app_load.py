"""The work that goes on beside the viewers while the explorer is measured."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from mips_core.networks.training import train
from mips_core.progress import Monitor
from mips_core.tasks import get

TASK = "Majority_0_3"
"""A task whose networks take long to train."""


def train_without_end(*, folder: Path, monitor: Monitor) -> dict[str, Any]:
    """Train one network after the other until stopped; a job (see :mod:`mips_core.jobs`)."""
    for seed in itertools.count():
        train(get(TASK), seed=seed, monitor=monitor)
        monitor.check()
    raise AssertionError("unreachable")
