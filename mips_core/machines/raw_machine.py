"""The raw machine: what the hidden states themselves show, before anything is merged by behaviour.

Hidden states nearer to each other than a tolerance count as one *raw state*.  The walk begins at the start and
feeds every input symbol to one hidden state of each raw state, the first one met; that gives the arrows.  A raw
state may have other members.  Those go the same way only if the tolerance is no coarser than the network's own
distinctions, so some are followed too: one that goes another way is a :class:`RawConflict`.

Giles et al., "Learning and extracting finite state automata with second-order recurrent neural networks" (1992), read
machines off hidden states in this way.  Merging raw states of equal behaviour (:func:`reduce_machine`) gives the
minimal machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from mips_core.errors import BadInputError
from mips_core.machines.compare import equivalent
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import Reduction, reduce_machine
from mips_core.machines.refine import equivalence_classes
from mips_core.networks.protocol import Network
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import Words

FloatArray = NDArray[np.float64]

TOLERANCES = (0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.003, 0.001, 0.0001)
"""Tolerances, as shares of the extent of the hidden states, among which the usual one is chosen."""

MOST_RAW = 512
"""Raw states at which a walk gives up."""

FEW_RAW = 60
"""Raw states beyond which a picture of them cannot be read."""

_MEMBERS = 4  # hidden states of one raw state that are followed
_SAME = 1e-9  # share of the extent below which two hidden states are one point


@dataclass(frozen=True, eq=False)
class RawConflict:
    """Two prefixes to one raw state after which one input goes two ways: the tolerance merges what differs.

    Parameters
    ----------
    state : the raw state that both prefixes lead to
    first, second : the prefixes, positions of symbols, int64 (T,)
    symbol : the input symbol that is read next
    next_states : the raw states that it leads to
    outputs : the outputs, int64 (2, D_out)
    """

    state: int
    first: IntArray
    second: IntArray
    symbol: int
    next_states: tuple[int, int]
    outputs: IntArray


@dataclass(frozen=True, eq=False)
class RawMachine:
    """The raw states of a network at one tolerance.

    Parameters
    ----------
    machine : raw states in the order in which the walk met them, and their arrows; None when there were too many
    hidden : float64 (S, d), the hidden state that stands for each
    prefixes : for each, a shortest input that leads there, positions of symbols, int64 (T,)
    prefix_symbols : int64 (X, D_in), the symbols whose positions prefixes hold
    tolerance : share of ``extent``
    extent : the largest distance between two hidden states along one hidden unit
    followed : transitions of further members that were followed
    conflicts : those of them that went another way, in the order of the walk
    """

    machine: MealyMachine | None
    hidden: FloatArray
    prefixes: tuple[IntArray, ...]
    prefix_symbols: IntArray
    tolerance: float
    extent: float
    followed: int
    conflicts: tuple[RawConflict, ...]

    @property
    def states(self) -> int:
        """How many raw states were met."""
        return len(self.hidden)

    @cached_property
    def reduction(self) -> Reduction | None:
        """The minimal machine of the raw states, and which of its states each became; None when there were too many.

        Raw states that only further members lead to, and no arrow does, become none (-1).
        """
        return reduce_machine(self.machine) if self.machine is not None else None

    @cached_property
    def worst_conflict(self) -> RawConflict | None:
        """The first conflict that changes behaviour, else the first; None when every member went the same way."""
        return next((c for c in self.conflicts if not self.is_harmless(c)), next(iter(self.conflicts), None))

    def is_harmless(self, conflict: RawConflict) -> bool:
        """Tell whether both ways give the same output now and, by the arrows of the raw machine, ever after."""
        if self._classes is None or not np.array_equal(*conflict.outputs):
            return False
        one, other = self._classes[list(conflict.next_states)].tolist()
        return bool(one == other)

    @cached_property
    def _classes(self) -> IntArray | None:
        """Equal numbers for raw states of equal behaviour; also for those that only further members lead to."""
        return equivalence_classes(self.machine) if self.machine is not None else None

    @property
    def holds(self) -> bool:
        """Whether the walk closed, and no member that was followed behaves differently from its raw state."""
        return self.machine is not None and all(self.is_harmless(c) for c in self.conflicts)

    def with_words(self, input_words: Words, output_words: Words) -> RawMachine:
        """Return the same with the words that the machine's integers stand for."""
        machine = self.machine.with_words(input_words, output_words) if self.machine is not None else None
        return replace(self, machine=machine)

    def members(self, hidden: FloatArray) -> IntArray:
        """Return the raw state of each hidden state (M, d), int64 (M,); -1 for those near none."""
        found = np.full(len(hidden), -1, dtype=np.int64)
        for state in range(self.states - 1, -1, -1):  # the first one met has the last word
            found[np.abs(hidden - self.hidden[state]).max(axis=1) <= self.tolerance * self.extent] = state
        return found


def raw_machine(
    network: Network, symbols: IntArray, tolerance: float, *, extent: float, most: int = MOST_RAW
) -> RawMachine:
    """Walk from the start to every raw state.

    A hidden state belongs to the raw state, the first in the order of the walk, from whose first hidden state it
    differs by at most ``tolerance * extent`` in every hidden unit; where there is none, it begins a new one.

    Parameters
    ----------
    network : what to walk in
    symbols : int64 (X, D_in), the input symbols to feed
    tolerance : share of ``extent``, above 0
    extent : size of the cloud of hidden states, e.g. from :func:`extent_of`
    most : raw states at which the walk gives up

    Raises
    ------
    BadInputError
        when the tolerance is not above 0, or there is no symbol.
    """
    if not tolerance > 0 or not len(symbols):
        raise BadInputError(f"A tolerance above 0 and at least one input symbol are needed, not {tolerance}.")
    return _Walk(network, symbols, tolerance, extent, most).run()


def extent_of(states: FloatArray) -> float:
    """Return the largest range of a hidden unit over hidden states (M, d); 1 where nothing varies."""
    spread = float(np.ptp(states, axis=0).max(initial=0.0)) if len(states) else 0.0
    return spread if spread > 0 else 1.0


def usual_raw_machine(
    network: Network, symbols: IntArray, *, extent: float, known: MealyMachine | None = None, most: int = MOST_RAW
) -> RawMachine:
    """Return the raw machine at the tolerance, one of :data:`TOLERANCES`, that explains the network best.

    The coarsest that holds, else the coarsest that behaves like ``known``, a machine over the same symbols; first
    among those with at most :data:`FEW_RAW` raw states, then among all.  Else the finest that closes, or the coarsest.
    """
    closed: list[RawMachine] = []
    for tolerance in TOLERANCES:
        raw = raw_machine(network, symbols, tolerance, extent=extent, most=most)
        if raw.machine is None:  # a finer tolerance gives still more raw states
            if not closed:
                return raw
            break
        if raw.holds and raw.states <= FEW_RAW:
            return raw
        closed.append(raw)
    few = [raw for raw in closed if raw.states <= FEW_RAW]
    for group in (few, closed):
        alike = (r for r in group if known is not None and r.machine is not None and equivalent(r.machine, known))
        found = next((r for r in group if r.holds), None) or next(alike, None)
        if found is not None:
            return found
    return (few or closed)[-1]


_Queue = list[tuple[int, FloatArray, tuple[int, ...]]]
"""Hidden states to follow: (raw state, hidden state, the word that led there)."""


class _Walk:
    """Breadth-first, a level of hidden states at a time, so that a network is asked in batches."""

    def __init__(self, network: Network, symbols: IntArray, tolerance: float, extent: float, most: int) -> None:
        self.network, self.symbols, self.most = network, symbols, most
        self.tolerance, self.extent = tolerance, extent
        start = np.asarray(network.start(1), dtype=np.float64)
        self.places = np.empty((most + 1, start.shape[1]))
        self.places[0] = start[0]
        self.words: list[tuple[int, ...]] = [()]
        self.next_state: dict[int, IntArray] = {}
        self.output: dict[int, IntArray] = {}
        self.members = [1]
        self.followed = 0
        self.conflicts: list[RawConflict] = []

    def run(self) -> RawMachine:
        level: _Queue = [(0, self.places[0].copy(), ())]
        while level and len(self.words) <= self.most:
            level = self._follow(level)
        machine = None
        if len(self.words) <= self.most:
            rows = range(len(self.words))
            machine = MealyMachine(
                np.stack([self.next_state[s] for s in rows]), np.stack([self.output[s] for s in rows]), self.symbols
            )
        words = self.words[: self.most]
        return RawMachine(
            machine, self.places[: len(words)].copy(), tuple(np.array(word, dtype=np.int64) for word in words),
            self.symbols, self.tolerance, self.extent, self.followed, tuple(self.conflicts),
        )  # fmt: skip

    def _follow(self, level: _Queue) -> _Queue:
        """Feed every symbol to every hidden state of a level; return what is new."""
        count = len(self.symbols)
        hidden = np.stack([h for _, h, _ in level])
        after, y = self.network.step(np.repeat(hidden, count, axis=0), np.tile(self.symbols, (len(level), 1)))
        after = np.asarray(after, dtype=np.float64)
        if not np.isfinite(after).all():
            raise BadInputError("A hidden state is no longer finite, so this network has no raw machine.")
        outputs = y.reshape(len(level), count, -1)
        before = len(self.words)
        apart = cdist(after, self.places[:before], "chebyshev")
        close = apart <= self.tolerance * self.extent
        near = np.where(close.any(axis=1), close.argmax(axis=1), -1).tolist()
        following: _Queue = []
        for row, (state, _, word) in enumerate(level):
            targets = np.empty(count, dtype=np.int64)
            for i in range(count):
                place = row * count + i
                targets[i] = self._state_of(after[place], near[place], before, (*word, i), following)
                if len(self.words) > self.most:
                    return []
            self._note(state, word, targets, outputs[row])
        return following

    def _state_of(self, hidden: FloatArray, near: int, before: int, word: tuple[int, ...], following: _Queue) -> int:
        """Return the raw state of a hidden state, a new one if need be; whatever is worth following is queued."""
        known = len(self.words)
        state = near
        if near < 0:  # none was near before this level; one of this level may be
            state = known
            for met in range(before, known):
                if np.abs(self.places[met] - hidden).max() <= self.tolerance * self.extent:
                    state = met
                    break
        if state == known:
            self.places[state] = hidden
            self.words.append(word)
            self.members.append(1)
            following.append((state, hidden, word))
        elif self.members[state] < _MEMBERS and np.abs(self.places[state] - hidden).max() > _SAME * self.extent:
            self.members[state] += 1  # another point: it is followed as well, to see whether it goes the same way
            following.append((state, hidden, word))
        return state

    def _note(self, state: int, word: tuple[int, ...], targets: IntArray, outputs: IntArray) -> None:
        """Keep the arrows of a raw state's first member; compare those of the others with them."""
        if state not in self.next_state:
            self.next_state[state], self.output[state] = targets, outputs
            return
        self.followed += len(targets)
        differs = (targets != self.next_state[state]) | (outputs != self.output[state]).any(axis=1)
        for i in np.flatnonzero(differs).tolist():
            self.conflicts.append(
                RawConflict(
                    state, np.array(self.words[state], dtype=np.int64), np.array(word, dtype=np.int64), i,
                    (int(self.next_state[state][i]), int(targets[i])), np.stack([self.output[state][i], outputs[i]]),
                )
            )  # fmt: skip
