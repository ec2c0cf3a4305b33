"""When a recorded output that the program contradicts is called suspicious, and what a report then says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from recorded_data import counter, recorded

from mips_core.cli.distill import describe
from mips_core.distillation.from_data import with_suspicious_rows
from mips_core.distillation.subject import Truth
from mips_core.programs import table_program
from mips_core.report import Report
from mips_core.stepping import IntArray
from mips_core.tasks import Dataset, get, make_dataset
from mips_core.verification import SuspiciousOutput, Verification
from mips_core.verification.compare import Agreement

PROGRAM = table_program(counter(4), "a counter")


def counted(agree: int, network: int = 10) -> Verification:
    """Return a verification: right on ``agree`` of 10 held-out rows, and the network's program on ``network``."""
    return Verification(
        {"1x": Agreement(10, network, None), "5x": None}, {"1x": Agreement(10, agree, None), "5x": None},
        {"1x": None, "5x": None}, (), "A claim.", None,
    )  # fmt: skip


def truth(data: Dataset) -> Truth:
    training, held_out = data.split(0.2, rng=np.random.default_rng(0))
    return Truth(held_out=held_out, selection=training, recorded=data)


def wrong_in(rows: IntArray, *, repeated: bool = False) -> Dataset:
    """Return 800 rows of a counter with one wrong output each in ``rows``; ``repeated``: all rows stand twice."""
    data = recorded(counter(4), 800, 30)
    y = data.y.copy()
    y[rows, 20 + np.arange(len(rows)) % 7] += 1
    x = np.concatenate([data.x, data.x]) if repeated else data.x
    return make_dataset(x, np.concatenate([y, data.y]) if repeated else y, name="recorded")


@pytest.mark.parametrize("rows", [[227], [1, 100, 227]])
def test_a_few_exceptions_in_clean_data_are_differences_with_their_rows_named(rows: list[int]) -> None:
    found, suspicious = with_suspicious_rows(counted(9), PROGRAM, truth(wrong_in(np.array(rows))))
    assert suspicious == ()
    named = ", ".join(str(row + 1) for row in rows)
    assert f"they count as differences (row{'s' * (len(rows) > 1)} {named})" in found.claims[-1].words
    assert "suspicious" not in found.claim


def test_a_few_exceptions_in_data_that_contradict_themselves_are_suspicious() -> None:
    _, suspicious = with_suspicious_rows(counted(9), PROGRAM, truth(wrong_in(np.array([227]), repeated=True)))
    assert [(each.row, each.step) for each in suspicious] == [(228, 21)]


def test_many_scattered_exceptions_in_clean_data_are_suspicious() -> None:
    rows = np.random.default_rng(3).permutation(800)[:20]
    found, suspicious = with_suspicious_rows(counted(9), PROGRAM, truth(wrong_in(rows)))
    assert {each.row - 1 for each in suspicious} == set(rows.tolist())
    assert "listed as suspicious" in found.claim


def report(verification: Verification, suspicious: tuple[SuspiciousOutput, ...]) -> Report:
    from mips_core.distillation.source import shipped_subject

    subject = shipped_subject(get("Parity_All"))
    return Report(
        "x.csv", None, subject.network, None, PROGRAM, verification, subject.inputs, 10, (), {"total": 1.0}, suspicious
    )


ONE = (SuspiciousOutput(228, 4, 1, 0),)


def test_the_note_says_right_on_all_held_out_data_only_where_that_is_so() -> None:
    all_right = "the program is right on all held-out data, the network is not"
    assert all_right in describe(report(counted(10, 9), ()))
    assert all_right in describe(report(counted(10, 9), ONE))
    but = report(counted(9, 9), ONE)
    assert all_right not in describe(but)
    assert "right on all held-out data but for the suspicious outputs" in describe(but)
    assert but.succeeded
    for other in report(counted(9, 9), ()), report(counted(9, 10), ONE):
        assert other.imperfect_note == ""
        assert "right on all held-out data" not in describe(other)


def test_differences_that_are_not_suspicious_do_not_succeed_unless_the_network_agrees() -> None:
    assert not report(counted(9, 9), ()).succeeded
    assert report(counted(9, 10), ()).succeeded
    assert not replace(report(counted(9, 9), ONE), label_free=True).succeeded
