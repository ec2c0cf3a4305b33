import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_networks import hidden_linear, previous, random_basis, register, sum_last

from mips_core.errors import NoLatticeError
from mips_core.expressions import Lookup, Variable, apply
from mips_core.machines.agreement import agreement_length, provable_agreement
from mips_core.machines.realisation import expected_responses, realise
from mips_core.networks import EmbeddingInput, OneHotInput
from mips_core.states.responses import read_responses
from mips_core.stepping import outputs_of
from mips_core.tasks.integers import Integers

DIGITS = Integers(0, 10)
EVEN = (DIGITS.values % 2 == 0).astype(float)


def sequences(network, low, high, length=50, n=64):
    return np.random.default_rng(1).integers(low, high, size=(n, length, network.input_width))


@pytest.mark.parametrize("k", range(1, 6))
def test_previous_numbers_are_a_shift_register_of_k_variables(k):
    found = realise(previous(k, noise=1e-6))
    assert found.order == k
    assert found.system.nodes == k + 1
    assert [v.name for v in found.system.state] == ["previous", *(f"previous{i}" for i in range(2, k + 1))]
    assert all(v.start == 0 for v in found.system.state)


@pytest.mark.parametrize("k", range(2, 8))
def test_sums_of_the_last_k_remember_one_input_less(k):
    found = realise(sum_last(k))
    assert found.order == k - 1
    assert found.system.nodes == (k - 1) + (2 * k - 1)
    x = sequences(found.system, 0, 100)
    window = np.cumsum(x, axis=1) - np.cumsum(np.pad(x, ((0, 0), (k, 0), (0, 0)))[:, :-k], axis=1)
    assert (outputs_of(found.system, x) == window).all()


def test_the_current_number_needs_no_memory():
    found = realise(hidden_linear([[0]], [[1]], [0], [[1]], [0]))
    assert found.order == 0
    assert found.system.outputs == (Variable("x"),)


def test_running_sum_reads_as_a_total():
    system = realise(hidden_linear([[1]], [[1]], [0], [[1]], [0])).system
    assert system.locals == (("y", apply("add", Variable("total"), Variable("x"))),)
    assert [v.name for v in system.state] == ["total"]


def test_difference_of_the_last_two():
    a, b, c = register(2)
    system = realise(hidden_linear(a, b, c, [[1, -1]], [0])).system
    assert system.outputs == (apply("sub", Variable("x"), Variable("previous")),)


@pytest.mark.parametrize(("pull", "nodes"), [(0, 9), (-1, 11)])
def test_motion_reads_as_velocity_and_position(pull, nodes):
    found = realise(hidden_linear([[1, 1], [0, 1]], [[1], [1]], [pull, pull], [[1, 0]], [0]))
    assert found.order == 2
    assert {v.name for v in found.system.state} == {"position", "velocity"}
    assert found.system.nodes == nodes


def test_a_spring_reads_as_past_outputs():
    found = realise(hidden_linear([[0, 1], [-1, 1]], [[1], [1]], [0, 0], [[1, 0]], [0]))
    assert {v.name for v in found.system.state} == {"y1", "y2"}
    assert found.system.nodes == 8


def test_two_inputs_and_two_outputs():
    turn = np.array([[1, -1], [1, 1]])
    network = hidden_linear(
        np.block([[turn, np.zeros((2, 2))], [turn, np.eye(2)]]), np.vstack([np.eye(2)] * 2), np.zeros(4),
        np.hstack([np.zeros((2, 2)), np.eye(2)]), [0, 0],
    )  # fmt: skip
    found = realise(network)
    assert found.order == 4
    assert found.system.nodes == 22
    x = sequences(network, -10, 11, length=10)
    assert (outputs_of(found.system, x) == outputs_of(network, x)).all()


def test_an_output_that_ignores_its_input_alternates():
    found = realise(hidden_linear([[-1]], [[0]], [1], [[-1]], [1]))
    assert found.order == 1
    x = np.zeros((1, 7, 1), dtype=np.int64)
    assert outputs_of(found.system, x).ravel().tolist() == [0, 1, 0, 1, 0, 1, 0]


def test_constants_become_start_values_where_that_is_shorter():
    network = hidden_linear(np.zeros((2, 2)) + np.eye(2, k=-1), np.eye(2, 1), [-7, 0], [[0, 1]], [7])
    system = realise(network).system
    x = sequences(network, 0, 5)
    assert (outputs_of(system, x) == outputs_of(network, x)).all()
    assert system.nodes == 2  # previous starts at 7


class TestOneHot:
    def test_counts_even_numbers_through_a_table_of_zeros_and_ones(self):
        network = hidden_linear([[1]], [EVEN], [0], [[1]], [0], encoding=OneHotInput((DIGITS,)))
        found = realise(network)
        assert found.order == 1
        assert [v for _, v in found.tables[0].entries] == EVEN.astype(int).tolist()
        x = sequences(network, 0, 10)
        assert (outputs_of(found.system, x) == outputs_of(network, x)).all()

    def test_a_table_that_is_the_input_itself_is_not_a_table(self):
        steps = DIGITS.values + 0.3  # the bias takes the 0.3 away again
        found = realise(hidden_linear([[1]], [steps], [-0.3], [[1]], [0], encoding=OneHotInput((DIGITS,))))
        assert found.tables == ()
        assert found.system.nodes == 5

    def test_a_memoryless_table(self):
        found = realise(hidden_linear([[0]], [EVEN], [0], [[1]], [0], encoding=OneHotInput((DIGITS,))))
        assert found.order == 0
        assert isinstance(found.system.outputs[0], Lookup)

    def test_different_lags_may_see_different_functions(self):
        network = hidden_linear(
            [[1, 0], [0, 0]], [EVEN, DIGITS.values], [0, 0], [[1, 1]], [0], encoding=OneHotInput((DIGITS,))
        )
        found = realise(network)
        assert (found.order, len(found.tables)) == (1, 1)
        x = sequences(network, 0, 10)
        assert (outputs_of(found.system, x) == outputs_of(network, x)).all()

    def test_two_inputs_have_a_block_each(self):
        both = np.concatenate([EVEN, -DIGITS.values - 1.0])
        network = hidden_linear([[1]], [both], [0], [[1]], [0], encoding=OneHotInput((DIGITS, DIGITS)))
        found = realise(network)
        x = sequences(network, 0, 10)
        assert (outputs_of(found.system, x) == outputs_of(network, x)).all()

    def test_embedded_symbols(self):
        table = (DIGITS.values % 3)[:, None].astype(float)
        network = hidden_linear([[1]], [[1.0]], [0], [[1]], [0], encoding=EmbeddingInput(table))
        found = realise(network)
        assert [v for _, v in found.tables[0].entries] == (DIGITS.values % 3).tolist()


small = st.integers(-2, 2)


@st.composite
def integer_systems(draw):
    n, m, o = draw(st.integers(1, 4)), draw(st.integers(1, 2)), draw(st.integers(1, 2))

    def matrix(rows, columns):
        return np.array(
            draw(st.lists(st.lists(small, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
        )

    return matrix(n, n), matrix(n, m), matrix(1, n)[0], matrix(o, n), matrix(1, o)[0]


def exact_order(a, b, bias, c, lags=10):
    """Rank of the Hankel matrix that sympy finds: inputs and the steps of the free response."""
    a, b, bias, c = (sympy.Matrix(v.tolist()) for v in (a, b, bias[:, None], c))
    columns = b.row_join(bias)
    return sympy.Matrix([[c * a ** (s + k + 1) * columns for k in range(lags // 2)] for s in range(lags // 2)]).rank()


@settings(max_examples=40, deadline=None)
@given(integer_systems(), st.integers(0, 1000))
def test_integer_systems_in_a_random_basis_come_back_exactly_and_minimal(system, seed):
    a, b, bias, c, offset = system
    network = hidden_linear(a, b, bias, c, offset, extra=0, seed=seed)
    found = realise(network)
    assert found.order == exact_order(a, b, bias, c)
    responses = read_responses(network, 6)
    impulse, free = expected_responses(found.recurrence, found.virtual, responses, 6)
    powers = [np.linalg.matrix_power(a.astype(object), k) for k in range(7)]
    assert (impulse == np.array([c @ p @ b for p in powers[:6]])).all()
    state, expected = np.zeros(len(a), dtype=object), []
    for _ in range(6):
        state = a @ state + bias
        expected.append(c @ state + offset)
    assert (free == np.array(expected)).all()


def test_the_equations_do_not_depend_on_order_and_scale_of_hidden_units():
    network = sum_last(4)
    rng = np.random.default_rng(5)
    other = network.permute_hidden(rng.permutation(6).tolist()).change_basis(np.diag(rng.uniform(0.1, 10, 6)))
    assert realise(other).system == realise(network).system
    assert realise(network.change_basis(random_basis(rng, 6))).system == realise(network).system


class TestRefusals:
    def test_a_network_with_fractions(self):
        with pytest.raises(NoLatticeError, match=r"lag 0 is 0\.5 away"):
            realise(hidden_linear([[0.5]], [[0.5]], [0], [[1]], [0]))

    def test_a_slowly_fading_sum_is_not_a_sum(self):
        with pytest.raises(NoLatticeError):
            realise(hidden_linear([[0.9]], [[1]], [0], [[1]], [0]))

    def test_a_readout_with_an_activation(self):
        from dataclasses import replace

        network = previous(1)
        layers = (network.readout_layers[0], network.readout_layers[0].__class__(np.ones((1, 1)), np.zeros(1)))
        with pytest.raises(NoLatticeError, match="not affine"):
            realise(replace(network, readout_layers=layers))


class TestAgreement:
    def test_a_register_agrees_at_every_length(self):
        network = previous(2, noise=1e-7)
        assert agreement_length(network, realise(network), Integers(0, 100)) is None

    def test_a_leaking_sum_agrees_up_to_a_length_that_its_witness_proves(self):
        network = hidden_linear([[0.9999]], [[1]], [0], [[1]], [0], extra=0)
        found = realise(network)
        result = provable_agreement(network, found, Integers(0, 100))
        assert result.length == len(result.witness) - 1
        assert 5 <= result.length <= 15
        inputs = result.witness[None]
        ours, theirs = outputs_of(found.system, inputs), outputs_of(network, inputs)
        assert (ours[0, -1] != theirs[0, -1]).any()
        assert (ours[0, :-1] == theirs[0, :-1]).all()

    def test_one_hot_inputs(self):
        network = hidden_linear([[0]], [EVEN + 1e-3], [0], [[1]], [0], encoding=OneHotInput((DIGITS,)))
        assert agreement_length(network, realise(network), DIGITS) is None
