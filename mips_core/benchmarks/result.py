"""A finished benchmark: rows, totals, and the forms in which it is stored."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from mips_core.benchmarks.certificates import RowCertificates, certificate_totals, shipped_certificates
from mips_core.benchmarks.conditions import Conditions, Settings
from mips_core.benchmarks.paper import PaperResult
from mips_core.benchmarks.row import STAGES, BenchmarkRow, Count, holds, row_from_dict
from mips_core.errors import BadInputError
from mips_core.files import read_json
from mips_core.resources import asset
from mips_core.tasks import names

FORMAT = "mips-task-benchmark"
SEEDS_FORMAT = "mips-task-benchmark-seeds"
VERSION = 1


@dataclass(frozen=True)
class Totals:
    """Counts over all rows.

    Parameters
    ----------
    tasks, measured : rows, and those that were measured
    trained : networks that are right on every fresh sequence
    exact_short, exact_long : programs that are right on all held-out data at 1x, and at 5x
    faithful_short, faithful_long : programs that agree with the network on all held-out sequences at 1x, and at 5x
    certified, certified_always : tasks of which a network has a certificate, and one for all lengths
    certified_as_trained : those whose network has one as training left it
    formulas, tables : programs that are exact at 1x and 5x, by their kind
    imperfect : programs that were read from an imperfect network
    paper_solved, paper_likely : of the same tasks, those of the paper's own method
    seconds, longest : over all rows, and of the slowest
    """

    tasks: int
    measured: int
    trained: int
    exact_short: int
    exact_long: int
    faithful_short: int
    faithful_long: int
    certified: int
    certified_always: int
    certified_as_trained: int
    formulas: int
    tables: int
    imperfect: int
    paper_solved: int
    paper_likely: int
    seconds: float
    longest: float

    @property
    def solved(self) -> int:
        """Programs that are exact at 1x and 5x, formulas and tables."""
        return self.formulas + self.tables


def totals(rows: Iterable[BenchmarkRow]) -> Totals:
    """Count over rows."""
    listed = list(rows)
    proved = certificate_totals(row.certificates for row in listed)

    def count(chosen: Iterable[bool]) -> int:
        return sum(map(bool, chosen))

    return Totals(
        tasks=len(listed),
        measured=count(r.measured for r in listed),
        trained=count(holds(r.trained) for r in listed),
        exact_short=count(holds(r.program_vs_data.short) for r in listed),
        exact_long=count(holds(r.program_vs_data.long) for r in listed),
        faithful_short=count(holds(r.program_vs_network.short) for r in listed),
        faithful_long=count(holds(r.program_vs_network.long) for r in listed),
        certified=proved.certified,
        certified_always=proved.always,
        certified_as_trained=proved.as_trained,
        formulas=count(r.exact and not r.is_table for r in listed),
        tables=count(r.exact and r.is_table for r in listed),
        imperfect=count(r.imperfect_network for r in listed),
        paper_solved=count(r.paper.result is PaperResult.SOLVED for r in listed),
        paper_likely=count(r.paper.result is PaperResult.LIKELY for r in listed),
        seconds=round(sum(r.total_seconds for r in listed), 1),
        longest=round(max((r.total_seconds for r in listed), default=0.0), 1),
    )


@dataclass(frozen=True)
class TaskBenchmark:
    """Rows in the paper's order, with the conditions under which they were measured.

    Parameters
    ----------
    seconds : wall-clock time of the whole run
    """

    rows: tuple[BenchmarkRow, ...]
    settings: Settings
    conditions: Conditions
    seconds: float

    def __post_init__(self) -> None:
        place = {name: i for i, name in enumerate(names())}
        object.__setattr__(self, "rows", tuple(sorted(self.rows, key=lambda row: place[row.task])))

    @property
    def end_to_end(self) -> int:
        """Tasks whose network is right on every fresh sequence and whose program is exact at 1x and 5x."""
        return sum(row.solved for row in self.rows)

    @cached_property
    def totals(self) -> Totals:
        """Counts over all rows."""
        return totals(self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values: what ``mips bench tasks --json`` prints."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "settings": self.settings.to_dict(),
            "machine": self.conditions.to_dict(),
            "seconds": round(self.seconds, 1),
            "kept": sum(row.kept for row in self.rows),
            "totals": {**asdict(self.totals), "solved": self.totals.solved},
            "rows": [row.to_dict() for row in self.rows],
        }

    def to_csv(self) -> str:
        """Return the rows as comma-separated values (RFC 4180: CRLF, quotes where needed), with one line of names."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, CSV_COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(flat_row(row) for row in self.rows)
        return text.getvalue()


def benchmark_from_dict(value: Mapping[str, Any], where: str) -> TaskBenchmark:
    """Read what :meth:`TaskBenchmark.to_dict` wrote; totals are counted anew.

    Raises
    ------
    BadInputError
        when a field is missing or malformed.
    """
    try:
        settings, conditions = Settings(**value["settings"]), Conditions(**value["machine"])
        rows, seconds = list(value["rows"]), float(value["seconds"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadInputError(f"{where} has a missing or malformed field: {error!r}.") from None
    return TaskBenchmark(tuple(row_from_dict(row, where) for row in rows), settings, conditions, seconds)


def seeds_to_dict(results: Sequence[TaskBenchmark]) -> dict[str, Any]:
    """Return several seeds as plain JSON values: what ``mips bench tasks --seeds N --json`` prints."""
    return {
        "format": SEEDS_FORMAT,
        "version": VERSION,
        "tasks": sum(result.totals.tasks for result in results),
        "end_to_end": sum(result.end_to_end for result in results),
        "runs": [{**result.to_dict(), "end_to_end": result.end_to_end} for result in results],
    }


def load_benchmark(path: Path) -> TaskBenchmark:
    """Read a benchmark file.

    Raises
    ------
    BadInputError
        when it is missing or is no benchmark.
    """
    return benchmark_from_dict(read_json(path, FORMAT, VERSION), str(path))


def stored_benchmark() -> TaskBenchmark | None:
    """Return the result that ships with the package, with what is proved of its networks; None when none does.

    Raises
    ------
    BadInputError
        when it cannot be read.
    """
    path = asset("benchmark", "tasks.json")
    return with_certificates(load_benchmark(path)) if path.is_file() else None


def with_certificates(result: TaskBenchmark) -> TaskBenchmark:
    """Return a benchmark whose rows say what is proved of the networks that ship now."""
    rows = tuple(replace(row, certificates=shipped_certificates(row.task, row.digest)) for row in result.rows)
    return replace(result, rows=rows)


def flat_row(row: BenchmarkRow) -> dict[str, Any]:
    """Return a row as one line of a spreadsheet: a number or a text per column, "" where there is nothing."""

    def both(name: str, count: Count | None) -> dict[str, Any]:
        return {
            f"{name}_agree": None if count is None else count.agree,
            f"{name}_sequences": None if count is None else count.sequences,
        }

    values = {
        "task": row.task,
        "group": row.group,
        "length": row.length,
        "measured": row.measured,
        "cell": row.cell,
        "hidden_size": row.hidden_size,
        "parameters": row.parameters,
        "network_digest": row.digest,
        **both("network_fresh", row.trained),
        "route": row.route,
        "method": row.method,
        "machine": row.machine,
        "states": row.states,
        "order": row.order,
        "nodes": row.nodes,
        "formula": row.formula,
        "operators": " ".join(row.operators),
        **both("program_vs_data_1x", row.program_vs_data.short),
        **both("program_vs_data_5x", row.program_vs_data.long),
        **both("program_vs_network_1x", row.program_vs_network.short),
        **both("program_vs_network_5x", row.program_vs_network.long),
        **both("network_vs_data_1x", row.network_vs_data.short),
        **both("network_vs_data_5x", row.network_vs_data.long),
        "program_vs_network_holds_to": row.holds_to,
        "program_vs_network_proved": row.proved,
        **_flat_certificates(row.certificates or RowCertificates()),
        "imperfect_network": row.imperfect_network,
        "claim": row.claim,
        "reason": row.reason,
        **{f"seconds_{stage}": row.seconds.get(stage) for stage in (*STAGES, "total")},
        "paper_result": row.paper.result.value,
        "paper_method": row.paper.method,
        "paper_source": row.paper.source,
    }
    return {name: "" if value is None else _plain(value) for name, value in values.items()}


def _flat_certificates(found: RowCertificates) -> dict[str, Any]:
    return {
        "certificate": found.claim,
        "certificate_kind": found.kind,
        "certificate_length": "all" if found.always else found.length,
        "certificate_change": found.change or ("none" if found.claim is not None else None),
        "certified_network_counterexample_length": found.beyond,
        "as_trained": found.as_trained,
        "as_trained_counterexample_length": found.counterexample,
    }


def _plain(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


CSV_COLUMNS = tuple(flat_row(BenchmarkRow(names()[0], "", 1)))
"""Names of the columns of :meth:`TaskBenchmark.to_csv`."""
