"""One program for all sizes out of one program for each: where only constants differ, they are formulas in the size.

Some networks have more groups the larger they are (a threshold for each possible count), so their groups follow no
loop over sizes, but the program of each size is the same up to constants (Blazek et al. 2024 generalise theirs by
hand).  What comes out equals each network at its size; at other sizes it is a guess, the simplest that fits.
"""

from __future__ import annotations

from collections.abc import Sequence

from mips_core.errors import NoRegularStructureError
from mips_core.essence.condensed import Affine, size_values
from mips_core.essence.condensing.sizes import SizeFit
from mips_core.essence.writing.phrases import size_expression
from mips_core.essence.writing.polynomials import Polynomial
from mips_core.expressions import Constant, Expression, Variable, apply
from mips_core.expressions.loops import Count, Item, Slice
from mips_core.programs.loops import LoopProgram
from mips_core.programs.loops.statements import rebuilt


def aligned(programs: Sequence[LoopProgram], shapes: Sequence[tuple[int, ...]], origin: str) -> LoopProgram:
    """Return the program that is ``programs[s]`` at size s.

    Parameters
    ----------
    programs : one for each size, with one parameter
    shapes : the sizes, (n,) or (h, w) each
    origin : the comment line of the result

    Raises
    ------
    NoRegularStructureError
        when they differ in more than constants, or a constant follows no simple formula in the size.
    """
    first = programs[0]
    forms = {(program.parameters, _without_constants(program)) for program in programs}
    if len(forms) > 1 or len(first.parameters) != 1:
        raise NoRegularStructureError("The programs of different sizes differ in more than constants.")
    values = [_constants(program) for program in programs]
    fit = SizeFit(shapes, fixed=False)
    array: Expression = Variable(first.parameters[0])
    lengths: list[Expression] = [Count(array), Count(Item(array, Constant(0)))]
    names = dict(zip(size_values(shapes[0]), lengths, strict=False))
    fitted = iter([_formula(list(each), shapes, fit, names) for each in zip(*values, strict=True)])
    body = rebuilt(first.body, lambda node: next(fitted) if isinstance(node, Constant) else None)
    return LoopProgram(first.parameters, rebuilt(body, _whole), origin, first.claim, first.name)


def _whole(node: Expression) -> Expression | None:
    """Return a slice up to the end without its end, and the list for a slice that is all of it."""
    if isinstance(node, Slice) and node.stop == Count(node.array):
        return node.array if node.start in (None, Constant(0)) else Slice(node.array, node.start)
    return None


def _constants(program: LoopProgram) -> list[int]:
    """Return the values of all constants in the order in which :func:`rebuilt` comes to them."""
    found: list[int] = []

    def note(node: Expression) -> Expression | None:
        if isinstance(node, Constant):
            found.append(node.value)
        return None

    rebuilt(program.body, note)
    return found


def _without_constants(program: LoopProgram) -> object:
    return rebuilt(program.body, lambda node: Constant(0) if isinstance(node, Constant) else None)


def _formula(
    values: list[int], shapes: Sequence[tuple[int, ...]], fit: SizeFit, names: dict[str, Expression]
) -> Expression:
    """Return a constant, the simplest formula in the sizes, or a share of a size."""
    try:
        return size_expression(Polynomial.from_affine(fit.fit([Affine(value) for value in values])), names)
    except NoRegularStructureError:
        for axis, name in enumerate(names):
            share = _share(values, [shape[axis] for shape in shapes], names[name])
            if share is not None:
                return share
        raise


def _share(values: Sequence[int], lengths: Sequence[int], length: Expression) -> Expression | None:
    """Return a half, a third or two thirds of a length, rounded down or up, and a constant; None where none fits."""
    for divisor, factor, more in ((q, a, b) for q in (2, 3) for a in range(1, q) for b in (0, q - 1)):
        rest = {value - (factor * n + more) // divisor for value, n in zip(values, lengths, strict=True)}
        if len(rest) == 1:
            whole = length if factor == 1 else apply("mul", factor, length)
            share = apply("floordiv", apply("add", whole, more) if more else whole, divisor)
            constant = rest.pop()
            return share if not constant else apply("add" if constant > 0 else "sub", share, abs(constant))
    return None
