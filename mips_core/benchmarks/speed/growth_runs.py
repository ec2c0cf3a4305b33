"""How listing and searching runs grows with their number; rows are put into the index, and folders are empty."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from mips_core.benchmarks.speed.growth import Growth, measure_growth
from mips_core.benchmarks.speed.runs import CAME, CAP, LISTING, PAGE, SEARCH, Listed, id_of, known_of
from mips_core.progress import Monitor
from mips_core.runs import RunRow, RunStore
from mips_core.runs.index import PUT, digest, entry_of
from mips_core.runs.index_file import FILE, FOLDER, writing

_STAGES: Mapping[str, str] = {LISTING: "list runs", SEARCH: "search runs", CAME: "list runs after one came"}


def growth(*, quick: bool, monitor: Monitor) -> Iterator[Growth]:
    """Measure from a hundred to a hundred thousand."""
    sizes = [10**k for k in (range(2, 5) if quick else range(2, 6))]
    with contextlib.ExitStack() as stack:
        places = {count: stack.enter_context(_indexed(count)) for count in sizes}
        for what, stage in _STAGES.items():
            listed = partial(_listed, places, what)
            yield measure_growth(stage, "runs", f"pages of {PAGE}", sizes, listed, cap=CAP, monitor=monitor)


def _listed(places: Mapping[int, Path], what: str, count: int) -> Listed:
    return Listed(str(places[count]), count, what)


@contextlib.contextmanager
def _indexed(count: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mips-runs-") as held:
        folder = Path(held) / "runs"
        folder.mkdir()
        RunStore(folder).facets()  # makes an empty index
        for number in range(count):
            (folder / id_of(number)).mkdir()
        file = sqlite3.connect(folder / FOLDER / FILE, isolation_level=None)
        with contextlib.closing(file) as connection, writing(connection):
            connection.executemany(PUT, (entry_of(_row(number), digest(())) for number in range(count)))
        yield folder


def _row(number: int) -> RunRow:
    known = known_of(number)
    return RunRow(
        id_of(number), known.name, made=known.made, task=known.origin.task, method="boolean", result="formula",
        succeeded=True, size=number % 50, accuracy=1.0, cell="mlp", hidden=8, machine="mealy", states=2, seed=number,
        bytes=20_000,
    )  # fmt: skip
