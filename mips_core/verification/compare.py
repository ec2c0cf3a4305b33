"""Count agreement between two batches of outputs, and find the shortest counterexample that they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import Vocabulary, Words, has_words, plain_value
from mips_core.verification.outputs import Outputs


@dataclass(frozen=True)
class Counterexample:
    """An input on which two things differ; it ends at the first step at which they do.

    Parameters
    ----------
    inputs : the steps, integers, or lists of integers where D_in > 1
    left, right : outputs of the two things up to that step, or a word where there is an error instead
    names : what the two things are
    """

    inputs: list[Any]
    left: list[Any] | str
    right: list[Any] | str
    names: tuple[str, str] = ("network", "program")

    @property
    def length(self) -> int:
        """Number of steps."""
        return len(self.inputs)

    def in_words(self, input_words: Words, output_words: Words) -> Counterexample:
        """Return the same with words instead of their numbers, in columns that have a vocabulary."""
        return replace(
            self,
            inputs=in_words(self.inputs, input_words),
            left=self.left if isinstance(self.left, str) else in_words(self.left, output_words),
            right=self.right if isinstance(self.right, str) else in_words(self.right, output_words),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the plain dictionary that goes into a report, e.g. {"inputs", "network", "program"}."""
        return {"inputs": self.inputs, self.names[0]: self.left, self.names[1]: self.right}


def in_words(steps: Sequence[Any], words: Words) -> list[Any]:
    """Return steps (values, or lists of values where there are several) with words instead of their numbers.

    What is no number, an unknown word or None, stays as it is.
    """
    if not has_words(words):
        return list(steps)

    def shown(value: Any, vocabulary: Vocabulary | None) -> Any:
        return plain_value(value, vocabulary) if isinstance(value, int) else value

    if len(words) == 1:
        return [shown(step, words[0]) for step in steps]
    return [[shown(v, vocabulary) for v, vocabulary in zip(step, words, strict=True)] for step in steps]


def plain_steps(x: IntArray, words: Words = ()) -> list[Any]:
    """Return inputs (t, D_in) as plain values: integers or words, lists of them where there are several per step.

    >>> plain_steps(np.array([[1], [0]]))
    [1, 0]
    """
    return in_words([step[0] if len(step) == 1 else step for step in x.tolist()], words)


@dataclass(frozen=True)
class Agreement:
    """How many sequences agree at every step, and one on which they do not, with the earliest difference."""

    sequences: int
    agree: int
    counterexample: Counterexample | None

    def to_dict(self) -> dict[str, int]:
        """Return the two counts."""
        return {"sequences": self.sequences, "agree": self.agree}


def first_steps(a: Outputs, b: Outputs, lengths: IntArray | None = None) -> IntArray:
    """Return for each sequence the first step at which the outputs differ, or -1; int64, shape (N,)."""
    n, steps = a.valid.shape
    last = np.full(n, steps, dtype=np.int64) - 1 if lengths is None else lengths - 1
    differs = (a.values != b.values).any(axis=2) | ~a.valid | ~b.valid  # (N, T)
    differs &= np.arange(steps) <= last[:, None]
    found = np.where(differs.any(axis=1), differs.argmax(axis=1), -1) if steps else np.full(n, -1)
    for side in (a, b):
        for row, (step, _) in side.faults.items():
            fault = max(0, min(step, int(last[row])))
            earlier = row not in side.unknown and 0 <= found[row] < fault
            found[row] = found[row] if earlier else fault
    return found


def compare(
    a: Outputs,
    b: Outputs,
    x: IntArray,
    lengths: IntArray | None = None,
    names: tuple[str, str] = ("network", "program"),
) -> Agreement:
    """Compare two batches of outputs on inputs (N, T, D_in).

    The counterexample is the row whose first difference comes earliest, cut there.
    """
    steps = first_steps(a, b, lengths)
    wrong = np.flatnonzero(steps >= 0)
    agree = len(x) - len(wrong)
    if len(wrong) == 0:
        return Agreement(len(x), agree, None)
    row = int(wrong[np.argmin(steps[wrong])])
    return Agreement(len(x), agree, counterexample(a, b, x, row, int(steps[row]), names))


def counterexample(
    a: Outputs, b: Outputs, x: IntArray, row: int, step: int, names: tuple[str, str] = ("network", "program")
) -> Counterexample:
    """Return the inputs of one row up to ``step``, and both outputs there."""
    end = min(step + 1, x.shape[1])
    inputs = [s[0] if len(s) == 1 else s for s in x[row, :end].tolist()]
    return Counterexample(inputs, a.shown(row, end), b.shown(row, end), names)
