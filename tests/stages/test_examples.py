"""Every example file of "Bring your own" is small, described, and ends in a program; the jobs store their runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mips_core.distillation.examples import DATA, EXAMPLES, NETWORK, ExampleFile, example_file
from mips_core.errors import BadInputError, Cancelled
from mips_core.networks.options import NetworkOptions
from mips_core.networks.reading import describe_network
from mips_core.progress import Monitor
from mips_core.resources import asset
from mips_core.runs import RunStore, open_run
from mips_core.runs.from_file import NETWORK_STAGES, UPLOAD, distill_network_file
from mips_core.runs.training import CLOSE, STAGES, train_runs
from mips_core.tasks import Integers, is_dataset_file

LINES = {
    "gru_ones_modulo_3.pt": "remainder = (remainder + x) % 3",
    "rnn_same_as_before.npz": "outputs.append(int(previous == x))",
    "lamp.safetensors": "was_seen = was_seen | (x & previous)",
    "authors_weighted_sum.npz": "outputs.append(x + 2 * previous)",
    "difference.csv": "outputs.append(x - previous)",
    "odd_meetings.npz": "parity = parity ^ (x1 & x2)",
}


def options_of(example: ExampleFile) -> NetworkOptions:
    return NetworkOptions(inputs=(Integers.parse(example.inputs),) if example.inputs else None)


def test_the_list_and_the_folder_agree_and_are_small() -> None:
    shipped = {path.name for path in asset("examples").iterdir()} - {"parcel_locker.csv"}
    assert {example.file for example in EXAMPLES} == shipped
    assert sum(example.path.stat().st_size for example in EXAMPLES) < 200_000
    assert example_file("lamp.safetensors") is not None
    assert example_file("../lamp.safetensors") is None


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.file)
def test_examples_are_what_they_are_called(example: ExampleFile) -> None:
    assert is_dataset_file(example.path) == (example.kind == DATA)
    if example.kind == NETWORK:
        reading = describe_network(example.path.read_bytes(), example.file, options_of(example))
        assert reading.problem is None
        assert reading.inputs is not None


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.kind == NETWORK], ids=lambda example: example.file)
def test_every_example_network_ends_in_a_program(example: ExampleFile, tmp_path: Path) -> None:
    (tmp_path / UPLOAD).write_bytes(example.path.read_bytes())
    seen: list[str] = []
    monitor = Monitor(progress=lambda progress: seen.append(progress.stage))
    found = distill_network_file(
        folder=tmp_path, monitor=monitor, name=example.file, options=options_of(example).to_dict(), seed=0, budget=45.0
    )
    run = open_run(found["runs"][0]["run"])
    assert run.program is not None
    assert LINES[example.file] in run.program.source
    assert run.information is not None
    assert run.information.origin.network_file == example.file
    assert set(seen) == set(NETWORK_STAGES)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.kind == DATA], ids=lambda example: example.file)
def test_every_example_of_data_ends_in_a_program(example: ExampleFile, tmp_path: Path) -> None:
    (tmp_path / UPLOAD).write_bytes(example.path.read_bytes())
    seen: list[str] = []
    # Stopped before it is proved, which takes longest; test_training_job.py proves.
    monitor = Monitor(progress=lambda progress: seen.append(progress.stage), stop=lambda: CLOSE in seen)
    (found,) = train_runs(folder=tmp_path, monitor=monitor, seeds=[0], budget=90.0, file=example.file)["runs"]
    run = open_run(found["run"])
    assert run.information is not None
    assert run.information.origin.data_file == example.file
    assert run.program is not None
    if example.file in LINES:
        assert LINES[example.file] in run.program.source
    else:
        assert run.program.function(["push", "coin", "look", "push"]) == ["blocked", "thanks", "open", "through"]
    assert set(seen) <= {"read", *STAGES}


def test_a_file_that_went_bad_stores_nothing(tmp_path: Path) -> None:
    (tmp_path / UPLOAD).write_bytes(b"hello")
    with pytest.raises(BadInputError, match="no network file"):
        distill_network_file(folder=tmp_path, monitor=Monitor(), name="a.txt", options={}, seed=0, budget=5.0)
    assert RunStore().runs() == ()


def test_a_stopped_job_stores_nothing(tmp_path: Path) -> None:
    (tmp_path / UPLOAD).write_bytes(asset("examples", "lamp.safetensors").read_bytes())
    with pytest.raises(Cancelled):
        distill_network_file(
            folder=tmp_path, monitor=Monitor(stop=lambda: True), name="lamp.safetensors", options={}, seed=0, budget=5.0
        )
    assert RunStore().runs() == ()
