"""The operators of expressions, one entry each.

An entry holds what every other part needs: how NumPy computes it on integer
columns, how Python writes it, how SymPy renders it.  Adding an operator is adding
one entry here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

# Python's binding strength, loosest first; see "Operator precedence" in the Python reference.
WHERE, OR, AND, NOT, COMPARE, BIT_OR, BIT_XOR, BIT_AND, SHIFT, ADD, MULTIPLY, NEGATE, ATOM = range(13)


@dataclass(frozen=True)
class Operator:
    """One operator.

    Parameters
    ----------
    name : key in :data:`OPERATORS`
    arity : number of arguments
    compute : integer arrays (or Python integers in object arrays) in, array of the same shape out;
        truth values come out as 0 and 1
    python : how Python writes it, with ``{0}``, ``{1}``, ... for the arguments
    precedence : binding strength of the written form
    operands : least binding strength that each argument needs to stand without brackets
    sympy : builds the SymPy expression from the ``sympy`` module and the argument expressions
    is_truth : the written form gives a Python ``bool``
    commutative : argument order does not matter (two arguments)
    """

    name: str
    arity: int
    compute: Callable[..., Any]
    python: str
    precedence: int
    operands: tuple[int, ...]
    sympy: Callable[..., Any]
    is_truth: bool = False
    commutative: bool = False


def _truth(function: Callable[..., Any]) -> Callable[..., Any]:
    def compute(a: Any, b: Any) -> Any:
        return np.asarray(function(a, b)).astype(np.int64)

    return compute


def _indicator(relation: str) -> Callable[..., Any]:
    """Render a comparison as the 0/1 integer that it is."""

    def build(sympy: Any, a: Any, b: Any) -> Any:
        return sympy.Piecewise((1, getattr(sympy, relation)(a, b)), (0, True))

    return build


def _named(name: str) -> Callable[..., Any]:
    """Render as a function with this name."""
    return lambda sympy, *arguments: sympy.Function(name)(*arguments)


def _method(name: str) -> Callable[..., Any]:
    """Render as SymPy's own function of this name."""
    return lambda sympy, *arguments: getattr(sympy, name)(*arguments)


def _floor_divide(sympy: Any, a: Any, b: Any) -> Any:
    return sympy.floor(a / b)


def _compare(name: str, function: Callable[..., Any], sign: str, relation: str, commutative: bool = False) -> Operator:
    return Operator(
        name, 2, _truth(function), f"{{0}} {sign} {{1}}", COMPARE, (BIT_OR, BIT_OR), _indicator(relation),
        is_truth=True, commutative=commutative,
    )  # fmt: skip


_ENTRIES = (
    Operator("add", 2, np.add, "{0} + {1}", ADD, (ADD, MULTIPLY), lambda s, a, b: a + b, commutative=True),
    Operator("sub", 2, np.subtract, "{0} - {1}", ADD, (ADD, MULTIPLY), lambda s, a, b: a - b),
    Operator("mul", 2, np.multiply, "{0} * {1}", MULTIPLY, (MULTIPLY, NEGATE), lambda s, a, b: a * b, commutative=True),
    Operator("floordiv", 2, np.floor_divide, "{0} // {1}", MULTIPLY, (MULTIPLY, NEGATE), _floor_divide),
    Operator("mod", 2, np.remainder, "{0} % {1}", MULTIPLY, (MULTIPLY, NEGATE), lambda s, a, b: s.Mod(a, b)),
    Operator("neg", 1, np.negative, "-{0}", NEGATE, (NEGATE,), lambda s, a: -a),
    Operator("abs", 1, np.abs, "abs({0})", ATOM, (WHERE,), lambda s, a: s.Abs(a)),
    Operator("min", 2, np.minimum, "min({0}, {1})", ATOM, (WHERE, WHERE), _method("Min"), commutative=True),
    Operator("max", 2, np.maximum, "max({0}, {1})", ATOM, (WHERE, WHERE), _method("Max"), commutative=True),
    _compare("eq", np.equal, "==", "Eq", commutative=True),
    _compare("ne", np.not_equal, "!=", "Ne", commutative=True),
    _compare("lt", np.less, "<", "Lt"),
    _compare("le", np.less_equal, "<=", "Le"),
    _compare("gt", np.greater, ">", "Gt"),
    _compare("ge", np.greater_equal, ">=", "Ge"),
    Operator(
        "where", 3, lambda c, a, b: np.where(np.asarray(c).astype(bool), a, b), "{1} if {0} else {2}", WHERE,
        (OR, OR, WHERE), lambda s, c, a, b: s.Piecewise((a, s.Ne(c, 0)), (b, True)),
    ),
    # Bits: on the integers 0 and 1 these are "and", "or", "exclusive or".
    Operator("and", 2, np.bitwise_and, "{0} & {1}", BIT_AND, (BIT_AND, ADD), _named("and"), commutative=True),
    Operator("xor", 2, np.bitwise_xor, "{0} ^ {1}", BIT_XOR, (BIT_XOR, BIT_AND), _named("xor"), commutative=True),
    # Few readers know how tightly a shift binds, so what is shifted and by how much stand in brackets.
    Operator("rshift", 2, np.right_shift, "{0} >> {1}", SHIFT, (NEGATE, NEGATE), lambda s, a, b: s.floor(a / 2**b)),
    Operator("or", 2, np.bitwise_or, "{0} | {1}", BIT_OR, (BIT_OR, BIT_XOR), _named("or"), commutative=True),
)  # fmt: skip

OPERATORS: dict[str, Operator] = {entry.name: entry for entry in _ENTRIES}
