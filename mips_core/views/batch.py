"""Many sequences at once: read line by line, run on everything that a run has, told as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from mips_core.errors import BadInputError, MipsError
from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray, Stepper, outputs_of, trace
from mips_core.tasks.integers import Integers
from mips_core.tasks.vocabulary import Words
from mips_core.views.lockstep import MACHINE, ROWS, TRUTH
from mips_core.views.palette import state_name
from mips_core.views.sequences import parse_sequence, sequence_text, step_text

MOST_LINES = 1000
"""Sequences that a batch takes; the lines after that are left out, and it is said."""

NONE = "–"


@dataclass(frozen=True, eq=False)
class Line:
    """One sequence of a batch: its line number, from 1, and its inputs, int64 (T, D_in), T at least 1."""

    number: int
    x: IntArray


@dataclass(frozen=True)
class BadLine:
    """One line that cannot be read, and the sentence that says why."""

    number: int
    reason: str


@dataclass(frozen=True)
class Batch:
    """What was read from a text.

    Parameters
    ----------
    lines, bad : the sequences, and the lines that are none; empty lines are neither
    left_out : lines beyond :data:`MOST_LINES`
    """

    lines: tuple[Line, ...]
    bad: tuple[BadLine, ...]
    left_out: int


def read_batch(text: str, inputs: Sequence[Integers], words: Words = (), most: int = MOST_LINES) -> Batch:
    """Read one sequence per line, as they are typed (:func:`parse_sequence`); a bad line does not stop the others.

    >>> found = read_batch("1 0\\n\\n1 7\\n11", [Integers(0, 2)])
    >>> [line.number for line in found.lines], found.bad[0].number, found.bad[0].reason
    ([1, 4], 3, 'Step 2 is 7; this network reads 0 or 1.')
    """
    lines: list[Line] = []
    bad: list[BadLine] = []
    left_out = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if len(lines) + len(bad) >= most:
            left_out += 1
            continue
        try:
            lines.append(Line(number, parse_sequence(line, inputs, words=words)))
        except BadInputError as error:
            bad.append(BadLine(number, str(error)))
    return Batch(tuple(lines), tuple(bad), left_out)


@dataclass(frozen=True, eq=False)
class BatchRow:
    """What became of one sequence.

    Parameters
    ----------
    line : the sequence
    last : the output at the last step as text, by name ("network", "machine", "program", "truth"); only what could run
    apart_at : the first step, from 1, at which two of them differ; None where all agree at every step
    end_state : the machine's state at the end, or None
    """

    line: Line
    last: Mapping[str, str]
    apart_at: int | None
    end_state: int | None

    @property
    def agrees(self) -> str:
        """Whether all agree at every step, in words."""
        if len(self.last) < 2:
            return "nothing to compare"
        return "yes" if self.apart_at is None else f"no, first at step {self.apart_at}"

    @property
    def end_text(self) -> str:
        """Where the machine ends, in words."""
        return NONE if self.end_state is None else f"ends in {state_name(self.end_state)}"


def run_batch(
    lines: Sequence[Line],
    things: Mapping[str, Stepper],
    truth: Callable[[IntArray], IntArray] | None,
    output_words: Words = (),
) -> tuple[BatchRow, ...]:
    """Run every sequence on everything, all sequences at once.

    Parameters
    ----------
    things : by name ("network", "machine", "program"), what there is; one that cannot run a sequence is left out there
    truth : exact outputs (N, T, D_out) for inputs (N, T, D_in), where y at t uses x up to t only; None when not known
    """
    if not lines:
        return ()
    lengths = np.array([len(line.x) for line in lines])
    longest = int(lengths.max())
    # shorter ones go on with their own first input: what comes after the end changes nothing before it
    x = np.stack([np.concatenate([line.x, np.repeat(line.x[:1], longest - len(line.x), axis=0)]) for line in lines])
    answers: dict[str, list[IntArray | None]] = {}
    for name in ROWS:
        if name in things:
            answers[name] = _answers(partial(outputs_of, things[name]), x)
        elif name == TRUTH and truth is not None:
            answers[name] = _answers(truth, x)
    machine = things.get(MACHINE)
    ends: list[int | None] = [None] * len(lines)
    if isinstance(machine, MealyMachine):
        known = [i for i, y in enumerate(answers[MACHINE]) if y is not None]
        states = trace(machine, x[known]).states if known else np.empty((0, longest + 1), dtype=np.int64)
        for i, row in zip(known, states, strict=True):
            ends[i] = int(row[lengths[i]])
    return tuple(
        _row(line, {n: y[i] for n, y in answers.items()}, ends[i], output_words) for i, line in enumerate(lines)
    )


def _answers(run: Callable[[IntArray], IntArray], x: IntArray) -> list[IntArray | None]:
    """Return the outputs (T, D_out) of each row; None for rows that cannot be run, found by halving."""
    try:
        return list(run(x))
    except (MipsError, KeyError):  # a table program has no entry for an input outside its alphabet
        if len(x) == 1:
            return [None]
        half = len(x) // 2
        return [*_answers(run, x[:half]), *_answers(run, x[half:])]


def _row(line: Line, outputs: Mapping[str, IntArray | None], end: int | None, words: Words) -> BatchRow:
    ran = {name: y[: len(line.x)] for name, y in outputs.items() if y is not None}
    differs = np.zeros(len(line.x), dtype=bool)
    first = next(iter(ran.values()), None)
    for y in ran.values():
        differs |= (y != first).any(axis=1)
    apart = int(np.argmax(differs)) + 1 if differs.any() else None
    return BatchRow(line, {name: step_text(y[-1], words) for name, y in ran.items()}, apart, end)


def batch_columns(rows: Sequence[BatchRow], input_words: Words = ()) -> dict[str, list[str]]:
    """Return the table as named columns, for a file: every sequence in full."""
    names = [name for name in ROWS if any(name in row.last for row in rows)]
    columns = {
        "line": [str(row.line.number) for row in rows],
        "sequence": [sequence_text(row.line.x, input_words) for row in rows],
        **{f"{name} at the last step": [row.last.get(name, NONE) for row in rows] for name in names},
        "all agree at every step": [row.agrees for row in rows],
    }
    if any(row.end_state is not None for row in rows):
        columns["end"] = [row.end_text for row in rows]
    return columns
