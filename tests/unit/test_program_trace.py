"""The lines of a program that run at each step, against runs worked out by hand."""

from __future__ import annotations

import re
import sys
from html import unescape

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.programs.parse import parse_program
from mips_core.programs.program import Program
from mips_core.tasks import Vocabulary
from mips_core.views.code_html import code_lines
from mips_core.views.player_program import MOST_ENTRIES, program_part
from mips_core.views.program_trace import RESULT, ProgramTrace, Value, short_value, trace_program

PARITY = """def f(xs):
    outputs = []
    previous = 0
    previous2 = 0
    for x in xs:
        outputs.append(x ^ previous ^ previous2)
        previous, previous2 = x, previous
    return outputs
"""

DEPTH = """def f(xs):
    outputs = []
    depth = 0
    for x in xs:
        depth = depth if depth < 0 else depth - 1 if x else depth + 1
        outputs.append(int(depth == 0))
    return outputs
"""

PALINDROME = """def f(xs):
    outputs = []
    seen = []
    for x in xs:
        seen.append(x)
        outputs.append(int(all(seen[i] == seen[-1 - i] for i in range(len(seen) // 2))))
    return outputs
"""

GATE = """TRANSITIONS = {
    (0, "coin"): (1, "open"),
    (0, "push"): (0, "shut"),
    (1, "coin"): (1, "open"),
    (1, "push"): (0, "open"),
}


def f(xs):
    outputs = []
    state = 0
    for x in xs:
        state, output = TRANSITIONS[state, x]
        outputs.append(output)
    return outputs
"""

COUNTS = """def f(xs):
    outputs = []
    position = 0
    velocity = 0
    for x in xs:
        velocity = velocity + x
        position = position + velocity
        outputs.append(position)
    return outputs
"""


def trace(source: str, x: list[int]) -> ProgramTrace:
    return trace_program(parse_program(source), np.array(x, dtype=np.int64).reshape(-1, 1))


def told(traced: ProgramTrace, t: int) -> list[tuple[str, tuple[tuple[str, Value], ...]]]:
    """Return the lines that ran at step t as text, each with what it set."""
    lines = traced.source.splitlines()
    return [(lines[traced.outline.statements[one.statement].first - 1].strip(), one.values) for one in traced.steps[t]]


def sides(traced: ProgramTrace, t: int) -> list[str]:
    """Return the text of the sides that conditions took at step t."""
    lines = traced.source.splitlines()
    spans = [traced.outline.branches[side] for one in traced.steps[t] for side in one.branches]
    return [lines[first - 1][left:right] for first, left, _, right in spans]


def test_every_line_stands_with_the_values_right_after_it() -> None:
    traced = trace(PARITY, [1, 0])
    assert told(traced, 0) == [
        ("outputs = []", (("outputs", "[]"),)),
        ("previous = 0", (("previous", 0),)),
        ("previous2 = 0", (("previous2", 0),)),
    ]
    assert told(traced, 1) == [
        ("for x in xs:", (("x", 1),)),
        ("outputs.append(x ^ previous ^ previous2)", ((RESULT, 1),)),
        ("previous, previous2 = x, previous", (("previous", 1), ("previous2", 0))),
    ]
    assert told(traced, 2) == [
        ("for x in xs:", (("x", 0),)),
        ("outputs.append(x ^ previous ^ previous2)", ((RESULT, 1),)),
        ("previous, previous2 = x, previous", (("previous", 0), ("previous2", 1))),
        ("for x in xs:", ()),  # finds no further input
        ("return outputs", ()),
    ]
    assert traced.error == ""


def test_a_variable_is_seen_as_each_line_leaves_it_not_as_the_step_does() -> None:
    traced = trace(COUNTS, [3, 1])
    assert told(traced, 2)[1:4] == [
        ("velocity = velocity + x", (("velocity", 4),)),
        ("position = position + velocity", (("position", 7),)),
        ("outputs.append(position)", ((RESULT, 7),)),
    ]


def test_conditions_name_the_side_that_was_taken_also_inside_another() -> None:
    traced = trace(DEPTH, [0, 1, 1, 0])
    whole = "depth - 1 if x else depth + 1"
    assert [sides(traced, t) for t in range(1, 5)] == [
        [whole, "depth + 1"],
        [whole, "depth - 1"],
        [whole, "depth - 1"],
        ["depth"],  # below zero it stays there
    ]


def test_a_program_that_looks_at_all_inputs_shows_its_list_and_only_lines_of_its_own() -> None:
    traced = trace(PALINDROME, [1, 0, 1])
    assert [told(traced, t)[1][1] for t in (1, 2, 3)] == [
        (("seen", "[1]"),),
        (("seen", "[1, 0]"),),
        (("seen", "[1, 0, 1]"),),
    ]
    assert [told(traced, t)[2][1] for t in (1, 2, 3)] == [((RESULT, 1),), ((RESULT, 0),), ((RESULT, 1),)]
    assert [len(step) for step in traced.steps] == [2, 3, 3, 5]


def test_a_table_tells_which_entry_was_looked_up() -> None:
    traced = trace(GATE, [1, 0, 0, 1])  # push coin coin push
    lines = traced.source.splitlines()
    read = [[lines[first - 1].strip() for one in step for first, _ in one.reads] for step in traced.steps]
    assert read == [
        [],
        ['(0, "push"): (0, "shut"),'],
        ['(0, "coin"): (1, "open"),'],
        ['(1, "coin"): (1, "open"),'],
        ['(1, "push"): (0, "open"),'],
    ]
    assert told(traced, 2)[0] == ("for x in xs:", (("x", "'coin'"),))
    assert told(traced, 2)[1][1] == (("state", 1), ("output", "'open'"))


def test_several_inputs_per_step_come_as_a_tuple() -> None:
    source = PARITY.replace("for x in xs", "for x1, x2 in xs").replace("x ^ previous", "x1 ^ x2 ^ previous")
    source = source.replace("= x, previous", "= x1, previous")
    traced = trace_program(parse_program(source), np.array([[1, 1], [0, 1]]))
    assert told(traced, 1)[0] == ("for x1, x2 in xs:", (("x1", 1), ("x2", 1)))
    assert told(traced, 2)[1][1] == ((RESULT, 0),)


def test_a_table_that_lacks_an_input_stops_there_with_a_sentence() -> None:
    source = "OUTPUT = {\n    0: 5,\n    1: 6,\n}\n\n\n" + PARITY.replace("x ^ previous ^ previous2", "OUTPUT[x]")
    traced = trace(source, [0, 1, 2, 0])
    assert traced.error == "The program's table lacks the input of step 3."
    assert len(traced.steps) == 4
    assert told(traced, 3)[-1] == ("outputs.append(OUTPUT[x])", ())


def test_a_formula_that_fails_stops_there_with_its_name() -> None:
    traced = trace(COUNTS.replace("velocity + x", "velocity + 6 // x"), [2, 0, 1])
    assert traced.error == "The program stops at step 2 with ZeroDivisionError."
    assert [line for line, _ in told(traced, 2)] == ["for x in xs:", "velocity = velocity + 6 // x"]


def test_an_empty_sequence_runs_what_stands_before_and_behind_the_loop() -> None:
    traced = trace(PARITY, [])
    assert len(traced.steps) == 1
    assert [line for line, _ in told(traced, 0)] == [
        "outputs = []", "previous = 0", "previous2 = 0", "for x in xs:", "return outputs",
    ]  # fmt: skip


def test_tracing_leaves_the_interpreter_as_it_was() -> None:
    def mine(frame, event, argument):  # type: ignore[no-untyped-def]
        return None

    before = sys.gettrace()
    sys.settrace(mine)
    try:
        trace(PARITY, [1, 0, 1])
        assert sys.gettrace() is mine
    finally:
        sys.settrace(before)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 1), max_size=12), st.sampled_from([PARITY, DEPTH, PALINDROME, COUNTS, GATE]))
def test_the_traced_outputs_are_those_of_the_function(x: list[int], source: str) -> None:
    program = parse_program(source)
    appended = [
        value for step in trace(source, x).steps for one in step for name, value in one.values if name == RESULT
    ]
    words = ["coin", "push"]
    returned = program.function([words[v] for v in x] if source == GATE else x)
    assert appended == [short_value(y) for y in returned]


def test_huge_numbers_and_long_lists_are_shortened() -> None:
    assert short_value(2**53) == str(2**53)  # JavaScript would round it
    assert short_value(10**5000) == "an integer of 16610 bits"
    assert short_value("w" * 200) == "'" + "w" * 38 + "…"
    assert short_value(True) == "True"


def test_large_tables_show_only_what_the_sequence_looks_up() -> None:
    entries = "".join(f"    {i}: {i % 3},\n" for i in range(MOST_ENTRIES + 6))
    source = f"OUTPUT = {{\n{entries}}}\n\n\n" + PARITY.replace("x ^ previous ^ previous2", "OUTPUT[x]")
    part = program_part(trace(source, [4, 9, 4]))
    shown = [number for number, _ in part["rows"]]
    assert shown[:5] == [2, 7, 12, 0, MOST_ENTRIES + 9]  # line 1 is the comment
    assert part["rows"][3] == [0, f"{MOST_ENTRIES + 4} more, not looked up here"]
    pattern = part["patterns"][part["steps"][2]]
    assert [row for entry in pattern for row in entry[3]] == [2]


def test_the_part_for_the_player_finds_each_statement_and_each_value() -> None:
    part = program_part(trace(PARITY, [1, 0]))
    assert part["remembered"] == ["previous", "previous2"]
    numbers = [number for number, _ in part["rows"]]
    first = part["rows"].index(next(row for row in part["rows"] if "def" in row[1]))
    assert numbers[first:] == list(range(numbers[first], numbers[first] + len(numbers) - first))
    pattern = part["patterns"][part["steps"][1]]
    names = [name for _, names, _, _ in pattern for name in names]
    assert list(zip(names, part["values"][1], strict=True)) == [("x", 1), ("", 1), ("previous", 1), ("previous2", 0)]


def test_words_of_a_program_are_shown_and_never_run_as_markup() -> None:
    program = parse_program(GATE.replace('"open"', '"<b>"'))
    html = "\n".join(html for _, html in program_part(trace_program(program, np.array([[0]])))["rows"])
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


@pytest.mark.parametrize("source", [PARITY, DEPTH, GATE])
def test_code_as_html_reads_as_the_code(source: str) -> None:
    lines = code_lines(source, trace(source, [0]).outline.branches)
    assert [unescape(re.sub("<[^>]*>", "", line)) for line in lines] == source.splitlines()
    assert all(line.count("<span") == line.count("</span>") for line in lines)


def test_columns_of_sides_count_in_bytes_before_letters_that_take_two() -> None:
    (line,) = code_lines('y = "é" if x else "è"', [(1, 4, 1, 8)])
    assert '<span class="side" data-side="0"><span class="str">&quot;é&quot;</span></span> <span' in line


def test_vocabularies_of_the_program_turn_numbers_into_words() -> None:
    program = parse_program(GATE)
    assert isinstance(program, Program)
    assert program.input_words == (Vocabulary(("coin", "push")),)
    assert told(trace_program(program, np.array([[0]])), 1)[0][1] == (("x", "'coin'"),)
