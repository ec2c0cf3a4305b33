"""The Benchmark page's view of growth: how the cost of each stage grows with the size of its input."""

import streamlit as st

from mips_core.benchmarks.speed.words import growth_text
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
from pages.parts.benchmark_data import benchmark_text
from pages.parts.benchmark_speed import show_conditions, stored
from pages.parts.clickable import clickable
from pages.parts.downloads import File, offer, table_file
from pages.parts.frame import in_python, teach
from pages.parts.plain import plain
from pages.parts.words import benchmark as words


def show_growth() -> None:
    """Show the stored growth, a picture of time and one of memory for each thing that grows."""
    result = stored(lambda found: found.growth, words.NO_GROWTH)
    if result is None:
        return
    st.markdown(f":material/trending_up: {growth_headline(result.growth)}")
    show_conditions(result)
    every = by_axis(result.growth)
    axes = st.pills("What grows", list(every), selection_mode="multi", key="grows", bind="query-params")
    for axis in axes or every:
        stages = every[axis]
        st.subheader(f"More {axis}", anchor=False, divider="gray")
        for number, group in enumerate(side_by_side(stages)):
            for place, cost in zip(st.columns(2, gap="large"), Cost, strict=True):
                with place:
                    st.plotly_chart(
                        growth_figure(group, cost), key=f"growth_{axis}_{number}_{cost}",
                        config={"displayModeBar": False}, alt=growth_alt(group, cost),
                    )  # fmt: skip
        for stage in stages:
            if stage.within is False:
                st.caption(f"**{plain(stage.stage)}**: {plain(growth_text(stage))}")
            if stage.unmeasured:
                st.caption(f"**{plain(stage.stage)}**, not measured {plain(stage.unmeasured)}")
    st.subheader("Stage by stage", anchor=False, divider="gray")
    clickable(growth_html([stage for axis in axes or every for stage in every[axis]]), key="growth_table")
    teach(words.SEES_GROWTH)
    in_python(
        "from mips_core.benchmarks.speed import read_speed_benchmark\n"
        "from mips_core.resources import asset\n\n"
        'for stage in read_speed_benchmark(asset("benchmark", "speed.json")).growth:\n'
        "    print(stage.stage, stage.axis, stage.slope, stage.memory_slope, stage.within)",
        "mips bench speed --only growth --out growth.json",
    )
    offer(
        [
            table_file("mips_growth", lambda: growth_columns(result.growth)),
            File("Everything", "mips_speed.json", lambda: benchmark_text(result)),
        ]
    )
