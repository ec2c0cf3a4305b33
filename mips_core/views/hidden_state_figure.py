"""Plotly figures of hidden states; Streamlit lends them the colours of the theme."""

from __future__ import annotations

from html import escape

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from mips_core.views.hidden_states import Axes, Cloud, Readings
from mips_core.views.palette import GREY, HUES, MOST_STYLES, state_style
from mips_core.views.sequences import sequence_text

FloatArray = NDArray[np.float64]

_OUTLINE = "rgba(20, 20, 20, 0.55)"
_PATH = "#D55E00"
_MOST_NAMES = 24


def hidden_state_figure(
    cloud: Cloud, axes: Axes, *, states: int | None = None, selected: int | None = None,
    path: FloatArray | None = None, step: int = 0,
) -> go.Figure:  # fmt: skip
    """Draw the cloud on two or three axes, coloured by machine state or by integer.

    Parameters
    ----------
    cloud, axes : the points, and from where they are looked at (one axis is drawn against time)
    states : number of states of the finite machine; fixes the colours
    selected : machine state to highlight; the others stand back
    path : float64 (T + 1, d), hidden states along one sequence, drawn as a line
    step : the step of the path that is marked
    """
    places = _padded(axes(cloud.states), cloud.steps)
    names = axes.names if len(axes.names) > 1 else (axes.names[0], "steps read")
    figure = go.Figure()
    texts = [_hover(cloud, i) for i in range(len(places))]
    if cloud.finite:
        _add_states(figure, cloud, places, texts, states or int(cloud.values.max()) + 1, selected)
    else:
        _add_integers(figure, cloud, places, texts)
    if path is not None:
        _add_path(figure, _padded(axes(path), np.arange(len(path))), step)
    _settle(figure, names)
    return figure


def _padded(places: FloatArray, steps: NDArray[np.int64]) -> FloatArray:
    return places if places.shape[1] > 1 else np.column_stack([places, steps])


def _hover(cloud: Cloud, point: int) -> str:
    prefix = cloud.prefix(point)
    if len(prefix) == 0:
        return "before the first input"
    return f"after {'… ' if len(prefix) > 12 else ''}{escape(sequence_text(prefix[-12:], cloud.input_words))}"


def _scatter(places: FloatArray, **options: object) -> go.Scatter | go.Scatter3d:
    if places.shape[1] == 3:
        return go.Scatter3d(x=places[:, 0], y=places[:, 1], z=places[:, 2], **options)
    return go.Scatter(x=places[:, 0], y=places[:, 1], **options)


def _add_states(
    figure: go.Figure, cloud: Cloud, places: FloatArray, texts: list[str], states: int, selected: int | None
) -> None:
    solid = places.shape[1] == 3
    many = states > MOST_STYLES
    found = np.unique(cloud.values).tolist()
    if selected in found:  # drawn last, on top
        found = [v for v in found if v != selected] + [selected]
    for value in found:
        style = state_style(value, states, selected)
        rows = np.flatnonzero(cloud.values == value)
        chosen = value == selected
        back = selected is not None and not chosen
        figure.add_trace(
            _scatter(
                places[rows], mode="markers", name=style.name, text=[texts[i] for i in rows],
                customdata=[value] * len(rows), showlegend=not many or chosen,
                hovertemplate=f"<b>{style.name}</b><br>%{{text}}<extra></extra>",
                marker={
                    "color": style.colour if not back or many else GREY,
                    "symbol": style.shape_3d if solid else style.shape,
                    "size": (5 if solid else 10) + (2 if chosen else 0),
                    "opacity": 0.25 if back else 0.85,
                    "line": {"color": _OUTLINE, "width": 0 if "open" in style.shape_3d and solid else 0.8},
                },
            )
        )  # fmt: skip
        if states > len(HUES) and not solid and len(found) <= _MOST_NAMES:
            centre = places[rows][places[rows, 1].argmax()]
            figure.add_annotation(x=centre[0], y=centre[1], text=style.name, showarrow=False, yshift=14,
                                  font={"size": 11})  # fmt: skip


def _add_integers(figure: go.Figure, cloud: Cloud, places: FloatArray, texts: list[str]) -> None:
    solid = places.shape[1] == 3
    figure.add_trace(
        _scatter(
            places, mode="markers", name=cloud.label, text=texts, customdata=cloud.values.tolist(), showlegend=False,
            hovertemplate=f"<b>{cloud.label} = %{{customdata}}</b><br>%{{text}}<extra></extra>",
            marker={
                "color": cloud.values, "colorscale": "Viridis", "size": 4 if solid else 8, "opacity": 0.85,
                "line": {"color": _OUTLINE, "width": 0.4},
                "colorbar": {"title": {"text": cloud.label}, "thickness": 12, "outlinewidth": 0},
            },
        )
    )  # fmt: skip


def _add_path(figure: go.Figure, path: FloatArray, step: int) -> None:
    solid = path.shape[1] == 3
    figure.add_trace(
        _scatter(
            path,
            mode="lines",
            name="your sequence",
            hoverinfo="skip",
            line={"color": _PATH, "width": 3 if solid else 2},
        )
    )
    figure.add_trace(
        _scatter(
            path[step : step + 1], mode="markers", name=f"after step {step}" if step else "before step 1",
            hoverinfo="skip",
            marker={
                "symbol": "circle-open", "size": 12 if solid else 20, "color": _PATH,
                "line": {"width": 4, "color": _PATH},
            },
        )
    )  # fmt: skip


def _settle(figure: go.Figure, names: tuple[str, ...]) -> None:
    figure.update_layout(
        margin={"l": 10, "r": 10, "t": 10, "b": 10}, height=470, hovermode="closest",
        dragmode="pan" if len(names) == 2 else "turntable",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "itemsizing": "constant"},
    )  # fmt: skip
    if len(names) == 3:
        figure.update_layout(
            scene={
                axis: {"title": {"text": name}} for axis, name in zip(("xaxis", "yaxis", "zaxis"), names, strict=True)
            }
        )
    else:
        figure.update_xaxes(title_text=names[0], zeroline=False)
        figure.update_yaxes(title_text=names[1], zeroline=False)


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
    _settle(figure, (f"{name} (integer)", "read off the hidden state"))
    figure.update_layout(height=360)
    return figure
