"""What a network decides for each combination of segments of its lines, and the shortest way to say so."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.writing.phrases import chained
from mips_core.essence.writing.scalars import Line, Scalars
from mips_core.expressions import Apply, Constant, Expression, Variable, apply
from mips_core.expressions.python import gives_bool
from mips_core.programs.loops.emit import loop_text
from mips_core.programs.size import size_of
from mips_core.regression import find_boolean
from mips_core.regression.two_level import two_level

MOST_COMBINATIONS = 60_000
MOST_VALUES = 65_536
NO_DECISION = -1
_MOST_ORDERED = 3
_MOST_COLUMNS = 8
"""Formulas of more comparisons than these are not looked for: nobody could read them."""

_LONGEST = {1: 25, 2: 25, 3: 25, 4: 15, 5: 11, 6: 7}
"""Nodes of a Boolean formula, by the number of comparisons that it is of: the search grows with both."""


@dataclass(frozen=True)
class Decisions:
    """A table over groups of segments, one axis for each line that matters.

    Parameters
    ----------
    lines : the lines
    starts : for each line the first segment of each of its groups
    outcome : for each combination of groups the number of the head's neuron that wins, or :data:`NO_DECISION`
    care : which combinations inputs can reach
    """

    lines: tuple[Line, ...]
    starts: tuple[tuple[int, ...], ...]
    outcome: NDArray[np.int64]
    care: NDArray[np.bool_]

    @property
    def outcomes(self) -> tuple[int, ...]:
        """The outcomes that inputs can reach."""
        return tuple(int(value) for value in np.unique(self.outcome[self.care]))


def values_of_sums(scalars: Scalars) -> NDArray[np.int64] | None:
    """Return every combination of values that the sums can have, (R, sums), and maybe more.

    None where a sum has no bounds or there are too many combinations.
    """
    ranges = []
    count = 1
    for each in scalars.sums:
        if each.low is None or each.high is None or not scalars.whole:
            return None
        count *= each.high - each.low + 1
        if count > MOST_VALUES:
            return None
        ranges.append(np.arange(each.low, each.high + 1))
    if not ranges:
        return np.zeros((1, 0), dtype=np.int64)
    return np.stack([grid.ravel() for grid in np.meshgrid(*ranges, indexing="ij")], axis=1)


def combinations(lines: Sequence[Line]) -> int:
    """Return how many combinations of segments there are."""
    return int(np.prod([len(line.segments) for line in lines], dtype=object)) if lines else 1


def signs_of_segments(lines: Sequence[Line], neurons: int) -> NDArray[np.int64]:
    """Return the signs of the first layer for every combination of segments: (combinations, neurons)."""
    shape = tuple(len(line.segments) for line in lines)
    places = np.stack([g.ravel() for g in np.indices(shape)], axis=1) if shape else np.zeros((1, 0), dtype=np.int64)
    signs = np.zeros((len(places), neurons), dtype=np.int64)
    for axis, line in enumerate(lines):
        for number, threshold, sign in line.neurons:
            by_segment = np.array([sign * line.sign(segment, threshold) for segment in line.segments])
            signs[:, number] = by_segment[places[:, axis]]
    return signs


def decide_table(scalars: Scalars, lines: tuple[Line, ...], head: int) -> Decisions:
    """Return what one head decides for each combination of segments.

    Which combinations inputs can reach is found by going through all values of the sums where they are few; else all
    count as reached.
    """
    shape = tuple(len(line.segments) for line in lines)
    signs = signs_of_segments(lines, len(scalars.forms))
    outcome = winner_of_signs(scalars, signs, head).reshape(shape)
    care = np.ones(shape, dtype=bool)
    values = values_of_sums(scalars) if scalars.is_constant else None
    if values is not None and shape:
        care = np.zeros(shape, dtype=bool)
        columns = []
        for line in lines:
            place = {segment: k for k, segment in enumerate(line.segments)}
            form = sum((factor.rest * values[:, k] for k, factor in line.form), np.zeros(len(values), dtype=np.int64))
            known = {int(value): place[line.segment_of(int(value))] for value in np.unique(form)}
            columns.append(np.array([known[int(value)] for value in form]))
        care[tuple(columns)] = True
    starts = tuple(tuple(line.segments) for line in lines)
    return merged(Decisions(lines, starts, outcome, care))


def winner_of_signs(scalars: Scalars, signs: NDArray[np.int64], head: int) -> NDArray[np.int64]:
    """Return which concept neuron of a head wins for signs of the first layer: (N, neurons) -> (N,)."""
    if scalars.rule is not None:
        return scalars.rule(signs)
    return winners(upper_scores(scalars, signs)[:, list(scalars.heads[head][0])])


def upper_scores(scalars: Scalars, signs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the scores of the concept neurons for signs of the first layer: (N, neurons) -> (N, concepts)."""
    values = signs
    for number, (weights, bias) in enumerate(scalars.layers):
        values = values @ weights.T + bias
        if number < len(scalars.layers) - 1:
            values = np.sign(values)
    return values


def winners(scores: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which score of each row is the one highest, :data:`NO_DECISION` where there is none: (N, k) -> (N,)."""
    best = scores.max(axis=1)
    alone = (scores == best[:, None]).sum(axis=1) == 1
    return np.where(alone, scores.argmax(axis=1), NO_DECISION)


def merged(table: Decisions) -> Decisions:
    """Join neighbouring segments that never differ in what is decided; lines of one group go."""
    starts = [list(each) for each in table.starts]
    outcome, care = table.outcome, table.care
    for axis in range(len(table.lines)):
        k = 0
        while k + 1 < len(starts[axis]):
            a, b = (np.take(outcome, each, axis=axis) for each in (k, k + 1))
            use_a, use_b = (np.take(care, each, axis=axis) for each in (k, k + 1))
            if np.any(use_a & use_b & (a != b)):
                k += 1
                continue
            joined = np.expand_dims(np.where(use_a, a, b), axis)
            used = np.expand_dims(use_a | use_b, axis)
            keep = [each for each in range(outcome.shape[axis]) if each not in (k, k + 1)]
            lower, upper = [each for each in keep if each < k], [each for each in keep if each > k]
            outcome = np.concatenate([outcome.take(lower, axis), joined, outcome.take(upper, axis)], axis=axis)
            care = np.concatenate([care.take(lower, axis), used, care.take(upper, axis)], axis=axis)
            del starts[axis][k + 1]
    kept = [axis for axis in range(len(table.lines)) if len(starts[axis]) > 1]
    shape = tuple(len(starts[axis]) for axis in kept)
    return Decisions(
        tuple(table.lines[axis] for axis in kept),
        tuple(tuple(starts[axis]) for axis in kept),
        outcome.reshape(shape),
        care.reshape(shape),
    )


Predicates = Mapping[str, Expression]


def shortest_choice(
    outcome: NDArray[np.int64],
    care: NDArray[np.bool_],
    columns: Mapping[str, NDArray[np.int64]],
    labels: Callable[[int], Expression],
    spell: Callable[[Expression], Expression],
) -> Expression | None:
    """Return the shortest expression for a table of outcomes: truth values where they are 0 and 1, else a choice.

    Parameters
    ----------
    outcome, care : (R,) outcomes and which rows count
    columns : name -> bits (R,): what conditions are made of
    labels : outcome -> what is returned for it
    spell : puts what columns stand for in their place
    """
    found = [int(value) for value in np.unique(outcome[care])]
    if len(found) == 1:
        return labels(found[0])
    if len(columns) > _MOST_COLUMNS:
        return None
    orders = itertools.permutations(found) if len(found) <= _MOST_ORDERED else [tuple(found)]
    known: dict[tuple[bytes, bytes], Expression | None] = {}

    def said(formula: Expression) -> Expression:
        return chained(spell(formula))

    best: tuple[Any, Expression] | None = None
    for order in orders:
        rows = care.copy()
        conditions: list[Expression] = []
        for value in order[:-1]:
            target = (outcome == value).astype(np.int64)
            key = (target.tobytes(), rows.tobytes())
            if key not in known:
                ways = [said(formula) for formula in minimised(columns, target, rows)]
                known[key] = min(ways, key=written_size, default=None)
            chosen = known[key]
            if chosen is None:
                break
            conditions.append(chosen)
            rows = rows & (outcome != value)
        else:
            choice = _chain(conditions, [labels(value) for value in order])
            nodes, length, text = written_size(choice)
            rank = (nodes, order[-1] != min(order), [-value for value in order], length, text)
            if best is None or rank < best[0]:
                best = (rank, choice)
    return None if best is None else best[1]


def _chain(conditions: Sequence[Expression], values: Sequence[Expression]) -> Expression:
    if len(values) == 2 and values == [Constant(1), Constant(0)]:
        return conditions[0]
    found = values[-1]
    for condition, value in zip(reversed(conditions), reversed(values[:-1]), strict=True):
        found = apply("where", condition, value, found)
    return found


_BITWISE = ("and", "or", "xor")


def written_size(expression: Expression) -> tuple[int, int, str]:
    """Return the sorting key of formulas: size of the text, how hard it is to read, the text."""
    text = loop_text(expression)
    return size_of(text).nodes + effort(expression), len(text), text


def effort(expression: Expression) -> int:
    """Return how much harder a formula is to read than its size says.

    >>> effort(apply("max", Variable("a"), Variable("b")))
    4
    """
    surcharge = {"where": 2, "max": 4, "min": 4, "sub": 1, "mul": 1, "abs": 4, "mod": 3, "floordiv": 3}
    applied = [node for node in expression.walk() if isinstance(node, Apply)]
    mixed = sum(node.name == "xor" and any(map(gives_bool, node.arguments)) for node in applied)
    # Few readers know that & binds tighter than ==.
    bare = sum(
        node.operator.is_truth and any(isinstance(a, Apply) and a.name in _BITWISE for a in node.arguments)
        for node in applied
    )
    signs = sum(node.name == "sub" and all(map(gives_bool, node.arguments)) for node in applied)
    return 2 * mixed + 3 * bare + 3 * signs + sum(surcharge.get(node.name, 0) for node in applied)


def minimised(
    columns: Mapping[str, NDArray[np.int64]], target: NDArray[np.int64], care: NDArray[np.bool_]
) -> list[Expression]:
    """Return short Boolean formulas over columns that are right on the rows that count."""
    rows = np.flatnonzero(care)
    bits = tuple((name, values[rows].astype(np.uint8).tobytes()) for name, values in columns.items())
    return list(_minimised(bits, target[rows].astype(np.uint8).tobytes()))


@lru_cache(maxsize=4096)
def _minimised(columns: tuple[tuple[str, bytes], ...], target: bytes) -> tuple[Expression, ...]:
    """Return the formulas of one table of bits; outputs that do the same at many places ask for the same ones."""
    wanted = np.frombuffer(target, np.uint8).astype(np.int64)
    given = {name: np.frombuffer(bits, np.uint8).astype(np.int64) for name, bits in columns}
    if (wanted == wanted[0]).all():
        return (Constant(int(wanted[0])),)
    for name, values in given.items():
        if (values == wanted).all():
            return (Variable(name),)
    for name, values in given.items():
        if (values != wanted).all():
            return (apply("sub", 1, Variable(name)),)
    formulas: list[Expression] = []
    products = two_level(given, wanted)
    if products is not None:
        formulas.append(products)
    most = _LONGEST.get(len(given))
    if most is not None and (found := find_boolean(given, wanted, max_nodes=most)) is not None:
        formulas.append(found.expression)
    return tuple(formulas)


def spelled(formula: Expression, predicates: Predicates, denied: Callable[[Expression], Expression]) -> Expression:
    """Put predicates in the place of the variables of a Boolean formula; ``1 - p`` becomes the opposite of p."""
    if isinstance(formula, Variable):
        return predicates[formula.name]
    if not isinstance(formula, Apply):
        return formula
    if formula.name == "sub" and formula.arguments[0] == Constant(1):
        return denied(spelled(formula.arguments[1], predicates, denied))
    parts = tuple(spelled(part, predicates, denied) for part in formula.arguments)
    return Apply(formula.name, parts)
