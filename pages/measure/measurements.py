"""What ``mips bench app`` measures of a running explorer; prints one JSON object.

``python -m pages.measure.measurements 127.0.0.1:8501 --viewers 20 --seconds 20``
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence

import numpy as np

from mips_core.errors import MipsError
from mips_core.process_status import linux_status
from mips_core.runs import shipped_run
from mips_core.views.samples import sample, words_of
from mips_core.views.sequences import sequence_text
from pages.measure.paints import browser_seconds
from pages.measure.training import trainings_beside
from pages.measure.viewer import Viewer

RUNS = ("Parity_Last3", "Div_7", "Sum_All", "Prev5", "Bit_Palindrome", "parcel_locker")
"""One run of each kind: few states, a counter, whole numbers, many states, whole prefixes, words."""

TYPED = ("play", "states", "machine", "program", "compare")
"""Pages on which a sequence is typed."""
STEPPED = ("play", "machine", "program", "compare")
"""Pages that open with the player."""

CHANGES = 4
"""Sequences typed on each page for each run."""
STEPS = 10
"""Steps that a viewer takes through one sequence."""
THINKING = 1.0
"""Seconds between two steps of one viewer."""


def sequences(run: str, count: int, seed: int) -> list[str]:
    """Draw input sequences of the trained length as a person would type them."""
    found = shipped_run(run)
    drawn = sample(found, count, int(found.report["length"]), seed)
    return [sequence_text(x, words_of(found)) for x in drawn]


def page_seconds(server: str) -> dict[str, dict[str, float]]:
    """Open every page for some runs, each twice; report the second visit, when the run has been read once."""
    found = {}
    with Viewer(server) as viewer:
        viewer.open("")
        for page in viewer.pages:
            seconds = []
            for run in RUNS[:3]:
                viewer.open(page, {"task": run})
                seconds.append(viewer.open(page, {"task": run}))
            found[page or "gallery"] = summary(seconds)
    return found


def sequence_seconds(server: str) -> dict[str, dict[str, float]]:
    """Change the sequence on each page that shows one, on each run, after a first visit."""
    found: dict[str, dict[str, float]] = {}
    every: list[float] = []
    typed = {run: sequences(run, CHANGES, seed=5) for run in RUNS}
    with Viewer(server) as viewer:
        for page in TYPED:
            seconds: list[float] = []
            for run in RUNS:
                viewer.open(page, {"task": run})
                seconds += [viewer.open(page, {"task": run, "xs": text}) for text in typed[run]]
            found[page] = summary(seconds)
            every += seconds
    return {**found, "all pages": summary(every)}


def load_seconds(server: str, viewers: int, seconds: float) -> dict[str, float]:
    """Let several viewers step through sequences at once, each on a run and a page of its own choice."""
    taken: list[float] = []
    failures: list[str] = []
    start = threading.Barrier(viewers)

    def watch(number: int) -> None:
        try:
            with Viewer(server) as viewer:
                actions = _actions(viewer, number)
                next(actions)
                start.wait()  # all have opened their page
                end = time.monotonic() + seconds
                time.sleep(THINKING * number / viewers)  # people do not click at the same moment
                while time.monotonic() < end:
                    took = next(actions)
                    taken.append(took)
                    time.sleep(max(0.0, THINKING - took))
        except (MipsError, OSError, threading.BrokenBarrierError) as error:
            failures.append(str(error))
            start.abort()

    threads = [threading.Thread(target=watch, args=(number,)) for number in range(viewers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise MipsError(failures[0])
    return summary(taken)


def _actions(viewer: Viewer, number: int) -> Iterator[float]:
    """Do one thing after the other: type a sequence, rest at each of its first steps, type the next; yield seconds."""
    run, page = RUNS[number % len(RUNS)], STEPPED[number % len(STEPPED)]
    for text in itertools.cycle(sequences(run, 20, seed=100 + number)):
        yield viewer.open(page, {"task": run, "xs": text})
        for step in range(1, min(STEPS, len(text.split())) + 1):
            yield viewer.step(step)


def memory_megabytes(process: int, field: str) -> float | None:
    """Return what Linux says of a process's memory, or None on other systems; ``VmHWM`` is the most it ever had."""
    size = linux_status(field, process)
    return None if size is None else round(size / 2**20, 1)


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Return median, 95th percentile and maximum in seconds, and how many were taken."""
    values = np.array(seconds)
    return {
        "median": round(float(np.median(values)), 4),
        "p95": round(float(np.percentile(values, 95)), 4),
        "longest": round(float(values.max()), 4),
        "count": len(values),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the explorer that listens at an address."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server")
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--trainings", type=int, default=1)
    parser.add_argument("--process", type=int, required=True, help="number of the server's process")
    options = parser.parse_args(arguments)
    try:
        found: dict[str, object] = {"browser": browser_seconds(options.server)}
        found["pages"] = page_seconds(options.server)
        found["change of sequence"] = sequence_seconds(options.server)
        memory = [memory_megabytes(options.process, "VmRSS")]
        found["viewers"] = load_seconds(options.server, options.viewers, options.seconds)
        memory.append(memory_megabytes(options.process, "VmRSS"))
        with trainings_beside(options.trainings) as trainings:
            found["viewers and a training"] = load_seconds(options.server, options.viewers, options.seconds)
        found["trainings"] = trainings.sentences
        memory += [memory_megabytes(options.process, field) for field in ("VmRSS", "VmHWM")]
        names = ("before the viewers", "after them", "after them and the training", "at most")
        found["memory"] = (
            {"not measured": "this system has no /proc"} if None in memory else dict(zip(names, memory, strict=True))
        )
    except MipsError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
