"""``mips bench speed``: ours beside what a user would take instead, in one run on the same inputs."""

from __future__ import annotations

import argparse
from typing import Any

from mips_core.benchmarks.speed import Comparison, Growth, Measured, SpeedBenchmark, read_speed_benchmark
from mips_core.benchmarks.speed.joining import check_overwritten, joined, parts_of
from mips_core.benchmarks.speed.promises import answers
from mips_core.benchmarks.speed.running import PARTS, finished, measured
from mips_core.benchmarks.speed.sections import SECTIONS
from mips_core.benchmarks.speed.words import compared_text, growth_text, ratio_text, slope_text
from mips_core.cli.common import chosen_parts, end_progress, output_file, print_json, terminal_progress, whole
from mips_core.files import json_bytes, write_bytes
from mips_core.progress import Monitor, Stopwatch
from mips_core.views.speed_rows import facts_text
from mips_core.views.speed_table import skipped_texts
from mips_core.wording import time_text

_CASE = 58
_NAME = 34


def add_parser(benchmarks: Any) -> None:
    """Add the command to ``mips bench``."""
    parser = benchmarks.add_parser(
        "speed",
        description="Measure ours against what a user would take instead: every contestant in a process of its own, in "
        "turns, on the same inputs, every output judged. Then how the cost of each stage grows with the size of its "
        "input. Peers that are not installed are left out and said to be; pip install 'mips-explorer[peers]' has them.",
    )
    parser.add_argument("--only", metavar="PART,...", help=f"these parts only, of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="few small cases of each part: seconds, not an hour")
    parser.add_argument("--seed", type=whole, default=0, help="of everything that is drawn (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", metavar="FILE", help="write the JSON object here too, after every row")
    parser.add_argument(
        "--with", metavar="FILE", action="append", default=[], dest="others",
        help="take the parts that are not measured now from what --out of an earlier run wrote; may be given again",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure, print row by row, store as it goes."""
    parts = chosen_parts(options.only, PARTS)
    out = output_file(options.out)
    others = [read_speed_benchmark(path) for path in options.others]
    check_overwritten(out, parts, others)
    clock, rows = Stopwatch(), []
    titles = {section.key: section.title for section in SECTIONS}
    monitor = Monitor(terminal_progress())
    heading = ""
    for row in measured(parts, quick=options.quick, seed=options.seed, monitor=monitor):
        end_progress()
        rows.append(row)
        title = titles[row.section] if isinstance(row, Comparison) else "Growth: seconds ~ size^p"
        if not options.json:
            if title != heading:
                print(f"\n{title}")
            print(growth_line(row) if isinstance(row, Growth) else "\n".join(comparison_lines(row)), flush=True)
        heading = title
        if out is not None:  # an hour's work is not lost with the terminal
            found = joined(finished(rows, quick=options.quick, seed=options.seed, clock=clock), others)
            write_bytes(out, json_bytes(found.to_dict()))
    end_progress()
    result = joined(finished(rows, quick=options.quick, seed=options.seed, clock=clock), others)
    if options.json:
        print_json(result.to_dict())
    else:
        print("\n" + "\n".join(summary(result)))
    return 0


def comparison_lines(row: Comparison) -> list[str]:
    """Return a line for ours and one for every peer."""
    return [_line(row.case, row.ours, "")] + [_line("", peer, compared_text(row, peer)) for peer in row.peers]


def _line(case: str, who: Measured, ratio: str) -> str:
    if who.seconds is None:
        return f"{case:<{_CASE}}  {who.name:<{_NAME}}{'-':>11}  {who.reason}"
    seconds = f"{'> ' if who.capped else ''}{time_text(who.seconds)}"
    ending = "" if who.solved or who.capped else f"  not solved: {who.reason}"
    facts = facts_text(who.facts)
    return f"{case:<{_CASE}}  {who.name:<{_NAME}}{seconds:>11}  {ratio:<22}{facts}{ending}".rstrip()


def growth_line(row: Growth) -> str:
    """Return one line: from which size to which, and the slopes."""
    head = f"{f'{row.stage}, {row.fixed}':<{_CASE}}  "
    if not row.points:
        return f"{head}{row.unmeasured}"
    first, last = row.points[0], row.points[-1]
    memory = "" if last.megabytes is None else f", {last.megabytes:,.0f} MB"
    left = f"  {row.unmeasured}" if row.unmeasured else ""
    return (
        f"{head}{first.size:,} to {last.size:,} {row.axis}: {time_text(first.seconds)} to {time_text(last.seconds)}"
        f"{memory}, {slope_text(row.slope)}; {growth_text(row)}{left}"
    )


def summary(result: SpeedBenchmark) -> list[str]:
    """Return the table of ratios, what was promised and came out, and where it was measured."""
    lines = [
        f"{'part':<16}{'peer':<{_NAME}}{'cases':>6}{'both':>6}{'ours':>6}{'peer':>6}"
        f"  {'median':<16}{'geometric mean':<16}{'least':<16}{'with the ended':<16}"
    ]
    for row in result.against():
        lines.append(
            f"{row.section:<16}{row.peer:<{_NAME}}{row.cases:>6}{row.both:>6}{row.ours_solved:>6}{row.peer_solved:>6}"
            f"  {ratio_text(row.median):<16}{ratio_text(row.mean):<16}{ratio_text(row.least):<16}"
            f"{ratio_text(row.capped_mean):<16}".rstrip()
        )
    lines += [
        "Ratios over the cases that both solved (both); ours, peer: solved by each. With the ended: geometric mean "
        "over all cases, a run that was ended counting as the seconds it was given.",
        "",
        *(
            f"{one.verdict:<14}{one.section:<14}{one.words}: {one.figure}"
            for one in answers(result)
            if one.section in parts_of(result) or one.kept is not None
        ),
        "",
        *skipped_texts(result),
        f"{result.seconds:,.0f} s in all, {result.processor}, {result.conditions.text}",
        ", ".join(f"{name} {version}" for name, version in result.packages.items()),
    ]
    return lines
