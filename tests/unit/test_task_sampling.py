import numpy as np
import pytest

from mips_core.errors import BadInputError
from mips_core.tasks import Integers, all_tasks, get, names
from mips_core.tasks.sampling import distinct, palindromic_prefix


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("factor", [1, 5])
def test_samples_are_in_range_seeded_and_shaped(name, factor):
    task = get(name)
    length = factor * task.length
    x = task.sample(50, length=length, rng=np.random.default_rng(3))
    again = task.sample(50, length=length, rng=np.random.default_rng(3))
    other = task.sample(50, length=length, rng=np.random.default_rng(4))
    assert x.shape == (50, length, task.input_width)
    assert x.dtype == np.int64
    assert np.array_equal(x, again)
    assert not np.array_equal(x, other)
    for channel, allowed in enumerate(task.inputs):
        assert x[:, :, channel].min() >= allowed.low
        assert x[:, :, channel].max() < allowed.high


def test_every_value_of_the_range_is_drawn():
    rng = np.random.default_rng(0)
    for task in all_tasks():
        x = task.sample(2000, rng=rng)
        for channel, allowed in enumerate(task.inputs):
            assert np.array_equal(np.unique(x[:, :, channel]), allowed.values), task.name


def test_task_data_set():
    data = get("Newton_Magnetic").dataset(7, length=4, rng=np.random.default_rng(0))
    assert (data.n, data.length, data.input_width, data.output_width) == (7, 4, 2, 2)
    assert data.task == data.name == "Newton_Magnetic"
    assert np.array_equal(data.y, get("Newton_Magnetic").apply(data.x))


@pytest.mark.parametrize("name", ["Bit_Palindrome", "Previous_Equals_Current", "Sum_All"])
@pytest.mark.parametrize(("n", "length"), [(0, 5), (5, 0), (0, 0), (5, 1), (5, 2)])
def test_small_draws(name, n, length):
    assert get(name).sample(n, length=length, rng=np.random.default_rng(0)).shape == (n, length, 1)


def test_negative_sizes_are_refused():
    with pytest.raises(BadInputError, match="-1 sequences of length 10"):
        get("Prev1").sample(-1, rng=np.random.default_rng(0))


@pytest.mark.parametrize("length", [10, 50])
def test_palindromic_prefixes_have_uniform_lengths_and_bits(length):
    n = 4000
    x = palindromic_prefix(n, length, np.random.default_rng(0))
    y = get("Bit_Palindrome").apply(x)[:, :, 0]
    assert y[:, 1:].any(axis=1).all()  # every row has a palindrome of at least two bits
    longest = length - np.argmax(y[:, ::-1], axis=1)
    # The prefix of m bits is a palindrome; longer ones by chance are rare, so most lengths stay near uniform.
    share_long = (longest > length / 2).mean()
    assert 0.45 < share_long < 0.72
    assert abs(x.mean() - 0.5) < 0.02
    full = (y[:, -1] == 1).mean()
    assert 1 / (length - 1) < full < 1 / (length - 1) + 0.12


def test_distinct_draws_do_not_repeat_while_others_are_left():
    x = get("Previous_Equals_Current").sample(3000, length=4, rng=np.random.default_rng(0))  # of 4096
    assert len(np.unique(x, axis=0)) == 3000
    x = get("Previous_Equals_Current").sample(5000, rng=np.random.default_rng(0))
    assert len(np.unique(x, axis=0)) == 5000


def test_distinct_draws_are_even_when_more_are_asked_for_than_exist():
    draw = distinct((Integers(0, 2), Integers(5, 8)))
    x = draw(100, 1, np.random.default_rng(0))
    symbols, counts = np.unique(x[:, 0], axis=0, return_counts=True)
    assert sorted(map(tuple, symbols.tolist())) == [(a, b) for a in (0, 1) for b in (5, 6, 7)]
    assert set(map(int, counts.ravel())) <= {16, 17}
