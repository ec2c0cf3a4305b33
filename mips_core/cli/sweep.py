"""``mips sweep``: many tasks, seeds and settings at once, in worker processes or on a Dask cluster."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from mips_core.cli.common import (
    add_input_options,
    chosen_tasks,
    end_progress,
    output_file,
    print_json,
    read_options,
    require,
    seconds,
    terminal_progress,
    whole,
)
from mips_core.errors import BadInputError
from mips_core.files import read_bytes, write_json
from mips_core.progress import Monitor, Stopwatch
from mips_core.wording import plural

if TYPE_CHECKING:
    from mips_core.sweeps import Executor, Plan, Row, SweepState, Totals

NOT_ALL_SOLVED = 3
WORKERS = 2
_LARGEST_SEED = 2**63 - 1


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "sweep",
        description="Train a network for every task or data file, seed and setting, and turn each into a program. Each "
        "result is stored among your runs as it comes; what is stored already is not done again, so the same command "
        "goes on where it was stopped.",
    )
    parser.add_argument("--tasks", metavar="NAMES", help="benchmark tasks: 'all', or names with commas between")
    parser.add_argument(
        "--data", metavar="FILE", nargs="+", default=[], help="data files to train on, or network files to distil"
    )
    parser.add_argument(
        "--seeds", metavar="N", default="1", help="how many seeds, from 0; or FIRST:END, END excluded (default: 1)"
    )
    parser.add_argument(
        "--architectures", metavar="NAMES", default="ladder",
        help="rungs of the ladder to train by themselves, with commas between; 'ladder' tries all that the data call "
        "for, and is the default",
    )  # fmt: skip
    parser.add_argument(
        "--budget", metavar="SECONDS", default="45",
        help="for training and search together, counted by the work done; several with commas between (default: 45)",
    )  # fmt: skip
    parser.add_argument("--label-free", action="store_true", help="labels are for training only")
    add_input_options(parser)
    parser.add_argument(
        "--workers", type=whole, default=WORKERS,
        help=f"worker processes on this computer; 0 does everything in this process (default: {WORKERS})",
    )  # fmt: skip
    parser.add_argument(
        "--scheduler", metavar="ADDRESS",
        help="a Dask cluster to use instead, e.g. tcp://10.0.0.1:8786; only one that you trust. A worker process does "
        "one unit at a time, so start several: dask worker ADDRESS --nthreads 1 --nworkers 4",
    )  # fmt: skip
    parser.add_argument("--store", metavar="DIR", help="folder of the runs (default: your own runs)")
    parser.add_argument(
        "--resume", metavar="ID", help="go on with a sweep; what to do and the folder of the runs stand in it"
    )
    parser.add_argument("--list", action="store_true", help="list sweeps, running and finished, and stop there")
    parser.add_argument("--out", metavar="FILE", help="write rows and totals to this JSON file")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do the sweep and print one line for each unit, and the totals."""
    from mips_core.runs import RunStore
    from mips_core.sweeps import Sweeps, run_sweep
    from mips_core.sweeps.record import DONE, FAILED

    sweeps = Sweeps()
    if options.list:
        return _list(sweeps.states(), options.json)
    target = output_file(options.out)
    plan = _plan(options) if options.resume is None else sweeps.plan(options.resume)
    folder = sweeps.store(options.resume) if options.store is None and options.resume is not None else options.store
    store = RunStore(folder or None)
    store.make_ready()  # before the work, so that an error comes early
    shown = _Shown(plan, quiet=options.json)
    monitor = Monitor(progress=terminal_progress(), events=shown.event)
    record = sweeps.begin(plan, store=os.path.abspath(folder) if folder else "")
    try:
        with contextlib.closing(
            run_sweep(plan, partial(_executor, options, monitor, shown), store, record=record, monitor=monitor)
        ) as rows:
            for row in rows:
                shown.row(row)
    finally:
        end_progress()
        state = record.state
        if state.state != FAILED or state.rows:  # else there is nothing but the error
            if target is not None:
                write_json(target, state.to_dict())
            if options.json:
                print_json(state.to_dict())
            else:
                print(_last_words(state.totals, plan, shown.starting, finished=state.state == DONE))
    return 0 if state.totals.solved == len(plan.units) else NOT_ALL_SOLVED


class _Shown:
    """Prints what a sweep is, once there is anything to say of it, and its rows.

    Attributes: ``starting``, seconds that it took until somebody was ready to work.
    """

    def __init__(self, plan: Plan, *, quiet: bool) -> None:
        self._plan, self._quiet, self._begun = plan, quiet, False
        self.starting = 0.0

    def begin(self) -> None:
        """Print the title, the first time."""
        if not self._quiet and not self._begun:
            end_progress()
            print(f"Sweep {self._plan.id}: {self._plan.title}, {plural(len(self._plan.units), 'unit')}.", flush=True)
        self._begun = True

    def event(self, event: Mapping[str, Any]) -> None:
        """Say on stderr that another process is at a unit, which explains why nothing happens here for a while."""
        if event.get("elsewhere"):
            end_progress()
            print(
                "Another process is doing units of this sweep; what it has begun is waited for, not done twice.",
                file=sys.stderr, flush=True,
            )  # fmt: skip

    def row(self, row: Row) -> None:
        """Print one row."""
        self.begin()
        if not self._quiet:
            end_progress()
            print(_line(row), flush=True)


def _plan(options: argparse.Namespace) -> Plan:
    from mips_core.networks.options import NetworkOptions
    from mips_core.sweeps import make_plan

    require(options.tasks is not None or options.data, "Name --tasks or --data to sweep over, or a sweep to --resume.")
    tasks: Sequence[str] = ()
    if options.tasks is not None:
        tasks = chosen_tasks(None if options.tasks == "all" else options.tasks, "--tasks")
    return make_plan(
        tasks=tasks,
        files=[(os.path.basename(path), read_bytes(path)) for path in options.data],
        seeds=_seeds(options.seeds),
        architectures=_names(options.architectures, "--architectures"),
        budgets=_budgets(options.budget),
        label_free=options.label_free,
        options=NetworkOptions(**read_options(options)),
    )


def _seeds(text: str) -> range:
    """Read ``--seeds``: a number of them, or the first and the one after the last.

    >>> list(_seeds("3")), list(_seeds("5:7"))
    ([0, 1, 2], [5, 6])
    """
    from mips_core.sweeps.plan import MOST_UNITS

    first, _, end = text.rpartition(":")
    try:
        found = range(int(first or 0), int(end))
    except ValueError:
        found = range(0)
    require(
        0 <= found.start < found.stop, f"--seeds takes how many, e.g. 5, or FIRST:END, e.g. 5:8; not {text[:40]!r}."
    )
    require(
        found.stop - found.start <= MOST_UNITS and found.stop <= _LARGEST_SEED,
        f"--seeds {text[:40]}: one sweep takes at most {MOST_UNITS:,} seeds, and none above {_LARGEST_SEED:,}.",
    )
    return found


def _names(text: str, option: str) -> list[str]:
    found = [name.strip() for name in text.split(",") if name.strip()]
    require(bool(found), f"{option} names nothing; write names with commas between.")
    return found


def _budgets(text: str) -> list[float]:
    try:
        return [seconds(part) for part in _names(text, "--budget")]
    except argparse.ArgumentTypeError as error:
        raise BadInputError(f"--budget: {error}.") from None


def _executor(options: argparse.Namespace, monitor: Monitor, shown: _Shown) -> Executor:
    from mips_core.sweeps import DaskWorkers, InThisProcess

    found: Executor
    clock = Stopwatch()
    if options.scheduler is None and options.workers == 0:
        found = InThisProcess(monitor)
    else:
        monitor.report("sweep", "Starting workers" if options.scheduler is None else f"Asking {options.scheduler}")
        found = DaskWorkers(options.workers, options.scheduler)
    shown.starting = clock.seconds
    shown.begin()
    return found


def _line(row: Row) -> str:
    """Return one row for a terminal."""
    time = "stored already" if row.stored else f"{row.seconds:.1f} s"
    again = f", begun {row.attempts} times" if row.attempts > 1 else ""
    hurried = ", ended by the clock" if row.hurried else ""
    return f"{row.unit.name:<36} {row.outcome:<8} {row.found_text:<24} {time:>8}{again}{hurried}  {row.run}".rstrip()


def _last_words(totals: Totals, plan: Plan, starting: float, *, finished: bool) -> str:
    counts = f"{totals.solved:,} of {totals.units:,} solved, {totals.unsolved:,} not, {totals.failed:,} failed"
    parts = [f"{counts}; {totals.stored:,} were stored already."]
    if totals.overhead is not None:
        grown = ""
        if totals.grown_megabytes is not None:
            grown = f", {totals.grown_megabytes:+,.0f} MB between its 10th unit and its last"
        parts.append(
            f"{totals.own_seconds:,.1f} s of work in {totals.seconds:,.1f} s on {plural(totals.workers, 'worker')}: "
            f"overhead {totals.overhead:.1%}, after {starting:,.1f} s to get ready. "
            f"Lost workers: {totals.lost}, units begun again: {totals.again}. "
            f"At most {totals.peak_megabytes:,.0f} MB in a worker{grown}."
        )
    if not finished:
        parts.append(f"Stopped; 'mips sweep --resume {plan.id}' goes on.")
    return "\n".join(parts)


def _list(states: Sequence[SweepState], as_json: bool) -> int:
    if as_json:
        print_json({"format": "mips-sweeps", "version": 1, "sweeps": [state.to_dict() for state in states]})
        return 0
    for state in states:
        totals = state.totals
        print(
            f"{state.id}  {state.state:<8} {totals.over:,} of {totals.units:,}, {totals.solved:,} solved  {state.title}"
        )
    if not states:
        print("No sweeps yet; 'mips sweep --tasks all --seeds 5' makes one.")
    return 0
