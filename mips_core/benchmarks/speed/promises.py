"""What is promised of each part, and whether a run kept it: asked of the stored rows, so that none is judged by eye."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mips_core.benchmarks.speed.comparison import Comparison, Measured, pairs
from mips_core.benchmarks.speed.result import SpeedBenchmark, against
from mips_core.benchmarks.speed.words import ratio_text
from mips_core.wording import plural, time_text

FORMULAS, SYMPY, TRAINING = 10.0, 100.0, 5.0
"""Times as fast as the peers."""

LEVEL = 1 / 1.05
"""The ratio from which on ours is as fast: what is written as 1.0 times slower is no loss that one can measure."""

IMPORT, HELP = 10.0, 5.0
"""Times as long as ``import numpy``."""

EXTRACTION_SECONDS, LISTING_SECONDS, MILLION_SECONDS, MILLION_MEGABYTES = 10.0, 0.1, 30.0, 2000.0
_INPUTS = re.compile(r"\b10 inputs\b")
_STATES = re.compile(r"\b10,000 states\b")
_LISTINGS = ("list runs", "search runs")
_MINIMISE = "minimise a "


@dataclass(frozen=True)
class Promise:
    """One promise and what a run says of it.

    Parameters
    ----------
    section : key of the part
    words : what is promised
    kept : None where it was not measured, or only a bound is known that does not tell
    figure : what was measured; why not where it was not
    """

    section: str
    words: str
    kept: bool | None
    figure: str

    @property
    def verdict(self) -> str:
        """Kept, not kept, or not measured."""
        return "not measured" if self.kept is None else "kept" if self.kept else "not kept"


def answers(result: SpeedBenchmark) -> tuple[Promise, ...]:
    """Return every promise, in the order of the parts; one about each peer where there are several."""
    return tuple(promise for each in _ASKED for promise in each(result))


def verdicts_text(promises: Sequence[Promise]) -> str:
    """Count the promises by how they came out.

    >>> verdicts_text([Promise("runs", "in time", True, "1 s"), Promise("runs", "in order", None, "")])
    '1 kept, 0 not kept, 1 not measured'
    """
    counts = [(word, sum(1 for one in promises if one.verdict == word)) for word in ("kept", "not kept")]
    counts.append(("not measured", len(promises) - sum(count for _, count in counts)))
    return ", ".join(f"{count} {word}" for word, count in counts)


def _startup(result: SpeedBenchmark) -> Iterator[Promise]:
    for case, most in (("import mips_core", IMPORT), ("mips --help", HELP)):
        words = f"{case} below {most:.0f} times import numpy"
        rows = [row for row in result.comparisons if row.section == "startup" and row.case == case]
        times = [1 / ratio for row in rows for peer in row.peers if (ratio := row.ratio(peer))]
        if not times or not all(row.ours.solved for row in rows):
            yield Promise("startup", words, None, _no_figure(rows))
        else:
            yield Promise("startup", words, max(times) < most, f"{max(times):.2g} times")


def _formulas(result: SpeedBenchmark) -> Iterator[Promise]:
    for peer, rows in _by_peer(result, "formulas"):
        words = f"{FORMULAS:.0f} times as fast as {peer}, median of tables that both solve"
        yield _by_median("formulas", words, FORMULAS, peer, rows, "table")


def _boolean(result: SpeedBenchmark) -> Iterator[Promise]:
    for peer, every in _by_peer(result, "boolean"):
        rows = [row for row in every if _INPUTS.search(row.case)]
        if peer.startswith("sympy"):
            yield _least("boolean", f"{SYMPY:.0f} times as fast as {peer} at 10 inputs", SYMPY, peer, rows)
        else:
            yield _by_median("boolean", f"level with {peer} at 10 inputs, or faster: median", LEVEL, peer, rows, "case")
        yield _literals(peer, rows)


def _literals(peer: str, rows: Sequence[Comparison]) -> Promise:
    words = f"no more literals than {peer} at 10 inputs"
    more = [
        row.ours.facts["literals"] - other.facts["literals"]
        for row, other, _ in pairs(rows, peer)
        if row.ours.solved and other.solved and _counted(row.ours) and _counted(other)
    ]
    if not more:
        return Promise("boolean", words, None, _no_figure(rows, peer))
    worst = max(more)
    said = "as many" if worst == 0 else f"{abs(worst):,} {'more' if worst > 0 else 'fewer'}"
    return Promise("boolean", words, worst <= 0, f"{said} at worst, {plural(len(more), 'case')} that both solve")


def _counted(one: Measured) -> bool:
    return isinstance(one.facts.get("literals"), int)


def _minimisation(result: SpeedBenchmark) -> Iterator[Promise]:
    for peer, rows in _by_peer(result, "minimisation"):
        yield _least("minimisation", f"level with {peer} at every size, or faster", LEVEL, peer, rows)
    yield _million(result)


def _million(result: SpeedBenchmark) -> Promise:
    words = f"1,000,000 states in under {MILLION_SECONDS:.0f} s and {MILLION_MEGABYTES / 1000:.0f} GB"
    stages = [one for one in result.growth if one.stage.startswith(_MINIMISE) and one.axis == "states"]
    points = [point for stage in stages for point in stage.points if point.size == 10**6]
    ended = [one for one in stages if one.unmeasured and all(point.size < 10**6 for point in one.points)]
    if ended:
        return Promise("minimisation", words, False, f"{ended[0].stage}: not measured {ended[0].unmeasured}")
    if not points:
        return Promise("minimisation", words, None, "the growth of minimisation was not measured up to there")
    seconds, known = max(point.seconds for point in points), [point.megabytes for point in points]
    megabytes = [each for each in known if each is not None]
    fits = max(megabytes) < MILLION_MEGABYTES if len(megabytes) == len(known) else None
    memory = f"{max(megabytes):,.0f} MB" if megabytes else "memory unknown"
    return Promise("minimisation", words, seconds < MILLION_SECONDS and fits, f"{time_text(seconds)}, {memory}")


def _learning(result: SpeedBenchmark) -> Iterator[Promise]:
    for peer, rows in _by_peer(result, "learning"):
        words = f"level with {peer} up to the size that it finishes in time, or faster"
        yield _least("learning", words, LEVEL, peer, rows)


def _extraction(result: SpeedBenchmark) -> Iterator[Promise]:
    words = f"10,000 states in under {EXTRACTION_SECONDS:.0f} s"
    rows = [row for row in result.comparisons if row.section == "extraction" and _STATES.search(row.case)]
    seconds = [row.ours.seconds for row in rows if row.ours.seconds is not None]
    if not seconds:
        yield Promise("extraction", words, None, _no_figure(rows))
    else:
        right = all(row.ours.solved for row in rows)
        figure = time_text(max(seconds)) + ("" if right else ", not solved")
        yield Promise("extraction", words, right and max(seconds) < EXTRACTION_SECONDS, figure)


def _training(result: SpeedBenchmark) -> Iterator[Promise]:
    for peer, rows in _by_peer(result, "training"):
        words = f"{TRAINING:.0f} times as fast as {peer}, geometric mean, an ended run counting as its limit"
        found = against("training", peer, rows)
        if found is None or found.capped_mean is None:
            yield Promise("training", words, None, _no_figure(rows, peer))
        else:
            solved = f"solved {found.ours_solved} and {found.peer_solved} of {plural(found.cases, 'task')}"
            kept = found.capped_mean >= TRAINING
            yield Promise("training", words, kept, f"{ratio_text(found.capped_mean)}, {solved}")


def _runs(result: SpeedBenchmark) -> Iterator[Promise]:
    for stage in _LISTINGS:
        words = f"{stage}: a page of 100,000 in under {time_text(LISTING_SECONDS)}"
        seconds = [
            point.seconds
            for growth in result.growth
            if (growth.stage, growth.axis) == (stage, "runs")
            for point in growth.points
            if point.size == 10**5
        ]
        if seconds:
            yield Promise("runs", words, max(seconds) < LISTING_SECONDS, time_text(max(seconds)))
        else:
            yield Promise("runs", words, None, "the growth of runs was not measured up to there")


def _by_median(
    section: str, words: str, wanted: float, peer: str, rows: Sequence[Comparison], noun: str
) -> Promise:  # fmt: skip
    """Ask it of the median over the cases that both solve."""
    found = against(section, peer, rows)
    if found is None or found.median is None:
        return Promise(section, words, None, _no_figure(rows, peer))
    return Promise(section, words, found.median >= wanted, f"{ratio_text(found.median)}, {plural(found.both, noun)}")


def _least(section: str, words: str, wanted: float, peer: str, rows: Sequence[Comparison]) -> Promise:
    """Ask it of the case in which ours is slowest; of a peer that was ended a lower bound is known."""
    ran = pairs(rows, peer)
    lost = [row for row, other, _ in ran if other.solved and not row.ours.solved]
    if lost:
        return Promise(section, words, False, f"ours did not solve {plural(len(lost), 'case')} that the peer solves")
    exact = [ratio for row, other, ratio in ran if row.ours.solved and other.solved]
    bounds = [ratio for row, other, ratio in ran if row.ours.solved and other.capped]
    if not exact and not bounds:
        return Promise(section, words, None, _no_figure(rows, peer))
    least = min([*exact, *bounds])
    kept = True if least >= wanted else False if min(exact, default=wanted) < wanted else None
    figure = ratio_text(least, at_least=least not in exact)
    return Promise(section, words, kept, f"{figure} in the slowest of {plural(len(exact) + len(bounds), 'case')}")


def _by_peer(result: SpeedBenchmark, section: str) -> list[tuple[str, list[Comparison]]]:
    """Return the peers of a part with all its comparisons; one without a name where there is none."""
    rows = [row for row in result.comparisons if row.section == section]
    names = dict.fromkeys(peer.name for row in rows for peer in row.peers)
    return [(name, rows) for name in names] or [("the peers", [])]


def _no_figure(rows: Sequence[Comparison], peer: str = "") -> str:
    reasons = (other.reason for row in rows for other in row.peers if other.name == peer and other.reason)
    return next(reasons, "no case that both solve" if rows else "this part was left out")


_ASKED: tuple[Callable[[SpeedBenchmark], Iterator[Promise]], ...] = (
    _startup, _formulas, _boolean, _minimisation, _learning, _extraction, _training, _runs,
)  # fmt: skip
