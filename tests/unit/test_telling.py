"""The choice of registers that fix an output, and that it ends when it has to."""

from __future__ import annotations

import numpy as np
import pytest

from mips_core.errors import Cancelled
from mips_core.progress import Monitor
from mips_core.regression.registers import Register, register_bank
from mips_core.regression.telling import telling_registers
from mips_core.stepping import IntArray


def _running_parity() -> tuple[list[Register], IntArray, IntArray]:
    words = np.random.default_rng(0).integers(0, 2, size=(64, 10, 1))
    parity = words.cumsum(axis=1) % 2
    return register_bank(["x"], words, parity), words, parity[:, :, 0]


def test_the_register_that_fixes_the_output_comes_first() -> None:
    bank, words, target = _running_parity()
    chosen = next(telling_registers(bank, words, target, monitor=Monitor()))
    assert len(chosen) == 1
    before = chosen[0].before
    for symbol in (0, 1):
        for value in np.unique(before):
            same = (before == value) & (words[:, :, 0] == symbol)
            assert len(np.unique(target[same])) <= 1


def test_no_sets_come_when_the_time_is_up() -> None:
    bank, words, target = _running_parity()
    assert list(telling_registers(bank, words, target, monitor=Monitor(deadline=0.0))) == []


def test_the_stop_button_is_heard() -> None:
    bank, words, target = _running_parity()
    with pytest.raises(Cancelled):
        next(telling_registers(bank, words, target, monitor=Monitor(stop=lambda: True)))
