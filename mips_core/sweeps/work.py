"""The work on one unit: a pure function from the unit and its file to the files of a finished run.

It takes no notice of how busy the machine is: searches end by counted work
(:class:`~mips_core.progress.WorkClock`), sums are taken in one thread.  So the same unit gives the same network and
the same program in this process, in a worker beside it and on another machine of the same kind.
"""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace

from mips_core.errors import Cancelled, MipsError
from mips_core.files import json_bytes
from mips_core.jobs.memory import give_back, held_megabytes, peak_megabytes
from mips_core.machines.records import machine_to_dict
from mips_core.networks.archives import parse_tensors
from mips_core.networks.store import network_digest
from mips_core.progress import Progress, Stopwatch, WorkClock
from mips_core.report import Report, report_files
from mips_core.runs.information import FILE as INFORMATION
from mips_core.runs.information import Origin, information_on
from mips_core.sweeps.plan import LADDER, Unit
from mips_core.sweeps.row import FILE, Outcome, Row
from mips_core.tasks import dataset_from_bytes, get
from mips_core.tasks.readers import is_dataset
from mips_core.wording import on_one_line

PATIENCE = 20.0
"""The system's clock may run this many times longer than the budget, and a minute, before it ends a search."""

_ONE_AT_A_TIME = threading.Lock()
"""Threads of one process would wait for one another anyway, and change one another's number of threads."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_LONGEST_REASON = 300


@dataclass(frozen=True)
class Work:
    """What came out of a unit.

    Parameters
    ----------
    row : what is to be said of it
    archive : ZIP file of the run's folder; empty when the work failed
    """

    row: Row
    archive: bytes = b""


def _silent(_: Progress) -> None:
    return None


def _never() -> bool:
    return False


def do_unit(
    unit: Unit,
    content: bytes | None = None,
    *,
    progress: Callable[[Progress], None] = _silent,
    stop: Callable[[], bool] = _never,
) -> Work:
    """Train and distil; whatever goes wrong becomes a row that says so.

    Parameters
    ----------
    content : of the unit's file; None for a task
    progress, stop : as for :func:`mips_core.distillation.distill`

    Raises
    ------
    Cancelled
        when ``stop`` returned True.
    """
    prepare()
    with _ONE_AT_A_TIME:
        clock, counted = Stopwatch(), WorkClock(PATIENCE * unit.budget + 60.0)
        try:
            row, files = _finished(unit, _report(unit, content, counted, progress, stop))
        except Cancelled:
            raise
        except Exception as error:  # one unit that fails must not cost all others
            reason = str(error) if isinstance(error, MipsError) else f"{type(error).__name__}: {error}"
            row, files = Row(unit, unit.address, Outcome.FAILED, on_one_line(reason)[:_LONGEST_REASON]), {}
        give_back()
        seconds = clock.seconds
    row = replace(
        row, seconds=round(seconds, 3), hurried=counted.hurried, held_megabytes=held_megabytes(),
        peak_megabytes=peak_megabytes(),
    )  # fmt: skip
    return Work(row, _archive({**files, FILE: json_bytes(row.to_dict())}) if files else b"")


def prepare() -> None:
    """Import what every unit needs, which takes seconds once in a process, and see to it that one thread calculates."""
    import torch

    import mips_core.distillation
    import mips_core.networks.training  # noqa: F401

    torch.set_num_threads(1)


def _report(
    unit: Unit, content: bytes | None, clock: WorkClock, progress: Callable[[Progress], None], stop: Callable[[], bool]
) -> Report:
    from threadpoolctl import threadpool_limits

    from mips_core.distillation import distill
    from mips_core.distillation.source import network_subject

    chosen = None if unit.architecture == LADDER else (unit.architecture,)
    with threadpool_limits(1):
        if unit.is_task or is_dataset(content or b"", unit.source):
            source = get(unit.source) if unit.is_task else dataset_from_bytes(content or b"", unit.source)
            return distill(
                source, seed=unit.seed, budget=unit.budget, fresh=unit.is_task, label_free=unit.label_free,
                architectures=chosen, clock=clock, progress=progress, stop=stop,
            )  # fmt: skip
        network = unit.options.read(parse_tensors(content or b"", unit.source))
        subject = network_subject(network, unit.source, replace(unit.options, inputs=network.card.inputs))
        return distill(
            subject, seed=unit.seed, budget=unit.budget, label_free=unit.label_free, clock=clock, progress=progress,
            stop=stop,
        )  # fmt: skip


def _finished(unit: Unit, report: Report) -> tuple[Row, dict[str, bytes]]:
    """Return what became of a unit, but for times and memory, and the files of its run by name."""
    card, program = report.network.card, report.program
    row = Row(
        unit, unit.address, Outcome.SOLVED if report.succeeded else Outcome.UNSOLVED,
        reason=on_one_line(report.verification.claim if program else _why_none(report))[:_LONGEST_REASON],
        run=unit.run_id(),
        accuracy=card.accuracy,
        rung=card.training.get("rung"),
        method=None if program is None else str(program.method),
        nodes=None if program is None else program.nodes,
        digest=result_digest(report),
    )  # fmt: skip
    data_file = None if unit.is_task or card.data is None else unit.source
    network_file = None if unit.is_task or data_file is not None else unit.source
    origin = Origin(unit.source if unit.is_task else None, data_file, network_file)
    information = information_on(report, unit.name, unit.seed, origin)
    return row, {INFORMATION: json_bytes(information.to_dict()), **report_files(report)}


def result_digest(report: Report) -> str:
    """Return 16 hexadecimal digits of network, machine, program and verification, without times."""
    parts = [
        network_digest(report.network),
        None if report.machine is None else machine_to_dict(report.machine),
        None if report.program is None else report.program.source,
        report.verification.to_dict(),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _why_none(report: Report) -> str:
    tried = [stage for stage in report.stages if stage.status == "failed"]
    return f"No program. {tried[-1].reason}" if tried else "No program."


def _archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
