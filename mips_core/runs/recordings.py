"""What a run is compared with: its parts, and the recorded rows behind it where a file still has them."""

from __future__ import annotations

from pathlib import Path

from mips_core.errors import MipsError
from mips_core.resources import asset
from mips_core.runs.run import Run
from mips_core.tasks import Dataset, is_dataset_file, read_dataset
from mips_core.verification.compared import Compared, compared_of

DATA_NAMES = ("data.csv", "data.npz")
"""Names under which a run may keep its recorded rows in its folder."""


def recorded_rows(run: Run) -> Dataset | None:
    """Return the rows that a run's network was trained on, or None when no file has them any more.

    They are looked for in the run's folder and among the shipped examples, by the name of the run's source.  A file
    that cannot be read, or whose words are not those of the run, counts as none.
    """
    if run.report.get("task"):
        return None
    source = Path(str(run.report.get("source") or ""))
    places = [*(run.folder / name for name in DATA_NAMES), asset("examples", source.name)]
    for path in places:
        if not (source.name and path.is_file() and is_dataset_file(path)):
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


def _fits(run: Run, rows: Dataset) -> bool:
    card = run.network.card
    if (rows.input_width, rows.output_width) != (card.input_width, card.output_width):
        return False
    if (rows.input_words, rows.output_words) != (card.input_words, card.output_words):
        return False
    ranges = run.report["inputs"]
    return all(low <= r.low and r.high <= high for r, (low, high) in zip(rows.inputs, ranges, strict=True))
