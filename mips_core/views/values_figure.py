"""Plotly figures of values along one sequence."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from mips_core.views.lockstep import LockStep
from mips_core.views.palette import DIFFER, HUES, SHAPES

MOST_LINES = len(HUES)


def variables_figure(lock: LockStep, step: int = 0) -> go.Figure:
    """Draw the program's variables against time; the current step is marked by a vertical line."""
    figure = go.Figure()
    time = np.arange(lock.length + 1)
    for i, name in enumerate(lock.variables[:MOST_LINES]):
        figure.add_trace(
            go.Scatter(x=time, y=lock.values[:, i], mode="lines+markers", name=name,
                       line={"color": HUES[i], "width": 2}, marker={"symbol": SHAPES[i], "size": 7})
        )  # fmt: skip
    _settle(figure, step, "value")
    return figure


def rounding_figure(lock: LockStep, step: int = 0) -> go.Figure:
    """Draw the network's outputs before rounding, as rings, over the integers that they become."""
    figure = go.Figure()
    time = np.arange(1, lock.length + 1)
    rounded = lock.outputs["network"]
    for i in range(min(rounded.shape[1], MOST_LINES)):
        suffix = f" {i + 1}" if rounded.shape[1] > 1 else ""
        figure.add_trace(
            go.Scatter(x=time, y=rounded[:, i], mode="markers", name=f"integer{suffix}",
                       marker={"symbol": "line-ew-open", "size": 16, "color": HUES[i], "line": {"width": 3}})
        )  # fmt: skip
        figure.add_trace(
            go.Scatter(x=time, y=lock.scores[:, i], mode="markers", name=f"before rounding{suffix}",
                       hovertemplate="step %{x}: %{y:.6f}<extra></extra>",
                       marker={"symbol": "circle-open", "size": 9, "color": DIFFER, "line": {"width": 2}})
        )  # fmt: skip
    _settle(figure, step, "output")
    return figure


def _settle(figure: go.Figure, step: int, what: str) -> None:
    if step:
        figure.add_vline(x=step, line={"color": DIFFER, "width": 1.5, "dash": "dot"})
    figure.update_layout(
        height=300, margin={"l": 10, "r": 10, "t": 10, "b": 10}, hovermode="closest", dragmode="pan",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, showlegend=True,
    )  # fmt: skip
    figure.update_xaxes(title_text="step", rangemode="tozero")
    figure.update_yaxes(title_text=what)
