"""Normal forms of the hidden basis: whitening, Jordan form, Toeplitz, de-biasing, quantisation.

The five normalizers of Michaud et al. 2024, section 3.1 and appendix.  The first four change no output: h' = S h with
the weights changed to match, or a constant moved from the hidden state to the readout.  Each one runs the network
before and after on given inputs and reports the largest difference; a step that fails, makes weights huge or changes
outputs is left out, and says so.  They are for looking at a network; extraction does not need them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mips_core.networks.layers import compose
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.states.jordan import NoJordanFormError, jordan_basis, jordan_blocks
from mips_core.stepping import IntArray, trace

LARGEST_ENTRY = 1e4
"""A step that would make a weight larger than this is undone, as in the paper."""

LARGEST_CHANGE = 0.01
"""A step that should preserve the function and changes a real-valued output by more than this is undone."""

WHITEN_BELOW = 0.1
MERGE = 0.7
DEBIAS_BELOW = 0.1
ROUND_WITHIN = 0.01


@dataclass(frozen=True, eq=False)
class NormalForm:
    """What one step made of a network.

    Parameters
    ----------
    network : the network after the step; the same as before when the step was left out
    name : "whiten", "jordan", "toeplitz", "debias" or "quantise"
    matrix : float64, shape (d, d), S with new h = S h; None when the step is not a change of basis or was left out
    output_change : largest difference of the real-valued outputs, before and after, over the given inputs
    applied : whether the network changed
    reason : one sentence on what was done, or why not
    """

    network: MlpNetwork
    name: str
    matrix: FloatArray | None
    output_change: float
    applied: bool
    reason: str


def whiten(network: MlpNetwork, x: IntArray) -> NormalForm:
    """Make the second moment of the hidden states the unit matrix, except where it is below 0.1.

    Parameters
    ----------
    x : int64, shape (N, T, D_in); sequences whose hidden states, after each step, are averaged over
    """
    states = trace(network, x).states[:, 1:].reshape(-1, network.state_size)
    if not np.isfinite(states).all():
        return _left_out(network, "whiten", "The hidden states are not finite.")
    sizes, vectors = np.linalg.eigh(states.T @ states / len(states))
    large = sizes > WHITEN_BELOW
    factors = np.where(large, 1 / np.sqrt(np.where(large, sizes, 1.0)), 1.0)
    matrix = vectors @ np.diag(factors) @ vectors.T
    return _rebased(network, "whiten", matrix, x, f"{int(large.sum())} of {len(sizes)} directions rescaled to size 1.")


def jordan(network: MlpNetwork, x: IntArray) -> NormalForm:
    """Bring the hidden-to-hidden matrix to real Jordan form, eigenvalues closer than 0.7 merged into one.

    For a transition with activations the product of its layers is used: still the same function, but only a heuristic
    choice of coordinates.
    """
    try:
        basis = jordan_basis(recurrent_matrix(network), MERGE)
    except NoJordanFormError as error:
        return _left_out(network, "jordan", str(error))
    return _rebased(network, "jordan", _inverse(basis), x, "Hidden-to-hidden matrix in real Jordan form.")


def toeplitz(network: MlpNetwork, x: IntArray) -> NormalForm:
    """Within each Jordan block, let the input enter the last coordinate alone, with weight 1.

    An upper triangular Toeplitz matrix commutes with a Jordan block, so the block stays as it is.  Where the input that
    reaches the last coordinate of a block most is zero, the block is treated as one row shorter.
    """
    matrix = recurrent_matrix(network)
    try:
        blocks = jordan_blocks(matrix, 0.5)
    except NoJordanFormError as error:
        return _left_out(network, "toeplitz", str(error))
    columns = _input_matrix(network)
    change = np.eye(len(matrix))
    for first, last in blocks:
        for end in range(last, first, -1):
            column = columns[first:end, int(np.argmax(np.abs(columns[end - 1])))]
            if abs(column[-1]) > 1e-6:
                size = end - first
                for i in range(size):
                    change[first + i, first + i : end] = column[::-1][: size - i]
                break
    return _rebased(network, "toeplitz", _inverse(change), x, f"{len(blocks)} Jordan blocks, input enters last.")


def debias(network: MlpNetwork, x: IntArray) -> NormalForm:
    """Move the part of the hidden bias that the recurrence never reads into the readout's bias.

    That part lies in the directions that the first hidden layer maps below 0.1; the readout sees it as a constant.
    """
    d = network.state_size
    _, sizes, directions = np.linalg.svd(network.hidden[0].weight[:, :d])
    unread = directions[sizes <= DEBIAS_BELOW]
    if len(unread) == 0:
        return _left_out(network, "debias", "The recurrence reads every direction of the hidden state.")
    last, first = network.hidden[-1], network.readout_layers[0]
    moved = unread.T @ (unread @ last.bias)
    hidden = (*network.hidden[:-1], AffineMap(last.weight, last.bias - moved))
    readout = (AffineMap(first.weight, first.bias + first.weight @ moved), *network.readout_layers[1:])
    changed = replace(network, hidden=hidden, readout_layers=readout)
    return _checked(network, changed, "debias", None, x, f"Bias moved out of {len(unread)} unread directions.")


def quantise(network: MlpNetwork, x: IntArray) -> NormalForm:
    """Round every weight within 0.01 of an integer to it: the only step that may change outputs, as far as it says."""

    def rounded(values: FloatArray) -> FloatArray:
        near = np.rint(values)
        return np.where(np.abs(values - near) <= ROUND_WITHIN, near, values)

    def layer(affine: AffineMap) -> AffineMap:
        return AffineMap(rounded(affine.weight), rounded(affine.bias))

    changed = replace(
        network,
        hidden=tuple(layer(affine) for affine in network.hidden),
        readout_layers=tuple(layer(affine) for affine in network.readout_layers),
    )
    values = np.concatenate([part.ravel() for m in changed.maps for part in (m.weight, m.bias)])
    whole = int((values == np.rint(values)).sum())
    return _checked(network, changed, "quantise", None, x, f"{whole} of {len(values)} weights are integers.")


STEPS: tuple[Callable[[MlpNetwork, IntArray], NormalForm], ...] = (whiten, jordan, toeplitz, debias, quantise)


def normalise(network: MlpNetwork, x: IntArray) -> tuple[NormalForm, ...]:
    """Apply all five in the paper's order, each to the result of the one before.

    Parameters
    ----------
    x : int64, shape (N, T, D_in); sequences to measure hidden states and outputs on
    """
    if network.state_grid is not None:
        reason = "The hidden state is rounded to a grid, which fits one basis only."
        return tuple(_left_out(network, step.__name__, reason) for step in STEPS)
    found = []
    for step in STEPS:
        form = step(network, x)
        found.append(form)
        network = form.network
    return tuple(found)


def recurrent_matrix(network: MlpNetwork) -> FloatArray:
    """Return the product of the layers of F, activations ignored, restricted to the hidden state: (d, d)."""
    return compose(network.hidden).weight[:, : network.state_size]


def _input_matrix(network: MlpNetwork) -> FloatArray:
    return compose(network.hidden).weight[:, network.state_size :]


def output_change(before: MlpNetwork, after: MlpNetwork, x: IntArray) -> float:
    """Return the largest difference of the real-valued outputs of two networks over sequences (N, T, D_in)."""
    a, b = before.start(len(x)), after.start(len(x))
    worst = 0.0
    for t in range(x.shape[1]):
        a, b = before.advance(a, x[:, t]), after.advance(b, x[:, t])
        worst = max(worst, float(np.abs(before.readout(a) - after.readout(b)).max(initial=0.0)))
    return worst


def _inverse(matrix: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _rebased(network: MlpNetwork, name: str, matrix: FloatArray, x: IntArray, done: str) -> NormalForm:
    if not np.isfinite(matrix).all() or np.linalg.cond(matrix) > 1e12:
        return _left_out(network, name, "The change of basis is singular to working precision.")
    return _checked(network, network.change_basis(matrix), name, matrix, x, done)


def _checked(
    before: MlpNetwork, after: MlpNetwork, name: str, matrix: FloatArray | None, x: IntArray, done: str
) -> NormalForm:
    largest = max(float(np.abs(part).max(initial=0.0)) for m in after.maps for part in (m.weight, m.bias))
    if largest > LARGEST_ENTRY:
        return _left_out(before, name, f"Undone: a weight would become {largest:.2g}, more than {LARGEST_ENTRY:.0g}.")
    change = output_change(before, after, x)
    if name != "quantise" and not change <= LARGEST_CHANGE:
        return _left_out(before, name, f"Undone: outputs would change by {change:.2g}, more than {LARGEST_CHANGE}.")
    return NormalForm(after, name, matrix, change, True, done)


def _left_out(network: MlpNetwork, name: str, reason: str) -> NormalForm:
    return NormalForm(network, name, None, 0.0, False, reason)
