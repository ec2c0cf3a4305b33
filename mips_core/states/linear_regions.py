"""Exact linear regions: where a piecewise-linear MLP is affine, and with which slopes.

Between affine layers stands ReLU or leaky ReLU, so around almost every input the network is one affine map.  Its slopes
follow from which units are on (Montúfar et al. 2014, "On the number of linear regions of deep neural networks"); no
difference quotient and no fit is involved.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.encoding import RawInput
from mips_core.networks.layers import LEAK
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.stepping import IntArray

SLOPE_BELOW_ZERO = {"relu": 0.0, "leaky_relu": LEAK}
"""The piecewise-linear activations, with their slope below zero; above it is 1."""


def is_piecewise_linear(network: MlpNetwork) -> bool:
    """Whether every affine piece of the network can be read off: its layers are affine or stand between (leaky) ReLUs.

    No step may end on a state grid, and inputs must enter as numbers, since a piece says nothing about the values of a
    one-hot input between its symbols.
    """
    readable = all(
        has_linear_regions(layers, network.activation) for layers in (network.hidden, network.readout_layers)
    )
    return readable and isinstance(network.encoding, RawInput) and network.state_grid is None


def has_linear_regions(layers: Sequence[AffineMap], activation: str) -> bool:
    """Whether layers with this activation between them are piecewise linear."""
    return len(layers) == 1 or activation in SLOPE_BELOW_ZERO


def slopes(layers: Sequence[AffineMap], rows: FloatArray, activation: str) -> FloatArray:
    """Return the slopes of the affine piece that each row lies in, float64 (M, out, in).

    Parameters
    ----------
    layers : affine maps with ``activation`` between them
    rows : float64, shape (M, in)
    activation : one of :data:`SLOPE_BELOW_ZERO`, or any when there is one layer only

    Raises
    ------
    BadInputError
        when the activation is not piecewise linear.

    Examples
    --------
    >>> absolute = (AffineMap(np.array([[1.0], [-1.0]]), np.zeros(2)), AffineMap(np.array([[1.0, 1.0]]), np.zeros(1)))
    >>> slopes(absolute, np.array([[3.0], [-2.0]]), "relu")[:, 0, 0]
    array([ 1., -1.])
    """
    if not has_linear_regions(layers, activation):
        raise BadInputError(
            f"{activation} is not piecewise linear; linear regions exist for {' and '.join(SLOPE_BELOW_ZERO)} only."
        )
    below = SLOPE_BELOW_ZERO.get(activation, 1.0)
    found = np.broadcast_to(layers[0].weight, (len(rows), *layers[0].weight.shape))
    values = layers[0](rows)
    for layer in layers[1:]:
        factor = np.where(values > 0, 1.0, below)
        found = np.einsum("oh,mh,mhi->moi", layer.weight, factor, found, optimize=True)
        values = layer(factor * values)
    return np.asarray(found, dtype=np.float64)


def transition_slopes(network: MlpNetwork, states: FloatArray, inputs: IntArray) -> FloatArray:
    """Return the slopes of the next hidden state in the hidden state and the inputs, float64 (M, d, d + D_in).

    Parameters
    ----------
    states : float64, shape (M, d), before the step
    inputs : int64, shape (M, D_in)
    """
    rows = np.hstack([states, network.encoding.encode(inputs)])
    return slopes(network.hidden, rows, network.activation)


def readout_slopes(network: MlpNetwork, states: FloatArray) -> FloatArray:
    """Return the slopes of the scores in the hidden state, float64 (M, scores, d), for hidden states (M, d)."""
    return slopes(network.readout_layers, states, network.activation)
