"""A few rows of a table that rule most formulas out: cheaply chosen, with as many different targets as can be."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from mips_core.stepping import IntArray

_ROWS = 40  # rows that are looked at before all
_SORTED = 400  # rows among which those of different targets are looked for
_FIRST = 8


def spread_rows(target: IntArray) -> IntArray:
    """Return rows with targets from the least to the greatest, one of the largest and one of the least first.

    Parameters
    ----------
    target : int64, shape (R,)
    """
    count = len(target)
    if count <= _ROWS:
        rows = np.arange(count)
    elif target.min() + 1 == target.max():  # as many of either value
        sides = [np.flatnonzero(target == value) for value in (target.max(), target.min())]
        rows = np.concatenate([side[_spread(len(side), _ROWS // 2)] for side in sides])
    else:
        some = _spread(count, _SORTED)
        rows = some[np.argsort(target[some], kind="stable")][_spread(len(some), _ROWS)]
    part = target[rows]
    return np.concatenate([rows[[int(np.argmax(np.abs(part))), int(np.argmin(part))]], rows[_mixed(len(rows))]])


def first_rows(target: IntArray, count: int) -> list[int]:
    """Return at most so many rows, two at least: one of the largest and one of the least target, then evenly spread."""
    spread = (i * (len(target) - 1) // (count - 1) for i in range(count))
    return list(dict.fromkeys([int(np.argmax(np.abs(target))), int(np.argmin(target)), *spread]))[:count]


@lru_cache(maxsize=_ROWS + 1)
def _mixed(count: int) -> IntArray:
    """Return numbers from 0 to ``count``, the first few evenly spread, too."""
    return np.concatenate([np.arange(start, count, _FIRST) for start in range(_FIRST)])


def _spread(count: int, most: int) -> IntArray:
    """Return at most so many numbers from 0 to ``count``, evenly spread."""
    return np.arange(count) if count <= most else np.linspace(0, count - 1, most).astype(np.int64)
