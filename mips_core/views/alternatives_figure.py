"""Programs by size and agreement: a figure and the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from mips_core.distillation.alternatives import Alternative
from mips_core.views.palette import AGREE, DIFFER, GREY

_WIDE = 4
_TICKS = [base * 10**power for power in range(5) for base in (1, 2, 5)]
_LOOKS = (
    ("this program", "star", "#009E73", 17),
    ("agrees on all", "circle", AGREE, 12),
    ("differs on some", "x", DIFFER, 11),
)


def group_of(each: Alternative) -> int:
    """Return which mark an alternative has: 0 this page's program, 1 agrees on all sequences, 2 differs on some."""
    return 0 if each.is_own else 1 if each.agrees else 2


def alternatives_figure(found: Sequence[Alternative], chosen: int | None = None) -> go.Figure:
    """Draw the share of right outputs against size; a ring marks the chosen one."""
    figure = go.Figure()
    if chosen is not None:
        ring = found[chosen]
        figure.add_trace(
            go.Scatter(x=[ring.size.nodes], y=[100 * ring.steps], mode="markers", name="looked at", hoverinfo="skip",
                       marker={"symbol": "circle-open", "size": 26, "color": GREY, "line": {"width": 3}})
        )  # fmt: skip
    for group, (name, symbol, colour, size) in enumerate(_LOOKS):
        members = [each for each in found if group_of(each) == group]
        if members:
            figure.add_trace(
                go.Scatter(
                    x=[each.size.nodes for each in members], y=[100 * each.steps for each in members], mode="markers",
                    name=name, text=[each.name for each in members],
                    marker={"symbol": symbol, "size": size, "color": colour},
                    hovertemplate="%{text}<br>%{x} nodes, %{y:.1f} % of outputs right<extra></extra>",
                )
            )  # fmt: skip
    figure.update_layout(
        height=320, margin={"l": 10, "r": 10, "t": 10, "b": 10}, hovermode="closest", dragmode="pan",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, showlegend=True,
    )  # fmt: skip
    figure.update_xaxes(title_text="size of the whole text (nodes of its syntax tree)")
    sizes = [each.size.nodes for each in found]
    if max(sizes) > _WIDE * min(sizes):
        figure.update_xaxes(type="log", tickvals=_TICKS, ticktext=[f"{t:,}" for t in _TICKS])
    else:
        figure.update_xaxes(range=[min(sizes) - 5, max(sizes) + 5])
    figure.update_yaxes(title_text="outputs right (%)", range=[-4, 108])
    return figure


def alternative_label(each: Alternative) -> str:
    """Write an alternative for a list to choose from."""
    return f"{each.size.nodes} nodes: {each.name}"


def alternative_rows(found: Sequence[Alternative]) -> list[dict[str, object]]:
    """Return the rows of a table, in the given order."""
    return [
        {
            "program": each.name,
            "nodes": each.size.nodes,
            "lines": each.size.lines,
            "sequences right": f"{each.agree:,} of {each.sequences:,}",
            "outputs right": f"{100 * each.steps:.1f} %",
            "verdict": "proved equal" if each.proved else "agrees on all" if each.agrees else "differs",
        }
        for each in found
    ]


def verdict_of(each: Alternative) -> str:
    """Say how an alternative compares, in the words of the ladder of claims."""
    if each.proved:
        machine = "equals the machine, proved for all lengths"
        return machine if each.agrees else f"{machine}; the network differs from both on some"
    return "agrees on all held-out sequences" if each.agrees else "differs"
