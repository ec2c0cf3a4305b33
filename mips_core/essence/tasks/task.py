"""One task: data that teach a rule, everything said about it, and how answers are judged at sizes never taught."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mips_core.essence.data import EssenceData, Reading
from mips_core.essence.tasks.judging import Function, Judge, Scaling, Size


@dataclass(frozen=True, eq=False)
class EssenceTask:
    """A named data set; the name chooses the data and the judge of answers, and nothing else.

    Parameters
    ----------
    name : as on the command line, e.g. "eca-110"
    title : as a heading, e.g. "Elementary rule 110"
    sentence : what is learned and from what
    data : makes the data
    takes : what a function for this task takes; for the models that are compared with it, the data do not say it
    judge : compares answers with the truth at any size; it never meets what is distilled before it is finished
    """

    name: str
    title: str
    sentence: str
    data: Callable[[], EssenceData]
    takes: Reading
    judge: Judge


def scaling(
    task: EssenceTask,
    function: Function,
    *,
    sizes: Sequence[int | Size] | None = None,
    cases: int | None = None,
    seed: int = 0,
    full: bool = False,
) -> tuple[Scaling, ...]:
    """Say how right a distilled function is at sizes far beyond those taught; see :meth:`Judge.run`."""
    return task.judge.run(function, sizes=sizes, cases=cases, seed=seed, full=full)
