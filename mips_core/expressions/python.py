"""Write expressions as Python, with no more brackets than needed.

The text means exactly what :func:`mips_core.expressions.evaluate` computes, on
Python integers of any size, wherever both are defined: a division by zero is an
error in Python.  :mod:`mips_core.expressions.parse` reads it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mips_core.expressions.history import COUNTER, Counter, Element, Fold, Length, list_name
from mips_core.expressions.loops import Loop
from mips_core.expressions.nodes import Apply, Constant, Expression, Lookup, Variable, Words
from mips_core.expressions.operators import AND, ATOM, BIT_OR, COMPARE, NEGATE, NOT, OR, WHERE
from mips_core.expressions.surface import loop_form


def to_python(expression: Expression) -> str:
    """Return the Python text of ``expression``.

    >>> from mips_core.expressions import Variable, apply
    >>> a, b = Variable("a"), Variable("b")
    >>> to_python(apply("add", apply("lt", a, b), apply("mod", apply("neg", a), 3)))
    '(a < b) + -a % 3'
    """
    return write(expression, WHERE)


def to_python_int(expression: Expression) -> str:
    """Return the Python text of ``expression``, wrapped so that its value is an ``int`` and never a ``bool``.

    >>> from mips_core.expressions import Variable, apply
    >>> to_python_int(apply("lt", Variable("a"), 3))
    'int(a < 3)'
    """
    text = to_python(expression)
    return f"int({text})" if gives_bool(expression) else text


def gives_bool(expression: Expression) -> bool:
    """Return whether the written form may have a ``bool`` as its value.

    Comparisons do; ``and``, ``or`` and ``^`` of two bools do; ``min``, ``max`` and a condition hand on
    what they are given.  Arithmetic and tables give integers.
    """
    return _bool(expression, any)


def is_bool(expression: Expression) -> bool:
    """Return whether the written form has a ``bool`` as its value, whatever the variables are."""
    return _bool(expression, all)


def _bool(expression: Expression, handed_on: Callable[[Iterable[bool]], bool]) -> bool:
    """Return whether a ``bool`` comes out; ``handed_on`` says of how many of the values that one of is handed on."""
    if not isinstance(expression, Apply):
        return expression.is_truth
    if expression.operator.is_truth:
        return True
    children = expression.children[1:] if expression.name == "where" else expression.children
    if expression.name in ("and", "or", "xor"):
        return all(_bool(child, handed_on) for child in children)
    return expression.name in ("min", "max", "where") and handed_on(_bool(child, handed_on) for child in children)


def chain(expression: Apply) -> tuple[Expression, ...]:
    """Return the operands of ``a OP b OP c``, read from the left: those of the same operator on the left side.

    >>> from mips_core.expressions import Variable, apply
    >>> a, b, c = map(Variable, "abc")
    >>> len(chain(apply("max", apply("max", a, b), c))), len(chain(apply("max", a, apply("max", b, c))))
    (3, 2)
    """
    parts: list[Expression] = []
    node: Expression = expression
    while isinstance(node, Apply) and node.name == expression.name:
        parts.append(node.arguments[1])
        node = node.arguments[0]
    return (node, *reversed(parts))


def value_text(value: int, words: Words | None) -> str:
    """Write an integer, or the word that it stands for, as a Python literal.

    >>> value_text(1, None), value_text(1, ("coin", "push"))
    ('1', '"push"')
    """
    return str(int(value)) if words is None else word_text(words[value])


def word_text(word: str) -> str:
    """Write a word as a Python string with as few escapes as possible, in double quotes where both kinds are as good.

    >>> print(word_text("it's"), word_text('say "hi"'))
    "it's" 'say "hi"'
    """
    escaped = word.replace("\\", "\\\\")
    quote = "'" if word.count('"') > word.count("'") else '"'
    return quote + escaped.replace(quote, "\\" + quote) + quote


def write(expression: Expression, least: int) -> str:
    """Write ``expression`` with brackets where it binds less tightly than ``least``."""
    text, binding = _form(expression)
    return text if binding >= least else f"({text})"


def _form(expression: Expression) -> tuple[str, int]:
    """Return the bare text and its binding strength."""
    if isinstance(expression, Constant):
        value = int(expression.value)
        return value_text(value, expression.words), ATOM if value >= 0 else NEGATE
    if isinstance(expression, Variable):
        return expression.name, ATOM
    if isinstance(expression, Lookup):
        key = ", ".join(write(argument, WHERE) for argument in expression.arguments)
        return f"{expression.table.name}[{key}]", ATOM
    if isinstance(expression, Apply):
        operator = expression.operator
        if expression.name == "neg" and isinstance(expression.arguments[0], Constant):
            # "-3" is the constant; the operator applied to the constant 3 needs another spelling to be read back.
            inner = expression.arguments[0]
            if inner.value >= 0:
                return f"-int({inner.value})", NEGATE
        if expression.name in ("and", "or") and is_bool(expression):
            return _condition(expression)
        if expression.name in ("min", "max"):
            return f"{expression.name}({', '.join(write(part, WHERE) for part in chain(expression))})", ATOM
        parts = [write(child, least) for child, least in zip(expression.arguments, operator.operands, strict=True)]
        if expression.name in ("and", "or", "xor"):
            # Few readers know which of the bit operators binds tighter, so brackets stand where they differ.
            parts = [
                part if isinstance(child, Apply) and child.name == expression.name else write(child, NEGATE)
                for part, child in zip(parts, expression.arguments, strict=True)
            ]
        return operator.python.format(*parts), operator.precedence
    if isinstance(expression, Loop):
        return loop_form(expression, write)
    if isinstance(expression, Counter):
        return COUNTER, ATOM
    if isinstance(expression, Fold):
        body, count = (write(child, WHERE) for child in expression.children)
        return f"{expression.name}({body} for {COUNTER} in range({count}))", ATOM
    if isinstance(expression, Element | Length) and isinstance(expression.source, Variable):
        name = list_name(expression.source.name)
        return f"len({name})" if isinstance(expression, Length) else f"{name}[{write(expression.index, WHERE)}]", ATOM
    raise TypeError(f"unknown expression {expression!r}")


def _condition(expression: Apply) -> tuple[str, int]:
    """Write "and" and "or" of truth values as Python's own, a choice among constants as ``x in (1, 4)``."""
    parts = chain(expression)
    test, words = ("eq", "in") if expression.name == "or" else ("ne", "not in")
    sides = [part.arguments for part in parts if isinstance(part, Apply) and part.name == test]
    if len(sides) == len(parts) and all(s[0] == sides[0][0] and isinstance(s[1], Constant) for s in sides):
        values = ", ".join(write(side[1], WHERE) for side in sides)
        return f"{write(sides[0][0], BIT_OR)} {words} ({values})", COMPARE
    least = (OR, AND) if expression.name == "or" else (AND, NOT)
    left, right = (write(child, each) for child, each in zip(expression.arguments, least, strict=True))
    return f"{left} {expression.name} {right}", least[0]
