"""How far a step of a network may differ between two machines that add and multiply in another order.

One operation in float64 errs by at most 2^-53 of its result; a sum of n products by at most about n 2^-53 of the sum of
their absolute values, in any order (Higham 2002, section 3.1).  The bounds here use the largest absolute values that
hidden states and inputs take, and hold for every evaluation of the same formulas; elementary functions may err by a few
last places more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.stepping import IntArray

UNIT = 2.0**-52
SAFETY = 64.0
"""A distance is firm when it is this many times the bound of the errors."""
_FUNCTION = 16
"""Last places that a tanh or a sigmoid may be off, generously."""


@dataclass(frozen=True)
class Errors:
    """Bounds of floating-point errors.

    Parameters
    ----------
    boundary : of a hidden state before it is rounded, in cells of the grid
    margin : of a score
    """

    boundary: float
    margin: float

    def allow(self, boundary: float, margin: float) -> bool:
        """Whether two distances are :data:`SAFETY` times larger than the errors."""
        return boundary > SAFETY * self.boundary and margin > SAFETY * self.margin


def errors_of(network: MlpNetwork | CellNetwork, symbols: IntArray, largest: FloatArray, places: int) -> Errors:
    """Return bounds for all hidden states of at most these absolute values.

    Parameters
    ----------
    symbols : input symbols, int64 (X, D_in)
    largest : largest absolute value of each coordinate of the hidden state, float64 (d,)
    places : the grid has the multiples of ``2**-places``
    """
    entered = np.abs(network.encoding.encode(symbols)).max(axis=0)
    if isinstance(network, MlpNetwork):
        step = float(_layers(network.hidden, np.concatenate([largest, entered])).max())
        seen = largest
    else:
        step, seen = _cells(network, largest, entered)
    # Two scores may err in opposite directions.
    return Errors(float(np.ldexp(step, places)), 2 * float(_layers(network.readout_layers, seen).max()))


def _layers(layers: Sequence[AffineMap], largest: FloatArray) -> FloatArray:
    """Return bounds of the errors of each number that the layers give; all activations here have slopes up to 1."""
    error = np.zeros(len(largest))
    for layer in layers:
        weight = np.abs(layer.weight)
        terms = weight.shape[1] + 2
        size = weight @ (largest + error) + np.abs(layer.bias)
        error = weight @ error + terms * UNIT * size
        error, largest = error + _FUNCTION * UNIT * (1.0 + size), size + error + 1.0  # sigmoid(0) is not 0
    return error


def _cells(network: CellNetwork, largest: FloatArray, entered: FloatArray) -> tuple[float, FloatArray]:
    """Return a bound for all coordinates of the flat state, and the largest values that the readout sees."""
    place, error = 0, np.zeros(len(entered))
    worst, parts = 0.0, 2 if network.cell == "lstm" else 1
    for layer in network.layers:
        d = layer.hidden_size
        own = largest[place : place + parts * d]
        ih, hh = np.abs(layer.weight_ih), np.abs(layer.weight_hh)
        terms = ih.shape[1] + hh.shape[1] + 4
        size = ih @ (entered + error) + hh @ own[:d] + np.abs(layer.bias_ih) + np.abs(layer.bias_hh)
        before = ih @ error + terms * UNIT * size
        # Gates lie in (0, 1) and have slopes up to 1/4; each of at most four parts of a step adds its share.
        memory = 2.0 + float(own.max(initial=0.0)) + (float(size.max()) if network.cell != "lstm" else 0.0)
        step = 4 * (float(before.max()) + _FUNCTION * UNIT) * memory
        worst = max(worst, step)
        entered, error = own[:d], np.full(d, step)
        place += parts * d
    return worst, entered
