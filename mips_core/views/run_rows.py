"""How lists write what a run's row says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mips_core.runs.row import RunRow
from mips_core.views.sequences import count_text

_CELLS = {"mlp": "ReLU", "linear": "linear", "rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}


def cell_name(cell: str) -> str:
    """Return the name of a kind of network as pages write it.

    >>> cell_name("mlp"), cell_name("gru")
    ('ReLU', 'GRU')
    """
    return _CELLS.get(cell, cell)


def memory_of(row: RunRow) -> str:
    """Say how much the machine of a row remembers; "" for a run that cannot be read."""
    if not row.readable:
        return ""
    if row.machine is None:
        return memory_text({"machine": None})
    return memory_text({"machine": {"states": row.states, "order": row.integers}})


def memory_text(report: Mapping[str, Any]) -> str:
    """Say how much the machine of a report remembers.

    >>> memory_text({"machine": {"kind": "mealy", "states": 2}})
    '2 states'
    """
    machine = report["machine"]
    if machine is None:
        return "no machine"
    if machine["states"] is not None:
        return count_text(int(machine["states"]), "state")
    order = machine.get("order")
    if order is None:
        return "all inputs"
    return count_text(int(order), "integer") if order else "no memory"


def row_columns(rows: Sequence[RunRow]) -> list[dict[str, Any]]:
    """Return rows as plain JSON values, with the words that lists show."""
    return [{**row.to_dict(), "memory": memory_of(row)} for row in rows]
