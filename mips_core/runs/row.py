"""What lists say of a run: one row of plain facts, read off its report and what is known of it besides."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from mips_core.runs.information import Origin, local_time
from mips_core.runs.outcome import IMPERFECT, accuracy, succeeded, verdict
from mips_core.runs.run import Run, UnreadableRun

INTEGERS = "integer-system"


@dataclass(frozen=True)
class RunRow:
    """A run in a list; of one that cannot be read only ``id``, ``name``, ``reason`` and ``bytes`` say anything.

    Parameters
    ----------
    id, name, pinned : what it is called; only own runs are pinned
    made : when it was stored (ISO 8601); None for runs that ship
    task, data_file, network_file : what it was made from, see :class:`~mips_core.runs.information.Origin`
    method, route : how its program was found; None without one
    result : one of the words of :mod:`mips_core.runs.outcome`, and whether only the network is imperfect
    succeeded : a program was found that does what its network does, or is right where that is not
    source : what was distilled, as it was named
    claim : how far program and network agree, as it was printed
    accuracy : share of held-out sequences on which the network is right; None where it was not counted
    size : nodes of the program's formulas, or None
    cell, hidden : kind of network, and its hidden size
    machine : kind of machine, or None
    states : of a finite machine, or None
    integers : that a machine of formulas remembers; None where no number of them is enough
    seconds : all that the distillation took
    seed, version : with which seed and by which version; None where that is not known
    bytes : size of its files; 0 where nobody counted
    reason : why it cannot be read; "" for all others
    """

    id: str
    name: str
    pinned: bool = False
    made: str | None = None
    task: str | None = None
    data_file: str | None = None
    network_file: str | None = None
    method: str | None = None
    route: str | None = None
    result: str = ""
    succeeded: bool = False
    source: str = ""
    claim: str = ""
    accuracy: float | None = None
    size: int | None = None
    cell: str = ""
    hidden: int | None = None
    machine: str | None = None
    states: int | None = None
    integers: int | None = None
    seconds: float = 0.0
    seed: int | None = None
    version: str | None = None
    bytes: int = 0
    reason: str = ""

    @property
    def readable(self) -> bool:
        """Whether the run can be opened, as far as its report tells."""
        return not self.reason

    @property
    def made_text(self) -> str:
        """When it was made, as a person reads it; "" for runs that ship."""
        return "" if self.made is None else local_time(self.made)

    @property
    def made_from(self) -> str:
        """What it was made from, in words."""
        if not self.readable:
            return ""
        if self.made is None and self.task is None:
            return f"file {self.source}"
        return Origin(self.task, self.data_file, self.network_file).text

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self) | {"made_from": self.made_from}


def row_of(run: Run | UnreadableRun, size: int = 0) -> RunRow:
    """Return the row of a run.

    Parameters
    ----------
    size : bytes of its files
    """
    if isinstance(run, UnreadableRun):
        return RunRow(id=run.name, name=run.name, bytes=size, reason=run.reason)
    report, known = run.report, run.information
    program, machine, task = report["program"], report["machine"], report.get("task")
    word = verdict(report)
    origin = known.origin if known is not None else Origin(task)
    return RunRow(
        id=run.id,
        name=run.name,
        pinned=known is not None and known.pinned,
        made=None if known is None else known.made,
        task=origin.task,
        data_file=origin.data_file,
        network_file=origin.network_file,
        method=None if program is None else program["method"],
        route=(report.get("route") or {}).get("name"),
        result=f"{word}, {IMPERFECT}" if report.get("imperfect_network") else word,
        succeeded=succeeded(report),
        source=report["source"],
        claim=report["verification"]["claim"] if report["verification"] else "",
        accuracy=accuracy(report),
        size=None if program is None else program["nodes"],
        cell=report["network"]["cell"],
        hidden=report["network"]["hidden_size"],
        machine=None if machine is None else machine["kind"],
        states=None if machine is None else machine.get("states"),
        integers=None if machine is None else machine.get("order"),
        seconds=float(report["seconds"]["total"]),
        seed=None if known is None else known.seed,
        version=None if known is None else known.mips_version,
        bytes=size,
    )
