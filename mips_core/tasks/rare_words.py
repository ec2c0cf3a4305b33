"""Words that independent uniform sampling hardly ever draws: one symbol all along, one odd one out, few symbols."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers

_KINDS = 4
_EXTREME = 0.25  # share of integers that are the lowest or the highest of their range


def rare_words(inputs: Sequence[Integers], n: int, length: int, rng: np.random.Generator) -> IntArray:
    """Draw words of four kinds, a quarter of each: constant, one odd symbol, a few runs, few symbols with a favourite.

    The lowest and the highest integers come more often than others.

    Parameters
    ----------
    inputs : integers that may occur, one range per input
    n, length : number of words, and steps of each

    Returns
    -------
    int64, shape (n, length, D_in)
    """
    palette = _symbols(inputs, 3 * n, rng).reshape(n, 3, len(inputs))
    kind = np.arange(n) % _KINDS
    which = np.zeros((n, length), dtype=np.int64)  # place in the row's palette
    odd = np.flatnonzero(kind == 1)
    if length:
        which[odd, rng.integers(length, size=len(odd))] = 1
    runs = np.flatnonzero(kind == 2)
    changes = rng.random((len(runs), length)) < 2.0 / max(1, length)
    which[runs] = np.cumsum(changes, axis=1) % 3
    mixed = np.flatnonzero(kind == 3)
    shares = rng.dirichlet([0.4, 0.4, 0.4], size=len(mixed)).cumsum(axis=1)
    which[mixed] = (rng.random((len(mixed), length))[:, :, None] > shares[:, None, :2]).sum(axis=2)
    return palette[np.arange(n)[:, None], which]


def _symbols(inputs: Sequence[Integers], n: int, rng: np.random.Generator) -> IntArray:
    low, high = np.array([r.low for r in inputs]), np.array([r.high for r in inputs])
    free = rng.integers(low, high, size=(n, len(inputs)), dtype=np.int64)
    extreme = np.where(rng.random(free.shape) < 0.5, low, high - 1)
    return np.where(rng.random(free.shape) < _EXTREME, extreme, free)
