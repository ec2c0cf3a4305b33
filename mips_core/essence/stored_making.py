"""Making what is stored of a distillation: the result itself, how it scales, and other models beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mips_core.essence.pipeline import distill_essence
from mips_core.essence.reporting import essence_report
from mips_core.essence.result import EssenceResult
from mips_core.essence.stored import StoredEssence, at_first_size
from mips_core.essence.story import stories_of
from mips_core.essence.tasks import registry
from mips_core.essence.tasks.baselines import Baseline, baselines
from mips_core.essence.tasks.judging import Scaling, Size
from mips_core.essence.tasks.task import scaling


def stored_of(
    result: EssenceResult,
    name: str,
    *,
    scaled: Sequence[Scaling] = (),
    others: Sequence[Baseline] = (),
) -> StoredEssence:
    """Return what is stored of a result.

    Parameters
    ----------
    name : of the task or data
    scaled : how the code did at larger sizes
    others : how other models did
    """
    return StoredEssence(
        name,
        result.data,
        result.network,
        at_first_size(result.condensed),
        result.reading,
        result.values.whole,
        result.values.low,
        result.values.high,
        result.written.lines,
        tuple((step.name, step.why) for step in result.written.steps),
        stories_of(result.candidates[0]),
        essence_report(name, result, scaled),
        tuple(baseline_dict(each) for each in others),
    )


def distill_task(name: str) -> StoredEssence:
    """Distil the data of a task; its scaling is left out."""
    return stored_of(distill_essence(registry.get(name).data()), name)


def measure_task(name: str, *, sizes: Sequence[tuple[Size, int]] | None = None, seed: int = 0) -> StoredEssence:
    """Distil the data of a task, and judge code and other models at larger sizes.

    Parameters
    ----------
    sizes : each with a number of cases; None for those of the task's judge that take some seconds
    """
    task = registry.get(name)
    result = distill_essence(task.data())
    wanted = task.judge.quick if sizes is None else sizes
    judged = [
        row
        for size, cases in wanted
        for row in scaling(task, result.program.function, sizes=[size], cases=cases, seed=seed)
    ]
    others = baselines(task, sizes=[size for size, _ in wanted], seed=seed)
    return stored_of(result, name, scaled=judged, others=others)


def baseline_dict(found: Baseline) -> dict[str, Any]:
    """Return how a model did as plain JSON values."""
    return {
        "model": found.model,
        "taught": found.taught,
        "learned": found.learned,
        "scaling": [each.to_dict() for each in found.scaling],
        "cannot": [size[0] if len(size) == 1 else list(size) for size in found.cannot],
    }
