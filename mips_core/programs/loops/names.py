"""Names in programs with loops: what may stand, and that each is known where it is read."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable

from mips_core.expressions import Expression
from mips_core.expressions.loops import bound_twice, free_names
from mips_core.programs.loops.statements import Append, Assign, For, If, Return, Statement, expressions

_TAKEN = frozenset(dir(builtins)) | frozenset(keyword.kwlist)


def check_names(parameters: tuple[str, ...], body: tuple[Statement, ...], function: str) -> None:
    """Look at every name of a program.

    Raises
    ------
    ValueError
        when a name is none or a built-in function's, is read where it has no value, or is bound again within its loop.
    """
    for name in (*parameters, function):
        _check_name(name)
    if len({*parameters, function}) != len(parameters) + 1:
        raise ValueError(f"two of the names {', '.join((function, *parameters))} are the same")
    _follow(body, frozenset(parameters), frozenset(parameters))


def _check_name(name: str) -> None:
    if not name.isidentifier() or not name.isascii() or name in _TAKEN or name.startswith("__"):
        raise ValueError(f"{name!r} cannot be the name of something in a program")


def _follow(body: Iterable[Statement], known: frozenset[str], fixed: frozenset[str]) -> frozenset[str]:
    """Return the names known after the statements; ``fixed`` are those that a loop around them is counting with."""
    for statement in body:
        for expression in expressions(statement):
            _read(expression, known)
        if isinstance(statement, Assign):
            for name in statement.names:
                _bind(name, fixed)
            known |= frozenset(statement.names)
        elif isinstance(statement, Append):
            if statement.name not in known:
                raise ValueError(f"{statement.name} is appended to before it is a list")
        elif isinstance(statement, For):
            _bind(statement.each.variable, fixed)
            inside = frozenset((statement.each.variable,))
            _follow(statement.body, known | inside, fixed | inside)
        elif isinstance(statement, If):
            first, second = _follow(statement.body, known, fixed), _follow(statement.otherwise, known, fixed)
            known = first & second if not _returns(statement.body) else second
        elif not isinstance(statement, Return):
            raise TypeError(f"unknown statement {statement!r}")
    return known


def _returns(body: tuple[Statement, ...]) -> bool:
    return isinstance(body[-1], Return)


def _bind(name: str, fixed: frozenset[str]) -> None:
    _check_name(name)
    if name in fixed:
        raise ValueError(f"{name} gets another value where it counts something or is an argument")


def _read(expression: Expression, known: frozenset[str]) -> None:
    unknown = free_names(expression) - known
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} is read before it has a value")
    twice = bound_twice(expression, known)
    if twice is not None:
        raise ValueError(f"{twice} is bound by a loop although it means something else there")
