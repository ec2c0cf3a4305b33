"""Neurons without a loop as linear forms of counts, one form for each case of what other neurons say."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.condensed import INPUT, Group, Loop, Region, Span
from mips_core.essence.writing.arrays import factor_of
from mips_core.essence.writing.polynomials import Polynomial, Scope
from mips_core.essence.writing.written import InputValues


@dataclass
class Reader:
    """Collects counts, sums and neurons while a network is read.

    Parameters
    ----------
    signs : of neurons with a loop: for each combination of one turn's segments
    turns : how many turns there are
    flipped : which of the counts count the turns that do not meet the condition first found
    """

    values: InputValues
    scope: Scope
    signs: dict[str, NDArray[np.int64]]
    turns: Polynomial
    flipped: tuple[bool, ...]
    masks: list[NDArray[np.bool_]] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)

    def count(self, mask: NDArray[np.bool_]) -> tuple[Polynomial, dict[int, int]]:
        """Return (constant, factors of counts) of the number of turns on which a mask is true."""
        if not mask.any():
            return Polynomial(), {}
        if mask.all():
            return self.turns, {}
        for number, known in enumerate(self.masks):
            if np.array_equal(known, mask):
                return Polynomial(), {number: 1}
            if np.array_equal(known, ~mask):
                return self.turns, {number: -1}
        number = len(self.masks)
        turned = number < len(self.flipped) and self.flipped[number]
        self.masks.append(~mask if turned else mask)
        return (self.turns, {number: -1}) if turned else (Polynomial(), {number: 1})


@dataclass(frozen=True)
class Deciding:
    """A neuron without a loop: a form for each combination of the signs of the neurons that it reads.

    Parameters
    ----------
    reads : names of the neurons without a loop that it reads
    forms : signs of these -> number of its form
    """

    reads: tuple[str, ...]
    forms: dict[tuple[int, ...], int]


def sign_in_case(neuron: Deciding, signs: NDArray[np.int64], known: dict[str, NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the signs of a neuron, each row's from the form of the case that the row is in."""
    found = np.zeros(len(signs), dtype=np.int64)
    for case, form in neuron.forms.items():
        rows = np.ones(len(signs), dtype=bool)
        for name, sign in zip(neuron.reads, case, strict=True):
            rows &= known[name] == sign
        found[rows] = signs[rows, form]
    return found


Linear = tuple[dict[int, int], dict[Region, Polynomial], Polynomial, dict[str, int]]
"""Factors of counts, factors of sums over the input, a number, factors of neurons without a loop."""


def linear_in_counts(group: Group, loops: tuple[Loop, ...], reader: Reader) -> Linear | None:
    """Return the sum of a neuron without a loop over counts; None where it picks some of the turns."""
    counts: dict[int, int] = {}
    regions: dict[Region, Polynomial] = {}
    scalars: dict[str, int] = {}
    bias = Polynomial.from_affine(group.bias)
    whole = tuple(Span(loop.start, loop.stop) for loop in loops)
    for term in group.terms:
        factor = factor_of(term)
        array = term.region.array
        if array == INPUT:
            if term.region not in reader.regions:
                reader.regions.append(term.region)
            regions[term.region] = regions.get(term.region, Polynomial()) + factor
        elif array in reader.signs:
            if term.region.axes != whole or not factor.is_constant:
                return None
            signs = reader.signs[array]
            for mask, sign in ((signs > 0, 1), (signs < 0, -1)):
                constant, found = reader.count(mask)
                bias = bias + constant.times(sign * factor.rest)
                for number, each in found.items():
                    counts[number] = counts.get(number, 0) + sign * factor.rest * each
        elif factor.is_constant:
            scalars[array] = scalars.get(array, 0) + factor.rest
        else:
            return None
    return counts, regions, bias, scalars


def minus(one: Linear, other: Linear) -> Linear:
    """Return a difference."""
    counts, regions, scalars = dict(one[0]), dict(one[1]), dict(one[3])
    for number, factor in other[0].items():
        counts[number] = counts.get(number, 0) - factor
    for region, weight in other[1].items():
        regions[region] = regions.get(region, Polynomial()) - weight
    for name, number in other[3].items():
        scalars[name] = scalars.get(name, 0) - number
    return counts, regions, one[2] - other[2], {name: factor for name, factor in scalars.items() if factor}


def expanded(linear: Linear, parts: list[tuple[dict[int, int], dict[Region, Polynomial], Polynomial]]) -> Deciding:
    """Add a form for every combination of the signs of the neurons that are read."""
    counts, regions, bias, scalars = linear
    forms = {}
    for case in itertools.product((-1, 0, 1), repeat=len(scalars)):
        shift = sum(sign * factor for sign, factor in zip(case, scalars.values(), strict=True))
        forms[case] = len(parts)
        parts.append((counts, regions, bias + Polynomial.constant(shift)))
    return Deciding(tuple(scalars), forms)
