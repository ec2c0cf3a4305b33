"""``mips bench essence``: Deep Distilling on all tasks, on random networks, and on changed programs."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

from mips_core.benchmarks.conditions import current_conditions
from mips_core.benchmarks.essence import (
    BAR,
    LOSSLESS,
    MISMATCH,
    MUTANTS,
    NETWORKS,
    REFUSED,
    EssenceBenchmark,
    NetworkRow,
    TaskRow,
    run_mutants,
    run_networks,
    run_tasks,
    subject_of,
)
from mips_core.benchmarks.essence_mutants import EQUAL, MISSED, Mutant, Subject
from mips_core.cli.common import end_progress, output_file, print_json, require, terminal_progress, whole
from mips_core.essence.tasks import get, names
from mips_core.files import json_bytes, write_bytes
from mips_core.progress import Monitor

FAILED = 3
_CASES = 3000
_HEADINGS = (
    f"{'task':<16}{'neurons':>8}{'numbers':>10}{'lines':>6}  {'certificate':<24}{'checked':>8}{'wrong':>6}"
    f"{'train':>8}{'condense':>9}{'verify':>8}  larger sizes"
)


def add_parser(benchmarks: Any) -> None:
    """Add the command to ``mips bench``."""
    parser = benchmarks.add_parser(
        "essence",
        description="Distil all essence tasks and judge them at larger sizes; condense, write and certify random "
        "networks; change programs at one place and see whether the certificate notices. Code 3: a task without a "
        f"lossless program, a mismatch on a random network, or less than {BAR:.0%} of the changes noticed.",
    )
    parser.add_argument("--only", metavar="NAME,...", help="these tasks only")
    parser.add_argument(
        "--networks", type=whole, default=NETWORKS, metavar="N", help=f"random networks (default: {NETWORKS})"
    )
    parser.add_argument(
        "--mutants", type=whole, default=MUTANTS, metavar="N", help=f"changed programs to count (default: {MUTANTS})"
    )
    parser.add_argument("--seed", type=whole, default=0, help="of networks, changes and inputs (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", metavar="FILE", help="write the JSON object here too")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure, print row by row, store when asked to."""
    chosen = names() if options.only is None else tuple(get(name.strip()).name for name in options.only.split(","))
    require(bool(chosen), "--only names no task; write names with commas between.")
    out = output_file(options.out)
    monitor = Monitor(terminal_progress())
    rows: list[TaskRow] = []
    subjects: list[Subject] = []
    networks: list[NetworkRow] = []
    mutants: list[Mutant] = []
    try:
        _say(options, _HEADINGS)
        for row, result in run_tasks(chosen, seed=options.seed, monitor=monitor):
            rows.append(row)
            _say(options, line(row))
            if result is not None and options.mutants:
                subjects.append(subject_of(row.task, result, cases=_CASES, seed=options.seed))
        for network in run_networks(options.networks, seed=options.seed, monitor=monitor):
            networks.append(network)
            if network.outcome == MISMATCH:
                _say(options, f"network {network.seed} ({network.name}): {network.words}")
        for mutant in run_mutants(subjects, options.mutants, seed=options.seed, monitor=monitor):
            mutants.append(mutant)
            if mutant.verdict in (MISSED, EQUAL):
                change = f"line {mutant.line}: {mutant.before} -> {mutant.after}"
                _say(options, f"{mutant.verdict}: {mutant.task}, {change}; {mutant.words}")
    finally:
        end_progress()
    found = EssenceBenchmark(tuple(rows), tuple(networks), tuple(mutants), options.seed, current_conditions(1))
    if out is not None:
        write_bytes(out, json_bytes(found.to_dict()))
    if options.json:
        print_json(found.to_dict())
    else:
        print(describe(found))
    return 0 if found.passed else FAILED


def _say(options: argparse.Namespace, text: str) -> None:
    if not options.json:
        end_progress()
        print(text, flush=True)


def line(row: TaskRow) -> str:
    """Return one row of the table."""
    if row.lines is None:
        return f"{row.task:<16}no program. {row.reason}"
    share = f"{row.correct:,} of {row.cases:,}" if row.cases else "-"
    return (
        f"{row.task:<16}{row.neurons:>8,}{row.numbers:>10,}{row.lines:>6}  {row.kind:<24}{row.checked:>8,}"
        f"{row.mismatches:>6,}{row.train:>8.2f}{row.condense:>9.2f}{row.verify:>8.2f}  {share}"
    )


def describe(found: EssenceBenchmark) -> str:
    """Return the totals as a person reads them below the table."""
    rules = [row for row in found.rows if row.task.removeprefix("eca-").isdigit()]
    lossless = sum(row.lines is not None and not row.mismatches for row in found.rows)
    lines = ["", f"tasks with a lossless program        {lossless} of {len(found.rows)}"]
    if rules:
        seconds = sum(row.seconds for row in rules)
        exact = sum(row.lines is not None and not row.mismatches and row.correct == row.cases for row in rules)
        lines.append(f"elementary rules exact               {exact} of {len(rules)}, {seconds:.1f} s in all")
    if found.networks:
        outcomes = Counter(row.outcome for row in found.networks)
        counts = ", ".join(f"{outcomes[each]} {each}" for each in (LOSSLESS, REFUSED, MISMATCH))
        lines.append(f"random networks                      {len(found.networks)}: {counts}")
    if found.mutants:
        equal = sum(mutant.verdict == EQUAL for mutant in found.mutants)
        caught = "none counted" if found.caught is None else f"{found.caught:.1%} caught, at least {BAR:.0%} wanted"
        note = f"{equal} more do what the program does" if equal else "all differ"
        lines.append(f"changed programs                     {len(found.mutants) - equal}: {caught}; {note}")
    lines.append(f"measured on                          {found.conditions.text}")
    return "\n".join(lines)
