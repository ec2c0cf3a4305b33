"""What a formula search returns, how formulas are ranked, and the small rewritings that make them readable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mips_core.expressions import Apply, Constant, Expression, Lookup, Variable, apply, evaluate
from mips_core.regression.exact import wrong_beyond_64_bits
from mips_core.regression.method import Method
from mips_core.stepping import IntArray

# Effort of reading, per node; ties between formulas of the same size are broken by the sum.  Plain sums,
# remainders and comparisons come first, conditionals last.
READING = {
    "add": 2, "sub": 3, "mul": 4, "floordiv": 4, "mod": 3, "neg": 4, "abs": 3, "min": 3, "max": 3,
    "eq": 3, "ne": 5, "lt": 5, "le": 5, "gt": 5, "ge": 5, "where": 6, "and": 3, "or": 3, "xor": 3,
}  # fmt: skip
TRUTH_AS_NUMBER = 2  # a comparison inside arithmetic, as in (a < b) + 1
SQUARE = 4  # the same term twice in a product
ARITHMETIC = frozenset(
    {"add", "sub", "mul", "floordiv", "mod", "neg", "abs", "min", "max", "eq", "ne", "lt", "le", "gt", "ge"}
)
TURNED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
"""What a comparison becomes when its arguments change places, where it is not the same."""

_FLIP = {**TURNED, "eq": "eq", "ne": "ne"}


def reading_of_constant(value: int) -> int:
    """Return the reading effort of an integer: 0, 1 and 2 are easiest, negative numbers hardest."""
    return 2 if 0 <= value <= 2 else 3 if value > 0 else 5


def reading_cost(expression: Expression) -> int:
    """Return the effort of reading an expression, the tie-breaker after its number of nodes.

    >>> plus, minus = apply("add", Variable("s"), Variable("x")), apply("sub", Variable("s"), Variable("x"))
    >>> reading_cost(plus) < reading_cost(minus)
    True
    """
    if isinstance(expression, Constant):
        return reading_of_constant(expression.value)
    below = sum(reading_cost(child) for child in expression.children)
    if isinstance(expression, Apply):
        cost = READING.get(expression.name, 4) + below
        if expression.name in ARITHMETIC:
            cost += TRUTH_AS_NUMBER * sum(isinstance(a, Apply) and a.operator.is_truth for a in expression.arguments)
        if expression.name == "mul" and expression.arguments[0] == expression.arguments[1]:
            cost += SQUARE
        return cost
    return 20 + below if isinstance(expression, Lookup) else 2


def weight(expression: Expression) -> int:
    """Return the size by which formulas of different methods are compared.

    Nodes, with a surcharge for what is short but opaque: conditionals inside other operators, comparisons used as
    numbers, quotients of scaled sums, remainders of differences, products with
    large factors that only switch.  A list of exceptional values, "x is one of", reads
    as one condition and counts less.
    """
    members = membership_size(expression)
    return 2 * members + 1 if members else expression.nodes + sum(_opaque(node) for node in expression.walk())


def _opaque(node: Expression) -> int:
    if not isinstance(node, Apply):
        return 0
    surcharge = 0
    first = node.arguments[0]
    if node.name == "where":
        surcharge += 0 if isinstance(first, Apply) and first.operator.is_truth else 1
    else:
        surcharge += 2 * sum(isinstance(a, Apply) and a.name == "where" for a in node.arguments)
    if node.name in ("add", "sub", "mul", "min", "max", "floordiv", "mod", "neg", "abs"):
        truths = sum(isinstance(a, Apply) and a.operator.is_truth for a in node.arguments)
        surcharge += 2 * truths if node.name != "add" or truths < 2 else 0  # counting truths is plain
    if node.name == "mul":
        surcharge += 2 * sum(isinstance(a, Apply) and a.name in ("min", "max") for a in node.arguments)
    if node.name == "floordiv" and _has_product(first):
        surcharge += 3
    if node.name in ("min", "max") and len(node.arguments) == 2:
        surcharge += 2 * sum(isinstance(a, Apply) and _sum_with_product(a) for a in node.arguments[1:])
        surcharge += 3 * sum(isinstance(a, Apply) and _is_switch(a) for a in node.arguments)
    if node.name == "mod" and isinstance(first, Apply) and first.name in ("sub", "neg"):
        surcharge += 1
    return surcharge


_LARGE_FACTOR = 10


def _is_switch(node: Apply) -> bool:
    """A product that only matters where it is 0, as in ``min(a, 100 * b)``."""
    return node.name == "mul" and any(isinstance(a, Constant) and abs(a.value) >= _LARGE_FACTOR for a in node.arguments)


def _sum_with_product(node: Apply) -> bool:
    return node.name in ("add", "sub") and _has_product(node)


def _has_product(expression: Expression) -> bool:
    return any(
        isinstance(n, Apply) and n.name == "mul" and any(isinstance(a, Constant) for a in n.arguments)
        for n in expression.walk()
    )


def membership_size(expression: Expression) -> int:
    """Return the number of values when an expression is "this column is (not) one of ...", else 0.

    >>> x = Variable("x")
    >>> membership_size(apply("or", apply("eq", x, 1), apply("eq", x, 4)))
    2
    """
    if not isinstance(expression, Apply):
        return 0
    inside = {"or": "eq", "and": "ne"}.get(expression.name)
    tests: list[Expression] = [expression]
    if inside is not None:
        tests = []
        node: Expression = expression
        while isinstance(node, Apply) and node.name == expression.name:
            tests.append(node.arguments[1])
            node = node.arguments[0]
        tests.append(node)
    sides = [
        t.arguments for t in tests if isinstance(t, Apply) and t.name == (inside or t.name) and t.name in ("eq", "ne")
    ]
    if len(sides) < len(tests) or any(not isinstance(side[1], Constant) or side[0] != sides[0][0] for side in sides):
        return 0
    return len(tests) if isinstance(sides[0][0], Variable) else 0


def rank(expression: Expression) -> tuple[int, int, str]:
    """Return the sorting key of formulas: weight, then reading effort, then a fixed order."""
    return weight(expression), reading_cost(expression), repr(expression)


@dataclass(frozen=True)
class Formula:
    """An expression that reproduces a table on every row, and what finding it took.

    Parameters
    ----------
    expression : over the names of the table's columns
    method : how it was found
    candidates : expressions that were looked at
    seconds : wall-clock time of the search
    """

    expression: Expression
    method: Method
    candidates: int
    seconds: float


def holds(expression: Expression, columns: Mapping[str, IntArray], target: IntArray) -> bool:
    """Return whether ``expression`` equals ``target`` on every row, in 64 bits and in the integers."""
    return first_failure(expression, columns, target) is None


def first_failure(expression: Expression, columns: Mapping[str, IntArray], target: IntArray) -> int | None:
    """Return the first row on which ``expression`` differs from ``target``, in 64 bits or in the integers, or None."""
    wrong = evaluate(expression, columns, len(target)) != target
    if not wrong.any():  # few formulas come so far
        wrong = wrong_beyond_64_bits(expression, columns, target)
    return int(np.argmax(wrong)) if wrong.any() else None


def tidy(expression: Expression) -> Expression:
    """Rewrite an expression into an equal one that reads better; never more nodes.

    Sums are collected (``s + s + x`` becomes ``2 * s + x``), constants stand on the right of comparisons
    and on the left of products, ``a - b > 0`` becomes ``a > b``.  All rules hold for every integer.

    >>> s, x = Variable("s"), Variable("x")
    >>> tidy(apply("gt", apply("sub", s, x), 0)) == apply("gt", s, x)
    True
    >>> tidy(apply("add", apply("add", s, x), s)) == apply("add", apply("mul", 2, s), x)
    True
    """
    if not isinstance(expression, Apply):
        return expression
    node: Expression = Apply(expression.name, tuple(tidy(argument) for argument in expression.arguments))
    assert isinstance(node, Apply)
    if all(isinstance(argument, Constant) for argument in node.arguments) and node.name != "where":
        values = [np.array([a.value], dtype=object) for a in node.arguments if isinstance(a, Constant)]
        if not (node.name in ("mod", "floordiv") and values[1][0] == 0):
            return Constant(int(node.operator.compute(*values)[0]))
    if node.name in ("add", "sub", "neg") or (node.name == "mul" and isinstance(node.arguments[1], Constant)):
        node = _tidy_sum(node)
    elif node.name in _FLIP:
        node = _tidy_comparison(node)
    return node if node.nodes <= expression.nodes else expression


def _terms(expression: Expression, sign: int, terms: dict[Expression, int]) -> int:
    """Collect the terms of a sum with their coefficients; return its constant part."""
    if isinstance(expression, Constant):
        return sign * expression.value
    if isinstance(expression, Apply):
        a = expression.arguments
        if expression.name == "add":
            return _terms(a[0], sign, terms) + _terms(a[1], sign, terms)
        if expression.name == "sub":
            return _terms(a[0], sign, terms) + _terms(a[1], -sign, terms)
        if expression.name == "neg":
            return _terms(a[0], -sign, terms)
        if expression.name == "mul":
            for factor, rest in (a, a[::-1]):
                if isinstance(factor, Constant):
                    return _terms(rest, sign * factor.value, terms)
    terms[expression] = terms.get(expression, 0) + sign
    return 0


def sum_of(terms: Mapping[Expression, int], constant: int) -> Expression:
    """Write a linear combination plus a constant with as few nodes as its order allows.

    >>> sum_of({Variable("a"): -1, Variable("b"): 2}, 0) == apply("sub", apply("mul", 2, Variable("b")), Variable("a"))
    True
    """
    signed = [(term, c) for term, c in terms.items() if c]
    signed.sort(key=lambda item: (item[1] < 0, not isinstance(item[0], Variable), _name(item[0])))
    ordered = signed
    result: Expression | None = None
    if constant and (constant > 0 or not ordered) and not any(c > 0 for _, c in ordered):
        result, constant = Constant(constant), 0
    for term, c in ordered:
        piece = term if abs(c) == 1 else apply("mul", abs(c), term)
        if result is None:
            result = piece if c > 0 else apply("neg", term) if c == -1 else apply("mul", c, term)
        else:
            result = apply("add" if c > 0 else "sub", result, piece)
    if result is None:
        return Constant(constant)
    if constant:
        result = apply("add" if constant > 0 else "sub", result, abs(constant))
    return result


def _name(term: Expression) -> str:
    """Variables stand in sums by name; other terms keep their order."""
    return term.name if isinstance(term, Variable) else ""


def _tidy_sum(node: Apply) -> Expression:
    terms: dict[Expression, int] = {}
    constant = _terms(node, 1, terms)
    rebuilt = sum_of(terms, constant)
    return rebuilt if rebuilt.nodes <= node.nodes else node


def _tidy_comparison(node: Apply) -> Expression:
    left, right = node.arguments
    name = node.name
    if isinstance(left, Constant):
        left, right, name = right, left, _FLIP[name]
    if not isinstance(right, Constant):
        return apply(name, left, right)
    terms: dict[Expression, int] = {}
    bound = right.value - _terms(left, 1, terms)
    # "a - b + c OP k" with one term on each side reads as "a OP b + (k - c)".
    if set(terms.values()) <= {1, -1} and terms:
        plus = {term: 1 for term, c in terms.items() if c > 0}
        minus = {term: 1 for term, c in terms.items() if c < 0}
        if not plus:
            plus, minus, bound, name = minus, plus, -bound, _FLIP[name]
        if name == "ge" and minus and bound == 1:
            name, bound = "gt", 0
        if name == "le" and minus and bound == -1:
            name, bound = "lt", 0
        best = apply(name, sum_of(plus, 0), sum_of(minus, bound))
        if best.nodes <= node.nodes:
            return best
    return apply(name, left, right)
