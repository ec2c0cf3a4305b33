"""Arrays of numbers as drawings: inputs in the colour of the text, weights in blue for plus and vermilion for minus."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.views.essence_marks import NEGATIVE, POSITIVE
from mips_core.views.png import png_address

MOST_NUMBERS = 700
"""Cells of a drawing in which each is drawn by itself; beyond that the cells are a picture."""

_STEPS = 12
_WIDE_ENOUGH = 19  # pixels of a cell in which a number can be read
_BLUE, _VERMILION = (0, 114, 178), (213, 94, 0)


def as_rows(x: NDArray[Any]) -> NDArray[Any]:
    """Return an input of one or two axes as rows.

    >>> as_rows(np.array([1, 0])).shape
    (1, 2)
    """
    return x if x.ndim == 2 else x.reshape(1, -1)


def input_svg(x: NDArray[Any], *, width: float, height: float, largest: float = 18.0) -> str:
    """Draw an input within a box: cells of 0 are empty, others filled, more than 1 with their number.

    Parameters
    ----------
    x : (n,) or (h, w)
    width, height : of the box, in pixels
    largest : of a cell
    """
    rows = as_rows(x)
    high, wide = rows.shape
    cell = min(width / max(wide, 1), height / max(high, 1), largest)
    w, h = cell * wide, cell * high
    parts = [f'<path d="{_runs(rows != 0, cell)}" fill="currentColor" fill-opacity="0.82"/>']
    if rows.size <= MOST_NUMBERS and cell >= 5:
        lines = "".join(f"M{cell * k:.1f} 0v{h:.1f}" for k in range(1, wide))
        lines += "".join(f"M0 {cell * k:.1f}h{w:.1f}" for k in range(1, high))
        parts.append(f'<path d="{lines}" stroke="currentColor" stroke-opacity="0.28" stroke-width="0.7"/>')
    if cell >= 12 and not np.isin(rows, (0, 1)).all():
        parts += [
            f'<text x="{cell * (c + 0.5):.1f}" y="{cell * (r + 0.5) + 3.5:.1f}" text-anchor="middle" '
            f'font-size="{min(11, cell * 0.6):.1f}" fill="var(--st-background-color, #fff)">{rows[r, c]:g}</text>'
            for r, c in np.argwhere(rows != 0).tolist()
        ]
    return (
        f'<svg class="input" viewBox="-0.5 -0.5 {w + 1:.1f} {h + 1:.1f}" width="{w + 1:.1f}" height="{h + 1:.1f}" '
        f'role="img" aria-label="{escape(input_text(x))}" fill="none">'
        f'<rect width="{w:.1f}" height="{h:.1f}" stroke="currentColor" stroke-opacity="0.5" stroke-width="0.8"/>'
        f"{''.join(parts)}</svg>"
    )


def input_text(x: NDArray[Any]) -> str:
    """Say what an input is: its numbers where they are few, else how many are not 0 and where.

    >>> input_text(np.array([0, 1, 1]))
    '0 1 1'
    """
    rows = as_rows(x)
    if rows.size <= 32:
        return " / ".join(" ".join(f"{value:g}" for value in row) for row in rows.tolist())
    places = np.argwhere(rows != 0)
    where = "" if x.ndim == 1 or not len(places) else _where(places)
    size = f"{rows.shape[0]} rows of {rows.shape[1]}" if x.ndim == 2 else f"{rows.size} numbers"
    return f"{size}, {len(places)} not 0{where}"


def _where(places: NDArray[Any]) -> str:
    texts = []
    for axis, name in enumerate(("row", "column")):
        found = sorted(set(places[:, axis].tolist()))
        texts.append(f"{name} {found[0]}" if len(found) == 1 else f"{name}s {found[0]} to {found[-1]}")
    return f", in {texts[0]}, {texts[1]}"


def _runs(filled: NDArray[np.bool_], cell: float) -> str:
    """Return a path over the filled cells, one piece for each run in a row."""
    parts = []
    more = max(0.0, 2.4 - cell) / 2  # a single filled cell of a large input must be seen
    for r, row in enumerate(filled):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]])))
        for start, stop in edges.reshape(-1, 2).tolist():
            left, wide = start * cell - more, (stop - start) * cell + 2 * more
            parts.append(f"M{left:.1f} {r * cell - more:.1f}h{wide:.1f}v{cell + 2 * more:.1f}H{left:.1f}z")
    return "".join(parts)


def strengths(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return how strongly each number is drawn, 0..1 by its size on a logarithmic scale, so that 1 is seen beside 756.

    >>> strengths(np.array([0, -1, 3])).round(2).tolist()
    [0.0, 0.62, 1.0]
    """
    sizes = np.log1p(np.abs(values).astype(np.float64))
    most = float(sizes.max(initial=0.0))
    return np.where(sizes > 0, 0.25 + 0.75 * sizes / most, 0.0) if most else sizes


def weights_picture(values: NDArray[Any], x: float, y: float, cell: tuple[float, float]) -> str:
    """Return drawn weights as parts of an SVG drawing.

    Parameters
    ----------
    values : (rows, columns)
    x, y : the upper left corner
    cell : width and height of a cell; where there is room, each number is written
    """
    high, wide = values.shape
    w, h = cell[0] * wide, cell[1] * high
    if not values.size:
        return ""  # a layer without neurons: the labels never change
    if values.size > MOST_NUMBERS:
        level = np.ceil(strengths(values) * _STEPS).astype(np.int64)
        pixels = np.where(values < 0, level + _STEPS, level).astype(np.uint8)
        alphas = [round(255 * k / _STEPS) for k in range(1, _STEPS + 1)]
        colours = [(0, 0, 0, 0), *((*_BLUE, a) for a in alphas), *((*_VERMILION, a) for a in alphas)]
        look = "pixelated" if wide < w and high < h else "auto"  # smaller than its numbers, a picture shows averages
        return (
            f'<image x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" preserveAspectRatio="none" '
            f'style="image-rendering:{look}" href="{png_address(pixels, colours)}"/>'
        )
    parts = []
    strength = strengths(values)
    told = cell[0] >= _WIDE_ENOUGH and cell[1] >= 13
    size = 11.0 if not told else min(11.5, 1.65 * cell[0] / max(len(f"{v:d}") for v in values.reshape(-1).tolist()))
    for r, c in np.ndindex(values.shape):
        value, left, top = int(values[r, c]), x + c * cell[0], y + r * cell[1]
        if value:
            colour = POSITIVE if value > 0 else NEGATIVE
            parts.append(
                f'<rect x="{left:.1f}" y="{top:.1f}" width="{cell[0]:.1f}" height="{cell[1]:.1f}" fill="{colour}" '
                f'fill-opacity="{0.12 + 0.33 * float(strength[r, c]) if told else float(strength[r, c]):.2f}"/>'
            )
        if told and (value or values.size <= 80):
            faint = "" if value else ' fill-opacity="0.7"'
            parts.append(
                f'<text x="{left + cell[0] / 2:.1f}" y="{top + cell[1] / 2 + 0.36 * size:.1f}" text-anchor="middle" '
                f'font-size="{size:.1f}" fill="currentColor"{faint}>{signed(value)}</text>'
            )
    return "".join(parts)


def text_svg(x: float, y: float, text: str, anchor: str = "middle") -> str:
    """Write a word into a drawing."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" fill="currentColor">{escape(text)}</text>'
    )


def signed(value: int) -> str:
    """Write an integer with a true minus sign.

    >>> signed(-27), signed(1)
    ('−27', '1')
    """
    return f"{value:,}".replace("-", "−")


def weights_svg(values: NDArray[Any], *, width: float, height: float, alt: str, largest: float = 34.0) -> str:
    """Draw weights as one drawing within a box; see :func:`weights_picture`."""
    high, wide = values.shape
    across = min(width / max(wide, 1), largest)
    down = min(height / max(high, 1), largest)
    if values.size > MOST_NUMBERS or across < _WIDE_ENOUGH:
        across = down = min(across, down)
    w, h = across * wide, down * high
    return (
        f'<svg class="weights" viewBox="-1 -1 {w + 2:.1f} {h + 2:.1f}" width="{w + 2:.1f}" height="{h + 2:.1f}" '
        f'role="img" aria-label="{escape(alt)}">{weights_picture(values, 0, 0, (across, down))}'
        f'<rect width="{w:.1f}" height="{h:.1f}" fill="none" stroke="currentColor" stroke-opacity="0.55"/></svg>'
    )
