"""Expressions over lists and loops: ``x[i]``, ``len(x)``, ``sum(... for i in range(n))``, ``[... for row in x]``.

Values are numbers, ``None`` and lists of values.  An :class:`Each` binds its variable in what stands beside it; no name
may be bound twice on a way down the tree, so that a name means one thing wherever it can be read
(:func:`bound_twice`).  :mod:`mips_core.expressions.surface` says how such a tree is spelt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from mips_core.expressions.nodes import Constant, Expression, Variable

REDUCTIONS = ("sum", "all", "any", "max", "min")
"""What can be made of a list, or of a value for each turn of a loop."""

Change = Callable[[Expression], Expression | None]


@dataclass(frozen=True)
class Each:
    """``for variable in range(start, stop) if where``: one loop of a comprehension or of a statement.

    Where ``stop`` is the length of a list and the variable only picks that list's elements, text names the element:
    ``for row in x``.
    """

    variable: str
    start: Expression
    stop: Expression
    where: Expression | None = None

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Start, stop and, where there is one, the condition."""
        return (self.start, self.stop) if self.where is None else (self.start, self.stop, self.where)

    def rebuild(self, change: Change) -> Each:
        """Replace nodes in all expressions; see :meth:`Expression.rebuild`."""
        where = None if self.where is None else self.where.rebuild(change)
        return replace(self, start=self.start.rebuild(change), stop=self.stop.rebuild(change), where=where)


class Loop(Expression):
    """Base of the nodes of this module: children and rebuilding follow from the fields."""

    @property
    def children(self) -> tuple[Expression, ...]:
        """All expressions of the node, those of its loops included."""
        return tuple(child for field in fields(self) for child in _parts(getattr(self, field.name)))  # type: ignore[arg-type]

    def rebuild(self, change: Change) -> Expression:
        """Replace nodes, parents first; see :meth:`Expression.rebuild`.  Bound names are names like others here."""
        replaced = change(self)
        if replaced is not None:
            return replaced
        parts = {field.name: _rebuilt(getattr(self, field.name), change) for field in fields(self)}  # type: ignore[arg-type]
        return replace(self, **parts)  # type: ignore[type-var]

    @property
    def loops(self) -> tuple[Each, ...]:
        """The loops of this node, outermost first."""
        return ()


@dataclass(frozen=True)
class Flag(Variable):
    """A local name whose value is a ``bool``: ``and``, ``or`` and ``not`` can be written as Python's own words."""

    @property
    def is_truth(self) -> bool:
        """Yes."""
        return True


@dataclass(frozen=True)
class Item(Loop):
    """``array[index]``; a negative index counts from the end."""

    array: Expression
    index: Expression


@dataclass(frozen=True)
class Count(Loop):
    """``len(array)``."""

    array: Expression


@dataclass(frozen=True)
class Slice(Loop):
    """``array[start:stop]``; None for an end that is left out."""

    array: Expression
    start: Expression | None = None
    stop: Expression | None = None


@dataclass(frozen=True)
class Columns(Loop):
    """The columns of a list of rows: ``zip(*array)`` to go over, else ``list(zip(*array))``."""

    array: Expression


@dataclass(frozen=True)
class Several(Loop):
    """A list that is written out: ``[a, b]``; empty, what :class:`Append` statements fill."""

    parts: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Reduce(Loop):
    """``sum``, ``all``, ``any``, ``max`` or ``min`` of ``body`` for each turn of the loops."""

    name: str
    body: Expression
    each: tuple[Each, ...]

    def __post_init__(self) -> None:
        if self.name not in REDUCTIONS or not self.each:
            raise ValueError(f"{self.name} over {len(self.each)} loops is none of {', '.join(REDUCTIONS)} over one")

    @property
    def loops(self) -> tuple[Each, ...]:
        """The loops, outermost first."""
        return self.each

    @property
    def is_truth(self) -> bool:
        """Whether a ``bool`` comes out."""
        return self.name in ("all", "any")


@dataclass(frozen=True)
class Listed(Loop):
    """``[body for ...]``: the list of the values of ``body``."""

    body: Expression
    each: Each

    @property
    def loops(self) -> tuple[Each, ...]:
        """The one loop."""
        return (self.each,)


@dataclass(frozen=True)
class Aggregate(Loop):
    """``sum``, ``all``, ``any``, ``max`` or ``min`` of a list."""

    name: str
    array: Expression

    def __post_init__(self) -> None:
        if self.name not in REDUCTIONS:
            raise ValueError(f"{self.name} is none of {', '.join(REDUCTIONS)}")

    @property
    def is_truth(self) -> bool:
        """Whether a ``bool`` comes out."""
        return self.name in ("all", "any")


@dataclass(frozen=True)
class Position(Loop):
    """``array.index(value)``: the first place of a value that is there."""

    array: Expression
    value: Expression


@dataclass(frozen=True)
class Occurrences(Loop):
    """``array.count(value)``."""

    array: Expression
    value: Expression


@dataclass(frozen=True)
class Integer(Loop):
    """``int(value)`` of a truth value, where the integer 0 or 1 is wanted and not a ``bool``."""

    value: Expression

    def __post_init__(self) -> None:
        if isinstance(self.value, Constant):
            raise ValueError("a constant is an integer already")


@dataclass(frozen=True)
class Nothing(Loop):
    """``None``: no answer, as for a tie."""


def each(variable: str, stop: Expression | int, where: Expression | None = None, start: Expression | int = 0) -> Each:
    """Build an :class:`Each`; integers become constants.

    >>> each("i", 3)
    Each(variable='i', start=Constant(value=0), stop=Constant(value=3), where=None)
    """
    return Each(variable, _constant(start), _constant(stop), where)


def item(array: Expression | str, *indices: Expression | int | str) -> Expression:
    """Build ``array[i][j]``; names become variables, integers constants.

    >>> item("x", "i", 0)
    Item(array=Item(array=Variable(name='x'), index=Variable(name='i')), index=Constant(value=0))
    """
    found: Expression = Variable(array) if isinstance(array, str) else array
    for index in indices:
        found = Item(found, Variable(index) if isinstance(index, str) else _constant(index))
    return found


def free_names(expression: Expression) -> frozenset[str]:
    """Return the names that an expression reads from outside: variables that no loop in it binds."""
    if isinstance(expression, Variable):
        return frozenset((expression.name,))
    if not isinstance(expression, Reduce | Listed):
        return frozenset().union(*map(free_names, expression.children))
    names = free_names(expression.body)
    for loop in reversed(expression.loops):
        where = frozenset[str]() if loop.where is None else free_names(loop.where)
        names = (names | where) - {loop.variable}
        names |= free_names(loop.start) | free_names(loop.stop)
    return names


def bound_twice(expression: Expression, taken: frozenset[str]) -> str | None:
    """Return a name that a loop binds although it is ``taken`` or bound around that loop; None when there is none."""
    for loop in expression.loops if isinstance(expression, Loop) else ():
        if loop.variable in taken:
            return loop.variable
        taken |= {loop.variable}
    return next((name for child in expression.children if (name := bound_twice(child, taken))), None)


def _parts(value: Any) -> Iterator[Expression]:
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, Each):
        yield from value.expressions
    elif isinstance(value, tuple):
        for part in value:
            yield from _parts(part)


def _rebuilt(value: Any, change: Change) -> Any:
    if isinstance(value, Expression | Each):
        return value.rebuild(change)
    return tuple(_rebuilt(part, change) for part in value) if isinstance(value, tuple) else value


def _constant(value: Expression | int) -> Expression:
    return Constant(value) if isinstance(value, int) else value
