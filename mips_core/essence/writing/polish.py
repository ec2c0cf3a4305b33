"""Last touches on a program: names of elements, and of sizes that occur often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mips_core.expressions import Apply, Expression, Variable
from mips_core.expressions.loops import Count, Each, Listed, Nothing, Reduce, free_names, item
from mips_core.expressions.surface import with_element
from mips_core.programs.loops import Append, Assign, For, If, Return, Statement
from mips_core.programs.loops.statements import changed_names, expressions, rebuilt, walk

_ELEMENTS = ("value", "entry", "part", "other")
_ROWS = ("row", "line", "strip", "band")


def polished(body: Sequence[Statement], axes: int) -> Iterator[tuple[Statement, ...]]:
    """Yield a body with names for elements, with the sizes of x as they are and with names for them."""
    plain = tuple(body)
    named = _with_sizes(plain, axes)
    for each in dict.fromkeys((plain, named)):
        visible = changed_names(each)
        yield tuple(_statement(statement, axes, visible) for statement in each)


def with_early_returns(body: Sequence[Statement]) -> tuple[Statement, ...]:
    """Return a body that ends in a choice among three or more values with an ``if`` for each but the last."""
    last = body[-1]
    choices: list[Statement] = []
    value = last.value if isinstance(last, Return) else Nothing()
    while isinstance(value, Apply) and value.name == "where":
        condition, chosen, value = value.arguments
        choices.append(If(condition, (Return(chosen),)))
    return (*body[:-1], *choices, Return(value)) if len(choices) > 1 else tuple(body)


def _statement(statement: Statement, axes: int, visible: frozenset[str]) -> Statement:
    if isinstance(statement, For):
        scope = [expression for inner in walk(statement.body) for expression in expressions(inner)]
        taken = visible.union(*(free_names(e) | _bound(e) for e in scope))
        name = _element_name(statement.each, scope, taken, axes)
        if name is not None:
            old = Variable(statement.each.variable)
            body = rebuilt(statement.body, lambda node: Variable(name) if node == old else None)
            statement = For(replace(statement.each, variable=name), body)
            visible |= {name}
        return For(statement.each, tuple(_statement(inner, axes, visible) for inner in statement.body))
    if isinstance(statement, If):
        return If(
            with_element_names(statement.condition, axes, visible),
            tuple(_statement(inner, axes, visible) for inner in statement.body),
            tuple(_statement(inner, axes, visible) for inner in statement.otherwise),
        )
    if isinstance(statement, Assign):
        values = tuple(with_element_names(value, axes, visible) for value in statement.values)
        return Assign(statement.target, values[0] if isinstance(statement.target, str) else values)
    if isinstance(statement, Append):
        return Append(statement.name, with_element_names(statement.value, axes, visible))
    return Return(with_element_names(statement.value, axes, visible))


def with_element_names(expression: Expression, axes: int, visible: frozenset[str]) -> Expression:
    """Rename loop variables that only pick elements: ``for value in x``, ``for row in x``.

    ``visible`` are names that mean something else where the expression stands.
    """

    def change(node: Expression) -> Expression | None:
        if not isinstance(node, Reduce | Listed):
            return None
        taken = visible | _bound(expression) | free_names(expression)
        found: Expression = node
        for number, loop in enumerate(node.loops):
            inner = [e for later in node.loops[number + 1 :] for e in later.expressions]
            scope = [*inner, node.body, *([] if loop.where is None else [loop.where])]
            name = _element_name(loop, scope, taken, axes)
            if name is not None:
                taken |= {name}
                found = _renamed(found, loop.variable, name)
        assert isinstance(found, Reduce | Listed)
        body = with_element_names(found.body, axes, taken)
        if isinstance(found, Reduce):
            return Reduce(found.name, body, found.each)
        return Listed(body, found.each)

    return expression.rebuild(change)


def _element_name(loop: Each, scope: Sequence[Expression], taken: frozenset[str], axes: int) -> str | None:
    """Return a name for the elements that a loop goes along; None where it counts, or has such a name."""
    if len(loop.variable) > 1 or with_element(loop, scope) is None:
        return None
    words = _ROWS if axes == 2 and loop.stop == Count(Variable("x")) else _ELEMENTS
    return next((word for word in words if word not in taken), None)


def _bound(expression: Expression) -> frozenset[str]:
    return frozenset(
        loop.variable for node in expression.walk() if isinstance(node, Reduce | Listed) for loop in node.loops
    )


def _renamed(node: Expression, old: str, new: str) -> Expression:
    """Rename a loop variable of a node, where it is bound and where it is read."""
    assert isinstance(node, Reduce | Listed)
    inside = node.substitute({old: Variable(new)})
    assert isinstance(inside, Reduce | Listed)
    loops = tuple(replace(loop, variable=new) if loop.variable == old else loop for loop in inside.loops)
    return Reduce(inside.name, inside.body, loops) if isinstance(inside, Reduce) else Listed(inside.body, loops[0])


def _with_sizes(body: tuple[Statement, ...], axes: int) -> tuple[Statement, ...]:
    """Return a body in which the sizes of x have names, but not where a loop goes along x."""
    x = Variable("x")
    sizes: dict[Expression, str] = {Count(x): "n"} if axes == 1 else {Count(x): "h", Count(item("x", 0)): "w"}
    used: set[str] = set()

    def named(expression: Expression) -> Expression:
        def change(node: Expression) -> Expression | None:
            if node in sizes:
                used.add(sizes[node])
                return Variable(sizes[node])
            if isinstance(node, Reduce):
                return Reduce(node.name, named(node.body), tuple(map(loop, node.each)))
            if isinstance(node, Listed):
                return Listed(named(node.body), loop(node.each))
            return None

        return expression.rebuild(change)

    def loop(each: Each) -> Each:
        where = None if each.where is None else named(each.where)
        stop = each.stop if each.stop in sizes else named(each.stop)
        return Each(each.variable, named(each.start), stop, where)

    def changed(statement: Statement) -> Statement:
        if isinstance(statement, For):
            return For(loop(statement.each), tuple(map(changed, statement.body)))
        if isinstance(statement, If):
            inner = tuple(map(changed, statement.body)), tuple(map(changed, statement.otherwise))
            return If(named(statement.condition), *inner)
        if isinstance(statement, Assign):
            values = tuple(named(value) for value in statement.values)
            return Assign(statement.target, values[0] if isinstance(statement.target, str) else values)
        if isinstance(statement, Append):
            return Append(statement.name, named(statement.value))
        return Return(named(statement.value))

    found = tuple(map(changed, body))
    heads = tuple(Assign(name, size) for size, name in sizes.items() if name in used)
    return (*heads, *found)
