"""How expressions over lists and loops are spelt.

:func:`spelt` brings a tree into the form that stands in text: a loop variable that only picks the elements of a list
becomes the element (``for row in x``), two comparisons with a middle in common are chained (``2 < t <= 5``), what
equals 0 although it is a truth value is denied (``not any(...)``).  :mod:`mips_core.expressions.parse_loops` undoes
all of it: reading the text gives the tree again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from mips_core.expressions.loops import (
    Aggregate,
    Change,
    Columns,
    Count,
    Each,
    Integer,
    Item,
    Listed,
    Loop,
    Nothing,
    Occurrences,
    Position,
    Reduce,
    Several,
    Slice,
    free_names,
)
from mips_core.expressions.nodes import Apply, Constant, Expression, Variable
from mips_core.expressions.operators import ATOM, BIT_OR, COMPARE, NOT, OR, WHERE

Write = Callable[[Expression, int], str]
_CHAINED = ({"lt": "<", "le": "<="}, {"gt": ">", "ge": ">="})


@dataclass(frozen=True)
class Over(Each):
    """``for variable in stop``: the variable is an element of the list ``stop``.  Stands in spelt trees only."""


@dataclass(frozen=True)
class Not(Loop):
    """``not value``.  Stands in spelt trees only."""

    value: Expression

    @property
    def is_truth(self) -> bool:
        """Yes."""
        return True


@dataclass(frozen=True)
class Between(Loop):
    """``low < middle <= high``.  Stands in spelt trees only."""

    parts: tuple[Expression, Expression, Expression]
    signs: tuple[str, str]

    @property
    def is_truth(self) -> bool:
        """Yes."""
        return True


def spelt(expression: Expression, is_bool: Callable[[Expression], bool]) -> Expression:
    """Return the tree as it is written; ``is_bool`` says which expressions are truth values."""
    if isinstance(expression, Reduce | Listed):
        expression = _with_elements(expression)
    elif isinstance(expression, Apply):
        expression = _denied(expression, is_bool) or _chained(expression) or expression
    whole = expression
    return whole.rebuild(lambda node: None if node is whole else spelt(node, is_bool))


def with_element(
    loop: Each, scope: Iterable[Expression], changing: frozenset[str] = frozenset()
) -> tuple[Over, Change] | None:
    """Return a loop over elements and what puts the element in place of ``array[variable]``; None for other loops.

    Parameters
    ----------
    scope : all that may read the variable
    changing : names that get other values while the loop runs; their elements are picked anew each time
    """
    is_whole = isinstance(loop.stop, Count) and loop.start == Constant(0) and not isinstance(loop, Over)
    if not is_whole or free_names(loop.stop) & (changing | {loop.variable}):
        return None
    array = loop.stop.children[0]
    element = Item(array, Variable(loop.variable))
    if not all(_only_picks(expression, loop.variable, element) for expression in scope):
        return None
    return Over(loop.variable, loop.start, array), lambda node: element.index if node == element else None


def loop_form(expression: Loop, write: Write) -> tuple[str, int]:
    """Return the text of a spelt node and its binding strength; ``write(part, least)`` writes the parts."""
    if isinstance(expression, Item):
        return f"{write(expression.array, ATOM)}[{write(expression.index, WHERE)}]", ATOM
    if isinstance(expression, Slice):
        return f"{write(expression.array, ATOM)}[{_slice(expression, write)}]", ATOM
    if isinstance(expression, Position | Occurrences):
        method = "index" if isinstance(expression, Position) else "count"
        return f"{write(expression.array, ATOM)}.{method}({write(expression.value, WHERE)})", ATOM
    if isinstance(expression, Reduce):
        return f"{expression.name}({_comprehension(expression.body, expression.each, write)})", ATOM
    if isinstance(expression, Listed):
        return f"[{_comprehension(expression.body, (expression.each,), write)}]", ATOM
    if isinstance(expression, Several):
        return f"[{', '.join(write(part, WHERE) for part in expression.parts)}]", ATOM
    if isinstance(expression, Not):
        return f"not {write(expression.value, NOT)}", NOT
    if isinstance(expression, Between):
        low, middle, high = (write(part, BIT_OR) for part in expression.parts)
        return f"{low} {expression.signs[0]} {middle} {expression.signs[1]} {high}", COMPARE
    if isinstance(expression, Nothing):
        return "None", ATOM
    name = _call(expression)
    return f"{name.format(write(expression.children[0], WHERE))}", ATOM


def header(loop: Each, write: Write, least: int) -> str:
    """Return ``for i in range(n)`` or ``for row in x``, without the condition."""
    if isinstance(loop, Over):
        goes_over = f"zip(*{write(loop.stop.array, BIT_OR)})" if isinstance(loop.stop, Columns) else None
        return f"for {loop.variable} in {goes_over or write(loop.stop, least)}"
    bounds = [loop.stop] if loop.start == Constant(0) else [loop.start, loop.stop]
    return f"for {loop.variable} in range({', '.join(write(bound, WHERE) for bound in bounds)})"


def _with_elements(expression: Reduce | Listed) -> Reduce | Listed:
    loops, body = list(expression.loops), expression.body
    for k, loop in enumerate(loops):
        inner = [part for each in loops[k + 1 :] for part in each.expressions]
        own = [] if loop.where is None else [loop.where]
        found = with_element(loop, [*own, *inner, body])
        if found is not None:
            over, pick = found
            loops[k] = replace(over, where=None if loop.where is None else loop.where.rebuild(pick))
            loops[k + 1 :] = [each.rebuild(pick) for each in loops[k + 1 :]]
            body = body.rebuild(pick)
    return Reduce(expression.name, body, tuple(loops)) if isinstance(expression, Reduce) else Listed(body, loops[0])


def _call(expression: Loop) -> str:
    if isinstance(expression, Aggregate):
        return f"{expression.name}({{}})"
    calls: dict[type[Loop], str] = {Count: "len({})", Integer: "int({})", Columns: "list(zip(*{}))"}
    if type(expression) not in calls:
        raise TypeError(f"unknown expression {expression!r}")
    return calls[type(expression)]


def _comprehension(body: Expression, loops: Iterable[Each], write: Write) -> str:
    texts = [write(body, WHERE)]
    for loop in loops:
        texts.append(header(loop, write, OR))
        if loop.where is not None:
            texts.append(f"if {write(loop.where, OR)}")
    return " ".join(texts)


def _slice(expression: Slice, write: Write) -> str:
    """Write the bounds as black does: spaces around the colon where a bound is more than a name or a number."""
    bounds = (expression.start, expression.stop)
    start, stop = ("" if bound is None else write(bound, WHERE) for bound in bounds)
    if all(bound is None or _is_simple(bound) for bound in bounds):
        return f"{start}:{stop}"
    return f"{start} : {stop}".strip()


def _is_simple(bound: Expression) -> bool:
    if isinstance(bound, Apply) and bound.name == "neg":
        inner = bound.arguments[0]
        return _is_simple(inner) and not (isinstance(inner, Constant) and inner.value >= 0)  # "-int(3)" is a call
    return isinstance(bound, Variable | Constant)


def _denied(expression: Apply, is_bool: Callable[[Expression], bool]) -> Not | None:
    if expression.name == "eq" and expression.arguments[1] == Constant(0) and is_bool(expression.arguments[0]):
        return Not(expression.arguments[0])
    return None


def _chained(expression: Apply) -> Between | None:
    left, right = expression.arguments[0], expression.arguments[-1]
    if expression.name != "and" or not (isinstance(left, Apply) and isinstance(right, Apply)):
        return None
    for signs in _CHAINED:
        if left.name in signs and right.name in signs and left.arguments[1] == right.arguments[0]:
            return Between((*left.arguments, right.arguments[1]), (signs[left.name], signs[right.name]))  # type: ignore[arg-type]
    return None


def _only_picks(expression: Expression, variable: str, element: Item) -> bool:
    """Return whether a name occurs in an expression as the index of ``element`` only."""
    if expression == element:
        return True
    if isinstance(expression, Variable):
        return expression.name != variable
    return all(_only_picks(child, variable, element) for child in expression.children)
