"""The statements of a program with loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from mips_core.expressions import Expression
from mips_core.expressions.loops import Each

Change: TypeAlias = Callable[[Expression], Expression | None]


@dataclass(frozen=True)
class Assign:
    """``target = value``; of several targets ``a, b = ...``, one value each, all values taken first."""

    target: str | tuple[str, ...]
    value: Expression | tuple[Expression, ...]

    def __post_init__(self) -> None:
        if isinstance(self.target, str) != isinstance(self.value, Expression) or len(self.names) != len(self.values):
            raise ValueError(f"{len(self.values)} values for {', '.join(self.names)}")

    @property
    def names(self) -> tuple[str, ...]:
        """The targets."""
        return (self.target,) if isinstance(self.target, str) else self.target

    @property
    def values(self) -> tuple[Expression, ...]:
        """One for each name."""
        return (self.value,) if isinstance(self.value, Expression) else self.value


@dataclass(frozen=True)
class For:
    """``for i in range(n):`` or ``for row in x:`` and what is repeated; a condition is an :class:`If` in the body."""

    each: Each
    body: tuple[Statement, ...]

    def __post_init__(self) -> None:
        if self.each.where is not None or not self.body:
            raise ValueError("a loop has a body, and its condition stands there")


@dataclass(frozen=True)
class Append:
    """``name.append(value)``."""

    name: str
    value: Expression


@dataclass(frozen=True)
class If:
    """``if condition:``, and what happens ``otherwise``; one ``If`` there is an ``elif``."""

    condition: Expression
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()

    def __post_init__(self) -> None:
        if not self.body:
            raise ValueError("a condition needs something that happens")


@dataclass(frozen=True)
class Return:
    """``return value``."""

    value: Expression


Statement: TypeAlias = Assign | For | Append | If | Return


def walk(body: Iterable[Statement]) -> Iterator[Statement]:
    """Yield all statements, those within others after them."""
    for statement in body:
        yield statement
        if isinstance(statement, For):
            yield from walk(statement.body)
        elif isinstance(statement, If):
            yield from walk(statement.body)
            yield from walk(statement.otherwise)


def expressions(statement: Statement) -> tuple[Expression, ...]:
    """Return the expressions of a statement itself, in the order of its text."""
    if isinstance(statement, Assign):
        return statement.values
    if isinstance(statement, For):
        return statement.each.expressions
    return (statement.condition,) if isinstance(statement, If) else (statement.value,)


def rebuilt(body: Iterable[Statement], change: Change) -> tuple[Statement, ...]:
    """Return statements with all expressions rebuilt; see :meth:`Expression.rebuild`."""
    return tuple(_rebuilt(statement, change) for statement in body)


def changed_names(body: Iterable[Statement]) -> frozenset[str]:
    """Return the names that statements give a value, loop variables included, or append to."""
    names: set[str] = set()
    for statement in walk(body):
        if isinstance(statement, Assign):
            names.update(statement.names)
        elif isinstance(statement, For):
            names.add(statement.each.variable)
        elif isinstance(statement, Append):
            names.add(statement.name)
    return frozenset(names)


def _rebuilt(statement: Statement, change: Change) -> Statement:
    if isinstance(statement, Assign):
        values = tuple(value.rebuild(change) for value in statement.values)
        return Assign(statement.target, values[0] if isinstance(statement.target, str) else values)
    if isinstance(statement, For):
        return For(statement.each.rebuild(change), rebuilt(statement.body, change))
    if isinstance(statement, Append):
        return Append(statement.name, statement.value.rebuild(change))
    if isinstance(statement, If):
        return If(
            statement.condition.rebuild(change),
            rebuilt(statement.body, change),
            rebuilt(statement.otherwise, change),
        )
    return Return(statement.value.rebuild(change))
