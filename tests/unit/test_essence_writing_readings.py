"""Programs for rows, grids, rule numbers and clauses, from networks of one window or one clause."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from essence_groups import ONE, ZERO, at
from essence_written import as_groups, network_of, span
from least_time import least_seconds

from mips_core.errors import NoRegularStructureError
from mips_core.essence.certify_clauses import clause_questions
from mips_core.essence.condensed import Affine, Condensed, Group, Loop, Region, Term
from mips_core.essence.network import EssenceNetwork, Head, Layer
from mips_core.essence.tasks.automata import next_life, next_row
from mips_core.essence.writing import InputValues, Written, write

BITS = InputValues()


def _patterns(rule: int) -> Condensed:
    """Return a network with a neuron for each of the eight patterns of three cells."""
    patterns = np.array(list(itertools.product((0, 1), repeat=3)))
    first = 4 * patterns - 2
    labels = [(rule >> k) & 1 for k in range(8)]
    concepts = np.array([[1 - label for label in labels], labels])
    layers = (
        Layer("subconcept", first, 1 - 2 * patterns.sum(axis=1)),
        Layer("concept", concepts, concepts.sum(axis=1)),
    )
    return as_groups(EssenceNetwork((3,), layers, (Head((0, 1), (0, 1)),)))


@pytest.mark.parametrize("rule", [0, 22, 30, 73, 90, 105, 110, 150, 184, 232, 254, 255])
def test_a_rule_of_three_cells_is_a_short_function_of_a_row(rule: int) -> None:
    written = write(_patterns(rule), "window", BITS, "A test.")
    assert written.program.lines <= 8
    assert written.program.longest_literal <= 3
    generator = np.random.default_rng(rule)
    for n in (0, 1, 2, 3, 8, 101):
        cells = generator.integers(0, 2, n)
        after = written.program.function(cells.tolist())
        assert after == (next_row(cells, rule).tolist() if n else [])
        assert all(type(cell) is int for cell in after)


def test_rule_30_reads_as_people_write_it() -> None:
    assert "after.append(left ^ (here | right))" in write(_patterns(30), "window", BITS, "").program.source


def _life() -> Condensed:
    grid, middle = Region("x", (span(0, 3), span(0, 3))), Region("x", (span(1, 2), span(1, 2)))
    layers = (
        (
            Group("d0", 0, (), (Term(Affine(2), grid),), Affine(-5)),
            Group("d1", 0, (), (Term(Affine(-2), grid), Term(Affine(2), middle)), Affine(7)),
        ),
        (
            Group("s0", 1, (), (Term(Affine(2), Region("d0")), Term(Affine(2), Region("d1"))), Affine(-3)),
            Group("s1", 1, (), (Term(Affine(-2), Region("d0")),), Affine(-1)),
            Group("s2", 1, (), (Term(Affine(-2), Region("d1")),), Affine(-1)),
        ),
        (
            Group("c0", 2, (), (Term(ONE, Region("s1")), Term(ONE, Region("s2"))), Affine(2)),
            Group("c1", 2, (), (Term(ONE, Region("s0")),), ONE, label=ONE),
        ),
    )
    return Condensed(2, layers, ((3, 3),))


def _life_program() -> Written:
    return write(_life(), "window", BITS, "A test.")


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (4, 1), (2, 2), (3, 7), (20, 30)])
def test_life_runs_on_a_torus_of_any_shape(shape: tuple[int, int]) -> None:
    cells = np.random.default_rng(3).integers(0, 2, shape)
    assert _life_program().program.function(cells.tolist()) == next_life(cells).tolist()


def test_life_has_two_thresholds_and_takes_empty_grids() -> None:
    written = _life_program()
    assert "int(3 <= total <= here + 3)" in written.program.source
    assert written.program.function([]) == []
    assert written.program.function([[], []]) == [[], []]


def test_a_million_cells_take_less_than_a_second() -> None:
    cells = np.random.default_rng(3).integers(0, 2, (300, 300)).tolist()
    function = _life_program().program.function
    bound = 90_000 / 1_000_000
    assert least_seconds(lambda: function(cells), bound) < bound


def test_a_wide_window_adds_up_a_loop() -> None:
    first = (Group("d0", 0, (), (Term(Affine(2), Region("x", (span(0, 7),))),), Affine(-7)),)
    layers = (
        first,
        (
            Group("c0", 1, (), (Term(Affine(-1), Region("d0")),), ZERO),
            Group("c1", 1, (), (Term(ONE, Region("d0")),), ZERO, label=ONE),
        ),
    )
    written = write(Condensed(1, layers, ((7,),)), "window", BITS, "A test.")
    assert "sum(cells[(i + k) % n] for k in range(-3, 4))" in written.program.source
    for n in (1, 2, 5, 30):
        cells = np.random.default_rng(n).integers(0, 2, n)
        total = sum(np.roll(cells, -k) for k in range(-3, 4))
        assert written.program.function(cells.tolist()) == (total > 3).astype(int).tolist()


def _picker(order: list[int]) -> Condensed:
    """Return a network that says the rule bit ``order[number]`` of the number that three cells write."""
    first, bias = np.zeros((8, 11), dtype=np.int64), np.zeros(8, dtype=np.int64)
    for number, pattern in enumerate(itertools.product((0, 1), repeat=3)):
        first[number, 8:] = 4 * np.array(pattern) - 2
        first[number, order[number]] = 2
        bias[number] = -2 * sum(pattern) - 1
    concepts = np.array([[-1] * 8, [1] * 8])
    layers = (Layer("subconcept", first, bias), Layer("concept", concepts, np.array([-7, 7])))
    return as_groups(EssenceNetwork((11,), layers, (Head((0, 1), (0, 1)),)))


@pytest.mark.parametrize(
    ("order", "shift"),
    [
        (list(range(8)), "rule >> (4 * left + 2 * here + right)"),
        ([7 - k for k in range(8)], "rule >> (7 - 4 * left - 2 * here - right)"),
        ([0, 4, 2, 6, 1, 5, 3, 7], "rule >> (left + 2 * here + 4 * right)"),
    ],
)
def test_a_network_that_picks_a_bit_takes_the_rules_number(order: list[int], shift: str) -> None:
    written = write(_picker(order), "rule and window", BITS, "A test.")
    assert written.program.lines <= 25
    for rule in (0, 30, 110, 255):
        moved = sum(((rule >> order[k]) & 1) << k for k in range(8))
        cells = np.random.default_rng(rule).integers(0, 2, 21)
        assert written.program.function(cells.tolist(), rule) == next_row(cells, moved).tolist()
    assert shift in written.program.source


def test_two_rule_bits_are_picked_by_one_cell() -> None:
    first, bias = np.array([[2, 0, -2], [0, 2, 2]]), np.array([-1, -3])
    layers = (Layer("subconcept", first, bias), Layer("concept", np.array([[-1, -1], [1, 1]]), np.array([-1, 1])))
    condensed = as_groups(EssenceNetwork((3,), layers, (Head((0, 1), (0, 1)),)))
    written = write(condensed, "rule and window", BITS, "A test.")
    assert [written.program.function([0, 1, 1], rule) for rule in range(4)] == [[0] * 3, [1, 0, 0], [0, 1, 1], [1] * 3]


def test_bits_in_no_order_and_a_changed_weight_are_refused() -> None:
    with pytest.raises(NoRegularStructureError, match="does not pick one bit"):
        write(_picker([0, 1, 2, 3, 4, 5, 7, 6]), "rule and window", BITS, "A test.")
    regular = _picker(list(range(8)))
    (changed, *others), concepts = regular.layers
    bent = Group(changed.name, 0, (), changed.terms, Affine(changed.bias.constant + 2))
    with pytest.raises(NoRegularStructureError, match="does not pick one bit"):
        write(Condensed(1, ((bent, *others), concepts), ((11,),)), "rule and window", BITS, "A test.")


def _policy(literals_on_rows: bool = True, unit: int = 10_000, other: int = 2298) -> Condensed:
    """Return the policy that obeys clauses with one literal and counts the others."""
    many, clauses = ("h", "w") if literals_on_rows else ("w", "h")
    loop = Loop("i", ZERO, Affine(0, ((clauses, 1),)))

    def part(axis: object) -> Region:
        return Region("x", (axis, at("i")) if literals_on_rows else (at("i"), axis))  # type: ignore[arg-type]

    rest = part(span(2, Affine(0, ((many, 1),))))
    first = (
        Group("d0", 0, (loop,), (Term(Affine(-2), rest),), ONE),
        Group("d1", 0, (loop,), (Term(ONE, part(span(0, 1))), Term(Affine(-1), part(span(1, 2)))), ZERO),
    )

    def both(name: str, alone: int, lead: int) -> Group:
        terms = (Term(Affine(alone), Region("d0", (at("i"),))), Term(Affine(lead), Region("d1", (at("i"),))))
        return Group(name, 1, (loop,), terms, Affine(-3))

    votes = (both("s0", 2, 2), both("s1", -2, 2), both("s2", 2, -2), both("s3", -2, -2))
    everywhere = span(0, Affine(0, ((clauses, 1),)))
    weights = ((unit, unit, -unit, other), (-unit, other, unit, unit))
    concepts = tuple(
        Group(
            f"c{k}", 2, (), tuple(Term(Affine(w), Region(f"s{j}", (everywhere,))) for j, w in enumerate(row)),
            Affine(0, ((clauses, unit + other),)), label=Affine(k),
        )
        for k, row in enumerate(weights)
    )  # fmt: skip
    return Condensed(2, (first, votes, concepts), ((6, 8),), scale=1000, decides=False)


def test_a_policy_of_clauses_says_what_its_network_says() -> None:
    condensed = _policy()
    written = write(condensed, "clauses", BITS, "A test.")
    assert written.program.lines <= 57
    for shape in ((6, 8), (10, 20)):
        network = network_of(condensed, shape)
        for question in clause_questions(network, 60, np.random.default_rng(2)):
            assert question.wrong(written.program.function(*question.arguments)) == []


def test_literals_may_lie_on_columns() -> None:
    on_rows = write(_policy(), "clauses", BITS, "A test.").program.source
    assert write(_policy(literals_on_rows=False), "clauses", BITS, "A test.").program.source == on_rows


def test_odd_formulas_have_sensible_answers() -> None:
    function = write(_policy(), "clauses", BITS, "A test.").program.function
    assert function([]) == []
    assert function([[]]) == []
    assert function([[1, -1]]) == [True]
    assert function([[2]]) == [True, True]
    assert function([[-1, -1], [1, 2]]) == [False, True]
    given = [[1, -2], [2, 3]]
    function(given)
    assert given == [[1, -2], [2, 3]]


def test_a_hundred_variables_take_little_time() -> None:
    generator = np.random.default_rng(0)
    chosen = [generator.choice(100, 3, replace=False) + 1 for _ in range(1000)]
    clauses = [[int(v) for v in each * generator.choice([-1, 1], 3)] for each in chosen]
    function = write(_policy(), "clauses", BITS, "A test.").program.function
    assert len(function(clauses)) == max(abs(v) for clause in clauses for v in clause)
    assert least_seconds(lambda: function(clauses), 0.5) < 0.5


def test_scores_that_see_clauses_without_the_variable_are_refused() -> None:
    condensed = _policy()
    first, votes, concepts = condensed.layers
    lonely = Group("s0", 1, votes[0].loops, (Term(Affine(2), Region("d0", (at("i"),))),), Affine(-1))
    bent = Condensed(2, (first, (lonely, *votes[1:]), concepts), condensed.sizes, 1000, decides=False)
    with pytest.raises(NoRegularStructureError, match="clauses"):
        write(bent, "clauses", BITS, "A test.")
