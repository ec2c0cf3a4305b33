"""What kind of formula an expression is, read off its form."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from mips_core.expressions import Apply, Constant, Expression, Lookup, Variable
from mips_core.expressions.history import Element, Fold, Length
from mips_core.programs.ranges import Bounds, bounds_of, is_bit

_BITS = frozenset({"xor", "and", "or", "eq", "ne"})


class Kind(StrEnum):
    """Kinds of formulas, plainest first."""

    CONSTANT = "constant"
    COPY = "copy"
    LINEAR = "linear"
    BOOLEAN = "Boolean"
    SYMBOLIC = "symbolic"
    PLACES = "index law"
    TABLE = "table"


def kind_of(expression: Expression, ranges: Mapping[str, Bounds]) -> Kind:
    """Return the kind of a formula.

    Parameters
    ----------
    ranges : between which values inputs, state variables and locals lie

    >>> from mips_core.expressions import apply
    >>> a, b = Variable("a"), Variable("b")
    >>> bits = {"a": (0, 1), "b": (0, 1)}
    >>> [str(kind_of(e, bits)) for e in (a, apply("sub", a, b), apply("xor", a, b), apply("mod", a, 3))]
    ['copy', 'linear', 'Boolean', 'symbolic']
    """
    nodes = list(expression.walk())
    if any(isinstance(node, Lookup) for node in nodes):
        return Kind.TABLE
    if any(isinstance(node, Element | Fold | Length) for node in nodes):
        return Kind.PLACES
    if isinstance(expression, Constant):
        return Kind.CONSTANT
    if isinstance(expression, Variable):
        return Kind.COPY
    operators = [node for node in nodes if isinstance(node, Apply)]
    if all(_is_linear(node) for node in operators):
        return Kind.LINEAR
    if all(node.name in _BITS for node in operators) and all(is_bit(bounds_of(node, ranges)) for node in nodes):
        return Kind.BOOLEAN
    return Kind.SYMBOLIC


def _is_linear(node: Apply) -> bool:
    if node.name == "mul":
        return any(isinstance(argument, Constant) for argument in node.arguments)
    return node.name in ("add", "sub", "neg")
