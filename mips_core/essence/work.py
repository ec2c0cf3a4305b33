"""Deep Distilling as work for a process of its own: distilling a file, measuring at one size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mips_core.errors import NoRegularStructureError
from mips_core.essence.pipeline import distill_essence
from mips_core.essence.reporting import taught_scaling
from mips_core.essence.stored import stored_files
from mips_core.essence.stored_making import baseline_dict, stored_of
from mips_core.essence.tasks import registry
from mips_core.essence.tasks.baselines import baselines
from mips_core.essence.tasks.files import parse_data
from mips_core.essence.tasks.task import scaling
from mips_core.files import read_bytes, write_files
from mips_core.progress import Monitor

UPLOAD = "data.npz"
"""The file to distil, in the folder of the job."""
RESULT = "result"
"""The name of the stored result in the folder of the job."""
DISTILLING = {"train": "Train", "condense": "Condense and write", "verify": "Compare with the network"}
"""The stages of :func:`distill_file`."""
MEASURING = {"distil": "Distil again", "measure": "Measure the code", "models": "Teach and measure other models"}
"""The stages of :func:`measure_size`."""


def distill_file(*, folder: Path, monitor: Monitor, name: str) -> dict[str, Any]:
    """Distil the data file in the folder of the job, and store the result beside it.

    Parameters
    ----------
    name : what the file is called

    Returns
    -------
    "refused" with the reason or "", and what was "tried"
    """
    data = parse_data(read_bytes(folder / UPLOAD), name)
    try:
        result = distill_essence(data, monitor=monitor)
    except NoRegularStructureError as error:
        return {"refused": str(error), "tried": list(error.tried)}
    stored = stored_of(result, RESULT, scaled=taught_scaling(data, result))
    write_files(folder, stored_files(stored))
    return {"refused": "", "tried": [attempt.sentence for attempt in result.tried]}


def measure_size(*, folder: Path, monitor: Monitor, task: str, size: Sequence[int], seed: int) -> dict[str, Any]:
    """Judge the code of a task and other models at one size.

    Returns
    -------
    "scaling" and "baselines", as they are stored
    """
    known = registry.get(task)
    monitor.report("distil", "Distilling the data again")
    function = distill_essence(known.data(), monitor=Monitor(stop=monitor.stop)).program.function
    monitor.report("measure", "Running the code on fresh inputs")
    wanted = [tuple(size)]
    judged = scaling(known, function, sizes=wanted, seed=seed)
    monitor.report("models", "Teaching a multilayer perceptron and a decision tree")
    others = baselines(known, sizes=wanted, seed=seed)
    return {"scaling": [each.to_dict() for each in judged], "baselines": [baseline_dict(each) for each in others]}
