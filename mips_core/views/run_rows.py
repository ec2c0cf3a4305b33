"""What lists say of a run: one row of plain facts, read off its report alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mips_core.runs import Run
from mips_core.runs.information import local_time
from mips_core.views.claims import verdict
from mips_core.views.imperfect import IMPERFECT
from mips_core.views.sequences import count_text

_CELLS = {"mlp": "ReLU", "linear": "linear", "rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}


@dataclass(frozen=True)
class RunRow:
    """A run in a list.

    Parameters
    ----------
    id, name, pinned : what it is called; only own runs are pinned
    made_from : in words
    result : one of the words of :mod:`mips_core.views.claims`, and whether only the network is imperfect
    memory : states of the machine, or integers that it remembers, in words
    size : nodes of the program's formulas, or None
    seconds : all that the distillation took
    made, seed, version : when (ISO 8601), with which seed and by which version; None for runs that ship
    """

    id: str
    name: str
    pinned: bool
    made_from: str
    result: str
    memory: str
    size: int | None
    seconds: float
    made: str | None
    seed: int | None
    version: str | None

    @property
    def made_text(self) -> str:
        """When it was made, as a person reads it; "" for runs that ship."""
        return "" if self.made is None else local_time(self.made)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def run_row(run: Run) -> RunRow:
    """Return the row of a run."""
    report, known = run.report, run.information
    task = report.get("task")
    program = report["program"]
    return RunRow(
        id=run.id,
        name=run.name,
        pinned=known is not None and known.pinned,
        made_from=known.origin.text if known is not None else f"task {task}" if task else f"file {report['source']}",
        result=f"{verdict(report)}, {IMPERFECT}" if report.get("imperfect_network") else verdict(report),
        memory=memory_text(report),
        size=program["nodes"] if program is not None else None,
        seconds=float(report["seconds"]["total"]),
        made=known.made if known is not None else None,
        seed=known.seed if known is not None else None,
        version=known.mips_version if known is not None else None,
    )


def cell_name(cell: str) -> str:
    """Return the name of a kind of network as pages write it.

    >>> cell_name("mlp"), cell_name("gru")
    ('ReLU', 'GRU')
    """
    return _CELLS.get(cell, cell)


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
