"""Programs with loops: their text is what black would make of it, means what their trees say, and is read back."""

import ast

import black
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loop_trees import FOUR, grids, integers, lists, programs, truths

from mips_core.errors import BadInputError
from mips_core.expressions import Constant, Variable, apply
from mips_core.expressions.evaluate_loops import evaluate_loops
from mips_core.expressions.loops import (
    Aggregate,
    Columns,
    Count,
    Integer,
    Item,
    Listed,
    Nothing,
    Occurrences,
    Position,
    Reduce,
    Several,
    Slice,
    bound_twice,
    each,
    free_names,
    item,
)
from mips_core.programs.loops import Append, Assign, For, If, LoopProgram, Return
from mips_core.programs.loops.emit import loop_text
from mips_core.programs.loops.parse import parse_loop_program
from mips_core.programs.subset import checked

QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck))
X, N, AT, ROW = Variable("x"), Variable("n"), Variable("i"), item("x", "row")
ERRORS = (IndexError, ValueError, TypeError, ZeroDivisionError)


def program(*body, parameters=("x",), **options):
    return LoopProgram(parameters, body, "Distilled from a network.", **options)


def lines_of(text):
    """The lines of the body of ``f``."""
    return [line[4:] for line in text.splitlines()[2:]]


@settings(QUICK, max_examples=10)
@given(programs(depth=3))
def test_the_text_is_read_back_stays_as_it_is_in_black_and_lies_in_the_subset(made):
    text = made.source
    assert parse_loop_program(text) == made
    assert black.format_str(text, mode=black.Mode()) == text
    checked(text)


NUMBERS = st.integers(-2, 6)
ROWS = st.integers(1, 3).flatmap(lambda w: st.lists(st.lists(NUMBERS, min_size=w, max_size=w), min_size=1, max_size=3))


@settings(QUICK, max_examples=60)
@given(
    st.one_of(integers(FOUR, 2), truths(FOUR, 2), lists(FOUR, 2), grids(FOUR, 2)),
    NUMBERS,
    st.lists(NUMBERS, max_size=4),
    ROWS,
)
def test_the_text_means_what_the_evaluator_computes(expression, size, x, grid):
    if bound_twice(expression, free_names(expression)):
        return
    values = {"size": size, "number_of_cells": size + 1, "x": x, "weights": x[::-1], "grid": grid}
    try:
        found = eval(loop_text(expression), values)
    except ERRORS as error:
        with pytest.raises(type(error)):
            evaluate_loops(expression, values)
        return
    try:
        expected = evaluate_loops(expression, values)
    except ERRORS:  # in a part that Python skips, as any() does once it knows
        assert any(word in loop_text(expression) for word in ("any(", "all("))
        return
    assert plain(found) == plain(expected)


def plain(value):
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def test_the_index_of_the_largest():
    top = Variable("top")
    largest = program(
        Assign("top", Aggregate("max", X)),
        Return(apply("where", apply("eq", Occurrences(X, top), 1), Position(X, top), Nothing())),
        claim="Return the index of the largest number, None for a tie.",
    )
    assert largest.source == (
        "# Distilled from a network.\n"
        "def f(x):\n"
        '    """Return the index of the largest number, None for a tie."""\n'
        "    top = max(x)\n"
        "    return x.index(top) if x.count(top) == 1 else None\n"
    )
    assert (largest.function([0.5, 2.5, 1.0]), largest.function([3, 1, 3])) == (1, None)
    assert (largest.lines, largest.longest_literal) == (3, 0)


def test_vertical_or_horizontal():
    columns = Columns(X)
    upright = program(
        Assign(
            "column_sum", Listed(Aggregate("sum", Item(columns, Variable("column"))), each("column", Count(columns)))
        ),
        Assign("row_sum", Listed(Aggregate("sum", item("x", "row")), each("row", Count(X)))),
        Return(Integer(apply("gt", Aggregate("max", Variable("column_sum")), Aggregate("max", Variable("row_sum"))))),
    )
    assert lines_of(upright.source) == [
        "column_sum = [sum(column) for column in zip(*x)]",
        "row_sum = [sum(row) for row in x]",
        "return int(max(column_sum) > max(row_sum))",
    ]
    assert upright.function([[0, 1, 0], [0, 1, 0]]) == 1
    assert upright.function([[0, 0, 0], [1, 1, 0]]) == 0


def automaton():
    after = apply("and", apply("rshift", Variable("rule"), Variable("number")), 1)
    left, here, right = (
        item("cells", place) for place in (apply("sub", AT, 1), AT, apply("mod", apply("add", AT, 1), N))
    )
    number = apply(
        "add", apply("add", apply("mul", 4, Variable("left")), apply("mul", 2, Variable("here"))), Variable("right")
    )
    loop = For(
        each("i", N),
        (Assign(("left", "here", "right"), (left, here, right)), Assign("number", number), Append("after", after)),
    )
    return program(
        Assign("n", Count(Variable("cells"))),
        Assign("after", Several()),
        loop,
        Return(Variable("after")),
        parameters=("cells", "rule"),
    )


def test_a_row_of_cells_and_a_rule():
    made = automaton()
    assert lines_of(made.source) == [
        "n = len(cells)",
        "after = []",
        "for i in range(n):",
        "    left, here, right = cells[i - 1], cells[i], cells[(i + 1) % n]",
        "    number = 4 * left + 2 * here + right",
        "    after.append((rule >> number) & 1)",
        "return after",
    ]
    assert made.function([0, 1, 0, 0, 1], 110) == [1, 1, 0, 1, 1]
    assert made.lines == 8
    assert made.longest_literal == 3
    assert parse_loop_program(made.source) == made


def test_a_grid_on_a_torus_has_its_long_sum_broken_as_black_does():
    height, width = Variable("h"), Variable("w")
    down, across = (
        apply("mod", apply("add", AT, Variable("a")), height),
        apply("mod", apply("add", Variable("j"), Variable("b")), width),
    )
    total = Reduce("sum", item("grid", down, across), (each("a", 2, start=-1), each("b", 2, start=-1)))
    lives = apply(
        "or",
        apply("eq", Variable("total"), 3),
        apply("and", apply("eq", Variable("total"), 4), apply("eq", item("grid", "i", "j"), 1)),
    )
    life = program(
        Assign(("h", "w"), (Count(Variable("grid")), Count(item("grid", 0)))),
        Assign("after", Several()),
        For(
            each("i", height),
            (
                Assign("line", Several()),
                For(each("j", width), (Assign("total", total), Append("line", Integer(lives)))),
                Append("after", Variable("line")),
            ),
        ),
        Return(Variable("after")),
        parameters=("grid",),
    )
    assert lines_of(life.source)[5:11] == [
        "        total = sum(",
        "            grid[(i + a) % h][(j + b) % w]",
        "            for a in range(-1, 2)",
        "            for b in range(-1, 2)",
        "        )",
        "        line.append(int(total == 3 or total == 4 and grid[i][j] == 1))",
    ]
    blinker = [[0, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0]]
    assert life.function(blinker) == [list(column) for column in zip(*blinker, strict=True)]
    assert black.format_str(life.source, mode=black.Mode()) == life.source


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (Reduce("sum", apply("gt", item("x", "v"), 0), (each("v", Count(X)),)), "sum(v > 0 for v in x)"),
        (Reduce("sum", item("x", "i"), (each("i", N),)), "sum(x[i] for i in range(n))"),
        # The place itself is read too, or a neighbour, or an element before the first is left out: a count stays one.
        (Listed(apply("mul", item("x", "i"), AT), each("i", Count(X))), "[x[i] * i for i in range(len(x))]"),
        (Reduce("sum", item("x", apply("sub", AT, 1)), (each("i", Count(X)),)), "sum(x[i - 1] for i in range(len(x)))"),
        (Reduce("sum", item("x", "i"), (each("i", Count(X), start=1),)), "sum(x[i] for i in range(1, len(x)))"),
        (
            Reduce("any", apply("eq", item(ROW, "v"), 2), (each("row", Count(X)), each("v", Count(ROW)))),
            "any(v == 2 for row in x for v in row)",
        ),
        (
            Listed(Listed(apply("add", item(ROW, "v"), 1), each("v", Count(ROW))), each("row", Count(X))),
            "[[v + 1 for v in row] for row in x]",
        ),
        (Listed(item("x", "v"), each("v", Count(X), apply("ne", item("x", "v"), 0))), "[v for v in x if v != 0]"),
        (apply("and", apply("lt", 2, N), apply("le", N, 5)), "2 < n <= 5"),
        (apply("eq", Reduce("any", apply("eq", AT, N), (each("i", N),)), 0), "not any(i == n for i in range(n))"),
        (Slice(X, Constant(2)), "x[2:]"),
        (Slice(X, None, apply("sub", N, 1)), "x[: n - 1]"),
        (Slice(X, apply("neg", N), Count(X)), "x[-n : len(x)]"),
        (Slice(X, apply("neg", N), Constant(-1)), "x[-n:-1]"),
        (Slice(X), "x[:]"),
        (item("x", -1, 0), "x[-1][0]"),
        (apply("mul", Several((Constant(0),)), N), "[0] * n"),
        (Columns(X), "list(zip(*x))"),
        (apply("rshift", N, apply("add", AT, 1)), "n >> (i + 1)"),
        (apply("neg", 3), "-int(3)"),
    ],
)  # fmt: skip
def test_expressions_are_spelt_as_a_person_would(expression, text):
    assert loop_text(expression) == text
    made = program(Return(expression), parameters=("x", "n", "i")) if "i" in free_names(expression) else None
    made = made or program(Return(expression), parameters=("x", "n"))
    assert parse_loop_program(made.source) == made


def test_names_that_hold_truth_values_are_joined_by_words():
    tall, wide = Variable("tall"), Variable("wide")
    made = program(
        Assign(("tall", "wide"), (apply("gt", Count(X), 3), apply("lt", N, 3))),
        Assign("size", apply("add", N, 1)),
        If(apply("and", tall, apply("eq", wide, 0)), (Return(Constant(1)),)),
        Return(apply("or", Variable("size"), N)),
        parameters=("x", "n"),
    )
    assert lines_of(made.source)[2:] == ["if tall and not wide:", "    return 1", "return size | n"]
    assert parse_loop_program(made.source) == made
    # Numbers joined by words keep Python's meaning, which is another than that of the bits.
    words = parse_loop_program("def f(n):\n    m = n + 1\n    return n and m\n")
    assert (words.function(2), words.function(0)) == (3, 0)


def test_a_list_that_grows_while_a_loop_goes_over_it_is_picked_from():
    grows = program(
        Assign("seen", Several((Constant(1),))),
        For(each("i", Count(Variable("seen"))), (Append("seen", item("seen", "i")),)),
        Return(Variable("seen")),
    )
    assert "for i in range(len(seen)):" in grows.source
    assert grows.function([]) == [1, 1]
    with pytest.raises(BadInputError, match=r"Line 3: .*does not change"):
        parse_loop_program("def f(x):\n    s = [1]\n    for v in s:\n        s.append(v)\n    return s\n")


def test_elif_and_else_are_read_back():
    text = (
        "# Made up.\n"
        "def f(x, n):\n"
        "    found = []\n"
        "    for v in x:\n"
        "        if v > n:\n"
        "            found.append(1)\n"
        "        elif v == n:\n"
        "            found.append(0)\n"
        "        else:\n"
        "            n = n - 1\n"
        "    return found\n"
    )
    with pytest.raises(BadInputError, match="n gets another value"):
        parse_loop_program(text)
    text = text.replace("            n = n - 1\n", "            found.append(-1)\n")
    made = parse_loop_program(text)
    assert made.source == text
    assert made.function([1, 2, 3], 2) == [-1, 0, 1]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return y", "Line 2: expected a name that has a value here, found 'y'"),
        ("return x.pop()", "Line 2: Cannot read 'x.pop\\(\\)'"),
        ("return x[::2]", "Line 2: expected a slice without a step"),
        ("return 'a'", "Line 2: expected an integer or None"),
        ("return 1.5", "Line 2: expected an integer or None"),
        ("while x:\n        x = 1", "Line 2: expected an assignment, a for loop"),
        ("for a, b in x:\n        return a", "Line 2: expected one name"),
        ("n = 1\n    return [n for n in x]", "Line 3: expected a name that means nothing else"),
        ("n, m = x\n    return n", "Line 2: expected names, and one value for each"),
        ("return x,", "Line 2: "),
        ("for i in range(3):\n        y = i\n    return y", "y is read before it has a value"),
        ("x = 3\n    return x", "x gets another value"),
        ("return (", "cannot be read"),
        ("return len", "Line 2: expected a name that has a value"),
        ("def g():\n        return 1", "Line 2: expected an assignment"),
    ],
)
def test_what_is_no_program_of_this_kind_is_refused_by_line(body, message):
    with pytest.raises(BadInputError, match=message):
        parse_loop_program(f"def f(x):\n    {body}\n")


@pytest.mark.parametrize(
    "text", ["", "x = 1\n", "def f(*x):\n    return 1\n", "def f(x=1):\n    return x\n", "import os\n"]
)
def test_a_module_holds_one_function_of_plain_names(text):
    with pytest.raises(BadInputError):
        parse_loop_program(text)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ((Return(Variable("y")),), "y is read before"),
        ((Assign("len", Constant(1)), Return(X)), "'len' cannot be the name"),
        ((Return(Listed(X, each("x", Constant(2)))),), "x is bound by a loop"),
        ((Append("out", X), Return(X)), "out is appended to before"),
        ((If(apply("gt", Count(X), 1), (Assign("y", Constant(1)),)), Return(Variable("y"))), "y is read before"),
    ],
)
def test_names_are_looked_at(body, message):
    with pytest.raises(ValueError, match=message):
        program(*body)


def test_literals_and_lines_are_counted():
    table = Several(tuple(Several((Constant(i), Constant(1))) for i in range(4)))
    made = program(Return(item(table, 0, 1)), claim="First line.\n\nMore of it.")
    assert made.longest_literal == 8
    assert made.lines == 2
    assert made.nodes == sum(
        isinstance(node, ast.stmt | ast.expr | ast.arg)
        for node in ast.walk(ast.parse("def f(x):\n    return [[0, 1], [1, 1], [2, 1], [3, 1]][0][1]"))
    )
