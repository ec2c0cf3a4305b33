"""Expressions as text and as mathematics: what is written is what is computed, and is read back exactly."""

import ast
import contextlib

import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.expressions import (
    OPERATORS,
    Apply,
    Constant,
    Lookup,
    Table,
    Variable,
    apply,
    evaluate,
    parse_expression,
    to_latex,
    to_python,
    to_python_int,
    to_sympy,
)
from mips_core.expressions.python import gives_bool

A, B, C = Variable("a"), Variable("b"), Variable("c")
PARITY = Table("PARITY", tuple(((i, j), (i + j) % 2) for i in (0, 1) for j in (0, 1)))
DIVIDING = ("floordiv", "mod")


def extend(children):
    # Divisors are constants other than zero: NumPy and Python do not agree on a division by zero.
    divisors = st.integers(-9, 9).filter(bool).map(Constant)
    plain = [name for name in OPERATORS if name not in (*DIVIDING, "rshift")]
    bits = st.builds(lambda e: apply("mod", e, 2), children)
    return st.one_of(
        st.sampled_from(plain).flatmap(
            lambda name: st.tuples(*[children] * OPERATORS[name].arity).map(lambda parts: Apply(name, parts))
        ),
        st.builds(lambda name, a, b: Apply(name, (a, b)), st.sampled_from(DIVIDING), children, divisors),
        st.builds(lambda a, b: apply("rshift", a, b), children, st.integers(0, 9)),
        st.builds(lambda a, b: Lookup(PARITY, (a, b)), bits, bits),
    )


LEAVES = st.one_of(st.integers(-20, 20).map(Constant), st.sampled_from([A, B, C]))
EXPRESSIONS = st.recursive(LEAVES, extend, max_leaves=10)
VALUES = st.integers(-12, 12)


@given(EXPRESSIONS, st.tuples(VALUES, VALUES, VALUES))
def test_text_means_what_evaluate_computes_and_reads_back(expression, values):
    columns = {name: np.array([value], dtype=np.int64) for name, value in zip("abc", values, strict=True)}
    expected = int(evaluate(expression, columns, 1)[0])
    text = to_python_int(expression)
    names = dict(zip("abc", values, strict=True)) | {"PARITY": PARITY.mapping}
    found = eval(text, {}, names)
    assert type(found) is int
    assert found == expected
    assert parse_expression(to_python(expression), {"PARITY": PARITY}) == expression
    assert parse_expression(text, {"PARITY": PARITY}) == expression


@given(EXPRESSIONS)
def test_brackets_are_needed(expression):
    bits = [node for node in expression.walk() if isinstance(node, Apply) and node.name in ("and", "or", "xor")]
    assume(not any(isinstance(a, Apply) and a.name != node.name for node in bits for a in node.arguments))
    shifts = [node for node in expression.walk() if isinstance(node, Apply) and node.name == "rshift"]
    assume(not any(isinstance(a, Apply) for node in shifts for a in node.arguments))
    text = to_python(expression)
    tree = ast.dump(ast.parse(text))
    opened = [i for i, c in enumerate(text) if c == "(" and (i == 0 or not (text[i - 1].isalnum()))]
    for start in opened:
        depth = 0
        for end in range(start, len(text)):
            depth += (text[end] == "(") - (text[end] == ")")
            if depth == 0:
                break
        shorter = text[:start] + text[start + 1 : end] + text[end + 1 :]
        with contextlib.suppress(SyntaxError):
            assert ast.dump(ast.parse(shorter)) != tree


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (apply("mod", apply("neg", A), 3), "-a % 3"),
        (apply("neg", apply("mod", A, 3)), "-(a % 3)"),
        (apply("lt", apply("lt", A, B), C), "(a < b) < c"),
        (apply("add", apply("lt", A, B), C), "(a < b) + c"),
        (apply("sub", A, apply("sub", B, C)), "a - (b - c)"),
        (apply("floordiv", A, apply("mul", B, C)), "a // (b * c)"),
        (apply("mul", apply("floordiv", A, B), C), "a // b * c"),
        (apply("and", A, apply("eq", B, C)), "a & (b == c)"),
        (apply("add", apply("and", A, B), C), "(a & b) + c"),
        (
            apply("where", apply("where", A, B, C), A, apply("where", B, C, A)),
            "a if (b if a else c) else c if b else a",
        ),
        (apply("neg", apply("neg", A)), "--a"),
        (apply("xor", A, apply("and", B, C)), "a ^ (b & c)"),
        (apply("xor", apply("xor", A, B), apply("sub", 1, C)), "a ^ b ^ (1 - c)"),
        (apply("max", apply("max", A, B), C), "max(a, b, c)"),
        (apply("max", A, apply("max", B, C)), "max(a, max(b, c))"),
        (apply("or", apply("eq", A, 1), apply("eq", A, 4)), "a in (1, 4)"),
        (apply("and", apply("and", apply("ne", A, 1), apply("ne", A, 4)), apply("ne", A, -2)), "a not in (1, 4, -2)"),
        (apply("or", apply("eq", A, 1), apply("eq", B, 4)), "a == 1 or b == 4"),
        (
            apply("and", apply("or", apply("lt", A, 1), apply("eq", B, 4)), apply("lt", A, B)),
            "(a < 1 or b == 4) and a < b",
        ),
        (apply("neg", 3), "-int(3)"),
        (Constant(-3), "-3"),
        (apply("sub", A, -3), "a - -3"),
    ],
)
def test_brackets_and_signs(expression, text):
    assert to_python(expression) == text
    assert parse_expression(text) == expression


def test_truth_values_leave_as_integers():
    assert to_python_int(apply("lt", A, B)) == "int(a < b)"
    assert to_python_int(apply("and", apply("lt", A, B), apply("eq", A, C))) == "int(a < b and a == c)"
    assert to_python_int(apply("and", apply("lt", A, B), C)) == "(a < b) & c"
    assert to_python_int(apply("where", A, apply("lt", A, B), 2)) == "int(a < b if a else 2)"
    assert to_python_int(apply("or", apply("lt", A, B), apply("where", A, apply("lt", A, B), 2))) == (
        "int((a < b) | (a < b if a else 2))"
    )
    assert not gives_bool(apply("abs", apply("lt", A, B)))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a < b < c", "(a < b) & (b < c)"),
        ("a < b and b < c", "(a < b) & (b < c)"),
        ("a < b or a == c", "(a < b) | (a == c)"),
        ("a and b", "b if a else 0"),
        ("a or b", "a if a else b"),
        ("not a", "a == 0"),
        ("max(a, b, c)", "max(max(a, b), c)"),
        ("+a + True", "a + 1"),
        ("bool(a)", "a != 0"),
        (" ((a)) ", "a"),
    ],
)
def test_equal_spellings(text, same):
    assert parse_expression(text) == parse_expression(same)


@pytest.mark.parametrize("text", ["a ** 2", "a.b", "f(a)", "a[0]", "1.5", "'a'", "a <", "[a]", "lambda: a", "a\0"])
def test_what_expressions_cannot_say_is_refused(text):
    with pytest.raises(BadInputError):
        parse_expression(text)


@pytest.mark.parametrize("name", list(OPERATORS))
def test_sympy_agrees_with_numpy(name):
    operator = OPERATORS[name]
    names = "abc"[: operator.arity]
    rendered = to_sympy(Apply(name, tuple(map(Variable, names))))
    assert to_latex(Apply(name, tuple(map(Variable, names))))
    for values in [(1, 1, 4), (0, 1, 5), (1, 0, 2) if name not in DIVIDING else (1, 3, 2)]:
        chosen = values[: operator.arity]
        value = rendered.subs({sympy.Symbol(n, integer=True): v for n, v in zip(names, chosen, strict=True)})
        if name in ("and", "or", "xor"):
            assert str(value) == f"{name}({chosen[0]}, {chosen[1]})"
        else:
            assert int(value) == int(operator.compute(*map(np.asarray, chosen)))


def test_sympy_shows_conditions_and_tables():
    shown = to_sympy(Apply("where", (apply("lt", A, B), Lookup(PARITY, (A, B)), C)))
    a, b, c = (sympy.Symbol(n, integer=True) for n in "abc")
    assert shown == sympy.Piecewise((sympy.Function("PARITY")(a, b), a < b), (c, True))
