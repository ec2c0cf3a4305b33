"""Pairwise comparisons taken apart: neuron (i, j) is the sign of A(i) + B(j)."""

from __future__ import annotations

from dataclasses import dataclass

from mips_core.essence.condensed import INPUT, Affine, At, Axis, Group, Loop, Region, Span
from mips_core.essence.writing.arrays import factor_of
from mips_core.essence.writing.phrases import linear, size_expression
from mips_core.essence.writing.polynomials import Polynomial, Scope
from mips_core.essence.writing.regions import Places, input_places
from mips_core.essence.writing.whole import loop_each, region_word
from mips_core.expressions import Expression, Variable, apply
from mips_core.expressions.loops import Aggregate, Columns, Count, Item, Listed, Reduce, each, item

ZERO = Polynomial()


@dataclass(frozen=True)
class Side:
    """What depends on one loop variable: the sum of terms and a number.

    Parameters
    ----------
    loop : the loop
    terms : (region, factor)
    bias : a number
    """

    loop: Loop
    terms: tuple[tuple[Region, int], ...]
    bias: Polynomial = ZERO

    def divided(self) -> Side:
        """Return a side that is one region without a factor, where that is all; comparisons stay what they are."""
        if len(self.terms) == 1 and not self.bias.terms:
            region, factor = self.terms[0]
            return Side(self.loop, ((region, 1 if factor > 0 else -1),))
        return self


def own_place(loop: Loop) -> At:
    """Return the place that a loop variable is."""
    return At(Affine(0, ((loop.variable, 1),)))


def sides_of(group: Group) -> tuple[Side, Side] | None:
    """Return A and B of a group over two loops whose neuron (i, j) is the sign of A(i) + B(j)."""
    if len(group.loops) != 2:
        return None
    first, second = group.loops
    parts: list[list[tuple[Region, int]]] = [[], []]
    for term in group.terms:
        factor = factor_of(term)
        names = {name for axis in term.region.axes for n in _numbers(axis) for name, _ in n.terms}
        both = [loop.variable in names for loop in (first, second)]
        if all(both) or not any(both) or not factor.is_constant or term.region.array != INPUT:
            return None
        parts[0 if both[0] else 1].append((term.region, factor.rest))
    if any(loop.variable in Polynomial.from_affine(group.bias).names for loop in (first, second)):
        return None
    bias = Polynomial.from_affine(group.bias)
    return Side(first, tuple(parts[0]), bias), Side(second, tuple(parts[1]))


def _numbers(axis: Axis) -> tuple[Affine, ...]:
    return (axis.index,) if isinstance(axis, At) else (axis.start, axis.stop)


def negative(side: Side) -> Side:
    """Return the side with the opposite sign."""
    return Side(side.loop, tuple((region, -factor) for region, factor in side.terms), -side.bias)


def side_values(side: Side, axes: int, scope: Scope) -> Expression:
    """Return the list of a side's values."""
    x = Variable("x")
    if len(side.terms) == 1 and side.terms[0][1] == 1 and not side.bias.terms:
        region = side.terms[0][0]
        whole = side.loop.start == Affine(0) and own_place(side.loop) in region.axes
        if whole and axes == 1 and region.axes == (own_place(side.loop),) and _ends(side.loop, "n"):
            return x
        if whole and region_word(region) == "row_sum" and _ends(side.loop, "h"):
            return Listed(Aggregate("sum", item("x", "row")), each("row", Count(x)))
        if whole and region_word(region) == "column_sum" and _ends(side.loop, "w"):
            columns = Columns(x)
            return Listed(Aggregate("sum", Item(columns, Variable("column"))), each("column", Count(columns)))
    given: Places = input_places(axes)
    inner = scope.within((side.loop,))
    terms = [(given.value(region, inner, (side.loop.variable,)), factor) for region, factor in side.terms]
    body = linear(terms, side.bias.rest) if side.bias.is_constant else linear(terms)
    if not side.bias.is_constant:
        body = apply("add", body, size_expression(side.bias, given.sizes))
    return Listed(body, loop_each(side.loop, given.sizes))


def _ends(loop: Loop, size: str) -> bool:
    return loop.stop == Affine(0, ((size, 1),)) and loop.other_than is None


def greatest_of(values: Expression) -> Expression:
    """Return the greatest of a list."""
    return Reduce("max", values.body, (values.each,)) if isinstance(values, Listed) else Aggregate("max", values)


def renamed(side: Side, loop: Loop) -> Side:
    """Return a side with another name for its loop variable."""
    old, new = side.loop.variable, loop.variable

    def affine(number: Affine) -> Affine:
        terms = tuple((new if name == old else name, c) for name, c in number.terms)
        return Affine(number.constant, terms, number.modulus)

    def axis(each_axis: Axis) -> Axis:
        if isinstance(each_axis, At):
            return At(affine(each_axis.index))
        return Span(affine(each_axis.start), affine(each_axis.stop))

    terms = tuple((Region(region.array, tuple(axis(a) for a in region.axes)), factor) for region, factor in side.terms)
    return Side(loop, terms, side.bias)


def side_word(side: Side) -> str:
    """Return what the values of a side are called."""
    return region_word(side.terms[0][0]) if len(side.terms) == 1 else "values"
