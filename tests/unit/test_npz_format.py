import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.npz import npz_names
from mips_core.tasks import make_dataset, npz_bytes, npz_format, read_dataset, write_npz
from mips_core.tasks.npz_format import parse_npz


def saved(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


X = np.arange(6).reshape(2, 3)


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 3), st.integers(0, 99))
def test_round_trip(n, length, width, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(-(2**63), 2**63 - 1, size=(n, length, width), endpoint=True)
    data = make_dataset(x, x[:, :, :1], rng.integers(1, length + 1, size=n))
    again = parse_npz(npz_bytes(data), "data.npz")
    assert again.digest == data.digest


def test_round_trip_through_a_file(tmp_path):
    data = make_dataset(X, X, [1, 3])
    write_npz(data, tmp_path / "data.npz")
    again = read_dataset(tmp_path / "data.npz")
    assert again.digest == data.digest
    assert again.name == "data.npz"
    assert [path.name for path in tmp_path.iterdir()] == ["data.npz"]


@pytest.mark.parametrize(
    "x", [X, X[:, :, None], X.astype(np.int8), X.astype(np.float32), np.asfortranarray(X), X > 2, X.astype(">i4")]
)
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_every_plain_way_to_store_integers(x, save):
    buffer = io.BytesIO()
    save(buffer, x=x, y=x, other=np.array([1]))
    data = parse_npz(buffer.getvalue(), "data.npz")
    assert np.array_equal(data.x, x.reshape(2, 3, 1).astype(np.int64))
    assert data.lengths.tolist() == [3, 3]


def test_lengths_are_read():
    assert parse_npz(saved(x=X, y=X, lengths=np.array([1, 2])), "a.npz").length == 2


class Trap:
    """Unpickling this would raise, and so would show that somebody tried."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('unpickled')",))


def objects():
    return np.array([[Trap()]], dtype=object)


FLOATS = X.astype(float)
NAN = FLOATS.copy()
NAN[1, 2] = np.nan

BAD = [
    (b"", "is not a complete .npz file; write it again with numpy.savez"),
    (b"x,y\n1,1\n", "is not a complete .npz file"),
    (npy(X), "is not a complete .npz file"),
    (saved(x=X, y=X)[:-40], "is not a complete .npz file"),
    (saved(x=X), "has no array 'y' (it holds 'x'); data need both x and y"),
    (saved(a=X, b=X), "has no array 'x' (it holds 'a', 'b')"),
    (zipped(), "has no array 'x' (it holds nothing)"),
    (saved(x=X, y=X[:1]), "x has 2 rows and y has 1"),
    (saved(x=X, y=X[:, :2]), "x has 3 steps and y has 2"),
    (saved(x=X[0], y=X[0]), "x has shape (3,)"),
    (saved(x=X[:0], y=X[:0]), "x has shape (0, 3), so no rows"),
    (saved(x=X[:, :0], y=X[:, :0]), "so no steps"),
    (saved(x=NAN, y=X), "x[1, 2] is nan"),
    (saved(x=X, y=FLOATS / 2), "y[0, 1] is 0.5; data must be whole numbers"),
    (saved(x=X, y=X.astype(np.uint64) + np.uint64(2**63 - 5)), "y[1, 2] is 9223372036854775808"),
    (saved(x=X.astype(str), y=X), "x holds text"),
    (saved(x=X, y=X, lengths=np.array([1, 9])), "lengths[1] is 9"),
    (saved(x=objects(), y=X), "x holds pickled Python objects, which are never loaded"),
    (saved(x=X, y=X, lengths=objects()), "lengths holds pickled Python objects"),
    (zipped(x=b"not an array", y=npy(X)), "data.npz: x is damaged"),
    (zipped(x=npy(X)[:-4], y=npy(X)), "data.npz: x claims shape (2, 3) but"),
    (zipped(x=npy(X)[:20], y=npy(X)), "data.npz: x is damaged"),
    (zipped(x=npy(X).replace(b"(2, 3)", b"(2,-3)"), y=npy(X)), "x claims shape (2, -3)"),
    (zipped(x=npy(X).replace(b"(2, 3), }      ", b"(2, 3000000000)"), y=npy(X)), "x is damaged"),
    (zipped(x=npy(X).replace(b"(2, 3), }      ", b"(2, 3000000), }"), y=npy(X)), "x claims shape (2, 3000000)"),
    (zipped(x=npy(X).replace(b"<i8", b"|O "), y=npy(X)), "data.npz: x"),
    (zipped(x=npy(X).replace(b"NUMPY\x01", b"NUMPY\x09"), y=npy(X)), "x is damaged"),
]


@pytest.mark.parametrize(("data", "message"), BAD, ids=range(len(BAD)))
def test_bad_files_are_refused(data, message):
    with pytest.raises(BadInputError) as caught:
        parse_npz(data, "data.npz")
    text = str(caught.value)
    assert message in text
    assert text.startswith("data.npz")
    assert "\n" not in text


def test_a_zip_bomb_is_refused_by_its_stated_size(monkeypatch):
    data = zipped(x=npy(np.zeros((1000, 1000), dtype=np.int8)), y=npy(X))
    assert len(data) < 10_000
    monkeypatch.setattr(npz_format, "MAX_BYTES", 100_000)
    with pytest.raises(BadInputError, match=r"unpacks to 1,000,\d\d\d bytes; at most 100,000 are read"):
        parse_npz(data, "data.npz")


def test_small_types_count_by_what_they_become(monkeypatch):
    monkeypatch.setattr(npz_format, "MAX_NUMBERS", 5)
    with pytest.raises(BadInputError, match="x has 6 numbers; at most 5 are read"):
        parse_npz(saved(x=X.astype(np.int8), y=X), "data.npz")


def test_a_flipped_byte_is_noticed():
    data = bytearray(saved(x=X, y=X))
    data[data.index(np.int64(5).tobytes())] ^= 1  # in the numbers of x: only the checksum knows
    with pytest.raises(BadInputError, match="x is damaged"):
        parse_npz(bytes(data), "data.npz")


@given(st.integers(0, 10**6), st.integers(0, 255))
def test_any_changed_byte_gives_data_or_one_sentence(place, value):
    data = bytearray(saved(x=X, y=X))
    data[place % len(data)] = value
    try:
        parse_npz(bytes(data), "data.npz")
    except BadInputError as error:
        assert str(error).startswith("data.npz")  # noqa: PT017 - either outcome is fine


@given(st.integers(0, 10**6))
def test_any_truncation_is_refused(cut):
    data = saved(x=X, y=X)
    with pytest.raises(BadInputError):
        parse_npz(data[: cut % len(data)], "data.npz")


def test_names():
    assert npz_names(saved(x=X, weights=X)) == {"x", "weights"}
    assert npz_names(b"no archive") == frozenset()
