"""What takes long to measure about a study, as a file beside it: metrics over segments, and with interactions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mips_core.curves.distilling.measures import SegmentsPoint, metric_by_segments, study_metrics
from mips_core.curves.study import CurveStudy
from mips_core.errors import BadInputError
from mips_core.files import json_bytes, read_json, write_files
from mips_core.progress import ProgressCallback

NAME = "measures.json"
FORMAT, VERSION = "mips curve measures", 1


@dataclass(frozen=True)
class Measures:
    """Metrics on the held-out rows of a study.

    Parameters
    ----------
    segments: with 1, 2, ... segments for every curve, free and monotone; empty where nobody measured.
    interacting: of a model whose features may interact: what any additive model gives up.
    """

    segments: tuple[SegmentsPoint, ...]
    interacting: Mapping[str, float]


def measure(
    study: CurveStudy,
    most: int = 8,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
) -> Measures:
    """Return all measures of a study; takes some seconds.

    Raises
    ------
    Cancelled
        when ``stop`` said so.
    """
    points = metric_by_segments(study, most, progress, stop)
    return Measures(points, study_metrics(study, interacting=True)["interacting"])


def save_measures(measures: Measures, folder: Path) -> None:
    """Write measures beside the study in ``folder``.

    Raises
    ------
    BadInputError
        when the file cannot be written.
    """
    points = [{"segments": p.segments, "mono": p.mono, "metrics": _put(p.metrics)} for p in measures.segments]
    value = {"format": FORMAT, "version": VERSION, "segments": points, "interacting": _put(measures.interacting)}
    write_files(folder, {NAME: json_bytes(value, compact=True)})


def read_measures(folder: Path) -> Measures | None:
    """Return the measures beside a study, or None where there are none.

    Raises
    ------
    BadInputError
        when the file is damaged.
    """
    place = folder / NAME
    if not place.is_file():
        return None
    value = read_json(place, FORMAT, VERSION)
    try:
        points = tuple(
            SegmentsPoint(int(each["segments"]), bool(each["mono"]), _taken(each["metrics"]))
            for each in value["segments"]
        )
        return Measures(points, _taken(value["interacting"]))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise BadInputError(f"{place} is damaged ({type(error).__name__}). Make it again.") from None


def _put(metrics: Mapping[str, float]) -> dict[str, float | None]:
    """Return metrics as JSON values; one that is not defined is null."""
    return {name: value if math.isfinite(value) else None for name, value in metrics.items()}


def _taken(value: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): math.nan if number is None else float(number) for name, number in value.items()}
