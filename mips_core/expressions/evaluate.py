"""Evaluate expressions on integer columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions.history import Counter, Element, Fold, Length, evaluate_history
from mips_core.expressions.nodes import Apply, Constant, Expression, Lookup, Variable

_BEYOND = 1 << 63
"""The least size that 64 bits do not hold with both signs."""


def evaluate(expression: Expression, columns: Mapping[str, NDArray[Any]], rows: int) -> NDArray[Any]:
    """Return the value of ``expression`` on every row, shape (rows,).

    Columns are int64, or object arrays of Python integers where values outgrow 64 bits; so is what a constant that
    outgrows them takes part in.

    Raises
    ------
    KeyError
        when a variable has no column, or a table has no entry for a row.
    """
    if isinstance(expression, Constant):
        return np.full(rows, expression.value, dtype=np.int64 if -_BEYOND <= expression.value < _BEYOND else object)
    if isinstance(expression, Variable):
        return columns[expression.name]
    if isinstance(expression, Counter | Element | Fold | Length):
        return evaluate_history(expression, columns, rows, evaluate)
    arguments = [evaluate(child, columns, rows) for child in expression.children]
    if isinstance(expression, Apply):
        return expression.operator.compute(*arguments)
    if isinstance(expression, Lookup):
        mapping = expression.table.mapping
        keys = zip(*(argument.tolist() for argument in arguments), strict=True)
        return np.array([mapping[key] for key in keys], dtype=np.int64)
    raise TypeError(f"unknown expression {expression!r}")
