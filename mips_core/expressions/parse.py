"""Read expressions from Python text: the inverse of :mod:`mips_core.expressions.python`.

The patterns come from the operator registry: each operator's ``python`` template
is parsed once, so a new operator needs no line here.  Beyond what we emit, other
spellings of the same value are read too: ``not``, ``True``, ``and`` and ``or`` of integers,
``bool()``, chained comparisons, ``min`` and ``max`` of several values.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import cache, reduce

from mips_core.errors import BadInputError
from mips_core.expressions.history import FOLDS, Counter, Element, Fold, Length, source_of_list
from mips_core.expressions.nodes import Apply, Constant, Expression, Lookup, Table, Variable, apply
from mips_core.expressions.operators import OPERATORS, Operator
from mips_core.expressions.python import is_bool
from mips_core.syntax import parse_formula

Key = tuple[str, ...]
Read = Callable[[ast.expr], Expression]
Special = Callable[[ast.expr], Expression | None]
"""A reader of spellings that only some programs have; None for what it leaves to this module."""

MOST_NODES = 10_000
MOST_DEPTH = 250
"""Size of an expression that is read; what is put together from lines that use each other can double with each line."""
_INTEGERS = range(-(2**63), 2**63)


def parse_expression(text: str, tables: Mapping[str, Table] | None = None) -> Expression:
    """Read one expression; names in ``tables`` are tables, all others variables.

    >>> parse_expression("int(a < b)") == parse_expression("a < b")
    True

    Raises
    ------
    BadInputError
        when the text is not Python or uses something that expressions cannot say.
    """
    try:
        tree = parse_formula(text.strip())
        found = from_ast(tree.body, tables or {})
    except RecursionError:
        raise BadInputError(f"Cannot read {text[:60]!r} as an expression: it is nested too deeply.") from None
    except (SyntaxError, ValueError, MemoryError) as error:
        raise BadInputError(f"Cannot read {text[:60]!r} as an expression: {error}.") from None
    for node in found.walk():
        if isinstance(node, Constant) and node.words is not None:
            raise BadInputError(f"Cannot read {text[:60]!r} as an expression: {node.words[0][:40]!r} is no integer.")
    return found


def from_ast(node: ast.expr, tables: Mapping[str, Table], special: Special | None = None) -> Expression:
    """Read one ``ast`` node; see :func:`parse_expression`.  A word, in quotes, is numbered by itself.

    ``special`` looks at every node first.
    """
    found = special(node) if special else None
    return bounded(_read(node, tables, special) if found is None else found)


def bounded(expression: Expression) -> Expression:
    """Return an expression that is not too large to be worked with.

    Raises
    ------
    BadInputError
        when it has more than :data:`MOST_NODES` nodes or is nested deeper than :data:`MOST_DEPTH`.
    """
    if expression.nodes > MOST_NODES:
        raise BadInputError(
            f"A formula has {expression.nodes:,} parts once its lines are put together; at most {MOST_NODES:,} are "
            "read."
        )
    if expression.depth > MOST_DEPTH:
        raise BadInputError(f"A formula is nested {expression.depth:,} deep; at most {MOST_DEPTH:,} levels are read.")
    return expression


def _integer(value: int) -> Constant:
    if value not in _INTEGERS:
        raise BadInputError(f"A formula holds a number of {value.bit_length():,} bits; equations count with 64.")
    return Constant(value)


def _read(node: ast.expr, tables: Mapping[str, Table], special: Special | None) -> Expression:
    def read(part: ast.expr) -> Expression:
        return from_ast(part, tables, special)

    if isinstance(node, ast.Constant) and isinstance(node.value, int):  # includes True and False
        return _integer(int(node.value))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return Constant(0, (node.value,))
    if isinstance(node, ast.Name):
        return Variable(node.id)
    if isinstance(node, ast.Subscript) and not _is_list(node.value, tables):
        return _lookup(node, tables)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = node.operand
        if isinstance(number, ast.Constant) and type(number.value) is int:
            return _integer(-number.value)
    match = _form(node)
    if (over_history := _history(node, tables)) is not None:
        return over_history
    if match is not None and (found := _patterns().get(match[0])) is not None:
        operator, order = found
        parts = [read(child) for child in match[1]]
        return Apply(operator.name, tuple(parts[place] for place in order))
    other = _other_spelling(node, read)
    if other is None:
        raise BadInputError(
            f"Cannot read {ast.unparse(node)[:60]!r} as an expression: expected integers, words, names, tables and the "
            f"operators {', '.join(OPERATORS)}."
        )
    return other


def _form(node: ast.expr) -> tuple[Key, list[ast.expr]] | None:
    """Return what identifies an operator's written form, and its parts in writing order."""
    if isinstance(node, ast.BinOp):
        return ("binary", type(node.op).__name__), [node.left, node.right]
    if isinstance(node, ast.UnaryOp):
        return ("unary", type(node.op).__name__), [node.operand]
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return ("compare", type(node.ops[0]).__name__), [node.left, node.comparators[0]]
    if isinstance(node, ast.IfExp):
        return ("if",), [node.body, node.test, node.orelse]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return ("call", node.func.id, str(len(node.args))), node.args
    return None


@cache
def _patterns() -> dict[Key, tuple[Operator, tuple[int, ...]]]:
    """Return, for each written form, its operator and where each argument stands in writing order."""
    patterns = {}
    for operator in OPERATORS.values():
        names = [f"a{i}" for i in range(operator.arity)]
        form = _form(parse_formula(operator.python.format(*names)).body)
        if form is None:
            raise TypeError(f"the written form {operator.python!r} of {operator.name} has no pattern")
        written = [part.id for part in form[1] if isinstance(part, ast.Name)]
        patterns[form[0]] = (operator, tuple(written.index(name) for name in names))
    return patterns


def _other_spelling(node: ast.expr, read: Read) -> Expression | None:
    """Read forms that we never emit but that mean something expressions can say."""
    if isinstance(node, ast.UnaryOp):
        inner = read(node.operand)
        if isinstance(node.op, ast.UAdd):
            return inner
        return apply("eq", inner, 0) if isinstance(node.op, ast.Not) else None
    if isinstance(node, ast.BoolOp):
        join = both if isinstance(node.op, ast.And) else _either
        return reduce(join, (read(value) for value in node.values))
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.In | ast.NotIn):
        return _membership(node, read)
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        links = [read(ast.Compare(a, [op], [b])) for a, op, b in zip(sides, node.ops, sides[1:], strict=False)]
        return reduce(both, links)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args and not node.keywords:
        parts = [read(argument) for argument in node.args]
        name = node.func.id
        if name == "int" and len(parts) == 1:
            return parts[0]
        if name == "bool" and len(parts) == 1:
            return apply("ne", parts[0], 0)
        if name in ("min", "max") and len(parts) > 2:
            return reduce(lambda a, b: Apply(name, (a, b)), parts)
    return None


def _is_list(node: ast.expr, tables: Mapping[str, Table]) -> bool:
    return isinstance(node, ast.Name) and node.id not in tables and source_of_list(node.id) is not None


def _history(node: ast.expr, tables: Mapping[str, Table]) -> Expression | None:
    """Read ``seen[...]``, ``len(seen)`` and ``all(... for i in range(...))``; None for everything else."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return Element(Variable(source_of_list(node.value.id) or ""), from_ast(node.slice, tables))
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1):
        return None
    name, argument = node.func.id, node.args[0]
    if name == "len" and isinstance(argument, ast.Name) and _is_list(argument, tables):
        return Length(Variable(source_of_list(argument.id) or ""))
    if name not in FOLDS or not isinstance(argument, ast.GeneratorExp) or len(argument.generators) != 1:
        return None
    loop = argument.generators[0]
    counted = loop.iter
    if (
        not isinstance(loop.target, ast.Name)
        or loop.ifs
        or not isinstance(counted, ast.Call)
        or not (isinstance(counted.func, ast.Name) and counted.func.id == "range" and len(counted.args) == 1)
    ):
        return None
    body = from_ast(argument.elt, tables).substitute({loop.target.id: Counter()})
    return Fold(name, body, from_ast(counted.args[0], tables))


def _membership(node: ast.Compare, read: Read) -> Expression | None:
    """Read ``x in (1, 4)`` and ``x not in (1, 4)``."""
    collection = node.comparators[0]
    if not isinstance(collection, ast.Tuple | ast.List | ast.Set) or not collection.elts:
        return None
    left = read(node.left)
    test, join = ("eq", _either) if isinstance(node.ops[0], ast.In) else ("ne", both)
    return reduce(join, (apply(test, left, read(value)) for value in collection.elts))


def both(a: Expression, b: Expression) -> Expression:
    """Return what ``a and b`` means."""
    return Apply("and", (a, b)) if is_bool(a) and is_bool(b) else Apply("where", (a, b, Constant(0)))


def _either(a: Expression, b: Expression) -> Expression:
    return Apply("or", (a, b)) if is_bool(a) and is_bool(b) else Apply("where", (a, a, b))


def _lookup(node: ast.Subscript, tables: Mapping[str, Table]) -> Expression:
    if not isinstance(node.value, ast.Name) or node.value.id not in tables:
        raise BadInputError(f"{ast.unparse(node)[:60]!r} reads from something that is not one of the module's tables.")
    key = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return Lookup(tables[node.value.id], tuple(from_ast(part, tables) for part in key))
