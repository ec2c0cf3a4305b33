import numpy as np
import pytest
from linear_networks import random_basis

from mips_core.errors import NoLatticeError
from mips_core.expressions import Variable, apply
from mips_core.networks import AffineMap, Card, InputEncoding, MlpNetwork, OneHotInput, RawInput, Rounded
from mips_core.states.krylov import integer_coordinates
from mips_core.stepping import trace
from mips_core.tasks.integers import Integers

SIGNED = (Integers(-100, 101),)


def remembering(transition, inputs, bias, first, second, *, encoding: InputEncoding | None = None, extra=0, noise=0.0):
    """Affine transition, readout with one layer of ReLUs, hidden in a random basis; ``extra`` unread fading units."""
    rng = np.random.default_rng(3)
    a, b_in, b, w = (np.asarray(v, dtype=float) for v in (transition, inputs, bias, first))
    n, d = len(a), len(a) + extra
    big = np.zeros((d, d))
    big[:n, :n], big[n:, n:] = a, 0.3 * np.eye(extra)
    into = np.vstack([b_in, rng.normal(size=(extra, b_in.shape[1]))])
    start = np.concatenate([b, rng.normal(size=extra)])
    basis = random_basis(rng, d)
    inverse = np.linalg.inv(basis)
    hidden = np.hstack([basis @ big @ inverse + noise * rng.normal(size=(d, d)), basis @ into])
    read = np.hstack([w, np.zeros((len(w), extra))]) @ inverse
    encoding = encoding or RawInput(b_in.shape[1])
    return MlpNetwork(
        Card("mlp", encoding.width, 1, d), encoding, Rounded(1), (AffineMap(hidden, basis @ start),),
        (AffineMap(read, np.zeros(len(w))), AffineMap(np.asarray([second], dtype=float), np.zeros(1))),
    )  # fmt: skip


def absolute_difference(**options):
    return remembering(np.eye(2, k=-1), np.eye(2, 1), [0, 0], [[1, -1], [-1, 1]], [1, 1], **options)


def test_the_last_two_inputs_are_the_coordinates_of_an_absolute_difference():
    found = integer_coordinates(absolute_difference(noise=1e-5), inputs=SIGNED)
    assert found.names == ("previous", "previous2")
    assert found.updates(["x"]) == (Variable("x"), Variable("previous"))
    assert found.start == (0, 0)
    assert found.deviation < 0.05


def test_a_direction_that_fades_and_is_not_read_is_no_coordinate():
    network = remembering([[1e-9]], [[1]], [0], [[1], [-1]], [1, 1], extra=2)
    assert integer_coordinates(network, inputs=SIGNED).order == 1


def test_codes_follow_the_recurrence_and_decode_to_the_hidden_states():
    network = absolute_difference(extra=2)
    found = integer_coordinates(network, inputs=SIGNED)
    x = np.random.default_rng(0).integers(-100, 101, size=(8, 12, 1))
    run = trace(network, x)
    codes = found.run(x)
    assert (found.encode(run.states.reshape(-1, 4)).reshape(codes.shape) == codes).all()
    seen = network.readout(codes.reshape(-1, 2) @ found.basis + found.offset)
    assert np.allclose(seen, network.readout(run.states.reshape(-1, 4)), atol=1e-6)


def test_a_constant_step_counts_against_the_inputs():
    network = remembering([[1]], [[1]], [-3], [[1], [-1]], [1, 1])
    found = integer_coordinates(network, inputs=(Integers(0, 10),))
    assert found.updates(["x"], ["z"]) == (apply("sub", apply("add", Variable("z"), Variable("x")), 3),)


@pytest.mark.parametrize("symbols", [2, 3, 4])
def test_majorities_count_differences(symbols):
    """K symbols in K - 1 dimensions whose step vectors add up to zero: a lattice finer than any two of them show."""
    into = np.hstack([np.eye(symbols - 1), -np.ones((symbols - 1, 1))]) * 0.7
    network = remembering(
        np.eye(symbols - 1), into, np.zeros(symbols - 1), np.eye(symbols - 1), np.ones(symbols - 1),
        encoding=OneHotInput((Integers(0, symbols),)), noise=1e-4,
    )  # fmt: skip
    found = integer_coordinates(network, inputs=(Integers(0, symbols),))
    assert found.order == symbols - 1
    x = np.random.default_rng(0).integers(0, symbols, size=(16, 10, 1))
    states = trace(network, x).states
    codes = found.run(x)
    assert (found.encode(states.reshape(-1, symbols - 1)).reshape(codes.shape) == codes).all()
    counts = np.cumsum(x == np.arange(symbols), axis=1)
    differences = (counts[:, :, :-1] - counts[:, :, -1:]).reshape(-1, symbols - 1)
    exact = np.linalg.lstsq(differences, codes[:, 1:].reshape(-1, symbols - 1), rcond=None)[0]
    assert np.allclose(exact, np.rint(exact))
    assert abs(round(np.linalg.det(exact))) == 1


def test_states_alone_refit_the_basis():
    network = absolute_difference(noise=1e-5)
    x = np.random.default_rng(0).integers(-100, 101, size=(32, 10, 1))
    states = trace(network, x).states.reshape(-1, 2)
    found = integer_coordinates(network, states)
    assert found.deviation < 0.1


def test_a_leaking_memory_has_no_lattice():
    with pytest.raises(NoLatticeError, match="no common measure"):
        integer_coordinates(remembering([[0.5]], [[1]], [0], [[1], [-1]], [1, 1]))


def test_a_bias_off_the_lattice_moves_the_origin_not_the_codes():
    """The start state is never read out, so a bias that the memory forgets may be anything."""
    network = remembering(np.eye(2, k=-1), np.eye(2, 1), [0, 5.21], [[1, -1], [-1, 1]], [1, 1])
    found = integer_coordinates(network, inputs=SIGNED)
    assert found.updates(["x"]) == (Variable("x"), Variable("previous"))
    assert found.deviation < 1e-6


def test_a_bias_that_is_remembered_counts_as_an_input_before_the_first():
    network = remembering(np.eye(2, k=-1), np.eye(2, 1), [2, 5.21], [[1, -1], [-1, 1]], [1, 1])
    found = integer_coordinates(network, inputs=SIGNED)
    assert found.deviation < 1e-6
    x = np.random.default_rng(0).integers(-100, 101, size=(8, 6, 1))
    states = trace(network, x).states[:, 1:].reshape(-1, 2)
    assert (found.encode(states) == found.run(x)[:, 1:].reshape(-1, 2)).all()


def test_one_hot_memory_of_the_last_symbol():
    symbols = Integers(0, 4)
    into = np.array([[0, 1, 2, 3.0]]) + 0.4
    network = remembering([[0]], into, [0.2], [[1], [-1]], [1, 1], encoding=OneHotInput((symbols,)))
    found = integer_coordinates(network, inputs=(symbols,))
    assert found.updates(["x"]) == (Variable("x"),)
