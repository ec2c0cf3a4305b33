"""Why hidden states could not be merged: two prefixes and the word that tells them apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.machines.learning.oracle import Oracle
from mips_core.machines.learning.table import ObservationTable
from mips_core.progress import Monitor
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import Words, plain_step

_UNLIMITED = 10**12


@dataclass(frozen=True, eq=False)
class Conflict:
    """Two prefixes that cannot lead to the same state, and the word that proves it.

    Parameters
    ----------
    first, second : the prefixes, int64 (T, D_in); either may be empty
    suffix : the word fed after both, int64 (K, D_in)
    first_output, second_output : the network's outputs on its last symbol, int64 (D_out,)
    input_words, output_words : the vocabularies of columns that are words
    """

    first: IntArray
    second: IntArray
    suffix: IntArray
    first_output: IntArray
    second_output: IntArray
    input_words: Words = ()
    output_words: Words = ()

    @property
    def explanation(self) -> str:
        """One sentence for a reader."""
        first, second, suffix = (word_text(w, words=self.input_words) for w in (self.first, self.second, self.suffix))
        outputs = [_step_text(step, self.output_words) for step in (self.first_output, self.second_output)]
        return (
            f"After {first}, then {suffix}, the network gives {outputs[0]}; after {second}, then {suffix}, it gives "
            f"{outputs[1]}: "
            "the two prefixes lead to different states."
        )


def make_conflict(table: ObservationTable, first: IntArray, second: IntArray, suffix: IntArray) -> Conflict:
    """Build the conflict from words of symbol positions; the few questions it needs are not counted."""
    symbols = table.oracle.symbols
    oracle = Oracle(table.oracle.network, symbols, Monitor(), _UNLIMITED)
    outputs = [oracle.run(np.concatenate((word, suffix))[None])[0, -1] for word in (first, second)]
    return Conflict(symbols[first], symbols[second], symbols[suffix], outputs[0], outputs[1])


def nearest_states(table: ObservationTable, limit: int = 64) -> Conflict | None:
    """Return why the newest state is none of the others: the state most like it and the suffix that separates them.

    At most ``limit`` states and suffixes are looked at, the oldest first; None when nothing separates them.
    """
    if table.states < 2 or not table.suffixes:
        return None
    oracle = Oracle(table.oracle.network, table.oracle.symbols, Monitor(), _UNLIMITED)
    newest = table.states - 1
    hidden = table.hidden[np.append(np.arange(newest)[:limit], newest)]
    answers = np.stack(oracle.after_all(hidden, table.suffixes[:limit]))  # (E, M + 1, D_out)
    differs = (answers[:, :-1] != answers[:, -1:]).any(axis=2)  # (E, M)
    if not differs.any():
        return None
    nearest = int(np.argmin(np.where(differs.any(axis=0), differs.sum(axis=0), len(differs) + 1)))
    suffix = table.suffixes[int(np.argmax(differs[:, nearest]))]
    return make_conflict(table, table.word(newest), table.word(nearest), suffix)


def word_text(word: IntArray, limit: int = 12, words: Words = ()) -> str:
    """Write an input word (T, D_in) as in data files, long ones shortened: ``3 1 4`` or ``1;0 0;1``."""
    if not len(word):
        return "no input"
    if len(word) > limit:
        begin, end = _steps_text(word[: limit // 2], words), _steps_text(word[-limit // 2 :], words)
        return f"'{begin} ... {end}' ({len(word)} steps)"
    return f"'{_steps_text(word, words)}'"


def _steps_text(word: IntArray, words: Words) -> str:
    return " ".join(_step_text(step, words) for step in word)


def _step_text(step: IntArray, words: Words) -> str:
    return ";".join(str(value) for value in plain_step(step, words or (None,) * len(step)))
