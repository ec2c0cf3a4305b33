"""The hunt finds the shortest word on which a network is wrong, and never says more than it saw."""

from __future__ import annotations

import numpy as np
import pytest

from mips_core.machines import MealyMachine
from mips_core.networks import Card, MlpNetwork, RawInput, Rounded
from mips_core.networks.protocol import AffineMap
from mips_core.runs import shipped_run
from mips_core.stepping import outputs_of
from mips_core.tasks import Integers, get
from mips_core.verification.claims import Strength
from mips_core.verification.hunt import Hunt, Ruled, hunt

BITS = np.array([[0], [1]])


def counter(rate: float) -> MlpNetwork:
    """h' = rate h + x, y = h: counts ones, and forgets them where the rate is below 1."""
    card = Card("linear", 1, 1, 1, inputs=(Integers(0, 2),))
    step, same = AffineMap(np.array([[rate, 1.0]]), np.zeros(1)), AffineMap(np.eye(1), np.zeros(1))
    return MlpNetwork(card, RawInput(1), Rounded(1), (step,), (same,))


def counted(x: np.ndarray) -> np.ndarray:
    return np.cumsum(x, axis=1)


def test_the_shortest_word_is_found_and_it_is_a_real_one() -> None:
    # 0.8 + 0.64 + ... falls half short of the count of ones: 1 + .8 + .64 = 2.44 rounds to 2 after three ones.
    network = counter(0.8)
    found = hunt(network, Ruled(counted, 1, 1), BITS, seconds=5)
    assert found.word is not None
    assert len(found.word) == 3
    assert outputs_of(network, found.word[None])[0, -1] != counted(found.word)[-1]
    shortest = min(
        t + 1 for w in range(2**6) for t in range(6)
        for x in [np.array([[w >> k & 1] for k in range(6)])]
        if outputs_of(network, x[None])[0, t, 0] != counted(x[None])[0, t, 0]
    )  # fmt: skip
    assert len(found.word) == shortest
    assert found.claim("network", "data", 2).words == "differs on a sequence of length 3"


def test_where_nothing_differs_only_what_was_tried_is_claimed() -> None:
    parity = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), BITS)
    run = shipped_run("Parity_All")
    assert isinstance(run.machine, MealyMachine)
    found = hunt(run.network, run.machine, BITS, seconds=5, grids=(4,))
    assert found.word is None
    assert found.closed
    claim = found.claim("network", "machine", 2)
    assert claim.strength == Strength.EXHAUSTIVE_TO_LENGTH
    assert "proved" not in claim.words
    assert parity.states == run.machine.states


def test_the_task_of_a_network_that_is_known_to_fail() -> None:
    run = shipped_run("Bit_Palindrome")
    task = get("Bit_Palindrome")
    found = hunt(run.network, Ruled(task.rule, 1, 1), BITS, seconds=20, grids=(64,))
    assert found.word is not None
    assert len(found.word) > 10
    assert outputs_of(run.network, found.word[None])[0, -1] != task.rule(found.word[None])[0, -1]


def test_what_drifts_slowly_is_found_by_repeating_an_input() -> None:
    run = shipped_run("Max_Seen")
    assert run.program is not None
    found = hunt(run.network, run.program.system, np.arange(100)[:, None], seconds=5)
    assert found.word is not None
    assert len(found.word) == 360
    assert found.word[0, 0] == 99
    assert not found.word[1:].any()


def test_a_rule_that_cannot_judge_long_words_is_asked_for_shorter_ones() -> None:
    run = shipped_run("Newton_Magnetic")
    rule = get("Newton_Magnetic").rule
    found = hunt(run.network, Ruled(rule, 2, 2), np.array([[0, 0], [1, 1]]), seconds=1, most=100)
    assert found.longest >= 20


def test_a_walk_that_is_cut_off_is_not_called_closed() -> None:
    found = hunt(counter(1.0), Ruled(counted, 1, 1), BITS, seconds=5, most=50, grids=(4,))
    assert isinstance(found, Hunt)
    assert found.word is None
    assert not found.closed


@pytest.mark.parametrize("symbols", [BITS, np.array([[1]])])
def test_covered_lengths_are_those_of_which_every_word_was_tried(symbols: np.ndarray) -> None:
    found = hunt(counter(1.0), Ruled(counted, 1, 1), symbols, seconds=2, most=200, grids=(64,))
    # A 0 leads back to the start at once, so words that begin with it are not all followed; a 1 never does.
    assert found.covered == (1 if len(symbols) == 2 else 200)
