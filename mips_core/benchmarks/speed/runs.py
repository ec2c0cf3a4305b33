"""Listing stored runs through their index, beside reading every report, which is what a folder without one needs."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mips_core.benchmarks.speed.comparison import Comparison, compare
from mips_core.benchmarks.speed.contestant import OURS, Judgement
from mips_core.files import write_json
from mips_core.progress import Monitor
from mips_core.runs import RunStore, UnreadableRun
from mips_core.runs.information import FILE, Origin, RunInformation
from mips_core.runs.shipped import shipped_run

SECTION = "runs"
PAGE = 30
LISTING, SEARCH, CAME = "list the newest", "search", "list after a change"
READING = "reading every report"
CAP = 60.0
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def id_of(number: int) -> str:
    """Return the id of the run with a number.

    >>> id_of(42)
    'run-0000002a'
    """
    return f"run-{number:08x}"


def known_of(number: int) -> RunInformation:
    """Return what is known of the run with a number: each was made a minute after the one before."""
    made = (_BEGIN + timedelta(minutes=number)).isoformat(timespec="seconds")
    return RunInformation(f"run no.{number:06}", made, Origin("Parity_All"), seed=number)


@contextlib.contextmanager
def stored(count: int) -> Iterator[Path]:
    """Give a folder with so many whole runs, for as long as they are listed."""
    with tempfile.TemporaryDirectory(prefix="mips-runs-") as held:
        folder, source = Path(held) / "runs", shipped_run("Parity_All").folder
        for number in range(count):
            shutil.copytree(source, folder / id_of(number))
            write_json(folder / id_of(number) / FILE, known_of(number).to_dict())
        RunStore(folder).rebuild()
        yield folder


@dataclass(frozen=True)
class Listed:
    """A page of a list through the index.

    Parameters
    ----------
    folder : of the runs
    count : how many lie there
    what : :data:`LISTING`, :data:`SEARCH`, or :data:`CAME`: the folder changed since it was looked at
    """

    folder: str
    count: int
    what: str = LISTING
    name: str = OURS

    def prepare(self) -> RunStore:
        """Open the store; where nothing came, the folder has been looked at since it last changed."""
        if self.what == CAME:
            os.utime(self.folder)
        else:
            RunStore(self.folder).query(limit=1)
        return RunStore(self.folder)

    def run(self, prepared: RunStore) -> list[str]:
        """Return the ids on the page."""
        text = f"no.{self.count // 2:06}" if self.what == SEARCH else ""
        return [row.id for row in prepared.query(text=text, limit=PAGE).rows]

    def judge(self, prepared: RunStore, output: list[str]) -> Judgement:
        """Compare with what was put there."""
        searched = self.what == SEARCH
        numbers = [self.count // 2] if searched else range(self.count - 1, max(-1, self.count - 1 - PAGE), -1)
        right = output == [id_of(number) for number in numbers]
        return Judgement(right, {"listed": len(output)}, "" if right else "other runs are listed")


@dataclass(frozen=True)
class ReadAll(Listed):
    """The same page by reading every report."""

    name: str = READING

    def prepare(self) -> RunStore:
        """Open the store."""
        return RunStore(self.folder)

    def run(self, prepared: RunStore) -> list[str]:
        """Return the ids on the page."""
        found = [run for run in prepared.runs() if not isinstance(run, UnreadableRun)]
        if self.what == SEARCH:
            found = [run for run in found if f"no.{self.count // 2:06}" in run.name]
        return [run.id for run in found[:PAGE]]


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Compare a list and a search; nothing here is drawn, so the seed changes nothing."""
    for count in (100,) if quick else (100, 1_000, 5_000):
        with stored(count) as folder:
            for what in (LISTING, SEARCH):
                sides = (Listed(str(folder), count, what), ReadAll(str(folder), count, what))
                yield compare(SECTION, f"{what}, {count:,} runs", sides, cap=CAP, monitor=monitor)
