"""Equations of a machine.json as the checkers of certificates read them: of numbers, of arrays, of unknown integers.

They are never executed as code: a formula is a tree of the few operations below, and anything else is refused.  With
``Form``s in the place of the state an affine formula shows its coefficients, and a comparison shows what is compared.
All numbers are Python integers, which never wrap around, and below 2**62: a formula that gives a larger one on its way
is refused, and so is one that divides by zero anywhere, though it be in a branch that is not taken.
"""

from __future__ import annotations

import ast
import functools
import math
import operator
from types import SimpleNamespace
from typing import Any

import numpy as np

from mips_core.certificate_checker import EXACT, Refused, need

LARGEST, BOUND = 2**53, 2**62


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


def bounded(value: Any) -> Any:
    """Return a value in which no number is too large, and an array holds Python integers."""
    if isinstance(value, SimpleNamespace):
        return value
    value = np.asarray(value, object) if isinstance(value, np.ndarray) else value
    parts = [value] if type(value) is int else value.values if isinstance(value, Form) else [value.min(), value.max()]
    for part in parts:
        need(-BOUND < part < BOUND, "numbers grow too large")
    return value


def positive(value: Any) -> Any:
    """Return 1 where a value is positive, else 0; of a form the one way to ask for it, with coprime coefficients."""
    if isinstance(value, np.ndarray):
        return np.where(value > 0, np.array(1, object), np.array(0, object))
    common = math.gcd(*value.values[:-1]) if isinstance(value, Form) else 0
    if common == 0:
        return ((value.values[-1] if isinstance(value, Form) else value) > 0) * 1
    return SimpleNamespace(least_0=[*(v // common for v in value.values[:-1]), (value.values[-1] - 1) // common])


def choose(test: Any, yes: Any, no: Any) -> Any:
    """Return what a test chooses; where forms are compared, all three, or the comparison itself."""
    if isinstance(test, SimpleNamespace):
        plain = "least_0" in vars(test) and type(yes) is type(no) is int and (yes, no) == (1, 0)
        return test if plain else SimpleNamespace(test=test, yes=yes, no=no)
    if isinstance(test, np.ndarray):
        return np.where(test != 0, np.asarray(yes, object), np.asarray(no, object))
    return yes if test.__index__() else no


def divided(by: Any) -> Any:
    """Return a way to divide that refuses zero."""

    def divide(a: Any, b: Any) -> Any:
        need(np.all(b != 0), "a formula divides by zero")
        return by(a, b)

    return divide


OPERATORS: dict[type, Any] = {
    ast.Add: operator.add, ast.Sub: lambda a, b: a + -1 * b, ast.Mult: operator.mul, ast.Mod: divided(operator.mod),
    ast.FloorDiv: divided(operator.floordiv), ast.USub: lambda a: -1 * a,
    ast.Eq: lambda a, b: 1 - positive(abs(a + -1 * b)),
    ast.Gt: lambda a, b: positive(a + -1 * b), ast.GtE: lambda a, b: positive(a + -1 * b + 1),
    ast.Lt: lambda a, b: positive(b + -1 * a), ast.LtE: lambda a, b: positive(b + -1 * a + 1),
    ast.NotEq: lambda a, b: positive(abs(a + -1 * b)),
}  # fmt: skip
LARGER = lambda a, b: a + positive(b + -1 * a) * (b + -1 * a)  # noqa: E731  of forms it cannot be said
CALLS: dict[str, Any] = {"int": lambda v: v, "abs": abs, "max": lambda a, b, *v: functools.reduce(LARGER, [a, b, *v]),
         "min": lambda a, b, *v: -1 * functools.reduce(LARGER, [-1 * each for each in (a, b, *v)])}  # fmt: skip


def evaluate(tree: Any, scope: dict[Any, Any]) -> Any:
    """Return the value of an expression: of integers, of arrays of them, or of forms."""
    if isinstance(tree, ast.Constant) and type(tree.value) is int:
        return bounded(tree.value)
    if isinstance(tree, ast.Name):
        return scope[tree.id]
    if isinstance(tree, ast.Call) and not tree.keywords:
        values = [evaluate(each, scope) for each in tree.args]
        return bounded(CALLS[tree.func.id](*values))  # type: ignore[attr-defined]
    if isinstance(tree, ast.Subscript):
        keys = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
        return scope[dict][tree.value.id][tuple(evaluate(each, scope) for each in keys)]  # type: ignore[attr-defined]
    parts = [evaluate(each, scope) for each in ast.iter_child_nodes(tree) if isinstance(each, ast.expr)]
    if isinstance(tree, ast.IfExp):
        return choose(*parts)
    return bounded(OPERATORS[type(tree.ops[0] if isinstance(tree, ast.Compare) else tree.op)](*parts))


class Scope(dict[Any, Any]):
    """Values by name; what a formula gives is found when it is asked for."""

    def __missing__(self, name: Any) -> Any:
        try:
            self[name] = evaluate(self[ast][name], self)
        except (AttributeError, KeyError, TypeError, RecursionError):
            raise Refused("a formula has a part that is not read, or that goes round in a circle") from None
        return self[name]


class Machine:
    """The equations of a machine.json: exactly its fields, each of exactly its type."""

    def __init__(self, value: dict[str, Any]) -> None:
        fields = ["format", "inputs", "kind", "locals", "order", "outputs", "state", "tables", "version"]
        state, given = value["state"], value["locals"]
        head = [sorted(value), *(value[k] for k in ("format", "version", "kind", "order"))]
        known = EXACT(head) == EXACT([fields, "mips-machine", 1, "integer-system", len(state)])
        parts = [({*v} == {"name", "start", "update"}) for v in state] + [({*v} == {"name", "value"}) for v in given]
        need(known and all(parts), "the machine is not given by equations")
        self.names, self.tables, numbers = value["inputs"] + [v["name"] for v in state], {}, [v["start"] for v in state]
        for name, rows in value["tables"].items():
            numbers += [v for key, result in rows for v in (*key, result)]
            self.tables[name] = {tuple(key): result for key, result in rows}
            need(len(self.tables[name]) == len(rows), f"the table {name:.80} has a key twice")
        need({*map(type, numbers)} <= {int} and max(map(abs, [0, *numbers])) <= LARGEST, "a number is no integer")
        self.locals = [v["name"] for v in given]
        names = [*self.names, *self.tables, *self.locals]
        need(len({*names}) == len(names) and not {*names} & {*CALLS}, "a name stands twice")
        need(all(getattr(parsed(name), "id", None) == name for name in names), "a name is no name")
        texts = [*enumerate([v["update"] for v in state] + value["outputs"])]
        self.trees = {name: parsed(text) for name, text in texts + [(v["name"], v["value"]) for v in given]}
        self.start, self.outputs = np.array(numbers[: len(state)], object), len(value["outputs"])

    def step(self, state: Any, x: list[int]) -> tuple[list[Any], Any]:
        """Return the next state, and the outputs one by one, for numbers, arrays or forms."""
        scope, n = Scope({ast: self.trees, dict: self.tables}), len(self.start)
        scope.update(zip(self.names, [*x, *state], strict=True))
        return [scope[i] for i in range(n)], self.given(scope, n)

    def given(self, scope: Scope, n: int) -> Any:
        """Yield the outputs, once every local has a value, also one that nothing needs."""
        yield from [scope[name] for name in [*self.locals, *range(n, n + self.outputs)]][len(self.locals) :]


def parsed(text: str) -> Any:
    """Return the tree of a formula."""
    need(type(text) is str, "a formula is no text")
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise Refused("a formula is no Python expression, or nested too deeply") from None


def whole(values: np.ndarray) -> np.ndarray:
    """Return Python integers, which never overflow; refuse other numbers."""
    need((values == np.rint(values)).all() and (np.abs(values) <= LARGEST).all(), "a weight is no integer")
    return np.vectorize(int, otypes=[object])(values)
