"""A run of a store with all of its files: whether any is damaged, and whether any has changed since."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from mips_core.runs.information import read_information
from mips_core.runs.run import Run, load_run

FolderState = tuple[tuple[str, int, int, int], ...]


def state_of(folder: Path) -> FolderState:
    """Return a value that differs after any change of the files in a folder; () where there is none."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
    except OSError:
        return ()
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size, stat.st_ino) for name, stat in found))


def open_own(folder: Path) -> Run:
    """Open the run in a folder of a store: its report and what is known of it besides.

    Raises
    ------
    BadInputError
        when either is damaged, or a file of which the report speaks is missing.
    """
    return replace(load_run(folder), information=read_information(folder))


def open_whole(folder: Path) -> Run:
    """Open the run in a folder of a store, all of its parts.

    Raises
    ------
    BadInputError
        when any of its files is damaged.
    """
    run = open_own(folder)
    run.check()
    return run
