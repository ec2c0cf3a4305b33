"""Networks that count: neurons with a loop whose sums over all turns decide, as in "some row is full".

What the neurons of one turn say depends on that turn's segments alone, so a sum of them over all turns is a number of
turns for which a condition holds.  The neurons without a loop are linear in such numbers; so are the differences of two
scores, once it is known which of those neurons fire.  With a difference for every case the network is a table over
thresholds of counts.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.condensed import Affine, At, Condensed, Loop, Region
from mips_core.essence.writing.arrays import factor_of
from mips_core.essence.writing.decisions import (
    MOST_COMBINATIONS,
    NO_DECISION,
    Decisions,
    combinations,
    merged,
    signs_of_segments,
)
from mips_core.essence.writing.flat import Basis, by_segments
from mips_core.essence.writing.linear_counts import Deciding, Reader, expanded, linear_in_counts, minus, sign_in_case
from mips_core.essence.writing.polynomials import Polynomial, Scope
from mips_core.essence.writing.scalar_groups import sum_of_region
from mips_core.essence.writing.scalars import Form, Line, Scalars, Sum, find_lines
from mips_core.essence.writing.written import InputValues
from mips_core.expressions import Constant, Expression

MOST_COUNTS = 3
MOST_DECIDING = 3
"""So many neurons without a loop may be read by one other."""


@dataclass(frozen=True)
class Counted:
    """A network over counts.

    Parameters
    ----------
    scalars : its sums are counts first, then sums over the input; no loops
    loops : what is counted over
    tables : for each count the table (over the lines of one turn) of the turns that count
    turn : the sums that the tables are over
    """

    scalars: Scalars
    loops: tuple[Loop, ...]
    tables: tuple[Decisions, ...]
    turn: Scalars

    def conditions(self, names: Sequence[str], sizes: Mapping[str, Expression]) -> Iterator[tuple[Expression, ...]]:
        """Yield expressions of what counts, over names of the sums of one turn."""
        for words in (True, False):
            found = [
                by_segments(table, self.turn, Basis(tuple(names)), sizes, lambda k: Constant(k), words)
                for table in self.tables
            ]
            if all(each is not None for each in found):
                yield tuple(each for each in found if each is not None)


def counted(condensed: Condensed, values: InputValues, scope: Scope) -> Iterator[Counted]:
    """Yield a network as one over counts, where it is one: with each condition or its opposite counted."""
    loops = _shared_loops(condensed)
    if loops is None or not condensed.decides or condensed.several:
        return
    turn = _turn(condensed, loops, values, scope)
    if turn is None:
        return
    lines = find_lines(turn, scope.within(loops))
    if combinations(lines) > MOST_COMBINATIONS:
        return
    signs = _signs_of_turn(condensed, turn, lines)
    if signs is None:
        return
    number = 1
    for flips in itertools.product((False, True), repeat=MOST_COUNTS):
        if any(flips[number:]):
            continue
        turns = Polynomial.constant(1)
        for loop in loops:
            turns = turns * (Polynomial.from_affine(loop.stop) - Polynomial.from_affine(loop.start))
        reader = Reader(values, scope, signs, turns, flips)
        scalars = _over_counts(condensed, loops, reader)
        if scalars is None or not 0 < len(reader.masks) <= MOST_COUNTS:
            return
        number = len(reader.masks)
        yield Counted(scalars, loops, tuple(_table(lines, mask) for mask in reader.masks), turn)


def _table(lines: tuple[Line, ...], mask: NDArray[np.bool_]) -> Decisions:
    shape = tuple(len(line.segments) for line in lines)
    starts = tuple(tuple(line.segments) for line in lines)
    return merged(Decisions(lines, starts, mask.astype(np.int64).reshape(shape), np.ones(shape, dtype=bool)))


def _shared_loops(condensed: Condensed) -> tuple[Loop, ...] | None:
    """Return the loops of all neurons that have some; None where they differ, or concept neurons have loops."""
    looped = {group.loops for layer in condensed.layers for group in layer if group.loops}
    if len(looped) != 1 or any(group.loops for group in condensed.layers[-1]):
        return None
    (loops,) = looped
    sizes = [name for loop in loops for number in (loop.start, loop.stop) for name, _ in number.terms]
    plain = all(loop.other_than is None for loop in loops) and not {loop.variable for loop in loops} & set(sizes)
    return loops if plain and not any(g.mirrored for layer in condensed.layers for g in layer) else None


def _turn(condensed: Condensed, loops: tuple[Loop, ...], values: InputValues, scope: Scope) -> Scalars | None:
    """Return the first layer's neurons of one turn."""
    regions: dict[Region, Sum] = {}
    forms: list[Form] = []
    biases = []
    for group in condensed.layers[0]:
        if group.loops:
            found: dict[int, Polynomial] = {}
            for term in group.terms:
                regions.setdefault(term.region, sum_of_region(term.region, values, scope.within(loops)))
                number = list(regions).index(term.region)
                found[number] = found.get(number, Polynomial()) + factor_of(term)
            forms.append(tuple(sorted((k, f) for k, f in found.items() if f.terms)))
            biases.append(Polynomial.from_affine(group.bias))
    if not forms:
        return None
    return Scalars(loops, tuple(regions.values()), tuple(forms), tuple(biases), (), (), values.whole)


def _signs_of_turn(condensed: Condensed, turn: Scalars, lines: tuple[Line, ...]) -> dict[str, NDArray[np.int64]] | None:
    """Return the signs of all neurons with a loop for every combination of one turn's segments."""
    first = signs_of_segments(lines, len(turn.forms))
    looped = [group for group in condensed.layers[0] if group.loops]
    signs = {group.name: first[:, k] for k, group in enumerate(looped)}
    for layer in condensed.layers[1:-1]:
        for group in layer:
            if not group.loops:
                continue
            own = tuple(At(Affine(0, ((loop.variable, 1),))) for loop in group.loops)
            total = np.full(len(first), group.bias.constant, dtype=np.int64)
            for term in group.terms:
                plain = term.region.axes == own and term.region.array in signs and term.coefficient.is_constant
                if not plain or not group.bias.is_constant:
                    return None
                total = total + term.coefficient.constant * signs[term.region.array]
            signs[group.name] = np.sign(total)
    return signs


def _over_counts(condensed: Condensed, loops: tuple[Loop, ...], reader: Reader) -> Scalars | None:
    """Return the neurons without a loop and all differences of scores as linear forms of counts."""
    parts: list[tuple[dict[int, int], dict[Region, Polynomial], Polynomial]] = []
    neurons: dict[str, Deciding] = {}
    for layer in condensed.layers[:-1]:
        for group in layer:
            if not group.loops:
                found = linear_in_counts(group, loops, reader)
                if found is None or len(found[3]) > MOST_DECIDING:
                    return None
                neurons[group.name] = expanded(found, parts)
    scores = [linear_in_counts(group, loops, reader) for group in condensed.layers[-1]]
    heads: list[tuple[int, int, Deciding]] = []
    for a, b in itertools.permutations(range(len(scores)), 2):
        one, other = scores[a], scores[b]
        if one is None or other is None:
            return None
        difference = minus(one, other)
        if len(difference[3]) > MOST_DECIDING:
            return None
        heads.append((a, b, expanded(difference, parts)))
    labels = [group.label for group in condensed.layers[-1]]
    if any(not label.is_constant for label in labels) or len(heads) > MOST_DECIDING * (MOST_DECIDING - 1):
        return None
    count = len(reader.masks)
    sums = [Sum(low=0, most=reader.turns) for _ in range(count)]
    sums += [sum_of_region(region, reader.values, reader.scope) for region in reader.regions]
    forms = []
    for counts, regions, _ in parts:
        both = {k: Polynomial.constant(factor) for k, factor in counts.items()}
        both |= {count + reader.regions.index(region): factor for region, factor in regions.items()}
        forms.append(tuple(sorted((k, f) for k, f in both.items() if f.terms)))

    def rule(signs: NDArray[np.int64]) -> NDArray[np.int64]:
        known: dict[str, NDArray[np.int64]] = {}
        for name, neuron in neurons.items():
            known[name] = sign_in_case(neuron, signs, known)
        above = np.ones((len(signs), len(scores)), dtype=bool)
        for a, _, neuron in heads:
            above[:, a] &= sign_in_case(neuron, signs, known) > 0
        return np.where(above.any(axis=1), above.argmax(axis=1), NO_DECISION)

    return Scalars(
        loops=(),
        sums=tuple(sums),
        forms=tuple(forms),
        biases=tuple(bias for _, _, bias in parts),
        layers=(),
        heads=((tuple(range(len(labels))), tuple(label.constant for label in labels)),),
        whole=reader.values.whole or not reader.regions,
        rule=rule,
    )
