"""Sequences that nothing was trained or chosen on, at the trained length and at five times that."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.dataset import Dataset
from mips_core.tasks.few_symbols import lists_go_deep, telling_words
from mips_core.tasks.integers import Integers
from mips_core.tasks.task import Task, uniform

SEQUENCES = 4096
"""Held-out sequences per length, unless the network is so large or the length so great that fewer must do."""

TELLING = 512
"""Words over few symbols per length, where the alphabet is too large to list more than very short words."""

FACTOR = 5
"""How much longer than the trained length a program is followed."""

Draw = Callable[[int, int, np.random.Generator], IntArray]

_MOST_STEPS = 2**20
_MOST_PRODUCTS = 5 * 10**9  # multiplications of the network over all steps: a second or two of one core


@dataclass(frozen=True, eq=False)
class HeldOut:
    """A batch of held-out sequences.

    Parameters
    ----------
    key : "1x" or "5x"; "" for sequences that are searched for differences but not counted at either length
    x : int64, shape (N, T, D_in)
    what : words for them in a claim, e.g. "held-out sequences of length 50"
    lengths : steps of each, int64 (N,), where they vary
    y : the right outputs, int64 (N, T, D_out), where they are known
    """

    key: str
    x: IntArray
    what: str
    lengths: IntArray | None = None
    y: IntArray | None = None


def affordable(steps: int, parameters: int, wanted: int = SEQUENCES) -> int:
    """Return how many sequences of ``steps`` steps to run through a network with this many weights.

    It hangs on the sizes only, never on the clock: the same call checks the same sequences on any machine.
    """
    bound = min(_MOST_STEPS // max(1, steps), _MOST_PRODUCTS // max(1, parameters * steps))
    return max(1, min(wanted, max(bound, 16)))


def held_out_batches(
    *,
    inputs: Sequence[Integers],
    length: int,
    parameters: int,
    seed: int,
    draw: Draw | None = None,
    task: Task | None = None,
    data: Dataset | None = None,
    sequences: int = SEQUENCES,
) -> tuple[HeldOut, ...]:
    """Return the batches at 1x and 5x.

    Parameters
    ----------
    inputs : integers that may occur, one range per input
    length : 1x, in steps
    parameters : weights of the network, which bounds the number of sequences
    seed : the same seed gives the same sequences
    draw : how words are drawn; by default the task's way, else uniformly over ``inputs``
    task : its rule gives the right outputs, at any length
    data : held-out rows of a data file; they are the batch at 1x, and the truth is known there only
    sequences : most sequences per length
    """
    drawn = draw or (task.draw if task is not None else None) or uniform(tuple(inputs))
    batches = []
    for number, (key, steps) in enumerate((("1x", length), ("5x", FACTOR * length))):
        rng = np.random.default_rng([seed, 5, number])
        x = drawn(affordable(steps, parameters, sequences), steps, rng)
        # Beyond the rows of a data file nothing was held out: those words are only drawn.
        what = f"{'held-out' if data is None else 'random'} sequences of length {steps:,}"
        if data is not None and key == "1x":
            batches.append(_rows(data))
            batches.append(HeldOut("", x, what))
        else:
            batches.append(HeldOut(key, x, what, None, None if task is None else task.apply(x)))
    return tuple(batches)


def telling_batches(
    *, inputs: Sequence[Integers], symbols: IntArray | None, length: int, parameters: int, seed: int
) -> tuple[HeldOut, ...]:
    """Return words over few symbols at 1x and 5x, counted at neither; none where all words of some steps are listed.

    Parameters
    ----------
    symbols : symbols that may occur, int64 (X, D_in), where not every combination of ``inputs`` does
    """
    count = math.prod(len(r) for r in inputs) if symbols is None else len(symbols)
    if lists_go_deep(count, length):
        return ()
    batches = []
    for number, steps in enumerate((length, FACTOR * length)):
        rng = np.random.default_rng([seed, 9, number])
        x = telling_words(inputs, symbols, affordable(steps, parameters, TELLING), steps, rng)
        batches.append(HeldOut("", x, f"sequences over few symbols of length {steps:,}"))
    return tuple(batches)


def _rows(data: Dataset) -> HeldOut:
    same = bool((data.lengths == data.length).all())
    what = f"held-out sequences of length {'' if same else 'up to '}{data.length:,}"
    return HeldOut("1x", data.known_x, what, None if same else data.lengths, data.y)
