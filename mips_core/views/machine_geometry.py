"""Where arrows, loops and labels of a drawn machine go.

Arrows bend when the arrow back exists or a state stands in the way; loops turn away from
the centre; a label takes the free place nearest to the middle of its arrow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.views.machine_layout import RADIUS

FloatArray = NDArray[np.float64]

LINE_HEIGHT = 15.0
_CHARACTER = 7.4  # width of a digit at 12.5 px, with some air
_BEND = 26.0
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
    curves = {edge: _curve(places, edge, labels, start, start_angle) for edge in labels}
    lines = {edge: _points(curve, 40) for edge, curve in curves.items()}
    arrows: list[Arrow] = []
    boxes = list(taken)
    # long labels first: they have the fewest places
    for edge in sorted(labels, key=lambda e: -max((len(line) for line in labels[e]), default=0)):
        curve, text = curves[edge], tuple(labels[edge])
        middle = _points(curve, 3)[1]
        box = (float(middle[0]), float(middle[1]), 0.0, 0.0)
        if text:
            seen = [other for other in labels if other[0] == edge[0] or not by_source]
            others = [lines[other] for other in seen if labels[other] and other != edge]
            faint = [points for other, points in lines.items() if not labels[other]]
            near = [a.box for a in arrows if a.lines and (a.source == edge[0] or not by_source)]
            ink = _Ink(lines[edge], _joined(others), _joined(faint))
            box = _place_label(curve, text, [*taken, *near], ink, loop=edge[0] == edge[1])
            boxes.append(box)
        arrows.append(Arrow(*edge, _path(curve), text, box))
    arrows.sort(key=lambda arrow: (arrow.source, arrow.target))
    corners = [*lines.values(), *(_corners(box) for box in boxes)]
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


def _curve(
    places: FloatArray, edge: tuple[int, int], labels: Mapping[tuple[int, int], Sequence[str]], start: int | None,
    start_angle: float,
) -> FloatArray:  # fmt: skip
    """Return the control points of the arrow: four of a cubic for a loop, three of a quadratic otherwise."""
    a, b = edge
    if a == b:
        angle = _outward(places, a)
        if np.ptp(places[:, 1]) < 1:
            angle = -np.pi / 2  # states in a row: loops stand on top
        elif a == start:
            angle = start_angle + 1.15
        left, right = angle - 0.42, angle + 0.42
        out, reach = RADIUS + 1, RADIUS + 46
        return np.array([
            places[a] + _at(left) * out, places[a] + _at(left - 0.16) * reach,
            places[a] + _at(right + 0.16) * reach, places[a] + _at(right) * (out + _TIP - 1),
        ])  # fmt: skip
    p, q = places[a], places[b]
    along = (q - p) / max(float(np.linalg.norm(q - p)), 1e-9)
    normal = np.array([along[1], -along[0]])
    bend = _bend(places, edge, normal, back=(b, a) in labels)
    middle = (p + q) / 2 + normal * bend
    return np.array([_rim(p, middle, RADIUS + 1), middle, _rim(q, middle, RADIUS + _TIP)])


def _bend(places: FloatArray, edge: tuple[int, int], normal: FloatArray, *, back: bool) -> float:
    """Return how far the control point leaves the straight line: the least bend that passes no other state."""
    p, q = places[edge[0]], places[edge[1]]
    others = np.delete(places, list(edge), axis=0)
    usual = _BEND if back else 0.0
    choices = [usual, usual + 40, usual + 80, usual + 120] if back else [0.0, 44.0, -44.0, 84.0, -84.0, 124.0, -124.0]
    for bend in choices:
        points = _points(np.array([p, (p + q) / 2 + normal * bend, q]), 20)
        if len(others) == 0 or np.linalg.norm(points[:, None] - others[None], axis=2).min() > RADIUS + 7:
            return bend
    return usual


def _rim(centre: FloatArray, towards: FloatArray, distance: float) -> FloatArray:
    away = towards - centre
    return centre + away / max(float(np.linalg.norm(away)), 1e-9) * distance


def _points(curve: FloatArray, count: int) -> FloatArray:
    """Return points along a Bézier curve of two or three degrees, float64 (count, 2)."""
    t = np.linspace(0, 1, count)[:, None]
    while len(curve) > 1:  # de Casteljau, on all t at once
        steps = curve if curve.ndim == 3 else np.repeat(curve[:, None], count, axis=1)
        curve = steps[:-1] * (1 - t) + steps[1:] * t
    return curve[0]


@dataclass(frozen=True)
class _Ink:
    """Points along the lines that a label should keep off: its own arrow, other labelled ones, unlabelled ones."""

    own: FloatArray
    labelled: FloatArray
    faint: FloatArray


def _joined(parts: Sequence[FloatArray]) -> FloatArray:
    return np.concatenate(parts) if parts else np.empty((0, 2))


def _place_label(
    curve: FloatArray, text: Sequence[str], taken: Sequence[tuple[float, float, float, float]], ink: _Ink, *, loop: bool
) -> tuple[float, float, float, float]:
    """Return the label box that collides least with states, labels and arrows, and stands nearest to its own arrow."""
    width = max((len(line) for line in text), default=0) * _CHARACTER + 4
    height = len(text) * LINE_HEIGHT
    points = _points(curve, 41)
    centres, costs = [], []
    for share in (20, 14, 26) if loop else (20, 16, 24, 12, 28, 9, 31, 34):
        tangent = points[share + 1] - points[share - 1]
        normal = np.array([tangent[1], -tangent[0]]) / max(float(np.linalg.norm(tangent)), 1e-9)
        reach = abs(normal[0]) * width / 2 + abs(normal[1]) * height / 2 + 5
        for side in (1.0, -1.0):
            for extra in (0.0, 6.0, 12.0, 20.0, 30.0):
                centres.append(points[share] + side * normal * (reach + extra))
                costs.append(abs(share - 20) * 0.02 + extra * 0.03 + (0.15 if side < 0 else 0))
    places = np.array(centres)
    low, high = places.min(axis=0) - 12 - width / 2, places.max(axis=0) + 12 + width / 2
    ink = _Ink(*(p[((p > low) & (p < high)).all(axis=1)] for p in (ink.own, ink.labelled, ink.faint)))
    best = int(np.argmin(np.array(costs) + _collisions(places, width, height, taken, ink)))
    return float(places[best, 0]), float(places[best, 1]), width, height


def _collisions(
    centres: FloatArray, width: float, height: float, taken: Sequence[tuple[float, float, float, float]], ink: _Ink
) -> FloatArray:
    """Return for each place (C, 2) of a label how much it covers, and whether another arrow is nearer than its own."""
    boxes = np.array(taken).reshape(-1, 4)
    half = np.array([width / 2, height / 2])
    overlap = ((half + boxes[:, 2:] / 2) - np.abs(centres[:, None] - boxes[:, :2])).min(axis=2)
    own, labelled, faint = (_gaps(centres, points, half) for points in (ink.own, ink.labelled, ink.faint))
    nearest = labelled.min(axis=1, initial=np.inf)
    unclear = np.clip(own.min(axis=1, initial=np.inf) + 3.0 - nearest, 0.0, 12.0) / 12.0
    # Text on text cannot be read; text on a line can, since it has a margin of the background's colour.
    cost: FloatArray = (
        np.clip(overlap, 0, None).sum(axis=1) * 0.6 + 30.0 * (overlap > 2).sum(axis=1)
        + 0.6 * (own <= 1).sum(axis=1) + 0.6 * (labelled <= 1).sum(axis=1)
        + 0.15 * (faint <= 1).sum(axis=1) + 2.0 * unclear
    )  # fmt: skip
    return cost


def _gaps(centres: FloatArray, points: FloatArray, half: FloatArray) -> FloatArray:
    """Return the distances (C, P) of points to boxes around the centres; 0 inside."""
    away = np.abs(centres[:, None] - points[None]) - half
    return np.asarray(np.hypot(*np.clip(away, 0.0, None).transpose(2, 0, 1)))


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
