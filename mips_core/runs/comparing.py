"""A run compared with itself: its data, network, machine and program, and the failures among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mips_core.errors import MipsError
from mips_core.jobs import keep
from mips_core.progress import Monitor
from mips_core.resources import asset
from mips_core.runs.run import Run, load_run
from mips_core.tasks import Dataset, is_dataset_file, read_dataset
from mips_core.tasks.vocabulary import Words
from mips_core.verification.compared import Compared, compared_of
from mips_core.verification.failures import HARDER, Failure, Search, find_failures
from mips_core.verification.lengths import Lengths
from mips_core.verification.matrix import Agreeing

DATA_NAMES = ("data.csv", "data.npz")
"""Names under which a run may keep its recorded rows in its folder."""

COMPARISON_FORMAT = "mips-comparison"
STAGES = {"search": "Look for differences"}
"""The stages of :func:`look_harder`."""


def recorded_rows(run: Run) -> Dataset | None:
    """Return the rows that a run's network was trained on, or None when no file has them any more.

    They are looked for in the run's folder and among the shipped examples, by the name of the run's source.  A file
    that cannot be read, or whose words are not those of the run, counts as none.
    """
    if run.report.get("task"):
        return None
    source = Path(str(run.report.get("source") or ""))
    places = [run.folder / name for name in DATA_NAMES]
    if source.name:
        places.append(asset("examples", source.name))
    for path in places:
        if not (path.is_file() and is_dataset_file(path)):
            continue
        try:
            rows = read_dataset(path)
        except MipsError:
            continue
        if _fits(run, rows):
            return rows
    return None


def compared_run(run: Run) -> Compared:
    """Return data, network, machine and program of a run, to be compared with one another."""
    return compared_of(run.report, run.network, run.machine, run.program, recorded_rows(run))


def look_harder(*, folder: Path, monitor: Monitor, run_folder: str, seed: int = 0) -> dict[str, Any]:
    """Look for failures of a stored run among many more and longer words; for a process of its own.

    What was found is kept when it is stopped.

    Parameters
    ----------
    folder : of the job; not needed
    run_folder : where the run lies

    Returns
    -------
    "run", the folder of the run, and "search", plain JSON values of :meth:`Search.to_dict`
    """

    def so_far(search: Search) -> dict[str, Any]:
        return {"run": run_folder, "search": search.to_dict()}

    compared = compared_run(load_run(run_folder))
    return so_far(
        find_failures(
            compared, effort=HARDER, seed=seed, monitor=monitor, found=lambda search: keep(monitor, so_far(search))
        )
    )


def comparison_dict(
    source: str, cells: Sequence[Agreeing], lengths: Lengths, search: Search,
    shrunk: Mapping[str, Failure] | None = None, words: Words = (),
) -> dict[str, Any]:  # fmt: skip
    """Return everything that was found, as plain JSON values; inputs in the words of these vocabularies."""
    return {
        "format": COMPARISON_FORMAT, "version": 1, "source": source,
        "agreement": [cell.to_dict(words) for cell in cells],
        "accuracy_by_length": lengths.to_dict(),
        "search": search.to_dict(words),
        "shrunk": {cause: failure.to_dict(words) for cause, failure in (shrunk or {}).items()},
    }  # fmt: skip


def _fits(run: Run, rows: Dataset) -> bool:
    card = run.network.card
    if (rows.input_width, rows.output_width) != (card.input_width, card.output_width):
        return False
    if (rows.input_words, rows.output_words) != (card.input_words, card.output_words):
        return False
    ranges = run.report["inputs"]
    return all(low <= r.low and r.high <= high for r, (low, high) in zip(rows.inputs, ranges, strict=True))
