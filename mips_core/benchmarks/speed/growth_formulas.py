"""How the search for a formula grows: with the rows of the table, with its variables, with the formulas looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from mips_core.benchmarks.speed.contestant import OURS, Judgement
from mips_core.benchmarks.speed.growth import Growth, measure_growth
from mips_core.progress import Monitor
from mips_core.regression import Formula, explain_table, find_expression
from mips_core.regression.formula import holds
from mips_core.stepping import IntArray

_CAP = 60.0
_ROWS = (10**2, 10**3, 10**4, 10**5, 10**6, 10**7)
_VARIABLES = (2, 4, 8, 16, 32, 64)
_CANDIDATES = (10**3, 10**4, 10**5, 10**6)
_QUICK = 2
_TABLE_ROWS = 1000
_PAIRS = "every pair of variables is looked at, and there are n^2 of them"


@dataclass(frozen=True)
class _Table:
    columns: Mapping[str, IntArray]
    target: IntArray


@dataclass(frozen=True)
class Explaining:
    """Explain the sum of the first and the last column modulo 7.

    Parameters
    ----------
    rows, variables : size of the table
    """

    rows: int
    variables: int
    name: str = OURS

    def prepare(self) -> _Table:
        """Draw the columns from 0 to 9."""
        draws = np.random.default_rng(self.rows + self.variables)
        columns = {f"x{i}": draws.integers(0, 10, self.rows) for i in range(self.variables)}
        return _Table(columns, (columns["x0"] + columns[f"x{self.variables - 1}"]) % 7)

    def run(self, prepared: _Table) -> Formula | None:
        """Look for the formula."""
        return explain_table(prepared.columns, prepared.target, budget=_CAP)

    def judge(self, prepared: _Table, output: Formula | None) -> Judgement:
        """Whether it holds on every row."""
        return Judgement(output is not None and holds(output.expression, prepared.columns, prepared.target))


@dataclass(frozen=True)
class Exhausting:
    """Look at so many formulas for a table of random numbers, which has none.

    Parameters
    ----------
    candidates : formulas to look at, about
    """

    candidates: int
    name: str = OURS

    def prepare(self) -> _Table:
        """Draw three columns and a target."""
        draws = np.random.default_rng(0)
        columns = {name: draws.integers(0, 10, _TABLE_ROWS) for name in "abc"}
        return _Table(columns, draws.integers(0, 1000, _TABLE_ROWS))

    def run(self, prepared: _Table) -> Formula | None:
        """Search until the number is reached."""
        return find_expression(prepared.columns, prepared.target, budget=_CAP, candidates=self.candidates)

    def judge(self, prepared: _Table, output: Formula | None) -> Judgement:
        """Whether nothing was found, as there is nothing."""
        return Judgement(output is None, {}, "" if output is None else "found a formula of random numbers")


def growth(*, quick: bool, monitor: Monitor) -> Iterator[Growth]:
    """Measure rows, variables and candidates."""
    most = _QUICK if quick else None
    yield measure_growth(
        "explain a table", "rows", "3 variables, (x0 + x2) % 7", _ROWS[:most], lambda rows: Explaining(rows, 3),
        cap=_CAP, monitor=monitor,
    )  # fmt: skip
    yield measure_growth(
        "explain a table", "variables", f"{_TABLE_ROWS} rows, (first + last) % 7", _VARIABLES[:most],
        lambda variables: Explaining(_TABLE_ROWS, variables), cap=_CAP, monitor=monitor, why=_PAIRS,
    )  # fmt: skip
    yield measure_growth(
        "search a table that has no formula", "candidates", f"{_TABLE_ROWS} rows, 3 variables", _CANDIDATES[:most],
        Exhausting, cap=_CAP, monitor=monitor,
    )  # fmt: skip
