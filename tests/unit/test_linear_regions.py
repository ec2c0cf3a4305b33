"""Formulas with abs, max and min, read off the exact linear regions of networks made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_networks import random_basis

from mips_core.distillation.candidate import Probe
from mips_core.distillation.regions_route import regions_route
from mips_core.distillation.subject import Subject
from mips_core.errors import BadInputError
from mips_core.expressions import Expression, Variable, apply, evaluate
from mips_core.expressions.python import to_python
from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.progress import Monitor
from mips_core.regression import Method
from mips_core.regression.piecewise import piecewise_formula
from mips_core.states.linear_regions import readout_slopes, slopes, transition_slopes
from mips_core.stepping import outputs_of
from mips_core.tasks import Integers


def layer(weight, bias=None) -> AffineMap:
    w = np.array(weight, dtype=float)
    return AffineMap(w, np.zeros(len(w)) if bias is None else np.array(bias, dtype=float))


def relu_network(hidden, readout, width=1, seed=None) -> MlpNetwork:
    """A ReLU network, its hidden state turned into a random basis when a seed is given."""
    size = len(hidden[-1].weight)
    network = MlpNetwork(
        Card("mlp", width, len(readout[-1].weight), size),
        RawInput(width),
        Rounded(len(readout[-1].weight)),
        tuple(hidden),
        tuple(readout),
    )
    return network if seed is None else network.change_basis(random_basis(np.random.default_rng(seed), size))


def running_max(seed=None) -> MlpNetwork:
    # max(h, x) = x + max(h - x, 0), with x = max(x, 0) - max(-x, 0)
    return relu_network([layer([[1, -1], [0, 1], [0, -1]]), layer([[1, 1, -1]])], [layer([[1]])], seed=seed)


def clamped_sum(low: int, high: int, seed=None) -> MlpNetwork:
    # min(max(h + x, low), high) = low + max(h + x - low, 0) - max(h + x - high, 0)
    return relu_network(
        [layer([[1, 1], [1, 1]], [-low, -high]), layer([[1, -1]], [low])], [layer([[2]], [1])], seed=seed
    )


def distance(seed=None) -> MlpNetwork:
    # previous and current input as hidden state, the readout takes abs of their difference
    return relu_network([layer([[0, 0, 1], [1, 0, 0]])], [layer([[1, -1], [-1, 1]]), layer([[1, 1]])], seed=seed)


def read(network: MlpNetwork, low=-1000, high=1001, length=10):
    subject = Subject("by hand", network, (Integers(low, high),) * network.input_width, length)
    return regions_route(subject, Probe(subject, 0), Monitor())


@pytest.mark.parametrize("seed", [None, 1, 2])
@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (running_max, lambda x: np.maximum.accumulate(np.maximum(x, 0), axis=1)),
        (distance, lambda x: np.abs(np.diff(x, axis=1, prepend=0))),
    ],
)
def test_formula_of_the_pieces_is_right_on_inputs_far_outside_those_seen(build, expected, seed):
    outcome = read(build(seed), low=-50, high=51)
    program = outcome.candidates[0].program
    x = np.random.default_rng(5).integers(-10_000, 10_001, size=(50, 40, 1))
    assert (outputs_of(program, x)[:, :, 0] == expected(x[:, :, 0])).all()
    assert program.method is not Method.TABLE
    assert program.nodes <= 12


@pytest.mark.parametrize("seed", [None, 3])
def test_clamped_sum(seed):
    network = clamped_sum(-6, 9, seed)
    program = read(network, low=-5, high=6).candidates[0].program
    x = np.random.default_rng(5).integers(-30, 31, size=(50, 40, 1))
    assert (outputs_of(program, x) == outputs_of(network, x)).all()
    assert {"max", "min"} <= {n for n in ("max", "min") if n in program.source}


def test_a_piece_that_random_words_hardly_enter_is_read_too():
    # max(h + x - 1, 0) with x in 0..99: only 0 after 0 reaches the floor; the readout is min(h, 3)
    tank = relu_network(
        [layer([[1, 1]], [-1]), layer([[1]])], [layer([[1], [1]], [0, -3]), layer([[1, -1]])], seed=None
    )
    program = read(tank, low=0, high=100).candidates[0].program
    word = np.array([7, 0, 0, 0, 0, 0, 0, 0, 3, 0])[None, :, None]
    assert outputs_of(program, word)[0, :, 0].tolist() == [3, 3, 3, 3, 2, 1, 0, 0, 2, 1]


def test_states_that_mostly_equal_the_first_are_no_error():
    # h' = max(x, 0) - max(-x, 0) over {0, 1}: half of all states are 0
    copy = relu_network([layer([[0, 1], [0, -1]]), layer([[1, -1]])], [layer([[1]])])
    assert outputs_of(read(copy, low=0, high=2).candidates[0].program, np.array([[[1], [0]]])).tolist() == [[[1], [0]]]


def test_a_smooth_network_is_refused_with_the_reason():
    network = relu_network([layer([[1, 1], [1, -1]]), layer([[1, 1]])], [layer([[1]])])
    smooth = MlpNetwork(
        network.card, network.encoding, network.decoding, network.hidden, network.readout_layers, activation="tanh"
    )
    outcome = read(smooth, low=0, high=3)
    assert not outcome.candidates
    assert "not piecewise linear" in outcome.reason
    with pytest.raises(BadInputError, match="tanh is not piecewise linear"):
        slopes(smooth.hidden, np.zeros((1, 2)), "tanh")


def test_slopes_agree_with_difference_quotients_inside_a_region():
    rng = np.random.default_rng(0)
    network = relu_network(
        [layer(rng.normal(size=(7, 5)), rng.normal(size=7)), layer(rng.normal(size=(3, 7)))],
        [layer(rng.normal(size=(6, 3)), rng.normal(size=6)), layer(rng.normal(size=(2, 6)))],
        width=2,
    )
    states, x = rng.normal(size=(20, 3)), rng.integers(-3, 4, size=(20, 2))
    moved = transition_slopes(network, states, x)
    risen = readout_slopes(network, states)
    step = 1e-7
    for k in range(3):
        shifted = states + step * np.eye(3)[k]
        assert np.allclose((network.advance(shifted, x) - network.advance(states, x)) / step, moved[:, :, k], atol=1e-4)
        assert np.allclose((network.readout(shifted) - network.readout(states)) / step, risen[:, :, k], atol=1e-4)


A, B, C = Variable("a"), Variable("b"), Variable("c")
affine = st.tuples(*[st.integers(-2, 2)] * 3, st.integers(-6, 6)).map(
    lambda w: apply(
        "add",
        apply("add", apply("mul", w[0], A), apply("mul", w[1], B)),
        apply("add", apply("mul", w[2], C), w[3]),
    )
)
piecewise = st.recursive(affine, lambda e: st.tuples(st.sampled_from(["max", "min"]), e, e).map(lambda t: apply(*t)))


def slopes_at(expression: Expression, columns: dict[str, np.ndarray]) -> np.ndarray:
    """Slopes of an expression of integers, from values scaled up by 10^6 and moved off the corners."""
    scale = 10**6
    offsets = dict(a=1_003, b=-20_011, c=50_021)

    def at(name: str | None) -> np.ndarray:
        # Constants inside are not scaled, which moves corners by less than the offsets.
        return evaluate(
            scaled(expression, scale),
            {k: v * scale + offsets[k] + (k == name) for k, v in columns.items()},
            len(columns["a"]),
        )

    base = at(None)
    return np.column_stack([at(name) - base for name in columns]).astype(float)


def scaled(expression: Expression, scale: int) -> Expression:
    """The expression for inputs that are ``scale`` times as large."""
    if expression.nodes == 1 and not expression.variables:
        return apply("mul", expression, scale)
    if not expression.children:
        return expression
    if expression.name == "mul":
        return expression
    return apply(expression.name, *[scaled(child, scale) for child in expression.children])


@settings(max_examples=60, deadline=None)
@given(piecewise)
def test_what_is_read_off_equals_the_function_on_every_row(expression):
    rng = np.random.default_rng(1)
    columns = {name: rng.integers(-12, 13, size=600) for name in "abc"}
    target = evaluate(expression, columns, 600)
    formula = piecewise_formula(columns, target, slopes_at(expression, columns), max_nodes=1000)
    if formula is not None:
        assert (evaluate(formula.expression, columns, 600) == target).all()


def test_nearly_every_function_of_a_few_pieces_is_read_off():
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(40):
        columns = {name: rng.integers(-12, 13, size=600) for name in "abc"}
        first, second, third = (
            apply("add", apply("mul", int(w[0]), A), apply("add", apply("mul", int(w[1]), B), int(w[2])))
            for w in rng.integers(-2, 3, size=(3, 3))
        )
        expression = apply("max", first, apply("min", second, third))
        target = evaluate(expression, columns, 600)
        formula = piecewise_formula(columns, target, slopes_at(expression, columns))
        found += formula is not None and bool((evaluate(formula.expression, columns, 600) == target).all())
    assert found >= 36


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (apply("max", A, B), "max(a, b)"),
        (apply("sub", apply("abs", A), apply("abs", B)), "abs(a) - abs(b)"),
        (apply("min", apply("max", A, 0), B), "min(b, max(0, a))"),
        (apply("add", apply("mul", 2, B), apply("max", apply("sub", A, 3), 0)), "2 * b + max(a - 3, 0)"),
    ],
)
def test_the_form_that_a_person_would_write(text, expected):
    rng = np.random.default_rng(1)
    columns = {name: rng.integers(-12, 13, size=600) for name in "abc"}
    found = piecewise_formula(columns, evaluate(text, columns, 600), slopes_at(text, columns))
    assert found is not None
    assert to_python(found.expression) == expected


def test_slopes_that_are_no_integers_give_no_formula():
    x = np.arange(-20, 21)
    assert piecewise_formula({"x": x}, x // 2, np.full((41, 1), 0.5)) is None
