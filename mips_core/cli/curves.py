"""``mips curves DATA.csv --target COLUMN``: an additive model of a table, written as curves that a person can read."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mips_core.cli.common import (
    end_progress,
    output_file,
    positive,
    print_json,
    require,
    terminal_progress,
    whole,
)
from mips_core.files import write_text
from mips_core.progress import Stopwatch
from mips_core.wording import on_one_line, plural

_REJECTED_SHOWN = 10
_NAME_SHOWN = 32
_DIRECTIONS: dict[str, Any] = {"up": "increasing", "down": "decreasing"}


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "curves",
        description="Train an additive model on a table, and write what each column adds as a curve of few straight "
        "pieces or as a table of levels: one Python module with score(row). Teacher and code are compared on held-out "
        "rows. Types of columns are told from the data; rows that cannot be used are named by line.",
    )
    parser.add_argument(
        "source",
        metavar="DATA.csv",
        help="a CSV file with a header; or diabetes, breast-cancer or app-search, which ship",
    )
    parser.add_argument("--target", metavar="COLUMN", help="the column to learn (needed for a file)")
    parser.add_argument(
        "--task",
        choices=("classification", "regression", "ranking"),
        help="default: classification for two different values, else regression; ranking with --group",
    )
    parser.add_argument("--group", metavar="COLUMN", help="the column whose equal values are ranked among each other")
    parser.add_argument(
        "--segments", type=positive, metavar="N", help="straight pieces of each curve (default: by description length)"
    )
    parser.add_argument("--most", type=positive, default=5, metavar="N", help="most pieces by default (default: 5)")
    parser.add_argument(
        "--mono",
        action="append",
        default=[],
        metavar="FEATURE[=up|down]",
        help="make this curve monotone, in the better direction or the one given; may be repeated",
    )
    parser.add_argument(
        "--teacher",
        choices=("boosting", "ebm"),
        default="boosting",
        help="the model that is distilled (default: boosting)",
    )
    parser.add_argument(
        "--digits", type=positive, default=4, metavar="N",
        help="significant digits, more where rounding would cost accuracy (default: 4; 17 rounds nothing)",
    )  # fmt: skip
    parser.add_argument(
        "--min-share", type=_share, default=0.005, metavar="SHARE",
        help="least share of the rows that a piece must hold, where pieces can (default: 0.005)",
    )  # fmt: skip
    parser.add_argument(
        "--refit", choices=("none", "teacher", "labels"), default="none",
        help="move all knots together at the end, toward the teacher's score or the labels (default: none)",
    )  # fmt: skip
    parser.add_argument(
        "--held-out", type=_share, default=0.25, metavar="SHARE", help="share of rows to judge by (default: 0.25)"
    )
    parser.add_argument("--seed", type=whole, default=0, help="of teacher and held-out rows (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", metavar="FILE.py", help="write the code there")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Distil and print."""
    from mips_core.curves.distilling import distill_curves
    from mips_core.curves.reporting import curves_report
    from mips_core.curves.study import CurveSettings

    target = output_file(options.out)
    require(
        target is None or not Path(options.source).exists() or target.resolve() != Path(options.source).resolve(),
        f"--out is the table itself, {options.source}; give the code a name of its own.",
    )
    clock = Stopwatch()
    data = _data(options)
    read_seconds = clock.seconds
    settings = CurveSettings(
        segments=options.segments,
        most=options.most,
        mono=_monotone(options.mono, list(data.table.columns)),
        digits=options.digits,
        min_share=options.min_share,
        refit=options.refit,
        teacher=options.teacher,
        held_out=options.held_out,
        seed=options.seed,
    )
    try:
        study = distill_curves(data, settings, terminal_progress())
    finally:
        end_progress()
    study = replace(study, seconds={"read": read_seconds, **study.seconds})
    report = curves_report(study)
    if target is not None:
        write_text(target, report["program"]["source"])
    if options.json:
        print_json(report)
    else:
        print(describe(report))
        if target is not None:
            print(f"Wrote {target}.")
    return 0


def _data(options: argparse.Namespace) -> Any:
    from mips_core.curves.bundled import bundled, bundled_names
    from mips_core.curves.table import read_table

    if options.source in bundled_names() and not Path(options.source).exists():
        data = bundled(options.source)
        for option, given, own in (
            ("--target", options.target, data.target),
            ("--task", options.task, data.task),
            ("--group", options.group, data.group),
        ):
            require(
                given in (None, own),
                f"The data set {data.name} has its own {option} ({own or 'none'}); leave out {option} {given}.",
            )
        return data
    require(
        options.target is not None or not Path(options.source).is_file(),
        f"{options.source} needs --target COLUMN: the column to learn from the others.",
    )
    if not Path(options.source).exists():
        names = ", ".join(bundled_names())
        require(False, f"There is no file {options.source}, nor does a data set of this name ship ({names}).")
    return read_table(options.source, options.target, task=options.task, group=options.group)


def _monotone(wanted: Sequence[str], features: Sequence[str]) -> dict[str, Any]:
    """Read ``--mono``: a feature, or a feature and a direction.

    >>> _monotone(["age", "a=b=down"], ["age", "a=b"])
    {'age': True, 'a=b': 'decreasing'}
    """
    found: dict[str, Any] = {}
    for text in wanted:
        feature, sign, way = text.rpartition("=")
        if text in features or not sign:
            feature, wish = text, True
        else:
            told = f"--mono takes FEATURE, FEATURE=up or FEATURE=down, and {text!r} ends in {'=' + way!r}."
            require(way in _DIRECTIONS, told)
            wish = _DIRECTIONS[way]
        require(feature not in found, f"--mono is given twice for {feature!r}; keep one of them.")
        found[feature] = wish
    return found


def _share(text: str) -> float:
    """Read a share of the rows (an argparse type)."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share of the rows: a number from 0 to below 1")
    return value


def describe(report: Mapping[str, Any]) -> str:
    """Return the report as a person reads it in a terminal."""
    rows, rejected = report["rows"], report["rejected_rows"]
    goal = f"{report['task']} of {_shown(report['target'])}"
    if report["classes"]:
        goal += f" ({_shown(report['classes'][1])} against {_shown(report['classes'][0])})"
    lines = [
        f"{_shown(report['data'])}: {goal}; {rows['training']:,} rows to learn from, {rows['held_out']:,} held out.",
        *(
            f"  {_shown(each['name']):<{_NAME_SHOWN}}  {each['kind']:<8}  {on_one_line(each['reason'])}"
            for each in report["types"]
        ),
    ]
    if rejected:
        lines.append(f"{plural(len(rejected), 'row')} could not be used:")
        lines += [f"  line {each['line']:,}: {on_one_line(each['reason'])}" for each in rejected[:_REJECTED_SHOWN]]
        if len(rejected) > _REJECTED_SHOWN:
            lines.append(f"  and {len(rejected) - _REJECTED_SHOWN:,} more (all with --json)")
    lines += ["", *_measures(report), "", *_features(report), "", report["program"]["source"].rstrip()]
    return "\n".join(lines)


def _measures(report: Mapping[str, Any]) -> list[str]:
    metrics = report["metrics"]
    names = list(metrics["teacher"])
    lines = [f"{'On held-out rows':<20}" + "".join(f"{name:>12}" for name in names)]
    for who in ("teacher", "distilled"):
        cells = [metrics[who][name] for name in names]
        lines.append(f"  {who:<18}" + "".join(f"{'-' if cell is None else format(cell, '.5g'):>12}" for cell in cells))
    lines += [f"  {on_one_line(note)}" for note in report["notes"]]
    checked, seconds = report["verification"], report["seconds"]
    stages = ", ".join(f"{stage} {seconds[stage]:.2f} s" for stage in seconds)
    lines.append(f"  The teacher: {report['teacher']['name']}.")
    lines.append(
        f"  Code against model: {checked['rows']:,} rows, largest difference {checked['largest']:.2g}. {stages}."
    )
    return lines


def _features(report: Mapping[str, Any]) -> list[str]:
    """Return one line for each feature, those that move the score most first."""
    lines = [f"{'Feature':<{_NAME_SHOWN}}  {'moves':>9}  {'unexplained':>11}  {'fx':<8}  "]
    for name, each in sorted(report["features"].items(), key=lambda item: -item[1]["spread"]):
        mono = {False: "", True: "monotone; "}.get(each["mono"], f"{each['mono']}; ")
        lines.append(
            f"{_shown(name):<{_NAME_SHOWN}}  {each['spread']:>9.3g}  {each['unexplained']:>11.1%}  "
            f"{each['fx'] or '-':<8}  {mono}{each['reason']}"
        )
    return [line.rstrip() for line in lines]


def _shown(text: str) -> str:
    """Return a name of the file's own on one line, without signs that a terminal would act on."""
    plain = on_one_line(text)
    return plain if len(plain) <= _NAME_SHOWN else plain[: _NAME_SHOWN - 3] + "..."
