"""Machines of a handful of states: plain loops, since array calls cost more than the work."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray

FEW = 400
"""Transitions up to which plain loops may be faster than arrays."""

_WORK = 1_500
"""Transitions looked at in all rounds, from which on they are not."""


def classes_by_rounds(machine: MealyMachine) -> IntArray | None:
    """Return the class of every state, int64 (S,), by Moore's rounds; None when there are too many rounds for that.

    Classes are numbered in the order of their first states.
    """
    classes = _rounds(machine.next_state.tolist(), output_rows(machine.output))
    return None if classes is None else np.array(classes, dtype=np.int64)


def models(machine: MealyMachine) -> tuple[IntArray, IntArray] | None:
    """Return the first reachable state of every class, in the order of a breadth-first walk, and each state's class.

    Both int64, and one and the same array for a minimal machine in this order; -1 is the class of a state that cannot
    be reached.  None when there are too many rounds.
    """
    following, rows = machine.next_state.tolist(), output_rows(machine.output)
    order = _walk(following, machine.start_state)
    every = list(range(machine.states))
    if order == every:
        classes = _rounds(following, rows)
        if classes == every:  # minimal, and in this order
            each = np.array(every, dtype=np.int64)
            return each, each
    else:
        number = {state: place for place, state in enumerate(order)}
        classes = _rounds([[number[t] for t in following[s]] for s in order], [rows[s] for s in order])
    if classes is None:
        return None
    first: list[int] = []
    state_of = [-1] * machine.states
    for state, its_class in zip(order, classes, strict=True):
        state_of[state] = its_class
        if its_class == len(first):
            first.append(state)
    return np.array(first, dtype=np.int64), np.array(state_of, dtype=np.int64)


def walk(next_state: IntArray, start: int) -> IntArray:
    """Return the reachable states in the order of a breadth-first walk, symbols in their order; int64."""
    return np.array(_walk(next_state.tolist(), start), dtype=np.int64)


def output_rows(output: IntArray) -> list[bytes]:
    """Return the outputs (S, X, D_out) of every state on all symbols, as bytes: equal ones for equal outputs."""
    content = output.tobytes()
    if not content:  # of width 0
        return [b""] * len(output)
    size = len(content) // len(output)
    return [content[begin : begin + size] for begin in range(0, len(content), size)]


def _walk(following: list[list[int]], start: int) -> list[int]:
    order, met = [start], {start}
    for state in order:
        for target in following[state]:
            if target not in met:
                met.add(target)
                order.append(target)
    return order


def _rounds(following: list[list[int]], outputs: Sequence[Hashable]) -> list[int] | None:
    """Return the class of every state, numbered in the order of first states; None when that takes too many rounds."""
    rows, count = outputs, 0
    for _ in range(2 + _WORK // (len(following) * len(following[0]))):
        numbers: dict[Hashable, int] = {}
        classes = [numbers.setdefault(row, len(numbers)) for row in rows]
        if len(numbers) in (count, len(following)):
            return classes
        count = len(numbers)
        rows = [(own, *[classes[t] for t in targets]) for own, targets in zip(classes, following, strict=True)]
    return None
