"""Render expressions as mathematics, through SymPy.

SymPy is imported when a formula is rendered and never in a search: it is slow to
load, and its automatic simplification is meant for the eye.
"""

from __future__ import annotations

from typing import Any

from mips_core.expressions.history import COUNTER, Counter, Element, Fold, Length, list_name
from mips_core.expressions.nodes import Apply, Constant, Expression, Lookup, Variable


def to_sympy(expression: Expression) -> Any:
    """Return the SymPy expression: integer symbols, truth values as 0/1 cases, tables as functions."""
    import sympy

    def convert(node: Expression) -> Any:
        if isinstance(node, Constant):
            return sympy.Integer(int(node.value))
        if isinstance(node, Variable):
            return sympy.Symbol(node.name, integer=True)
        if isinstance(node, Counter):
            return sympy.Symbol(COUNTER, integer=True)
        if isinstance(node, Element | Length) and isinstance(node.source, Variable):
            name = list_name(node.source.name)
            return sympy.Symbol("t") if isinstance(node, Length) else sympy.Function(name)(convert(node.index))
        arguments = [convert(child) for child in node.children]
        if isinstance(node, Fold):
            body, count = arguments
            condition = _condition(sympy, body)
            below = sympy.Lt(sympy.Symbol(COUNTER, integer=True), count, evaluate=False)
            return sympy.Function(node.name)(body if condition is None or node.name == "sum" else condition, below)
        if isinstance(node, Lookup):
            return sympy.Function(node.table.name)(*arguments)
        if isinstance(node, Apply):
            if node.name == "where" and (condition := _condition(sympy, arguments[0])) is not None:
                return sympy.Piecewise((arguments[1], condition), (arguments[2], True))
            return node.operator.sympy(sympy, *arguments)
        raise TypeError(f"unknown expression {node!r}")

    return convert(expression)


def to_latex(expression: Expression) -> str:
    r"""Return LaTeX for a formula.

    >>> from mips_core.expressions import Variable, apply
    >>> to_latex(apply("mod", apply("add", Variable("total"), Variable("x")), 10))
    '\\left(total + x\\right) \\bmod 10'
    """
    import sympy

    return str(sympy.latex(to_sympy(expression)))


def _condition(sympy: Any, value: Any) -> Any:
    """Return the relation behind a 0/1 case distinction, so that a condition reads "a < b", not "[a < b] is not 0"."""
    if isinstance(value, sympy.Piecewise) and len(value.args) == 2:
        (one, condition), (zero, rest) = value.args
        if one == 1 and zero == 0 and rest == True:  # noqa: E712 (SymPy's own true)
            return condition
    return None
