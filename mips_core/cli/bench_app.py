"""``mips bench app``: how quick the explorer is on this machine."""

from __future__ import annotations

import argparse
from typing import Any

from mips_core.benchmarks.app import BARS, SECONDS, TRAININGS, VIEWERS, AppBenchmark, run_app_benchmark
from mips_core.cli.common import output_file, positive, print_json, seconds
from mips_core.files import json_bytes, write_bytes
from mips_core.views.sequences import count_text

MISSED = 3


def add_parser(benchmarks: Any) -> None:
    """Add the command to ``mips bench``."""
    parser = benchmarks.add_parser("app")
    parser.add_argument("--viewers", type=positive, default=VIEWERS, help=f"people at once (default: {VIEWERS})")
    parser.add_argument(
        "--seconds", type=seconds, default=SECONDS, help=f"that they step for, twice (default: {SECONDS:g})"
    )
    parser.add_argument(
        "--trainings", type=positive, default=TRAININGS, help=f"beside them the second time (default: {TRAININGS})"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", metavar="FILE", help="write the JSON object here too")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure, print, and store when asked to."""
    out = output_file(options.out)
    found = run_app_benchmark(viewers=options.viewers, seconds=options.seconds, trainings=options.trainings)
    if out is not None:
        write_bytes(out, json_bytes(found.to_dict()))
    if options.json:
        print_json(found.to_dict())
    else:
        print(describe(found))
    return 0 if all(figure is None or figure <= BARS[name] for name, figure in found.figures.items()) else MISSED


def describe(found: AppBenchmark) -> str:
    """Return the figures as a person reads them, in seconds."""
    lines = [f"{'':<34}{'median':>9}{'p95':>9}{'longest':>9}{'count':>7}"]
    for title, group in (("page, server time", "pages"), ("change of sequence, server time", "change of sequence")):
        lines.append(title)
        lines += [_row(f"  {name}", numbers) for name, numbers in found.measured[group].items()]
    lines.append(f"{found.viewers} viewers, a step a second each; no page and no step failed")
    lines.append(_row("  alone", found.measured["viewers"]))
    beside = count_text(found.trainings, "training")
    lines.append(_row(f"  beside {beside}", found.measured["viewers and a training"]))
    memory = found.measured["memory"]
    if "not measured" in memory:
        lines.append(f"memory of the server: not measured, {memory['not measured']}")
    else:
        said = ", ".join(f"{when} {megabytes:,.0f} MB" for when, megabytes in memory.items())
        lines.append(f"memory of the server: {said}")
    browser = found.measured["browser"]
    if "not measured" in browser:
        lines.append(f"in the browser: not measured, {browser['not measured']}")
    else:
        lines.append(
            f"in Chromium {browser['chromium']}: first useful paint {browser['first paint, first visit']:.2f} s at the "
            f"first visit, {browser['first paint, median']:.2f} s median"
        )
        for name, group in (("page changes", "page change"), ("first page changes", "first page change")):
            changes = ", ".join(f"{title} {value:.2f} s" for title, value in browser[group].items())
            lines.append(f"  {name}: {changes}")
    for name, figure in found.figures.items():
        word = "not measured" if figure is None else "holds" if figure <= BARS[name] else "MISSED"
        lines.append(f"{name:<34}{'-' if figure is None else f'{figure:.3f}':>9} s, at most {BARS[name]:g} s: {word}")
    lines.append(f"measured on {found.conditions.text}")
    return "\n".join(lines)


def _row(name: str, numbers: dict[str, float]) -> str:
    return (
        f"{name:<34}{numbers['median']:>9.3f}{numbers['p95']:>9.3f}{numbers['longest']:>9.3f}{numbers['count']:>7.0f}"
    )
