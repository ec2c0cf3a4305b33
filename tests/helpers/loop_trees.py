"""Random expressions and statements of programs with loops, of the right types, for Hypothesis."""

from hypothesis import assume
from hypothesis import strategies as st

from mips_core.expressions import Constant, Variable, apply
from mips_core.expressions.loops import (
    Aggregate,
    Columns,
    Count,
    Each,
    Integer,
    Item,
    Listed,
    Nothing,
    Occurrences,
    Position,
    Reduce,
    Several,
    Slice,
)
from mips_core.programs.loops import Append, Assign, For, If, LoopProgram, Return

LOOP_NAMES = ("i", "row", "value", "position", "neighbour_row", "k", "m", "p", "q", "r", "s", "t", "u", "v", "w")
ARITHMETIC = ("add", "sub", "mul", "min", "max", "and", "or", "xor")
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")


class Names:
    """What can be read: names of numbers, truth values, lists and grids, and elements that loops go over."""

    def __init__(self, ints=(), flags=(), lists=(), grids=(), bound=0):
        self.ints, self.flags, self.lists, self.grids, self.bound = ints, flags, lists, grids, bound

    def more(self, ints=(), flags=(), lists=(), grids=(), bound=0):
        return Names(self.ints + ints, self.flags + flags, self.lists + lists, self.grids + grids, self.bound + bound)


def variables(names):
    return tuple(Variable(name) for name in names)


FOUR = Names(variables(("size", "number_of_cells")), (), variables(("x", "weights")), variables(("grid",)))


@st.composite
def loops(draw, names, depth):
    """An :class:`Each` and what can be read in it."""
    name = LOOP_NAMES[names.bound]
    variable = Variable(name)
    kind = draw(st.sampled_from(("range", "list", "grid", "list", "grid")))
    if kind == "range":
        start = draw(st.one_of(st.just(Constant(0)), integers(names, 0)))
        each, inner = Each(name, start, draw(st.integers(0, 4).map(Constant))), names.more((variable,), bound=1)
    elif kind == "list":
        array = draw(lists(names, depth - 1))
        each = Each(name, Constant(0), Count(array))
        as_number = draw(st.booleans())
        inner = names.more((Item(array, variable), *((variable,) * as_number)), bound=1)
    else:
        array = draw(grids(names, depth - 1))
        each, inner = Each(name, Constant(0), Count(array)), names.more(lists=(Item(array, variable),) * 3, bound=1)
    if draw(st.integers(0, 3)) == 0:
        each = Each(each.variable, each.start, each.stop, draw(truths(inner, depth - 1)))
    return each, inner


@st.composite
def reductions(draw, names, depth, of):
    each, inner = draw(loops(names, depth))
    found = [each]
    if draw(st.booleans()):
        each, inner = draw(loops(inner, depth - 1))
        found.append(each)
    body = st.one_of(integers(inner, depth - 1), truths(inner, depth - 1)) if of == "sum" else truths(inner, depth - 1)
    return Reduce(of, draw(body), tuple(found))


@st.composite
def integers(draw, names, depth):
    if depth <= 0:
        return draw(st.one_of(st.sampled_from(names.ints), st.integers(-3, 12).map(Constant)))
    inner, truth, listed = integers(names, depth - 1), truths(names, depth - 1), lists(names, depth - 1)
    return draw(
        st.one_of(
            integers(names, 0),
            st.builds(lambda name, a, b: apply(name, a, b), st.sampled_from(ARITHMETIC), inner, inner),
            st.builds(
                lambda name, a, b: apply(name, a, b), st.sampled_from(("mod", "floordiv")), inner, st.integers(1, 9)
            ),
            st.builds(lambda a, b: apply("rshift", a, apply("mod", b, 8)), inner, inner),
            st.builds(lambda name, a: apply(name, a), st.sampled_from(("neg", "abs")), inner),
            st.builds(lambda c, a, b: apply("where", c, a, b), truth, inner, inner),
            st.builds(Integer, truth),
            st.builds(lambda a, i: Item(a, apply("mod", i, Count(a))), listed, inner),
            st.builds(Aggregate, st.sampled_from(("sum", "max", "min")), listed),
            st.builds(Count, listed),
            st.builds(Occurrences, listed, inner),
            reductions(names, depth - 1, "sum"),
        )
    )


@st.composite
def truths(draw, names, depth):
    inner = integers(names, depth - 1)
    compared = st.builds(lambda name, a, b: apply(name, a, b), st.sampled_from(COMPARISONS), inner, inner)
    if depth <= 0:
        return draw(st.one_of(compared, *([st.sampled_from(names.flags)] if names.flags else [])))
    truth = truths(names, depth - 1)
    return draw(
        st.one_of(
            compared,
            st.builds(lambda name, a, b: apply(name, a, b), st.sampled_from(("and", "or")), truth, truth),
            st.builds(lambda a: apply("eq", a, 0), truth),
            st.builds(lambda a, b, c: apply("and", apply("lt", a, b), apply("le", b, c)), inner, inner, inner),
            st.builds(lambda a: apply("or", apply("eq", a, 3), apply("eq", a, 5)), inner),
            reductions(names, depth - 1, "any"),
            reductions(names, depth - 1, "all"),
        )
    )


@st.composite
def lists(draw, names, depth):
    if depth <= 0:
        return draw(st.sampled_from(names.lists))
    inner = integers(names, depth - 1)

    def listed(pair):
        each, inside = pair
        return st.builds(Listed, integers(inside, depth - 1), st.just(each))

    return draw(
        st.one_of(
            st.sampled_from(names.lists),
            loops(names, depth - 1).flatmap(listed),
            st.builds(Several, st.lists(inner, min_size=1, max_size=4).map(tuple)),
            st.builds(Slice, lists(names, depth - 1), st.none() | inner, st.none() | inner),
            st.builds(lambda g, i: Item(g, apply("mod", i, Count(g))), grids(names, depth - 1), inner),
            st.builds(lambda n: apply("mul", Several((Constant(0),)), apply("mod", n, 5)), inner),
        )
    )


@st.composite
def grids(draw, names, depth):
    if depth <= 0:
        return draw(st.sampled_from(names.grids))

    def listed(pair):
        each, inside = pair
        return st.builds(Listed, lists(inside, depth - 1), st.just(each))

    return draw(
        st.one_of(
            st.sampled_from(names.grids),
            st.builds(Columns, st.sampled_from(names.grids)),
            loops(names, depth - 1).flatmap(listed),
        )
    )


@st.composite
def blocks(draw, names, depth, prefix="a"):
    """Statements that end in a return."""
    body = []
    for place in range(draw(st.integers(0, 3))):
        name = f"{prefix}{place}"
        kind = draw(st.sampled_from(("int", "flag", "list", "pair", "fill", "if")))
        if kind == "int":
            body.append(Assign(name, draw(integers(names, depth))))
            names = names.more((Variable(name),))
        elif kind == "flag":
            body.append(Assign(name, draw(truths(names, depth))))
            names = names.more(flags=(Variable(name),))
        elif kind == "list":
            body.append(Assign(name, draw(lists(names, depth))))
            names = names.more(lists=(Variable(name),))
        elif kind == "pair":
            body.append(Assign((name, f"{name}_too"), (draw(integers(names, depth)), draw(truths(names, depth)))))
            names = names.more((Variable(name),), (Variable(f"{name}_too"),))
        elif kind == "if":
            otherwise = draw(st.sampled_from(((), "else", "elif")))
            if otherwise:
                otherwise = draw(blocks(names, depth - 1, f"{name}c"))
            body.append(If(draw(truths(names, depth)), draw(blocks(names, depth - 1, f"{name}b")), otherwise))
            if otherwise:
                return tuple(body)
        else:
            each, inner = draw(loops(names, depth))
            each = Each(each.variable, each.start, each.stop)
            fill = Append(name, draw(integers(inner, depth)))
            inside = draw(st.sampled_from((0, 1))) and If(draw(truths(inner, depth)), (fill,))
            body += [Assign(name, Several()), For(each, (inside or fill,))]
            names = names.more(lists=(Variable(name),))
    last = st.one_of(integers(names, depth), lists(names, depth), grids(names, depth), st.just(Nothing()))
    return (*body, Return(draw(last)))


@st.composite
def programs(draw, depth=2):
    parameters = ("size", "number_of_cells", "x", "weights", "grid")
    body = draw(blocks(FOUR, depth))
    try:
        return LoopProgram(parameters, body, "Made up.", "Tries.")
    except ValueError as error:  # an element of a list that is itself made by a loop, read in a loop of that name
        assume("is bound by a loop" not in str(error))
        raise


__all__ = ["FOUR", "Position", "grids", "integers", "lists", "programs", "truths"]
