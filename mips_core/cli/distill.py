"""``mips distill SOURCE``: from a task, a network or a data file to a program."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mips_core.cli.common import (
    add_input_options,
    end_progress,
    output_folder,
    print_json,
    read_options,
    require,
    seconds,
    terminal_progress,
    whole,
)
from mips_core.distillation import distill
from mips_core.distillation.pipeline import DEFAULT_BUDGET
from mips_core.distillation.traces import BUDGET as TRACES_BUDGET
from mips_core.report import Report, save_report
from mips_core.resources import shipped_network
from mips_core.runs import RunStore
from mips_core.runs.information import checked_name
from mips_core.tasks import names
from mips_core.verification import SuspiciousOutput
from mips_core.wording import plural

NO_PROGRAM = 3
SHOWN = 5
"""Suspicious outputs that the terminal shows."""
ENTRIES_SHOWN = 10
"""Entries of a table that a terminal shows."""
SLOW_START = 0.5
"""Seconds before the first stage that are worth a word."""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("distill")
    parser.add_argument(
        "source",
        metavar="SOURCE",
        nargs="?",
        help="a task name, a network file (.safetensors, .npz, .pt) or a data file (.npz with x and y, .csv)",
    )
    add_input_options(parser)
    parser.add_argument("--fresh", action="store_true", help="train a new network for a task")
    parser.add_argument(
        "--label-free", action="store_true",
        help="labels are for training only: the program is chosen and accepted by its agreement with the network alone",
    )  # fmt: skip
    parser.add_argument(
        "--budget", type=seconds, metavar="SECONDS",
        help=f"bound on training and search together (default: {DEFAULT_BUDGET:g}; {TRACES_BUDGET:g} for recorded "
        "traces of words)",
    )  # fmt: skip
    parser.add_argument("--seed", type=whole, default=0, help="seed of training and held-out sequences (default: 0)")
    parser.add_argument("--out", metavar="DIR", help="write program, machine, network and report to this folder")
    parser.add_argument(
        "--save", metavar="NAME", nargs="?", const="",
        help="keep the run among your own, which the explorer and 'mips runs' show; by default under the name of its "
        "source",
    )  # fmt: skip
    parser.add_argument(
        "--snapshots", action="store_true",
        help="record the training of a new network: training.npz of the run shows how its hidden states came about",
    )  # fmt: skip
    parser.add_argument("--compact", action="store_true", help="with --out, leave the network and the drawing out")
    parser.add_argument(
        "--all", action="store_true", help="every task that a network ships for, one folder each in DIR"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Distill, store when asked to, print."""
    require(options.all != (options.source is not None), "Name one SOURCE, or give --all, but not both.")
    require(not (options.all and options.save), "With --all give --save no NAME: each run gets that of its task.")
    if options.save is not None:
        RunStore().make_ready()  # before the work, so that an error comes early
        if options.save:
            checked_name(options.save)
    with output_folder(options.out) as folder:
        if options.all:
            return _run_all(options, folder)
        report = _distill(options.source, options)
        if folder is not None:
            save_report(report, folder, compact=options.compact)
    _keep(report, options)
    if options.json:
        print_json(report.to_dict())
    else:
        print(describe(report))
    return 0 if report.succeeded else NO_PROGRAM


def _distill(source: str, options: argparse.Namespace) -> Report:
    recorder = None
    if options.snapshots:
        from mips_core.networks.recording import Recorder  # torch takes seconds to import

        recorder = Recorder()
    try:
        return distill(
            source,
            budget=options.budget,
            seed=options.seed,
            progress=terminal_progress(),
            fresh=options.fresh,
            label_free=options.label_free,
            recorder=recorder,
            **read_options(options),
        )
    finally:
        end_progress()


def _run_all(options: argparse.Namespace, folder: Path | None) -> int:
    reports = []
    for name in names():
        if not (options.fresh or shipped_network(name).is_file()):
            continue
        report = _distill(name, options)
        reports.append(report)
        if folder is not None:
            save_report(report, folder / name, compact=options.compact)
        _keep(report, options)
        if not options.json:
            print(_line(report), flush=True)
    if options.json:
        print_json({"format": "mips-reports", "version": 1, "reports": [report.to_dict() for report in reports]})
    return 0 if all(report.succeeded for report in reports) else NO_PROGRAM


def _keep(report: Report, options: argparse.Namespace) -> None:
    """Put a run among the user's own, when asked to, and say its id."""
    if options.save is not None:
        run = RunStore().save(report, options.save or None, seed=options.seed)
        print(f"mips: Saved {run.name!r} among your runs, with the id {run.id}.", file=sys.stderr)


def _line(report: Report) -> str:
    """Return one report as a line of a table."""
    facts = report.to_dict()
    counts = facts["verification"]["program_vs_data"]
    shares = "  ".join(f"{key} {c['agree']:>5,} of {c['sequences']:>5,}" for key, c in counts.items() if c is not None)
    kind = "no program" if report.program is None else f"{report.program.method:<9}{report.program.size_text:>9}"
    return f"{report.source:<26}{kind:<20}{shares}  {facts['seconds']['total']:>5.1f} s"


def describe(report: Report) -> str:
    """Return the report as a person reads it in a terminal."""
    facts = report.to_dict()
    network, machine = facts["network"], facts["machine"]
    units = plural(network["hidden_size"], "hidden unit")
    lines = [f"network  {network['cell']}, {units}, {plural(network['parameters'], 'parameter')}"]
    if machine is None:
        lines.append("machine  none found")
    elif machine["kind"] == "mealy":
        lines.append(f"machine  {plural(machine['states'], 'state')}, {plural(machine['symbols'], 'input symbol')}")
    elif machine["order"] is None:
        lines.append("machine  integer system that remembers all inputs")
    else:
        lines.append(f"machine  integer system of order {machine['order']}")
    if report.program is None:
        lines += ["program  none found", *(f"  {stage.stage}: {stage.reason}" for stage in report.stages)]
    else:
        lines.append(f"program  {report.program.method}, {report.program.size_text}")
        lines += _route(report)
    lines.append(f"claim    {facts['verification']['claim']}")
    lines += [f"  {fact.name:<18} {fact.words}" for fact in report.facts]
    counterexample = facts["verification"]["counterexample"]
    if counterexample is not None:
        lines += [f"  {key:<8} {counterexample[key]}" for key in ("inputs", "network", "program")]
    if report.imperfect_network:
        lines.append(f"note     {report.imperfect_note}")
    lines += [f"warning  {warning}" for warning in report.warnings]
    if report.suspicious:
        lines += _suspicious(report.suspicious)
    lines.append("time     " + ", ".join(f"{name} {value:.1f} s" for name, value in facts["seconds"].items()))
    rest = facts["seconds"]["total"] - sum(value for name, value in facts["seconds"].items() if name != "total")
    if rest >= SLOW_START:
        lines.append(f"         ({rest:.1f} s of the total went into reading the source and loading PyTorch)")
    if report.program is not None:
        source = report.program.source.rstrip()
        lines += ["", abbreviated(source) if sys.stdout.isatty() else source]
    return "\n".join(lines)


def _route(report: Report) -> list[str]:
    """Say which route gave the program, and what the ones before it said."""
    lines: list[str] = []
    for stage in report.stages:
        if stage.stage == report.route:
            return [f"route    {stage.stage}: {stage.reason}", *lines]
        lines.append(f"  before: {stage.stage}: {stage.reason}")
    return []


def abbreviated(source: str) -> str:
    """Leave out entries of long tables, which nobody reads in a terminal.

    >>> table = ["NEXT = {", *(f"    {i}: 0," for i in range(100)), "}"]
    >>> abbreviated("\\n".join(table)).splitlines()[ENTRIES_SHOWN - 1 :]
    ['    8: 0,', '    9: 0,', '    ...  # 90 lines more: --json and --out have all', '}']
    """
    shown: list[str] = []
    entries: list[str] | None = None
    for line in source.splitlines():
        if entries is None:
            entries = [] if line.endswith(" = {") else None
        elif line.startswith(" "):
            entries.append(line)
            continue
        else:
            hidden = len(entries) - ENTRIES_SHOWN
            shown += entries[:ENTRIES_SHOWN] if hidden > 0 else entries
            shown += [f"    ...  # {plural(hidden, 'line')} more: --json and --out have all"] * (hidden > 0)
            entries = None
        shown.append(line)
    return "\n".join(shown)


def _suspicious(found: Sequence[SuspiciousOutput]) -> list[str]:
    """Return the lines that name the first suspicious outputs."""
    rows = len({each.row for each in found})
    lines = [f"rows     {len(found):,} suspicious output{'s' * (len(found) != 1)} in {rows:,} row{'s' * (rows != 1)}:"]
    lines += [f"  row {e.row}, step {e.step}: recorded {e.given}, the program gives {e.program}" for e in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f"  and {len(found) - SHOWN:,} more; all are in the report (--json, or report.json with --out)")
    return lines
