"""The bank of a bottom-up search: every value vector that small expressions can take, each once.

Expressions are kept as back-pointers (operator, arguments) with their values on the
rows of the search.  Two expressions with the same values are one entry: the smaller,
then the easier to read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.expressions import OPERATORS, Apply, Constant, Expression, Variable
from mips_core.progress import Monitor
from mips_core.regression.formula import ARITHMETIC, READING, SQUARE, TRUTH_AS_NUMBER, reading_cost
from mips_core.regression.small_level import LIMIT, level_at_once
from mips_core.regression.store import Store, first_of_each
from mips_core.stepping import IntArray

# ">" and ">=" are "<" and "<=" with the sides exchanged; tidy() puts them back where they read better.
ARITHMETIC_OPERATORS = ("add", "sub", "mul", "floordiv", "mod", "abs", "min", "max", "eq", "lt", "le", "neg")
_AT_ONCE = 1 << 14  # candidates of a size that are computed in one piece
_BLOCK = 1 << 15  # candidates per block: the block's arrays stay in the cache
_LEAF = -1
_Range = tuple[int, int]
_Split = tuple[str, _Range, _Range, _Range]


@dataclass(frozen=True)
class _Found:
    """New candidates of one block."""

    hashes: IntArray
    costs: IntArray
    operator: int
    left: IntArray
    right: IntArray
    third: IntArray


class Bank(Store):
    """All values of expressions up to a size, grown one size at a time.

    Parameters
    ----------
    columns : named leaves, int64 arrays of shape (R,)
    constants : integers that are leaves as well
    operators : names from the registry

    >>> bank = Bank({"a": np.arange(4)}, constants=(1,), operators=("add",))
    >>> bank.grow() and bank.grow()
    True
    >>> [bank.expression(i).nodes for i in range(len(bank))]
    [1, 1, 3, 3, 3]
    """

    def __init__(self, columns: Mapping[str, IntArray], *, constants: Sequence[int], operators: Sequence[str]) -> None:
        super().__init__(len(next(iter(columns.values()))))
        self.operators = tuple(operators)
        self.truths = np.array([OPERATORS[name].is_truth for name in self.operators], dtype=bool)
        self.columns = {name: np.asarray(values, dtype=np.int64) for name, values in columns.items()}
        self.constants = tuple(dict.fromkeys(constants))
        self.leaves: list[Expression] = []
        self.candidates = 0
        self._known_splits: dict[tuple[int, int], list[_Split]] = {}
        self.starts = [0, 0]  # entries of size s are starts[s] .. starts[s + 1]
        leaves: list[Expression] = [*map(Variable, self.columns), *map(Constant, self.constants)]
        fixed = np.tile(np.array(self.constants, dtype=np.int64), (self.rows, 1))
        values = np.concatenate([np.stack(list(self.columns.values()), axis=1), fixed], axis=1)
        self._add_leaves(leaves, values, np.array([reading_cost(leaf) for leaf in leaves]))
        self._close_level()

    @staticmethod
    def of(columns: Mapping[str, IntArray], forms: Sequence[Expression], values: IntArray, costs: IntArray) -> Bank:
        """Return a bank that holds the given expressions, with their values (R, N), and does not grow."""
        bank = Bank(columns, constants=(), operators=())
        bank._add_leaves(forms, values, costs)
        bank.starts.pop()
        bank._close_level()
        return bank

    @property
    def size(self) -> int:
        """Largest size that is complete."""
        return len(self.starts) - 2

    def expression(self, entry: int) -> Expression:
        """Build the expression of one entry."""
        operator = int(self._fields["operator"][entry])
        if operator == _LEAF:
            return self.leaves[int(self._fields["left"][entry])]
        name = self.operators[operator]
        pointers = (self._fields[key][entry] for key in ("left", "right", "third"))
        arguments = [self.expression(int(p)) for p, _ in zip(pointers, range(OPERATORS[name].arity), strict=False)]
        return Apply(name, tuple(arguments))

    def end_of(self, size: int) -> int:
        """Return the number of entries of at most ``size`` nodes, among the sizes that are complete."""
        return self.starts[min(size, self.size) + 1] if size >= 1 else 0

    # -- growing ------------------------------------------------------------------------------------------------

    def upcoming(self, size: int | None = None) -> int:
        """Return the number of candidates of the next size, or of another one from what is in the bank."""
        splits = self._splits(self.size + 1 if size is None else size)
        return sum((i1 - i0) * (j1 - j0) * (k1 - k0) for _, (i0, i1), (j0, j1), (k0, k1) in splits)

    def pairs(self, size: int) -> Iterator[tuple[str, range, range]]:
        """Yield (operator, entries on the left, entries on the right) of two arguments that make up a size."""
        for name, left, right, _ in self._splits(size):
            if OPERATORS[name].arity == 2:
                yield name, range(*left), range(*right)

    def grow(self, monitor: Monitor | None = None) -> bool:
        """Add all expressions of the next size; False when the monitor's time ran out (nothing is added then)."""
        size = self.size + 1
        splits = self._splits(size)
        if splits and self.upcoming() <= _AT_ONCE:
            if monitor is not None and monitor.expired:
                monitor.check()
                return False
            self.candidates += self.upcoming()
            values, fields = level_at_once(self, splits, size)
            self.append(values, **fields)
            self._close_level()
            return True
        found: list[_Found] = []
        pending = 0
        for name, left, right, third in splits:
            for block in self._blocks(name, left, right, third):
                if monitor is not None and monitor.expired:
                    monitor.check()
                    return False
                found.append(block)
                pending += len(block.hashes)
                if pending > 1_500_000:
                    found = [*self._merge(found)]
                    pending = sum(len(f.hashes) for f in found)
        for block in self._merge(found):
            self._store(block, size)
        self._close_level()
        return True

    def _range(self, size: int) -> _Range:
        return (self.starts[size], self.starts[size + 1]) if 1 <= size <= self.size else (0, 0)

    def _splits(self, size: int) -> list[_Split]:
        """List (operator, range of first, second, third argument) whose sizes add up."""
        known = self._known_splits.get((self.size, size))
        if known is None:
            known = self._known_splits[self.size, size] = self._new_splits(size)
        return known

    def _new_splits(self, size: int) -> list[_Split]:
        none = (0, 1)
        result = []
        for name in self.operators:
            operator = OPERATORS[name]
            if operator.arity == 1:
                result.append((name, self._range(size - 1), none, none))
            elif operator.arity == 2:
                for a in range(1, size - 1):
                    b = size - 1 - a
                    if (operator.commutative and a < b) or (name in ("mod", "floordiv") and b > 1):
                        continue
                    result.append((name, self._range(a), self._range(b), none))
            elif size <= 6:  # conditionals inside formulas stay small; larger ones are matched at the root
                for a in range(1, size - 2):
                    for b in range(1, size - 1 - a):
                        result.append((name, self._range(a), self._range(b), self._range(size - 1 - a - b)))
        return [split for split in result if all(high > low for low, high in split[1:])]

    def _blocks(self, name: str, left: _Range, right: _Range, third: _Range) -> Iterator[_Found]:
        arity = OPERATORS[name].arity
        low, high, size = self._fields["low"], self._fields["high"], self._fields["size"]
        if arity == 1:
            for i in range(left[0], left[1], _BLOCK):
                ids = np.arange(i, min(left[1], i + _BLOCK))
                yield self._new(name, ids, np.zeros_like(ids), np.zeros_like(ids))
            return
        if arity == 3:
            conditions = np.arange(*left)
            conditions = conditions[(low[conditions] == 0) & (high[conditions] == 1)]
            b, c = (grid.ravel() for grid in np.meshgrid(np.arange(*right), np.arange(*third), indexing="ij"))
            for condition in conditions.tolist():
                yield self._new(name, np.full(len(b), condition), b, c)
            return
        rights = np.arange(*right)
        if name in ("mod", "floordiv"):
            rights = rights[(low[rights] >= 2) & (size[rights] == 1)]
        wide = np.arange(*left)
        same = OPERATORS[name].commutative and left == right
        step = max(1, _BLOCK // max(1, len(wide)))
        for j in range(0, len(rights), step):
            part = rights[j : j + step]
            for i in range(0, len(wide), _BLOCK):
                ids = wide[i : i + _BLOCK]
                if same:
                    ids = ids[ids <= part[-1]]
                if len(ids):
                    yield self._new(name, ids, part, None, ordered=same)

    def _new(self, name: str, left: IntArray, right: IntArray, third: IntArray | None, ordered: bool = False) -> _Found:
        """Hash one block of candidates and keep those whose values are new.

        Binary operators (third None) take every pair, or with ``ordered`` those with left <= right;
        otherwise arguments go element by element.
        """
        index = self.operators.index(name)
        pairs = third is None
        hashes = self.hash_block(name, left, right, third).ravel()
        self.candidates += len(hashes)
        fresh = np.flatnonzero(self.find(hashes) < 0)
        if pairs:
            a, b = left[fresh % len(left)], right[fresh // len(left)]
            if ordered:
                keep = a <= b
                fresh, a, b = fresh[keep], a[keep], b[keep]
            c = np.zeros_like(a)
            if name == "mul":  # products that outgrow the limit
                keep = self.products_within(a, b, LIMIT)
                fresh, a, b, c = fresh[keep], a[keep], b[keep], c[keep]
        else:
            assert third is not None
            a, b, c = left[fresh], right[fresh], third[fresh]
        return _Found(hashes[fresh], self._costs(name, a, b, c), index, a, b, c)

    def _costs(self, name: str, a: IntArray, b: IntArray, c: IntArray) -> IntArray:
        cost, operator = self._fields["cost"], self._fields["operator"]
        arity = OPERATORS[name].arity
        total = cost[a] + READING.get(name, 4)
        arguments = (a, b, c)[:arity]
        for more in arguments[1:]:
            total = total + cost[more]
        if name in ARITHMETIC:
            for argument in arguments:
                used = operator[argument]
                total = total + TRUTH_AS_NUMBER * (self.truths[used] & (used >= 0))
        return total + SQUARE * (a == b) if name == "mul" else total

    def _merge(self, found: list[_Found]) -> list[_Found]:
        """Keep the cheapest of each value, in a fixed order."""
        if not found:
            return []
        hashes = np.concatenate([f.hashes for f in found])
        costs = np.concatenate([f.costs for f in found])
        operators = np.concatenate([np.full(len(f.hashes), f.operator, dtype=np.int16) for f in found])
        left, right, third = (
            np.concatenate([getattr(f, key) for f in found]).astype(np.int32) for key in ("left", "right", "third")
        )
        keep = first_of_each(hashes, costs)
        return [
            _Found(hashes[keep][m], costs[keep][m], op, left[keep][m], right[keep][m], third[keep][m])
            for op in range(len(self.operators))
            if (m := operators[keep] == op).any()
        ]

    # -- storing ------------------------------------------------------------------------------------------------

    def _store(self, block: _Found, size: int) -> None:
        operator = OPERATORS[self.operators[block.operator]]
        pointers = (block.left, block.right, block.third)[: operator.arity]
        values = operator.compute(*(self._values[:, p] for p in pointers)).astype(np.int64, copy=False)
        low, high = values.min(axis=0), values.max(axis=0)
        keep = (low >= -LIMIT) & (high <= LIMIT)
        n = int(keep.sum())
        self.append(
            values[:, keep], hash=block.hashes[keep], cost=block.costs[keep], operator=np.full(n, block.operator),
            left=block.left[keep], right=block.right[keep], third=block.third[keep], low=low[keep], high=high[keep],
            size=np.full(n, size),
        )  # fmt: skip

    def _close_level(self) -> None:
        self.starts.append(len(self))
        self.index()

    def _add_leaves(self, leaves: Sequence[Expression], values: IntArray, costs: IntArray) -> None:
        hashes = self.hash_of(values)
        _, first = np.unique(hashes, return_index=True)
        keep = np.sort(first[~np.isin(hashes[first], self.field("hash"))])
        part, n, none = values[:, keep], len(keep), np.zeros(len(keep), dtype=np.int64)
        self.append(
            part, hash=hashes[keep], cost=costs[keep], operator=np.full(n, _LEAF), left=len(self.leaves) + np.arange(n),
            right=none, third=none, low=part.min(axis=0), high=part.max(axis=0),
            size=np.array([leaves[i].nodes for i in keep.tolist()]),
        )  # fmt: skip
        self.leaves.extend(leaves[i] for i in keep.tolist())
