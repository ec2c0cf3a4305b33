"""Where the states of a machine stand on the page.

Several candidate layouts are scored and the best is kept: crossings of arrows, arrows
that run through a state, states that stand too close.  A circle whose order is optimised
wins for most machines; force layouts win for some.  Units are pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from mips_core.views.circle_order import circle_order

FloatArray = NDArray[np.float64]
Edges = Sequence[tuple[int, int]]

RADIUS = 22.0
_SPACING = 130.0  # between neighbours on the circle, when there are few
_TIGHT = 74.0  # the same when there are many
_CLOSE = 80.0
_LABEL, _LARGEST = 100.0, 1.9  # least length of most arrows, and most that a layout grows for it
_LEAST_GAP = 2 * RADIUS + 16.0  # between the middles of two states
_OUTSIDE = 24.0  # from the rim to the middle of a loop
_DENSE = 2.4  # links per state; with more, every layout crosses everywhere and the circle is calmest
_CLEARLY = 0.8  # the circle, which comes first, is the calmest picture: leave it only for a clear gain


def layout(states: int, edges: Edges, start: int = 0) -> FloatArray:
    """Return the positions of the states, float64 (states, 2), y downwards, the centre near 0.

    The start stands on the left.  The same machine always gets the same picture.

    Parameters
    ----------
    states : number of states, at least one
    edges : arrows (from, to) without repetitions; loops may be among them
    start : the state that the start arrow points to
    """
    if states == 1:
        return np.zeros((1, 2))
    size = circle_radius(states)
    if states == 2:
        places = np.array([[-0.5, 0.0], [0.5, 0.0]]) * _SPACING * 1.25
        return places if start == 0 else places[::-1].copy()
    links = np.array(sorted({(min(a, b), max(a, b)) for a, b in edges if a != b}), dtype=np.int64).reshape(-1, 2)
    spots = sorted({start, *(a for a, b in edges if a == b)})  # states with something on their outer side
    best, best_score = None, np.inf
    for places in _candidates(states, links, start, size):  # the circle comes first
        found = score(places, links) + _crowded(places, links, spots)
        if best is None or found < _CLEARLY * best_score:
            best, best_score = places, found
    assert best is not None  # the circle is always a candidate
    return _apart(best * _room(best, links))


def _room(places: FloatArray, links: NDArray[np.int64]) -> float:
    """Return how much larger a layout must be for a label to fit between two states that an arrow joins."""
    if not len(links):
        return 1.0
    gaps = np.linalg.norm(places[links[:, 0]] - places[links[:, 1]], axis=1)
    return float(np.clip(_LABEL / max(float(np.quantile(gaps, 0.1)), 1.0), 1.0, _LARGEST))


def _apart(places: FloatArray) -> FloatArray:
    """Push states that would touch each other apart, a little at a time; all others stay where they are."""
    for _ in range(60):
        offset = places[:, None] - places[None]
        gaps = np.linalg.norm(offset, axis=2)
        missing = np.clip(_LEAST_GAP - gaps, 0.0, None)
        np.fill_diagonal(missing, 0.0)
        if missing.max() < 0.5:
            break
        away = offset / np.maximum(gaps, 1e-9)[:, :, None]
        places = places + 0.5 * (away * missing[:, :, None]).sum(axis=1)
    return places


def circle_radius(states: int) -> float:
    """Return the radius of a circle on which ``states`` states stand with room for labels between them."""
    spacing = _SPACING if states <= 8 else max(_TIGHT, _SPACING - 7.0 * (states - 8))
    return float(max(95.0, spacing / (2 * np.sin(np.pi / states))))


def score(places: FloatArray, links: NDArray[np.int64]) -> float:
    """Return how hard a layout is to read: crossings + 3 for each arrow through a state + closeness."""
    n = len(places)
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2)[np.triu_indices(n, 1)]
    closeness = float((np.clip(_CLOSE - gaps, 0, None) / _CLOSE).sum()) * 4
    if len(links) == 0:
        return closeness
    a, b = places[links[:, 0]], places[links[:, 1]]
    return _crossings(a, b, links) + 3.0 * _through(a, b, links, places) + closeness


def _crowded(places: FloatArray, links: NDArray[np.int64], spots: Sequence[int]) -> float:
    """Return how much is in the way of loops and the start arrow, which stand on the side away from the centre."""
    away = places[spots] - places.mean(axis=0)
    outer = places[spots] + away / np.maximum(np.linalg.norm(away, axis=1), 1e-9)[:, None] * (RADIUS + _OUTSIDE)
    apart = np.linalg.norm(outer[:, None] - places[None], axis=2)
    apart[np.arange(len(spots)), spots] = np.inf
    met = float((apart.min(axis=1) < RADIUS + _OUTSIDE).sum())
    if not len(links):
        return met
    a, along = places[links[:, 0]], places[links[:, 1]] - places[links[:, 0]]
    share = ((outer[:, None] - a) * along).sum(axis=2) / np.maximum((along**2).sum(axis=1), 1e-9)
    nearest = a + np.clip(share, 0, 1)[:, :, None] * along
    gaps = np.linalg.norm(outer[:, None] - nearest, axis=2)  # (spots, links)
    return 2.0 * (met + float((gaps.min(axis=1) < _OUTSIDE * 0.8).sum()))


def _crossings(a: FloatArray, b: FloatArray, links: NDArray[np.int64]) -> int:
    """Count pairs of straight links that cross inside."""

    def side(p: FloatArray, q: FloatArray, r: FloatArray) -> FloatArray:
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])

    first, second = np.triu_indices(len(links), 1)
    shared = (links[first][:, :, None] == links[second][:, None, :]).any(axis=(1, 2))
    p, q, r, s = a[first], b[first], a[second], b[second]
    crossing = (side(p, q, r) * side(p, q, s) < 0) & (side(r, s, p) * side(r, s, q) < 0)
    return int((crossing & ~shared).sum())


def _through(a: FloatArray, b: FloatArray, links: NDArray[np.int64], places: FloatArray) -> int:
    """Count (link, other state) pairs where the straight link runs through the state."""
    along = b - a
    length = np.maximum((along**2).sum(axis=1), 1e-9)
    share = ((places[None] - a[:, None]) * along[:, None]).sum(axis=2) / length[:, None]
    nearest = a[:, None] + np.clip(share, 0, 1)[:, :, None] * along[:, None]
    near = np.linalg.norm(places[None] - nearest, axis=2) < RADIUS + 6
    own = (np.arange(len(places))[None, :, None] == links[:, None, :]).any(axis=2)
    return int((near & ~own).sum())


def _candidates(states: int, links: NDArray[np.int64], start: int, size: float) -> Iterator[FloatArray]:
    yield on_circle(circle_order(states, links), start, size)
    if states == 3 or len(links) > _DENSE * states:
        return
    yield _fitted(_layers(states, links, start), start, size, turn=False)
    import networkx  # only here: 0.2 s to load

    graph = networkx.Graph()
    graph.add_nodes_from(range(states))
    graph.add_edges_from(links.tolist())
    if not networkx.is_connected(graph):
        return
    found = [networkx.kamada_kawai_layout(graph)]
    found += [networkx.spring_layout(graph, seed=seed, iterations=80) for seed in range(6)]
    for places in found:
        yield _fitted(np.array([places[s] for s in range(states)]), start, size)


def on_circle(order: NDArray[np.int64], start: int, size: float) -> FloatArray:
    """Put the states on a circle in this order, clockwise from the start at the left."""
    n = len(order)
    first = int(np.flatnonzero(order == start)[0])
    angles = np.pi + 2 * np.pi * (np.arange(n) - first) / n
    places = np.empty((n, 2))
    places[order] = size * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return places


def _layers(states: int, links: NDArray[np.int64], start: int) -> FloatArray:
    """Columns by distance from the start."""
    neighbours: list[list[int]] = [[] for _ in range(states)]
    for a, b in links.tolist():
        neighbours[a].append(b)
        neighbours[b].append(a)
    depth = np.full(states, -1)
    depth[start], level = 0, [start]
    while level:
        following = [t for s in level for t in neighbours[s] if depth[t] < 0]
        for t in following:
            depth[t] = depth[level[0]] + 1
        level = list(dict.fromkeys(following))
    places = np.zeros((states, 2))
    for d in np.unique(depth):
        column = np.flatnonzero(depth == d)
        places[column, 0] = d
        places[column, 1] = np.arange(len(column)) - (len(column) - 1) / 2
    return places


def _fitted(places: FloatArray, start: int, size: float, turn: bool = True) -> FloatArray:
    """Turn the long side to the horizontal, put the start on the left and scale to the size of the circle."""
    places = places - places.mean(axis=0)
    if turn:
        places = places @ np.linalg.svd(places, full_matrices=False)[2].T
    if places[start, 0] > 0:
        places = places * np.array([-1.0, 1.0])
    extent = max(float(np.ptp(places[:, 0])), float(np.ptp(places[:, 1])), 1e-9)
    return places * (2 * size / extent)
