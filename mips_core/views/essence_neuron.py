"""One neuron of an essence neural network: its weights as an image, and the number line of its sum."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.condensed import size_values
from mips_core.views.essence_grids import as_rows, signed, text_svg, weights_svg
from mips_core.views.essence_marks import NEGATIVE, POSITIVE, Mark, mark_svg, subconcept_mark
from mips_core.views.essence_selection import Selection, Shown, subconcept_of
from mips_core.views.essence_words import integers_text
from mips_core.views.sequences import count_text

_LEFT, _RIGHT, _WIDTH = 14.0, 14.0, 340.0
_MOST_VALUES = 60
_OTHERS = Mark("other samples", "#8A8A8A", "circle")


@dataclass(frozen=True)
class Sums:
    """The weighted sums of one neuron.

    Parameters
    ----------
    values : (N,) on the samples
    low, high : the least and the greatest sum that inputs within the samples' range can give
    """

    values: NDArray[np.int64]
    low: int
    high: int


def sums_of(layer: int, neuron: int, shown: Shown) -> Sums:
    """Return the sums of a neuron on the samples, and their reachable range."""
    network = shown.network
    x = shown.samples.x
    flat = x.reshape(len(x), -1)
    before = flat if layer == 0 else network.forward(x)[layer - 1]
    low, high = (float(flat.min(initial=0)), float(flat.max(initial=0))) if layer == 0 else (-1.0, 1.0)
    part = network.layers[layer]
    weights, bias = part.weights[neuron].astype(np.float64), float(part.bias[neuron])
    values = before.astype(np.float64) @ weights + bias
    least = bias + float(np.minimum(weights * low, weights * high).sum())
    most = bias + float(np.maximum(weights * low, weights * high).sum())
    return Sums(values, round(least), round(most))


def weights_image(layer: int, neuron: int, shown: Shown, *, width: float = 300.0) -> str:
    """Draw the weights of a neuron over what it reads: the input, or the layer before in the shape of its loops."""
    values = _as_image(layer, neuron, shown)
    alt = f"Weights of {shown.network.layers[layer].name} neuron {neuron}: {integers_text(layer, neuron, shown)}"
    return weights_svg(values, width=width, height=220, alt=alt)


def _as_image(layer: int, neuron: int, shown: Shown) -> NDArray[np.int64]:
    weights = shown.network.layers[layer].weights[neuron]
    if layer == 0:
        return as_rows(weights.reshape(shown.network.input_shape))
    before = [group for group in shown.groups if group.layer == layer - 1]
    if len(before) == 1 and len(before[0].loops) == 2:  # in the shape of its two loops
        places = list(before[0].places(size_values(shown.network.input_shape)))
        names = [loop.variable for loop in before[0].loops]
        rows, columns = ([place[name] for place in places] for name in names)
        image = np.zeros((max(rows) + 1, max(columns) + 1), dtype=np.int64)
        image[rows, columns] = weights[list(shown.neurons_of(before[0].name))]
        return image
    wide = min(len(weights), 32)
    if not len(weights):
        return weights.reshape(1, 0)  # a label that never changes needs no inputs
    padded = np.zeros(-(-len(weights) // wide) * wide, dtype=np.int64)
    padded[: len(weights)] = weights
    return padded.reshape(-1, wide)


def number_line(
    layer: int, neuron: int, shown: Shown, selected: Selection | None = None, tried: int | None = None
) -> str:
    """Draw the reachable sums of a neuron: where it says yes, no, or ties, and where samples lie.

    Samples of the two subconcepts that it tells apart, or of the one that it recognises, have their marks above the
    line; all other samples lie below it.  ``tried`` is a sum that the reader tries.
    """
    sums = sums_of(layer, neuron, shown)
    last = layer == len(shown.network.layers) - 1
    own = _subjects(layer, neuron, shown)
    low, high = min(sums.low, 0), max(sums.high, 0)
    extent = max(high - low, 1)

    def at(value: float) -> float:
        return _LEFT + (value - low) / extent * (_WIDTH - _LEFT - _RIGHT)

    y, zero = 62.0, at(0)
    parts = []
    if not last:
        parts += [
            f'<rect x="{_LEFT}" y="{y - 5}" width="{zero - _LEFT:.1f}" height="10" fill="{NEGATIVE}" '
            'fill-opacity="0.28"/>',
            f'<rect x="{zero:.1f}" y="{y - 5}" width="{_WIDTH - _RIGHT - zero:.1f}" height="10" fill="{POSITIVE}" '
            'fill-opacity="0.28"/>',
            f'<path d="M{zero:.1f} {y - 36}V{y + 16}" stroke="currentColor" stroke-width="1.6"/>',
        ]
    parts.append(f'<path d="M{_LEFT} {y}H{_WIDTH - _RIGHT}" stroke="currentColor" stroke-opacity="0.7"/>')
    ends = [(low, "start"), (high, "end")]
    parts += [text_svg(at(v), y + 32, signed(v), anchor) for v, anchor in ends if v or last]
    parts.append(text_svg(zero + 6 * (not low) - 6 * (not high), y + 32, "0"))
    if not last:
        if zero - _LEFT > 70:
            parts.append(text_svg((_LEFT + zero) / 2, 16, "below 0: no, −1"))
        if _WIDTH - _RIGHT - zero > 70:
            parts.append(text_svg((zero + _WIDTH - _RIGHT) / 2, 16, "above 0: yes, +1"))
    parts += _samples(sums, own, shown, at, y)
    if selected is not None and selected.kind == "sample":
        value = sums.values[selected.place[0]]
        parts.append(
            f'<path d="M{at(value):.1f} {y - 30}V{y + 12}" stroke="var(--st-primary-color, #0067A5)" stroke-width="3"/>'
        )
    if tried is not None:
        parts.append(f'<path d="M{at(tried):.1f} {y + 2}l-6 12h12z" fill="var(--st-primary-color, #0067A5)"/>')
    alt = number_line_words(layer, neuron, shown)
    return (
        f'<svg class="line" viewBox="0 0 {_WIDTH:.0f} 104" width="{_WIDTH:.0f}" height="104" role="img" '
        f'aria-label="{escape(alt)}" font-family="var(--st-font, sans-serif)">{"".join(parts)}</svg>'
    )


def number_line_words(layer: int, neuron: int, shown: Shown) -> str:
    """Say what the number line shows."""
    sums = sums_of(layer, neuron, shown)
    text = f"Its sum can be {signed(sums.low)} to {signed(sums.high)}"
    if layer == len(shown.network.layers) - 1:
        return f"{text}; the highest sum of a class wins."
    ties = int((sums.values == 0).sum())
    yes, no = int((sums.values > 0).sum()), int((sums.values < 0).sum())
    return (
        f"{text}. On the samples it says yes {count_text(yes, 'time')}, no {count_text(no, 'time')}, "
        f"and ties {count_text(ties, 'time')}."
    )


def sum_words(value: int) -> str:
    """Say what a threshold neuron answers to a sum.

    >>> sum_words(3), sum_words(0)
    ('A sum of 3 is above 0: yes, +1.', 'A sum of 0 is a tie: the neuron says 0.')
    """
    if not value:
        return "A sum of 0 is a tie: the neuron says 0."
    return f"A sum of {signed(value)} is {'above 0: yes, +1' if value > 0 else 'below 0: no, −1'}."


def _subjects(layer: int, neuron: int, shown: Shown) -> tuple[int, ...]:
    network = shown.network
    if layer == 0 and network.differentiae:
        return network.differentiae[neuron]
    if layer == len(network.layers) - 2 and network.subconcepts:
        return (neuron,)
    return ()


def _samples(sums: Sums, own: tuple[int, ...], shown: Shown, at: object, y: float) -> list[str]:
    parts: list[str] = []
    assert callable(at)
    drawn: set[tuple[int, float]] = set()
    for sample, value in enumerate(sums.values.tolist()):
        subject = next((s for s in subconcept_of(sample, shown.network) if s in own), -1)
        spot = (subject, round(float(value), 3))
        if spot in drawn or len(drawn) >= _MOST_VALUES:
            continue
        drawn.add(spot)
        mark = _OTHERS if subject < 0 else subconcept_mark(shown.network, subject)
        above = 0 if subject < 0 else 1 + own.index(subject)
        height, radius = (y + 12, 4.0) if not above else (y - 4 - 13 * above, 5.5)
        parts.append(mark_svg(mark, at(value), height, radius, f"{mark.name}: {signed(round(value))}"))
    return parts
