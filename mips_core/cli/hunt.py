"""``mips hunt RUN``: the shortest word on which a network differs from its program, its machine or the data's rule."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from mips_core.cli.common import end_progress, print_json, seconds, terminal_progress, whole
from mips_core.errors import BadInputError
from mips_core.progress import Monitor
from mips_core.runs import Run, find_run
from mips_core.runs.symbols import symbols_of
from mips_core.stepping import Stepper, outputs_of
from mips_core.tasks import get
from mips_core.verification.hunt import Hunt, Ruled, hunt
from mips_core.views.sequences import step_text

DIFFERS = 3
DEFAULT_SECONDS = 10.0
_STEPS_SHOWN = 30


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "hunt",
        help="walk through a network's hidden states for the shortest word on which it is wrong",
        description="Walk breadth first through the hidden states that a network reaches, on grids that become finer, "
        "and compare every output. A word that is found is a real counterexample; that none is found is no proof: "
        "see mips certify. A difference ends with code 3.",
    )
    parser.add_argument("source", metavar="RUN", help="a task (its shipped run), a run's id, or the folder of a run")
    parser.add_argument(
        "--against", choices=("program", "machine", "data"), default="program",
        help="what the network is compared with; data is the rule of a benchmark task (default: program)",
    )  # fmt: skip
    parser.add_argument(
        "--seconds", type=seconds, default=DEFAULT_SECONDS, help=f"time for the walks (default: {DEFAULT_SECONDS:.0f})"
    )
    parser.add_argument("--seed", type=whole, default=0, help="of the choice among too many states (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Hunt and print; 0 without a difference, 3 with one."""
    opened = find_run(options.source)
    other, symbols = _other(opened, options.against), symbols_of(opened)
    try:
        found = hunt(
            opened.network,
            other,
            symbols,
            seconds=options.seconds,
            rng=np.random.default_rng(options.seed),
            monitor=Monitor(terminal_progress()),
        )
    finally:
        end_progress()
    claim = found.claim("network", options.against, len(symbols))
    if options.json:
        facts = {"run": opened.id, "against": options.against, "claim": claim.sentence, **found.to_dict()}
        print_json({"format": "mips-hunt", "version": 1, **facts})
    else:
        print(claim.sentence)
        print(describe(opened, other, options.against, found))
    return DIFFERS if found.word is not None else 0


def describe(opened: Run, other: Stepper, against: str, found: Hunt) -> str:
    """Return what was walked and the word that was found, as a person reads it in a terminal."""
    closed = "no walk left anything unfollowed" if found.closed else "not all was followed"
    lines = [f"  {found.words:,} words, {found.states:,} cells of hidden states, {closed}, {found.seconds:.1f} s"]
    if found.word is not None:
        card = opened.network.card
        rows = {
            "inputs": (found.word, card.input_words),
            "network": (outputs_of(opened.network, found.word[None])[0], card.output_words),
            against: (outputs_of(other, found.word[None])[0], card.output_words),
        }
        begin = max(0, len(found.word) - _STEPS_SHOWN)
        for name, (steps, words) in rows.items():
            text = " ".join(step_text(step, words) for step in steps[begin:])
            lines.append(f"  {name:<8} {f'({begin} steps) ... ' * (begin > 0)}{text}")
    return "\n".join(lines)


def _other(opened: Run, against: str) -> Stepper:
    network = opened.network
    found: Stepper | None = None
    if against == "machine":
        found = opened.machine
    elif against == "program":
        found = None if opened.program is None else opened.program.system
    elif opened.report.get("task") is not None:
        found = Ruled(get(opened.report["task"]).rule, network.input_width, network.output_width)
    if found is None:
        raise BadInputError(f"The run {opened.name} has no {against} to compare with; choose another with --against.")
    return found
