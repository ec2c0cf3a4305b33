"""Words that are run on network and machine to find where they differ."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.machines.labels import Agreement
from mips_core.machines.learning.oracle import Oracle
from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray

_SHORT = 20_000
_LONGEST_SHORT = 14


@dataclass(frozen=True, eq=False)
class WordGroup:
    """Words of one kind and what the network answers.

    Parameters
    ----------
    name : "short" (every word up to a length), "1x", "given", "5x" or "unusual"
    words : symbol positions, int64, shape (N, T)
    lengths : int64, shape (N,); symbols beyond do not count
    outputs : the network's outputs, int64, shape (N, T, D_out)
    """

    name: str
    words: IntArray
    lengths: IntArray
    outputs: IntArray

    def first_differences(self, machine: MealyMachine) -> IntArray:
        """Return the first step at which the machine differs on each word, int64 (N,); T where it never does."""
        differs = run_tables(machine, self.words) != self.outputs
        counts = np.arange(self.words.shape[1]) < self.lengths[:, None]
        return first_steps(differs & counts[:, :, None])

    def agreement(self, first: IntArray) -> Agreement:
        """Count the words without a difference, given :meth:`first_differences`."""
        return Agreement(len(first), int((first == self.words.shape[1]).sum()))


def first_steps(differs: NDArray[np.bool_]) -> IntArray:
    """Return the first step with a difference per row of (N, T, D_out), int64 (N,); T where there is none."""
    at_step = np.asarray(differs.any(axis=2))
    return np.where(at_step.any(axis=1), at_step.argmax(axis=1), at_step.shape[1])


def run_tables(machine: MealyMachine, words: IntArray, state: IntArray | None = None) -> IntArray:
    """Return the machine's outputs (N, T, D_out) on symbol positions (N, T), from the start or from given states."""
    if state is None:
        state = np.full(len(words), machine.start_state)
    outputs = np.empty((*words.shape, machine.output_width), dtype=np.int64)
    for t in range(words.shape[1]):
        outputs[:, t] = machine.output[state, words[:, t]]
        state = machine.next_state[state, words[:, t]]
    return outputs


def random_groups(oracle: Oracle, length: int, rng: np.random.Generator) -> tuple[WordGroup, ...]:
    """Draw words at 1x and 5x, and unusual ones (few kinds of symbols, runs of one), and ask the network."""
    alphabet = len(oracle.symbols)
    many = int(np.clip(100_000 // length, 64, 1000))
    some = int(np.clip(100_000 // (5 * length), 16, 300))
    at_1x = rng.integers(alphabet, size=(many, length))
    at_5x = rng.integers(alphabet, size=(some, 5 * length))
    # words over one to three kinds of symbols reach what uniform words almost never do: counters, resets, bounds
    kinds = rng.integers(alphabet, size=(some, 3))
    pick = rng.integers(rng.integers(1, 4, size=some)[:, None], size=(some, 5 * length))
    # in every second one a symbol stays for a while: runs take a counter far from its start and back
    hold = rng.random((some, 5 * length)) * rng.choice([1, 3, length], size=(some, 1)) > 1
    hold[::2], hold[:, 0] = False, False
    pick = np.take_along_axis(pick, np.maximum.accumulate(np.where(hold, 0, np.arange(5 * length)), axis=1), axis=1)
    unusual = np.take_along_axis(kinds, pick, axis=1)
    return (
        _ask(oracle, "1x", at_1x),
        _ask(oracle, "5x", at_5x),
        _ask(oracle, "unusual", unusual),
    )


def short_group(oracle: Oracle, longest: int) -> WordGroup:
    """List every word of one length, up to ``longest`` and 20,000 words (single symbols at least)."""
    alphabet = len(oracle.symbols)
    length = 1
    while alphabet ** (length + 1) <= _SHORT and length < min(longest, _LONGEST_SHORT):
        length += 1
    hidden, history = oracle.start(), list[IntArray]()
    for _ in range(length):  # common beginnings are asked once
        following, outputs = oracle.every(hidden)
        hidden = following.reshape(-1, *hidden.shape[1:])
        history.append(outputs.reshape(-1, outputs.shape[-1]))
    words = np.array(list(itertools.product(range(alphabet), repeat=length)), dtype=np.int64)
    table = np.stack([np.repeat(level, len(words) // len(level), axis=0) for level in history], axis=1)
    return WordGroup("short", words, np.full(len(words), length), table)


def given_group(oracle: Oracle, sequences: IntArray, limit: int = 1000) -> WordGroup | None:
    """Take the first ``limit`` sequences (N, T, D_in), each up to its first symbol outside the alphabet."""
    index = {tuple(row): i for i, row in enumerate(oracle.symbols.tolist())}
    rows = sequences[:limit]
    words = np.array([[index.get(tuple(step), -1) for step in row] for row in rows.tolist()], dtype=np.int64)
    words = words.reshape(rows.shape[:2])
    lengths = first_steps((words < 0)[:, :, None])
    words, lengths = np.maximum(words, 0)[lengths > 0], lengths[lengths > 0]
    return _ask(oracle, "given", words, lengths) if len(words) else None


def _ask(oracle: Oracle, name: str, words: IntArray, lengths: IntArray | None = None) -> WordGroup:
    if lengths is None:
        lengths = np.full(len(words), words.shape[1], dtype=np.int64)
    return WordGroup(name, words, lengths, oracle.run(words))
