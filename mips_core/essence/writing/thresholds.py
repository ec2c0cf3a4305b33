"""Weighted sums as comparisons: their sign, and proofs that they are never 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

from mips_core.essence.writing.phrases import compare, size_expression
from mips_core.essence.writing.polynomials import Polynomial
from mips_core.expressions import Constant, Expression, apply

Terms = tuple[tuple[Expression, Polynomial], ...]


@dataclass(frozen=True)
class Weighted:
    """``sum of factor * term + bias``.

    Parameters
    ----------
    whole : whether the terms are integers
    """

    terms: Terms
    bias: Polynomial
    whole: bool

    def tidied(self, keep: bool = False) -> Weighted:
        """Add up equal terms and, unless the value itself matters, divide by what all numbers share."""
        found: dict[Expression, Polynomial] = {}
        for term, factor in self.terms:
            found[term] = found.get(term, Polynomial()) + factor
        terms = tuple((term, factor) for term, factor in found.items() if factor.terms)
        common = gcd(*(c for _, factor in terms for _, c in factor.terms), *(c for _, c in self.bias.terms))
        if keep or common < 2:
            return Weighted(terms, self.bias, self.whole)
        divided = tuple((term, divided_by(factor, common)) for term, factor in terms)
        return Weighted(divided, divided_by(self.bias, common), self.whole)

    def minus(self, other: Weighted) -> Weighted:
        """Return the difference, up to a positive factor."""
        negative = tuple((term, -factor) for term, factor in other.terms)
        return Weighted((*self.terms, *negative), self.bias - other.bias, self.whole and other.whole).tidied()


def divided_by(polynomial: Polynomial, number: int) -> Polynomial:
    """Divide by a common divisor."""
    return Polynomial(tuple((names, c // number) for names, c in polynomial.terms))


def cannot_be_zero(weighted: Weighted) -> bool:
    """Return whether all numbers but the constant share a divisor that the constant has not: for whole numbers."""
    factors = [c for _, factor in weighted.terms for _, c in factor.terms]
    factors += [c for names, c in weighted.bias.terms if names]
    if not weighted.whole:
        return False
    if not factors:
        return weighted.bias.rest != 0
    return weighted.bias.rest % gcd(*factors) != 0


def comparison(weighted: Weighted, relation: str, sizes: Mapping[str, Expression]) -> Expression:
    """Return ``sum > 0`` (or ``<``) with what is subtracted on the other side."""
    terms: list[tuple[Expression, int]] = []
    bound = -weighted.bias
    for term, factor in weighted.terms:
        if factor.is_constant:
            terms.append((term, factor.rest))
        else:
            negative = max(factor.terms, key=lambda term: (len(term[0]), term[0]))[1] < 0
            size = size_expression(-factor if negative else factor, sizes)
            terms.append((apply("mul", size, term), -1 if negative else 1))
    if not terms:
        return apply(relation, size_expression(weighted.bias, sizes), Constant(0))
    common = gcd(*(c for _, f in weighted.terms for _, c in f.terms), *(c for names, c in bound.terms if names))
    constant = all(factor.is_constant for _, factor in weighted.terms)
    if common > 1 and weighted.whole and constant:
        # Of whole numbers: common * s > r where s > floor(r / common), s < r / common where s < ceil(r / common).
        rest = bound.rest // common if relation == "gt" else -(-bound.rest // common)
        sizes_only = Polynomial(tuple((names, c) for names, c in bound.terms if names))
        bound = divided_by(sizes_only, common) + Polynomial.constant(rest)
        terms = [(term, factor // common) for term, factor in terms]
    one = Polynomial.constant(1)
    if weighted.whole and constant and relation == "gt" and bound.rest == -1:
        relation, bound = "ge", bound + one
    if weighted.whole and constant and relation == "lt" and bound.rest == 1:
        relation, bound = "le", bound - one
    if not any(factor > 0 for _, factor in terms):
        # -s > r says s < -r
        turned = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge"}[relation]
        return compare([(term, -factor) for term, factor in terms], turned, -bound, sizes)
    return compare(terms, relation, bound, sizes)


def sign_of(weighted: Weighted, as_truth: bool, sizes: Mapping[str, Expression]) -> Expression:
    """Return the sign of a sum, or with ``as_truth`` whether it is positive."""
    above = comparison(weighted, "gt", sizes)
    if as_truth:
        return above
    if not weighted.terms and weighted.bias.is_constant:
        return Constant((weighted.bias.rest > 0) - (weighted.bias.rest < 0))
    return apply("sub", above, comparison(weighted, "lt", sizes))
