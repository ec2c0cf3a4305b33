"""What a user would minimise a truth table with: SymPy's SOPform, and espresso as PyEDA compiles it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.benchmarks.speed.boolean_cases import Bits, BooleanCase
from mips_core.benchmarks.speed.contestant import Judgement

Literals = tuple[int, int]
"""A product: bits of the variables that occur unnegated, and of those that occur negated."""


def judged(products: Iterable[Literals], ones: Bits, zeros: Bits) -> Judgement:
    """Say whether the or of products is right on every row that counts.

    Parameters
    ----------
    ones, zeros : bool, shape (2^n,), by minterm
    """
    rows = np.arange(len(ones))
    value = np.zeros(len(ones), dtype=bool)
    terms = literals = 0
    for positive, negative in products:
        value |= (rows & (positive | negative)) == positive
        terms += 1
        literals += (positive | negative).bit_count()
    wrong = np.flatnonzero((ones & ~value) | (zeros & value))
    reason = f"wrong on {len(wrong):,} rows, first on {wrong[0]}" if len(wrong) else ""
    return Judgement(not len(wrong), {"literals": literals, "terms": terms}, reason)


@dataclass(frozen=True)
class _Minimiser(ABC):
    """What the peers share; ``prepare`` returns the case's ones and zeros last.

    Parameters
    ----------
    case, seed : which truth table
    """

    name: str
    case: BooleanCase
    seed: int

    def judge(self, prepared: Any, output: Any) -> Judgement:
        """Test every row."""
        *_, ones, zeros = prepared
        return judged(self.products(output), ones, zeros)

    @abstractmethod
    def products(self, output: Any) -> list[Literals]:
        """Return the products of what ``run`` returned."""


@dataclass(frozen=True)
class SympySumOfProducts(_Minimiser):
    """``SOPform`` of SymPy, from lists of minterms and don't-cares; it has no settings."""

    def prepare(self) -> Any:
        """Return symbols, minterms and don't-cares; SymPy's first symbol is the highest bit."""
        from sympy import symbols
        from sympy.logic import SOPform

        ones, zeros = self.case.draw(self.seed)
        names = symbols([f"x{i}" for i in range(self.case.variables)])
        open_rows = np.flatnonzero(~ones & ~zeros).tolist()
        return SOPform, names[::-1], np.flatnonzero(ones).tolist(), open_rows, ones, zeros

    def run(self, prepared: Any) -> Any:
        """Minimise."""
        sum_of_products, names, minterms, open_rows, *_ = prepared
        return sum_of_products(names, minterms, open_rows)

    def products(self, output: Any) -> list[Literals]:
        """Return the products as bits."""
        from sympy import And, Not, Or

        products = []
        for term in [] if output == False else Or.make_args(output):  # noqa: E712
            positive = negative = 0
            for literal in [] if term == True else And.make_args(term):  # noqa: E712
                if isinstance(literal, Not):
                    negative |= 1 << int(str(literal.args[0])[1:])
                else:
                    positive |= 1 << int(str(literal)[1:])
            products.append((positive, negative))
        return products


@dataclass(frozen=True)
class Espresso(_Minimiser):
    """``espresso_tts`` of PyEDA, from its own truth table, with the settings that PyEDA ships."""

    def prepare(self) -> Any:
        """Return the truth table; making it is not timed."""
        from pyeda.boolalg.bfarray import ttvars
        from pyeda.boolalg.minimization import espresso_tts
        from pyeda.boolalg.table import truthtable

        ones, zeros = self.case.draw(self.seed)
        text = "".join("1" if one else "0" if zero else "-" for one, zero in zip(ones, zeros, strict=True))
        return espresso_tts, truthtable(ttvars("x", self.case.variables), text), ones, zeros

    def run(self, prepared: Any) -> Any:
        """Minimise."""
        minimise, table, *_ = prepared
        return minimise(table)[0]

    def products(self, output: Any) -> list[Literals]:
        """Return the products as bits."""
        products = []
        for term in output.cover:  # sets of literals
            positive = negative = 0
            for literal in term:
                text = str(literal)
                bit = 1 << int(text.lstrip("~x[").rstrip("]"))
                if text.startswith("~"):
                    negative |= bit
                else:
                    positive |= bit
            products.append((positive, negative))
        return products


@dataclass(frozen=True)
class EspressoRoutine(_Minimiser):
    """The compiled routine below ``espresso_tts``, alone: its input is listed beforehand, its output left as it is."""

    def prepare(self) -> Any:
        """Return the rows as the routine wants them, 1 for a negated variable and 2 for an unnegated one."""
        from pyeda.boolalg import espresso
        from pyeda.boolalg.minimization import CONFIG

        ones, zeros = self.case.draw(self.seed)
        n = self.case.variables
        outputs = np.where(ones, 1, np.where(zeros, 0, 2)).tolist()
        rows = {(tuple(2 if row >> i & 1 else 1 for i in range(n)), (outputs[row],)) for row in range(1 << n)}
        return espresso, CONFIG, rows, ones, zeros

    def run(self, prepared: Any) -> Any:
        """Minimise, as ``espresso_tts`` does it."""
        espresso, settings, rows, *_ = prepared
        espresso.set_config(**settings)
        return espresso.espresso(self.case.variables, 1, rows, intype=espresso.FTYPE | espresso.DTYPE | espresso.RTYPE)

    def products(self, output: Any) -> list[Literals]:
        """Return the products as bits."""
        return [
            (sum(1 << i for i, v in enumerate(inputs) if v == 2), sum(1 << i for i, v in enumerate(inputs) if v == 1))
            for inputs, outputs in output
            if outputs[0]
        ]
