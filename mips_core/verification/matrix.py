"""Who agrees with whom: counts of sequences and outputs for every pair of data, network, machine and program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.progress import Monitor
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import Words
from mips_core.verification.compare import first_steps, plain_steps
from mips_core.verification.compared import DATA, Compared, affordable_words
from mips_core.verification.heldout import FACTOR, SEQUENCES
from mips_core.verification.outputs import Outputs

TIMES = (1, FACTOR)
SECONDS = 0.5
"""About how long the network may take at each length."""


@dataclass(frozen=True, eq=False)
class Agreeing:
    """How far two of the four agree on one batch.

    Parameters
    ----------
    left, right : who is compared
    times : length of the sequences in trained lengths; 0 for recorded rows, as long as they are
    sequences, agree : how many there are, and on how many every output is equal
    outputs, equal : the same for single outputs (steps); after an error there is none to be equal
    example : the sequence with the earliest difference, cut there, int64 (t, D_in); None without a difference
    """

    left: str
    right: str
    times: int
    sequences: int
    agree: int
    outputs: int
    equal: int
    example: IntArray | None

    @property
    def holds(self) -> bool:
        """Whether no difference was found."""
        return self.agree == self.sequences

    def to_dict(self, words: Words = ()) -> dict[str, Any]:
        """Return plain JSON values, inputs as the words of these vocabularies where there are any."""
        return {
            "left": self.left, "right": self.right, "length": f"{self.times}x" if self.times else "recorded rows",
            "sequences": self.sequences, "agree": self.agree, "outputs": self.outputs, "equal_outputs": self.equal,
            "first_difference": None if self.example is None else plain_steps(self.example, words),
        }  # fmt: skip


def agreement_matrix(
    compared: Compared, *, sequences: int = SEQUENCES, seconds: float = SECONDS, seed: int = 0,
    monitor: Monitor | None = None,
) -> tuple[Agreeing, ...]:  # fmt: skip
    """Compare every pair on random sequences of 1x and 5x; without a rule the recorded rows stand for the data.

    Parameters
    ----------
    sequences : most sequences per length
    seconds : about how long the network may run at each length; large networks get fewer sequences
    """
    watch = monitor or Monitor()
    cells: list[Agreeing] = []
    parameters = compared.network.parameters
    for number, times in enumerate(TIMES):
        steps = times * compared.length
        watch.report("compare", f"Comparing all pairs on sequences of length {steps:,}", number / (len(TIMES) + 1))
        x = compared.draw(
            affordable_words(steps, parameters, sequences, seconds), steps, np.random.default_rng([seed, 5, number])
        )
        cells += cells_of(compared.outputs(x), x, times)
    if compared.recorded is not None:
        watch.report("compare", "Comparing with the recorded rows", len(TIMES) / (len(TIMES) + 1))
        most = affordable_words(compared.length, parameters, sequences, seconds)
        x, y, lengths = compared.recorded_rows(most)
        cells += [c for c in cells_of(compared.outputs(x, lengths, y), x, 0, lengths) if c.left == DATA]
    return tuple(cells)


def cells_of(
    outputs: Mapping[str, Outputs], x: IntArray, times: int, lengths: IntArray | None = None
) -> list[Agreeing]:
    """Count for every pair of those that gave outputs on words (N, T, D_in)."""
    names = list(outputs)
    return [
        _cell(a, b, outputs[a], outputs[b], x, times, lengths)
        for i, a in enumerate(names)
        for b in names[i + 1 :]
    ]  # fmt: skip


def _cell(left: str, right: str, a: Outputs, b: Outputs, x: IntArray, times: int, lengths: IntArray | None) -> Agreeing:
    n, length = x.shape[:2]
    ends = np.full(n, length, dtype=np.int64) if lengths is None else lengths
    first = first_steps(a, b, lengths)
    counted = np.arange(length) < ends[:, None]
    equal = (a.values == b.values).all(axis=2) & a.valid & b.valid & counted
    for side in (a, b):
        for row, (step, _) in side.faults.items():
            equal[row, 0 if row in side.unknown else step :] = False
    wrong = np.flatnonzero(first >= 0)
    example = None
    if len(wrong):
        row = int(wrong[np.argmin(first[wrong])])
        example = x[row, : int(first[row]) + 1]
    return Agreeing(left, right, times, n, n - len(wrong), int(ends.sum()), int(equal.sum()), example)
