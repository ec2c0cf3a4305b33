"""The observation table in plain loops, for machines as the system under learning.

A network answers thousands of questions at once in little more time than one, so
:class:`~mips_core.machines.learning.table.ObservationTable` asks in batches.  A machine in memory answers one question
in less time than a batch takes to put together: here it is asked one by one.
"""

from __future__ import annotations

import numpy as np

from mips_core.errors import BadInputError
from mips_core.machines.few_states import output_rows
from mips_core.machines.learning.oracle import OutOfBudget
from mips_core.machines.learning.table import TooMany
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import minimise
from mips_core.progress import Monitor
from mips_core.stepping import IntArray

Word = tuple[int, ...]
"""Positions of symbols."""

Question = tuple[list[list[int]], list[bytes]]
"""The state after each symbol of a word but the last, and the output on that, by the state before."""

FEW_SYMBOLS = 10
"""Symbols up to which each is a suffix from the beginning, which saves questions to the teacher."""

MOST_TRANSITIONS = 20_000
"""Transitions of a machine beyond which its lists no longer fit into a processor's cache, and batches are faster."""

_LOOK = 5_000
"""Steps, about a millisecond, after which the caller may stop it."""


class System:
    """A machine that is asked one question at a time, and counts its steps; its states are only handed back to it."""

    def __init__(self, machine: MealyMachine, symbols: IntArray, monitor: Monitor, max_steps: int) -> None:
        """Keep the columns of the symbols (X, D_in) as lists, and outputs by their bytes."""
        following, output = machine.next_state, machine.output
        if symbols is not machine.symbols:
            columns = machine.indices(symbols)
            following, output = following[:, columns], output[:, columns]
        self.symbols = symbols
        self.start = machine.start_state
        self.width, self.kind = machine.output_width, output.dtype
        self.size = self.width * self.kind.itemsize  # bytes of one output
        self.next_state: list[list[int]] = following.T.tolist()  # by symbol and state
        self.outputs = output_rows(output)  # by state, on all symbols
        ends = range(self.size, len(symbols) * self.size + 1, self.size) if self.size else [0] * len(symbols)
        self.output = [[row[end - self.size : end] for row in self.outputs] for end in ends]  # by symbol and state
        self.monitor = monitor
        self.max_steps = max_steps
        self.steps = 0
        self._next_look = 0

    def spend(self, steps: int) -> None:
        """Count steps, before they are taken.

        Raises
        ------
        OutOfBudget
            when there are too many, or the time is over.
        """
        self.steps += steps
        if self.steps > self.max_steps:
            raise OutOfBudget(f"{self.max_steps:,} network steps were used up")
        if self.steps < self._next_look:
            return
        self._next_look = self.steps + _LOOK
        self.monitor.check()
        if self.monitor.expired:
            raise OutOfBudget("the time was used up")

    def question(self, word: Word) -> Question:
        """Return how the output on the last symbol of a word, not empty, is asked for."""
        return [self.next_state[symbol] for symbol in word[:-1]], self.output[word[-1]]

    def run(self, word: Word) -> list[bytes]:
        """Return all outputs on a word from the start."""
        state, outputs = self.start, []
        for symbol in word:
            outputs.append(self.output[symbol][state])
            state = self.next_state[symbol][state]
        return outputs


class PlainTable:
    """States found so far, their successors and the suffixes that tell them apart.

    Row 0 is the empty word, row 1 + s X + i the successor of state s on symbol i.
    """

    def __init__(self, system: System, max_states: int) -> None:
        """Start with the empty word as the only state."""
        self.system = system
        self.max_states = max_states
        self.alphabet = range(len(system.symbols))
        self.hidden = [system.start]  # by row
        self.code = [0]  # by row: equal numbers for equal answers after all suffixes
        self.rows = [0]  # by state
        self.outputs: list[bytes] = []  # by state, on all symbols
        self.state_of = {0: 0}  # by code
        self.suffixes: list[Word] = []
        self._questions: list[tuple[Question, dict[tuple[int, bytes], int]]] = []  # of suffixes, and codes by answer
        self._singles: dict[bytes, int] | None = None  # codes by the answers after every symbol, where all are suffixes
        if len(self.alphabet) <= FEW_SYMBOLS:
            self.suffixes += [(symbol,) for symbol in self.alphabet]
            self._singles = {system.outputs[system.start]: 0}

    @property
    def states(self) -> int:
        """Number of states so far."""
        return len(self.rows)

    @property
    def steps(self) -> int:
        """Steps asked."""
        return self.system.steps

    def add_suffix(self, suffix: Word) -> None:
        """Ask every row about one more suffix."""
        self.system.spend(len(self.hidden) * len(suffix))
        between, last = question = self.system.question(suffix)
        hidden = self.hidden
        for following in between:
            hidden = [following[state] for state in hidden]
        known: dict[tuple[int, bytes], int] = {}
        self.code = [
            known.setdefault((code, last[state]), len(known)) for code, state in zip(self.code, hidden, strict=True)
        ]
        self.suffixes.append(suffix)
        self._questions.append((question, known))
        self.state_of = {self.code[row]: state for state, row in enumerate(self.rows)}
        if len(known) > len(self.rows):
            for row, code in enumerate(self.code):
                if code not in self.state_of:  # a new state
                    self.state_of[code] = len(self.rows)
                    self.rows.append(row)

    def close(self) -> None:
        """Add states until every row has the answers of a state.

        Raises
        ------
        TooMany
            when that takes more than ``max_states`` states.
        """
        system, singles, state_of = self.system, self._singles, self.state_of
        cost = 1 + sum(map(len, self.suffixes))
        if not self.outputs and singles is not None:
            system.spend(len(self.alphabet))  # the start's own answers
        while len(self.outputs) < len(self.rows):
            if len(self.rows) > self.max_states:
                raise TooMany(f"more than {self.max_states} states behave differently")
            state = self.hidden[self.rows[len(self.outputs)]]
            system.spend(cost * len(self.alphabet))
            self.outputs.append(system.outputs[state])
            for column in system.next_state:
                hidden = column[state]
                code = 0 if singles is None else singles.setdefault(system.outputs[hidden], len(singles))
                for (between, last), known in self._questions:
                    after = hidden
                    for following in between:
                        after = following[after]
                    code = known.setdefault((code, last[after]), len(known))
                if code not in state_of:  # a new state
                    state_of[code] = len(self.rows)
                    self.rows.append(len(self.code))
                self.hidden.append(hidden)
                self.code.append(code)

    def machine(self) -> MealyMachine:
        """Return the closed table as a machine; its states are those of the table."""
        shape = len(self.rows), len(self.alphabet)
        state_of = self.state_of
        targets = np.array([state_of[code] for code in self.code], dtype=np.int64)[1:]
        outputs = np.frombuffer(bytearray().join(self.outputs), dtype=self.system.kind)
        return MealyMachine(targets.reshape(shape), outputs.reshape(*shape, self.system.width), self.system.symbols)

    def minimal(self, raw: MealyMachine) -> MealyMachine:
        """Return the minimal machine, in canonical numbering, of what :meth:`machine` gave.

        Where each suffix without its first symbol is a suffix too, the machine answers every suffix as the system does
        (by induction over their lengths), so no two of its states are alike; all of them are reached.
        """
        closed = {(), *self.suffixes}.issuperset([suffix[1:] for suffix in self.suffixes])
        if closed and list(dict.fromkeys([0, *raw.next_state.ravel().tolist()])) == list(range(raw.states)):
            return raw  # numbered as they are met row by row, which is a breadth-first walk
        return minimise(raw)

    def use(self, word: Word) -> None:
        """Refine until the table's machine is right on a word.

        Raises
        ------
        BadInputError
            when it is right already.
        """
        self.system.spend(len(word))
        truth = self.system.run(word)
        if not self._correct(word, truth):
            raise BadInputError("The teacher's word shows no difference between machine and network.")
        while self._correct(word, truth):
            pass

    def _correct(self, word: Word, truth: list[bytes]) -> bool:
        """Add the suffix that the first wrong answer on a word gives, if there is one, and close again.

        Rivest and Schapire's argument, from the word's end: see :func:`mips_core.machines.learning.cutting.cut`.
        """
        path, state, count, size = [], 0, len(self.alphabet), self.system.size
        for symbol, wanted in zip(word, truth, strict=True):
            path.append(state)
            if self.outputs[state][symbol * size : (symbol + 1) * size] != wanted:
                break
            state = self.state_of[self.code[1 + state * count + symbol]]
        else:
            return False
        between, last = self.system.question(word[: len(path)])
        for i in range(len(path) - 2, -1, -1):
            self.system.spend(len(path) - i)
            hidden = self.hidden[self.rows[path[i]]]
            for following in between[i:]:
                hidden = following[hidden]
            if last[hidden] == wanted:
                self.add_suffix(word[i + 1 : len(path)])
                self.close()
                return True
        raise AssertionError("the empty word's state is the start, whose answers are the true ones")
