"""Which states behave the same: partition refinement on integer tables.

Moore's idea in Hopcroft's bookkeeping: a class that splits keeps its number for its largest
part, so only states that lead into the smaller parts have to be looked at again, and each
state is renumbered at most log2(S) times.  All splits of a round, or wave, are done at once
in NumPy; a wave of a handful of states by plain loops (:mod:`mips_core.machines.small_waves`).
The rows are compared by 64-bit hashes that are updated in place; hashing can only merge
too much, which the exact check at the end would find, so the result is exact.

Hopcroft, "An n log n algorithm for minimizing states in a finite automaton" (1971).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mips_core.machines import few_states
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.small_waves import FEW, SmallWaves
from mips_core.stepping import IntArray

_Hashes = NDArray[np.uint64]


def equivalence_classes(machine: MealyMachine) -> IntArray:
    """Return the class of every state, int64 (S,): equal numbers for states with the same outputs on every word.

    Takes 2 s to 15 s for 10^6 states and 2 symbols, the most for one long chain; the cost grows like S X log S.

    >>> import numpy as np
    >>> twice = MealyMachine(np.array([[1], [0]]), np.array([[[7]], [[7]]]), np.array([[0]]))
    >>> equivalence_classes(twice).tolist()
    [0, 0]
    """
    if machine.next_state.size <= few_states.FEW:
        found = few_states.classes_by_rounds(machine)
        if found is not None:
            return found
    seed = 0
    while True:
        classes = Refinement(machine, np.random.default_rng(seed)).run()
        if _is_stable(machine, classes):
            return classes
        seed += 1  # two rows had the same 64-bit hash: draw another hash


def _is_stable(machine: MealyMachine, classes: IntArray) -> bool:
    """Check exactly that states of one class have equal outputs and successors in equal classes."""
    _, first, inverse = np.unique(classes, return_index=True, return_inverse=True)
    model = first[inverse.ravel()]
    return all(
        np.array_equal(machine.output[:, i], machine.output[model, i])
        and np.array_equal(classes[machine.next_state[:, i]], classes[machine.next_state[model, i]])
        for i in range(len(machine.symbols))
    )


def _ranges(starts: IntArray, lengths: IntArray) -> IntArray:
    """Return the integers start, start + 1, ... of every range, one range after the other."""
    total = int(lengths.sum())
    offsets = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return offsets + np.arange(total)


def _incoming(next_state: IntArray) -> tuple[IntArray, IntArray]:
    """Return the transitions s * X + i sorted by their successor, int64 (S X,), and where each begins, (S + 1,)."""
    states, symbols = next_state.shape
    edges = states * symbols
    # SciPy's change from rows to columns is a counting sort
    by_target = csr_matrix((np.arange(edges), next_state.ravel(), np.arange(edges + 1)), shape=(edges, states)).tocsc()
    return by_target.data, by_target.indptr.astype(np.int64)


def _starts(*columns: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Mark the rows that differ from the row before."""
    marks = np.ones(len(columns[0]), dtype=bool)
    if len(marks) > 1:
        marks[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return marks


class Refinement:
    """The changing partition: members of class c are ``members[first[c] : first[c] + size[c]]``."""

    def __init__(self, machine: MealyMachine, rng: np.random.Generator) -> None:
        """Start with all states in class 0."""
        states, symbols = machine.next_state.shape
        self.symbols = symbols
        # edges[begin[t] : begin[t + 1]] are the positions s * X + i whose successor is t
        self.edges, self.begin = _incoming(machine.next_state)
        self.weight = _random(rng, symbols)
        self.code = _random(rng, states)
        self.classes = np.zeros(states, dtype=np.int64)
        self.members = np.arange(states)
        self.position = np.arange(states)
        self.first = np.zeros(states, dtype=np.int64)
        self.size = np.zeros(states, dtype=np.int64)
        self.size[0] = states
        self.count = 1
        self.hashes: _Hashes = np.zeros(states, dtype=np.uint64)
        self.outputs: _Hashes = np.zeros(states, dtype=np.uint64)
        for i in range(symbols):
            for j in range(machine.output_width):
                mixed = _mix(machine.output[:, i, j].astype(np.uint64) + self.weight[i])
                self.outputs += mixed * _random(rng, 1)

    def run(self) -> IntArray:
        """Split until nothing changes."""
        moved, old = self._split(np.arange(len(self.classes)), self.outputs)
        small = SmallWaves(self)
        while len(moved):
            if len(moved) <= FEW:
                few, before = small.run(moved.tolist(), old.tolist())
                moved, old = np.array(few, dtype=np.int64), np.array(before, dtype=np.int64)
            touched = self._update(moved, old)
            moved, old = self._split(touched, self.hashes[touched])
        return self.classes

    def _update(self, moved: IntArray, old: IntArray) -> IntArray:
        """Correct the row hashes of the states that lead to renumbered ones; return those states."""
        counts = self.begin[moved + 1] - self.begin[moved]
        edges = self.edges[_ranges(self.begin[moved], counts)]
        sources, symbols = np.divmod(edges, self.symbols)
        change = np.repeat(self.code[self.classes[moved]] - self.code[old], counts)
        np.add.at(self.hashes, sources, self.weight[symbols] * change)
        if len(sources) < len(self.classes) // 8:
            return np.unique(sources)
        reached = np.zeros(len(self.classes), dtype=bool)
        reached[sources] = True
        return np.flatnonzero(reached)

    def _split(self, touched: IntArray, key: _Hashes) -> tuple[IntArray, IntArray]:
        """Split classes by ``key`` of the touched states; return the renumbered states and their old classes.

        The untouched states of a class stay together: their rows did not change, and were equal before.
        """
        if not len(touched):
            return touched, touched
        order = np.lexsort((key, self.classes[touched]))
        touched, key = touched[order], key[order]
        owner = self.classes[touched]
        class_at = np.flatnonzero(_starts(owner))
        ids = owner[class_at]
        hits = np.diff(np.append(class_at, len(touched)))
        self._move_to_tail(touched, ids, hits)

        group_at = np.flatnonzero(_starts(owner, key))
        group_size = np.diff(np.append(group_at, len(touched)))
        group_class = owner[group_at]
        tail_first = self.first[ids] + self.size[ids] - hits
        index = np.searchsorted(ids, group_class)
        group_first = tail_first[index] + group_at - class_at[index]
        rest = self.size[ids] - hits
        with_rest = np.flatnonzero(rest > 0)
        # all parts of all classes: the touched groups, then the untouched remainders
        part_class = np.concatenate((group_class, ids[with_rest]))
        part_first = np.concatenate((group_first, self.first[ids[with_rest]]))
        part_size = np.concatenate((group_size, rest[with_rest]))
        by_size = np.lexsort((-part_size, part_class))
        part_class, part_first, part_size = part_class[by_size], part_first[by_size], part_size[by_size]
        largest = _starts(part_class)
        kept = part_class[largest]
        self.first[kept], self.size[kept] = part_first[largest], part_size[largest]
        new_first, new_size, parents = part_first[~largest], part_size[~largest], part_class[~largest]
        numbers = np.arange(self.count, self.count + len(parents))
        self.count += len(parents)
        self.first[numbers], self.size[numbers] = new_first, new_size
        moved = self.members[_ranges(new_first, new_size)]
        self.classes[moved] = np.repeat(numbers, new_size)
        return moved, np.repeat(parents, new_size)

    def _move_to_tail(self, touched: IntArray, ids: IntArray, hits: IntArray) -> None:
        """Reorder the members so that the touched states of each class stand last, in the given order."""
        tail_first = self.first[ids] + self.size[ids] - hits
        tail = _ranges(tail_first, hits)
        offset = self.position[touched] - np.repeat(tail_first, hits)  # place within the tail of the class, if >= 0
        outside = touched[offset < 0]
        is_touched = np.zeros(len(tail), dtype=bool)
        is_touched[(np.repeat(np.cumsum(hits) - hits, hits) + offset)[offset >= 0]] = True
        in_tail = self.members[tail]
        displaced = in_tail[~is_touched]  # untouched, in the tail; as many per class as `outside`
        vacated = self.position[outside]
        self.members[vacated] = displaced
        self.position[displaced] = vacated
        self.members[tail] = touched
        self.position[touched] = tail


def _random(rng: np.random.Generator, count: int) -> _Hashes:
    return rng.integers(2**64, size=count, dtype=np.uint64) | np.uint64(1)


def _mix(values: _Hashes) -> _Hashes:
    """Scramble 64-bit values (the finaliser of splitmix64), so that sums of them behave like random numbers."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
