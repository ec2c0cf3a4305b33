"""What the data show, and which architectures follow from it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mips_core.errors import BadInputError
from mips_core.networks.affine import affine_fit
from mips_core.networks.examples import gather, sequence_accuracy
from mips_core.networks.ladder import Rung, profile, rungs, rungs_named
from mips_core.stepping import IntArray
from mips_core.tasks import Dataset, Integers, get, make_dataset


def _data(rule: Callable[[IntArray], IntArray], low: int, high: int, *, n: int = 300, steps: int = 8) -> Dataset:
    x = np.random.default_rng(0).integers(low, high, size=(n, steps, 1))
    return make_dataset(x, rule(x))


def _delayed(x: IntArray, back: int) -> IntArray:
    y = np.zeros_like(x)
    y[:, back:] = x[:, :-back]
    return y


def _names(data: Dataset) -> list[str]:
    return [rung.name for rung in rungs(profile(gather(data, seed=0), seed=0))]


@pytest.mark.parametrize(
    ("rule", "order"),
    [
        (lambda x: x, 1),
        (lambda x: x.cumsum(axis=1), 1),
        (lambda x: x + _delayed(x, 1), 2),
        (lambda x: _delayed(x, 3), 4),
        (lambda x: x.cumsum(axis=1).cumsum(axis=1), 2),
    ],
)
def test_affine_rules_are_seen_with_the_memory_they_need(rule: Callable[[IntArray], IntArray], order: int) -> None:
    data = _data(rule, -5, 30)
    fit = affine_fit(data.x.astype(float), data.y.astype(float), data.lengths, rng=np.random.default_rng(0))
    assert fit is not None
    assert fit.exact
    assert fit.order == order


def test_an_affine_rule_of_ragged_sequences_is_seen() -> None:
    data = _data(lambda x: x.cumsum(axis=1) + 3, 0, 9)
    ragged = make_dataset(data.x, data.y, np.random.default_rng(1).integers(2, 9, size=data.n))
    assert _names(ragged)[0] == "linear"


def test_a_rule_that_is_not_affine_is_not_called_affine() -> None:
    data = _data(lambda x: np.maximum.accumulate(x, axis=1), 0, 9)
    fit = affine_fit(data.x.astype(float), data.y.astype(float), data.lengths, rng=np.random.default_rng(0))
    assert fit is not None
    assert not fit.exact


def test_too_few_rows_are_no_answer() -> None:
    data = _data(lambda x: x, 0, 9, n=4)
    assert affine_fit(data.x.astype(float), data.y.astype(float), data.lengths, rng=np.random.default_rng(0)) is None


def test_a_rule_that_is_affine_in_indicators_of_symbols_is_seen() -> None:
    names = _names(_data(lambda x: (x % 2 == 0).cumsum(axis=1), 0, 10))
    assert names[0] == "one-hot linear"


def test_symbols_get_one_unit_each_and_numbers_do_not() -> None:
    few = _names(_data(lambda x: x.cumsum(axis=1) % 3, 0, 3))
    many = _names(_data(lambda x: np.abs(x), -500, 500))
    assert few[0] == "one-hot relu"
    assert not any("one-hot" in name for name in many)


def test_rung_names_are_unique() -> None:
    for high in (2, 10, 40, 100, 1000):
        names = _names(_data(lambda x: x % 2, 0, high))
        assert len(set(names)) == len(names)


def test_a_task_gives_fresh_and_longer_sequences() -> None:
    examples = gather(get("Prev1"), seed=0)
    assert examples.longer is not None
    assert examples.longer.length == 50
    assert examples.task == "Prev1"
    assert examples.digest is None
    rows = {row.tobytes() for row in examples.learn.x}
    assert not any(row.tobytes() in rows for row in examples.final.x)


def test_a_data_file_is_split_by_the_seed() -> None:
    data = _data(lambda x: x, 0, 9, n=100)
    first, again, other = (gather(data, seed=seed) for seed in (1, 1, 2))
    assert first.held_out.n == 20
    assert first.learn.n == 80
    assert first.longer is None
    np.testing.assert_array_equal(first.held_out.x, again.held_out.x)
    assert not np.array_equal(first.held_out.x, other.held_out.x)


def test_more_integers_than_the_data_show_may_be_asked_for() -> None:
    data = _data(lambda x: x, 0, 9)
    assert gather(data, seed=0, inputs=[Integers(0, 20)]).inputs == (Integers(0, 20),)
    with pytest.raises(BadInputError, match="0:9"):
        gather(data, seed=0, inputs=[Integers(0, 5)])


def test_accuracy_counts_whole_sequences_up_to_their_length() -> None:
    class Echo:
        """Gives its input back."""

        input_width = output_width = 1

        def start(self, batch: int) -> IntArray:
            return np.zeros((batch, 1), dtype=np.int64)

        def step(self, state: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
            return state, x

    x = np.array([[[1], [2]], [[1], [2]], [[1], [2]], [[3], [4]]])
    y = np.array([[[1], [2]], [[1], [0]], [[1], [0]], [[0], [4]]])
    assert sequence_accuracy(Echo(), make_dataset(x, y, [2, 2, 1, 2])) == 0.5


@pytest.mark.parametrize("sides", [(True, True), (True, False), (False, True)])
def test_numbers_of_words_are_never_taken_for_numbers(sides: tuple[bool, bool]) -> None:
    texts = np.array(["a", "b", "c", "d"])
    x = np.random.default_rng(0).integers(0, 4, size=(200, 6))
    data = make_dataset(texts[x] if sides[0] else x, texts[x] if sides[1] else x)
    seen = rungs(profile(gather(data, seed=0), seed=0))
    assert seen
    assert all(rung.one_hot or not sides[0] for rung in seen)
    assert all(rung.classes or not sides[1] for rung in seen)


def test_rungs_are_taken_by_name_in_the_order_of_the_ladder() -> None:
    known = (Rung("linear", 1), Rung("relu", 4), Rung("relu short", 1))
    assert [rung.name for rung in rungs_named(["relu short", "linear"], known)] == ["linear", "relu short"]
    with pytest.raises(BadInputError, match=r"do not call for 'lstm'.*linear, relu, relu short"):
        rungs_named(["lstm"], known)
    with pytest.raises(BadInputError, match="No architecture is named"):
        rungs_named([], known)
