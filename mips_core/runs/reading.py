"""Reading runs of a store to the end: an index knows their reports alone, and any other file may be damaged."""

from __future__ import annotations

from typing import Any

from mips_core.errors import MipsError
from mips_core.progress import Monitor
from mips_core.runs.places import is_folder
from mips_core.runs.row import RunRow, row_of
from mips_core.runs.run import UnreadableRun
from mips_core.runs.store import RunStore
from mips_core.runs.whole import open_whole

STAGE = "read"


def unreadable_rows(store: RunStore, monitor: Monitor | None = None, **wanted: Any) -> tuple[RunRow, ...]:
    """Read every part of the runs that match, and return the rows of those that cannot be opened, with the reason.

    Parameters
    ----------
    monitor : receives progress; may stop
    wanted : which runs and in which order, as for :meth:`RunStore.query`

    Raises
    ------
    BadInputError
        when the folder of the runs cannot be read, or as for :meth:`RunStore.query`.
    Cancelled
        when the caller asked to stop.
    """
    watch = monitor or Monitor()
    store.look_again(watch)
    rows = store.query(**wanted, limit=None).rows
    found = []
    for count, row in enumerate(rows):
        watch.report(STAGE, f"Reading {len(rows):,} runs", count / len(rows))
        if not row.readable:
            found.append(row)
            continue
        place = store.folder / row.id
        try:
            open_whole(place)
        except MipsError as error:
            if is_folder(place):  # else it was deleted a moment ago
                found.append(row_of(UnreadableRun(place, str(error)), row.bytes))
    return tuple(found)
