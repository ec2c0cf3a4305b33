"""Regions around the points that states of a machine stand for, where a network keeps differences as they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mips_core.networks.protocol import FloatArray
from mips_core.stepping import IntArray
from mips_core.verification.certificates.tables import Tables
from mips_core.verification.certificates.zonotopes import StoredNetwork

_SIDES = (0.4, 0.2, 0.1, 0.03, 0.01)


def point_regions(network: StoredNetwork, tables: Tables) -> Iterator[tuple[FloatArray, FloatArray, IntArray]]:
    """Yield (axes (d, d), centres (S, d) along them, states (S,)): regions around the first points met, ever smaller.

    Sides are shares of the least distance between two such points.
    """
    count = len(tables.following)
    points = {-1: network.start(1)[0]}  # the start is a point of its own: nothing may lead back to it
    waiting = [-1]
    while waiting:
        state = waiting.pop(0)
        after = network.advance(np.repeat(points[state][None], len(tables.symbols), axis=0), tables.symbols)
        for i, following in enumerate(tables.following[max(state, 0)].tolist()):
            if following not in points:
                points[following] = after[i]
                waiting.append(following)
    order = sorted(points)
    places = np.array([points[state] for state in order])
    apart = np.abs(places[1:, None] - places[1:][None]).max(axis=2)
    least = float(apart[~np.eye(len(apart), dtype=bool)].min(initial=np.inf))
    if count == 1 or not 0 < least < np.inf:
        return
    for side in _SIDES:
        axes = side * least * np.eye(network.state_size)
        yield axes, places[1:] / (side * least), np.array(order[1:], dtype=np.int64)
