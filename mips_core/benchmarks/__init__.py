"""Benchmarks: everything that was claimed for many tasks, measured in one run and kept as one file.

``row`` is what came out for one task, ``tasks`` measures all of them, with workers and so
that a run can be taken up again, ``result`` counts and writes JSON and CSV, ``conditions``
says on which machine and with which settings.  ``paper`` holds what the MIPS paper's own
method did on each task: it is shown beside our results and read by nothing else.

The names below are loaded when they are first asked for: ``speed`` starts many processes, which need none of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mips_core.benchmarks.conditions import Conditions, Settings, current_conditions
    from mips_core.benchmarks.paper import PAPER, PaperEntry, PaperResult, paper_entry
    from mips_core.benchmarks.result import TaskBenchmark, Totals, load_benchmark, stored_benchmark, totals
    from mips_core.benchmarks.row import BenchmarkRow, Count, Counts
    from mips_core.benchmarks.tasks import run_task_benchmark

_HOMES = {
    "BenchmarkRow": "row",
    "Conditions": "conditions",
    "Count": "row",
    "Counts": "row",
    "PAPER": "paper",
    "PaperEntry": "paper",
    "PaperResult": "paper",
    "Settings": "conditions",
    "TaskBenchmark": "result",
    "Totals": "result",
    "current_conditions": "conditions",
    "load_benchmark": "result",
    "paper_entry": "paper",
    "run_task_benchmark": "tasks",
    "stored_benchmark": "result",
    "totals": "result",
}

__all__ = [
    "PAPER",
    "BenchmarkRow",
    "Conditions",
    "Count",
    "Counts",
    "PaperEntry",
    "PaperResult",
    "Settings",
    "TaskBenchmark",
    "Totals",
    "current_conditions",
    "load_benchmark",
    "paper_entry",
    "run_task_benchmark",
    "stored_benchmark",
    "totals",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'mips_core.benchmarks' has no attribute {name!r}")
    return getattr(import_module(f"mips_core.benchmarks.{_HOMES[name]}"), name)
