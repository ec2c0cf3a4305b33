"""States that push one another away, and arrows that pull: several drawings at once, each from another beginning.

Fruchterman and Reingold, "Graph drawing by force-directed placement" (1991), with the constants and the steps of
networkx's ``spring_layout``, which draws one at a time: on some tens of states nearly all of its time goes into the
calls, and half a dozen drawings side by side need hardly more of them than one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_LEAST = 0.01  # distances and forces below it count as it
_STILL = 1e-4  # a drawing whose states move less than this, on average, is done


def spring_layouts(
    states: int, links: NDArray[np.int64], seeds: Sequence[int], iterations: int = 80
) -> list[FloatArray]:
    """Return a layout for each seed, float64 (states, 2), the middle at 0 and the largest coordinate 1.

    Parameters
    ----------
    states : at least two
    links : pairs of different states, int64 (L, 2), each once
    seeds : of the places in which the states begin
    iterations : steps at most; each is shorter than the one before
    """
    pull = np.zeros((states, states))
    pull[links[:, 0], links[:, 1]] = pull[links[:, 1], links[:, 0]] = 1.0
    found = np.stack([np.random.RandomState(seed).rand(states, 2).T for seed in seeds])  # (seeds, 2, states)
    moving, places = np.arange(len(seeds)), found
    reach = np.ptp(places, axis=2).max(axis=1) * 0.1
    cooling = reach / (iterations + 1)
    usual = float(np.sqrt(1.0 / states))
    # room for what each step computes: between states, (seeds, axis, from, to) and (seeds, from, to)
    away, (near, room) = np.empty((len(seeds), 2, states, states)), np.empty((2, len(seeds), states, states))
    for _ in range(iterations):
        part, gap, force = away[: len(moving)], near[: len(moving)], room[: len(moving)]
        np.subtract(places[:, :, None], places[:, :, :, None], out=part)
        np.multiply(part[:, 0], part[:, 0], out=gap)
        np.multiply(part[:, 1], part[:, 1], out=force)
        np.maximum(np.sqrt(np.add(gap, force, out=gap), out=gap), _LEAST, out=gap)
        np.divide(usual * usual, np.multiply(gap, gap, out=force), out=force)
        force -= np.divide(np.multiply(pull, gap, out=gap), usual, out=gap)
        part *= force[:, None]
        move = np.add.reduce(part, axis=2)
        squares = move * move
        length = np.maximum(np.sqrt(squares[:, 0] + squares[:, 1]), _LEAST)
        move *= (reach[:, None] / length)[:, None]
        places = places + move
        reach = reach - cooling
        still = np.sqrt(np.einsum("kds,kds->k", move, move)) < _STILL * states
        if still.any():
            found[moving] = places
            moving, places, reach, cooling = (each[~still] for each in (moving, places, reach, cooling))
            if not len(moving):
                break
    found[moving] = places
    return [_scaled(each.T) for each in found]


def _scaled(places: FloatArray) -> FloatArray:
    places = places - places.mean(axis=0)
    return places * (1.0 / np.abs(places).max())
