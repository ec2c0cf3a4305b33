import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_networks import random_basis, sum_last

from mips_core.errors import BadInputError, NoLatticeError
from mips_core.states.lattice import description_length, gcd_code, integer_code, linear_code, reduced_code
from mips_core.states.reduced_lattice import reduced
from mips_core.stepping import trace


def points(n, *, noise, seed, reach=6, count=400, width=None):
    """Noisy points of a random lattice of n dimensions; the first is its origin."""
    rng = np.random.default_rng(seed)
    basis = random_basis(rng, n)
    if width:
        basis = basis @ np.linalg.qr(rng.normal(size=(width, n)))[0].T
    codes = rng.integers(-reach, reach + 1, size=(count, n))
    codes[0] = 0
    states = codes @ basis + rng.normal(size=basis.shape[1]) + noise * rng.normal(size=(count, basis.shape[1]))
    return states, basis, codes


def same_lattice(codes, found):
    """The found codes are a unimodular change of the true ones."""
    if codes.shape[1] != found.shape[1]:
        return False
    change = np.linalg.lstsq(codes.astype(float), (found - found[0]).astype(float), rcond=None)[0]
    return np.allclose(change, np.rint(change), atol=1e-6) and abs(round(np.linalg.det(change))) == 1


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 4), st.integers(0, 10_000))
def test_random_lattices_come_back_up_to_a_change_of_basis(n, seed):
    states, _, codes = points(n, noise=0.003, seed=seed)
    found = reduced_code(states, rng=np.random.default_rng(0))
    assert same_lattice(codes, found.codes)
    assert found.largest_error < 0.1


def test_a_lattice_of_few_dimensions_in_a_wide_hidden_state():
    states, _, codes = points(3, noise=0.002, seed=1, width=8)
    found = reduced_code(states, rng=np.random.default_rng(0))
    assert same_lattice(codes, found.codes)
    assert (found.encode(states) == found.codes).all()


def test_eight_dimensions():
    states, _, codes = points(8, noise=0.001, seed=2, reach=4)
    assert same_lattice(codes, reduced_code(states, rng=np.random.default_rng(0)).codes)


def test_the_gcd_variant_finds_two_dimensions_and_ours_describes_them_no_longer():
    states, _, _ = points(2, noise=1e-4, seed=0)
    paper = gcd_code(states, rng=np.random.default_rng(0))
    assert paper.largest_error < 0.25
    assert reduced_code(states, rng=np.random.default_rng(0)).description_length <= paper.description_length


def test_the_linear_variant_reads_the_lattice_off_a_linear_network():
    network = sum_last(3, extra=0)
    x = np.random.default_rng(0).integers(0, 100, size=(500, 8, 1))
    states = trace(network, x).states
    found = linear_code(states[:, -1], states[:, -2], x[:, -1])
    assert found.variant == "linear"
    assert found.largest_error < 1e-6
    window = x[:, -3:, 0].astype(float)
    change = np.linalg.lstsq(window - window[0], (found.codes - found.codes[0]).astype(float), rcond=None)[0]
    assert abs(round(np.linalg.det(change))) == 1


def test_the_shortest_description_wins():
    states, _, _ = points(2, noise=1e-3, seed=4)
    found = integer_code(states, rng=np.random.default_rng(0), variants=("reduced", "gcd"))
    assert found.variant in {"reduced", "gcd"}
    for variant in ("reduced", "gcd"):
        other = integer_code(states, rng=np.random.default_rng(0), variants=(variant,))
        assert found.description_length <= other.description_length + 1e-9


def test_description_length_counts_digits_and_errors():
    states, basis = np.array([[0.0], [3.0]]), np.array([[1.0]])
    assert description_length(states, basis, np.zeros(1), np.array([[0], [3]])) == 1.0  # mean of 0 and 2 bits
    assert description_length(states, basis, np.array([0.01]), np.array([[0], [3]])) == pytest.approx(2.0)


def test_points_without_a_lattice_are_refused_with_the_distance():
    states = np.random.default_rng(0).normal(size=(300, 3))
    with pytest.raises(NoLatticeError, match="lattice units"):
        reduced_code(states, rng=np.random.default_rng(0))


def test_states_that_are_not_finite_are_refused():
    with pytest.raises(BadInputError):
        integer_code(np.full((5, 2), np.nan), rng=np.random.default_rng(0))


def test_reduction_keeps_the_lattice():
    rng = np.random.default_rng(0)
    basis = rng.integers(-9, 10, size=(5, 5)).astype(float)
    short = reduced(basis)
    change = short @ np.linalg.inv(basis)
    assert np.allclose(change, np.rint(change))
    assert abs(round(np.linalg.det(change))) == 1
    assert np.linalg.norm(short, axis=1).max() <= np.linalg.norm(basis, axis=1).max() + 1e-9
