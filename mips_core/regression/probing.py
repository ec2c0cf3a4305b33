"""Formulas of one size that are the target, looked for without keeping all others of this size.

A bank keeps every value that expressions of a size take, to build larger ones from; where nothing larger is wanted,
this is wasted.  Here two entries are combined on one row at first, and only pairs that are right there on further
ones; so a pair costs one operation instead of one for every row.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import OPERATORS, Expression, apply
from mips_core.regression.bank import LIMIT, Bank
from mips_core.regression.choices import Candidate
from mips_core.regression.formula import READING, holds, rank, tidy
from mips_core.stepping import IntArray

_FIRST_ROWS = 4  # rows that thin the pairs out before all rows are asked
_PAIRS = 1 << 20  # pairs combined at once
_KEEP = 24

Entries = NDArray[np.intp]


def probe(bank: Bank, target: IntArray, size: int, *, under_one_more: bool) -> list[Expression]:
    """Return formulas of ``size`` nodes, or one more, that equal the target on the bank's rows, best first.

    Looked at are operators of one and two arguments on entries of the bank (``where`` is left to the matching rules).

    Parameters
    ----------
    bank : complete to ``size`` - 2 at least
    target : int64, shape (R,), over the bank's rows
    under_one_more : also those that are the target under ``abs`` or ``neg``
    """
    found = sorted(_matches(bank, target, size, under_one_more), key=lambda candidate: candidate[0])
    built = {tidy(build()) for _, build in found[: 3 * _KEEP]}
    right = [e for e in sorted(built, key=rank) if holds(e, bank.columns, target)]
    return right[:_KEEP]


def _matches(bank: Bank, target: IntArray, size: int, under_one_more: bool) -> Iterator[Candidate]:
    truth = bool(target.min() >= 0 and target.max() <= 1)
    signs = [name for name in ("abs", "neg") if under_one_more and name in bank.operators]
    if target.min() < 0 and "abs" in signs:
        signs.remove("abs")
    cost = bank.field("cost")
    first = [int(np.argmax(np.abs(target))), int(np.argmin(target))]
    spread = np.linspace(0, len(target) - 1, _FIRST_ROWS).astype(np.int64).tolist()
    rows = list(dict.fromkeys([*first, *spread]))[:_FIRST_ROWS]
    yield from _chains(bank, target, size, signs)
    for name, left, right in bank.pairs(size):
        if OPERATORS[name].is_truth and not truth:
            continue
        above = [] if OPERATORS[name].is_truth else signs
        for i, j in _blocks(bank, name, left, right):
            a, b = _equal_up_to_sign(bank, name, i, j, target, rows, bool(above))
            for wrap in ("", *above):
                yes = _right(bank, name, a, b, target, wrap)
                keys = cost[a[yes]] + cost[b[yes]] + READING.get(name, 4) + READING.get(wrap, 0)
                for position in np.argsort(keys, kind="stable")[:_KEEP].tolist():
                    one, two = int(a[yes][position]), int(b[yes][position])
                    yield (
                        1000 * (size + bool(wrap)) + int(keys[position]),
                        partial(_built, bank, (name, wrap), one, two),
                    )


def _chains(bank: Bank, target: IntArray, size: int, signs: list[str]) -> Iterator[Candidate]:
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


def _equal_up_to_sign(
    bank: Bank, name: str, i: Entries, j: Entries, target: IntArray, rows: list[int], either_sign: bool
) -> tuple[Entries, Entries]:
    """Return the pairs that give the target on a few rows, with ``either_sign`` the target or its opposite."""
    values, compute = bank.values, OPERATORS[name].compute

    def agrees(out: IntArray, wanted: int) -> NDArray[np.bool_]:
        agreeing: NDArray[np.bool_] = np.abs(out) == abs(wanted) if either_sign else out == wanted
        return agreeing

    out = compute(values[rows[0], i][:, None], values[rows[0], j][None, :])
    flat = np.flatnonzero(agrees(out, int(target[rows[0]])))
    a, b = i[flat // len(j)], j[flat % len(j)]
    for row in rows[1:]:
        keep = agrees(compute(values[row, a], values[row, b]), int(target[row]))
        a, b = a[keep], b[keep]
    if name == "mul":  # products that outgrow the limit
        low, high = bank.field("low"), bank.field("high")
        top = [np.maximum(-low[p], high[p]) for p in (a, b)]
        keep = top[0] <= LIMIT // np.maximum(top[1], 1)
        a, b = a[keep], b[keep]
    return a, b


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
