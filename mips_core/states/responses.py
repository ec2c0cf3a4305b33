"""What one input does to all later outputs of an affine network: its Markov parameters, read off as integers.

For h' = A h + B e + b and y = C h + c the output is a sum of separate contributions,

    y_t = sum over k of N_k(x_(t-k))  +  q_t,

where N_k(x) is what input x adds k steps later (for raw inputs C A^k B x) and q_t the output when every input is
the reference: 0 for raw inputs, the lowest symbol for one-hot and embedded ones.  Both are differences of the network's
outputs, so they do not depend on the basis of its hidden state, and a network with integer outputs has integers here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.errors import NoLatticeError
from mips_core.networks.encoding import OneHotInput, RawInput, Rounded
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import FloatArray
from mips_core.tasks.integers import Integers


@dataclass(frozen=True, eq=False)
class Responses:
    """Contributions of a network's inputs to its outputs, as it computes them.

    Parameters
    ----------
    impulse : float64, shape (K, o, W); effect of each column of the input k steps later
    free : float64, shape (K, o); ``free[t - 1]`` is the output at step t when every input is the reference
    blocks : range of each input when the columns are its symbols (the first column of a block is the reference and
        zero); None when the columns are the raw inputs
    """

    impulse: FloatArray
    free: FloatArray
    blocks: tuple[Integers, ...] | None

    @property
    def deviations(self) -> FloatArray:
        """Largest distance from an integer at each lag, over impulse and free response, shape (K,)."""
        impulse = np.abs(self.impulse - np.rint(self.impulse)).max(axis=(1, 2), initial=0.0)
        free = np.abs(self.free - np.rint(self.free)).max(axis=1, initial=0.0)
        return np.maximum(impulse, free)


def input_columns(network: MlpNetwork) -> tuple[FloatArray, FloatArray, tuple[Integers, ...] | None]:
    """Return (B, b, blocks): the affine transition's input part with the reference input moved into the bias.

    B has one column per raw input, or one per symbol of each input (``blocks`` gives their ranges), float64
    (d, W); b is float64 (d,).
    """
    _, weights, bias = network.affine_transition()
    encoding = network.encoding
    if isinstance(encoding, RawInput):
        return weights, bias, None
    if isinstance(encoding, OneHotInput):
        blocks = encoding.ranges
        parts = np.split(weights, np.cumsum([len(r) for r in blocks])[:-1], axis=1)
    else:
        blocks = (encoding.range,) * encoding.width
        parts = [part @ encoding.table.T for part in np.split(weights, encoding.width, axis=1)]
    bias = bias + sum(part[:, 0] for part in parts)
    return np.hstack([part - part[:, :1] for part in parts]), bias, blocks


def read_responses(network: MlpNetwork, lags: int) -> Responses:
    """Compute the contributions over ``lags`` steps in float64.

    Raises
    ------
    NoLatticeError
        when the transition or the readout is not affine, outputs are classes, or a response is not finite.
    """
    if not (network.is_transition_affine and network.is_readout_affine):
        raise NoLatticeError(
            "The network is not affine (an activation stands between its layers); an exact realisation needs an affine "
            "transition and an affine readout. Extract a finite machine instead."
        )
    if not isinstance(network.decoding, Rounded):
        raise NoLatticeError(
            "The outputs are classes chosen by argmax; an exact realisation needs rounded numbers. "
            "Extract a finite machine instead."
        )
    transition, _, _ = network.affine_transition()
    readout, offset = network.affine_readout()
    column, bias, blocks = input_columns(network)
    state = network.start_state
    impulse, free = [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(lags):
            impulse.append(readout @ column)
            column = transition @ column
            state = transition @ state + bias
            free.append(readout @ state + offset)
    usable = [bool(np.isfinite(i).all() and np.isfinite(f).all()) for i, f in zip(impulse, free, strict=True)]
    count = usable.index(False) if False in usable else lags
    if count == 0:
        raise NoLatticeError("The network's weights give numbers that are not finite. Check how it was trained.")
    return Responses(np.array(impulse[:count]), np.array(free[:count]), blocks)
