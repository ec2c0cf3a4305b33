"""The two sides of a comparison of files: finite machines over words, and programs that run in the sandbox only."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
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
from mips_core.programs.sandbox import Limits, run_program
from mips_core.regression.method import Method
from mips_core.tasks.vocabulary import Vocabulary, Words

Word = tuple[str, ...]
Outcome = list[str] | str
"""The outputs on a word, or the words for what a program did instead."""

_WIDEST = 8
_WIDEST_WITH_WORDS = 3
_ANY = Vocabulary.of(["0"])
"""Words that a vocabulary does not know come back as they are, and this one as its number, which reads the same."""


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

    def run(self, words: Sequence[Word], form: Form, limits: Limits) -> list[Outcome]:
        """Run the program on words, as far as its time goes.

        Raises
        ------
        ProgramRefusedError, ProgramStoppedError
            as :func:`mips_core.programs.sandbox.run_program`.
        """
        run = run_program(
            self.source,
            [[form.step(symbol) for symbol in word] for word in words],
            input_width=len(form.inputs),
            output_width=len(form.outputs),
            limits=limits,
            input_words=form.inputs,
            output_words=form.outputs,
        )
        return [
            result if isinstance(result, str) else [";".join(map(str, step)) for step in result]
            for result in run.results
        ]

    def form(self, inputs: Word, outputs: Sequence[str]) -> Form:
        """Find out how the program returns the outputs of a step, by running it on single inputs.

        Parameters
        ----------
        inputs : the input words that may occur
        outputs : output words that it may be expected to give; may be empty
        """
        first = [(symbol,) for symbol in inputs[:20]]
        forms = _forms(inputs, outputs)
        for form in forms:
            if any(isinstance(result, list) for result in self.run(first, form, Limits(1.0, 3.0))):
                return form
        return forms[0]


@dataclass(frozen=True)
class Form:
    """How a program takes and returns the symbols of a step: per column a vocabulary of words, or None for integers."""

    inputs: Words
    outputs: Words

    def step(self, symbol: str) -> tuple[int, ...]:
        """Read an input word, ``3``, ``1;0`` or ``coin``, as the integers of one step."""
        parts = zip(symbol.split(";"), self.inputs, strict=True)
        return tuple(int(part) if vocabulary is None else vocabulary.number(part) for part, vocabulary in parts)


def _forms(inputs: Word, outputs: Sequence[str]) -> list[Form]:
    """Return the forms to try: columns of integers where all words of it are, and as many outputs as expected first."""
    columns = _columns(inputs)
    if columns is None:
        raise BadInputError(
            f"The inputs {inputs[0]!r:.40} and {inputs[-1]!r:.40} do not have equally many parts; a program takes the "
            "same number of values at every step."
        )
    taken = tuple(None if all(map(_is_integer, column)) else Vocabulary.of(column) for column in columns)
    expected = _columns(outputs) or []
    kinds = [tuple(all(map(_is_integer, column)) for column in expected)] if expected else []
    kinds += [(True,) * width for width in range(1, _WIDEST + 1)]
    kinds += [kind for width in range(1, _WIDEST_WITH_WORDS + 1) for kind in product((False, True), repeat=width)]
    return [Form(taken, tuple(None if integer else _ANY for integer in kind)) for kind in dict.fromkeys(kinds)]


def _columns(words: Sequence[str]) -> list[tuple[str, ...]] | None:
    rows = [word.split(";") for word in words]
    return list(zip(*rows, strict=True)) if len({len(row) for row in rows}) == 1 else None


def _is_integer(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,18}", text) is not None


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
