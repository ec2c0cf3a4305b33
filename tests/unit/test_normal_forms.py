from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_networks import hidden_linear, previous, random_basis, sum_last

from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.states.jordan import NoJordanFormError, jordan_basis, merged_eigenvalues
from mips_core.states.normal_forms import debias, jordan, normalise, output_change, quantise, recurrent_matrix, whiten
from mips_core.stepping import outputs_of, trace


def numbers(length=10, high=100):
    return np.random.default_rng(0).integers(0, high, size=(64, length, 1))


@pytest.mark.parametrize("network", [previous(3, extra=0, noise=1e-6), sum_last(4, extra=0, noise=1e-6)])
def test_shift_registers_come_out_as_integer_matrices(network):
    forms = normalise(network, numbers())
    assert [form.name for form in forms] == ["whiten", "jordan", "toeplitz", "debias", "quantise"]
    final = forms[-1].network
    d = final.state_size
    hidden = final.hidden[0].weight
    assert np.array_equal(hidden[:, :d], np.eye(d, k=1))
    assert np.array_equal(hidden[:, d], np.eye(d)[-1])
    assert (outputs_of(final, numbers()) == outputs_of(network, numbers())).all()


def relu_network(seed, d=3, width=6):
    rng = np.random.default_rng(seed)
    layers = [(width, d + 1), (d, width), (4, d), (1, 4)]
    maps = [AffineMap(0.5 * rng.normal(size=shape), rng.normal(size=shape[0])) for shape in layers]
    return MlpNetwork(Card("mlp", 1, 1, d), RawInput(1), Rounded(1), tuple(maps[:2]), tuple(maps[2:]))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_no_step_but_quantisation_changes_the_function(seed):
    network = relu_network(seed)
    x = np.random.default_rng(seed).integers(-3, 4, size=(32, 8, 1))
    for form in normalise(network, x)[:-1]:
        assert form.output_change <= 0.01
        assert output_change(network, form.network, x) <= 0.03
        if form.matrix is not None:
            assert form.output_change < 1e-6


def test_whitened_states_have_the_unit_matrix_as_second_moment():
    network = sum_last(3, extra=0)
    form = whiten(network, numbers())
    states = trace(form.network, numbers()).states[:, 1:].reshape(-1, 3)
    assert np.allclose(states.T @ states / len(states), np.eye(3), atol=1e-8)


def test_a_bias_that_the_recurrence_does_not_read_moves_to_the_readout():
    network = hidden_linear(np.zeros((1, 1)), [[1]], [5], [[2]], [1], extra=0)
    form = debias(network, numbers())
    assert form.applied
    assert np.allclose(form.network.hidden[0].bias, 0)
    assert np.allclose(form.network.readout_layers[0].bias, 11)


def test_rounding_reports_what_it_changes():
    network = hidden_linear([[0.999]], [[1]], [0], [[1]], [0], extra=0)
    form = quantise(network.change_basis(1 / network.hidden[0].weight[:, 1:]), numbers())
    assert form.network.hidden[0].weight[0, 0] == 1.0
    assert form.output_change > 0.1


def test_a_step_that_makes_weights_huge_is_undone():
    network = hidden_linear([[1]], [[1]], [0], [[1]], [0], extra=0)
    small = network.change_basis(np.array([[1e-9]]))
    form = jordan(replace(small, readout_layers=(AffineMap(np.array([[1e9]]), np.zeros(1)),)), numbers())
    assert not form.applied
    assert form.reason.startswith("Undone")
    assert form.network.hidden[0].weight[0, 0] == pytest.approx(1)


class TestJordan:
    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(st.tuples(st.sampled_from([-2, 0, 2, 4]), st.integers(1, 3)), min_size=1, max_size=3),
        st.integers(0, 99),
    )
    def test_random_bases_of_jordan_matrices_come_back_as_jordan_matrices(self, blocks, seed):
        size = sum(length for _, length in blocks)
        matrix, at = np.zeros((size, size)), 0
        for value, length in blocks:
            matrix[at : at + length, at : at + length] = value * np.eye(length) + np.eye(length, k=1)
            at += length
        basis = random_basis(np.random.default_rng(seed), size)
        hidden = basis @ matrix @ np.linalg.inv(basis)
        found = jordan_basis(hidden, 0.05)
        form = np.linalg.inv(found) @ hidden @ found
        # Ones above the diagonal within blocks: as many as the matrix has, and nothing else off the diagonal.
        band = np.diag(np.diagonal(form)) + np.diag(np.diagonal(form, 1), 1)
        assert np.allclose(form, band, atol=1e-3)
        assert np.allclose(
            np.sort(np.abs(np.diagonal(form, 1)).round(2)), np.sort(np.abs(np.diagonal(matrix, 1))), atol=0.02
        )

    def test_a_rotation_keeps_its_real_form(self):
        turn = np.array([[0.0, -2.0], [2.0, 0.0]])
        basis = random_basis(np.random.default_rng(0), 2)
        hidden = basis @ turn @ np.linalg.inv(basis)
        found = jordan_basis(hidden, 0.1)
        form = np.linalg.inv(found) @ hidden @ found
        assert np.allclose(np.abs(form), np.abs(turn), atol=1e-8)

    def test_eigenvalues_in_a_row_cannot_be_grouped(self):
        with pytest.raises(NoJordanFormError, match="cannot be grouped"):
            merged_eigenvalues(np.diag([0.0, 0.5, 1.0]), 0.7)

    def test_activations_are_ignored_in_the_matrix(self):
        network = relu_network(0)
        product = network.hidden[1].weight @ network.hidden[0].weight
        assert np.allclose(recurrent_matrix(network), product[:, :3])
