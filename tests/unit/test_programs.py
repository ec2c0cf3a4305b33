"""Programs as text: black leaves it alone, it reads back exactly, and it computes what the equations say."""

import keyword
from dataclasses import replace

import black
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.expressions import Apply, Constant, Lookup, Table, Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.programs import Program, emit, is_table, parse_program, table_program
from mips_core.programs.naming import RESERVED, one_line
from mips_core.programs.order import statements
from mips_core.programs.subset import checked
from mips_core.regression.method import Method
from mips_core.stepping import outputs_of

X, TOTAL, A, B = map(Variable, ("x", "total", "a", "b"))
SUM = apply("add", TOTAL, X)


def program(state, outputs, inputs=("x",), named=(), origin="Distilled from a test", method=Method.SYMBOLIC):
    variables = tuple(StateVariable(*v) for v in state)
    return Program(IntegerSystem(tuple(inputs), variables, tuple(outputs), tuple(named)), method, origin)


def body(made):
    return [line.strip() for line in made.source.split(" in xs:\n")[1].splitlines()[:-1]]


def by_black(text):
    return black.format_str(text, mode=black.Mode())


# Updates stay bounded, so that int64 and Python integers agree over many steps.
NAMES = ("x", "y", "p", "q", "r")


def expressions(names):
    leaves = st.one_of(st.integers(-9, 9).map(Constant), st.sampled_from([Variable(n) for n in names]))
    table = Table("STEP", tuple(((i,), (i * i) % 5) for i in range(7)))
    binary = ("add", "sub", "mul", "min", "max", "lt", "eq", "and", "xor")

    def extend(children):
        return st.one_of(
            st.builds(lambda n, a, b: Apply(n, (a, b)), st.sampled_from(binary), children, children),
            st.builds(lambda c, a, b: Apply("where", (c, a, b)), children, children, children),
            st.builds(lambda e, m: apply("mod", e, m), children, st.integers(2, 9)),
            st.builds(lambda e: Lookup(table, (apply("mod", e, 7),)), children),
        )

    return st.recursive(leaves, extend, max_leaves=12)


@st.composite
def systems(draw):
    inputs = NAMES[: draw(st.integers(1, 2))]
    state = NAMES[2 : 2 + draw(st.integers(0, 3))]
    formulas = expressions((*inputs, *state))
    named = ()
    if draw(st.booleans()):
        named = (("part", draw(formulas)),)
        formulas = expressions((*inputs, *state, "part"))
    updates = [draw(formulas) for _ in state]
    bounded = [u if isinstance(u, Variable) else apply("mod", u, 1000) for u in updates]
    outputs = [draw(formulas) for _ in range(draw(st.integers(1, 2)))]
    if bounded and draw(st.booleans()):
        outputs[0] = bounded[0]
    if len(bounded) > 1 and draw(st.booleans()):
        bounded[1] = apply("mod", apply("add", bounded[0], Variable(state[-1])), 1000)
    variables = tuple(StateVariable(n, i, u) for i, (n, u) in enumerate(zip(state, bounded, strict=True)))
    return IntegerSystem(inputs, variables, tuple(outputs), named)


@given(systems(), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_text_is_stable_reads_back_and_computes_the_equations(system, seed):
    made = Program(system, Method.SYMBOLIC, "Distilled from a random system")
    assert by_black(made.source) == made.source
    assert parse_program(made.source) == made
    x = np.random.default_rng(seed).integers(-3, 9, size=(5, 8, len(system.inputs)))
    expected = outputs_of(system, x)
    assert np.array_equal(outputs_of(made, x), expected)
    for row, wanted in zip(x.tolist(), expected.tolist(), strict=True):
        given_row = [step[0] for step in row] if x.shape[2] == 1 else [tuple(step) for step in row]
        found = made.function(given_row)
        assert found == ([w[0] for w in wanted] if len(wanted[0]) == 1 else [tuple(w) for w in wanted])
    assert made.function([]) == []


def test_new_value_is_appended_after_the_update():
    assert body(program([("total", 0, SUM)], [SUM])) == ["total = total + x", "outputs.append(total)"]
    made = program([("total", 0, SUM)], [apply("mod", SUM, 10)])
    assert body(made) == ["total = total + x", "outputs.append(total % 10)"]


def test_old_value_is_appended_before_the_update():
    made = program([("previous", 0, X)], [apply("lt", Variable("previous"), X)])
    assert body(made) == ["outputs.append(int(previous < x))", "previous = x"]


def test_locals_read_new_values_where_that_shortens_them():
    new = apply("add", A, X)
    made = program([("a", 0, new), ("b", 0, Variable("big"))], [Variable("big")], named=[("big", apply("max", new, B))])
    assert body(made) == ["a = a + x", "b = max(a, b)", "outputs.append(b)"]
    assert made.function([2, -1, 3]) == [2, 2, 4]


def test_shift_register_moves_in_one_line_after_it_is_read():
    made = program([("a", 0, X), ("b", 0, A)], [apply("add", B, X)])
    assert body(made) == ["outputs.append(b + x)", "a, b = x, a"]


def test_what_no_order_satisfies_is_assigned_at_once():
    made = program([("a", 0, B), ("b", 1, apply("add", A, B))], [A])
    assert body(made) == ["outputs.append(a)", "a, b = b, a + b"]
    assert made.function([7] * 7) == [0, 1, 1, 2, 3, 5, 8]


def test_a_line_never_mixes_old_and_new():
    update = apply("add", A, X)
    made = program([("a", 0, update)], [apply("sub", apply("mul", update, 2), A)])
    assert body(made) == ["outputs.append((a + x) * 2 - a)", "a = a + x"]
    assert made.function([1, 2, 3]) == [2, 5, 9]


def test_a_variable_that_keeps_its_value_has_no_line():
    made = program([("a", 5, A)], [apply("add", A, X)])
    assert body(made) == ["outputs.append(a + x)"]
    assert parse_program(made.source) == made


def test_names_hide_nothing():
    words = ("max", "class", "xs", "f", "outputs", "match", "a b", "3", "_", "é", "x" * 99, "None")
    state = [(w, 0, apply("add", Variable(w), X)) for w in words]
    made = program(state, [apply("max", Variable(words[0]), X)])
    names = [v.name for v in made.system.state]
    assert len(set(names)) == len(words)
    assert all(n.isidentifier() and n.isascii() and n not in RESERVED and not keyword.iskeyword(n) for n in names)
    assert by_black(made.source) == made.source
    assert parse_program(made.source) == made
    assert made.function([3, 4]) == [3, 4]


def test_unread_inputs_are_underscored():
    count = apply("add", Variable("count"), 1)
    assert "for _ in xs:" in program([("count", 0, count)], [count]).source
    assert "for _a, b in xs:" in program([], [B], inputs=("a", "b")).source
    clash = program([], [Variable("_a")], inputs=("a", "_a"))
    assert clash.function([(1, 2)]) == [2]
    assert parse_program(clash.source) == clash


def test_tables_of_one_name_stay_apart():
    one, two = Table("T", (((0,), 1), ((1,), 0))), Table("T", (((0,), 5), ((1,), 6)))
    made = program([], [Lookup(one, (X,)), Lookup(two, (X,))])
    assert made.function([0, 1]) == [(1, 5), (0, 6)]
    assert by_black(made.source) == made.source
    assert parse_program(made.source) == made


def test_many_inputs_outputs_and_long_keys_are_wrapped():
    names = [f"input_number_{i}" for i in range(12)]
    row = tuple(range(100, 118))
    table = Table("LONG", ((row, 1), (tuple(range(18)), 2)))
    made = program([], [*map(Variable, names), Lookup(table, tuple(Constant(i) for i in range(18)))], inputs=names)
    assert by_black(made.source) == made.source
    assert parse_program(made.source) == made
    assert made.function([tuple(range(12))]) == [(*range(12), 2)]


def test_long_simultaneous_assignment_is_split():
    names = [f"a_rather_long_name_{i}" for i in range(6)]
    state = [(n, i, apply("add", Variable(names[(i + 1) % 6]), X)) for i, n in enumerate(names)]
    made = program(state, [Variable(names[0])])
    assert max(map(len, made.source.splitlines())) <= 88
    assert by_black(made.source) == made.source
    assert parse_program(made.source) == made
    assert made.function([1] * 8) == [0, 2, 4, 6, 8, 10, 6, 8]


def test_a_local_that_is_an_update_is_written_in_place():
    new = Variable("new")
    made = program([("total", 0, new)], [apply("mod", new, 10)], named=(("new", SUM),))
    assert body(made) == ["total = total + x", "outputs.append(total % 10)"]
    chained = program(
        [("a", 0, Variable("p")), ("b", 0, Variable("q"))],
        [apply("add", Variable("p"), Variable("q"))],
        named=(("p", apply("add", A, X)), ("q", apply("mul", Variable("p"), 2))),
    )
    assert body(chained) == ["a = a + x", "b = a * 2", "outputs.append(a + b)"]
    assert parse_program(chained.source) == chained


def test_a_part_is_never_named_that_is_written_as_a_variable():
    update = apply("mod", apply("add", 0, 0), 1000)
    zero = Apply("where", (Constant(0), Constant(0), Constant(0)))
    other = Apply("where", (zero, zero, Apply("where", (Constant(0), Constant(0), Constant(-1)))))
    made = program([("p", 0, update)], [update, apply("mod", apply("mod", other, 22222), 222222222222)])
    assert parse_program(made.source) == made
    assert by_black(made.source) == made.source


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "a\nb\rc\x0cd\u2028e",
        "fmt: off",
        "coding: latin-9",
        "x" * 500,
        "!shebang",
        "nul \0",
        "(method: linear)",
        "ü",
    ],
)
def test_any_origin_is_one_comment_line(origin):
    made = program([], [X], origin=origin)
    assert by_black(made.source) == made.source
    assert len(made.source.splitlines()[0]) <= 88
    assert parse_program(made.source) == made
    assert one_line(made.origin) == made.origin
    assert made.function([4]) == [4]


def test_source_does_not_depend_on_the_caller():
    system = IntegerSystem(("x",), (StateVariable("total", 0, SUM),), (SUM,))
    assert emit(system, "here") == emit(system, "here")
    assert Program(system, Method.LINEAR, "here").source.startswith("# here [linear]\ndef f(xs):\n")
    assert statements(system)[0].targets == ("total",)


def test_other_spellings_are_read():
    text = '''def f(numbers):
    """Running sum, and the count so far."""
    total, n = 0, 0
    result = []
    for value in numbers:
        total += value
        n = n + 1
        result.append((total, n))
    return result
'''
    made = parse_program(text)
    assert made.function([1, 2, 3]) == [(1, 1), (3, 2), (6, 3)]
    assert made.method is Method.SYMBOLIC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "import os",
        "def f(xs):\n    return xs",
        "def g(xs):\n    outputs = []\n    for x in xs:\n        outputs.append(x)\n    return outputs",
        "def f(xs):\n    outputs = []\n    for x in xs:\n        pass\n    return outputs",
        "def f(xs):\n    outputs = []\n    for x in xs:\n        outputs.append(x ** 2)\n    return outputs",
        "def f(xs):\n    outputs = []\n    for x in ys:\n        outputs.append(x)\n    return outputs",
        "def f(xs):\n    outputs = []\n    for x in xs:\n        outputs.append(x)\n    return xs",
        "def f(xs:\n",
        "T = [x]\n",
    ],
)
def test_programs_of_another_shape_are_refused(text):
    with pytest.raises(BadInputError):
        parse_program(text)


# --- tables -------------------------------------------------------------------------------------


def counter(states):
    steps = np.arange(states)
    next_state = np.stack([steps, (steps + 1) % states], axis=1)
    return MealyMachine(next_state, (next_state * 3)[:, :, None], np.array([[0], [1]]))


def test_table_of_a_machine_is_exact():
    rng = np.random.default_rng(0)
    symbols = np.array([[i, j] for i in (2, 5) for j in (-1, 0, 7)])
    machine = MealyMachine(rng.integers(0, 4, (4, 6)), rng.integers(0, 9, (4, 6, 2)), symbols, 2)
    made = table_program(machine, "a random machine")
    x = symbols[rng.integers(0, 6, (20, 15))]
    assert np.array_equal(outputs_of(made, x), outputs_of(machine, x))
    assert made.method is Method.TABLE
    assert by_black(made.source) == made.source
    assert parse_program(made.source) == made
    with pytest.raises(KeyError):
        made.function([(3, 3)])


def test_table_hangs_outputs_on_the_state_when_it_can():
    made = table_program(counter(6), "a counter")
    assert "outputs.append(OUTPUT[state])" in made.source
    identity = counter(6)
    made = table_program(MealyMachine(identity.next_state, identity.next_state[:, :, None], identity.symbols), "x")
    assert "OUTPUT" not in made.source
    assert made.function([1] * 7) == [1, 2, 3, 4, 5, 0, 1]


def test_table_without_memory_has_no_state():
    machine = MealyMachine(np.array([[0, 0]]), np.array([[[4], [5]]]), np.array([[0], [1]]))
    made = table_program(machine, "no memory")
    assert made.system.state == ()
    assert made.function([0, 1, 1]) == [4, 5, 5]


def test_large_table():
    rng = np.random.default_rng(1)
    symbols = np.arange(100)[:, None]
    machine = MealyMachine(rng.integers(0, 100, (100, 100)), rng.integers(0, 10, (100, 100, 1)), symbols)
    made = table_program(machine, "large")
    x = rng.integers(0, 100, (3, 40, 1))
    assert [made.function(row[:, 0].tolist()) for row in x] == outputs_of(machine, x)[:, :, 0].tolist()
    assert len(made.source) < 500_000


# --- the rule for the word "table" ----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "T = [1, 2, 3, 4, 5, 6, 7, 8, 9]",
        "T = [[1, 2, 3], [4, 5, 6], [7, 8, -9]]",
        "T = {(0, 0): 1, (0, 1): 1, (1, 0): 0}",
        "def f(xs):\n    return ['0110100110'[x] for x in xs]",
        "def f(x):\n" + "".join(f"    if x == {i}:\n        return {i * i % 7}\n" for i in range(9)),
        "def f(x):\n    if x == 0:\n        y = 1\n"
        + "".join(f"    elif x == {i}:\n        y = {i}\n" for i in range(1, 9)),
        "def f(x):\n    return " + "".join(f"{i} if x == {i} else " for i in range(9)) + "0",
        "def f(x):\n    return " + " + ".join(f"(x == {i}) * {i}" for i in range(9)),
        "def f(x):\n    match x:\n" + "".join(f"        case {i}:\n            return 1\n" for i in range(9)),
    ],
)
def test_tables_by_the_rule(text):
    assert is_table(text)


@pytest.mark.parametrize(
    "text",
    [
        "T = [1, 2, 3, 4, 5, 6, 7, 8]",
        '"""A long documentation string of a module."""\n',
        "def f(xs):\n    a, b, c, d, e, g, h, i, j, k = xs\n    return [a, b, c, d, e, g, h, i, j, k]",
        "def f(x):\n" + "".join(f"    if x == {i}:\n        return {i}\n" for i in range(8)),
        "def f(x):\n    return x % 2 + 3 * x - 4 * (x < 5) + 6 // 7 + 8 - 9 + 10",
    ],
)
def test_formulas_by_the_rule(text):
    assert not is_table(text)


def test_a_program_that_is_a_table_is_called_one():
    chain = X
    for i in range(9):
        chain = apply("where", apply("eq", X, i), (i * i) % 7, chain)
    assert program([], [chain]).method is Method.TABLE
    assert program([], [apply("add", X, 1)], method=Method.LINEAR).method is Method.LINEAR


TEXTS = st.text(st.characters(codec="utf-8"), max_size=300)


@given(TEXTS)
@settings(deadline=None, max_examples=60)
def test_any_claim_is_a_docstring_that_black_leaves_alone_and_that_reads_back(text):
    made = replace(program([("s", 0, apply("add", Variable("s"), X))], [Variable("s")]), claim=text)
    assert by_black(made.source) == made.source
    assert parse_program(made.source) == made
    assert checked(made.source)
    assert made.function([1, 2]) == [0, 1]
    assert all(len(line) <= 88 for line in made.source.splitlines())


def test_a_short_claim_takes_one_line():
    made = replace(program([], [X]), claim="Agrees with the network.")
    assert made.source.splitlines()[2] == '    """Agrees with the network."""'
