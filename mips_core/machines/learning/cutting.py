"""Cutting a counterexample down to one suffix that tells two merged hidden states apart.

Rivest and Schapire, "Inference of finite automata using homing sequences" (1993), with hidden states as resumption
points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.machines.learning.table import ObservationTable
from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray


@dataclass(frozen=True, eq=False)
class Cut:
    """Where a word shows that two hidden states were merged wrongly.

    Parameters
    ----------
    state : state of the table
    symbol : position of the symbol after which its successor is not what it was merged with
    merged : the state of the table that the successor was merged with
    suffix : symbol positions, int64 (K >= 1,), after which the two give different outputs
    """

    state: int
    symbol: int
    merged: int
    suffix: IntArray


def cut(table: ObservationTable, raw: MealyMachine, state: int, word: IntArray, output: IntArray) -> Cut | None:
    """Cut a word on whose last step network and machine differ; None when the network's answers contradict that.

    For a word w and each i: start from the table's hidden state for w[:i] and feed w[i:] to the network.  For i = 0 the
    last output is the true one, for the last symbol alone it is the machine's; where it changes, w[i + 1:] tells the
    successor of one state from the state that it was merged with.  The last such place gives the shortest suffix.

    Parameters
    ----------
    table : closed
    raw : the table as a machine
    state : state of the table from which the word is fed
    word : symbol positions, int64 (T,)
    output : the network's output on the word's last step, int64 (D_out,)
    """
    path = np.empty(len(word), dtype=np.int64)
    for i, symbol in enumerate(word.tolist()):
        path[i] = state
        state = int(raw.next_state[state, symbol])
    right = (_resumed(table, path, word) == output).all(axis=1)
    places = np.flatnonzero(right[:-1] & ~right[1:])
    if not len(places):
        return None
    i = int(places[-1])
    return Cut(int(path[i]), int(word[i]), int(path[i + 1]), word[i + 1 :])


def _resumed(table: ObservationTable, path: IntArray, word: IntArray) -> IntArray:
    """Return the network's last output (T, D_out) when resumed from table state path[i] with word[i:]."""
    hidden = table.hidden[path]
    outputs = np.empty((len(word), table.oracle.network.output_width), dtype=np.int64)
    for j in range(len(word)):  # row i feeds word[i + j]; rows whose word is over drop out from the end
        hidden, outputs[: len(word) - j] = table.oracle.step(hidden[: len(word) - j], word[j:])
    return outputs
