"""Registers: numbers that a reader would keep along a sequence.

A register is fed by the inputs alone (a running sum, a greatest value, a count since an event, the step modulo k, the
last value that met a condition, ...) or repeats the last output.  All are followed along sample
sequences at once; :mod:`telling` finds those few that fix an output.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.expressions import Constant, Expression, Variable, apply, evaluate
from mips_core.regression.levels import levels, signed_levels
from mips_core.stepping import IntArray

_FEW_VALUES = 6  # input values that are counted one by one
_MODULI = (2, 3, 4, 5)
_WITH_RECORD = frozenset(("run", "balance", "level"))  # kinds of which the greatest value so far is followed, too
_REPEATED = 4  # what it costs a reader that an output feeds back


@dataclass(frozen=True, eq=False)
class Register:
    """A number kept along the sequence.

    Parameters
    ----------
    name : a Python name that says what it holds
    start : value before the first input
    update : new value, of inputs and registers (their old values)
    before : int64 (N, T), the value before each step
    after : int64 (N, T), the value after each step
    needs : registers that the update reads besides itself
    output : number of the output that it repeats, or None
    """

    name: str
    start: int
    update: Expression
    before: IntArray
    after: IntArray
    needs: tuple[Register, ...] = ()
    output: int | None = None

    @property
    def kind(self) -> str:
        """What it does, without what it does it to."""
        return self.name.split("_")[0].rstrip("0123456789")

    @property
    def cost(self) -> int:
        """Size of the update, with those that it needs; starting at 0 is easiest."""
        own = _REPEATED if self.output is not None else self.update.nodes
        return own + sum(r.cost for r in self.needs) + (self.start != 0)


def register_bank(inputs: Sequence[str], words: IntArray, outputs: IntArray) -> list[Register]:
    """Return distinct registers followed along ``words`` (N, T, D_in); ``outputs`` (N, T, D_out) may be repeated.

    Registers that never change or that repeat another one are left out.
    """
    bank = _Bank(inputs, words)
    for name, start, update in _plain(inputs, words):
        bank.add(name, start, update)
    for name in inputs:
        bank.chain(name, f"previous_{name}" if len(inputs) > 1 else "previous")
    for register in list(bank.found):
        if register.kind in _WITH_RECORD and "_back" not in register.name:
            record = Variable(f"highest_{register.name}")
            bank.add(record.name, 0, apply("max", record, register.update), (*register.needs, register))
    for k in range(outputs.shape[2]):
        values = outputs[:, :, k]
        bank.repeat(f"y{k + 1}" if outputs.shape[2] > 1 else "y", _natural_start(words, values), values, k)
    return bank.found


def _natural_start(words: IntArray, values: IntArray) -> int:
    """Return what an output should have been before the first step: the value after which most first steps fit."""
    if values.shape[1] < 2:
        return 0
    later = {
        key: y
        for key, y in zip(
            zip(
                values[:, :-1].ravel().tolist(),
                map(tuple, words[:, 1:].reshape(-1, words.shape[2]).tolist()),
                strict=True,
            ),
            values[:, 1:].ravel().tolist(),
            strict=True,
        )
    }
    first = list(zip(map(tuple, words[:, 0].tolist()), values[:, 0].tolist(), strict=True))
    starts = list(dict.fromkeys((0, 1, int(values.min()), int(values.max()))))
    fits = [sum(later.get((start, x)) == y for x, y in first) for start in starts]
    return starts[int(np.argmax(fits))]


def _plain(inputs: Sequence[str], words: IntArray) -> Iterator[tuple[str, int, Expression]]:
    """Yield (name, start, update) of registers over the inputs; the register itself is the variable of that name."""
    for k in _MODULI:
        r = Variable(f"phase{k}")
        yield r.name, 0, apply("mod", apply("add", r, 1), k)
    step = Variable("step")
    yield "step", 0, apply("add", step, 1)
    sign = Variable("sign")
    yield "sign", 1, apply("neg", sign)
    terms, conditions = _terms(inputs, words), _conditions(inputs, words)
    for label, term, values in terms:
        total, top, least = (Variable(f"{word}{label}") for word in ("total", "highest", "lowest"))
        yield total.name, 0, apply("add", total, term)
        low, high = int(values.min()), int(values.max())
        for start in dict.fromkeys((low, min(low, 0))):
            yield top.name, start, apply("max", top, term)
        for start in dict.fromkeys((high, max(high, 0))):
            yield least.name, start, apply("min", least, term)
        for k in range(2, 9):
            rest = Variable(f"rest{k}{label}")
            yield rest.name, 0, apply("mod", apply("add", rest, term), k)
    for label, condition in conditions:
        count, run, since, flip = (Variable(f"{word}{label}") for word in ("count", "run", "since", "flip"))
        seen = Variable(f"seen{label}")
        yield count.name, 0, apply("add", count, condition)
        yield run.name, 0, apply("where", condition, apply("add", run, 1), 0)
        yield since.name, 0, apply("where", condition, 0, apply("add", since, 1))
        yield flip.name, 0, apply("ne", flip, condition)
        yield seen.name, 0, apply("max", seen, condition)
        for name in inputs:
            x = Variable(name)
            held, fresh = Variable(f"last_{name}{label}"), Variable(f"sum_{name}{label}")
            yield held.name, 0, apply("where", condition, x, held)
            yield fresh.name, 0, apply("where", condition, 0, apply("add", fresh, x))
            gated = Variable(f"gated_{name}{label}")
            yield gated.name, 0, apply("where", condition, apply("add", gated, x), gated)
    for i, name in enumerate(inputs):
        label = "" if len(inputs) == 1 else f"_{name}"
        if len(np.unique(words[:, :, i])) <= _FEW_VALUES:
            yield from levels(_value_conditions(name, label, words[:, :, i]))
    yield from signed_levels([(label, term) for label, term, values in terms if values.min() < 0 < values.max()])


def _terms(inputs: Sequence[str], words: IntArray) -> list[tuple[str, Expression, IntArray]]:
    columns = {name: words[:, :, i] for i, name in enumerate(inputs)}
    found: list[tuple[str, Expression]] = []
    for name in inputs:
        x = Variable(name)
        label = "" if len(inputs) == 1 else f"_{name}"
        found += [(label, x), (f"{label}_abs", apply("abs", x)), (f"{label}_square", apply("mul", x, x))]
    for a, b in itertools.combinations(inputs, 2):
        found += [
            (f"_{a}_plus_{b}", apply("add", Variable(a), Variable(b))),
            (f"_{a}_minus_{b}", apply("sub", Variable(a), Variable(b))),
            (f"_{a}_times_{b}", apply("mul", Variable(a), Variable(b))),
        ]
    shape = words.shape[:2]
    flat = {name: values.ravel() for name, values in columns.items()}
    return [(label, e, evaluate(e, flat, words[:, :, 0].size).reshape(shape)) for label, e in found]


def _conditions(inputs: Sequence[str], words: IntArray) -> list[tuple[str, Expression]]:
    found: list[tuple[str, Expression]] = []
    for i, name in enumerate(inputs):
        x = Variable(name)
        label = "" if len(inputs) == 1 else f"_{name}"
        values = np.unique(words[:, :, i])
        if len(values) <= _FEW_VALUES:
            found += _value_conditions(name, label, words[:, :, i])
        else:
            found += [(f"{label}_zero", apply("eq", x, 0))]
        if values.min() < 0 or len(values) > 2:
            found += [(f"{label}_nonzero", apply("ne", x, 0)), (f"{label}_positive", apply("gt", x, 0))]
            found += [(f"{label}_odd", apply("mod", x, 2))]
    found += [
        (f"_{a}_{word}_{b}", apply(word, Variable(a), Variable(b)))
        for a, b in itertools.combinations(inputs, 2)
        for word in ("eq", "gt")
    ]
    return found


def _value_conditions(name: str, label: str, values: IntArray) -> list[tuple[str, Expression]]:
    """Return one condition for each value that an input takes."""
    x, distinct = Variable(name), np.unique(values).tolist()
    return [
        (f"{label}_{'m' * (v < 0)}{abs(v)}", x if set(distinct) == {0, 1} and v else apply("eq", x, int(v)))
        for v in distinct
    ]


class _Bank:
    """Registers with different values along the words."""

    def __init__(self, inputs: Sequence[str], words: IntArray) -> None:
        self.words, self.inputs = words, tuple(inputs)
        self.found: list[Register] = []
        self._seen: set[bytes] = set()

    def add(self, name: str, start: int, update: Expression, needs: tuple[Register, ...] = ()) -> Register | None:
        n, length = self.words.shape[:2]
        values = np.empty((n, length + 1), dtype=np.int64)
        values[:, 0] = start
        for t in range(length):
            columns = {input_name: self.words[:, t, i] for i, input_name in enumerate(self.inputs)}
            columns |= {r.name: r.before[:, t] for r in needs} | {name: values[:, t]}
            values[:, t + 1] = evaluate(update, columns, n)
        return self._keep(Register(name, start, update, values[:, :-1], values[:, 1:], needs))

    def chain(self, source: str, name: str, depth: int = 3) -> None:
        """Add the last inputs, and runs of equal ones."""
        before: Register | None = None
        for k in range(1, depth + 1):
            label = name if k == 1 else f"{name}{k}"
            update = Variable(source if before is None else before.name)
            before = self.add(label, 0, update, () if before is None else (before,))
            if before is None:
                return
            if k == 1:
                run = Variable(f"run_of_{source}")
                same = apply("eq", Variable(source), Variable(name))
                self.add(run.name, 0, apply("where", same, apply("add", run, 1), 1), (before,))
                self.add(
                    f"{run.name}0", 0, apply("where", same, apply("add", Variable(f"{run.name}0"), 1), 0), (before,)
                )

    def repeat(self, name: str, start: int, values: IntArray, output: int) -> None:
        before = np.concatenate([np.full((len(values), 1), start), values[:, :-1]], axis=1)
        self._keep(Register(name, start, Constant(0), before, values, (), output))

    def _keep(self, register: Register) -> Register | None:
        key = register.before.tobytes()
        if key in self._seen or (register.before == register.before[0, 0]).all():
            return None
        self._seen.add(key)
        self.found.append(register)
        return register
