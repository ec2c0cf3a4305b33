"""``mips hunt RUN``: the shortest word on which a network differs from its program, its machine or the data's rule."""

from __future__ import annotations

import argparse
from typing import Any

from mips_core.cli.common import end_progress, print_json, seconds, terminal_progress, whole
from mips_core.progress import Monitor
from mips_core.runs import Run, find_run
from mips_core.runs.hunting import AGAINST, LEFT, hunt_dict, hunt_run, opponent
from mips_core.stepping import outputs_of
from mips_core.verification.exact_walk import FAILED
from mips_core.verification.hunt import Hunt
from mips_core.views.sequences import step_text

DIFFERS = 3
NO_PROOF = "no proof: hidden states that are close together are followed once"
DEFAULT_SECONDS = 10.0
_STEPS_SHOWN = 30


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "hunt",
        description="Walk breadth first through the hidden states that a network reaches, on grids that become finer, "
        "and compare every output. A word that is found is a real counterexample; that none is found is no proof: "
        "see mips certify. With --of program or machine, pairs of states are walked through. A difference ends with "
        "code 3.",
    )
    parser.add_argument("source", metavar="RUN", help="a task (its shipped run), a run's id, or the folder of a run")
    parser.add_argument("--of", choices=LEFT, default="network", help="what is searched (default: network)")
    parser.add_argument(
        "--against", choices=AGAINST, default="program",
        help="what it is compared with; data is the rule of a benchmark task (default: program)",
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
    monitor = Monitor(terminal_progress())
    try:
        found = hunt_run(
            opened, options.against, seconds=options.seconds, of=options.of, seed=options.seed, monitor=monitor
        )
    finally:
        end_progress()
    facts = hunt_dict(opened, options.against, found, options.of)
    if options.json:
        print_json(facts)
    else:
        print(facts["claim"])
        print(describe(opened, options.of, options.against, found))
    return DIFFERS if found.word is not None else 0


def describe(opened: Run, of: str, against: str, found: Hunt) -> str:
    """Return what was walked and the word that was found, as a person reads it in a terminal."""
    closed = "no walk left anything unfollowed" if found.closed else "not all was followed"
    what = "cells of hidden states" if of == "network" else "pairs of states"
    if of == "network" and found.closed:
        closed = f"{closed} ({NO_PROOF})"
    lines = [f"  {found.words:,} words, {found.states:,} {what}, {closed}, {found.seconds:.1f} s"]
    if found.word is not None:
        card = opened.network.card
        left = opened.network if of == "network" else opponent(opened, of)
        rows = {
            "inputs": (found.word, card.input_words),
            of: (outputs_of(left, found.word[None])[0], card.output_words),
            against: (outputs_of(opponent(opened, against), found.word[None])[0], card.output_words),
        }
        begin = max(0, len(found.word) - _STEPS_SHOWN)
        for name, (steps, words) in rows.items():
            text = " ".join("fails" if FAILED in step else step_text(step, words) for step in steps[begin:])
            lines.append(f"  {name:<8} {f'({begin} steps) ... ' * (begin > 0)}{text}")
    return "\n".join(lines)
