import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.networks import OVERFLOW, Argmax, EmbeddingInput, OneHotInput, RawInput, Rounded
from mips_core.tasks.integers import Integers

ENCODINGS = [
    RawInput(2),
    OneHotInput((Integers(-1, 3), Integers(0, 2))),
    EmbeddingInput(np.random.default_rng(0).normal(size=(4, 3)), low=-1, width=2),
]


@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda e: type(e).__name__)
def test_projection_is_encoding_times_matrix(encoding):
    x = np.array([[-1, 0], [2, 1], [0, 0]])
    columns = np.random.default_rng(1).normal(size=(encoding.size, 5))
    assert encoding.encode(x).shape == (3, encoding.size)
    assert np.allclose(encoding.project(x, columns), encoding.encode(x) @ columns, rtol=0, atol=1e-15)


def test_one_hot_sets_one_indicator_per_block():
    encoded = OneHotInput((Integers(-1, 2), Integers(5, 7))).encode(np.array([[-1, 6], [1, 5]]))
    assert encoded.tolist() == [[1, 0, 0, 0, 1], [0, 0, 1, 1, 0]]


@pytest.mark.parametrize("value", [3, -2, 10**15])
@pytest.mark.parametrize("encoding", ENCODINGS[1:], ids=lambda e: type(e).__name__)
def test_integers_outside_the_range_are_named(encoding, value):
    with pytest.raises(BadInputError, match=str(value)):
        encoding.encode(np.array([[0, 0], [value, 0]]))


@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda e: type(e).__name__)
def test_wrong_width_is_refused(encoding):
    with pytest.raises(BadInputError, match=r"\(2, 3\)"):
        encoding.encode(np.zeros((2, 3), dtype=np.int64))


def test_rounding_is_half_to_even_and_never_fails():
    scores = np.array([[0.5, 1.5, -0.5, 2.4999, -2.5, np.nan, np.inf, -np.inf, 1e19, -1e300, 2.0**61]])
    expected = [[0, 2, 0, 2, -2, OVERFLOW, OVERFLOW, OVERFLOW, OVERFLOW, OVERFLOW, 2**61]]
    assert Rounded(11).decode(scores).tolist() == expected


def test_argmax_takes_the_first_of_equals_in_each_block():
    decoding = Argmax((Integers(0, 2), Integers(-1, 2)))
    scores = np.array([[0.0, 0.0, 1.0, 3.0, 3.0], [0.0, np.inf, -np.inf, -np.inf, np.nan]])
    assert decoding.size == 5
    assert decoding.width == 2
    assert decoding.decode(scores).tolist() == [[0, 0], [1, OVERFLOW]]


@given(st.lists(st.integers(-(2**53), 2**53), min_size=1, max_size=5))
def test_integers_survive_encoding_and_decoding(values):
    x = np.array([values], dtype=np.int64)
    assert (Rounded(len(values)).decode(RawInput(len(values)).encode(x)) == x).all()
