"""What a distilled function takes: which readings fit the data, and which numbers its inputs may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from mips_core.essence.certify_questions import rule_width
from mips_core.essence.data import EssenceData, Reading, Samples
from mips_core.essence.writing import InputValues


def likely_readings(data: EssenceData) -> tuple[Reading, ...]:
    """Return what a function for these data may take, best first; the last is always "whole"."""
    special: tuple[Reading, ...] = ("rule and window", "window", "clauses")
    return (*(reading for reading in special if not misfit(data, reading)), "whole")


def misfit(data: EssenceData, reading: Reading) -> str:
    """Return why data cannot be read so; "" when they can."""
    first = data.samples[0]
    if reading == "whole":
        return ""
    if not all(np.isin(samples.x, (0, 1)).all() for samples in data.samples):
        return "its inputs are not all 0 or 1"
    if reading == "clauses":
        fits = all(
            s.is_soft and s.y.shape[1:] == (2,) and s.x.ndim == 3 and s.x.shape[1] % 2 == 0 for s in data.samples
        )
        return "" if fits else "clauses are (N, literals, clauses) with the probabilities of true and of false"
    if len(data.samples) > 1:
        return "a window has one size"
    if first.y.ndim != 1 or not np.isin(first.y, (0, 1)).all():
        return "the next value of a cell is 0 or 1"
    shape = first.input_shape
    if any(size % 2 == 0 or size < 3 for size in shape) or len(set(shape)) > 1:
        return "a window has an odd number of cells, or is an odd square"
    if len(np.unique(first.x.reshape(len(first.x), -1), axis=0)) != 2 ** int(np.prod(shape)):
        return "not every window has a label"
    if reading == "rule and window" and not _picks_bits(first):
        return "its labels are not the bits that the last inputs pick from the first ones"
    return ""


def literals_first(data: EssenceData) -> EssenceData | None:
    """Return data whose inputs are clauses by literals as literals by clauses; None for all other data.

    Each sample of one clause lies in one row then, and some lie in several columns.
    """
    if any(not s.is_soft or s.x.ndim != 3 or s.y.shape[1:] != (2,) for s in data.samples):
        return None
    rows = [(s.x != 0).any(axis=2).sum(axis=1) for s in data.samples]
    columns = [(s.x != 0).any(axis=1).sum(axis=1) for s in data.samples]
    if not all((r <= 1).all() and (c > 1).any() for r, c in zip(rows, columns, strict=True)):
        return None
    return replace(data, samples=tuple(Samples(s.x.transpose(0, 2, 1), s.y) for s in data.samples))


def _picks_bits(samples: Samples) -> bool:
    """Whether each label is that of the first inputs whose number the last inputs write."""
    width = rule_width(samples.input_shape)
    if width is None:
        return False
    number = samples.x[:, -width:] @ 2 ** np.arange(width)[::-1]
    return bool((samples.x[np.arange(len(samples.x)), number] == samples.y).all())


def likely_values(data: EssenceData, reading: Reading) -> Iterator[InputValues]:
    """Yield what inputs may be: where not all combinations of bits were taught, any numbers first."""
    low = min(float(samples.x.min()) for samples in data.samples)
    high = max(float(samples.x.max()) for samples in data.samples)
    whole = all(np.issubdtype(samples.x.dtype, np.integer) for samples in data.samples)
    complete = whole and all(
        len(np.unique(s.x.reshape(len(s.x), -1), axis=0)) == (int(high - low) + 1) ** int(np.prod(s.input_shape))
        for s in data.samples
    )
    if reading == "whole" and not complete:
        yield InputValues(low, high, whole=False)
    if whole:
        yield InputValues(int(low), int(high))


def alphabet(values: InputValues) -> range | None:
    """Return the values that inputs may have; None where they are any numbers."""
    return range(int(values.low), int(values.high) + 1) if values.whole else None
