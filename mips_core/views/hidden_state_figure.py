"""Plotly figures of hidden states; Streamlit lends them the colours of the theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from mips_core.stepping import IntArray
from mips_core.views.colouring import STATE, Colouring
from mips_core.views.hidden_states import Axes, Cloud, Readings
from mips_core.views.lattice_figure import Overlay, add_arrows, add_lattice
from mips_core.views.palette import GREY, HUES, state_name
from mips_core.views.scatter import scatter
from mips_core.views.sequences import sequence_text

FloatArray = NDArray[np.float64]

_OUTLINE = "rgba(20, 20, 20, 0.55)"
_PATH = "#D55E00"
_MOST_NAMES = 40
_CHIP = {"font": {"size": 12, "color": "#ffffff"}, "bgcolor": "rgba(32, 38, 46, 0.82)", "borderpad": 2}
"""How a name is written on grey points, in either theme."""
_NAME = (0.09, 0.07)  # width and height of a name, as shares of the cloud's extent
_FEW = 12  # rings; more are drawn thin, for they would cover the points
_MANY = 700  # points; more are drawn smaller
_STEPS = "steps read"


@dataclass(frozen=True, eq=False)
class Emphasis:
    """What stands out in a figure.

    Parameters
    ----------
    states : machine states whose points keep their colour while the others stand back
    points : points that get a ring
    path : float64 (T + 1, d), hidden states along one sequence, drawn as a line
    step : the step of the path that is marked
    """

    states: tuple[int, ...] = ()
    points: tuple[int, ...] = ()
    path: FloatArray | None = None
    step: int = 0


def hidden_state_figure(
    cloud: Cloud,
    axes: Axes,
    colours: Colouring | None = None,
    *,
    drawn: Sequence[int] | IntArray | None = None,
    emphasis: Emphasis | None = None,
    lattice: Overlay | None = None,
    texts: Mapping[int, str] | None = None,
    height: int = 430,
) -> go.Figure:
    """Draw the cloud on two or three axes; with one axis, against the number of steps.

    Parameters
    ----------
    cloud, axes : the points, and from where they are looked at
    colours : by what points are coloured; left out, by the values of the cloud
    drawn : which points are drawn; left out, all
    emphasis : what stands out
    lattice : lines and vectors to draw below the points, along the same axes
    texts : what :func:`prefix_texts` gives, where it is at hand
    """
    rows = np.arange(len(cloud.states)) if drawn is None else np.asarray(drawn, dtype=np.int64)
    emphasis = emphasis or Emphasis()
    colours = colours or _own_colours(cloud)
    places = _padded(axes(cloud.states), cloud.steps)
    names = axes.names if len(axes.names) > 1 else (axes.names[0], _STEPS)
    figure = go.Figure()
    if lattice is not None:
        add_lattice(figure, lattice, float(cloud.steps.max(initial=0)))
    texts = prefix_texts(cloud, rows) if texts is None else texts
    if colours.groups is None:
        _add_scale(figure, cloud, places, rows, texts, colours)
    else:
        _add_groups(figure, cloud, places, rows, texts, colours, emphasis)
    if emphasis.points:
        _add_rings(figure, places[list(emphasis.points)])
    if emphasis.path is not None:
        _add_path(figure, _padded(axes(emphasis.path), np.arange(len(emphasis.path))), emphasis.step)
    _settle(figure, names, height)
    if lattice is not None:
        add_arrows(figure, lattice, np.maximum(np.ptp(places[rows], axis=0), 1e-9))
    if len(names) == 2:
        _frame(figure, places[rows])
    return figure


def _own_colours(cloud: Cloud) -> Colouring:
    if not cloud.finite:
        return Colouring(cloud.label, cloud.values, None)
    return Colouring(STATE, cloud.values, {s: state_name(s) for s in range(int(cloud.values.max()) + 1)})


def _padded(places: FloatArray, steps: IntArray) -> FloatArray:
    return places if places.shape[1] > 1 else np.column_stack([places, steps])


def prefix_texts(cloud: Cloud, points: IntArray) -> dict[int, str]:
    """Return for each point the inputs that led to it, as they are shown when it is pointed at."""
    return {point: _prefix_text(cloud, point) for point in points.tolist()}


def _prefix_text(cloud: Cloud, point: int) -> str:
    prefix = cloud.prefix(point)
    if len(prefix) == 0:
        return "before the first input"
    return f"after {'… ' if len(prefix) > 12 else ''}{escape(sequence_text(prefix[-12:], cloud.input_words))}"


def _size(points: int, solid: bool) -> int:
    return (5 if solid else 9) if points <= _MANY else 4 if solid else 7 if points <= 2 * _MANY else 6


def _still(opacity: float) -> dict[str, object]:
    """Keep points as they are when plotly selects: what stands out is drawn by us, and outlives the page."""
    return {"selected": {"marker": {"opacity": opacity}}, "unselected": {"marker": {"opacity": opacity}}}


def _add_groups(
    figure: go.Figure, cloud: Cloud, places: FloatArray, rows: IntArray, texts: Mapping[int, str], colours: Colouring,
    emphasis: Emphasis,
) -> None:  # fmt: skip
    solid = places.shape[1] == 3
    lit = np.isin(cloud.values[rows], emphasis.states) if cloud.finite and emphasis.states else None
    shown = rows if lit is None else rows[lit]
    front = tuple(np.unique(colours.values[shown]).tolist()) if lit is not None else ()
    back = rows[:0] if lit is None else rows[~lit]
    if len(back):  # one trace for all that stands back, below the others
        _add_group(figure, cloud, places, back, texts, (GREY, "circle", ""), 0.3, False)
    if colours.is_grey and not front:
        _add_group(figure, cloud, places, shown, texts, (GREY, "circle", ""), 0.35, False)
    else:
        for value in np.unique(colours.values[shown]).tolist():
            style = colours.style(value, front)
            shape = style.shape_3d if solid else style.shape
            own = shown[colours.values[shown] == value]
            _add_group(figure, cloud, places, own, texts, (style.colour, shape, style.name), 0.85, True)
    assert colours.groups is not None
    named = np.unique(colours.values[shown]).tolist()
    if colours.is_grey and not solid and len(named) <= _MOST_NAMES:
        groups = [places[shown[colours.values[shown] == value]] for value in named]
        middles = np.stack([own[np.abs(own - np.median(own, axis=0)).sum(axis=1).argmin()] for own in groups])
        for value, (x, y) in zip(named, _legible(middles, np.ptp(places[rows], axis=0)).tolist(), strict=True):
            name = f"<b>{escape(colours.groups[value])}</b>"
            figure.add_annotation(x=x, y=y, text=name, showarrow=False, **_CHIP)


def _legible(spots: FloatArray, extent: FloatArray) -> FloatArray:
    """Move names at these spots (N, 2) up and down until none lies on another; ``extent`` is that of the cloud."""
    scale = np.maximum(extent, 1e-9)
    share = spots / scale
    for _ in range(40):
        gaps = share[:, None] - share[None]
        met = (np.abs(gaps[..., 0]) < _NAME[0]) & (np.abs(gaps[..., 1]) < _NAME[1])
        np.fill_diagonal(met, False)
        if not met.any():
            break
        earlier = np.sign(np.arange(len(share))[:, None] - np.arange(len(share))[None])
        side = np.where(gaps[..., 1] == 0, earlier, np.sign(gaps[..., 1]))
        share[:, 1] += (met * side * (1.02 * _NAME[1] - np.abs(gaps[..., 1]))).sum(axis=1) / 2
    return share * scale


def _add_group(
    figure: go.Figure, cloud: Cloud, places: FloatArray, rows: IntArray, texts: Mapping[int, str],
    look: tuple[str, str, str], opacity: float, front: bool,
) -> None:  # fmt: skip
    solid = places.shape[1] == 3
    colour, shape, name = look
    states = [f"<b>{state_name(int(v))}</b><br>" if cloud.finite else "" for v in cloud.values[rows]]
    figure.add_trace(
        scatter(
            places[rows], mode="markers", name=name or "hidden states", showlegend=front,
            text=[state + texts[int(i)] for state, i in zip(states, rows, strict=True)], customdata=rows.tolist(),
            hovertemplate="%{text}<extra></extra>",
            marker={
                "color": colour, "symbol": shape, "opacity": opacity,
                "size": _size(len(places), solid) - (0 if front else 1),
                "line": {"color": _OUTLINE, "width": 0 if solid else 0.8 if front else 0.3},
            },
            **({} if solid else _still(opacity)),
        )
    )  # fmt: skip


def _add_scale(
    figure: go.Figure, cloud: Cloud, places: FloatArray, rows: IntArray, texts: Mapping[int, str], colours: Colouring
) -> None:
    solid = places.shape[1] == 3
    values = colours.values[rows].tolist()
    named = [f"<b>{escape(colours.label)} = {v}</b><br>{texts[int(i)]}" for v, i in zip(values, rows, strict=True)]
    figure.add_trace(
        scatter(
            places[rows], mode="markers", name=colours.label, showlegend=False, customdata=rows.tolist(),
            text=named, hovertemplate="%{text}<extra></extra>",
            marker={
                "color": values, "colorscale": "Viridis", "size": _size(len(rows), solid) - 1, "opacity": 0.85,
                "line": {"color": _OUTLINE, "width": 0.4},
                "colorbar": {"title": {"text": colours.label}, "thickness": 10, "outlinewidth": 0},
            },
            **({} if solid else _still(0.85)),
        )
    )  # fmt: skip


def _add_rings(figure: go.Figure, places: FloatArray) -> None:
    solid, few = places.shape[1] == 3, len(places) <= _FEW
    figure.add_trace(
        scatter(
            places, mode="markers", name="chosen points", hoverinfo="skip",
            marker={"symbol": "circle-open", "size": 9 if solid else 17 if few else 12, "color": _PATH,
                    "line": {"width": 3 if few else 1.2, "color": _PATH}, "opacity": 1.0 if few else 0.7},
            **({} if solid else _still(1.0)),
        )
    )  # fmt: skip


def _add_path(figure: go.Figure, path: FloatArray, step: int) -> None:
    solid = path.shape[1] == 3
    figure.add_trace(
        scatter(
            path, mode="lines", name="your sequence", hoverinfo="skip",
            line={"color": _PATH, "width": 3 if solid else 2},
        )
    )  # fmt: skip
    figure.add_trace(
        scatter(
            path[step : step + 1], mode="markers", name=f"after step {step}" if step else "before step 1",
            hoverinfo="skip",
            marker={
                "symbol": "circle-open", "size": 12 if solid else 20, "color": _PATH,
                "line": {"width": 4, "color": _PATH},
            },
        )
    )  # fmt: skip


def _frame(figure: go.Figure, places: FloatArray) -> None:
    """Let the points fill the picture: a lattice goes on for ever, and would push them together."""
    low, high = places.min(axis=0), places.max(axis=0)
    margin = np.maximum(0.06 * (high - low), np.where(high > low, 0.0, 0.5))
    (left, bottom), (right, top) = low - margin, high + margin
    figure.update_xaxes(range=[left, right])
    figure.update_yaxes(range=[bottom, top])


def _settle(figure: go.Figure, names: tuple[str, ...], height: int) -> None:
    figure.update_layout(
        margin={"l": 10, "r": 10, "t": 34, "b": 10}, height=height, hovermode="closest",
        dragmode="pan" if len(names) == 2 else "turntable", uirevision="kept",
        legend={"orientation": "h", "y": -0.2, "yanchor": "top", "x": 0, "itemsizing": "constant"},
    )  # fmt: skip
    if len(names) == 3:
        figure.update_layout(
            scene={
                axis: {"title": {"text": _short(name), "font": {"size": 12}}}
                for axis, name in zip(("xaxis", "yaxis", "zaxis"), names, strict=True)
            },
            scene_camera={"eye": {"x": 1.6, "y": 1.6, "z": 1.0}, "center": {"x": 0, "y": 0, "z": -0.15}},
        )
    else:
        figure.update_xaxes(title_text=names[0], zeroline=False)
        figure.update_yaxes(title_text=names[1], zeroline=False)


def _short(name: str) -> str:
    """Return the name of an axis as it fits along an edge in space: ``axis 1`` for ``principal axis 1 (46 %)``."""
    return name.split(" (")[0].removeprefix("principal ").removeprefix("normal ").removeprefix("hidden ")


def reading_figure(readings: Readings, name: str) -> go.Figure:
    """Draw the integer read off the hidden state by a straight-line map against the integer itself."""
    low, high = float(readings.exact.min()), float(readings.exact.max())
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(x=[low, high], y=[low, high], mode="lines", hoverinfo="skip", line={"color": GREY, "dash": "dot"},
                   name="equal")
    )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=readings.exact, y=readings.read, mode="markers", name="one hidden state",
            hovertemplate=f"{name} = %{{x}}<br>read: %{{y:.4f}}<extra></extra>",
            marker={"color": HUES[0], "size": 7, "opacity": 0.6},
        )
    )  # fmt: skip
    _settle(figure, (f"{name} (integer)", "read off the hidden state"), 360)
    return figure
