"""Benchmark rows, totals and stored forms, on reports and rows made by hand."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mips_core.benchmarks import PAPER, BenchmarkRow, Conditions, Count, Counts, PaperResult, Settings, TaskBenchmark
from mips_core.benchmarks.certificates import RowCertificates
from mips_core.benchmarks.operators import operators_of
from mips_core.benchmarks.paper import REPORTED
from mips_core.benchmarks.result import benchmark_from_dict, flat_row, load_benchmark, totals
from mips_core.benchmarks.row import row_from_dict, row_from_report
from mips_core.cli.bench_tasks import line
from mips_core.errors import BadInputError
from mips_core.expressions import Constant, Element, Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.programs import Program, table_program
from mips_core.programs.loop_line import loop_line
from mips_core.progress import StageResult
from mips_core.regression.method import Method
from mips_core.report import Report
from mips_core.tasks import Integers, get, names
from mips_core.verification import Verification
from mips_core.verification.claims import Claim, Strength
from mips_core.verification.compare import Agreement, Counterexample

ALL, MOST = Agreement(100, 100, None), Agreement(100, 90, None)
NOTHING: dict[str, Agreement | None] = {"1x": None, "5x": None}


def adder() -> tuple[MlpNetwork, Program]:
    weights = AffineMap(np.array([[1.0, 1.0]]), np.zeros(1))
    card = Card("linear", 1, 1, 1, (Integers(0, 100),), 10, "Sum_All")
    network = MlpNetwork(card, RawInput(1), Rounded(1), (weights,), (AffineMap(np.eye(1), np.zeros(1)),))
    add = apply("add", Variable("total"), Variable("x"))
    system = IntegerSystem(("x",), (StateVariable("total", 0, add),), (add,))
    return network, Program(system, Method.LINEAR, "Made by hand.")


def report(program: Program | None, **changes: Any) -> Report:
    network, _ = adder()
    facts: dict[str, Any] = {
        "program_vs_network": {"1x": ALL, "5x": MOST},
        "program_vs_data": {"1x": ALL, "5x": ALL},
        "network_vs_data": {"1x": ALL, "5x": MOST},
        "claims": (),
        "claim": "A claim.",
        "counterexample": Counterexample([[1]] * 13, [[1]], [[2]]),
        **changes,
    }
    stages = (
        StageResult("first", "failed", "It could not.", 0.1),
        StageResult("second", "done", "A formula.", 0.2, {"method": "linear", "nodes": 4, "agrees_with_data": 1.0}),
    )
    system = None if program is None else program.system
    return Report(
        "Sum_All", "Sum_All", network, system, program, Verification(**facts), (Integers(0, 100),), 10, stages,
        {"train": 0.0, "total": 1.5}, route=None if program is None else "second",
    )  # fmt: skip


def row(task: str, **changes: Any) -> BenchmarkRow:
    good = Counts(Count(9, 9), Count(5, 5))
    facts: dict[str, Any] = {
        "trained": Count(10, 10), "method": "linear", "formula": 'y = "x", z', "nodes": 3, "route": "linear",
        "machine": "integer system", "order": 1, "program_vs_data": good, "program_vs_network": good,
        "network_vs_data": good, "holds_to": 50, "claim": "Line one,\nline two.", "seconds": {"total": 2.0},
    }  # fmt: skip
    return BenchmarkRow(task, get(task).group, 10, **{**facts, **changes})


def benchmark(*rows: BenchmarkRow) -> TaskBenchmark:
    conditions = Conditions(2, 1, "Linux x86_64", "3.11.7", "0.1.0", "2026-01-31")
    return TaskBenchmark(rows, Settings(False, 0, 45.0), conditions, 12.5)


def test_a_report_becomes_a_row_with_three_separate_facts() -> None:
    found = row_from_report(get("Sum_All"), report(adder()[1]), Count(9_999, 10_000))
    assert (found.route, found.method, found.machine, found.order, found.states) == (
        "second", "linear", "integer system", 1, None,
    )  # fmt: skip
    assert found.formula == "total = total + x; y = total"
    assert found.nodes == 4
    assert found.exact
    assert found.program_vs_network == Counts(Count(100, 100), Count(90, 100))
    assert found.holds_to == 12  # the shortest difference has 13 steps
    assert not found.proved
    assert found.certificates is None
    assert found.trained is not None
    assert not found.trained.holds
    assert found.paper.result is PaperResult.LIKELY


def test_a_program_that_keeps_all_inputs_has_no_order() -> None:
    x = Variable("x")
    first_again = apply("eq", Element(x, Constant(0)), Element(x, Constant(-1)))
    keeps = Program(IntegerSystem(("x",), (), (first_again,)), Method.SYMBOLIC, "test")
    found = row_from_report(get("Sum_All"), report(keeps), Count(1, 1))
    assert found.order is None
    assert "all inputs" in line(found)
    assert found.formula == "y = int(seen[0] == seen[-1])"


def test_without_a_difference_the_row_holds_as_far_as_was_looked() -> None:
    same = {"program_vs_network": {"1x": ALL, "5x": ALL}, "counterexample": None}
    assert row_from_report(get("Sum_All"), report(adder()[1], **same), Count(1, 1)).holds_to == 50


def test_a_proof_against_the_machine_is_none_against_the_network() -> None:
    machine = Claim(Strength.PROVED_FOR_ALL_LENGTHS, "program", "machine", "proved for all lengths")
    found = row_from_report(get("Sum_All"), report(adder()[1], claims=(machine,)), Count(1, 1))
    assert not found.proved
    proof = Claim(Strength.PROVED_FOR_ALL_LENGTHS, "program", "network", "proved for all lengths")
    same = {"program_vs_network": {"1x": ALL, "5x": ALL}, "counterexample": None, "claims": (proof,)}
    assert row_from_report(get("Sum_All"), report(adder()[1], **same), Count(1, 1)).proved


def test_a_report_without_a_program_says_why() -> None:
    nothing = {"program_vs_network": NOTHING, "program_vs_data": NOTHING, "counterexample": None}
    found = row_from_report(get("Sum_All"), report(None, **nothing), Count(1, 1))
    assert (found.method, found.formula, found.route, found.holds_to) == (None, None, None, None)
    assert not found.exact
    assert "first: It could not." in str(found.reason)


def test_a_program_on_one_line_is_its_loop_in_order() -> None:
    total = apply("add", Variable("carry"), Variable("a"))
    swap = IntegerSystem(
        ("a",), (StateVariable("carry", 1, Variable("other")), StateVariable("other", 0, Variable("carry"))), (total,)
    )
    text = loop_line(Program(swap, Method.LINEAR, ""))
    assert text.startswith("carry = 1 | ")
    assert "carry, other = other, carry" in text
    machine = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [7]], [[9], [0]]]), np.array([[0], [1]]))
    assert loop_line(table_program(machine, "By hand.")) == "table with 8 entries"


def test_totals_count_each_fact_on_its_own() -> None:
    inexact = Counts(Count(9, 9), Count(4, 5))
    found = totals([
        row("Sum_All", certificates=RowCertificates("proved for all lengths", always=True, change="state grid 2^-3")),
        row("Prev1", method="table", trained=Count(9, 10), imperfect_network=True),
        row("Div_7", program_vs_data=inexact, program_vs_network=inexact),
        row("Div_5", trained=None, method=None, program_vs_data=Counts(), program_vs_network=Counts()),
        row("Div_3", measured=False, trained=None, method=None, program_vs_data=Counts(), seconds={}),
    ])  # fmt: skip
    assert (found.tasks, found.measured, found.trained) == (5, 4, 2)
    assert (found.exact_short, found.exact_long) == (3, 2)
    assert (found.faithful_short, found.faithful_long) == (4, 3)
    assert (found.formulas, found.tables, found.solved) == (1, 1, 2)
    assert (found.certified, found.certified_always, found.certified_as_trained, found.imperfect) == (1, 1, 0, 1)
    assert (found.paper_solved, found.paper_likely) == (1, 1)
    assert (found.seconds, found.longest) == (8.0, 2.0)


def test_rows_stand_in_the_papers_order() -> None:
    assert [r.task for r in benchmark(row("Div_7"), row("Binary_Addition"), row("Prev1")).rows] == [
        "Binary_Addition", "Prev1", "Div_7",
    ]  # fmt: skip


def test_json_comes_back_as_it_went() -> None:
    first = benchmark(row("Div_7"), row("Prev1", trained=None, program_vs_data=Counts()), row("Min_Seen", proved=True))
    again = benchmark_from_dict(json.loads(json.dumps(first.to_dict())), "here")
    assert again == first
    plain = {each["task"]: each for each in first.to_dict()["rows"]}
    assert plain["Div_7"]["program_vs_data"]["5x"] == {"agree": 5, "sequences": 5}
    assert plain["Prev1"]["program_vs_data"] == {"1x": None, "5x": None}
    assert plain["Prev1"]["paper"]["result"] == "solved"


def test_csv_comes_back_as_it_went() -> None:
    first = benchmark(row("Div_7"), row("Prev1", trained=None, holds_to=None))
    text = first.to_csv()
    assert text.endswith("\r\n")
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [dict(line) for line in lines] == [
        {name: str(value) for name, value in flat_row(each).items()} for each in first.rows
    ]
    assert lines[0]["formula"] == 'y = "x", z'
    assert lines[0]["claim"] == "Line one,\nline two."
    assert lines[0]["network_fresh_agree"] == ""


@pytest.mark.parametrize("change", [{"task": "Nothing"}, {"trained": 5}, {"seconds": None}])
def test_a_malformed_row_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadInputError, match="malformed"):
        row_from_dict({**row("Prev1").to_dict(), **change}, "here")


def test_a_row_without_a_field_is_refused() -> None:
    plain = row("Prev1").to_dict()
    del plain["nodes"]
    with pytest.raises(BadInputError, match="nodes"):
        row_from_dict(plain, "here")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    path.write_text("{")
    with pytest.raises(BadInputError, match=r"tasks\.json is not valid JSON"):
        load_benchmark(path)
    path.write_text(json.dumps({**benchmark(row("Prev1")).to_dict(), "settings": {"seed": 0}}))
    with pytest.raises(BadInputError, match="missing or malformed"):
        load_benchmark(path)


def test_only_exact_tables_count_as_tables() -> None:
    wrong = replace(row("Prev1", method="table"), program_vs_data=Counts(Count(1, 2), Count(1, 2)))
    assert totals([wrong]).tables == 0


def test_the_papers_table_names_each_task_once_and_adds_up() -> None:
    assert set(PAPER) == set(names())
    found = Counter(entry.result for entry in PAPER.values())
    assert found == {PaperResult.SOLVED: 30, PaperResult.LIKELY: 2, PaperResult.NOT_SOLVED: 30}
    assert found[PaperResult.SOLVED] + found[PaperResult.LIKELY] == REPORTED
    methods = Counter(e.method for e in PAPER.values() if e.result is PaperResult.SOLVED)
    assert methods == {"Boolean": 9, "linear": 17, "symbolic": 4}
    likely = {name for name, entry in PAPER.items() if entry.result is PaperResult.LIKELY}
    assert likely == {"Sum_All", "Sum_Last4"}
    assert all(entry.source.endswith(".") for entry in PAPER.values())
    assert all((entry.method is None) == (entry.result is PaperResult.NOT_SOLVED) for entry in PAPER.values())


@pytest.mark.parametrize(
    ("formula", "operators"),
    [
        ("y = x1 | x2", ("|",)),
        ("low = 9, last = -1 | low = min(low, x); y = low - last", ("-", "min")),
        ("y = 5 | x", ("|",)),
        ("y = -1 if x in (1, -4) else -x", ("-", "if else", "in")),
        ("y = int(all(seen[i] == seen[-1 - i] for i in range(len(seen) // 2)))", ("-", "//", "==", "[]", "all", "len")),
        ("table with 512 entries", ()),
    ],
)
def test_operators_of_a_formula(formula, operators):
    assert operators_of(formula) == operators
    row = BenchmarkRow("Div_3", "", 10, formula=formula)
    assert row.to_dict()["operators"] == list(operators)
