"""``mips bench counterexamples``: networks right on all random sequences, and the shortest words on which they fail."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from mips_core.benchmarks.counterexamples import FACTOR, HUNT, TRAINING, CounterexampleRow, measure, summary
from mips_core.cli.common import (
    chosen_tasks,
    end_progress,
    output_file,
    positive,
    print_json,
    require,
    seconds,
    terminal_progress,
    whole,
)
from mips_core.errors import BadInputError
from mips_core.files import json_bytes, make_folder, read_bytes, write_bytes
from mips_core.parallel import side_by_side
from mips_core.progress import Monitor
from mips_core.tasks import get

_STEPS_SHOWN = 14


def add_parser(benchmarks: Any) -> None:
    """Add the command to ``mips bench``."""
    parser = benchmarks.add_parser(
        "counterexamples",
        description="Train each task's network without looking for counterexamples, until every random held-out "
        f"sequence is right; then hunt the shortest sequence of at most {FACTOR} times the trained length on which "
        "it is wrong.",
    )
    parser.add_argument("--only", metavar="NAME,...", help="these tasks only")
    parser.add_argument("--workers", type=positive, default=1, help="processes that work side by side (default: 1)")
    parser.add_argument("--seed", type=whole, default=0, help="seed of training and hunt (default: 0)")
    parser.add_argument(
        "--budget", type=seconds, default=TRAINING, help=f"seconds of training per task (default: {TRAINING:g})"
    )
    parser.add_argument("--seconds", type=seconds, default=HUNT, help=f"per hunt (default: {HUNT:g})")
    parser.add_argument("--resume", metavar="DIR", help="keep each finished row in this folder, and take it from there")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", metavar="FILE", help="write the JSON object here too")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure, print row by row, store when asked to."""
    chosen = chosen_tasks(options.only)
    require(len(set(chosen)) == len(chosen), "A task is named twice.")
    out = output_file(options.out)
    store = None if options.resume is None else make_folder(options.resume)
    rows = {} if store is None else _kept(store, chosen, options.seed)
    if not options.json:
        print(f"{'task':<26}{'length':>7}{'held-out right':>16}{'shortest':>10}  sequence")
        for row in rows.values():
            print(_line(row))
    jobs = [(name, options.seed, options.budget, options.seconds) for name in chosen if name not in rows]
    monitor = Monitor(progress=terminal_progress())
    if jobs:
        for row in side_by_side(
            _measured, jobs, workers=options.workers, stage="counterexamples", noun="networks", monitor=monitor
        ):
            end_progress()
            rows[row.task] = row
            if store is not None:
                write_bytes(_place(store, row.task, row.seed), json_bytes(row.to_dict()))
            if not options.json:
                print(_line(row), flush=True)
    end_progress()
    found = [rows[name] for name in chosen]
    whole_result = {"summary": summary(found), "factor": FACTOR, "rows": [row.to_dict() for row in found]}
    if out is not None:
        write_bytes(out, json_bytes(whole_result))
    if options.json:
        print_json(whole_result)
    else:
        print(summary(found))
    return 0


def _measured(name: str, seed: int, training: float, hunting: float) -> CounterexampleRow:
    return measure(get(name), seed=seed, training=training, seconds=hunting)


def _place(store: Path, task: str, seed: int) -> Path:
    return store / f"{task}.{seed}.json"


def _kept(store: Path, chosen: tuple[str, ...], seed: int) -> dict[str, CounterexampleRow]:
    """Return the rows that an earlier run finished."""
    rows = {}
    for name in chosen:
        place = _place(store, name, seed)
        if place.is_file():
            try:
                rows[name] = CounterexampleRow.from_dict(json.loads(read_bytes(place)))
            except ValueError as error:
                raise BadInputError(f"{place} is no JSON: {error}.") from None
    return rows


def _line(row: CounterexampleRow) -> str:
    word = "" if row.word is None else " ".join(",".join(map(str, step)) for step in row.word[:_STEPS_SHOWN])
    more = " ..." if row.word is not None and len(row.word) > _STEPS_SHOWN else ""
    shortest = "none" if row.shortest is None else str(row.shortest)
    return f"{row.task:<26}{row.length:>7}{row.accuracy:>16.2%}{shortest:>10}  {word}{more}"
