"""Words past a proof: where a network that is right up to a length is wrong for the first time."""

from __future__ import annotations

import itertools

import numpy as np

from mips_core.machines.integer_system import IntegerSystem
from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.runs import shipped_run
from mips_core.runs.proofs import proofs_of
from mips_core.stepping import outputs_of
from mips_core.verification.past_proof import extreme_wrong, first_wrong

BITS = np.array([[0], [1]])


def total() -> IntegerSystem:
    machine = shipped_run("Sum_All").machine
    assert isinstance(machine, IntegerSystem)
    return machine


def steep_total(slope: float) -> MlpNetwork:
    """Return a network that adds its inputs and reads ``slope`` times the sum."""
    step, reader = AffineMap(np.array([[1.0, 1.0]]), np.zeros(1)), AffineMap(np.array([[slope]]), np.zeros(1))
    return MlpNetwork(Card("linear", 1, 1, 1), RawInput(1), Rounded(1), (step,), (reader,))


def test_the_shortest_word_is_found_by_the_walk() -> None:
    network = steep_total(1.09)  # 1.09 * 6 = 6.54, and 1.09 * 5 = 5.45
    word = first_wrong(network, total(), BITS)
    assert word is not None
    assert word.tolist() == [[1]] * 6
    shorter = np.array(list(itertools.product([0, 1], repeat=5)))[..., None]
    assert np.array_equal(outputs_of(network, shorter), outputs_of(total(), shorter))


def test_a_network_that_is_right_for_ever_uses_up_what_it_is_given() -> None:
    assert first_wrong(steep_total(1.0), total(), BITS, seconds=0.2) is None


def test_extreme_words_show_where_an_affine_network_ends() -> None:
    word = extreme_wrong(steep_total(1.009), total(), np.arange(0, 10)[:, None], range(1, 20))
    assert word is not None
    assert len(word) == 7  # 7 * 9 * 0.009 = 0.567, and 6 * 9 * 0.009 = 0.486
    assert extreme_wrong(steep_total(1.0), total(), BITS, range(1, 20)) is None


def test_shipped_words_past_a_proof_are_wrong_at_their_last_step_alone() -> None:
    for task in ("Majority_0_2", "Newton_Magnetic"):
        changed = proofs_of(shipped_run(task)).changed
        machine = shipped_run(task).machine
        assert changed is not None
        assert changed.counterexample is not None
        assert changed.certificate is not None
        assert machine is not None
        x = np.array(changed.counterexample.steps)[None]
        off = (outputs_of(changed.network, x) != outputs_of(machine, x))[0].any(axis=1)
        assert np.flatnonzero(off).tolist() == [len(x[0]) - 1]
        assert len(x[0]) > changed.certificate["length"]
