"""Check that a machine or a program is the one that a certificate speaks of.

A program is read only where it is a plain loop over its inputs; nothing else in it is ever run.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from mips_core.region_checker.files import read_json, short, unpack_integers, whole
from mips_core.region_checker.reading import CALLS, program_text, read_program, stored, walk
from mips_core.region_checker.sets import Refused, need

MOST_PAIRS = 200_000
MOST_BITS, MOST_WORK = 4096, 10**9
"""Bits of a number that a program multiplies or keeps; parts of its loop that are gone through."""
INPUT, PLUS, TIMES, REST = "the input", "our plus", "our times", "our rest"
"""Names that no program can have, since there is a space in them."""


class Symbolic:
    """Something that stands for an integer that is not known."""


class Form(Symbolic):
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
        if name.endswith(".py"):
            parts = read_program(program_text(data))
            handed_on = stored(parts.before) & stored(parts.body) if state is None else state
            known = isinstance(handed_on, list | set) and set(handed_on) <= stored(parts.before)
            need(known, "what it hands on from step to step is not set before its loop")
            self.names = tuple(sorted(handed_on))
        else:
            value = read_json(data, name)
            equations = is_equations(value)
            self.names = tuple(v["name"] for v in value["state"]) if equations else ("state",)
            parts = read_program(from_equations(value) if equations else from_table(value), "_f")
        self.list = parts.outputs
        self.size, self.work = len(walk(parts.body)), 0
        self.scope: dict[str, Any] = {"__builtins__": {}, **CALLS}
        exec(compile(ast.Module([*parts.constants, *parts.before], []), name, "exec"), self.scope)
        self.start = tuple(single(self.scope[n], "its state") for n in self.names)
        # What changes in the loop is state, or is set before it is used.
        for changed in stored(parts.body):
            self.scope.pop(changed, None)
        self.scope |= {PLUS: plus, TIMES: times, REST: rest}
        takes = ast.Assign([parts.target], ast.Name(INPUT, ast.Load()))
        body = [takes, *(Careful().visit(part) for part in parts.body)]
        self.code = compile(ast.fix_missing_locations(ast.Module(body, [])), name, "exec")

    def step(self, state: tuple[Any, ...], x: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Return the next state and the outputs."""
        self.work += self.size
        need(self.work <= MOST_WORK, "its steps take too long")
        given = x if len(x) > 1 else x[0]
        scope = self.scope | dict(zip(self.names, state, strict=True)) | {self.list: [], INPUT: given}
        exec(self.code, scope)
        need(len(scope[self.list]) == 1, "it does not give one output at each step")
        (y,) = scope[self.list]
        a = tuple(single(scope[n], "its state") for n in self.names)
        need(not any(map(too_large, a)), "its numbers grow too large")
        return a, tuple(single(v, "an output") for v in (y if isinstance(y, tuple) else (y,)))


def single(value: Any, what: str) -> Any:
    """Return an integer or a word, with 1 for true and 0 for false; refuse everything else."""
    if type(value) is bool:
        return int(value)
    good = type(value) in (int, str) or isinstance(value, Symbolic)
    need(good, f"{what} is {short(value)}, which is no integer and no word")
    return value


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
        name = {ast.Add: PLUS, ast.Mult: TIMES, ast.Mod: REST}.get(type(node.op))
        return node if name is None else ast.Call(ast.Name(name, ast.Load()), [node.left, node.right], [])


def is_equations(value: Any) -> bool:
    """Return whether a machine.json holds equations, or else a table; refuse what is neither, or both at once."""
    need(isinstance(value, dict), "it is no machine")
    kind = value.get("kind")
    need(kind in ("integer-system", "mealy"), f"machines of kind {short(kind)} are not known")
    other = ("transitions", "symbols") if kind == "integer-system" else ("state", "outputs", "locals")
    need(not any(key in value for key in other), "it is a table and equations at once")
    return bool(kind == "integer-system")


def formula(text: Any) -> str:
    """Return a formula in brackets, so that it is one whatever stands in it."""
    need(isinstance(text, str), f"{short(text)} is no formula")
    return f"({ast.unparse(ast.parse(text, mode='eval'))})"


def from_equations(value: dict[str, Any]) -> str:
    """Write the equations of a machine.json as a program."""
    state, named, inputs = value["state"], value["locals"], value["inputs"]
    names = [*(v["name"] for v in state), *(v["name"] for v in named), *inputs, *value["tables"]]
    need(all(isinstance(n, str) and n.isidentifier() for n in names), "a name in it is none")
    need(len({*names}) == len(names), "a name in it is given twice")
    head = []
    for name, rows in value["tables"].items():
        table: dict[Any, int] = {}
        for given, result in rows:
            key = tuple(whole(k, "a key of a table") for k in given)
            need(key and key not in table, f"its table {short(name)} has a key twice, or an empty one")
            table[key] = whole(result, "an entry of a table")
        head.append(f"{name} = { ({k[0] if len(k) == 1 else k: v for k, v in table.items()})!r}")
    head += ["def _f(_xs):", " _o = []"] + [f" {v['name']} = {whole(v['start'], 'a start value')}" for v in state]
    head.append(f" for {', '.join(inputs)} in _xs:")
    lines = [f"{v['name']} = {formula(v['value'])}" for v in named]
    lines.append(f"_o.append(({''.join(f'{formula(out)}, ' for out in value['outputs'])}))")
    if state:
        left = ", ".join([*(v["name"] for v in state), ""])
        lines.append(f"{left}= {', '.join([*(formula(v['update']) for v in state), ''])}")
    return "\n".join([*head, *(f"  {line}" for line in lines), " return _o"])


def from_table(value: dict[str, Any]) -> str:
    """Write the transitions of a machine.json as a program."""
    keys = [tuple(single_value(k, "a symbol") for k in key) for key in value["symbols"]]
    joined = [";".join(map(str, key)) for key in keys]
    need(keys and len({*joined}) == len(keys) and len({*map(len, keys)}) == 1, "its symbols are not distinct rows")
    rows = {}
    for state, row in value["transitions"].items():
        need(state.isdecimal() and state == str(int(state)), f"its state {short(state)} is no whole number")
        need({*row} == {*joined}, f"the transitions of its state {state} are not one for each symbol")
        for key, text in zip(keys, joined, strict=True):
            output = tuple(single_value(y, "an output") for y in row[text]["output"])
            rows[int(state), *key] = (whole(row[text]["next"], "a next state"), output)
    names = ", ".join(f"x{i}" for i in range(len(keys[0])))
    start = (
        f"T = {rows!r}\ndef _f(_xs):\n _o = []\n state = {whole(value['start'], 'its start')}\n for {names} in _xs:\n"
    )
    return start + f"  state, y = T[state, {names}]\n  _o.append(y)\n return _o"


def single_value(value: Any, what: str) -> int | str:
    """Return an integer or a word of a file."""
    return value if isinstance(value, str) else whole(value, what)


def check_steps(certificate: dict[str, Any], card: dict[str, Any], data: bytes, name: str) -> None:
    """Check that a machine.json or a program (.py) gives what the certificate says, for sequences of every length."""
    steps = Steps(data, name, certificate.get("remembered", []))
    symbols, words = (
        unpack_integers(certificate, "symbols").tolist(),
        [card.get(f"{side}_words") for side in ("input", "output")],
    )
    inputs = [plain(symbol, words[0]) for symbol in symbols]
    if certificate["kind"] == "linear":
        return check_affine(certificate, steps, inputs)
    following, output = (unpack_integers(certificate, part).tolist() for part in ("next", "output"))
    outputs = [[plain(y, words[1]) for y in row] for row in output]
    seen, waiting = {(0, steps.start)}, [(0, steps.start)]
    while waiting:
        state, other = waiting.pop()
        for i, x in enumerate(inputs):
            after, y = steps.step(other, x)
            wanted = outputs[state][i]
            need(y == wanted, f"{name} gives {short(y)} where the proof says {short(wanted)} (input {short(x)})")
            pair = (following[state][i], after)
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
        need(len(seen) <= MOST_PAIRS, f"{name} has more states than are followed")


def plain(symbol: Sequence[int], words: Sequence[Sequence[str] | None] | None) -> tuple[Any, ...]:
    """Put words in the place of the integers that stand for them."""
    return tuple(i if w is None else word(i, w) for i, w in zip(symbol, words or [None] * len(symbol), strict=True))


def word(number: int, words: Sequence[str]) -> str:
    """Return the word that an integer stands for."""
    need(0 <= number < len(words), f"there is no word for {short(number)}")
    need(isinstance(words[number], str), f"{short(words[number])} is no word")
    return words[number]


def check_affine(certificate: dict[str, Any], steps: Steps, inputs: list[tuple[Any, ...]]) -> None:
    """Check that equations are affine and, whatever their state variables are, have the effects that were proved."""
    n = len(steps.start)
    state = tuple(Form([int(i == j) for j in range(n + 1)]) for i in range(n))
    ends, outs = [], []
    for x in inputs:
        try:
            after, y = steps.step(state, x)
        except TypeError:
            raise Refused("the equations are not affine") from None
        ends.append([(0 * Form([0] * (n + 1)) + v).values for v in after])
        outs.append([(0 * Form([0] * (n + 1)) + v).values for v in y])
    a, b = np.array(ends, object).reshape(len(inputs), n, n + 1), np.array(outs, object)
    need((a[..., :n] == a[:1, :, :n]).all() and (b[..., :n] == b[:1, :, :n]).all(), "the equations are not affine")
    ours = a[0, :, :n], a[..., n].T, b[0, :, :n], b[..., n].T, np.array(steps.start, object)
    theirs = tuple(unpack_integers(certificate, part).astype(object) for part in ("F", "G", "H", "D", "start"))
    need(np.array_equal(ours[3], theirs[3]), "an output of the equations is another")
    for k in range(n + len(theirs[0]) + 1):  # as many as both have state variables are enough (Cayley and Hamilton)
        need(
            np.array_equal(ours[2] @ ours[1], theirs[2] @ theirs[1]),
            f"the effect of an input {k + 1} steps later is another",
        )
        need(np.array_equal(ours[2] @ ours[4], theirs[2] @ theirs[4]), "the start values are others")
        ours, theirs = ((f, g, h @ f, d, s) for f, g, h, d, s in (ours, theirs))
