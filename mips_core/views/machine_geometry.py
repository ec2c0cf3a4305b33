"""Where arrows, loops and labels of a drawn machine go.

Arrows bend when the arrow back exists or a state stands in the way; loops turn away from
the centre; a label takes the free place nearest to the middle of its arrow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.views.label_places import FINE, LabelPlaces
from mips_core.views.machine_layout import RADIUS

FloatArray = NDArray[np.float64]

# px by which an arrow's control point may leave the straight line; fewer distances where the arrow back exists
_BENDS = (0.0, 44.0, -44.0, 84.0, -84.0, 124.0, -124.0)
_BACK_BENDS = (26.0, 66.0, 106.0, 146.0, 146.0, 146.0, 146.0)
_COARSE = 40  # points along an arrow that labels keep off
_TIP = 5.0  # between an arrow head and the state


@dataclass(frozen=True)
class Arrow:
    """One drawn arrow: the path of its line and the box of its label (centre x, y, width, height)."""

    source: int
    target: int
    path: str
    lines: tuple[str, ...]
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Drawing:
    """Everything with its place: states, arrows, the start arrow and the frame (left, top, width, height)."""

    places: FloatArray
    arrows: tuple[Arrow, ...]
    start_path: str
    frame: tuple[float, float, float, float]


def draw(
    places: FloatArray, labels: Mapping[tuple[int, int], Sequence[str]], start: int | None, *, by_source: bool = False
) -> Drawing:
    """Place everything.

    Parameters
    ----------
    places : float64 (S, 2), the centres of the states
    labels : for each arrow (from, to) its lines of text, which may be none
    start : the state that the start arrow points to; None leaves the start arrow out
    by_source : whether only the labels of arrows that leave one and the same state are ever seen together
    """
    taken = [(x, y, 2 * RADIUS + 4, 2 * RADIUS + 4) for x, y in places.tolist()]
    start_angle = _outward(places, start) if start is not None else 0.0
    start_path, start_box = "", None
    if start is not None:
        start_path, start_box = _start_arrow(places[start], start_angle)
        taken.append(start_box)
    edges = list(labels)
    looping = np.array([a == b for a, b in edges], dtype=bool)
    loops = [_loop(places, a, start, start_angle) for a, b in edges if a == b]
    arcs = _arcs(places, [edge for edge in edges if edge[0] != edge[1]], labels)
    points, fine = (np.empty((len(edges), count, 2)) for count in (_COARSE, FINE))
    for chosen, curves in (looping, np.array(loops).reshape(-1, 4, 2)), (~looping, arcs):
        points[chosen], fine[chosen] = _along(curves, _COARSE), _along(curves, FINE)
    sheet = LabelPlaces(points, [a for a, _ in edges], [bool(labels[edge]) for edge in edges], taken, by_source)
    next_loop, next_arc = iter(loops), iter(arcs)
    paths = [_path(next(next_loop if a == b else next_arc)) for a, b in edges]
    arrows: list[Arrow] = []
    # long labels first: they have the fewest places
    for i in sorted(range(len(edges)), key=lambda i: -max((len(line) for line in labels[edges[i]]), default=0)):
        edge, text = edges[i], tuple(labels[edges[i]])
        if text:
            box = sheet.place(i, fine[i], text, loop=edge[0] == edge[1])
        else:
            box = (*fine[i, FINE // 2].tolist(), 0.0, 0.0)
        arrows.append(Arrow(*edge, paths[i], text, box))
    arrows.sort(key=lambda arrow: (arrow.source, arrow.target))
    boxes = [*taken, *(arrow.box for arrow in arrows if arrow.lines)]
    corners = [points.reshape(-1, 2), *(_corners(box) for box in boxes)]
    return Drawing(places, tuple(arrows), start_path, _frame(np.concatenate(corners)))


def _outward(places: FloatArray, state: int) -> float:
    """Return the direction away from the centre, in radians."""
    away = places[state] - places.mean(axis=0)
    return float(np.arctan2(away[1], away[0])) if np.linalg.norm(away) > 1 else np.pi


def _at(angle: float) -> FloatArray:
    return np.array([np.cos(angle), np.sin(angle)])


def _start_arrow(place: FloatArray, angle: float) -> tuple[str, tuple[float, float, float, float]]:
    tip, tail = place + _at(angle) * (RADIUS + _TIP), place + _at(angle) * (RADIUS + 34)
    middle, size = (tip + tail) / 2, np.abs(tail - tip) + 10
    return f"M{_xy(tail)} L{_xy(tip)}", (float(middle[0]), float(middle[1]), float(size[0]), float(size[1]))


def _loop(places: FloatArray, state: int, start: int | None, start_angle: float) -> FloatArray:
    """Return the four control points of the cubic that leads from a state back to it."""
    angle = _outward(places, state)
    if np.ptp(places[:, 1]) < 1:
        angle = -np.pi / 2  # states in a row: loops stand on top
    elif state == start:
        angle = start_angle + 1.15
    left, right = angle - 0.42, angle + 0.42
    out, reach = RADIUS + 1, RADIUS + 46
    place = places[state]
    return np.array([
        place + _at(left) * out, place + _at(left - 0.16) * reach,
        place + _at(right + 0.16) * reach, place + _at(right) * (out + _TIP - 1),
    ])  # fmt: skip


def _arcs(
    places: FloatArray, edges: Sequence[tuple[int, int]], labels: Mapping[tuple[int, int], Sequence[str]]
) -> FloatArray:
    """Return the control points of the quadratics of arrows between two states, float64 (arrows, 3, 2).

    The middle one leaves the straight line by the least bend with which the arrow passes no other state.
    """
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    p, q = places[ends[:, 0]], places[ends[:, 1]]
    along = (q - p) / _lengths(q - p)
    normal = np.stack([along[:, 1], -along[:, 0]], axis=1)
    choices = np.array([_BACK_BENDS if (b, a) in labels else _BENDS for a, b in edges]).reshape(-1, len(_BENDS))
    bends, open_still = choices[:, 0].copy(), np.arange(len(edges))
    for choice in choices.T:
        tried = _bent(p, q, normal, choice)[open_still]
        offset = _along(tried, 20)[:, :, None] - places  # (arrows, points, states, 2)
        gaps = offset[..., 0] * offset[..., 0] + offset[..., 1] * offset[..., 1]
        gaps[np.arange(len(tried))[:, None], :, ends[open_still]] = np.inf
        free = np.sqrt(gaps.min(axis=(1, 2))) > RADIUS + 7
        bends[open_still[free]] = choice[open_still[free]]
        open_still = open_still[~free]
        if not len(open_still):
            break
    middle = _bent(p, q, normal, bends)[:, 1]
    return np.stack([_rim(p, middle, RADIUS + 1), middle, _rim(q, middle, RADIUS + _TIP)], axis=1)


def _bent(p: FloatArray, q: FloatArray, normal: FloatArray, bends: FloatArray) -> FloatArray:
    return np.stack([p, (p + q) / 2 + normal * bends[:, None], q], axis=1)


def _rim(centres: FloatArray, towards: FloatArray, distance: float) -> FloatArray:
    away = towards - centres
    return centres + away / _lengths(away) * distance


def _lengths(vectors: FloatArray) -> FloatArray:
    """Return the lengths of vectors (N, 2), a little above 0 at least, float64 (N, 1)."""
    return np.maximum(np.sqrt([vector.dot(vector) for vector in vectors]), 1e-9)[:, None]


def _along(curves: FloatArray, count: int) -> FloatArray:
    """Return points along Bézier curves (N, control points, 2), float64 (N, count, 2)."""
    t = np.linspace(0, 1, count)[:, None]
    steps = curves.transpose(1, 0, 2)[:, :, None]
    while len(steps) > 1:  # de Casteljau, on all t at once
        steps = steps[:-1] * (1 - t) + steps[1:] * t
    return steps[0]


def _corners(box: tuple[float, float, float, float]) -> FloatArray:
    x, y, width, height = box
    return np.array([[x - width / 2, y - height / 2], [x + width / 2, y + height / 2]])


def _frame(points: FloatArray, margin: float = 10.0) -> tuple[float, float, float, float]:
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def _xy(point: FloatArray) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _path(curve: FloatArray) -> str:
    letter = "C" if len(curve) == 4 else "Q"
    return f"M{_xy(curve[0])} {letter}" + " ".join(_xy(point) for point in curve[1:])
