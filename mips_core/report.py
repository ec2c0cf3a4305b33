"""The report of a distillation: what the command line prints and the pages show."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mips_core.files import json_bytes, make_folder, write_files
from mips_core.machines.dot_machine import machine_to_dot
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.records import Machine, machine_to_dict
from mips_core.networks import Network
from mips_core.networks.snapshots import FILE as SNAPSHOTS_FILE
from mips_core.networks.snapshots import Snapshots, snapshot_bytes
from mips_core.networks.store import network_bytes, network_digest
from mips_core.programs import Program
from mips_core.progress import StageResult
from mips_core.tasks import Integers
from mips_core.tasks.vocabulary import words_to_json
from mips_core.verification import SuspiciousOutput, Verification
from mips_core.verification.facts import Fact

REPORT_FORMAT = "mips-report"
REPORT_VERSION = 1
NETWORK_FILE = "network.safetensors"
RUN_FILES = ("program.py", "machine.json", "machine.dot", NETWORK_FILE, SNAPSHOTS_FILE, "report.json")


@dataclass(frozen=True, eq=False)
class Report:
    """Everything that a distillation found, with its evidence.

    Parameters
    ----------
    source : what the user named
    task : benchmark task, or None for files
    network : the network that was distilled
    machine, program : None when none was found
    verification : counts, claim and counterexample; None without a program
    inputs, length : what the claim speaks of: the integers that may occur, and 1x
    stages : every route that was tried, with its reason
    seconds : per stage ("train", "extract", "regress", "verify", "total")
    suspicious : recorded outputs that the program contradicts, where they look like scattered recording errors
    warnings : sentences about the data, e.g. that they contradict themselves
    route : the way that gave the program, or None
    label_free : the program was chosen and is accepted by its agreement with the network alone
    snapshots : moments of the training that led to the network, where it was recorded
    """

    source: str
    task: str | None
    network: Network
    machine: Machine | None
    program: Program | None
    verification: Verification
    inputs: tuple[Integers, ...]
    length: int
    stages: tuple[StageResult, ...]
    seconds: Mapping[str, float] = field(default_factory=dict)
    suspicious: tuple[SuspiciousOutput, ...] = ()
    warnings: tuple[str, ...] = ()
    route: str | None = None
    label_free: bool = False
    snapshots: Snapshots | None = None

    @property
    def imperfect_network(self) -> bool:
        """The program is right on all held-out data, but for suspicious outputs, although the network is not."""
        return self.verification.imperfect_network or (bool(self.suspicious) and not self.verification.agrees_at_1x)

    @property
    def imperfect_note(self) -> str:
        """What to say of a program that is right where its network is not; "" where that is not so."""
        if not self.imperfect_network:
            return ""
        if self.verification.agrees_with_data:
            return "imperfect network: the program is right on all held-out data, the network is not"
        return (
            "imperfect network: the program is right on all held-out data but for the suspicious outputs; "
            "the network differs from it"
        )

    @property
    def succeeded(self) -> bool:
        """A program was found that agrees at 1x with the network, or with all data although that does not.

        Suspicious outputs do not count.  Without labels only the network counts.
        """
        if self.program is None or self.label_free:
            return self.program is not None and self.verification.agrees_at_1x
        return self.verification.holds or bool(self.suspicious)

    @property
    def facts(self) -> tuple[Fact, Fact, Fact]:
        """The three facts: program = data, program = network, network = machine."""
        return self.verification.facts(self.length)

    @property
    def route_reason(self) -> str:
        """Why the program is this route's: what it said, after what the routes before it said; "" without a program."""
        names = [stage.stage for stage in self.stages]
        if self.route not in names:
            return ""
        place = names.index(self.route)
        return " ".join(f"{s.stage}: {s.reason}" for s in (self.stages[place], *self.stages[:place]))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values: the object that ``mips distill --json`` prints."""
        card = self.network.card
        machine = program = None
        if isinstance(self.machine, MealyMachine):
            machine = {"kind": "mealy", "states": self.machine.states, "symbols": len(self.machine.symbols)}
        elif self.machine is not None:
            order = None if self.machine.histories else self.machine.order  # no number of integers holds all inputs
            machine = {"kind": "integer-system", "states": None, "symbols": None, "order": order}
        if self.program is not None:
            program = {
                "source": self.program.source,
                "function": "f",
                "method": str(self.program.method),
                "nodes": self.program.nodes,
            }
        words = {}
        if card.has_words:
            sides = {"inputs": words_to_json(card.input_words), "outputs": words_to_json(card.output_words)}
            words = {"words": sides}
        return {
            "format": REPORT_FORMAT,
            "version": REPORT_VERSION,
            "source": self.source,
            "task": self.task,
            "network": {
                "cell": card.cell,
                "hidden_size": card.hidden_size,
                "parameters": self.network.parameters,
                "digest": network_digest(self.network),
            },
            "machine": machine,
            "program": program,
            "verification": self.verification.to_dict(),
            "label_free": self.label_free,
            "facts": [fact.to_dict() for fact in self.facts],
            "route": None if self.route is None else {"name": self.route, "why": self.route_reason},
            "imperfect_network": self.imperfect_network,
            "inputs": [[r.low, r.high] for r in self.inputs],
            **words,
            "length": self.length,
            "warnings": list(self.warnings),
            "suspicious_rows": [each.to_dict() for each in self.suspicious],
            "stages": [stage.to_dict() for stage in self.stages],
            "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
        }


def report_files(report: Report, *, compact: bool = False) -> dict[str, bytes]:
    """Return the files of a run, the report last; see :func:`save_report`."""
    contents: dict[str, bytes] = {}
    if report.program is not None:
        contents["program.py"] = report.program.source.encode("utf-8")
    if report.machine is not None:
        contents["machine.json"] = json_bytes(machine_to_dict(report.machine), compact=True)
    if report.machine is not None and not compact:
        contents["machine.dot"] = machine_to_dot(report.machine).encode("utf-8")
    if not compact or report.task is None:
        contents[NETWORK_FILE] = network_bytes(report.network)
    if report.snapshots is not None:
        contents[SNAPSHOTS_FILE] = snapshot_bytes(report.snapshots)
    contents["report.json"] = json_bytes(report.to_dict())
    return contents


def save_report(report: Report, folder: str | os.PathLike[str], *, compact: bool = False) -> Path:
    """Write a run: ``program.py``, ``machine.json``, ``machine.dot``, ``network.safetensors``, ``report.json``.

    Where training was recorded, its snapshots go into ``training.npz``.

    All files are complete before the first takes its place, and the report comes last.  Files of an
    earlier run in this folder that this one does not have are removed.

    Parameters
    ----------
    compact : leave out the drawing, which can be made from the machine, and the network of a task, which ships
        on its own

    Raises
    ------
    BadInputError
        when the folder cannot be written.
    """
    contents = report_files(report, compact=compact)
    target = make_folder(folder)
    # Without a report these may be anybody's files.
    stale = [name for name in RUN_FILES if name not in contents] if (target / "report.json").is_file() else []
    write_files(target, contents, stale)
    return target
