"""Machines as dictionaries and drawings."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from mips_core.errors import BadInputError, FormatVersionError
from mips_core.machines import MealyMachine, from_dict, same_tables, to_dict
from mips_core.machines.drawing import to_drawing
from mips_core.tasks import Vocabulary

from .test_minimise import machines

TWO_INPUTS = MealyMachine(
    np.array([[0, 1, 1], [1, 0, 0]]),
    np.array([[[0, -5], [1, 1], [1, 1]], [[0, 0], [1, 0], [2**60, 0]]]),
    np.array([[0, 0], [0, 1], [1, -2]]),
    1,
)


@given(machines)
@settings(max_examples=50, deadline=None)
def test_round_trip_through_json(machine: MealyMachine) -> None:
    assert same_tables(from_dict(json.loads(json.dumps(to_dict(machine)))), machine)


def test_two_inputs_read_as_in_data_files() -> None:
    written = to_dict(TWO_INPUTS)
    assert (written["format"], written["version"]) == ("mips-machine", 1)
    assert written["transitions"]["0"]["1;-2"] == {"output": [1, 1], "next": 1}
    assert same_tables(from_dict(written), TWO_INPUTS)


def _without(key: str) -> Any:
    return lambda value: value.pop(key)


def _set(*path_and_value: Any) -> Any:
    *path, last, new = path_and_value

    def change(value: Any) -> None:
        for key in path:
            value = value[key]
        value[last] = new

    return change


@pytest.mark.parametrize(
    "change",
    [
        _without("transitions"),
        _without("start"),
        _without("symbols"),
        _without("states"),
        _set("kind", "integer-system"),
        _set("format", "mips-network"),
        _set("states", 3),
        _set("states", 10**9),
        _set("states", 0),
        _set("states", True),
        _set("start", 2),
        _set("start", -1),
        _set("start", "0"),
        _set("symbols", [[0, 0], [0, 1], [0, 1]]),
        _set("symbols", [[0, 0], [0, 1], [1]]),
        _set("symbols", []),
        _set("symbols", [0, 1, 2]),
        _set("transitions", []),
        _set("transitions", "0", None),
        _set("transitions", "7", {}),
        _set("transitions", "0", "0;0", 5),
        _set("transitions", "0", "9;9", {"output": [0, 0], "next": 0}),
        _set("transitions", "0", "0;0", "next", 2),
        _set("transitions", "0", "0;0", "next", 0.0),
        _set("transitions", "0", "0;0", "output", [0]),
        _set("transitions", "0", "0;0", "output", [0, 0.5]),
        _set("transitions", "0", "0;0", "output", [0, 2**63]),
        _set("transitions", "0", "0;0", "output", [0, True]),
        _set("transitions", "0", "0;0", "output", None),
    ],
)
def test_malformed_dictionaries_are_refused(change: Any) -> None:
    value = copy.deepcopy(to_dict(TWO_INPUTS))
    change(value)
    with pytest.raises(BadInputError):
        from_dict(value)


def test_newer_versions_are_refused_by_name() -> None:
    with pytest.raises(FormatVersionError, match="version 3"):
        from_dict({**to_dict(TWO_INPUTS), "version": 3})


def test_drawing_merges_parallel_edges() -> None:
    dot = to_drawing(TWO_INPUTS)
    assert 'bgcolor="transparent"' in dot
    assert "start -> 1;" in dot
    assert dot.count("0 -> 1 ") == 1
    assert '0 -> 1 [label="0;1, 1;-2 / 1;1"];' in dot


def test_drawing_shortens_runs_and_long_edges() -> None:
    symbols = np.arange(100)[:, None]
    to_zero = np.zeros((1, 100), dtype=np.int64)
    same = to_drawing(MealyMachine(to_zero, np.zeros((1, 100, 1), dtype=np.int64), symbols))
    assert "0..99 / 0" in same
    echo = to_drawing(MealyMachine(to_zero, symbols[None], symbols))
    assert "0 / 0\\n1 / 1" in echo
    assert "and 95 more symbols" in echo


LOCKER = MealyMachine(
    np.array([[1, 0], [1, 0]]),
    np.array([[[2, 7], [0, 7]], [[2, 8], [1, 8]]]),
    np.array([[0, 4], [1, 4]]),
    observed=np.array([[True, False], [True, True]]),
    input_words=(Vocabulary.of(['say "hi"'.replace(" ", "_"), "push"]), None),
    output_words=(Vocabulary.of(["locked", "open", "un/locked"]), None),
)


def test_words_and_what_was_observed_survive_json() -> None:
    written = json.loads(json.dumps(to_dict(LOCKER)))
    assert written["version"] == 2
    assert written["symbols"] == [["push", 4], ['say_"hi"', 4]]
    assert written["transitions"]["1"]["push;4"] == {"output": ["un/locked", 8], "next": 1}
    assert written["transitions"]["0"]['say_"hi";4'] == {"output": ["locked", 7], "next": 0, "observed": False}
    again = from_dict(written)
    assert same_tables(again, LOCKER)
    assert (again.input_words, again.output_words) == (LOCKER.input_words, LOCKER.output_words)
    assert again.observed is not None
    assert np.array_equal(again.observed, LOCKER.observed)


@pytest.mark.parametrize(
    "change",
    [
        _set("words", "inputs", [["push"], None]),
        _set("words", "inputs", [["push", 'say_"hi"']]),
        _set("words", "outputs", None),
        _set("words", "locked"),
        _set("symbols", 0, 0, 1),
        _set("transitions", "1", "push;4", "output", ["shut", 8]),
        _set("transitions", "1", "push;4", "output", "open"),
    ],
)
def test_words_that_do_not_fit_are_refused(change: Any) -> None:
    value = to_dict(LOCKER)
    change(value)
    with pytest.raises(BadInputError):
        from_dict(value)


def test_the_drawing_shows_words() -> None:
    assert '0 -> 1 [label="push;4 / un/locked;7"];' in to_drawing(LOCKER)
    assert 'say_\\"hi\\";4 / locked;7' in to_drawing(LOCKER)
