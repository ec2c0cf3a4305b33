"""How large a program is, counted on its text, so that formulas and tables have one measure."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from mips_core.syntax import parse_module


@dataclass(frozen=True)
class Size:
    """Nodes of the syntax tree and lines of code; comments and docstrings count for neither."""

    nodes: int
    lines: int


def size_of(source: str) -> Size:
    """Measure the text of a program.

    >>> size_of('def f(xs):\\n    \"\"\"Doubles.\"\"\"\\n    return [2 * x for x in xs]\\n').lines
    2

    Raises
    ------
    SyntaxError
        when ``source`` is not Python.
    """
    tree = parse_module(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    # Contexts and operator signs are objects of their own in Python's tree, and no part of what is read.
    counted = [n for n in ast.walk(tree) if isinstance(n, ast.stmt | ast.expr | ast.comprehension | ast.arg)]
    return Size(len(counted), len(ast.unparse(tree).replace("\n\n", "\n").splitlines()))
