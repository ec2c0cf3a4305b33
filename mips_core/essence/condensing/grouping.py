"""Group the neurons of a layer, at one size: like terms at other places are one formula with loops.

A network with an output for each input cell is read around the cell: neurons that are the same after turning the
input round by their place are one neuron with periodic borders.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.condensed import INPUT, SIZE_NAMES, Affine, At, Axis, Group, Loop, Region, Span, Term
from mips_core.essence.condensing.neurons import RawNeuron
from mips_core.essence.condensing.patterns import RawTerm
from mips_core.essence.condensing.places import VARIABLES, find_places
from mips_core.essence.network import EssenceNetwork

_NEIGHBOURS = 2
"""On a ring of three cells the others are the neighbours; on larger ones they are more."""

Found = tuple[Group, tuple[int, ...]]
"""A group, still without a name, and its neurons in the order of its places."""


def group_neurons(neurons: Sequence[RawNeuron], layer: int, heads: tuple[int, ...] | None) -> list[Found]:
    """Return groups that hold each neuron once.

    Parameters
    ----------
    heads : the shape of the outputs, when there are several and each neuron serves one of them; None otherwise
    """
    if heads is not None:
        # Thresholds may move with the output, so they only tell neurons apart where that gives fewer groups.
        same = _grouped(neurons, layer, [lambda n: (_kinds(n), n.bias, n.label)], heads)
        moving = _grouped(neurons, layer, [lambda n: (_kinds(n), n.label)], heads)
        return moving if len(moving) < len(same) else same
    keys: list[Callable[[RawNeuron], Hashable]] = [
        lambda n: (_kinds(n), n.bias),
        lambda n: (_kinds(n), n.bias, n.classes),
    ]
    found = _grouped(neurons, layer, keys, None)
    single = [numbers[0] for group, numbers in found if not group.loops]
    rest = [neuron for neuron in neurons if neuron.number in set(single)]
    # Thresholds that rise in step: neurons alone with their bias may still be one formula.
    again = [each for each in _grouped(rest, layer, [lambda n: _kinds(n)], None) if each[0].loops and len(each[1]) > 3]
    taken = {number for _, numbers in again for number in numbers}
    return [each for each in found if not taken & set(each[1])] + again


def _axis(start: Affine, stop: Affine) -> Axis:
    """Return a place where a span has one at every neuron."""
    one = start.terms == stop.terms and stop.constant == start.constant + 1
    return At(start) if one else Span(start, stop)


def _kinds(neuron: RawNeuron) -> Hashable:
    return tuple(term.kind for term in neuron.terms)


def _grouped(
    neurons: Sequence[RawNeuron],
    layer: int,
    keys: Sequence[Callable[[RawNeuron], Hashable]],
    heads: tuple[int, ...] | None,
) -> list[Found]:
    """Group by the first key; what has no loops is grouped by the next, at last each neuron stands alone."""
    found: list[Found] = []
    key = keys[0]
    ordered = sorted(neurons, key=lambda n: (repr(key(n)), n.number))
    for _, each in groupby(ordered, key=lambda n: repr(key(n))):
        alike = list(each)
        for together in _one_for_each_head(alike) if heads is not None else [alike]:
            group = _group(together, layer, heads)
            if group is not None:
                found.append(group)
            elif len(keys) > 1:
                found += _grouped(together, layer, keys[1:], heads)
            else:
                found += [single for neuron in together if (single := _group([neuron], layer, None)) is not None]
    return found


def _one_for_each_head(alike: list[RawNeuron]) -> list[list[RawNeuron]]:
    """Split neurons so that each part has at most one for each output: the first of each, the second of each, ..."""
    parts: list[list[RawNeuron]] = []
    seen: dict[int | None, int] = {}
    for neuron in alike:
        turn = seen[neuron.head] = seen.get(neuron.head, -1) + 1
        if turn == len(parts):
            parts.append([])
        parts[turn].append(neuron)
    return parts


def _group(alike: Sequence[RawNeuron], layer: int, heads: tuple[int, ...] | None) -> Found | None:
    """Return the one group that these neurons are, or None."""
    if len(alike) == 1:
        heads = None
    rows = []
    given = 0
    for neuron in alike:
        row: list[int] = []
        if heads is not None:
            assert neuron.head is not None
            row += [int(index) for index in np.unravel_index(neuron.head, heads)]
            given = len(heads)
        for term in neuron.terms:
            for start, stop in term.axes:
                row += [start] if stop is None else [start, stop]
        rows.append([*row, neuron.bias, neuron.label])
    places = find_places(np.array(rows, dtype=np.int64), given)
    if places is None:
        return None
    columns = list(places.columns[given:])
    terms = []
    for term in alike[0].terms:
        axes: list[Axis] = []
        for _, stop in term.axes:
            axes.append(At(columns.pop(0)) if stop is None else _axis(columns.pop(0), columns.pop(0)))
        terms.append(Term(Affine(term.coefficient), Region(term.array, tuple(axes))))
    bias, label = columns
    head = _served(places.columns[:given]) if given else Affine(alike[0].head or 0)
    group = Group("", layer, places.loops, tuple(terms), bias, head=head, label=label)
    numbers = tuple(alike[row].number for row in places.order)
    return _mirrored(group), numbers


def _served(place: Sequence[Affine]) -> Affine:
    """Return the number of the output at a place of the outputs, (i,) or (i, j)."""
    if len(place) == 1:
        return place[0]
    row, column = place
    width = SIZE_NAMES[2][1]
    terms = tuple((f"{name}*{width}", factor) for name, factor in row.terms)
    return Affine(column.constant, (*terms, *(((width, row.constant),) if row.constant else ()), *column.terms))


def _mirrored(group: Group) -> Group:
    """Mark a group over i < j as mirrored when changing i for j turns the sum into its negative."""
    if len(group.loops) != 2 or group.loops[1].start.terms != (("i", 1),) or group.bias != Affine(0):
        return group
    other = {"i": "j", "j": "i"}

    def turned(value: Affine) -> Affine:
        return Affine(value.constant, tuple((other.get(name, name), factor) for name, factor in value.terms))

    def key(region: Region, change: bool) -> Hashable:
        return (
            region.array,
            tuple(
                (turned(axis.index) if change else axis.index,)
                if isinstance(axis, At)
                else (turned(axis.start), turned(axis.stop)) if change else (axis.start, axis.stop)
                for axis in region.axes
            ),
        )  # fmt: skip

    plain = {key(term.region, False): term.coefficient.constant for term in group.terms}
    turned_round = {key(term.region, True): -term.coefficient.constant for term in group.terms}
    if plain != turned_round:
        return group
    return replace(group, mirrored=True)


def periodic_groups(network: EssenceNetwork, heads: Sequence[int | None]) -> list[Found] | None:
    """Return the groups of the first layer of a network that does the same at each cell, borders joined; else None."""
    shape = network.input_shape
    if len(network.heads) != int(np.prod(shape)) or None in heads:
        return None
    layer = network.layers[0]
    kinds: dict[tuple[bytes, int, int], list[tuple[int, int]]] = {}
    turns: dict[tuple[bytes, int, int | None], int] = {}
    for number, (weights, bias, head) in enumerate(zip(layer.weights, layer.bias, heads, strict=True)):
        assert head is not None
        place = np.unravel_index(head, shape)
        around = np.roll(weights.reshape(shape), [-int(p) for p in place], axis=tuple(range(len(shape)))).tobytes()
        turn = turns[around, int(bias), head] = turns.get((around, int(bias), head), -1) + 1
        kinds.setdefault((around, int(bias), turn), []).append((head, number))
    if any(len(members) != len(network.heads) for members in kinds.values()):
        return None
    found = []
    for (around, bias, _), members in kinds.items():
        weights = np.frombuffer(around, dtype=layer.weights.dtype).reshape(shape)
        loops = tuple(Loop(v, Affine(0), Affine(s)) for v, s in zip(VARIABLES, shape, strict=False))
        terms = _around(weights)
        served = _served([Affine(0, ((loop.variable, 1),)) for loop in loops])
        group = Group("", 0, loops, terms, Affine(bias), head=served)
        found.append((group, tuple(number for _, number in sorted(members))))
    return found


def _around(weights: NDArray[np.int64]) -> tuple[Term, ...]:
    """Return terms for weights by distance from the neuron's own cell, wrapped round."""
    shape = weights.shape
    whole = tuple(Span(Affine(0), Affine(size)) for size in shape)
    if weights.size and (weights == weights.flat[0]).all():
        return (Term(Affine(int(weights.flat[0])), Region(INPUT, whole)),) if weights.flat[0] else ()
    others = np.delete(weights.ravel(), 0)
    if len(others) > _NEIGHBOURS and (others == others[0]).all() and others[0]:
        # One cell against all others, not against as many neighbours as there happen to be.
        own = tuple(At(Affine(0, ((variable, 1),))) for variable in VARIABLES[: len(shape)])
        every = Term(Affine(int(others[0])), Region(INPUT, whole))
        difference = int(weights.flat[0] - others[0])
        return (every, Term(Affine(difference), Region(INPUT, own))) if difference else (every,)
    cells = []
    for place in np.argwhere(weights):
        offsets = [int(p) if p <= s // 2 else int(p) - s for p, s in zip(place, shape, strict=True)]
        cells.append((offsets, int(weights[tuple(place)])))
    terms = []
    for offsets, value in sorted(cells):
        axes = tuple(
            At(Affine(offset, ((variable, 1),), modulus=size if offset else None))
            for offset, variable, size in zip(offsets, VARIABLES, SIZE_NAMES[len(shape)], strict=False)
        )
        terms.append(Term(Affine(value), Region(INPUT, axes)))
    return tuple(terms)


def sort_terms(terms: Sequence[RawTerm]) -> tuple[RawTerm, ...]:
    """Return terms in an order that like neurons share: by kind, then by place."""
    return tuple(sorted(terms, key=lambda t: (repr(t.kind), t.axes)))
