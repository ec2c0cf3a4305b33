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

_SIZES: dict[str, list[int | tuple[int, ...]]] = {
    "orientation": [(28, 28), (84, 84), (280, 280), (1000, 1000)],
    "life": [(3, 3), (20, 20), (100, 100), (400, 300)],
    "majority-grid": [(3, 3), (20, 20), (100, 100), (400, 300)],
    "prefix-or": [6, 70, 700, 6000],
    "fullest-row": [(4, 3), (40, 30), (400, 300)],
}
"""Where the judge's own quick sizes leave out the size taught, or the way to a thousand times as much."""


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
