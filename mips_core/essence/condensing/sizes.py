"""From the numbers of several sizes to formulas in the sizes: what is 27 at 28 and 9 at 10 is n - 1.

The simplest formula that gives the number at every size is taken; a number that none gives ends the claim.  With one
size any number could be a constant: bounds that are the length of an axis become that length, larger numbers that are
n, n - 1 or n(n - 1) too, and both are noted as assumed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mips_core.errors import NoRegularStructureError
from mips_core.essence.condensed import INPUT, Affine, At, Axis, Group, Loop, Region, Span, Term, size_values
from mips_core.wording import shape_text

_FACTORS = (1, -1, 2, -2, 3, -3, 4, -4)
_SMALL = 3
"""A number up to this is a constant as long as only one size is known."""


class SizeFit:
    """Fits numbers of like groups; collects notes on what was assumed."""

    def __init__(self, shapes: Sequence[tuple[int, ...]], fixed: bool) -> None:
        self.sizes = [size_values(shape) for shape in shapes]
        self.fixed = fixed
        self.assumed: list[str] = []

    def group(self, alike: Sequence[Group], known: Mapping[str, Group]) -> Group:
        """Return the group of any size that is ``alike[s]`` at size s.

        Parameters
        ----------
        known : the groups of any size of the layers below, by name

        Raises
        ------
        NoRegularStructureError
            when a number follows no formula in the sizes.
        """
        first = alike[0]
        bounds = self._bounds(alike, known)
        loops = []
        for number, loop in enumerate(first.loops):
            stop = bounds.get(loop.variable)
            loops.append(
                Loop(
                    loop.variable,
                    self.fit([g.loops[number].start for g in alike]),
                    self.fit([g.loops[number].stop for g in alike], stop),
                    loop.other_than,
                )
            )
        terms = []
        for number, term in enumerate(first.terms):
            lengths = self._lengths(term.region.array, known)
            regions = [g.terms[number].region for g in alike]
            axes = tuple(
                self._axis([region.axes[axis] for region in regions], lengths[axis])
                for axis in range(len(term.region.axes))
            )
            coefficient = self.fit([g.terms[number].coefficient for g in alike])
            terms.append(Term(coefficient, Region(term.region.array, axes)))
        # Where two sizes are always the same, a threshold is said in the one that its terms run over.
        spans = [axis.stop for term in terms for axis in term.region.axes if isinstance(axis, Span)]
        names = tuple(dict.fromkeys(name for stop in spans for name, _ in stop.terms if name in self.sizes[0]))
        return replace(
            first,
            loops=tuple(loops),
            terms=tuple(terms),
            bias=self.fit([g.bias for g in alike], self._near_the_top(first.bias, terms, known), names),
            head=self.fit([g.head for g in alike], is_place=True),
            label=self.fit([g.label for g in alike], is_place=True),
        )

    def fit(
        self,
        numbers: Sequence[Affine],
        likely: Affine | None = None,
        first_names: tuple[str, ...] = (),
        *,
        is_place: bool = False,
    ) -> Affine:
        """Return one formula for a number at each size.

        Parameters
        ----------
        likely : tried first
        first_names : sizes to be tried before others
        is_place : it is a place or a label, which with one size known stays a constant
        """
        first = numbers[0]
        if any((n.terms, n.modulus) != (first.terms, first.modulus) for n in numbers):
            raise NoRegularStructureError(
                "A number depends on its place in one way at one size and in another at another."
            )
        values = [n.constant for n in numbers]
        constant = self.fixed or (is_place and len(values) == 1)
        found = Affine(values[0]) if constant else self._formula(values, likely, first_names)
        return Affine(found.constant, (*first.terms, *found.terms), first.modulus)

    def _axis(self, axes: Sequence[Axis], length: Affine) -> Axis:
        first = axes[0]
        if isinstance(first, At):
            return At(self.fit([axis.index for axis in axes if isinstance(axis, At)], is_place=True))
        spans = [axis for axis in axes if isinstance(axis, Span)]
        return Span(self.fit([span.start for span in spans]), self.fit([span.stop for span in spans], length))

    def _near_the_top(self, bias: Affine, terms: Sequence[Term], known: Mapping[str, Group]) -> Affine | None:
        """Return a threshold near the greatest sum as a distance from it ("all", "all but one"); None elsewhere.

        Only asked with one size: with several the numbers themselves say what follows from what.
        """
        if len(self.sizes) > 1 or self.fixed or bias.terms or not terms:
            return None
        top: dict[str, int] = {}
        constant = 0
        for term in terms:
            if not term.coefficient.is_constant:
                return None
            size = self._elements(term.region, known)
            if size is None:
                return None
            factor = abs(term.coefficient.constant)
            constant += factor * size.constant
            for name, each in size.terms:
                top[name] = top.get(name, 0) + factor * each
        highest = Affine(constant, tuple((name, factor) for name, factor in top.items() if factor))
        distance = bias.constant + highest.value(self.sizes[0])
        if not highest.terms or abs(distance) > _SMALL or abs(bias.constant) <= _SMALL:
            return None
        return Affine(distance - constant, tuple((name, -factor) for name, factor in highest.terms))

    def _elements(self, region: Region, known: Mapping[str, Group]) -> Affine | None:
        """Return how many entries a region has, where that is a sum of sizes."""
        total = Affine(1)
        for axis in region.axes:
            if isinstance(axis, At):
                continue
            if (
                total != Affine(1)
                or axis.start != Affine(0)
                or any(name not in self.sizes[0] for name, _ in axis.stop.terms)
            ):
                return None
            total = axis.stop
        if region.array in known and known[region.array].mirrored:
            return replace(total, constant=total.constant - 1)
        return total

    def _lengths(self, array: str, known: Mapping[str, Group]) -> list[Affine]:
        """Return how long an array is along each axis."""
        if array == INPUT:
            return [Affine(0, ((name, 1),)) for name in self.sizes[0]]
        return [loop.stop for loop in known[array].loops]

    def _bounds(self, alike: Sequence[Group], known: Mapping[str, Group]) -> dict[str, Affine]:
        """Return for loop variables the length of an axis that they run along."""
        found: dict[str, Affine] = {}
        for term in alike[0].terms:
            lengths = self._lengths(term.region.array, known)
            for axis, length in zip(term.region.axes, lengths, strict=True):
                if isinstance(axis, At) and len(axis.index.terms) == 1 and axis.index.terms[0][1] == 1:
                    found.setdefault(axis.index.terms[0][0], length)
        return found

    def _formula(self, values: Sequence[int], likely: Affine | None, first_names: tuple[str, ...]) -> Affine:
        if likely is not None and all(likely.value(s) == v for s, v in zip(self.sizes, values, strict=True)):
            if len(self.sizes) == 1:
                self._note(values[0], likely)
            return likely
        if len(self.sizes) == 1:
            return self._assumed(values[0], first_names)
        for terms in _candidates(self._names(first_names)):
            rest = {v - Affine(0, terms).value(s) for s, v in zip(self.sizes, values, strict=True)}
            if len(rest) == 1:
                return Affine(rest.pop(), terms)
        for name in self._names(first_names):
            multiple = self._multiple(values, name)
            if multiple is not None:
                return multiple
        shown = ", ".join(f"{value} at {shape_text(s.values())}" for s, value in zip(self.sizes, values, strict=True))
        raise NoRegularStructureError(f"A number follows no simple formula in the size: {shown}.")

    def _multiple(self, values: Sequence[int], name: str) -> Affine | None:
        """Return the numbers as a large multiple of one size, as sums of weights of probabilities are."""
        if any(value % size[name] for size, value in zip(self.sizes, values, strict=True)):
            return None
        factors = {value // size[name] for size, value in zip(self.sizes, values, strict=True)}
        return Affine(0, ((name, factors.pop()),)) if len(factors) == 1 else None

    def _names(self, first_names: tuple[str, ...]) -> tuple[str, ...]:
        return (*first_names, *(name for name in self.sizes[0] if name not in first_names))

    def _assumed(self, value: int, first_names: tuple[str, ...]) -> Affine:
        """Return a formula for a number that is known at one size only."""
        if abs(value) > _SMALL:
            for terms in _likely(self._names(first_names)):
                for sign in (1, -1):
                    formula = Affine(0, tuple((name, sign * factor) for name, factor in terms))
                    less_one = replace(formula, constant=-sign)
                    for each in (formula, less_one) if len(terms) == 1 else (formula,):
                        if each.value(self.sizes[0]) == value:
                            self._note(value, each)
                            return each
        return Affine(value)

    def _note(self, value: int, formula: Affine) -> None:
        if formula.is_constant:
            return
        note = f"{value} is taken for {written(formula)}: only one size was given"
        if note not in self.assumed:
            self.assumed.append(note)


def written(formula: Affine) -> str:
    """Write a formula for people.

    >>> written(Affine(-1, (("n", 1),))), written(Affine(0, (("n*n", 1), ("n", -1))))
    ('n - 1', 'n*n - n')
    >>> written(Affine(1, (("i", 1),), "n"))
    '(i + 1) % n'
    """
    text = ""
    for name, factor in (*formula.terms, ("", formula.constant)):
        if factor == 0 or (not name and text and formula.constant == 0):
            continue
        size = str(abs(factor)) if not name else name if abs(factor) == 1 else f"{abs(factor)}*{name}"
        sign = "-" if factor < 0 else "+" if text else ""
        text = f"{text} {sign} {size}" if text else f"{sign}{size}"
    text = text or "0"
    return f"({text}) % {formula.modulus}" if formula.modulus else text


def _candidates(names: tuple[str, ...]) -> Iterator[tuple[tuple[str, int], ...]]:
    """Yield the part of a formula without its constant, simplest first."""
    yield ()
    yield from (((name, factor),) for factor in _FACTORS for name in names)
    if len(names) == 2:
        yield from (((names[0], a), (names[1], b)) for a, b in itertools.product(_FACTORS[:4], repeat=2))
    squares = [f"{a}*{b}" for a, b in itertools.combinations_with_replacement(names, 2)]
    squares.sort(key=lambda name: len(set(name.split("*"))), reverse=True)
    for factor, square in itertools.product(_FACTORS[:4], squares):
        yield ((square, factor),)
        yield from (((square, factor), (name, each)) for each in _FACTORS for name in names)


def _likely(names: tuple[str, ...]) -> Iterator[tuple[tuple[str, int], ...]]:
    """Yield what a large number may be when one size is known: n (or n - 1), n(n - 1)."""
    yield from (((name, 1),) for name in names)
    yield from (((f"{name}*{name}", 1), (name, -1)) for name in names)
