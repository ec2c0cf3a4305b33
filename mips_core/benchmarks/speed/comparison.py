"""Several ways to do the same piece of work, measured in turns."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement
from mips_core.benchmarks.speed.process import Sides, Turn
from mips_core.errors import BadInputError, Cancelled, MipsError
from mips_core.progress import Monitor
from mips_core.wording import on_one_line

REPEATS = 5
ENOUGH = 4.0
"""Seconds of one contestant after which it has no further turn."""

_LONGEST = 300
"""Signs of an error that are kept."""


@dataclass(frozen=True)
class Measured:
    """What one contestant needed for one piece of work.

    Parameters
    ----------
    name : who
    seconds : median over the runs; what it was given, if it was ended; None when it did not take part
    runs : how often it ran
    capped : it was ended because its time was over
    solved : the output of every run is right
    megabytes : peak of memory beside the input, the largest of all runs; None where the system does not tell
    facts : numbers and words beside the seconds
    reason : why it was not solved, or did not take part
    """

    name: str
    seconds: float | None
    runs: int = 0
    capped: bool = False
    solved: bool = False
    megabytes: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Comparison:
    """One piece of work: ours and what a user would take instead.

    Parameters
    ----------
    section : part of the benchmark
    case : the piece of work, in words
    ours : our own way
    peers : the others
    """

    section: str
    case: str
    ours: Measured
    peers: tuple[Measured, ...]

    def ratio(self, peer: Measured) -> float | None:
        """Return how many times as long as ours a peer took; None unless both ran.

        Of a peer that was ended it is a lower bound.
        """
        if peer.seconds is None or self.ours.seconds is None or self.ours.seconds == 0:
            return None
        return peer.seconds / self.ours.seconds


def compare(
    section: str,
    case: str,
    contestants: Sequence[Contestant],
    *,
    cap: float,
    monitor: Monitor,
    absent: Mapping[str, str] | None = None,
    repeats: int = REPEATS,
    sides: Sides | None = None,
) -> Comparison:
    """Measure contestants in turns: first run of each, second run of each, and so on.

    A contestant that has used :data:`ENOUGH` seconds, was ended or failed to solve it has no further turn; a peer that
    fails by an error of its own is said to.

    Parameters
    ----------
    contestants : ours, called :data:`~mips_core.benchmarks.speed.contestant.OURS`, and others, with distinct names
    cap : seconds that one run may take
    absent : peers that do not take part, and why
    repeats : runs of each at most
    sides : processes to keep from one piece of work to the next; by default new ones

    Raises
    ------
    BadInputError
        when the names repeat or ours is missing.
    Cancelled
        when the caller asked to stop.
    MipsError
        when our own way fails by an error.
    """
    names = [each.name for each in contestants]
    if len(set(names)) != len(names) or OURS not in names:
        raise BadInputError(f"The contestants are {names}; distinct names are needed, one of them {OURS!r}.")
    turns: dict[str, list[Turn]] = {name: [] for name in names}
    failed: dict[str, str] = {}
    with nullcontext(sides) if sides is not None else Sides() as places:
        for _ in range(repeats):
            for each in contestants:
                if each.name in failed or not _wants_more(turns[each.name]):
                    continue
                monitor.report(section, f"{case}: {each.name}")
                try:
                    turns[each.name].append(places[each.name].turn(each, cap=cap, monitor=monitor))
                except Cancelled:
                    raise
                except MipsError as error:
                    if each.name == OURS:
                        raise
                    last = str(error).strip().splitlines()[-1]  # of a traceback, it says what went wrong
                    failed[each.name] = on_one_line(last)[:_LONGEST]
    found = {name: _measured(name, turns[name]) for name in names if name not in failed}
    missing = tuple(Measured(name, None, reason=reason) for name, reason in {**failed, **(absent or {})}.items())
    return Comparison(section, case, found.pop(OURS), (*found.values(), *missing))


def pairs(comparisons: Iterable[Comparison], peer: str) -> list[tuple[Comparison, Measured, float]]:
    """Return those comparisons in which ours and a peer ran, with what the peer needed and how many times as long."""
    found = ((one, other, one.ratio(other)) for one in comparisons for other in one.peers if other.name == peer)
    return [(one, other, ratio) for one, other, ratio in found if ratio is not None]


def geometric_median(ratios: Sequence[float]) -> float:
    """Return the median of positive numbers, at least one, as ratios have it: on a logarithmic axis.

    >>> geometric_median([0.1, 10.0, 2.0]), round(geometric_median([0.1, 10.0]), 6)
    (2.0, 1.0)
    """
    low, high = statistics.median_low(ratios), statistics.median_high(ratios)
    return low if low == high else math.sqrt(low * high)


def _wants_more(turns: Sequence[Turn]) -> bool:
    return not turns or (turns[-1].judgement.solved and sum(turn.seconds for turn in turns) < ENOUGH)


def _measured(name: str, turns: Sequence[Turn]) -> Measured:
    judgements: list[Judgement] = [turn.judgement for turn in turns]
    sizes = [turn.megabytes for turn in turns if turn.megabytes is not None]
    return Measured(
        name=name,
        seconds=statistics.median(turn.seconds for turn in turns),
        runs=len(turns),
        capped=any(turn.capped for turn in turns),
        solved=all(judgement.solved for judgement in judgements),
        megabytes=max(sizes, default=None),
        facts=judgements[-1].facts,
        reason=next((judgement.reason for judgement in judgements if not judgement.solved), ""),
    )
