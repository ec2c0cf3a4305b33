"""The statements of a program's function: their lines, the names they set, and where a condition chooses a side."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mips_core.syntax import parse_module

Span = tuple[int, int, int, int]
"""First line, first column, last line, column behind the last; lines count from 1, columns from 0, in UTF-8 bytes."""

_OWN_SCOPE = (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.Lambda)


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement of the function, a ``for`` or ``if`` without its body.

    Parameters
    ----------
    first, last : its lines, from 1
    names : the variables that it sets or appends to, in the order of the text
    node : its syntax
    loop : whether it is the loop over the steps
    """

    first: int
    last: int
    names: tuple[str, ...]
    node: ast.stmt
    loop: bool = False


@dataclass(frozen=True, eq=False)
class Outline:
    """What the text of a program says about its function.

    Parameters
    ----------
    statements : in the order of the text; the docstring is none
    branches : the sides of all conditional expressions, in the order of the text
    result : the list that is returned, "" where something else is
    head, docstring : the line of ``def``, and the first and last line of the docstring or None
    entries : by table name, the lines (first, last) of each entry by its key
    """

    statements: tuple[Statement, ...]
    branches: tuple[Span, ...]
    result: str
    head: int
    docstring: tuple[int, int] | None
    entries: dict[str, dict[Any, tuple[int, int]]]


def outline(source: str, function: str = "f") -> Outline:
    """Read the text of a program, see :attr:`mips_core.programs.Program.source`."""
    module = parse_module(source)
    found = next(node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == function)
    body = found.body
    first = body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.lineno, first.end_lineno or first.lineno) if documented else None
    statements = tuple(_statements(body[1:] if documented else body))
    returned = body[-1].value if isinstance(body[-1], ast.Return) else None
    branches = [
        span_of(side)
        for node in ast.walk(found)
        if isinstance(node, ast.IfExp)
        for side in (node.body, node.orelse)
    ]  # fmt: skip
    return Outline(
        statements,
        tuple(sorted(branches)),
        returned.id if isinstance(returned, ast.Name) else "",
        found.lineno,
        docstring,
        dict(_tables(module)),
    )


def span_of(node: ast.expr) -> Span:
    """Return where an expression stands in the text."""
    return node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def conditionals(node: ast.AST) -> Iterator[ast.IfExp]:
    """Return the outermost conditional expressions below a node that are reached whenever it is computed.

    What stands in a generator has variables of its own, and the right side of ``and`` may not be reached.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.IfExp):
            yield child
        elif isinstance(child, ast.BoolOp):
            first = child.values[0]
            yield from [first] if isinstance(first, ast.IfExp) else conditionals(first)
        elif not isinstance(child, (*_OWN_SCOPE, ast.stmt)):
            yield from conditionals(child)


def _statements(body: list[ast.stmt], depth: int = 0) -> Iterator[Statement]:
    for node in body:
        inner: list[ast.stmt] = [*getattr(node, "body", []), *getattr(node, "orelse", [])]
        last = inner[0].lineno - 1 if inner else node.end_lineno or node.lineno
        loop = depth == 0 and isinstance(node, ast.For)
        yield Statement(node.lineno, last, tuple(dict.fromkeys(_names(node))), node, loop)
        yield from _statements(inner, depth + 1)


def _names(node: ast.stmt) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.For):
        targets = [node.target]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        targets = [node.value.func.value]  # seen.append(x) changes seen
    for target in targets:
        yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))


def _tables(module: ast.Module) -> Iterator[tuple[str, dict[Any, tuple[int, int]]]]:
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and isinstance(node.targets[0], ast.Name):
            lines = {
                ast.literal_eval(key): (key.lineno, value.end_lineno or value.lineno)
                for key, value in zip(node.value.keys, node.value.values, strict=True)
                if key is not None
            }
            yield node.targets[0].id, lines
