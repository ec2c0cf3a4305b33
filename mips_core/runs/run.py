"""A finished run on disk: one readable folder.

``program.py``, ``machine.json``, ``machine.dot``, ``network.safetensors`` and
``report.json``; the user's own runs add ``run.json``.  Runs that ship with the package leave the
network out: it is the shipped network of their task.  The report is written last: a folder
without one is no run.
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
from mips_core.networks.snapshots import FILE as SNAPSHOTS_FILE
from mips_core.networks.snapshots import Snapshots, read_snapshots
from mips_core.networks.store import network_digest
from mips_core.programs import Program, parse_program
from mips_core.report import NETWORK_FILE, REPORT_FORMAT, REPORT_VERSION
from mips_core.resources import asset, shipped_network
from mips_core.runs.information import RunInformation, slug
from mips_core.runs.report_shape import check_report


@dataclass(frozen=True, eq=False)
class Run:
    """A stored run; its parts are read when they are first asked for.

    Parameters
    ----------
    folder : where it lies
    report : the contents of ``report.json``, in the form that the command line prints
    information : what is known of a user's own run besides; None for all others
    shared_as : what an address says to mean a run that somebody else shares; "" for all others
    """

    folder: Path
    report: Mapping[str, Any]
    information: RunInformation | None = None
    shared_as: str = ""

    @property
    def name(self) -> str:
        """What the run is called: by its owner, or else its task, or the name of its folder.

        One that ships is called as its folder: several of one task may ship, as examples of what goes wrong.
        """
        if self.information is not None:
            return self.information.name
        if self.folder.parent == asset("runs"):
            return self.folder.name
        return self.report.get("task") or self.folder.name

    @property
    def id(self) -> str:
        """What stands for the run in an address: unique among all runs, and safe in a URL and as a file name."""
        return self.shared_as or (self.folder.name if self.information is not None else self.name)

    @property
    def is_own(self) -> bool:
        """Whether it is one of the user's own runs."""
        return self.information is not None and not self.shared_as

    @property
    def file_name(self) -> str:
        """The name without what file systems do not allow, for files that are taken away."""
        return self.name if self.information is None else slug(self.name)

    @cached_property
    def note(self) -> str:
        """A sentence that lies beside the run, e.g. why it is known to fail; "" without one."""
        path = self.folder / "note.txt"
        return _text(path).strip() if path.is_file() else ""

    @property
    def network_file(self) -> Path:
        """Where the network that was distilled is: in the run's folder, or for one that ships among the networks."""
        own = self.folder / NETWORK_FILE
        task = self.report.get("task")
        return own if own.exists() or task is None or self.information is not None else shipped_network(task)

    @cached_property
    def network(self) -> Network:
        """The network that was distilled.

        Raises
        ------
        BadInputError
            when its file is damaged, or is another network than the one that the report is about.
        """
        found = load_network(self.network_file)
        digest = network_digest(found)
        if digest != self.report["network"]["digest"]:
            raise BadInputError(
                f"{self.network_file} is the network {digest}, and the report of {self.name} is about "
                f"{self.report['network']['digest']}; the file was changed since. Make the run again."
            )
        return found

    @cached_property
    def snapshots(self) -> Snapshots | None:
        """Moments of the training that led to the network, or None where it was not recorded.

        Raises
        ------
        BadInputError
            when the file that holds them is damaged.
        """
        return read_snapshots(self.snapshot_file)

    @property
    def snapshot_file(self) -> Path:
        """Where the snapshots are, if there are any: in the run's folder, or beside the shipped network."""
        task = self.report.get("task")
        if task is not None and not (self.folder / NETWORK_FILE).exists():
            return shipped_network(task).with_suffix(f".{SNAPSHOTS_FILE}")
        return self.folder / SNAPSHOTS_FILE

    @cached_property
    def machine(self) -> Machine | None:
        """The machine, or None when none was found."""
        if self.report["machine"] is None:
            return None
        path = self.folder / "machine.json"
        return machine_from_dict(read_json(path, MACHINE_FORMAT, MACHINE_VERSION), str(path))

    @cached_property
    def program(self) -> Program | None:
        """The program, or None when none was found."""
        if self.report["program"] is None:
            return None
        path = self.folder / "program.py"
        text = _text(path)
        words = (self.network.card.input_words, self.network.card.output_words) if self.report.get("words") else ()
        try:
            return parse_program(text, *words)
        except MipsError as error:
            raise BadInputError(f"{path} is damaged: {error}") from None

    def check(self) -> None:
        """Read every part, so that a run that is damaged is known as such before somebody opens it.

        Raises
        ------
        BadInputError
            when a file is damaged, or is a link to another place.
        """
        for path in self.folder.iterdir():
            if path.is_symlink():
                raise BadInputError(f"{path} is a link to another place; the files of a run lie in its folder.")
        _ = self.network, self.machine, self.program, self.note, self.snapshots


def _text(path: Path) -> str:
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is damaged: it is no UTF-8 text (byte {error.start}).") from None


def load_run(folder: str | os.PathLike[str]) -> Run:
    """Open the run in ``folder``.

    Raises
    ------
    BadInputError
        when there is no readable ``report.json``, it lacks a field, or a file of which it speaks is missing.
    """
    path = Path(folder)
    report = read_json(path / "report.json", REPORT_FORMAT, REPORT_VERSION)
    check_report(report, str(path / "report.json"))
    for field, file in (("program", "program.py"), ("machine", "machine.json")):
        if report[field] is not None and not (path / file).is_file():
            raise BadInputError(f"{path} has no file {file}, of which its report speaks; the run is incomplete.")
    return Run(path, report)


@dataclass(frozen=True)
class UnreadableRun:
    """A run that cannot be opened, with the sentence that says why; the gallery shows it as such."""

    folder: Path
    reason: str

    @property
    def name(self) -> str:
        """The name of its folder; what its owner called it may be among what is damaged."""
        return self.folder.name
