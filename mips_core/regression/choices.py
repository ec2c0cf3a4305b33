"""Conditionals as the last operator: two branches that make up the target, and a condition that tells them apart.

Either the condition is an entry of the bank, and the best branch for each side is looked up; or
the branches are short, the rows on which exactly one of them is right say what the condition must be, and a
threshold on an entry is solved for.  Rows on which both branches are right may go either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import Expression, Variable, apply
from mips_core.regression.bank import Bank
from mips_core.regression.candidates import Candidate
from mips_core.regression.formula import READING, reading_cost, reading_of_constant
from mips_core.stepping import IntArray

_KEEP = 6  # candidates of each kind
_CONDITIONS = 160  # conditions tried at the root
_CUTS = 24  # values of a column that conditions compare it with
_BRANCHES = 6_000  # entries tried as branches of a conditional
_SHORT_BRANCHES = 60  # entries tried as branches under a threshold
_PAIRS = 10  # pairs of short branches that are tried
_COMPARED = 4_000  # entries that a threshold may stand on


def known_conditions(bank: Bank, values: IntArray, key: NDArray[np.int64], target: IntArray) -> Iterator[Candidate]:
    """Yield t = a if c else b with conditions of the bank: a meets t where c holds, b elsewhere.

    Parameters
    ----------
    values : int64, shape (R, N), values of the first entries of the bank
    key : sorting key of each entry, 1000 times its size plus its reading effort
    target : int64, shape (R,)
    """
    n = min(values.shape[1], _BRANCHES)
    order = _branches(values[:, :n], target)
    if not len(order):
        return
    order = order[np.argsort(key[order], kind="stable")]
    truth = np.flatnonzero((bank.field("low")[:n] == 0) & (bank.field("high")[:n] == 1))
    truth = truth[np.argsort(key[truth], kind="stable")[:_CONDITIONS]]
    cuts, holding = _cuts(bank)
    inside = np.concatenate([values[:, truth] != 0, holding], axis=1)  # (R, C)
    missed = words_of(values[:, order] != target[:, None])
    keys = np.concatenate([key[truth], [cut.key for cut in cuts]]).astype(np.int64)
    yes, no = _first_disjoint(words_of(inside), missed), _first_disjoint(words_of(~inside), missed)
    chosen = np.flatnonzero((yes >= 0) & (no >= 0))
    a, b = order[yes[chosen]], order[no[chosen]]
    total = key[a] + key[b] + keys[chosen]
    for position in np.argsort(total, kind="stable")[:_KEEP].tolist():
        i = int(chosen[position])
        condition = int(truth[i]) if i < len(truth) else cuts[i - len(truth)].expression()
        yield int(total[position]) + 1000, _choice(bank, condition, int(a[position]), int(b[position]))


def solved_conditions(bank: Bank, values: IntArray, key: NDArray[np.int64], target: IntArray) -> Iterator[Candidate]:
    """Yield t = a if e > k else b (also < and ==) for short a and b: the threshold is solved for.

    Parameters are those of :func:`known_conditions`.
    """
    n = min(values.shape[1], _SHORT_BRANCHES)
    useful = _branches(values[:, :n], target)
    met = values[:, :n] == target[:, None]
    covered = disjoint(words_of(~met[:, useful]), words_of(~met[:, useful]))
    i, j = (useful[part] for part in np.nonzero(np.triu(covered, 1)))
    order = np.argsort(key[i] + key[j], kind="stable")[:_PAIRS]
    entries = values[:, : min(values.shape[1], _COMPARED)]
    for a, b in zip(i[order].tolist(), j[order].tolist(), strict=True):
        inside, outside = entries[~met[:, b]], entries[~met[:, a]]
        if not len(inside) or not len(outside):
            continue  # one branch alone is the target
        least, most = inside.min(axis=0), inside.max(axis=0)
        outer_least, outer_most = outside.min(axis=0), outside.max(axis=0)
        for ok, name, bound in (
            (least > outer_most, "gt", outer_most),
            (most < outer_least, "lt", outer_least),
            ((least == most) & (outside != least).all(axis=0), "eq", least),
            ((outer_least == outer_most) & (inside != outer_least).all(axis=0), "ne", outer_least),
        ):
            found = np.flatnonzero(ok)
            for e in found[np.argsort(key[found], kind="stable")[:2]].tolist():
                size = int(key[a] + key[b] + key[e]) + 3000
                yield size, _compared(bank, name, e, int(bound[e]), a, b)


def _branches(values: IntArray, target: IntArray) -> NDArray[np.intp]:
    """Return the entries (R, N) that are the target on so many rows that another one may be it on all others."""
    met = (values == target[:, None]).sum(axis=0)
    return np.flatnonzero((met > 0) & (met + met.max(initial=0) >= len(target)))


def _choice(bank: Bank, condition: int | Expression, a: int, b: int) -> Callable[[], Expression]:
    def build() -> Expression:
        first = bank.expression(condition) if isinstance(condition, int) else condition
        return apply("where", first, bank.expression(a), bank.expression(b))

    return build


def _compared(bank: Bank, name: str, entry: int, bound: int, a: int, b: int) -> Callable[[], Expression]:
    return lambda: apply("where", apply(name, bank.expression(entry), bound), bank.expression(a), bank.expression(b))


@dataclass(frozen=True)
class _Cut:
    """The condition that a column is, or exceeds, one of its values."""

    operator: str
    column: str
    value: int

    @property
    def key(self) -> int:
        return 3000 + READING[self.operator] + reading_cost(Variable(self.column)) + reading_of_constant(self.value)

    def expression(self) -> Expression:
        return apply(self.operator, Variable(self.column), self.value)


def _cuts(bank: Bank) -> tuple[list[_Cut], NDArray[np.bool_]]:
    """Return the conditions "column == v" and "column > v" for the values of each column, and their truth (R, C)."""
    cuts: list[_Cut] = []
    truth: list[NDArray[np.bool_]] = [np.zeros((bank.rows, 0), dtype=bool)]
    for name, values in bank.columns.items():
        if name.isidentifier():
            limits = np.unique(values)[:_CUTS]
            for operator, compare in (("eq", np.equal), ("gt", np.greater)):
                cuts += [_Cut(operator, name, v) for v in limits.tolist()]
                truth.append(compare(values[:, None], limits[None, :]))
    return cuts, np.concatenate(truth, axis=1)


def words_of(rows: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pack truth values (R, N) into 64-bit words (R / 64 rounded up, N)."""
    padded = np.zeros((-(-len(rows) // 64) * 64, rows.shape[1]), dtype=bool)
    padded[: len(rows)] = rows
    packed = np.packbits(padded, axis=0).T.copy()  # (N, bytes)
    return packed.view(np.uint64).T


def _first_disjoint(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return for each column of packed truth values (W, C) the first column of (W, N) with no row in common, or -1."""
    first = np.full(a.shape[1], -1, dtype=np.int64)
    # Sixteen rows rule most pairs out, four times as fast as all of a word.
    rough = (a[0].astype(np.uint16)[:, None] & b[0].astype(np.uint16)[None, :]) == 0
    i, j = np.divmod(np.flatnonzero(rough), b.shape[1])
    for one, two in zip(a, b, strict=True):
        keep = (one[i] & two[j]) == 0
        i, j = i[keep], j[keep]
    first[i[::-1]] = j[::-1]  # of several the last that is written stays
    return first


def disjoint(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which pairs of columns of packed truth values (W, C) and (W, N) share no row, shape (C, N)."""
    result = np.ones((a.shape[1], b.shape[1]), dtype=bool)
    for one, two in zip(a, b, strict=True):
        result &= (one[:, None] & two[None, :]) == 0
    return result
