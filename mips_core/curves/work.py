"""Curve distillation as work for a process of its own: a visitor's table is read, distilled and stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mips_core.curves.distilling import distill_curves, study_metrics
from mips_core.curves.measured import Measures, save_measures
from mips_core.curves.stored import save_study
from mips_core.curves.study import CurveSettings
from mips_core.curves.table import read_table
from mips_core.files import read_bytes
from mips_core.progress import Monitor

UPLOAD = "data.csv"
"""The table to distil, in the folder of the job."""
RESULT = "study"
"""The folder of the stored study, in the folder of the job."""
DISTILLING = {
    "read": "Read the table",
    "teacher": "Train the teacher",
    "curves": "Fit the curves",
    "verify": "Compare code and model",
    "interacting": "Train a model with interactions",
}
"""The stages of :func:`distill_table`."""


def distill_table(
    *, folder: Path, monitor: Monitor, name: str, target: str, task: str | None = None, group: str | None = None,
    segments: int | None = None, mono: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """Distil the table in the folder of the job, and store the study beside it.

    Parameters
    ----------
    name : what the file is called
    target, task, group : as for :func:`mips_core.curves.table.read_table`
    segments : at most, for each curve; None for as many as each needs
    mono : features whose curves must be monotone, in the direction that fits better

    Returns
    -------
    "rows", how many could be used
    """
    monitor.report("read", f"Reading {name}")
    data = read_table(read_bytes(folder / UPLOAD), target, task, group, name)
    settings = CurveSettings(segments=segments, most=max(5, segments or 0), mono=dict.fromkeys(mono, True))
    study = distill_curves(data, settings, progress=monitor.progress, stop=monitor.stop)
    save_study(study, folder / RESULT)
    monitor.report("interacting", "Training a model whose features may interact, for comparison")
    found = study_metrics(study, interacting=True)
    save_measures(Measures((), found["interacting"]), folder / RESULT)
    return {"rows": len(data.table)}
