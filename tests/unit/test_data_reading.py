"""What is said of a data file before anything is trained on it."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.distillation.data_reading import describe_data
from mips_core.tasks import make_dataset, npz_bytes
from mips_core.views.data_reading import column_rows, contradiction_rows, first_rows, size_text


def rows(count: int, steps: int = 6, seed: int = 0) -> list[tuple[list[int], list[int]]]:
    x = np.random.default_rng(seed).integers(0, 3, size=(count, steps))
    return list(zip(x.tolist(), (np.cumsum(x, axis=1) % 3).tolist(), strict=True))


def csv(pairs: list[tuple[list[int], list[int]]]) -> bytes:
    return "".join(f"{' '.join(map(str, x))},{' '.join(map(str, y))}\n" for x, y in pairs).encode()


def test_integers() -> None:
    reading = describe_data(csv(rows(300)), "a.csv")
    assert reading.problem is None
    assert reading.warnings == ()
    assert size_text(reading) == "300 rows of 6 steps each, 1,800 steps in all; 1 input and 1 output per step."
    assert column_rows(reading)[0] == {"column": "input 1", "holds": "integers from 0 to 2"}
    assert first_rows(reading)[0]["row"] == "1"


def test_words_and_two_columns() -> None:
    reading = describe_data(b"coin;1 push;2,ok;0 go;0\npush;1,no;0\ncoin;3,ok;0\n", "door.csv")
    assert reading.problem is None
    assert [row["holds"] for row in column_rows(reading)] == [
        "2 words: coin, push", "integers from 1 to 3", "3 words: go, no, ok", "always 0",
    ]  # fmt: skip
    assert any("output 2" in warning for warning in reading.warnings)
    assert any("Only 3 rows" in warning for warning in reading.warnings)
    assert first_rows(reading)[0] == {"row": "1", "inputs": "coin;1 push;2", "outputs": "ok;0 go;0"}


def test_rows_of_different_lengths() -> None:
    x = np.zeros((4, 5), dtype=int)
    x[1:, 0] = [1, 2, 3]
    reading = describe_data(npz_bytes(make_dataset(x, x, [1, 3, 5, 2])), "a.npz")
    assert size_text(reading).startswith("4 rows of 1 to 5 steps, 11 steps in all")
    assert reading.to_dict()["steps"] == {"shortest": 1, "median": 2.5, "longest": 5, "total": 11}


def test_few_contradictory_rows_are_refused_and_named() -> None:
    reading = describe_data(b"x,y\n0 1 0,0 1 1\n0 1 1,0 0 1\n1 1,0 1\n", "a.csv")
    assert "contradicts itself" in reading.problem
    assert contradiction_rows(reading) == [
        {"rows": "1 and 2", "step": "2", "same inputs": "0 1", "output of the first": "1", "of the second": "0"}
    ]


def test_one_contradiction_in_many_rows_counts_as_a_recording_error() -> None:
    pairs = rows(400)
    pairs.append((pairs[0][0], [(pairs[0][1][0] + 1) % 3, *pairs[0][1][1:]]))
    reading = describe_data(csv(pairs), "a.csv")
    assert reading.problem is None
    assert any("recording errors" in warning for warning in reading.warnings)
    assert contradiction_rows(reading)[0]["step"] == "1"


def test_data_without_a_rule_are_called_so() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 2, size=(2, 300, 6))
    reading = describe_data(csv(list(zip(x.tolist(), y.tolist(), strict=True))), "a.csv")
    assert reading.problem is None
    assert any("No program can come out" in warning for warning in reading.warnings)
    assert len(reading.contradictory()) == 50


def test_a_file_that_cannot_be_read_names_the_place() -> None:
    reading = describe_data(b"x,y\n0 1,0 1\n0 oops,0 1\n", "a.csv")
    assert reading.data is None
    assert reading.problem.startswith("a.csv, line 3: step 2 of x is 'oops'")
    assert reading.columns == reading.contradictory() == ()


def test_too_few_different_rows() -> None:
    assert "at least 3" in describe_data(b"0 1,0 1\n0 1,0 1\n1 1,0 1\n", "a.csv").problem


@settings(max_examples=60, deadline=1000)
@given(
    st.binary(max_size=80) | st.text('xy01;, \n"ab', max_size=80).map(str.encode), st.sampled_from(["a.csv", "a.npz"])
)
def test_any_bytes_are_described_in_plain_json(data: bytes, name: str) -> None:
    told = describe_data(data, name).to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["problem"] is not None or told["rows"] > 0
