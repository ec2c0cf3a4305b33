"""Beyond the table: do hidden states a few steps further behave like the states that the machine puts them in?

Words from the start hardly reach the deep states of a machine that mostly stays where it is.  Hidden states are
resumption points, so every known transition can be followed by one more symbol, or by a short random walk, and then by
every suffix that tells states apart.  With one more symbol and all suffixes this is the W-method for one state more
than are known (Chow, "Testing software design modeled by finite-state machines", 1978).
"""

from __future__ import annotations

import numpy as np

from mips_core.machines.learning.table import ObservationTable
from mips_core.machines.learning.words import run_tables
from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray

_STEPS = 150_000
"""Network steps for each of the two ways to go on."""
_WALK = 6
"""Steps of a random walk after a known transition."""

Found = tuple[int, IntArray, IntArray]
"""A state of the table, a word of symbol positions from it, and the network's output on the word's last symbol."""


def surprises(table: ObservationTable, machine: MealyMachine, rng: np.random.Generator) -> list[Found]:
    """Return words from known states whose last output is not the machine's, shortest first; at most sixteen.

    Parameters
    ----------
    machine : the closed table as a machine; its states are those of the table
    rng : draws what is tried where all would be too much
    """
    found = _after(table, machine, rng, 1)
    return found or _after(table, machine, rng, _WALK)


def _after(table: ObservationTable, machine: MealyMachine, rng: np.random.Generator, length: int) -> list[Found]:
    """Follow known transitions by ``length`` symbols, all of them or random ones, and then by every suffix."""
    alphabet = table.alphabet
    suffixes = table.suffixes
    if not suffixes:
        return []
    most = max(alphabet, _STEPS // (length + sum(map(len, suffixes))))
    total = table.after_code.size * alphabet
    if length == 1 and total <= most:
        pairs, last = np.divmod(np.arange(total), alphabet)
        walks = last[:, None]
    else:
        pairs = rng.integers(table.after_code.size, size=min(total, most))
        walks = rng.integers(alphabet, size=(len(pairs), length))
    begin, first = np.divmod(pairs, alphabet)
    hidden = table.after.reshape(-1, *table.hidden.shape[1:])[pairs]
    state = machine.next_state[begin, first]
    for symbols in walks.T:
        hidden, _ = table.oracle.step(hidden, symbols)
        state = machine.next_state[state, symbols]
    found: list[Found] = []
    for suffix, answers in zip(suffixes, table.oracle.after_all(hidden, suffixes), strict=True):
        expected = run_tables(machine, np.broadcast_to(suffix, (len(state), len(suffix))), state)[:, -1]
        for row in np.flatnonzero((answers != expected).any(axis=1))[:16].tolist():
            word = np.concatenate((first[row : row + 1], walks[row], suffix))
            found.append((int(begin[row]), word, answers[row]))
    return sorted(found, key=lambda each: len(each[1]))[:16]
