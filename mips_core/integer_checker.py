"""Check a certificate: a proof that a network with integer weights gives what the equations of a machine give.

``python -m mips_core.integer_checker CERTIFICATE NETWORK [MACHINE]`` needs Python, NumPy and, to read the network,
``certificate_checker``; no code is shared with the prover.

After every input x the hidden state is h = T s + U(x), where s is what the machine remembered before: the first step
has it so, which gives U, and every step keeps it so, in sequences of every length.  Outputs are equal as formulas of s,
for every x: rounded ones number for number, the classes 0 and 1 by the comparison that chooses between them.

Float64 is exact on integers up to 2^53, so it remains to bound all that is ever added up, in whatever order.  It is a
part of M^t v + sum M^k B x, where (h, 1) moves by M: the first ``lags`` terms are followed one by one, and later ones
in M^(lags + i period) = M^lags sum_j binomial(i, j) (M^period - 1)^j, where the terms with j > d must be zero.
"""

from __future__ import annotations

import ast
import functools
import itertools
import math
import operator
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from mips_core import certificate_checker
from mips_core.certificate_checker import Network, Refused, need, unpack

MOST_WORK, LARGEST = 2**28, 2**53


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


OPERATORS: dict[type, Any] = {
    ast.Add: operator.add, ast.Sub: lambda a, b: a + -1 * b, ast.Mult: operator.mul, ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv, ast.USub: lambda a: -1 * a, ast.Eq: lambda a, b: 1 - positive(abs(a + -1 * b)),
    ast.Gt: lambda a, b: positive(a + -1 * b), ast.GtE: lambda a, b: positive(a + -1 * b + 1),
    ast.Lt: lambda a, b: positive(b + -1 * a), ast.LtE: lambda a, b: positive(b + -1 * a + 1),
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
        test, yes, no = parts
        return np.where(test, yes, no) if isinstance(test, np.ndarray) else yes if test.__index__() else no
    return OPERATORS[type(tree.ops[0] if isinstance(tree, ast.Compare) else tree.op)](*parts)


class Scope(dict[Any, Any]):
    """Values by name; what a formula gives is found when it is asked for."""

    def __missing__(self, name: Any) -> Any:
        self[name] = evaluate(self[ast][name], self)
        return self[name]


class Machine:
    """The equations of a machine.json."""

    def __init__(self, value: dict[str, Any]) -> None:
        need(value["kind"] == "integer-system", "the machine is not given by equations")
        state, outputs = value["state"], value["outputs"]
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


class Moves:
    """What shows that h = T s + U(x): T (d, n), U (d, X), and the exact integers by which network and machine move."""

    def __init__(self, certificate: dict[str, Any], network: Network, symbols: np.ndarray) -> None:
        machine, (w, b), of = Machine(certificate["machine"]), network.hidden[0], whole(network.encode(symbols).T)
        start, n, d = machine.start, len(machine.start), len(network.start)
        plain = network.card["kind"] == "mlp" and network.card.get("state_grid") is None
        need(plain and len(network.hidden) == 1, "the network does not move affinely")
        a, entry, b, first = whole(w[:, :d]), whole(w[:, d:]), whole(b), whole(network.start)
        units, zero = [Form(row) for row in np.eye(n, n + 1, dtype=int).tolist()], Form([0] * (n + 1))
        steps = [machine.step(units, x) for x in symbols.tolist()]
        forms = [[(zero + v).values for v in after] for after, _ in steps]
        both = np.array(forms, object).reshape(len(steps), n, n + 1)
        self.f, self.g, self.turn = both[0, :, :n], both[:, :, n].T, unpack(certificate["T"]).astype(object)
        need((both[..., :n] == self.f).all() and self.turn.shape == (d, n), "the machine does not move affinely with T")
        self.outputs, self.most, entry = [y for _, y in steps], (abs(entry) @ abs(of)).max(), entry @ of
        since = a @ first - self.turn @ start
        self.after = entry + (b + since)[:, None]
        need((a @ self.turn == self.turn @ self.f).all(), "T does not follow the machine")
        need((a @ self.after - self.turn @ self.g == since[:, None]).all(), "an input moves the network elsewhere")
        self.step, self.first = np.vstack([np.column_stack([a, b]), [0] * d + [1]]), np.append(first, 1)
        self.effect = np.vstack([entry, 0 * of[:1]])


def integers(certificate: dict[str, Any], network: Network, symbols: np.ndarray) -> None:
    """Check the kind "integers"."""
    moves, (c, c0), how = Moves(certificate, network, symbols), map(whole, network.reader[0]), network.card["decoding"]
    need(len(network.reader) == 1, "the readout is not affine")
    scores = np.dstack([np.tile(c @ moves.turn, (len(symbols), 1, 1)), (c @ moves.after).T + c0]).tolist()
    for score, wanted in zip(scores, map(list, moves.outputs), strict=True):
        if how["kind"] == "round":
            need(score == [(Form(0 * v for v in score[0]) + v).values for v in wanted], "an output is another")
        else:
            need(how["ranges"] == [[0, 2]] * len(wanted), "only the classes 0 and 1 are compared")
            more = [positive(Form(two) + Form(one) * -1) for one, two in zip(score[::2], score[1::2], strict=True)]
            need(more == wanted, "a class is chosen by another comparison")
    (lags, period, length), d, step = (certificate[k] for k in ("lags", "period", "length")), len(c.T), moves.step
    need(all(type(v) is int and 0 < v <= 3_000 for v in (lags, period)) and (d + len(c)) << d <= 2**17, "too large")
    rows = [{tuple(row * mask) for row in part for mask in itertools.product((0, 1), repeat=d + 1)}
            for part in (step[:d], np.column_stack([c, c0]))]  # all that may be added up  # fmt: skip
    power, steps = np.array([*rows[0], *rows[1]], object), len(rows[0])
    need(power.size * len(symbols) * (lags + period * (d + 1)) <= MOST_WORK, "too large")
    total, free = 0 * power[:, 0], abs(power @ moves.first)  # bounds: on what inputs do, on what becomes of the start
    for _ in range(lags if length is None else min(lags, length)):
        before, total, power = total + free, total + abs(power @ moves.effect).max(1), power @ step
        free = np.maximum(free, abs(power @ moves.first))
        need(abs(power).max() < 2**999, "the network grows too fast")
    times = 0 if length is None else max(0, -((lags - length) // period))
    change = np.linalg.matrix_power(step, period) - np.eye(d + 1, dtype=int)
    for _ in range(period if length is None or times else 0):
        sums, term = 0 * free, power
        for j in range(d + 1):
            effect, rest = abs(term @ moves.effect).max(1), abs(term @ moves.first)
            need(length or not (effect.any() or (j and rest.any())), "the hidden state grows for ever")
            total, sums = total + math.comb(times, j + 1) * effect, sums + math.comb(times, j) * rest
            term = term @ change
        need(not term.any(), "lags and period do not bound all powers")
        free, power = np.maximum(free, sums), power @ step
        before = total + free
    most = max(max(before[:steps]) + moves.most, max((total + free)[steps:]))
    need(most <= LARGEST, f"numbers may reach {most:,}, which float64 does not hold exactly")


def check(certificate: bytes, network: bytes, machine: bytes | None = None) -> str:
    """Return the claim that is proved, of a machine.json if one is given; raise Refused with what fails first."""
    return certificate_checker.check(certificate, network, machine, {"integers": integers})


if __name__ == "__main__":
    try:
        print("accepted:", check(*(Path(name).read_bytes() for name in sys.argv[1:])))
    except (Refused, OSError) as error:
        sys.exit(f"refused: {error}")
