"""Normal forms of hidden states, and the lattices that they lie on."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from mips_core.errors import BadInputError
from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.states.independent_axes import independent_axes
from mips_core.states.lattice_evidence import LatticeFit, find_lattice
from mips_core.states.normal_view import normal_view
from mips_core.stepping import trace
from mips_core.tasks import Integers
from mips_core.views.hidden_states import named_axes, unit_axes
from mips_core.views.lattice_figure import candidate_rows, coordinate_names, error_figure, lattice_overlay

SHEAR = np.array([[1.0, 0.7, 0.2], [0.0, 0.8, -0.5], [0.1, 0.0, 1.3]])


def bent_network() -> MlpNetwork:
    """Return a network whose transition is not affine, so that nothing is read off its weights."""
    layers = (AffineMap(np.ones((2, 3)), np.zeros(2)), AffineMap(np.ones((2, 2)), np.zeros(2)))
    return MlpNetwork(
        Card("mlp", 1, 1, 2), RawInput(1), Rounded(1), layers, (AffineMap(np.ones((1, 2)), np.zeros(1)),), "relu"
    )


def shift_register(basis: np.ndarray) -> MlpNetwork:
    """Return a network that remembers its last inputs, in a basis of hidden states."""
    d = len(basis)
    forward, read = np.eye(d, k=-1), np.eye(d)[:, :1]
    inverse = np.linalg.inv(basis)
    hidden = AffineMap(np.hstack([basis @ forward @ inverse, basis @ read]), np.zeros(d))
    readout = AffineMap(np.eye(d)[-1:] @ inverse, np.zeros(1))
    return MlpNetwork(Card("linear", 1, 1, d, (Integers(0, 10),)), RawInput(1), Rounded(1), (hidden,), (readout,))


def same_up_to_order_and_sign(a: np.ndarray, b: np.ndarray) -> bool:
    return any(
        all(min(np.abs(a[:, i] - s * b[:, j]).max() for s in (1, -1)) < 1e-3 for i, j in enumerate(order))
        for order in permutations(range(b.shape[1]))
    )


def cloud_of_bits() -> np.ndarray:
    """Return three bits of different frequencies, each with a little noise."""
    rng = np.random.default_rng(0)
    bits = rng.random((600, 3)) < [0.5, 0.35, 0.6]
    return bits + rng.normal(size=bits.shape) * 0.02


def test_a_sheared_copy_has_the_same_normal_form_up_to_order_and_sign() -> None:
    states = cloud_of_bits()
    sheared = states @ SHEAR.T + [5.0, -2.0, 1.0]
    found, again = independent_axes(states), independent_axes(sheared)
    places = (states - found.centre) @ found.directions.T
    assert np.allclose(places.T @ places / len(places), np.eye(3), atol=1e-9)  # the same spread in every direction
    assert same_up_to_order_and_sign(places, (sheared - again.centre) @ again.directions.T)


def test_independent_axes_show_one_bit_each() -> None:
    """In a turned and sheared copy, too, each axis takes two values only, apart from the noise."""
    states = cloud_of_bits() @ SHEAR.T
    found = independent_axes(states)
    places = (states - found.centre) @ found.directions.T
    for column in places.T:
        low, high = column[column < 0], column[column > 0]
        assert max(np.ptp(low), np.ptp(high)) < 0.5 * (high.min() - low.max())


def test_flat_directions_are_left_out_and_equal_states_have_no_axes() -> None:
    rng = np.random.default_rng(1)
    flat = rng.normal(size=(100, 2)) @ np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]) + rng.normal(size=(100, 3)) * 1e-4
    assert independent_axes(flat).directions.shape == (2, 3)
    assert independent_axes(np.full((4, 3), 2.5)).directions.shape == (0, 3)
    with pytest.raises(BadInputError, match="Finite hidden states"):
        independent_axes(np.array([[np.nan]]))


def test_the_normal_form_of_a_network_does_not_hang_on_its_basis() -> None:
    """A shift register is unique in normal form: Jordan block, and the input enters the last coordinate."""
    x = np.random.default_rng(2).integers(0, 10, size=(60, 8, 1))
    views = []
    for basis in (np.eye(3), SHEAR):
        network = shift_register(basis)
        states = trace(network, x).states[:, 1:].reshape(-1, 3)
        view = normal_view(network, x, states)
        assert [s.name for s in view.steps] == ["whiten", "jordan", "toeplitz", "debias", "quantise"]
        assert view.network is not None
        views.append((states - view.centre) @ view.directions.T)
    assert np.allclose(views[0], np.rint(views[0]), atol=1e-6)  # inputs themselves
    assert same_up_to_order_and_sign(*views)


def test_other_networks_have_their_reached_states_normalised() -> None:
    states = np.random.default_rng(3).normal(size=(50, 2)) @ [[3.0, 1.0], [0.0, 0.5]]
    view = normal_view(bent_network(), np.zeros((5, 10, 1), dtype=np.int64), states)
    assert [s.name for s in view.steps] == ["centre", "whiten", "turn"]
    assert view.network is None
    assert all(s.applied for s in view.steps)
    equal = normal_view(bent_network(), np.zeros((5, 10, 1), dtype=np.int64), np.ones((4, 2)))
    assert [s.applied for s in equal.steps] == [True, False, False]


def lattice_cloud(noise: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    basis, offset = np.array([[0.9, 0.2], [-0.3, 0.7]]), np.array([4.0, -1.0])
    codes = rng.integers(-6, 7, size=(200, 2))
    codes[0] = 0
    return codes @ basis + offset + rng.normal(size=codes.shape) * noise, basis, offset


def test_a_known_lattice_is_recovered_up_to_a_unimodular_change() -> None:
    states, basis, offset = lattice_cloud(0.01)
    search = find_lattice(bent_network(), states, (Integers(0, 10),))
    assert search.found is not None
    assert search.found.source == "differences"
    change = search.found.basis @ np.linalg.inv(basis)
    assert np.allclose(change, np.rint(change), atol=0.02)
    assert round(abs(float(np.linalg.det(change)))) == 1
    shift = (search.found.offset - offset) @ np.linalg.inv(basis)
    assert np.allclose(shift, np.rint(shift), atol=0.1)
    assert search.found.largest_error < 0.1


def test_points_without_a_lattice_have_candidates_and_a_reason() -> None:
    states = np.random.default_rng(5).normal(size=(200, 2))
    search = find_lattice(bent_network(), states, (Integers(0, 10),))
    assert search.found is None
    assert "lattice units off even the best lattice" in search.reason
    rows = candidate_rows(search.candidates)
    assert rows["dimension"] == [2]
    assert rows["largest error"][0] > 0.4


def test_a_few_points_are_no_evidence() -> None:
    """Any three points that are no line span a lattice in the plane; that they lie on it says nothing."""
    search = find_lattice(bent_network(), np.array([[0.0, 0.0], [1.0, 0.3], [0.2, 1.0]]), (Integers(0, 10),))
    assert search.found is None
    assert "by chance" in search.reason
    assert find_lattice(bent_network(), np.ones((3, 2)), ()).reason.startswith("All hidden states are equal")


def test_the_lattice_of_an_affine_network_follows_from_its_weights() -> None:
    x = np.random.default_rng(6).integers(0, 10, size=(30, 6, 1))
    states = trace(shift_register(SHEAR), x).states
    flat = np.concatenate([states[:1, 0], states[:, 1:].reshape(-1, 3)])
    search = find_lattice(shift_register(SHEAR), flat, (Integers(0, 10),))
    assert search.found is not None
    assert search.found.source == "reachability"
    assert search.found.largest_error < 1e-9
    last = np.concatenate([[0], x.reshape(-1)])
    assert "now" in coordinate_names(search.found, {"now": last}).names


def square(codes: list[list[int]]) -> LatticeFit:
    """Return the lattice 2 Z x 3 Z, used at some codes."""
    basis = np.diag([2.0, 3.0])
    return LatticeFit(basis, np.zeros(2), np.linalg.inv(basis), ("a", "b"), np.array(codes, dtype=float), "differences")


def test_lines_stand_at_lattice_points_and_arrows_are_basis_vectors() -> None:
    overlay = lattice_overlay(square([[0, 0], [0, 0], [3, 2], [1, 1]]), unit_axes(2, (0, 1)))
    assert overlay.stride == 1
    assert overlay.names == ("a", "b")
    assert (overlay.arrows[:, 1] - overlay.arrows[:, 0]).tolist() == [[2.0, 0.0], [0.0, 3.0]]
    level = overlay.lines[overlay.lines[:, 0, 1] == overlay.lines[:, 1, 1]]
    upright = overlay.lines[overlay.lines[:, 0, 0] == overlay.lines[:, 1, 0]]
    assert sorted({y for y in level[:, 0, 1]}) == [0.0, 3.0, 6.0]
    assert sorted({x for x in upright[:, 0, 0]}) == [0.0, 2.0, 4.0, 6.0]


def test_fine_lattices_show_some_lines_and_a_vector_that_points_at_the_reader_none() -> None:
    fine = lattice_overlay(square([[0, 0], [0, 0], [99, 2]]), unit_axes(2, (0, 1)))
    assert fine.stride == 10
    assert np.ptp(fine.arrows[0, :, 0]) == 20.0
    one = lattice_overlay(square([[0, 0], [0, 0], [3, 2]]), named_axes(np.zeros(2), np.eye(2), ("a", "b"), (1,)))
    assert one.names == ("b",)
    assert one.arrows.shape == (1, 2, 1)


def test_three_vectors_at_once_are_drawn_without_lines() -> None:
    basis = np.eye(3)
    codes = np.random.default_rng(7).integers(0, 5, size=(20, 3)).astype(float)
    fit = LatticeFit(basis, np.zeros(3), basis, ("a", "b", "c"), codes, "differences")
    overlay = lattice_overlay(fit, named_axes(np.zeros(3), SHEAR, ("p", "q", "r"), (0, 1)))
    assert len(overlay.lines) == 0
    assert len(overlay.arrows) == 3
    assert "3 lattice vectors" in overlay.note


def test_errors_are_counted_without_the_start_state() -> None:
    fit = square([[0, 0], [0, 0], [1, 1]])
    off = LatticeFit(
        fit.basis, fit.offset, fit.decoder, fit.names, fit.coordinates + np.array([[0.4], [0.1], [0.0]]), "differences"
    )
    assert off.largest_error == pytest.approx(0.1)
    assert sum(error_figure(off).data[0].y) == 2
