"""Machines of both kinds as plain JSON values, and back."""

from __future__ import annotations

from typing import Any

from mips_core.errors import BadInputError
from mips_core.expressions import Table
from mips_core.expressions.parse import parse_expression
from mips_core.expressions.python import to_python
from mips_core.files import check_format
from mips_core.machines.files import FORMAT, VERSION, from_dict, to_dict
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine

Machine = MealyMachine | IntegerSystem


def machine_to_dict(machine: Machine) -> dict[str, Any]:
    """Return the JSON form of a machine; ``kind`` is "mealy" or "integer-system".

    The equations of an integer system are written as Python expressions; a table that they look
    up is written as a list of [key, value] pairs under ``tables``.
    """
    if isinstance(machine, MealyMachine):
        return to_dict(machine)
    return {
        "format": FORMAT,
        "version": 1,
        "kind": "integer-system",
        "order": machine.order,
        "inputs": list(machine.inputs),
        "state": [{"name": v.name, "start": v.start, "update": to_python(v.update)} for v in machine.state],
        "locals": [{"name": name, "value": to_python(value)} for name, value in machine.locals],
        "outputs": [to_python(output) for output in machine.outputs],
        "tables": {t.name: [[list(key), value] for key, value in t.entries] for t in machine.tables},
    }


def machine_from_dict(value: Any, where: str = "the machine") -> Machine:
    """Read what :func:`machine_to_dict` wrote.

    Raises
    ------
    BadInputError
        when a field is missing or malformed.
    FormatVersionError
        when it was written by a newer version.
    """
    checked = check_format(value, FORMAT, VERSION, where)
    if checked.get("kind") == "mealy":
        return from_dict(checked)
    if checked.get("kind") != "integer-system":
        raise BadInputError(f"{where} is a machine of unknown kind {checked.get('kind')!r}.")
    try:
        tables = {
            name: Table(name, tuple((tuple(map(_whole, key)), _whole(result)) for key, result in entries))
            for name, entries in checked.get("tables", {}).items()
        }
        state = tuple(
            StateVariable(str(v["name"]), _whole(v["start"]), parse_expression(v["update"], tables))
            for v in checked["state"]
        )
        named = tuple((str(v["name"]), parse_expression(v["value"], tables)) for v in checked["locals"])
        outputs = tuple(parse_expression(text, tables) for text in checked["outputs"])
        system = IntegerSystem(tuple(str(name) for name in checked["inputs"]), state, outputs, named)
        if system.unknown:
            raise ValueError(f"a formula reads {', '.join(sorted(system.unknown))}, which nothing sets")
        return system
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInputError(f"{where} has a missing or malformed field: {error}.") from None


def _whole(value: Any) -> int:
    """Return an integer of the file; 3.5 or true would otherwise be read as another number than stands there."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r:.40} is no whole number")
    return value
