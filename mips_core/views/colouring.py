"""By what hidden states are coloured: states of the machine, clusters, remembered integers, or outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import has_words
from mips_core.views.hidden_states import Cloud
from mips_core.views.palette import DIFFER, GREY, HUES, SHAPES, SHAPES_3D, Style, state_name
from mips_core.views.sequences import step_text

STATE, CLUSTER, OUTPUT = "machine state", "cluster", "output"

MOST_GROUPS = len(HUES)
"""Groups that have a colour and a shape each; of more, only those that are chosen are coloured."""


@dataclass(frozen=True, eq=False)
class Colouring:
    """A value for each point.

    Parameters
    ----------
    label : what the values are called
    values : int64 (P,)
    groups : by value, its printed name; None where the values are numbers on a scale
    """

    label: str
    values: IntArray
    groups: Mapping[int, str] | None

    @property
    def is_grey(self) -> bool:
        """Whether there are too many groups for a colour each."""
        return self.groups is not None and len(self.groups) > MOST_GROUPS

    def style(self, value: int, chosen: tuple[int, ...] = ()) -> Style:
        """Return how the points of a group are drawn; ``chosen`` are the groups that stand out where all are grey."""
        assert self.groups is not None
        order = list(self.groups)
        name = self.groups[value]
        if not self.is_grey:
            place = order.index(value) if self.label != STATE else value
            return Style(name, HUES[place % len(HUES)], SHAPES[place % len(SHAPES)], SHAPES_3D[place % len(SHAPES_3D)])
        if value not in chosen:
            return Style(name, GREY, "circle", "circle")
        if len(chosen) == 1 or len(chosen) > MOST_GROUPS:
            return Style(name, DIFFER, "diamond", "diamond")
        place = sorted(chosen).index(value)
        return Style(name, HUES[place], SHAPES[place], SHAPES_3D[place])


def choices(cloud: Cloud) -> tuple[str, ...]:
    """Return by what a cloud may be coloured, the most telling first."""
    first = (STATE,) if cloud.finite else tuple(cloud.variables)
    return (*first, OUTPUT, CLUSTER)


def colouring(cloud: Cloud, by: str, clusters: IntArray, states: int | None = None) -> Colouring:
    """Return the values by which points are coloured.

    Parameters
    ----------
    by : one of :func:`choices`
    clusters : int64 (P,), the cluster of each point
    states : number of states of the finite machine, so that colours do not hang on which states were reached
    """
    if by == STATE:
        return Colouring(STATE, cloud.values, {s: state_name(s) for s in range(states or int(cloud.values.max()) + 1)})
    if by == CLUSTER:
        return Colouring(CLUSTER, clusters, {c: cluster_name(c) for c in range(int(clusters.max()) + 1)})
    if by in cloud.variables:
        return Colouring(by, cloud.variables[by], None)
    return _outputs(cloud)


def cluster_name(cluster: int) -> str:
    """Return the printed name of a cluster.

    >>> cluster_name(0)
    'C1'
    """
    return f"C{cluster + 1}"


def _outputs(cloud: Cloud) -> Colouring:
    """Colour by output: a few different ones, or words, as groups; else the first integer as a scale."""
    rows = cloud.outputs.reshape(len(cloud.states) - 1, -1)
    found, number = np.unique(rows, axis=0, return_inverse=True)
    if len(found) > MOST_GROUPS and not has_words(cloud.output_words):
        first = np.concatenate([rows[:1, 0], rows[:, 0]]) if len(rows) else np.zeros(1, dtype=np.int64)
        return Colouring(OUTPUT, first, None)
    groups = {-1: "none yet"} | {i: step_text(row, cloud.output_words) for i, row in enumerate(found)}
    return Colouring(OUTPUT, np.concatenate([[-1], number.ravel()]).astype(np.int64), groups)
