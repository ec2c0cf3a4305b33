"""Comparisons of sums with thresholds as people write them: ``total > 2``, ``a > b``, ``total == 3``, ``any(x)``."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from mips_core.essence.writing.polynomials import Polynomial
from mips_core.essence.writing.scalars import Cut, Line
from mips_core.expressions import Constant, Expression, Variable, apply
from mips_core.expressions.nodes import Apply

_DENIED = {"gt": "le", "le": "gt", "ge": "lt", "lt": "ge", "eq": "ne", "ne": "eq"}


def size_expression(polynomial: Polynomial, names: Mapping[str, Expression]) -> Expression:
    """Return a polynomial as an expression; ``names`` says what its names are, others are variables."""
    terms = sorted(polynomial.terms, key=lambda term: (-len(term[0]), term[0]))
    terms.sort(key=lambda term: term[1] < 0 if term[0] else 2)
    return linear([(_product(each, names), factor) for each, factor in terms if each], polynomial.rest)


def _product(parts: Sequence[str], names: Mapping[str, Expression]) -> Expression:
    found = names.get(parts[0], Variable(parts[0]))
    for part in parts[1:]:
        found = apply("mul", found, names.get(part, Variable(part)))
    return found


def linear(terms: Sequence[tuple[Expression, int]], constant: int = 0) -> Expression:
    """Return a sum of integer multiples, positive ones first."""
    found: Expression | None = None
    if constant > 0 and terms and all(factor < 0 for _, factor in terms):
        found, constant = Constant(constant), 0
    for term, factor in sorted(terms, key=lambda each: each[1] < 0):
        piece = term if abs(factor) == 1 else apply("mul", abs(factor), term)
        if found is None:
            found = piece if factor > 0 else apply("neg", term) if factor == -1 else apply("mul", factor, term)
        else:
            found = apply("add" if factor > 0 else "sub", found, piece)
    if found is None:
        return Constant(constant)
    return found if not constant else apply("add" if constant > 0 else "sub", found, abs(constant))


def denied(truth: Expression) -> Expression:
    """Return the opposite of a truth value, or of a bit."""
    if isinstance(truth, Apply):
        if truth.name in _DENIED:
            return Apply(_DENIED[truth.name], truth.arguments)
        if truth.name in ("and", "or") and all(_is_comparison(part) for part in truth.arguments):
            return Apply("or" if truth.name == "and" else "and", tuple(map(denied, truth.arguments)))
    return apply("eq", truth, 0)


def _is_comparison(part: Expression) -> bool:
    return isinstance(part, Apply) and part.name in _DENIED


def compare(
    terms: Sequence[tuple[Expression, int]], relation: str, bound: Polynomial, names: Mapping[str, Expression]
) -> Expression:
    """Return ``terms RELATION bound`` with what is subtracted moved to the other side.

    Of whole numbers ``a >= b + 1`` is not turned into ``a > b`` here: pass what is meant.
    """
    left = [(term, factor) for term, factor in terms if factor > 0]
    right = [(term, -factor) for term, factor in terms if factor < 0]
    for each, factor in bound.terms:
        if each:
            (right if factor > 0 else left).append((_product(each, names), abs(factor)))
    rest = bound.rest
    if not left:
        flipped = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge"}.get(relation, relation)
        return apply(flipped, linear(right, rest) if rest > 0 else linear(right), max(0, -rest))
    return apply(relation, linear(left), linear(right, rest))


def cut_phrase(
    terms: Sequence[tuple[Expression, int]], cut: Cut, whole: bool, names: Mapping[str, Expression]
) -> Expression:
    """Return "above the cut" for a form with these terms."""
    factor, bound = cut.factor, cut.bound
    relation = "ge" if cut.inclusive else "gt"
    if bound.is_constant and (whole or bound.rest % factor == 0):
        # factor * form > bound, of whole numbers: form > floor(bound / factor)
        value = -(-bound.rest // factor) if cut.inclusive else bound.rest // factor
        if whole and cut.inclusive and value == 1:
            relation, value = "gt", 0
        if whole and not cut.inclusive and value > 0 and len(terms) == 1:
            relation, value = "ge", value + 1
        if whole and not cut.inclusive and value == -1:
            relation, value = "ge", 0
        return compare(terms, relation, Polynomial.constant(value), names)
    sizes = [(each, c) for each, c in bound.terms if each]
    if whole and factor > 1 and all(c % factor == 0 for _, c in sizes):
        # factor * form > factor * sizes + rest, of whole numbers: form > sizes + floor(rest / factor)
        rest = -(-bound.rest // factor) if cut.inclusive else bound.rest // factor
        bound = Polynomial.of([*((each, c // factor) for each, c in sizes), ((), rest)])
        factor = 1
    multiple = [(term, factor * each) for term, each in terms]
    if whole and not cut.inclusive and bound.rest == -1:
        return compare(multiple, "ge", bound + Polynomial.constant(1), names)
    if whole and cut.inclusive and bound.rest == 1:
        return compare(multiple, "gt", bound - Polynomial.constant(1), names)
    return compare(multiple, relation, bound, names)


def at_phrase(terms: Sequence[tuple[Expression, int]], cut: Cut, names: Mapping[str, Expression]) -> Expression:
    """Return "exactly at the threshold of the cut" for a form with these terms."""
    return compare([(term, cut.factor * each) for term, each in terms], "eq", cut.bound, names)


def is_top(cut: Cut, most: Polynomial) -> bool:
    """Return whether, of whole numbers up to ``most``, only ``most`` itself is above a cut, at every size."""
    gap = most.times(cut.factor) - cut.bound
    if not gap.is_constant:
        return False
    return 0 <= gap.rest < cut.factor if cut.inclusive else 0 < gap.rest <= cut.factor


def bounds_of_groups(line: Line, starts: Sequence[int]) -> list[tuple[int | None, int | None]] | None:
    """Return the least and the greatest integer of each group of segments; None where thresholds depend on sizes.

    Parameters
    ----------
    starts : the first segment of each group, ascending
    """
    if any(not bound.is_constant for _, bound in line.thresholds):
        return None
    lows: list[int | None] = [line.low]
    for segment in starts[1:]:
        cut = line.cut(segment)
        lows.append(-(-cut.bound.rest // cut.factor) if cut.inclusive else cut.bound.rest // cut.factor + 1)
    highs: list[int | None] = [None if low is None else low - 1 for low in lows[1:]]
    return list(zip(lows, [*highs, line.high], strict=True))


def interval_phrase(
    terms: Sequence[tuple[Expression, int]],
    interval: tuple[int | None, int | None],
    ends: tuple[int | None, int | None],
) -> Expression:
    """Return "the form lies in an interval" for whole numbers that lie between ``ends``."""
    low, high = interval
    below, above = low is None or low == ends[0], high is None or high == ends[1]
    differ = any(factor < 0 for _, factor in terms)
    if differ and above and low is not None:
        return cut_phrase(terms, Cut(1, Polynomial.constant(low - 1), False), True, {})
    if differ and below and high == -1:
        return compare(terms, "lt", Polynomial(), {})
    if low is not None and low == high and not (differ and below):
        return compare(terms, "eq", Polynomial.constant(low), {})
    if below and high is not None:
        return compare(terms, "le", Polynomial.constant(high), {})
    if above and low is not None:
        return cut_phrase(terms, Cut(1, Polynomial.constant(low - 1), False), True, {})
    assert low is not None
    assert high is not None
    if all(factor > 0 for _, factor in terms):
        middle = linear(terms)
        return apply("and", apply("le", low, middle), apply("le", middle, high))
    return apply(
        "and",
        compare(terms, "ge", Polynomial.constant(low), {}),
        compare(terms, "le", Polynomial.constant(high), {}),
    )


_MIRRORED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}


def chained(expression: Expression) -> Expression:
    """Put two comparisons with a number in common so that they read ``low <= t <= high``."""

    def change(node: Expression) -> Expression | None:
        if not (isinstance(node, Apply) and node.name == "and"):
            return None
        left, right = (chained(part) for part in node.arguments)
        for first, second in itertools.product(_both_ways(left), _both_ways(right)):
            for one, other in ((first, second), (second, first)):
                middle = one.arguments[1]
                upward = one.name in ("lt", "le") and other.name in ("lt", "le")
                if upward and middle == other.arguments[0] and not isinstance(middle, Constant):
                    return apply("and", one, other)
        return apply("and", left, right)

    return expression.rebuild(change)


def _both_ways(test: Expression) -> tuple[Apply, ...]:
    """Return a comparison and the same one read from the right; () for what is none."""
    if not (isinstance(test, Apply) and test.name in _MIRRORED):
        return ()
    return test, Apply(_MIRRORED[test.name], test.arguments[::-1])
