"""The Benchmark page through AppTest, on a result made by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from page_text import words
from streamlit.testing.v1 import AppTest

from mips_core.benchmarks import BenchmarkRow, Conditions, Count, Counts, Settings, TaskBenchmark
from mips_core.benchmarks.speed import OURS, Comparison, Growth, GrowthPoint, Measured, SpeedBenchmark
from mips_core.files import write_json
from mips_core.tasks import get
from pages.parts import benchmark_data

Open = Callable[..., AppTest]


def row(task: str, method: str, long: int = 4) -> BenchmarkRow:
    data = Counts(Count(8, 8), Count(long, 4))
    return BenchmarkRow(
        task, get(task).group, 10, trained=Count(10, 10), method=method, formula="y = x", nodes=1,
        route=f"{method} way", program_vs_data=data, program_vs_network=data, holds_to=50,
        seconds={"extract": 1.0, "total": 1.2},
    )  # fmt: skip


@pytest.fixture
def stored(runs_folder: Path) -> Iterator[Path]:
    rows = (
        row("Parity_All", "boolean"),
        row("Sum_All", "linear"),
        row("Div_7", "table"),
        row("Dithering", "symbolic", 3),
    )
    conditions = Conditions(2, 1, "Linux x86_64", "3.11.7", "0.1.0", "2026-01-31")
    path = runs_folder / "assets" / "benchmark" / "tasks.json"
    path.parent.mkdir()
    benchmark_data.task_benchmark.clear()  # a server reads it once
    write_json(path, TaskBenchmark(rows, Settings(False, 0, 45.0), conditions, 12.0).to_dict())
    yield path
    shutil.rmtree(path.parent)
    benchmark_data.task_benchmark.clear()


@pytest.mark.usefixtures("stored")
def test_totals_come_first_with_their_conditions(open_page: Open) -> None:
    at = open_page("benchmark_view")
    assert not at.exception
    assert not at.error
    assert {metric.label: metric.value for metric in at.metric} == {
        "Networks 100 %": "4 of 4", "Right at 1x": "4 of 4", "Right at 5x": "3 of 4", "As formulas": "2 of 4",
        "The paper": "2 of 4",
    }  # fmt: skip
    assert "2 are formulas and 1 are tables" in words(at)
    assert "2026-01-31, 2 cores, 1 worker" in words(at)
    assert "4 of 4 tasks" in words(at)
    assert "What you see here" in words(at)
    assert any("mips bench tasks" in block.value for block in at.code)


@pytest.mark.usefixtures("stored")
def test_filters_and_search_narrow_the_table(open_page: Open) -> None:
    at = open_page("benchmark_view")
    at.text_input(key="find").set_value("all").run()
    assert "2 of 4 tasks" in words(at)
    at.text_input(key="find").set_value("").run()
    at.session_state["outcome"] = ["table"]
    at.run()
    assert "1 of 4 tasks" in words(at)
    at.text_input(key="find").set_value("nothing of the kind").run()
    assert not at.exception
    assert "No task matches" in words(at)


@pytest.mark.usefixtures("stored")
def test_a_row_opens_the_program_of_its_task(open_page: Open) -> None:
    at = open_page("benchmark_view")
    at.session_state["opened_row"] = "Parity_All"
    at.run()
    assert not at.exception
    assert at.title[0].value == "Program"
    assert at.selectbox(key="task").value == "Parity_All"


def test_without_a_stored_result_the_page_says_how_to_make_one(open_page: Open) -> None:
    at = open_page("benchmark_view")
    assert not at.exception
    assert "No benchmark result is stored here." in at.info[0].value
    assert "mips bench tasks" in at.code[0].value


CONDITIONS = Conditions(2, 1, "Linux x86_64", "3.11.7", "0.1.0", "2026-01-31")
OURS_DONE = Measured(OURS, 0.5, 5, solved=True, megabytes=1.0, facts={"literals": 9})
SPEED = SpeedBenchmark(
    (
        Comparison("sums", "two numbers", OURS_DONE, (Measured("slow 1.0", 6.0, 1, solved=True),)),
        Comparison("sums", "many *numbers*", OURS_DONE, (Measured("slow 1.0", 60.0, 1, capped=True, reason="ended"),)),
        Comparison("words", "one word", OURS_DONE, (Measured("quick 2.0", 0.05, 5, solved=True),)),
    ),
    (
        Growth("count", "states", "2 symbols", tuple(GrowthPoint(n, n / 100, n * 3.0) for n in (10, 100, 1000))),
        Growth(
            "compare", "runs", "", tuple(GrowthPoint(n, n * n / 100, None) for n in (10, 100, 1000)),
            "from 10,000 runs on: not done after 60 s", "every pair is compared",
        ),
    ),
    CONDITIONS, "a processor", {"numpy": "2.0"}, 0, False, 90.0, ("startup was left out on request.",),
)  # fmt: skip


@pytest.fixture
def speed_file(runs_folder: Path) -> Iterator[Path]:
    path = runs_folder / "assets" / "benchmark" / "speed.json"
    path.parent.mkdir()
    write_json(path, SPEED.to_dict())
    yield path
    shutil.rmtree(path.parent)


@pytest.mark.usefixtures("speed_file")
def test_speed_says_what_is_won_what_is_lost_and_where_it_was_measured(open_page: Open) -> None:
    at = open_page("benchmark_view", measured="Speed")
    assert not at.exception
    assert not at.error
    said = words(at)
    assert "Of 3 comparisons ours is faster in **2** (in 1 of these the peer was ended), as fast in 0" in said
    assert "2026-01-31, 2 cores" in said
    assert "a processor" in said
    assert "Left out on request: Starting." in said
    assert "Promises: 0 kept, 0 not kept" in said
    assert "3 of 3 comparisons" in said
    assert any("mips bench speed" in block.value for block in at.code)


@pytest.mark.usefixtures("speed_file")
def test_cases_of_speed_are_searched_filtered_and_sorted(open_page: Open) -> None:
    at = open_page("benchmark_view", measured="Speed", ours_is="slower")
    assert "1 of 3 comparisons" in words(at)
    at = open_page("benchmark_view", measured="Speed")
    at.text_input(key="case").set_value("slow numbers").run()
    assert "2 of 3 comparisons" in words(at)
    at.selectbox(key="cases_by").set_value("ratio, ours fastest first").run()
    assert not at.exception
    at.multiselect(key="peer").set_value(["quick 2.0"]).run()
    assert "0 of 3 comparisons" in words(at)
    at.text_input(key="case").set_value("").run()
    assert "1 of 3 comparisons" in words(at)
    at.text_input(key="case").set_value("nothing of the kind").run()
    assert "No case matches" in words(at)


@pytest.mark.usefixtures("speed_file")
def test_growth_gives_reasons_and_sizes_that_were_not_measured(open_page: Open) -> None:
    at = open_page("benchmark_view", measured="growth")  # as one types it
    assert not at.exception
    assert not at.error
    said = words(at)
    assert "**1** grow as n log n or better, 1 steeper, all explained" in said
    assert "steeper than n log n: every pair is compared" in said
    assert "not measured from 10,000 runs on" in said
    assert [heading.value for heading in at.subheader][:2] == ["More states", "More runs"]
    at.session_state["grows"] = ["runs"]
    at.run()
    assert [heading.value for heading in at.subheader][:1] == ["More runs"]


@pytest.mark.parametrize("view", ["Speed", "Growth"])
def test_without_a_measurement_the_page_says_how_to_make_one(open_page: Open, view: str) -> None:
    at = open_page("benchmark_view", measured=view)
    assert not at.exception
    assert "Nobody has measured the speed here yet" in at.info[0].value
    assert "mips bench speed" in at.code[0].value


@pytest.mark.parametrize("view", ["Speed", "Growth"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 99}, "version 99"),
        ({"format": "something"}, "speed.json"),
        ({"comparisons": [{"section": "sums"}]}, "malformed"),
        ({"growth": [1]}, "malformed"),
        ({"conditions": {"cores": 2}}, "malformed"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(
    speed_file: Path, open_page: Open, view: str, change: dict[str, object], said: str
) -> None:
    write_json(speed_file, {**SPEED.to_dict(), **change})
    at = open_page("benchmark_view", measured=view)
    assert not at.exception
    assert len(at.error) == 1
    assert said in at.error[0].value


def test_a_measurement_of_one_part_alone_says_what_is_missing(speed_file: Path, open_page: Open) -> None:
    write_json(speed_file, replace(SPEED, comparisons=(), growth=(), quick=True).to_dict())
    assert "compares nothing" in open_page("benchmark_view", measured="Speed").info[0].value
    assert "has no growth" in open_page("benchmark_view", measured="Growth").info[0].value
    write_json(speed_file, replace(SPEED, quick=True).to_dict())
    assert "quick run" in open_page("benchmark_view", measured="Speed").warning[0].value
