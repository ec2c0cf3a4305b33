"""Expressions over all inputs so far: ``seen[i]``, ``len(seen)``, and ``all``, ``any`` or ``sum`` of a relation.

A program that needs them keeps its inputs in a list, to which each step first appends the current one.  The list of the
input ``x`` is called ``seen`` in text, that of another input ``seen_`` and its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions.nodes import Expression, Variable

LIST = "seen"
COUNTER = "i"
"""The name of the list in text, and of what counts in a generator; no other name of a program may be one of them."""

FOLDS: Mapping[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "all": lambda values: (values != 0).all(axis=1).astype(np.int64),
    "any": lambda values: (values != 0).any(axis=1).astype(np.int64),
    "sum": lambda values: values.sum(axis=1).astype(np.int64),
}
"""What can be made of a relation for i = 0, 1, ...: (R, n) -> int64 (R,)."""

Change = Callable[[Expression], Expression | None]


@dataclass(frozen=True)
class Counter(Expression):
    """The number i = 0, 1, ... inside a :class:`Fold`."""


@dataclass(frozen=True)
class Length(Expression):
    """How many inputs there are so far, the current one included."""

    source: Expression

    @property
    def children(self) -> tuple[Expression, ...]:
        """The input that is remembered."""
        return (self.source,)

    @cached_property
    def nodes(self) -> int:
        """One: the name of the list is no formula."""
        return 1

    def rebuild(self, change: Change) -> Expression:
        """Replace nodes, parents first; see :meth:`Expression.rebuild`."""
        replaced = change(self)
        return Length(self.source.rebuild(change)) if replaced is None else replaced


@dataclass(frozen=True)
class Element(Expression):
    """An input that came before, or the current one: by its place from the start, or from the end when negative."""

    source: Expression
    index: Expression

    @property
    def children(self) -> tuple[Expression, ...]:
        """The input that is remembered, and the place."""
        return (self.source, self.index)

    @cached_property
    def nodes(self) -> int:
        """Size of the place and one more."""
        return 1 + self.index.nodes

    def rebuild(self, change: Change) -> Expression:
        """Replace nodes, parents first; see :meth:`Expression.rebuild`."""
        replaced = change(self)
        if replaced is not None:
            return replaced
        return Element(self.source.rebuild(change), self.index.rebuild(change))


@dataclass(frozen=True)
class Fold(Expression):
    """``all``, ``any`` or ``sum`` of ``body`` for each i below ``count``.

    Parameters
    ----------
    name : a key of :data:`FOLDS`
    body : a formula that may hold :class:`Counter`
    count : the same for all sequences of one length: of :class:`Length` and constants
    """

    name: str
    body: Expression
    count: Expression

    def __post_init__(self) -> None:
        if self.name not in FOLDS:
            raise ValueError(f"{self.name} is none of {', '.join(FOLDS)}")

    @property
    def children(self) -> tuple[Expression, ...]:
        """The relation and how often it is asked."""
        return (self.body, self.count)

    @property
    def is_truth(self) -> bool:
        """Whether a ``bool`` comes out."""
        return self.name != "sum"

    def rebuild(self, change: Change) -> Expression:
        """Replace nodes, parents first; see :meth:`Expression.rebuild`."""
        replaced = change(self)
        if replaced is not None:
            return replaced
        return Fold(self.name, self.body.rebuild(change), self.count.rebuild(change))


def remembered(expression: Expression) -> tuple[str, ...]:
    """Return the inputs of which an expression asks for earlier values, in order of first use."""
    sources = [node.source for node in expression.walk() if isinstance(node, Element | Length)]
    return tuple(dict.fromkeys(source.name for source in sources if isinstance(source, Variable)))


def is_open(expression: Expression) -> bool:
    """Return whether an expression counts i without saying how far: it means nothing outside its :class:`Fold`."""
    if isinstance(expression, Counter):
        return True
    if isinstance(expression, Fold):
        return is_open(expression.count)
    return any(is_open(child) for child in expression.children)


def list_name(source: str) -> str:
    """Return what the list of an input is called."""
    return LIST if source == "x" else f"{LIST}_{source}"


def source_of_list(name: str) -> str | None:
    """Return the input of a list called ``name``; None for other names."""
    if name == LIST:
        return "x"
    return name.removeprefix(f"{LIST}_") if name.startswith(f"{LIST}_") else None


def history_column(source: str) -> str:
    """Return the name of the column (R, t) that holds all values so far of an input; it is no Python name."""
    return f"{source} so far"


def evaluate_history(
    expression: Element | Length | Counter | Fold,
    columns: Mapping[str, NDArray[Any]],
    rows: int,
    evaluate: Callable[[Expression, Mapping[str, NDArray[Any]], int], NDArray[Any]],
) -> NDArray[Any]:
    """Return the value on every row, shape (rows,); ``evaluate`` computes the parts."""
    if isinstance(expression, Counter):
        return columns[COUNTER]
    if isinstance(expression, Fold):
        count = int(evaluate(expression.count, columns, rows)[0]) if rows else 0
        inner: dict[str, NDArray[Any]] = {
            name: column if column.ndim == 2 else np.repeat(column, max(count, 0)) for name, column in columns.items()
        }
        inner[COUNTER] = np.tile(np.arange(max(count, 0)), rows)
        values = evaluate(expression.body, inner, rows * max(count, 0)) if count > 0 else np.zeros((rows, 0))
        return FOLDS[expression.name](values.reshape(rows, max(count, 0)))
    if not isinstance(expression.source, Variable):
        raise TypeError(f"{expression.source!r} is no input")
    history = columns[history_column(expression.source.name)]
    if isinstance(expression, Length):
        return np.full(rows, history.shape[1], dtype=np.int64)
    index = evaluate(expression.index, columns, rows)
    return history[np.arange(rows) // max(1, rows // len(history)), index]
