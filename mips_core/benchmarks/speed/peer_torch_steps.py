"""A run's network as a PyTorch user would hold it: modules of the library with the same weights, stepped in a loop.

Weights stay float64, in which the network's outputs are defined.  Numbers for the inputs are made beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mips_core.errors import BadInputError
from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import AffineMap
from mips_core.stepping import IntArray

_ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "leaky_relu": nn.LeakyReLU,
    "identity": nn.Identity,
}
_LIBRARY: dict[str, Any] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class TorchNetwork:
    """A network's modules.

    Parameters
    ----------
    network : its weights are copied

    Raises
    ------
    BadInputError
        when its hidden state is rounded to a grid, which no module of the library does.
    """

    def __init__(self, network: MlpNetwork | CellNetwork) -> None:
        if network.state_grid is not None:
            raise BadInputError("A network whose hidden state is rounded to a grid is no plain PyTorch network.")
        self.network = network
        self.readout = _sequential(network.readout_layers, network.activation)
        if isinstance(network, MlpNetwork):
            self.transition: Any = _sequential(network.hidden, network.activation)
        else:
            self.transition = _library_cell(network)

    def encoded(self, x: IntArray) -> Tensor:
        """Return the numbers (N, T, E) for integers (N, T, D_in)."""
        n, length, width = x.shape
        return torch.from_numpy(self.network.encoding.encode(x.reshape(-1, width)).reshape(n, length, -1))

    @torch.inference_mode()
    def outputs(self, encoded: Tensor) -> IntArray:
        """Return the outputs (N, T, D_out) for encoded inputs (N, T, E)."""
        n, length = encoded.shape[:2]
        if isinstance(self.network, CellNetwork):
            scores = self.readout(self.transition(encoded)[0])
        else:
            state = torch.from_numpy(self.network.start(n))
            steps = []
            for t in range(length):
                state = self.transition(torch.cat([state, encoded[:, t]], dim=1))
                steps.append(self.readout(state))
            scores = torch.stack(steps, dim=1)
        rows: IntArray = self.network.decoding.decode(scores.reshape(n * length, -1).numpy())
        return rows.reshape(n, length, -1)


def _sequential(layers: Sequence[AffineMap], activation: str) -> nn.Sequential:
    modules: list[nn.Module] = []
    for layer in layers:
        linear = nn.Linear(layer.weight.shape[1], layer.weight.shape[0], dtype=torch.float64)
        linear.load_state_dict({"weight": torch.from_numpy(layer.weight), "bias": torch.from_numpy(layer.bias)})
        modules += [linear, _ACTIVATIONS[activation]()]
    return nn.Sequential(*modules[:-1])


def _library_cell(network: CellNetwork) -> Any:
    first = network.layers[0]
    options = {"nonlinearity": network.nonlinearity} if network.cell == "rnn" else {}
    module = _LIBRARY[network.cell](
        first.weight_ih.shape[1],
        first.hidden_size,
        num_layers=len(network.layers),
        batch_first=True,
        dtype=torch.float64,
        **options,
    )
    module.load_state_dict(
        {
            f"{name}_l{index}": torch.from_numpy(np.ascontiguousarray(values))
            for index, layer in enumerate(network.layers)
            for name, values in layer.tensors().items()
        }
    )
    return module
