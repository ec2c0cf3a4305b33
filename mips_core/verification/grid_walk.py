"""Walk through all grid states that a network with a state grid reaches: a proof for every length where they are few.

A network that rounds its hidden state to a grid moves between grid states only.  Breadth first, in product with what
it is compared with, each grid state is met once and each input symbol tried there.  When no new state is left and all
outputs were right, they are right for sequences of every length; else one of the shortest wrong words is at hand, and
many more of them to train on.  Both hold on every machine as long as rounding errors of floating-point numbers cannot
carry a value over a boundary of the grid: :mod:`~mips_core.verification.float_errors` says how large those are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.recurrent import on_grid
from mips_core.progress import Monitor, Stopwatch
from mips_core.stepping import IntArray, Stepper
from mips_core.verification.float_errors import Errors, errors_of
from mips_core.verification.hunt import Ruled, closeness, way_to

MOST_STATES = 200_000
_BLOCK = 2**17
"""Transitions that are computed at once, which bounds the memory."""
_LARGEST = 2.0**52
"""Beyond this many cells from zero, neighbouring grid states can no longer be told apart."""

GridNetwork = MlpNetwork | CellNetwork


@dataclass(frozen=True, eq=False)
class ClosedSet:
    """All pairs of a grid state and a state of the machine that any sequence reaches; all outputs are right there.

    Parameters
    ----------
    states : hidden states in cells of the grid, int64 (N, d); the first is the start
    machine : state of the machine at each, (N, ...)
    boundary : least distance, over all transitions, of a value before rounding from where it would be rounded to
        another grid state, in cells of the grid: at most 0.5
    margin : least distance of a score from where another output would be given
    errors : bounds of the floating-point errors of both, in the same units
    length : the pairs met at this length were followed no further; None: all were, so it holds at every length
    """

    states: IntArray
    machine: NDArray[Any]
    boundary: float
    margin: float
    errors: Errors
    length: int | None = None

    @property
    def is_firm(self) -> bool:
        """Whether both distances are larger than floating-point errors on any machine, many times over."""
        return self.errors.allow(self.boundary, self.margin)


@dataclass(frozen=True, eq=False)
class GridWalk:
    """What a walk found.

    Parameters
    ----------
    words : words on which the last output is wrong, and none before, shortest first, each int64 (T, D_in)
    closed : the closed set; None when something is wrong or left, or when it was compared with a rule
    complete : no state was left unfollowed but those behind a wrong output
    sample : words that lead to states met, drawn at random, as many as were asked for
    states : pairs of states met
    depth : length of the longest word tried
    seconds : time spent
    """

    words: tuple[IntArray, ...]
    closed: ClosedSet | None
    complete: bool
    sample: tuple[IntArray, ...]
    states: int
    depth: int
    seconds: float

    @property
    def word(self) -> IntArray | None:
        """The shortest word found on which the network differs, int64 (T, D_in)."""
        return self.words[0] if self.words else None


def with_grid(network: GridNetwork, places: int) -> GridNetwork:
    """Return the network that rounds its hidden state to multiples of ``2**-places``, also at the start."""
    if isinstance(network, MlpNetwork):
        start = on_grid(network.start_state, places)
        return replace(network, state_grid=places, start_state=start)
    return replace(network, state_grid=places)


def walk_grid(
    network: GridNetwork,
    other: Stepper,
    symbols: IntArray,
    *,
    seconds: float = 20.0,
    most: int = MOST_STATES,
    wrong: int = 1,
    sample: int = 0,
    seed: int = 0,
    length: int | None = None,
    monitor: Monitor | None = None,
) -> GridWalk:
    """Walk until the set of states closes, ``wrong`` words are found, or time or states are used up.

    Parameters
    ----------
    network : one with a state grid
    other : a machine, a program's equations, or a :class:`~mips_core.verification.hunt.Ruled`, whose states cannot be
        joined: one word is then followed for each grid state, which finds words and proves nothing
    symbols : input symbols, int64 (X, D_in)
    seconds : time for the walk; it also ends when the monitor says so
    most : pairs of states that are followed
    wrong : words to look for; nothing behind a wrong output is followed
    sample, seed : how many words to draw that lead to states met, and the seed of the draw
    length : follow words up to this length only, where a counter meets new states for ever
    """
    walk = _Walk(network, other, symbols, monitor or Monitor())
    found = walk.run(seconds, most, wrong, length)
    return replace(found, sample=walk.sample(sample, np.random.default_rng([seed, 31]))) if sample else found


class _Walk:
    """One walk, a level of words of equal length at a time."""

    def __init__(self, network: GridNetwork, other: Stepper, symbols: IntArray, monitor: Monitor) -> None:
        assert network.state_grid is not None, "a network with a state grid is needed"
        self.free, self.places = replace(network, state_grid=None), network.state_grid
        self.other, self.symbols, self.monitor = other, symbols, monitor
        self.clock = Stopwatch()
        self.seen: set[bytes] = set()
        self.parents: list[IntArray] = []  # for each level: which state of the level before, and which symbol
        self.inputs: list[IntArray] = []
        self.boundary = self.margin = float("inf")
        self.mixing = np.random.default_rng(0).integers(1, 2**62, size=1024, dtype=np.int64) | 1

    def run(self, seconds: float, most: int, wanted: int, length: int | None = None) -> GridWalk:
        state = np.ldexp(self.free.start(1), self.places).astype(np.int64)
        other, words, complete = self.other.start(1), list[IntArray](), True
        self._fresh(state, other)
        states, others, largest = [state], [other], np.abs(state).max(0)
        while len(state) and (length is None or len(self.parents) < length):
            state, other, ends, whole = self._level(state, other, seconds, most)
            words += [self._word(*end) for end in ends[: max(0, wanted - len(words))]]
            if len(words) >= wanted or not whole:
                complete = False
                break
            if len(state):
                states.append(state)
                others.append(other)
                largest = np.maximum(largest, np.abs(state).max(0))
        closed = None
        if complete and not words and not isinstance(self.other, Ruled):
            errors = errors_of(self.free, self.symbols, np.ldexp(largest.astype(np.float64), -self.places), self.places)
            followed = length if len(state) else None
            closed = ClosedSet(
                np.concatenate(states), np.concatenate(others), self.boundary, self.margin, errors, followed
            )
        return GridWalk(tuple(words), closed, complete, (), len(self.seen), len(self.parents), self.clock.seconds)

    def sample(self, count: int, rng: np.random.Generator) -> tuple[IntArray, ...]:
        """Draw words that lead to states met; every state but the start is as likely as any other."""
        sizes = np.array([len(level) for level in self.parents], dtype=np.int64)
        if not sizes.sum():
            return ()
        levels = rng.choice(len(sizes), size=count, p=sizes / sizes.sum())
        return tuple(self._path(int(level) + 1, int(rng.integers(sizes[level]))) for level in levels)

    def _level(
        self, state: IntArray, other: NDArray[Any], seconds: float, most: int
    ) -> tuple[IntArray, NDArray[Any], list[tuple[int, int]], bool]:
        """Follow all words one step, unless time or states are used up.

        Returns
        -------
        the new states, the (state, symbol) pairs whose output is wrong, and whether all words were followed
        """
        count, rows = len(self.symbols), max(1, _BLOCK // len(self.symbols))
        states, others, parents, inputs, ends = [], [], [], [], list[tuple[int, int]]()
        for first in range(0, len(state), rows):
            if len(self.seen) > most or self.clock.seconds > seconds or self.monitor.expired:
                break
            who = np.repeat(np.arange(first, min(first + rows, len(state))), count)
            which = np.tile(np.arange(count), len(who) // count)
            after, wanted = self.other.step(other[who], self.symbols[which])
            cells, right = self._moved(state[who], self.symbols[which], wanted)
            ends += zip(who[~right].tolist(), which[~right].tolist(), strict=True)
            kept = np.flatnonzero(right)
            kept = kept[self._fresh(cells[kept], after[kept])]
            states.append(cells[kept])
            others.append(after[kept])
            parents.append(who[kept])
            inputs.append(which[kept])
        whole, none = len(states) == -(-len(state) // rows), np.empty(0, dtype=np.int64)
        if not states:
            states, others, parents, inputs = [state[:0]], [other[:0]], [none], [none]
        self.parents.append(np.concatenate(parents))
        self.inputs.append(np.concatenate(inputs))
        return np.concatenate(states), np.concatenate(others), ends, whole

    def _moved(self, state: IntArray, x: IntArray, wanted: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
        """Return the grid states after one step, and where the output is right; keeps the least distances."""
        free = np.ldexp(self.free.advance(np.ldexp(state.astype(np.float64), -self.places), x), self.places)
        rounded = np.rint(free)
        usable: NDArray[np.bool_] = np.all(np.abs(rounded) < _LARGEST, axis=1)  # False for NaN
        rounded = np.where(usable[:, None], rounded, 0.0)
        scores = self.free.readout(np.ldexp(rounded, -self.places))
        right = np.logical_and(usable, (self.free.decode(scores) == wanted).all(axis=1))
        if right.any():
            self.boundary = min(self.boundary, float((0.5 - np.abs(free[right] - rounded[right])).min()))
            self.margin = min(self.margin, float(closeness(self.free, scores[right]).min()))
        return rounded.astype(np.int64), right

    def _fresh(self, cells: IntArray, other: NDArray[Any]) -> IntArray:
        """Return the rows whose pair of states is met for the first time."""
        keys = cells if isinstance(self.other, Ruled) else np.column_stack([cells, np.atleast_2d(other.T).T])
        keys = np.ascontiguousarray(keys, dtype=np.int64)
        # Most rows repeat one another: a hash finds those quickly, and whole rows are compared before it is believed.
        with np.errstate(over="ignore"):
            code = (keys * self.mixing[np.arange(keys.shape[1]) % len(self.mixing)]).sum(axis=1)
        _, first, group = np.unique(code, return_index=True, return_inverse=True)
        rows = np.sort(first) if (keys == keys[first[group]]).all() else np.arange(len(keys))
        kept = []
        for row in rows.tolist():
            name = keys[row].tobytes()
            if name not in self.seen:
                self.seen.add(name)
                kept.append(row)
        return np.array(kept, dtype=np.int64)

    def _word(self, state: int, symbol: int) -> IntArray:
        """Return the word that leads to a state of the last level but one, and then the symbol."""
        return np.concatenate([self._path(len(self.parents) - 1, state), self.symbols[[symbol]]])

    def _path(self, length: int, row: int) -> IntArray:
        """Return the word of so many steps that leads to a state of its level, int64 (length, D_in)."""
        return self.symbols[way_to(self.parents[:length], self.inputs[:length], row)]
