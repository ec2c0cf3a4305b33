"""One step of a network as PyTorch computes it, for training: the layers of an MLP, or RNN, GRU, LSTM cells.

The equations are those of :class:`~mips_core.networks.mlp.MlpNetwork` and
:class:`~mips_core.networks.cells.CellNetwork`, without the rounding to a grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from mips_core.networks.cells import CellLayer, CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.stepping import IntArray

_ACTIVATIONS = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "identity": lambda z: z,
}

Map = tuple[Tensor, Tensor]
"""Weight and bias."""


class TorchStep:
    """A network's step and readout, in float32.

    Parameters
    ----------
    network : gives the weights to begin with
    symbols : input symbols, int64 (X, D_in)
    """

    def __init__(self, network: MlpNetwork | CellNetwork, symbols: IntArray) -> None:
        self.network = network
        self.encoded = torch.tensor(network.encoding.encode(symbols), dtype=torch.float32)
        self.start = torch.tensor(network.start(1)[0], dtype=torch.float32)
        self.reader = [_map(layer) for layer in network.readout_layers]
        self.hidden: list[Map] = []
        self.cells: list[list[Tensor]] = []
        if isinstance(network, MlpNetwork):
            self.hidden = [_map(layer) for layer in network.hidden]
        else:
            self.cells = [[_parameter(a) for a in layer.tensors().values()] for layer in network.layers]

    @property
    def parameters(self) -> list[Tensor]:
        """All weights and biases."""
        return [tensor for part in (*self.hidden, *self.cells, *self.reader) for tensor in part]

    def entering(self, which: Tensor) -> Tensor:
        """Return what inputs (...) add before the first activation, (..., rows of the first weight)."""
        if self.hidden:
            weight, bias = self.hidden[0]
            return (self.encoded @ weight[:, self.network.state_size :].T + bias)[which]
        weight, _, bias, _ = self.cells[0]
        return (self.encoded @ weight.T + bias)[which]

    def advance(self, entering: Tensor, state: Tensor) -> Tensor:
        """Return the next hidden state (N, d) before it is rounded."""
        if self.hidden:
            first = torch.addmm(entering, state, self.hidden[0][0][:, : self.network.state_size].T)
            return self._on(self.hidden[1:], first)
        new, place = [], 0
        for layer, above in zip(self.cells, [*self.cells[1:], None], strict=True):
            d = layer[1].shape[1]
            parts = 2 if self._kind == "lstm" else 1
            new.append(self._cell(layer, entering, state[:, place : place + parts * d]))
            place += parts * d
            if above is not None:
                entering = torch.addmm(above[2], new[-1][:, :d], above[0].T)
        return torch.cat(new, dim=1)

    def read(self, state: Tensor) -> Tensor:
        """Return the scores that belong to hidden states (N, d)."""
        if self.cells:
            d = self.cells[-1][1].shape[1]
            place = self.network.state_size - (2 if self._kind == "lstm" else 1) * d
            state = state[:, place : place + d]
        weight, bias = self.reader[0]
        return self._on(self.reader[1:], torch.addmm(bias, state, weight.T))

    def export(self) -> MlpNetwork | CellNetwork:
        """Return the network with its weights as they are now."""
        reader = tuple(AffineMap(_array(weight), _array(bias)) for weight, bias in self.reader)
        if isinstance(self.network, MlpNetwork):
            hidden = tuple(AffineMap(_array(weight), _array(bias)) for weight, bias in self.hidden)
            return replace(self.network, hidden=hidden, readout_layers=reader)
        layers = tuple(CellLayer(*map(_array, layer)) for layer in self.cells)
        return replace(self.network, layers=layers, readout_layers=reader)

    @property
    def _kind(self) -> str:
        return self.network.cell if isinstance(self.network, CellNetwork) else "mlp"

    def _on(self, maps: Sequence[Map], rows: Tensor) -> Tensor:
        """Send what the first layer gives through the others, the activation before each."""
        for weight, bias in maps:
            rows = torch.addmm(bias, _ACTIVATIONS[self.network.activation](rows), weight.T)
        return rows

    def _cell(self, layer: Sequence[Tensor], entering: Tensor, old: Tensor) -> Tensor:
        """Return one layer's next state: h, or [h, c] for an LSTM."""
        _, weight, _, bias = layer
        d = weight.shape[1]
        own = torch.addmm(bias, old[:, :d], weight.T)
        if self._kind == "rnn":
            assert isinstance(self.network, CellNetwork)
            return _ACTIVATIONS[self.network.nonlinearity](entering + own)
        if self._kind == "gru":
            gates = torch.sigmoid(entering[:, : 2 * d] + own[:, : 2 * d])
            candidate = torch.tanh(entering[:, 2 * d :] + gates[:, :d] * own[:, 2 * d :])
            return (1.0 - gates[:, d:]) * candidate + gates[:, d:] * old
        z = entering + own
        gates = torch.sigmoid(z)
        memory = gates[:, d : 2 * d] * old[:, d:] + gates[:, :d] * torch.tanh(z[:, 2 * d : 3 * d])
        return torch.cat([gates[:, 3 * d :] * torch.tanh(memory), memory], dim=1)


def _parameter(values: FloatArray) -> Tensor:
    return torch.tensor(values, dtype=torch.float32, requires_grad=True)


def _map(layer: AffineMap) -> Map:
    return _parameter(layer.weight), _parameter(layer.bias)


def _array(values: Tensor) -> FloatArray:
    return values.detach().numpy().astype(np.float64)
