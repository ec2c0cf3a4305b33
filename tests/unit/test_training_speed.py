"""The training section of the speed benchmark: which tasks, what is judged, and that both sides are measured."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from mips_core.benchmarks.speed import training
from mips_core.benchmarks.speed.peer_torch_loop import ARCHITECTURES, Architecture, Data, RecurrentMlp, train_loop
from mips_core.tasks import get, names


def test_the_twelve_tasks_are_every_fifth_of_the_benchmark() -> None:
    assert names()[3::5] == training.TASKS
    assert tuple(ARCHITECTURES) == training.TASKS


@pytest.mark.parametrize("right", [True, False])
def test_a_network_is_judged_by_its_outputs_on_fresh_sequences(right: bool) -> None:
    task = get("Sum_Last3")

    def answer(x: np.ndarray) -> np.ndarray:
        y = task.apply(x)
        y[7] += 0 if right else 1
        return y

    judgement = training.judged("Sum_Last3", 0, {"steps": 5}, answer)

    assert judgement.solved is right
    assert judgement.facts == {"steps": 5, "wrong of 10,000 fresh sequences": 0 if right else 1}
    assert ("1 of 10,000" in judgement.reason) is not right


@pytest.mark.parametrize("widths", [(), (5,), (4, 3)])
def test_the_loops_network_is_the_papers(widths: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    network = RecurrentMlp(Architecture(2, widths), inputs=3, outputs=1)
    x = torch.rand(4, 6, 3)

    state, wanted = torch.zeros(4, 2), []
    for t in range(6):
        value = torch.cat([state, x[:, t]], dim=1)
        layers = [layer for layer in network.transition if isinstance(layer, torch.nn.Linear)]
        for first, layer in zip(itertools.chain([True], itertools.repeat(False)), layers, strict=False):
            value = layer(value if first else torch.relu(value))
        state = value
        wanted.append(network.readout(state))

    assert len(layers) == len(widths) + 1
    assert torch.allclose(network(x), torch.stack(wanted, dim=1))


def test_the_loop_learns_an_affine_task() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, size=(512, 3, 1))
    data = Data.of(x, 1 - x)

    result = train_loop(Architecture(1), data, (data,), seed=0)

    assert (result.network.integers(data.x).numpy() == 1 - x).all()
    assert result.steps % 100 == 0


def test_both_sides_prepare_run_and_are_judged() -> None:
    ours = training.Ours("Current_Number", 0)
    ours.prepare()
    found = ours.judge(None, ours.run(None))
    assert found.solved
    assert found.facts["architecture"] == "linear"

    loop = training.TorchLoop("Current_Number", 0)
    data, tests = loop.prepare()
    assert len(data) == 900_000
    assert [len(test) for test in tests] == [2_048, 65_536]
