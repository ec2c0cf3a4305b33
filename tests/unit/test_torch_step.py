"""The step that is trained is the step that the network takes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mips_core.networks import (
    AffineMap,
    Card,
    CellLayer,
    CellNetwork,
    MlpNetwork,
    OneHotInput,
    RawInput,
    Rounded,
)
from mips_core.networks.cells import GATES
from mips_core.networks.torch_step import TorchStep
from mips_core.tasks import Integers

SYMBOLS = np.array([[0], [1], [2]])
RNG = np.random.default_rng(4)


def cells(kind: str, sizes: tuple[int, ...]) -> CellNetwork:
    layers, given = [], 3
    for d in sizes:
        shapes = ((GATES[kind] * d, given), (GATES[kind] * d, d), (GATES[kind] * d,), (GATES[kind] * d,))
        layers.append(CellLayer(*(RNG.normal(size=shape) for shape in shapes)))
        given = d
    card = Card(kind, 1, 1, sizes[-1], inputs=(Integers(0, 3),))
    reader = (
        AffineMap(RNG.normal(size=(5, given)), RNG.normal(size=5)),
        AffineMap(RNG.normal(size=(1, 5)), RNG.normal(size=1)),
    )
    return CellNetwork(card, OneHotInput((Integers(0, 3),)), Rounded(1), kind, tuple(layers), reader)


def mlp() -> MlpNetwork:
    layers = tuple(AffineMap(RNG.normal(size=s), RNG.normal(size=s[0])) for s in ((7, 5), (6, 7), (4, 6)))
    card = Card("mlp", 1, 1, 4, inputs=(Integers(0, 3),))
    return MlpNetwork(card, RawInput(1), Rounded(1), layers, (AffineMap(RNG.normal(size=(1, 4)), np.zeros(1)),), "tanh")


@pytest.mark.parametrize("network", [mlp(), cells("rnn", (4,)), cells("gru", (4, 3)), cells("lstm", (3, 2))])
def test_step_and_readout_are_those_of_the_network(network: MlpNetwork | CellNetwork) -> None:
    step, which = TorchStep(network, SYMBOLS), np.array([0, 1, 2, 2])
    state = RNG.uniform(-1, 1, size=(4, network.state_size))
    with torch.no_grad():
        entered = step.entering(torch.from_numpy(which))
        after = step.advance(entered, torch.tensor(state, dtype=torch.float32)).numpy()
        scores = step.read(torch.tensor(state, dtype=torch.float32)).numpy()
    assert np.allclose(after, network.advance(state, SYMBOLS[which]), atol=1e-5)
    assert np.allclose(scores, network.readout(state), atol=1e-5)
    again = step.export()
    assert np.allclose(again.advance(state, SYMBOLS[which]), network.advance(state, SYMBOLS[which]), atol=1e-5)
    assert len(step.parameters) == 2 * len(network.maps)
