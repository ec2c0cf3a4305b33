"""Rewriting formulas into the form that a person would choose, never changing a value.

Each rule looks at one node whose arguments are in that form already, and returns an equal expression or None.
Rules may use bounds of the variables (:mod:`ranges`), so that the result is equal for every sequence
of inputs from those ranges.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import reduce

import numpy as np

from mips_core.expressions import Apply, Constant, Expression, Lookup, Variable, apply
from mips_core.expressions.python import chain, is_bool
from mips_core.programs.ranges import Bounds, bounds_of, is_bit

Rule = Callable[[Apply, Mapping[str, Bounds]], Expression | None]

_OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
_MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
_ASSOCIATIVE = ("add", "mul", "min", "max", "and", "or", "xor")
_NEUTRAL_RIGHT = {"add": 0, "sub": 0, "mul": 1, "floordiv": 1, "xor": 0, "or": 0}
_NEUTRAL_LEFT = {"add": 0, "mul": 1, "xor": 0, "or": 0}
_MOST_ROUNDS = 50


def simplified(expression: Expression, ranges: Mapping[str, Bounds]) -> Expression:
    """Return an equal expression in which no rule applies any more.

    >>> x = Variable("x")
    >>> simplified(apply("where", apply("lt", x, 3), 1, 0), {}) == apply("lt", x, 3)
    True
    >>> simplified(apply("mod", apply("add", x, 1), 2), {}) == apply("eq", apply("mod", x, 2), 0)
    True
    """
    if isinstance(expression, Lookup):
        return Lookup(expression.table, tuple(simplified(a, ranges) for a in expression.arguments))
    if not isinstance(expression, Apply):
        return expression
    node: Expression = Apply(expression.name, tuple(simplified(a, ranges) for a in expression.arguments))
    for _ in range(_MOST_ROUNDS):
        if not isinstance(node, Apply):
            return node
        found = next((new for rule in RULES if (new := rule(node, ranges)) is not None), None)
        if found is None:
            return node
        # A rule may build new inner nodes, to which rules apply in turn.
        node = found
        if isinstance(node, Apply):
            node = Apply(node.name, tuple(simplified(a, ranges) for a in node.arguments))
    return node


def negated(condition: Expression) -> Expression:
    """Return the opposite of a comparison, or of any other truth value "it is 0".

    >>> negated(apply("lt", Variable("a"), 3)) == apply("ge", Variable("a"), 3)
    True
    """
    if isinstance(condition, Apply) and condition.name in _OPPOSITE:
        return Apply(_OPPOSITE[condition.name], condition.arguments)
    return apply("eq", condition, 0)


def _folded(node: Apply, ranges: Mapping[str, Bounds]) -> Expression | None:
    """An operator of constants is a constant."""
    values = [a.value for a in node.arguments if isinstance(a, Constant) and a.words is None]
    if len(values) < len(node.arguments) or (node.name in ("mod", "floordiv") and values[1] == 0):
        return None
    if node.name == "rshift" and values[1] < 0:
        return None  # an error in Python, as a division by 0 is
    if any(abs(v) >= 1 << 31 for v in values):
        return None  # a product might not fit into 64 bits
    return Constant(int(node.operator.compute(*(np.array([v], dtype=np.int64) for v in values))[0]))


def _without_neutral(node: Apply, ranges: Mapping[str, Bounds]) -> Expression | None:
    """``x + 0``, ``x * 1`` and their like are ``x``; ``x * 0`` is 0."""
    if len(node.arguments) != 2:
        return None
    a, b = node.arguments
    if node.name in _NEUTRAL_RIGHT and b == Constant(_NEUTRAL_RIGHT[node.name]):
        return a
    if node.name in _NEUTRAL_LEFT and a == Constant(_NEUTRAL_LEFT[node.name]):
        return b
    if node.name == "sub" and a == Constant(0):
        return apply("neg", b)
    if (node.name in ("mul", "and") and Constant(0) in (a, b)) or (node.name == "mod" and b == Constant(1)):
        return Constant(0)
    if a == b:
        same: dict[str, Expression] = {
            "sub": Constant(0), "xor": Constant(0), "min": a, "max": a, "and": a, "or": a, "eq": Constant(1),
            "ne": Constant(0), "le": Constant(1), "ge": Constant(1), "lt": Constant(0), "gt": Constant(0),
        }  # fmt: skip
        return same.get(node.name)
    return None


def _with_plain_signs(node: Apply, ranges: Mapping[str, Bounds]) -> Expression | None:
    """``x + -3`` is ``x - 3``, ``x * 2`` is ``2 * x``, ``3 < x`` is ``x > 3``, ``--x`` is ``x``."""
    if node.name == "neg" and isinstance(node.arguments[0], Apply) and node.arguments[0].name == "neg":
        return node.arguments[0].arguments[0]
    if len(node.arguments) != 2:
        return None
    a, b = node.arguments
    if node.name in ("add", "sub") and isinstance(b, Constant) and b.value < 0:
        return apply("sub" if node.name == "add" else "add", a, -b.value)
    if isinstance(b, Apply) and b.name == "neg" and node.name in ("add", "sub"):
        return Apply("sub" if node.name == "add" else "add", (a, b.arguments[0]))
    if node.name == "mul" and isinstance(b, Constant) and not isinstance(a, Constant):
        return Apply("mul", (b, a))
    if node.name in _MIRRORED and isinstance(a, Constant) and not isinstance(b, Constant):
        return Apply(_MIRRORED[node.name], (b, a))
    if node.name == "ge" and b == Constant(1):
        return apply("gt", a, 0)
    if node.name == "le" and b == Constant(-1):
        return apply("lt", a, 0)
    return None


def _chained(node: Apply, ranges: Mapping[str, Bounds]) -> Expression | None:
    """``a ^ (b ^ c)`` is ``a ^ b ^ c``, and so for sums, products, ``min``, ``max``, ``and``, ``or``."""
    right = node.arguments[-1]
    if node.name not in _ASSOCIATIVE or not (isinstance(right, Apply) and right.name == node.name):
        return None
    return reduce(lambda a, b: Apply(node.name, (a, b)), (*chain(node)[:-1], *chain(right)))


def _in_order(node: Apply, ranges: Mapping[str, Bounds]) -> Expression | None:
    """``max(c, b, a)`` of three variables or more names them in the program's order."""
    parts = chain(node) if node.name in ("min", "max") else ()
    if len(parts) < 3:
        return None
    places = list(ranges)
    names = [part.name for part in parts if isinstance(part, Variable) and part.name in ranges]
    ordered = sorted(set(names), key=places.index)
    if len(names) < len(parts) or ordered == names:
        return None
    found: Expression = Variable(ordered[0])
    for name in ordered[1:]:
        found = apply(node.name, found, Variable(name))
    return found


def _settled(node: Apply, ranges: Mapping[str, Bounds]) -> Expression | None:
    """What bounds decide: a remainder of something small, the greater of two things that never overlap, a test."""
    given = [bounds_of(a, ranges) for a in node.arguments]
    if node.name == "abs" and given[0][0] >= 0:
        return node.arguments[0]
    if node.name == "where" or len(node.arguments) != 2:
        return None
    (a, b), (left, right) = given, node.arguments
    if node.name in ("mod", "floordiv") and b[0] >= 1 and a[0] >= 0 and a[1] < b[0]:
        return left if node.name == "mod" else Constant(0)
    if node.name in ("min", "max") and (a[1] <= b[0] or b[1] <= a[0]):
        return left if (a[1] <= b[0]) == (node.name == "min") else right
    below, above = a[1] < b[0], a[0] > b[1]
    certain = {
        "lt": (below, a[0] >= b[1]), "ge": (a[0] >= b[1], below), "gt": (above, a[1] <= b[0]),
        "le": (a[1] <= b[0], above), "eq": (False, below or above), "ne": (below or above, False),
    }  # fmt: skip
    always, never = certain.get(node.name, (False, False))
    return Constant(int(always)) if always or never else None


def _truth(node: Apply, ranges: Mapping[str, Bounds]) -> Expression | None:
    """``1 if c else 0`` is ``c``, ``c == 1`` is ``c``, ``c == 0`` is the opposite test."""
    a = node.arguments
    if node.name == "where":
        if isinstance(a[0], Constant):
            return a[1] if a[0].value else a[2]
        if a[1] == a[2]:
            return a[1]
        if is_bit(bounds_of(a[0], ranges)) and a[1:] == (Constant(1), Constant(0)):
            return a[0]
        if is_bit(bounds_of(a[0], ranges)) and a[1:] == (Constant(0), Constant(1)):
            return negated(a[0])
        return None
    if node.name in ("eq", "ne") and isinstance(a[1], Constant) and a[1].words is None:
        holds = (node.name == "eq") == (a[1].value == 1)
        if is_bit(bounds_of(a[0], ranges)) and a[1].value in (0, 1):
            if holds:
                return a[0]
            return negated(a[0]) if isinstance(a[0], Apply) and a[0].name in _OPPOSITE else None
    if node.name == "sub" and a[0] == Constant(1) and isinstance(a[1], Apply) and a[1].name in _OPPOSITE:
        return negated(a[1])
    return None


def _even(node: Apply, ranges: Mapping[str, Bounds]) -> Expression | None:
    """``(x + 1) % 2`` and ``1 - x % 2`` ask whether x is even; of a bit they are ``1 - x``."""
    a, b = node.arguments if len(node.arguments) == 2 else (node, node)
    if node.name == "mod" and b == Constant(2) and isinstance(a, Apply) and a.name == "add":
        inner, one = a.arguments
        if one == Constant(1):
            if is_bit(bounds_of(inner, ranges)):
                return apply("sub", 1, inner)
            return apply("eq", apply("mod", inner, 2), 0)
    if node.name == "sub" and a == Constant(1) and isinstance(b, Apply) and b.name == "mod":
        return apply("eq", b, 0) if b.arguments[1] == Constant(2) else None
    return None


def _conditions(node: Apply, ranges: Mapping[str, Bounds]) -> Expression | None:
    """``(a ^ b) & (b ^ c)`` of bits is ``a != b and b != c``."""
    if node.name not in ("and", "or"):
        return None
    parts = chain(node)
    tests = [_as_test(part, ranges) for part in parts]
    known = [test for test in tests if test is not None]
    if len(known) == len(tests) and node.name == "and":
        known = _alternating(known, ranges)
    if len(known) < len(tests) or known == list(parts):
        return None
    return reduce(lambda a, b: Apply(node.name, (a, b)), known)


def _as_test(part: Expression, ranges: Mapping[str, Bounds]) -> Expression | None:
    if is_bool(part):
        return part
    if isinstance(part, Apply) and part.name == "xor" and all(is_bit(bounds_of(a, ranges)) for a in part.arguments):
        return Apply("ne", part.arguments)
    return None


def _alternating(tests: list[Expression], ranges: Mapping[str, Bounds]) -> list[Expression]:
    """Bits that differ in turn are compared in turn: ``x != a and x != c and a != b`` as ``x != a != b != c`` would be.

    Tests that say which of some bits are equal and which differ say the same in any order that links all bits.
    """
    pairs = [t.arguments for t in tests if isinstance(t, Apply) and t.name == "ne"]
    bits = [a for a in map(Variable, ranges) if any(a in pair for pair in pairs) and is_bit(ranges[a.name])]
    if len(pairs) < len(tests) or {a for pair in pairs for a in pair} != set(bits):
        return tests
    side = {bits[0]: 0}
    for _ in bits:
        for a, b in (*pairs, *((b, a) for a, b in pairs)):
            if a in side:
                side.setdefault(b, 1 - side[a])  # type: ignore[arg-type]  # all are variables
    in_turn = all(side.get(b) == place % 2 for place, b in enumerate(bits))
    consistent = all(side.get(a) != side.get(b) for a, b in pairs)  # type: ignore[call-overload]
    return [Apply("ne", pair) for pair in itertools.pairwise(bits)] if in_turn and consistent else tests


RULES: tuple[Rule, ...] = (
    _folded, _without_neutral, _with_plain_signs, _chained, _in_order, _settled, _truth, _even, _conditions,
)  # fmt: skip
"""Each preserves the value; the first that applies is taken, until none does."""
