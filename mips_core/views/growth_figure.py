"""How the cost of each stage grows: lines on log-log axes, a picture for each axis, memory beside time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from enum import StrEnum
from html import escape

import plotly.graph_objects as go

from mips_core.benchmarks.speed import Growth, GrowthPoint
from mips_core.benchmarks.speed.words import growth_text, slope_text
from mips_core.views.csv_text import Columns, columns_of
from mips_core.views.palette import GREY, HUES, SHAPES
from mips_core.views.speed_table import cell, framed, megabytes_text
from mips_core.wording import plural, time_text

_MOST = 4
"""Lines in one picture."""

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


class Cost(StrEnum):
    """What is drawn over the size."""

    TIME = "seconds"
    MEMORY = "megabytes"


def by_axis(growth: Sequence[Growth]) -> dict[str, tuple[Growth, ...]]:
    """Return the stages by what grows, in the order of measuring."""
    return {axis: tuple(one for one in growth if one.axis == axis) for axis in dict.fromkeys(g.axis for g in growth)}


def side_by_side(stages: Sequence[Growth]) -> list[tuple[Growth, ...]]:
    """Return the stages of one axis in groups of nearly equal size, few enough for one picture and its legend."""
    groups = math.ceil(len(stages) / _MOST)
    ends = [len(stages) * number // groups for number in range(groups + 1)] if groups else []
    return [tuple(stages[low:high]) for low, high in itertools.pairwise(ends)]


def growth_figure(stages: Sequence[Growth], cost: Cost) -> go.Figure:
    """Draw the cost of stages along one axis, each with its slope, and n log n as a dotted line to compare with."""
    figure = go.Figure()
    every: list[tuple[float, float]] = []
    for number, stage in enumerate(stages):
        points, slope = _curve(stage, cost)
        if not points:
            continue
        every += points
        hue, shape = HUES[number % len(HUES)], SHAPES[number % (len(SHAPES) - 1)]
        figure.add_trace(
            go.Scatter(
                x=[size for size, _ in points], y=[value for _, value in points], mode="lines+markers",
                name=f"{stage_name(stage, stages)}<br>{slope_text(slope)}",
                line={"color": hue, "width": 2.5, "dash": _DASHES[number % len(_DASHES)]},
                marker={"symbol": shape, "size": 9, "color": hue},
                text=[f"{size:,} {stage.axis}: {_cost_text(value, cost)}" for size, value in points],
                hovertemplate=f"%{{text}}<extra>{stage.stage}</extra>", cliponaxis=False,
            )
        )  # fmt: skip
    if every:
        figure.add_trace(_compared(every))
    axis = stages[0].axis if stages else "size"
    figure.update_xaxes(type="log", title_text=axis, dtick=1, exponentformat="power", showgrid=True, fixedrange=True)
    figure.update_yaxes(type="log", title_text=cost.value, dtick=1, exponentformat="power", fixedrange=True)
    figure.update_layout(
        height=300 + 36 * len(figure.data), margin={"l": 10, "r": 14, "t": 10, "b": 10}, dragmode=False,
        showlegend=True,
        legend={
            "orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "entrywidth": 1, "entrywidthmode": "fraction",
        },
    )  # fmt: skip
    return figure


def growth_alt(stages: Sequence[Growth], cost: Cost) -> str:
    """Say what the figure shows."""
    parts = []
    for stage in stages:
        points, slope = _curve(stage, cost)
        if points:
            (low, less), (high, more) = points[0], points[-1]
            parts.append(
                f"{stage.stage}, {_cost_text(less, cost)} at {low:,} and {_cost_text(more, cost)} at {high:,}, "
                f"{slope_text(slope)}"
            )
    axis = stages[0].axis if stages else "size"
    return f"{cost.value.capitalize()} over {axis}, both logarithmic: {'; '.join(parts) or 'nothing was measured'}."


def _curve(stage: Growth, cost: Cost) -> tuple[list[tuple[int, float]], float | None]:
    """Return sizes with their known costs, and the slope."""
    points = [(point.size, value) for point in stage.points if (value := cost_of(point, cost))]
    return points, stage.slope if cost is Cost.TIME else stage.memory_slope


def cost_of(point: GrowthPoint, cost: Cost) -> float | None:
    """Return the time or the memory of one size; None where it is unknown."""
    return point.seconds if cost is Cost.TIME else point.megabytes


def stage_name(stage: Growth, among: Sequence[Growth]) -> str:
    """Return a stage's name, with what stays fixed where the name alone would stand twice."""
    twins = sum(1 for one in among if one.stage == stage.stage)
    return f"{stage.stage} ({stage.fixed})" if twins > 1 and stage.fixed else stage.stage


def growth_headline(growth: Sequence[Growth]) -> str:
    """Say how many stages grow no faster than n log n, how many are steeper, and of how many nothing can be told."""
    within, steeper = (sum(1 for one in growth if one.within is each) for each in (True, False))
    told = sum(1 for one in growth if one.within is False and one.why)
    silent = len(growth) - within - steeper
    said = f"Of {plural(len(growth), 'curve')} **{within}** grow as n log n or better"
    explained = "all explained" if told == steeper else f"{told} of them explained"
    said += f", {steeper} steeper, {explained}" if steeper else ", none steeper"
    return f"{said}. {silent} took too little to tell." if silent else f"{said}."


def growth_html(growth: Sequence[Growth]) -> str:
    """Return every stage with its slopes and its verdict as a table."""
    head = ("Stage", "Sizes", "Time", "Slope", "Memory", "Verdict")
    rows = "".join(f"<tr>{_stage_html(stage)}</tr>" for stage in growth)
    return framed(rows, head=head, label="Growth of every stage", long=True)


def growth_columns(growth: Sequence[Growth]) -> Columns:
    """Return every measured size as columns of plain numbers and words, for a spreadsheet."""
    return columns_of(
        [
            {
                "stage": stage.stage, "axis": stage.axis, "fixed": stage.fixed, "size": point.size,
                "seconds": point.seconds, "megabytes": point.megabytes, "slope": stage.slope,
                "memory slope": stage.memory_slope, "verdict": growth_text(stage), "not measured": stage.unmeasured,
            }
            for stage in growth
            for point in stage.points
        ]
    )  # fmt: skip


def _stage_html(stage: Growth) -> str:
    def between(texts: Sequence[str]) -> str:
        return escape(" to ".join(dict.fromkeys((texts[0], texts[-1])))) if texts else "not measured"

    sizes = [f"{point.size:,}" for point in stage.points]
    memory = [megabytes_text(point.megabytes) for point in stage.points if point.megabytes is not None]
    verdict = growth_text(stage)
    kind = "lost" if stage.within is False and not stage.why else "won" if stage.within else ""
    missing = f"Not measured: {stage.unmeasured}" if stage.unmeasured else ""
    return "".join(
        (
            cell("Stage", f"<strong>{escape(stage.stage)}</strong>", stage.fixed),
            cell("Sizes", f"{between(sizes)} {escape(stage.axis)}", missing),
            cell("Time", between([time_text(point.seconds) for point in stage.points]), kind="short"),
            cell("Slope", escape(slope_text(stage.slope)), f"memory {slope_text(stage.memory_slope)}"),
            cell("Memory", between(memory), kind="short"),
            cell("Verdict", f'<span class="{kind}">{escape(verdict)}</span>'),
        )
    )


def _cost_text(value: float, cost: Cost) -> str:
    return time_text(value) if cost is Cost.TIME else megabytes_text(value)


def _compared(points: Sequence[tuple[float, float]]) -> go.Scatter:
    """Return n log n through the middle of all points."""
    sizes = sorted({float(size) for size, _ in points if size > 1}) or [2.0]
    law = {size: size * math.log(size) for size in sizes}
    own = [(size, value) for size, value in points if size in law]
    scale = sum(math.log(value / law[size]) for size, value in own) / max(len(own), 1)
    return go.Scatter(
        x=sizes, y=[math.exp(scale) * law[size] for size in sizes], mode="lines", name="n log n, to compare",
        line={"color": GREY, "width": 1.5, "dash": "dot"}, hoverinfo="skip",
    )  # fmt: skip
