"""All that the picture of a network's hidden states needs, computed once for a network and some sequences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine
from mips_core.networks.protocol import Network
from mips_core.states.clusters import PointSteps, SingleLinkage, ToleranceCurve, point_steps, single_linkage
from mips_core.states.clusters import tolerance_curve as count_at_tolerances
from mips_core.stepping import IntArray
from mips_core.views.hidden_states import Cloud, collect, distinct_points


@dataclass(frozen=True, eq=False)
class StateAnalysis:
    """Hidden states along some sequences, with their clusters at every tolerance.

    Parameters
    ----------
    cloud : the points
    drawn : int64 (Q,), one point for each hidden state that differs, the one with the shortest prefix
    met : int64 (P,), how often the hidden state of a drawn point was met; 0 for points that are not drawn
    links, steps, curve : see :mod:`mips_core.states.clusters`
    reached : how many states of the machine, or values of its integers, were reached; None without a machine
    """

    cloud: Cloud
    drawn: IntArray
    met: IntArray
    links: SingleLinkage
    steps: PointSteps
    curve: ToleranceCurve
    reached: int | None

    @property
    def noun(self) -> str:
        """What :attr:`reached` counts."""
        return "state" if self.cloud.finite else "value"


def analyse_states(network: Network, machine: MealyMachine | IntegerSystem | None, x: IntArray) -> StateAnalysis:
    """Run network and machine over sequences ``x`` (N, T, D_in) and cluster the hidden states.

    Raises
    ------
    BadInputError
        when an input is not in the machine's alphabet, or hidden states are not finite.
    """
    cloud = collect(network, machine, x)
    links = single_linkage(cloud.states)
    drawn, counts = distinct_points(cloud, links.place)
    met = np.zeros(len(cloud.states), dtype=np.int64)
    met[drawn] = counts
    steps = point_steps(cloud.inputs, cloud.outputs)
    followed = cloud.values if cloud.finite else None
    if cloud.variables:
        followed = np.unique(np.column_stack(list(cloud.variables.values())), axis=0, return_inverse=True)[1].ravel()
    curve = count_at_tolerances(links, steps, followed)
    reached = None if followed is None else len(np.unique(followed))
    return StateAnalysis(cloud, drawn, met, links, steps, curve, reached)
