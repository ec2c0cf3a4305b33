"""One row of the benchmark: what came out for one task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from mips_core.benchmarks.certificates import RowCertificates
from mips_core.benchmarks.operators import operators_of
from mips_core.benchmarks.paper import PaperEntry, paper_entry
from mips_core.errors import BadInputError
from mips_core.networks.store import network_digest
from mips_core.programs.loop_line import loop_line
from mips_core.progress import StageResult
from mips_core.regression.method import Method
from mips_core.report import Report
from mips_core.tasks import Task
from mips_core.verification.claims import Claim, Strength
from mips_core.verification.heldout import FACTOR

STAGES = ("train", "extract", "regress", "verify")
"""Stages whose seconds are shown, in the order in which they run."""

_AGREEMENTS = ("program_vs_data", "program_vs_network", "network_vs_data")

FINITE, INTEGERS = "finite machine", "integer system"


@dataclass(frozen=True)
class Count:
    """On how many sequences, of how many, two things agree at every step."""

    agree: int
    sequences: int

    @property
    def holds(self) -> bool:
        """Whether they agree on every sequence."""
        return self.agree == self.sequences

    @property
    def text(self) -> str:
        """The count in full.

        >>> Count(9998, 10000).text
        '9,998 of 10,000'
        """
        return f"{self.agree:,} of {self.sequences:,}"


@dataclass(frozen=True)
class Counts:
    """The same comparison at the trained length and at five times that; None where it was not made."""

    short: Count | None = None
    long: Count | None = None

    @property
    def exact(self) -> bool:
        """Whether they agree on every sequence at both lengths."""
        return holds(self.short) and holds(self.long)


@dataclass(frozen=True)
class BenchmarkRow:
    """What came out for one task.

    Three facts are kept apart: how far the program agrees with the data, how far it agrees with the network, and
    what is proved of the networks that ship.

    Parameters
    ----------
    task, group, length : which task, its kind, and the trained length (1x) in steps
    measured : False when an error kept the task from being measured; ``reason`` then says which
    cell, hidden_size, parameters, digest : the network; None when none was trained
    trained : on how many fresh sequences of the trained length every output of the network is right
    route, method, machine : the way that gave the program, the kind of its formulas, the kind of its machine
    states, order : of a finite machine, and of an integer system
    formula : the program's loop on one line
    nodes : size of the program's formulas
    program_vs_data, program_vs_network, network_vs_data : held-out counts
    holds_to : longest length up to which no difference between program and network was found
    proved : program and network were proved to agree at every length
    certificates : what is proved of the networks that ship for the task; None where the measured one is another
    imperfect_network : the program is right on all held-out data although the network is not
    claim : the sentence of the report
    seconds : per stage, and "total"
    reason : why there is no program, where there is none
    kept : taken from a folder of an earlier run instead of measured in this one
    """

    task: str
    group: str
    length: int
    measured: bool = True
    cell: str | None = None
    hidden_size: int | None = None
    parameters: int | None = None
    digest: str | None = None
    trained: Count | None = None
    route: str | None = None
    method: str | None = None
    machine: str | None = None
    states: int | None = None
    order: int | None = None
    formula: str | None = None
    nodes: int | None = None
    program_vs_data: Counts = Counts()
    program_vs_network: Counts = Counts()
    network_vs_data: Counts = Counts()
    holds_to: int | None = None
    proved: bool = False
    certificates: RowCertificates | None = None
    imperfect_network: bool = False
    claim: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    reason: str | None = None
    kept: bool = False

    @property
    def exact(self) -> bool:
        """The program is right on every held-out sequence at both lengths."""
        return self.program_vs_data.exact

    @property
    def solved(self) -> bool:
        """End to end: the network is right on every fresh sequence, and the program at both lengths."""
        return holds(self.trained) and self.exact

    @property
    def is_table(self) -> bool:
        """The program is the exact transition table, because no formula was found."""
        return self.method == Method.TABLE.value

    @property
    def operators(self) -> tuple[str, ...]:
        """Operators and functions of the formula, each once, sorted; none of a table."""
        return () if self.formula is None else operators_of(self.formula)

    @property
    def paper(self) -> PaperEntry:
        """The paper's own result on this task."""
        return paper_entry(self.task)

    @property
    def total_seconds(self) -> float:
        """Seconds from the source to the report."""
        return self.seconds.get("total", 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, with the paper's result beside ours."""
        paper = self.paper
        beside = {"result": paper.result.value, "method": paper.method, "source": paper.source}
        agreements = {name: _plain(getattr(self, name)) for name in _AGREEMENTS}
        return {
            **asdict(self), **agreements, "operators": list(self.operators), "seconds": dict(self.seconds),
            "paper": beside,
        }  # fmt: skip


def row_from_dict(value: Mapping[str, Any], where: str) -> BenchmarkRow:
    """Read a row as :meth:`BenchmarkRow.to_dict` writes it.

    Raises
    ------
    BadInputError
        when a field is missing or malformed, or the task is unknown.
    """
    try:
        proved = value.get("certificates")  # rows of earlier versions have none
        found = {each.name: value[each.name] for each in fields(BenchmarkRow) if each.name != "certificates"}
        found["certificates"] = None if proved is None else RowCertificates.from_dict(proved)
        found["trained"] = _count(found["trained"])
        for name in _AGREEMENTS:
            found[name] = _counts(found[name])
        found["seconds"] = {str(stage): float(seconds) for stage, seconds in found["seconds"].items()}
        row = BenchmarkRow(**found)
        paper_entry(row.task)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInputError(f"{where} has a row with a missing or malformed field: {error!r}.") from None
    return row


def row_from_report(task: Task, report: Report, trained: Count) -> BenchmarkRow:
    """Return the row of a finished distillation.

    Parameters
    ----------
    trained : how often the network was right on fresh sequences
    """
    facts = report.to_dict()
    verification, machine, program = facts["verification"], facts["machine"], facts["program"]
    always = _proved(report.verification.claims)
    counterexample = report.verification.counterexample
    holds_to = None
    if program is not None:
        holds_to = FACTOR * report.length if counterexample is None else counterexample.length - 1
    return BenchmarkRow(
        task=task.name,
        group=task.group,
        length=report.length,
        cell=facts["network"]["cell"],
        hidden_size=facts["network"]["hidden_size"],
        parameters=facts["network"]["parameters"],
        digest=network_digest(report.network),
        trained=trained,
        route=report.route,
        method=None if program is None else program["method"],
        machine=None if machine is None else FINITE if machine["kind"] == "mealy" else INTEGERS,
        states=None if machine is None else machine["states"],
        order=None if machine is None else machine.get("order"),
        formula=None if report.program is None else loop_line(report.program),
        nodes=None if program is None else program["nodes"],
        program_vs_data=_counts(verification["program_vs_data"]),
        program_vs_network=_counts(verification["program_vs_network"]),
        network_vs_data=_counts(verification["network_vs_data"]),
        holds_to=holds_to,
        proved=always and counterexample is None,
        imperfect_network=report.imperfect_network,
        claim=verification["claim"],
        seconds=facts["seconds"],
        reason=None if program is not None else _reasons(report.stages),
    )


def holds(count: Count | None) -> bool:
    """Whether a comparison was made and found no difference."""
    return count is not None and count.holds


def _proved(claims: Iterable[Claim]) -> bool:
    pair = {"program", "network"}
    return any(c.strength is Strength.PROVED_FOR_ALL_LENGTHS and {c.left, c.right} == pair for c in claims)


def _reasons(stages: Iterable[StageResult]) -> str:
    return " ".join(f"{stage.stage}: {stage.reason}" for stage in stages) or "No route was tried."


def _plain(counts: Counts) -> dict[str, Any]:
    both = {"1x": counts.short, "5x": counts.long}
    return {key: None if count is None else asdict(count) for key, count in both.items()}


def _counts(value: Mapping[str, Any]) -> Counts:
    return Counts(_count(value["1x"]), _count(value["5x"]))


def _count(value: Mapping[str, Any] | None) -> Count | None:
    return None if value is None else Count(int(value["agree"]), int(value["sequences"]))
