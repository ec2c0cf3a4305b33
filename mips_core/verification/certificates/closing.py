"""Which regions to try: large to small in several kinds of axes, side by side, and most on what is nearly closed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mips_core.progress import Monitor, Progress, Stopwatch
from mips_core.verification.certificates.axes import delay_axes, proposed_axes
from mips_core.verification.certificates.certification import STAGE
from mips_core.verification.certificates.cover import Cover, CoverSearch, Open
from mips_core.verification.certificates.tables import Tables
from mips_core.verification.certificates.zonotopes import StoredNetwork

_NAMES = ("axes for one step", "axes for two steps", "plain axes")
_LARGEST, _SMALLER, _SIZES = 0.25, 0.7, 20
_MOST_WORDS = 20_000_000
"""Words that are followed from one region at worst; where that is not enough, smaller regions are better."""
_BEGUN = 3  # searches that are begun in a turn, without those that fail at once
_FAVOURED = 3
_FIRST_PIECE, _LONGER = 0.5, 1.6  # seconds


def covers(
    network: StoredNetwork,
    tables: Tables,
    *,
    seconds: float,
    tried: list[str],
    rng: np.random.Generator,
    monitor: Monitor,
) -> Iterator[tuple[str, Cover]]:
    """Yield closed families of regions with a name for their shape, until time is up or nothing is left to try.

    Parameters
    ----------
    seconds : for all searches together
    tried : receives a line for every search that failed
    """
    clock = Stopwatch()
    waiting = _shapes(network, tables, rng, monitor)
    running: list[tuple[str, CoverSearch]] = []
    piece, more = _FIRST_PIECE, True
    while (more or running) and clock.seconds < seconds:
        begun = 0
        while begun < _BEGUN and (each := next(waiting, None)) is not None:
            running.append(each)
            found = _searched(*each, min(piece, seconds - clock.seconds), tried, monitor)
            if isinstance(found, Cover):
                yield each[0], found
            if isinstance(found, Cover) or found.final:
                running.pop()
            else:
                begun += 1
        more = begun == _BEGUN
        running.sort(key=lambda each: -each[1].share_done)
        for each in running[:_FAVOURED]:
            found = _searched(*each, max(0.0, min(2 * piece, seconds - clock.seconds)), tried, monitor)
            if isinstance(found, Cover):
                yield each[0], found
            if isinstance(found, Cover) or found.final:
                running.remove(each)
        piece *= _LONGER
    if running:
        tried.append(f"regions: none closed in {seconds:.0f} s")


def _shapes(
    network: StoredNetwork, tables: Tables, rng: np.random.Generator, monitor: Monitor
) -> Iterator[tuple[str, CoverSearch]]:
    depth = int(np.log(_MOST_WORDS) / np.log(max(2, len(tables.symbols))))
    for i, axes in enumerate(delay_axes(network, tables.symbols)):
        yield f"delay axes {i}", CoverSearch(network, tables, axes, depth=depth, monitor=monitor)
    kinds = list(zip(_NAMES, proposed_axes(network, tables.symbols, rng), strict=False))
    for number in range(_SIZES):
        size = _LARGEST * _SMALLER**number
        for name, axes in kinds:
            yield f"{name}, size {size:.3g}", CoverSearch(network, tables, size * axes, depth=depth, monitor=monitor)


def _searched(name: str, search: CoverSearch, seconds: float, tried: list[str], monitor: Monitor) -> Cover | Open:
    monitor.progress(Progress(STAGE, f"Covering the hidden states with regions ({name})"))
    found = search.run(seconds)
    if isinstance(found, Open):
        tried.append(f"regions, {name}: {found.reason}")
    return found
