"""Query learning with a teacher: somebody who can tell a wrong machine from the right one.

Angluin's L* as it was first told: the network answers words, a teacher says whether a machine is the right one and,
where it is not, gives a word on which it is wrong.  With an exact teacher the result is exact, however deep its states
lie; :func:`~mips_core.machines.learning.query.learn_machine` does without one and tries words itself.

Angluin, "Learning regular sets from queries and counterexamples" (1987).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mips_core.errors import BadInputError, TooManyStatesError
from mips_core.machines.learning.cutting import cut
from mips_core.machines.learning.oracle import Oracle, OutOfBudget
from mips_core.machines.learning.plain import MOST_TRANSITIONS, PlainTable, System
from mips_core.machines.learning.query import checked_alphabet
from mips_core.machines.learning.table import ObservationTable, TooMany
from mips_core.machines.learning.words import first_steps, run_tables
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import minimise
from mips_core.progress import Monitor
from mips_core.stepping import IntArray, Stepper
from mips_core.tasks.whole_numbers import whole_numbers
from mips_core.wording import on_one_line

Teacher = Callable[[MealyMachine], IntArray | None]
"""Returns a word, int64 (T, D_in), on which a machine is wrong, or None when it is right."""


@dataclass(frozen=True, eq=False)
class Taught:
    """What was learned.

    Parameters
    ----------
    machine : minimal, in canonical numbering; the teacher found nothing wrong with it
    questions : how often the teacher was asked
    steps : network steps asked
    telling : the words that told its states apart, as positions of symbols
    """

    machine: MealyMachine
    questions: int
    steps: int
    telling: Sequence[Sequence[int] | IntArray]

    @cached_property
    def suffixes(self) -> tuple[IntArray, ...]:
        """The words, int64 (K, D_in), that told its states apart."""
        return tuple(self.machine.symbols[list(word)] for word in self.telling)


def learn_from_teacher(
    network: Stepper,
    symbols: IntArray,
    teacher: Teacher,
    *,
    rng: np.random.Generator,
    max_states: int = 1_000_000,
    max_steps: int = 10**12,
    monitor: Monitor | None = None,
) -> Taught:
    """Learn the Mealy machine of a network with the help of a teacher.

    Parameters
    ----------
    network : anything with the stepping protocol; a machine of a few thousand states is asked one question at
        a time, everything else in batches
    symbols : input symbols that may occur, int64, shape (X, D_in)
    teacher : tells a wrong machine from the right one
    rng : draws which hidden states are checked on every symbol where there are many
    max_states, max_steps : limits
    monitor : deadline, stop and progress

    Raises
    ------
    BadInputError
        when the alphabet does not fit the network, or the teacher's word shows no difference.
    TooManyStatesError
        when a limit is reached before the teacher is content.
    Cancelled
        when the caller asked to stop.

    >>> from mips_core.machines import shortest_difference
    >>> third = MealyMachine(np.array([[1], [2], [0]]), np.array([[[0]], [[0]], [[1]]]), np.array([[5]]))
    >>> teacher = lambda machine: shortest_difference(machine, third)
    >>> learn_from_teacher(third, third.symbols, teacher, rng=np.random.default_rng(0)).machine.states
    3
    """
    monitor = monitor if monitor is not None else Monitor()
    alphabet = checked_alphabet(network, symbols)
    position: dict[tuple[int, ...], int] = {}
    table: PlainTable | _BatchTable
    if isinstance(network, MealyMachine) and network.next_state.size <= MOST_TRANSITIONS:
        table = PlainTable(System(network, alphabet, monitor, max_steps), max_states)
    else:
        table = _BatchTable(Oracle(network, alphabet, monitor, max_steps), rng, max_states)
    questions = 0
    try:
        table.close()
        while True:
            raw = table.machine()
            questions += 1
            monitor.report("extract", f"{raw.states} states after {questions - 1} corrections")
            lesson = teacher(raw)
            if lesson is None:
                return Taught(table.minimal(raw), questions, table.steps, tuple(table.suffixes))
            lesson = _checked_word(lesson, raw)
            position = position or {tuple(symbol): i for i, symbol in enumerate(alphabet.tolist())}
            word = [position.get(tuple(symbol), -1) for symbol in lesson.tolist()]
            if -1 in word:
                word = raw.indices(lesson).tolist()  # says what is wrong
            table.use(tuple(word))
    except (TooMany, OutOfBudget) as limit:
        raise TooManyStatesError(
            f"No machine was found: {limit} at {table.states} states. Allow more, or check the teacher."
        ) from None


def _checked_word(lesson: object, machine: MealyMachine) -> IntArray:
    """Return what a teacher answered as int64 (T, D_in); BadInputError where it is no word."""
    try:
        word = np.asarray(lesson)
    except ValueError:  # rows of different length
        word = np.empty(0)
    if word.ndim != 2 or word.shape[1] != machine.input_width:
        raise BadInputError(
            f"The teacher answered {on_one_line(repr(lesson))[:60]}; a word has one row for each step, of as many "
            f"integers as a symbol: {machine.input_width}."
        )
    return word if word.dtype == np.int64 else whole_numbers(word, "The teacher's word")


class _BatchTable(ObservationTable):
    """The table that asks in batches, refined by a teacher's words."""

    def use(self, word: tuple[int, ...]) -> None:
        """Refine until the table's machine is right on a word, of symbol positions.

        Raises
        ------
        BadInputError
            when it is right already, or the network contradicts itself.
        """
        positions = np.array(word, dtype=np.int64)
        truth = self.oracle.run(positions[None])
        raw = self.machine()
        first = int(first_steps(run_tables(raw, positions[None]) != truth)[0])
        if first == len(word):
            raise BadInputError("The teacher's word shows no difference between machine and network.")
        while first < len(word):
            place = cut(self, raw, 0, positions[: first + 1], truth[0, first])
            if place is None:
                raise BadInputError(
                    "The network's answers contradict one another: they change with what is asked beside them."
                )
            self.add_suffix(place.suffix)
            self.close()
            raw = self.machine()
            first = int(first_steps(run_tables(raw, positions[None]) != truth)[0])

    def minimal(self, raw: MealyMachine) -> MealyMachine:
        """Return the minimal machine of what :meth:`machine` gave."""
        return minimise(raw)

    @property
    def steps(self) -> int:
        """Network steps asked."""
        return self.oracle.steps
