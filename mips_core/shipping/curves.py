"""Make the studies of curve distillation in assets/curves, which the page shows at once.

    python -m mips_core.shipping.curves [NAME ...] [--out FOLDER]

Each is distilled from a data set that needs no download, with the usual settings.  Beside it lie its measures: the
metrics over the number of segments, and of a model with interactions.  Nothing is changed by hand.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from mips_core.curves.bundled import bundled, bundled_names
from mips_core.curves.distilling import distill_curves
from mips_core.curves.measured import measure, save_measures
from mips_core.curves.stored import save_study, shipped_folder
from mips_core.progress import Stopwatch


def main() -> None:
    """Write the folder of each data set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("names", nargs="*", metavar="NAME", default=bundled_names())
    parser.add_argument("--out", type=Path, default=shipped_folder(), metavar="FOLDER")
    options = parser.parse_args()
    for name in options.names:
        clock = Stopwatch()
        folder = options.out / name
        study = distill_curves(bundled(name))
        save_study(study, folder)
        save_measures(measure(study), folder)
        size = sum(path.stat().st_size for path in folder.iterdir())
        print(f"{name}: {size:,} bytes in {clock.seconds:.1f} s")


if __name__ == "__main__":
    main()
