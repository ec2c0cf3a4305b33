"""``mips compare RUN``: who agrees with whom, accuracy against length, and failures grouped by cause."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mips_core.cli.common import add_input_options, end_progress, print_json, read_options, terminal_progress, whole
from mips_core.distillation import distill
from mips_core.progress import Monitor
from mips_core.resources import asset
from mips_core.runs import find_run, is_own_id
from mips_core.runs.comparing import compared_run, comparison_dict
from mips_core.tasks import is_dataset_file, read_dataset
from mips_core.tasks.vocabulary import Words
from mips_core.verification.causes import Judge
from mips_core.verification.compared import Compared, compared_of
from mips_core.verification.failures import HARDER, USUAL, Failure, Search, find_failures, tried_sentence
from mips_core.verification.lengths import Lengths, accuracy_by_length
from mips_core.verification.matrix import Agreeing, agreement_matrix
from mips_core.verification.shrink import shrink
from mips_core.views.sequences import sequence_text
from mips_core.wording import plural

DIFFERS = 3
MOST_SHOWN = 160
"""Characters of a sequence that a terminal shows."""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "compare",
        description="Compare data, network, machine and program of a finished run with one another: who agrees with "
        "whom, accuracy up to 100 times the trained length, and failures grouped by cause. A difference ends with "
        "code 3.",
    )
    parser.add_argument(
        "source", metavar="RUN_OR_SOURCE",
        help="a finished run (its name or its folder), or what mips distill takes, which is distilled first",
    )  # fmt: skip
    add_input_options(parser)
    parser.add_argument("--harder", action="store_true", help="look at more, longer and all longer short sequences")
    parser.add_argument("--shrink", action="store_true", help="make the shortest example of each cause smaller")
    parser.add_argument("--seed", type=whole, default=0, help="seed of the random sequences (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare and print; 0 without a difference, 3 with one."""
    monitor = Monitor(terminal_progress())
    try:
        compared = _compared(options)
        cells = agreement_matrix(compared, seed=options.seed, monitor=monitor)
        lengths = accuracy_by_length(compared, seed=options.seed, monitor=monitor)
        effort = HARDER if options.harder else USUAL
        search = find_failures(compared, effort=effort, seed=options.seed, monitor=monitor)
        smaller: dict[str, Failure] = {}
        if options.shrink:
            judge = Judge(compared, options.seed)
            for cause, failures in search.groups().items():
                free = [f for f in failures if f.may_shrink]
                if free:
                    smaller[str(cause)] = shrink(judge, free[0], monitor)
    finally:
        end_progress()
    words = compared.network.card.input_words
    if options.json:
        print_json(comparison_dict(options.source, cells, lengths, search, smaller, words))
    else:
        print(describe(cells, lengths, search, smaller, words))
    return DIFFERS if search.parted or not all(cell.holds for cell in cells) else 0


def _compared(options: argparse.Namespace) -> Compared:
    """Open a finished run, or distil what is no run yet."""
    source = options.source
    folders = (Path(source), asset("runs") / source) if source else (Path(),)
    if is_own_id(source) or any((folder / "report.json").is_file() for folder in folders):
        return compared_run(find_run(source))
    report = distill(source, seed=options.seed, progress=terminal_progress(), **read_options(options))
    rows = read_dataset(source) if Path(source).is_file() and is_dataset_file(Path(source)) else None
    return compared_of(report.to_dict(), report.network, report.machine, report.program, rows)


def describe(
    cells: tuple[Agreeing, ...], lengths: Lengths, search: Search, smaller: Mapping[str, Failure], words: Words = ()
) -> str:
    """Return the comparison as a person reads it in a terminal."""
    lines = ["who agrees with whom"]
    for cell in cells:
        sign, where = ("=" if cell.holds else "≠"), f"{cell.times}x" if cell.times else "rows"
        lines.append(
            f"  {cell.left + ' ' + sign + ' ' + cell.right:<20} {where:<5} {cell.agree:>6,} of {cell.sequences:,} "
            f"sequences, {cell.equal:,} of {cell.outputs:,} outputs"
        )
    if lengths.points:
        lines.append(f"right sequences against length, judged by the {lengths.points[0].against}")
        for point in lengths.points:
            lost = f", {point.overflowed:,} outgrew every integer" if point.overflowed else ""
            lines.append(
                f"  {point.name:<8} {point.times:>4}x {point.steps:>7,} steps {point.right:>6,} of {point.sequences:,}"
                f"{lost}"
            )
    if lengths.stopped:
        lines.append(f"  {lengths.stopped}")
    lines.append(f"failures: {tried_sentence(search)}")
    lines += [f"  {note}" for note in search.notes]
    for cause, failures in search.groups().items():
        first = failures[0]
        lines.append(f"  {cause}: {plural(len(failures), 'sequence')}; the shortest has {plural(first.length, 'step')}")
        lines.append(f"    {first.finding.left} ≠ {first.finding.right} on {_cut(sequence_text(first.x, words))}")
        lines.append(f"    {first.finding.why}")
        if str(cause) in smaller:
            small = smaller[str(cause)]
            lines.append(f"    shrunk to {plural(small.length, 'step')}: {_cut(sequence_text(small.x, words))}")
    return "\n".join(lines)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 20]} ... (--json has all)"
