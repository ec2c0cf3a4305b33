"""Worker processes: every result, progress, and an end that does not wait."""

from __future__ import annotations

import os
import time
from multiprocessing import active_children

import pytest

from mips_core.errors import Cancelled, MipsError
from mips_core.parallel import side_by_side
from mips_core.progress import Monitor, Progress


def test_results_and_progress_of_all_jobs() -> None:
    seen: list[Progress] = []
    jobs = [(2, 5), (3, 2), (10, 3)]
    found = side_by_side(pow, jobs, workers=2, stage="sums", noun="sums", monitor=Monitor(progress=seen.append))
    assert sorted(found) == [9, 32, 1000]
    assert seen[0] == Progress("sums", "0 of 3 sums", 0.0)


def test_stopping_ends_workers_in_the_middle_of_their_jobs() -> None:
    before = set(active_children())
    begin = time.monotonic()
    monitor = Monitor(stop=lambda: time.monotonic() - begin > 0.6)
    with pytest.raises(Cancelled):
        list(side_by_side(time.sleep, [(60,), (60,)], workers=2, stage="", noun="", monitor=monitor))
    assert time.monotonic() - begin < 20
    assert not set(active_children()) - before


def test_a_worker_that_dies_is_one_sentence() -> None:
    with pytest.raises(MipsError, match="ended before its work was done"):
        list(side_by_side(os._exit, [(1,), (1,)], workers=1, stage="", noun="", monitor=Monitor()))
