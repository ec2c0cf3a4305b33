"""What the tests of jobs let a child process do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError
from mips_core.jobs import keep
from mips_core.progress import Monitor


def add(*, folder: Path, monitor: Monitor, a: int, b: int) -> dict[str, Any]:
    print("this is no message")
    monitor.report("add", "Adding", 0.5)
    monitor.events({"a": a})
    return {"sum": a + b}


def describe(*, folder: Path, monitor: Monitor) -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "nice": os.nice(0),
        "threads": os.environ["OMP_NUM_THREADS"],
        "streamlit": "streamlit" in sys.modules,
        "main": str(getattr(sys.modules["__main__"], "__file__", "")),
        "file": (folder / "data.csv").read_text(encoding="utf-8"),
    }


def refuse(*, folder: Path, monitor: Monitor, **_: Any) -> None:
    raise BadInputError("Row 3 holds a word. Write a number there.")


def stumble(*, folder: Path, monitor: Monitor) -> None:
    raise ZeroDivisionError("a detail for the log")


def die(*, folder: Path, monitor: Monitor) -> None:
    os._exit(7)


def climb(*, folder: Path, monitor: Monitor) -> dict[str, Any]:
    """Get better for ever, and give what there is when told to stop."""
    best = 0
    while not monitor.stop():
        best += 1
        monitor.events({"best": best})
        time.sleep(0.02)
    return {"best": best}


def insist(*, folder: Path, monitor: Monitor) -> None:
    """Keep something, start another process, and never listen."""
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    keep(monitor, {"best": 1})
    keep(monitor, {"best": 2, "other": other.pid})
    monitor.events({"said": True})
    time.sleep(60)


def wait_for(*, folder: Path, monitor: Monitor, file: str) -> None:
    """Last until a file is there."""
    while not Path(file).exists():
        monitor.report("wait", "Waiting")
        time.sleep(0.02)


def pretend(
    *, folder: Path, monitor: Monitor, result: dict[str, Any], events: list[dict[str, Any]] | None = None,
    waits: bool = False, **_: Any,
) -> dict[str, Any]:  # fmt: skip
    """Tell these events, wait to be stopped if asked to, and return this result; other arguments are for the page."""
    monitor.report("train", "one-hot relu, step 50", 0.25)
    for event in events or ():
        monitor.events(event)
    while waits and not monitor.stop():
        time.sleep(0.02)
    return result


def devour(*, folder: Path, monitor: Monitor, how: str) -> None:
    """Take more and more memory, in one piece or in many."""
    import numpy as np

    if how == "one":
        np.ones(2 * 10**9)
    elif how == "torch":
        import torch

        torch.ones(2 * 10**9)
    kept = []
    while True:
        kept.append(bytearray(10**6))


def chatter(*, folder: Path, monitor: Monitor, events: int, size: int) -> None:
    for number in range(events):
        monitor.events({"number": number, "text": "x" * size})


def where(*, folder: Path, monitor: Monitor) -> dict[str, Any]:
    return {"home": os.environ["MIPS_HOME"]}


def fill(*, folder: Path, monitor: Monitor) -> None:
    """Fill the disk, and then keep something."""
    with (folder / "large").open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    keep(monitor, {"best": "x" * 10_000})


def cannot_write(*, folder: Path, monitor: Monitor, path: str, **_: Any) -> None:
    raise BadInputError(f"Cannot write {path}: No space left on device.")
