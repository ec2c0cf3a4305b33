"""Neurons and groups of an essence neural network in words and in short formulas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from mips_core.essence.condensed import INPUT, SIZE_NAMES, Affine, At, Group, Loop, Region, Span, Term, size_values
from mips_core.views.essence_grids import signed
from mips_core.views.essence_marks import label_text
from mips_core.views.essence_selection import Shown
from mips_core.views.sequences import count_text

_AXES = {1: ("number",), 2: ("row", "column")}


def affine_text(value: Affine) -> str:
    """Write an integer that depends on loops and sizes.

    >>> affine_text(Affine(1, (("n", -1),))), affine_text(Affine(0, (("i", 1),), "n")), affine_text(Affine(2))
    ('1 - n', 'i % n', '2')
    """
    text = ""
    parts = [*value.terms, *([("", value.constant)] if value.constant or not value.terms else [])]
    for name, factor in sorted(parts, key=lambda each: each[1] < 0):  # what is added before what is taken away
        size = abs(factor)
        part = str(size) if not name else name if size == 1 else f"{size} * {name}"
        sign = "-" if factor < 0 else "+"
        text = f"{text} {sign} {part}" if text else f"-{part}" if factor < 0 else part
    if value.modulus is None:
        return text
    return f"({text}) % {value.modulus}" if " " in text else f"{text} % {value.modulus}"


def loop_text(loop: Loop) -> str:
    """Write a loop as Python does.

    >>> loop_text(Loop("i", Affine(0), Affine(0, (("n", 1),))))
    'for i in range(n)'
    """
    start, stop = affine_text(loop.start), affine_text(loop.stop)
    bounds = stop if start == "0" else f"{start}, {stop}"
    rest = f" if {loop.variable} != {loop.other_than}" if loop.other_than else ""
    return f"for {loop.variable} in range({bounds}){rest}"


def region_text(region: Region, shown: Shown) -> str:
    """Write a region as an index does, ``x[i, :]``; whole axes are ``:``."""
    if not region.axes:
        return region.array
    texts = []
    for number, axis in enumerate(region.axes):
        if isinstance(axis, At):
            texts.append(affine_text(axis.index))
        elif is_whole(axis, number, region, shown):
            texts.append(":")
        else:
            start, stop = affine_text(axis.start), affine_text(axis.stop)
            texts.append(f"{'' if start == '0' else start}:{stop}")
    return f"{region.array}[{', '.join(texts)}]"


def is_whole(axis: Span, number: int, region: Region, shown: Shown) -> bool:
    """Whether a span takes all of an axis: of the input, or of a group whose loop has the same bounds."""
    sizes = size_values(shown.network.input_shape)
    if region.array == INPUT:
        start, stop = Affine(0), Affine(0, ((SIZE_NAMES[len(region.axes)][number], 1),))
    else:
        group = next(each for each in shown.groups if each.name == region.array)
        start, stop = group.loops[number].start, group.loops[number].stop
        if group.mirrored:  # read on both sides of its diagonal
            start, stop = group.loops[0].start, group.loops[1].stop
    bounds = ((axis.start, start), (axis.stop, stop))
    try:
        return all(a == b or a.value(sizes) == b.value(sizes) for a, b in bounds)
    except KeyError:  # a bound that depends on an outer loop
        return False


def formula_text(group: Group, shown: Shown) -> str:
    """Write the weighted sum of a group's neurons, ``sum(x[:, i]) - sum(x[j, :])``."""
    text = ""
    for term in _ordered(group.terms):
        text = _joined(text, term.coefficient, _value_text(term, shown))
    if group.bias != Affine(0) or not text:
        text = _joined(text, group.bias, "")
    return text


def _ordered(terms: tuple[Term, ...]) -> list[Term]:
    """Return terms with those first that are added."""
    return sorted(terms, key=lambda term: term.coefficient.is_constant and term.coefficient.constant < 0)


def _value_text(term: Term, shown: Shown) -> str:
    text = region_text(term.region, shown)
    return text if all(isinstance(axis, At) for axis in term.region.axes) else f"sum({text})"


def _joined(text: str, factor: Affine, what: str) -> str:
    said, negative = affine_text(factor), False
    if factor.is_constant:
        negative, said = factor.constant < 0, str(abs(factor.constant))
        said = what if said == "1" and what else f"{said} * {what}" if what else said
    else:
        negative = said.startswith("-") and " " not in said
        said = said.removeprefix("-") if negative else said
        said = f"({said})" if " " in said and (what or text) else said
        said = f"{said} * {what}" if what else said
    if not text:
        return f"-{said}" if negative else said
    return f"{text} {'-' if negative else '+'} {said}"


def region_words(region: Region, values: Mapping[str, int], shown: Shown) -> str:
    """Say in words what a region is for one neuron: ``column 3``, ``row 7``, ``all inputs``, ``the cell (1, 2)``.

    Parameters
    ----------
    values : of the neuron's loop variables, and the sizes
    """
    of = "" if region.array == INPUT else f" of {region.array}"
    names = _AXES.get(len(region.axes), ())
    if not names:
        return region.array
    whole = [isinstance(axis, Span) and is_whole(axis, k, region, shown) for k, axis in enumerate(region.axes)]
    if all(whole):
        return f"the sum of {'all inputs' if region.array == INPUT else region.array}"
    if all(isinstance(axis, At) for axis in region.axes):
        places = [str(axis.index.value(values)) for axis in region.axes if isinstance(axis, At)]
        return f"{names[0]} {places[0]}{of}" if len(places) == 1 else f"the cell ({', '.join(places)}){of}"
    parts = [
        f"{name} {axis.index.value(values)}" if isinstance(axis, At)
        else f"{name}s {axis.start.value(values)} to {axis.stop.value(values) - 1}"
        for name, axis, full in zip(names, region.axes, whole, strict=True) if not full
    ]  # fmt: skip
    return ", ".join(parts) + of


def neuron_title(layer: int, neuron: int, shown: Shown) -> str:
    """Name a neuron, e.g. ``differentia neuron 12``."""
    return f"{shown.network.layers[layer].name} neuron {neuron}"


def neuron_words(layer: int, neuron: int, shown: Shown) -> str:
    """Say what a neuron tells, by the subconcepts that it was made for and by the terms of its group."""
    network = shown.network
    parts = []
    if layer == 0 and network.differentiae:
        a, b = network.differentiae[neuron]
        parts.append(f"subconcept {a} against subconcept {b}")
    elif layer == len(network.layers) - 2 and network.subconcepts:
        own = network.subconcepts[neuron]
        parts.append(f"recognises subconcept {neuron}, a part of class {label_text(own.label)}")
    elif layer == len(network.layers) - 1:
        label = _label_of(neuron, shown)
        parts.append(f"adds up the evidence for {label}")
    group = shown.group_of(layer, neuron)
    if group is not None:
        parts.append(_terms_words(group, neuron, shown))
    return ": ".join(part for part in parts if part)


def _label_of(neuron: int, shown: Shown) -> str:
    for number, head in enumerate(shown.network.heads):
        if neuron in head.neurons:
            place = f" of output {number}" if shown.network.several else ""
            return f"label {head.labels[head.neurons.index(neuron)]}{place}"
    return f"output {neuron}"


def _terms_words(group: Group, neuron: int, shown: Shown) -> str:
    """Say the terms of a group for one of its neurons."""
    sizes = size_values(shown.network.input_shape)
    at = shown.neurons_of(group.name).index(neuron)
    values = next((each for k, each in enumerate(group.places(sizes)) if k == at), None)
    if values is None:
        return ""
    text = ""
    for term in sorted(group.terms, key=lambda each: each.coefficient.value(values) < 0):
        factor = term.coefficient.value(values)
        what = region_words(term.region, values, shown)
        said = what if abs(factor) == 1 else f"{abs(factor):,} times {what}"
        text = (
            f"{text} {'plus' if factor > 0 else 'minus'} {said}" if text else f"{'' if factor > 0 else 'minus '}{said}"
        )
    bias = group.bias.value(values)
    return text + (f" {'plus' if bias > 0 else 'minus'} {abs(bias):,}" if bias else "")


def integers_text(layer: int, neuron: int, shown: Shown) -> str:
    """Say the integers of a neuron by how often each occurs, the bias last.

    E.g. ``1 × 28, −27 × 728, bias −756``.
    """
    weights = shown.network.layers[layer].weights[neuron].tolist()
    bias = int(shown.network.layers[layer].bias[neuron])
    found = sorted(((v, k) for v, k in Counter(weights).items() if v), key=lambda pair: (-pair[0], pair[1]))
    shown_values = [f"{signed(v)} × {k:,}" for v, k in found[:8]]
    if len(found) > 8:
        shown_values.append(f"{len(found) - 8} more values")
    zeros = weights.count(0)
    if zeros:
        shown_values.append(f"0 × {zeros:,}")
    return f"{', '.join(shown_values)}; bias {signed(bias)}"


def size_text(shown: Shown) -> str:
    """Say how large a network is."""
    network = shown.network
    layers = ", ".join(f"{len(layer.bias):,} {layer.name}" for layer in network.layers)
    return f"{count_text(network.neurons, 'neuron')} ({layers}) with {network.numbers:,} numbers"
