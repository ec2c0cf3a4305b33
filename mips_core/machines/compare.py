"""Comparing machines by what they do."""

from __future__ import annotations

import numpy as np

from mips_core.errors import BadInputError
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import minimise, quotient
from mips_core.stepping import IntArray


def equivalent(a: MealyMachine, b: MealyMachine) -> bool:
    """Tell whether two machines have the same alphabet and the same outputs on every word, of any length.

    This is a proof about the two tables, not a test on samples.  The numbering of states and the
    order of symbols do not matter.
    """
    if a.output_width != b.output_width or set(a.symbol_index) != set(b.symbol_index):
        return False
    return shortest_difference(a, b) is None


def same_tables(a: MealyMachine, b: MealyMachine) -> bool:
    """Tell whether two machines are equal entry by entry, numbering of states included."""
    return (
        a.start_state == b.start_state
        and np.array_equal(a.symbols, b.symbols)
        and np.array_equal(a.next_state, b.next_state)
        and np.array_equal(a.output, b.output)
    )


def shortest_difference(a: MealyMachine, b: MealyMachine) -> IntArray | None:
    """Return the shortest word on whose last step the outputs of two machines differ, int64 (T, D_in), or None.

    Where the alphabets differ, only words over the common symbols are compared.  Among the
    shortest words the first one in symbol order (that of ``a``) is returned.

    Raises
    ------
    BadInputError
        when the machines have no symbol in common, or outputs of different width.
    """
    if a.output_width != b.output_width:
        raise BadInputError(
            f"The machines give {a.output_width} and {b.output_width} integers per step; only equal widths compare."
        )
    common = [row for row in a.symbol_index if row in b.symbol_index]
    if not common:
        raise BadInputError("The machines have no input symbol in common, so no word can be run on both.")
    left = minimise(_restricted(a, common))
    right = minimise(_restricted(b, common))
    if same_tables(left, right):  # minimal machines are canonical
        return None
    return left.symbols[_walk(left, left.start_state, right, right.start_state)]


def distinguishing_suffix(machine: MealyMachine, s: int, t: int) -> IntArray | None:
    """Return the shortest word that gives different outputs from states ``s`` and ``t``, int64 (T, D_in), or None.

    The outputs differ on the last step of the word; None means that the two states behave the same.

    Raises
    ------
    BadInputError
        when ``s`` or ``t`` is no state of the machine.
    """
    for state in (s, t):
        if not 0 <= state < machine.states:
            raise BadInputError(f"There is no state {state}; the machine has states 0 to {machine.states - 1}.")
    small, classes = quotient(machine)
    if classes[s] == classes[t]:
        return None
    return machine.symbols[_walk(small, int(classes[s]), small, int(classes[t]))]


def _restricted(machine: MealyMachine, symbols: list[tuple[int, ...]]) -> MealyMachine:
    """Keep the given symbols, in the given order."""
    columns = [machine.symbol_index[symbol] for symbol in symbols]
    return MealyMachine(
        machine.next_state[:, columns], machine.output[:, columns], machine.symbols[columns], machine.start_state
    )


def _walk(a: MealyMachine, s: int, b: MealyMachine, t: int) -> IntArray:
    """Walk pairs of states breadth-first from (s, t), which differ on some word; return that word as symbol positions.

    Both machines have the same symbols in the same order.  Pairs are coded as s * S_b + t, a level at a time.
    """
    level = np.array([s * b.states + t], dtype=np.int64)
    seen = level
    history: list[tuple[IntArray, IntArray]] = []  # per level: index of the parent pair, symbol taken
    while True:
        left, right = np.divmod(level, b.states)
        differs = (a.output[left] != b.output[right]).any(axis=2)  # (pairs, X)
        if differs.any():
            pair, symbol = divmod(int(np.argmax(differs)), differs.shape[1])
            word = [symbol]
            for parents, symbols in reversed(history):
                word.append(int(symbols[pair]))
                pair = int(parents[pair])
            return np.array(word[::-1], dtype=np.int64)
        following = (a.next_state[left] * b.states + b.next_state[right]).ravel()
        found, first = np.unique(following, return_index=True)
        new = ~np.isin(found, seen, assume_unique=True)
        order = np.sort(first[new])  # keeps the walk in symbol order
        level = following[order]
        seen = np.concatenate((seen, level))
        history.append((order // differs.shape[1], order % differs.shape[1]))
