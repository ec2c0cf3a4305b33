"""Read a condensed network as :class:`Scalars`, where all its groups share one loop or its size is fixed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from mips_core.essence.condensed import INPUT, SIZE_NAMES, Affine, At, Condensed, Group, Region, Span, size_values
from mips_core.essence.regenerate import regenerate
from mips_core.essence.writing.polynomials import Polynomial, Scope, variable
from mips_core.essence.writing.scalars import Form, Scalars, Sum
from mips_core.essence.writing.written import InputValues


def is_of_one_size(condensed: Condensed) -> bool:
    """Return whether no number of the groups depends on the size of the input."""
    sizes = set(SIZE_NAMES[condensed.axes])

    def free(number: Affine) -> bool:
        return number.modulus is None and not any(sizes & set(name.split("*")) for name, _ in number.terms)

    return all(free(number) for layer in condensed.layers for group in layer for number in _numbers(group))


def _numbers(group: Group) -> list[Affine]:
    found = [group.bias, group.head, group.label]
    for loop in group.loops:
        found += [loop.start, loop.stop]
    for term in group.terms:
        found.append(term.coefficient)
        for axis in term.region.axes:
            found += [axis.index] if isinstance(axis, At) else [axis.start, axis.stop]
    return found


def unrolled(condensed: Condensed, values: InputValues, apart: bool = False) -> Scalars | None:
    """Return a network of a fixed size with each neuron by itself; inputs with the same weights are added up.

    With ``apart`` each input stays by itself.

    None where it has no hidden layer or its scores are no decisions.
    """
    if len(condensed.layers) < 2 or not condensed.decides:
        return None
    shape = condensed.sizes[0]
    layers = regenerate(condensed, shape)
    by_weights: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    for cell, column in enumerate(layers[0].weights.T):
        if column.any():
            key = (cell if apart else -1, tuple(int(c) for c in column))
            by_weights.setdefault(key, []).append(cell)
    sums = tuple(_sum_of_cells(tuple(cells), values) for cells in by_weights.values())
    forms: list[Form] = []
    for neuron in range(len(layers[0].bias)):
        factors = [(k, column[neuron]) for k, (_, column) in enumerate(by_weights)]
        forms.append(tuple((k, Polynomial.constant(c)) for k, c in factors if c))
    heads: dict[int, list[tuple[int, int]]] = {}
    number = 0
    for group in condensed.layers[-1]:
        for place in group.places(size_values(shape)):
            heads.setdefault(group.head.value(place), []).append((number, group.label.value(place)))
            number += 1
    if sorted(heads) != list(range(len(heads))):
        return None
    return Scalars(
        loops=(),
        sums=sums,
        forms=tuple(forms),
        biases=tuple(Polynomial.constant(int(b)) for b in layers[0].bias),
        layers=tuple((layer.weights, layer.bias) for layer in layers[1:]),
        heads=tuple(
            (tuple(n for n, _ in heads[head]), tuple(label for _, label in heads[head])) for head in range(len(heads))
        ),
        whole=values.whole,
    )


def _sum_of_cells(cells: tuple[int, ...], values: InputValues) -> Sum:
    if not values.are_bounded:
        return Sum(cells=cells)
    high = int(values.high) * len(cells)
    return Sum(cells=cells, low=int(values.low) * len(cells), high=high, most=Polynomial.constant(high))


def scalar_groups(condensed: Condensed, values: InputValues, scope: Scope) -> Scalars | None:
    """Return a network all of whose groups are single neurons, or one neuron for each output; None for others."""
    layers = condensed.layers
    if len(layers) < 2 or not condensed.decides or not layers[-1]:
        return None
    loops = layers[-1][0].loops
    groups = [group for layer in layers for group in layer]
    if any(group.loops not in ((), loops) or group.mirrored for group in groups):
        return None
    if any(group.loops != loops for group in layers[-1]) or not one_output_each(condensed, layers[-1]):
        return None
    inner = scope.within(loops)
    regions: dict[Region, Sum] = {}
    forms: list[Form] = []
    for group in layers[0]:
        factors: dict[Region, Polynomial] = {}
        for term in group.terms:
            if term.coefficient.modulus is not None:
                return None
            regions.setdefault(term.region, sum_of_region(term.region, values, inner))
            known = factors.get(term.region, Polynomial())
            factors[term.region] = known + Polynomial.from_affine(term.coefficient)
        order = list(regions)
        numbered = sorted((order.index(region), factor) for region, factor in factors.items() if factor.terms)
        forms.append(tuple(numbered))
    upper = []
    for below, layer in itertools.pairwise(layers):
        found = _upper(below, layer)
        if found is None:
            return None
        upper.append(found)
    heads: dict[Affine, list[tuple[int, int | Polynomial]]] = {}
    for number, group in enumerate(layers[-1]):
        label = group.label.constant if group.label.is_constant else Polynomial.from_affine(group.label)
        heads.setdefault(group.head, []).append((number, label))
    return Scalars(
        loops=loops,
        sums=tuple(regions.values()),
        forms=tuple(forms),
        biases=tuple(Polynomial.from_affine(group.bias) for group in layers[0]),
        layers=tuple(upper),
        heads=tuple(
            (tuple(n for n, _ in members), tuple(label for _, label in members))
            for _, members in sorted(heads.items(), key=lambda each: each[0].constant)
        ),
        whole=values.whole,
    )


def one_output_each(condensed: Condensed, concepts: tuple[Group, ...]) -> bool:
    """Whether concept neurons without loops belong to outputs 0, 1, ..., those with loops to that of each turn."""
    loops = concepts[0].loops
    if not loops:
        numbers = {group.head for group in concepts}
        return numbers == {Affine(k) for k in range(len(numbers))}
    heads = {group.head for group in concepts}
    if len(heads) > 1 or any(loop.other_than for loop in loops):
        return False
    (head,) = heads
    wanted = Polynomial()
    for loop in loops:
        start, stop = Polynomial.from_affine(loop.start), Polynomial.from_affine(loop.stop)
        if (start.names | stop.names) & {other.variable for other in loops}:
            return False
        wanted = wanted * (stop - start) + variable(loop.variable) - start
    return condensed.several and head.modulus is None and Polynomial.from_affine(head) == wanted


def _upper(below: tuple[Group, ...], layer: tuple[Group, ...]) -> tuple[np.ndarray, np.ndarray] | None:
    """Return weights and bias of a layer whose neurons read the neurons of their own turn only."""
    places = {group.name: number for number, group in enumerate(below)}
    by_name: Mapping[str, Group] = {group.name: group for group in below}
    weights = np.zeros((len(layer), len(below)), dtype=np.int64)
    for row, group in enumerate(layer):
        if not group.bias.is_constant:
            return None
        for term in group.terms:
            own = tuple(At(Affine(0, ((loop.variable, 1),))) for loop in by_name[term.region.array].loops)
            if term.region.axes != own or not term.coefficient.is_constant:
                return None
            weights[row, places[term.region.array]] += term.coefficient.constant
    return weights, np.array([group.bias.constant for group in layer], dtype=np.int64)


def sum_of_region(region: Region, values: InputValues, scope: Scope) -> Sum:
    """Return the sum over a part of the input with its bounds."""
    if not values.are_bounded or region.array != INPUT:
        return Sum(region=region)
    low, high = int(values.low), int(values.high)
    inside = all(_is_inside(axis, number, len(region.axes), scope) for number, axis in enumerate(region.axes))
    count = region_count(region)
    if count is not None and count.is_constant:
        many = max(count.rest, 0)
        ends = (low * many, high * many)
        # What lies outside the input counts nothing, so that fewer inputs may be added up.
        if not inside:
            ends = (min(0, ends[0]), max(0, ends[1]))
        return Sum(region=region, low=ends[0], high=ends[1], most=count.times(high) if inside else None)
    most = count.times(high) if count is not None and inside else None
    return Sum(region=region, low=0 if low >= 0 else None, high=0 if high <= 0 else None, most=most)


def region_count(region: Region) -> Polynomial | None:
    """Return how many inputs a region has, as far as it lies inside; None where periodic borders cut it."""
    count = Polynomial.constant(1)
    for axis in region.axes:
        if isinstance(axis, Span):
            if axis.start.modulus is not None or axis.stop.modulus is not None:
                return None
            count = count * (Polynomial.from_affine(axis.stop) - Polynomial.from_affine(axis.start))
    return count


def _is_inside(axis: At | Span, number: int, axes: int, scope: Scope) -> bool:
    """Whether a place or a span is proved to lie within the input at every size and turn."""
    size = variable(SIZE_NAMES[axes][number])
    if isinstance(axis, At):
        if axis.index.modulus is not None:
            return True
        index = Polynomial.from_affine(axis.index)
        return scope.at_least(index, 0) and scope.at_least(size - index, 1)
    if axis.start.modulus is not None or axis.stop.modulus is not None:
        return True
    start, stop = Polynomial.from_affine(axis.start), Polynomial.from_affine(axis.stop)
    return scope.at_least(start, 0) and scope.at_least(size - stop, 0) and scope.at_least(stop - start, 0)
