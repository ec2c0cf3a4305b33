"""``mips bench tasks``: measure the benchmark tasks, and put the paper's results beside ours."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mips_core.benchmarks.conditions import Settings, current_conditions
from mips_core.benchmarks.result import TaskBenchmark, Totals, seeds_to_dict
from mips_core.benchmarks.row import INTEGERS, BenchmarkRow, Count, holds
from mips_core.benchmarks.tasks import default_budget, run_task_benchmark
from mips_core.cli.common import (
    chosen_tasks,
    end_progress,
    output_file,
    positive,
    print_json,
    require,
    seconds,
    terminal_progress,
    whole,
)
from mips_core.files import json_bytes, write_bytes
from mips_core.progress import Monitor, Stopwatch

NOT_MEASURED = 3


def add_parser(benchmarks: Any) -> None:
    """Add the command to ``mips bench``."""
    parser = benchmarks.add_parser("tasks")
    parser.add_argument("--fresh", action="store_true", help="train new networks instead of taking the shipped ones")
    parser.add_argument("--only", metavar="NAME,...", help="these tasks only")
    parser.add_argument("--workers", type=positive, default=1, help="processes that work side by side (default: 1)")
    parser.add_argument(
        "--networks", metavar="DIR", help="networks as mips train writes them, instead of the shipped ones"
    )
    parser.add_argument("--seed", type=whole, default=0, help="seed of training and sequences (default: 0)")
    parser.add_argument(
        "--seeds", type=positive, default=1, metavar="N",
        help="measure with N seeds, from --seed on; --networks then holds the folders seed0, seed1, ... (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--budget", type=seconds, metavar="SECONDS",
        help=f"per task, for training and search together (default: {default_budget(False):g}, "
        f"with --fresh {default_budget(True):g})",
    )  # fmt: skip
    parser.add_argument("--resume", metavar="DIR", help="keep each finished row in this folder, and take it from there")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--csv", action="store_true", help="print comma-separated values")
    parser.add_argument("--out", metavar="FILE", help="write the result here too: CSV if it ends in .csv, else JSON")
    parser.set_defaults(run=run_tasks)


def run_tasks(options: argparse.Namespace) -> int:
    """Measure with each seed, print row by row, store when asked to."""
    require(not (options.json and options.csv), "Choose one of --json and --csv.")
    require(not (options.fresh and options.networks), "Choose one of --fresh and --networks.")
    chosen = chosen_tasks(options.only)
    out = output_file(options.out)
    as_csv = out is not None and out.suffix.lower() == ".csv"
    several = options.seeds > 1
    require(not (several and (options.csv or as_csv)), "CSV holds one seed; write several seeds as JSON.")
    results = tuple(_measured(options, chosen, seed) for seed in range(options.seed, options.seed + options.seeds))
    found = seeds_to_dict(results) if several else results[0].to_dict()
    if out is not None:
        write_bytes(out, results[0].to_csv().encode("utf-8") if as_csv else json_bytes(found))
    if options.json:
        print_json(found)
    elif options.csv:
        sys.stdout.write(results[0].to_csv())
    elif several:
        print(describe_seeds(results))
    complete = all(result.totals.measured == result.totals.tasks for result in results)
    return 0 if complete else NOT_MEASURED


def _measured(options: argparse.Namespace, chosen: tuple[str, ...], seed: int) -> TaskBenchmark:
    """Measure with one seed; print its rows and totals."""
    quiet = options.json or options.csv
    networks = options.networks
    if networks is not None and options.seeds > 1:
        networks = str(Path(networks) / f"seed{seed}")
    budget = default_budget(options.fresh) if options.budget is None else options.budget
    clock, rows = Stopwatch(), []
    if not quiet:
        print(f"seed {seed}\n{HEADINGS}" if options.seeds > 1 else HEADINGS, flush=True)
    for row in run_task_benchmark(
        chosen,
        fresh=options.fresh,
        seed=seed,
        budget=budget,
        workers=options.workers,
        store=options.resume,
        networks=networks,
        monitor=Monitor(progress=terminal_progress()),
    ):
        end_progress()
        rows.append(row)
        if not quiet:
            print(_fitted(line(row)), flush=True)
    end_progress()
    settings = Settings(options.fresh, seed, budget, networks=networks)
    result = TaskBenchmark(tuple(rows), settings, current_conditions(options.workers), clock.seconds)
    if not quiet:
        print(describe(result), end="\n\n" if options.seeds > 1 else "\n", flush=True)
    return result


HEADINGS = (
    f"{'task':<24}{'network':>8}  {'route':<45}{'method':<9}{'machine':<12}{'size':>5}  "
    f"{'1x':<6}{'5x':<6}{'=network':>9}{'seconds':>9}  {'paper':<14} formula"
)


def line(row: BenchmarkRow) -> str:
    """Return one row of the table."""
    if not row.measured or row.method is None:
        what = f"{_share(row.trained):>8}  no program" if row.measured else f"{'':>8}  NOT MEASURED"
        return f"{row.task:<24}{what}: {row.reason}"
    memory = "all inputs" if row.order is None else f"order {row.order}"
    machine = memory if row.machine == INTEGERS else f"{row.states} states"
    size = "-" if row.is_table else row.nodes  # of a table the formula says the entries
    reach = "all" if row.proved else f"to {row.holds_to}"
    return (
        f"{row.task:<24}{_share(row.trained):>8}  {row.route or '':<45}{row.method:<9}{machine:<12}{size:>5}  "
        f"{_exact(row.program_vs_data.short):<6}{_exact(row.program_vs_data.long):<6}{reach:>9}"
        f"{row.total_seconds:>9.1f}  {row.paper.result.value:<14} {row.formula}"
    )


def _exact(count: Count | None) -> str:
    return "-" if count is None else "yes" if count.holds else "no"


def _share(count: Count | None) -> str:
    if count is None:
        return "-"
    # Never rounded up: 100 % is said of all sequences only.
    return "100 %" if holds(count) else f"{int(10_000 * count.agree / count.sequences) / 100:.2f} %"


def _fitted(text: str) -> str:
    """Cut a line at the edge of a terminal; elsewhere it stays whole."""
    if not sys.stdout.isatty():
        return text
    width = shutil.get_terminal_size((160, 50)).columns
    return text if len(text) <= width else text[: width - 1] + "…"


def describe(result: TaskBenchmark) -> str:
    """Return the totals as a person reads them below the table."""
    found = result.totals
    kept = sum(row.kept for row in result.rows)
    earlier = f"; {kept} rows were kept from an earlier run" if kept else ""
    lines = [
        "",
        f"networks right on all {result.settings.sequences:,} fresh sequences  {_of(found.trained, found)}",
        f"programs right on held-out data at 1x         {_of(found.exact_short, found)}",
        f"programs right on held-out data at 5x         {_of(found.exact_long, found)}",
        f"  right at both, as formulas                  {_of(found.formulas, found)}",
        f"  right at both, as tables                    {_of(found.tables, found)}",
        f"programs equal to their network at 1x, at 5x  {found.faithful_short}, {found.faithful_long}",
        f"tasks that ship a network with a certificate  {found.certified}, {found.certified_always} for all lengths",
        f"  of the network as trained, unchanged        {found.certified_as_trained}",
        f"programs read from an imperfect network       {found.imperfect}",
        f"the paper's own method on the same tasks      {found.paper_solved} solved, {found.paper_likely} likely",
        f"seconds in all                                {result.seconds:.1f}{earlier}",
        f"seconds of the slowest task                   {found.longest:.1f}",
    ]
    if found.measured < found.tasks:
        lines.append(f"not measured                                  {found.tasks - found.measured}")
    lines.append(f"measured on                                   {result.conditions.text}")
    return "\n".join(lines)


def describe_seeds(results: Sequence[TaskBenchmark]) -> str:
    """Return what several seeds gave together: a line each, the sums, and what failed."""
    lines = [f"{'seed':<8}{'networks':>12}{'right 1x':>12}{'right 5x':>12}{'end to end':>12}{'seconds':>10}"]
    for result in results:
        found = result.totals
        counts = (found.trained, found.exact_short, found.exact_long, result.end_to_end)
        cells = "".join(f"{f'{n} of {found.tasks}':>12}" for n in counts)
        lines.append(f"{result.settings.seed:<8}{cells}{result.seconds:>10.1f}")
    tasks = sum(result.totals.tasks for result in results)
    lines.append(f"end to end in all: {sum(result.end_to_end for result in results)} of {tasks}")
    for result in results:
        lines += [f"seed {result.settings.seed}, {row.task}: {_missing(row)}" for row in result.rows if not row.solved]
    return "\n".join(lines)


def _missing(row: BenchmarkRow) -> str:
    """Say what keeps a row from being solved end to end."""
    if not row.measured or row.method is None:
        return f"no program. {row.reason}"
    failed = [] if holds(row.trained) else [f"network right on {_share(row.trained)} of fresh sequences"]
    failed += [] if holds(row.program_vs_data.short) else ["program not right at 1x"]
    failed += [] if holds(row.program_vs_data.long) else ["program not right at 5x"]
    return ", ".join(failed) + "."


def _of(number: int, found: Totals) -> str:
    return f"{number} of {found.tasks}"
