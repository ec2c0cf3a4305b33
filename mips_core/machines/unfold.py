"""The finite machine of anything with integer states, if it is one: all states that input words reach."""

from __future__ import annotations

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray, Stepper

MOST_TRANSITIONS = 50_000


def unfolded(thing: Stepper, symbols: IntArray, *, limit: int = MOST_TRANSITIONS) -> MealyMachine | None:
    """Return the machine of the states that words over ``symbols`` reach, or None when they are too many.

    Parameters
    ----------
    thing : its states are rows of integers; equal rows are the same state
    symbols : int64 (X, D_in)
    limit : most transitions, states times symbols
    """
    count = len(symbols)
    numbers: dict[tuple[int, ...], int] = {}

    def number(rows: IntArray) -> IntArray:
        keys = map(tuple, rows.reshape(len(rows), -1).tolist())
        return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)

    frontier = thing.start(1)
    number(frontier)
    following, outputs = [], []
    while len(frontier):
        if len(numbers) * count > limit:
            return None
        known = len(numbers)
        after, y = thing.step(np.repeat(frontier, count, axis=0), np.tile(symbols, (len(frontier), 1)))
        targets = number(after)
        following.append(targets.reshape(-1, count))
        outputs.append(y.reshape(-1, count, y.shape[1]))
        new, first = np.unique(targets, return_index=True)
        frontier = after[first[new >= known]]
    return MealyMachine(np.concatenate(following), np.concatenate(outputs), symbols)
