"""The two sides of a comparison of files: finite machines over words, and programs that run in the sandbox only."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mips_core.errors import BadInputError
from mips_core.files import read_bytes
from mips_core.machines.dot_machine import read_dot
from mips_core.machines.dot_syntax import LONGEST_TEXT
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.records import machine_from_dict
from mips_core.machines.word_machine import WordMachine
from mips_core.programs.program import Program
from mips_core.programs.sandbox import Limits, Step, run_program
from mips_core.regression.method import Method

Word = tuple[str, ...]
Outcome = list[str] | str
"""The outputs on a word, or the words for what a program did instead."""

_WIDEST = 8


@dataclass(frozen=True, eq=False)
class MachineSide:
    """A machine from a file."""

    name: str
    machine: WordMachine
    kind: str = field(default="machine", init=False)

    def run(self, word: Word) -> list[str]:
        """Return the outputs on a word; on the empty one what a Moore machine says before any input."""
        start = self.machine.start_output
        return self.machine.run(word) if word or start is None else [start]


@dataclass(frozen=True, eq=False)
class ProgramSide:
    """The text of a program with a function ``f(xs)``."""

    name: str
    source: bytes
    kind: str = field(default="program", init=False)

    def run(self, words: Sequence[Word], width: int, limits: Limits) -> list[Outcome]:
        """Run the program on words, as far as its time goes.

        Parameters
        ----------
        words : each a sequence of input words; an integer is its text, several per step are joined with ``;``
        width : integers per output

        Raises
        ------
        ProgramRefusedError, ProgramStoppedError
            as :func:`mips_core.programs.sandbox.run_program`.
        """
        sequences = [[_step(symbol) for symbol in word] for word in words]
        inputs = max((len(step) for sequence in sequences for step in sequence), default=1)
        run = run_program(self.source, sequences, input_width=inputs, output_width=width, limits=limits)
        return [
            result if isinstance(result, str) else [";".join(map(str, step)) for step in result]
            for result in run.results
        ]

    def output_width(self, words: Sequence[Word]) -> int:
        """Find out how many integers the program gives per step, by running it on some words; 1 if it never answers."""
        for width in range(1, _WIDEST + 1):
            if any(isinstance(result, list) for result in self.run(words, width, Limits(1.0, 3.0))):
                return width
        return 1


Side = MachineSide | ProgramSide


def read_side(path: str | os.PathLike[str]) -> Side:
    """Read a DOT file, a machine.json or a program, told apart by the ending and, without a known one, by the text.

    A machine.json of integer equations has infinitely many states; it is written as its program.

    Raises
    ------
    BadInputError
        when the file cannot be read, or is none of the three.
    """
    name, ending = os.fspath(path), Path(path).suffix.lower()
    data = read_bytes(path, limit=4 * LONGEST_TEXT)
    if ending == ".py":
        return ProgramSide(name, data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"{name} is not UTF-8 text (byte {error.start}); a DOT file, a machine.json or a program is needed."
        ) from None
    if ending == ".json" or (ending not in (".dot", ".gv") and text.lstrip().startswith("{")):
        return _machine_file(name, text)
    if ending in (".dot", ".gv") or re.search(r"(?i)\bdigraph\b", text[:10_000]):
        return MachineSide(name, read_dot(text, name))
    raise BadInputError(f"{name} is no DOT file, machine.json or program; name it .dot, .json or .py if it is one.")


def _machine_file(name: str, text: str) -> Side:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{name} is not valid JSON: {error}.") from None
    machine = machine_from_dict(value, name)
    if isinstance(machine, MealyMachine):
        return MachineSide(name, word_machine(machine))
    return ProgramSide(name, Program(machine, Method.SYMBOLIC, name).source.encode("utf-8"))


def word_machine(machine: MealyMachine) -> WordMachine:
    """Write the symbols of a machine of ours as words, without the transitions that were not observed."""
    inputs = [machine.input_text(i) for i in range(len(machine.symbols))]
    known = np.ones(machine.next_state.shape, dtype=bool) if machine.observed is None else machine.observed
    rows = [
        {
            inputs[i]: (int(machine.next_state[s, i]), machine.output_text(s, i))
            for i in np.flatnonzero(known[s]).tolist()
        }
        for s in range(machine.states)
    ]
    return WordMachine.of_edges(rows, machine.start_state)


def _step(symbol: str) -> Step:
    try:
        return tuple(int(part) for part in symbol.split(";"))
    except ValueError:
        raise BadInputError(f"A program takes integers; the input {symbol!r:.60} is a word.") from None
