"""Formulas of one size that are the target, looked for without keeping all others of this size.

A bank keeps every value that expressions of a size take, to build larger ones from; where nothing larger is wanted,
this is wasted.  Here two entries are combined on one row at first, and only pairs that are right there on further
ones; so a pair costs one operation instead of one for every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import OPERATORS, Expression, apply
from mips_core.regression.bank import LIMIT, Bank
from mips_core.regression.candidates import Candidate, best_right
from mips_core.regression.formula import READING
from mips_core.regression.spread_rows import first_rows
from mips_core.stepping import IntArray

_FIRST_ROWS = 4  # rows that thin the pairs out before all rows are asked
_PAIRS = 1 << 20  # pairs combined at once
_KEEP = 24

Entries = NDArray[np.intp]


def probe(
    bank: Bank, target: IntArray, size: int, *, under_one_more: bool, modulus: int | None = None
) -> list[Expression]:
    """Return formulas of ``size`` nodes, or one or two more, that equal the target on the bank's rows, best first.

    Looked at are operators of one and two arguments on entries of the bank (``where`` is left to the matching rules).

    Parameters
    ----------
    bank : complete to ``size`` - 2 at least
    target : int64, shape (R,), over the bank's rows
    under_one_more : also those that are the target under ``abs`` or ``neg``
    modulus : instead those whose remainder by this number is the target
    """
    matches = _matches(bank, target, size, under_one_more) if modulus is None else _ahead(bank, target, size, modulus)
    return best_right(matches, bank.columns, target, _KEEP)


def _matches(bank: Bank, target: IntArray, size: int, under_one_more: bool) -> Iterator[Candidate]:
    truth = bool(target.min() >= 0 and target.max() <= 1)
    signs = [name for name in ("abs", "neg") if under_one_more and name in bank.operators]
    if target.min() < 0 and "abs" in signs:
        signs.remove("abs")
    cost, rows = bank.field("cost"), first_rows(target, _FIRST_ROWS)
    yield from _chains(bank, target, size, signs)
    for name, left, right in bank.pairs(size):
        if OPERATORS[name].is_truth and not truth:
            continue
        above = [] if OPERATORS[name].is_truth else signs
        for i, j in _blocks(bank, name, left, right):
            a, b = _close(bank, name, i, j, rows, _up_to_sign(target) if above else _same(target))
            for wrap in ("", *above):
                yes = _right(bank, name, a, b, target, wrap)
                keys = cost[a[yes]] + cost[b[yes]] + READING.get(name, 4) + READING.get(wrap, 0)
                for position in np.argsort(keys, kind="stable")[:_KEEP].tolist():
                    one, two = int(a[yes][position]), int(b[yes][position])
                    yield (
                        1000 * (size + bool(wrap)) + int(keys[position]),
                        partial(_built, bank, (name, wrap), one, two),
                    )


def _chains(bank: Bank, target: IntArray, size: int, signs: Sequence[str]) -> Iterator[Candidate]:
    """Yield operators of one argument on the entries below ``size``, also under one more."""
    below = np.arange(bank.end_of(size - 2), bank.end_of(size - 1))
    for name in ("abs", "neg"):
        if name not in bank.operators or size - 1 > bank.size:
            continue
        values = OPERATORS[name].compute(bank.values[:, below])
        for wrap in ("", *signs):
            out = OPERATORS[wrap].compute(values) if wrap else values
            for entry in below[(out == target[:, None]).all(axis=0)].tolist():
                key = 1000 * (size + bool(wrap)) + int(bank.field("cost")[entry])
                yield key + READING[name] + READING.get(wrap, 0), partial(_built, bank, (name, wrap), entry)


def _blocks(bank: Bank, name: str, left: range, right: range) -> Iterator[tuple[Entries, Entries]]:
    """Yield entries on the left and on the right, all pairs of which are to be combined."""
    i, j = np.arange(left.start, left.stop), np.arange(right.start, right.stop)
    if name in ("mod", "floordiv"):
        j = j[(bank.field("low")[j] >= 2)]
    if not len(j):
        return
    step = max(1, _PAIRS // len(j))
    for start in range(0, len(i), step):
        yield i[start : start + step], j


_Test = Callable[[IntArray, int], NDArray[np.bool_]]
"""Whether values on a row, whose number is the second argument, may lead to the target."""


def _same(target: IntArray) -> _Test:
    return lambda out, row: out == target[row]


def _up_to_sign(target: IntArray) -> _Test:
    return lambda out, row: np.abs(out) == abs(target[row])


def _congruent(target: IntArray, modulus: int) -> _Test:
    return lambda out, row: (out - target[row]) % modulus == 0


def _close(bank: Bank, name: str, i: Entries, j: Entries, rows: Sequence[int], test: _Test) -> tuple[Entries, Entries]:
    """Return the pairs that pass a test on some rows."""
    values, compute = bank.values, OPERATORS[name].compute
    out = compute(values[rows[0], i][:, None], values[rows[0], j][None, :])
    flat = np.flatnonzero(test(out, rows[0]))
    a, b = i[flat // len(j)], j[flat % len(j)]
    for row in rows[1:]:
        keep = test(compute(values[row, a], values[row, b]), row)
        a, b = a[keep], b[keep]
    if name == "mul":  # products that outgrow the limit
        keep = bank.products_within(a, b, LIMIT)
        a, b = a[keep], b[keep]
    return a, b


def _ahead(bank: Bank, target: IntArray, size: int, modulus: int) -> Iterator[Candidate]:
    """Yield remainders by a number of what two entries make up."""
    cost, test, few = bank.field("cost"), _congruent(target, modulus), first_rows(target, _FIRST_ROWS)
    for name, left, right in bank.pairs(size):
        if name not in ("add", "sub", "mul", "min", "max"):
            continue
        for i, j in _blocks(bank, name, left, right):
            a, b = _close(bank, name, i, j, [*few, *range(len(target))], test)
            keys = cost[a] + cost[b] + READING[name] + READING["mod"]
            for position in np.argsort(keys, kind="stable")[:_KEEP].tolist():
                inner = partial(_built, bank, (name, ""), int(a[position]), int(b[position]))
                yield 1000 * (size + 2) + int(keys[position]), partial(_remainder, inner, modulus)


def _remainder(inner: Callable[[], Expression], modulus: int) -> Expression:
    return apply("mod", inner(), modulus)


def _right(bank: Bank, name: str, a: Entries, b: Entries, target: IntArray, wrap: str) -> Entries:
    """Return which pairs give the target on all rows, under ``wrap`` where one is named."""
    if not len(a):
        return np.empty(0, dtype=np.intp)
    out = OPERATORS[name].compute(bank.values[:, a], bank.values[:, b])
    if wrap:
        out = OPERATORS[wrap].compute(out)
    return np.flatnonzero((out == target[:, None]).all(axis=0))


def _built(bank: Bank, names: tuple[str, str], *entries: int) -> Expression:
    inner = apply(names[0], *map(bank.expression, entries))
    return apply(names[1], inner) if names[1] else inner
