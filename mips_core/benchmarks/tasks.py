"""Measure the benchmark tasks, one row each."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mips_core.benchmarks.certificates import shipped_certificates
from mips_core.benchmarks.conditions import FRESH_BUDGET, Settings
from mips_core.benchmarks.row import BenchmarkRow, Count, row_from_dict, row_from_report
from mips_core.distillation import distill
from mips_core.distillation.pipeline import DEFAULT_BUDGET
from mips_core.distillation.source import task_subject
from mips_core.errors import BadInputError, Cancelled, MipsError, NotTrainedError
from mips_core.files import make_folder, read_json, write_json
from mips_core.networks import Network, load_network
from mips_core.networks.store import network_digest
from mips_core.parallel import side_by_side
from mips_core.progress import Monitor, Stopwatch
from mips_core.resources import code_digest, installed_version, shipped_network
from mips_core.stepping import outputs_of
from mips_core.tasks import Task, get
from mips_core.tasks import names as all_names

ROW_FORMAT = "mips-benchmark-row"
ROW_VERSION = 1

STAGE = "bench"


def run_task_benchmark(
    names: Sequence[str] | None = None,
    *,
    fresh: bool = False,
    seed: int = 0,
    budget: float | None = None,
    workers: int = 1,
    store: str | os.PathLike[str] | None = None,
    networks: str | os.PathLike[str] | None = None,
    monitor: Monitor | None = None,
) -> Iterator[BenchmarkRow]:
    """Distil each task, test its network on fresh sequences, and yield rows in order of completion.

    Parameters
    ----------
    names : tasks; all 62 by default
    fresh : train networks from data instead of taking those that ship
    seed : seed of training and of all sequences
    budget : seconds per task for training and search together; None for :func:`default_budget`
    workers : processes that work side by side; with more than one, a script must guard its own start with
        ``if __name__ == "__main__":``
    store : folder with a file per row, made if it is missing.  A row that it holds for the same task, network, code
        and settings is taken from there (``row.kept``)
    networks : folder of networks, as ``mips train`` writes it, instead of those that ship
    monitor : receives progress; may stop, which ends workers in the middle of their tasks; finished rows are stored

    Raises
    ------
    UnknownTaskError
        when a name is no task; before anything is measured.
    BadInputError
        when the folder cannot be written, or holds a file that is no row; when networks are both trained and given.
    Cancelled
        when the monitor's caller asked to stop.
    """
    tasks = [get(name) for name in dict.fromkeys(all_names() if names is None else names)]
    if fresh and networks is not None:
        raise BadInputError("Networks are either trained anew or taken from a folder, not both.")
    folder = None if networks is None else os.fspath(networks)
    settings = Settings(fresh, seed, float(default_budget(fresh) if budget is None else budget), networks=folder)
    rows = _Rows(None if store is None else make_folder(store), settings)
    return _rows(tasks, rows, workers, monitor or Monitor())


def default_budget(fresh: bool) -> float:
    """Return the seconds per task, with or without training."""
    return FRESH_BUDGET if fresh else DEFAULT_BUDGET


def measure(name: str, settings: Settings, monitor: Monitor | None = None) -> BenchmarkRow:
    """Measure one task in this process; an error becomes a row that says so.

    Raises
    ------
    Cancelled
        when the monitor's caller asked to stop.
    """
    watch, task, clock = monitor or Monitor(), get(name), Stopwatch()
    empty = BenchmarkRow(task.name, task.group, task.length)
    try:
        report = distill(
            name if settings.networks is None else task_subject(task, load_network(_network_path(name, settings))),
            fresh=settings.fresh,
            seed=settings.seed,
            budget=settings.budget,
            progress=watch.progress,
            stop=watch.stop,
        )
        row = row_from_report(task, report, fresh_accuracy(task, report.network, settings))
        return replace(row, certificates=shipped_certificates(task.name, row.digest))
    except Cancelled:
        raise
    except NotTrainedError as error:
        return replace(empty, reason=str(error), seconds={"train": clock.seconds, "total": clock.seconds})
    except Exception as error:  # a defect that one task meets must not cost the rows of all others
        reason = str(error) if isinstance(error, MipsError) else f"{type(error).__name__}: {error}"
        return replace(empty, measured=False, reason=reason)


def _network_path(name: str, settings: Settings) -> Path:
    """Return where the network of a task is; it may not exist."""
    if settings.networks is None:
        return shipped_network(name)
    return Path(settings.networks) / f"{name}.safetensors"


def fresh_accuracy(task: Task, network: Network, settings: Settings) -> Count:
    """Count the sequences, drawn for this alone, on which every output of the network is right."""
    x = task.sample(settings.sequences, rng=np.random.default_rng([settings.seed, 11]))
    right = (outputs_of(network, x) == task.apply(x)).all(axis=(1, 2))
    return Count(int(right.sum()), len(x))


def _rows(tasks: Sequence[Task], rows: _Rows, workers: int, monitor: Monitor) -> Iterator[BenchmarkRow]:
    missing: list[str] = []
    for task in tasks:
        kept = rows.read(task.name)
        if kept is None:
            missing.append(task.name)
        else:
            yield kept
    if workers == 1 or len(missing) < 2:
        for i, name in enumerate(missing):
            monitor.report(STAGE, f"{name}, {i + 1} of {len(missing)} tasks", i / len(missing))
            yield rows.write(measure(name, rows.settings, monitor))
        return
    jobs = [(name, rows.settings) for name in missing]
    for row in side_by_side(measure, jobs, workers=workers, stage=STAGE, noun="tasks", monitor=monitor):
        yield rows.write(row)


class _Rows:
    """The folder of finished rows; without a folder it keeps nothing."""

    def __init__(self, folder: Path | None, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self._code = "" if folder is None else code_digest()

    def read(self, name: str) -> BenchmarkRow | None:
        path = self._path(name)
        if path is None or not path.is_file():
            return None
        stored = read_json(path, ROW_FORMAT, ROW_VERSION)
        return replace(row_from_dict(stored.get("row") or {}, str(path)), kept=True)

    def write(self, row: BenchmarkRow) -> BenchmarkRow:
        path = self._path(row.task)
        if path is not None and row.measured:
            head = {"format": ROW_FORMAT, "version": ROW_VERSION, "key": self._key(row.task)}
            write_json(path, {**head, "row": row.to_dict()})
        return row

    def _path(self, name: str) -> Path | None:
        if self.folder is None:
            return None
        digest = hashlib.sha256(json.dumps(self._key(name), sort_keys=True).encode()).hexdigest()[:16]
        return self.folder / f"{name}-{digest}.json"

    def _key(self, name: str) -> dict[str, Any]:
        """Everything that a row depends on; a fresh network follows from the rest."""
        path = _network_path(name, self.settings)
        network = "fresh" if self.settings.fresh else network_digest(load_network(path)) if path.is_file() else "none"
        settings = self.settings.to_dict()
        return {"task": name, "network": network, "package": installed_version(), "code": self._code, **settings}
