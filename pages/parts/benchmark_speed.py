"""The Benchmark page's view of speed: ours against what a user would take instead, on the same inputs."""

from collections.abc import Callable, Sequence

import streamlit as st

from mips_core.benchmarks.speed import SpeedBenchmark
from mips_core.views.sequences import count_text
from mips_core.views.speed_figure import ratio_alt, ratio_figure, undrawn_text
from mips_core.views.speed_rows import ORDERS, RESULTS, chosen_rows, speed_columns, speed_rows
from mips_core.views.speed_table import (
    cases_html,
    conditions_text,
    headline,
    promises_text,
    skipped_texts,
    summary_html,
)
from pages.parts.benchmark_data import benchmark_text, speed_benchmark
from pages.parts.clickable import clickable
from pages.parts.downloads import File, offer, table_file
from pages.parts.frame import in_python, teach
from pages.parts.plain import plain
from pages.parts.words import benchmark as words

# The theme's grey for words in a figure is paler than the contrast of 4.5 that small text needs.
_CSS = "<style>.st-key-ratio_figure .annotation-text { fill: currentColor !important; }</style>"
COMMAND = "mips bench speed --out assets/benchmark/speed.json"


def stored(part: Callable[[SpeedBenchmark], Sequence[object]], missing: str) -> SpeedBenchmark | None:
    """Return the stored measurement if it holds some part, and say of a quick one that it is; else say how one is made.

    Parameters
    ----------
    part : of the measurement, empty where it was left out
    missing : what to say then
    """
    result = speed_benchmark()
    if result is None or not part(result):
        st.info(words.NO_SPEED if result is None else missing, icon=":material/info:")
        st.code(COMMAND, language="bash")
        return None
    if result.quick:
        st.warning(words.QUICK, icon=":material/speed:")
    return result


def show_speed() -> None:
    """Show the stored comparisons."""
    result = stored(lambda found: found.comparisons, words.NO_COMPARISON)
    if result is None:
        return
    rows = speed_rows(result)
    st.markdown(f":material/speed: {headline(rows)}")
    st.markdown(f":material/task_alt: {promises_text(result)}")
    clickable(summary_html(result), key="speed_summary")
    show_conditions(result)
    st.subheader("Case by case", anchor=False, divider="gray")
    _show_cases(result)
    teach(words.SEES_SPEED)
    in_python(
        "from mips_core.benchmarks.speed import read_speed_benchmark\n"
        "from mips_core.benchmarks.speed.words import ratio_text\n"
        "from mips_core.resources import asset\n\n"
        'for row in read_speed_benchmark(asset("benchmark", "speed.json")).against():\n'
        "    print(row.section, row.peer, ratio_text(row.median), row.ours_solved, row.peer_solved)",
        "mips bench speed --out speed.json",
    )
    offer(
        [
            table_file("mips_speed", lambda: speed_columns(rows)),
            File("Everything", "mips_speed.json", lambda: benchmark_text(result)),
        ]
    )


def show_conditions(result: SpeedBenchmark) -> None:
    """Say on what machine and with which versions it was measured, and what was left out."""
    st.caption(plain(conditions_text(result)))
    for sentence in skipped_texts(result):
        st.caption(f":material/info: {plain(sentence)}")


@st.fragment
def _show_cases(result: SpeedBenchmark) -> None:
    rows = speed_rows(result)
    peers = list(dict.fromkeys(row.peer.name for row in rows))
    search, order = st.columns([3, 2], gap="medium")
    with search:
        text = st.text_input(
            "Search", key="case", placeholder="e.g. parity, 10 inputs, aalpy", live="250ms", bind="query-params"
        )
    with order:
        by = st.selectbox("Order by", list(ORDERS), key="cases_by", bind="query-params")
    sections = st.pills(
        "Section", list(dict.fromkeys(row.title for row in rows)), selection_mode="multi", key="section",
        bind="query-params",
    )  # fmt: skip
    others = st.multiselect("Peer", peers, key="peer", placeholder="all", bind="query-params")
    said = st.pills(
        "Ours is", [word for word in RESULTS if word in {row.result for row in rows}], selection_mode="multi",
        key="ours_is", bind="query-params",
    )  # fmt: skip
    shown = chosen_rows(rows, text=text or "", sections=sections, peers=others, results=said)
    st.caption(f"{len(shown)} of {count_text(len(rows), 'comparison')}.")
    if not shown:
        st.info(words.NO_ROW, icon=":material/search_off:")
        return
    st.html(_CSS)
    st.plotly_chart(
        ratio_figure(shown, peers), key="ratio_figure", config={"displayModeBar": False}, alt=ratio_alt(shown)
    )
    st.caption(f"{words.DOTS} {undrawn_text(shown)}")
    clickable(cases_html(sorted(shown, key=ORDERS[by])), key="speed_cases")
