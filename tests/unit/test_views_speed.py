"""The speed benchmark as rows, tables and figures."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import plotly.graph_objects as go
import pytest

from mips_core.benchmarks.conditions import Conditions
from mips_core.benchmarks.speed import OURS, Comparison, Measured, SpeedBenchmark
from mips_core.views.csv_text import csv_text
from mips_core.views.speed_figure import ratio_alt, ratio_figure, undrawn_text
from mips_core.views.speed_rows import (
    ABSENT,
    AT_LEAST,
    AT_MOST,
    EXACT,
    FASTER,
    ORDERS,
    OURS_FAILED,
    PEER_FAILED,
    SLOWER,
    SpeedRow,
    chosen_rows,
    speed_columns,
    speed_rows,
)
from mips_core.views.speed_table import (
    cases_html,
    conditions_text,
    headline,
    promises_text,
    skipped_texts,
    summary_html,
)


def measured(name: str, seconds: float | None, *, solved: bool = True, capped: bool = False) -> Measured:
    reason = "" if solved else "ended" if capped else "pip install peers" if seconds is None else "3 rows differ"
    return Measured(name, seconds, 3, capped, solved and seconds is not None, 4.0, {"literals": 1200}, reason)


COMPARISONS = (
    Comparison("sums", "two numbers", measured(OURS, 1.0), (measured("quick 1.0", 0.5), measured("slow 2.0", 30.0))),
    Comparison(
        "sums", "<b>three</b> numbers", measured(OURS, 2.0),
        (measured("quick 1.0", 1.0, solved=False), measured("slow 2.0", 60.0, solved=False, capped=True)),
    ),
    Comparison("words", "a word", measured(OURS, 60.0, solved=False, capped=True), (measured("quick 1.0", 6.0),)),
    Comparison("words", "no peer", measured(OURS, 1.0), (measured("away", None, solved=False),)),
)  # fmt: skip
CONDITIONS = Conditions(2, 1, "Linux x86_64", "3.11.7", "0.1.0", "2026-01-31")
BENCHMARK = SpeedBenchmark(COMPARISONS, (), CONDITIONS, "a processor", {"numpy": "2.0"}, 7, False, 90.0)


def drawn(figure: go.Figure) -> dict[str, list[tuple[float, str, str]]]:
    return {trace.name: list(zip(trace.x, trace.marker.symbol, trace.text, strict=True)) for trace in figure.data}


def test_each_peer_of_each_case_is_a_row_that_says_how_it_came_out() -> None:
    rows = speed_rows(BENCHMARK)
    assert [(row.result, row.bound, row.said) for row in rows] == [
        (SLOWER, EXACT, "2x slower"),
        (FASTER, EXACT, "30x faster"),
        (PEER_FAILED, None, "peer did not solve it"),
        (FASTER, AT_LEAST, "at least 30x faster"),
        (OURS_FAILED, AT_MOST, "ours did not finish"),
        (ABSENT, None, "not compared"),
    ]


def test_filters_and_orders_narrow_and_sort_the_rows() -> None:
    rows = speed_rows(BENCHMARK)
    assert [row.peer.name for row in chosen_rows(rows, text="SUMS quick")] == ["quick 1.0"] * 2
    assert [row.case for row in chosen_rows(rows, sections=["words"], peers=["away"])] == ["no peer"]
    assert {row.result for row in chosen_rows(rows, results=[FASTER])} == {FASTER}
    assert chosen_rows(rows, text="nothing of the kind") == ()
    slowest = sorted(rows, key=ORDERS["ratio, ours slowest first"])
    assert [row.ratio for row in slowest][:4] == [0.1, 0.5, 30.0, 30.0]
    assert sorted(rows, key=ORDERS["ratio, ours fastest first"])[0].ratio == 30.0


def test_the_figure_tells_ratios_from_bounds_and_leaves_out_wrong_results() -> None:
    rows = speed_rows(BENCHMARK)
    peers = ["quick 1.0", "slow 2.0", "away"]
    figure = ratio_figure(rows, peers)
    dots = drawn(figure)
    assert dots == {
        "quick 1.0": [(0.5, "circle", ""), (0.1, "circle-open", "←")],
        "slow 2.0": [(30.0, "square", ""), (30.0, "square-open", "→")],
    }
    assert "as fast as ours" in figure.layout.xaxis.title.text
    assert {(line.x0, line.x1) for line in figure.layout.shapes} == {(1, 1)}
    low, high = figure.layout.xaxis.range
    assert low < -1 < 0 < 1.47 < high
    assert undrawn_text(rows) == "2 comparisons without a dot: 1 peer did not solve it, 1 not compared"
    assert "against slow 2.0 ours is faster in 2 and slower in 0 of 2 cases" in ratio_alt(rows)


def test_a_single_section_has_a_line_for_each_case_and_peers_keep_their_looks() -> None:
    rows = chosen_rows(speed_rows(BENCHMARK), sections=["sums"], peers=["slow 2.0"])
    figure = ratio_figure(rows, ["quick 1.0", "slow 2.0"])
    assert {symbol for _, symbol, _ in drawn(figure)["slow 2.0"]} == {"square", "square-open"}
    assert [note.text for note in figure.layout.annotations] == ["two numbers", "&lt;b>three&lt;/b> numbers"]
    assert figure.layout.showlegend


def test_a_tall_figure_has_its_legend_and_a_scale_on_top_and_whole_names() -> None:
    name = "a piece of work that needs more words than a narrow page has room for, number {}"
    many = [Comparison("sums", name.format(n), measured(OURS, 1.0), (measured("slow 2.0", 3.0),)) for n in range(12)]
    figure = ratio_figure(speed_rows(replace(BENCHMARK, comparisons=tuple(many))), ["slow 2.0"])
    assert figure.layout.xaxis2.side == "top"
    assert figure.layout.xaxis2.ticktext == figure.layout.xaxis.ticktext
    assert (figure.layout.legend.y, figure.layout.legend.yanchor) == (1, "top")
    assert [note.text.replace("<br>", " ") for note in figure.layout.annotations] == [row.case for row in many]


def test_rows_without_any_ratio_still_draw_and_say_so() -> None:
    rows = [row for row in speed_rows(BENCHMARK) if row.bound is None]
    assert not ratio_figure(rows, ["away"]).data
    assert "no case can be compared" in ratio_alt(rows)


def test_the_summary_says_each_peer_with_what_is_lost_and_who_was_away() -> None:
    html = summary_html(BENCHMARK)
    assert "2x slower" in html
    assert "30x faster when unfinished runs count as the time given" in html
    assert "2 and 1 of 2" in html  # of the sums, ours solved both, each peer one
    assert "did not take part: pip install peers" in html
    assert headline(speed_rows(BENCHMARK)) == (
        "Of 6 comparisons ours is faster in **2** (in 1 of these the peer was ended), as fast in 0 and slower in "
        "**1**; the peer's result is wrong in 1; ours is wrong or was ended in 1; in 1 the peer took no part."
    )


def test_promises_stand_beside_their_section_with_what_was_measured() -> None:
    slow = Comparison("formulas", "a table", measured(OURS, 1.0), (measured("slow 2.0", 30.0), measured("near", 2.0)))
    result = replace(BENCHMARK, comparisons=(slow,))
    html = summary_html(result)
    assert '<span class="won">✓ kept</span>: 30x faster, 1 table' in html
    assert '<span class="lost">✗ not kept</span>: 2x faster, 1 table' in html
    assert promises_text(result).startswith("Promises: 1 kept, 1 not kept, ")
    assert promises_text(result).endswith("Not kept in: Symbolic regression.")


def test_parts_left_out_are_one_sentence_by_their_titles() -> None:
    skipped = ("startup was left out on request.", "learning was left out on request.", "No compiler was found.")
    assert skipped_texts(replace(BENCHMARK, skipped=skipped)) == (
        "Left out on request: Starting, L*.", "No compiler was found.",
    )  # fmt: skip
    assert skipped_texts(BENCHMARK) == ()


def test_a_yardstick_is_shown_and_not_counted_as_a_loss() -> None:
    empty = Comparison("page_runs", "a page", measured(OURS, 1.0), (measured("an empty page", 0.5),))
    both = replace(BENCHMARK, comparisons=(*COMPARISONS, empty))
    counted = headline(speed_rows(BENCHMARK))
    assert headline(speed_rows(both)) == f"{counted} Not counted: 1 row beside a yardstick, which is no contest."
    assert "No contest" in summary_html(both)
    assert "an empty page" in summary_html(both)


def test_the_table_escapes_names_and_says_why_something_was_not_solved() -> None:
    html = cases_html(speed_rows(BENCHMARK))
    assert "<b>three" not in html
    assert "&lt;b&gt;three" in html
    assert "literals 1,200; 3 rows differ" in html
    assert "ended after 60 s" in html
    assert html.count("<tr>") == 6 + 1


def test_the_download_holds_plain_numbers() -> None:
    table = list(csv.DictReader(io.StringIO(csv_text(speed_columns(speed_rows(BENCHMARK))))))
    assert [float(row["ratio"]) for row in table if row["ratio"]] == [0.5, 30.0, 0.5, 30.0, 0.1]
    assert table[2]["the ratio is"] == "no comparison"
    assert table[3]["the ratio is"] == AT_LEAST


def test_the_conditions_name_machine_versions_and_date() -> None:
    said = conditions_text(BENCHMARK)
    assert all(part in said for part in ("2026-01-31", "2 cores", "a processor", "numpy 2.0", "seed 7", "90 s"))
    assert "processor unknown" in conditions_text(replace(BENCHMARK, processor=""))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_any_number_of_rows_is_drawn_and_tabled(count: int) -> None:
    rows: tuple[SpeedRow, ...] = speed_rows(BENCHMARK)[:count]
    assert ratio_figure(rows, ["quick 1.0", "slow 2.0"]).layout.height > 0
    assert cases_html(rows).count("<tr>") == count + 1
