"""Benchmarks: everything that was claimed for many tasks, measured in one run and kept as one file.

``row`` is what came out for one task, ``tasks`` measures all of them, with workers and so
that a run can be taken up again, ``result`` counts and writes JSON and CSV, ``conditions``
says on which machine and with which settings.  ``paper`` holds what the MIPS paper's own
method did on each task: it is shown beside our results and read by nothing else.
"""

from mips_core.benchmarks.conditions import Conditions, Settings, current_conditions
from mips_core.benchmarks.paper import PAPER, PaperEntry, PaperResult, paper_entry
from mips_core.benchmarks.result import TaskBenchmark, Totals, load_benchmark, stored_benchmark, totals
from mips_core.benchmarks.row import BenchmarkRow, Count, Counts
from mips_core.benchmarks.tasks import run_task_benchmark

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
