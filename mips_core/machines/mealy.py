"""Mealy machines as plain integer tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import Words, has_words, step_text


@dataclass(frozen=True, eq=False)
class MealyMachine:
    """A finite machine whose output hangs on the transition.

    Parameters
    ----------
    next_state : int64, shape (S, X); ``next_state[s, i]`` is the state after input symbol ``symbols[i]``
    output : int64, shape (S, X, D_out)
    symbols : int64, shape (X, D_in); row i is the integers of input symbol i, rows distinct and sorted
    start_state : index of the state before the first input
    observed : bool, shape (S, X), which transitions recorded data shows; the others hold the network's
        answers.  None when nothing is known about that, and all count.
    input_words, output_words : the vocabulary of each column whose integers stand for words, None for the others
    """

    next_state: IntArray
    output: IntArray
    symbols: IntArray
    start_state: int = 0
    observed: NDArray[np.bool_] | None = None
    input_words: Words = ()
    output_words: Words = ()

    def __post_init__(self) -> None:
        """Check that the tables fit together."""
        object.__setattr__(self, "input_words", self.input_words or (None,) * self.symbols.shape[1])
        object.__setattr__(self, "output_words", self.output_words or (None,) * self.output.shape[2])
        if self.observed is not None and self.observed.shape != self.next_state.shape:
            raise BadInputError(f"observed has the shape {self.observed.shape}, next_state {self.next_state.shape}.")
        states, count = self.next_state.shape
        value_at = self.next_state.item  # of small arrays, arg-extremes are found in a quarter of the time of extremes
        if self.output.shape[:2] != (states, count) or len(self.symbols) != count:
            raise BadInputError(
                f"Tables do not fit: next_state {self.next_state.shape}, output {self.output.shape}, "
                f"symbols {self.symbols.shape}."
            )
        if states == 0 or count == 0:
            raise BadInputError("A machine has at least one state and one input symbol; this one has none.")
        if value_at(self.next_state.argmin()) < 0 or value_at(self.next_state.argmax()) >= states:
            raise BadInputError(f"next_state must hold numbers of the {states} states.")
        if not 0 <= self.start_state < states:
            raise BadInputError(f"start_state {self.start_state} is not one of the {states} states.")

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.next_state)

    @property
    def input_width(self) -> int:
        """Integers per input symbol."""
        return self.symbols.shape[1]

    @property
    def output_width(self) -> int:
        """Integers per output symbol."""
        return self.output.shape[2]

    @cached_property
    def symbol_index(self) -> Mapping[tuple[int, ...], int]:
        """Position in ``symbols`` of each input symbol."""
        return {tuple(row): i for i, row in enumerate(self.symbols.tolist())}

    @property
    def has_words(self) -> bool:
        """Whether some column of inputs or outputs stands for words."""
        return has_words(self.input_words) or has_words(self.output_words)

    def with_words(self, input_words: Words, output_words: Words) -> MealyMachine:
        """Return the same machine with the words that its integers stand for."""
        return replace(self, input_words=input_words, output_words=output_words)

    def input_text(self, i: int) -> str:
        """Write input symbol ``i`` as data files do: ``coin``, ``3``, or ``coin;3``."""
        return step_text(self.symbols[i], self.input_words)

    def output_text(self, s: int, i: int) -> str:
        """Write the output of state ``s`` on input symbol ``i`` as data files do."""
        return step_text(self.output[s, i], self.output_words)

    def indices(self, x: IntArray) -> IntArray:
        """Return the symbol positions of inputs ``x`` (..., D_in).

        Raises
        ------
        BadInputError
            when an input is not in the machine's alphabet.
        """
        if x.shape[-1] != self.input_width:
            raise BadInputError(f"Inputs have {x.shape[-1]} integers per step; the machine takes {self.input_width}.")
        if self._lowest is not None:
            place: IntArray = x[..., 0] - self._lowest
            if not place.size or (place.min() >= 0 and place.max() < len(self.symbols)):
                return place
        rows = x.reshape(-1, self.input_width)
        code = np.zeros(len(rows), dtype=np.int64)
        known = np.ones(len(rows), dtype=bool)
        for column, (values, prefixes) in enumerate(self._search):
            place = np.minimum(np.searchsorted(values, rows[:, column]), len(values) - 1)
            key = code * len(values) + place
            code = np.minimum(np.searchsorted(prefixes, key), len(prefixes) - 1)
            known &= (values[place] == rows[:, column]) & (prefixes[code] == key)
        if not known.all():
            wrong = tuple(rows[int(np.argmin(known))].tolist())
            raise BadInputError(f"Input {wrong} is not in the machine's alphabet of {len(self.symbols):,} symbols.")
        return self._sorted[code].reshape(x.shape[:-1])

    @cached_property
    def _lowest(self) -> int | None:
        """The first symbol where the symbols are single integers without a gap; None where they are anything else."""
        gapless = self.input_width == 1 and len(self.symbols) > 0 and bool((np.diff(self.symbols[:, 0]) == 1).all())
        return int(self.symbols[0, 0]) if gapless else None

    @cached_property
    def _search(self) -> tuple[tuple[IntArray, IntArray], ...]:
        """Per column: its distinct values, and the codes of the distinct symbol beginnings up to that column."""
        code = np.zeros(len(self.symbols), dtype=np.int64)
        levels = []
        for column in self.symbols.T:
            values, place = np.unique(column, return_inverse=True)
            prefixes, code = np.unique(code * len(values) + place, return_inverse=True)
            levels.append((values, prefixes))
        return tuple(levels)

    @cached_property
    def _sorted(self) -> IntArray:
        """Positions of the symbols in ascending order."""
        return np.lexsort(self.symbols.T[::-1])

    def start(self, batch: int) -> NDArray[Any]:
        """Return the start state for each sequence, shape (batch,)."""
        return np.full(batch, self.start_state, dtype=np.int64)

    def step(self, state: NDArray[Any], x: IntArray) -> tuple[NDArray[Any], IntArray]:
        """Take one transition: state (batch,), x (batch, D_in) -> next state (batch,), outputs (batch, D_out)."""
        i = self.indices(x)
        return self.next_state[state, i], self.output[state, i]
