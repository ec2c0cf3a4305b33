"""Snapshots of a training run: what is recorded, that it changes nothing, and the file they are kept in."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mips_core.cli import main
from mips_core.errors import BadInputError, FormatVersionError
from mips_core.networks import network_bytes
from mips_core.networks.recording import MOST_MOMENTS, MOST_POINTS, Recorder
from mips_core.networks.snapshots import FILE, Snapshots, parse_snapshots, read_snapshots, snapshot_bytes
from mips_core.networks.training import Training, train
from mips_core.stepping import trace
from mips_core.tasks import Dataset, get, make_dataset


def turnstile() -> Dataset:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, size=(120, 6, 1))
    y = np.zeros_like(x)
    y[:, 1:] = x[:, 1:] & (1 - x[:, :-1])
    return make_dataset(x, y, rng.integers(2, 7, size=120), name="turnstile")


Recorded = tuple[Training, Recorder, list[dict], list[float]]


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    events: list[dict] = []
    kept: list[float] = []
    recorder = Recorder(events.append, lambda network, accuracy: kept.append(accuracy))
    return train(get("Parity_Last2"), seed=1, budget=5, recorder=recorder), recorder, events, kept


@pytest.fixture(scope="module")
def snapshots(recorded: Recorded) -> Snapshots:
    found = recorded[1].snapshots(recorded[0].network)
    assert found is not None
    return found


def test_recording_changes_no_weight(recorded: Recorded) -> None:
    plain = train(get("Parity_Last2"), seed=1, budget=5)
    assert network_bytes(plain.network) == network_bytes(recorded[0].network)


def test_the_moments_lead_from_the_first_weights_to_the_network(recorded: Recorded, snapshots: Snapshots) -> None:
    assert 5 <= snapshots.count <= MOST_MOMENTS
    assert snapshots.phases[0] == "start"
    assert snapshots.phases[-1] == "end"
    assert (np.diff(snapshots.steps) >= 0).all()
    assert snapshots.lengths.tolist() == [10, 20, 50]
    assert snapshots.accuracy[0, 0] < 0.5
    assert snapshots.accuracy[-1].tolist() == [1.0, 1.0, 1.0]
    assert snapshots.mask.sum() <= MOST_POINTS
    # the last moment is the exported network itself
    states = trace(recorded[0].network, snapshots.inputs).states[:, 1:]
    assert np.allclose(snapshots.hidden[-1], states, atol=1e-3)


def test_neighbouring_moments_are_of_one_network(snapshots: Snapshots) -> None:
    points = snapshots.hidden.astype(float).reshape(snapshots.count, -1)
    moves = np.linalg.norm(np.diff(points, axis=0), axis=1)
    assert moves[-3:].max() < 0.2 * np.linalg.norm(points[-1])


def test_what_is_told_can_be_drawn(recorded: Recorded) -> None:
    events, kept = recorded[2], recorded[3]
    kinds = [event["kind"] for event in events]
    assert kinds[0] == "begin"
    assert {"loss", "look", "network"} <= set(kinds)
    look = next(event for event in events if event["kind"] == "look")
    assert len(look["accuracy"]) == 3
    assert len(look["points"]) == len(events[0]["labels"])
    assert kept == sorted(kept)
    assert kept[-1] == 1.0


def test_a_data_set_is_judged_at_its_own_lengths_only() -> None:
    recorder = Recorder()
    trained = train(turnstile(), budget=3, recorder=recorder)
    found = recorder.snapshots(trained.network)
    assert found is not None
    assert found.lengths.tolist() == [2, 3, 5, 6]
    assert not found.mask.all()
    assert found.points(0).shape == (found.mask.sum(), trained.network.state_size)


def test_an_unknown_network_has_no_snapshots(recorded: Recorded) -> None:
    other = train(get("Parity_Last2"), seed=2, budget=3)
    assert recorded[1].snapshots(other.network) is None


def test_the_file_gives_back_what_was_written(snapshots: Snapshots, tmp_path: Path) -> None:
    path = tmp_path / FILE
    assert read_snapshots(path) is None
    path.write_bytes(snapshot_bytes(snapshots))
    again = read_snapshots(path)
    assert again is not None
    assert (again.rung, again.phases, again.curves.rungs) == (
        snapshots.rung, snapshots.phases, snapshots.curves.rungs
    )  # fmt: skip
    for name in ("steps", "losses", "lengths", "accuracy", "inputs", "mask"):
        assert np.array_equal(getattr(again, name), getattr(snapshots, name), equal_nan=name == "losses"), name
    assert np.allclose(again.hidden, snapshots.hidden, rtol=2e-3, atol=1e-3)
    assert snapshot_bytes(snapshots) == snapshot_bytes(snapshots)
    assert path.stat().st_size < 300_000


def changed(data: bytes, name: str, array: np.ndarray | None) -> bytes:
    """Return a file with one array replaced, or left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    del entries[f"{name}.npy"]
    if array is not None:
        buffer = io.BytesIO()
        np.save(buffer, array)
        entries[f"{name}.npy"] = buffer.getvalue()
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        for entry, content in entries.items():
            archive.writestr(entry, content)
    return result.getvalue()


def test_damaged_files_are_refused_with_the_reason(snapshots: Snapshots) -> None:
    data = snapshot_bytes(snapshots)
    with pytest.raises(BadInputError, match="damaged"):
        parse_snapshots(data[:200], "training.npz")
    with pytest.raises(BadInputError, match="no array 'mask'"):
        parse_snapshots(changed(data, "mask", None), "training.npz")
    with pytest.raises(BadInputError, match="'losses' has shape"):
        parse_snapshots(changed(data, "losses", np.zeros(3)), "training.npz")
    with pytest.raises(BadInputError, match="'steps' is 2-dimensional"):
        parse_snapshots(changed(data, "steps", np.zeros((2, 2), dtype=np.int64)), "training.npz")
    with pytest.raises(BadInputError, match="curves that are not listed"):
        parse_snapshots(changed(data, "curve_of", np.full(len(snapshots.curves.of), 99)), "training.npz")
    with pytest.raises(FormatVersionError, match="version 2"):
        parse_snapshots(changed(data, "version", np.int64(2)), "training.npz")


def test_the_commands_record_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "networks"
    assert main(["train", "Parity_Last2", "--budget", "5", "--no-proof", "--out", str(folder), "--snapshots"]) == 0
    found = read_snapshots(folder / "Parity_Last2.training.npz")
    assert found is not None
    assert found.accuracy[-1, 0] == 1.0
    assert main(["train", "Parity_Last2", "--snapshots"]) == 2
    assert "add --out DIR" in capsys.readouterr().err
    run = tmp_path / "run"
    command = ["distill", "Parity_Last2", "--fresh", "--budget", "10", "--snapshots", "--out", str(run)]
    assert main(command) == 0
    assert read_snapshots(run / FILE) is not None
    command.remove("--snapshots")
    assert main(command) == 0
    assert read_snapshots(run / FILE) is None  # what belongs to an earlier run goes
