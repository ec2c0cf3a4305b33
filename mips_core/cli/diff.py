"""``mips diff A B``: whether two machines or programs do the same, and the shortest word on which they do not."""

from __future__ import annotations

import argparse
import itertools
from typing import Any

from mips_core.cli.common import parse_inputs, positive, print_json, require, whole
from mips_core.tasks.exhaustive import WORD_LIMIT, all_symbols
from mips_core.verification.difference import Difference, find_difference
from mips_core.verification.sides import MachineSide, Side, read_side
from mips_core.wording import plural

DIFFERS = 3
_STEPS_SHOWN = 30


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("diff")
    for name in ("left", "right"):
        parser.add_argument(
            name, metavar=name.upper(), help="a DOT file (AALpy, LearnLib), a machine.json, or a program (.py)"
        )
    parser.add_argument(
        "--inputs", metavar="LOW:HIGH", help="for two programs: integers that may occur, HIGH excluded, as in distill"
    )
    parser.add_argument("--words", metavar="WORD,...", help="for two programs: the input words that may occur")
    parser.add_argument(
        "--length", type=positive, default=10, metavar="N",
        help="length of random words for a program, which is also tried at five times that (default: 10)",
    )  # fmt: skip
    parser.add_argument("--seed", type=whole, default=0, help="seed of the random words (default: 0)")
    parser.add_argument(
        "--strict", action="store_true", help="what only one of two machines defines is a difference, too"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare and print; 0 without a difference, 3 with one."""
    require(options.inputs is None or options.words is None, "Choose one of --inputs and --words.")
    left, right = read_side(options.left), read_side(options.right)
    found = find_difference(left, right, inputs=_inputs(options), length=options.length, seed=options.seed)
    if options.json:
        sides = {"left": _facts(left), "right": _facts(right)}
        print_json({"format": "mips-diff", "version": 1, **sides, **found.to_dict()})
    else:
        print(describe(left, right, found))
    one_sided = options.strict and found.comparison is not None and not found.comparison.equal
    return DIFFERS if found.verdict == "differs" or one_sided else 0


def _inputs(options: argparse.Namespace) -> tuple[str, ...] | None:
    if options.words is not None:
        words = tuple(dict.fromkeys(word.strip() for word in options.words.split(",") if word.strip()))
        require(bool(words), "--words names no word; write them with commas between.")
        return words
    ranges = parse_inputs(options.inputs)
    if ranges is None:
        return None
    symbols = all_symbols(ranges)
    require(symbols is not None, f"--inputs gives more than {WORD_LIMIT:,} input symbols; choose narrower ranges.")
    assert symbols is not None
    return tuple(";".join(map(str, symbol)) for symbol in symbols.tolist())


def _facts(side: Side) -> dict[str, Any]:
    facts: dict[str, Any] = {"file": side.name, "kind": side.kind}
    if isinstance(side, MachineSide):
        facts |= {
            "states": side.machine.states,
            "inputs": len(side.machine.inputs),
            "complete": side.machine.complete,
        }
    return facts


def describe(left: Side, right: Side, found: Difference) -> str:
    """Return the result as a person reads it in a terminal."""
    lines = []
    for side in left, right:
        what = side.kind
        if isinstance(side, MachineSide):
            what += f", {plural(side.machine.states, 'state')}, {plural(len(side.machine.inputs), 'input')}"
            what += "" if side.machine.complete else ", some transitions missing"
        lines.append(f"{side.name}: {what}")
    lines.append(f"{found.verdict}: {found.claim}")
    if found.word is not None:
        width = max(len("inputs"), len(left.name), len(right.name))
        columns = [list(found.word), found.left, found.right]
        for name, row in zip(("inputs", left.name, right.name), _aligned(columns), strict=True):
            lines.append(f"  {name:<{width}}  {row}")
    return "\n".join(lines)


def _aligned(rows: list[list[str] | str | None]) -> list[str]:
    """Write words step below step; of a long one the last steps, which hold the difference."""
    lists = [row for row in rows if isinstance(row, list)]
    widths = [max(map(len, cells)) for cells in itertools.zip_longest(*lists, fillvalue="")]
    begin = max(0, len(widths) - _STEPS_SHOWN)
    shown = []
    for row in rows:
        if not isinstance(row, list):
            shown.append(f"fails: {row}")
            continue
        cells = [f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)][begin:]
        shown.append((f"({begin} steps) ... " * (begin > 0) + " ".join(cells)).rstrip())
    return shown
