"""Groups as lists of lists: the loops of a group become nested comprehensions, entries that it leaves out are 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mips_core.errors import NoRegularStructureError
from mips_core.essence.condensed import Affine, At, Group, Loop, Region, Span, Term
from mips_core.essence.writing.phrases import size_expression
from mips_core.essence.writing.polynomials import Polynomial, variable
from mips_core.expressions import Expression, Variable, apply
from mips_core.expressions.loops import Each, Listed


@dataclass(frozen=True)
class Frame:
    """The loops of a group as those of a list of lists.

    Parameters
    ----------
    loops : over a block that holds all entries; bounds depend on sizes only
    tests : what must hold of the loop variables for an entry to be there: (left, relation, right)
    """

    loops: tuple[Loop, ...]
    tests: tuple[tuple[Polynomial, str, Polynomial], ...] = ()

    @property
    def starts(self) -> tuple[Polynomial, ...]:
        """The first index along each axis."""
        return tuple(Polynomial.from_affine(loop.start) for loop in self.loops)

    @property
    def stops(self) -> tuple[Polynomial, ...]:
        """The index after the last along each axis."""
        return tuple(Polynomial.from_affine(loop.stop) for loop in self.loops)

    def listed(self, value: Expression, sizes: Mapping[str, Expression]) -> Expression:
        """Return the list of lists of a value; the value itself without loops."""
        condition: Expression | None = None
        for left, relation, right in self.tests:
            test = apply(relation, size_expression(left, sizes), size_expression(right, sizes))
            condition = test if condition is None else apply("and", condition, test)
        found = value if condition is None else apply("where", condition, value, 0)
        for loop, start, stop in reversed(list(zip(self.loops, self.starts, self.stops, strict=True))):
            each = Each(loop.variable, size_expression(start, sizes), size_expression(stop, sizes))
            found = Listed(found, each)
        return found


def frame_of(group: Group) -> Frame:
    """Return the frame of a group's array.

    The array of a mirrored group is written out on both sides of its diagonal.

    Raises
    ------
    NoRegularStructureError
        when a mirrored group is not its own negative after changing its loop variables.
    """
    if group.mirrored:
        if not turns_over(group):
            raise NoRegularStructureError(f"The group {group.name} is no mirror image of itself.", ("mirrored loops",))
        outer = group.loops[0]
        return Frame((outer, Loop(group.loops[1].variable, outer.start, outer.stop)))
    loops: list[Loop] = []
    tests: list[tuple[Polynomial, str, Polynomial]] = []
    for loop in group.loops:
        outer_names = {other.variable for other in loops}
        start, stop = Polynomial.from_affine(loop.start), Polynomial.from_affine(loop.stop)
        own = variable(loop.variable)
        if outer_names & start.names:
            tests.append((own, "ge", start))
            start = _extreme(start, loops, least=True)
        if outer_names & stop.names:
            tests.append((own, "lt", stop))
            stop = _extreme(stop, loops, least=False)
        if loop.other_than is not None:
            tests.append((own, "ne", variable(loop.other_than)))
        loops.append(Loop(loop.variable, _affine(start), _affine(stop)))
    return Frame(tuple(loops), tuple(tests))


def _extreme(bound: Polynomial, loops: Sequence[Loop], least: bool) -> Polynomial:
    """Return a bound from below or above over all turns of outer loops."""
    for loop in reversed(loops):
        factor = next((c for names, c in bound.terms if names == (loop.variable,)), 0)
        start, last = Polynomial.from_affine(loop.start), Polynomial.from_affine(loop.stop) - Polynomial.constant(1)
        bound = bound.substitute(loop.variable, start if (factor > 0) == least else last)
    return bound


def _affine(polynomial: Polynomial) -> Affine:
    return Affine(polynomial.rest, tuple(("*".join(names), c) for names, c in polynomial.terms if names))


def turns_over(group: Group) -> bool:
    """Return whether changing the two loop variables of a group for each other turns its sum into the negative."""
    i, j = (loop.variable for loop in group.loops)
    other = {i: j, j: i}

    def turned(affine: Affine) -> Affine:
        terms = tuple(("*".join(other.get(p, p) for p in name.split("*")), c) for name, c in affine.terms)
        return Affine(affine.constant, terms, affine.modulus)

    def turned_region(region: Region) -> Region:
        axes = tuple(
            At(turned(axis.index)) if isinstance(axis, At) else Span(turned(axis.start), turned(axis.stop))
            for axis in region.axes
        )
        return Region(region.array, axes)

    found: dict[Region, Polynomial] = {}
    for term in group.terms:
        for region, number in (
            (term.region, term.coefficient),
            (turned_region(term.region), turned(term.coefficient)),
        ):
            if number.modulus is not None:
                return False
            found[region] = found.get(region, Polynomial()) + Polynomial.from_affine(number)
    bias = Polynomial.from_affine(group.bias) + Polynomial.from_affine(turned(group.bias))
    return not bias.terms and all(not factor.terms for factor in found.values())


def exact_count(region: Region, frame: Frame) -> Polynomial | None:
    """Return how many entries of an array a region has at every size and turn; None where that is not clear.

    Only places and whole axes of arrays without gaps are counted.
    """
    if frame.tests:
        return None
    count = Polynomial.constant(1)
    for axis, start, stop in zip(region.axes, frame.starts, frame.stops, strict=True):
        if isinstance(axis, At):
            continue
        if axis.start.modulus is not None or axis.stop.modulus is not None:
            return None
        if Polynomial.from_affine(axis.start) != start or Polynomial.from_affine(axis.stop) != stop:
            return None
        count = count * (stop - start)
    return count


def factor_of(term: Term) -> Polynomial:
    """Return a coefficient as a polynomial.

    Raises
    ------
    NoRegularStructureError
        when it is reduced by a size.
    """
    if term.coefficient.modulus is not None:
        raise NoRegularStructureError("A weight goes round a periodic border.", ("weights that depend on places",))
    return Polynomial.from_affine(term.coefficient)


def loop_variable(name: str) -> Expression:
    """Return a loop variable as an expression."""
    return Variable(name)
