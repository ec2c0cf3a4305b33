"""What training sees of a task or a data file: sequences to learn from, held-out ones, longer ones.

A task gives fresh sequences of any length; a data file gives what it holds.  After this
module nothing knows which of the two it was, except that longer sequences are missing
for a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.protocol import Network
from mips_core.stepping import IntArray, outputs_of
from mips_core.tasks.contradictions import find_contradictions
from mips_core.tasks.dataset import Dataset, make_dataset
from mips_core.tasks.exhaustive import all_symbols, words_of_length
from mips_core.tasks.integers import Integers
from mips_core.tasks.task import Rule, Task

HELD_OUT_SHARE = 0.2
"""Share of a data file's sequences that are held out."""

LONGER = 5
"""Longer sequences that a network is judged on have this many times the task's length."""

STRETCH = 3
"""Longer sequences that a network learns from have this many times the task's length."""

_FEW = 4096
"""Up to this many different sequences of the task's length, all of them are looked at."""

_MOST_NUMBERS = 4_000_000
"""A data file is thinned to this many input numbers, so that memory and start-up time stay small."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Sequences for training and judging one source.

    Parameters
    ----------
    learn : sequences that gradients come from
    held_out : sequences that decide when training stops and which network is best
    final : sequences for the reported accuracy: fresh ones for a task (and every sequence of the task's length,
        where those are few), ``held_out`` for a data file
    stretched : longer sequences to learn from late in training, or None (data file)
    longer : sequences of :data:`LONGER` times the length to choose among networks, or None (data file)
    final_longer : fresh sequences of that length for the reported accuracy, or None
    rule : the right outputs (N, T, D_out) of any inputs (N, T, D_in), or None where only rows are known (data file)
    inputs, outputs : integers that may occur on either side
    length : steps of the longest sequence (1x)
    task, digest : the task's name or the data's fingerprint, for the card
    wrong : share of the outputs, in [0, 1], that are wrong, as far as the data contradict themselves
    """

    learn: Dataset
    held_out: Dataset
    final: Dataset
    stretched: Dataset | None
    longer: Dataset | None
    final_longer: Dataset | None
    rule: Rule | None
    inputs: tuple[Integers, ...]
    outputs: tuple[Integers, ...]
    length: int
    task: str | None
    digest: str | None
    wrong: float = 0.0


def gather(source: Task | Dataset, *, seed: int, inputs: Sequence[Integers] | None = None) -> Examples:
    """Draw or split the sequences.

    Parameters
    ----------
    inputs : integers that may occur, where more may occur than ``source`` shows

    Raises
    ------
    BadInputError
        when a data file has fewer than two different sequences, or holds integers outside ``inputs``.
    """
    rng = np.random.default_rng([seed, 62])
    if isinstance(source, Task):
        return _of_task(source, rng, inputs)
    most = max(2, _MOST_NUMBERS // (source.length * source.input_width))
    kept = source if source.n <= most else source.take(np.sort(rng.permutation(source.n)[:most]))
    learn, held_out = kept.split(HELD_OUT_SHARE, rng=rng)
    return Examples(
        learn, held_out, held_out, None, None, None, None,
        inputs=_allowed(inputs, source.inputs, source.name),
        outputs=source.outputs,
        length=source.length,
        task=source.task,
        digest=source.digest,
        wrong=find_contradictions(kept).share,
    )  # fmt: skip


def _of_task(task: Task, rng: np.random.Generator, inputs: Sequence[Integers] | None) -> Examples:
    far, stretched = LONGER * task.length, STRETCH * task.length
    words = _all_words(task)
    learn, held_out, final = (task.sample(n, rng=rng) for n in (16_384, 2_048, 4_096))
    if words is not None:
        # Some samplers rarely draw some of the few sequences there are, so all of them are learnt and judged as well.
        learn, held_out, final = (np.concatenate([words, x]) for x in (learn, held_out, final))
    learned = _labelled(task, learn)
    return Examples(
        learn=learned,
        held_out=_labelled(task, held_out),
        final=_labelled(task, final),
        stretched=task.dataset(2_048, length=stretched, rng=rng),
        longer=task.dataset(512, length=far, rng=rng),
        final_longer=task.dataset(1_024, length=far, rng=rng),
        rule=task.rule,
        inputs=_allowed(inputs, task.inputs, task.name),
        outputs=learned.outputs,
        length=task.length,
        task=task.name,
        digest=None,
    )


def _labelled(task: Task, x: IntArray) -> Dataset:
    return make_dataset(x, task.apply(x), name=task.name, task=task.name)


def _all_words(task: Task) -> IntArray | None:
    """Return all sequences of the task's length, int64 (N, T, D_in), or None when they are too many."""
    symbols = all_symbols(task.inputs)
    if symbols is None or len(symbols) ** task.length > _FEW:
        return None
    return words_of_length(symbols, task.length)


def sequence_accuracy(network: Network, data: Dataset) -> float:
    """Return the share of sequences, in [0, 1], on which every rounded output is right."""
    return float(right_sequences(network, data).mean())


def right_sequences(network: Network, data: Dataset) -> np.ndarray:
    """Return for each sequence whether every output that counts is right, bool (N,)."""
    # Positions beyond a sequence's length hold 0, which a network may not know as an input.
    x = np.where(data.mask[:, :, None], data.x, data.x[0, 0])
    wrong = (outputs_of(network, x) != data.y).any(axis=2) & data.mask
    right: np.ndarray = ~wrong.any(axis=1)
    return right


def _allowed(wanted: Sequence[Integers] | None, seen: tuple[Integers, ...], name: str) -> tuple[Integers, ...]:
    if wanted is None:
        return seen
    fits = len(wanted) == len(seen) and all(
        w.low <= s.low and s.high <= w.high for w, s in zip(wanted, seen, strict=True)
    )
    if not fits:
        raise BadInputError(
            f"{name} holds the inputs {', '.join(map(str, seen))}, but {', '.join(map(str, wanted))} was asked for; "
            "give ranges that hold all of them (HIGH excluded)."
        )
    return tuple(wanted)
