"""Where data contradict themselves, and the binomial tail that says what is no chance."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mips_core.tasks import find_contradictions, get, make_dataset
from mips_core.tasks.chance import chance_of_more


def test_a_task_never_contradicts_itself():
    found = find_contradictions(get("Bit_Palindrome").dataset(500, rng=np.random.default_rng(0)))
    assert found.count == 0
    assert found.compared > 500  # at the first steps all rows share their inputs with others
    assert found.few
    assert found.named == ""


def test_the_earliest_contradiction_comes_first_and_is_named():
    x = [[0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 0, 0], [0, 0, 1, 0]]
    y = [[0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 1, 0], [0, 0, 1, 0]]
    found = find_contradictions(make_dataset(x, y))
    assert found.places.tolist() == [[2, 0, 2]]
    assert found.compared == 4 + 4 + 4
    assert found.named == "rows 1 and 3 have the same inputs up to step 3 but different outputs there"
    several = find_contradictions(make_dataset([[1], [1]], [[[1, 2]], [[1, 3]]]))
    assert several.places.tolist() == [[1, 0, 0]]
    assert not several.few or several.compared == 2


def test_the_majority_is_right():
    data = make_dataset([[1, 1]] * 4 + [[1, 2]], [[0, 5], [0, 6], [0, 6], [1, 6], [0, 7]])
    assert find_contradictions(data).places.tolist() == [[3, 0, 0], [0, 1, 1]]


def test_an_output_that_looks_ahead_contradicts_at_once():
    x = np.random.default_rng(0).integers(0, 2, size=(200, 8))
    found = find_contradictions(make_dataset(x, np.roll(x, -1, axis=1)))
    row, other, step = found.places[0]
    assert step == 0
    assert x[row, 0] == x[other, 0]
    assert x[row, 1] != x[other, 1]
    assert not found.few


def test_padding_never_contradicts():
    assert find_contradictions(make_dataset([[1, 0], [1, 0]], [[1, 0], [1, 5]], [1, 2])).count == 0


@given(st.data())
def test_contradictions_against_a_dictionary(draw):
    n, length = draw.draw(st.integers(1, 12)), draw.draw(st.integers(1, 4))
    bits = st.lists(st.lists(st.integers(0, 1), min_size=length, max_size=length), min_size=n, max_size=n)
    counts = draw.draw(st.lists(st.integers(1, length), min_size=n, max_size=n))
    data = make_dataset(draw.draw(bits), draw.draw(bits), counts)
    seen: dict[str, list[int]] = {}
    for row, t in product(range(data.n), range(length)):
        if t < data.lengths[row]:
            seen.setdefault(str(data.x[row, : t + 1].tolist()), []).append(int(data.y[row, t, 0]))
    shared = [outputs for outputs in seen.values() if len(outputs) > 1]
    found = find_contradictions(data)
    assert found.compared == sum(map(len, shared))
    assert found.count == sum(len(o) - max(o.count(v) for v in o) for o in shared)
    for row, other, step in found.places:
        assert data.x[row, : step + 1].tolist() == data.x[other, : step + 1].tolist()
        assert data.y[row, step].tolist() != data.y[other, step].tolist()
        assert min(data.lengths[row], data.lengths[other]) > step


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3])
def test_the_share_of_contradictions_estimates_the_share_of_wrong_outputs(share: float):
    rng = np.random.default_rng(1)
    x = rng.integers(0, 2, size=(3000, 8))
    y = np.cumsum(x, axis=1) % 2
    y ^= rng.random(y.shape) < share
    found = find_contradictions(make_dataset(x, y))
    assert found.share == pytest.approx(share, abs=0.005)
    assert found.few == (share <= 0.02)


@pytest.mark.parametrize(("n", "p"), [(10, 0.02), (30, 0.5)])
def test_the_binomial_tail_against_its_sum(n: int, p: float):
    for k in range(n + 1):
        exact = sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))
        assert float(chance_of_more(k, n, p)) == pytest.approx(exact, rel=1e-9)
