"""Check a certificate: a proof that a network whose state moves in integers gives what the equations of a machine give.

``python -m mips_core.lattice_checker CERTIFICATE NETWORK [MACHINE]``; ``integer_checker`` says why the hidden state is
h = T s + U(x) after input x.  Here the readout may be any: it is tried in every state s that the machine reaches, or
reaches within the length, with every input; its scores are further from other outputs than float64 can be off.
"""

from __future__ import annotations

import itertools
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from mips_core import certificate_checker
from mips_core.certificate_checker import Network, Refused, need
from mips_core.checked_equations import LARGEST, Machine
from mips_core.integer_checker import Moves

MOST_STATES, MOST_STEPS = 2**23, 10_000


def lattice(certificate: dict[str, Any], network: Network, symbols: np.ndarray) -> None:
    """Check the kind "lattice"."""
    moves, machine, margin = Moves(certificate, network, symbols), Machine(certificate["machine"]), math.inf
    low, shape, length = np.array(certificate["low"]), certificate["shape"], certificate["length"]
    need({*map(type, certificate["low"] + shape)} <= {int} and min(shape, default=1) > 0, "the box is none")
    need(0 < math.prod(shape) <= MOST_STATES and len(low) == len(shape), "there are too many states")
    turn, after, step = (v.astype(float) for v in (moves.turn, moves.after, moves.step[:-1]))
    met, states = np.zeros(shape, bool), np.array([machine.start], np.int64)
    need((abs(step) @ abs(moves.first)).max() + moves.most < LARGEST, "numbers outgrow float64")
    for done in itertools.count() if length is None else range(length):
        need(done < MOST_STEPS, "there are too many steps")
        need((states >= low).all() and (states < low + shape).all(), "the machine leaves the box")
        states = states[~met[tuple((states - low).T)].reshape(len(states))]
        met[tuple((states - low).T)] = True
        if not len(states):
            break
        found = []
        for x, shift, entry in zip(symbols.tolist(), after.T, moves.g.T, strict=True):
            h = states @ turn.T + shift
            sums = abs(states) @ abs(turn).T + abs(shift), np.column_stack([abs(h), np.ones(len(h))]) @ abs(step).T
            need(max(map(np.max, sums)) + moves.most < LARGEST, "numbers outgrow float64")
            outputs = [np.broadcast_to(y, len(states)) for y in machine.step(states.T.astype(object), x)[1]]
            gap, bound = network.gaps(h, np.column_stack(outputs).astype(np.int64))
            need((gap > bound).all(), f"an output is another, or not certain, after the input {x}")
            margin = min(margin, (gap - bound).min())
            found.append(states @ moves.f.T + entry)
        states = np.unique(np.concatenate(found).astype(np.int64), axis=0)
    need(0.98 * margin <= certificate["margin"] <= margin, f"the margin is {margin:.3g}")


def check(certificate: bytes, network: bytes, machine: bytes | None = None) -> str:
    """Return the claim that is proved, of a machine.json if one is given; raise Refused with what fails first."""
    return certificate_checker.check(certificate, network, machine, {"lattice": lattice})


if __name__ == "__main__":
    try:
        print("accepted:", check(*(Path(name).read_bytes() for name in sys.argv[1:])))
    except (Refused, OSError) as error:
        sys.exit(f"refused: {error}")
