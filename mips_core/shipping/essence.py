"""Make the results of Deep Distilling in assets/essence, which its page shows at once.

    python -m mips_core.shipping.essence [TASK ...] [--out FOLDER]

Each is distilled from the data of its task, judged at sizes up to a thousand times those taught, and set beside a
multilayer perceptron and a decision tree that were taught the same samples.  Nothing is changed by hand.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from mips_core.errors import MipsError
from mips_core.essence.stored import shipped_folder, stored_files
from mips_core.essence.stored_making import measure_task
from mips_core.files import make_folder, write_files
from mips_core.progress import Stopwatch

TASKS = (
    "orientation", "life", "argmax", "max-sat", "eca-30", "eca-90", "eca-110", "eca-joint", "majority",
    "majority-grid", "prefix-or", "fullest-row",
)  # fmt: skip
"""Of the elementary rules only a few: the others are distilled while their page is drawn."""

_GRIDS: list[tuple[tuple[int, ...], int]] = [
    ((3, 3), 5_000),
    ((20, 20), 20_000),
    ((100, 100), 100_000),
    ((400, 300), 240_000),
    ((1000, 1000), 1_000_000),
]
_SIZES: dict[str, list[tuple[tuple[int, ...], int]]] = {
    "orientation": [((28, 28), 500), ((84, 84), 200), ((280, 280), 50), ((1000, 1000), 10)],
    "life": _GRIDS,
    "majority-grid": _GRIDS,
    "prefix-or": [((6,), 6_000), ((70,), 70_000), ((700,), 70_000), ((6000,), 60_000)],
    "fullest-row": [((4, 3), 2_000), ((40, 30), 200), ((400, 300), 5)],
}
"""Where the judge's own quick sizes leave out the size taught, or the way to a thousand times as much, with cases."""


def main() -> None:
    """Write the files of each task."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("tasks", nargs="*", metavar="TASK", default=TASKS)
    parser.add_argument("--out", type=Path, default=shipped_folder(), metavar="FOLDER")
    options = parser.parse_args()
    folder = make_folder(options.out)
    for task in options.tasks:
        clock = Stopwatch()
        try:
            files = stored_files(measure_task(task, sizes=_SIZES.get(task)))
        except MipsError as error:
            print(f"{task}: {error}")
            continue
        write_files(folder, files)
        size = sum(map(len, files.values()))
        print(f"{task}: {size:,} bytes in {clock.seconds:.1f} s")


if __name__ == "__main__":
    main()
