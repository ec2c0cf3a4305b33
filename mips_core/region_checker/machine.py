"""Check that a machine or a program is the one that a certificate speaks of.

A program is read only where it is a plain loop over its inputs; nothing else in it is ever run.
"""

from __future__ import annotations

import ast
import itertools
import json
import math
from operator import index
from typing import Any

import numpy as np

from mips_core.region_checker.network import unpack
from mips_core.region_checker.sets import Refused, need

CALLS = {"abs": abs, "min": min, "max": max, "int": int, "bool": bool, "isqrt": math.isqrt}
READ = {
    ast.Add, ast.Sub, ast.Mult, ast.Mod, ast.FloorDiv, ast.BitAnd, ast.BitOr, ast.BitXor, ast.USub, ast.Not, ast.And,
    ast.Or, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Load, ast.Store, ast.BinOp,
    ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Constant, ast.Name, ast.Tuple, ast.List, ast.Dict,
    ast.Subscript, ast.Attribute, ast.Assign, ast.Expr, ast.If,
}  # fmt: skip
MOST_PAIRS = 200_000
LONGEST, MOST_BITS, MOST_WORK = 2**20, 4096, 10**9
"""Characters of a program; bits of a number that it multiplies or keeps; parts of its loop that are gone through."""


class Form:
    """A number that is affine in the state before a step: coefficients of the state variables, then the constant."""

    def __init__(self, values: list[int]) -> None:
        self.values = values

    def __add__(self, other: Any) -> Form:
        more = other.values if isinstance(other, Form) else [0] * (len(self.values) - 1) + [index(other)]
        return Form([a + b for a, b in zip(self.values, more, strict=True)])

    def __mul__(self, other: int) -> Form:
        return Form([a * index(other) for a in self.values])

    def __sub__(self, other: Any) -> Form:
        return self + other * -1

    def __rsub__(self, other: Any) -> Form:
        return self * -1 + other

    def __neg__(self) -> Form:
        return self * -1

    def __bool__(self) -> bool:
        raise Refused("the equations are not affine")

    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = lambda self, other: self.__bool__()
    __radd__, __rmul__ = __add__, __mul__


class Steps:
    """A machine or a program: a start state and a step, on integers and words or, where it is affine, on forms.

    ``state`` names the variables of a program that steps hand on; None: all that are set before and in the loop.
    """

    def __init__(self, data: bytes, name: str, state: list[str] | None) -> None:
        text, self.names = data.decode("utf-8"), tuple(state or ())
        if not name.endswith(".py"):
            value = json.loads(text)
            text = from_equations(value) if value["kind"] == "integer-system" else from_table(value)
            self.names = tuple(v["name"] for v in value["state"]) if "state" in value else ("state",)
        else:
            need(len(text) <= LONGEST, f"it has more than {LONGEST:,} characters")
        tree = ast.parse(text)
        (function,) = (node for node in tree.body if isinstance(node, ast.FunctionDef))
        (given,), (loop, end) = function.args.args, function.body[-2:]
        before = [*(node for node in tree.body if node is not function), *function.body[:-2]]
        need(
            isinstance(loop, ast.For) and not loop.orelse and ast.unparse(loop.iter) == given.arg, "it is no plain loop"
        )
        need(isinstance(end, ast.Return) and not function.decorator_list, "it does not return what the loop gives")
        assert isinstance(loop, ast.For)
        self.list = ast.unparse(end).removeprefix("return ")
        self.size, self.work = sum(1 for part in loop.body for _ in ast.walk(part)), 0
        for node in itertools.chain(*map(ast.walk, [*before, *loop.body])):
            kind, called = type(node), node.func if isinstance(node, ast.Call) else None
            good = called is None or getattr(called, "id", None) in CALLS or isinstance(called, ast.Attribute)
            good = good and (not isinstance(node, ast.Attribute) or ast.unparse(node) == f"{self.list}.append")
            good = good and not (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store))
            need(good and kind in READ, f"it holds a {kind.__name__}, which is not read")
        used = [ast.unparse(node) for part in loop.body for node in ast.walk(part)]
        need(used.count(self.list) == used.count(f"{self.list}.append"), "its outputs are read again")
        need(all(map(harmless, before)), "something is computed before its loop")
        self.scope: dict[str, Any] = {"__builtins__": {}, **CALLS}
        exec(compile(ast.Module(before, []), name, "exec"), self.scope)
        if state is None and name.endswith(".py"):
            self.names = tuple(sorted(stored(before) & stored(loop.body)))
        self.start = tuple(self.scope[n] for n in self.names)
        need(self.scope[self.list] == [], "outputs are given before the first input")
        # What changes in the loop is state, or is set before it is used.
        for node in itertools.chain(*map(ast.walk, loop.body)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.scope.pop(node.id, None)
        nodes = [node for part in loop.body for node in ast.walk(part)]
        kept = {id(node) for holder in nodes for node in places(holder)}
        built = [node for node in nodes if isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load)]
        need(all(id(node) in kept for node in built), "it builds tuples or lists in its loop")
        need(not any(isinstance(node, ast.Dict) for node in nodes), "it builds a table in its loop")
        self.scope |= {"_plus": plus, "_times": times, "_rest": rest}
        loop.body = [Careful().visit(part) for part in loop.body]
        body = [ast.Assign([loop.target], ast.Name("_x", ast.Load())), *loop.body]
        self.code = compile(ast.fix_missing_locations(ast.Module(body, [])), name, "exec")

    def step(self, state: tuple[Any, ...], x: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Return the next state and the outputs."""
        self.work += self.size
        need(self.work <= MOST_WORK, "its steps take too long")
        scope = (
            self.scope | dict(zip(self.names, state, strict=True)) | {self.list: [], "_x": x if len(x) > 1 else x[0]}
        )
        exec(self.code, scope)
        (y,) = scope[self.list]
        both = [scope[n] for n in self.names], (y if isinstance(y, tuple) else (y,))
        a, b = (tuple(int(v) if isinstance(v, bool) else v for v in each) for each in both)
        need(not any(isinstance(v, tuple | list | dict | float) for v in a), "its state is no integers")
        need(not any(map(too_large, a)), "its numbers grow too large")
        return a, b


def too_large(value: Any) -> bool:
    """Return whether this is an integer or a word that grows without end."""
    return (type(value) is int and value.bit_length() > MOST_BITS) or (type(value) is str and len(value) > MOST_BITS)


def plus(a: Any, b: Any) -> Any:
    """Add numbers; words and tuples could double at every step."""
    need(not isinstance(a, str | tuple | list) and not isinstance(b, str | tuple | list), "it adds what is no number")
    return a + b


def times(a: Any, b: Any) -> Any:
    """Multiply numbers that are not too large for it."""
    need(
        not isinstance(a, str | tuple | list) and not isinstance(b, str | tuple | list), "it multiplies words or lists"
    )
    need(not too_large(a) and not too_large(b), "its numbers grow too large")
    return a * b


def rest(a: Any, b: Any) -> Any:
    """Divide with remainder; a word would be filled in, to any width."""
    need(not isinstance(a, str), "it fills in a word")
    return a % b


class Careful(ast.NodeTransformer):
    """Puts functions that look at their arguments in the place of the operators that can take memory without end."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Replace +, * and %."""
        self.generic_visit(node)
        name = {ast.Add: "_plus", ast.Mult: "_times", ast.Mod: "_rest"}.get(type(node.op))
        return node if name is None else ast.Call(ast.Name(name, ast.Load()), [node.left, node.right], [])


def harmless(statement: ast.stmt) -> bool:
    """Return whether a statement only names something that is written out."""
    if not isinstance(statement, ast.Assign):
        return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    try:
        ast.literal_eval(statement.value)
    except ValueError:
        return False
    return True


def places(holder: ast.AST) -> list[ast.AST]:
    """Return the tuples or lists that may stand in a node: what is not kept, or is taken apart at once."""
    if isinstance(holder, ast.Assign):
        return [holder.value] if isinstance(holder.targets[0], ast.Tuple | ast.List) else []
    if isinstance(holder, ast.Call) and isinstance(holder.func, ast.Attribute):
        return [*holder.args]
    if isinstance(holder, ast.Compare):
        return [
            side for op, side in zip(holder.ops, holder.comparators, strict=True) if isinstance(op, ast.In | ast.NotIn)
        ]
    return [holder.slice] if isinstance(holder, ast.Subscript) else []


def stored(part: list[ast.stmt]) -> set[str]:
    """Return the names that statements set."""
    names = (node for node in itertools.chain(*map(ast.walk, part)) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}


def from_equations(value: dict[str, Any]) -> str:
    """Write the equations of a machine.json as a program."""
    tables = {n: {k[0] if len(k) == 1 else tuple(k): v for k, v in rows} for n, rows in value["tables"].items()}
    names, out = [v["name"] for v in value["state"]], [*value["outputs"], ""]
    lines = [f"{v['name']} = {v['value']}" for v in value["locals"]] + [f"_o.append(({', '.join(out)}))"]
    lines += [f"{', '.join([*names, ''])}= {', '.join([*(v['update'] for v in value['state']), ''])}"] if names else []
    head = (
        [f"{n} = {t!r}" for n, t in tables.items()]
        + ["_o = []"]
        + [f"{v['name']} = {v['start']}" for v in value["state"]]
    )
    loop = "".join(f"\n  {line}" for line in lines)
    return "\n".join(head) + f"\ndef f(xs):\n for {', '.join([*value['inputs']])} in xs:{loop}\n return _o"


def from_table(value: dict[str, Any]) -> str:
    """Write the transitions of a machine.json as a program."""
    keys, rows = value["symbols"], {}
    for state, row in value["transitions"].items():
        for key in keys:
            cell = row[";".join(map(str, key))]
            rows[int(state), *key] = (cell["next"], tuple(cell["output"]))
    names = ", ".join(f"x{i}" for i in range(len(keys[0])))
    start = f"T = {rows!r}\n_o = []\nstate = {value['start']}\ndef f(xs):\n for {names} in xs:\n"
    return start + f"  state, y = T[state, {names}]\n  _o.append(y)\n return _o"


def check_steps(certificate: dict[str, Any], card: dict[str, Any], data: bytes, name: str) -> None:
    """Check that a machine.json or a program (.py) gives what the certificate says, for sequences of every length."""
    steps = Steps(data, name, certificate.get("remembered", []))
    symbols, words = (
        unpack(certificate["symbols"]).tolist(),
        [card.get(f"{side}_words") for side in ("input", "output")],
    )
    inputs = [plain(symbol, words[0]) for symbol in symbols]
    if certificate["kind"] == "linear":
        return check_affine(certificate, steps, inputs)
    following, output = unpack(certificate["next"]).tolist(), unpack(certificate["output"]).tolist()
    outputs = [[plain(y, words[1]) for y in row] for row in output]
    seen, waiting = {(0, steps.start)}, [(0, steps.start)]
    while waiting:
        state, other = waiting.pop()
        for i, x in enumerate(inputs):
            after, y = steps.step(other, x)
            need(y == outputs[state][i], f"{name} gives {y} where the proof says {outputs[state][i]} (input {x})")
            pair = (following[state][i], after)
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
        need(len(seen) <= MOST_PAIRS, f"{name} has more states than are followed")


def plain(symbol: list[int], words: list[list[str] | None] | None) -> tuple[Any, ...]:
    """Put words in the place of the integers that stand for them."""
    return tuple(i if w is None else w[i] for i, w in zip(symbol, words or [None] * len(symbol), strict=True))


def check_affine(certificate: dict[str, Any], steps: Steps, inputs: list[tuple[Any, ...]]) -> None:
    """Check that equations are affine and, whatever their state variables are, have the effects that were proved."""
    n = len(steps.start)
    state = tuple(Form([int(i == j) for j in range(n + 1)]) for i in range(n))
    ends, outs = [], []
    for x in inputs:
        try:
            after, y = steps.step(state, x)
        except TypeError as error:
            raise Refused(f"the equations are not affine: {error}") from None
        ends.append([(0 * Form([0] * (n + 1)) + v).values for v in after])
        outs.append([(0 * Form([0] * (n + 1)) + v).values for v in y])
    a, b = np.array(ends, object).reshape(len(inputs), n, n + 1), np.array(outs, object)
    need((a[..., :n] == a[:1, :, :n]).all() and (b[..., :n] == b[:1, :, :n]).all(), "the equations are not affine")
    ours = a[0, :, :n], a[..., n].T, b[0, :, :n], b[..., n].T, np.array(steps.start, object)
    theirs = tuple(unpack(certificate[part]).astype(object) for part in ("F", "G", "H", "D", "start"))
    need(np.array_equal(ours[3], theirs[3]), "an output of the equations is another")
    for k in range(n + len(theirs[0]) + 1):  # as many as both have state variables are enough (Cayley and Hamilton)
        need(
            np.array_equal(ours[2] @ ours[1], theirs[2] @ theirs[1]),
            f"the effect of an input {k + 1} steps later is another",
        )
        need(np.array_equal(ours[2] @ ours[4], theirs[2] @ theirs[4]), "the start values are others")
        ours, theirs = ((f, g, h @ f, d, s) for f, g, h, d, s in (ours, theirs))
