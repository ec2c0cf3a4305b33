"""Machines of both kinds go to JSON and come back the same."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mips_core.errors import BadInputError, FormatVersionError
from mips_core.expressions import Constant, Lookup, Table, Variable, apply
from mips_core.machines import IntegerSystem, MealyMachine, StateVariable, same_tables
from mips_core.machines.drawing import system_to_drawing
from mips_core.machines.records import machine_from_dict, machine_to_dict

SQUARES = Table("square", (((0,), 1), ((1,), 1), ((2,), 0)))
COUNTER = IntegerSystem(
    ("x",),
    (StateVariable("count", -3, Variable("new")),),
    (apply("where", apply("gt", Variable("new"), 2), Variable("count"), Constant(-1)), Variable("step")),
    (("step", Lookup(SQUARES, (Variable("x"),))), ("new", apply("add", Variable("count"), Variable("step")))),
)
TOGGLE = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))


def _through_json(machine):
    return machine_from_dict(json.loads(json.dumps(machine_to_dict(machine))))


def test_integer_system_with_tables_and_locals_comes_back_equal():
    assert _through_json(COUNTER) == COUNTER


def test_mealy_machine_comes_back_with_the_same_tables():
    assert same_tables(_through_json(TOGGLE), TOGGLE)


def test_system_without_state_comes_back_equal():
    system = IntegerSystem(("a", "b"), (), (apply("mod", apply("neg", Variable("a")), 3), Variable("b")))
    assert _through_json(system) == system


@pytest.mark.parametrize("missing", ["inputs", "state", "outputs", "locals"])
def test_a_missing_field_is_named(missing):
    value = machine_to_dict(COUNTER)
    del value[missing]
    with pytest.raises(BadInputError, match=missing):
        machine_from_dict(value)


def test_a_formula_that_is_no_formula_is_refused():
    value = machine_to_dict(COUNTER)
    value["outputs"] = ["__import__('os').system('true')"]
    with pytest.raises(BadInputError):
        machine_from_dict(value)


def test_a_newer_version_is_refused_by_name():
    with pytest.raises(FormatVersionError, match="version 99"):
        machine_from_dict(machine_to_dict(COUNTER) | {"version": 99})


def test_an_unknown_kind_is_refused():
    with pytest.raises(BadInputError, match="pushdown"):
        machine_from_dict(machine_to_dict(COUNTER) | {"kind": "pushdown"})


def test_drawing_of_a_system_shows_what_each_number_is_computed_from():
    text = system_to_drawing(COUNTER)
    assert "input0 -> local0" in text
    assert 'label="count (starts at -3)"' in text
