"""Conditionals of two leaves: by a truth value, or by a comparison of two leaves that is solved for.

Which rows a branch is right on says what the condition has to be: it holds where the other branch is wrong, and does
not where this one is.  Rows on which both are right may go either way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import OPERATORS, Apply, Constant, Expression, Variable, apply
from mips_core.regression.formula import READING, reading_cost, reading_of_constant
from mips_core.regression.leaf_plan import Candidate
from mips_core.stepping import IntArray

BY_TRUTH_VALUE = 5  # weight of a choice between leaves by a truth value
BY_COMPARISON = 6
_COMPARED = ("eq", "ne", "ge", "gt", "le", "lt")
_EASY = (0, 1, 2)
_COMPARISON = READING["where"] + reading_cost(apply("eq", Variable("x"), 0))  # the easiest one, without branches


@dataclass(frozen=True)
class Branch:
    """A leaf, perhaps with a sign, and the rows on which it is the target, as bits."""

    expression: Expression
    met: int


def short_choices(
    columns: Mapping[str, IntArray], target: IntArray, rows: IntArray, leaves: Sequence[Expression], values: IntArray
) -> Iterator[Candidate]:
    """Yield choices between two leaves that are the target on some rows, with their weight.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,)
    rows : some rows, shape (S,)
    leaves : what may be a branch: columns, constants, and either under a sign
    values : theirs on these rows, int64, shape (N, S)
    """
    part = target[rows]
    everywhere = (1 << len(rows)) - 1
    branches = [Branch(e, met) for e, met in zip(leaves, _as_bits(values == part), strict=True) if met]
    branches += _other_constants(branches, part)
    for name, column in columns.items():
        if column.min() == 0 and column.max() == 1:
            holds = _as_bits(column[rows][None] == 1)[0]
            yes = [b.expression for b in branches if not holds & ~b.met] or _constant(part, column[rows] == 1)
            no = [b.expression for b in branches if not (everywhere ^ holds) & ~b.met]
            no = no or _constant(part, column[rows] == 0)
            for one in yes:
                for two in no:
                    weight = BY_TRUTH_VALUE + one.nodes + two.nodes - 2
                    cost = READING["where"] + sum(map(reading_cost, (Variable(name), one, two)))
                    yield weight, cost, partial(_chosen, Variable(name), one, two)
    plain = [b for b in branches if b.expression.nodes == 1]
    for a, b in permutations(plain, 2):
        if a.met | b.met == everywhere:
            cost = _COMPARISON + reading_cost(a.expression) + reading_cost(b.expression)
            yield BY_COMPARISON, cost, partial(_compared, columns, target, rows, a.expression, b.expression)


def _as_bits(rows: NDArray[np.bool_]) -> list[int]:
    """Return truth values (N, S) as N numbers of S bits."""
    packed = np.packbits(rows, axis=1, bitorder="little")
    return [int.from_bytes(line.tobytes(), "little") for line in packed]


def _other_constants(branches: Sequence[Branch], part: IntArray) -> list[Branch]:
    """Return the constants that are right wherever a column is not, but for those among the branches."""
    known = {b.expression.value for b in branches if isinstance(b.expression, Constant)}
    numbers = set()
    for branch in branches:
        if isinstance(branch.expression, Variable):
            wrong = [value for i, value in enumerate(part.tolist()) if not branch.met >> i & 1]
            if wrong and wrong[0] not in known and wrong.count(wrong[0]) == len(wrong):
                numbers.add(wrong[0])
    return [Branch(Constant(number), _as_bits(part[None] == number)[0]) for number in sorted(numbers)]


def _constant(part: IntArray, rows: NDArray[np.bool_]) -> list[Expression]:
    """Return the constant that the target is on some rows, if it is one."""
    wanted = part[rows]
    return [Constant(int(wanted[0]))] if len(wanted) and (wanted == wanted[0]).all() else []


def _chosen(condition: Expression, one: Expression, two: Expression) -> Iterator[Expression]:
    yield apply("where", condition, one, two)


def _compared(
    columns: Mapping[str, IntArray], target: IntArray, rows: IntArray, one: Expression, two: Expression
) -> Iterator[Expression]:
    """Yield the choices between two leaves by the comparisons that are right on the rows, then on all."""
    few = {name: values[rows] for name, values in columns.items()}
    for table, wanted in ((few, target[rows]), (columns, target)):
        inside, outside = _differs(two, table, wanted), _differs(one, table, wanted)
        if wanted is not target and not (inside.any() and outside.any()):
            continue  # one branch is right on all the rows looked at first
        found = [*_conditions(table, inside, outside)]
        if (inside & outside).any() or not found:
            return
    yield from (apply("where", condition, one, two) for condition in found)


def _differs(leaf: Expression, columns: Mapping[str, IntArray], target: IntArray) -> NDArray[np.bool_]:
    value = columns[leaf.name] if isinstance(leaf, Variable) else leaf.value if isinstance(leaf, Constant) else None
    assert value is not None
    return np.asarray(value != target)


def _conditions(
    columns: Mapping[str, IntArray], inside: NDArray[np.bool_], outside: NDArray[np.bool_]
) -> Iterator[Expression]:
    """Yield comparisons of two leaves that hold on the rows inside and on none outside, each bool (R,)."""
    for name, values in columns.items():
        yield from (
            apply(operator, Variable(name), bound) for operator, bound in _cuts(values[inside], values[outside], values)
        )
    for (a, left), (b, right) in permutations(columns.items(), 2):
        for operator in _COMPARED:
            if OPERATORS[operator].commutative and a > b:
                continue
            compute = OPERATORS[operator].compute
            if compute(left[inside], right[inside]).all() and not compute(left[outside], right[outside]).any():
                yield Apply(operator, (Variable(a), Variable(b)))


def _cuts(inside: IntArray, outside: IntArray, values: IntArray) -> Iterator[tuple[str, int]]:
    """Yield comparisons with a constant that hold for all values inside and for none outside."""
    least, most, outer_least, outer_most = map(int, (inside.min(), inside.max(), outside.min(), outside.max()))
    if least > outer_most:
        yield "gt", _easiest(outer_most, least - 1, values)
        yield "ge", _easiest(outer_most + 1, least, values)
    if most < outer_least:
        yield "lt", _easiest(most + 1, outer_least, values)
        yield "le", _easiest(most, outer_least - 1, values)
    if least == most and (outside != least).all():
        yield "eq", least
    if outer_least == outer_most and (inside != outer_least).all():
        yield "ne", outer_least


def _easiest(low: int, high: int, values: IntArray) -> int:
    """Return the limit, or the easy number or value between the limits, that is easiest to read."""
    between = {low, high, *_EASY, *values[(values >= low) & (values <= high)].tolist()}
    return min((v for v in between if low <= v <= high), key=lambda v: (reading_of_constant(v), str(v)))
