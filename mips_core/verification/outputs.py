"""Outputs of a batch, from a network, from a program of ours, or from the sandbox, in one comparable form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import ProgramStoppedError
from mips_core.expressions import Apply, Constant, Expression
from mips_core.machines.integer_system import IntegerSystem
from mips_core.networks.encoding import OVERFLOW
from mips_core.programs.program import Program
from mips_core.programs.sandbox import Answer, Limits, Step, run_program
from mips_core.stepping import IntArray, Stepper, outputs_of
from mips_core.tasks.vocabulary import has_words, numbered_step, plain_step

_FAULTS = (KeyError, ZeroDivisionError)  # all that the text of a program of ours can raise on integers


@dataclass(frozen=True, eq=False)
class Outputs:
    """What something gave out on N sequences of up to T steps.

    Parameters
    ----------
    values : int64, shape (N, T, D_out)
    valid : bool, shape (N, T); False where the output is no 64-bit integer and no known word: it differs from
        everything
    exact : rows with integers beyond 64 bits, or words that no vocabulary knows, as lists of tuples
    faults : row -> (step, word): from this step on there is no output but an error
    unknown : rows with an error of which the outputs before it are not known either
    """

    values: IntArray
    valid: NDArray[np.bool_]
    exact: Mapping[int, Sequence[Answer]] = field(default_factory=dict)
    faults: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    unknown: frozenset[int] = frozenset()

    def shown(self, row: int, steps: int) -> list[Any] | str:
        """Return the first ``steps`` outputs of a row as plain values: integers (lists where D_out > 1), or None.

        A row that ends in an error within these steps is the error's word.
        """
        if row in self.faults and self.faults[row][0] < steps:
            return self.faults[row][1]
        if row in self.exact:
            plain: list[Any] = [list(step) for step in self.exact[row][:steps]]
        else:
            plain = self.values[row, :steps].tolist()
            plain = [step if ok else [None] * len(step) for step, ok in zip(plain, self.valid[row], strict=False)]
        return [step[0] if len(step) == 1 else step for step in plain]


def network_outputs(network: Stepper, x: IntArray) -> Outputs:
    """Return the outputs of a network or machine on inputs (N, T, D_in)."""
    values = outputs_of(network, x)
    return Outputs(values, (values != OVERFLOW).all(axis=2))


def from_rows(rows: Sequence[Sequence[Answer | int] | str], length: int, width: int) -> Outputs:
    """Gather results of programs, all for sequences of ``length`` steps; an error counts at the last step.

    Parameters
    ----------
    rows : the answers of all steps, which may be plain integers where ``width`` is 1, or the word of an error
    """
    values = np.zeros((len(rows), length, width), dtype=np.int64)
    valid = np.ones((len(rows), length), dtype=np.bool_)
    exact: dict[int, Sequence[Answer]] = {}
    faults: dict[int, tuple[int, str]] = {}
    for i, row in enumerate(rows):
        if isinstance(row, str):
            faults[i] = (max(length - 1, 0), row)
            continue
        try:
            values[i] = np.array(row, dtype=np.int64).reshape(length, width)
        except (OverflowError, ValueError):
            exact[i] = [step if isinstance(step, tuple) else (step,) for step in row]
            for t, step in enumerate(exact[i]):
                numbers = [v for v in step if not isinstance(v, str) and -(2**63) <= v < 2**63]
                valid[i, t] = len(numbers) == width
                values[i, t] = numbers if valid[i, t] else 0
    return Outputs(values, valid, exact, faults, frozenset(faults))


def program_outputs(program: Program, x: IntArray, lengths: IntArray | None = None) -> Outputs:
    """Return the outputs of a program of ours on inputs (N, T, D_in), as its text computes them on Python integers.

    Parameters
    ----------
    lengths : int64, shape (N,): steps of each sequence; all T when None
    """
    n, length = x.shape[:2]
    steps = [length] * n if lengths is None else lengths.tolist()
    faults: dict[int, tuple[int, str]] = {}
    if may_explode(program.system):
        rows = _in_sandbox(program, _sequences(x, steps))
    else:
        rows, faults = _in_process(program, _as_taken(program, x, steps))
    found = [_padded(row, length, program.output_width) for row in rows]
    joined = from_rows(found, length, program.output_width)
    return replace(joined, faults={**joined.faults, **faults})


def _sequences(x: IntArray, steps: Sequence[int]) -> list[list[Step]]:
    return [[tuple(step) for step in row[:t]] for row, t in zip(x.tolist(), steps, strict=True)]


def _as_taken(program: Program, x: IntArray, steps: Sequence[int]) -> list[list[Any]]:
    """Return sequences as a program takes them: with one input per step, each is a list of integers or words.

    Nothing is made for every single step that needs not be: walking what was made, as the garbage collector does,
    takes ten times as long as making it.
    """
    if program.input_width > 1:
        given = _sequences(x, steps)
        if has_words(program.input_words):
            return [[plain_step(step, program.input_words) for step in s] for s in given]
        return list(given)
    rows = [row[:t] for row, t in zip(x[:, :, 0].tolist(), steps, strict=True)]
    if has_words(program.input_words):
        (vocabulary,) = program.input_words
        assert vocabulary is not None
        words = dict(enumerate(vocabulary.words))
        rows = [[words.get(value, value) for value in row] for row in rows]
    return rows


def _padded(row: Sequence[Answer | int] | str, length: int, width: int) -> Sequence[Answer | int] | str:
    if isinstance(row, str) or len(row) == length:
        return row
    plain = width == 1 and not (row and isinstance(row[0], tuple))
    return [*row, *[0 if plain else (0,) * width] * (length - len(row))]


def _in_process(
    program: Program, given: list[list[Any]]
) -> tuple[list[Sequence[Answer | int] | str], dict[int, tuple[int, str]]]:
    rows: list[Sequence[Answer | int] | str] = []
    faults: dict[int, tuple[int, str]] = {}
    for i, sequence in enumerate(given):
        try:
            rows.append(_call(program, sequence))
        except _FAULTS as error:
            # Each step hangs on earlier steps only, so what comes before the error is the output of a shorter sequence.
            low, high = 0, len(sequence)
            while high - low > 1:
                middle = (low + high) // 2
                try:
                    _call(program, sequence[:middle])
                    low = middle
                except _FAULTS:
                    high = middle
            rows.append(_call(program, sequence[:low]))
            faults[i] = (low, type(error).__name__)
    return rows, faults


def _call(program: Program, sequence: list[Any]) -> Sequence[Answer | int]:
    """Return the answers of all steps by their numbers; where there is one output per step, it is no tuple."""
    result: list[Any] = program.function(sequence)
    if not has_words(program.output_words):
        return result
    if program.output_width > 1:
        return [numbered_step(step, program.output_words) for step in result]
    (vocabulary,) = program.output_words
    assert vocabulary is not None
    found = [vocabulary.find(value) for value in result]
    return [value if number is None else number for value, number in zip(result, found, strict=True)]


def _in_sandbox(program: Program, given: list[list[Step]]) -> list[Sequence[Answer | int] | str]:
    try:
        run = run_program(
            program.source,
            given,
            input_width=program.input_width,
            output_width=program.output_width,
            limits=Limits(soft_seconds=1.0, hard_seconds=2.0),
            input_words=program.input_words,
            output_words=program.output_words,
        )
    except ProgramStoppedError:
        return ["stopped"] * len(given)
    return [*run.results, *["stopped"] * (len(given) - len(run.results))]


def may_explode(system: IntegerSystem) -> bool:
    """Return whether numbers can double their digits at every step: a state variable is multiplied with state.

    Such a program can take all memory within a few hundred steps, so it is run in the sandbox.
    """
    remembered = {variable.name for variable in system.state}
    for name, formula in system.locals:
        if formula.variables & remembered:
            remembered.add(name)
    return any(_multiplies(node, remembered) for formula in system.expressions for node in formula.walk())


def _multiplies(node: Expression, remembered: set[str]) -> bool:
    if not isinstance(node, Apply) or node.name != "mul" or any(isinstance(a, Constant) for a in node.arguments):
        return False
    return all(argument.variables & remembered for argument in node.arguments)
