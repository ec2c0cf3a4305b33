"""All states of an integer system that are reached within a length, and where a network's hidden state is then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.errors import BadInputError
from mips_core.machines.integer_system import IntegerSystem
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import FloatArray
from mips_core.progress import Monitor
from mips_core.stepping import IntArray

MOST_STATES = 4_000_000
"""States that a walk goes through."""

_MOST_CELLS = 2**23


@dataclass(frozen=True, eq=False)
class LatticePoints:
    """Where a network is after every input in every state that its machine reaches.

    Parameters
    ----------
    hidden : float64 (M, d), hidden states of a network with integer weights, each once
    outputs : int64 (M, D_out), what the machine gives there
    low, shape : int64 (n,), the box that holds the states of the machine
    length : steps that were walked; None when no state was left before that
    """

    hidden: FloatArray
    outputs: IntArray
    low: IntArray
    shape: IntArray
    length: int | None


def lattice_points(
    network: MlpNetwork, system: IntegerSystem, symbols: IntArray, length: int, *, monitor: Monitor | None = None
) -> LatticePoints:
    """Walk through the states of a system and of a network together, breadth first.

    Cost: seconds for a million states.

    Raises
    ------
    BadInputError
        when there are too many states, or the hidden state does not follow from the state of the system and the input.
    """
    monitor = monitor or Monitor()
    states, hidden = system.start(1), network.start(1)
    met = states
    seen: set[bytes] = {states.tobytes()}
    found_hidden, found_outputs = [], []
    for _ in range(length):
        monitor.check()
        rows, x = np.repeat(np.arange(len(states)), len(symbols)), np.tile(symbols, (len(states), 1))
        following, outputs = system.step(states[rows], x)
        moved = network.advance(hidden[rows], x)
        found_hidden.append(moved)
        found_outputs.append(outputs)
        keys = [row.tobytes() for row in following]
        fresh = [i for i, key in enumerate(keys) if key not in seen and not seen.add(key)]  # type: ignore[func-returns-value]
        states, hidden = following[fresh], moved[fresh]
        met = np.vstack([met.min(axis=0), met.max(axis=0), states])
        if len(seen) > MOST_STATES or np.prod(np.ptp(met, axis=0) + 1.0) > _MOST_CELLS:
            raise BadInputError(f"The machine reaches more than {len(seen):,} states within {length:,} steps.")
        if not len(states):
            break
    points = np.concatenate(found_hidden)
    order = np.lexsort(points.T)
    points, outputs = points[order], np.concatenate(found_outputs)[order]
    first = np.append(True, (points[1:] != points[:-1]).any(axis=1))
    if (outputs != outputs[np.maximum.accumulate(np.where(first, np.arange(len(points)), 0))]).any():
        raise BadInputError("Two words lead to one hidden state, after which the machine gives different outputs.")
    low = met.min(axis=0)
    reached = length if len(states) else None
    return LatticePoints(points[first], outputs[first], low, met.max(axis=0) - low + 1, reached)
