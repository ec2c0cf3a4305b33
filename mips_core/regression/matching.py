"""The last step of a search without enumeration: which entries of a bank give the target under one more operator.

For a target t and every entry e at once: is t - e an entry, is t a threshold, a
remainder, a quotient or a clip of e, do two entries make t as maximum or as the
two branches of a conditional?  Moduli, divisors, shifts and bounds are solved for, not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import Expression, apply
from mips_core.regression.bank import Bank
from mips_core.regression.candidates import Candidate, best_right
from mips_core.regression.choices import disjoint, known_conditions, solved_conditions, words_of
from mips_core.regression.one_constant import easier_cut, smallest_divisor
from mips_core.stepping import IntArray

_KEEP = 6  # candidates that each rule hands on
_COMPARISON = 5  # nodes of a choice by a comparison, and more
_FEW = 8  # rows that rule most entries out
_ENTRIES = 24_000  # entries that the rules below look at


class Matcher:
    """All one-more-operator rules for one bank and one target.

    Parameters
    ----------
    bank : entries, smallest sizes first
    target : int64, shape (R,), over the bank's rows
    operators : names that the rules may use
    most : larger formulas are not worth having
    constants : numbers that the target may be a quotient by, besides small ones; by default those of the bank
    """

    def __init__(
        self, bank: Bank, target: IntArray, operators: tuple[str, ...], *, most: int = 10**6,
        constants: Sequence[int] | None = None,
    ) -> None:  # fmt: skip
        self.bank, self.target, self.operators, self.most = bank, target, frozenset(operators), most
        self.constants = bank.constants if constants is None else constants
        end = next(
            (bank.starts[s + 1] for s in range(bank.size, 1, -1) if bank.starts[s + 1] <= _ENTRIES), bank.starts[2]
        )
        # One more operator of two arguments, and a constant or another entry beside: two nodes at least.
        self.inner = bank.end_of(most - 2)
        self.values = bank.values[:, : min(end, self.inner)]  # (R, N)
        self.key = bank.field("size").astype(np.int64) * 1000 + bank.field("cost")
        self.column = target[:, None]
        self.low, self.high = int(target.min()), int(target.max())
        self.truth = self.low >= 0 and self.high <= 1

    def candidates(self, limit: int = 24) -> list[Expression]:
        """Return different expressions that equal the target on the bank's rows, best first."""
        found: list[Candidate] = [*self._sizes()]
        if self.inner:
            for rule in (self._sums, self._products, self._remainders, self._quotients, self._bounds, self._thresholds,
                         self._pairs, self._conditionals):  # fmt: skip
                found.extend(rule())
        return best_right(found, self.bank.columns, self.target, limit)

    def _best(self, entries: NDArray[np.intp], extra: NDArray[np.int64] | int = 0) -> list[int]:
        """Return positions in ``entries`` of the easiest ones."""
        keys = self.key[entries] + extra
        return np.argsort(keys, kind="stable")[:_KEEP].tolist()

    def _wrap(
        self, entries: NDArray[np.intp], size: int, build: Callable[[Expression, int], Expression]
    ) -> Iterator[Candidate]:
        """Yield the best entries under ``build(expression, entry)``, which adds ``size`` nodes."""
        for position in self._best(entries):
            entry = int(entries[position])
            yield int(self.key[entry]) + 1000 * size, partial(self._built, build, entry)

    def _built(self, build: Callable[[Expression, int], Expression], entry: int) -> Expression:
        return build(self.bank.expression(entry), entry)

    def _apply(self, name: str, *entries: int | Expression) -> Callable[[], Expression]:
        """Return what builds the operator on some entries: only the best candidates are ever built."""
        return lambda: apply(name, *(self.bank.expression(e) if isinstance(e, int) else e for e in entries))

    def _sizes(self) -> Iterator[Candidate]:
        """t = abs(e)."""
        if "abs" in self.operators and self.low >= 0:
            values = self.bank.values[:, : self.bank.end_of(self.most - 1)]
            ok = np.flatnonzero(np.abs(values[0]) == self.target[0])
            ok = ok[(np.abs(values[:, ok]) == self.column).all(axis=0)]
            yield from self._wrap(ok, 1, lambda e, _: apply("abs", e))

    def _sums(self) -> Iterator[Candidate]:
        """t = a + b and t = a - b by hash."""
        bank = self.bank
        h, goal = bank.field("hash")[: self.inner], bank.hash_of(self.target)
        for name, other in (("add", bank.find(goal - h)), ("sub", bank.find(h - goal))):
            ok = np.flatnonzero(other >= 0) if name in self.operators else np.empty(0, dtype=np.intp)
            for position in self._best(ok, self.key[other[ok]]):
                a = int(ok[position])
                b = int(other[a])
                left, right = (a, b) if name == "sub" or self.key[a] >= self.key[b] else (b, a)
                yield (
                    int(self.key[a] + self.key[b]) + 1000,
                    self._apply(name, left, right),
                )

    def _products(self) -> Iterator[Candidate]:
        """t = a * b where a has no zero."""
        bank = self.bank
        n = self.values.shape[1]
        low, high, size = bank.field("low")[:n], bank.field("high")[:n], bank.field("size")[:n]
        if "mul" not in self.operators:
            return
        ok = np.flatnonzero(((low > 0) | (high < 0)) & ((size > 1) | (np.abs(low) > 1)))
        for rows in (2, _FEW, None):
            ok = ok[(self.column[:rows] % self.values[:rows, ok] == 0).all(axis=0)]
        other = bank.find(bank.hash_of(self.column // self.values[:, ok]))
        ok, other = ok[other >= 0], other[other >= 0]
        for position in self._best(ok, self.key[other]):
            a, b = int(ok[position]), int(other[position])
            yield (
                int(self.key[a] + self.key[b]) + 1000,
                self._apply("mul", a, b),
            )

    def _remainders(self) -> Iterator[Candidate]:
        """t = (e + c) % m: m divides every difference of e - t, and c is what remains."""
        if "mod" not in self.operators or self.low < 0 or self.high == 0:
            return
        ok = np.arange(self.values.shape[1])
        for rows in (3, _FEW + 1):
            first = self.values[:rows, ok] - self.column[:rows]
            rough = np.gcd.reduce(first - first[0], axis=0)
            ok = ok[(rough == 0) | (rough > self.high)]
        gap = self.values[:, ok] - self.column
        gcd = np.gcd.reduce(gap - gap[0], axis=0)
        ok, gap, gcd = ok[gcd > self.high], gap[0, gcd > self.high], gcd[gcd > self.high]
        moduli = np.array([smallest_divisor(int(g), self.high) for g in gcd], dtype=np.int64)
        shift = (-gap) % moduli if len(ok) else gap
        for position in self._best(ok, 4000 * (shift != 0).astype(np.int64)):
            a, m, c = int(ok[position]), int(moduli[position]), int(shift[position])
            key = int(self.key[a]) + (4000 if c else 2000)

            def build(a: int = a, m: int = m, c: int = c) -> Expression:
                e = self.bank.expression(a)
                # "+ 6) % 7" reads better as "- 1) % 7"
                inner = e if c == 0 else apply("add", e, c) if 2 * c <= m else apply("sub", e, m - c)
                return apply("mod", inner, m)

            yield key, build

    def _quotients(self) -> Iterator[Candidate]:
        """t = (e + c) // m: every row bounds c from both sides."""
        if "floordiv" not in self.operators:
            return
        divisors = {c for c in self.constants if 2 <= c <= 1 << 20}
        for m, ok in self._close_quotients(sorted(divisors | set(range(2, 9)))):
            gap = self.column * m - self.values[:, ok]
            least, most = gap.max(axis=0), gap.min(axis=0) + (m - 1)
            ok, least, most = (part[least <= most] for part in (ok, least, most))
            shift = np.where((least <= 0) & (most >= 0), 0, np.where(least > 0, least, most))
            for position in self._best(ok, 2000 * (shift != 0).astype(np.int64)):
                a, c = int(ok[position]), int(shift[position])
                key = int(self.key[a]) + (4000 if c else 2000) + m // 4

                def build(a: int = a, m: int = m, c: int = c) -> Expression:
                    e = self.bank.expression(a)
                    inner = e if c == 0 else apply("add", e, c) if c > 0 else apply("sub", e, -c)
                    return apply("floordiv", inner, m)

                yield key, build

    def _close_quotients(self, divisors: list[int]) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """Yield the divisors with the entries that some shift makes right on a few rows."""
        rough, few = self.values[:_FEW], self.column[:_FEW]
        together = max(1, _ENTRIES // rough.shape[1])  # divisors at a time: as many as the cache takes
        for start in range(0, len(divisors), together):
            part = np.array(divisors[start : start + together])
            gap = (few * part)[:, :, None] - rough[:, None, :]  # what has to be added, up to m - 1 more; (R, M, N)
            close = gap.max(axis=0) - gap.min(axis=0) < part[:, None]
            for row in np.flatnonzero(close.any(axis=1)).tolist():
                yield int(part[row]), np.flatnonzero(close[row])

    def _bounds(self) -> Iterator[Candidate]:
        """t = min(e, high), max(e, low) or both."""
        if not {"min", "max"} <= self.operators:
            return
        low, high = self.low, self.high
        if low == high:
            return
        both = np.flatnonzero((np.clip(self.values[:8], low, high) == self.column[:8]).all(axis=0))
        both = both[(np.clip(self.values[:, both], low, high) == self.column).all(axis=0)]
        top, bottom = self.values[:, both].max(axis=0), self.values[:, both].min(axis=0)
        yield from self._wrap(both[bottom >= low], 2, lambda e, _: apply("min", e, high))
        yield from self._wrap(both[top <= high], 2, lambda e, _: apply("max", e, low))
        yield from self._wrap(both, 4, lambda e, _: apply("min", apply("max", e, low), high))

    def _thresholds(self) -> Iterator[Candidate]:
        """Truth values: e > k, e < k, e == k, e != k, e % m == k."""
        if not self.truth or self.low == self.high:
            return
        for wanted, equal in ((1, "eq"), (0, "ne")):
            inside, outside = self.values[self.target == wanted], self.values[self.target != wanted]
            least, most = inside.min(axis=0), inside.max(axis=0)
            outer_least, outer_most = outside.min(axis=0), outside.max(axis=0)
            if "gt" in self.operators and wanted == 1:
                yield from self._wrap(np.flatnonzero(least > outer_most), 2, self._cut("gt", "ge", outer_most, least))
                yield from self._wrap(np.flatnonzero(most < outer_least), 2, self._cut("lt", "le", outer_least, most))
            if equal in self.operators:
                ok = np.flatnonzero(least == most)
                ok = ok[(outside[:, ok] != least[ok]).all(axis=0)]
                yield from self._wrap(ok, 2, self._equal(equal, least))
            if {"mod", equal} <= self.operators:
                yield from self._congruences(inside, outside, equal)

    @staticmethod
    def _equal(name: str, value: IntArray) -> Callable[[Expression, int], Expression]:
        return lambda e, i: apply(name, e, int(value[i]))

    @staticmethod
    def _cut(
        strict: str, weak: str, open_bound: IntArray, closed_bound: IntArray
    ) -> Callable[[Expression, int], Expression]:
        """Write the threshold between the two bounds with the easier constant."""

        def build(e: Expression, i: int) -> Expression:
            name, bound = easier_cut(strict, weak, int(open_bound[i]), int(closed_bound[i]))
            return apply(name, e, bound)

        return build

    def _congruences(self, inside: IntArray, outside: IntArray, equal: str) -> Iterator[Candidate]:
        gcd = np.gcd.reduce(inside - inside[0], axis=0)
        ok = np.flatnonzero((gcd >= 2) & (gcd <= 1 << 20))
        ok = ok[(outside[:, ok] % gcd[ok] != inside[0, ok] % gcd[ok]).all(axis=0)]
        yield from self._wrap(
            ok, 4, lambda e, i: apply(equal, apply("mod", e, int(gcd[i])), int(inside[0, i] % gcd[i]))
        )

    def _pairs(self) -> Iterator[Candidate]:
        """t = max(a, b) or min(a, b): neither passes t, and each row is met by one of them."""
        for name, side in (("max", np.less_equal), ("min", np.greater_equal)):
            if name not in self.operators:
                continue
            ok = np.flatnonzero(side(self.values[:_FEW], self.column[:_FEW]).all(axis=0))
            ok = ok[side(self.values[:, ok], self.column).all(axis=0)]
            met = self.values[:, ok] == self.column  # (R, M)
            ok, met = ok[met.any(axis=0)], met[:, met.any(axis=0)]
            order = np.argsort(self.key[ok], kind="stable")[:500]
            ok, missing = ok[order], words_of(~met[:, order])
            i, j = np.nonzero(disjoint(missing, missing))  # no row is missed by both
            keep = i < j
            i, j = ok[i[keep]], ok[j[keep]]
            for position in np.argsort(self.key[i] + self.key[j], kind="stable")[:_KEEP].tolist():
                a, b = int(i[position]), int(j[position])
                yield (
                    int(self.key[a] + self.key[b]) + 1000,
                    self._apply(name, a, b),
                )

    def _conditionals(self) -> Iterator[Candidate]:
        """t = a if c else b, see :mod:`choices`."""
        branches = self.values[:, : self.bank.end_of(self.most - 3)]
        if "where" not in self.operators or not branches.shape[1]:
            return
        yield from known_conditions(self.bank, branches, self.key, self.target)
        if "gt" in self.operators and self.most > _COMPARISON:
            yield from solved_conditions(self.bank, branches, self.key, self.target)
