"""What the reader of the page "Deep Distilling" has chosen, and what belongs to it in every panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mips_core.essence.condensed import Condensed, Group
from mips_core.essence.data import Samples
from mips_core.essence.network import EssenceNetwork

KINDS = ("sample", "subconcept", "neuron", "group", "line")


@dataclass(frozen=True)
class Selection:
    """One thing: a sample, a subconcept, a neuron (layer and number), a group by name, or a line of code from 1."""

    kind: str
    place: tuple[int, ...] = ()
    name: str = ""

    @property
    def text(self) -> str:
        """How it stands in an address.

        >>> Selection("neuron", (0, 12)).text, Selection("group", name="d0").text
        ('neuron-0-12', 'group-d0')
        """
        return "-".join([self.kind, *([self.name] if self.name else map(str, self.place))])


@dataclass(frozen=True)
class Shown:
    """Everything that the panels show.

    Parameters
    ----------
    samples, network : at the size that is drawn
    condensed : the groups, or None where there is no regular structure
    lines : for lines of the code, from 1, the names of the groups that they stand for
    code_lines : how many lines the code has
    """

    samples: Samples
    network: EssenceNetwork
    condensed: Condensed | None = None
    lines: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    code_lines: int = 0

    @property
    def groups(self) -> tuple[Group, ...]:
        """All groups, layer by layer."""
        return () if self.condensed is None else tuple(group for layer in self.condensed.layers for group in layer)

    def neurons_of(self, group: str) -> tuple[int, ...]:
        """Return the numbers of the network's neurons that a group stands for, in the order of its loops."""
        if self.condensed is None or self.network.input_shape not in self.condensed.sizes:
            return ()
        return self.condensed.neurons[self.condensed.sizes.index(self.network.input_shape)].get(group, ())

    def group_of(self, layer: int, neuron: int) -> Group | None:
        """Return the group that a neuron is in."""
        return next((g for g in self.groups if g.layer == layer and neuron in self.neurons_of(g.name)), None)


@dataclass(frozen=True)
class Lit:
    """What is lit in each panel; ``neurons`` are pairs of layer and number."""

    samples: frozenset[int] = frozenset()
    subconcepts: frozenset[int] = frozenset()
    neurons: frozenset[tuple[int, int]] = frozenset()
    groups: frozenset[str] = frozenset()
    lines: frozenset[int] = frozenset()

    def in_layer(self, layer: int) -> frozenset[int]:
        """Return the numbers of the lit neurons of a layer."""
        return frozenset(neuron for at, neuron in self.neurons if at == layer)


def read_selection(text: str, shown: Shown) -> Selection | None:
    """Read an address; None for what is not there."""
    kind, _, rest = text.partition("-")
    if kind == "group":
        return Selection(kind, name=rest) if any(group.name == rest for group in shown.groups) else None
    try:
        place = tuple(map(int, rest.split("-")))
    except ValueError:
        return None
    network = shown.network
    there = {
        "sample": len(place) == 1 and place[0] < len(shown.samples.x),
        "subconcept": len(place) == 1 and place[0] < len(network.subconcepts),
        "neuron": len(place) == 2 and place[0] < len(network.layers) and place[1] < len(network.layers[place[0]].bias),
        "line": len(place) == 1 and 1 <= place[0] <= shown.code_lines,
    }
    return Selection(kind, place) if there.get(kind) and min(place) >= 0 else None


def lit_by(selection: Selection | None, shown: Shown) -> Lit:
    """Return what belongs to a selection: a subconcept's samples and neurons, a line's groups and their neurons.

    Neurons bring the subconcepts that they tell apart, recognise or add up, and the samples of these.
    """
    if selection is None:
        return Lit()
    if selection.kind == "sample":
        return _of_sample(selection.place[0], shown)
    if selection.kind == "subconcept":
        return _of_subconcepts(selection.place, shown)
    if selection.kind == "neuron":
        return _of_neuron(selection.place[0], selection.place[1], shown)
    names = [selection.name] if selection.kind == "group" else list(shown.lines.get(selection.place[0], ()))
    lines = {selection.place[0]} if selection.kind == "line" else _lines_of(names, shown)
    neurons = {(g.layer, n) for g in shown.groups if g.name in names for n in shown.neurons_of(g.name)}
    own = {subconcept for layer, n in neurons for subconcept in _subconcepts_of(layer, n, shown)}
    return Lit(
        samples=frozenset(_members(own, shown)), subconcepts=frozenset(own), neurons=frozenset(neurons),
        groups=frozenset(names), lines=frozenset(lines),
    )  # fmt: skip


def subconcept_of(sample: int, network: EssenceNetwork) -> tuple[int, ...]:
    """Return the subconcepts that a sample is a member of."""
    return tuple(s for s, each in enumerate(network.subconcepts) if sample in each.members)


def _of_sample(sample: int, shown: Shown) -> Lit:
    lit = _of_subconcepts(subconcept_of(sample, shown.network), shown)
    return Lit(frozenset({sample}), lit.subconcepts, lit.neurons, lit.groups, lit.lines)


def _of_subconcepts(chosen: Sequence[int], shown: Shown) -> Lit:
    network = shown.network
    neurons = {(0, d) for d, pair in enumerate(network.differentiae) if set(pair) & set(chosen)}
    at = _subconcept_layer(shown)
    if at == 1 and network.mode == "and":  # one differentia may serve several pairs
        neurons |= {(0, int(d)) for s in chosen for d in np.flatnonzero(network.layers[1].weights[s])}
    if at is not None:
        neurons |= {(at, s) for s in chosen}
        last = network.layers[at + 1].weights if at + 1 < len(network.layers) else np.zeros((0, 0))
        neurons |= {(at + 1, int(c)) for s in chosen for c in np.flatnonzero(last[:, s] > 0)}
    return _with_groups(set(_members(chosen, shown)), set(chosen), neurons, shown)


def _of_neuron(layer: int, neuron: int, shown: Shown) -> Lit:
    subconcepts = _subconcepts_of(layer, neuron, shown)
    return _with_groups(set(_members(subconcepts, shown)), subconcepts, {(layer, neuron)}, shown)


def _subconcepts_of(layer: int, neuron: int, shown: Shown) -> set[int]:
    """Return the subconcepts that a neuron tells apart, recognises, or adds up as evidence for its class."""
    network = shown.network
    if _is_subconcept_layer(layer, shown):
        return {neuron}
    if layer == 0 and network.differentiae:
        return set(network.differentiae[neuron])
    if layer == len(network.layers) - 1 and _subconcept_layer(shown) == layer - 1:
        return set(np.flatnonzero(network.layers[layer].weights[neuron] > 0).tolist())
    return set()


def _with_groups(samples: set[int], subconcepts: set[int], neurons: set[tuple[int, int]], shown: Shown) -> Lit:
    names = {g.name for g in shown.groups if any((g.layer, n) in neurons for n in shown.neurons_of(g.name))}
    return Lit(
        frozenset(samples), frozenset(subconcepts), frozenset(neurons), frozenset(names),
        frozenset(_lines_of(names, shown)),
    )  # fmt: skip


def _lines_of(names: Sequence[str] | set[str], shown: Shown) -> set[int]:
    return {line for line, groups in shown.lines.items() if set(groups) & set(names)}


def _members(subconcepts: Sequence[int] | set[int], shown: Shown) -> list[int]:
    return [m for s in subconcepts for m in shown.network.subconcepts[s].members]


def _subconcept_layer(shown: Shown) -> int | None:
    """Return the layer with a neuron for each subconcept: the last but one."""
    at = len(shown.network.layers) - 2
    known = shown.network.subconcepts
    return at if known and at >= 0 and len(shown.network.layers[at].bias) == len(known) else None


def _is_subconcept_layer(layer: int, shown: Shown) -> bool:
    return layer == _subconcept_layer(shown)
