"""A finished run on disk: one readable folder.

``program.py``, ``machine.json``, ``machine.dot``, ``network.safetensors`` and
``report.json``.  Runs that ship with the package leave the network out: it is
the shipped network of their task.  The report is written last: a folder without one
is no run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError, MipsError
from mips_core.files import read_bytes, read_json
from mips_core.machines.files import FORMAT as MACHINE_FORMAT
from mips_core.machines.files import VERSION as MACHINE_VERSION
from mips_core.machines.records import Machine, machine_from_dict
from mips_core.networks import Network, load_network
from mips_core.programs import Program, parse_program
from mips_core.report import REPORT_FORMAT, REPORT_VERSION
from mips_core.resources import asset, shipped_network


@dataclass(frozen=True, eq=False)
class Run:
    """A stored run; its parts are read when they are first asked for.

    Parameters
    ----------
    folder : where it lies
    report : the contents of ``report.json``, in the form that the command line prints
    """

    folder: Path
    report: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What the run is called: its task, or the name of its folder."""
        return self.report.get("task") or self.folder.name

    @cached_property
    def network(self) -> Network:
        """The network that was distilled."""
        own = self.folder / "network.safetensors"
        task = self.report.get("task")
        if own.exists() or task is None:
            return load_network(own)
        return load_network(shipped_network(task))

    @cached_property
    def machine(self) -> Machine | None:
        """The machine, or None when none was found."""
        if self.report["machine"] is None:
            return None
        return machine_from_dict(
            read_json(self.folder / "machine.json", MACHINE_FORMAT, MACHINE_VERSION), str(self.folder)
        )

    @cached_property
    def program(self) -> Program | None:
        """The program, or None when none was found."""
        if self.report["program"] is None:
            return None
        text = read_bytes(self.folder / "program.py").decode("utf-8")
        if not self.report.get("words"):
            return parse_program(text)
        card = self.network.card
        return parse_program(text, card.input_words, card.output_words)


def load_run(folder: str | os.PathLike[str]) -> Run:
    """Open the run in ``folder``.

    Raises
    ------
    BadInputError
        when there is no readable ``report.json``.
    """
    path = Path(folder)
    return Run(path, read_json(path / "report.json", REPORT_FORMAT, REPORT_VERSION))


@dataclass(frozen=True)
class UnreadableRun:
    """A run that cannot be opened, with the sentence that says why; the gallery shows it as such."""

    folder: Path
    reason: str


def shipped_runs() -> tuple[Run | UnreadableRun, ...]:
    """Return the runs that ship with the package, by name; one that cannot be read says why."""
    runs: list[Run | UnreadableRun] = []
    for folder in sorted(path for path in asset("runs").iterdir() if path.is_dir()):
        try:
            runs.append(load_run(folder))
        except MipsError as error:
            runs.append(UnreadableRun(folder, str(error)))
    return tuple(runs)


def shipped_run(name: str) -> Run:
    """Open one shipped run by the name of its task.

    Raises
    ------
    BadInputError
        when no run of that name ships.
    """
    folder = asset("runs", name)
    if not name or folder.parent != asset("runs") or not folder.is_dir():
        raise BadInputError(f"No finished run is called {name!r}. Choose one in the gallery.")
    return load_run(folder)
