import io

import numpy as np
import pytest

from mips_core.errors import BadInputError
from mips_core.essence.data import EssenceData
from mips_core.essence.tasks import data_bytes, files, get, make_data, make_samples, parse_data, read_data, write_data

X = np.array([[0, 0], [0, 1], [1, 0]])
Y = np.array([0, 1, 1])


def saved(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def assert_same(one: EssenceData, other: EssenceData):
    assert one.reading == other.reading
    for a, b in zip(one.samples, other.samples, strict=True):
        for first, second in ((a.x, b.x), (a.y, b.y)):
            assert first.dtype == second.dtype
            assert np.array_equal(first, second)


@pytest.mark.parametrize("name", ["eca-30", "life", "argmax", "orientation", "max-sat", "prefix-or"])
def test_what_is_written_is_read(tmp_path, name):
    data = get(name).data()
    write_data(data, tmp_path / "data.npz")
    again = read_data(tmp_path / "data.npz")
    assert_same(again, data)
    assert again.name == "data.npz"
    assert data_bytes(again) == data_bytes(data)
    assert [path.name for path in tmp_path.iterdir()] == ["data.npz"]


@pytest.mark.parametrize("reading", ["whole", "window", "rule and window", "clauses"])
def test_a_reading_is_kept(reading):
    data = make_data([make_samples(X, Y)], reading=reading)
    assert parse_data(data_bytes(data), "a").reading == reading


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint64, np.float32, np.float16, ">i4"])
def test_every_plain_way_to_store_integers(dtype):
    data = parse_data(saved(x=X.astype(dtype), y=Y.astype(dtype)), "a")
    assert_same(data, EssenceData((make_samples(X, Y),)))
    assert data.samples[0].x.dtype == data.samples[0].y.dtype == np.int64


def test_real_inputs_stay_real():
    samples = parse_data(saved(x=X + 0.5, y=Y), "a").samples[0]
    assert samples.x.dtype == np.float64
    assert samples.x.tolist() == (X + 0.5).tolist()


def test_sizes_come_in_order_whichever_are_there():
    arrays = {"x_7": X[:, :1], "y_7": [0, 0, 1], "x": X, "y": Y, "x_2": np.eye(3), "y_2": Y, "other": X}
    shapes = [samples.input_shape for samples in parse_data(saved(**arrays), "a").samples]
    assert shapes == [(2,), (3,), (1,)]


def test_an_input_may_occur_twice_with_the_same_label():
    assert len(parse_data(saved(x=X[[0, 1, 0]], y=Y[[0, 1, 0]]), "a").samples[0].x) == 3


SOFT = np.array([[1, 0.5], [0.5, 1], [0, 1]])


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"x": X}, r"has no array 'y' \(it holds 'x'\); data need both x and y"),
        ({"y": Y}, "has no array 'x'"),
        ({"x": X, "y": Y[:2]}, "a: x has 3 rows and a: y has 2"),
        ({"x": X, "y": [0, np.nan, 1]}, r"y holds a number that is infinite or no number \(NaN\)"),
        ({"x": [[np.inf], [0], [1]], "y": Y}, "x holds a number that is infinite"),
        ({"x": X[0], "y": Y}, r"x has shape \(2,\); it must be \(N, n\) or \(N, h, w\)"),
        ({"x": X[None, None], "y": Y}, r"x has shape \(1, 1, 3, 2\)"),
        ({"x": X, "y": Y[:, None, None]}, r"y has shape \(3, 1, 1\); it must be \(N,\) or \(N, k\)"),
        ({"x": X, "y": Y, "x_2": X[:, :1]}, "holds x_2 without y_2"),
        ({"x": X, "y": Y, "y_3": Y}, "holds y_3 without x_3"),
        ({"x": X, "y": Y, "x_10": X, "y_10": Y}, "holds 'x_10'; other sizes are called x_2, y_2 up to x_9, y_9"),
        ({"x": X, "y": Y / 2}, "y holds 0.5; labels are integers"),
        ({"x": X, "y": SOFT * 2 - 0.5}, "holds fractions, so all of it must be probabilities; 1.5 is none"),
        ({"x": X, "y": -SOFT}, "must be probabilities; -1 is none"),
        ({"x": X[:0], "y": Y[:0]}, r"x is empty \(shape \(0, 2\)\)"),
        ({"x": X[:, :0], "y": Y}, r"x is empty \(shape \(3, 0\)\)"),
        ({"x": X, "y": np.zeros((3, 0))}, r"y is empty"),
        ({"x": X.astype(str), "y": Y}, "x holds <U21 values; numbers are needed"),
        ({"x": X.astype(complex), "y": Y}, "x holds complex128 values"),
        ({"x": X.astype(object), "y": Y}, "x holds pickled Python objects, which are never loaded"),
        ({"x": X, "y": np.array([0, 1, 2**64 - 1], dtype=np.uint64)}, r"y holds 18,446,744,073,709,551,615; integers"),
        ({"x": X * 1e17, "y": Y}, r"x holds 1e\+17; floats beyond 2\^53"),
        ({"x": X[[0, 1, 2, 1]], "y": [0, 1, 1, 0]}, "Rows 2 and 4 of a: x are equal, but a: y says 1 for one and 0"),
        ({"x": X, "y": Y, "x_2": X, "y_2": Y}, "inputs of size 2 occur twice"),
        ({"x": X, "y": Y, "x_2": X[:, None], "y_2": Y}, "x and y have 2 and 1 axes, but x_2 and y_2 have 3 and 1"),
        ({"x": X, "y": SOFT, "x_2": X[:, :1], "y_2": [[0, 1], [0, 1], [1, 0]]}, "y holds probabilities but y_2 holds"),
        ({"x": X, "y": Y, "reading": "picture"}, "one of 'whole', 'window', 'rule and window', 'clauses'"),
        ({"x": X, "y": Y, "reading": np.array(["whole", "window"])}, "as one piece of text"),
        ({"x": X, "y": Y, "reading": 3}, "reading must be one of"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said(arrays, sentence):
    with pytest.raises(BadInputError, match=sentence):
        parse_data(saved(**arrays), "a")


def test_contradicting_probabilities_are_named():
    with pytest.raises(BadInputError, match=r"Rows 1 and 3 of x are equal, but y says \[1.0, 0.5\] for one and"):
        make_samples(X[[0, 1, 0]], SOFT)


def test_minus_zero_is_zero():
    with pytest.raises(BadInputError, match="Rows 2 and 3 of x are equal"):
        make_samples(np.array([[0.5], [-0.0], [0.0]]), np.array([0, 1, 2]))


@pytest.mark.parametrize("data", [b"", b"no archive", saved(x=X, y=Y)[:-40]])
def test_a_damaged_file_is_said_to_be_one(data):
    with pytest.raises(BadInputError, match=r"is not a complete \.npz file"):
        parse_data(data, "a.npz")


def test_a_huge_array_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(files, "MAX_NUMBERS", 5)
    with pytest.raises(BadInputError, match="a: x has 6 numbers; at most 5 are read"):
        parse_data(saved(x=X, y=Y), "a")
    monkeypatch.setattr(files, "MAX_BYTES", 50)
    with pytest.raises(BadInputError, match="at most 50 are read"):
        parse_data(saved(x=X, y=Y), "a")


def test_more_sizes_than_a_file_holds():
    data = make_data([make_samples(np.zeros((1, n)), np.zeros(1)) for n in range(1, 11)])
    with pytest.raises(BadInputError, match="has 10 sizes; a file holds at most 9"):
        data_bytes(data)
    with pytest.raises(BadInputError, match="has no samples"):
        make_data([])
