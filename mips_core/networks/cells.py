"""PyTorch's recurrent layers in NumPy: RNN, GRU and LSTM, any number of layers, with a readout.

The equations are those of ``torch.nn.RNN``, ``GRU`` and ``LSTM`` (two bias vectors,
gate order r, z, n and i, f, g, o), evaluated in float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.layers import ACTIVATIONS, check_shape, sigmoid
from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.networks.recurrent import Recurrent, check_grid, check_recurrent, on_grid, read_out
from mips_core.stepping import IntArray

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
"""Blocks of rows in the weights of each cell."""

_BLOCK = 2**15
"""Numbers in one array of a step: rows are taken in blocks that stay in the processor's cache."""
_FEWEST_ROWS = 64

NONLINEARITIES = ("tanh", "relu")
"""What PyTorch's plain RNN may apply."""


@dataclass(frozen=True, eq=False)
class CellLayer:
    """One recurrent layer, its tensors as PyTorch names them; g gates, hidden size d, input size E.

    Parameters
    ----------
    weight_ih : float64, shape (g d, E)
    weight_hh : float64, shape (g d, d)
    bias_ih, bias_hh : float64, shape (g d,)
    """

    NAMES: ClassVar[tuple[str, ...]] = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")

    weight_ih: FloatArray
    weight_hh: FloatArray
    bias_ih: FloatArray
    bias_hh: FloatArray

    def tensors(self) -> dict[str, FloatArray]:
        """Return the four tensors by name."""
        return {name: getattr(self, name) for name in self.NAMES}

    @property
    def hidden_size(self) -> int:
        """Numbers in this layer's hidden state (d)."""
        return int(self.weight_hh.shape[-1])

    @cached_property
    def input_columns(self) -> FloatArray:
        """``weight_ih`` transposed, contiguous, (E, g d)."""
        return np.ascontiguousarray(self.weight_ih.T)

    @cached_property
    def hidden_columns(self) -> FloatArray:
        """``weight_hh`` transposed, contiguous, (d, g d)."""
        return np.ascontiguousarray(self.weight_hh.T)


@dataclass(frozen=True, eq=False)
class CellNetwork(Recurrent):
    """RNN, GRU or LSTM layers with a readout of the last layer's hidden state.

    The flat state concatenates the layers' hidden states, first layer first; an
    LSTM's layer contributes (h, c).  It starts at zero.

    Parameters
    ----------
    card, encoding, decoding : see :class:`Recurrent`
    cell : "rnn", "gru" or "lstm"
    layers : the recurrent layers, first to last
    readout_layers : layers of the readout MLP; the first takes the last hidden size
    nonlinearity : "tanh" or "relu"; only a plain "rnn" uses it
    activation : between the layers of the readout
    state_grid : the step ends by rounding the flat state to multiples of ``2**-state_grid``; None: no rounding

    Raises
    ------
    BadInputError
        when shapes do not fit together or to the card, naming the tensor.
    """

    cell: str
    layers: tuple[CellLayer, ...]
    readout_layers: tuple[AffineMap, ...]
    nonlinearity: str = "tanh"
    activation: str = "relu"
    state_grid: int | None = None

    def __post_init__(self) -> None:
        """Check that all shapes fit together."""
        if self.cell not in GATES:
            raise BadInputError(f"There is no cell {self.cell!r}; known are {', '.join(GATES)}.")
        if self.nonlinearity not in NONLINEARITIES:
            raise BadInputError(f"An RNN cell cannot apply {self.nonlinearity!r}; tanh or relu is needed.")
        if not self.layers:
            raise BadInputError("The network has no recurrent layer; at least one is needed.")
        size = self.encoding.size
        for index, layer in enumerate(self.layers):
            check_shape(f"weight_hh_l{index}", layer.weight_hh, (None, None))
            rows = GATES[self.cell] * layer.hidden_size
            check_shape(f"weight_hh_l{index}", layer.weight_hh, (rows, layer.hidden_size))
            check_shape(f"weight_ih_l{index}", layer.weight_ih, (rows, size))
            check_shape(f"bias_ih_l{index}", layer.bias_ih, (rows,))
            check_shape(f"bias_hh_l{index}", layer.bias_hh, (rows,))
            size = layer.hidden_size
        check_recurrent(self, self.readout_layers, self.activation, size)
        check_grid(self.state_grid, np.zeros(self.state_size))

    @property
    def _parts(self) -> int:
        return 2 if self.cell == "lstm" else 1

    @property
    def state_size(self) -> int:
        """Numbers in the flat hidden state."""
        return self._parts * sum(layer.hidden_size for layer in self.layers)

    @property
    def maps(self) -> tuple[AffineMap, ...]:
        """All weights and biases, in pairs."""
        inputs = [AffineMap(layer.weight_ih, layer.bias_ih) for layer in self.layers]
        hidden = [AffineMap(layer.weight_hh, layer.bias_hh) for layer in self.layers]
        return (*inputs, *hidden, *self.readout_layers)

    def start(self, batch: int) -> FloatArray:
        """Return the hidden state before the first input: zeros, shape (batch, state_size)."""
        return np.zeros((batch, self.state_size))

    def advance(self, state: FloatArray, x: IntArray) -> FloatArray:
        """Return the hidden state after inputs ``x`` (batch, D_in), shape (batch, state_size)."""
        advanced = np.empty_like(state)
        rows = max(_FEWEST_ROWS, _BLOCK // self._widest)
        with np.errstate(over="ignore", invalid="ignore"):
            for begin in range(0, len(state), rows):
                block = slice(begin, begin + rows)
                self._advance(state[block], x[block], advanced[block])
            return on_grid(advanced, self.state_grid)

    @cached_property
    def _widest(self) -> int:
        return max(GATES[self.cell] * layer.hidden_size for layer in self.layers)

    def _advance(self, state: FloatArray, x: IntArray, advanced: FloatArray) -> None:
        """Write the hidden states of a few rows into ``advanced``."""
        from_input = self.encoding.project(x, self.layers[0].input_columns)  # (rows, g d)
        place = 0
        for layer, above in zip(self.layers, (*self.layers[1:], None), strict=True):
            width = self._parts * layer.hidden_size
            new = self._cell(layer, from_input + layer.bias_ih, state[:, place : place + width])
            advanced[:, place : place + width] = new
            place += width
            if above is not None:
                from_input = new[:, : layer.hidden_size] @ above.input_columns

    def _cell(self, layer: CellLayer, from_input: FloatArray, old: FloatArray) -> FloatArray:
        """Return one layer's next state: h, or [h, c] for an LSTM."""
        d = layer.hidden_size
        from_hidden = old[:, :d] @ layer.hidden_columns + layer.bias_hh
        if self.cell == "rnn":
            return ACTIVATIONS[self.nonlinearity](from_input + from_hidden)
        if self.cell == "gru":
            gates = sigmoid(from_input[:, : 2 * d] + from_hidden[:, : 2 * d])
            reset, keep = gates[:, :d], gates[:, d:]
            # PyTorch gates the recurrent term with its bias: r * (W_hn h + b_hn).
            candidate = np.tanh(from_input[:, 2 * d :] + reset * from_hidden[:, 2 * d :])
            return (1.0 - keep) * candidate + keep * old
        z = from_input + from_hidden
        gates = sigmoid(z[:, : 2 * d])
        memory = gates[:, d:] * old[:, d:] + gates[:, :d] * np.tanh(z[:, 2 * d : 3 * d])
        return np.hstack([sigmoid(z[:, 3 * d :]) * np.tanh(memory), memory])

    def readout(self, state: FloatArray) -> FloatArray:
        """Return the scores (batch, scores) that belong to a hidden state."""
        d = self.layers[-1].hidden_size
        place = self.state_size - self._parts * d
        return read_out(self.readout_layers, state[:, place : place + d], self.activation)

    def permute_hidden(self, orders: Sequence[Sequence[int]]) -> CellNetwork:
        """Return the same function with hidden unit ``orders[k][i]`` of layer k at place i.

        Raises
        ------
        BadInputError
            when there is not one permutation of the hidden units per layer.
        """
        sizes = [layer.hidden_size for layer in self.layers]
        if [sorted(order) for order in orders] != [list(range(size)) for size in sizes]:
            raise BadInputError(f"One permutation per layer is needed, of {sizes} hidden units.")
        layers: list[CellLayer] = []
        below: Sequence[int] | slice = slice(None)
        for layer, order in zip(self.layers, orders, strict=True):
            rows = np.concatenate([np.asarray(order) + g * layer.hidden_size for g in range(GATES[self.cell])])
            weight_ih, weight_hh = layer.weight_ih[rows][:, below], layer.weight_hh[rows][:, order]
            layers.append(CellLayer(weight_ih, weight_hh, layer.bias_ih[rows], layer.bias_hh[rows]))
            below = order
        reader = AffineMap(self.readout_layers[0].weight[:, below], self.readout_layers[0].bias)
        return replace(self, layers=tuple(layers), readout_layers=(reader, *self.readout_layers[1:]))
