"""Between which integers the values of a program stay: interval arithmetic on its equations.

The bounds hold for every sequence of inputs from the given ranges, of any length; a bound that
does not exist, or that intervals are too coarse to show, is infinite.  Source: Moore, Interval Analysis, 1966; for
the loop, widening after Cousot and Cousot 1977.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from mips_core.expressions import Apply, Constant, Expression, Lookup, Variable
from mips_core.machines.integer_system import IntegerSystem

Bounds = tuple[float, float]
"""Least and greatest value, both possible ends included; integers or infinite."""
EVERYTHING: Bounds = (-math.inf, math.inf)
TRUTH: Bounds = (0, 1)
_EXACT_ROUNDS = 64  # steps of the loop that are followed before bounds that still move become infinite
_DIVIDING = ("mod", "floordiv")
_LARGEST = 2**256  # a product that grows from step to step would soon have more digits than can be worked with


def bounds_of(expression: Expression, ranges: Mapping[str, Bounds]) -> Bounds:
    """Return bounds of the value of ``expression``; a name without a range may be anything.

    >>> from mips_core.expressions import apply
    >>> bounds_of(apply("mod", apply("add", Variable("x"), 1), 3), {"x": (0, 9)})
    (0, 2)
    """
    if isinstance(expression, Constant):
        return (expression.value, expression.value)
    if isinstance(expression, Variable):
        return ranges.get(expression.name, EVERYTHING)
    if isinstance(expression, Lookup):
        values = [value for _, value in expression.table.entries]
        return (min(values), max(values))
    if not isinstance(expression, Apply):
        return EVERYTHING
    if expression.operator.is_truth:
        return TRUTH
    low, high = _applied(expression.name, [bounds_of(child, ranges) for child in expression.children])
    return (low if low > -_LARGEST else -math.inf, high if high < _LARGEST else math.inf)


def system_ranges(system: IntegerSystem, inputs: Sequence[Bounds]) -> dict[str, Bounds]:
    """Return bounds of every input, state variable and local, at every step of every sequence.

    Parameters
    ----------
    inputs : one range per input
    """
    given = dict(zip(system.inputs, inputs, strict=True))
    state: dict[str, Bounds] = {v.name: (v.start, v.start) for v in system.state}
    for round_ in range(_EXACT_ROUNDS + 2 * len(state) + 2):
        ranges = given | state
        for name, value in system.locals:
            ranges[name] = bounds_of(value, ranges)
        wider = {v.name: _joined(state[v.name], bounds_of(v.update, ranges)) for v in system.state}
        if wider == state:
            return ranges
        state = wider if round_ < _EXACT_ROUNDS else {n: _widened(state[n], wider[n]) for n in state}
    raise AssertionError("widening ends after two rounds per variable")


def is_bit(bounds: Bounds) -> bool:
    """Return whether all values are 0 or 1."""
    return bounds[0] >= 0 and bounds[1] <= 1


def _joined(a: Bounds, b: Bounds) -> Bounds:
    return (min(a[0], b[0]), max(a[1], b[1]))


def _widened(old: Bounds, new: Bounds) -> Bounds:
    return (old[0] if new[0] >= old[0] else -math.inf, old[1] if new[1] <= old[1] else math.inf)


def _applied(name: str, given: list[Bounds]) -> Bounds:
    a = given[0]
    if name == "neg":
        return (-a[1], -a[0])
    if name == "abs":
        return (max(a[0], -a[1], 0), max(abs(a[0]), abs(a[1])))
    if name == "where":
        return _joined(given[1], given[2])
    b = given[1]
    if name == "add":
        return (a[0] + b[0], a[1] + b[1])
    if name == "sub":
        return (a[0] - b[1], a[1] - b[0])
    if name == "mul":
        corners = [p * q if p and q else 0 for p in a for q in b]  # infinity times nothing is nothing
        return (min(corners), max(corners))
    if name in ("min", "max"):
        choose = min if name == "min" else max
        return (choose(a[0], b[0]), choose(a[1], b[1]))
    if name in _DIVIDING and b[0] >= 1:
        return _divided(name, a, b)
    if name in ("and", "or", "xor") and min(a[0], b[0]) >= 0:
        return _of_bits(name, a[1], b[1])
    return EVERYTHING


def _divided(name: str, a: Bounds, b: Bounds) -> Bounds:
    """Bounds of a quotient or remainder; the divisor is positive."""
    if name == "mod":
        if a[0] >= 0 and a[1] < b[0]:
            return a
        return (0, min(b[1] - 1, a[1]) if a[0] >= 0 else b[1] - 1)
    corners = [_quotient(p, q) for p in a for q in b]
    return (min(corners), max(corners))


def _quotient(p: float, q: float) -> float:
    if math.isinf(p):
        return p
    return (-1 if p < 0 else 0) if math.isinf(q) else p // q


def _of_bits(name: str, a: float, b: float) -> Bounds:
    if name == "and":
        return (0, min(a, b))
    if math.isinf(max(a, b)):
        return (0, math.inf)
    return (0, (1 << int(max(a, b)).bit_length()) - 1)
