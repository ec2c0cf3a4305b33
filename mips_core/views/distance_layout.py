"""States as far from one another as there are arrows between them.

Kamada and Kawai, "An algorithm for drawing general undirected graphs" (1989), with the constants and the steps of
networkx's ``kamada_kawai_layout``, which takes three times as long on some tens of states, and 0.2 s to load.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mips_core.views.spring_layout import scaled

FloatArray = NDArray[np.float64]

_OWN = 1e-3  # what stands for the distance of a state to itself
_MIDDLE = 1e-3  # weight of how far the middle is from 0


def steps_between(states: int, links: NDArray[np.int64]) -> FloatArray:
    """Return how many links lie between two states, float64 (states, states), infinite where none lead there.

    Parameters
    ----------
    links : pairs of different states, int64 (L, 2)
    """
    joined = np.eye(states, dtype=bool)
    joined[links[:, 0], links[:, 1]] = joined[links[:, 1], links[:, 0]] = True
    steps = np.where(np.eye(states, dtype=bool), 0.0, np.inf)
    reached = np.eye(states, dtype=bool)
    for count in range(1, states):
        new = (reached.astype(np.float32) @ joined > 0) & ~reached
        if not new.any():
            break
        steps[new] = count
        reached |= new
    return steps


def distance_layout(steps: FloatArray) -> FloatArray:
    """Return a layout, float64 (states, 2), the middle at 0 and the largest coordinate 1.

    Parameters
    ----------
    steps : :func:`steps_between`, all of them finite
    """
    from scipy.optimize import minimize  # only here: it takes long to load

    states = len(steps)
    own = np.eye(states) * _OWN
    turn = (np.linspace(0, 1, states + 1)[:-1] * 2 * np.pi).astype(np.float32)
    begin = scaled(np.column_stack([np.cos(turn), np.sin(turn)]).astype(np.float64))
    found = minimize(_strain, begin.ravel(), method="L-BFGS-B", args=(1 / (steps + own), own), jac=True)
    return scaled(found.x.reshape(-1, 2))


def _strain(places: FloatArray, wanted: FloatArray, own: FloatArray) -> tuple[float, FloatArray]:
    """Return half of the sum of squares of how far distances are from those wanted, as shares, and its gradient.

    Parameters
    ----------
    places : float64 (states * 2,)
    wanted : one by the distance wanted, float64 (states, states)
    own : what is added to the distances, of a state to itself alone, so that one can divide by them
    """
    x, y = places.reshape(-1, 2).T
    across, down = x[:, None] - x, y[:, None] - y
    gap = np.sqrt(across * across + down * down)
    away = 1 / (gap + own)
    strain = gap * wanted - 1.0
    np.fill_diagonal(strain, 0.0)
    pull = wanted * strain
    # of the pairs (i, j) and (j, i), whose forces are opposite to the last digit
    force = np.stack([-2 * (pull * (across * away)).sum(axis=0), -2 * (pull * (down * away)).sum(axis=0)], axis=1)
    middle = places.reshape(-1, 2).sum(axis=0)
    cost = 0.5 * np.sum(strain**2) + 0.5 * _MIDDLE * np.sum(middle**2)
    return float(cost), (force + _MIDDLE * middle).ravel()
