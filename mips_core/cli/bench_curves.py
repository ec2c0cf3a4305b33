"""``mips bench curves``: the curve fitter beside others, a million rows, and what distilling costs in accuracy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from mips_core.benchmarks.conditions import current_conditions
from mips_core.benchmarks.curve_accuracy import (
    FOLDS,
    INTERACTING,
    MOST,
    TEACHER,
    TOLERATED,
    AccuracyTable,
    Score,
    run_accuracy,
)
from mips_core.benchmarks.curve_cases import CASES
from mips_core.benchmarks.curve_data import PUBLIC, public_data
from mips_core.benchmarks.curve_peers import pwlf_installed
from mips_core.benchmarks.curve_speed import SECONDS, TIMES_INPUT, SpeedRow, run_speed
from mips_core.benchmarks.curves import PLAIN, PWLF, PWLF_FAST, WORSE, CurvesBenchmark, FitRow, run_fits
from mips_core.cli.common import chosen_parts, end_progress, output_file, print_json, require, terminal_progress, whole
from mips_core.curves.bundled import bundled, bundled_names
from mips_core.files import json_bytes, write_bytes
from mips_core.progress import Monitor

FAILED = 3
FITS, SPEED, ACCURACY = "fits", "speed", "accuracy"
PARTS = (FITS, SPEED, ACCURACY)

_NO_PWLF = "pwlf is not installed, so it was left out. Install the extra: pip install 'mips-explorer[peers]'."
_NAMES = {INTERACTING: "trees with interactions", TEACHER: "additive teacher"}
_FIT_HEADINGS = (
    f"{'case':<92}{'seconds':>8}{'unexplained':>13}  "
    f"{'- plain':>9}{'speed':>7}{'- pwlf':>10}{'speed':>7}{'- fitfast':>11}{'speed':>7}"
)
_SPEED_HEADINGS = f"{'a million rows':<24}{'seconds':>8}{'input MB':>10}{'traced':>9}{'resident':>10}"


def add_parser(benchmarks: Any) -> None:
    """Add the command to ``mips bench``."""
    parser = benchmarks.add_parser(
        "curves",
        description="Fit curves to many kinds of data with our fitter, with the published algorithm written plainly "
        "and with pwlf; measure time and memory at a million rows; distil the bundled data and, where a package that "
        f"holds them is installed, {', '.join(PUBLIC)}. Code 3: a fit that leaves over {WORSE:.1%} of the variance "
        f"more than another, slower than the plain one on the whole, over {SECONDS:g} s or {TIMES_INPUT:g} times the "
        "input at a million rows, or too much accuracy lost.",
    )
    parser.add_argument("--only", metavar="PART,...", help=f"these parts only, of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="small cases, pwlf's fast way and free curves only")
    parser.add_argument("--seed", type=whole, default=0, help="of the data and the folds (default: 0)")
    parser.add_argument(
        "--data", metavar="NAME=PATH", action="append", default=[], help=f"the file of one of {', '.join(PUBLIC)}"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", metavar="FILE", help="write the JSON object here too")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure, print row by row, store when asked to."""
    parts = chosen_parts(options.only, PARTS)
    files = dict(_named_file(text) for text in options.data)
    out = output_file(options.out)
    monitor = Monitor(terminal_progress())
    fits: list[FitRow] = []
    speed: list[SpeedRow] = []
    accuracy: list[AccuracyTable] = []
    skipped: list[str] = []
    try:
        if FITS in parts:
            skipped += [] if pwlf_installed() else [_NO_PWLF]
            _say(options, _FIT_HEADINGS)
            for row in run_fits(seed=options.seed, quick=options.quick):
                fits.append(row)
                monitor.report("fits", row.name, len(fits) / len(CASES))
                _say(options, fit_line(row))
        if SPEED in parts:
            _say(options, f"\n{_SPEED_HEADINGS}")
            for measured in run_speed(seed=options.seed):
                speed.append(measured)
                _say(options, speed_line(measured))
        if ACCURACY in parts:
            public, missing = public_data(files)
            skipped += missing
            sets = [bundled(name) for name in bundled_names()] + public
            for table in run_accuracy(sets, seed=options.seed, quick=options.quick, monitor=monitor):
                accuracy.append(table)
                _say(options, "\n" + "\n".join(accuracy_lines(table)))
    finally:
        end_progress()
    found = CurvesBenchmark(
        tuple(fits), tuple(speed), tuple(accuracy), tuple(skipped), options.seed, current_conditions(1)
    )
    if out is not None:
        write_bytes(out, json_bytes(found.to_dict()))
    if options.json:
        print_json(found.to_dict())
    else:
        print(describe(found))
    return 0 if found.passed else FAILED


def _named_file(text: str) -> tuple[str, str]:
    name, sign, path = text.partition("=")
    require(bool(name and sign and path), f"--data takes NAME=PATH, not {text!r}.")
    return name, path


def _say(options: argparse.Namespace, text: str) -> None:
    if not options.json:
        end_progress()
        print(text, flush=True)


def fit_line(row: FitRow) -> str:
    """Return one row of the table of fits; differences are ours minus the other's, in percent of the variance."""
    cells = []
    for name, width in ((PLAIN, 9), (PWLF, 10), (PWLF_FAST, 11)):
        beyond, ratio = row.worse_than(name), row.times_as_fast_as(name)
        cells.append(f"{'-':>{width}}{'-':>7}" if beyond is None or ratio is None else _against(beyond, ratio, width))
    failed = ("  slower" if row.slower else "") if row.passed else "  FAILED"
    return f"{row.name[:91]:<92}{row.ours.seconds:>8.3f}{row.ours.unexplained:>12.3%}  {''.join(cells)}{failed}"


def _against(beyond: float, ratio: float, width: int) -> str:
    return f"{beyond:>+{width}.3%}{'x' + _short(ratio):>7}"


def _short(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"


def speed_line(row: SpeedRow) -> str:
    """Return one row of the table of speed; memory in sizes of the input."""
    resident = "-" if row.resident is None else f"{row.resident:.2f}"
    failed = "" if row.passed else "  FAILED"
    return f"{row.name:<24}{row.seconds:>8.3f}{row.megabytes:>10.0f}{row.traced:>9.2f}{resident:>10}{failed}"


def accuracy_lines(table: AccuracyTable) -> list[str]:
    """Return a data set's table of accuracy."""
    lines = [
        f"{table.data}: {table.metric}, {table.rows:,} rows, {table.features} features, mean of {FOLDS} folds",
        f"{'':<26}{'ours':>18}{'plain':>18}{'paper, ' + table.paper_data:>22}",
    ]
    for row in table.models:
        paper = "-" if row.paper is None else f"{row.paper:.4f}" if table.higher else f"{row.paper:.3f}"
        lines.append(f"{_model_name(row.model):<26}{_cell(row.ours):>18}{_cell(row.plain):>18}{paper:>22}")
    share = "" if table.higher else " of it"
    lost = f"{table.lost:+.4f}" if table.higher else f"{table.lost:+.2%}"
    tolerated = f"{TOLERATED[table.task]:g}" if table.higher else f"{TOLERATED[table.task]:.0%}"
    verdict = "within" if table.passed else "MORE THAN"
    lines.append(f"lost to the teacher with {MOST} segments: {lost}{share}, {verdict} the tolerated {tolerated}")
    return lines


def _model_name(model: str) -> str:
    if model in _NAMES:
        return _NAMES[model]
    segments, kind = model.split(" ")
    return f"{segments} segment{'s' * (segments != '1')}, {kind}"


def _cell(score: Score | None) -> str:
    if score is None:
        return "-"
    digits = 4 if score.mean < 10 else 2
    return f"{score.mean:.{digits}f} ± {score.half_width:.{digits}f}"


def describe(found: CurvesBenchmark) -> str:
    """Return the totals as a person reads them below the tables."""
    lines = [""]
    for each in found.comparisons:
        lines.append(
            f"{'against ' + each.other:<22}{each.cases} cases: at worst {each.most:+.3%} of the variance, on average "
            f"{each.mean:+.3%}, {each.worse} beyond {WORSE:.1%}; faster in {each.faster}, "
            f"x{_short(each.speed)} (geometric mean)"
        )
    if found.speed:
        slowest = max(found.speed, key=lambda row: row.seconds)
        most = max(max(row.traced, row.resident or 0.0) for row in found.speed)
        lines.append(
            f"{'a million rows':<22}at most {slowest.seconds:.3f} s on one core ({slowest.name}), "
            f"{most:.2f} times the input; bars {SECONDS:g} s and {TIMES_INPUT:g}"
        )
    if found.accuracy:
        kept = sum(table.passed for table in found.accuracy)
        lines.append(f"{'accuracy kept':<22}{kept} of {len(found.accuracy)} data sets")
    lines += _notes(found.skipped)
    lines.append(f"{'measured on':<22}{found.conditions.text}")
    return "\n".join(lines)


def _notes(skipped: Sequence[str]) -> list[str]:
    return [f"{'left out':<22}{each}" for each in skipped]
