"""``mips bench mutants``: single edits of programs, machines, networks and certificates, and which are caught."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mips_core.benchmarks.conditions import current_conditions
from mips_core.benchmarks.mutants import BAR, COUNT, SECONDS, MutantBenchmark, make_mutants
from mips_core.benchmarks.mutants_made import KINDS, Mutant
from mips_core.cli.common import (
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
from mips_core.progress import Monitor
from mips_core.resources import asset

MISSED = 3
_LONGEST = 90


def add_parser(benchmarks: Any) -> None:
    """Add the command to ``mips bench``."""
    parser = benchmarks.add_parser(
        "mutants",
        description="Change one token of a program, one entry of a machine, one weight of a network or one number of "
        "a certificate (which is sealed again), in all runs by turns. Each mutant is caught by a shortest word on "
        "which it differs or by a checker's reason, or is proved to do the same; then it is listed and not counted. "
        f"Code 3 says that less than {BAR:.0%} were caught.",
    )
    parser.add_argument("--count", type=positive, default=COUNT, help=f"mutants to count (default: {COUNT})")
    parser.add_argument("--kinds", default=",".join(KINDS), metavar="KIND,...", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--only", metavar="RUN,...", help="these runs only")
    parser.add_argument("--runs", metavar="DIR", help="a folder of runs, instead of those that ship")
    parser.add_argument("--seed", type=whole, default=0, help="of the edits (default: 0)")
    parser.add_argument(
        "--seconds", type=seconds, default=SECONDS,
        help=f"for each hunt and each new certificate (default: {SECONDS:g})",
    )  # fmt: skip
    parser.add_argument("--workers", type=positive, default=1, help="processes that work side by side (default: 1)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", metavar="FILE", help="write the JSON object here too")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make mutants, print each, store when asked to."""
    kinds = tuple(kind.strip() for kind in options.kinds.split(","))
    require(bool(kinds) and set(kinds) <= set(KINDS), f"--kinds takes {', '.join(KINDS)}; found {options.kinds!r}.")
    out = output_file(options.out)
    made: list[Mutant] = []
    try:
        for mutant in make_mutants(
            _folders(options), kinds=kinds, count=options.count, seed=options.seed, seconds=options.seconds,
            workers=options.workers, monitor=Monitor(terminal_progress()),
        ):  # fmt: skip
            end_progress()
            made.append(mutant)
            if not options.json:
                print(line(mutant), flush=True)
    finally:
        end_progress()
    conditions = current_conditions(options.workers)
    found = MutantBenchmark(tuple(made), options.count, options.seed, options.seconds, conditions)
    if out is not None:
        write_bytes(out, json_bytes(found.to_dict()))
    if options.json:
        print_json(found.to_dict())
    else:
        print(describe(found))
    return 0 if found.share is not None and found.share >= BAR else MISSED


def _folders(options: argparse.Namespace) -> list[Path] | None:
    root = asset("runs") if options.runs is None else Path(options.runs)
    known = sorted(path.parent for path in root.glob("*/report.json"))
    require(bool(known), f"There is no run in {root}.")
    if options.only is None:
        return known
    wanted = [name.strip() for name in options.only.split(",")]
    missing = sorted(set(wanted) - {folder.name for folder in known})
    require(not missing, f"There is no run {', '.join(missing)} in {root}.")
    return [folder for folder in known if folder.name in wanted]


def line(mutant: Mutant) -> str:
    """Return one mutant as a line of a table."""
    what = f"{mutant.place}: {mutant.before} -> {mutant.after}"
    why = mutant.proof or (f"word of length {len(mutant.word)}" if mutant.word is not None else mutant.refusal)
    return f"{mutant.kind:<12}{mutant.run:<24}{mutant.verdict:<11}{what[:44]:<45} {why[:_LONGEST]}"


def describe(found: MutantBenchmark) -> str:
    """Return the counts as a person reads them."""
    columns = list(found.row())
    lines = [f"{'':<12}" + "".join(f"{name:>20}" for name in columns)]
    for title, row in [*((kind, found.row(kind)) for kind in KINDS), ("all", found.row())]:
        lines.append(f"{title:<12}" + "".join(f"{row[name]:>20}" for name in columns))
    share = "nothing was counted" if found.share is None else f"{found.share:.1%} caught, at least {BAR:.0%} wanted"
    runs = len({m.run for m in found.mutants})
    lines.append(f"{len(found.counted)} mutants of {runs} runs counted: {share}")
    lines += [f"missed: {line(mutant)}" for mutant in found.of(verdict="missed")]
    lines.append(f"measured on {found.conditions.text}")
    return "\n".join(lines)
