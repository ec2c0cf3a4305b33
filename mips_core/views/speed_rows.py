"""The speed benchmark as rows, one for each piece of work and peer, and what a filter can ask of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mips_core.benchmarks.speed import Comparison, Measured, SpeedBenchmark
from mips_core.benchmarks.speed.sections import SECTIONS, Section
from mips_core.benchmarks.speed.words import compared_text
from mips_core.views.csv_text import Columns, columns_of

FASTER, AS_FAST, SLOWER, OURS_FAILED, PEER_FAILED, ABSENT = (
    "faster", "as fast", "slower", "ours did not solve it", "peer did not solve it", "not compared",
)  # fmt: skip
RESULTS = (FASTER, AS_FAST, SLOWER, OURS_FAILED, PEER_FAILED, ABSENT)

EXACT, AT_LEAST, AT_MOST = "exact", "at least", "at most"


@dataclass(frozen=True)
class SpeedRow:
    """One piece of work against one peer.

    Parameters
    ----------
    section : key of the part of the benchmark
    case : the piece of work
    ours, peer : what each needed
    ratio : the peer's seconds over ours; None unless both ran
    bound : what the ratio is: :data:`EXACT`, a lower bound because the peer was ended, or an upper one because ours
        was; None where it compares nothing, since a result is wrong or both were ended
    said : the ratio in words
    result : one of :data:`RESULTS`
    """

    section: str
    case: str
    ours: Measured
    peer: Measured
    ratio: float | None
    bound: str | None
    said: str
    result: str

    @property
    def title(self) -> str:
        """The section's title."""
        return section_of(self.section).title


ORDERS: dict[str, Callable[[SpeedRow], Any]] = {
    "as measured": lambda row: 0,
    "ratio, ours slowest first": lambda row: (row.bound is None, row.ratio or 0.0),
    "ratio, ours fastest first": lambda row: (row.bound is None, -(row.ratio or 0.0)),
    "our seconds, most first": lambda row: -(row.ours.seconds or 0.0),
    "the peer's seconds, most first": lambda row: -(row.peer.seconds or 0.0),
    "name": lambda row: row.case.lower(),
}
"""Ways to sort the table; sorting is stable, so that ties stay in the order of measuring."""


def section_of(key: str) -> Section:
    """Return a section; one that this version does not know goes by its key."""
    return next((section for section in SECTIONS if section.key == key), Section(key, key))


def speed_rows(benchmark: SpeedBenchmark) -> tuple[SpeedRow, ...]:
    """Return one row for each comparison and peer, in the order of measuring."""
    return tuple(_row(one, peer) for one in benchmark.comparisons for peer in one.peers)


def chosen_rows(
    rows: Iterable[SpeedRow],
    *,
    text: str = "",
    sections: Collection[str] = (),
    peers: Collection[str] = (),
    results: Collection[str] = (),
) -> tuple[SpeedRow, ...]:
    """Return the rows that pass all filters; an empty one lets everything pass.

    Parameters
    ----------
    text : words that must all occur in the case, its section or the peer's name
    sections : titles
    """
    words = text.lower().split()
    return tuple(
        row
        for row in rows
        if all(word in f"{row.case} {row.title} {row.peer.name}".lower() for word in words)
        and (not sections or row.title in sections)
        and (not peers or row.peer.name in peers)
        and (not results or row.result in results)
    )


def facts_text(facts: Mapping[str, Any]) -> str:
    """Write numbers and words beside the seconds on one line.

    >>> facts_text({"literals": 1200, "candidates per second": 3400000.4, "form": "sum of products"})
    'literals 1,200; candidates per second 3,400,000; form sum of products'
    """
    return "; ".join(f"{name} {_value_text(value)}" for name, value in facts.items())


def speed_columns(rows: Sequence[SpeedRow]) -> Columns:
    """Return the rows as columns of plain numbers and words, for a spreadsheet."""
    return columns_of(
        [
            {
                "section": row.section, "case": row.case, "peer": row.peer.name,
                "our seconds": row.ours.seconds, "peer's seconds": row.peer.seconds, "ratio": row.ratio,
                "the ratio is": row.bound or "no comparison", "in words": row.said,
                "ours solved": row.ours.solved, "peer solved": row.peer.solved,
                "our runs": row.ours.runs, "peer's runs": row.peer.runs,
                "our megabytes": row.ours.megabytes, "peer's megabytes": row.peer.megabytes,
                "our facts": json.dumps(dict(row.ours.facts)), "peer's facts": json.dumps(dict(row.peer.facts)),
                "why ours did not": row.ours.reason, "why the peer did not": row.peer.reason,
            }
            for row in rows
        ]
    )  # fmt: skip


def _row(one: Comparison, peer: Measured) -> SpeedRow:
    ratio = one.ratio(peer)
    bound = _bound(one.ours, peer) if ratio is not None else None
    said = compared_text(one, peer)
    return SpeedRow(one.section, one.case, one.ours, peer, ratio, bound, said, _result(one.ours, peer, said))


def _bound(ours: Measured, peer: Measured) -> str | None:
    if ours.solved and peer.solved:
        return EXACT
    if ours.solved and peer.capped:
        return AT_LEAST
    return AT_MOST if ours.capped and peer.solved else None


def _result(ours: Measured, peer: Measured, said: str) -> str:
    if peer.seconds is None:
        return ABSENT
    if not ours.solved:
        return OURS_FAILED
    if not peer.solved and not peer.capped:
        return PEER_FAILED
    return next(word for word in (FASTER, SLOWER, AS_FAST) if said.endswith(word))


def _value_text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
