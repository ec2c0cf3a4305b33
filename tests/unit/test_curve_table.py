"""Any CSV file, arrays or a data frame become labelled data, with reasons for all that is left out."""

from __future__ import annotations

import contextlib
import csv
import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mips_core.curves.table.csv_reading as csv_reading
from mips_core.curves.bundled import as_csv, bundled, bundled_names
from mips_core.curves.errors import CurveError
from mips_core.curves.missing import MISSING_TEXTS
from mips_core.curves.study import LabelledData
from mips_core.curves.table import labelled, read_table


def text(rows: int = 30, header: str = "x,colour,y", row: str = "{i}.5,{c},{v}", end: str = "\n") -> bytes:
    lines = [row.format(i=i, c="red" if i % 3 else "blue", v=i * i % 7) for i in range(rows)]
    return (end.join([header, *lines]) + end).encode()


def kinds(data: LabelledData) -> dict[str, str]:
    return {each.name: each.kind for each in data.types}


def reasons(data: LabelledData) -> dict[str, str]:
    return {each.name: each.reason for each in data.types}


def same(a: LabelledData, b: LabelledData) -> None:
    assert list(a.table.columns) == list(b.table.columns)
    for name, values in a.table.columns.items():
        np.testing.assert_array_equal(values, b.table.columns[name])
        assert values.dtype == b.table.columns[name].dtype
    np.testing.assert_array_equal(a.table.target, b.table.target)
    if a.table.groups is None:
        assert b.table.groups is None
    else:
        np.testing.assert_array_equal(a.table.groups, b.table.groups)
    assert (a.task, a.target, a.group, a.classes, a.types) == (b.task, b.target, b.group, b.classes, b.types)


def test_a_plain_file() -> None:
    data = read_table(text(), "y", name="plain")
    assert (data.name, data.task, data.classes, data.rejected) == ("plain", "regression", (), ())
    assert kinds(data) == {"x": "number", "colour": "levels"}
    assert reasons(data) == {"x": "numbers", "colour": "2 levels: blue, red"}
    assert data.table.columns["x"].dtype == np.float64
    assert data.table.columns["x"][:2].tolist() == [0.5, 1.5]
    assert data.table.columns["colour"][:2].tolist() == ["blue", "red"]
    assert data.table.lines.tolist() == list(range(2, 32))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_delimiters_line_ends_and_a_byte_order_mark(end: str, delimiter: str, mark: bytes) -> None:
    plain = text(end=end).replace(b",", delimiter.encode())
    same(read_table(mark + plain, "y"), read_table(text(), "y"))
    assert read_table(mark + plain, "y").table.lines.tolist() == list(range(2, 32))


def test_a_file_on_disk_is_called_after_itself(tmp_path: Path) -> None:
    path = tmp_path / "cars.csv"
    path.write_bytes(text())
    assert read_table(path, "y").name == "cars"
    assert read_table(str(path), "y", name="other").name == "other"
    with pytest.raises(CurveError, match="There is no file"):
        read_table(tmp_path / "none.csv", "y")


def test_decimal_commas_in_a_file_with_semicolons() -> None:
    data = read_table(text(header="x;colour;y", row="{i},5;{c};{v}"), "y")
    assert reasons(data)["x"] == "numbers with a decimal comma"
    assert data.table.columns["x"][3] == 3.5


def test_bad_rows_are_rejected_by_the_line_of_the_file() -> None:
    rows = [f"{i},{'ab'[i % 2]},{i % 5}" for i in range(60)]
    rows[3] = '"3","two\nlines, ""quoted""",1'  # lines 5 and 6
    rows[10] = "oops,a,1"  # line 13
    rows[12] = "1,a"  # line 15
    rows[13] = "inf,a,1"  # line 16
    rows[14] = "5,a,"  # line 17
    rows[15] = '"5"x,a,1'  # line 18
    rows[16] = "5,a,1,extra"  # line 19
    rows[18] = "5,a,-1e200"  # line 21
    rows[20] = ""  # line 23, blank
    rows[21] = "7,a,maybe"  # line 24
    data = read_table("\n".join(["x,c,y", *rows]).encode(), "y")
    assert {each.line: each.reason for each in data.rejected} == {
        13: "x: the value 'oops' is not a number",
        15: "2 fields instead of 3",
        16: "x: the value is infinite",
        17: "y: the target is missing",
        18: "text follows a closing quote; within quotes, write a quote twice",
        19: "4 fields instead of 3",
        21: "y: the target is beyond 1e+100",
        24: "y: the target 'maybe' is not a number",
    }
    assert [each.line for each in data.rejected] == sorted(each.line for each in data.rejected)
    assert data.table.columns["c"][3] == 'two\nlines, "quoted"'
    assert data.table.lines[:5].tolist() == [2, 3, 4, 5, 7]
    assert data.table.lines[-1] == 62
    assert len(data.table) == 60 - 9


def test_nineteen_of_twenty_numbers_make_a_column_of_numbers() -> None:
    def with_words(words: int) -> LabelledData:
        return read_table(
            "\n".join(["x,z,y", *(f"{'low' if i < words else i},{i % 4},{i % 9}" for i in range(100))]).encode(), "y"
        )

    assert kinds(with_words(5))["x"] == "number"
    assert reasons(with_words(5))["x"] == "numbers in all but 5 rows"
    assert len(with_words(5).rejected) == 5
    assert kinds(with_words(6))["x"] == "left out"
    assert with_words(6).rejected == ()


@pytest.mark.parametrize("marker", ["", "NA", "N/A", "NaN", "null", "None", "?", " na "])
def test_markers_of_missing_values(marker: str) -> None:
    lines = [f"{marker if i % 10 == 0 else i},{marker if i % 7 == 0 else 'ab'[i % 2]},{i % 3}" for i in range(70)]
    data = read_table("\n".join(["x,c,y", *lines]).encode(), "y")
    assert np.flatnonzero(np.isnan(data.table.columns["x"])).tolist() == list(range(0, 70, 10))
    assert [i for i, each in enumerate(data.table.columns["c"]) if each is None] == list(range(0, 70, 7))
    assert reasons(data) == {"x": "numbers; 7 values missing", "c": "2 levels: a, b; 10 values missing"}


def test_useless_columns_are_left_out_with_a_reason() -> None:
    columns = {
        "same": ["7"] * 600,
        "word": ["on"] * 600,
        "empty": ["NA"] * 600,
        "name": [f"n{i}" for i in range(600)],
        "town": [f"t{i % 300}" for i in range(600)],
        "note": [("a" if i % 2 else "b") * 300 for i in range(600)],
        "id": list(range(600)),
        "y": [i % 11 for i in range(600)],
    }
    data = labelled(columns, "y")
    assert reasons(data) == {
        "same": "the same value in every row",
        "word": "the same text in every row",
        "empty": "no cell has a value",
        "name": "texts that differ in nearly every row, such as 'n0'",
        "town": "300 different texts, such as 't0'; at most 255 are used as levels",
        "note": "texts of more than 200 characters",
        "id": "numbers",
    }
    assert list(data.table.columns) == ["id"]
    with pytest.raises(CurveError, match="no column to learn from: same: the same value"):
        labelled({"same": columns["same"], "y": columns["y"]}, "y")


def test_numbers_at_first_and_texts_later_are_levels_as_they_were_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reading, "_CHUNK", 16)
    lines = [f"{'01.0' if i < 40 else 'late'},{'early' if i < 10 else i},{i % 7}" for i in range(400)]
    data = read_table("\n".join(["x,z,y", *lines]).encode(), "y")
    assert kinds(data) == {"x": "levels", "z": "number"}
    assert reasons(data)["x"] == "2 levels: 01.0, late"
    assert [each.line for each in data.rejected] == list(range(2, 12))
    assert data.table.columns["z"][0] == 10.0


def test_tasks_are_told_from_the_target() -> None:
    def of(target: list[Any], **more: Any) -> LabelledData:
        return labelled(
            {"x": np.arange(len(target)), "q": [i // 5 for i in range(len(target))], "y": target}, "y", **more
        )

    yes_no = of(["yes", "no", "no"] * 10)
    assert (yes_no.task, yes_no.classes) == ("classification", ("no", "yes"))
    assert yes_no.table.target[:3].tolist() == [1, 0, 0]
    assert of([2, 1.5] * 15).classes == ("1.5", "2")
    assert of([True, False] * 15).classes == ("False", "True")
    assert of([0, 1] * 15, task="regression").task == "regression"
    assert of(list(range(30))).task == "regression"
    ranking = of([0, 1, 2] * 10, group="q")
    assert (ranking.task, ranking.group) == ("ranking", "q")
    assert ranking.table.groups.tolist() == [i // 5 for i in range(30)]
    assert list(ranking.table.columns) == ["x"]


@pytest.mark.parametrize(
    ("target", "more", "message"),
    [
        (["a", "b", "c"] * 10, {}, "3 different texts: 'a', 'b', 'c'. Classification needs two. Make a column"),
        (["a", "b", "c"] * 10, {"task": "regression"}, "Regression needs a target of numbers"),
        ([1, 2, 3] * 10, {"task": "classification"}, "3 different numbers. Use --task regression"),
        ([1, 2, 3] * 10, {"task": "ranking"}, "Ranking needs --group"),
        ([1, 2, 3] * 10, {"task": "regression", "group": "x"}, "A group column is for ranking"),
        ([1, 2, 3] * 10, {"task": "clustering"}, "not 'clustering'"),
        ([1, 2, 3] * 10, {"group": "y"}, "both the target and the group"),
        ([1, 2, 3] * 10, {"group": "xx"}, "no column 'xx' for the group. Did you mean 'x'"),
        ([4] * 30, {}, "is 4 in every usable row"),
        (["a"] * 30, {}, "nothing to learn"),
        ([1, 2, 3] * 6, {}, "18 usable rows; at least 20"),
        ([-1, 1, 2] * 9, {"group": "q"}, "line 0: y: the target is negative"),
    ],
)
def test_targets_that_do_not_do(target: list[Any], more: dict[str, Any], message: str) -> None:
    with pytest.raises(CurveError) as error:
        labelled({"x": np.arange(len(target)), "q": [1, 2, 3] * (len(target) // 3), "y": target}, "y", **more)
    assert message in str(error.value)


def test_rows_without_a_group_or_with_negative_relevance_are_rejected() -> None:
    lines = [f"{i},{'' if i == 4 else f'q{i // 8}'},{-1 if i == 6 else 99 if i == 7 else i % 3}" for i in range(40)]
    data = read_table("\n".join(["x,query,grade", *lines]).encode(), "grade", group="query")
    assert [(each.line, each.reason) for each in data.rejected] == [
        (6, "query: the group is missing"),
        (8, "grade: the target is negative; graded relevance is 0 or more"),
        (9, "grade: the target is above 30, too much for graded relevance"),
    ]
    assert np.unique(data.table.groups).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\xff\xfex\0,\0", "not a text file in UTF-8"),
        (b"x,y\n1,2\n\xe9,3\n", "line 3: this is not UTF-8"),
        (b"x\n1\n2\n", "has one column, 'x'"),
        (b"x,,y\n1,2,3\n", 'Column 2 of data has no name ("")'),
        (b"x,a,x\n1,2,3\n", "Two columns of data are called 'x'"),
        (b"1,2,3\n4,5,6\n", "begins with numbers"),
        (b'x,y\n1,2\n"3,4\n5,6\n', "line 3: a quote opens here"),
        (b'"x"z,y\n1,2\n', "line 1: text follows a closing quote"),
        (b"x,y\n" + b"a" * 200_000 + b",1\n", "line 2: a cell is longer than 131,072 characters"),
        (b"x,y\n", "0 usable rows"),
        (b"x,y\n1\n2\n3\n", "3 rows cannot be used; line 2: 1 field instead of 2"),
        (",".join(f"c{i}" for i in range(1_001)).encode() + b"\n", "1,001 columns; at most 1,000"),
        (b"x" * 300 + b",y\n1,2\n", "name of column 1 of data has 300 characters"),
        (b"x,z\n" + b"1,2\n" * 30, "no column 'y' for the target. It has: x, z."),
    ],
)
def test_files_that_cannot_be_read_say_where_and_why(data: bytes, message: str) -> None:
    with pytest.raises(CurveError) as error:
        read_table(data, "y")
    assert message in str(error.value)


def test_a_file_may_be_too_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(csv_reading, "MAX_BYTES", 100)
    with pytest.raises(CurveError, match="at most 100 are read"):
        read_table(text(), "y")


@pytest.mark.parametrize("name", bundled_names())
def test_bundled_data_written_as_csv_are_read_as_the_same(name: str) -> None:
    data = bundled(name)
    again = read_table(as_csv(data).encode(), data.target, group=data.group)
    same(data, again)
    assert data.rejected == again.rejected == ()
    assert data.name == name


def test_a_target_that_is_no_name_is_refused() -> None:
    with pytest.raises(CurveError, match="The target is None, which is no name"):
        read_table(b"x,y\n1,2\n", target=None)  # type: ignore[arg-type]


def test_an_unknown_bundled_set_is_refused() -> None:
    with pytest.raises(CurveError, match="no bundled data set 'iris'; there are diabetes"):
        bundled("iris")


def test_arrays_of_all_kinds_and_a_data_frame() -> None:
    pandas = pytest.importorskip("pandas")
    columns = {
        "whole": np.arange(40, dtype=np.int32),
        "single": np.linspace(0, 1, 40, dtype=np.float32),
        "flag": np.arange(40) % 2 == 0,
        "mixed": [1, 2.5, None, float("nan")] * 10,
        "word": ["a", "b", None, "a"] * 10,
        "y": np.arange(40) / 2,
    }
    data = labelled(columns, "y")
    assert kinds(data) == {"whole": "number", "single": "number", "flag": "levels", "mixed": "number", "word": "levels"}
    assert data.table.columns["flag"][:2].tolist() == ["True", "False"]
    same(data, labelled(pandas.DataFrame(columns), "y"))
    nullable = pandas.DataFrame(columns).convert_dtypes()
    assert np.isnan(labelled(nullable, "y").table.columns["mixed"]).sum() == 20
    days = labelled({"day": np.arange(40).astype("datetime64[D]"), "x": np.arange(40), "y": np.arange(40)}, "y")
    assert kinds(days)["day"] == "left out"


def test_columns_that_are_no_columns() -> None:
    with pytest.raises(CurveError, match="'x' has 3 rows and 'y' has 4"):
        labelled({"x": [1, 2, 3], "y": [1, 2, 3, 4]}, "y")
    with pytest.raises(CurveError, match="has the shape"):
        labelled({"x": np.zeros((30, 2)), "y": np.arange(30)}, "y")
    with pytest.raises(CurveError, match="arrays by name"):
        labelled(np.zeros((30, 2)), "y")
    pandas = pytest.importorskip("pandas")
    with pytest.raises(CurveError, match="Two columns are called 'x'"):
        labelled(pandas.DataFrame(np.zeros((30, 3)), columns=["x", "x", "y"]), "y")
    assert [each.line for each in labelled({"x": [math.inf, *range(30)], "y": range(31)}, "y").rejected] == [0]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    cells=st.lists(CELLS, min_size=25, max_size=40),
    numbers=st.lists(st.floats(-1e100, 1e100), min_size=40, max_size=40),
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_written_is_read_on_its_line(
    cells: list[str], numbers: list[float], delimiter: str, end: str
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["x", "c", "i", "y"])
    lines, counted = [], 2
    for i, (cell, number) in enumerate(zip(cells, numbers, strict=False)):
        lines.append(counted)
        before = out.tell()
        writer.writerow([repr(number), cell, i, i])
        out.seek(before)
        written = out.read()
        counted += written.count("\n") + written.count("\r") - written.count("\r\n")
    data = read_table(out.getvalue().encode(), "y")
    assert data.table.lines.tolist() == lines
    if kinds(data)["x"] == "number":
        assert data.table.columns["x"].tolist() == numbers[: len(cells)]
    if kinds(data)["c"] == "levels":
        found = data.table.columns["c"]
        wanted = [None if each.strip().casefold() in MISSING_TEXTS else each.strip() for each in cells]
        assert found.tolist() == wanted


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | CELLS.map(lambda cell: f"x,y\n{cell},1\n".encode() * 12))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    for plain in (data, b"x,y\n" + data, b"x,y\n" + b"1,2\n3,4\n" * 12 + data):
        with contextlib.suppress(CurveError):
            assert np.isfinite(read_table(plain, "y").table.target).all()


def test_a_first_column_without_a_name_is_left_out_as_row_numbers() -> None:
    rows = "".join(f"{row},{row % 7},{row % 5}\n" for row in range(40))
    data = read_table(f",a,y\n{rows}".encode(), "y")
    assert list(data.table.columns) == ["a"]
    assert data.types[0].kind == "left out"


def test_many_blanks_are_a_missing_value_too():
    cells = ["a", " " * 40, "b", "NA" + " " * 30] * 10
    data = labelled({"k": cells, "x": list(range(40)), "y": list(range(40))}, "y")
    assert data.table.columns["k"].tolist() == ["a", None, "b", None] * 10
