"""Which local names of a program hold truth values."""

from __future__ import annotations

from collections.abc import Callable

from mips_core.expressions import Expression, Variable
from mips_core.expressions.loops import Flag, Loop
from mips_core.expressions.python import is_bool
from mips_core.programs.loops.statements import Assign, For, Statement, expressions, rebuilt, walk


def with_flags(parameters: tuple[str, ...], body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Return statements in which exactly the names that only ever get truth values are :class:`Flag` nodes."""
    return rebuilt(body, _marked(flags_of(parameters, body)))


def flags_of(parameters: tuple[str, ...], body: tuple[Statement, ...]) -> frozenset[str]:
    """Return the names that are assigned and only ever get truth values."""
    assigned = [
        (name, value)
        for statement in walk(body)
        if isinstance(statement, Assign)
        for name, value in zip(statement.names, statement.values, strict=True)
    ]
    flags = frozenset(name for name, _ in assigned) - frozenset(parameters) - _loop_variables(body)
    while True:
        change = _marked(flags)
        wrong = {name for name, value in assigned if name in flags and not is_bool(value.rebuild(change))}
        if not wrong:
            return flags
        flags -= wrong


def _loop_variables(body: tuple[Statement, ...]) -> set[str]:
    names: set[str] = set()
    for statement in walk(body):
        if isinstance(statement, For):
            names.add(statement.each.variable)
        for expression in expressions(statement):
            names |= {loop.variable for node in expression.walk() if isinstance(node, Loop) for loop in node.loops}
    return names


def _marked(flags: frozenset[str]) -> Callable[[Expression], Expression | None]:
    def change(node: Expression) -> Expression | None:
        if isinstance(node, Variable):
            return Flag(node.name) if node.name in flags else Variable(node.name)
        return None

    return change
