"""``mips bench counterexamples``: random testing calls a network perfect, and the hunt finds where it is wrong."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mips_core.benchmarks.counterexamples import FACTOR, CounterexampleRow, measure, summary
from mips_core.errors import BadInputError
from mips_core.tasks import get
from tests.helpers.command_line import mips


def row(task: str, shortest: int | None, accuracy: float = 1.0) -> CounterexampleRow:
    word = None if shortest is None else ((1,),) * shortest
    return CounterexampleRow(task, 0, "rung", 10, accuracy, shortest, word, 100, 3, 1.0, 1.0)


def test_the_summary_counts_networks_that_random_testing_calls_perfect() -> None:
    found = summary([row("A", 7), row("B", 3), row("C", None), row("D", 1, accuracy=0.5)])
    assert found.startswith("Of 3 networks that are right on all random sequences, 2 are wrong")
    assert found.endswith("the shortest has 3 steps (B).")


def test_a_row_survives_its_file_and_a_malformed_one_is_refused() -> None:
    one = row("A", 2)
    assert CounterexampleRow.from_dict(json.loads(json.dumps(one.to_dict()))) == one
    with pytest.raises(BadInputError, match="malformed"):
        CounterexampleRow.from_dict({"task": "A"})


def test_a_word_that_is_found_is_short_and_the_rule_says_otherwise() -> None:
    found = measure(get("Min_Seen"), training=20, seconds=3)
    assert found.accuracy == 1.0
    assert found.shortest is not None
    assert found.word is not None
    assert len(found.word) == found.shortest <= FACTOR * found.length
    assert np.array(found.word).shape == (found.shortest, 1)


def test_a_folder_keeps_finished_rows(tmp_path) -> None:
    words = [
        "bench",
        "counterexamples",
        "--only",
        "Prev1",
        "--budget",
        "5",
        "--seconds",
        "1",
        "--resume",
        str(tmp_path),
    ]
    first = mips(*words, "--json")
    again = mips(*words, "--json")
    assert first.code == again.code == 0
    assert json.loads(first.out)["rows"] == json.loads(again.out)["rows"]
    assert [file.name for file in tmp_path.iterdir()] == ["Prev1.0.json"]
