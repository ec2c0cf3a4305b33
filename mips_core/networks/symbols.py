"""Which integers a network takes and gives, when nothing but the shapes of its tensors tells.

The rules, for an input layer of size E and integers named by the user:

- with an embedding of V rows, the symbols are 0..V-1, or LOW..HIGH-1 when the range has
  exactly V integers; a smaller range inside 0..V-1 is taken as it is;
- E = 1 is one raw integer;
- one range of n integers: E = n is one one-hot input, E = 2 two raw inputs of that range
  each; any other E is refused, naming both readings;
- several ranges: as many as E are raw inputs, n1 + n2 + ... = E are one-hot blocks;
- the MIPS authors' networks take raw integers: there, any E is raw unless one range has
  E = n >= 3 integers (no benchmark task has that many inputs);
- without a range, E raw inputs.

An output layer with one score is rounded.  With several scores, the highest wins where
the network looks like a classifier (PyTorch cells, a one-hot or embedding input), and each
is rounded otherwise.
"""

from __future__ import annotations

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.encoding import (
    Argmax,
    EmbeddingInput,
    InputEncoding,
    OneHotInput,
    OutputDecoding,
    RawInput,
    Rounded,
)
from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.tasks.integers import Integers

ENCODINGS = ("raw", "one-hot")
OUTPUTS = ("round", "argmax", "threshold")

MOST_RAW = 2
"""Inputs per step that the benchmark's widest tasks have; a wider unexplained input layer is taken for a mistake."""

_FARTHEST = 2**53  # beyond it, float64 cannot tell neighbours apart


def check_ranges(ranges: tuple[Integers, ...]) -> None:
    """Refuse integers that float64 cannot hold exactly.

    Raises
    ------
    BadInputError
        naming the range.
    """
    for r in ranges:
        if max(abs(r.low), abs(r.high)) > _FARTHEST:
            raise BadInputError(f"The range {r} goes beyond +-2**53, where float64 no longer holds every integer.")


def input_encoding(
    size: int, ranges: tuple[Integers, ...] | None, *, raw_layout: bool, encoding: str | None
) -> tuple[InputEncoding, tuple[Integers, ...] | None, str]:
    """Choose the encoding of an input layer without embedding, by the rules above.

    Parameters
    ----------
    size : numbers per step that the network takes (E)
    ranges : integers that may occur; one range counts for every input
    raw_layout : whether the layout is one that takes raw integers by custom
    encoding : "raw" or "one-hot" to decide it; None for the rules

    Returns
    -------
    The encoding, the range of each input, and a sentence on how it was chosen.

    Raises
    ------
    BadInputError
        when the range fits neither reading.
    """
    if encoding is not None and encoding not in ENCODINGS:
        raise BadInputError(f"There is no input encoding {encoding!r}; known are {', '.join(ENCODINGS)}.")
    if ranges is None:
        if encoding == "one-hot":
            ranges = (Integers(0, size),)
            return OneHotInput(ranges), ranges, f"one-hot input of {size} symbols, as asked"
        return RawInput(size), None, f"{size} raw inputs of unknown range"
    check_ranges(ranges)
    if encoding == "one-hot" and len(ranges) == 1 and size % len(ranges[0]) == 0:
        ranges = ranges * (size // len(ranges[0]))
    symbols = sum(len(r) for r in ranges)
    fits_one_hot = symbols == size
    if len(ranges) == 1:
        fits_raw = raw_layout or size <= MOST_RAW
        prefers_raw = size == 1 or (raw_layout and size <= MOST_RAW)
    else:
        fits_raw = prefers_raw = len(ranges) == size
    if encoding == "raw" or (encoding is None and fits_raw and (prefers_raw or not fits_one_hot)):
        if len(ranges) not in (1, size):
            raise BadInputError(f"The network takes {size} numbers per step, but {len(ranges)} ranges were given.")
        each = ranges * size if len(ranges) == 1 else ranges
        return RawInput(size), each, f"{size} raw inputs"
    if fits_one_hot:
        return OneHotInput(ranges), ranges, f"one-hot input, since the range has as many integers as the layer ({size})"
    text = ", ".join(str(r) for r in ranges)
    raise BadInputError(
        f"The network takes {size} numbers per step, which fits neither the {symbols} one-hot symbols of {text} "
        f"nor {len(ranges)} raw {'input' if len(ranges) == 1 else 'inputs'}. "
        f"Name a range of {size} integers for a one-hot input, or say that the {size} numbers are integers as they "
        "are (the encoding raw; --encoding raw)."
    )


def embedding_encoding(
    table: FloatArray, name: str, size: int, ranges: tuple[Integers, ...] | None
) -> tuple[EmbeddingInput, tuple[Integers, ...], str]:
    """Fit an embedding table (V, e) before an input layer of size E; see :func:`input_encoding`.

    Raises
    ------
    BadInputError
        when its columns do not fit the layer, or the range does not fit its rows.
    """
    count, columns = table.shape
    if size % columns:
        raise BadInputError(f"The tensor {name} has the shape {table.shape}; (any, {size}) is needed.")
    width = size // columns
    own = Integers(0, count)
    if ranges is None:
        return EmbeddingInput(table, 0, width), (own,) * width, f"embedding of {count} symbols"
    check_ranges(ranges)
    if len(ranges) not in (1, width):
        raise BadInputError(f"The network takes {width} symbols per step, but {len(ranges)} ranges were given.")
    each = ranges * width if len(ranges) == 1 else ranges
    inside = all(r.low >= 0 and r.high <= count for r in each)
    moved = all(r == each[0] for r in each) and len(each[0]) == count
    if not inside and not moved:
        raise BadInputError(
            f"The embedding {name} has {count} rows, but the range {each[0]} has {len(each[0])} integers; "
            f"name a range of {count} integers, or one inside {own}."
        )
    return EmbeddingInput(table, 0 if inside else each[0].low, width), each, f"embedding of {count} symbols"


def output_decoding(
    layers: tuple[AffineMap, ...], outputs: str | None, *, classifier: bool
) -> tuple[OutputDecoding, tuple[AffineMap, ...]]:
    """Choose how scores become integers, and return the readout that gives those scores.

    Parameters
    ----------
    layers : the readout
    outputs : "round", "argmax", "threshold" (each score is a bit: 1 where it is positive, as
        a sigmoid's logit) or None for the rule above
    classifier : whether several scores are one choice by default

    Raises
    ------
    BadInputError
        when ``outputs`` is unknown, or argmax is asked of a single score.
    """
    if outputs is not None and outputs not in OUTPUTS:
        raise BadInputError(f"There is no output decoding {outputs!r}; known are {', '.join(OUTPUTS)}.")
    last = layers[-1]
    scores = len(last.weight)
    if outputs == "argmax" and scores == 1:
        raise BadInputError("The readout gives one score, of which the highest is always the same; round it instead.")
    if outputs == "argmax" or (outputs is None and classifier and scores > 1):
        return Argmax((Integers(0, scores),)), layers
    if outputs == "threshold":
        # A bit is the better of two scores, 0 and the logit; a logit of exactly 0 gives 0, as round(0.5) does.
        weight = np.zeros((2 * scores, last.weight.shape[1]))
        bias = np.zeros(2 * scores)
        weight[1::2], bias[1::2] = last.weight, last.bias
        return Argmax((Integers(0, 2),) * scores), (*layers[:-1], AffineMap(weight, bias))
    return Rounded(scores), layers
