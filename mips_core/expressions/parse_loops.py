"""Read expressions over lists and loops from Python text: the inverse of :mod:`mips_core.expressions.surface`."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import reduce

from mips_core.errors import BadInputError
from mips_core.expressions.loops import (
    REDUCTIONS,
    Aggregate,
    Columns,
    Count,
    Each,
    Integer,
    Item,
    Listed,
    Nothing,
    Occurrences,
    Position,
    Reduce,
    Several,
    Slice,
)
from mips_core.expressions.nodes import Constant, Expression, Variable
from mips_core.expressions.parse import both, from_ast


class LoopReader:
    """Reads expressions in which ``names`` stand for expressions; what is bound in them is read by a new reader.

    Raises
    ------
    BadInputError
        when the text says something that these expressions cannot, or uses a name without a value.
    """

    def __init__(self, names: Mapping[str, Expression]) -> None:
        self.names = names

    def read(self, node: ast.expr) -> Expression:
        """Return the expression that a node of Python's tree says."""
        return from_ast(node, {}, self._special)

    def bind(self, target: ast.expr, goes_over: ast.expr) -> tuple[Each, LoopReader]:
        """Return a loop without its condition, and the reader of what stands in it."""
        if not isinstance(target, ast.Name):
            raise _unreadable(target, "one name that counts or is an element")
        if target.id in self.names:
            raise _unreadable(target, "a name that means nothing else yet")
        here: Expression = Variable(target.id)
        bounds = _arguments(goes_over, "range")
        if bounds is not None and len(bounds) in (1, 2):
            first, last = (self.read(bounds[0]) if len(bounds) == 2 else Constant(0)), self.read(bounds[-1])
            return Each(target.id, first, last), LoopReader({**self.names, target.id: here})
        array = self._columns(goes_over) or self.read(goes_over)
        return Each(target.id, Constant(0), Count(array)), LoopReader({**self.names, target.id: Item(array, here)})

    def _special(self, node: ast.expr) -> Expression | None:
        if isinstance(node, ast.Name):
            if node.id not in self.names:
                raise _unreadable(node, "a name that has a value here")
            return self.names[node.id]
        if isinstance(node, ast.Constant) and not isinstance(node.value, int):
            if node.value is None:
                return Nothing()
            raise _unreadable(node, "an integer or None")
        if isinstance(node, ast.Subscript):
            return self._part(node)
        if isinstance(node, ast.List):
            return Several(tuple(self.read(part) for part in node.elts))
        if isinstance(node, ast.ListComp):
            body, loops = self._comprehension(node)
            if len(loops) != 1:
                raise _unreadable(node, "a list with one loop")
            return Listed(body, loops[0])
        return self._call(node) if isinstance(node, ast.Call) and not node.keywords else None

    def _part(self, node: ast.Subscript) -> Expression:
        array = self.read(node.value)
        if not isinstance(node.slice, ast.Slice):
            return Item(array, self.read(node.slice))
        if node.slice.step is not None:
            raise _unreadable(node, "a slice without a step")
        start, stop = (None if end is None else self.read(end) for end in (node.slice.lower, node.slice.upper))
        return Slice(array, start, stop)

    def _call(self, node: ast.Call) -> Expression | None:
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("index", "count") and len(node.args) == 1:
            kind = Position if node.func.attr == "index" else Occurrences
            return kind(self.read(node.func.value), self.read(node.args[0]))
        if not isinstance(node.func, ast.Name) or len(node.args) != 1:
            return None
        name, argument = node.func.id, node.args[0]
        if name in REDUCTIONS and isinstance(argument, ast.GeneratorExp):
            return Reduce(name, *self._comprehension(argument))
        if name in REDUCTIONS:
            return Aggregate(name, self.read(argument))
        if name == "len":
            return Count(self.read(argument))
        if name == "int":
            value = self.read(argument)
            return value if isinstance(value, Constant) else Integer(value)
        return self._columns(argument) if name == "list" else None

    def _columns(self, node: ast.expr) -> Columns | None:
        arguments = _arguments(node, "zip")
        if arguments is None or len(arguments) != 1 or not isinstance(arguments[0], ast.Starred):
            return None
        return Columns(self.read(arguments[0].value))

    def _comprehension(self, node: ast.GeneratorExp | ast.ListComp) -> tuple[Expression, tuple[Each, ...]]:
        reader, loops = self, list[Each]()
        for generator in node.generators:
            loop, reader = reader.bind(generator.target, generator.iter)
            conditions = [reader.read(condition) for condition in generator.ifs]
            loops.append(Each(loop.variable, loop.start, loop.stop, reduce(both, conditions) if conditions else None))
        return reader.read(node.elt), tuple(loops)


def _arguments(node: ast.expr, function: str) -> list[ast.expr] | None:
    """Return the arguments of a call of ``function``; None for anything else."""
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function
    return node.args if is_call and isinstance(node, ast.Call) and not node.keywords else None


def _unreadable(node: ast.expr, expected: str) -> BadInputError:
    return BadInputError(f"Line {node.lineno}: expected {expected}, found {ast.unparse(node)[:60]!r}.")
