"""Outputs of many sequences: the same as one at a time, in memory that does not grow with their number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mips_core import stepping
from mips_core.stepping import IntArray, outputs_of


class _Sum:
    """The running sum, which notes how many sequences were stepped together."""

    input_width = output_width = 1

    def __init__(self) -> None:
        self.batches: list[int] = []

    def start(self, batch: int) -> NDArray[Any]:
        self.batches.append(batch)
        return np.zeros((batch, 1), dtype=np.int64)

    def step(self, state: NDArray[Any], x: IntArray) -> tuple[NDArray[Any], IntArray]:
        return state + x, state + x


@pytest.mark.parametrize("n", [0, 1, 5, 7, 8, 23])
@pytest.mark.parametrize("length", [0, 1, 4])
def test_outputs_do_not_depend_on_how_many_are_stepped_together(
    n: int, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "_TOGETHER", 7)
    x = np.random.default_rng(n).integers(-5, 6, size=(n, length, 1))
    total = _Sum()
    assert np.array_equal(outputs_of(total, x), np.cumsum(x, axis=1))
    assert sum(total.batches) == n
    assert max(total.batches, default=0) <= 7
