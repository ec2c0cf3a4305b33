"""Which lines of a program run at each step of a sequence, and what its variables hold after each line.

The function that the program's text defines is run once, as Python, under ``sys.settrace``; so the
lines are those that the interpreter ran, not those that we believe it runs.
"""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from types import FrameType
from typing import Any

from mips_core.programs.program import Program
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import plain_step
from mips_core.views.program_lines import Outline, Statement, conditionals, outline, span_of

Value = int | str
"""An integer that every JSON reader keeps exactly, or a short text."""

RESULT = ""
"""The name under which an :class:`Executed` holds the value that was appended to the result."""

_EXACT = 2**53
_LONGEST_TEXT = 40
_LAST_ITEMS = 8


@dataclass(frozen=True)
class Executed:
    """One statement that ran.

    Parameters
    ----------
    statement : its number in the outline
    values : the variables that it set, with their values right after it
    branches : the sides of conditional expressions that were taken, by their numbers in the outline
    reads : the lines (first, last) of the table entries that were looked up
    """

    statement: int
    values: tuple[tuple[str, Value], ...]
    branches: tuple[int, ...] = ()
    reads: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class ProgramTrace:
    """A program's run over one sequence.

    Parameters
    ----------
    source, outline : its text, and what stands where
    steps : T + 1 lists of statements; the first ran before the first input was read
    error : what stopped the program at the last of the steps, as a sentence, or ""
    """

    source: str
    outline: Outline
    steps: tuple[tuple[Executed, ...], ...]
    error: str = ""


def trace_program(program: Program, x: IntArray) -> ProgramTrace:
    """Run a program over inputs ``x`` (T, D_in) and note every statement with the values after it.

    A program that stops with an error, as a table does at an input that it lacks, is traced up to there.
    """
    source = program.source
    read = outline(source)
    names: dict[str, Any] = {}
    exec(compile(source, "<program>", "exec"), names)  # our own text, see Program.function
    looked_up: list[tuple[int, int]] = []
    plain = dict(names)
    for name, entries in read.entries.items():
        names[name] = _Noted(names[name], entries, looked_up)
    rows = [plain_step(step, program.input_words) for step in x.tolist()]
    watch = _Watch(read, plain, looked_up, len(x))
    function = names["f"]
    before = sys.gettrace()
    error = ""
    sys.settrace(lambda frame, event, _: watch if frame.f_code is function.__code__ else None)
    try:
        function([row[0] if len(row) == 1 else row for row in rows])
    except KeyError:
        error = f"The program's table lacks the input of step {watch.step}."
    except Exception as stopped:  # whatever a formula can raise: the reader sees where, and its name
        error = f"The program stops at step {watch.step} with {type(stopped).__name__}."
    finally:
        sys.settrace(before)
    return ProgramTrace(source, read, tuple(map(tuple, watch.steps)), error)


def short_value(value: Any) -> Value:
    """Return a value for a reader: integers whole where they are not huge, long lists by their last items.

    >>> short_value(12), short_value("open"), short_value([1, 0])
    (12, "'open'", '[1, 0]')
    >>> short_value(list(range(20)))
    '[… 12, 13, 14, 15, 16, 17, 18, 19] (20 items)'
    """
    if type(value) is int:
        if abs(value) < _EXACT:
            return value
        return str(value) if value.bit_length() < 120 else f"an integer of {value.bit_length()} bits"
    if isinstance(value, list):
        items = ", ".join(str(short_value(item)) for item in value[-_LAST_ITEMS:])
        return f"[{items}]" if len(value) <= _LAST_ITEMS else f"[… {items}] ({len(value)} items)"
    text = repr(value)
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"


class _Noted(dict[Any, Any]):
    """A table that notes which of its entries are looked up."""

    def __init__(self, table: dict[Any, Any], entries: dict[Any, tuple[int, int]], log: list[tuple[int, int]]) -> None:
        super().__init__(table)
        self.entries, self.log = entries, log

    def __getitem__(self, key: Any) -> Any:
        value = super().__getitem__(key)
        self.log.append(self.entries[key])
        return value


class _Watch:
    """The trace function of the program's frame: it sees a line before it runs, and so the values after the last."""

    def __init__(self, read: Outline, names: dict[str, Any], looked_up: list[tuple[int, int]], length: int) -> None:
        self.read, self.names, self.looked_up, self.length = read, names, looked_up, length
        self.at = {line: i for i, s in enumerate(read.statements) for line in range(s.first, s.last + 1)}
        self.number = {span: i for i, span in enumerate(read.branches)}
        self.tests: dict[ast.expr, Any] = {}
        self.steps: list[list[Executed]] = [[]]
        self.step = 0
        self.running: int | None = None
        self.branches: tuple[int, ...] = ()
        self.failed = False

    def __call__(self, frame: FrameType, event: str, _: Any) -> _Watch:
        if event == "exception":
            self.failed = True
        elif event == "return":
            self._finish(frame)
        elif event == "line":
            new = self.at[frame.f_lineno]
            if new == self.running:
                return self  # the next line of the same statement
            self._finish(frame)
            self.running = new
            statement = self.read.statements[new]
            if statement.loop and self.step < self.length:
                self.step += 1
                self.steps.append([])
            self.branches = tuple(self._sides(statement.node, {**self.names, **frame.f_locals}))
        return self

    def _finish(self, frame: FrameType) -> None:
        """Note the statement that has just run."""
        if self.running is None:
            return
        statement = self.read.statements[self.running]
        done = self._ended(statement)
        values = () if self.failed or done else tuple(self._values(statement, frame.f_locals))
        self.steps[-1].append(Executed(self.running, values, self.branches, tuple(self.looked_up)))
        self.looked_up.clear()
        self.running = None

    def _ended(self, statement: Statement) -> bool:
        """Return whether the loop has just found no further input."""
        return statement.loop and (self.length == 0 or bool(self.steps[-1]))

    def _values(self, statement: Statement, variables: dict[str, Any]) -> list[tuple[str, Value]]:
        if self.read.result in statement.names and variables[self.read.result]:
            return [(RESULT, short_value(variables[self.read.result][-1]))]
        return [(name, short_value(variables[name])) for name in statement.names]

    def _sides(self, node: ast.AST, variables: dict[str, Any]) -> list[int]:
        """Return the sides that conditional expressions take, computed from the values before the statement."""
        taken = []
        for condition in conditionals(node):
            taken += self._sides(ast.Expr(condition.test), variables)
            try:
                side = condition.body if self._truth(condition.test, variables) else condition.orelse
            except Exception:  # the statement itself is about to stop with the same error
                return taken
            taken.append(self.number[span_of(side)])
            taken += self._sides(ast.Expr(side), variables)
        return taken

    def _truth(self, test: ast.expr, variables: dict[str, Any]) -> bool:
        if test not in self.tests:
            self.tests[test] = compile(ast.Expression(test), "<condition>", "eval")
        return bool(eval(self.tests[test], variables))
