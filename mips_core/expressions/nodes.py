"""Immutable expression trees over integers.

Four kinds of node: :class:`Constant`, :class:`Variable`, :class:`Apply` (an
operator of the registry in :mod:`mips_core.expressions.operators`) and
:class:`Lookup` (an exact table).  Truth values are the integers 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mips_core.expressions.operators import OPERATORS, Operator

Words = tuple[str, ...]
"""The words that integers stand for, in order: where they are known, text shows ``words[i]`` for the integer i."""


class Expression:
    """Base of all nodes; equality and hashing are structural."""

    @property
    def children(self) -> tuple[Expression, ...]:
        """Direct sub-expressions, in writing order."""
        return ()

    @cached_property
    def nodes(self) -> int:
        """Number of nodes of the tree: the size that formulas are compared by."""
        return 1 + sum(child.nodes for child in self.children)

    @cached_property
    def depth(self) -> int:
        """Number of nodes on the longest way down."""
        return 1 + max((child.depth for child in self.children), default=0)

    @property
    def is_truth(self) -> bool:
        """Whether it is itself a truth value in Python, a ``bool``; of operators the registry says so."""
        return False

    def walk(self) -> Iterator[Expression]:
        """Yield this node and every node below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def variables(self) -> frozenset[str]:
        """Names of the variables that occur."""
        return frozenset(node.name for node in self.walk() if isinstance(node, Variable))

    def rebuild(self, change: Callable[[Expression], Expression | None]) -> Expression:
        """Return the tree in which each node for which ``change`` gives an expression is replaced by it."""
        replaced = change(self)
        return self if replaced is None else replaced

    def substitute(self, values: Mapping[str, Expression]) -> Expression:
        """Replace variables by expressions, all at once."""
        return self.rebuild(lambda node: values.get(node.name) if isinstance(node, Variable) else None)


@dataclass(frozen=True)
class Constant(Expression):
    """An integer; with ``words`` it stands for one of them and is written as that word."""

    value: int
    words: Words | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Variable(Expression):
    """An input, a state variable or a local name."""

    name: str


@dataclass(frozen=True)
class Apply(Expression):
    """An operator applied to arguments; ``name`` is a key of the operator registry."""

    name: str
    arguments: tuple[Expression, ...]

    def __post_init__(self) -> None:
        if len(self.arguments) != self.operator.arity:
            raise ValueError(f"{self.name} takes {self.operator.arity} arguments, got {len(self.arguments)}")

    @property
    def operator(self) -> Operator:
        """The registry entry."""
        return OPERATORS[self.name]

    @property
    def children(self) -> tuple[Expression, ...]:
        """The arguments."""
        return self.arguments

    def rebuild(self, change: Callable[[Expression], Expression | None]) -> Expression:
        """Replace nodes, parents first; see :meth:`Expression.rebuild`."""
        replaced = change(self)
        if replaced is not None:
            return replaced
        return Apply(self.name, tuple(argument.rebuild(change) for argument in self.arguments))


@dataclass(frozen=True)
class Table:
    """An exact finite function from tuples of integers to an integer.

    Parameters
    ----------
    name : what it is called in text
    entries : (key, value) pairs, keys distinct, all of length ``width``
    key_words : for each part of a key the words that its integers stand for, or None; () when no part has words
    value_words : the words that values stand for, or None
    not_observed : keys that no recorded data shows; their values were only computed
    """

    name: str
    entries: tuple[tuple[tuple[int, ...], int], ...]
    key_words: tuple[Words | None, ...] = ()
    value_words: Words | None = None
    not_observed: frozenset[tuple[int, ...]] = frozenset()

    def __post_init__(self) -> None:
        if self.key_words and not any(words is not None for words in self.key_words):
            object.__setattr__(self, "key_words", ())

    @property
    def width(self) -> int:
        """Number of integers in a key."""
        return len(self.entries[0][0])

    @cached_property
    def mapping(self) -> dict[tuple[int, ...], int]:
        """The entries as a dictionary."""
        return dict(self.entries)


@dataclass(frozen=True)
class Lookup(Expression):
    """The value of a :class:`Table` at the values of the arguments."""

    table: Table
    arguments: tuple[Expression, ...]

    def __post_init__(self) -> None:
        if len(self.arguments) != self.table.width:
            raise ValueError(f"table {self.table.name} has keys of length {self.table.width}")

    @property
    def children(self) -> tuple[Expression, ...]:
        """The arguments."""
        return self.arguments

    def rebuild(self, change: Callable[[Expression], Expression | None]) -> Expression:
        """Replace nodes, parents first; see :meth:`Expression.rebuild`."""
        replaced = change(self)
        if replaced is not None:
            return replaced
        return Lookup(self.table, tuple(argument.rebuild(change) for argument in self.arguments))


def apply(name: str, *arguments: Expression | int) -> Expression:
    """Build an :class:`Apply` node; integers become constants.

    >>> apply("add", Variable("x"), 1)
    Apply(name='add', arguments=(Variable(name='x'), Constant(value=1)))
    """
    return Apply(name, tuple(Constant(a) if isinstance(a, int) else a for a in arguments))
