"""The observation table of query learning: which prefixes have been told apart, and by which suffixes.

Every state has an access word and the hidden state that it leads to; every (state, symbol)
has the hidden state after it.  The *signature* of a hidden state is what the network answers
after each suffix.  A successor whose signature belongs to no state becomes a state, until all
signatures are known: the table is closed and reads as a machine.

Angluin, "Learning regular sets from queries and counterexamples" (1987); for Mealy machines
Shahbaz and Groz (2009).  Different here: suffixes are single symbols only where a check of all
symbols finds that they are needed, so alphabets of hundreds of symbols stay cheap.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mips_core.machines.learning.oracle import Hidden, Oracle
from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray

_PROBES = 60_000
"""Questions per round that check states merged by their signature on every single symbol."""
_MAX_CELLS = 90_000_000
"""Numbers kept as hidden states of (state, symbol) pairs: 720 MB, and as much again while they are moved."""


class TooMany(Exception):
    """The table grows beyond its limit; caught inside this package."""


def intern_rows(code: IntArray, outputs: IntArray, known: dict[tuple[int, ...], int]) -> IntArray:
    """Give every distinct (code, outputs) row its number, int64 (M,); new rows get the next free one in ``known``."""
    keys = np.concatenate((code[:, None], outputs), axis=1)
    order = np.lexsort(keys.T[::-1])
    keys = keys[order]
    starts = np.ones(len(keys), dtype=bool)
    starts[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    numbers = np.array([known.setdefault(tuple(row), len(known)) for row in keys[starts].tolist()], dtype=np.int64)
    result = np.empty(len(keys), dtype=np.int64)
    result[order] = numbers[np.cumsum(starts) - 1]
    return result


class ObservationTable:
    """States found so far, their successors and the suffixes that tell them apart."""

    def __init__(self, oracle: Oracle, rng: np.random.Generator, max_states: int) -> None:
        """Start with the empty word as the only state."""
        self.oracle = oracle
        self.rng = rng
        self.max_states = max_states
        self.alphabet = len(oracle.symbols)
        self.hidden: Hidden = oracle.start()  # (S, ...) hidden state of each access word
        self.parent = np.array([-1])  # (S,) state before the last symbol of the access word
        self.symbol = np.array([-1])  # (S,) last symbol of the access word
        self.code = np.zeros(1, dtype=np.int64)  # (S,) signature of each state
        # successors of the first `expanded` states: hidden (E, X, ...), outputs (E, X, D_out), signatures (E, X)
        self.after: Hidden = self.hidden[:0, None].repeat(self.alphabet, axis=1)
        self.output = np.empty((0, self.alphabet, oracle.network.output_width), dtype=np.int64)
        self.after_code = np.empty((0, self.alphabet), dtype=np.int64)
        self.suffixes: list[IntArray] = []
        self._known: list[dict[tuple[int, ...], int]] = []  # per suffix: (code before, outputs) -> code

    @property
    def states(self) -> int:
        """Number of states so far."""
        return len(self.code)

    def word(self, state: int) -> IntArray:
        """Return the access word of a state as symbol positions, int64 (T,)."""
        symbols: list[int] = []
        while self.parent[state] >= 0:
            symbols.append(int(self.symbol[state]))
            state = int(self.parent[state])
        return np.array(symbols[::-1], dtype=np.int64)

    def machine(self) -> MealyMachine:
        """Return the closed table as a machine; its states are those of the table."""
        state_of = {int(code): s for s, code in enumerate(self.code)}
        found, inverse = np.unique(self.after_code, return_inverse=True)
        states = np.array([state_of[int(code)] for code in found], dtype=np.int64)
        return MealyMachine(states[inverse].reshape(self.after_code.shape), self.output, self.oracle.symbols)

    def add_suffix(self, suffix: IntArray) -> None:
        """Refine all signatures by the network's answer after one more suffix (symbol positions)."""
        known: dict[tuple[int, ...], int] = {}
        flat = self.after.reshape(-1, *self.hidden.shape[1:])
        outputs = self.oracle.after(np.concatenate((self.hidden, flat)), suffix)
        codes = intern_rows(np.concatenate((self.code, self.after_code.ravel())), outputs, known)
        self.code = codes[: self.states]
        self.after_code = codes[self.states :].reshape(self.after_code.shape)
        self.suffixes.append(suffix)
        self._known.append(known)

    def close(self) -> None:
        """Add states until every successor has the signature of a state.

        Raises
        ------
        TooMany
            when that takes more than ``max_states`` states.
        """
        while True:
            if len(self.after) < self.states:
                self._expand()
            codes = self.after_code.ravel()
            first = np.unique(codes, return_index=True)[1]
            new = np.sort(first[~np.isin(codes[first], self.code)])
            if not len(new):
                return
            flat = self.after.reshape(-1, *self.hidden.shape[1:])
            self.hidden = np.concatenate((self.hidden, flat[new]))
            self.parent = np.concatenate((self.parent, new // self.alphabet))
            self.symbol = np.concatenate((self.symbol, new % self.alphabet))
            self.code = np.concatenate((self.code, codes[new]))
            if self.states > self.max_states:
                raise TooMany(f"more than {self.max_states} states behave differently")

    def _expand(self) -> None:
        """Ask for the successors of the states that have none yet, and check what their signatures merge."""
        before = len(self.after)
        hidden = self.hidden[before:]
        cells = self.states * self.alphabet * int(np.prod(self.hidden.shape[1:], dtype=np.int64))
        if cells > _MAX_CELLS:
            raise TooMany(f"{self.states} states with {self.alphabet:,} symbols need more memory than is allowed")
        following, outputs = self.oracle.every(hidden)
        flat = following.reshape(-1, *self.hidden.shape[1:])
        code = np.zeros(len(flat), dtype=np.int64)
        for answers, known in zip(self.oracle.after_all(flat, self.suffixes), self._known, strict=True):
            code = intern_rows(code, answers, known)
        self.after = np.concatenate((self.after, following))
        self.output = np.concatenate((self.output, outputs))
        self.after_code = np.concatenate((self.after_code, code.reshape(following.shape[:2])))
        self._probe(before * self.alphabet)

    def _probe(self, begin: int) -> None:
        """Ask new successors (a sample of them when there are many) about every symbol; add symbols that are needed."""
        count = self.after_code.size - begin
        chosen = begin + np.arange(count)
        if count * self.alphabet > _PROBES:
            size = max(1, _PROBES // self.alphabet)
            chosen = np.sort(self.rng.choice(chosen, size=min(size, count), replace=False))
        flat = self.after.reshape(-1, *self.hidden.shape[1:])
        answers = np.concatenate((self.output, self.oracle.every(flat[chosen])[1]))  # (E + M, X, D_out)
        while True:
            codes = np.concatenate((self.code[: len(self.output)], self.after_code.ravel()[chosen]))
            model = _first_of_each(codes)
            differs = (answers != answers[model]).any(axis=2)  # (E + M, X)
            if not differs.any():
                return
            rows = np.flatnonzero(differs.any(axis=1))
            self.add_suffix(np.array([_most_telling(codes[rows], answers[rows], differs[rows])]))


def _first_of_each(codes: IntArray) -> IntArray:
    """Return for every entry the position of the first entry with the same code."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    return first[inverse.ravel()]


def _most_telling(codes: IntArray, answers: IntArray, differs: NDArray[np.bool_]) -> int:
    """Choose the symbol that tells most merged hidden states apart: most distinct (signature, answer) pairs.

    Ties go to the symbol with more differences, then to the first.
    """
    pool = np.flatnonzero(differs.any(axis=0))
    if len(pool) > 256:  # enough to choose well, bounded cost
        pool = pool[np.argsort(-differs[:, pool].sum(axis=0), kind="stable")[:256]]
    scores = []
    for symbol in pool:
        known: dict[tuple[int, ...], int] = {}
        intern_rows(codes, answers[:, symbol], known)
        scores.append((len(known), int(differs[:, symbol].sum())))
    return int(pool[max(range(len(pool)), key=lambda i: (*scores[i], -i))])
