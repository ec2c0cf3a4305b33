"""Which regions to try: of each kind of axes the largest that do not fail at once, side by side, ever longer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from mips_core.progress import Monitor, Progress, Stopwatch
from mips_core.verification.certificates.axes import delay_axes, proposed_axes
from mips_core.verification.certificates.cover import Cover, CoverSearch
from mips_core.verification.certificates.tables import Tables
from mips_core.verification.certificates.zonotopes import StoredNetwork

STAGE = "certify"
_NAMES = ("axes for one step", "axes for two steps", "plain axes")
_LARGEST, _SMALLER, _SIZES = 0.25, 0.7, 20
_SIDE_BY_SIDE = 3
_MOST_WORDS = 20_000_000
"""Words that are followed from one region at worst; where that is not enough, smaller regions are better."""
_FIRST_SLICE, _LONGER = 0.5, 2.0


@dataclass
class _Kind:
    """One kind of axes, the sizes that are left to try, and the searches that are open."""

    name: str
    axes: np.ndarray
    sizes: list[float]
    open: list[tuple[str, CoverSearch]] = field(default_factory=list)


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
    kinds = [_Kind(f"delay axes {i}", axes, [1.0]) for i, axes in enumerate(delay_axes(network, tables.symbols))]
    sizes = [_LARGEST * _SMALLER**k for k in range(_SIZES)]
    kinds += [
        _Kind(name, axes, list(sizes))
        for name, axes in zip(
            ("contracting axes", "plain axes"), proposed_axes(network, tables.symbols, rng), strict=False
        )
    ]
    piece = _FIRST_SLICE
    while any(kind.open or kind.sizes for kind in kinds):
        for kind in kinds:
            waiting, kind.open = kind.open, []
            while waiting or (kind.sizes and len(kind.open) < _SIDE_BY_SIDE):
                left = seconds - clock.seconds
                if left <= 0:
                    tried.append(f"regions: none closed in {seconds:.0f} s")
                    return
                name, search = waiting.pop(0) if waiting else _begun(kind, network, tables, monitor)
                monitor.progress(Progress(STAGE, f"Covering the hidden states with regions ({name})"))
                found = search.run(min(piece, left))
                if isinstance(found, Cover):
                    yield name, found
                    continue
                if not found.final:
                    kind.open.append((name, search))
                tried.append(f"regions, {name}: {found.reason}")
        piece *= _LONGER


def _begun(kind: _Kind, network: StoredNetwork, tables: Tables, monitor: Monitor) -> tuple[str, CoverSearch]:
    size = kind.sizes.pop(0)
    depth = int(np.log(_MOST_WORDS) / np.log(max(2, len(tables.symbols))))
    search = CoverSearch(network, tables, size * kind.axes, depth=depth, monitor=monitor)
    return f"{kind.name}, size {size:.3g}", search
