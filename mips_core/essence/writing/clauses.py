"""Programs that assign the variables of a formula in turn, by a network that judges one variable from its clauses.

The network's scores must be sums over clauses of what it makes of one clause: whether the variable's own literal is
there (first), its opposite (second), and how many others there are.  What a clause is worth is found for all such
triples, which is finite: beyond some number of others no threshold is left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from mips_core.errors import NoRegularStructureError
from mips_core.essence.condensed import INPUT, SIZE_NAMES, Affine, At, Axis, Condensed, Group, Span
from mips_core.essence.writing.drafts import Draft
from mips_core.essence.writing.polynomials import Polynomial, variable
from mips_core.essence.writing.written import Rewrite
from mips_core.expressions import Constant, Expression, Variable, apply
from mips_core.expressions.loops import Count, Each, Item, Listed, Occurrences, Position, Several, each
from mips_core.programs.loops import Append, Assign, For, Return, Statement

PARTS = ("first", "second", "others")
MOST_OTHERS = 200
MOST_CASES = 7
"""So many numbers of other literals may be told apart."""


def clauses_draft(condensed: Condensed) -> Draft:
    """Return a function of clauses, lists of signed variable numbers.

    A literal that stands twice in a clause counts once; a clause with a variable and its opposite goes as soon as the
    variable has a value; an empty clause is never met and changes nothing; an empty formula has no variables.

    Raises
    ------
    NoRegularStructureError
        when the scores are no such sums, or clauses that do not name the variable matter.
    """
    worth = clause_worth(condensed)
    step = Rewrite(
        "scores that add up clauses",
        f"Every score is a sum over clauses; what one clause adds was found for all {len(worth)} cases.",
        tuple(group.name for layer in condensed.layers for group in layer),
    )
    *hidden, scores = ([group.name for group in layer] for layer in condensed.layers)
    gives = {"votes": tuple(name for layer in hidden for name in layer), "value": tuple(scores)}
    return Draft(("clauses",), _program(_vote(worth)), "clauses", (step,), gives)


def _refused(why: str) -> NoRegularStructureError:
    return NoRegularStructureError(
        f"The network does not judge each clause by itself: {why}.",
        ("a sum over clauses of a value of the first, the second and the other literals",),
    )


def clause_worth(condensed: Condensed) -> dict[tuple[int, int, int], int]:
    """Return what a clause adds to the score for true minus that for false, by (first, second, others).

    The greatest number of others stands for all greater ones too.  Divided by what all have in common.
    """
    if condensed.axes != 2 or condensed.decides or len(condensed.layers) < 2:
        raise _refused("its outputs are no scores for a grid of literals and clauses")
    weights, biases, axis = _first_layer(condensed)
    most = max((abs(w[0]) + abs(w[1]) + abs(b) for w, b in zip(weights, biases, strict=True)), default=0) + 1
    if most > MOST_OTHERS:
        raise _refused("its thresholds are too large")
    triples = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in range(most + 1)]
    signs = np.sign(np.array(triples) @ np.array(weights).T + np.array(biases))
    for below, layer in zip(condensed.layers[:-2], condensed.layers[1:-1], strict=True):
        signs = np.sign(_pointwise(below, layer, signs, axis))
    worth = _difference(condensed, signs, axis)
    base = worth[0]
    if any(w != base for w, (a, b, _) in zip(worth, triples, strict=True) if not a and not b):
        raise _refused("clauses without the variable matter")
    common = math.gcd(*(w - base for w in worth)) or 1
    return {triple: (w - base) // common for triple, w in zip(triples, worth, strict=True)}


def _first_layer(condensed: Condensed) -> tuple[list[list[int]], list[int], int]:
    """Return weights on (first, second, others), biases, and the axis of clauses."""
    weights, biases = [], []
    axes = set()
    for group in condensed.layers[0]:
        if len(group.loops) != 1 or not group.bias.is_constant:
            raise _refused(f"the neurons of {group.name} are not one for each clause")
        row = [0, 0, 0]
        for term in group.terms:
            own = [k for k, axis in enumerate(term.region.axes) if axis == _own(group)]
            if term.region.array != INPUT or len(own) != 1 or not term.coefficient.is_constant:
                raise _refused(f"the neurons of {group.name} read several clauses")
            axes.add(own[0])
            for part in _parts(term.region.axes[1 - own[0]], SIZE_NAMES[2][1 - own[0]]):
                row[part] += term.coefficient.constant
        weights.append(row)
        biases.append(group.bias.constant)
    if len(axes) != 1:
        raise _refused("clauses lie along both axes")
    return weights, biases, axes.pop()


def _own(group: Group) -> At:
    return At(Affine(0, ((group.loops[0].variable, 1),)))


def _parts(axis: Axis, size: str) -> range:
    """Return which of first, second and others lie on a place or a span of the axis of literals."""
    if isinstance(axis, At):
        if axis.index in (Affine(0), Affine(1)):
            return range(axis.index.constant, axis.index.constant + 1)
    elif axis.start.is_constant and 0 <= axis.start.constant <= 2:
        if axis.stop == Affine(0, ((size, 1),)):
            return range(axis.start.constant, 3)
        if axis.stop in (Affine(1), Affine(2)):
            return range(axis.start.constant, axis.stop.constant)
    raise _refused("some of the other literals differ from the rest")


def _pointwise(below: Sequence[Group], layer: Sequence[Group], signs: np.ndarray, axis: int) -> np.ndarray:
    """Return the sums of neurons that read the neurons of their own clause: (R, below) -> (R, layer)."""
    places = {group.name: k for k, group in enumerate(below)}
    columns = []
    for group in layer:
        if len(group.loops) != 1 or not group.bias.is_constant:
            raise _refused(f"the neurons of {group.name} are not one for each clause")
        column = np.full(len(signs), group.bias.constant)
        for term in group.terms:
            if term.region.axes != (_own(group),) or not term.coefficient.is_constant:
                raise _refused(f"the neurons of {group.name} read several clauses")
            column = column + term.coefficient.constant * signs[:, places[term.region.array]]
        columns.append(column)
    return np.stack(columns, axis=1)


def _difference(condensed: Condensed, signs: np.ndarray, axis: int) -> list[int]:
    """Return the score for true minus that for false, one clause's share, for each row of signs."""
    below = {group.name: k for k, group in enumerate(condensed.layers[-2])}
    size = SIZE_NAMES[2][axis]
    whole = Span(Affine(0), Affine(0, ((size, 1),)))
    factors = np.zeros(len(below), dtype=np.int64)
    bias = Polynomial()
    labels = []
    for group in condensed.layers[-1]:
        if group.loops:
            raise _refused("its scores are not two neurons")
        labels.append(group.label.value({}))
        sign = 1 if group.label == Affine(0) else -1
        bias = bias + Polynomial.from_affine(group.bias).times(sign)
        for term in group.terms:
            if term.region.axes != (whole,) or not term.coefficient.is_constant:
                raise _refused("its scores do not add up all clauses")
            factors[below[term.region.array]] += sign * term.coefficient.constant
    if sorted(labels) != [0, 1]:
        raise _refused("its scores are not one for true and one for false")
    worth = [int(value) for value in signs @ factors]
    if (bias + variable(size).times(worth[0])).terms:
        raise _refused("clauses that hold already matter")
    return worth


def _vote(worth: dict[tuple[int, int, int], int]) -> Expression:
    """Return what a clause adds to the score, over first, second and others."""
    most = max(others for _, _, others in worth)
    first, second, _ = map(Variable, PARTS)
    if all(w == (a - b) * worth[1, 0, c] for (a, b, c), w in worth.items()):
        by_others = _by_others([worth[1, 0, c] for c in range(most + 1)])
        lead = apply("sub", first, second)
        return lead if by_others == Constant(1) else apply("mul", lead, by_others)
    found: Expression | None = None
    for case, condition in _cases():
        value = _by_others([worth[(*case, c)] for c in range(most + 1)])
        if value != Constant(0):
            found = apply("where", condition, value, found or Constant(0))
    return found or Constant(0)


def _cases() -> Iterator[tuple[tuple[int, int], Expression]]:
    first, second = Variable(PARTS[0]), Variable(PARTS[1])
    yield (1, 1), apply("eq", apply("add", first, second), 2)
    yield (0, 1), apply("lt", first, second)
    yield (1, 0), apply("gt", first, second)


def _by_others(values: Sequence[int]) -> Expression:
    """Return a number that depends on how many other literals there are."""
    changes = [c for c in range(1, len(values)) if values[c] != values[c - 1]]
    if len(changes) > MOST_CASES:
        raise _refused("it tells too many numbers of literals apart")
    found: Expression = Constant(values[-1])
    others = Variable(PARTS[2])
    for change in reversed(changes):
        few = apply("eq", others, 0) if change == 1 else apply("lt", others, change)
        found = apply("where", few, Constant(values[change - 1]), found)
    return found


def _program(vote: Expression) -> tuple[Statement, ...]:
    """Return the statements around what a clause adds: variables in turn, clauses as they stand."""
    names = ("clauses", "clause", "literal", "variable", "variables", "votes", "value", "values", "remaining", "i")
    clauses, clause, literal, number, variables, votes, value, values, remaining, i = map(Variable, names)
    given, one = Item(clauses, clause), Item(remaining, clause)
    once = Each("i", Constant(0), Count(given), apply("eq", Position(given, Item(given, i)), i))
    counted: list[Statement] = [
        Assign(PARTS[:2], (Occurrences(one, number), Occurrences(one, apply("neg", number)))),
    ]
    if PARTS[2] in vote.variables:
        rest = apply("sub", apply("sub", Count(one), Variable(PARTS[0])), Variable(PARTS[1]))
        counted.append(Assign(PARTS[2], rest))
    kept = Each("literal", Constant(0), Count(one), apply("ne", Item(one, literal), apply("neg", Variable("true"))))
    still_open = Each("clause", Constant(0), Count(remaining), apply("eq", Occurrences(one, Variable("true")), 0))
    largest = apply("max", variables, apply("abs", Item(given, literal)))
    return (
        Assign("variables", Constant(0)),
        For(each("clause", Count(clauses)), (For(each("literal", Count(given)), (Assign("variables", largest),)),)),
        Assign("remaining", Listed(Listed(Item(given, i), once), each("clause", Count(clauses)))),
        Assign("values", Several()),
        For(
            each("variable", apply("add", variables, 1), start=1),
            (
                Assign("votes", Constant(0)),
                For(each("clause", Count(remaining)), (*counted, Assign("votes", apply("add", votes, vote)))),
                Assign("value", apply("ge", votes, 0)),
                Append("values", value),
                Assign("true", apply("where", value, number, apply("neg", number))),
                Assign("remaining", Listed(Listed(Item(one, literal), kept), still_open)),
            ),
        ),
        Return(values),
    )
