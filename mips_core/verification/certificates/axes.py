"""Shapes for regions: coordinates of the hidden state in which a step, or two, make differences smaller."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mips_core.networks.encoding import RawInput
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import FloatArray
from mips_core.stepping import IntArray
from mips_core.verification.certificates.zonotopes import StoredNetwork, Zonotopes, successors

_SEQUENCES, _LENGTH, _SETTLED = 200, 40, 5
_AT_ONCE = 10  # symbols among the inputs of one step
_TINY = 1e-7
_SAMPLES, _ROUNDS, _SHARPNESS, _RATE = 400, 250, 30.0, 0.02


def proposed_axes(network: StoredNetwork, symbols: IntArray, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Yield shapes, float64 (d, d), whose columns are half sides; those that suit more networks first.

    They have about the size of the cloud of hidden states, and are meant to be made smaller.
    """
    states, slopes, twice = _slopes(network, symbols, rng)
    spread = max(float(states.std(axis=0).max()), 1e-9)
    size = network.state_size
    if size > 1:
        for each in (slopes, twice):
            yield _sized(contracting_axes(each, states), states)
    yield spread * np.eye(size)


def delay_axes(network: StoredNetwork, symbols: IntArray) -> Iterator[FloatArray]:
    """Yield shapes for an affine step that moves inputs along and drops them: A^k b is where an input is k steps later.

    A region is thin along the inputs that a machine remembers and as long as all inputs along the others.
    """
    if not isinstance(network, MlpNetwork) or not network.is_transition_affine:
        return
    if not isinstance(network.encoding, RawInput) or network.input_width != 1:
        return
    transition, columns, _ = network.affine_transition()
    places = [columns[:, 0]]
    for _ in range(network.state_size - 1):
        places.append(transition @ places[-1])
    range_ = float(np.ptp(symbols)) + 1.0
    for remembered in range(network.state_size):
        sides = [0.1 * 1.1**k if k <= remembered else range_ * 1.1**k for k in range(network.state_size)]
        axes = np.column_stack(places) * sides
        if np.linalg.cond(axes) < 1e10:
            yield axes


def _slopes(
    network: StoredNetwork, symbols: IntArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return hidden states (M, d) on random words, and how one and two steps change differences, both (N, d, d)."""
    state, size = network.start(_SEQUENCES), network.state_size
    states, slopes, twice = [], [], []
    before = None
    for t in range(_LENGTH):
        x = np.repeat(symbols[rng.integers(len(symbols), size=_AT_ONCE)], _SEQUENCES // _AT_ONCE, axis=0)
        x = x[rng.permutation(len(x))]
        slope = np.empty((_SEQUENCES, size, size))
        for symbol in np.unique(x, axis=0):
            rows = np.flatnonzero((x == symbol).all(axis=1))
            tiny = np.repeat(_TINY * np.eye(size)[None], len(rows), axis=0)
            sets = Zonotopes(state[rows], tiny, np.zeros((len(rows), size)))
            moved = successors(network, sets, network.encoding.encode(symbol[None])).generators
            slope[rows] = moved.transpose(0, 2, 1)[:, :, :size] / _TINY
        if t >= _SETTLED and before is not None:
            slopes.append(slope)
            twice.append(slope @ before)
            states.append(state)
        before, state = slope, network.advance(state, x)
    some = rng.permutation(len(slopes) * _SEQUENCES)[:_SAMPLES]
    return np.concatenate(states), np.concatenate(slopes)[some], np.concatenate(twice)[some]


def contracting_axes(slopes: FloatArray, states: FloatArray) -> FloatArray:
    """Return coordinates A, as rows, in which the largest row sum of |A J A^-1| over ``slopes`` J is small.

    That is the norm in which regions are balls; Adam (Kingma and Ba 2015) on a smooth maximum.
    """
    turned = np.linalg.svd(states - states.mean(axis=0), full_matrices=False)[2]
    mean = np.abs(turned @ slopes @ turned.T).mean(axis=0) + 1e-3
    values, vectors = np.linalg.eig(mean)
    scale = np.abs(vectors[:, int(np.argmax(values.real))].real) + 1e-3
    rows = turned / (scale / scale.max())[:, None]
    first, second = np.zeros_like(rows), np.zeros_like(rows)
    best, kept = np.inf, rows
    for step in range(1, _ROUNDS + 1):
        inverse = np.linalg.inv(rows)
        right = slopes @ inverse
        moved = rows @ right  # (N, d, d)
        sums = np.abs(moved).sum(axis=2)
        top = float(sums.max())
        if top < best:
            best, kept = top, rows.copy()
        weights = np.exp(_SHARPNESS * (sums - top))
        signs = np.sign(moved) * (weights / weights.sum())[:, :, None]
        gradient = np.einsum("nij,nkj->ik", signs, right) - np.einsum("nji,njk->ik", moved, signs) @ inverse.T
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        rate = _RATE * (1 - step / (_ROUNDS + 1))
        rows = rows - rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
    return np.asarray(kept, dtype=np.float64)


def _sized(rows: FloatArray, states: FloatArray) -> FloatArray:
    """Return the axes of coordinates, as long as the cloud of hidden states is wide in them."""
    inverse = np.asarray(np.linalg.inv(rows), dtype=np.float64)
    return inverse * max(float((states @ rows.T).std(axis=0).max()), 1e-9)
