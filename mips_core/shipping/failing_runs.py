"""Make the runs of assets/runs that are known to fail, for the page "Compare and failures".

    python -m mips_core.shipping.failing_runs [FOLDER]

Each goes through the same steps as ``mips distill``, and nothing in the results is changed by hand:

half_trained
    The task Div_7 with training cut short after 200 batches.  Labels are for training only, so that machine and
    program are the network's, mistakes included.
few_recordings
    The first 800 recordings of the parcel locker: too few to show every transition, and to teach a network all of it.
full_counter
    A network whose weights were set by hand: it adds its inputs up, but stops at 600.  No sequence of the lengths that
    are checked gets there, so a formula is found that is wrong on longer ones.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path

import numpy as np

from mips_core.distillation import distill
from mips_core.distillation.source import task_subject
from mips_core.errors import Cancelled
from mips_core.files import write_text
from mips_core.networks import AffineMap, Card, CellNetwork, MlpNetwork, RawInput, Rounded, save_network
from mips_core.networks.cell_training import CellTraining
from mips_core.progress import Monitor
from mips_core.report import save_report
from mips_core.resources import asset
from mips_core.tasks import Integers, Task, get, read_dataset, write_npz

FULL = 600
RECORDINGS = 800
BATCHES = 200


NOTES = {
    "half_trained": "Known to fail: training on Div_7 was cut short after 200 batches.",
    "few_recordings": "Known to fail: only 800 recordings of a parcel locker, too few to show every transition.",
    "full_counter": "Known to fail: a network, its weights set by hand, that adds up and stops at 600; no formula "
    "that was checked on short sequences shows it.",
}


def half_trained(task: Task) -> CellNetwork:
    """Return a GRU after :data:`BATCHES` batches of training, however good it is by then."""
    data = task.dataset(2000, rng=np.random.default_rng(0))
    training = CellTraining(data, inputs=task.inputs, outputs=task.output_range, seed=0)
    with contextlib.suppress(Cancelled):
        training.learn(Monitor(stop=lambda: training.batches >= BATCHES))
    return training.network()


def full_counter() -> MlpNetwork:
    """Return h' = relu(h + x) - relu(h + x - FULL), read out as it is."""
    hidden = (
        AffineMap(np.ones((2, 2)), np.array([0.0, -float(FULL)])),
        AffineMap(np.array([[1.0, -1.0]]), np.zeros(1)),
    )
    card = Card("mlp", 1, 1, 1, (Integers(0, 10),), 10, training={"made": "by hand: weights set, not trained"})
    return MlpNetwork(card, RawInput(1), Rounded(1), hidden, (AffineMap(np.eye(1), np.zeros(1)),))


def main(folder: Path) -> None:
    """Make all three runs."""
    task = get("Div_7")
    save_report(distill(task_subject(task, half_trained(task)), label_free=True), folder / "half_trained")
    with tempfile.TemporaryDirectory() as temporary:
        rows = asset("examples", "parcel_locker.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        recordings = Path(temporary) / "few_recordings.csv"
        recordings.write_text("".join(rows[: RECORDINGS + 1]), encoding="utf-8")
        save_report(distill(recordings), folder / "few_recordings")
        write_npz(read_dataset(recordings), folder / "few_recordings" / "data.npz")
        network = Path(temporary) / "full_counter.safetensors"
        save_network(full_counter(), network)
        save_report(distill(network), folder / "full_counter")
    for name, note in NOTES.items():
        write_text(folder / name / "note.txt", f"{note}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else asset("runs"))
