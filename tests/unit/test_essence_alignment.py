"""Programs of several sizes that differ in constants only are one program."""

from __future__ import annotations

import pytest

from mips_core.errors import NoRegularStructureError
from mips_core.essence.writing.alignment import aligned
from mips_core.programs.loops.parse import parse_loop_program


def line(shapes: list[tuple[int, ...]], *bodies: str) -> str:
    programs = [parse_loop_program(f"# one size\ndef f(x):\n    return {body}\n") for body in bodies]
    return aligned(programs, shapes, "all sizes").source.splitlines()[-1].strip()


def test_a_slice_that_is_all_is_the_list_and_equal_constants_stay() -> None:
    bodies = [f"sum(x[:{n}]) % 2" for n in (6, 5, 7)]
    assert line([(6,), (5,), (7,)], *bodies) == "return sum(x) % 2"


def test_halves_and_ends_follow_the_length() -> None:
    bodies = [f"int(sum(x[: {n // 2}]) > x[{n - 1}])" for n in (6, 5, 9)]
    assert line([(6,), (5,), (9,)], *bodies) == "return int(sum(x[: len(x) // 2]) > x[len(x) - 1])"


def test_two_axes_have_two_lengths() -> None:
    bodies = [f"int(sum(sum(row) for row in x) > {h * w - w})" for h, w in ((3, 4), (5, 2), (4, 6))]
    assert line([(3, 4), (5, 2), (4, 6)], *bodies).endswith("> len(x) * len(x[0]) - len(x[0]))")


def test_other_forms_and_wild_numbers_are_refused() -> None:
    with pytest.raises(NoRegularStructureError, match="differ in more than constants"):
        line([(6,), (5,)], "sum(x[:6])", "max(x[:5])")
    with pytest.raises(NoRegularStructureError, match="no simple formula"):
        line([(4,), (5,), (7,), (9,)], "x[17]", "x[3]", "x[40]", "x[2]")
