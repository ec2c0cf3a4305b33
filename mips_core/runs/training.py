"""Train and distil as a job: one stored run for each seed, and the best weights kept on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mips_core.distillation import distill
from mips_core.errors import BadInputError, Cancelled
from mips_core.files import write_bytes
from mips_core.jobs import keep
from mips_core.networks import Network, load_network, save_network
from mips_core.networks.snapshots import FILE as SNAPSHOTS_FILE
from mips_core.networks.snapshots import Snapshots, read_snapshots, snapshot_bytes
from mips_core.progress import EventCallback, Monitor, Progress, ProgressCallback
from mips_core.report import Report
from mips_core.runs.closing import STAGE as CLOSE
from mips_core.runs.from_file import UPLOAD
from mips_core.runs.information import Origin
from mips_core.runs.proving import DEFAULT_SECONDS, add_proof, prove_run
from mips_core.runs.store import RunStore
from mips_core.tasks import Dataset, Task, dataset_from_bytes, get

if TYPE_CHECKING:
    from mips_core.networks.recording import Recorder

STAGES: Mapping[str, str] = {
    "sample": "Draw sequences",
    "train": "Train",
    "counterexamples": "Counterexamples",
    "extract": "Extract",
    "regress": "Formulas",
    "verify": "Verify",
    "store": "Store",
    "close": "Close the state set",
}
"""What the stages of :func:`train_runs` are called."""

DISTIL_STAGES: Mapping[str, str] = {name: STAGES[name] for name in ("extract", "regress", "verify", "store", "close")}
"""Those of :func:`distil_kept`, which trains nothing."""

KEPT_FILE = "kept.safetensors"
"""The best network so far, in the folder of the job."""


@dataclass(frozen=True)
class Preset:
    """How much time one seed gets.

    Parameters
    ----------
    name : as it stands on the page
    budget : seconds for training and search together, as ``mips distill --budget`` has them
    """

    name: str
    budget: float


PRESETS = (Preset("small", 15.0), Preset("usual", 45.0), Preset("careful", 180.0))


def train_runs(
    *, folder: Path, monitor: Monitor, seeds: Sequence[int], budget: float, task: str | None = None,
    file: str | None = None, label_free: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Train a network for each seed, distil it, store it as a run of the user's own, and try to prove it.

    Nothing is left out.  What is proved is a network of its own, beside the one that was trained; see
    :func:`~mips_core.runs.proving.prove_run`.

    Parameters
    ----------
    folder : holds the data file as :data:`~mips_core.runs.from_file.UPLOAD`, and gets the best network so far and its
        snapshots
    monitor : told of everything that :class:`~mips_core.networks.recording.Recorder` tells, with its seed
    seeds : one run each, one after another
    budget : seconds for each of them
    task, file : the benchmark task, or the name of the data file
    label_free : labels are for training only, as for :func:`mips_core.distillation.distill`

    Returns
    -------
    ``{"runs": [...], "kept": ... or None}``: what is to be said of every stored run, and of the best network of
    the seed that was stopped

    Raises
    ------
    BadInputError, NotTrainedError
        as :func:`mips_core.distillation.distill` does.
    """
    from mips_core.networks.recording import Recorder  # torch takes seconds to import

    source = _source(folder, task, file)
    RunStore().make_ready()
    runs: list[dict[str, Any]] = []
    for place, seed in enumerate(seeds):
        kept = _Kept(folder, monitor, seed, runs)
        recorder = Recorder(_tagged(monitor, seed), kept.take)
        note = f"Seed {seed}, {place + 1} of {len(seeds)}. " if len(seeds) > 1 else ""
        watch = replace(monitor, progress=_noted(monitor, note))
        try:
            report = _distilled(source, watch, seed=seed, budget=budget, recorder=recorder, label_free=label_free)
        except Cancelled:
            kept.write_snapshots(recorder)
            return {"runs": runs, "kept": kept.facts}
        runs.append(_stored(report, seed, file, watch))
        keep(monitor, {"runs": runs, "kept": None})
        _prove(runs[-1], seed, budget, watch)
        keep(monitor, {"runs": runs, "kept": None})
    return {"runs": runs, "kept": None}


def distil_kept(
    *, folder: Path, monitor: Monitor, seed: int, budget: float, task: str | None = None, file: str | None = None,
    label_free: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Distil the network that a stopped training kept, and store the run; parameters as for :func:`train_runs`.

    The folder holds the network (:data:`KEPT_FILE`), and its snapshots where there are some.
    """
    source = _source(folder, task, file)
    network = load_network(folder / KEPT_FILE)
    report = _distilled(source, monitor, seed=seed, budget=budget, network=network, label_free=label_free)
    report = replace(report, snapshots=read_snapshots(folder / SNAPSHOTS_FILE))
    stored = _stored(report, seed, file, monitor)
    keep(monitor, {"runs": [stored], "kept": None})
    _prove(stored, seed, budget, monitor)
    return {"runs": [stored], "kept": None}


class _Kept:
    """The best network so far of one seed, as a file."""

    def __init__(self, folder: Path, monitor: Monitor, seed: int, runs: list[dict[str, Any]]) -> None:
        self._folder, self._monitor, self._seed, self._runs = folder, monitor, seed, runs
        self._network: Network | None = None
        self.facts: dict[str, Any] | None = None

    def take(self, network: Network, accuracy: float) -> None:
        """Write a network that is better than all before it."""
        save_network(network, self._folder / KEPT_FILE)
        self._network = network
        notes = network.card.training
        self.facts = {
            "seed": self._seed, "accuracy": accuracy, "rung": notes.get("rung"), "steps": notes.get("steps"),
            "hidden": network.card.hidden_size,
        }  # fmt: skip
        keep(self._monitor, {"runs": self._runs, "kept": self.facts})

    def write_snapshots(self, recorder: Recorder) -> None:
        """Write what led to the network."""
        snapshots = None if self._network is None else recorder.snapshots(self._network)
        if snapshots is not None:
            write_bytes(self._folder / SNAPSHOTS_FILE, snapshot_bytes(snapshots))


def _source(folder: Path, task: str | None, file: str | None) -> Task | Dataset:
    if (task is None) == (file is None):
        raise BadInputError("Give a task or a data file, one of them.")
    return get(task) if task is not None else dataset_from_bytes((folder / UPLOAD).read_bytes(), str(file))


def _distilled(source: Task | Dataset, monitor: Monitor, *, seed: int, budget: float, **how: Any) -> Report:
    fresh = isinstance(source, Task) and "network" not in how
    return distill(source, seed=seed, budget=budget, progress=monitor.progress, stop=monitor.stop, fresh=fresh, **how)


def _stored(report: Report, seed: int, file: str | None, monitor: Monitor) -> dict[str, Any]:
    """Store a run and return what is to be said of it."""
    monitor.progress(Progress("store", "Storing the run"))
    run = RunStore().save(report, seed=seed, origin=None if file is None else Origin(data_file=file))
    card = report.network.card
    return {
        "run": run.id, "name": run.name, "seed": seed, "accuracy": card.accuracy, "rung": card.training.get("rung"),
        "hidden": card.hidden_size, "succeeded": report.succeeded, **_by_length(report.snapshots),
    }  # fmt: skip


def _prove(stored: dict[str, Any], seed: int, budget: float, monitor: Monitor) -> None:
    """Make a proved network beside the one that was trained; a stop leaves the stored run as it is."""
    run, tell = RunStore().run(stored["run"]), _tagged(monitor, seed)
    try:
        proved = prove_run(
            run, seconds=min(DEFAULT_SECONDS, budget), seed=seed,
            monitor=replace(monitor, progress=_as_stage(CLOSE, monitor)),
            on_round=lambda found: tell({"kind": "round", **found.to_dict()}),
        )  # fmt: skip
    except Cancelled:
        return
    if not monitor.stop():
        add_proof(run.folder, proved)
        stored["proof"] = proved.sentence


def _as_stage(stage: str, monitor: Monitor) -> ProgressCallback:
    """Tell all steps as those of one stage."""
    return lambda progress: monitor.progress(replace(progress, stage=stage))


def _by_length(snapshots: Snapshots | None) -> dict[str, Any]:
    """Return the network's accuracy in so many first steps, where training was recorded."""
    if snapshots is None:
        return {"lengths": [], "by_length": []}
    return {"lengths": snapshots.lengths.tolist(), "by_length": snapshots.accuracy[-1].round(4).tolist()}


def _tagged(monitor: Monitor, seed: int) -> EventCallback:
    return lambda event: monitor.events({"seed": seed, **event})


def _noted(monitor: Monitor, note: str) -> ProgressCallback:
    return lambda progress: monitor.progress(replace(progress, message=note + progress.message))
