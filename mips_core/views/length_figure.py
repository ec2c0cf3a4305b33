"""Accuracy against length: a figure, a table, and what they say."""

from __future__ import annotations

import plotly.graph_objects as go

from mips_core.verification.compared import MACHINE, NETWORK, PROGRAM
from mips_core.verification.lengths import LengthPoint, Lengths
from mips_core.views.palette import HUES
from mips_core.views.sequences import count_text

# Equal values lie on one another: larger, open markers below smaller, filled ones keep all of them in sight.
_LOOKS = {
    NETWORK: (HUES[5], "circle", 11, "solid", 3),
    MACHINE: (HUES[0], "square-open", 15, "dash", 2),
    PROGRAM: (HUES[2], "diamond-open", 21, "dot", 2),
}


def length_figure(lengths: Lengths, by_output: bool = False) -> go.Figure:
    """Draw the share of sequences, or of single outputs, that are right over the length on a logarithmic scale."""
    figure = go.Figure()
    for name in reversed(lengths.names):
        colour, symbol, size, dash, width = _LOOKS[name]
        points = lengths.of(name)
        figure.add_trace(
            go.Scatter(
                x=[p.times for p in points], y=[100 * _share(p, by_output) for p in points], mode="lines+markers",
                name=name, line={"color": colour, "dash": dash, "width": width},
                marker={"symbol": symbol, "size": size, "color": colour, "line": {"width": 2.5, "color": colour}},
                text=[_count(p, by_output) for p in points],
                hovertemplate=f"{name}, %{{x}}x: %{{text}}<extra></extra>", cliponaxis=False,
            )
        )  # fmt: skip
    times = [p.times for p in lengths.of(lengths.names[0])] if lengths.names else [1]
    steps = [p.steps for p in lengths.of(lengths.names[0])] if lengths.names else [1]
    figure.update_xaxes(
        type="log", tickvals=times, ticktext=[f"{t}x<br>{s:,}" for t, s in zip(times, steps, strict=True)],
        title_text="length: times the trained length, and steps", showgrid=True,
    )  # fmt: skip
    what = "outputs" if by_output else "sequences"
    figure.update_yaxes(range=[-4, 104], ticksuffix=" %", title_text=f"right {what}", zeroline=False)
    figure.update_layout(
        height=340, margin={"l": 10, "r": 14, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "reversed"},
    )  # fmt: skip
    return figure


def length_alt(lengths: Lengths) -> str:
    """Say what the figure shows."""
    parts = []
    for name in lengths.names:
        points = lengths.of(name)
        last = points[-1]
        parts.append(f"{name}: {_percent(points[0].share)} at 1x, {_percent(last.share)} at {last.times}x")
    against = lengths.points[0].against if lengths.points else "data"
    return f"Share of right sequences, judged by the {against}. {'; '.join(parts)}."


def length_sentence(lengths: Lengths) -> str:
    """Say who stays right, and from which length on others do not."""
    if not lengths.points:
        return "There is nobody to judge."
    longest = max(p.times for p in lengths.points)
    texts = []
    for name in lengths.names:
        wrong = [p for p in lengths.of(name) if p.right < p.sequences]
        if not wrong:
            texts.append(f"The {name} is right on every sequence up to {longest}x.")
        else:
            first, last = wrong[0], lengths.of(name)[-1]
            texts.append(
                f"The {name} is first wrong at {first.times}x; at {last.times}x it is right on {last.right:,} of "
                f"{count_text(last.sequences, 'sequence')}."
            )
    return " ".join(texts)


def length_rows(lengths: Lengths) -> list[dict[str, str]]:
    """Return the rows of a table: a length each, with the counts of everybody."""
    rows = []
    for place, point in enumerate(lengths.of(lengths.names[0]) if lengths.names else []):
        row = {"length": f"{point.times}x", "steps": f"{point.steps:,}", "sequences": f"{point.sequences:,}"}
        lost = 0
        for name in lengths.names:
            one = lengths.of(name)[place]
            row[f"{name} right"] = f"{one.right:,} of {one.sequences:,}"
            row[f"{name} outputs"] = f"{one.right_outputs:,} of {one.outputs:,}"
            lost = max(lost, one.overflowed)
        row["outgrew every integer"] = f"{lost:,}" if lost else "none"
        rows.append(row)
    return rows


def _share(point: LengthPoint, by_output: bool) -> float:
    return point.output_share if by_output else point.share


def _count(point: LengthPoint, by_output: bool) -> str:
    if by_output:
        return f"{point.right_outputs:,} of {count_text(point.outputs, 'output')}"
    return f"{point.right:,} of {count_text(point.sequences, 'sequence')}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
