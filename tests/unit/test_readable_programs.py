"""Programs in the form that a person would choose: the same values, plainer formulas, names for roles."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.expressions import OPERATORS, Apply, Constant, Variable, apply, evaluate, parse_expression, to_python
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.programs import Program, parse_program
from mips_core.programs.idioms import simplified
from mips_core.programs.loop_line import loop_line
from mips_core.programs.ranges import bounds_of, system_ranges
from mips_core.programs.readable import readable
from mips_core.regression.method import Method
from mips_core.stepping import outputs_of

RANGES = {"x": (0, 1), "y": (0, 1), "z": (-3, 4)}
NAMES = tuple(RANGES)


def extend(children):
    plain = [name for name in OPERATORS if name not in ("mod", "floordiv")]
    return st.one_of(
        st.sampled_from(plain).flatmap(
            lambda name: st.tuples(*[children] * OPERATORS[name].arity).map(lambda parts: Apply(name, parts))
        ),
        st.builds(
            lambda name, a, b: apply(name, a, b),
            st.sampled_from(("mod", "floordiv")),
            children,
            st.integers(-3, 3).filter(bool),
        ),
    )


LEAVES = st.one_of(st.integers(-2, 3).map(Constant), st.sampled_from(NAMES).map(Variable))
EXPRESSIONS = st.recursive(LEAVES, extend, max_leaves=8)
ROWS = np.array(list(itertools.product((0, 1), (0, 1), range(-3, 5))), dtype=np.int64)
COLUMNS = dict(zip(NAMES, ROWS.T, strict=True))


@given(EXPRESSIONS)
@settings(max_examples=400)
def test_simplified_formulas_have_the_same_values_and_are_no_larger_by_more_than_a_test(expression):
    found = simplified(expression, RANGES)
    assert (evaluate(found, COLUMNS, len(ROWS)) == evaluate(expression, COLUMNS, len(ROWS))).all()
    assert simplified(found, RANGES) == found


@given(EXPRESSIONS)
def test_values_stay_within_their_bounds(expression):
    low, high = bounds_of(expression, RANGES)
    values = evaluate(expression, COLUMNS, len(ROWS))
    assert low <= values.min() <= values.max() <= high


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("z * 1 + 0", "z"),
        ("1 if z < 2 else 0", "z < 2"),
        ("0 if z < 2 else 1", "z >= 2"),
        ("(z + 1) % 2", "z % 2 == 0"),
        ("1 - z % 2", "z % 2 == 0"),
        ("(x + 1) % 2", "1 - x"),
        ("x == 1", "x"),
        ("x ^ (y ^ (x ^ 1))", "x ^ y ^ x ^ 1"),
        ("max(z, max(x, y))", "max(x, y, z)"),
        ("min(max(z, -9), 9)", "z"),
        ("z % 7 + z // 7", "z % 7 + z // 7"),
        ("x % 2 + x // 2", "x"),
        ("z + -3", "z - 3"),
        ("3 < z", "z > 3"),
        ("(x ^ y) & (z == 2)", "x != y and z == 2"),
    ],
)
def test_what_a_person_would_write(text, plain):
    assert to_python(simplified(parse_expression(text), RANGES)) == plain


def test_bits_that_differ_in_turn_are_compared_in_turn():
    ranges = dict.fromkeys(("x", "previous", "previous2", "previous3"), (0, 1))
    crossed = parse_expression("(x ^ previous) & ((x ^ previous3) & (previous ^ previous2))")
    assert (
        to_python(simplified(crossed, ranges)) == "x != previous and previous != previous2 and previous2 != previous3"
    )
    pairs = parse_expression("(x ^ previous) & (x ^ previous2)")
    assert to_python(simplified(pairs, ranges)) == "x != previous and x != previous2"


def made(state, outputs, inputs=("x",)):
    variables = tuple(StateVariable(name, start, parse_expression(update)) for name, start, update in state)
    system = IntegerSystem(tuple(inputs), variables, tuple(parse_expression(output) for output in outputs))
    return Program(system, Method.SYMBOLIC, "Distilled from a test")


def symbols(ranges):
    return np.array(list(itertools.product(*(range(low, high + 1) for low, high in ranges))), dtype=np.int64)


@pytest.mark.parametrize(
    ("state", "outputs", "ranges", "text"),
    [
        ([("state", 0, "max(state, x)")], ["max(state, x)"], [(0, 9)],
         "running_max = max(running_max, x); y = running_max"),
        ([("state", 0, "(state + x1 + x2) // 7")], ["(state + x1 + x2) % 7"], [(0, 6), (0, 6)],
         "total = carry + x1 + x2; carry = total // 7; y = total % 7"),
        ([("state", 0, "(x - state) % 3")], ["((x - state) % 3 + x) % 2"], [(0, 1)],
         "total = 2 * remainder + x; remainder = total % 3; y = total // 3"),
        ([("state", 0, "(state + x) % 15")], ["state + x > (state + x) % 15"], [(0, 14)],
         "total = remainder + x; remainder = total % 15; y = total // 15"),
        ([("state", 0, "state == x")], ["state == x"], [(0, 1)], "parity = parity ^ (x == 0); y = parity"),
        ([("memory", 0, "1 - memory")], ["memory"], [(0, 1)], "y = toggle; toggle = 1 - toggle"),
        ([("total", 0, "total + (x + 1) % 2")], ["total + (x + 1) % 2"], [(0, 9)],
         "count = count + (x % 2 == 0); y = count"),
        ([("state", 0, "state + (x == 3)")], ["state + (x == 3)"], [(0, 9)], "count = count + (x == 3); y = count"),
        ([("a", 0, "a"), ("total", 0, "total - 2 * x + 1")], ["total - 2 * x + 1 < 0"], [(0, 1)],
         "balance = balance + 2 * x - 1; y = int(balance > 0)"),
        ([("state", 0, "x if x > 3 else state")], ["x if x > 3 else state"], [(0, 9)],
         "last = x if x > 3 else last; y = last"),
        ([("state", 0, "(state + 1) % 3")], ["state"], [(0, 9)], "y = phase; phase = (phase + 1) % 3"),
        ([("state", 0, "state + 1")], ["state * x"], [(0, 9)], "y = steps * x; steps = steps + 1"),
        ([("state", 0, "state | x")], ["state | x"], [(0, 1)], "was_seen = was_seen | x; y = was_seen"),
        ([("state", 0, "state + x")], ["state + x"], [(-3, 9)], "total = total + x; y = total"),
        ([("velocity", 0, "velocity + x"), ("s", 0, "s + (velocity + x)")], ["s + (velocity + x)"], [(-3, 9)],
         "velocity = velocity + x; s = s + velocity; y = s"),
    ],
)  # fmt: skip
def test_equations_become_readable(state, outputs, ranges, text):
    inputs = ("x",) if len(ranges) == 1 else ("x1", "x2")
    program = made(state, outputs, inputs)
    found = readable(program, ranges, symbols(ranges))
    assert loop_line(found) == text
    assert parse_program(found.source) == found


def test_a_name_in_the_way_gets_a_number():
    program = made([("s1", 0, "max(s1, x1)"), ("s2", 0, "max(s2, x2)")], ["max(s1, x1) - max(s2, x2)"], ("x1", "x2"))
    found = readable(program, [(0, 3), (0, 3)], symbols([(0, 3), (0, 3)]))
    assert [v.name for v in found.system.state] == ["running_max", "running_max2"]


UPDATES = EXPRESSIONS.map(lambda e: e.substitute({"y": Variable("state"), "z": Variable("memory")}))


@given(UPDATES, UPDATES, UPDATES, st.integers(-1, 1))
@settings(max_examples=150, deadline=None)
def test_a_readable_program_gives_the_same_outputs(first, second, output, start):
    names = ("state", "memory")
    state = tuple(
        StateVariable(name, start, apply("mod", update, 5)) for name, update in zip(names, (first, second), strict=True)
    )
    program = Program(IntegerSystem(("x",), state, (output,)), Method.SYMBOLIC, "")
    found = readable(program, [(0, 1)], symbols([(0, 1)]))
    words = symbols([(0, 1)] * 6)[:, :, None]
    assert (outputs_of(found, words) == outputs_of(program, words)).all()
    assert parse_program(found.source) == found
    ranges = system_ranges(program.system, [(0, 1)])
    states, _ = program.step(program.start(len(words)), words[:, 0])
    for i, variable in enumerate(program.system.state):
        low, high = ranges[variable.name]
        assert low <= states[:, i].min() <= states[:, i].max() <= high
