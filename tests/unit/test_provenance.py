"""Where the lines of a program come from: counted by running program and machine, and checked by hand here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mips_core.expressions import Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.programs import Program, table_program
from mips_core.programs.kinds import Kind
from mips_core.programs.lines import program_lines
from mips_core.regression.method import Method
from mips_core.tasks import Vocabulary
from mips_core.verification.provenance import finite_provenance, readings, sampled_provenance
from mips_core.views.provenance_lines import case_rows, code_rows, codes_sentence, origins_html

BITS = np.array([[0], [1]])
COUNT = MealyMachine(  # counts ones modulo 3 and says 1 when the count comes back to 0
    np.array([[0, 1], [1, 2], [2, 0]]), np.array([[[0], [0]], [[0], [0]], [[0], [1]]]), BITS
)


def counter(modulus: int = 3, carry: int = 3) -> Program:
    total = apply("add", Variable("count"), Variable("x"))
    state = StateVariable("count", 0, apply("mod", Variable("total"), modulus))
    system = IntegerSystem(("x",), (state,), (apply("floordiv", Variable("total"), carry),), (("total", total),))
    return Program(system, Method.SYMBOLIC, "Counts.", claim="Checked by hand.")


def test_codes_and_counts_of_a_right_program() -> None:
    found = finite_provenance(counter(), COUNT, [(0, 1)])
    assert [(c.state, c.prefix, c.values) for c in found.codes] == [
        (0, (), ((0,),)),
        (1, (1,), ((1,),)),
        (2, (1, 1), ((2,),)),
    ]
    assert found.one_code_per_state
    local, update, output = found.lines
    assert (local.line.names, local.kinds, local.cases) == (("total",), (Kind.LINEAR,), None)
    assert (update.line.names, update.right, update.cases) == (("count",), 6, 6)
    assert (output.formulas, output.kinds, output.right, output.cases) == (("total // 3",), (Kind.SYMBOLIC,), 6, 6)
    text = counter().source.splitlines()
    assert [text[o.line.first - 1].strip() for o in found.lines] == [
        "total = count + x",
        "count = total % 3",
        "outputs.append(total // 3)",
    ]


def test_a_wrong_output_line_explains_fewer_cases() -> None:
    found = finite_provenance(counter(carry=2), COUNT, [(0, 1)])
    output = found.lines[-1]
    # total // 2 is 1 where the count is 2 and stays, where it is 1 and goes up, and where it comes back to 0
    assert (output.right, output.cases) == (4, 6)
    assert found.lines[1].right == 6


def test_values_that_stand_for_several_states_explain_no_next_state() -> None:
    found = finite_provenance(counter(modulus=2), COUNT, [(0, 1)])
    assert not found.one_code_per_state
    assert found.lines[1].right == 0
    assert "stand for several states" in codes_sentence(found)


def test_a_state_may_have_several_values() -> None:
    found = finite_provenance(counter(modulus=6), COUNT, [(0, 1)])
    assert [len(c.values) for c in found.codes] == [2, 2, 2]
    assert found.lines[1].right == 6
    assert found.lines[2].right == 0  # with a count of 3, 4 or 5 every answer is wrong
    assert "several values" in codes_sentence(found)
    assert code_rows(found, COUNT)[1]["count"] == "1, 4"


def test_a_table_over_words_is_one_line_for_state_and_output() -> None:
    words = (Vocabulary.of(["no", "yes"]),)
    machine = COUNT.with_words(words, words)
    found = finite_provenance(table_program(machine, "A table."), machine, [(0, 1)])
    assert [(o.line.kind, o.right, o.cases) for o in found.lines] == [("transition", 6, 6), ("output", 6, 6)]
    rows = code_rows(found, machine)
    assert (rows[0]["machine state"], rows[0]["state"], rows[2]["shortest input"]) == ("S0", "0", "yes yes")


def test_cases_are_written_out_one_by_one() -> None:
    program = counter()
    rows = case_rows(program, finite_provenance(program, COUNT, [(0, 1)]), COUNT)
    assert len(rows) == 6
    assert rows[5]["count"] == "2 → 0"
    assert rows[5]["machine writes"] == "1"
    wrong = counter(carry=2)
    shown = case_rows(wrong, finite_provenance(wrong, COUNT, [(0, 1)]), COUNT)
    assert [row["the same in the program"] for row in shown].count("yes") == 4


def test_an_endless_count_beside_a_finite_machine_is_not_counted() -> None:
    total = apply("add", Variable("n"), Variable("x"))
    endless = Program(IntegerSystem(("x",), (StateVariable("n", 0, total),), (total,)), Method.LINEAR, "Counts.")
    found = finite_provenance(endless, COUNT, [(0, 1)])
    assert not found.complete
    assert found.counted == ""
    assert all(o.cases is None for o in found.lines)


def test_equations_are_followed_beside_the_network() -> None:
    total = apply("add", Variable("n"), Variable("x"))
    system = IntegerSystem(("x",), (StateVariable("n", 0, total),), (total,))
    x = np.random.default_rng(0).integers(0, 2, size=(10, 6, 1))
    program = Program(system, Method.LINEAR, "Counts.")
    found = sampled_provenance(program, system, x, [(0, 1)])  # the equations stand in for the network
    assert (found.lines[-1].right, found.lines[-1].cases) == (60, 60)
    wrong = replace(program, system=replace(system, outputs=(Variable("x"),)))
    assert sampled_provenance(wrong, system, x, [(0, 1)]).lines[-1].right < 60
    (reading,) = readings(program, system, x)
    assert (reading.name, reading.right, reading.cases) == ("n", 35, 35)
    assert reading.error == pytest.approx(0, abs=1e-9)


def test_html_names_line_kind_and_count_and_escapes() -> None:
    words = (Vocabulary.of(["<b>", "yes"]),)
    machine = COUNT.with_words(words, words)
    program = table_program(machine, "A table.")
    text = origins_html(program, finite_provenance(program, machine, [(0, 1)]))
    first = program_lines(program)
    assert f'<span class="number">{next(li.first for li in first if li.kind == "transition")}</span>' in text
    assert "6 of 6 transitions of the machine" in text
    assert "<b>table</b>" in text
    assert "<code><b>" not in text
