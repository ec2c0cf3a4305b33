"""Groups of like neurons as a table, and one group's loops, slots and index table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from mips_core.essence.condensed import Affine, At, Group, Region, Span, size_values
from mips_core.views.essence_selection import Lit, Shown
from mips_core.views.essence_words import affine_text, formula_text, is_whole, loop_text, region_text
from mips_core.views.sequences import count_text

MOST_ROWS = 200
"""Rows of an index table that a page shows; the file has all."""


def groups_html(shown: Shown, lit: Lit) -> str:
    """Return the groups as a table whose rows can be chosen."""
    rows = []
    for group in shown.groups:
        loops = "<br>".join(escape(loop_text(loop)) for loop in group.loops) or "one neuron"
        if group.mirrored:
            loops += "<br>mirrored: (j, i) is the negative of (i, j)"
        on = group.name in lit.groups
        rows.append(
            f'<tr class="{"lit" if on else ""}" data-value="group-{escape(group.name)}"><td><button type="button" '
            f'aria-pressed="{str(on).lower()}">{escape(group.name)}</button></td>'
            f"<td>{escape(shown.network.layers[group.layer].name)}</td>"
            f'<td class="number">{len(shown.neurons_of(group.name)):,}</td>'
            f"<td><code>{loops}</code></td><td><code>{escape(formula_text(group, shown))}</code></td></tr>"
        )
    heads = ("group", "layer", "neurons", "loops", "weighted sum")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        '<div class="essence groups" role="region" aria-label="Groups of neurons" tabindex="0"><table><thead><tr>'
        f"{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


@dataclass(frozen=True)
class Slot:
    """One number in the terms of a group: where it stands, what kind it is, and how it is written.

    ``kind`` is "whole", "constant", "loop", "offset of a loop" or "formula".
    """

    place: str
    kind: str
    text: str


def slots_of(group: Group, shown: Shown) -> list[Slot]:
    """Return every index, coefficient and bias of a group with what kind of number it is."""
    slots = []
    for number, term in enumerate(group.terms, start=1):
        slots.append(_slot(f"coefficient of term {number}", term.coefficient))
        slots += _axes(number, term.region, shown)
    return [*slots, _slot("bias", group.bias)]


def _axes(number: int, region: Region, shown: Shown) -> Iterator[Slot]:
    for axis, each in enumerate(region.axes, start=1):
        place = f"term {number}, axis {axis} of {region.array}"
        if isinstance(each, At):
            yield _slot(place, each.index)
        elif is_whole(each, axis - 1, region, shown):
            yield Slot(place, "whole", ":")
        else:
            yield Slot(place, "span", f"{affine_text(each.start)}:{affine_text(each.stop)}")


def _slot(place: str, value: Affine) -> Slot:
    loops = [(name, factor) for name, factor in value.terms if name in ("i", "j", "k")]
    if value.is_constant:
        kind = "constant"
    elif value.modulus is None and loops == list(value.terms) == [(loops[0][0], 1)]:
        kind = "loop" if not value.constant else "offset of a loop"
    else:
        kind = "formula in the sizes" if not loops else "formula"
    return Slot(place, kind, affine_text(value))


def index_rows(group: Group, shown: Shown) -> list[dict[str, int | str]]:
    """Return the index table of a group: for each neuron its loops, its number, and each term's region."""
    sizes = size_values(shown.network.input_shape)
    rows: list[dict[str, int | str]] = []
    for neuron, values in zip(shown.neurons_of(group.name), group.places(sizes), strict=True):
        row: dict[str, int | str] = {"neuron": neuron, **{loop.variable: values[loop.variable] for loop in group.loops}}
        for number, term in enumerate(group.terms, start=1):
            fixed = Region(term.region.array, tuple(_fixed(axis, values) for axis in term.region.axes))
            row[f"term {number}"] = f"{term.coefficient.value(values)} * {region_text(fixed, shown)}"
        rows.append(row | {"bias": group.bias.value(values)})
    return rows


def _fixed(axis: At | Span, values: dict[str, int]) -> At | Span:
    if isinstance(axis, At):
        return At(Affine(axis.index.value(values)))
    return Span(Affine(axis.start.value(values)), Affine(axis.stop.value(values)))


def group_words(group: Group, shown: Shown) -> str:
    """Say how many neurons and numbers a group stands for, and in how few it is written."""
    count = len(shown.neurons_of(group.name))
    weights = count * (shown.network.layers[group.layer].weights.shape[1] + 1)
    numbers = 1 + sum(1 + len(term.region.axes) for term in group.terms)
    return (
        f"{count_text(count, 'neuron')} with {weights:,} weights and biases are one formula of "
        f"{count_text(len(group.terms), 'term')}, written with {count_text(numbers, 'index or number')}."
    ).replace("index or numbers", "indices and numbers")
