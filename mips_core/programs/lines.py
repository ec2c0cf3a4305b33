"""Which line of a program's text computes what: start values, the loop, locals, updates, the outputs."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from mips_core.expressions.history import list_name
from mips_core.programs.order import statements
from mips_core.programs.program import Program
from mips_core.programs.transitions import transitions
from mips_core.syntax import parse_module

KINDS = ("table", "start", "loop", "remember", "local", "update", "output", "transition", "return")


@dataclass(frozen=True)
class Line:
    """One statement of the text.

    Parameters
    ----------
    kind : one of :data:`KINDS`; "transition" is the lookup of next state and outputs at once
    first, last : numbers of its lines, from 1
    names : what it gives a value to; () where it appends the outputs
    """

    kind: str
    first: int
    last: int
    names: tuple[str, ...] = ()

    @property
    def runs_each_step(self) -> bool:
        """Whether it is executed at every step, and not once."""
        return self.kind in ("loop", "remember", "local", "update", "output", "transition")


def program_lines(program: Program) -> tuple[Line, ...]:
    """Return every statement of ``program.source``, comment and docstring left out, in the order of the text.

    >>> from mips_core.expressions import Variable, apply
    >>> from mips_core.machines.integer_system import IntegerSystem, StateVariable
    >>> from mips_core.regression.method import Method
    >>> add = apply("add", Variable("total"), Variable("x"))
    >>> system = IntegerSystem(("x",), (StateVariable("total", 0, add),), (add,))
    >>> [(line.kind, line.first) for line in program_lines(Program(system, Method.LINEAR, "Sums."))]
    [('start', 4), ('loop', 5), ('update', 6), ('output', 7), ('return', 8)]
    """
    module = parse_module(program.source)
    found = []
    for statement in module.body:
        if isinstance(statement, ast.Assign):
            found.append(_line("table", statement, _targets(statement)))
    function = module.body[-1]
    assert isinstance(function, ast.FunctionDef)
    for statement in function.body:
        if isinstance(statement, ast.Assign) and not isinstance(statement.value, ast.List):
            found.append(_line("start", statement, _targets(statement)))
        elif isinstance(statement, ast.For):
            found.append(Line("loop", statement.lineno, statement.body[0].lineno - 1, program.system.inputs))
            found += _loop(program, statement)
        elif isinstance(statement, ast.Return):
            found.append(_line("return", statement, ()))
    return tuple(found)


def _loop(program: Program, loop: ast.For) -> list[Line]:
    system = program.system
    kinds: list[tuple[str, tuple[str, ...]]] = [("remember", (list_name(name),)) for name in system.histories]
    whole = transitions(system)
    if whole is not None:
        kinds += [("transition", (whole.state, *whole.outputs)), ("output", ())]
    else:
        words = {"local": "local", "update": "update", "append": "output"}
        kinds += [(words[s.key[0]], s.targets) for s in statements(system)]
    return [_line(kind, s, names) for (kind, names), s in zip(kinds, loop.body, strict=True)]


def _line(kind: str, statement: ast.stmt, names: tuple[str, ...]) -> Line:
    return Line(kind, statement.lineno, statement.end_lineno or statement.lineno, names)


def _targets(statement: ast.Assign) -> tuple[str, ...]:
    return tuple(node.id for node in ast.walk(statement.targets[0]) if isinstance(node, ast.Name))
