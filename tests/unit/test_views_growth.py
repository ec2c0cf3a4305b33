"""Growth on log-log axes."""

from __future__ import annotations

from dataclasses import replace

from mips_core.benchmarks.speed import Growth, GrowthPoint
from mips_core.views.growth_figure import (
    Cost,
    by_axis,
    growth_alt,
    growth_columns,
    growth_figure,
    growth_headline,
    growth_html,
    side_by_side,
)


def grown(stage: str, axis: str, power: float, *, fixed: str = "", why: str = "", memory: bool = True) -> Growth:
    points = tuple(GrowthPoint(size, 0.01 * size**power, 3.0 * size if memory else None) for size in (1, 10, 100, 1000))
    return Growth(stage, axis, fixed, points, "from 10,000 on: not done after 60 s" if why else "", why)


LINEAR = grown("minimise", "states", 1.0, fixed="2 symbols")
WIDE = grown("minimise", "symbols", 1.0, fixed="10 states")
STEEP = grown("draw", "states", 2.0, why="every pair of states is compared", memory=False)
SILENT = Growth("look", "states", "", (GrowthPoint(10, 1e-5, None), GrowthPoint(100, 1e-5, None)))
ALL = (LINEAR, WIDE, STEEP, SILENT)


def test_stages_stand_by_what_grows() -> None:
    assert by_axis(ALL) == {"states": (LINEAR, STEEP, SILENT), "symbols": (WIDE,)}


def test_many_stages_are_parted_evenly_in_their_order() -> None:
    stages = [replace(LINEAR, stage=str(number)) for number in range(9)]
    groups = side_by_side(stages)
    assert [len(group) for group in groups] == [3, 3, 3]
    assert [stage for group in groups for stage in group] == stages
    assert side_by_side(stages[:4]) == [tuple(stages[:4])]
    assert side_by_side([]) == []


def test_each_stage_is_a_line_with_its_slope_beside_n_log_n() -> None:
    figure = growth_figure([LINEAR, STEEP, SILENT], Cost.TIME)
    names = [trace.name for trace in figure.data]
    assert names == [
        "minimise<br>slope 1.00", "draw<br>slope 2.00", "look<br>no slope to tell", "n log n, to compare",
    ]  # fmt: skip
    assert list(figure.data[0].x) == [1, 10, 100, 1000]
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    shapes = {trace.marker.symbol for trace in figure.data[:3]}
    assert len(shapes) == 3
    said = growth_alt([LINEAR, STEEP], Cost.TIME)
    assert "minimise, 10 ms at 1 and 10 s at 1,000, slope 1.00" in said


def test_memory_that_nobody_measured_is_left_out() -> None:
    figure = growth_figure([LINEAR, STEEP], Cost.MEMORY)
    assert [trace.name for trace in figure.data] == ["minimise<br>slope 1.00", "n log n, to compare"]
    assert not growth_figure([STEEP], Cost.MEMORY).data
    assert "nothing was measured" in growth_alt([STEEP], Cost.MEMORY)


def test_the_same_stage_twice_along_an_axis_says_what_is_fixed() -> None:
    other = grown("minimise", "states", 1.0, fixed="9 symbols")
    names = [trace.name for trace in growth_figure([LINEAR, other], Cost.TIME).data]
    assert names[:2] == ["minimise (2 symbols)<br>slope 1.00", "minimise (9 symbols)<br>slope 1.00"]


def test_the_table_gives_a_verdict_a_reason_and_what_is_missing() -> None:
    html = growth_html(ALL)
    assert html.count("n log n or better") == 2
    assert "steeper than n log n: every pair of states is compared" in html
    assert "Not measured: from 10,000 on: not done after 60 s" in html
    assert "too quick, or too few sizes, to tell" in html
    assert growth_headline(ALL) == (
        "Of 4 curves **2** grow as n log n or better, 1 steeper, all explained. 1 took too little to tell."
    )


def test_the_download_has_a_row_for_each_size() -> None:
    columns = growth_columns(ALL)
    assert len(columns["size"]) == 14
    assert columns["megabytes"][-1] is None
