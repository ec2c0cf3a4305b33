"""Sums over parts of lists as expressions: ``x[i]``, ``sum(x[:i])``, ``sum(row[j] for row in x)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mips_core.errors import NoRegularStructureError
from mips_core.essence.condensed import SIZE_NAMES, Affine, At, Region, Span
from mips_core.essence.writing.phrases import linear, size_expression
from mips_core.essence.writing.polynomials import Polynomial, Scope
from mips_core.expressions import Constant, Expression, Variable, apply
from mips_core.expressions.loops import Aggregate, Count, Item, Reduce, Slice, each, item


def size_names(axes: int, parameter: str = "x") -> dict[str, Expression]:
    """Return what the sizes of an input are in a program."""
    rows = Count(Variable(parameter))
    if axes == 1:
        return {"n": rows}
    return {"h": rows, "w": Count(item(parameter, 0))}


@dataclass(frozen=True)
class Places:
    """Where an array stands in a program.

    Parameters
    ----------
    array : the list, or the single value of an array without axes
    starts, stops : of each axis: the first index that there is, and the one after the last
    sizes : size name -> expression
    """

    array: Expression
    starts: tuple[Polynomial, ...]
    stops: tuple[Polynomial, ...]
    sizes: Mapping[str, Expression]

    def number(self, affine: Affine) -> Expression:
        """Return an index as an expression; one that is reduced by a size reaches back with a negative index."""
        plain = size_expression(Polynomial.from_affine(Affine(affine.constant, affine.terms)), self.sizes)
        if affine.modulus is None:
            return plain
        if affine.constant == -1 and len(affine.terms) == 1 and affine.terms[0][1] == 1:
            return plain  # list[-1] is the last element
        return apply("mod", plain, self.sizes[affine.modulus])

    def value(self, region: Region, scope: Scope, taken: Sequence[str] = ()) -> Expression:
        """Return the sum over a region; ``taken`` are names that no loop may use.

        Raises
        ------
        NoRegularStructureError
            when a span runs over a periodic border.
        """
        axes = region.axes
        if not axes:
            return self.array
        guard = self._guard(axes, scope)
        found = self._one(axes[0], scope) if len(axes) == 1 else self._two(axes, scope, taken)
        return found if guard is None else apply("where", guard, found, 0)

    def _one(self, axis: At | Span, scope: Scope) -> Expression:
        return self._along(self.array, axis, 0, scope)

    def _two(self, axes: Sequence[At | Span], scope: Scope, taken: Sequence[str]) -> Expression:
        rows, columns = axes
        if isinstance(rows, At):
            return self._along(Item(self.array, self._shifted(rows.index, 0)), columns, 1, scope)
        name = next(n for n in ("row", "line", "strip") if n not in taken)
        picked = self._slice(self.array, rows, 0, scope)
        body = self._along(Item(picked, Variable(name)), columns, 1, scope)
        return Reduce("sum", body, (each(name, Count(picked)),))

    def _along(self, array: Expression, axis: At | Span, number: int, scope: Scope) -> Expression:
        if isinstance(axis, At):
            return Item(array, self._shifted(axis.index, number))
        return Aggregate("sum", self._slice(array, axis, number, scope))

    def _slice(self, array: Expression, span: Span, number: int, scope: Scope) -> Expression:
        if span.start.modulus is not None or span.stop.modulus is not None:
            raise NoRegularStructureError("A sum runs over a periodic border.", ("sums over slices",))
        start = Polynomial.from_affine(span.start) - self.starts[number]
        stop = Polynomial.from_affine(span.stop) - self.starts[number]
        length = self.stops[number] - self.starts[number]
        back = self._from_end(start, number)
        if back and self.stops[number].names and scope.at_least(start, 0) and scope.at_least(stop - length, 0):
            return Slice(array, Constant(back))
        begin = None if scope.at_least(-start, 0) else self._not_negative(start, scope)
        end = None if scope.at_least(stop - length, 0) else self._not_negative(stop, scope)
        return array if begin is None and end is None else Slice(array, begin, end)

    def _from_end(self, index: Polynomial, number: int) -> int:
        """Return -k where an index is k before the end of an axis that is there in full; 0 where it is not."""
        gap = index - self.stops[number]
        return gap.rest if not self.starts[number].terms and gap.is_constant and gap.rest < 0 else 0

    def _not_negative(self, bound: Polynomial, scope: Scope) -> Expression:
        found = size_expression(bound, self.sizes)
        return found if scope.at_least(bound, 0) else apply("max", found, 0)

    def _shifted(self, index: Affine, number: int) -> Expression:
        start = self.starts[number]
        back = 0 if index.modulus else self._from_end(Polynomial.from_affine(index), number)
        if back and self.stops[number].names:
            return Constant(back)
        if not start.terms:
            return self.number(index)
        return size_expression(Polynomial.from_affine(index) - start, self.sizes)

    def _guard(self, axes: Sequence[At | Span], scope: Scope) -> Expression | None:
        """Return the condition under which all single places lie in the array; None where they always do."""
        found: Expression | None = None
        for number, axis in enumerate(axes):
            if isinstance(axis, Span) or axis.index.modulus is not None:
                continue
            index = Polynomial.from_affine(axis.index)
            tests: list[Expression] = []
            if not scope.at_least(index - self.starts[number], 0):
                tests.append(apply("ge", *self._sides(index, self.starts[number])))
            if not scope.at_least(self.stops[number] - index, 1):
                tests.append(apply("lt", *self._sides(index, self.stops[number])))
            for test in tests:
                found = test if found is None else apply("and", found, test)
        return found

    def _sides(self, index: Polynomial, bound: Polynomial) -> tuple[Expression, Expression]:
        return size_expression(index, self.sizes), size_expression(bound, self.sizes)


def input_places(axes: int, parameter: str = "x") -> Places:
    """Return where the input stands."""
    sizes = size_names(axes, parameter)
    stops = tuple(Polynomial.of([((name,), 1)]) for name in SIZE_NAMES[axes])
    return Places(Variable(parameter), (Polynomial(),) * axes, stops, sizes)


def cells_sum(cells: Sequence[int], shape: tuple[int, ...], parameter: str = "x") -> Expression:
    """Return the sum of single inputs, ``sum(x[2:5])`` where they are neighbours in a row."""
    width = shape[-1]
    row = cells[0] // width
    source: Expression = Variable(parameter) if len(shape) == 1 else item(parameter, row)
    if len(cells) > 2 and list(cells) == list(range(cells[0], cells[-1] + 1)) and cells[-1] // width == row:
        first, last = cells[0] % width, cells[-1] % width
        begin = Constant(first) if first else None
        return Aggregate("sum", Slice(source, begin, Constant(last + 1)))
    found = [item(parameter, *((c,) if len(shape) == 1 else divmod(c, width))) for c in cells]
    return linear([(each_cell, 1) for each_cell in found])
