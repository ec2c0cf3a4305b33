"""MIPS Explorer: the algorithm inside a trained recurrent network, as short Python.

>>> from mips_core import distill
>>> report = distill("Bitwise_Not")
>>> report.program.function([0, 1, 1])
[1, 0, 0]

The names below are loaded when they are first asked for, so that ``import mips_core``
itself is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mips_core.curves.curve import PWLCurve
    from mips_core.curves.distilling import distill_curves
    from mips_core.curves.fitting import fit_pwl
    from mips_core.curves.model import AdditiveModel
    from mips_core.curves.table import read_table
    from mips_core.distillation import distill, verify
    from mips_core.errors import MipsError
    from mips_core.essence.data import EssenceData, Samples
    from mips_core.essence.pipeline import distill_essence
    from mips_core.machines import IntegerSystem, MealyMachine
    from mips_core.programs import Program, parse_program
    from mips_core.report import Report, save_report
    from mips_core.runs import Run, RunStore, load_run, open_run
    from mips_core.tasks import Dataset, Integers, Task, read_dataset

_HOMES = {
    "AdditiveModel": "curves.model",
    "Dataset": "tasks",
    "EssenceData": "essence.data",
    "IntegerSystem": "machines",
    "Integers": "tasks",
    "MealyMachine": "machines",
    "MipsError": "errors",
    "PWLCurve": "curves.curve",
    "Program": "programs",
    "Report": "report",
    "Run": "runs",
    "RunStore": "runs",
    "Samples": "essence.data",
    "Task": "tasks",
    "distill": "distillation",
    "distill_curves": "curves.distilling",
    "distill_essence": "essence.pipeline",
    "fit_pwl": "curves.fitting",
    "load_run": "runs",
    "open_run": "runs",
    "parse_program": "programs",
    "read_dataset": "tasks",
    "read_table": "curves.table",
    "save_report": "report",
    "verify": "distillation",
}

__all__ = [
    "AdditiveModel",
    "Dataset",
    "EssenceData",
    "IntegerSystem",
    "Integers",
    "MealyMachine",
    "MipsError",
    "PWLCurve",
    "Program",
    "Report",
    "Run",
    "RunStore",
    "Samples",
    "Task",
    "distill",
    "distill_curves",
    "distill_essence",
    "fit_pwl",
    "load_run",
    "open_run",
    "parse_program",
    "read_dataset",
    "read_table",
    "save_report",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'mips_core' has no attribute {name!r}")
    return getattr(import_module(f"mips_core.{_HOMES[name]}"), name)
