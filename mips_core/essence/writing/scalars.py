"""Networks whose groups share one loop: for each turn of it a function of few sums over the input.

The first layer compares linear forms of sums with thresholds.  Forms that are multiples of each other lie on one
:class:`Line`, which its thresholds cut into segments; which segment of each line a value falls into decides the whole
network, so that a table over segments is the network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.condensed import Loop, Region
from mips_core.essence.writing.polynomials import Polynomial, Scope

Form = tuple[tuple[int, Polynomial], ...]
"""(number of a sum, factor) pairs, ascending."""


@dataclass(frozen=True)
class Sum:
    """One number that the first layer reads.

    Parameters
    ----------
    cells : places of the inputs that are added up, in a fixed window (ascending); () otherwise
    region : the part of the input that is added up, where its size is not fixed
    low, high : bounds of its value, None where unknown
    most : the value where all inputs are as great as they can be, where it is known at every size
    """

    cells: tuple[int, ...] = ()
    region: Region | None = None
    low: int | None = None
    high: int | None = None
    most: Polynomial | None = None


@dataclass(frozen=True)
class Scalars:
    """A network with one decision for each turn of its loops.

    Parameters
    ----------
    loops : shared by all groups; () for none
    sums : what the first layer reads
    forms, biases : of the neurons of the first layer
    layers : integer (weights, bias) of the layers above, the last one linear
    heads : for each decision its concept neurons and their labels; with loops there is one decision for each turn
    whole : whether sums are integers
    rule : None, or which concept neuron of the only head wins for signs of the first layer, (N, neurons) -> (N,);
        stands in the place of ``layers``
    """

    loops: tuple[Loop, ...]
    sums: tuple[Sum, ...]
    forms: tuple[Form, ...]
    biases: tuple[Polynomial, ...]
    layers: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]
    heads: tuple[tuple[tuple[int, ...], tuple[int | Polynomial, ...]], ...]
    whole: bool
    rule: Callable[[NDArray[np.int64]], NDArray[np.int64]] | None = None

    @property
    def is_constant(self) -> bool:
        """Whether no number of the first layer depends on sizes or places."""
        factors = [factor for form in self.forms for _, factor in form]
        return all(number.is_constant for number in (*factors, *self.biases))


@dataclass(frozen=True)
class Cut:
    """``factor * form > bound`` on a line; with ``inclusive`` ``>=``."""

    factor: int
    bound: Polynomial
    inclusive: bool


@dataclass(frozen=True)
class Line:
    """A linear form and the thresholds on it.

    Parameters
    ----------
    form : the factors have no common divisor and the first is positive, when all are constant
    thresholds : (factor, bound), ascending: ``factor * form`` is compared with ``bound``
    neurons : (number, threshold, sign): the neuron's sum is a positive multiple of
        ``sign * (factor * form - bound)``
    segments : what the thresholds leave of the line: 2 k stands for "below threshold k and above k - 1", 2 k + 1 for
        "at threshold k"; only those that values can reach
    low, high : bounds of the form, None where unknown
    most : a bound from above that depends on sizes, or None
    """

    form: Form
    thresholds: tuple[tuple[int, Polynomial], ...]
    neurons: tuple[tuple[int, int, int], ...]
    segments: tuple[int, ...]
    low: int | None
    high: int | None
    most: Polynomial | None = None

    def sign(self, segment: int, threshold: int) -> int:
        """Return where a segment lies from a threshold: -1 below, 0 at, 1 above."""
        at = 2 * threshold + 1
        return (segment > at) - (segment < at)

    def segment_of(self, value: int) -> int:
        """Return the segment of a value; thresholds must be constant."""
        for number, (factor, bound) in enumerate(self.thresholds):
            if factor * value <= bound.rest:
                return 2 * number + (factor * value == bound.rest)
        return 2 * len(self.thresholds)

    def cut(self, segment: int) -> Cut:
        """Return the cut between a segment (above) and what lies below it; not for the lowest."""
        number = (segment - 1) // 2
        factor, bound = self.thresholds[number]
        return Cut(factor, bound, inclusive=segment % 2 == 1)


def find_lines(scalars: Scalars, scope: Scope) -> tuple[Line, ...]:
    """Return the lines of a network; neurons without any sum are on a line whose form is empty."""
    by_form: dict[Form, list[tuple[int, int, int, Polynomial]]] = {}
    for number, (form, bias) in enumerate(zip(scalars.forms, scalars.biases, strict=True)):
        form, factor, sign = _primitive(form)
        by_form.setdefault(form, []).append((number, factor, sign, bias.times(-sign)))
    lines = []
    for form, members in by_form.items():
        while members:
            along, members = _comparable(members)
            lines.append(_line(form, along, scalars, scope))
    return tuple(lines)


def _primitive(form: Form) -> tuple[Form, int, int]:
    """Return ``(primitive, factor, sign)`` with form = sign * factor * primitive."""
    if not form or not all(c.is_constant for _, c in form):
        return form, 1, 1
    factor = gcd(*(c.rest for _, c in form))
    sign = 1 if form[0][1].rest > 0 else -1
    return tuple((k, Polynomial.constant(sign * c.rest // factor)) for k, c in form), factor, sign


def _comparable(
    members: Sequence[tuple[int, int, int, Polynomial]],
) -> tuple[list[tuple[int, int, int, Polynomial]], list[tuple[int, int, int, Polynomial]]]:
    """Split off the neurons whose thresholds lie at a constant distance from the first's."""
    _, factor, _, bound = members[0]
    near = [m for m in members if (m[3].times(factor) - bound.times(m[1])).is_constant]
    return near, [m for m in members if m not in near]


def _line(form: Form, members: list[tuple[int, int, int, Polynomial]], scalars: Scalars, scope: Scope) -> Line:
    base_factor, base = members[0][1], members[0][3]

    def place(factor: int, bound: Polynomial) -> Fraction:
        return Fraction((bound.times(base_factor) - base.times(factor)).rest, factor * base_factor)

    thresholds: list[tuple[int, Polynomial]] = []
    for _, factor, _, bound in members:
        if all(place(factor, bound) != place(*known) for known in thresholds):
            thresholds.append((factor, bound))
    thresholds = sorted((_reduced(t) for t in thresholds), key=lambda t: place(*t))
    neurons = tuple(
        (number, next(k for k, t in enumerate(thresholds) if place(*t) == place(factor, bound)), sign)
        for number, factor, sign, bound in members
    )
    low, high = form_bounds(form, scalars.sums)
    most = None
    if len(form) == 1 and form[0][1] == Polynomial.constant(1):
        most = scalars.sums[form[0][0]].most
    line = Line(form, tuple(thresholds), neurons, (), low, high, most)
    segments = tuple(s for s in range(2 * len(thresholds) + 1) if _reachable(line, s, scalars.whole, scope))
    return replace(line, segments=segments)


def _reduced(threshold: tuple[int, Polynomial]) -> tuple[int, Polynomial]:
    """Divide a threshold by what its factor and all factors of its bound share."""
    factor, bound = threshold
    common = gcd(factor, *(c for _, c in bound.terms))
    return factor // common, Polynomial(tuple((names, c // common) for names, c in bound.terms))


def form_bounds(form: Form, sums: Sequence[Sum]) -> tuple[int | None, int | None]:
    """Return the least and the greatest value that a form can have, by those of its sums."""
    low: int | None = 0
    high: int | None = 0
    for number, factor in form:
        ends = (sums[number].low, sums[number].high)
        if not factor.is_constant:
            return None, None
        if factor.rest < 0:
            ends = (ends[1], ends[0])
        low = None if low is None or ends[0] is None else low + factor.rest * ends[0]
        high = None if high is None or ends[1] is None else high + factor.rest * ends[1]
    return low, high


def _reachable(line: Line, segment: int, whole: bool, scope: Scope) -> bool:
    """Return False where it is proved that no value lies in a segment."""
    number, at = divmod(segment, 2)
    integers = whole and all(factor.is_constant for _, factor in line.form)
    if at:
        factor, bound = line.thresholds[number]
        divides = all(c % factor == 0 for names, c in bound.terms if names)
        if integers and divides and bound.rest % factor:
            return False  # no integer lies at the threshold
        return _meets(line, (factor, bound), (factor, bound), scope)
    below = line.thresholds[number - 1] if number else None
    above = line.thresholds[number] if number < len(line.thresholds) else None
    if integers and below and above:
        if below[1].is_constant and above[1].is_constant:
            first, last = below[1].rest // below[0] + 1, -(-above[1].rest // above[0]) - 1
            return first <= last and _meets(line, below, above, scope, 1)
        if below[0] == above[0] == 1:
            return (above[1] - below[1]).rest >= 2
    return _meets(line, below, above, scope, int(integers))


def _meets(
    line: Line,
    below: tuple[int, Polynomial] | None,
    above: tuple[int, Polynomial] | None,
    scope: Scope,
    step: int | None = None,
) -> bool:
    """Return False where the form's bounds exclude what lies from ``below`` to ``above``.

    ``step`` 1 or 0: strictly between, for integers or reals; None: the ends are included.
    """
    strict = step is not None
    most = line.most if line.high is None else Polynomial.constant(line.high)
    if below is not None and most is not None:
        # factor * most < bound (or <= bound where strict) at every size
        gap = below[1] - most.times(below[0])
        if scope.at_least(gap, 0 if strict else 1):
            return False
    if above is not None and line.low is not None:
        gap = Polynomial.constant(above[0] * line.low) - above[1]
        if scope.at_least(gap, 0 if strict else 1):
            return False
    return True
