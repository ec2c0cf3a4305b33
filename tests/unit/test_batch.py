"""Many sequences at once: reading lines, running them all together, and telling the result."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray, outputs_of, trace
from mips_core.tasks import Integers, Vocabulary
from mips_core.views.batch import MOST_LINES, Line, batch_columns, read_batch, run_batch
from mips_core.views.batch_html import batch_html
from mips_core.views.csv_text import csv_text

BIT = [Integers(0, 2)]
PARITY = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))


class Forgets:
    """Parity, wrong from the third step on."""

    input_width = output_width = 1

    def start(self, batch: int) -> np.ndarray:
        return np.zeros((batch, 2), dtype=np.int64)

    def step(self, state: np.ndarray, x: IntArray) -> tuple[np.ndarray, IntArray]:
        parity, count = (state[:, 0] + x[:, 0]) % 2, state[:, 1] + 1
        return np.stack([parity, count], axis=1), np.where(count >= 3, 0, parity)[:, None]


def lines_of(*sequences: list[int]) -> list[Line]:
    return [Line(i, np.array(s)[:, None]) for i, s in enumerate(sequences, start=1)]


def test_bad_lines_are_named_by_number_and_the_others_stay() -> None:
    found = read_batch("1 0 1\n\n  \n1 7\n111\nx y\n0,1", BIT)
    assert [(line.number, line.x[:, 0].tolist()) for line in found.lines] == [
        (1, [1, 0, 1]),
        (5, [1, 1, 1]),
        (7, [0, 1]),
    ]
    assert [bad.number for bad in found.bad] == [4, 6]
    assert found.bad[0].reason == "Step 2 is 7; this network reads 0 or 1."
    assert found.left_out == 0


def test_lines_beyond_the_limit_are_counted_not_dropped_in_silence() -> None:
    found = read_batch("\n".join(["1 0"] * (MOST_LINES + 7)), BIT)
    assert len(found.lines) == MOST_LINES
    assert found.left_out == 7
    assert read_batch("", BIT).lines == ()
    assert run_batch((), {"machine": PARITY}, None) == ()


def test_the_first_step_that_differs_is_told_and_the_end_state_named() -> None:
    rows = run_batch(lines_of([1, 0], [1, 1, 1, 0], [1, 1, 0]), {"network": Forgets(), "machine": PARITY}, None)
    assert [row.apart_at for row in rows] == [None, 3, None]
    assert [row.agrees for row in rows] == ["yes", "no, first at step 3", "yes"]
    assert [row.end_text for row in rows] == ["ends in S1", "ends in S1", "ends in S0"]
    assert rows[1].last == {"network": "0", "machine": "1"}
    columns = batch_columns(rows)
    assert columns["sequence"] == ["1 0", "1 1 1 0", "1 1 0"]
    assert csv_text(columns).splitlines()[2] == '2,1 1 1 0,0,1,"no, first at step 3",ends in S1'


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 1), min_size=1, max_size=9), min_size=1, max_size=8))
def test_all_at_once_is_the_same_as_one_by_one(sequences: list[list[int]]) -> None:
    def truth(x: IntArray) -> IntArray:
        return np.cumsum(x, axis=1) % 2

    rows = run_batch(lines_of(*sequences), {"network": Forgets(), "machine": PARITY}, truth)
    for row, sequence in zip(rows, sequences, strict=True):
        x = np.array(sequence)[None, :, None]
        assert row.last["network"] == str(outputs_of(Forgets(), x)[0, -1, 0])
        assert row.last["truth"] == row.last["machine"] == str(sum(sequence) % 2)
        assert row.end_state == int(trace(PARITY, x).states[0, -1])


def test_a_line_that_something_cannot_run_does_not_stop_the_others() -> None:
    rows = run_batch(lines_of([1], [2, 1], [1, 1]), {"network": Forgets(), "machine": PARITY}, None)
    assert [sorted(row.last) for row in rows] == [["machine", "network"], ["network"], ["machine", "network"]]
    assert [row.end_state for row in rows] == [1, None, 0]
    assert rows[1].agrees == "nothing to compare"
    assert batch_columns(rows)["machine at the last step"] == ["1", "–", "0"]


def test_the_table_escapes_words_and_offers_a_button_for_each_row() -> None:
    words = (Vocabulary.of(["<b>", "ok"]),)
    found = read_batch("<b> ok\nnope", [Integers(0, 2)], words)
    assert found.bad[0].number == 2
    html = batch_html(run_batch(found.lines, {"machine": PARITY}, None), words)
    assert "<b>" not in html
    assert "&lt;b&gt; ok" in html
    assert 'aria-label="Play line 1"' in html
