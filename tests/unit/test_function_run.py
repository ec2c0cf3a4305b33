"""Functions of lists in the sandbox: what they return, what is refused or stopped, and which lines ran."""

import math

import pytest

from mips_core.errors import ProgramRefusedError, ProgramStoppedError
from mips_core.programs.function_run import Fault, run_function, trace_function, trace_ours
from mips_core.programs.loops.parse import parse_loop_program
from mips_core.programs.mutations import mutations, suggestions
from mips_core.programs.sandbox import Limits

QUICK = Limits(soft_seconds=0.3, hard_seconds=0.6, memory=256 * 2**20)
RUNNING = """# Made up.
def f(x, k):
    total = 0
    found = []
    for v in x:
        total = total + v * k
        found.append(total)
    return found
"""


def returns(text):
    return f"def f(x):\n    return {text}\n"


def test_results_are_nested_lists_of_numbers_and_none():
    source = "def f(x, k):\n    return [k, None, (x, [1.5, x == []]), 2**200]\n"
    done = run_function(source, [([1, [2, 3]], 7), ([], -1)])
    assert done.complete
    assert done.results == ([7, None, [[1, [2, 3]], [1.5, False]], 2**200], [-1, None, [[], [1.5, True]], 2**200])
    assert run_function(returns("x[0] * x[1]"), [([1e308, 10],)]).results == (math.inf,)


def test_each_case_gets_arguments_of_its_own():
    source = "def f(x):\n    x.append(1)\n    return x\n"
    case = ([0],)
    assert run_function(source, [case, case]).results == ([0, 1], [0, 1])
    assert case == ([0],)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (returns("x[9]"), Fault("IndexError", 2)),
        ("def g(x):\n    return x[9]\n\n\ndef f(x):\n    return g(x)\n", Fault("IndexError", 2)),
        (returns("{1: 2}"), Fault("f returned a dict, not a number, a list or None")),
        (returns("2**300"), Fault("f returned an integer of 301 bits")),
        ("def f(x):\n    x.append(x)\n    return x\n", Fault("f returned lists that are nested more than 16 deep")),
        ("def f(x, y):\n    return 1\n", Fault("TypeError: f must take 1 argument")),
    ],
)
def test_what_is_no_result_is_a_fault_and_the_next_case_still_runs(source, fault):
    done = run_function(source, [([1],), (list(range(10)),)])
    assert done.results[0] == fault
    assert len(done.results) == 2


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import os\n\n\ndef f(x):\n    return 1\n", "Line 1: An import is not allowed"),
        (returns("x.__class__"), "Line 2: The attribute .__class__ is not allowed"),
        ("def g(x):\n    return 1\n", "There is no function f"),
    ],
)
def test_the_subset_holds_here_too(source, message):
    with pytest.raises(ProgramRefusedError) as refusal:
        run_function(source, [([1],)])
    assert message.lower() in str(refusal.value).lower()
    with pytest.raises(ProgramRefusedError):
        trace_function(source, ([1],))


def test_time_and_memory_are_bounded():
    with pytest.raises(ProgramStoppedError, match="longer than"):
        run_function("def f(x):\n    while True:\n        x = x\n", [([1],)], QUICK)
    with pytest.raises(ProgramStoppedError, match="memory"):
        run_function("def f(x):\n    return [0] * 10**9\n", [([1],)], QUICK)
    slow = "def f(x):\n    for i in range(10**6):\n        x = i\n    return x\n"
    some = run_function(slow, [([1],)] * 400, QUICK)
    assert not some.complete
    assert 0 < len(some.results) < 400


def test_each_line_is_noted_with_the_values_after_it():
    trace = trace_function(RUNNING, ([1, 2], 3))
    assert trace.complete
    assert trace.result == [3, 9]
    assert [line for line, _ in trace.steps] == [3, 4, 5, 6, 7, 5, 6, 7, 5, 8]
    assert trace.steps[3][1] == {"x": [1, 2], "k": 3, "total": 3, "found": [], "v": 1}
    assert trace.steps[4][1]["found"] == [3]
    assert trace.steps[-1][1]["found"] == [3, 9]


def test_our_own_functions_are_traced_alike_without_a_process():
    function = parse_loop_program(RUNNING).function
    assert trace_ours(function, ([1, 2], 3)) == trace_function(RUNNING, ([1, 2], 3))


def test_a_trace_ends_after_as_many_lines_as_were_asked_for_and_the_call_goes_on():
    for trace in (
        trace_function(RUNNING, ([1, 2], 3), most=4),
        trace_ours(parse_loop_program(RUNNING).function, ([1, 2], 3), 4),
    ):
        assert [line for line, _ in trace.steps] == [3, 4, 5, 6]
        assert not trace.complete
        assert trace.result == [3, 9]


def test_a_trace_shows_short_values_only_and_goes_up_to_a_fault():
    source = "def f(x):\n    y = [v for v in x]\n    y = y[:64]\n    z = {1: 2}\n    return x[-1] // 0\n"
    trace = trace_function(source, (list(range(65)),))
    assert [(line, sorted(values)) for line, values in trace.steps] == [(2, []), (3, ["y"]), (4, ["y"]), (5, ["y"])]
    assert trace.result == Fault("ZeroDivisionError", 5)
    holds_itself = trace_function("def f(x):\n    x.append(x)\n    return 1\n", ([],))
    assert holds_itself.steps == ((2, {}), (3, {}))
    assert holds_itself.result == 1


def test_small_changes_of_programs_with_loops():
    source = (
        "def f(x, n):\n"
        "    top = max(x)\n"
        "    for row in range(n - 1):\n"
        "        if 2 < row <= 5 and not any(v == top for v in x):\n"
        "            return sum(x) >> row\n"
        "    return None\n"
    )
    made = {(change.line, change.before, change.after) for change in mutations(source)}
    assert {
        (2, "max(x)", "min(x)"),
        (3, "n - 1", "n + 1"),
        (3, "n - 1", "n - 2"),
        (4, "2 < row <= 5", "2 <= row <= 5"),
        (4, "2 < row <= 5", "2 < row < 5"),
        (4, "2 < row <= 5", "3 < row <= 5"),
        (4, "not any(v == top for v in x)", "any(v == top for v in x)"),
        (4, "any(v == top for v in x)", "all(v == top for v in x)"),
        (4, "v == top", "v != top"),
        (5, "sum(x)", "max(x)"),
        (5, "sum(x) >> row", "sum(x) << row"),
    } <= made
    for change in mutations(source):
        changed, before = change.source.splitlines(), source.splitlines()
        assert [i for i, (a, b) in enumerate(zip(changed, before, strict=True), 1) if a != b] == [change.line]
        parse_loop_program(change.source.replace("<<", ">>"))
    assert len({change.kind for change in suggestions(source, 3)}) == 3
