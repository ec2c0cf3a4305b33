"""Layouts of machines: the quick ways give what the plain ones do."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mips_core.views.circle_order import circle_order


def drawn_links(states: int, count: int, seed: int, *, chain: bool) -> NDArray[np.int64]:
    pairs = np.sort(np.random.default_rng(seed).integers(states, size=(count, 2)), axis=1).tolist()
    found = {(a, b) for a, b in pairs if a != b} | ({(s, s + 1) for s in range(states - 1)} if chain else set())
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)


def plain_order(states: int, links: NDArray[np.int64]) -> NDArray[np.int64]:
    """Swap while that helps, and count everything anew for each swap."""

    def cost(place: NDArray[np.int64]) -> float:
        ends = np.sort(place[links], axis=1)
        a, b = ends[:, 0], ends[:, 1]
        crossed = (a[:, None] < a[None]) & (a[None] < b[:, None]) & (b[:, None] < b[None])
        return float(crossed.sum()) + 0.02 * float(np.minimum(b - a, states - (b - a)).sum())

    place = np.arange(states)
    best = cost(place)
    for _ in range(4 if states <= 24 else 2):
        before = best
        for i in range(states):
            for j in range(i + 1, states):
                place[[i, j]] = place[[j, i]]
                if (found := cost(place)) < best - 1e-9:
                    best = found
                else:
                    place[[i, j]] = place[[j, i]]
        if best == before:
            break
    return np.argsort(place)


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 18), st.integers(0, 40), st.integers(0, 2**32 - 1), st.booleans())
def test_swaps_on_the_circle_are_those_of_counting_anew(states: int, count: int, seed: int, chain: bool) -> None:
    links = drawn_links(states, count, seed, chain=chain)
    assert circle_order(states, links).tolist() == plain_order(states, links).tolist()
