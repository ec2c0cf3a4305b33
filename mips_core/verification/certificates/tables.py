"""A machine as tables over its reachable states, whatever kind of machine it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.stepping import IntArray, Stepper

MOST_STATES = 2_000


@dataclass(frozen=True, eq=False)
class Tables:
    """A finite machine; state 0 is the one before the first input.

    Parameters
    ----------
    symbols : int64 (X, D_in)
    following : int64 (S, X)
    output : int64 (S, X, D_out)
    """

    symbols: IntArray
    following: IntArray
    output: IntArray


def tables_of(thing: Stepper, symbols: IntArray, *, most: int = MOST_STATES) -> Tables | None:
    """Walk breadth first through all states that ``symbols`` lead to; None where there are more than ``most``.

    Parameters
    ----------
    thing : a machine whose states are integers or rows of integers: equal ones are the same state
    """
    level = thing.start(1)
    numbers = {level[0].tobytes(): 0}
    following: list[IntArray] = []
    outputs: list[IntArray] = []
    count = len(symbols)
    while len(level):
        after, output = thing.step(np.repeat(level, count, axis=0), np.tile(symbols, (len(level), 1)))
        if after.shape[1:] != level.shape[1:]:  # a state that grows with what it remembers
            return None
        fresh, places = [], np.empty(len(after), dtype=np.int64)
        for row, state in enumerate(after):
            key = state.tobytes()
            if key not in numbers:
                numbers[key] = len(numbers)
                fresh.append(row)
            places[row] = numbers[key]
        following.append(places.reshape(-1, count))
        outputs.append(output.reshape(-1, count, output.shape[-1]))
        if len(numbers) > most:
            return None
        level = after[fresh]
    return Tables(symbols, np.concatenate(following), np.concatenate(outputs))
