"""One size of a bank computed in one piece: for sizes so small that the calls cost more than the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import OPERATORS
from mips_core.regression.formula import ARITHMETIC, READING, SQUARE, TRUTH_AS_NUMBER
from mips_core.regression.store import first_of_each
from mips_core.stepping import IntArray

if TYPE_CHECKING:
    from mips_core.regression.bank import Bank

_Range = tuple[int, int]
LIMIT = 1 << 40  # larger values are dropped


def level_at_once(
    bank: Bank, splits: Sequence[tuple[str, _Range, _Range, _Range]], size: int
) -> tuple[IntArray, dict[str, IntArray]]:
    """Return the new entries of a size: their values (R, N), and the fields that a bank keeps of them, each (N,).

    Parameters
    ----------
    splits : operators with the ranges of their arguments
    """
    parts = [(name, _arguments(bank, name, *ranges)) for name, *ranges in splits]
    values = [
        OPERATORS[name].compute(*(bank.values[:, p] for p in pointers[: OPERATORS[name].arity]))
        for name, pointers in parts
    ]
    every = np.concatenate(values, axis=1).astype(np.int64, copy=False)
    operators = np.repeat([bank.operators.index(name) for name, _ in parts], [len(p[0]) for _, p in parts])
    pointers = np.stack([np.concatenate([p[k] for _, p in parts]) for k in range(3)])  # (3, N)
    low, high = every.min(axis=0), every.max(axis=0)
    hashes = bank.hash_of(every)
    fresh = np.flatnonzero((bank.find(hashes) < 0) & (low >= -LIMIT) & (high <= LIMIT))
    costs = _costs(bank, operators[fresh], pointers[:, fresh])
    best = first_of_each(hashes[fresh], costs)
    keep = fresh[best]
    left, right, third = pointers[:, keep]
    fields = {
        "hash": hashes[keep], "cost": costs[best], "operator": operators[keep], "left": left, "right": right,
        "third": third, "low": low[keep], "high": high[keep], "size": np.full(len(keep), size),
    }  # fmt: skip
    return every[:, keep], fields


def _arguments(bank: Bank, name: str, left: _Range, right: _Range, third: _Range) -> tuple[IntArray, ...]:
    """Return the arguments of all candidates of an operator, three arrays of the same length."""
    low, high = bank.field("low"), bank.field("high")
    a, b = np.arange(*left), np.arange(*right)
    if OPERATORS[name].arity == 1:
        return a, np.zeros_like(a), np.zeros_like(a)
    if OPERATORS[name].arity == 3:
        a = a[(low[a] == 0) & (high[a] == 1)]
        grids = np.meshgrid(a, b, np.arange(*third), indexing="ij")
        return tuple(grid.ravel() for grid in grids)
    if name in ("mod", "floordiv"):
        b = b[low[b] >= 2]
    one, two = np.tile(a, len(b)), np.repeat(b, len(a))
    if OPERATORS[name].commutative and left == right:
        one, two = one[one <= two], two[one <= two]
    if name == "mul":  # products that outgrow the limit
        keep = bank.products_within(one, two, LIMIT)
        one, two = one[keep], two[keep]
    return one, two, np.zeros_like(one)


def _costs(bank: Bank, operators: IntArray, pointers: IntArray) -> IntArray:
    """Return the reading costs of candidates with these operators (N,) and arguments (3, N)."""
    registry = [OPERATORS[name] for name in bank.operators]
    reading = np.array([READING.get(entry.name, 4) for entry in registry], dtype=np.int64)
    arity = np.array([entry.arity for entry in registry], dtype=np.int64)
    arithmetic = np.array([entry.name in ARITHMETIC for entry in registry], dtype=bool)
    cost, operator = bank.field("cost"), bank.field("operator")
    truth: NDArray[np.bool_] = bank.truths[operator] & (operator >= 0)
    total = reading[operators]
    for k, pointer in enumerate(pointers):
        used = arity[operators] > k
        total = total + used * (cost[pointer] + TRUTH_AS_NUMBER * (arithmetic[operators] & truth[pointer]))
    if "mul" in bank.operators:
        total = total + SQUARE * ((operators == bank.operators.index("mul")) & (pointers[0] == pointers[1]))
    return total
