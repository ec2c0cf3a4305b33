"""What condensing finds: groups of like neurons with loops over them, for a network of any size.

A neuron's weights are a sum of *terms*, each a coefficient times the sum over a *region* of an array (the input, or the
outputs of an earlier group).  Neurons with the same terms at other places form a *group*; the places follow from loop
variables.  All numbers are :class:`Affine` in loop variables and sizes, so that a group says what its neurons are at
every size; :mod:`mips_core.essence.regenerate` writes the weights out again, to compare them with the network's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

INPUT = "x"
"""The array that holds the input."""

SIZE_NAMES = {1: ("n",), 2: ("h", "w")}
"""By the number of axes of the input, what their sizes are called."""


@dataclass(frozen=True)
class Affine:
    """An integer that depends on loop variables and sizes: ``constant + sum of factor * name``, maybe modulo a size.

    Parameters
    ----------
    constant : an integer
    terms : (name, factor) in the order of writing; a name is a loop variable ("i", "j", "k"), a size ("n", "h", "w") or
        a product of two sizes ("n*n", "h*w", "h*h", "w*w")
    modulus : a size that the value is reduced by (periodic borders), or None
    """

    constant: int
    terms: tuple[tuple[str, int], ...] = ()
    modulus: str | None = None

    def value(self, values: Mapping[str, int]) -> int:
        """Return the integer for values of the loop variables and sizes."""
        total = self.constant
        for name, factor in self.terms:
            product = factor
            for part in name.split("*"):
                product *= values[part]
            total += product
        return total % values[self.modulus] if self.modulus else total

    @property
    def is_constant(self) -> bool:
        """Whether it is one integer at every size."""
        return not self.terms and self.modulus is None


@dataclass(frozen=True)
class At:
    """One place along an axis."""

    index: Affine


@dataclass(frozen=True)
class Span:
    """The places start, ..., stop - 1 along an axis."""

    start: Affine
    stop: Affine


Axis = At | Span


@dataclass(frozen=True)
class Region:
    """Part of an array: for each axis a place or a span; its value is the sum over it.

    ``array`` is :data:`INPUT` or the name of a group.  Axes of a group's array are its loops, in order; entries that
    the group leaves out (i == j) count nothing.  An array of a group without loops has no axes.
    """

    array: str
    axes: tuple[Axis, ...] = ()


@dataclass(frozen=True)
class Term:
    """``coefficient`` times the sum over ``region``."""

    coefficient: Affine
    region: Region


@dataclass(frozen=True)
class Loop:
    """``for variable in range(start, stop)``, leaving out the value of the loop variable ``other_than``."""

    variable: str
    start: Affine
    stop: Affine
    other_than: str | None = None


@dataclass(frozen=True)
class Group:
    """Neurons of one layer that are one formula.

    Parameters
    ----------
    name : the array that their outputs are; unique ("d0", "d1", ..., "s0", ..., "c0", ...)
    layer : 0 for the first layer
    loops : none for a single neuron
    terms, bias : the weighted sum; its sign is the output, in the last layer the sum itself
    mirrored : the loops run over i < j only, and the neuron at (j, i) is the negative of that at (i, j): the array may
        be read on both sides of its diagonal
    head, label : of concept neurons: which output they belong to and the class that they stand for
    """

    name: str
    layer: int
    loops: tuple[Loop, ...]
    terms: tuple[Term, ...]
    bias: Affine
    mirrored: bool = False
    head: Affine = Affine(0)
    label: Affine = Affine(0)

    def places(self, sizes: Mapping[str, int]) -> Iterator[dict[str, int]]:
        """Yield the values of the loop variables of each neuron, in the order of the loops; sizes are included."""
        yield from _nested(self.loops, dict(sizes))


@dataclass(frozen=True)
class Condensed:
    """A network of any size.

    Parameters
    ----------
    axes : number of axes of the input, 1 or 2; :data:`SIZE_NAMES` says what their sizes are called
    layers : the groups of each layer
    sizes : the sizes at which networks were compared with this, (n,) or (h, w) each
    scale : of the last layer
    decides : the outputs are decisions among labels; False: the scores are
    several : the output is a list over heads
    assumed : notes on numbers that more than one formula in the sizes would fit, because too few sizes were given
    neurons : for each size, by group name, the numbers of the network's neurons in the order of :meth:`Group.places`
    """

    axes: int
    layers: tuple[tuple[Group, ...], ...]
    sizes: tuple[tuple[int, ...], ...]
    scale: int = 1
    decides: bool = True
    several: bool = False
    assumed: tuple[str, ...] = ()
    neurons: tuple[Mapping[str, tuple[int, ...]], ...] = ()

    def group(self, name: str) -> Group:
        """Return the group whose array has this name."""
        return next(group for layer in self.layers for group in layer if group.name == name)


def size_values(shape: tuple[int, ...]) -> dict[str, int]:
    """Return the sizes of an input shape by name.

    >>> size_values((28, 20))
    {'h': 28, 'w': 20}
    """
    return dict(zip(SIZE_NAMES[len(shape)], shape, strict=True))


def _nested(loops: tuple[Loop, ...], values: dict[str, int]) -> Iterator[dict[str, int]]:
    if not loops:
        yield dict(values)
        return
    loop = loops[0]
    for value in range(loop.start.value(values), loop.stop.value(values)):
        if loop.other_than is None or value != values[loop.other_than]:
            yield from _nested(loops[1:], {**values, loop.variable: value})
