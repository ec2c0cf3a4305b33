"""Ratios of the speed benchmark on a logarithmic axis: right of the line at 1 ours is faster, left of it the peer."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mips_core.views.palette import GREY, HUES, SHAPES
from mips_core.views.speed_rows import AT_LEAST, AT_MOST, EXACT, FASTER, RESULTS, SLOWER, SpeedRow
from mips_core.wording import plural, time_text

_LINE = 44
"""Pixels of one line of dots, its label above it included."""

_SECOND = 14
"""Pixels of a label's second line."""

_ENTRY = 20
"""Pixels of a peer in the legend, where a phone has no room for two side by side."""

_ABOVE, _BELOW = 30, 80
"""Pixels of the scales; a legend stands above the upper one."""

_TALL = 8
"""Lines above which a figure has a scale on top too."""

_SIGNS = {EXACT: "", AT_LEAST: "→", AT_MOST: "←"}
_PALE = "#F0E442"
"""A hue that thin outlines on white do not show."""

_LONGEST = 52
"""Characters of a label's line that fit beside nothing else on a phone."""


@dataclass(frozen=True)
class _Look:
    colour: str
    shape: str


def ratio_figure(rows: Sequence[SpeedRow], peers: Sequence[str]) -> go.Figure:
    """Draw one dot for each case and peer; several sections have a line for each peer, a single one for each case.

    ``peers`` names all there are, whose looks stay the same whatever the rows.  A filled dot is a ratio, an open one
    with an arrow a bound: the other side was ended.  Cases that compare nothing are left out (:func:`undrawn_text`
    counts them).
    """
    drawn = [row for row in rows if row.bound is not None and row.ratio]
    by_case = len({row.section for row in rows}) == 1
    labels = list(dict.fromkeys(_label(row, by_case) for row in drawn))
    place = {label: number for number, label in enumerate(labels)}
    folded = {label: textwrap.wrap(label, _LONGEST, max_lines=2, placeholder=" ...") or [""] for label in labels}
    line = _LINE + _SECOND * any(len(lines) > 1 for lines in folded.values())
    figure = go.Figure()
    for peer, look in _looks(peers).items():
        own = sorted((row for row in drawn if row.peer.name == peer), key=lambda row: row.bound != EXACT)
        if own:
            figure.add_trace(_dots(own, [place[_label(row, by_case)] for row in own], peer, look))
    for label, number in place.items():
        # Above its dots, so that no phone is too narrow for it; labels of the axis would hide ticks of the other one.
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=number, yanchor="bottom", yshift=7, showarrow=False,
            text="<br>".join(map(_escaped, folded[label])),
            font={"size": 12}, align="left",
        )  # fmt: skip
        figure.add_shape(  # in pieces, which leave the labels free
            type="line", x0=1, x1=1, y0=number - 0.2, y1=number + 0.34, line={"color": GREY, "width": 2}, layer="below"
        )
    low, high = _span(row.ratio or 1.0 for row in drawn)
    ticks = _ticks(low, high)
    axis = {
        "type": "log", "range": [low, high], "tickvals": ticks, "ticktext": [tick_text(tick) for tick in ticks],
        "fixedrange": True, "zeroline": False, "automargin": False,
    }  # fmt: skip
    title = "peer's seconds / our seconds<br><b>1</b>: as fast as ours"
    figure.update_layout(xaxis={**axis, "showgrid": True, "title": {"text": title}})
    legend = _ENTRY * len(figure.data) if by_case else 0
    if len(labels) > _TALL:  # its lower scale is out of sight where the figure begins
        figure.update_layout(xaxis2={**axis, "overlaying": "x", "side": "top", "showgrid": False, "matches": "x"})
        figure.add_trace(go.Scatter(x=[1], y=[None], xaxis="x2", showlegend=False, hoverinfo="skip"))
    figure.update_yaxes(range=[len(labels) - 0.4, -0.8], visible=False, fixedrange=True)
    figure.update_layout(
        height=_BELOW + _ABOVE + line * max(len(labels), 1) + legend, dragmode=False, showlegend=by_case,
        margin={"l": 10, "r": 10, "t": _ABOVE + legend, "b": _BELOW},
        legend={"orientation": "h", "y": 1, "yanchor": "top", "yref": "container", "x": 0, "traceorder": "normal"},
    )  # fmt: skip
    return figure


def tick_text(ratio: float) -> str:
    """Write a round ratio on the axis.

    >>> tick_text(0.01), tick_text(1.0), tick_text(1000.0)
    ('1/100', '<b>1</b>', '1,000')
    """
    if ratio == 1:
        return "<b>1</b>"
    return f"{ratio:,.0f}" if ratio > 1 else f"1/{1 / ratio:,.0f}"


def undrawn_text(rows: Sequence[SpeedRow]) -> str:
    """Say how many cases have no dot, and why; ``""`` where all have."""
    hidden = [row for row in rows if row.bound is None or not row.ratio]
    if not hidden:
        return ""
    counts = [(word, sum(1 for row in hidden if row.result == word)) for word in RESULTS]
    return f"{plural(len(hidden), 'comparison')} without a dot: " + ", ".join(f"{n} {word}" for word, n in counts if n)


def ratio_alt(rows: Sequence[SpeedRow]) -> str:
    """Say what the figure shows."""
    parts = []
    for peer in dict.fromkeys(row.peer.name for row in rows):
        own = [row for row in rows if row.peer.name == peer and row.bound is not None]
        faster, slower = (sum(1 for row in own if row.result == word) for word in (FASTER, SLOWER))
        if own:
            parts.append(f"against {peer} ours is faster in {faster} and slower in {slower} of {len(own)} cases")
    return f"Ratios of seconds on a logarithmic axis: {'; '.join(parts) or 'no case can be compared'}."


def _looks(peers: Sequence[str]) -> dict[str, _Look]:
    hues = [hue for hue in HUES if hue != _PALE]  # one fewer than shapes: a hue that comes back has another shape
    return {name: _Look(hues[n % len(hues)], SHAPES[n % len(SHAPES)]) for n, name in enumerate(peers)}


def _dots(rows: Sequence[SpeedRow], places: Sequence[int], peer: str, look: _Look) -> go.Scatter:
    shapes = [look.shape if row.bound == EXACT else f"{look.shape}-open" for row in rows]
    return go.Scatter(
        x=[row.ratio for row in rows], y=places, mode="markers+text", name=peer,
        marker={
            "color": look.colour, "symbol": shapes, "size": 12, "line": {"width": 2, "color": look.colour},
            "opacity": 0.85,
        },
        text=[_SIGNS[row.bound or EXACT] for row in rows],
        textposition=["middle left" if row.bound == AT_MOST else "middle right" for row in rows],
        textfont={"size": 17}, customdata=[[_escaped(row.case), row.said, _both(row)] for row in rows],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]}<extra>%{fullData.name}</extra>",
        cliponaxis=False,
    )  # fmt: skip


def _both(row: SpeedRow) -> str:
    return f"ours {time_text(row.ours.seconds or 0.0)}, peer {time_text(row.peer.seconds or 0.0)}"


def _label(row: SpeedRow, by_case: bool) -> str:
    return row.case if by_case else f"{row.title}: {row.peer.name}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _ticks(low: float, high: float) -> list[float]:
    """Return powers of ten between powers of ten, few enough to stand side by side; of a short axis, rounder ones."""
    whole = range(math.ceil(low), math.floor(high) + 1)
    if len(whole) < 3:
        fine = [mark * 10.0**power for power in range(math.floor(low), math.ceil(high)) for mark in (1, 2, 5)]
        return [tick for tick in fine if low <= math.log10(tick) <= high]
    step = math.ceil(len(whole) / 7)
    return [10.0**power for power in whole if power % step == 0]


def _span(ratios: Iterable[float]) -> tuple[float, float]:
    """Return the axis's ends as powers of ten, with the line at 1 in sight and air for the arrows."""
    powers = [math.log10(ratio) for ratio in ratios]
    low, high = min([0.0, *powers]), max([0.0, *powers])
    air = 0.1 * max(high - low, 1.0)
    return low - air, high + air
