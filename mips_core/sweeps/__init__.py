"""Sweeps: many networks at once, on this computer or on a Dask cluster, with the same results.

``plan`` says what is to be done, as units that are addressed by all that their results depend on; ``work`` is the
pure work on one; ``executors`` and ``dask_workers`` are who does it; ``sweep`` does a plan, stores runs as they come
and leaves out what is stored; ``record`` is what others see of it meanwhile, and what it is resumed from.

    from mips_core.runs import RunStore
    from mips_core.sweeps import DaskWorkers, make_plan, run_sweep

    if __name__ == "__main__":  # workers are processes of their own, which import this file
        plan = make_plan(tasks=["Sum_All", "Prev2"], seeds=range(3))
        for row in run_sweep(plan, DaskWorkers, RunStore()):
            print(row.unit.name, row.outcome, row.run)
"""

from mips_core.sweeps.dask_workers import DaskWorkers
from mips_core.sweeps.executors import Executor, InThisProcess
from mips_core.sweeps.plan import LADDER, Plan, Unit, make_plan
from mips_core.sweeps.record import Sweeps, SweepState
from mips_core.sweeps.row import Outcome, Row
from mips_core.sweeps.sweep import run_sweep
from mips_core.sweeps.totals import Totals, totals_of

__all__ = [
    "LADDER",
    "DaskWorkers",
    "Executor",
    "InThisProcess",
    "Outcome",
    "Plan",
    "Row",
    "SweepState",
    "Sweeps",
    "Totals",
    "Unit",
    "make_plan",
    "run_sweep",
    "totals_of",
]
