"""Equations of a machine.json as the checkers of certificates read them: of numbers, of arrays, of unknown integers.

They are never executed as code: a formula is a tree of the few operations below, and anything else is refused.  With
``Form``s in the place of the state an affine formula shows its coefficients, and a comparison shows what is compared.
"""

from __future__ import annotations

import ast
import functools
import math
import operator
from types import SimpleNamespace
from typing import Any

import numpy as np

from mips_core.certificate_checker import need

LARGEST = 2**53


class Form:
    """An integer that is affine in the state of a machine: its coefficients, then its constant."""

    __bool__ = None  # nothing may depend on which number it is

    def __init__(self, values: Any) -> None:
        self.values = [*values]

    def __add__(self, other: Any) -> Form:
        more = other.values if isinstance(other, Form) else [0] * (len(self.values) - 1) + [other.__index__()]
        return Form(a + b for a, b in zip(self.values, more, strict=True))

    def __mul__(self, other: int) -> Form:
        return Form(v * other.__index__() for v in self.values)

    __radd__, __rmul__ = __add__, __mul__


def positive(value: Any) -> Any:
    """Return 1 where a value is positive, else 0; of a form the one way to ask for it, with coprime coefficients."""
    common = math.gcd(*value.values[:-1]) if isinstance(value, Form) else 0
    if common == 0:
        return ((value.values[-1] if isinstance(value, Form) else value) > 0) * 1
    return SimpleNamespace(least_0=[*(v // common for v in value.values[:-1]), (value.values[-1] - 1) // common])


def times(a: Any, b: Any) -> Any:
    """Return a product; formulas that square again and again are refused before they fill the memory."""
    product = a * b
    parts = product.values if isinstance(product, Form) else np.ravel(product).tolist()
    need(max(map(abs, parts)) < 2**999, "numbers grow too large")
    return product


def choose(test: Any, yes: Any, no: Any) -> Any:
    """Return what a test chooses; where forms are compared, all three."""
    if isinstance(test, SimpleNamespace):
        return test if (yes, no) == (1, 0) else SimpleNamespace(test=test, yes=yes, no=no)
    return np.where(test, yes, no) if isinstance(test, np.ndarray) else yes if test.__index__() else no


OPERATORS: dict[type, Any] = {
    ast.Add: operator.add, ast.Sub: lambda a, b: a + -1 * b, ast.Mult: times, ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv, ast.USub: lambda a: -1 * a, ast.Eq: lambda a, b: 1 - positive(abs(a + -1 * b)),
    ast.Gt: lambda a, b: positive(a + -1 * b), ast.GtE: lambda a, b: positive(a + -1 * b + 1),
    ast.Lt: lambda a, b: positive(b + -1 * a), ast.LtE: lambda a, b: positive(b + -1 * a + 1),
    ast.NotEq: lambda a, b: positive(abs(a + -1 * b)),
}  # fmt: skip
LARGER = lambda a, b: a + positive(b + -1 * a) * (b + -1 * a)  # noqa: E731  of forms it cannot be said
CALLS = {"int": lambda v: v, "abs": abs, "max": lambda *v: functools.reduce(LARGER, v),
         "min": lambda *v: -1 * functools.reduce(LARGER, [-1 * each for each in v])}  # fmt: skip


def evaluate(tree: Any, scope: dict[str, Any]) -> Any:
    """Return the value of an expression: of integers, of arrays of them, or of forms."""
    if isinstance(tree, ast.Constant) and type(tree.value) is int:
        return tree.value
    if isinstance(tree, ast.Name):
        return scope[tree.id]
    if isinstance(tree, ast.Call) and not tree.keywords:
        return CALLS[tree.func.id](*(evaluate(each, scope) for each in tree.args))  # type: ignore[attr-defined]
    parts = [evaluate(each, scope) for each in ast.iter_child_nodes(tree) if isinstance(each, ast.expr)]
    if isinstance(tree, ast.Tuple):
        return tuple(parts)
    if isinstance(tree, ast.Subscript):
        return parts[0][parts[1] if isinstance(parts[1], tuple) else (parts[1],)]
    if isinstance(tree, ast.IfExp):
        return choose(*parts)
    return OPERATORS[type(tree.ops[0] if isinstance(tree, ast.Compare) else tree.op)](*parts)


class Scope(dict[Any, Any]):
    """Values by name; what a formula gives is found when it is asked for."""

    def __missing__(self, name: Any) -> Any:
        self[name] = evaluate(self[ast][name], self)
        return self[name]


class Machine:
    """The equations of a machine.json."""

    def __init__(self, value: dict[str, Any]) -> None:
        state, outputs, head = (
            value["state"],
            value["outputs"],
            [value[k] for k in ("format", "version", "kind", "order")],
        )
        need(head == ["mips-machine", 1, "integer-system", len(state)], "the machine is not given by equations")
        self.names, start = value["inputs"] + [v["name"] for v in state], np.array([v["start"] for v in state])
        self.tables = {name: {tuple(key): v.__index__() for key, v in rows} for name, rows in value["tables"].items()}
        texts = [*enumerate([v["update"] for v in state] + outputs)]
        texts += [(v["name"], v["value"]) for v in value["locals"]]
        names = [*self.names, *self.tables, *(name for name, _ in texts)]
        need(len({*names}) == len(names), "a name stands twice")
        self.trees = {name: ast.parse(text, mode="eval").body for name, text in texts}
        self.start, self.outputs = whole(start), len(outputs)

    def step(self, state: Any, x: list[int]) -> tuple[list[Any], Any]:
        """Return the next state, and the outputs one by one, for numbers, arrays or forms."""
        scope, n = Scope({ast: self.trees, **self.tables}), len(self.start)
        scope.update(zip(self.names, [*x, *state], strict=True))
        return [scope[i] for i in range(n)], (scope[n + i] for i in range(self.outputs))


def whole(values: np.ndarray) -> np.ndarray:
    """Return Python integers, which never overflow; refuse other numbers."""
    need((values == np.rint(values)).all() and (np.abs(values) <= LARGEST).all(), "a weight is no integer")
    return np.vectorize(int, otypes=[object])(values)
