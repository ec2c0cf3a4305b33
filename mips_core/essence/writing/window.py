"""Programs that apply a window's formula to every cell of a row or a grid whose borders are joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mips_core.essence.condensed import Condensed
from mips_core.essence.writing.drafts import Draft
from mips_core.essence.writing.flat import Basis, flat_choices
from mips_core.essence.writing.phrases import linear
from mips_core.essence.writing.polynomials import Scope
from mips_core.essence.writing.scalars import Scalars
from mips_core.expressions import Expression, Variable, apply
from mips_core.expressions.loops import Count, Item, Listed, Reduce, Several, each, item
from mips_core.programs.loops import Append, Assign, For, Return, Statement

CELLS = "cells"
MOST_ADDED = 7
"""So many single cells may be added up one by one."""

_SIDES = {-1: "left", 0: "here", 1: "right"}
_ROWS = {-1: "above", 0: "row", 1: "below"}
_CORNERS = {
    (-1, -1): "above_left", (-1, 0): "above_here", (-1, 1): "above_right", (0, -1): "left", (0, 0): "here",
    (0, 1): "right", (1, -1): "below_left", (1, 0): "below_here", (1, 1): "below_right",
}  # fmt: skip


@dataclass(frozen=True)
class Window:
    """A row of cells around one, or a square.

    Parameters
    ----------
    shape : (n,) or (n, n), n odd
    """

    shape: tuple[int, ...]

    @property
    def radius(self) -> int:
        """How far it reaches."""
        return self.shape[0] // 2

    def offset(self, cell: int) -> tuple[int, ...]:
        """Return where a cell lies from the middle."""
        size = self.shape[0]
        places = (cell,) if len(self.shape) == 1 else divmod(cell, size)
        return tuple(place - self.radius for place in places)

    @property
    def cells(self) -> tuple[int, ...]:
        """All cells."""
        return tuple(range(self.shape[0] ** len(self.shape)))

    @property
    def middle(self) -> int:
        """The cell in the middle."""
        return len(self.cells) // 2


def step(index: Expression, offset: int, size: Expression) -> Expression:
    """Return the index of the cell at an offset along a joined border; -1 is the last cell in Python too."""
    if offset == 0:
        return index
    moved = apply("add" if offset > 0 else "sub", index, abs(offset))
    return moved if offset == -1 else apply("mod", moved, size)


def window_drafts(condensed: Condensed, scalars: Scalars, scope: Scope) -> Iterator[Draft]:
    """Yield functions of a row or a grid."""
    window = Window(condensed.sizes[0])
    names = _names(scalars, window)
    bases = [Basis(names)]
    everything = sorted(cell for each in scalars.sums for cell in each.cells) == list(window.cells)
    for number, each_sum in enumerate(scalars.sums):
        if everything and 1 < len(each_sum.cells) < len(window.cells):
            total = tuple("total" if k == number else name for k, name in enumerate(names))
            bases.append(Basis(total, replaced=number))
    for choice in flat_choices(scalars, scope, 0, bases, {}):
        cells = {
            name: window.cells if choice.basis.replaced == k else scalars.sums[k].cells
            for k, name in enumerate(choice.basis.names)
        }
        used = {name: cells[name] for name in choice.basis.names if name in choice.expression.variables}
        build = _row_body if len(window.shape) == 1 else _grid_body
        body = build(window, used, choice.expression)
        if body is not None:
            yield Draft((CELLS,), body, "window", (choice.rewrite,))


def _names(scalars: Scalars, window: Window) -> tuple[str, ...]:
    """Return what each sum is called: by its side, neighbours, total, or by a number."""
    found: list[str] = []
    for number, each_sum in enumerate(scalars.sums):
        cells = each_sum.cells
        if cells == window.cells:
            found.append("total")
        elif cells == tuple(cell for cell in window.cells if cell != window.middle):
            found.append("neighbours")
        elif len(cells) == 1:
            found.append(_cell_name(window.offset(cells[0])))
        else:
            several = sum(len(other.cells) > 1 for other in scalars.sums) > 1
            found.append(f"part_sum_{number + 1}" if several else "part_sum")
    return tuple(found)


def _cell_name(offset: tuple[int, ...]) -> str:
    if len(offset) == 1:
        (along,) = offset
        side = _SIDES[(along > 0) - (along < 0)]
        return side if abs(along) < 2 else f"{side}_{abs(along)}"
    if offset in _CORNERS:
        return _CORNERS[offset[0], offset[1]]
    return "cell" + "".join(f"_{'m' * (d < 0)}{abs(d)}" for d in offset)


def _row_body(window: Window, used: Mapping[str, tuple[int, ...]], result: Expression) -> tuple[Statement, ...] | None:
    i, n = Variable("i"), Variable("n")
    if not used:
        return (Return(Listed(result, each("cell", Count(Variable(CELLS))))),)

    def cell(number: int) -> Expression:
        return Item(Variable(CELLS), step(i, window.offset(number)[0], n))

    values: dict[str, Expression] = {}
    for name, cells in used.items():
        found = _added(cells, cell, window)
        if found is None:
            return None
        values[name] = found
    inner = (*assigned(values), Append("after", result))
    return (
        *((Assign("n", Count(Variable(CELLS))),) if any("n" in v.variables for v in values.values()) else ()),
        Assign("after", Several()),
        For(each("i", n if any("n" in v.variables for v in values.values()) else Count(Variable(CELLS))), inner),
        Return(Variable("after")),
    )


def assigned(values: Mapping[str, Expression]) -> tuple[Statement, ...]:
    """Return the assignments of local names, short ones together."""
    if 1 < len(values) <= 3 and all(isinstance(value, Item) for value in values.values()):
        return (Assign(tuple(values), tuple(values.values())),)
    return tuple(Assign(name, value) for name, value in values.items())


def _added(cells, cell, window: Window) -> Expression | None:  # type: ignore[no-untyped-def]
    """Return the sum of cells of a row's window."""
    if len(cells) <= 3:
        return linear([(cell(number), 1) for number in cells])
    if list(cells) == list(range(cells[0], cells[-1] + 1)):
        first, last = window.offset(cells[0])[0], window.offset(cells[-1])[0]
        moved = apply("mod", apply("add", Variable("i"), Variable("k")), Variable("n"))
        return Reduce("sum", item(CELLS, moved), (each("k", last + 1, start=first),))
    if len(cells) == len(window.cells) - 1:
        rest = next(number for number in window.cells if number not in cells)
        whole = _added(window.cells, cell, window)
        assert whole is not None
        return apply("sub", whole, cell(rest))
    return linear([(cell(number), 1) for number in cells]) if len(cells) <= MOST_ADDED else None


def _grid_body(window: Window, used: Mapping[str, tuple[int, ...]], result: Expression) -> tuple[Statement, ...] | None:
    i, j, h, w = map(Variable, "ijhw")
    grid = Variable(CELLS)
    if not used:
        row_of = Listed(result, each("cell", Count(item(CELLS, "row"))))
        return (Return(Listed(row_of, each("row", Count(grid)))),)
    rows: dict[str, Expression] = {}

    def row(offset: int) -> Expression:
        if window.radius > 1 and offset:
            return Item(grid, step(i, offset, h))
        name = _ROWS[offset]
        rows[name] = Item(grid, step(i, offset, h))
        return Variable(name)

    def cell(number: int) -> Expression:
        down, along = window.offset(number)
        return Item(row(down), step(j, along, w))

    column_sum: Expression | None = None
    values: dict[str, Expression] = {}
    for name, cells in used.items():
        missing = [number for number in window.cells if number not in cells]
        if len(cells) > 3 and len(missing) <= 3:
            column_sum = _column_sum(window, row)
            values[name] = linear([(_of_columns(window), 1), *((cell(number), -1) for number in missing)])
        elif len(cells) <= MOST_ADDED:
            values[name] = linear([(cell(number), 1) for number in cells])
        else:
            return None
    ordered = {name: rows[name] for name in _ROWS.values() if name in rows} or {"row": item(CELLS, "i")}
    along = Variable(next(iter(ordered)))
    texts = [*values.values(), *([column_sum] if column_sum is not None else [])]
    needs_w = any("w" in value.variables for value in texts) or column_sum is not None
    needs_h = any("h" in value.variables for value in (*ordered.values(), *texts))
    width = w if needs_w else Count(along)
    inner: tuple[Statement, ...]
    uses = {name: sum(node == Variable(name) for node in result.walk()) for name in values}
    if all(count == 1 for count in uses.values()) and all(isinstance(v, Item) for v in values.values()):
        inner = (Append("after", Listed(result.substitute(values), each("j", width))),)
    else:
        body = (*assigned(values), Append("line", result))
        inner = (Assign("line", Several()), For(each("j", width), body), Append("after", Variable("line")))
    return (
        *((Assign("h", Count(grid)),) if needs_h else ()),
        Assign("after", Several()),
        For(
            each("i", h if needs_h else Count(grid)),
            (
                *assigned(ordered),
                *((Assign("w", Count(along)),) if needs_w else ()),
                *((Assign("column_sum", column_sum),) if column_sum is not None else ()),
                *inner,
            ),
        ),
        Return(Variable("after")),
    )


def _column_sum(window: Window, row) -> Expression:  # type: ignore[no-untyped-def]
    """Return the sums of each column over the rows of the window."""
    j, k = Variable("j"), Variable("k")
    if window.radius == 1:
        return Listed(linear([(Item(row(offset), j), 1) for offset in (-1, 0, 1)]), each("j", Variable("w")))
    near = item(CELLS, apply("mod", apply("add", Variable("i"), k), Variable("h")), "j")
    row(0)
    total = Reduce("sum", near, (each("k", window.radius + 1, start=-window.radius),))
    return Listed(total, each("j", Variable("w")))


def _of_columns(window: Window) -> Expression:
    """Return the sum of the whole window from the sums of its columns."""
    j, w, columns = Variable("j"), Variable("w"), Variable("column_sum")
    if window.radius == 1:
        return linear([(Item(columns, step(j, offset, w)), 1) for offset in (-1, 0, 1)])
    moved = apply("mod", apply("add", j, Variable("k")), w)
    return Reduce("sum", Item(columns, moved), (each("k", window.radius + 1, start=-window.radius),))
