"""An affine integer system as matrices, and the claim that an affine network gives what it gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.machines.integer_system import IntegerSystem
from mips_core.stepping import IntArray


@dataclass(frozen=True, eq=False)
class AffineSystem:
    """s' = F s + g(x), y = H s + d(x), with a column of g and d for each input symbol.

    Parameters
    ----------
    forward, entry, reader, direct, start : int64 (n, n), (n, X), (o, n), (o, X), (n,)
    """

    forward: IntArray
    entry: IntArray
    reader: IntArray
    direct: IntArray
    start: IntArray


def affine_system(
    system: IntegerSystem, symbols: IntArray, rng: np.random.Generator, *, outputs: bool = True
) -> AffineSystem | None:
    """Return the matrices of equations that are affine in their state; None for others.

    They are read off at unit states and tried at random ones; the checker goes through the text of the equations.

    Parameters
    ----------
    outputs : whether the outputs must be affine as well; otherwise reader and direct have no rows
    """
    if system.histories:
        return None
    count, size = len(symbols), system.order
    units = np.vstack([np.zeros((1, size), dtype=np.int64), np.eye(size, dtype=np.int64)])
    after, y = system.step(np.repeat(units, count, axis=0), np.tile(symbols, (size + 1, 1)))
    y = y if outputs else y[:, :0]
    after, y = after.reshape(size + 1, count, size), y.reshape(size + 1, count, y.shape[1])
    forward, reader = after[1:] - after[:1], y[1:] - y[:1]
    if (forward != forward[:, :1]).any() or (reader != reader[:, :1]).any():
        return None
    found = AffineSystem(forward[:, 0].T, after[0].T, reader[:, 0].T, y[0].T, system.start(1)[0])
    states, which = rng.integers(-1000, 1000, size=(256, size)), rng.integers(count, size=256)
    after, y = system.step(states, symbols[which])
    right = np.array_equal(after, states @ found.forward.T + found.entry.T[which])
    right = right and (not outputs or np.array_equal(y, states @ found.reader.T + found.direct.T[which]))
    return found if right else None
