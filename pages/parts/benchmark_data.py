"""The stored benchmark, read once for all visitors; only its own page needs what can measure one."""

import json

import streamlit as st

from mips_core.benchmarks.counterexamples import CounterexampleRow, stored_counterexamples
from mips_core.benchmarks.result import TaskBenchmark, stored_benchmark
from mips_core.benchmarks.speed import SpeedBenchmark, read_speed_benchmark
from mips_core.resources import asset


@st.cache_resource(show_spinner="Reading the benchmark")
def task_benchmark() -> TaskBenchmark | None:
    """Return the stored benchmark of all tasks, or None when none ships."""
    return stored_benchmark()


@st.cache_resource(show_spinner="Reading the counterexamples")
def counterexamples() -> tuple[CounterexampleRow, ...]:
    """Return the networks before training on counterexamples, with the shortest sequence on which each is wrong."""
    return stored_counterexamples()


def speed_benchmark() -> SpeedBenchmark | None:
    """Return the stored comparisons and growth, or None when nobody has measured them.

    Raises
    ------
    BadInputError, FormatVersionError
        when the file is malformed, or of a newer version.
    """
    path = asset("benchmark", "speed.json")
    return _speed(str(path), path.stat().st_mtime_ns) if path.exists() else None


@st.cache_resource(show_spinner="Reading the benchmark", max_entries=2)
def _speed(path: str, changed: int) -> SpeedBenchmark:
    return read_speed_benchmark(path)


def benchmark_text(result: TaskBenchmark | SpeedBenchmark) -> str:
    """Return a benchmark as the command writes it."""
    return json.dumps(result.to_dict(), indent=1, ensure_ascii=False)
