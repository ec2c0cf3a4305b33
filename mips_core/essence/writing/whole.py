"""Flat programs that take one input as it is: a number, a list of them, or one for each turn of a loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mips_core.essence.condensed import Affine, Condensed, Loop, Region, Span
from mips_core.essence.writing.counts import counted
from mips_core.essence.writing.drafts import Draft
from mips_core.essence.writing.flat import Basis, Choice, flat_choices
from mips_core.essence.writing.phrases import size_expression
from mips_core.essence.writing.polynomials import Polynomial, Scope
from mips_core.essence.writing.regions import cells_sum, input_places, size_names
from mips_core.essence.writing.scalars import Scalars, Sum
from mips_core.essence.writing.written import InputValues, Rewrite
from mips_core.expressions import Apply, Constant, Expression, Variable, apply
from mips_core.expressions.loops import Aggregate, Each, Item, Listed, Reduce, Several
from mips_core.expressions.python import gives_bool
from mips_core.programs.loops import Append, Assign, For, Return, Statement

MOST_LISTED = 7
"""So many entries of a list may be written out."""


def loop_each(loop: Loop, sizes: Mapping[str, Expression]) -> Each:
    """Return the loop of a group as one of a program."""
    where = None if loop.other_than is None else apply("ne", Variable(loop.variable), Variable(loop.other_than))
    return Each(
        loop.variable,
        size_expression(Polynomial.from_affine(loop.start), sizes),
        size_expression(Polynomial.from_affine(loop.stop), sizes),
        where,
    )


def flat_drafts(condensed: Condensed, scalars: Scalars, values: InputValues, scope: Scope) -> Iterator[Draft]:
    """Yield functions of x."""
    if not condensed.several and len(scalars.heads) != 1:
        return
    if len(scalars.heads) > MOST_LISTED:
        return
    names = tuple(_role(each, k, scalars.sums) for k, each in enumerate(scalars.sums))
    inner = scope.within(scalars.loops)
    parts = {name: _expression(each, condensed, inner) for name, each in zip(names, scalars.sums, strict=True)}
    yield from _of_parts(condensed, scalars, values, scope, parts, "flat", ())


def count_drafts(condensed: Condensed, values: InputValues, scope: Scope) -> Iterator[Draft]:
    """Yield functions of x that count turns of a loop."""
    sizes = size_names(condensed.axes)
    why = "What the neurons of one turn say follows from that turn alone, so that their sums are numbers of turns."
    looped = tuple(group.name for layer in condensed.layers for group in layer if group.loops)
    for network in counted(condensed, values, scope):
        own = [f"turn_{k}" for k in range(len(network.turn.sums))]
        inner = scope.within(network.loops)
        inline = {name: _expression(each, condensed, inner) for name, each in zip(own, network.turn.sums, strict=True)}
        eaches = tuple(loop_each(loop, sizes) for loop in network.loops)
        tops = {name: size_expression(s.most, sizes) for name, s in zip(own, network.turn.sums, strict=True) if s.most}
        sums = network.scalars.sums
        for conditions in network.conditions(own, sizes):
            parts: dict[str, Expression] = {}
            for number, condition in enumerate(conditions):
                name = "count" if len(conditions) == 1 else f"count_{number + 1}"
                condition = _with_any_all(condition, inline, tops, values)
                parts[name] = Reduce("sum", condition.substitute(inline), eaches)
            for number, each in enumerate(sums[len(conditions) :], start=len(conditions)):
                parts[_role(each, number, sums)] = _expression(each, condensed, scope)
            step = Rewrite("numbers of turns", why, looped)
            yield from _of_parts(condensed, network.scalars, values, scope, parts, "counts", (step,))


def _of_parts(
    condensed: Condensed,
    scalars: Scalars,
    values: InputValues,
    scope: Scope,
    parts: Mapping[str, Expression],
    form: str,
    steps: tuple[Rewrite, ...],
) -> Iterator[Draft]:
    """Yield functions of x whose decisions are formulas of named parts."""
    sizes = size_names(condensed.axes)
    names = tuple(parts)
    options: list[list[Choice]] = []
    for head in range(len(scalars.heads)):
        found = list(flat_choices(scalars, scope, head, [Basis(names)], sizes))
        if not found:
            return
        options.append(sorted(found, key=lambda c: (c.expression.nodes, repr(c.expression)))[:4])
    for number in range(max(map(len, options))):
        chosen = [each[min(number, len(each) - 1)] for each in options]
        whole = {name: each.most for name, each in zip(names, scalars.sums, strict=True) if each.most is not None}
        tops = {name: size_expression(most, sizes) for name, most in whole.items()}
        results = [_with_any_all(c.expression, parts, tops, values) for c in chosen]
        for body in _bodies(condensed, scalars, results, parts, sizes):
            rewrites = (*steps, *(c.rewrite for c in chosen[:1]))
            yield Draft(("x",), body, form, rewrites)


def _bodies(
    condensed: Condensed,
    scalars: Scalars,
    results: Sequence[Expression],
    parts: Mapping[str, Expression],
    sizes: Mapping[str, Expression],
) -> Iterator[tuple[Statement, ...]]:
    uses = {name: sum(_occurrences(result, name) for result in results) for name in parts}
    used = [name for name in parts if uses[name]]
    named = [name for name in used if uses[name] > 1 and not isinstance(parts[name], Item)]
    if not scalars.loops:
        inline = {name: parts[name] for name in used if name not in named}
        values = [result.substitute(inline) for result in results]
        result = Several(tuple(values)) if condensed.several else values[0]
        yield (*(Assign(name, parts[name]) for name in named), Return(result))
        return
    loops = [loop_each(loop, sizes) for loop in scalars.loops]
    if len(loops) == 1:
        yield (Return(Listed(results[0].substitute(parts), loops[0])),)
    for kept in dict.fromkeys((tuple(named), tuple(used), ())):
        inline = {name: parts[name] for name in used if name not in kept}
        inner: tuple[Statement, ...] = tuple(Assign(name, parts[name]) for name in kept)
        inner += (Append("result", results[0].substitute(inline)),)
        for loop in reversed(loops):
            inner = (For(loop, inner),)
        yield (Assign("result", Several()), *inner, Return(Variable("result")))


def _occurrences(expression: Expression, name: str) -> int:
    return sum(node == Variable(name) for node in expression.walk())


def _expression(each: Sum, condensed: Condensed, scope: Scope) -> Expression:
    if each.region is None:
        return cells_sum(each.cells, condensed.sizes[0])
    return input_places(condensed.axes).value(each.region, scope)


def _role(each: Sum, number: int, sums: Sequence[Sum]) -> str:
    """Return a name that says what is added up; a number follows where several would be called the same."""
    words = [_word(other) for other in sums]
    word = words[number]
    if words.count(word) == 1:
        return word
    return f"{word}_{words[: number + 1].count(word)}"


def _word(each: Sum) -> str:
    if each.region is None:
        return "cell" if len(each.cells) == 1 else "part_sum"
    return region_word(each.region)


def region_word(region: Region) -> str:
    """Return the role of a region: total, row_sum, column_sum, prefix_sum, part_sum, or cell."""
    spans = [isinstance(axis, Span) for axis in region.axes]
    if not any(spans):
        return "cell"
    whole = [isinstance(a, Span) and a.start == Affine(0) and a.stop in _ENDS for a in region.axes]
    if all(whole):
        return "total"
    if len(spans) == 2 and sum(whole) == 1 and not all(spans):
        return "row_sum" if whole[1] else "column_sum"
    first = region.axes[0]
    if len(spans) == 1 and isinstance(first, Span) and first.start == Affine(0):
        return "prefix_sum"
    if len(spans) == 1 and isinstance(first, Span) and first.stop in _ENDS:
        return "suffix_sum"
    return "part_sum"


_ENDS = tuple(Affine(0, ((name, 1),)) for name in ("n", "h", "w"))


def _with_any_all(
    expression: Expression, parts: Mapping[str, Expression], tops: Mapping[str, Expression], values: InputValues
) -> Expression:
    """Say ``any`` and ``all``: a sum of numbers from 0 on is positive where one is, one of bits full where all are."""

    def change(node: Expression) -> Expression | None:
        if not (isinstance(node, Apply) and isinstance(node.arguments[0], Variable) and len(node.arguments) == 2):
            return None
        name, bound = node.arguments[0].name, node.arguments[1]
        part = parts.get(name)
        if not isinstance(part, Aggregate | Reduce):
            return None
        truths = isinstance(part, Reduce) and gives_bool(part.body)
        if not truths and (values.low < 0 or not values.whole or (isinstance(part, Reduce) and not _plain(part))):
            return None
        if node.name == "gt" and bound == Constant(0):
            return _as(part, "any")
        if node.name in ("eq", "le") and bound == Constant(0):
            return apply("eq", _as(part, "any"), 0)
        if (truths or values.are_bits) and name in tops and bound == tops[name] and node.name in ("eq", "ne", "lt"):
            whole = _as(part, "all")
            return whole if node.name == "eq" else apply("eq", whole, 0)
        return None

    return expression.rebuild(change)


def _plain(part: Reduce) -> bool:
    """Whether what is added up for each turn are single inputs or sums of them."""
    return isinstance(part.body, Item) or (isinstance(part.body, Aggregate) and part.body.name == "sum")


def _as(part: Aggregate | Reduce, name: str) -> Expression:
    if isinstance(part, Aggregate):
        return Aggregate(name, part.array)
    of_sums = isinstance(part.body, Aggregate) and part.body.name == "sum"
    body = Aggregate(name, part.body.array) if isinstance(part.body, Aggregate) and of_sums else part.body
    return Reduce(name, body, part.each)
