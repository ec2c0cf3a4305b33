import numpy as np
import pytest

from mips_core.errors import BadInputError
from mips_core.tasks import Integers, get, make_dataset
from mips_core.tasks.whole_numbers import whole_numbers


def ragged():
    """Three sequences of lengths 3, 1 and 2, with two inputs per step."""
    x = [[[0, 5], [1, 6], [0, 7]], [[1, 6], [9, 9], [9, 9]], [[0, 5], [1, 6], [9, 9]]]
    y = [[1, 2, 3], [4, 99, 99], [1, 2, 99]]
    return make_dataset(np.array(x), np.array(y), [3, 1, 2], "ragged")


def test_facts_of_a_data_set_with_different_lengths():
    data = ragged()
    assert (data.n, data.length, data.input_width, data.output_width) == (3, 3, 2, 1)
    assert data.mask.tolist() == [[True, True, True], [True, False, False], [True, True, False]]
    assert data.symbols.tolist() == [[0, 5], [0, 7], [1, 6]]
    assert data.inputs == (Integers(0, 2), Integers(5, 8))
    assert data.outputs == (Integers(1, 5),)
    assert not data.x[~data.mask].any()
    assert not data.y[~data.mask].any()


def test_two_dimensional_arrays_mean_one_integer_per_step():
    data = make_dataset([[1, 2]], np.array([[True, False]]))
    assert data.x.tolist() == [[[1], [2]]]
    assert data.y.tolist() == [[[1], [0]]]
    assert data.x.dtype == data.y.dtype == data.lengths.dtype == np.int64


def test_steps_that_no_row_reaches_are_cut():
    assert make_dataset(np.zeros((2, 9), int), np.zeros((2, 9), int), [2, 4]).length == 4


def test_the_callers_arrays_are_copied():
    x = np.array([[1, 2]])
    data = make_dataset(x, x)
    x[:] = 0
    assert data.x.tolist() == [[[1], [2]]]


def test_what_stands_beyond_a_sequence_is_ignored_even_nan():
    x = np.array([[1.0, np.nan], [2.0, 3.0]])
    assert make_dataset(x, x, lengths=[1, 2]).x[:, :, 0].tolist() == [[1, 0], [2, 3]]


BAD = [
    ([[1, 2]], [[1, 2], [3, 4]], None, "x has 1 rows and y has 2; each row of x needs one of y"),
    ([[1, 2]], [[1, 2, 3]], None, "x has 2 steps and y has 3; each input needs its output"),
    ([1, 2], [1, 2], None, r"x has shape \(2,\); it must be \(rows, steps\)"),
    (np.zeros((1, 1, 1, 1)), [[1]], None, r"x has shape \(1, 1, 1, 1\)"),
    (np.zeros((0, 4)), np.zeros((0, 4)), None, r"x has shape \(0, 4\), so no rows; data must not be empty"),
    (np.zeros((4, 0)), np.zeros((4, 0)), None, "so no steps"),
    (np.zeros((4, 1, 0)), np.zeros((4, 1)), None, "so no integers per step"),
    ([[1, 2], [3]], [[1, 2], [3]], None, "x is not a rectangular array; pad the rows and give their lengths"),
    ([[1, 2]], [[1, 2.5]], None, r"data: y\[0, 1\] is 2.5; data must be whole numbers, so round or scale"),
    ([[[1], [np.nan]]], [[1, 2]], None, r"data: x\[0, 1, 0\] is nan; data must be whole numbers, so remove"),
    ([[1, 2]], [[np.inf, 2]], None, r"y\[0, 0\] is inf"),
    ([[1, 2]], [[1e19, 2]], None, r"y\[0, 0\] is 1e\+19; data must fit signed 64-bit"),
    ([[1, 2]], np.array([[1, 2**63]], dtype=np.uint64), None, r"y\[0, 1\] is 9223372036854775808; .* 64-bit"),
    ([[2**70]], [[1]], None, "x holds Python objects"),
    ([["1"]], [[1]], None, "x holds text, and all of it is whole numbers"),
    ([[1 + 2j]], [[1]], None, "x holds complex numbers"),
    (np.array([["2020-01-01"]], dtype="M8[D]"), [[1]], None, "x holds dates"),
    (np.zeros((1, 1), dtype=[("a", int)]), [[1]], None, "x holds values of type"),
    ([[1, 2]], [[1, 2]], [1, 2], r"lengths has shape \(2,\); it must be \(1,\)"),
    ([[1, 2]], [[1, 2]], [3], r"lengths\[0\] is 3; it must lie in 1..2"),
    ([[1, 2]], [[1, 2]], [0], r"lengths\[0\] is 0; it must lie in 1..2"),
    ([[1, 2]], [[1, 2]], [1.5], r"lengths\[0\] is 1.5"),
]


@pytest.mark.parametrize(("x", "y", "lengths", "message"), BAD)
def test_bad_arrays_are_refused_with_their_position(x, y, lengths, message):
    with pytest.raises(BadInputError, match=message):
        make_dataset(x, y, lengths)


@pytest.mark.parametrize("dtype", [np.bool_, np.int8, np.uint16, np.uint64, np.float16, np.float32, np.float64])
def test_whole_numbers_of_every_type_are_kept_exactly(dtype):
    assert whole_numbers(np.array([0, 1, 1], dtype=dtype), "x").tolist() == [0, 1, 1]


def test_the_ends_of_int64():
    for value in (-(2**63), 2**63 - 1):
        assert whole_numbers(np.array([value]), "x").tolist() == [value]
    assert whole_numbers(np.array([-(2.0**63)]), "x").tolist() == [-(2**63)]
    with pytest.raises(BadInputError, match="64-bit"):
        whole_numbers(np.array([2.0**63]), "x")


def test_digest_depends_on_the_numbers_only():
    one = make_dataset([[1, 2]], [[3, 4]], name="a")
    assert one.digest == make_dataset(np.array([[1.0, 2.0]]), [[3, 4]], name="b").digest
    assert len(one.digest) == 16
    different = [
        make_dataset([[1, 2]], [[3, 5]]),
        make_dataset([[1], [2]], [[3], [4]]),
        make_dataset([[[1, 2]]], [[3]]),
        make_dataset([[1, 0]], [[3, 0]], [1]),
        make_dataset([[1, 0]], [[3, 0]]),
    ]
    assert len({one.digest, *(data.digest for data in different)}) == 6


def test_take_cuts_to_the_longest_row():
    data = ragged().take([2, 1])
    assert data.lengths.tolist() == [2, 1]
    assert data.x.tolist() == [[[0, 5], [1, 6]], [[1, 6], [0, 0]]]
    assert ragged().take(np.array([True, False, True])).lengths.tolist() == [3, 2]
    assert data.name == "ragged"
    with pytest.raises(BadInputError, match="No row of ragged was chosen"):
        ragged().take([])


def test_split_is_seeded_and_keeps_every_row():
    data = get("Sum_All").dataset(100, rng=np.random.default_rng(0))
    train, held_out = data.split(0.2, rng=np.random.default_rng(1))
    again, _ = data.split(0.2, rng=np.random.default_rng(1))
    assert (train.n, held_out.n) == (80, 20)
    assert train.digest == again.digest
    rows = sorted(map(str, [*train.x.tolist(), *held_out.x.tolist()]))
    assert rows == sorted(map(str, data.x.tolist()))
    assert held_out.task == "Sum_All"


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.99])
def test_equal_inputs_stay_on_one_side(share):
    data = get("Parity_All").dataset(200, length=4, rng=np.random.default_rng(0))  # 16 sequences, many times each
    train, held_out = data.split(share, rng=np.random.default_rng(0))
    assert train.n + held_out.n == 200
    assert min(train.n, held_out.n) > 0
    assert not {str(row) for row in train.x.tolist()} & {str(row) for row in held_out.x.tolist()}


def test_split_of_rows_that_differ_in_length_only():
    data = make_dataset([[0, 0], [0, 0]], [[0, 0], [0, 0]], [1, 2])
    train, held_out = data.split(0.5, rng=np.random.default_rng(0))
    assert {train.length, held_out.length} == {1, 2}


def test_rows_with_a_symbol_of_their_own_are_learnt_from():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, (100, 6))
    x[0, 2], x[1, 5] = 7, -4
    data = make_dataset(x, x)
    for seed in range(20):
        learn, held_out = data.split(0.2, rng=np.random.default_rng(seed))
        assert {7, -4} <= set(learn.x.ravel().tolist())
        assert held_out.n in range(18, 23)
    every = make_dataset(np.arange(600).reshape(100, 6), np.zeros((100, 6), dtype=int))
    assert every.split(0.2, rng=rng)[1].n in range(20, 23)  # each row has symbols of its own: some must be held out


def test_what_cannot_be_split_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(BadInputError, match=r"same inputs \(2 rows\); at least two different ones"):
        make_dataset([[1], [1]], [[1], [1]]).split(rng=rng)
    with pytest.raises(BadInputError, match="share to hold out is"):
        ragged().split(1.0, rng=rng)
