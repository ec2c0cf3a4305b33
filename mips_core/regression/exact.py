"""Whether a formula that holds in 64 bits also holds in the integers.

NumPy's integers wrap around at 64 bits and Python's do not: a formula that is right on every row only because it wraps
is wrong in the program that is written from it.  Nearly no table lets a value on the way grow so far; those that do are
computed again with Python's integers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import Apply, Constant, Expression, Lookup, Variable, evaluate
from mips_core.stepping import IntArray

_BEYOND = 1 << 63
"""The least size that 64 bits do not hold with both signs."""


_P = ParamSpec("_P")
_T = TypeVar("_T")


def wrapping(search: Callable[_P, _T]) -> Callable[_P, _T]:
    """Let a search wrap around on the way without a warning: whatever it finds is computed again.

    The caller's settings of :func:`numpy.errstate` hold again afterwards.
    """

    @wraps(search)
    def quiet(*arguments: _P.args, **options: _P.kwargs) -> _T:
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            return search(*arguments, **options)

    return quiet


def wrong_rows(expression: Expression, columns: Mapping[str, IntArray], target: IntArray) -> NDArray[np.bool_]:
    """Return the rows on which ``expression`` differs from ``target``, in 64 bits or in the integers; bool, (R,)."""
    wrong = np.asarray(evaluate(expression, columns, len(target)) != target)
    return wrong | wrong_beyond_64_bits(expression, columns, target)


def wrong_beyond_64_bits(
    expression: Expression, columns: Mapping[str, IntArray], target: IntArray
) -> NDArray[np.bool_]:
    """Return the rows on which ``expression``, computed with integers of any size, differs from ``target``.

    Only asked of rows on which it is right in 64 bits: where nothing can outgrow them, no row is looked at.

    >>> x = np.array([2**62, 5])
    >>> wrong_beyond_64_bits(Apply("mul", (Variable("x"), Constant(4))), {"x": x}, x * 4).tolist()
    [True, False]

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,)

    Returns
    -------
    bool, shape (R,); True also where there is no exact value, as of a remainder by 0
    """
    rows = len(target)
    if _largest(expression, columns) < _BEYOND:
        return np.zeros(rows, dtype=np.bool_)
    exact = {name: np.asarray(columns[name]).astype(object) for name in expression.variables}
    try:
        return np.asarray(_evaluated(expression, exact, rows) != target, dtype=np.bool_)
    except ZeroDivisionError:
        return np.array([_is_wrong(expression, exact, target, row) for row in range(rows)], dtype=np.bool_)


def _is_wrong(expression: Expression, columns: Mapping[str, NDArray[Any]], target: IntArray, row: int) -> bool:
    try:
        value = _evaluated(expression, {name: values[row : row + 1] for name, values in columns.items()}, 1)
    except ZeroDivisionError:
        return True
    return bool(value[0] != target[row])


def _evaluated(expression: Expression, columns: Mapping[str, NDArray[Any]], rows: int) -> NDArray[Any]:
    """Return the value on every row, shape (rows,), in Python's integers where it can grow."""
    if isinstance(expression, Constant):
        return np.full(rows, expression.value, dtype=object)
    if isinstance(expression, Apply):
        arguments = (_evaluated(argument, columns, rows) for argument in expression.arguments)
        return np.asarray(expression.operator.compute(*arguments))
    return evaluate(expression, columns, rows).astype(object)


def _largest(expression: Expression, columns: Mapping[str, IntArray]) -> int:
    """Return a number that no absolute value of the expression, or of a part of it, exceeds."""
    largest = 0

    def size(node: Expression) -> int:
        nonlocal largest
        if isinstance(node, Constant):
            bound = abs(node.value)
        elif isinstance(node, Variable):
            values = columns[node.name]
            bound = max(-int(values.min()), int(values.max())) if len(values) else 0
        elif isinstance(node, Apply):
            bound = _size_of(node.name, [size(argument) for argument in node.arguments])
        elif isinstance(node, Lookup):
            largest = max([largest, *map(size, node.arguments)])
            bound = max(map(abs, node.table.mapping.values()))
        else:
            bound = _BEYOND  # not known
        largest = max(largest, bound)
        return bound

    size(expression)
    return largest


def _size_of(name: str, sizes: list[int]) -> int:
    """Return a bound of what an operator makes of values that are at most so large."""
    if name in ("add", "sub"):
        return sizes[0] + sizes[1]
    if name == "mul":
        return sizes[0] * sizes[1]
    if name in ("and", "or", "xor"):
        return (1 << max(sizes).bit_length()) - 1
    return max(*sizes, 1)  # nothing else makes more of its arguments than the largest of them, or 1
