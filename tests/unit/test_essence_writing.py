"""Groups become programs that equal the network at every size and read as a person would write them."""

from __future__ import annotations

import numpy as np
import pytest
from essence_groups import ONE, ZERO, N, argmax_condensed, at, orientation_condensed
from essence_written import all_inputs, differences, span

from mips_core.essence.condensed import Affine, At, Condensed, Group, Loop, Region, Term
from mips_core.essence.writing import InputValues, Written, write

BITS = InputValues()
ANY = InputValues(-np.inf, np.inf, whole=False)
I_LOOP = Loop("i", ZERO, N)
WHOLE = Region("x", (span(0, N),))


def _code(written: Written) -> str:
    return "\n".join(line for line in written.program.source.splitlines() if not line.startswith(("#", "def")))


def decided_by(first: tuple[Group, ...], loops: tuple[Loop, ...] = (), sizes: tuple[int, ...] = (4, 5, 6)) -> Condensed:
    """Return a network that says 1 where all neurons of the first layer are positive and 0 where one is negative."""
    own = tuple(at(loop.variable) for loop in loops)
    head = Affine(0, (("i", 1),)) if loops else ZERO
    yes = tuple(Term(Affine(2), Region(group.name, own)) for group in first)
    layers = (
        first,
        (
            Group("s0", 1, loops, yes, Affine(1 - 2 * len(first))),
            *(
                Group(f"s{k + 1}", 1, loops, (Term(Affine(-2), Region(group.name, own)),), Affine(-1))
                for k, group in enumerate(first)
            ),
        ),
        (
            Group(
                "c0", 2, loops, tuple(Term(ONE, Region(f"s{k + 1}", own)) for k in range(len(first))),
                Affine(len(first)), head=head,
            ),
            Group("c1", 2, loops, (Term(ONE, Region("s0", own)),), ONE, head=head, label=ONE),
        ),
    )  # fmt: skip
    return Condensed(1, layers, tuple((n,) for n in sizes), several=bool(loops))


@pytest.mark.parametrize("n", range(1, 6))
def test_the_place_of_the_largest_is_a_strict_maximum(n: int) -> None:
    written = write(argmax_condensed(), "whole", ANY, "A test.")
    assert _code(written) == "    top = max(x)\n    return x.index(top) if x.count(top) == 1 else None"
    assert differences(written, argmax_condensed(), all_inputs((-1, 0, 2), n)) == []
    assert [step.name for step in written.steps] == ["strict maximum"]
    assert written.lines == {3: ("d0", "s0"), 4: ("c0",)}


def test_comparisons_the_other_way_round_give_the_least() -> None:
    condensed = argmax_condensed()
    (pairs,), *upper = condensed.layers
    turned = Group(
        pairs.name, 0, pairs.loops,
        tuple(Term(Affine(-t.coefficient.constant), t.region) for t in pairs.terms), ZERO, mirrored=True,
    )  # fmt: skip
    least = Condensed(1, ((turned,), *upper), condensed.sizes)
    written = write(least, "whole", ANY, "A test.")
    assert "min(x)" in _code(written)
    assert differences(written, least, all_inputs((0, 1, 2), 4)) == []


def test_a_group_that_is_no_strict_maximum_is_not_called_one() -> None:
    """One comparison may be a tie: of two largest numbers both still fire."""
    (pairs,), (subconcept,), concepts = argmax_condensed().layers
    tolerant = Group("s0", 1, subconcept.loops, subconcept.terms, Affine(5, (("n", -2),)))
    condensed = Condensed(1, ((pairs,), (tolerant,), concepts), ((6,),))
    written = write(condensed, "whole", ANY, "A test.")
    assert written.form == "generic"
    assert differences(written, condensed, all_inputs((0, 1, 2), 4)) == []


@pytest.mark.parametrize("n", [2, 3, 4])
def test_weighed_lines_of_a_picture_are_compared_as_they_are(n: int) -> None:
    condensed = orientation_condensed()
    written = write(condensed, "whole", BITS, "A test.")
    assert written.program.lines <= 63
    inputs = np.random.default_rng(n).integers(0, 2, (300, n, n))
    assert differences(written, condensed, inputs) == []
    assert {"column_sum = [sum(column) for column in zip(*x)]", "row_sum = [sum(row) for row in x]"} <= {
        line.strip() for line in written.program.source.splitlines()
    }


def _all_lines() -> Condensed:
    """Return the picture network whose subconcept neurons want every comparison."""
    base = orientation_condensed()
    h, w = Affine(0, (("h", 1),)), Affine(0, (("w", 1),))
    column, row = base.layers[0][0].loops
    subconcepts = (
        Group("s0", 1, (column,), (Term(Affine(2), Region("d0", (at("i"), span(0, h)))),), Affine(1, (("h", -2),))),
        Group("s1", 1, (row,), (Term(Affine(-2), Region("d0", (span(0, w), at("j")))),), Affine(1, (("w", -2),))),
    )
    concepts = (
        Group("c0", 2, (), (Term(ONE, Region("s1", (span(0, h),))),), h, label=ZERO),
        Group("c1", 2, (), (Term(ONE, Region("s0", (span(0, w),))),), w, label=ONE),
    )
    return Condensed(2, (base.layers[0], subconcepts, concepts), ((4, 4), (3, 5)))


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 4), (4, 2)])
def test_all_comparisons_of_rows_and_columns_are_two_greatest_values(shape: tuple[int, int]) -> None:
    condensed = _all_lines()
    written = write(condensed, "whole", ANY, "A test.")
    assert written.form == "greatest values"
    assert written.program.lines <= 8
    inputs = np.random.default_rng(1).integers(0, 2, (300, *shape))
    assert differences(written, condensed, inputs) == []


def test_majority_says_more_than_half_at_every_size() -> None:
    condensed = decided_by((Group("d0", 0, (), (Term(Affine(2), WHOLE),), Affine(0, (("n", -1),))),))
    written = write(condensed, "whole", BITS, "A test.")
    assert written.program.source.splitlines()[2:] == [
        "    total = sum(x)",
        "    if 2 * total > len(x):",
        "        return 1",
        "    if 2 * total < len(x):",
        "        return 0",
        "    return None",
    ]
    for n in (4, 5, 8):
        assert differences(written, condensed, all_inputs((0, 1), n)) == []


@pytest.mark.parametrize(
    ("factor", "bias", "expected"),
    [
        (2, Affine(-1), "int(any(x))"),
        (-2, Affine(1), "int(not any(x))"),
        (2, Affine(1, (("n", -2),)), "int(all(x))"),
        (2, Affine(-5), "int(sum(x) >= 3)"),
        (4, Affine(2, (("n", -4),)), "int(all(x))"),
        (2, Affine(5, (("n", -2),)), "int(sum(x) > len(x) - 3)"),
    ],
)
def test_thresholds_of_a_sum_are_said_in_words(factor: int, bias: Affine, expected: str) -> None:
    condensed = decided_by((Group("d0", 0, (), (Term(Affine(factor), WHOLE),), bias),))
    written = write(condensed, "whole", BITS, "A test.")
    assert f"return {expected}" in written.program.source
    for n in (4, 6):
        assert differences(written, condensed, all_inputs((0, 1), n)) == []


def test_two_thresholds_of_one_sum_are_a_range_or_a_number() -> None:
    above = Group("d0", 0, (), (Term(Affine(2), WHOLE),), Affine(-3))
    below = Group("d1", 0, (), (Term(Affine(-2), WHOLE),), Affine(5))
    written = write(decided_by((above, below)), "whole", BITS, "A test.")
    assert "int(sum(x) == 2)" in written.program.source
    wider = Group("d1", 0, (), (Term(Affine(-2), WHOLE),), Affine(-3, (("n", 2),)))
    between = decided_by((above, wider))
    written = write(between, "whole", BITS, "A test.")
    assert "2 <= total < len(x) - 1" in written.program.source or "2 <= total <= len(x) - 2" in written.program.source
    for n in (4, 5, 7):
        assert differences(written, between, all_inputs((0, 1), n)) == []


def test_any_numbers_are_not_rounded_to_whole_ones() -> None:
    condensed = decided_by((Group("d0", 0, (), (Term(Affine(2), WHOLE),), Affine(-1)),))
    written = write(condensed, "whole", ANY, "A test.")
    inputs = np.random.default_rng(0).integers(-4, 5, (200, 5)) / 4
    assert differences(written, condensed, inputs) == []
    assert written.program.function([0.25, 0.25, 0.0, 0.0]) is None


def test_a_decision_for_each_place_reads_what_came_before() -> None:
    so_far = Region("x", (span(0, Affine(1, (("i", 1),))),))
    first = Group("d0", 0, (I_LOOP,), (Term(Affine(2), so_far),), Affine(-1))
    condensed = decided_by((first,), (I_LOOP,))
    written = write(condensed, "whole", BITS, "A test.")
    assert _code(written) == "    return [int(any(x[: i + 1])) for i in range(len(x))]"
    for n in (4, 6):
        assert differences(written, condensed, all_inputs((0, 1), n)) == []


def test_rows_with_joined_borders_read_round_the_end() -> None:
    """The next row of rule 30 on rows: left differs from here or right."""

    def cell(shift: int) -> Region:
        return Region("x", (At(Affine(shift, (("i", 1),), "n" if shift else None)),))

    one = Group("d0", 0, (I_LOOP,), tuple(Term(Affine(c), cell(k)) for k, c in ((-1, 2), (0, 1), (1, 1))), Affine(-1))
    two = Group("d1", 0, (I_LOOP,), tuple(Term(Affine(c), cell(k)) for k, c in ((-1, -4), (0, -2), (1, -2))), Affine(5))
    condensed = decided_by((one, two), (I_LOOP,))
    written = write(condensed, "whole", BITS, "A test.")
    assert "x[i - 1]" in written.program.source
    for n in (4, 5, 7):
        assert differences(written, condensed, all_inputs((0, 1), n)) == []


def test_the_origin_and_the_groups_of_each_line_are_kept() -> None:
    condensed = orientation_condensed()
    written = write(condensed, "whole", BITS, "Distilled from a network.")
    assert written.program.source.startswith("# Distilled from a network.\n")
    lines = written.program.source.splitlines()
    named = {name for names in written.lines.values() for name in names}
    assert named == {"d0", "s0", "s1", "c0", "c1"}
    assert all(1 <= number <= len(lines) for number in written.lines)
    assert "differentia = " in lines[min(k for k, v in written.lines.items() if v == ("d0",)) - 1]
