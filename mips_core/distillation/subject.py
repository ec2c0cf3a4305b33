"""What is being distilled: a network, the inputs it may see, and the truth where there is one."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks import Network
from mips_core.networks.symbols import check_ranges
from mips_core.stepping import IntArray
from mips_core.tasks import Dataset, Integers, Task

SYMBOL_LIMIT = 4096
"""Largest input alphabet that is listed symbol by symbol; larger ones are only sampled."""

LONGEST = 20_000
"""Longest sequence that can count as 1x, in steps; five times that is followed too."""


def check_length(length: int, name: str) -> None:
    """Refuse a length that cannot count as 1x.

    Raises
    ------
    BadInputError
        naming the length and the limit.
    """
    if not 1 <= length <= LONGEST:
        raise BadInputError(f"The length of {name} is {length:,}; 1 to {LONGEST:,} steps can count.")


@dataclass(frozen=True, eq=False)
class Truth:
    """Where the right outputs are known from: a task's rule, or the rows of a data file that training never saw.

    Exactly one of ``task`` and ``held_out`` is given.  ``selection`` holds rows that may be used to choose between
    candidate programs; they are never the held-out rows that the report counts.  ``recorded`` is the whole data
    file, as its rows are numbered.
    """

    task: Task | None = None
    held_out: Dataset | None = None
    selection: Dataset | None = None
    recorded: Dataset | None = None


@dataclass(frozen=True, eq=False)
class Subject:
    """A network to be distilled.

    Parameters
    ----------
    name : what the user called it (task name or file)
    network : the network itself
    inputs : integers that may occur, one range per input
    length : 1x, the trained length, at least 1
    truth : how the right outputs are known, or None
    observed : the input symbols that occur in the data, int64 (K, D_in), or None when every combination may occur
    label_free : extraction and choice look at the network's behaviour alone; the truth is only reported
    """

    name: str
    network: Network
    inputs: tuple[Integers, ...]
    length: int
    truth: Truth | None = None
    observed: IntArray | None = None
    label_free: bool = False

    def __post_init__(self) -> None:
        if len(self.inputs) != self.network.input_width:
            raise BadInputError(
                f"{self.name} takes {self.network.input_width} integers per step, but {len(self.inputs)} input ranges "
                "were given; name one range per input, or one for all."
            )
        check_ranges(self.inputs)
        check_length(self.length, self.name)

    @cached_property
    def symbols(self) -> IntArray | None:
        """Every input symbol, int64 (X, D_in), sorted; None when there are more than :data:`SYMBOL_LIMIT`."""
        if self.observed is not None:
            return self.observed if len(self.observed) <= SYMBOL_LIMIT else None
        count = 1
        for values in self.inputs:
            count *= len(values)
        if count > SYMBOL_LIMIT:
            return None
        return np.array(list(itertools.product(*(r.values.tolist() for r in self.inputs))), dtype=np.int64)

    @property
    def task(self) -> Task | None:
        """The benchmark task whose rule is the truth, or None."""
        return self.truth.task if self.truth is not None else None

    @property
    def chosen_by(self) -> Truth | None:
        """The truth that programs may be chosen by; None where the network alone decides."""
        return None if self.label_free else self.truth

    def draw(self, count: int, length: int, rng: np.random.Generator) -> IntArray:
        """Draw input words, int64 (count, length, D_in): by the task's sampler, else like the data, else uniformly."""
        if self.task is not None:
            return self.task.sample(count, length=length, rng=rng)
        if self.observed is not None:
            return self.observed[rng.integers(len(self.observed), size=(count, length))]
        columns = [rng.integers(r.low, r.high, size=(count, length), dtype=np.int64) for r in self.inputs]
        return np.stack(columns, axis=2)
