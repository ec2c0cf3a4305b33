"""A sweep as a job of the explorer."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mips_core.errors import Cancelled
from mips_core.jobs import keep
from mips_core.progress import Monitor
from mips_core.runs.store import RunStore
from mips_core.sweeps.dask_workers import DaskWorkers
from mips_core.sweeps.plan import Plan, make_plan
from mips_core.sweeps.record import Sweeps
from mips_core.sweeps.sweep import STAGE, run_sweep

STAGES: Mapping[str, str] = {STAGE: "Networks and programs"}
"""What the stage of :func:`sweep_tasks` and :func:`resume_sweep` is called."""

MOST_WORKERS = 2


def sweep_tasks(
    *, folder: Path, monitor: Monitor, tasks: Sequence[str], seeds: Sequence[int], budget: float
) -> dict[str, Any]:
    """Sweep over tasks and seeds in workers beside this process.

    Parameters
    ----------
    folder : of the job; nothing lies there
    tasks : names of benchmark tasks
    seeds : one network of each task for each
    budget : seconds for each of them, counted by the work done

    Returns
    -------
    ``{"sweep": its id}``; how far it is stands in its record

    Raises
    ------
    BadInputError
        when a task is unknown, or the runs cannot be stored.
    MipsError
        when no worker could be started.
    """
    return _swept(make_plan(tasks=tasks, seeds=seeds, budgets=[budget]), "", folder, monitor)


def resume_sweep(*, folder: Path, monitor: Monitor, sweep: str) -> dict[str, Any]:
    """Go on with a sweep that ended before its end; what is stored is not done again.

    Parameters
    ----------
    folder : of the job; nothing lies there
    sweep : its id

    Returns
    -------
    as :func:`sweep_tasks`, which also says what is raised; BadInputError, too, when there is no such sweep
    """
    return _swept(Sweeps().plan(sweep), Sweeps().store(sweep), folder, monitor)


def _swept(plan: Plan, runs: str, folder: Path, monitor: Monitor) -> dict[str, Any]:
    monitor.report(STAGE, "Starting workers", 0.0)
    store = RunStore(runs or None)
    store.make_ready()
    record = Sweeps().begin(plan, store=runs, job=folder.parent.name)
    found = {"sweep": plan.id}
    keep(monitor, found)
    workers = min(MOST_WORKERS, os.cpu_count() or 1)
    try:
        for _ in run_sweep(plan, lambda: DaskWorkers(workers), store, record=record, monitor=monitor):
            pass
    except Cancelled:
        pass  # what is finished is stored, and the record says so
    return found
