"""Partition refinement one round at a time, as it is taught, and what tells two states apart.

Round k puts two states into one class when no suffix of at most k inputs tells them apart.  Round 0 has one class;
a round splits a class when, after some input, two of its states are in different classes of the round before.  A
round that splits nothing ends it: no longer suffix can tell anything apart either.  Moore, "Gedanken-experiments on
sequential machines" (1956).  :func:`mips_core.machines.refine.equivalence_classes` finds the last round faster.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.errors import BadInputError
from mips_core.machines.compare import distinguishing_suffix
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.partitions import blocks, numbered
from mips_core.stepping import IntArray


def refinement_rounds(machine: MealyMachine) -> tuple[IntArray, ...]:
    """Return the class of each state, int64 (S,), after rounds 0, 1, ... up to the last one that split a class.

    Classes are numbered in the order of their first state.

    >>> third = MealyMachine(np.array([[1], [2], [2]]), np.array([[[0]], [[0]], [[1]]]), np.array([[5]]))
    >>> [r.tolist() for r in refinement_rounds(third)]
    [[0, 0, 0], [0, 0, 1], [0, 1, 2]]
    """
    states = machine.states
    rounds = [np.zeros(states, dtype=np.int64)]
    outputs = machine.output.reshape(states, -1)
    following = _rows(outputs)
    while blocks(following) > blocks(rounds[-1]):
        rounds.append(following)
        following = _rows(np.concatenate([following[:, None], following[machine.next_state]], axis=1))
    return tuple(rounds)


def _rows(rows: IntArray) -> IntArray:
    """Return the partition into equal rows."""
    inverse = np.unique(rows, axis=0, return_inverse=True)[1]
    return numbered(inverse.ravel())


@dataclass(frozen=True, eq=False)
class ToldApart:
    """A shortest suffix on whose last input two states give different outputs.

    Parameters
    ----------
    suffix : int64 (T, D_in)
    first, second : the outputs along it from the two states, int64 (T, D_out)
    """

    suffix: IntArray
    first: IntArray
    second: IntArray


def tell_apart(machine: MealyMachine, s: int, t: int) -> ToldApart | None:
    """Return the shortest suffix that tells two states apart, or None: then no suffix does, of any length.

    Raises
    ------
    BadInputError
        when ``s`` or ``t`` is no state of the machine.
    """
    suffix = distinguishing_suffix(machine, s, t)
    if suffix is None:
        return None
    return ToldApart(suffix, outputs_from(machine, s, suffix), outputs_from(machine, t, suffix))


def outputs_from(machine: MealyMachine, state: int, word: IntArray) -> IntArray:
    """Return the outputs, int64 (T, D_out), along a word (T, D_in) that begins in ``state``.

    Raises
    ------
    BadInputError
        when there is no such state, or an input is not in the machine's alphabet.
    """
    if not 0 <= state < machine.states:
        raise BadInputError(f"There is no state {state}; the machine has states 0 to {machine.states - 1}.")
    outputs = np.empty((len(word), machine.output_width), dtype=np.int64)
    for t, i in enumerate(machine.indices(word).tolist() if len(word) else []):
        outputs[t] = machine.output[state, i]
        state = int(machine.next_state[state, i])
    return outputs
