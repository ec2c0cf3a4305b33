"""Machines of a handful of states: plain loops, since array calls cost more than the work."""

from __future__ import annotations

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray

FEW = 100
"""Transitions up to which plain loops are faster than arrays."""


def classes_by_rounds(machine: MealyMachine) -> IntArray:
    """Return the class of every state, int64 (S,), numbered in the order of their first states, by Moore's rounds."""
    following = machine.next_state.tolist()
    rows: list[tuple[object, ...]] = [tuple(row) for row in machine.output.reshape(machine.states, -1).tolist()]
    count = 0
    while True:
        numbers: dict[tuple[object, ...], int] = {}
        classes = [numbers.setdefault(row, len(numbers)) for row in rows]
        if len(numbers) == count:
            return np.array(classes, dtype=np.int64)
        count = len(numbers)
        rows = [(classes[s], *[classes[t] for t in targets]) for s, targets in enumerate(following)]


def walk(next_state: IntArray, start: int) -> IntArray:
    """Return the reachable states in the order of a breadth-first walk, symbols in their order; int64."""
    following = next_state.tolist()
    order, met = [start], {start}
    for state in order:
        for target in following[state]:
            if target not in met:
                met.add(target)
                order.append(target)
    return np.array(order, dtype=np.int64)
