"""The normal form in which a network's hidden states are looked at, with what was done in words.

Networks with an affine transition get the paper's five normalizers (:mod:`mips_core.states.normal_forms`): a change of
basis that keeps every output.  For all other networks the hidden states that are reached are normalised as a cloud
(:mod:`mips_core.states.independent_axes`).  Both are affine maps of the hidden state, so points, paths and lattices can
be drawn in either view.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import FloatArray, Network
from mips_core.states.independent_axes import independent_axes
from mips_core.states.normal_forms import LARGEST_CHANGE, NormalForm, normalise
from mips_core.stepping import IntArray


@dataclass(frozen=True)
class NormalStep:
    """One step of a normalisation: its name, whether it was applied, and one sentence on what it did or why not."""

    name: str
    applied: bool
    reason: str


@dataclass(frozen=True, eq=False)
class NormalView:
    """Places in the normal form are ``(h - centre) @ directions.T``.

    Parameters
    ----------
    centre : float64 (d,)
    directions : float64 (k, d)
    steps : what was done, in order
    symmetry : what the normal form leaves open, in words
    network : the same function in the normal form; None where only the cloud was normalised
    """

    centre: FloatArray
    directions: FloatArray
    steps: tuple[NormalStep, ...]
    symmetry: str
    network: MlpNetwork | None = None


def normal_view(network: Network, x: IntArray, states: FloatArray) -> NormalView:
    """Normalise a network, or the hidden states that it reaches.

    Parameters
    ----------
    x : int64 (N, T, D_in), sequences over which outputs are compared and spreads are measured
    states : float64 (P, d), the hidden states along them
    """
    if isinstance(network, MlpNetwork) and network.is_transition_affine and x.shape[1] > 0:
        return _of_network(network, normalise(network, x))
    return _of_cloud(states)


def _of_network(network: MlpNetwork, forms: tuple[NormalForm, ...]) -> NormalView:
    d = network.state_size
    matrix, moved, before, last = np.eye(d), np.zeros(d), network, network
    steps = []
    for form in forms:
        applied, reason = form.applied, form.reason
        if form.name == "quantise" and form.output_change > LARGEST_CHANGE:
            applied, reason = False, f"Left out: rounding the weights would change outputs by {form.output_change:.2g}."
        if applied and form.matrix is not None:
            matrix = form.matrix @ matrix
        if applied and form.name == "debias":
            moved = before.hidden[-1].bias - form.network.hidden[-1].bias
        if applied:
            last = form.network
        before = form.network
        steps.append(NormalStep(form.name, applied, reason))
    return NormalView(
        np.asarray(np.linalg.solve(matrix, moved), dtype=np.float64), matrix, tuple(steps),
        "The normal form leaves open the order of the blocks and, for some, the sign of an axis.", last,
    )  # fmt: skip


def _of_cloud(states: FloatArray) -> NormalView:
    found = independent_axes(states)
    kept, d = found.directions.shape
    steps = (
        NormalStep("centre", True, "The mean of all hidden states became the origin."),
        NormalStep(
            "whiten", kept > 0,
            f"The {kept} widest of {d} directions, with {found.share:.1%} of the variance, were stretched to the same "
            f"spread.{' The others were left out.' if kept < d else ''}" if kept else "All hidden states are equal.",
        ),
        NormalStep(
            "turn", kept > 1,
            "The axes were turned until each shows values that are as far from a bell curve as can be."
            if kept > 1 else "One axis needs no turning.",
        ),
    )  # fmt: skip
    return NormalView(
        found.centre, found.directions, steps, "The normal form leaves open the order and the sign of the axes."
    )
