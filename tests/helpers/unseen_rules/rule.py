"""One rule from integer sequences to integer sequences, given by a start value and a step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.machines import MealyMachine
from mips_core.machines.minimise import minimise
from mips_core.tasks import Dataset, make_dataset

Step = Callable[..., tuple[Any, Any]]
"""``step(memory, x1, x2, ...)`` gives (new memory, output), the output an integer or a tuple of them."""


@dataclass(frozen=True, eq=False)
class Rule:
    """A causal rule.

    Parameters
    ----------
    name : unique; also decides the half that the rule belongs to
    ranges : (low, high) of each input, high excluded
    start : memory before the first step, hashable
    step : new memory and output of one step
    length : steps per sequence in a data file
    rows : sequences in a data file
    """

    name: str
    ranges: tuple[tuple[int, int], ...]
    start: Hashable
    step: Step
    length: int = 10
    rows: int = 4000

    @property
    def reported(self) -> bool:
        """Whether it belongs to the half that nothing was tuned on: by a hash of the name."""
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 1

    def apply(self, sequence: list[Any]) -> list[tuple[int, ...]]:
        """Return the outputs, one tuple per step, for a list of integers (one input) or of tuples."""
        memory, outputs = self.start, []
        for x in sequence:
            memory, y = self.step(memory, *(x if isinstance(x, tuple) else (x,)))
            outputs.append(tuple(map(int, y)) if isinstance(y, tuple) else (int(y),))
        return outputs

    def draw(self, n: int, rng: np.random.Generator, length: int | None = None) -> np.ndarray:
        """Draw input sequences, int64 (n, length, D_in), independent and uniform."""
        steps = self.length if length is None else length
        return np.stack([rng.integers(low, high, size=(n, steps)) for low, high in self.ranges], axis=2)

    def outputs(self, words: np.ndarray) -> np.ndarray:
        """Return the outputs (N, T, D_out) for inputs (N, T, D_in)."""
        return np.array([self.apply([tuple(x) for x in word]) for word in words.tolist()], dtype=np.int64)

    def dataset(self, *, seed: int = 0) -> Dataset:
        """Draw a data set of the rule's own size."""
        x = self.draw(self.rows, np.random.default_rng([seed, 5]))
        return make_dataset(x, self.outputs(x), name=self.name)

    def machine(self, most: int = 5000) -> MealyMachine | None:
        """Return the minimal machine, or None when more than ``most`` memories are reachable."""
        symbols = np.array(np.meshgrid(*(range(*r) for r in self.ranges), indexing="ij")).reshape(len(self.ranges), -1)
        place, queue = {self.start: 0}, [self.start]
        following, outputs = [], []
        for memory in queue:
            steps = [self.step(memory, *x) for x in symbols.T.tolist()]
            for new, _ in steps:
                if new not in place:
                    place[new] = len(place)
                    queue.append(new)
            if len(queue) > most:
                return None
            following.append([place[new] for new, _ in steps])
            outputs.append([y if isinstance(y, tuple) else (y,) for _, y in steps])
        return minimise(MealyMachine(np.array(following), np.array(outputs, dtype=np.int64), symbols.T))
