"""All that one run of the benchmark measured: ratios by section and peer, and the file that keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from mips_core.benchmarks.conditions import Conditions
from mips_core.benchmarks.speed.comparison import Comparison, Measured, geometric_median, pairs
from mips_core.benchmarks.speed.growth import Growth, GrowthPoint
from mips_core.benchmarks.speed.reading import made_from, rows_of, texts_of
from mips_core.errors import BadInputError
from mips_core.files import read_json

FORMAT = "mips-speed-benchmark"
VERSION = 1


@dataclass(frozen=True)
class Against:
    """One section against one peer.

    Parameters
    ----------
    section, peer : which
    cases : pieces of work that both ran
    both : of these, how many both solved
    ours_solved, peer_solved : how many each solved
    median, mean : median and geometric mean of the ratios of seconds, peer over ours, where both solved it; None where
        there is no such case.  Of an even number the median is the geometric mean of the two in the middle: 10 times
        faster and 10 times slower are as fast
    least : the smallest of these ratios
    capped_mean : the geometric mean over all cases, a run that was ended counting as the seconds it was given
    """

    section: str
    peer: str
    cases: int
    both: int
    ours_solved: int
    peer_solved: int
    median: float | None
    mean: float | None
    least: float | None
    capped_mean: float | None


@dataclass(frozen=True)
class SpeedBenchmark:
    """One run.

    Parameters
    ----------
    comparisons : of all sections
    growth : of all stages
    conditions : where and when
    processor : the processor's name, as the system tells it
    packages : versions of the peers and of what we build on
    seed, quick : what was asked for
    seconds : in all
    skipped : what was left out, in sentences
    """

    comparisons: tuple[Comparison, ...]
    growth: tuple[Growth, ...]
    conditions: Conditions
    processor: str
    packages: Mapping[str, str]
    seed: int
    quick: bool
    seconds: float
    skipped: tuple[str, ...] = ()

    def against(self) -> tuple[Against, ...]:
        """Return one summary for every section and peer, in the order of measuring."""
        pairs = dict.fromkeys((one.section, peer.name) for one in self.comparisons for peer in one.peers)
        return tuple(found for pair in pairs if (found := against(*pair, self.comparisons)) is not None)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "format": FORMAT,
            "version": VERSION,
            **{key: value for key, value in asdict(self).items() if key not in ("comparisons", "growth", "conditions")},
            "conditions": self.conditions.to_dict(),
            "against": [asdict(row) for row in self.against()],
            "comparisons": [asdict(row) for row in self.comparisons],
            "growth": [{**asdict(row), "slope": row.slope, "memory_slope": row.memory_slope} for row in self.growth],
        }


def against(section: str, peer: str, comparisons: Sequence[Comparison]) -> Against | None:
    """Summarise a section against one peer; None where the peer took no part."""
    ran = pairs([one for one in comparisons if one.section == section], peer)
    if not ran:
        return None
    solved = [ratio for one, other, ratio in ran if one.ours.solved and other.solved]
    return Against(
        section=section,
        peer=peer,
        cases=len(ran),
        both=len(solved),
        ours_solved=sum(one.ours.solved for one, _, _ in ran),
        peer_solved=sum(other.solved for _, other, _ in ran),
        median=geometric_median(solved) if solved else None,
        mean=geometric_mean(solved) if solved else None,
        least=min(solved, default=None),
        capped_mean=geometric_mean([ratio for _, _, ratio in ran]),
    )


def read_speed_benchmark(path: str | Path) -> SpeedBenchmark:
    """Read what :meth:`SpeedBenchmark.to_dict` returned from a file.

    Raises
    ------
    BadInputError, FormatVersionError
        when the file is missing, not ours, malformed, or of a newer version.
    """
    value = read_json(Path(path), FORMAT, VERSION)
    try:
        return made_from(
            SpeedBenchmark,
            value,
            comparisons=tuple(_comparison(row) for row in rows_of(value["comparisons"])),
            growth=tuple(_growth(row) for row in rows_of(value["growth"])),
            conditions=made_from(Conditions, value["conditions"]),
            skipped=texts_of(value["skipped"]),
        )
    except (KeyError, TypeError) as error:
        raise BadInputError(f"{path} is malformed: {error}. Make it again with mips bench speed --out.") from None


def _comparison(row: Mapping[str, Any]) -> Comparison:
    ours, peers = made_from(Measured, row["ours"]), tuple(made_from(Measured, peer) for peer in rows_of(row["peers"]))
    if ours.seconds is None:
        raise TypeError("ours has no seconds")
    return made_from(Comparison, row, ours=ours, peers=peers)


def _growth(row: Mapping[str, Any]) -> Growth:
    points = tuple(made_from(GrowthPoint, point) for point in rows_of(row["points"]))
    if any(before.size >= after.size for before, after in pairwise(points)):
        raise TypeError("the sizes of a curve do not rise")
    return made_from(Growth, row, points=points)
