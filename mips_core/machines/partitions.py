"""Partitions of a machine's states that its transitions respect: the parts that a machine can be taken apart into.

A partition has the *substitution property* when states of one block go to states of one block, under every
input symbol; its blocks are then the states of a smaller machine that runs on its own.  Such partitions are
the congruences of the transition structure; partitions that have it and together tell all states apart are a
parallel decomposition.  Hartmanis and Stearns, "Algebraic Structure Theory of Sequential Machines" (1966),
chapters 2 and 3.

Partitions are int64 arrays of shape (S,): the block of each state, blocks numbered in the order of their first state.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from mips_core.machines.mealy import MealyMachine
from mips_core.machines.refine import equivalence_classes
from mips_core.progress import Monitor
from mips_core.stepping import IntArray

_MOST_STATES = 64  # of machines whose pairs of states are merged one by one
_MOST = 160  # partitions that are joined with each other
_MOST_JOINS = 300  # in one round


def numbered(values: IntArray) -> IntArray:
    """Return the partition into equal values.

    >>> numbered(np.array([5, 2, 5, 9])).tolist()
    [0, 1, 0, 2]
    """
    _, first, inverse = np.unique(values, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    found: IntArray = rank[inverse.ravel()]
    return found


def meet(partitions: Sequence[IntArray]) -> IntArray:
    """Return the partition into states that share a block in all ``partitions`` (at least one)."""
    common = partitions[0]
    for other in partitions[1:]:
        common = numbered(common * (int(other.max()) + 1) + other)
    return common


def merged(next_state: IntArray, together: IntArray) -> IntArray:
    """Return the finest partition with the substitution property whose blocks unite those of ``together``.

    Parameters
    ----------
    next_state : int64, shape (S, X)

    >>> counter = np.array([[1], [2], [3], [0]])
    >>> merged(counter, np.array([0, 1, 0, 2])).tolist()
    [0, 1, 0, 1]
    """
    count = len(next_state)
    own = np.arange(count)
    partition = numbered(together)
    while True:
        model = np.unique(partition, return_index=True)[1][partition]
        source = np.concatenate([own, next_state.ravel()])
        target = np.concatenate([model, next_state[model].ravel()])
        graph = coo_matrix((np.ones(len(source), dtype=np.int8), (source, target)), shape=(count, count))
        joined = connected_components(graph, directed=False)[1]
        if joined.max() == partition.max():
            return partition
        partition = numbered(joined.astype(np.int64))


def refined(machine: MealyMachine, values: IntArray) -> IntArray:
    """Return the coarsest partition with the substitution property that tells states of different ``values`` apart."""
    output = np.broadcast_to(values[:, None, None], (machine.states, len(machine.symbols), 1))
    return numbered(equivalence_classes(MealyMachine(machine.next_state, output, machine.symbols)))


def closed_partitions(machine: MealyMachine, monitor: Monitor) -> list[IntArray]:
    """Return partitions with the substitution property, coarsest first, without the two trivial ones.

    Every such partition is a join of those that merge two states.  All are found for machines of at most 64 states that
    have few of them; of many, some hundred.
    """
    if not 2 < machine.states <= _MOST_STATES:
        return []
    moves = np.unique(machine.next_state, axis=1)
    found: dict[bytes, IntArray] = {}
    for s in range(machine.states - 1):
        if monitor.expired:
            break
        for t in range(s + 1, machine.states):
            together = np.arange(machine.states)
            together[t] = s
            _keep(found, merged(moves, together))
    basis = sorted(found.values(), key=blocks)[:_MOST]
    recent = basis
    while recent and not monitor.expired:
        before = set(found)
        for one, other in itertools.islice(itertools.product(recent, basis), _MOST_JOINS):
            _keep(found, joined_partition(one, other))
        recent = [found[key] for key in found if key not in before][:_MOST]
        if len(found) >= _MOST:
            break
    return sorted(found.values(), key=lambda p: (blocks(p), p.tolist()))


def joined_partition(one: IntArray, other: IntArray) -> IntArray:
    """Return the finest partition that is coarser than both."""
    left, right = numbered(one), numbered(other)
    shift = int(left.max()) + 1
    count = shift + int(right.max()) + 1
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right + shift)), shape=(count, count))
    return numbered(connected_components(graph, directed=False)[1].astype(np.int64)[left])


def blocks(partition: IntArray) -> int:
    """Return the number of blocks."""
    return int(partition.max()) + 1


def _keep(found: dict[bytes, IntArray], partition: IntArray) -> None:
    if 0 < partition.max() < len(partition) - 1:
        found.setdefault(partition.tobytes(), partition)
