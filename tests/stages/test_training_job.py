"""Training as a job: runs are stored with their snapshots, a stopped one keeps its best, which can be distilled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mips_core.errors import BadInputError
from mips_core.networks import load_network
from mips_core.networks.snapshots import FILE, read_snapshots
from mips_core.progress import Monitor
from mips_core.runs import RunStore
from mips_core.runs.from_file import UPLOAD
from mips_core.runs.proofs import proofs_of
from mips_core.runs.training import KEPT_FILE, STAGES, distil_kept, train_runs
from mips_core.verification.claims import Strength


class Watched:
    """A monitor that remembers what it was told, and stops once it was told of a network's hidden states."""

    def __init__(self, *, stops: bool = False) -> None:
        self.stages: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.stops = stops
        self.monitor = Monitor(
            progress=lambda progress: self.stages.append(progress.stage), stop=self.stop, events=self.take
        )

    def take(self, event: Any) -> None:
        self.events.append(dict(event))

    def stop(self) -> bool:
        return self.stops and any(event.get("kind") == "look" for event in self.events)


def test_every_seed_becomes_a_run_with_its_snapshots(tmp_path: Path) -> None:
    watched = Watched()
    result = train_runs(folder=tmp_path, monitor=watched.monitor, task="Parity_Last2", seeds=[4, 5], budget=10.0)
    assert [facts["seed"] for facts in result["runs"]] == [4, 5]
    for facts in result["runs"]:
        run = RunStore().run(facts["run"])
        assert run.information is not None
        assert run.information.seed == facts["seed"]
        assert run.snapshots is not None
        assert facts["by_length"] == [1.0, 1.0, 1.0]
        proofs = proofs_of(run)
        assert proofs.changed is not None
        assert proofs.changed.claim is not None
        assert proofs.changed.claim.strength is Strength.PROVED_FOR_ALL_LENGTHS
        assert proofs.changed.claim.words in facts["proof"]
        assert proofs.as_trained.digest == run.report["network"]["digest"] != proofs.changed.digest
    assert set(watched.stages) - {"read"} <= set(STAGES)
    assert {"sample", "train", "extract", "verify", "store", "close"} <= set(watched.stages)
    assert [event["closed"] for event in watched.events if event.get("kind") == "round"].count(True) == 2
    kept = [event["kept"] for event in watched.events if "kept" in event]
    assert kept[-1] == result


def test_a_stopped_training_keeps_its_best_which_can_be_distilled(tmp_path: Path) -> None:
    result = train_runs(folder=tmp_path, monitor=Watched(stops=True).monitor, task="Dithering", seeds=[0], budget=30.0)
    assert result["runs"] == []
    network = load_network(tmp_path / KEPT_FILE)
    assert network.card.accuracy == result["kept"]["accuracy"]
    moments = read_snapshots(tmp_path / FILE)
    assert moments is not None
    assert moments.phases[-1] == "end"
    again = distil_kept(folder=tmp_path, monitor=Monitor(), task="Dithering", seed=0, budget=2.0)
    run = RunStore().run(again["runs"][0]["run"])
    assert run.report["task"] == "Dithering"
    assert run.snapshots is not None
    assert again["runs"][0]["accuracy"] == network.card.accuracy


def test_a_data_file_is_trained_on_by_its_name(tmp_path: Path) -> None:
    rows = "".join(f"{a} {b} {c},{a} {a ^ b} {b ^ c}\n" for a in (0, 1) for b in (0, 1) for c in (0, 1))
    (tmp_path / UPLOAD).write_text(f"x,y\n{rows}")
    result = train_runs(folder=tmp_path, monitor=Monitor(), file="pairs.csv", seeds=[0], budget=6.0)
    run = RunStore().run(result["runs"][0]["run"])
    assert run.information is not None
    assert run.information.origin.data_file == "pairs.csv"
    assert max(result["runs"][0]["lengths"]) == 3


def test_one_source_is_needed(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="one of them"):
        train_runs(folder=tmp_path, monitor=Monitor(), seeds=[0], budget=1.0)
