"""The observation table in plain loops, for machines as the system under learning.

A network answers thousands of questions at once in little more time than one, so
:class:`~mips_core.machines.learning.table.ObservationTable` asks in batches.  A machine in memory answers one question
in less time than a batch takes to put together: here it is asked one by one.
"""

from __future__ import annotations

import itertools

import numpy as np

from mips_core.errors import BadInputError
from mips_core.machines.learning.oracle import OutOfBudget
from mips_core.machines.learning.table import TooMany
from mips_core.machines.mealy import MealyMachine
from mips_core.progress import Monitor
from mips_core.stepping import IntArray

Word = tuple[int, ...]
"""Positions of symbols."""


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
        columns = machine.indices(symbols)
        output = np.ascontiguousarray(machine.output[:, columns])
        self.symbols = symbols
        self.start = machine.start_state
        self.next_state: list[list[int]] = machine.next_state[:, columns].tolist()
        self.width = machine.output_width
        self.output: list[list[bytes]] = output.view(f"V{8 * self.width}")[:, :, 0].tolist() if output.size else []
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

    def after(self, state: int, word: Word) -> bytes:
        """Return the output on the last symbol of a word, not empty."""
        following = self.next_state
        for symbol in word[:-1]:
            state = following[state][symbol]
        return self.output[state][word[-1]]

    def run(self, word: Word) -> list[bytes]:
        """Return all outputs on a word from the start."""
        state, outputs = self.start, []
        for symbol in word:
            outputs.append(self.output[state][symbol])
            state = self.next_state[state][symbol]
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
        self.output: list[list[bytes]] = []  # by state and symbol
        self.state_of = {0: 0}  # by code
        self.suffixes: list[Word] = []
        self._known: list[dict[tuple[int, bytes], int]] = []
        for symbol in self.alphabet if len(self.alphabet) <= FEW_SYMBOLS else ():
            self.add_suffix((symbol,))

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
        after = self.system.after
        known: dict[tuple[int, bytes], int] = {}
        self.code = [
            known.setdefault((code, after(hidden, suffix)), len(known))
            for code, hidden in zip(self.code, self.hidden, strict=True)
        ]
        self.suffixes.append(suffix)
        self._known.append(known)
        self.state_of = {self.code[row]: state for state, row in enumerate(self.rows)}
        for row, code in enumerate(self.code):
            self._note(row, code)

    def close(self) -> None:
        """Add states until every row has the answers of a state.

        Raises
        ------
        TooMany
            when that takes more than ``max_states`` states.
        """
        system = self.system
        cost = 1 + sum(map(len, self.suffixes))
        while len(self.output) < len(self.rows):
            if len(self.rows) > self.max_states:
                raise TooMany(f"more than {self.max_states} states behave differently")
            state = self.hidden[self.rows[len(self.output)]]
            system.spend(cost * len(self.alphabet))
            self.output.append(system.output[state])
            for hidden in system.next_state[state]:
                code = 0
                for suffix, known in zip(self.suffixes, self._known, strict=True):
                    code = known.setdefault((code, system.after(hidden, suffix)), len(known))
                self.hidden.append(hidden)
                self.code.append(code)
                self._note(len(self.code) - 1, code)

    def _note(self, row: int, code: int) -> None:
        """Make a row a state where none has its answers."""
        if code not in self.state_of:
            self.state_of[code] = len(self.rows)
            self.rows.append(row)

    def machine(self) -> MealyMachine:
        """Return the closed table as a machine; its states are those of the table."""
        shape = len(self.rows), len(self.alphabet)
        state_of = self.state_of
        targets = np.array([state_of[code] for code in self.code[1:]], dtype=np.int64)
        outputs = np.frombuffer(b"".join(itertools.chain.from_iterable(self.output)), dtype=np.int64)
        return MealyMachine(targets.reshape(shape), outputs.reshape(*shape, self.system.width), self.system.symbols)

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
        path, state, count = [], 0, len(self.alphabet)
        for symbol, wanted in zip(word, truth, strict=True):
            path.append(state)
            if self.output[state][symbol] != wanted:
                break
            state = self.state_of[self.code[1 + state * count + symbol]]
        else:
            return False
        last = len(path) - 1
        for i in range(last - 1, -1, -1):
            suffix = word[i : last + 1]
            self.system.spend(len(suffix))
            if self.system.after(self.hidden[self.rows[path[i]]], suffix) == wanted:
                self.add_suffix(suffix[1:])
                self.close()
                return True
        raise AssertionError("the empty word's state is the start, whose answers are the true ones")
