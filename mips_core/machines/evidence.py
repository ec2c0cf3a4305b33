"""How long words must be to show every transition of a machine.

To see where a transition leads, a word must reach its state, take it, and go on until the target has behaved like no
other state: the access words, transitions and separating words of the W-method (Chow, "Testing software design modeled
by finite-state machines", 1978).  Counters that are cut off somewhere need long words: whatever they do at the end must
count back before it shows.
"""

from __future__ import annotations

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray


def evidence_length(machine: MealyMachine) -> int:
    """Return the length of words that is enough to show where every transition of ``machine`` leads.

    A machine that remembers nothing shows itself at once; the last input takes a step more and one to read it:

    >>> bits = np.array([[0], [1]])
    >>> evidence_length(MealyMachine(np.array([[0, 0]]), np.array([[[0], [1]]]), bits))
    1
    >>> evidence_length(MealyMachine(np.array([[0, 1], [0, 1]]), np.array([[[0], [0]], [[1], [1]]]), bits))
    3

    Parameters
    ----------
    machine : minimal
    """
    last = access_lengths(machine)[:, None] + 1 + separating_lengths(machine)[machine.next_state]  # (S, X)
    return int(last.max())


def access_lengths(machine: MealyMachine) -> IntArray:
    """Return the length of a shortest word into each state, int64 (S,); -1 for a state that no word reaches."""
    lengths = np.full(machine.states, -1, dtype=np.int64)
    frontier = np.array([machine.start_state])
    steps = 0
    while len(frontier):
        lengths[frontier] = steps
        reached = np.unique(machine.next_state[frontier])
        frontier = reached[lengths[reached] < 0]
        steps += 1
    return lengths


def separating_lengths(machine: MealyMachine) -> IntArray:
    """Return, for each state, the length of words that tell it from every other state, int64 (S,).

    0 where there is no other state.  Partition refinement (Moore, 1956), one step of longer words per round.

    Parameters
    ----------
    machine : minimal
    """
    states = machine.states
    lengths = np.full(states, -1, dtype=np.int64)
    blocks = np.zeros(states, dtype=np.int64)
    outputs = np.unique(machine.output.reshape(states, -1), axis=0, return_inverse=True)[1].ravel()
    for length in range(states + 1):
        alone = np.bincount(blocks)[blocks] == 1
        lengths[alone & (lengths < 0)] = length
        if alone.all():
            return lengths
        # The answers to words of one symbol more: the answers to single symbols, and where each of them leads.
        rows = np.column_stack([outputs, blocks[machine.next_state]]) if length else outputs[:, None]
        blocks = np.unique(rows, axis=0, return_inverse=True)[1].ravel()
    raise ValueError("the machine is not minimal: some states answer every word alike")
