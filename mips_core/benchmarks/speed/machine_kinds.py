"""Machines whose number of states is known by construction, and copies of their states to be merged again."""

from __future__ import annotations

import numpy as np

from mips_core.errors import BadInputError
from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray

KINDS = ("random", "counter", "lock", "shift register")
_WORDS, _LENGTH = 24, 40
"""Random words whose outputs must tell all states of a random machine apart."""


def minimal_machine(kind: str, states: int, *, symbols: int = 2, seed: int = 0) -> MealyMachine:
    """Return a machine all of whose states are reachable from state 0, and no two of which are equivalent.

    Parameters
    ----------
    kind : "random": any successors, outputs 0 and 1; "counter": up and down between two ends, and it shows the lower
        one; "lock": one symbol leads on and all others back to the beginning, and it shows the end; "shift register":
        the last k symbols, of which it shows the oldest
    states : how many; of a shift register the next lower power of the number of symbols
    symbols : 0 to ``symbols - 1``, at least 2
    seed : draws random machines and the code of a lock

    Raises
    ------
    BadInputError
        when there is no such kind.
    """
    rng = np.random.default_rng([seed, states, symbols])
    place = np.arange(states)
    if kind == "random":
        return _random(states, symbols, rng)
    following = np.zeros((states, symbols), dtype=np.int64)
    if kind == "counter":
        following[:] = np.maximum(place - 1, 0)[:, None]
        following[:, 0] = np.minimum(place + 1, states - 1)
        return _showing(following, place == 0)
    if kind == "lock":
        following[place, rng.integers(symbols, size=states)] = np.minimum(place + 1, states - 1)
        return _showing(following, place == states - 1)
    if kind == "shift register":
        size = symbols
        while size * symbols <= states:
            size *= symbols
        place = np.arange(size)
        return _showing((place[:, None] * symbols + np.arange(symbols)) % size, place // (size // symbols))
    raise BadInputError(f"There is no kind of machine {kind!r}; known are {', '.join(KINDS)}.")


def with_copies(machine: MealyMachine, copies: int, *, seed: int = 0) -> MealyMachine:
    """Return a machine that behaves alike: each state so many times, transitions to any copy, states in any order."""
    rng = np.random.default_rng([seed, copies])
    count = machine.states * copies
    number = rng.permutation(count)
    target = machine.next_state.repeat(copies, axis=0) * copies
    following, output = np.empty_like(target), np.empty((count, *machine.output.shape[1:]), dtype=np.int64)
    following[number] = number[target + rng.integers(copies, size=target.shape)]
    output[number] = machine.output.repeat(copies, axis=0)
    return MealyMachine(following, output, machine.symbols, int(number[machine.start_state * copies]))


def image(large: MealyMachine, small: MealyMachine) -> str:
    """Return why ``small`` does not behave like ``large`` on some word, "" where it does on all.

    Walks both from their starts, and notes with which state of ``small`` each state of ``large`` is met.  When no state
    is met with two, no pair is left out, and equal outputs at all of them prove it.  It serves a ``small`` without
    equivalent states: one that behaves alike never fails.
    """
    met = np.full(large.states, -1, dtype=np.int64)
    met[large.start_state] = small.start_state
    level = np.array([large.start_state])
    while len(level):
        if not np.array_equal(large.output[level], small.output[met[level]]):
            return "some outputs differ"
        targets, images = large.next_state[level].ravel(), small.next_state[met[level]].ravel()
        new = met[targets] < 0
        met[targets[new]] = images[new]
        if not np.array_equal(met[targets], images):
            return "one state would have to behave like two"
        level = np.unique(targets[new])
    return ""


def _showing(following: IntArray, shown: IntArray) -> MealyMachine:
    output = np.repeat(np.asarray(shown, dtype=np.int64)[:, None, None], following.shape[1], axis=1)
    return MealyMachine(following, output, np.arange(following.shape[1])[:, None])


def _random(states: int, symbols: int, rng: np.random.Generator) -> MealyMachine:
    """Draw until random words tell all states apart; of each state one symbol, any one, leads to the next state."""
    while True:
        following = rng.integers(states, size=(states, symbols))
        place = np.arange(states - 1)
        following[place, rng.integers(symbols, size=states - 1)] = place + 1
        output = rng.integers(2, size=(states, symbols, 1))
        machine = MealyMachine(following, output, np.arange(symbols)[:, None])
        if _told_apart(machine, rng):
            return machine


def _told_apart(machine: MealyMachine, rng: np.random.Generator) -> bool:
    """Whether no two states give the same outputs on all of some random words."""
    answers = np.zeros(machine.states, dtype=np.uint64)
    for word in rng.integers(len(machine.symbols), size=(_WORDS, _LENGTH)):
        state = np.arange(machine.states)
        for symbol in word:
            answers = answers * np.uint64(6_364_136_223_846_793_005) + np.uint64(1_442_695_040_888_963_407)
            answers += machine.output[state, symbol, 0].astype(np.uint64)
            state = machine.next_state[state, symbol]
    return len(np.unique(answers)) == machine.states
