"""Parts of a machine's memory: numbers that each hang on the state, several of which together are the state.

A part is seen from outside (the output on entering a state, the input that led there, the answer to a short word, a
binary digit of one of these), or it is a machine of its own inside the machine
(:mod:`mips_core.machines.partitions`).  Sets of parts that tell all states apart are products of registers.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.machines.partitions import closed_partitions, numbered, refined
from mips_core.progress import Monitor
from mips_core.regression.guesses import entered_with
from mips_core.stepping import IntArray

_SYMBOLS = 8  # symbols that are repeated
_REPEATS = 5  # times
_OBSERVED = 48  # parts seen from outside
_CHOSEN_FROM = {2: 120, 3: 24, 4: 14}  # size of a set: how many of the cheapest parts it is chosen from
_KEPT = 60  # sets of each size
_DIGITS = 16  # numbers below this are taken apart into binary digits


@dataclass(frozen=True, eq=False)
class Part:
    """A number that hangs on the state.

    Parameters
    ----------
    partition : states with equal numbers, as in :mod:`mips_core.machines.partitions`
    closed : the part runs on its own: its new value hangs on its old one and the input
    labels : numbers of the states, each int64 (S,), that are seen from outside; none when only the partition is known
    """

    partition: IntArray
    closed: bool
    labels: tuple[IntArray, ...]

    @property
    def values(self) -> int:
        """How many different values it takes."""
        return int(self.partition.max()) + 1

    @property
    def cost(self) -> float:
        """What it costs a reader, roughly: its size, and whether it is easy to say what it does."""
        return 2.0 + 2.0 * float(np.log2(self.values)) + 2.0 * (not self.closed) + 1.0 * (not self.labels)


def find_parts(machine: MealyMachine, monitor: Monitor) -> list[Part]:
    """Return different parts of a machine, cheapest first.

    Parameters
    ----------
    machine : all states reachable, start state 0
    """
    seen: dict[bytes, tuple[IntArray, list[IntArray]]] = {}
    for labels in _observables(machine):
        partition = numbered(labels)
        if 0 < partition.max() < machine.states - 1:
            known = seen.setdefault(partition.tobytes(), (partition, []))[1]
            if len(known) < 3 and not any((labels == other).all() for other in known):
                known.append(labels)
        if len(seen) >= _OBSERVED:
            break
    closed: dict[bytes, IntArray] = {}
    for partition, _ in list(seen.values()):
        own = refined(machine, partition)
        if own.max() < machine.states - 1:
            closed[own.tobytes()] = own
    for partition in closed_partitions(machine, monitor):
        closed.setdefault(partition.tobytes(), partition)
    parts = [Part(partition, key in closed, tuple(labels)) for key, (partition, labels) in seen.items()]
    parts += [Part(partition, True, ()) for key, partition in closed.items() if key not in seen]
    return sorted(parts, key=lambda part: part.cost)


def telling_sets(parts: Sequence[Part], states: int, monitor: Monitor) -> Iterator[tuple[Part, ...]]:
    """Yield sets of two to four parts that tell all states apart, each part needed, cheapest first for each size.

    >>> one, two = Part(np.array([0, 0, 1, 1]), True, ()), Part(np.array([0, 1, 0, 1]), True, ())
    >>> [len(found) for found in telling_sets([one, two], 4, Monitor())]
    [2]
    """
    found: list[set[int]] = []
    for size, most in _CHOSEN_FROM.items():
        if monitor.expired:
            return
        complete: list[tuple[Part, ...]] = []
        for chosen in itertools.combinations(parts[:most], size):
            if math.prod(p.values for p in chosen) < states:
                continue
            code = chosen[0].partition
            for part in chosen[1:]:
                code = code * part.values + part.partition
            if len(set(code.tolist())) == states:
                complete.append(chosen)
        complete.sort(key=lambda c: sum(p.cost for p in c))
        needed = [c for c in complete[:_KEPT] if not any(smaller <= set(map(id, c)) for smaller in found)]
        found += [set(map(id, c)) for c in needed]
        yield from needed


def with_last_output(machine: MealyMachine, most: int) -> MealyMachine | None:
    """Return the machine that also remembers its last outputs (0 before the first), or None above ``most`` states.

    Minimal machines forget outputs that no longer matter, and a program that keeps one may be shorter.
    """
    begin = (machine.start_state, (0,) * machine.output_width)
    place, queue = {begin: 0}, [begin]
    after = []
    for state, _ in queue:
        row = []
        for new in zip(machine.next_state[state].tolist(), map(tuple, machine.output[state].tolist()), strict=True):
            if new not in place:
                place[new] = len(place)
                queue.append(new)
            row.append(place[new])
        after.append(row)
        if len(queue) > most:
            return None
    states = np.array([state for state, _ in queue])
    return MealyMachine(np.array(after), machine.output[states], machine.symbols)


def _observables(machine: MealyMachine) -> Iterator[IntArray]:
    """Yield numbers of the states that are seen from outside, and their binary digits, most telling first."""
    for labels in itertools.chain(_entered(machine), _answers(machine)):
        yield labels
        low, high = int(labels.min()), int(labels.max())
        if low >= 0 and 2 <= high < _DIGITS:
            for digit in range(high.bit_length()):
                yield labels >> digit & 1


def _entered(machine: MealyMachine) -> Iterator[IntArray]:
    for k in range(machine.output_width):
        yield from entered_with(machine, machine.output[:, :, k])
    for i in range(machine.input_width):
        yield from entered_with(machine, np.tile(machine.symbols[:, i], (machine.states, 1)))


def _answers(machine: MealyMachine) -> Iterator[IntArray]:
    """Yield the last output while each symbol is read once, then several times."""
    symbols = np.unique(np.linspace(0, len(machine.symbols) - 1, _SYMBOLS).astype(int)).tolist()
    for repeats in range(_REPEATS):
        for x in range(len(machine.symbols)) if repeats == 0 and len(machine.symbols) <= 2 * _SYMBOLS else symbols:
            place = np.arange(machine.states)
            for _ in range(repeats):
                place = machine.next_state[place, x]
            for k in range(machine.output_width):
                yield machine.output[place, x, k]
