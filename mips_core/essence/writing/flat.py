"""The flat form: where a decision follows from few sums, it is one formula of them.

Two ways lead to the formula.  The thresholds of the first layer cut the values of its linear forms into segments; what
the network decides is a table over segments, which is minimised as a Boolean function of comparisons.  Where the sums
have few values, the table over them is given to regression, which knows arithmetic as well.  Both tables are complete:
nothing is left to samples.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.essence.writing.decisions import (
    MOST_COMBINATIONS,
    NO_DECISION,
    Decisions,
    combinations,
    decide_table,
    minimised,
    shortest_choice,
    spelled,
    values_of_sums,
    winner_of_signs,
)
from mips_core.essence.writing.phrases import (
    at_phrase,
    bounds_of_groups,
    compare,
    cut_phrase,
    denied,
    interval_phrase,
    is_top,
    size_expression,
)
from mips_core.essence.writing.polynomials import Polynomial, Scope
from mips_core.essence.writing.scalars import Form, Line, Scalars, find_lines
from mips_core.essence.writing.written import Rewrite
from mips_core.expressions import Constant, Expression, Variable, apply
from mips_core.expressions.loops import Integer, Nothing
from mips_core.expressions.python import gives_bool
from mips_core.regression import explain_if_function

_OF_SEGMENTS = "decision table over comparisons"
_OF_VALUES = "formula of all values of the sums"
_MOST_ROWS = 1024
MOST_TERMS = 7
"""A sum of more unrelated numbers than these is a table."""
_CANDIDATES = 20_000
_BUDGET = 120.0
"""Seconds: never reached; the number of candidates bounds the work, so that the clock decides nothing."""


@dataclass(frozen=True)
class Basis:
    """Sums as they are named in a formula.

    Parameters
    ----------
    names : of the numbers that formulas are over, one for each sum
    replaced : None, or the number of the sum in whose place the sum of all stands
    """

    names: tuple[str, ...]
    replaced: int | None = None

    def form(self, form: Form) -> Form:
        """Return a linear form in the numbers of this basis."""
        if self.replaced is None:
            return form
        factors = dict(form)
        shift = factors.get(self.replaced, Polynomial())
        found = [
            (k, shift if k == self.replaced else factors.get(k, Polynomial()) - shift) for k in range(len(self.names))
        ]
        return tuple((k, factor) for k, factor in found if factor.terms)

    def columns(self, values: np.ndarray) -> dict[str, np.ndarray]:
        """Return the columns of values of the sums, (R, sums), by name."""
        found = {name: values[:, k] for k, name in enumerate(self.names)}
        if self.replaced is not None:
            found[self.names[self.replaced]] = values.sum(axis=1)
        return found


@dataclass(frozen=True)
class Choice:
    """A formula for one decision.

    Parameters
    ----------
    expression : over the names of the basis, sizes and loop variables
    basis : the numbers that it is over
    rewrite : what it came from
    """

    expression: Expression
    basis: Basis
    rewrite: Rewrite


def flat_choices(
    scalars: Scalars, scope: Scope, head: int, bases: Sequence[Basis], sizes: Mapping[str, Expression]
) -> Iterator[Choice]:
    """Yield formulas for one decision; none where the network has too many segments or values."""
    _, labels = scalars.heads[head]

    def label(outcome: int) -> Expression:
        if outcome == NO_DECISION:
            return Nothing()
        value = labels[outcome]
        return size_expression(value, sizes) if isinstance(value, Polynomial) else Constant(value)

    if any(len(form) > MOST_TERMS for form in scalars.forms):
        return
    lines = find_lines(scalars, scope.within(scalars.loops))
    if combinations(lines) <= MOST_COMBINATIONS:
        table = decide_table(scalars, lines, head)
        for basis in bases:
            why = f"{table.care.sum()} combinations of comparisons can occur, and all were tried."
            rewrite = Rewrite(_OF_SEGMENTS, why)
            for words in (False, True):
                found = by_segments(table, scalars, basis, sizes, label, words)
                if found is not None:
                    yield Choice(_integer(found), basis, rewrite)
    values = values_of_sums(scalars)
    numbers = all(isinstance(each, int) for each in labels)
    if values is None or len(values) > _MOST_ROWS or not numbers or not scalars.is_constant:
        return
    outcome = decided(scalars, values, head)
    if (outcome == NO_DECISION).any():
        return
    target = np.array(labels, dtype=np.int64)[outcome]
    rewrite = Rewrite(_OF_VALUES, f"The sums have {len(values)} combinations of values, and all were tried.")
    columns = bases[0].columns(values)
    if set(np.unique(target)) == {0, 1} and all(set(np.unique(v)) <= {0, 1} for v in columns.values()):
        # Bits read best as "and", "or" and "exclusive or"; arithmetic on them is no shorter, and slow to find.
        for boolean in minimised(columns, target, np.ones(len(target), dtype=bool)):
            yield Choice(_integer(boolean), bases[0], rewrite)
        return
    for basis in bases:
        formula = explain_if_function(basis.columns(values), target, budget=_BUDGET, candidates=_CANDIDATES)
        if formula is not None:
            yield Choice(_integer(formula.expression), basis, rewrite)


def decided(scalars: Scalars, values: np.ndarray, head: int) -> np.ndarray:
    """Return which concept neuron of a head wins for values of the sums, (R, sums) -> (R,)."""
    weights = np.zeros((len(scalars.forms), values.shape[1]), dtype=np.int64)
    for row, form in enumerate(scalars.forms):
        for column, factor in form:
            weights[row, column] = factor.rest
    signs = np.sign(values @ weights.T + np.array([bias.rest for bias in scalars.biases], dtype=np.int64))
    return winner_of_signs(scalars, signs, head)


def _integer(expression: Expression) -> Expression:
    """Return an expression whose value is never a ``bool``."""
    return Integer(expression) if gives_bool(expression) and not isinstance(expression, Constant) else expression


def by_segments(
    table: Decisions,
    scalars: Scalars,
    basis: Basis,
    sizes: Mapping[str, Expression],
    label: Callable[[int], Expression],
    words: bool,
) -> Expression | None:
    """Return the shortest choice over comparisons; with ``words`` bits are compared, so that "and" stands for ``&``."""
    places = np.indices(table.outcome.shape).reshape(table.outcome.ndim, table.outcome.size)
    columns: dict[str, np.ndarray] = {}
    predicates: dict[str, Expression] = {}
    for axis, (line, starts) in enumerate(zip(table.lines, table.starts, strict=True)):
        terms: list[tuple[Expression, Polynomial]] = [
            (Variable(basis.names[k]), factor) for k, factor in basis.form(line.form)
        ]
        if not all(factor.is_constant for _, factor in terms):
            if len(terms) != 1:
                return None
            terms = [(apply("mul", size_expression(terms[0][1], sizes), terms[0][0]), Polynomial.constant(1))]
        spelled_terms = [(term, factor.rest) for term, factor in terms]
        integers = scalars.whole and all(factor.is_constant for _, factor in line.form)
        bounds = bounds_of_groups(line, starts) if integers else None
        is_bit = bounds is not None and len(spelled_terms) == 1 and (line.low, line.high) == (0, 1)
        count = len(starts)
        # What begins at the lowest group is always so, or the opposite of "above".
        intervals = itertools.combinations_with_replacement(range(1, count), 2)
        for low, high in sorted(intervals, key=lambda ends: -ends[1]):
            name = f"p{axis}_{low}_{high}"
            columns[name] = ((places[axis] >= low) & (places[axis] <= high)).astype(np.int64)
            if is_bit:
                bit = spelled_terms[0][0]
                predicates[name] = apply("eq", bit, 1) if words else bit
            elif bounds is not None:
                interval = (bounds[low][0], bounds[high][1])
                predicates[name] = interval_phrase(spelled_terms, interval, (line.low, line.high))
            elif high == count - 1 and (most := _greatest(line, scalars)) and is_top(line.cut(starts[low]), most):
                predicates[name] = compare(spelled_terms, "eq", most, sizes)
            elif high == count - 1:
                predicates[name] = cut_phrase(spelled_terms, line.cut(starts[low]), integers, sizes)
            else:
                above = cut_phrase(spelled_terms, line.cut(starts[low]), integers, sizes)
                below = denied(cut_phrase(spelled_terms, line.cut(starts[high + 1]), integers, sizes))
                same = line.thresholds[(starts[low] - 1) // 2] == line.thresholds[(starts[high + 1] - 1) // 2]
                at = at_phrase(spelled_terms, line.cut(starts[low]), sizes)
                predicates[name] = at if same else apply("and", above, below)

    def spell(formula: Expression) -> Expression:
        return spelled(formula, predicates, denied if words else _bit_denied)

    return shortest_choice(table.outcome.ravel(), table.care.ravel(), columns, label, spell)


def _greatest(line: Line, scalars: Scalars) -> Polynomial | None:
    """Return the greatest value of a line that is one sum of whole numbers."""
    if len(line.form) != 1 or line.form[0][1] != Polynomial.constant(1) or not scalars.whole:
        return None
    return scalars.sums[line.form[0][0]].most


def _bit_denied(truth: Expression) -> Expression:
    return apply("sub", 1, truth) if isinstance(truth, Variable) else denied(truth)
