"""Columns of entries that grow: what a bottom-up search knows of every expression it keeps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import OPERATORS
from mips_core.stepping import IntArray

_CELLS = 1 << 15  # values computed at once
_FIELDS = ("hash", "cost", "operator", "left", "right", "third", "low", "high", "size")


class Store:
    """Entries with their values on R rows, found by hash.

    The hash of a value vector is the sum of value times random odd number modulo 2^64.  Being linear, it gives the
    hash of sums and differences without computing them, and lets a search ask for "target minus a" directly.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        drawn = np.random.Generator(np.random.PCG64(20240529)).integers(-(2**63), 2**63 - 1, rows, dtype=np.int64)
        self.multipliers: IntArray = drawn | 1
        self._count = 0
        self._fields: dict[str, IntArray] = {name: np.empty(0, dtype=np.int64) for name in _FIELDS}
        self._values: IntArray = np.empty((rows, 0), dtype=np.int64)
        self._sorted: IntArray = np.empty(0, dtype=np.int64)
        self._order: IntArray = np.empty(0, dtype=np.int64)

    def __len__(self) -> int:
        return self._count

    @property
    def values(self) -> IntArray:
        """Values of all entries, shape (R, N)."""
        return self._values[:, : self._count]

    def field(self, name: str) -> IntArray:
        """Return one attribute of all entries, shape (N,).

        "hash", "cost" (reading effort), "operator" with its arguments "left", "right", "third", "low" and "high"
        (least and greatest value), "size" (nodes).
        """
        return self._fields[name][: self._count]

    def hash_of(self, values: IntArray) -> IntArray:
        """Return the hash of value vectors, shape (R,) -> () or (R, M) -> (M,)."""
        return np.asarray(np.tensordot(self.multipliers, values, axes=(0, 0)), dtype=np.int64)

    def find(self, hashes: IntArray) -> IntArray:
        """Return the entry with each hash, or -1."""
        if not len(self._sorted):
            return np.full(np.shape(hashes), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self._sorted, hashes), len(self._sorted) - 1)
        return np.where(self._sorted[place] == hashes, self._order[place], -1)

    def hash_block(self, name: str, left: IntArray, right: IntArray, third: IntArray | None) -> IntArray:
        """Return the hashes of an operator on entries: all pairs (M, N), or with ``third`` one by one (N,)."""
        h, values = self._fields["hash"], self._values
        if name == "add":
            return h[right][:, None] + h[left][None, :]
        if name == "sub":
            return h[left][None, :] - h[right][:, None]
        if name == "neg":
            return -h[left]
        compute = OPERATORS[name].compute
        pairs = third is None
        total = np.zeros((len(right), len(left)) if pairs else len(left), dtype=np.int64)
        dense = bool(len(left) and left[-1] - left[0] == len(left) - 1)
        step = max(1, _CELLS // max(1, total.size))  # rows at a time: few candidates are not worth a call for each row
        for k in range(0, self.rows, step):
            rows = values[k : k + step]
            a = rows[:, left[0] : left[-1] + 1] if dense else rows[:, left]
            if pairs and name in ("mod", "floordiv"):
                out = self._divided(name, a, right, rows)
            elif pairs:
                out = compute(a[:, None, :], rows[:, right][:, :, None])
            elif OPERATORS[name].arity == 1:
                out = compute(a)
            else:
                out = compute(a, rows[:, right], rows[:, third])
            factors = self.multipliers[k : k + step]
            out = out * factors.reshape(-1, *(1,) * (out.ndim - 1))
            total += out[0] if len(out) == 1 else out.sum(axis=0)
        return total

    def _divided(self, name: str, a: IntArray, right: IntArray, rows: IntArray) -> IntArray:
        """Divide values (R, N) by each of some entries; shape (R, M, N).  Scalar divisors are much faster."""
        out = np.empty((len(a), len(right), a.shape[1]), dtype=np.int64)
        low, high = self._fields["low"], self._fields["high"]
        for j, entry in enumerate(right.tolist()):
            divisor = int(low[entry]) if low[entry] == high[entry] else rows[:, entry, None]
            part = a // divisor
            out[:, j] = part if name == "floordiv" else a - part * divisor
        return out

    def products_within(self, left: IntArray, right: IntArray, limit: int) -> NDArray[np.bool_]:
        """Return which products of two entries, element by element, cannot outgrow a limit; bool, (N,)."""
        low, high = self._fields["low"], self._fields["high"]
        one, two = (np.maximum(-low[p], high[p]) for p in (left, right))
        return np.asarray(one <= limit // np.maximum(two, 1))

    def append(self, values: IntArray, **fields: IntArray | int) -> None:
        """Add entries with values (R, M); :meth:`find` sees them after :meth:`index`."""
        end = self._count + values.shape[1]
        if end > self._values.shape[1]:
            capacity = max(1024, end, 2 * self._values.shape[1])
            grown = np.empty((self.rows, capacity), dtype=np.int64)
            grown[:, : self._count] = self.values
            self._values = grown
            for key, old in self._fields.items():
                self._fields[key] = np.zeros(capacity, dtype=np.int64)
                self._fields[key][: self._count] = old[: self._count]
        self._values[:, self._count : end] = values
        for key, new in fields.items():
            self._fields[key][self._count : end] = new
        self._count = end

    def index(self) -> None:
        """Make all entries known to :meth:`find`."""
        self._order = np.argsort(self.field("hash"), kind="stable")
        self._sorted = self.field("hash")[self._order]


def first_of_each(hashes: IntArray, costs: IntArray) -> NDArray[np.intp]:
    """Return the position of the cheapest (then the first) of each hash, ascending."""
    order = np.argsort(costs, kind="stable")
    _, first = np.unique(hashes[order], return_index=True)
    return np.sort(order[first])
