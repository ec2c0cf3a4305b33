"""Data about lists of numbers: the place of the largest, the majority of bits, running "or", the fullest row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.data import EssenceData, Samples
from mips_core.essence.tasks.automata import IntArray, all_bits


def argmax_data() -> EssenceData:
    """Return lists with a single 1 and its place, at n = 6, 4 and 9."""
    return EssenceData(
        tuple(Samples(np.eye(n, dtype=np.int64), np.arange(n)) for n in (6, 4, 9)),
        name="argmax",
    )


def majority_data() -> EssenceData:
    """Return all lists of 5, 7 and 9 bits with the bit that occurs more often."""
    return EssenceData(tuple(Samples(x, majority(x)) for x in map(all_bits, (5, 7, 9))), name="majority")


def prefix_or_data() -> EssenceData:
    """Return all lists of 6, 5 and 7 bits; y[i] says whether there was a 1 at place i or before."""
    return EssenceData(tuple(Samples(x, prefix_or(x)) for x in map(all_bits, (6, 5, 7))), name="prefix-or")


def fullest_row_data() -> EssenceData:
    """Return all grids of bits of three sizes in which one row alone has the most ones, with that row's index."""
    samples = []
    for h, w in ((3, 4), (4, 3), (2, 5)):
        grids = all_bits(h * w).reshape(-1, h, w)
        row = fullest_row(grids)
        samples.append(Samples(grids[row >= 0], row[row >= 0]))
    return EssenceData(tuple(samples), name="fullest-row")


def majority(x: NDArray[np.integer]) -> IntArray:
    """Return the bit that occurs more often, (N, n) -> (N,); n is odd."""
    return (2 * x.sum(axis=1) > x.shape[1]).astype(np.int64)


def prefix_or(x: NDArray[np.integer]) -> IntArray:
    """Return at each place whether a 1 was there or before, (N, n) -> (N, n)."""
    return np.maximum.accumulate(x, axis=1).astype(np.int64)


def fullest_row(grids: NDArray[np.integer]) -> IntArray:
    """Return the index of the row with the most ones, -1 where two share it: (N, h, w) -> (N,)."""
    counts = grids.sum(axis=2)
    alone = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) == 1
    return np.where(alone, counts.argmax(axis=1), -1)
