"""Random essence networks for the condenser: regular ones made from random groups, and irregular ones.

A regular network is made at several sizes from the same loops, with its neurons in random order.  What comes of it must
be a program that does exactly the same, or a refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mips_core.essence.condensed import INPUT, Affine, At, Axis, Condensed, Group, Loop, Region, Span, Term
from mips_core.essence.data import EssenceData, Samples
from mips_core.essence.network import EssenceNetwork, Head, Layer
from mips_core.essence.regenerate import network_at

_ZERO = Affine(0)
_FACTORS = (-3, -2, -1, 1, 2, 3)
_SAMPLES = 24


@dataclass(frozen=True)
class RandomNetwork:
    """Networks of several sizes and data that hold inputs for them.

    Parameters
    ----------
    name : how they were made
    networks : one for each size
    data : random inputs of bits with what the networks say
    """

    name: str
    networks: tuple[EssenceNetwork, ...]
    data: EssenceData


def random_network(seed: int) -> RandomNetwork:
    """Return networks of depth 2 or 3 with integer weights: three of four regular, the others irregular."""
    generator = np.random.default_rng(seed)
    if seed % 4 == 3:
        networks: tuple[EssenceNetwork, ...] = (_irregular(generator),)
        name = "irregular"
    else:
        condensed, name = _regular(generator)
        low = int(generator.integers(4, 6))
        lengths = [low, low + 1, low + 3]
        shapes = [(n,) * condensed.axes for n in lengths]
        alone = [sum(not group.loops for group in layer) for layer in condensed.layers]
        networks = tuple(shuffled(network_at(condensed, shape), generator, alone) for shape in shapes)
    samples = tuple(_samples(network, generator) for network in networks)
    return RandomNetwork(name, networks, EssenceData(samples, name=f"random network {seed}"))


def _samples(network: EssenceNetwork, generator: np.random.Generator) -> Samples:
    """Return random inputs of bits; labels do not count, so ties are written as -1."""
    x = generator.integers(0, 2, size=(_SAMPLES, *network.input_shape))
    said = network.decide(x)
    rows = [row if isinstance(row, list) else [row] for row in said]
    return Samples(x, np.array([[-1 if value is None else value for value in row] for row in rows]))


def shuffled(
    network: EssenceNetwork, generator: np.random.Generator, alone: Sequence[int] | None = None
) -> EssenceNetwork:
    """Return the same network with the neurons of its hidden layers in random order.

    Parameters
    ----------
    alone : for each layer how many neurons, the first ones, stay in their order: those that no loop tells apart
    """
    layers: list[Layer] = []
    before = np.arange(network.layers[0].weights.shape[1])
    for depth, layer in enumerate(network.layers[:-1]):
        order = generator.permutation(len(layer.bias))
        own = order < (alone[depth] if alone else 0)
        order[own] = np.sort(order[own])
        layers.append(replace(layer, weights=layer.weights[:, before][order], bias=layer.bias[order]))
        before = order
    last = network.layers[-1]
    return replace(network, layers=(*layers, replace(last, weights=last.weights[:, before])))


def perturbed(network: EssenceNetwork, generator: np.random.Generator) -> EssenceNetwork:
    """Return a network with 1 or 2 added to one weight or bias, which may be 0."""
    depth = int(generator.integers(len(network.layers)))
    layer = network.layers[depth]
    weights, bias = layer.weights.copy(), layer.bias.copy()
    row, column = int(generator.integers(len(bias))), int(generator.integers(weights.shape[1] + 1))
    change = int(generator.choice([-2, -1, 1, 2]))
    if column == weights.shape[1]:
        bias[row] += change
    else:
        weights[row, column] += change
    layers = list(network.layers)
    layers[depth] = replace(layer, weights=weights, bias=bias)
    return replace(network, layers=tuple(layers))


def _irregular(generator: np.random.Generator) -> EssenceNetwork:
    """Return a small network with random integers."""
    sizes = [int(generator.integers(3, 7)), *generator.integers(2, 6, size=int(generator.integers(1, 3)))]
    labels = int(generator.integers(2, 4))
    layers = []
    for before, after in zip(sizes, [*sizes[1:], labels], strict=True):
        layers.append(_random_layer(int(before), int(after), generator))
    head = Head(tuple(range(labels)), tuple(range(labels)))
    return EssenceNetwork((sizes[0],), tuple(layers), (head,))


def _random_layer(inputs: int, neurons: int, generator: np.random.Generator) -> Layer:
    weights = generator.integers(-3, 4, size=(neurons, inputs)) * (generator.random((neurons, inputs)) < 0.7)
    return Layer("layer", weights.astype(np.int64), generator.integers(-3, 4, size=neurons))


Groups = tuple[Group, ...]
_Maker = Callable[[np.random.Generator], Groups]


def _regular(generator: np.random.Generator) -> tuple[Condensed, str]:
    """Return random groups, and which makers they are of."""
    axes = int(generator.integers(1, 3))
    first_makers = _FIRST_OF_ROWS if axes == 1 else _FIRST_OF_GRIDS
    maker = first_makers[int(generator.integers(len(first_makers)))]
    layers: list[Groups] = [maker(generator)]
    names = [maker.__name__]
    if generator.random() < 0.6:
        over = layers[-1][0]
        makers = [_sum_of_all] if len(over.loops) == 0 else [_sum_of_all, _each_against_all]
        makers = [_lines_of_pairs] if len(over.loops) == 2 else makers
        second = makers[int(generator.integers(len(makers)))]
        layers.append(second(over, generator))
        names.append(second.__name__)
    several = len(layers[-1]) == len(layers[-1][0].loops) == 1 and generator.random() < 0.3
    layers.append(_concepts_of_each(layers[-1][0]) if several else _concepts(layers[-1], generator))
    names += ["several outputs"] * several
    numbered = tuple(tuple(replace(group, layer=depth) for group in groups) for depth, groups in enumerate(layers))
    return Condensed(axes, numbered, (), several=several), ", ".join(name.strip("_") for name in names)


def _pick(generator: np.random.Generator, values: Sequence[int] = _FACTORS) -> Affine:
    return Affine(int(generator.choice(values)))


def _bias(generator: np.random.Generator, size: str) -> Affine:
    """Return a small constant, or one that grows with the size."""
    constant = int(generator.integers(-3, 4))
    return Affine(constant) if generator.random() < 0.5 else Affine(constant, ((size, int(generator.choice([-1, 1]))),))


def _at(variable: str, shift: int = 0) -> At:
    return At(Affine(shift, ((variable, 1),)))


def _to(size: str) -> Span:
    return Span(_ZERO, Affine(0, ((size, 1),)))


def _loop(variable: str, size: str) -> Loop:
    return Loop(variable, _ZERO, Affine(0, ((size, 1),)))


def _input(*axes: Axis) -> Region:
    return Region(INPUT, axes)


def _cells(generator: np.random.Generator) -> Groups:
    """Each cell against a threshold."""
    terms = (Term(_pick(generator), _input(_at("i"))),)
    return (Group("d0", 0, (_loop("i", "n"),), terms, Affine(int(generator.integers(-2, 3)))),)


def _cells_against_total(generator: np.random.Generator) -> Groups:
    """Each cell, weighed, against the sum of all."""
    terms = (Term(_pick(generator), _input(_at("i"))), Term(_pick(generator), _input(_to("n"))))
    return (Group("d0", 0, (_loop("i", "n"),), terms, _bias(generator, "n")),)


def _pairs(generator: np.random.Generator) -> Groups:
    """Each pair of cells, compared."""
    rest = Loop("j", Affine(1, (("i", 1),)), Affine(0, (("n", 1),)))
    terms = (Term(Affine(1), _input(_at("i"))), Term(Affine(-1), _input(_at("j"))))
    return (Group("d0", 0, (_loop("i", "n"), rest), terms, _ZERO, mirrored=True),)


def _prefixes(generator: np.random.Generator) -> Groups:
    """The sum up to each place against a threshold."""
    terms = (Term(_pick(generator), _input(Span(_ZERO, Affine(1, (("i", 1),))))),)
    return (Group("d0", 0, (_loop("i", "n"),), terms, Affine(int(generator.integers(-2, 3)))),)


def _neighbours(generator: np.random.Generator) -> Groups:
    """Each cell with the next one, borders joined, against a threshold."""
    next_cell = At(Affine(1, (("i", 1),), "n"))
    terms = (Term(_pick(generator), _input(_at("i"))), Term(_pick(generator), _input(next_cell)))
    return (Group("d0", 0, (_loop("i", "n"),), terms, Affine(int(generator.integers(-2, 3)))),)


def _totals(generator: np.random.Generator) -> Groups:
    """The sum of all against two thresholds."""
    term = Term(_pick(generator), _input(_to("n")))
    return tuple(Group(f"d{k}", 0, (), (term,), _bias(generator, "n")) for k in range(2))


def _rows(generator: np.random.Generator) -> Groups:
    """The sum of each row against a threshold."""
    terms = (Term(_pick(generator), _input(_at("i"), _to("w"))),)
    return (Group("d0", 0, (_loop("i", "h"),), terms, _bias(generator, "w")),)


def _columns_against_rows(generator: np.random.Generator) -> Groups:
    """Each column against each row."""
    terms = (Term(Affine(1), _input(_to("h"), _at("i"))), Term(Affine(-1), _input(_at("j"), _to("w"))))
    return (Group("d0", 0, (_loop("i", "w"), _loop("j", "h")), terms, Affine(int(generator.integers(-1, 2)))),)


def _whole_grid(generator: np.random.Generator) -> Groups:
    """The sum of the grid against two thresholds."""
    term = Term(_pick(generator), _input(_to("h"), _to("w")))
    return tuple(Group(f"d{k}", 0, (), (term,), _bias(generator, "h")) for k in range(2))


_FIRST_OF_ROWS: tuple[_Maker, ...] = (
    _cells, _cells_against_total, _pairs, _prefixes, _totals, _neighbours,
)  # fmt: skip
_FIRST_OF_GRIDS: tuple[_Maker, ...] = (_rows, _columns_against_rows, _whole_grid)


def _size_of(over: Group) -> str:
    """Return the size that a group's first loop runs to."""
    return over.loops[0].stop.terms[0][0] if over.loops else ""


def _sum_of_all(over: Group, generator: np.random.Generator) -> Groups:
    """All neurons of the group below, added up, against two thresholds."""
    size = _size_of(over)
    region = Region(over.name, (_to(size),) if over.loops else ())
    bias = [_bias(generator, size) if size else Affine(int(generator.integers(-1, 2))) for _ in range(2)]
    return tuple(Group(f"s{k}", 1, (), (Term(_pick(generator), region),), bias[k]) for k in range(2))


def _each_against_all(over: Group, generator: np.random.Generator) -> Groups:
    """Each neuron of the group below, weighed, against all."""
    size = _size_of(over)
    terms = (
        Term(_pick(generator), Region(over.name, (_at("i"),))),
        Term(_pick(generator), Region(over.name, (_to(size),))),
    )
    return (Group("s0", 1, (_loop("i", size),), terms, _bias(generator, size)),)


def _lines_of_pairs(over: Group, generator: np.random.Generator) -> Groups:
    """Each row of a group of pairs against a threshold that most or all of it must reach."""
    size = _size_of(over)
    length = size if over.mirrored else over.loops[1].stop.terms[0][0]
    strict = Affine(int(generator.integers(0, 4)), ((length, -2),))
    terms = (Term(Affine(2), Region(over.name, (_at("i"), _to(length)))),)
    return (Group("s0", 1, (_loop("i", size),), terms, strict),)


def _concepts_of_each(below: Group) -> Groups:
    """Return two concept neurons for each neuron below: a decision of its own."""
    own = Region(below.name, (_at("i"),))
    head = Affine(0, (("i", 1),))
    return tuple(
        Group(f"c{label}", 2, below.loops, (Term(Affine(2 * label - 1), own),), _ZERO, head=head, label=Affine(label))
        for label in range(2)
    )


def _concepts(below: Groups, generator: np.random.Generator) -> Groups:
    """Return concept neurons: one for each neuron below, or two that weigh the sums of the groups below."""
    over = below[0]
    if len(over.loops) == 1 and generator.random() < 0.4:
        own = (Term(Affine(int(generator.choice([-1, 1]))), Region(over.name, (_at("i"),))),)
        return (Group("c0", 2, over.loops, own, _ZERO, label=Affine(0, (("i", 1),))),)
    regions = []
    for group in below:
        spans = tuple(Span(_ZERO, loop.stop) for loop in group.loops)
        regions.append(Region(group.name, (spans[0], spans[0]) if group.mirrored else spans))
    if over.mirrored:
        regions = [Region(over.name, (At(_ZERO), _to(_size_of(over))))]
    return tuple(
        Group(
            f"c{label}", 2, (), tuple(Term(_pick(generator), region) for region in regions),
            Affine(int(generator.integers(-2, 3))), label=Affine(label),
        )
        for label in range(2)
    )  # fmt: skip
