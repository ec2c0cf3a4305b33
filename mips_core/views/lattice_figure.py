"""Lattices drawn over hidden states, and how far the points are from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

import numpy as np
import plotly.graph_objects as go

from mips_core.networks.protocol import FloatArray
from mips_core.states.lattice import ON_LATTICE
from mips_core.states.lattice_evidence import LatticeFit
from mips_core.stepping import IntArray
from mips_core.views.hidden_states import Axes
from mips_core.views.palette import GREY, HUES
from mips_core.views.scatter import scatter

MOST_LINES = 14
"""Lattice lines in one direction; of a finer lattice, every second, fifth or tenth line is drawn, and so on."""

_LINES = "rgba(128, 128, 128, 0.45)"
_ARROW = "#CC3311"
_ARROW_LABEL = "rgba(150, 35, 10, 0.9)"
_LABEL = (0.3, 0.075)  # how much of the picture a name takes
_SEEN = 1e-6  # a lattice vector whose image is shorter than this share of the picture points straight at the reader


@dataclass(frozen=True, eq=False)
class Overlay:
    """A lattice as seen along some axes.

    Parameters
    ----------
    lines : float64 (L, 2, k), ends of lattice lines
    arrows : float64 (n, 2, k), beginning and end of each basis vector, drawn ``stride`` times as long
    names : of the basis vectors
    stride : lattice steps between two lines; also how many times as long the arrows are
    note : what cannot be seen, or ""
    """

    lines: FloatArray
    arrows: FloatArray
    names: tuple[str, ...]
    stride: int
    note: str


def lattice_overlay(fit: LatticeFit, axes: Axes) -> Overlay:
    """Return lines and basis vectors of a lattice as they look along one to three axes.

    Lines are drawn where at most two lattice vectors can be seen; of more, the lines would cover each other.
    """
    codes = fit.codes[1:] if len(fit.codes) > 1 else fit.codes
    low, high = codes.min(axis=0), codes.max(axis=0)
    images = fit.basis @ axes.directions.T  # (n, k)
    sizes = np.linalg.norm(images, axis=1) * np.maximum(high - low, 1)
    seen = np.flatnonzero(sizes > _SEEN * float(sizes.max(initial=0.0)))
    crowded = len(seen) > 2
    stride = _stride(float((high - low)[seen].max(initial=1)), 5 if crowded else MOST_LINES)
    middle = stride * np.rint((low + high) / (2 * stride))
    corner = middle if crowded else np.where((low <= 0) & (high >= 0), 0, middle)
    start = _seen_at(fit, axes, corner)
    arrows = np.stack([np.tile(start, (len(seen), 1)), start + stride * images[seen]], axis=1)
    names = tuple(fit.names[i] for i in seen)
    if crowded:
        note = f"From here {len(seen)} lattice vectors show at once, so only the vectors are drawn, without lines."
        return Overlay(np.zeros((0, 2, images.shape[1])), arrows, names, stride, note)
    ticks = [np.arange(stride * np.floor(low[i] / stride), high[i] + stride, stride) for i in seen]
    lines = []
    for place, i in enumerate(seen):
        across = ticks[1 - place] if len(seen) == 2 else np.zeros(1)
        for tick in across:
            ends = []
            for end in (ticks[place][0], ticks[place][-1]):
                code = corner.astype(np.float64).copy()
                code[i] = end
                if len(seen) == 2:
                    code[seen[1 - place]] = tick
                ends.append(_seen_at(fit, axes, code))
            lines.append(ends)
    return Overlay(np.array(lines).reshape(-1, 2, images.shape[1]), arrows, names, stride, "")


def _seen_at(fit: LatticeFit, axes: Axes, code: FloatArray) -> FloatArray:
    return axes(code @ fit.basis + fit.offset)


def _stride(extent: float, most: int) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, ... that leaves at most ``most`` lines over ``extent``.

    >>> _stride(9, 14), _stride(99, 14), _stride(99, 5)
    (1, 10, 50)
    """
    power = 1
    while True:
        for factor in (1, 2, 5):
            if extent / (factor * power) <= most - 2:
                return factor * power
        power *= 10


def _against_steps(lattice: Overlay, steps: float) -> Overlay:
    """Return a lattice that is seen along one axis as it looks against the steps: each point is a line upwards."""
    if lattice.arrows.shape[2] > 1:
        return lattice
    ends = np.unique(lattice.lines) if len(lattice.lines) else np.unique(lattice.arrows)
    step = abs(float(lattice.arrows[0, 1, 0] - lattice.arrows[0, 0, 0]))
    places = np.arange(ends[-1], ends[0] - step / 2, -step)
    lines = np.array([[[x, -0.5], [x, steps + 0.5]] for x in places])
    return replace(lattice, lines=lines, arrows=np.concatenate([lattice.arrows, np.zeros_like(lattice.arrows)], axis=2))


def add_lattice(figure: go.Figure, lattice: Overlay, steps: float) -> None:
    """Draw the lines of a lattice; ``steps`` is how high they reach where one axis is drawn against the steps."""
    lines = _against_steps(lattice, steps).lines
    if len(lines) == 0:
        return
    gap = np.full((len(lines), 1, lines.shape[2]), np.nan)
    figure.add_trace(
        scatter(
            np.concatenate([lines, gap], axis=1).reshape(-1, lines.shape[2]), mode="lines", hoverinfo="skip",
            name="lattice" if lattice.stride == 1 else f"lattice, every {lattice.stride} steps",
            line={"color": _LINES, "width": 1.5},
        )
    )  # fmt: skip
    if lines.shape[2] == 2:  # two sets of lines would be taken for one
        figure.update_xaxes(showgrid=False)
        figure.update_yaxes(showgrid=False)


def add_arrows(figure: go.Figure, lattice: Overlay, extent: FloatArray) -> None:
    """Draw the basis vectors with their names above what is there.

    Parameters
    ----------
    extent : float64 (k,), of the picture along each axis
    """
    arrows = _against_steps(lattice, 0.0).arrows
    named = [escape(name if lattice.stride == 1 else f"{lattice.stride} {name}") for name in lattice.names]
    if arrows.shape[2] == 3:
        for ends, name in zip(arrows, named, strict=True):
            figure.add_trace(
                scatter(ends, mode="lines+text", text=["", name], hoverinfo="skip", showlegend=False,
                        line={"color": _ARROW, "width": 7})
            )  # fmt: skip
        return
    labels = _label_places(arrows, extent)
    for ((x0, y0), (x1, y1)), (x, y), name in zip(arrows.tolist(), labels.tolist(), named, strict=True):
        figure.add_annotation(
            x=x1, y=y1, ax=x0, ay=y0, axref="x", ayref="y", showarrow=True, arrowhead=2, arrowwidth=3, arrowsize=0.8,
            arrowcolor=_ARROW, text="",
        )  # fmt: skip
        figure.add_annotation(
            x=x, y=y, text=f"<b>{name}</b>", showarrow=False, font={"size": 12, "color": "#FFFFFF"},
            bgcolor=_ARROW_LABEL, borderpad=2,
        )  # fmt: skip


def _label_places(arrows: FloatArray, extent: FloatArray) -> FloatArray:
    """Return where the names of arrows (n, 2, 2) stand: beyond their tips, far enough that none covers another."""
    start, size = arrows[:, 0], np.array(_LABEL)
    along = (arrows[:, 1] - start) / extent
    lengths = np.maximum(np.linalg.norm(along, axis=1), 1e-9)
    places = np.empty_like(along)
    taken: list[FloatArray] = []
    for i in np.argsort(lengths):
        ahead = along[i] / lengths[i]
        for more in np.arange(0.02, 0.6, 0.03):
            places[i] = along[i] + ahead * (more + size / 2)  # a name lies beside its arrow by half its own size
            if all((np.abs(places[i] - other) > size).any() for other in taken):
                break
        taken.append(places[i].copy())
    return np.asarray(start + places * extent, dtype=np.float64)


def coordinate_names(fit: LatticeFit, variables: Mapping[str, IntArray]) -> LatticeFit:
    """Return the lattice with its coordinates named after the machine's integers wherever they are the same numbers.

    Parameters
    ----------
    variables : by name, int64 (P,), the integers that the machine remembers at each hidden state
    """
    codes = fit.codes[1:]  # the start state need not lie on the lattice
    names = list(fit.names)
    for i in range(fit.order):
        for name, values in variables.items():
            if np.array_equal(codes[:, i], values[1:]):
                names[i] = name
            elif np.array_equal(codes[:, i], -values[1:]):
                names[i] = f"-{name}"
    return replace(fit, names=tuple(names)) if len(set(names)) == len(names) else fit


def steps_text(distance: float) -> str:
    """Write a distance from the lattice.

    >>> steps_text(0.061), steps_text(2e-14)
    ('0.061', 'less than 0.001')
    """
    return f"{distance:.2g}" if distance >= 0.001 else "less than 0.001"


def candidate_rows(fits: Sequence[LatticeFit]) -> dict[str, list[str | int | float]]:
    """Return the columns of a table of lattices that came near, with how likely chance would do as well."""
    return {
        "dimension": [fit.order for fit in fits],
        "lattice points": [fit.used for fit in fits],
        "median error": [round(float(np.median(fit.errors)), 3) for fit in fits],
        "largest error": [round(fit.largest_error, 3) for fit in fits],
        "chance would do as well": [_chance_text(fit.surprise) for fit in fits],
    }


def _chance_text(digits: float) -> str:
    """Write a chance that is given in digits.

    >>> _chance_text(0.1), _chance_text(4.2), _chance_text(35.0)
    ('nearly always', '1 time in 16,000', '1 time in 10^35')
    """
    if digits < 0.17:
        return "nearly always"
    if digits >= 9:
        return f"1 time in 10^{digits:.0f}"
    return f"1 time in {float(f'{10.0**digits:.2g}'):,.0f}"


def error_figure(fit: LatticeFit) -> go.Figure:
    """Draw how many hidden states lie how far from their lattice point, with what chance would give."""
    errors = fit.errors[1:] if len(fit.errors) > 1 else fit.errors
    counts, edges = np.histogram(errors, bins=25, range=(0.0, 0.5))
    chance = np.diff((2 * edges) ** max(1, fit.order)) * len(errors)
    middle = (edges[:-1] + edges[1:]) / 2
    figure = go.Figure()
    figure.add_trace(
        go.Bar(x=middle, y=counts, width=0.018, name="hidden states", marker={"color": HUES[0]},
               hovertemplate="%{y} hidden states about %{x:.2f} off<extra></extra>")
    )  # fmt: skip
    figure.add_trace(
        go.Scatter(x=middle, y=chance, mode="lines", name="points without a lattice", hoverinfo="skip",
                   line={"color": GREY, "dash": "dot", "width": 2})
    )  # fmt: skip
    figure.add_vline(x=ON_LATTICE, line={"color": GREY, "width": 1, "dash": "dash"})
    figure.add_annotation(x=ON_LATTICE, y=1, yref="paper", text="most that is allowed", showarrow=False,
                          xanchor="left", xshift=5)  # fmt: skip
    figure.update_layout(
        height=260, margin={"l": 10, "r": 10, "t": 30, "b": 10}, bargap=0,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    figure.update_xaxes(title_text="distance from the lattice point, in lattice steps", range=[0, 0.5])
    figure.update_yaxes(title_text="hidden states", rangemode="tozero")
    return figure
