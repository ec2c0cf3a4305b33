"""Data as a device records them, with errors where a test wants them."""

from __future__ import annotations

import numpy as np

from mips_core.machines import MealyMachine
from mips_core.stepping import IntArray, outputs_of
from mips_core.tasks import Dataset, make_dataset


def counter(modulus: int) -> MealyMachine:
    """Return a counter: symbol 0 leaves it, 1 counts modulo ``modulus``, 2 resets; the output is the new count."""
    following = np.array([[s, (s + 1) % modulus, 0] for s in range(modulus)])
    return mealy(following, following)


def mealy(next_state: IntArray, output: IntArray) -> MealyMachine:
    """Return the machine that starts in state 0, with symbols 0, 1, ... and these tables (states, symbols)."""
    return MealyMachine(next_state, output[:, :, None], np.arange(next_state.shape[1])[:, None], 0)


def recorded(machine: MealyMachine, rows: int, length: int, seed: int = 0) -> Dataset:
    """Return random words over the machine's symbols with its outputs."""
    rng = np.random.default_rng([seed, 1])
    x = machine.symbols[rng.integers(len(machine.symbols), size=(rows, length))]
    return make_dataset(x, outputs_of(machine, x), name="recorded")


def spoilt(data: Dataset, share: float, seed: int = 0) -> tuple[Dataset, np.ndarray]:
    """Return the data with each output changed to another value with this probability, and where, bool (N, T)."""
    rng = np.random.default_rng([seed, 2])
    values = np.unique(data.y)
    wrong = (rng.random(data.y.shape[:2]) < share) & data.mask
    shift = rng.integers(1, len(values), data.y.shape)
    other = values[(np.searchsorted(values, data.y) + shift) % len(values)]
    return make_dataset(data.x, np.where(wrong[:, :, None], other, data.y), data.lengths, name="recorded"), wrong
