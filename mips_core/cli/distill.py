"""``mips distill SOURCE``: from a task, a network or a data file to a program."""

from __future__ import annotations

import argparse
from typing import Any

from mips_core.cli.common import (
    add_input_options,
    end_progress,
    print_json,
    read_options,
    seconds,
    terminal_progress,
    whole,
)
from mips_core.distillation import distill
from mips_core.distillation.pipeline import DEFAULT_BUDGET
from mips_core.files import make_folder
from mips_core.report import Report, save_report

NO_PROGRAM = 3


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("distill", help="turn a network, or data, into a program")
    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="a task name, a network file (.safetensors, .npz, .pt) or a data file (.npz with x and y, .csv)",
    )
    add_input_options(parser)
    parser.add_argument(
        "--fresh", action="store_true", help="train a new network for a task"
    )
    parser.add_argument(
        "--budget", type=seconds, default=DEFAULT_BUDGET, metavar="SECONDS",
        help=f"bound on training and search together (default: {DEFAULT_BUDGET:g})",
    )  # fmt: skip
    parser.add_argument("--seed", type=whole, default=0, help="seed of training and held-out sequences (default: 0)")
    parser.add_argument("--out", metavar="DIR", help="write program, machine, network and report to this folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Distill, store when asked to, print."""
    if options.out is not None:
        make_folder(options.out)  # an unwritable folder is an error before the work, not after it
    report = distill(
        options.source,
        budget=options.budget,
        seed=options.seed,
        progress=terminal_progress(),
        **read_options(options),
        fresh=options.fresh,
    )
    end_progress()
    if options.out is not None:
        save_report(report, options.out)
    if options.json:
        print_json(report.to_dict())
    else:
        print(describe(report))
    return 0 if report.succeeded else NO_PROGRAM


def describe(report: Report) -> str:
    """Return the report as a person reads it in a terminal."""
    facts = report.to_dict()
    network, machine = facts["network"], facts["machine"]
    lines = [f"network  {network['cell']}, {network['hidden_size']} hidden units, {network['parameters']} parameters"]
    if machine is None:
        lines.append("machine  none found")
    elif machine["kind"] == "mealy":
        lines.append(f"machine  {machine['states']} states, {machine['symbols']} input symbols")
    else:
        lines.append(f"machine  integer system of order {machine['order']}")
    if report.program is None:
        lines += ["program  none found", *(f"  {stage.stage}: {stage.reason}" for stage in report.stages)]
    else:
        lines.append(f"program  {report.program.method}, {report.program.nodes} nodes")
    lines.append(f"claim    {facts['verification']['claim']}")
    counterexample = facts["verification"]["counterexample"]
    if counterexample is not None:
        lines += [f"  {key:<8} {counterexample[key]}" for key in ("inputs", "network", "program")]
    if report.imperfect_network:
        lines.append("note     imperfect network: the program is right on all held-out data, the network is not")
    lines.append("time     " + ", ".join(f"{name} {value:.1f} s" for name, value in facts["seconds"].items()))
    if report.program is not None:
        lines += ["", report.program.source.rstrip()]
    return "\n".join(lines)
