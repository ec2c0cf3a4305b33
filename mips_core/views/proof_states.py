"""All grid states that a network reaches, and the arrows between them: the set that a proof for every length closes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mips_core.errors import BadInputError
from mips_core.machines.mealy import MealyMachine
from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import FloatArray
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import Words
from mips_core.views.palette import state_name
from mips_core.views.sequences import sequence_text, step_text

GridNetwork = MlpNetwork | CellNetwork
_BLOCK = 2**16  # transitions that are computed at once
_LONGEST = 24  # steps of a word that a table shows


@dataclass(frozen=True, eq=False)
class GridStates:
    """A closed set: every arrow from one of its states leads to one of them.

    Parameters
    ----------
    cells : grid states in cells of the grid, int64 (N, d), in the order in which they are met, the start first
    places : a cell is ``2**-places`` wide
    machine : state of the machine at each, int64 (N,)
    states : how many states the machine has
    following : which grid state each symbol leads to, int64 (N, X)
    symbols : input symbols, int64 (X, D_in)
    distance : for each transition, the least distance of a value before rounding from a boundary, in cells, (N, X)
    input_words : the vocabularies of inputs that are words
    """

    cells: IntArray
    places: int
    machine: IntArray
    states: int
    following: IntArray
    symbols: IntArray
    distance: FloatArray
    input_words: Words = ()

    @property
    def hidden(self) -> FloatArray:
        """The hidden states, float64 (N, d)."""
        return np.ldexp(self.cells.astype(np.float64), -self.places)

    @cached_property
    def _tree(self) -> tuple[IntArray, IntArray, IntArray]:
        """For each state the length of a shortest word to it, and from where and by which symbol it is met first."""
        depth = np.full(len(self.cells), -1, dtype=np.int64)
        parent, by = np.zeros_like(depth), np.zeros_like(depth)
        depth[0], level = 0, np.zeros(1, dtype=np.int64)
        while len(level):
            ends = self.following[level].reshape(-1)
            fresh = np.flatnonzero(depth[ends] < 0)
            met, first = np.unique(ends[fresh], return_index=True)
            origin = fresh[first]
            depth[met] = depth[level[0]] + 1
            parent[met], by[met] = level[origin // len(self.symbols)], origin % len(self.symbols)
            level = met
        return depth, parent, by

    @property
    def depth(self) -> IntArray:
        """Length of a shortest word that leads to each state, int64 (N,)."""
        return self._tree[0]

    def word(self, state: int) -> IntArray:
        """Return a shortest word that leads to a state, int64 (T, D_in)."""
        depth, parent, by = self._tree
        which = []
        for _ in range(int(depth[state])):
            which.append(int(by[state]))
            state = int(parent[state])
        return self.symbols[np.array(which[::-1], dtype=np.int64)]

    def symbol_text(self, symbol: int) -> str:
        """Return an input symbol as it is typed."""
        return step_text(self.symbols[symbol], self.input_words)


def grid_states(
    network: GridNetwork, machine: MealyMachine, symbols: IntArray, cells: IntArray, at: IntArray
) -> GridStates:
    """Return a closed set with all of its arrows.

    Parameters
    ----------
    cells, at : the set: hidden states in cells of the grid, int64 (N, d), the start first, and the state of the
        machine at each, int64 (N,)

    Raises
    ------
    BadInputError
        when an arrow leads out of the set, so that it is not closed under this network.
    """
    places = network.state_grid
    assert places is not None, "a network with a state grid is needed"
    free, count = replace(network, state_grid=None), len(symbols)
    lookup = _Lookup(np.column_stack([cells, at]))
    following = np.empty((len(cells), count), dtype=np.int64)
    distance = np.empty((len(cells), count))
    rows = max(1, _BLOCK // count)
    for first in range(0, len(cells), rows):
        own = np.arange(first, min(first + rows, len(cells)))
        who, which = np.repeat(own, count), np.tile(np.arange(count), len(own))
        before = np.ldexp(free.advance(np.ldexp(cells[who].astype(np.float64), -places), symbols[which]), places)
        after, _ = machine.step(at[who], symbols[which])
        ends = np.column_stack([np.rint(before).astype(np.int64), after.reshape(len(who), -1)])
        following[own] = lookup(ends).reshape(len(own), count)
        distance[own] = (0.5 - np.abs(before - np.rint(before))).min(axis=1).reshape(len(own), count)
    return GridStates(
        cells, places, at, machine.states, following, symbols, distance, network.card.input_words
    )  # fmt: skip


class _Lookup:
    """Finds rows of integers among others by a hash; what is found is compared before it is believed."""

    def __init__(self, rows: IntArray) -> None:
        self.rows = rows
        self.factors = np.random.default_rng(0).integers(1, 2**62, size=rows.shape[1], dtype=np.int64) | 1
        self.order = np.argsort(self._codes(rows), kind="stable")
        self.codes = self._codes(rows)[self.order]

    def _codes(self, rows: IntArray) -> IntArray:
        with np.errstate(over="ignore"):
            codes: IntArray = (rows * self.factors).sum(axis=1)
        return codes

    def __call__(self, rows: IntArray) -> IntArray:
        """Return the number of each row; BadInputError where there is none."""
        place = np.minimum(np.searchsorted(self.codes, self._codes(rows)), len(self.codes) - 1)
        found: IntArray = self.order[place]
        if not np.array_equal(self.rows[found], rows):
            raise BadInputError("An arrow leads out of the set of grid states: it is not closed.")
        return found


def grid_name(state: int) -> str:
    """Return the printed name of a grid state.

    >>> grid_name(3)
    'G3'
    """
    return f"G{state}"


def cell_text(places: int) -> str:
    """Write the width of a cell.

    >>> cell_text(3), cell_text(0), cell_text(-2)
    ('1/8', '1', '4')
    """
    return f"1/{2**places}" if places > 0 else str(2**-places)


def state_columns(found: GridStates, most: int | None = None) -> Mapping[str, list[str | int | float]]:
    """Return a table of the grid states: depth, word, machine's state, hidden state, and where each symbol leads.

    Parameters
    ----------
    most : rows; None for all
    """
    rows = range(len(found.cells) if most is None else min(most, len(found.cells)))
    hidden, name = found.hidden, grid_name
    columns: dict[str, list[str | int | float]] = {
        "grid state": [name(i) for i in rows],
        "steps": [int(found.depth[i]) for i in rows],
        "shortest word": [_word_text(found.word(i), found.input_words) for i in rows],
        "machine": [state_name(int(found.machine[i])) for i in rows],
        "hidden state": [" ".join(f"{v:g}" for v in hidden[i]) for i in rows],
        "nearest boundary": [round(float(found.distance[i].min()), 4) for i in rows],
    }
    if len(found.symbols) <= 12:
        for x in range(len(found.symbols)):
            columns[f"on {found.symbol_text(x)}"] = [name(int(found.following[i, x])) for i in rows]
    return columns


def depth_counts(found: GridStates) -> IntArray:
    """Return how many states are met first after 0, 1, 2, ... steps, int64."""
    return np.bincount(found.depth)


def _word_text(word: IntArray, words: Words) -> str:
    if not len(word):
        return "(start)"
    return f"{'… ' if len(word) > _LONGEST else ''}{sequence_text(word[-_LONGEST:], words)}"
