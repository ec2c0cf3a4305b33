"""Formulas over all inputs so far: evaluated, written, read back, stored and run."""

from __future__ import annotations

import numpy as np
import pytest

from mips_core.errors import BadInputError
from mips_core.expressions import (
    Counter,
    Element,
    Expression,
    Fold,
    Length,
    Variable,
    apply,
    parse_expression,
    to_latex,
    to_python,
    to_python_int,
)
from mips_core.expressions.history import is_open, remembered
from mips_core.machines.integer_system import IntegerSystem, StateVariable, pruned
from mips_core.machines.records import machine_from_dict, machine_to_dict
from mips_core.programs import Program, parse_program, run_program
from mips_core.regression import Method
from mips_core.stepping import outputs_of, trace

X = Variable("x")
MIRRORED = apply("eq", Element(X, Counter()), Element(X, apply("sub", -1, Counter())))
PALINDROME = Fold("all", MIRRORED, apply("floordiv", Length(X), 2))
TEXTS = {
    "all(seen[i] == seen[-1 - i] for i in range(len(seen) // 2))": PALINDROME,
    "sum(seen[2 * i] for i in range((len(seen) + 1) // 2)) % 2": apply(
        "mod",
        Fold("sum", Element(X, apply("mul", 2, Counter())), apply("floordiv", apply("add", Length(X), 1), 2)),
        2,
    ),
    "seen[len(seen) // 2]": Element(X, apply("floordiv", Length(X), 2)),
    "any(seen_x2[i] > 3 for i in range(len(seen_x2)))": Fold(
        "any", apply("gt", Element(Variable("x2"), Counter()), 3), Length(Variable("x2"))
    ),
}


def program(*outputs: Expression, inputs: tuple[str, ...] = ("x",), state: tuple[StateVariable, ...] = ()) -> Program:
    return Program(IntegerSystem(inputs, state, outputs), Method.SYMBOLIC, "test")


@pytest.mark.parametrize("text", TEXTS)
def test_text_and_tree_are_one(text: str) -> None:
    assert to_python(TEXTS[text]) == text
    assert parse_expression(text) == TEXTS[text]


def test_truth_over_all_inputs_is_made_an_integer_and_a_sum_is_one() -> None:
    assert to_python_int(PALINDROME).startswith("int(all(")
    assert to_python_int(TEXTS["seen[len(seen) // 2]"]) == "seen[len(seen) // 2]"


def test_the_counter_means_nothing_outside() -> None:
    assert is_open(MIRRORED)
    assert not is_open(PALINDROME)
    assert remembered(PALINDROME) == ("x",)


def test_source_is_plain_and_reads_back() -> None:
    made = program(PALINDROME)
    assert made.source.splitlines()[1:] == [
        "def f(xs):",
        "    outputs = []",
        "    seen = []",
        "    for x in xs:",
        "        seen.append(x)",
        "        outputs.append(int(all(seen[i] == seen[-1 - i] for i in range(len(seen) // 2))))",
        "    return outputs",
    ]
    assert made.function([0, 1, 1, 0, 0]) == [1, 0, 0, 1, 0]
    assert parse_program(made.source) == made


def test_registers_and_several_inputs_stand_beside_it() -> None:
    total = StateVariable("total", 5, apply("add", Variable("total"), Variable("x1")))
    made = program(TEXTS["any(seen_x2[i] > 3 for i in range(len(seen_x2)))"], Variable("total"),
                   inputs=("x1", "x2"), state=(total,))  # fmt: skip
    assert parse_program(made.source) == made
    x = np.random.default_rng(0).integers(6, size=(30, 9, 2))
    assert [list(map(tuple, y)) for y in outputs_of(made, x).tolist()] == [
        made.function([tuple(step) for step in row]) for row in x.tolist()
    ]
    assert made.function([(1, 0), (2, 4), (3, 0)]) == [(0, 5), (1, 6), (1, 8)]


@pytest.mark.parametrize("text", [text for text in TEXTS if "x2" not in text])
def test_arrays_and_python_agree_on_a_thousand_steps(text: str) -> None:
    made = program(TEXTS[text])
    x = np.random.default_rng(3).integers(2, size=(2, 1_000, 1))
    x[0, 500:, 0] = x[0, :500, 0][::-1]
    assert outputs_of(made, x)[:, :, 0].tolist() == [made.function(row) for row in x[:, :, 0].tolist()]


def test_states_of_a_trace_are_filled_up() -> None:
    states = trace(program(PALINDROME), np.array([[[7], [8], [7]]])).states
    assert states.tolist() == [[[0, 0, 0], [7, 0, 0], [7, 8, 0], [7, 8, 7]]]


def test_machine_files_and_the_sandbox_take_it() -> None:
    system = program(PALINDROME).system
    assert machine_from_dict(machine_to_dict(system)) == system
    assert pruned(system) == system
    ran = run_program(program(PALINDROME).source, [[(1,), (0,), (1,)]], input_width=1, output_width=1)
    assert ran.results == ([(1,), (0,), (1,)],)


def test_long_lines_are_not_cut_inside_a_loop() -> None:
    long = apply("lt", apply("add", apply("mul", 123, MIRRORED), apply("mul", 4567, MIRRORED)), 4321)
    made = program(Fold("sum", long, apply("floordiv", Length(X), 2)))
    assert parse_program(made.source) == made
    assert made.function([1, 1, 0]) == [0, 0, 1]


def test_mathematics_shows_the_range() -> None:
    assert "all" in to_latex(PALINDROME)
    assert r"\frac{t}{2}" in to_latex(PALINDROME)


@pytest.mark.parametrize(
    "line",
    ["outputs.append(seen[0])", "seen.append(x + 1)\n        outputs.append(seen[0])"],
)
def test_a_list_that_is_not_fed_first_is_refused(line: str) -> None:
    text = f"def f(xs):\n    outputs = []\n    seen = []\n    for x in xs:\n        {line}\n    return outputs\n"
    with pytest.raises(BadInputError, match="appended to seen"):
        parse_program(text)
