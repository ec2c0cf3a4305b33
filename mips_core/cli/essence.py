"""``mips essence TASK|DATA.npz``: teach an essence network, and write it as code that does the same at every size."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mips_core.cli.common import (
    end_progress,
    output_file,
    output_folder,
    positive,
    print_json,
    require,
    terminal_progress,
    whole,
)
from mips_core.errors import NoRegularStructureError
from mips_core.essence.data import READINGS, EssenceData
from mips_core.files import json_bytes, write_files
from mips_core.progress import Monitor
from mips_core.wording import on_one_line, shape_text

NO_STRUCTURE = 3
_TRIED_SHOWN = 8


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "essence",
        description="Train an essence neural network without gradients, condense its neurons into groups with loops, "
        "write them as Python for inputs of any size, and compare layer by layer. Code 3: no regular structure, or a "
        "mismatch; then there is no program, and what was tried is said.",
    )
    parser.add_argument(
        "source",
        metavar="TASK|DATA.npz",
        help="eca-0 to eca-255, eca-joint, life, argmax, orientation, max-sat or another task; or a file with x (N, n) "
        "or (N, h, w) and y (N,) or (N, k), and x_2, y_2, ... at other sizes",
    )
    parser.add_argument(
        "--network",
        metavar="FILE",
        help="distil the networks of this file (the network.safetensors of --out) instead of training: one for each "
        "size of the data, whose labels do not count then",
    )
    parser.add_argument("--reading", choices=READINGS, help="what the function takes (default: what fits the data)")
    parser.add_argument(
        "--sizes", metavar="SIZE,...", help="judge a task's program at these sizes: 60,600 or 5x50,10x100"
    )
    parser.add_argument("--cases", type=positive, metavar="N", help="inputs judged at each size (default: by the task)")
    parser.add_argument("--full", action="store_true", help="judge at all sizes that claims rest on; takes minutes")
    parser.add_argument("--seed", type=whole, default=0, help="of the inputs that are compared and judged (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", metavar="FOLDER", help="write program.py, network.safetensors and report.json there")
    parser.add_argument("--data", metavar="FILE.npz", help="write the samples there, and do nothing else")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Distil and print; 0 with a lossless program, 3 without one."""
    from mips_core.essence.tasks import get, names, read_data, write_data

    given = options.source
    is_file = given.lower().endswith(".npz") or (given not in names() and Path(given).is_file())
    task = None if is_file else get(given)
    require(task is not None or options.sizes is None, "--sizes needs a task: a file does not say what is right there.")
    data = read_data(given) if task is None else task.data()
    name = data.name if task is None else task.name
    if options.data is not None:
        target = output_file(options.data)
        assert target is not None
        require(target.suffix == ".npz", f"--data needs the name of an .npz file, and {options.data} is none.")
        write_data(data, target)
        if options.json:
            print_json({"data": str(target)})
        else:
            print(f"Wrote {target}.")
        return 0
    sizes = _sizes(options.sizes)
    if task is not None and sizes is not None:
        for size in sizes:
            task.judge.checked(size)  # before the work, so that an error comes early
    try:
        with output_folder(options.out) as folder:
            report, files = _distilled(data, name, task, sizes, options)
            if folder is not None:
                write_files(folder, {**files, "report.json": json_bytes(report)})
    except NoRegularStructureError as error:
        from mips_core.essence.reporting import refusal_report

        if options.json:
            print_json(refusal_report(name, error))
        print(f"mips: {on_one_line(str(error))}", file=sys.stderr)
        for attempt in error.tried[:_TRIED_SHOWN] if not options.json else ():
            print(f"  tried: {on_one_line(attempt)}", file=sys.stderr)
        return NO_STRUCTURE
    if options.json:
        print_json(report)
    else:
        print(describe(report))
    return 0


def _distilled(
    data: EssenceData,
    name: str,
    task: Any,
    sizes: Sequence[int | tuple[int, ...]] | None,
    options: argparse.Namespace,
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the report and the files of a program."""
    from mips_core.essence.network_file import network_bytes, read_networks
    from mips_core.essence.pipeline import distill_essence, distill_networks
    from mips_core.essence.reporting import essence_report, taught_scaling
    from mips_core.essence.tasks import scaling

    monitor = Monitor(terminal_progress())
    try:
        if options.network is None:
            result = distill_essence(data, reading=options.reading, seed=options.seed, monitor=monitor)
        else:
            networks = read_networks(options.network)
            result = distill_networks(networks, data, reading=options.reading, seed=options.seed, monitor=monitor)
        if task is None or task.takes != result.reading:
            judged = taught_scaling(data, result)
        else:
            monitor.report("scaling", "Judging the program at other sizes.")
            judged = scaling(
                task, result.program.function, sizes=sizes, cases=options.cases, seed=options.seed, full=options.full
            )
    finally:
        end_progress()
    report = essence_report(name, result, judged)
    files = {
        "program.py": result.program.source.encode("utf-8"),
        "network.safetensors": network_bytes(result.networks),
    }
    return report, files


def _sizes(text: str | None) -> list[int | tuple[int, ...]] | None:
    """Read ``--sizes``.

    >>> _sizes("60,5x50")
    [60, (5, 50)]
    """
    if text is None:
        return None
    found: list[int | tuple[int, ...]] = []
    for part in text.split(","):
        numbers = part.strip().split("x")
        require(
            all(number.isascii() and number.isdigit() and len(number) < 10 for number in numbers),
            f"--sizes takes sizes like 60 or 5x50 with commas between, and {part.strip() or 'nothing'} is none.",
        )
        size = tuple(map(int, numbers))
        found.append(size[0] if len(size) == 1 else size)
    return found


def describe(report: Mapping[str, Any]) -> str:
    """Return the report as a person reads it in a terminal."""
    checked = report["losslessness"]
    how = "all" if checked["kind"] == "exhaustive" else "taught, random and hard"
    other = checked["other_sizes"]["checked"]
    beyond = f", and on {other:,} inputs of sizes that were never trained" if other else ""
    network, program, seconds = report["network"], report["program"], report["seconds"]
    lines = [
        f"Code against network: 0 mismatches in each layer and at the output on {checked['checked']:,} inputs ({how})"
        f"{beyond}.",
        f"  {network['neurons']:,} neurons with {network['numbers']:,} numbers -> {program['lines']} lines; train "
        f"{seconds['train']:.2f} s, condense {seconds['condense']:.2f} s, verify {seconds['verify']:.2f} s",
        *(f"  assumed: {note}" for note in program["assumed"]),
        "",
        program["source"].rstrip(),
        "",
    ]
    if report["scaling"]:
        lines.append(f"{'size':>14}  {'cases':>12}  {'right':>9}  {'seconds':>8}")
    lines += [line for row in report["scaling"] for line in _row(row)]
    return "\n".join(lines)


def _row(row: Mapping[str, Any]) -> list[str]:
    size = shape_text(row["size"]) if isinstance(row["size"], list) else str(row["size"])
    # Never rounded up: 100 % is said of all cases only.
    share = "100 %" if row["correct"] == row["cases"] else f"{int(10_000 * row['correct'] / row['cases']) / 100:.2f} %"
    undecided = f", {row['abstained']:,} undecided" if row.get("abstained") else ""
    lines = [f"{size:>14}  {row['cases']:>12,}  {share:>9}  {row['seconds']:>8.2f}  {row.get('kind', '')}{undecided}"]
    if "satisfied" in row:
        lines[0] = lines[0].rstrip() + f"  {_mean(row['satisfied'])} clauses hold"
        lines += [
            f"{'':>14}  {rival['name']}: {_mean(rival['satisfied'])}; the distilled policy satisfies "
            f"{_mean(rival['behind'], signed=True)} more"
            for rival in row["rivals"]
        ]
    return [line.rstrip() for line in lines]


def _mean(mean: Mapping[str, float], *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    return f"{mean['mean']:{sign}.2f} ({mean['low']:{sign}.2f} to {mean['high']:{sign}.2f})"
