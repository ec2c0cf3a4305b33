"""The Benchmark page through AppTest, on a result made by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from page_text import words
from streamlit.testing.v1 import AppTest

from mips_core.benchmarks import BenchmarkRow, Conditions, Count, Counts, Settings, TaskBenchmark
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
