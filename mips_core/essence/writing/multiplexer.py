"""Programs that look a cell's next value up in a rule's bits, for networks that pick one input by others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import NoRegularStructureError
from mips_core.essence.condensed import Condensed, size_values
from mips_core.essence.regenerate import regenerate
from mips_core.essence.writing.decisions import NO_DECISION, winners
from mips_core.essence.writing.drafts import Draft
from mips_core.essence.writing.phrases import linear
from mips_core.essence.writing.window import CELLS, step
from mips_core.essence.writing.written import Rewrite
from mips_core.expressions import Constant, Expression, Variable, apply
from mips_core.expressions.loops import Count, Item, Several, each
from mips_core.programs.loops import Append, Assign, For, Return, Statement

MOST_INPUTS = 16
"""All combinations of so many bits are gone through."""


def rule_width(inputs: int) -> int:
    """Return how many cells a window has when the other inputs are the bits of a rule for it; 0 when none fits."""
    return next((k for k in range(1, 17, 2) if 2**k + k == inputs), 0)


def addressed(condensed: Condensed) -> tuple[int, tuple[int, ...]] | None:
    """Return ``(start, factors)`` when a network of bits gives the input whose number is start + factors . window.

    The window are the last inputs.  Every input of bits is tried, so that this is a proof.
    """
    (inputs,) = condensed.sizes[0]
    width = rule_width(inputs)
    if not width or inputs > MOST_INPUTS or not condensed.decides or condensed.several:
        return None
    x = (np.arange(2**inputs)[:, None] >> np.arange(inputs)) & 1
    said = decided_by_groups(condensed, x)
    if said is None:
        return None
    window, bits = x[:, -width:], x[:, :-width]
    number = window @ 2 ** np.arange(width)
    chosen = []
    for pattern in range(2**width):
        rows = number == pattern
        places = [k for k in range(2**width) if np.array_equal(bits[rows, k], said[rows])]
        if len(places) != 1:
            return None
        chosen.append(places[0])
    factors = tuple(chosen[2**k] - chosen[0] for k in range(width))
    patterns = (np.arange(2**width)[:, None] >> np.arange(width)) & 1
    if not np.array_equal(chosen[0] + patterns @ np.array(factors), chosen):
        return None
    return chosen[0], factors


def decided_by_groups(condensed: Condensed, x: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Return the label of each input, (N, inputs) -> (N,); None where some input is a tie."""
    shape = condensed.sizes[0]
    values = x
    layers = regenerate(condensed, shape)
    for layer in layers[:-1]:
        values = np.sign(layer.sums(values)).astype(np.int64)
    labels = [group.label.value(place) for group in condensed.layers[-1] for place in group.places(size_values(shape))]
    best = winners(layers[-1].sums(values))
    return None if (best == NO_DECISION).any() else np.array(labels)[best]


def multiplexer_draft(condensed: Condensed) -> Draft:
    """Return a function of a row and a rule's number.

    Raises
    ------
    NoRegularStructureError
        when the network does not pick the bit that its window addresses.
    """
    found = addressed(condensed) if condensed.axes == 1 else None
    if found is None:
        raise NoRegularStructureError(
            "The network does not pick one bit of a rule by the number that its window writes.",
            ("the input at a number that is linear in the last inputs, on all inputs of bits",),
        )
    start, factors = found
    width, reach = len(factors), len(factors) // 2
    names = ("left", "here", "right") if width == 3 else ("here",)
    i, n = Variable("i"), Variable("n")
    cells: dict[str, Expression] = {}
    terms: list[tuple[Expression, int]] = []
    for k, factor in enumerate(factors):
        place = Item(Variable(CELLS), step(i, k - reach, n))
        cells[names[k]] = place
        terms.append((Variable(names[k]), factor))
    bit = apply("and", apply("rshift", Variable("rule"), linear(terms, start)), Constant(1))
    inner = (Assign(tuple(cells), tuple(cells.values())) if width > 1 else Assign("here", cells["here"]),)
    body: tuple[Statement, ...] = (
        Assign("n", Count(Variable(CELLS))),
        Assign("after", Several()),
        For(each("i", n), (*inner, Append("after", bit))),
        Return(Variable("after")),
    )
    count = 2 ** condensed.sizes[0][0]
    why = f"On each of the {count} inputs of bits the network says the input that the window picks."
    return Draft((CELLS, "rule"), body, "rule and window", (Rewrite("one input picked by others", why),))
