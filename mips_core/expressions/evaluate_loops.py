"""Evaluate expressions over lists and loops on plain Python values, exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from mips_core.expressions.loops import (
    Aggregate,
    Columns,
    Count,
    Each,
    Integer,
    Item,
    Listed,
    Nothing,
    Occurrences,
    Position,
    Reduce,
    Several,
    Slice,
)
from mips_core.expressions.nodes import Apply, Constant, Expression, Variable
from mips_core.expressions.python import is_bool

_MADE_OF: Mapping[str, Callable[[list[Any]], Any]] = {"sum": sum, "all": all, "any": any, "max": max, "min": min}


def evaluate_loops(expression: Expression, values: Mapping[str, Any]) -> Any:
    """Return the value of ``expression``; truth values may come out as the integers 0 and 1.

    Parameters
    ----------
    values : by name: numbers, None, or lists (nested) of them

    Raises
    ------
    KeyError
        when a name has no value.
    IndexError, ValueError, TypeError, ZeroDivisionError
        where Python raises them too: a place that is not in a list, the largest of nothing, None as a number.
    """
    if isinstance(expression, Constant):
        return expression.value
    if isinstance(expression, Variable):
        return values[expression.name]
    if isinstance(expression, Nothing):
        return None
    if isinstance(expression, Apply):
        return _applied(expression, values)
    if isinstance(expression, Reduce):
        # A list of all values first: what Python skips once the answer is clear cannot fail here.
        return _MADE_OF[expression.name](list(_turns(expression, 0, values)))
    if isinstance(expression, Listed):
        return list(_turns(expression, 0, values))
    if isinstance(expression, Slice):
        ends = (expression.start, expression.stop)
        start, stop = (None if end is None else evaluate_loops(end, values) for end in ends)
        return evaluate_loops(expression.array, values)[start:stop]
    return _of_list(expression, [evaluate_loops(child, values) for child in expression.children])


def _of_list(expression: Expression, parts: list[Any]) -> Any:
    if isinstance(expression, Several):
        return parts
    if isinstance(expression, Item):
        return parts[0][parts[1]]
    if isinstance(expression, Count):
        return len(parts[0])
    if isinstance(expression, Columns):
        return [list(column) for column in zip(*parts[0], strict=True)]
    if isinstance(expression, Aggregate):
        return _MADE_OF[expression.name](parts[0])
    if isinstance(expression, Position):
        return parts[0].index(parts[1])
    if isinstance(expression, Occurrences):
        return parts[0].count(parts[1])
    if isinstance(expression, Integer):
        return int(parts[0])
    raise TypeError(f"unknown expression {expression!r}")


def _applied(expression: Apply, values: Mapping[str, Any]) -> Any:
    """Apply an operator; as in Python, only what counts is looked at of a condition and of "and" and "or"."""
    name, arguments = expression.name, expression.arguments
    if name == "where":
        return evaluate_loops(arguments[1 if evaluate_loops(arguments[0], values) else 2], values)
    if name in ("and", "or") and is_bool(expression):
        first = bool(evaluate_loops(arguments[0], values))
        return evaluate_loops(arguments[1], values) if first == (name == "and") else first
    # Arrays of one Python object each: NumPy then counts with Python's own numbers, of any size.
    boxes = [np.empty(1, dtype=object) for _ in arguments]
    for box, argument in zip(boxes, arguments, strict=True):
        box[0] = evaluate_loops(argument, values)
    return expression.operator.compute(*boxes).tolist()[0]


def _turns(expression: Reduce | Listed, depth: int, values: Mapping[str, Any]) -> Iterator[Any]:
    loops: tuple[Each, ...] = expression.loops
    if depth == len(loops):
        yield evaluate_loops(expression.body, values)
        return
    loop = loops[depth]
    for turn in range(evaluate_loops(loop.start, values), evaluate_loops(loop.stop, values)):
        inner = {**values, loop.variable: turn}
        if loop.where is None or evaluate_loops(loop.where, inner):
            yield from _turns(expression, depth + 1, inner)
