"""Samples in a plane or a cube with the lines and planes that differentia neurons draw between subconcepts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from mips_core.views.essence_grids import text_svg
from mips_core.views.essence_marks import mark_svg, subconcept_mark
from mips_core.views.essence_selection import Lit, Shown, subconcept_of
from mips_core.views.palette import HUES
from mips_core.views.sequences import count_text

_MOST_LINES = 12
_DASHES = ("", "7 4", "2 3", "10 3 2 3")
_WIDTH = 380.0


@dataclass(frozen=True)
class Counts:
    """Inputs that no differentia tells apart, so that a sample is as good as its sums over them.

    Parameters
    ----------
    groups : one or two sets of inputs, the larger first
    names : what their sums are called
    """

    groups: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]


def counts_of(shown: Shown) -> Counts | None:
    """Return the one or two sets of interchangeable inputs of a network, or None where there are more."""
    weights = shown.network.layers[0].weights
    if not len(weights) or not np.issubdtype(shown.samples.x.dtype, np.integer):
        return None
    _, which = np.unique(weights.T, axis=0, return_inverse=True)
    which = which.reshape(-1)
    found = sorted(
        (tuple(np.flatnonzero(which == k).tolist()) for k in range(which.max() + 1)), key=lambda g: (-len(g), g)
    )
    if len(found) > 2 or weights.shape[1] < 2:
        return None
    return Counts(tuple(found), tuple(_name(group, shown) for group in found))


def _name(group: tuple[int, ...], shown: Shown) -> str:
    shape = shown.network.input_shape
    cells = math.prod(shape)
    middle = cells // 2
    odd = all(size % 2 for size in shape)
    if len(group) == cells:
        return "sum of all inputs"
    if odd and group == (middle,):
        return "the cell itself"
    if odd and len(group) == cells - 1 and middle not in group:
        return "sum of its neighbours"
    places = ", ".join(map(str, group[:6]))
    return f"input {places}" if len(group) == 1 else f"sum of inputs {places}{' …' if len(group) > 6 else ''}"


def space_svg(shown: Shown, lit: Lit) -> str | None:
    """Draw three inputs of 0 and 1 as a cube, counts as a grid; None for all else."""
    x = shown.samples.x.reshape(len(shown.samples.x), -1)
    if not len(shown.network.layers[0].bias) or len(shown.network.layers[0].bias) > _MOST_LINES:
        return None
    if x.shape[1] == 3 and np.isin(x, (0, 1)).all():
        return _cube(shown, x, lit)
    counts = counts_of(shown)
    return None if counts is None else _grid(shown, x, counts, lit)


def _grid(shown: Shown, x: NDArray[np.int64], counts: Counts, lit: Lit) -> str:
    """Draw the sums of interchangeable inputs: one mark for each pair of sums, one line for each differentia."""
    layer = shown.network.layers[0]
    sums = np.stack([x[:, list(group)].sum(axis=1) for group in counts.groups], axis=1)
    if sums.shape[1] == 1:
        sums = np.column_stack([sums, np.zeros(len(sums), dtype=sums.dtype)])
    low, high = sums.min(axis=0), sums.max(axis=0)
    left, right, top = 20.0, 16.0, 46.0
    unit = min(46.0, (_WIDTH - left - right - 30) / max(int(high[0] - low[0]), 1))
    down = max(unit, 46.0) if high[1] - low[1] <= 3 else unit
    flat = len(counts.groups) == 1
    y_room = 0.0 if flat else 18.0

    def at(a: float, b: float) -> tuple[float, float]:
        return left + y_room + 16 + (a - low[0]) * unit, top + (high[1] - b) * down

    box = (float(low[0]) - 0.5, float(high[0]) + 0.5, float(low[1]) - 0.45, float(high[1]) + 0.45)
    bottom = at(0, box[2])[1]
    parts = []
    for value in range(int(low[0]), int(high[0]) + 1):
        px, _ = at(value, 0)
        parts.append(
            f'<path d="M{px:.1f} {at(0, box[3])[1]:.1f}V{bottom:.1f}" stroke="currentColor" stroke-opacity="0.13"/>'
        )
        parts.append(text_svg(px, bottom + 15, str(value)))
    if not flat:
        for value in range(int(low[1]), int(high[1]) + 1):
            _, py = at(0, value)
            parts.append(text_svg(at(box[0], 0)[0] - 8, py + 4, str(value), "end"))
        parts.append(
            f'<text transform="translate(12 {(at(0, high[1])[1] + at(0, low[1])[1]) / 2:.0f}) rotate(-90)" '
            f'text-anchor="middle" font-size="12" fill="currentColor">{escape(counts.names[1])}</text>'
        )
    parts.append(text_svg((at(box[0], 0)[0] + at(box[1], 0)[0]) / 2, bottom + 32, counts.names[0]))
    points, where = np.unique(sums, axis=0, return_inverse=True)
    for number, (a, b) in enumerate(points.tolist()):
        members = np.flatnonzero(where.reshape(-1) == number).tolist()
        parts.append(
            _point(
                shown, members, *at(a, b), lit, f"{counts.names[0]} {a}" + ("" if flat else f", {counts.names[1]} {b}")
            )
        )
    weights = [[int(layer.weights[d, group[0]]) for group in counts.groups] for d in range(len(layer.bias))]
    for d, w in enumerate(weights):
        ends = _clipped(w[0], w[1] if len(w) > 1 else 0, int(layer.bias[d]), box)
        if ends is None:
            continue
        (x1, y1), (x2, y2) = at(*ends[0]), at(*ends[1])
        parts.append(_line(d, x1, y1, x2, y2, (0, d) in lit.neurons))
    width = at(box[1], 0)[0] + right
    return _svg(width, bottom + 40, space_words(shown) or "", parts)


def _cube(shown: Shown, x: NDArray[np.int64], lit: Lit) -> str:
    """Draw the eight inputs of three cells as corners of a cube, and the plane of each differentia."""

    def at(p: tuple[float, ...]) -> tuple[float, float]:
        return 62 + 150 * p[2] + 62 * p[0], 214 - 138 * p[1] - 46 * p[0]

    corners = list(product((0, 1), repeat=3))
    edges = [(a, b) for a, b in combinations(corners, 2) if sum(abs(u - v) for u, v in zip(a, b, strict=True)) == 1]
    parts = []
    for a, b in edges:
        (x1, y1), (x2, y2) = at(a), at(b)
        parts.append(
            f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="currentColor" stroke-opacity="0.4" fill="none"/>'
        )
    layer = shown.network.layers[0]
    for d in range(len(layer.bias)):
        w, bias = layer.weights[d].astype(float), float(layer.bias[d])
        hits = {h for a, b in edges for h in _crossing(np.array(a), np.array(b), w, bias)}
        if len(hits) < 3:
            continue
        places = [at(h) for h in hits]
        middle = (sum(p[0] for p in places) / len(places), sum(p[1] for p in places) / len(places))
        places.sort(key=lambda p: math.atan2(p[1] - middle[1], p[0] - middle[0]))
        outline = " ".join(f"{px:.1f},{py:.1f}" for px, py in places)
        colour, dash = HUES[(d + 4) % len(HUES)], _DASHES[d % len(_DASHES)]
        strong = (0, d) in lit.neurons
        parts.append(
            f'<polygon class="pick" data-value="neuron-0-{d}" points="{outline}" fill="{colour}" '
            f'fill-opacity="{0.34 if strong else 0.16}" stroke="{colour}" stroke-width="{3 if strong else 1.6}" '
            f'stroke-dasharray="{dash}"/>'
        )
        tip = min(places, key=lambda p: p[1] - 0.3 * p[0])
        parts.append(text_svg(tip[0] + 4, tip[1] - 6, f"D{d}", "start"))
    for corner in corners:
        found = np.flatnonzero((x == np.array(corner)).all(axis=1)).tolist()
        if found:
            px, py = at(corner)
            said = " ".join(map(str, corner))
            parts.append(_point(shown, found, px, py, lit, said))
            parts.append(text_svg(px, py + 25, said))
    return _svg(310, 250, space_words(shown) or "", parts)


def _crossing(
    a: NDArray[np.int64], b: NDArray[np.int64], w: NDArray[np.float64], bias: float
) -> Iterator[tuple[float, ...]]:
    """Yield where a plane meets an edge of the cube."""
    at_a, at_b = float(w @ a + bias), float(w @ b + bias)
    if at_a * at_b < 0:
        share = at_a / (at_a - at_b)
        yield tuple(np.round(a + share * (b - a), 6).tolist())
    for value, place in ((at_a, a), (at_b, b)):
        if value == 0:
            yield tuple(place.astype(float).tolist())


def _clipped(
    a: int, b: int, bias: int, box: tuple[float, float, float, float]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return the part of the line a x + b y + bias = 0 within a box, or None."""
    x0, x1, y0, y1 = box
    ends = set()
    if b:
        ends |= {(x, -(a * x + bias) / b) for x in (x0, x1)}
    if a:
        ends |= {(-(b * y + bias) / a, y) for y in (y0, y1)}
    inside = sorted(
        {(round(x, 6), round(y, 6)) for x, y in ends if x0 - 1e-9 <= x <= x1 + 1e-9 and y0 - 1e-9 <= y <= y1 + 1e-9}
    )
    return (inside[0], inside[-1]) if len(inside) >= 2 else None


def _line(d: int, x1: float, y1: float, x2: float, y2: float, strong: bool) -> str:
    colour, dash = HUES[(d + 4) % len(HUES)], _DASHES[d % len(_DASHES)]
    top = (x1, y1) if y1 < y2 else (x2, y2)
    path = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
    return (
        f'<g class="pick" data-value="neuron-0-{d}"><path d="{path}" stroke="{colour}" '
        f'stroke-width="{5 if strong else 2.6}" stroke-dasharray="{dash}" fill="none"/>'
        f'<path d="{path}" stroke="transparent" stroke-width="14"/>{text_svg(top[0], top[1] - 6, f"D{d}")}</g>'
    )


def _point(shown: Shown, members: list[int], x: float, y: float, lit: Lit, said: str) -> str:
    found = sorted({s for member in members for s in subconcept_of(member, shown.network)})
    if not found:
        return ""
    mark = subconcept_mark(shown.network, found[0])
    told = f"{said}: {mark.name}, {count_text(len(members), 'sample')}"
    ring = ""
    if set(members) & lit.samples:
        ring = (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="14" fill="none" stroke="var(--st-primary-color, #0067A5)" '
            'stroke-width="2.4"/>'
        )
    return f'<g class="pick" data-value="sample-{members[0]}">{ring}{mark_svg(mark, x, y, 9, escape(told))}</g>'


def space_words(shown: Shown) -> str | None:
    """Say what the drawing shows: each differentia as an inequality."""
    layer = shown.network.layers[0]
    if not len(layer.bias) or len(layer.bias) > _MOST_LINES:
        return None
    told = [f"D{d}: {differentia_text(d, shown)}" for d in range(len(layer.bias))]
    return "; ".join(told)


def differentia_text(d: int, shown: Shown) -> str:
    """Write a differentia of few different inputs as an inequality: ``sum of its neighbours < 3.5``."""
    layer = shown.network.layers[0]
    weights, bias = layer.weights[d], int(layer.bias[d])
    counts = None if weights.size == 3 else counts_of(shown)
    if counts is not None:
        pairs = [(int(weights[group[0]]), name) for group, name in zip(counts.groups, counts.names, strict=True)]
        if len(counts.groups) == 2 and pairs[0][0] == pairs[1][0] and sum(map(len, counts.groups)) == weights.size:
            pairs = [(pairs[0][0], "sum of all inputs")]
    else:
        names = ("left", "here", "right") if weights.size == 3 else tuple(f"input {k}" for k in range(weights.size))
        pairs = [(int(w), name) for w, name in zip(weights.tolist(), names, strict=True)]
    divisor = max(math.gcd(*(w for w, _ in pairs)), 1)
    pairs = [(w // divisor, name) for w, name in pairs if w]
    turn = bool(pairs) and all(w < 0 for w, _ in pairs)
    text = ""
    for w, name in pairs:
        w = -w if turn else w
        said = name if abs(w) == 1 else f"{abs(w)} × {name}"
        text = f"{text} {'+' if w > 0 else '−'} {said}" if text else f"{'' if w > 0 else '−'}{said}"
    limit = f"{(bias if turn else -bias) / divisor:g}".replace("-", "−")
    return f"{text or '0'} {'<' if turn else '>'} {limit}"


def _svg(width: float, height: float, alt: str, parts: list[str]) -> str:
    return (
        f'<svg class="space" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        f'role="img" aria-label="{escape(alt)}" font-family="var(--st-font, sans-serif)">{"".join(parts)}</svg>'
    )
