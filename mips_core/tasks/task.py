"""One benchmark task: a rule from integer sequences to integer sequences, with everything said about it.

The rule makes data and judges answers; nothing that distils ever looks at it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mips_core.errors import BadInputError
from mips_core.stepping import IntArray
from mips_core.tasks.dataset import Dataset, make_dataset
from mips_core.tasks.integers import Integers

Rule = Callable[[IntArray], IntArray]
"""Exact outputs (N, T, D_out) for inputs (N, T, D_in), any N and T including zero; y at t uses x up to t only."""

Draw = Callable[[int, int, np.random.Generator], IntArray]
"""``draw(n, length, rng)`` gives n input sequences, int64, shape (n, length, D_in)."""


@dataclass(frozen=True, eq=False)
class Task:
    """A named rule with its inputs, its outputs and its way of drawing sequences.

    Parameters
    ----------
    name : the paper's name, e.g. "Sum_Last3"
    group : the idea that it shares with its neighbours, e.g. "Windows of numbers"
    description : what y_t is, in a sentence or two
    inputs : integers that may occur, one entry per number of a step
    output_range : integers that can occur on the output side at ``length`` (the same for every output)
    rule : exact outputs for inputs of any length
    example : int64, shape (T, D_in), a sequence that shows the rule at work
    length : sequence length of the paper's data, in steps (1x)
    output_width : integers per step on the output side
    draw : how input sequences are drawn; None for independent and uniform over ``inputs``

    Examples
    --------
    >>> from mips_core.tasks import get
    >>> task = get("Sum_Last2")
    >>> task.inputs, task.length
    ((Integers(low=0, high=100),), 10)
    >>> task.apply(np.array([[[5], [7], [1]]])).tolist()
    [[[5], [12], [8]]]
    """

    name: str
    group: str
    description: str
    inputs: tuple[Integers, ...]
    output_range: Integers
    rule: Rule
    example: IntArray
    length: int = 10
    output_width: int = 1
    draw: Draw | None = None

    @property
    def input_width(self) -> int:
        """Integers per step on the input side (D_in)."""
        return len(self.inputs)

    @property
    def example_output(self) -> IntArray:
        """What the rule gives on :attr:`example`, shape (T, D_out)."""
        return self.apply(self.example[None])[0]

    def sample(self, n: int, *, length: int | None = None, rng: np.random.Generator) -> IntArray:
        """Draw ``n`` input sequences of ``length`` steps (default: the task's), shape (n, length, D_in).

        Raises
        ------
        BadInputError
            when ``n`` or ``length`` is negative.
        """
        steps = self.length if length is None else length
        if n < 0 or steps < 0:
            raise BadInputError(f"Cannot draw {n} sequences of length {steps}; neither number may be negative.")
        draw = self.draw or uniform(self.inputs)
        return draw(n, steps, rng)

    def apply(self, x: IntArray) -> IntArray:
        """Return the exact outputs, int64 (N, T, D_out), for integer inputs of shape (N, T, D_in).

        Raises
        ------
        BadInputError
            when the array has another shape or dtype, or holds an integer outside :attr:`inputs`.
        """
        x = np.asarray(x)
        if x.ndim != 3 or x.shape[2] != self.input_width:
            raise BadInputError(
                f"{self.name} was given an array of shape {x.shape}; it takes (N, T, {self.input_width}): "
                "sequences, steps, integers per step."
            )
        if x.dtype.kind not in "iub":
            raise BadInputError(f"{self.name} was given {x.dtype} values; it takes integers, so convert them first.")
        for channel, allowed in enumerate(self.inputs):
            column = x[:, :, channel]
            outside = (column < allowed.low) | (column >= allowed.high)
            if outside.any():
                row, step = np.argwhere(outside)[0]
                raise BadInputError(
                    f"{self.name} was given {column[row, step]} at x[{row}, {step}, {channel}]; "
                    f"its rule is defined for integers in {allowed} (end excluded)."
                )
        return self.rule(x.astype(np.int64))

    def dataset(self, n: int, *, length: int | None = None, rng: np.random.Generator) -> Dataset:
        """Draw ``n`` sequences and their outputs."""
        x = self.sample(n, length=length, rng=rng)
        return make_dataset(x, self.rule(x), name=self.name, task=self.name)


def uniform(inputs: tuple[Integers, ...]) -> Draw:
    """Draw every integer independently and uniformly from its range."""
    low, high = [r.low for r in inputs], [r.high for r in inputs]

    def draw(n: int, length: int, rng: np.random.Generator) -> IntArray:
        return rng.integers(low, high, size=(n, length, len(inputs)), dtype=np.int64)

    return draw


def steps(text: str) -> IntArray:
    """Read an example sequence as it stands in a data file: "0;1 1;1" is two steps of two integers.

    >>> steps("3 1 4").tolist()
    [[3], [1], [4]]
    """
    return np.array([[int(part) for part in step.split(";")] for step in text.split()], dtype=np.int64)
