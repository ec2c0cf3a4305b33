"""The runs that ship with the package, one folder each in ``assets/runs``."""

from __future__ import annotations

from mips_core.errors import BadInputError, MipsError
from mips_core.resources import asset
from mips_core.runs.run import Run, UnreadableRun, load_run


def shipped_runs() -> tuple[Run | UnreadableRun, ...]:
    """Return the runs that ship with the package, by name; one that cannot be read says why."""
    runs: list[Run | UnreadableRun] = []
    for folder in sorted(path for path in asset("runs").iterdir() if path.is_dir()):
        try:
            runs.append(load_run(folder))
        except MipsError as error:
            runs.append(UnreadableRun(folder, str(error)))
    return tuple(runs)


def shipped_run(name: str) -> Run:
    """Open one shipped run by the name of its task.

    Raises
    ------
    BadInputError
        when no run of that name ships.
    """
    folder = asset("runs", name)
    if not name or folder.parent != asset("runs") or not folder.is_dir():
        raise BadInputError(f"No finished run is called {name!r}. Choose one in the gallery.")
    return load_run(folder)
