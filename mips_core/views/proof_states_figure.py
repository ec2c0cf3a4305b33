"""The picture of a closed set: grid states as points, by the machine's state, and the arrows of one input symbol."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from mips_core.networks.protocol import FloatArray
from mips_core.stepping import IntArray
from mips_core.views.palette import GREY, state_name, state_style
from mips_core.views.proof_states import GridStates, cell_text, grid_name
from mips_core.views.sequences import count_text

_MOST_ARROWS = _MOST_RINGS = 60
_MOST_LINES = 48  # cells across; more lines would be a grey area
_MOST_POINTS = 4_000
_NEW = "#D55E00"


@dataclass(frozen=True, eq=False)
class GridPlaces:
    """Where grid states are drawn.

    Parameters
    ----------
    places : float64 (N, 2)
    names : of the axes
    cell : width of a cell along both axes, where the axes are those of the grid; None where they are not
    """

    places: FloatArray
    names: tuple[str, str]
    cell: float | None


def grid_places(found: GridStates) -> GridPlaces:
    """Return places along the coordinates themselves for one or two of them, else along two principal axes."""
    hidden, cell = found.hidden, 2.0**-found.places
    moving = np.flatnonzero(np.ptp(hidden, axis=0) > 0)
    if len(moving) <= 1:
        unit = int(moving[0]) if len(moving) else 0
        steps = found.depth.astype(np.float64)
        return GridPlaces(np.column_stack([hidden[:, unit], steps]), (f"hidden unit {unit + 1}", "steps read"), None)
    if len(moving) == 2:
        a, b = moving.tolist()
        return GridPlaces(hidden[:, moving], (f"hidden unit {a + 1}", f"hidden unit {b + 1}"), cell)
    centred = hidden - hidden.mean(axis=0)
    _, size, axes = np.linalg.svd(centred, full_matrices=False)
    shares = size**2 / max(float((size**2).sum()), 1e-300)
    # the sign of an axis is chosen so that the picture is the same on every computer
    axes = axes[:2] * np.sign(axes[:2][np.arange(2), np.abs(axes[:2]).argmax(axis=1)])[:, None]
    names = (f"principal axis 1 ({100 * shares[0]:.0f} %)", f"principal axis 2 ({100 * shares[1]:.0f} %)")
    return GridPlaces(centred @ axes.T, names, None)


def states_figure(
    found: GridStates, places: GridPlaces, *, depth: int, symbol: int, chosen: int | None = None, height: int = 440
) -> go.Figure:
    """Draw the states met after at most ``depth`` steps; those that are met last are ringed.

    Parameters
    ----------
    depth : steps of the walk
    symbol : whose arrows are drawn, of some states spread over all
    chosen : a grid state that is marked
    """
    figure = go.Figure()
    _grid(figure, places)
    shown = _some(np.flatnonzero(found.depth <= depth))
    last = found.depth == depth
    arrows = _arrows(found, places, symbol, shown)
    if arrows is not None:
        figure.add_trace(arrows)
    grey = np.unique(found.machine[shown]).size > 24 or found.states > 24
    for state in np.unique(found.machine[shown]).tolist():
        style = state_style(state, found.states)
        own = shown[found.machine[shown] == state]
        figure.add_trace(
            go.Scatter(
                x=places.places[own, 0], y=places.places[own, 1], mode="markers", name=style.name,
                showlegend=not grey, customdata=own.tolist(), text=[_told(found, i) for i in own.tolist()],
                hovertemplate="%{text}<extra></extra>",
                marker={
                    "color": style.colour, "symbol": style.shape, "size": 10 if len(shown) <= 400 else 6,
                    "opacity": 0.9, "line": {"color": "rgba(20,20,20,0.6)", "width": 0.8},
                },
                selected={"marker": {"opacity": 0.9}}, unselected={"marker": {"opacity": 0.9}},
            )
        )  # fmt: skip
    fresh = shown[last[shown]]
    if 0 < len(fresh) <= _MOST_RINGS and depth:  # more of them would hide the points
        figure.add_trace(_rings(places.places[fresh], f"new after {count_text(depth, 'step')}", 16, 2))
    if chosen is not None and chosen < len(found.cells):
        figure.add_trace(_rings(places.places[[chosen]], f"chosen: {grid_name(chosen)}", 24, 3.5))
    _frame(figure, places, height)
    return figure


def states_alt(found: GridStates, depth: int, symbol: int) -> str:
    """Say what the picture shows."""
    met = int((found.depth <= depth).sum())
    new = int((found.depth == depth).sum())
    text = (
        f"{count_text(met, 'grid state')} of {len(found.cells):,} after at most {count_text(depth, 'step')}, {new:,} "
        f"of them new. Arrows show where the input {found.symbol_text(symbol)} leads."
    )
    return f"{text} No arrow leads out: the set is closed." if depth >= int(found.depth.max()) else text


def _some(rows: IntArray) -> IntArray:
    return rows if len(rows) <= _MOST_POINTS else rows[np.linspace(0, len(rows) - 1, _MOST_POINTS).astype(np.int64)]


def _told(found: GridStates, state: int) -> str:
    return (
        f"<b>{grid_name(state)}</b>, machine in {state_name(int(found.machine[state]))}<br>"
        f"first met after {count_text(int(found.depth[state]), 'step')}"
    )


def _arrows(found: GridStates, places: GridPlaces, symbol: int, shown: IntArray) -> go.Scatter | None:
    """Return arrows from some of the states, spread evenly over those that are shown."""
    if not len(shown):
        return None
    chosen = shown
    if len(shown) > _MOST_ARROWS:
        chosen = shown[np.linspace(0, len(shown) - 1, _MOST_ARROWS).astype(np.int64)]
    x: list[float | None] = []
    y: list[float | None] = []
    sizes = []
    for a, b in zip(chosen.tolist(), found.following[chosen, symbol].tolist(), strict=True):
        if a == b:
            continue
        (x1, y1), (x2, y2) = places.places[a].tolist(), places.places[b].tolist()
        x += [x1, x2, None]
        y += [y1, y2, None]
        sizes += [0, 11, 0]
    return go.Scatter(
        x=x, y=y, mode="lines+markers", name=f"on {found.symbol_text(symbol)}", hoverinfo="skip",
        line={"color": GREY, "width": 1.4},
        marker={"symbol": "arrow", "angleref": "previous", "size": sizes, "color": GREY, "standoff": 5, "opacity": 1},
    )  # fmt: skip


def _rings(places: FloatArray, name: str, size: int, width: float) -> go.Scatter:
    return go.Scatter(
        x=places[:, 0], y=places[:, 1], mode="markers", name=name, hoverinfo="skip",
        marker={"symbol": "circle-open", "size": size, "color": _NEW, "line": {"width": width, "color": _NEW}},
        selected={"marker": {"opacity": 1.0}}, unselected={"marker": {"opacity": 1.0}},
    )  # fmt: skip


def _grid(figure: go.Figure, places: GridPlaces) -> None:
    """Draw the boundaries between the cells, where they are few enough to be told apart."""
    if places.cell is None:
        return
    low = np.floor(places.places.min(axis=0) / places.cell) - 0.5
    high = np.ceil(places.places.max(axis=0) / places.cell) + 0.5
    if (high - low).max() > _MOST_LINES:
        return
    x: list[float | None] = []
    y: list[float | None] = []
    for column in np.arange(low[0], high[0] + 1):
        x += [column * places.cell, column * places.cell, None]
        y += [low[1] * places.cell, high[1] * places.cell, None]
    for row in np.arange(low[1], high[1] + 1):
        x += [low[0] * places.cell, high[0] * places.cell, None]
        y += [row * places.cell, row * places.cell, None]
    figure.add_trace(
        go.Scatter(x=x, y=y, mode="lines", hoverinfo="skip", name="cells of the grid", showlegend=False,
                   line={"color": "rgba(128,128,128,0.4)", "width": 1})
    )  # fmt: skip


def _frame(figure: go.Figure, places: GridPlaces, height: int) -> None:
    """Keep the axes as they are while the set grows."""
    low, high = places.places.min(axis=0), places.places.max(axis=0)
    margin = np.maximum(0.08 * (high - low), np.where(high > low, places.cell or 0.0, 0.5))
    (left, bottom), (right, top) = (low - margin).tolist(), (high + margin).tolist()
    figure.update_xaxes(title_text=places.names[0], range=[left, right], zeroline=False, showgrid=places.cell is None)
    figure.update_yaxes(title_text=places.names[1], range=[bottom, top], zeroline=False, showgrid=places.cell is None)
    figure.update_layout(
        margin={"l": 10, "r": 10, "t": 10, "b": 10}, height=height, hovermode="closest", dragmode="pan",
        # far enough below that a long legend on a narrow screen stays clear of the axis's name
        uirevision="kept", legend={"orientation": "h", "y": -0.3, "yanchor": "top", "x": 0, "itemsizing": "constant"},
    )  # fmt: skip


def growth_sentence(found: GridStates, depth: int) -> str:
    """Say how far the walk is at a depth."""
    met, total = int((found.depth <= depth).sum()), len(found.cells)
    deepest = int(found.depth.max())
    width = cell_text(found.places)
    if depth >= deepest:
        return (
            f"**Closed.** All {count_text(total, 'grid state')} are met within {count_text(deepest, 'step')}. Every "
            "input leads from one of them to one of them, and every output on the way is right. "
            f"Cells are {width} wide."
        )
    return f"After at most {count_text(depth, 'step')}: {met:,} of {count_text(total, 'grid state')}. The walk goes on."
