"""Weight matrices as heat maps, rows being neurons: in the network's own order, or with like neurons side by side."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import numpy as np
from numpy.typing import NDArray

from mips_core.views.essence_grids import MOST_NUMBERS, text_svg, weights_picture
from mips_core.views.essence_selection import Lit, Selection, Shown
from mips_core.views.essence_words import formula_text
from mips_core.views.sequences import count_text

_MOST_HITS = 1_200
"""Rows that can be clicked one by one."""

_LEFT, _TOP, _BIAS_GAP = 46.0, 20.0, 5.0
_LIT = "var(--st-primary-color, #0067A5)"


def row_order(layer: int, shown: Shown, grouped: bool) -> NDArray[np.int64]:
    """Return the neurons of a layer from top to bottom: as they are, or by groups and the loops within."""
    count = len(shown.network.layers[layer].bias)
    if not grouped:
        return np.arange(count)
    order = [n for group in shown.groups if group.layer == layer for n in shown.neurons_of(group.name)]
    rest = sorted(set(range(count)) - set(order))
    return np.array([*order, *rest], dtype=np.int64)


def column_order(layer: int, shown: Shown, grouped: bool) -> NDArray[np.int64]:
    """Return the inputs of a layer from left to right: the neurons of the layer before in their order."""
    if layer == 0:
        return np.arange(shown.network.layers[0].weights.shape[1])
    return row_order(layer - 1, shown, grouped)


def matrix_svg(
    layer: int, shown: Shown, *, grouped: bool, lit: Lit, selected: Selection | None, width: float = 300.0
) -> str:
    """Draw the weights of a layer, its bias at the right; rows can be clicked, groups have a bracket at the left."""
    part = shown.network.layers[layer]
    rows, columns = row_order(layer, shown, grouped), column_order(layer, shown, grouped)
    values = part.weights[np.ix_(rows, columns)]
    high, wide = values.shape
    small = values.size <= MOST_NUMBERS
    across = min(34.0, max(width / (wide + 1), 0.05)) if small else width / wide
    down = min(24.0, 300 / max(high, 1)) if small else min(width / wide, 300 / high, 6.0)
    if not small:
        down = max(down, min(60 / high, 10.0))
    if small and across < 19:
        down = max(min(down, across), 12.0 if high <= 8 else 1.0)
    w, h = across * wide, down * high
    bias_at, bias_wide = _LEFT + w + _BIAS_GAP, max(across, 9.0) if small else 9.0
    right = bias_at + bias_wide + 12
    chosen = selected.place[1] if selected is not None and selected.text.startswith(f"neuron-{layer}-") else None
    parts = [
        weights_picture(values, _LEFT, _TOP, (across, down)),
        weights_picture(part.bias[rows].reshape(-1, 1), bias_at, _TOP, (bias_wide, down)),
        f'<rect x="{_LEFT}" y="{_TOP}" width="{w:.1f}" height="{h:.1f}" fill="none" stroke="currentColor" '
        'stroke-opacity="0.5"/>',
        f'<rect x="{bias_at:.1f}" y="{_TOP}" width="{bias_wide:.1f}" height="{h:.1f}" fill="none" '
        'stroke="currentColor" stroke-opacity="0.5"/>',
        text_svg(_LEFT + w / 2, _TOP - 7, f"{wide:,} {'inputs' if layer == 0 else 'neurons before'}"),
        text_svg(bias_at + bias_wide / 2, _TOP - 7, "b"),
        *_brackets(layer, shown, rows, down, grouped),
        *_lit_rows(rows, lit.in_layer(layer), chosen, down, w),
        *_hits(layer, rows, down, _LEFT, right - _LEFT),
    ]
    return (
        f'<svg class="matrix" viewBox="0 0 {right:.0f} {_TOP + h + 6:.0f}" width="{right:.0f}" '
        f'height="{_TOP + h + 6:.0f}" role="img" aria-label="{escape(matrix_alt(layer, shown, grouped=grouped))}" '
        f'font-family="var(--st-font, sans-serif)">{"".join(parts)}</svg>'
    )


def matrix_alt(layer: int, shown: Shown, *, grouped: bool) -> str:
    """Say what a heat map shows."""
    part = shown.network.layers[layer]
    order = "grouped order" if grouped else "the network's own order"
    zeros = int((part.weights == 0).sum())
    low, high = int(part.weights.min(initial=0)), int(part.weights.max(initial=0))
    text = (
        f"Weights of the {part.name} layer in {order}: {count_text(len(part.bias), 'neuron')} by "
        f"{count_text(part.weights.shape[1], 'input')}, from {low:,} to {high:,}, "
        f"{zeros:,} of {part.weights.size:,} are 0."
    )
    groups = [group for group in shown.groups if group.layer == layer]
    if grouped and groups:
        told = "; ".join(f"{g.name}, {len(shown.neurons_of(g.name)):,}: {formula_text(g, shown)}" for g in groups[:6])
        text += f" Groups: {told}."
    return text


def _brackets(layer: int, shown: Shown, rows: NDArray[np.int64], down: float, grouped: bool) -> Iterator[str]:
    """Yield a bracket with its name for each group, in grouped order; groups that are too low for a name have none."""
    if not grouped:
        return
    at, free = 0, 0.0
    for group in (g for g in shown.groups if g.layer == layer):
        count = len(shown.neurons_of(group.name))
        top, bottom = _TOP + at * down, _TOP + (at + count) * down
        yield (
            f'<path d="M{_LEFT - 4} {top + 1:.1f}h-5V{bottom - 1:.1f}h5" fill="none" stroke="currentColor" '
            'stroke-opacity="0.7"/>'
        )
        middle = max((top + bottom) / 2 + 4, free)
        if middle <= bottom + 6:
            yield (
                f'<g class="pick" data-value="group-{escape(group.name)}"><rect x="0" y="{middle - 13:.1f}" '
                f'width="{_LEFT - 9}" height="17" fill="transparent"/>'
                f"{text_svg(_LEFT - 13, middle, group.name, anchor='end')}</g>"
            )
            free = middle + 13
        at += count


def _lit_rows(
    rows: NDArray[np.int64], lit: frozenset[int], chosen: int | None, down: float, width: float
) -> Iterator[str]:
    """Yield marks beside the lit rows, and a frame around the chosen one."""
    if lit:
        marked = np.isin(rows, list(lit))
        edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]])))
        for start, stop in edges.reshape(-1, 2).tolist():
            high = max((stop - start) * down, 2.0)
            top = _TOP + (start + stop) / 2 * down - high / 2
            yield f'<rect class="lit" x="{_LEFT - 4}" y="{top:.1f}" width="3.4" height="{high:.1f}" fill="{_LIT}"/>'
    if chosen is not None:
        at = int(np.flatnonzero(rows == chosen)[0])
        high = max(down, 3.0)
        top = _TOP + (at + 0.5) * down - high / 2
        yield (
            f'<rect x="{_LEFT - 5}" y="{top - 1:.1f}" width="{width + 10:.1f}" height="{high + 2:.1f}" fill="none" '
            f'stroke="{_LIT}" stroke-width="2"/>'
        )


def _hits(layer: int, rows: NDArray[np.int64], down: float, left: float, width: float) -> Iterator[str]:
    """Yield an invisible row over each neuron, or over each of some where there are too many."""
    step = max(1, -(-len(rows) // _MOST_HITS))
    for at in range(0, len(rows), step):
        yield (
            f'<rect class="hit" data-value="neuron-{layer}-{rows[at]}" x="{left}" y="{_TOP + at * down:.1f}" '
            f'width="{width:.0f}" height="{down * step:.2f}"/>'
        )
