"""Boolean regression: the smallest formula of a truth table.

Truth tables are packed into 64-bit words, so that one machine instruction combines two
functions on all rows; functions are enumerated by size, each once, and the last
operator is matched.  Rows that are not listed are don't-cares.  Where the search ends without a formula, the
algebraic normal form (exclusive or of products) and two-level minimisation stand in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import Expression, Variable, apply
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression.enumerate import telling_rows
from mips_core.regression.formula import Formula, first_failure, rank
from mips_core.regression.method import Method
from mips_core.regression.two_level import normal_form, two_level
from mips_core.stepping import IntArray

Words = NDArray[np.uint64]
_OPERATORS = ("xor", "and", "or", "eq", "not")
_PAIRS = 600_000  # pairs combined per size at most
_MATCHED = 700  # supersets and subsets of the target that are paired at the end


def is_boolean(columns: Mapping[str, IntArray], target: IntArray) -> bool:
    """Return whether every column and the target hold only 0 and 1."""
    return all(bool(((values == 0) | (values == 1)).all()) for values in (target, *columns.values()))


def find_boolean(
    columns: Mapping[str, IntArray],
    target: IntArray,
    *,
    care: NDArray[np.bool_] | None = None,
    max_nodes: int = 25,
    monitor: Monitor | None = None,
) -> Formula | None:
    """Return a formula over ``& | ^ == 1-`` with fewest nodes among those searched, or None.

    >>> a, b, c = (grid.ravel() for grid in np.meshgrid([0, 1], [0, 1], [0, 1], indexing="ij"))
    >>> find_boolean({"a": a, "b": b, "c": c}, a ^ b ^ c).expression.nodes
    5

    Parameters
    ----------
    columns : variable name -> array of 0 and 1, shape (R,)
    target : array of 0 and 1, shape (R,)
    care : rows that count, shape (R,); all by default
    max_nodes : larger formulas are not worth having
    """
    clock = Stopwatch()
    monitor = monitor or Monitor()
    if care is not None:
        columns = {name: values[care] for name, values in columns.items()}
        target = target[care]
    if len(target) == 0 or (target == target[0]).all() or not columns:
        return None  # constants are no Boolean formula
    rows = telling_rows(columns, target)
    options: list[Expression] = []
    while not monitor.expired:
        expression = _search({name: values[rows] for name, values in columns.items()}, target[rows], max_nodes, monitor)
        if expression is None:
            break
        failure = first_failure(expression, columns, target)
        if failure is None:
            options.append(expression)
            break
        if len(rows) >= 64:
            break
        rows = np.unique([*rows.tolist(), failure])
    monitor.check()
    if not options:
        options = [
            e for e in (normal_form(columns, target), two_level(columns, target, most_nodes=max_nodes)) if e is not None
        ]
        options = [e for e in options if first_failure(e, columns, target) is None]
    best = min(options, key=rank, default=None)
    if best is None or best.nodes > max_nodes:
        return None
    return Formula(best, Method.BOOLEAN, 0, clock.seconds)


@dataclass(frozen=True)
class _Level:
    """Functions of one size: packed tables and back-pointers (operator, left, right) into all functions."""

    tables: Words
    operator: NDArray[np.int8]
    left: IntArray
    right: IntArray


def _pack(bits: IntArray) -> np.uint64:
    word = 0
    for i, bit in enumerate(bits.tolist()):
        word |= bit << i
    return np.uint64(word)


class _Functions:
    """All Boolean functions found so far, in order of size."""

    def __init__(self, columns: Mapping[str, IntArray]) -> None:
        rows = len(next(iter(columns.values())))
        self.full = np.uint64((1 << rows) - 1)
        packed: dict[int, str] = {}
        for name, values in columns.items():
            packed.setdefault(int(_pack(values)), name)
        packed = {w: n for w, n in packed.items() if w not in (0, int(self.full))}
        self.names = list(packed.values())
        count = len(packed)
        none = np.zeros(count, dtype=np.int64)
        self.tables: Words = np.array(list(packed), dtype=np.uint64)
        self.operator = np.full(count, -1, dtype=np.int8)
        self.left, self.right = np.arange(count), none
        self.size = np.ones(count, dtype=np.int64)
        self.starts = [0, 0, count]

    def expression(self, i: int) -> Expression:
        """Build the expression of one function."""
        op = int(self.operator[i])
        if op < 0:
            return Variable(self.names[int(self.left[i])])
        if _OPERATORS[op] == "not":
            return apply("sub", 1, self.expression(int(self.left[i])))
        return apply(_OPERATORS[op], self.expression(int(self.left[i])), self.expression(int(self.right[i])))

    def level(self, size: int) -> NDArray[np.int64]:
        """Return the positions of all functions of one size."""
        return np.arange(self.starts[size], self.starts[size + 1]) if 1 <= size < len(self.starts) - 1 else np.arange(0)

    def grow(self) -> bool:
        """Add the functions of the next size; False when there would be too many pairs."""
        size = len(self.starts) - 1
        splits = [(a, size - 1 - a) for a in range(1, size - 1) if a <= size - 1 - a]
        if sum(len(self.level(a)) * len(self.level(b)) for a, b in splits) > _PAIRS:
            return False
        tables, ops, lefts, rights = [], [], [], []
        for a, b in splits:
            i, j = (grid.ravel() for grid in np.meshgrid(self.level(a), self.level(b), indexing="ij"))
            u, v = self.tables[i], self.tables[j]
            for op, word in enumerate((u ^ v, u & v, u | v, (u ^ v) ^ self.full)):
                tables.append(word)
                ops.append(np.full(len(word), op, dtype=np.int8))
                lefts.append(i)
                rights.append(j)
        i = self.level(size - 2)
        tables.append(self.tables[i] ^ self.full)
        ops.append(np.full(len(i), _OPERATORS.index("not"), dtype=np.int8))
        lefts.append(i)
        rights.append(i)
        word = np.concatenate(tables)
        _, first = np.unique(word, return_index=True)
        keep = np.sort(first)
        keep = keep[~np.isin(word[keep], self.tables) & (word[keep] != 0) & (word[keep] != self.full)]
        self.tables = np.concatenate([self.tables, word[keep]])
        self.operator = np.concatenate([self.operator, np.concatenate(ops)[keep]])
        self.left = np.concatenate([self.left, np.concatenate(lefts)[keep]])
        self.right = np.concatenate([self.right, np.concatenate(rights)[keep]])
        self.size = np.concatenate([self.size, np.full(len(keep), size)])
        self.starts.append(len(self.tables))
        return True

    def match(self, goal: np.uint64) -> Expression | None:
        """Return the smallest formula that is a function found, or one operator on two of them."""
        order = np.argsort(self.tables, kind="stable")
        known = self.tables[order]

        def find(words: Words) -> IntArray:
            place = np.minimum(np.searchsorted(known, words), len(known) - 1)
            return np.where(known[place] == words, order[place], -1)

        options: list[tuple[int, int, str, int, int]] = []
        hit = int(find(np.array([goal]))[0])
        if hit >= 0:
            return self.expression(hit)
        for order_of_op, op, other in ((0, "xor", self.tables ^ goal), (3, "eq", self.tables ^ goal ^ self.full)):
            partner = find(other)
            ok = np.flatnonzero(partner >= 0)
            if len(ok):
                total = self.size[ok] + self.size[partner[ok]]
                best = int(np.argmin(total))
                options.append((int(total[best]) + 1, order_of_op, op, int(ok[best]), int(partner[ok[best]])))
        inner = find(np.array([goal ^ self.full]))[0]
        if inner >= 0:
            options.append((int(self.size[inner]) + 2, 1, "not", int(inner), 0))
        for op, ok in (
            ("and", np.flatnonzero((self.tables & goal) == goal)[:_MATCHED]),
            ("or", np.flatnonzero((self.tables | goal) == goal)[:_MATCHED]),
        ):
            u, v = self.tables[ok][:, None], self.tables[ok][None, :]
            i, j = np.nonzero((u & v if op == "and" else u | v) == goal)
            if len(i):
                total = self.size[ok[i]] + self.size[ok[j]]
                best = int(np.argmin(total))
                options.append((int(total[best]) + 1, 2, op, int(ok[i[best]]), int(ok[j[best]])))
        if not options:
            return None
        _, _, op, left, right = min(options)
        if op == "not":
            return apply("sub", 1, self.expression(left))
        return apply(op, self.expression(left), self.expression(right))


def _search(columns: Mapping[str, IntArray], target: IntArray, max_nodes: int, monitor: Monitor) -> Expression | None:
    """Return the smallest formula on at most 64 rows."""
    functions = _Functions(columns)
    if not len(functions.tables):
        return None
    goal = _pack(target)
    best: Expression | None = None
    while not monitor.expired:
        found = functions.match(goal)
        if found is not None and (best is None or rank(found) < rank(best)):
            best = found
        largest = len(functions.starts) - 2
        # All functions up to this size are known, so nothing smaller than size + 1 was missed.
        if largest >= (max_nodes if best is None else best.nodes - 1) or not functions.grow():
            break
        if len(functions.starts) > 8 and functions.starts[-1] == functions.starts[-4]:
            break  # closed: three sizes brought nothing new
    return best
