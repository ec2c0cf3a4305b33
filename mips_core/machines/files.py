"""Mealy machines as a textbook dictionary (JSON)."""

from __future__ import annotations

from typing import Any

import numpy as np

from mips_core.errors import BadInputError
from mips_core.files import check_format
from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import (
    Words,
    numbered_step,
    plain_step,
    step_text,
    words_from_json,
    words_to_json,
)

FORMAT = "mips-machine"
VERSION = 2
"""Version 2 adds words and transitions that were not observed; machines without either are still written as 1."""


def to_dict(machine: MealyMachine) -> dict[str, Any]:
    """Return the machine as plain JSON values, with format and version.

    ``transitions[state][symbol]`` is ``{"output": [...], "next": state}``, with states and
    symbols written as text: the transition table as it stands in a textbook.  Words stand for
    themselves, with the vocabularies under ``words``; a transition that recorded data does not
    show has ``"observed": false``.

    >>> import numpy as np
    >>> echo = MealyMachine(np.array([[0, 0]]), np.array([[[4], [5]]]), np.array([[4], [5]]))
    >>> to_dict(echo)["transitions"]
    {'0': {'4': {'output': [4], 'next': 0}, '5': {'output': [5], 'next': 0}}}
    """
    names = [machine.input_text(i) for i in range(len(machine.symbols))]
    successors, outputs = machine.next_state.tolist(), machine.output.tolist()

    def cell(s: int, i: int) -> dict[str, Any]:
        output = list(plain_step(outputs[s][i], machine.output_words))
        unknown = machine.observed is not None and not machine.observed[s, i]
        return {"output": output, "next": successors[s][i]} | ({"observed": False} if unknown else {})

    more: dict[str, Any] = {}
    if machine.has_words:
        inputs, results = words_to_json(machine.input_words), words_to_json(machine.output_words)
        more["words"] = {"inputs": inputs, "outputs": results}
    if machine.observed is not None:
        more["observed"] = int(machine.observed.sum())
    return {
        "format": FORMAT,
        "version": VERSION if more else 1,
        "kind": "mealy",
        "states": machine.states,
        "start": machine.start_state,
        **more,
        "symbols": [list(plain_step(symbol, machine.input_words)) for symbol in machine.symbols],
        "transitions": {str(s): {name: cell(s, i) for i, name in enumerate(names)} for s in range(machine.states)},
    }


def from_dict(value: Any, where: str = "the machine") -> MealyMachine:
    """Read what :func:`to_dict` wrote.

    Raises
    ------
    BadInputError
        when a field is missing, malformed or contradicts another one.
    FormatVersionError
        when it was written by a newer version.
    """
    checked = check_format(value, FORMAT, VERSION, where)
    if checked.get("kind") != "mealy":
        raise BadInputError(f"{where} is a machine of kind {checked.get('kind')!r}; a 'mealy' machine is needed.")
    states = _integer(checked.get("states"), f"{where}: 'states'")
    vocabularies = checked.get("words") or {}
    if not isinstance(vocabularies, dict):
        raise BadInputError(f"{where}: 'words' must be a dictionary, found {vocabularies!r:.60}.")
    symbols, input_words = _values(checked.get("symbols"), vocabularies.get("inputs"), f"{where}: 'symbols'")
    names = [step_text(symbol, input_words) for symbol in symbols]
    if len(set(names)) != len(names):
        raise BadInputError(f"{where}: 'symbols' lists an input symbol twice; each may occur once.")
    table = checked.get("transitions")
    if not states or not isinstance(table, dict) or len(table) != states:
        raise BadInputError(f"{where}: 'transitions' must hold one row for each of the {states} states, at least one.")
    transitions = _keyed(table, [str(s) for s in range(states)], f"{where}: 'transitions'")
    successors = np.empty((states, len(names)), dtype=np.int64)
    observed = np.ones(successors.shape, dtype=bool)
    outputs: list[Any] = []
    for s, row in enumerate(transitions):
        cells = _keyed(row, names, f"{where}: the transitions of state {s}")
        for i, cell in enumerate(cells):
            place = f"{where}: the transition of state {s} on {names[i]}"
            if not isinstance(cell, dict):
                raise BadInputError(f"{place} must hold 'output' and 'next', found {cell!r:.60}.")
            successors[s, i] = _integer(cell.get("next"), f"{place}: 'next'")
            observed[s, i] = cell.get("observed", True) is not False
            outputs.append(cell.get("output"))
    results, output_words = _values(outputs, vocabularies.get("outputs"), f"{where}: the outputs")
    return MealyMachine(
        successors,
        results.reshape(states, len(names), results.shape[1]),
        symbols,
        _integer(checked.get("start"), f"{where}: 'start'"),
        observed if "observed" in checked else None,
        input_words,
        output_words,
    )


def _values(rows: Any, vocabularies: Any, where: str) -> tuple[IntArray, Words]:
    """Read rows of integers and words; return the integers, words as their numbers, and the vocabularies."""
    if vocabularies is None:
        numbers = _rows(rows, where)
        return numbers, (None,) * numbers.shape[1]
    width = len(vocabularies) if isinstance(vocabularies, list) else 0
    words = words_from_json(vocabularies, width, f"{where}: their words")
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == width for row in rows):
        raise BadInputError(f"{where} must be a list of rows with {width} values each, as 'words' has it.")
    for row in rows:
        for value, vocabulary in zip(row, words, strict=True):
            if isinstance(value, str) != (vocabulary is not None) or (vocabulary and vocabulary.find(value) is None):
                raise BadInputError(f"{where} hold {value!r:.60}, which does not fit 'words'.")
    return _rows([list(numbered_step(row, words)) for row in rows], where), words


def _integer(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise BadInputError(f"{where} must be a non-negative integer, found {value!r:.60}.")
    return value


def _rows(value: Any, where: str) -> IntArray:
    """Check a non-empty list of equally long, non-empty lists of 64-bit integers."""
    if not isinstance(value, list) or not value or not all(isinstance(row, list) and row for row in value):
        raise BadInputError(f"{where} must be a non-empty list of lists of integers.")
    if len({len(row) for row in value}) != 1:
        raise BadInputError(f"{where} must all have the same number of integers.")
    for row in value:
        for number in row:
            if isinstance(number, bool) or not isinstance(number, int) or not -(2**63) <= number < 2**63:
                raise BadInputError(f"{where} must be 64-bit integers, found {number!r:.60}.")
    return np.array(value, dtype=np.int64)


def _keyed(value: Any, keys: list[str], where: str) -> list[Any]:
    """Return the values of a dictionary that must have exactly these keys, in their order."""
    if not isinstance(value, dict):
        raise BadInputError(f"{where} must be a dictionary, found {type(value).__name__}.")
    if value.keys() != set(keys):
        wrong = sorted(set(value) ^ set(keys), key=str)[0]
        raise BadInputError(f"{where} must have exactly one entry per key; {wrong!r:.60} is missing or unknown.")
    return [value[key] for key in keys]
