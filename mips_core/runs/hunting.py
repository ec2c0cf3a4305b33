"""Hunting the network of a run for the shortest word on which it is wrong, from the command line or as a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.store import network_digest
from mips_core.progress import Monitor
from mips_core.runs.run import Run, load_run
from mips_core.runs.symbols import symbols_of
from mips_core.stepping import Stepper
from mips_core.tasks import get
from mips_core.verification.exact_walk import Failing
from mips_core.verification.hunt import Hunt, Ruled, hunt
from mips_core.verification.shortest import shortest_difference

AGAINST = ("program", "machine", "data")
"""What the network of a run can be compared with; data is the rule of a benchmark task."""
LEFT = ("network", "program", "machine")
"""What of a run can be searched for a difference from something else of it."""
FORMAT = "mips-hunt"
STAGES = {"hunt": "Walk through hidden states"}
"""The stages of :func:`hunt_stored`."""


def opponents(run: Run) -> tuple[str, ...]:
    """Return which of :data:`AGAINST` the run has."""
    there = {
        "program": run.program is not None,
        "machine": run.machine is not None,
        "data": run.report.get("task") is not None,
    }
    return tuple(name for name in AGAINST if there[name])


def opponent(run: Run, against: str) -> Stepper:
    """Return what the network of a run is compared with.

    Raises
    ------
    BadInputError
        when the run has no such thing.
    """
    if against not in opponents(run):
        raise BadInputError(f"The run {run.name} has no {against} to compare with; choose another with --against.")
    if against == "program":
        assert run.program is not None
        return Failing(run.program.system)
    if against == "machine":
        assert run.machine is not None
        return run.machine
    return Ruled(get(run.report["task"]).rule, run.network.input_width, run.network.output_width)


def hunt_run(
    run: Run, against: str, *, seconds: float, of: str = "network", seed: int = 0, monitor: Monitor | None = None
) -> Hunt:
    """Look for the shortest word on which the network of a run, its program or its machine differs.

    Parameters
    ----------
    against : one of :data:`AGAINST`
    of : one of :data:`LEFT`, and not the same
    seconds : time for the walks

    Raises
    ------
    BadInputError
        when there is nothing to compare with, or the input symbols are not known or too many.
    """
    if of == against:
        raise BadInputError(f"The {of} is the same as itself; choose another with --against.")
    other, symbols = opponent(run, against), symbols_of(run)
    if of != "network":
        length = int(run.report["length"])
        return shortest_difference(
            _exact(run, of), other if against == "data" else _exact(run, against), symbols, length=length,
            seconds=seconds, rng=np.random.default_rng(seed), monitor=monitor,
        )  # fmt: skip
    return hunt(run.network, other, symbols, seconds=seconds, rng=np.random.default_rng(seed), monitor=monitor)


def _exact(run: Run, name: str) -> Stepper:
    """Return a program as itself, not as its equations only: then what is found of them can be shown of its text."""
    if name == "program" and run.program is not None:
        return run.program
    return opponent(run, name)


def hunt_dict(run: Run, against: str, found: Hunt, of: str = "network") -> dict[str, Any]:
    """Return what a hunt found as plain JSON values, with the claim and the network that it is about."""
    claim = found.claim(of, against, len(symbols_of(run)))
    return {
        "format": FORMAT, "version": 1, "run": run.id, "network": network_digest(run.network), "of": of,
        "against": against, "claim": claim.sentence, **found.to_dict(),
    }  # fmt: skip


def hunt_stored(
    *, folder: Path, monitor: Monitor, run_folder: str, against: str, seconds: float, seed: int = 0
) -> dict[str, Any]:
    """Hunt the network of a stored run; for a process of its own.

    Parameters
    ----------
    folder : of the job; not needed
    run_folder : where the run lies

    Returns
    -------
    "folder", that of the run, and "hunt", what :func:`hunt_dict` returns
    """
    run = load_run(run_folder)
    return {
        "folder": run_folder,
        "hunt": hunt_dict(run, against, hunt_run(run, against, seconds=seconds, seed=seed, monitor=monitor)),
    }
