"""What is told about single states, raw states, rounds and the step of an integer system."""

from __future__ import annotations

import numpy as np

from mips_core.expressions import Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.moore import to_moore
from mips_core.machines.raw_machine import RawConflict, RawMachine
from mips_core.machines.rounds import refinement_rounds, tell_apart
from mips_core.programs import table_program
from mips_core.views.arithmetic import old_values, step_rows
from mips_core.views.machine_diagram import moore_diagram, neighbourhood, raw_diagram
from mips_core.views.machine_svg import diagram_svg, machine_svg
from mips_core.views.raw_words import class_name, conflict_sentences, round_rows, told_apart_sentences
from mips_core.views.state_facts import arrows_html, count_visits, crumbs_html, find_state, values_text, visits_text

PARITY = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))


def shift_register() -> MealyMachine:
    following = np.array([[2 * (s % 2) + x for x in (0, 1)] for s in range(4)])
    output = np.array([[[s // 2]] * 2 for s in range(4)])
    return MealyMachine(following, output, np.array([[0], [1]]))


def test_visits_count_every_position_and_keep_the_programs_values() -> None:
    x = np.array([[[1], [0], [1]], [[0], [0], [0]]])
    seen = count_visits(PARITY, table_program(PARITY, "By hand."), x)
    assert seen.counts.tolist() == [6, 2]
    assert visits_text(seen, 1) == "2 of 8 positions on sampled sequences (25 %)"
    assert values_text(seen, 1) == "`state` = 1"
    assert values_text(count_visits(PARITY, None, x), 1) == ""


def test_neighbours_are_buttons_and_a_loop_is_none() -> None:
    html = arrows_html(PARITY, 0)
    assert html.count('data-value="1"') == 2  # out and in
    assert 'data-value="0"' not in html
    assert "itself" in html
    alone = MealyMachine(np.array([[0]]), np.array([[[5]]]), np.array([[0]]))
    assert "Arrows in: none" in arrows_html(alone, 0)
    assert [name for name in ("S3", "S1") if f">{name}</button>" in crumbs_html((3, 1, 2))] == ["S3", "S1"]
    assert "<b>S2</b>" in crumbs_html((3, 1, 2))


def test_names_of_states_are_read_and_nothing_else() -> None:
    assert [find_state(t, PARITY) for t in ("S1", " s0", "S2", "1", "S", "Sx", "S1 0", "S" + "9" * 40)] == [
        1, 0, None, None, None, None, None, None,
    ]  # fmt: skip


def test_rounds_say_why_a_class_was_split() -> None:
    machine = shift_register()
    rounds = refinement_rounds(machine)
    assert round_rows(machine, rounds, 0, str) == [{"class": "A", "states": "0, 1, 2 and 3"}]
    first = round_rows(machine, rounds, 1, str)
    assert [row["states"] for row in first] == ["0 and 1", "2 and 3"]
    assert first[1]["why new"] == "on 0, 2 writes 1 and 0 writes 0"
    last = round_rows(machine, rounds, 2, str)
    assert last[1]["why new"] == "on 0, 1 leads into class B of the round before, and 0 into A"
    assert [class_name(i) for i in (0, 25, 26)] == ["A", "Z", "A2"]


def test_a_suffix_is_told_with_both_outputs() -> None:
    lines = told_apart_sentences(tell_apart(shift_register(), 0, 1), "R0", "R1")
    assert lines[0] == (
        "The shortest suffix that tells them apart is **0 0**. From R0 its last output is **0**, from R1 it is **1**."
    )
    assert lines[1] == "Before that, both write 0. No shorter suffix shows a difference."
    twins = MealyMachine(np.array([[1], [0]]), np.array([[[7]], [[7]]]), np.array([[0]]))
    assert told_apart_sentences(tell_apart(twins, 0, 1), "R0", "R1")[0].startswith(
        "**No suffix tells R0 and R1 apart**"
    )


def _raw(machine: MealyMachine | None, outputs: list[int], targets: tuple[int, int]) -> RawMachine:
    empty, one = np.empty(0, dtype=np.int64), np.array([1])
    conflict = RawConflict(1, empty, one, 0, targets, np.array(outputs)[:, None])
    hidden = np.arange(2.0)[:, None]
    return RawMachine(machine, hidden, (empty, one), np.array([[0], [1]]), 0.1, 1.0, 2, (conflict,))


def test_a_conflict_says_no_more_than_is_known() -> None:
    apart = conflict_sentences(_raw(PARITY, [0, 0], (0, 1)))
    assert apart[0] == (
        "After no input and after 1 the network is in R1. The input 0 then leads to R0 and writes 0, or to R1 and "
        "writes 0."
    )
    assert apart[1].startswith("They behave differently")
    twins = MealyMachine(np.array([[1, 1], [0, 0]]), np.full((2, 2, 1), 7), np.array([[0], [1]]))
    assert conflict_sentences(_raw(twins, [0, 0], (0, 1)))[1].startswith("Both behave the same from there on")
    assert "cannot be told" in conflict_sentences(_raw(None, [0, 0], (0, 1)))[1]
    assert conflict_sentences(_raw(None, [0, 1], (0, 1)))[1].startswith("They behave differently")
    assert "a new raw state" in conflict_sentences(_raw(None, [0, 0], (0, 2)))[0]


def test_moore_and_raw_drawings_name_output_and_class() -> None:
    moore = to_moore(shift_register())
    assert moore is not None
    svg = diagram_svg(moore_diagram(moore), clickable=True).svg
    assert 'aria-label="state S0, shows 1"' in svg
    assert svg.count('data-value="0"') == 2  # both halves of S0 choose S0
    raw = diagram_svg(raw_diagram(PARITY, np.array([0, 0]), 1), selected=[0, 1], clickable=True).svg
    assert 'data-value="R1" data-kin="0"' in raw
    assert raw.count('aria-pressed="true"') == 2


def test_a_neighbourhood_grows_with_its_radius_and_keeps_the_way_that_was_walked() -> None:
    ring = np.array([[(s + 1) % 50] for s in range(50)])
    assert neighbourhood(ring, 0, 1, 24) == ([0, 1, 49], 3)
    assert neighbourhood(ring, 0, 2, 24)[1] == 5
    assert neighbourhood(ring, 0, 1, 4, along=[7, 8]) == ([0, 7, 8, 1], 3)
    machine = MealyMachine(ring, ring[:, :, None], np.array([[0]]))
    picture = machine_svg(machine, current=9, edge=(8, 9), trail=[(7, 8)], selected=0)
    for name in ("S0", "S1", "S49", "S7", "S8", "S9"):
        assert f'aria-label="state {name}"' in picture.svg
    assert 'aria-label="state S20"' not in picture.svg
    assert 'data-from="8" data-to="9"' in picture.svg


def test_a_step_shows_old_values_formulas_and_results() -> None:
    new = apply("add", Variable("total"), Variable("x"))
    system = IntegerSystem(
        ("x",), (StateVariable("total", 5, Variable("twice")), StateVariable("old", 0, Variable("total"))),
        (apply("mod", Variable("twice"), 3),), (("twice", new),),
    )  # fmt: skip
    x = np.array([[4], [-3]])
    assert old_values(system, x, 2) == "Remembered before: `total` = 9, `old` = 5. Read now: `x` = -3."
    assert [tuple(row.values()) for row in step_rows(system, x, 2)] == [
        ("twice", "total + x", "9 + -3", "6"),
        ("total′", "twice", "6", "6"),
        ("old′", "total", "9", "9"),
        ("output", "twice % 3", "6 % 3", "0"),
    ]
