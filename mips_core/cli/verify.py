"""``mips verify NETWORK PROGRAM``: compare a program that anybody may have written with a network."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from mips_core.cli.common import add_input_options, end_progress, print_json, read_options, terminal_progress, whole
from mips_core.distillation import verify
from mips_core.wording import on_one_line

EXIT_CODES = {"agrees": 0, "differs": 3, "refused": 2, "stopped": 2}


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "verify",
        description="Compare a program file with a network at the trained length, at five times that length and on all "
        "short sequences. Any difference ends with code 3, also where mips distill, which asks for the trained length "
        "only, ends with 0.",
    )
    parser.add_argument("network", metavar="NETWORK", help="a task name (its shipped network) or a network file")
    parser.add_argument("program", metavar="PROGRAM", help="a Python file with one public function f(xs)")
    add_input_options(parser)
    parser.add_argument("--seed", type=whole, default=0, help="seed of the held-out sequences (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Verify and print the verdict; refused or stopped programs end with code 2 and the reason on stderr."""
    try:
        verdict = verify(
            options.network,
            options.program,
            **read_options(options),
            seed=options.seed,
            progress=terminal_progress(),
        )
    finally:
        end_progress()
    code = EXIT_CODES[verdict.verdict]
    if options.json:
        print_json({"format": "mips-verdict", "version": 1, **verdict.to_dict()})
    if code == 2:
        print(f"mips: {verdict.verdict}: {on_one_line(str(verdict.reason))}", file=sys.stderr)
    elif not options.json:
        print(f"{verdict.verdict}: {verdict.claim}")
        if verdict.counterexample is not None:
            shown = verdict.counterexample.to_dict()
            print(f"  inputs   {shown['inputs']}\n  network  {shown['network']}\n  program  {shown['program']}")
    return code
