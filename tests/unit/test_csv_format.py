import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.tasks import csv_format, csv_text, make_dataset, read_dataset, write_csv
from mips_core.tasks.csv_format import parse_csv

INT64 = st.integers(-(2**63), 2**63 - 1)


def same(a, b):
    return all(np.array_equal(getattr(a, k), getattr(b, k)) for k in ("x", "y", "lengths"))


@st.composite
def datasets(draw, values=INT64):
    lengths = draw(st.lists(st.integers(1, 5), min_size=1, max_size=6))
    widths = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    x, y = (
        np.array(
            draw(st.lists(values, min_size=(n := len(lengths) * max(lengths) * w), max_size=n)), dtype=np.int64
        ).reshape(len(lengths), max(lengths), w)
        for w in widths
    )
    return make_dataset(x, y, lengths)


@given(datasets())
def test_round_trip(data):
    assert same(parse_csv(csv_text(data).encode(), "data.csv"), data)


def test_round_trip_through_a_file(tmp_path):
    data = make_dataset([[[0, 1], [1, 1], [1, 0]]], [[0, 1, 0]])
    write_csv(data, tmp_path / "data.csv")
    assert (tmp_path / "data.csv").read_text() == "x,y\n0;1 1;1 1;0,0 1 0\n"
    again = read_dataset(tmp_path / "data.csv")
    assert same(again, data)
    assert again.name == "data.csv"
    assert [path.name for path in tmp_path.iterdir()] == ["data.csv"]


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n0;1 1;1 1;0,0 1 0\n5;5,7\n",
        "0;1 1;1 1;0,0 1 0\n5;5,7",
        "X , Y\n0;1 1;1 1;0,0 1 0\n5;5,7\n",
        '"x","y"\n"0;1 1;1 1;0","0 1 0"\n"5;5","7"\n',
        "\ufeffx,y\r\n0;1 1;1 1;0,0 1 0\r\n5;5,7\r\n",
        "x,y\r0;1 1;1 1;0,0 1 0\r5;5,7\r",
        "\n\nx,y\n\n  0;1  1;1\t1;0  ,  0 1   0 \n\n   \n5;5,7\n\n",
        "x,y\n0 ; 1 1; 1 1 ;0,0 1 0\n5;5,7\n",
        "y,x\n0 1 0,0;1 1;1 1;0\n7,5;5\n",
        "x,y\n0.0;1 +1;1.0 1;0,0 1e0 -0\n5;.5e1,700e-2\n",
        "x,y\n00;01 1;1 1;0,0 1 0\n5;000000000000000000000005,7\n",
    ],
)
def test_ways_to_write_the_same_data(text):
    expected = make_dataset([[[0, 1], [1, 1], [1, 0]], [[5, 5], [0, 0], [0, 0]]], [[0, 1, 0], [7, 0, 0]], [3, 1])
    assert same(parse_csv(text.encode(), "data.csv"), expected)


BAD = [
    (b"", "data.csv is empty; a data file needs at least one row"),
    (b"\n \r\n\n", "data.csv is empty"),
    (b"x,y\n", "data.csv has a header and no rows; a data file needs"),
    (b"x,y\n0 1,0 1\n0 1 1,0 1\n", "line 3: x has 3 steps and y has 2; each input needs its output"),
    (b"x,y\n1,0 1\n", "line 2: x has 1 step and y has 2"),
    (b"0;1 1,0 1\n", "line 1: step 2 of x has 1 component and step 1 has 2; every step needs the same number"),
    (b"0 1;1,0 1\n", "line 1: step 2 of x has 2 components and step 1 has 1"),
    (b"0 1,0;1 1\n", "line 1: step 2 of y has 1 component and step 1 has 2"),
    (b"x,y\n\n0;1,0\n0,0\n", "line 4: x has 1 component per step and line 3 has 2; every row needs the same number"),
    (b"0,0\n0,0;1\n", "line 2: y has 2 components per step and line 1 has 1"),
    (b"x,y\n0 1,0 1.5\n", "line 2: step 2 of y is 1.5; data must be whole numbers, so round or scale"),
    (b"0 nan,0 1\n", "line 1: step 2 of x is 'nan'; write a whole number"),
    (b"nan nan,nan nan\n", "line 1: step 1 of x is 'nan'"),
    (b"x,y\n0 -inf,0 1\n", "line 2: step 2 of x is '-inf'"),
    (b"0 1,0 a\n", "line 1: step 2 of y is 'a'; write a whole number such as 3 or -12"),
    (b"0 1_0,0 1\n", "step 2 of x is '1_0'"),
    (b"0 0x1,0 1\n", "step 2 of x is '0x1'"),
    (b"0 --1,0 1\n", "step 2 of x is '--1'"),
    ("0 \u0663,0 1\n".encode(), "step 2 of x is '\u0663'"),
    (b"0 1;,0 1\n", "step 2 of x is nothing"),
    (b"0;;1,0\n", "step 1 of x is nothing"),
    (b"9223372036854775808,0\n", "line 1: step 1 of x is 9223372036854775808; numbers must fit signed 64-bit"),
    (b"0,-9223372036854775809\n", "line 1: step 1 of y is -9223372036854775809; numbers must fit"),
    (b"1e19,0\n", "step 1 of x is 1e19; numbers must fit"),
    (b"1e9999,0\n", "step 1 of x is 1e9999; numbers must fit"),
    (b"1e999999999,0\n", "step 1 of x is '1e999999999'; write a whole number"),
    (b"1e-9999,0\n", "step 1 of x is 1e-9999; data must be whole"),
    (b"9223372036854775807.5,0\n", "step 1 of x is"),
    (b"3.0000000000000000000000000000000000001,0\n", "data must be whole numbers"),
    (b"7" * 6000 + b",0\n", "numbers must fit signed 64-bit"),
    (b"7" * 1_200_000 + b"e9999,0\n", "numbers must fit signed 64-bit"),
    (b"x,y\n,\n", "line 2: x has no steps; write its numbers or remove the line"),
    (b"x,y\n1,\n", "line 2: y has no steps"),
    (b'1,""\n', "line 1: y has no steps"),
    (b"x\n0 1\n", "line 1 has 1 column; write two, x and y"),
    (b"x,y\n0 1\n", "line 2 has 1 column"),
    (b"x,y\n0 1,0 1,5\n", "line 2 has 3 columns; write two"),
    (b"id,x,y\n1,0 1,0 1\n", "line 1 has 3 columns"),
    (b"input,output\n0 1,0 1\n", "line 1 is 'input,output'; the header must be x,y, or leave it out"),
    (b"x1,y1\n0 1,0 1\n", "line 1 is 'x1,y1'; the header must be x,y"),
    (b"x,x\n0 1,0 1\n", "line 1 is 'x,x'; the header must be x,y"),
    (b"0,0\nx,y\n0,0\n", "line 2: step 1 of x is 'x'"),
    (b"x,y\n1,2\n\xff\xfe,3\n", "line 3: this is not UTF-8 text; save the data as CSV in UTF-8"),
    ("x,y\n1,2\n".encode("utf-16"), "is not a text file in UTF-8"),
    (b"PK\x03\x04\x00\x00\x00", "is not a text file in UTF-8"),
    (b'"0 1,0 1\n', "line 1: a cell begins with a double quote that does not end with the cell"),
]


@pytest.mark.parametrize(("data", "message"), BAD, ids=range(len(BAD)))
def test_bad_files_are_refused_with_the_line(data, message):
    with pytest.raises(BadInputError) as caught:
        parse_csv(data, "data.csv")
    text = str(caught.value)
    assert message in text
    assert text.startswith("data.csv")
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 300


def test_one_long_row_among_many_short_ones_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(csv_format, "MAX_NUMBERS", 100)
    with pytest.raises(BadInputError, match=r"needs 120 numbers once all rows are as long as the longest \(12 steps\)"):
        parse_csv(b"1 2 3 4 5 6 7 8 9 10 11 12,1 2 3 4 5 6 7 8 9 10 11 12\n" + b"1,1\n" * 9, "data.csv")


@given(st.binary(max_size=60) | st.text('xy01-;, .\n"e', max_size=60).map(str.encode))
def test_any_bytes_give_data_or_one_sentence(data):
    try:
        parsed = parse_csv(data, "data.csv")
    except BadInputError as error:
        assert str(error).startswith("data.csv")  # noqa: PT017 - either outcome is fine
    else:
        assert same(parse_csv(csv_text(parsed).encode(), "data.csv"), parsed)
