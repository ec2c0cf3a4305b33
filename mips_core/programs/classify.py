"""Tell a formula from a table that is written as one.

The rule is about the text, so it holds for programs from anywhere: a program is a
table when it holds a literal collection of more than 8 constants, or tests more
than 8 equalities in a row, whether as branches or summed up in one formula.
"""

from __future__ import annotations

import ast

from mips_core.expressions import Apply, Constant, Expression
from mips_core.machines.integer_system import IntegerSystem
from mips_core.syntax import parse_module

LIMIT = 8
_COLLECTIONS = (ast.Dict, ast.List, ast.Set, ast.Tuple)


def is_table(source: str) -> bool:
    """Return whether ``source`` is a table by the rule above; counts constants of nested collections together.

    >>> is_table("def f(xs):\\n    return [x * 2 for x in xs]\\n")
    False
    >>> is_table("STEP = {0: 1, 1: 2, 2: 3, 3: 4, 4: 0}\\n")
    True

    Raises
    ------
    SyntaxError
        when ``source`` is not Python.
    """
    for node in ast.walk(parse_module(source)):
        if isinstance(node, _COLLECTIONS) and _constants(node) > LIMIT:
            return True
        if isinstance(node, ast.Subscript) and _text_length(node.value) > LIMIT:
            return True
        if isinstance(node, ast.Match) and len(node.cases) > LIMIT:
            return True
        if isinstance(node, ast.expr | ast.stmt) and not _has_body(node) and _equalities(node) > LIMIT:
            return True
        if isinstance(node, ast.FunctionDef | ast.For | ast.While | ast.If) and _branches(node.body) > LIMIT:
            return True
    return False


def hides_table(system: IntegerSystem) -> bool:
    """Return whether some formula hangs on more than 8 different tests for equality with a constant.

    Locals are followed, so a chain of branches stays one when its parts are given names.
    """
    tests: dict[str, frozenset[Expression]] = {}

    def of(formula: Expression) -> frozenset[Expression]:
        own = {node for node in formula.walk() if isinstance(node, Apply) and _tests_equality(node)}
        return frozenset(own).union(*(tests.get(name, frozenset()) for name in formula.variables))

    for name, formula in system.locals:
        tests[name] = of(formula)
    roots = [*tests.values(), *(of(v.update) for v in system.state), *map(of, system.outputs)]
    return any(len(found) > LIMIT for found in roots)


def _tests_equality(node: Apply) -> bool:
    a, b = node.arguments if node.name == "eq" else (node, node)
    return isinstance(a, Constant) != isinstance(b, Constant)


def _constants(collection: ast.AST) -> int:
    """Count the numbers and strings that a literal collection holds, at any depth; computed entries do not count."""
    if isinstance(collection, ast.Constant):
        return 1
    if isinstance(collection, ast.UnaryOp):
        return _constants(collection.operand)
    if isinstance(collection, _COLLECTIONS):
        return sum(_constants(child) for child in ast.iter_child_nodes(collection))
    return 0


def _text_length(node: ast.expr) -> int:
    """Return the length of a literal string: digits that are looked up by position are a table too."""
    return len(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) else 0


def _has_body(node: ast.AST) -> bool:
    return hasattr(node, "body") and isinstance(node.body, list)


def _equalities(node: ast.AST) -> int:
    """Count comparisons for equality with a constant anywhere in one simple statement or formula."""
    return sum(isinstance(inner, ast.Compare) and _is_equality(inner) for inner in ast.walk(node))


def _is_equality(test: ast.Compare) -> bool:
    sides = [test.left, *test.comparators]
    return any(isinstance(op, ast.Eq | ast.In) for op in test.ops) and any(_constants(side) for side in sides)


def _branches(body: list[ast.stmt]) -> int:
    """Count the equality branches of a block: ``if`` after ``if``, and every ``elif`` of each."""
    count = 0
    for statement in body:
        while isinstance(statement, ast.If):
            count += _equalities(statement.test)
            if len(statement.orelse) != 1:
                count += _branches(statement.orelse)
                break
            statement = statement.orelse[0]
    return count
