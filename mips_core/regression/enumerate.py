"""Integer symbolic regression: the smallest formula that reproduces a table exactly.

Bottom-up enumeration (:mod:`bank`) finds every small formula; the last operator is
matched rather than enumerated (:mod:`matching`), which reaches formulas of twice the size.
Large tables are searched on a few telling rows; a formula that fails elsewhere adds the failing row
and the search goes on, so a formula that is returned holds on every row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from mips_core.expressions import Constant, Expression, apply
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression.bank import ARITHMETIC_OPERATORS, LIMIT, Bank
from mips_core.regression.exact import wrapping
from mips_core.regression.formula import Formula, first_failure, holds, rank, tidy, weight
from mips_core.regression.given_table import given_budget, given_table
from mips_core.regression.matching import Matcher
from mips_core.regression.method import Method
from mips_core.regression.probing import probe
from mips_core.stepping import IntArray

DEFAULT_OPERATORS = (*ARITHMETIC_OPERATORS, "gt", "ge", "ne", "where")
MAX_NODES = 25
_ROWS = 40  # rows searched of a larger table
_SAMPLED = 100_000  # rows among which the telling ones of a larger table are looked for
_SMALL_TABLE = 64  # tables up to here are searched whole
_CHEAP = 120_000  # candidates worth spending on a smaller formula once one is known
_SOON = 7  # up to this bound it is cheaper to grow the bank to the end than to look for formulas after each size
_MANY = 10_000  # candidates of a size before which remainders of them are looked for without keeping them
_FAILURES = 8  # rows on which formulas fail that are added at once


@wrapping
def find_expression(
    columns: Mapping[str, IntArray],
    target: IntArray,
    *,
    budget: float = 2.0,
    monitor: Monitor | None = None,
    operators: Sequence[str] = DEFAULT_OPERATORS,
    constants: Sequence[int] | None = None,
    candidates: int = 1_500_000,
    max_nodes: int = MAX_NODES,
) -> Formula | None:
    """Find a small formula with ``formula(columns) == target`` on every row, or None.

    >>> a, b = (grid.ravel() for grid in np.meshgrid(np.arange(5), np.arange(5)))
    >>> from mips_core.expressions import apply, Variable
    >>> found = find_expression({"a": a, "b": b}, (a + b) % 5)
    >>> found.expression == apply("mod", apply("add", Variable("a"), Variable("b")), 5)
    True

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,)
    budget : seconds at most; the number of ``candidates`` is the bound that counts (so that results repeat)
    operators : names of the operator registry
    constants : integers to use besides those solved for; by default 0, 1, 2 and the limits of the data
    candidates : expressions enumerated at most
    max_nodes : larger formulas are not worth having

    Raises
    ------
    BadInputError
        when columns and target differ in length, or hold what is no whole number, or the budget is negative or no
        number.
    Cancelled
        when the caller asks to stop.
    """
    columns, target = given_table(columns, target)
    clock = Stopwatch()
    monitor = (monitor or Monitor()).limited(given_budget(budget))
    if len(target) == 0:
        return None
    expression, seen = _search(
        columns, target, tuple(operators), constants, candidates, max_nodes, monitor
    )  # fmt: skip
    if expression is None or weight(expression) > max_nodes:
        return None
    return Formula(expression, Method.SYMBOLIC, seen, clock.seconds)


def data_constants(columns: Mapping[str, IntArray], target: IntArray) -> tuple[int, ...]:
    """Return 0, 1, 2 and the numbers that the data suggests: limits, ranges and counts of values."""
    numbers = [0, 1, 2]
    for values in (target, *columns.values()):
        low, high = int(values.min()), int(values.max())
        numbers += [high + 1, high, low, high - low + 1]
    small = [n for n in dict.fromkeys(numbers) if abs(n) <= LIMIT]
    return tuple(small[:8])


def telling_rows(columns: Mapping[str, IntArray], target: IntArray, count: int = _ROWS) -> IntArray:
    """Choose rows with different outputs and extreme inputs, sorted; all rows of a small table."""
    n = len(target)
    if n <= _SMALL_TABLE:
        return np.arange(n)
    chosen: dict[int, None] = {}
    for values in (target, *columns.values()):
        chosen[int(np.argmin(values))] = None
        chosen[int(np.argmax(values))] = None
    order = _some_order(n)
    _, first, inverse = np.unique(target[order], return_index=True, return_inverse=True)
    # Rarest outputs first: they tell formulas apart best.
    counts = np.bincount(inverse.ravel())
    for i in first[np.argsort(counts, kind="stable")][: count // 2].tolist():
        chosen[int(order[i])] = None
    for i in order.tolist():
        if len(chosen) >= count:
            break
        chosen[i] = None
    return np.sort(np.array(list(chosen), dtype=np.int64))


@lru_cache(maxsize=8)
def _some_order(count: int) -> IntArray:
    """Return rows in a fixed random order: all, or some of very many."""
    draws = np.random.Generator(np.random.PCG64(7))
    return draws.permutation(count) if count <= _SAMPLED else draws.integers(0, count, _SAMPLED)


def _search(
    columns: Mapping[str, IntArray],
    target: IntArray,
    operators: tuple[str, ...],
    constants: Sequence[int] | None,
    candidates: int,
    max_nodes: int,
    monitor: Monitor,
) -> tuple[Expression | None, int]:
    """Return the best formula and the number of candidates; rows are added until a formula holds on all."""
    if (target == target[0]).all():
        return Constant(int(target[0])), 1
    if constants is None:
        constants = data_constants(columns, target)
    rows = telling_rows(columns, target)
    best: Expression | None = None
    seen = 0
    while True:
        part = {name: np.asarray(values, dtype=np.int64)[rows] for name, values in columns.items()}
        growing = tuple(o for o in operators if o not in ("gt", "ge", "ne"))
        bank = Bank(part, constants=constants, operators=growing)
        attempt = _Attempt(bank, target[rows], operators, columns, target, max_nodes)
        attempt.run(candidates - seen, monitor)
        seen += attempt.candidates
        monitor.check()
        if attempt.best is not None:
            best, max_nodes = attempt.best, weight(attempt.best) - 1
        if not attempt.failures or max_nodes < 1 or monitor.expired or seen >= candidates:
            return best, seen
        # Something smaller was right on the rows of the search: with those on which it fails, it may be mended.
        rows = np.unique(np.concatenate([rows, attempt.failures]))


class _Attempt:
    """A search on some rows of a table: it ends with a formula that holds on all rows, or with rows on which one fails.

    Parameters
    ----------
    bank : over the rows of the search, not yet grown
    part : the target on these rows
    operators : names that formulas may use
    columns, target : the whole table
    max_nodes : larger formulas are not worth having
    """

    def __init__(
        self, bank: Bank, part: IntArray, operators: tuple[str, ...], columns: Mapping[str, IntArray],
        target: IntArray, max_nodes: int,
    ) -> None:  # fmt: skip
        self.bank, self.part, self.operators = bank, part, operators
        self.columns, self.target, self.max_nodes = columns, target, max_nodes
        self.best: Expression | None = None
        self.failures: list[int] = []
        self.probed = 0
        self.ahead: set[int] = set()

    @property
    def candidates(self) -> int:
        """Expressions looked at so far."""
        return self.bank.candidates + self.probed

    @property
    def most(self) -> int:
        """Size above which a formula is not worth having."""
        return self.max_nodes if self.best is None else min(self.max_nodes, weight(self.best) - 1)

    def run(self, candidates: int, monitor: Monitor) -> None:
        """Grow the bank by one size after the other, for as long as it may lead to something smaller.

        An entry of the largest size of worth would be a formula by itself, and one of the size below at most under
        one more operator: those sizes are probed, not kept.
        """
        bank = self.bank
        while True:
            more = bank.size < self.most - 2 and self._affordable(bank.size + 1, candidates)
            if not more or self.most > _SOON:
                self._try(_level(bank, self.part, self.operators, self.most))
                more = bank.size < self.most - 2 and self._affordable(bank.size + 1, candidates)
            if self.failures or monitor.expired or not more:
                break
            if bank.upcoming() > _MANY and self._remainders_ahead():
                continue
            if not bank.grow(monitor):
                return
        for size in range(bank.size + 1, bank.size + 3):
            if self.failures or monitor.expired or size > self.most or not self._affordable(size, candidates):
                return
            self.probed += bank.upcoming(size)
            self._try(probe(bank, self.part, size, under_one_more=size < self.most))

    def _remainders_ahead(self) -> bool:
        """Look for the target among remainders of what the next size would add; say whether that ended in anything.

        The modulus is taken for one more than the largest value.  Remainders of all entries are looked for once
        they are in the bank; but of a size with many it costs much less not to put them there.
        """
        low, modulus = int(self.part.min()), int(self.part.max()) + 1
        size = self.bank.size + 1
        if "mod" not in self.operators or low < 0 or size + 2 > self.most or size in self.ahead:
            return False
        self.ahead.add(size)
        before = self.best
        self._try(probe(self.bank, self.part, size, under_one_more=False, modulus=modulus))
        return self.best is not before

    def _affordable(self, size: int, candidates: int) -> bool:
        allowed = candidates - self.candidates
        return self.bank.upcoming(size) <= (min(allowed, _CHEAP) if self.best is not None else allowed)

    def _try(self, expressions: Sequence[Expression]) -> None:
        """Keep the first formula that holds on the whole table, or note rows on which the first few fail."""
        for expression in expressions:
            if weight(expression) > self.max_nodes or (self.best is not None and rank(expression) >= rank(self.best)):
                return  # they come best first
            failure = first_failure(expression, self.columns, self.target)
            if failure is None:
                self.best = expression
                return
            self.failures.append(failure)
            if len(self.failures) >= _FAILURES:
                return


def _level(bank: Bank, target: IntArray, operators: tuple[str, ...], most: int) -> list[Expression]:
    """Return formulas for the target that the bank holds, or holds but for the last operator, best first."""
    found = Matcher(bank, target, operators, most=most).candidates()
    entry, opposite = bank.find(bank.hash_of(np.stack([target, -target], axis=1))).tolist()
    known = [bank.expression(entry)] if entry >= 0 else []
    if opposite >= 0 and "neg" in operators:
        known.append(apply("neg", bank.expression(opposite)))
    for expression in map(tidy, known):
        if expression not in found and holds(expression, bank.columns, target):
            found.append(expression)
    return sorted(found, key=rank)
