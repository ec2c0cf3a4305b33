import numpy as np
import pytest

from mips_core.errors import UnknownTaskError
from mips_core.essence.tasks import get, make_samples, names
from mips_core.essence.tasks.automata import all_bits, next_life, next_majority, next_row, row_data


def lessons(name, number=0):
    samples = get(name).data().samples[number]
    return {tuple(np.ravel(x).tolist()): y.tolist() for x, y in zip(samples.x, samples.y, strict=True)}


def test_rule_110_as_wolfram_draws_it():
    # 111 -> 0, 110 -> 1, 101 -> 1, 100 -> 0, 011 -> 1, 010 -> 1, 001 -> 1, 000 -> 0
    assert lessons("eca-110") == {
        (1, 1, 1): 0, (1, 1, 0): 1, (1, 0, 1): 1, (1, 0, 0): 0,
        (0, 1, 1): 1, (0, 1, 0): 1, (0, 0, 1): 1, (0, 0, 0): 0,
    }  # fmt: skip


def test_the_bits_of_all_256_rules_are_all_256_rules():
    labels = {tuple(get(f"eca-{rule}").data().samples[0].y.tolist()) for rule in range(256)}
    assert len(labels) == 256


def test_a_row_is_a_ring():
    assert next_row(np.array([1, 0, 0, 0]), 110).tolist() == [1, 0, 0, 1]
    assert next_row(np.array([1, 0, 0, 0]), 2).tolist() == [0, 0, 0, 1]  # only 001 gives 1


def test_the_joint_task_addresses_a_bit_of_the_rule():
    table = lessons("eca-joint")
    assert len(table) == 2048
    for rule in (30, 110, 184):
        bits = tuple((rule >> k) & 1 for k in range(8))
        for pattern, following in lessons(f"eca-{rule}").items():
            assert table[bits + pattern] == following


def test_a_glider_moves_by_one_cell_each_way_in_four_steps():
    cells = np.zeros((8, 8), dtype=int)
    for i, j in ((5, 6), (6, 7), (7, 5), (7, 6), (7, 7)):
        cells[i, j] = 1
    later = cells
    for _ in range(4):
        later = next_life(later)
    assert later.tolist() == np.roll(cells, (1, 1), axis=(0, 1)).tolist()  # over the border
    assert later.sum() == 5


def test_the_lessons_of_life_are_born_with_three_and_stay_with_two_or_three():
    table = lessons("life")
    assert len(table) == 512
    for patch, following in table.items():
        around = sum(patch) - patch[4]
        assert following == (around == 3 or (around == 2 and patch[4] == 1))


def test_the_lessons_of_the_majority_grid():
    assert all(following == (sum(patch) >= 5) for patch, following in lessons("majority-grid").items())
    assert next_majority(np.array([[1, 1, 1], [1, 1, 0], [0, 0, 0]])).all()  # five of nine, seen from every cell


def test_whole_rows_with_whole_next_rows():
    data = row_data(90)
    assert [samples.y.shape for samples in data.samples] == [(64, 6), (128, 7), (256, 8)]
    x, y = data.samples[0].x[1], data.samples[0].y[1]
    assert (x.tolist(), y.tolist()) == ([0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 1, 0])


def test_argmax_is_taught_with_a_single_one():
    assert lessons("argmax") == {tuple(int(i == k) for i in range(6)): k for k in range(6)}
    assert [samples.input_shape for samples in get("argmax").data().samples] == [(6,), (4,), (9,)]


def test_orientation_is_taught_full_lines_only():
    samples = get("orientation").data().samples[0]
    assert samples.x.shape == (56, 28, 28)
    for image, label in zip(samples.x, samples.y, strict=True):
        full = np.flatnonzero(image.all(axis=0)) if label == 1 else np.flatnonzero(image.all(axis=1))
        assert len(full) == 1
        assert image.sum() == 28
    assert len(np.unique(samples.x.reshape(56, -1), axis=0)) == 56


def test_max_sat_is_taught_single_clauses():
    samples = get("max-sat").data().samples[0]
    assert samples.x.shape == (900, 10, 50)
    assert samples.is_soft
    assert (np.count_nonzero(samples.x.sum(axis=1), axis=1) == 1).all()
    literals = samples.x.sum(axis=(1, 2))
    assert np.bincount(literals).tolist() == [0, 100, 800]
    wished = samples.x[:, 0].sum(axis=1)  # holds the literal x itself
    assert (samples.y[:, 0] == np.where(wished, 1, np.where(literals == 1, 0, 0.99))).all()
    assert (samples.y[:, 1] == np.where(wished, np.where(literals == 1, 0, 0.99), 1)).all()


def test_max_sat_sizes_tell_variables_from_clauses():
    assert [samples.input_shape for samples in get("max-sat").data().samples] == [(10, 50), (6, 8), (8, 12)]


def test_majority_and_prefix_or_are_exhaustive():
    for samples in get("majority").data().samples:
        assert len(samples.x) == 2 ** samples.x.shape[1]
        assert (samples.y == (samples.x.sum(axis=1) > samples.x.shape[1] / 2)).all()
    assert lessons("prefix-or")[(0, 0, 1, 0, 1, 0)] == [0, 0, 1, 1, 1, 1]
    assert lessons("prefix-or")[(0,) * 6] == [0] * 6


def test_the_fullest_row_stands_alone():
    table = lessons("fullest-row")
    assert table[(0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0)] == 1
    assert (0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0) not in table


@pytest.mark.parametrize(
    "name", [name for name in names() if not name.startswith("eca-") or name in ("eca-30", "eca-joint")]
)
def test_data_have_the_form_that_files_have_and_leave_the_reading_to_be_inferred(name):
    data = get(name).data()
    assert data.reading is None
    assert data.name == name
    for samples in data.samples:
        again = make_samples(samples.x, samples.y)  # raises on contradictions
        assert (again.x.dtype, again.y.dtype) == (samples.x.dtype, samples.y.dtype)
        assert len(np.unique(samples.x.reshape(len(samples.x), -1), axis=0)) == len(samples.x)


def test_every_task_says_what_it_is():
    assert len(names()) == 256 + 9
    assert len({get(name).title for name in names()}) == len(names())
    for name in names():
        assert get(name).name == name
        assert get(name).sentence.endswith(".")


@pytest.mark.parametrize(
    ("wrong", "right"), [("Eca 30", "eca-30"), ("lief", "life"), ("maxsat", "max-sat"), ("orientatoin", "orientation")]
)
def test_a_misspelt_name_is_told_the_nearest(wrong, right):
    with pytest.raises(UnknownTaskError, match=f"no task '{wrong}'. Did you mean {right}?"):
        get(wrong)


def test_a_name_like_none_is_told_all():
    with pytest.raises(UnknownTaskError, match=r"^There is no task 'qqqq'\. There are eca-0 to eca-255, eca-joint,"):
        get("qqqq")


def test_all_bits_come_in_the_order_of_their_numbers():
    assert [int("".join(map(str, row)), 2) for row in all_bits(5).tolist()] == list(range(32))
