"""Training many networks, one file each, so that a run can be stopped and taken up again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mips_core.files import make_folder, write_bytes
from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.population import Census, train_population
from mips_core.networks.recording import Recorder
from mips_core.networks.snapshots import FILE as SNAPSHOTS_FILE
from mips_core.networks.snapshots import snapshot_bytes
from mips_core.networks.store import load_network, save_network
from mips_core.networks.training import DEFAULT_BUDGET, Training, train
from mips_core.parallel import side_by_side
from mips_core.progress import Monitor, Stopwatch
from mips_core.tasks.dataset import Dataset
from mips_core.tasks.registry import get
from mips_core.tasks.task import Task

ACCEPTED = 0.99
"""A network is stored when it is right on at least this share of held-out sequences."""

_SEEDS = 3


@dataclass(frozen=True)
class Many:
    """That many networks of one architecture are trained for each source, and the best is kept.

    Parameters
    ----------
    networks : how many
    architecture, device : as for :func:`~mips_core.networks.population.train_population`
    """

    networks: int
    architecture: str | None = None
    device: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one source.

    Parameters
    ----------
    name : the task, or the data file without its ending
    trained : whether there is a network that is right on at least 99 % of held-out sequences
    kept : whether the folder already held it
    accuracy : share of held-out sequences, in [0, 1], on which every output is right
    longer : the same at five times the length; None for a data file
    counterexamples : what the search for words on which the network is wrong showed, as in its card; None without one
    rung : architecture
    seed : seed that gave it; where a seed fails, the two after it are tried
    seconds : time spent, over all seeds tried
    path : where it was stored, or None
    census : how many of the networks that were trained learnt it; None where they were not counted
    """

    name: str
    trained: bool
    kept: bool
    accuracy: float
    longer: float | None
    counterexamples: Mapping[str, Any] | None
    rung: str
    seed: int
    seconds: float
    path: str | None
    census: Census | None = None

    @property
    def sentence(self) -> str:
        """One line for a person."""
        longer = "" if self.longer is None else f", {self.longer:.1%} at five times the length"
        state = "kept" if self.kept else "trained" if self.trained else "not learnt"
        found = (
            f"{self.name}: {state}, {self.accuracy:.2%} of held-out sequences right{longer}{self._short_words} "
            f"({self.rung}, seed {self.seed}, {self.seconds:.1f} s)"
        )
        return found if self.census is None else f"{found}\n  {self.census.sentence}"

    @property
    def _short_words(self) -> str:
        found = (self.counterexamples or {}).get("all")
        if found is None or not found["length"]:
            return ""
        right = f"{found['words'] - found['wrong']:,} of " if found["wrong"] else ""
        return f", {right or 'all '}{found['words']:,} words of up to {found['length']} steps right"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "name": self.name,
            "trained": self.trained,
            "kept": self.kept,
            "accuracy": self.accuracy,
            "accuracy_longer": self.longer,
            "counterexamples": None if self.counterexamples is None else dict(self.counterexamples),
            "rung": self.rung,
            "seed": self.seed,
            "seconds": round(self.seconds, 2),
            "path": self.path,
            "census": None if self.census is None else self.census.to_dict(),
        }


def train_all(
    sources: Sequence[Task | Dataset],
    folder: str | os.PathLike[str] | None = None,
    *,
    seed: int = 0,
    budget: float = DEFAULT_BUDGET,
    workers: int = 1,
    force: bool = False,
    snapshots: bool = False,
    many: Many | None = None,
    monitor: Monitor | None = None,
) -> Iterator[Outcome]:
    """Train a network for each source and yield what became of it, in order of completion.

    Each network is written to ``folder`` as soon as it is ready, in one step; a network of the
    same seed that is already there is kept unless ``force`` is set.  Networks below
    :data:`ACCEPTED` are not written.

    Parameters
    ----------
    sources : tasks and data sets
    folder : made if it is missing; None stores nothing
    seed : seed of every run; the card names the one that gave the network
    budget : seconds for each network and seed
    workers : processes that train side by side
    snapshots : write ``NAME.training.npz`` beside each network, which shows how it came about; a network that is
        kept from before gets none, nor does the best of many
    many : train many networks for each source instead of one; ``budget`` is then for all of them together
    monitor : receives progress; may stop, which ends workers that are still training

    Raises
    ------
    BadInputError
        when the folder cannot be written or a data set cannot be split.
    """
    monitor = monitor or Monitor()
    target = None if folder is None else make_folder(folder)
    missing: list[Task | Dataset] = []
    for source in sources:
        kept = None if target is None or force else _stored(source, target, seed)
        if kept is None:
            missing.append(source)
        else:
            yield kept
    if workers == 1 or len(missing) < 2:
        for source in missing:
            monitor.check()
            yield _train_one(source, target, seed, budget, snapshots, many, monitor)
        return
    jobs = [(_portable(source), target, seed, budget, snapshots, many) for source in missing]
    yield from side_by_side(_train_in_process, jobs, workers=workers, stage="train", noun="networks", monitor=monitor)


def file_name(source: Task | Dataset) -> str:
    """Return the name of a source's network file, without its ending."""
    return source.name if isinstance(source, Task) else Path(source.name).stem


def _train_one(
    source: Task | Dataset,
    folder: Path | None,
    seed: int,
    budget: float,
    snapshots: bool,
    many: Many | None,
    monitor: Monitor,
) -> Outcome:
    """Train with ``seed``, and with the seeds after it where that fails; store the network if it is accepted."""
    if many is not None:
        return _train_many(source, folder, seed, budget, many, monitor)
    best: tuple[Training, int, Recorder | None] | None = None
    seconds = 0.0
    for current in range(seed, seed + _SEEDS):
        recorder = Recorder() if snapshots else None
        result = train(source, seed=current, budget=budget, monitor=monitor, recorder=recorder)
        seconds += result.seconds
        if best is None or result.accuracy > best[0].accuracy:
            best = result, current, recorder
        if best[0].accuracy >= ACCEPTED or monitor.expired:
            break
    assert best is not None
    found, current, recorder = best
    trained = found.accuracy >= ACCEPTED
    path = None
    if trained and folder is not None:
        path = folder / f"{file_name(source)}.safetensors"
        save_network(found.network, path)
        moments = None if recorder is None else recorder.snapshots(found.network)
        if moments is not None:
            write_bytes(folder / f"{file_name(source)}.{SNAPSHOTS_FILE}", snapshot_bytes(moments))
    return _outcome(source, found.network, trained, current, seconds, path, kept=False)


def _train_many(
    source: Task | Dataset, folder: Path | None, seed: int, budget: float, many: Many, monitor: Monitor
) -> Outcome:
    """Train many networks with one seed; store the best if it is accepted."""
    clock = Stopwatch()
    found = train_population(
        source, many.networks, seed=seed, budget=budget, architecture=many.architecture, device=many.device,
        monitor=monitor,
    )  # fmt: skip
    trained = found.accuracy >= ACCEPTED
    path = folder / f"{file_name(source)}.safetensors" if trained and folder is not None else None
    if path is not None:
        save_network(found.network, path)
    outcome = _outcome(source, found.network, trained, seed, clock.seconds, path, kept=False)
    return replace(outcome, census=found.census)


def _stored(source: Task | Dataset, folder: Path, seed: int) -> Outcome | None:
    """Return the network that the folder holds for this source and seed, or None."""
    path = folder / f"{file_name(source)}.safetensors"
    if not path.is_file():
        return None
    network = load_network(path)
    card = network.card
    same = card.task == source.name if isinstance(source, Task) else card.data == source.digest
    if not same or card.seed is None or not seed <= card.seed < seed + _SEEDS:
        return None
    return _outcome(source, network, (card.accuracy or 0.0) >= ACCEPTED, card.seed, 0.0, path, kept=True)


def _outcome(
    source: Task | Dataset,
    network: MlpNetwork | CellNetwork,
    trained: bool,
    seed: int,
    seconds: float,
    path: Path | None,
    *,
    kept: bool,
) -> Outcome:
    notes = network.card.training
    return Outcome(
        name=file_name(source),
        trained=trained,
        kept=kept,
        accuracy=network.card.accuracy or 0.0,
        longer=notes.get("accuracy_longer"),
        counterexamples=notes.get("counterexamples"),
        rung=str(notes.get("rung", "unknown")),
        seed=seed,
        seconds=seconds,
        path=None if path is None else str(path),
    )


def _portable(source: Task | Dataset) -> str | Dataset:
    """Tasks hold functions, which do not travel between processes; their names do."""
    return source.name if isinstance(source, Task) else source


def _train_in_process(
    source: str | Dataset, folder: Path | None, seed: int, budget: float, snapshots: bool, many: Many | None
) -> Outcome:
    task_or_data = get(source) if isinstance(source, str) else source
    return _train_one(task_or_data, folder, seed, budget, snapshots, many, Monitor())
