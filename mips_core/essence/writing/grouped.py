"""Named identities about loops: pairwise comparisons that come down to greatest values.

*Strict maximum.*  If neuron i of a group fires exactly when a_i > a_j for every other j, it fires for no i or for the
one place of the greatest value; the label of a list of such neurons is that place, and a tie where there is none.

*Greatest values.*  Some i has a_i > b_j for all j exactly when max(a) > max(b), and some j has b_j > a_i for all i
exactly when max(b) > max(a): not both.  So the class with more such neurons is that of the greater maximum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mips_core.essence.condensed import Affine, At, Condensed, Group, Region, Span
from mips_core.essence.writing.arrays import frame_of, turns_over
from mips_core.essence.writing.drafts import Draft
from mips_core.essence.writing.phrases import linear
from mips_core.essence.writing.polynomials import Polynomial, Scope
from mips_core.essence.writing.sides import (
    Side,
    greatest_of,
    negative,
    own_place,
    renamed,
    side_values,
    side_word,
    sides_of,
)
from mips_core.essence.writing.written import InputValues, Rewrite
from mips_core.expressions import Constant, Expression, Variable, apply
from mips_core.expressions.loops import Aggregate, Nothing, Occurrences, Position
from mips_core.programs.loops import Assign, Return, Statement


def grouped_drafts(condensed: Condensed, values: InputValues, scope: Scope) -> Iterator[Draft]:
    """Yield programs by the identities of this module whose conditions hold; few values or many make no difference."""
    del values
    if len(condensed.layers) != 3 or not condensed.decides or condensed.several:
        return
    concepts = condensed.layers[-1]
    if len(concepts) == 1:
        found = _strict_maximum(condensed, scope)
    elif len(concepts) == 2:
        found = _greatest_values(condensed, scope)
    else:
        found = None
    if found is not None:
        yield found


def fires_when_all(group: Group, below: Mapping[str, Group], scope: Scope) -> tuple[Region, int] | None:
    """Return ``(region, sign)`` when a neuron is 1 exactly when every entry of a region has that sign, else -1.

    The weights are one number c; with the region's m entries at their best the sum is at least 1, and with any of them
    at 0 it is at most -1.
    """
    if len(group.terms) != 1 or not group.terms[0].coefficient.is_constant:
        return None
    term = group.terms[0]
    weight = abs(term.coefficient.constant)
    count = entries(term.region, below[term.region.array])
    if count is None or not weight:
        return None
    best = Polynomial.from_affine(group.bias) + count.times(weight)
    inner = scope.within(group.loops)
    if not inner.at_least(best, 1) or not inner.at_least(Polynomial.constant(weight) - best, 1):
        return None
    return term.region, 1 if term.coefficient.constant > 0 else -1


def entries(region: Region, group: Group) -> Polynomial | None:
    """Return how many entries of a group's array a region has, the missing diagonal taken into account."""
    frame = frame_of(group)
    gaps = group.mirrored or any(loop.other_than is not None for loop in group.loops)
    if frame.tests and not (len(frame.tests) == 1 and gaps):
        return None
    count = Polynomial.constant(1)
    for axis, start, stop in zip(region.axes, frame.starts, frame.stops, strict=True):
        if isinstance(axis, Span):
            if (axis.start.modulus, axis.stop.modulus) != (None, None):
                return None
            if Polynomial.from_affine(axis.start) != start or Polynomial.from_affine(axis.stop) != stop:
                return None
            count = count * (stop - start)
    singles = sum(isinstance(axis, At) for axis in region.axes)
    if not gaps:
        return count
    # One of the entries (i, 0), ..., (i, n - 1) is on the diagonal: both axes run over the same places.
    square = len(frame.loops) == 2 and frame.starts[0] == frame.starts[1] and frame.stops[0] == frame.stops[1]
    return count - Polynomial.constant(1) if square and singles == 1 else None


def _strict_maximum(condensed: Condensed, scope: Scope) -> Draft | None:
    """Return the place of the one greatest value, where a list of neurons each compare one with all others."""
    (concept,), subconcepts = condensed.layers[2], condensed.layers[1]
    below = {group.name: group for group in condensed.layers[0]}
    if len(concept.loops) != 1 or len(concept.terms) != 1 or len(subconcepts) != 1 or len(below) != 1:
        return None
    (loop,), (term,), (subconcept,) = concept.loops, concept.terms, subconcepts
    (pairs,) = condensed.layers[0]
    like = loop.start == Affine(0) and len(subconcept.loops) == 1
    if not like or (subconcept.loops[0].start, subconcept.loops[0].stop) != (loop.start, loop.stop):
        return None
    positive = term.coefficient.is_constant and term.coefficient.constant > 0
    if not positive or term.region.axes != (own_place(loop),) or not _is_same_everywhere(concept):
        return None
    found = fires_when_all(subconcept, below, scope)
    sides = sides_of(pairs)
    if found is None or sides is None or not pairs.mirrored or not turns_over(pairs):
        return None
    region, sign = found
    frame = frame_of(pairs)
    row = region.axes[0] == own_place(subconcept.loops[0])
    across = region.axes[1] == own_place(subconcept.loops[0])
    if row == across or (frame.loops[0].start, frame.loops[0].stop) != (loop.start, loop.stop):
        return None
    # Entry (i, j) is the sign of a_i - a_j; of column i, that of a_j - a_i.
    side = Side(sides[0].loop, sides[0].terms)
    side = Side(loop, renamed(side, loop).terms)
    side = (side if (sign > 0) == row else negative(side)).divided()
    least = all(factor < 0 for _, factor in side.terms) and not side.bias.terms
    shown = side_values(negative(side) if least else side, condensed.axes, scope)
    best = "least" if least else "top"
    statements: list[Statement] = []
    values: Expression = shown
    if not isinstance(shown, Variable):
        name = side_word(side)
        statements.append(Assign(name, shown))
        values = Variable(name)
    place: Expression = Position(values, Variable(best))
    label = Polynomial.from_affine(concept.label)
    step = next((c for names, c in label.terms if names == (loop.variable,)), 0)
    if not label.substitute(loop.variable, Polynomial()).is_constant or not step:
        return None
    result = linear([(place, step)], label.rest)
    single = apply("eq", Occurrences(values, Variable(best)), 1)
    statements += [
        Assign(best, Aggregate("min" if least else "max", values)),
        Return(apply("where", single, result, Nothing())),
    ]
    why = "Neuron i fires exactly when its value is above every other: only the place of a single maximum can."
    names = tuple(group.name for layer in condensed.layers for group in layer)
    gives = {best: (pairs.name, subconcept.name)}
    return Draft(("x",), tuple(statements), "strict maximum", (Rewrite("strict maximum", why, names),), gives)


def _is_same_everywhere(concept: Group) -> bool:
    names = {name for name, _ in concept.bias.terms}
    return concept.loops[0].variable not in names and concept.bias.modulus is None and concept.label.modulus is None


def _greatest_values(condensed: Condensed, scope: Scope) -> Draft | None:
    """Return the class of the greater maximum, where the neurons of two classes compare each a_i with all b_j."""
    below = {group.name: group for group in condensed.layers[0]}
    if len(below) != 1 or len(condensed.layers[1]) != 2:
        return None
    (pairs,) = condensed.layers[0]
    sides = sides_of(pairs)
    counted = [_counts(concept, condensed) for concept in condensed.layers[2]]
    if sides is None or pairs.mirrored or any(loop.other_than for loop in pairs.loops):
        return None
    first, second = counted
    if first is None or second is None or first[0] is second[0]:
        return None
    (one, weight_one, bias_one), (other, weight_other, bias_other) = first, second
    if weight_one != weight_other or bias_one != bias_other:
        return None
    roles: dict[int, tuple[Group, int]] = {}
    for concept, group in zip(condensed.layers[2], (one, other), strict=True):
        found = fires_when_all(group, below, scope)
        if found is None or len(group.loops) != 1 or not concept.label.is_constant:
            return None
        region, sign = found
        axis = next((k for k in (0, 1) if region.axes[k] == own_place(group.loops[0])), None)
        if axis is None or not isinstance(region.axes[1 - axis], Span):
            return None
        own, along = group.loops[0], pairs.loops[axis]
        if (own.start, own.stop) != (along.start, along.stop):
            return None
        roles[axis] = (concept, sign)
    if set(roles) != {0, 1} or roles[0][1] == roles[1][1]:
        return None
    # Neuron (i, j) is the sign of A(i) + B(j); it is positive when A(i) > -B(j).
    a, b = sides[0], negative(sides[1])
    if roles[0][1] < 0:
        a, b = negative(a), negative(b)
    if not a.bias.terms and len(a.terms) == len(b.terms) == 1 and a.terms[0][1] == b.terms[0][1]:
        a, b = a.divided(), b.divided()
    names = [side_word(a), side_word(b)]
    if names[0] == names[1]:
        names = [f"{names[0]}_1", f"{names[1]}_2"]
    tops = [f"top_{name.removesuffix('_sum')}" for name in names]
    statements: list[Statement] = [
        Assign(top, greatest_of(side_values(side, condensed.axes, scope)))
        for top, side in zip(tops, (a, b), strict=True)
    ]
    labels = [Constant(roles[axis][0].label.constant) for axis in (0, 1)]
    choices = sorted(zip(labels, tops, tops[::-1], strict=True), key=lambda choice: -choice[0].value)
    found_value: Expression = Nothing()
    for label, more, less in reversed(choices):
        found_value = apply("where", apply("gt", Variable(more), Variable(less)), label, found_value)
    statements.append(Return(found_value))
    why = "A neuron of a class fires exactly when one of its values is above all of the other class's: max above max."
    every = tuple(group.name for layer in condensed.layers for group in layer)
    return Draft(("x",), tuple(statements), "greatest values", (Rewrite("greatest values", why, every),))


def _counts(concept: Group, condensed: Condensed) -> tuple[Group, int, Polynomial] | None:
    """Return (group, weight, rest) when a concept neuron is weight * 2 * (neurons of the group that fire) + rest."""
    if concept.loops or len(concept.terms) != 1 or not concept.terms[0].coefficient.is_constant:
        return None
    term = concept.terms[0]
    group = condensed.group(term.region.array)
    count = entries(term.region, group)
    weight = term.coefficient.constant
    spans = all(isinstance(axis, Span) for axis in term.region.axes)
    if count is None or not spans or weight <= 0 or len(group.loops) != 1:
        return None
    return group, weight, Polynomial.from_affine(concept.bias) - count.times(weight)
