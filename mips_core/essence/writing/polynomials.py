"""Integers that depend on sizes and loop variables as polynomials, with bounds that hold at every size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from mips_core.essence.condensed import Affine, Loop

Monomial = tuple[str, ...]


@dataclass(frozen=True)
class Polynomial:
    """A sum of integer multiples of products of names.

    Parameters
    ----------
    terms : (names, factor), the names sorted and with repeats for powers; sorted, no factor is 0
    """

    terms: tuple[tuple[Monomial, int], ...] = ()

    @staticmethod
    def of(terms: Iterable[tuple[Monomial, int]]) -> Polynomial:
        """Collect terms.

        >>> Polynomial.of([(("n",), 1), (("n",), 1), ((), 0)])
        Polynomial(terms=((('n',), 2),))
        """
        found: dict[Monomial, int] = {}
        for names, factor in terms:
            key = tuple(sorted(names))
            found[key] = found.get(key, 0) + factor
        return Polynomial(tuple(sorted((names, factor) for names, factor in found.items() if factor)))

    @staticmethod
    def constant(value: int) -> Polynomial:
        """Return the polynomial that is one integer."""
        return Polynomial.of([((), value)])

    @staticmethod
    def from_affine(affine: Affine) -> Polynomial:
        """Return an affine number without modulus as a polynomial.

        Raises
        ------
        ValueError
            when it is reduced by a size.
        """
        if affine.modulus is not None:
            raise ValueError("a number that is reduced by a size is no polynomial")
        return Polynomial.of([((), affine.constant), *((tuple(name.split("*")), c) for name, c in affine.terms)])

    def __add__(self, other: Polynomial) -> Polynomial:
        return Polynomial.of([*self.terms, *other.terms])

    def __neg__(self) -> Polynomial:
        return Polynomial(tuple((names, -factor) for names, factor in self.terms))

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + -other

    def __mul__(self, other: Polynomial) -> Polynomial:
        return Polynomial.of((a + b, p * q) for a, p in self.terms for b, q in other.terms)

    def times(self, factor: int) -> Polynomial:
        """Return the multiple."""
        return Polynomial.of((names, factor * c) for names, c in self.terms)

    @property
    def is_constant(self) -> bool:
        """Whether no name occurs."""
        return all(not names for names, _ in self.terms)

    @cached_property
    def rest(self) -> int:
        """The constant part."""
        return next((factor for names, factor in self.terms if not names), 0)

    @property
    def names(self) -> frozenset[str]:
        """The names that occur."""
        return frozenset(name for names, _ in self.terms for name in names)

    def value(self, values: Mapping[str, int]) -> int:
        """Return the integer for values of all names."""
        total = 0
        for names, factor in self.terms:
            for name in names:
                factor *= values[name]
            total += factor
        return total

    def substitute(self, name: str, by: Polynomial) -> Polynomial:
        """Replace a name."""
        total = Polynomial()
        for names, factor in self.terms:
            product = Polynomial.constant(factor)
            for part in names:
                product = product * (by if part == name else Polynomial.of([((part,), 1)]))
            total = total + product
        return total


def variable(name: str) -> Polynomial:
    """Return the polynomial that is one name."""
    return Polynomial.of([((name,), 1)])


@dataclass(frozen=True)
class Scope:
    """What is known of names: sizes are at least so large, loop variables lie between their bounds.

    Parameters
    ----------
    smallest : size name -> its least value
    loops : outermost first
    """

    smallest: Mapping[str, int]
    loops: tuple[Loop, ...] = ()

    def at_least(self, polynomial: Polynomial, bound: int) -> bool:
        """Return whether a polynomial is proved to be at least ``bound`` wherever the loops run.

        Each loop variable, innermost first, is replaced by its least value plus something that is at least 0, or by its
        greatest value minus that, by the sign of its factor; sizes by their least value plus something at least 0.  A
        polynomial without negative factors is then at least its constant.
        """
        for loop in reversed(self.loops):
            polynomial = _at_extreme(polynomial, loop)
        for name, least in self.smallest.items():
            polynomial = polynomial.substitute(name, variable(name) + Polynomial.constant(least))
        return polynomial.rest >= bound and all(c >= 0 for names, c in polynomial.terms if names)

    def within(self, loops: Iterable[Loop]) -> Scope:
        """Return the scope inside further loops."""
        return Scope(self.smallest, (*self.loops, *loops))


def _at_extreme(polynomial: Polynomial, loop: Loop) -> Polynomial:
    """Return a lower bound without the variable of a loop, where it occurs linearly with a constant factor."""
    terms = [(names, c) for names, c in polynomial.terms if loop.variable in names]
    if not terms:
        return polynomial
    if len(terms) > 1 or terms[0][0] != (loop.variable,):
        return Polynomial.constant(-(10**18))  # not judged: below every bound
    if terms[0][1] > 0:
        return polynomial.substitute(loop.variable, Polynomial.from_affine(loop.start))
    return polynomial.substitute(loop.variable, Polynomial.from_affine(loop.stop) - Polynomial.constant(1))
