"""State labels that can be read off a machine: what was seen last, what comes out, how often a symbol was read.

Each guess is a labelling whose formulas are then searched; unlike the label grid
(:mod:`labels`) a guess costs nothing and works for hundreds of states.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.regression.labels import Labelling
from mips_core.stepping import IntArray

_SYMBOLS = 8  # symbols whose walks and outputs are tried
_LARGEST = 2**60  # labels beyond this leave no room for others beside them


def guess_labels(machine: MealyMachine) -> Iterator[Labelling]:
    """Yield different labellings, most natural first.

    Parameters
    ----------
    machine : all states reachable, start state 0
    """
    seen: set[tuple[int, ...]] = set()
    for labels in _guesses(machine):
        key = tuple(labels.tolist())
        if key not in seen and len(set(key)) == machine.states:
            seen.add(key)
            yield Labelling(labels)


def _guesses(machine: MealyMachine) -> Iterator[IntArray]:
    # Moore labels: the output on entering a state, or the symbol that leads there.
    for k in range(machine.output_width):
        yield from entered_with(machine, machine.output[:, :, k])
    for i in range(machine.input_width):
        values = np.tile(machine.symbols[:, i], (machine.states, 1))
        yield from entered_with(machine, values)
        # A register that is loaded now and then keeps its state on all other symbols.
        yield from entered_with(machine, values, moving=True)
    symbols = np.unique(np.linspace(0, len(machine.symbols) - 1, _SYMBOLS).astype(int)).tolist()
    # Mealy labels: the answer to one symbol tells the state.
    for x in symbols:
        for k in range(machine.output_width):
            yield machine.output[:, x, k]
    for x in symbols:
        if (labels := _along(machine, x)) is not None:
            yield labels
    yield _rounds(machine)


def entered_with(machine: MealyMachine, values: IntArray, *, moving: bool = False) -> Iterator[IntArray]:
    """Yield labels by the value (S, X) on the transitions into each state, if each state has one such value.

    A start state that nothing leads to may have any label; 0 and the nearest free ones are tried.

    Parameters
    ----------
    machine : all states reachable, start state 0
    moving : leave transitions out that stay where they are
    """
    s = machine.states
    target = machine.next_state.ravel()
    flat = values.ravel()
    if moving:
        away = target != np.repeat(np.arange(s), len(machine.symbols))
        target, flat = target[away], flat[away]
    low, high = np.full(s, np.iinfo(np.int64).max), np.full(s, np.iinfo(np.int64).min)
    np.minimum.at(low, target, flat)
    np.maximum.at(high, target, flat)
    entered = low <= high
    if (low[entered] != high[entered]).any() or not entered[1:].all():
        return
    if entered[0]:
        yield low
        return
    top, bottom = (int(low[1:].max()), int(low[1:].min())) if s > 1 else (0, 0)
    if max(abs(top), abs(bottom)) > _LARGEST:
        return  # the outputs of a network that runs away: nothing lies beyond them
    for start in dict.fromkeys((0, bottom - 1, top + 1, -1)):
        labels = low.copy()
        labels[0] = start
        yield labels


def _along(machine: MealyMachine, x: int) -> IntArray | None:
    """Return the position of each state on the walk of one symbol, if one walk visits all states."""
    step = machine.next_state[:, x]
    sources = np.setdiff1d(np.arange(machine.states), step)
    if len(sources) > 1:
        return None
    state = int(sources[0]) if len(sources) else machine.start_state
    labels = np.full(machine.states, -1, dtype=np.int64)
    for position in range(machine.states):
        if labels[state] >= 0:
            return None
        labels[state] = position
        state = int(step[state])
    return labels


def _rounds(machine: MealyMachine) -> IntArray:
    """Return the breadth-first number of each state (the machine is numbered that way)."""
    return np.arange(machine.states)
