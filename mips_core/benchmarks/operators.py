"""Which operators a program's formula uses, read off its one-line text."""

from __future__ import annotations

import ast
import re

from mips_core.syntax import parse_module

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%", ast.USub: "-",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.And: "and", ast.Or: "or", ast.Not: "not",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.IfExp: "if else", ast.Subscript: "[]",
}  # fmt: skip
_STARTS = re.compile(r"(\w+ = -?\d+(, | \| (?=.* = )))+")
"""Start values, which stand before a bar."""
_UNCOUNTED = frozenset({"int", "range"})


def operators_of(formula: str) -> tuple[str, ...]:
    """Return the operators and functions of a loop on one line, each once, sorted; none for a table.

    >>> operators_of("total = 2 * carry + x; carry = total // 3; y = max(total % 3, 0)")
    ('%', '*', '+', '//', 'max')
    >>> operators_of("table with 512 entries")
    ()
    """
    start = _STARTS.match(formula)
    try:
        tree = parse_module(formula if start is None else formula[start.end() :])
    except SyntaxError:
        return ()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.BoolOp) or (
            isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant)
        ):
            found.add(_SIGNS[type(node.op)])
        elif isinstance(node, ast.Compare):
            found.update(_SIGNS[type(op)] for op in node.ops)
        elif isinstance(node, ast.IfExp | ast.Subscript):
            found.add(_SIGNS[type(node)])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
    return tuple(sorted(found - _UNCOUNTED))
