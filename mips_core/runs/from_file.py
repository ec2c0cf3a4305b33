"""The job on a network file from outside: distil it and store the run (data files: :mod:`mips_core.runs.training`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mips_core.distillation import distill
from mips_core.distillation.source import network_subject
from mips_core.networks.archives import parse_tensors
from mips_core.networks.options import NetworkOptions
from mips_core.progress import Monitor
from mips_core.runs.information import Origin
from mips_core.runs.store import RunStore

UPLOAD = "upload"
"""What the file is called in the folder of its job: names from outside are shown, never opened."""

NETWORK_STAGES = {
    "read": "Read",
    "extract": "Take apart",
    "regress": "Write formulas",
    "verify": "Check",
    "store": "Store",
}
"""Stages of the job, by the names that the work reports."""


def distill_network_file(
    *, folder: Path, monitor: Monitor, name: str, options: dict[str, Any], seed: int, budget: float
) -> dict[str, Any]:
    """Distil the network file :data:`UPLOAD` in ``folder`` and store the run.

    Parameters
    ----------
    name : of the file, whose ending tells its format
    options : as :meth:`NetworkOptions.to_dict` gives them
    seed : of probe words and held-out sequences
    budget : seconds for the search

    Returns
    -------
    ``{"runs": [{"run": the id of the run}], "kept": None}``, in the form of :func:`mips_core.runs.training.train_runs`

    Raises
    ------
    BadInputError
        when the file cannot be read, or the run cannot be stored.
    """
    RunStore().make_ready()  # what cannot be stored is not worth the work
    monitor.report("read", f"Reading {name}")
    chosen = NetworkOptions.from_dict(options)
    network = chosen.read(parse_tensors((folder / UPLOAD).read_bytes(), name))
    subject = network_subject(network, name, NetworkOptions(inputs=network.card.inputs, length=chosen.length))
    report = distill(subject, seed=seed, budget=budget, progress=monitor.progress, stop=monitor.stop)
    monitor.report("store", "Storing the run")
    run = RunStore().save(report, seed=seed, origin=Origin(network_file=name))
    return {"runs": [{"run": run.id}], "kept": None}
