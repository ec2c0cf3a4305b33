"""Deadlines: on the system's clock, or on counted work."""

from __future__ import annotations

import time

import pytest

from mips_core.progress import Monitor, WorkClock


def test_a_deadline_on_counted_work_comes_after_so_many_looks_however_long_they_take() -> None:
    def looks(pause: float) -> int:
        monitor, count = Monitor(clock=WorkClock(60.0)).limited(20 * WorkClock.LOOK), 0
        while not monitor.expired:
            time.sleep(pause)
            count += 1
        return count

    assert looks(0.0) == looks(0.002) == 19


def test_work_of_known_cost_counts_as_much() -> None:
    clock = WorkClock(60.0)
    monitor = Monitor(clock=clock).limited(5.0)
    clock.worked(4.0)
    assert monitor.remaining == pytest.approx(1.0, abs=0.01)
    clock.worked(2.0)
    assert monitor.expired
    assert not clock.hurried


def test_the_systems_clock_ends_counted_work_that_has_no_end() -> None:
    clock = WorkClock(0.02)
    monitor = Monitor(clock=clock)
    first = monitor.limited(1000.0)
    assert not first.expired
    time.sleep(0.03)
    assert first.expired
    assert clock.hurried
    assert not monitor.expired  # without a deadline there is none to pass
    later = monitor.limited(0.02)
    assert not later.expired
    time.sleep(0.03)
    assert later.expired
