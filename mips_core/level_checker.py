"""Check a certificate: a proof that a network on a state grid gives what equations give, up to a length or for ever.

``python -m mips_core.level_checker CERTIFICATE NETWORK [MACHINE]``; ``certificate_checker`` says what a state grid is
and how errors are bounded, ``integer_checker`` reads equations.  A counter has no finite machine, but at every length
only few states: listed are pairs of a rounded hidden state and what the equations remember, in the order in which a
walk meets them.  Level t holds the pairs first met after t inputs.  Every pair below the last level leads, with every
input, to a pair of its own level, an earlier one or the next, with the output of the equations.  Pairs at the level of
the length are followed no further; without a length all are.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import Any

import numpy as np

from mips_core import certificate_checker
from mips_core.certificate_checker import Network, Refused, need, unpack
from mips_core.checked_equations import Machine

MOST_PAIRS, BLOCK, LARGEST = 2**22, 2**14, 2**52


def levels(certificate: dict[str, Any], network: Network, symbols: np.ndarray) -> None:
    """Check the kind "levels"."""
    machine, places, length = Machine(certificate["machine"]), certificate["places"], certificate["length"]
    listed, d = unpack(certificate["states"]), len(network.start)
    need(type(places) is int and -21 < places < 41, "the states lie on no such grid")
    need(0 < len(listed) <= MOST_PAIRS and listed.shape[1] == d + len(machine.start), "the pairs do not fit")
    need(np.abs(listed).max() < LARGEST, "a number is too large")
    need((listed[0] == [*np.ldexp(network.start, places), *machine.start]).all(), "the first pair is not the start")
    index, x, margin = {row.tobytes(): i for i, row in enumerate(listed)}, network.encode(symbols), [0.5, 0.5]
    need(len(index) == len(listed), "a pair stands twice")
    met, begin, end, level = np.zeros(len(listed), bool), 0, 1, 0
    while begin < end and (length is None or level < length):
        met[begin:end] = True
        for i, (symbol, numbers) in itertools.product(range(begin, end, BLOCK), zip(symbols.tolist(), x, strict=True)):
            pairs = listed[i : min(end, i + BLOCK)]
            h, s = np.ldexp(pairs[:, :d] * 1.0, -places), pairs[:, d:].T.astype(object)
            z, e = network.advance(h, np.tile(numbers, (len(h), 1)))
            z, e = np.ldexp(z, places), np.ldexp(e, places)
            following, wanted = machine.step(s, symbol)
            outputs = np.column_stack([np.broadcast_to(y, len(h)) for y in wanted]).astype(np.int64)
            certain = network.gaps(np.ldexp(np.rint(z), -places), outputs)
            for k, (gap, bound) in enumerate([(0.5 - np.abs(z - np.rint(z)), 2 * e), certain]):
                need((gap > bound).all(), f"{('a state', 'an output')[k]} is not certain after {level} inputs")
                margin[k] = min(margin[k], (gap - bound).min())
            new = np.column_stack([np.rint(z), *(np.broadcast_to(v, len(h)) for v in following)]).astype(np.int64)
            place = [index.get(row.tobytes(), -1) for row in new]
            need(min(place) >= 0, f"a pair after {level} inputs leads to one that is not listed")
            met[place] = True
        last = int(np.flatnonzero(met)[-1]) + 1
        need(met[:last].all(), f"pairs after {level + 1} inputs do not stand behind those before")
        begin, end, level = end, last, level + 1
    need(end == len(listed), "a pair is never met")
    for least, stated in zip(margin, certificate["margins"], strict=True):
        need(least >= stated > 0, f"a margin is {least:.3g} and not {stated:.3g}")


def check(certificate: bytes, network: bytes, machine: bytes | None = None) -> str:
    """Return the claim that is proved, of a machine.json if one is given; raise Refused with what fails first."""
    return certificate_checker.check(certificate, network, machine, {"levels": levels})


if __name__ == "__main__":
    try:
        print("accepted:", check(*(Path(name).read_bytes() for name in sys.argv[1:])))
    except (Refused, OSError) as error:
        sys.exit(f"refused: {error}")
