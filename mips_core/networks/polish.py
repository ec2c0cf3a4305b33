"""L-BFGS in float64 on one network: the last digits for affine and piecewise linear networks.

Adam leaves errors near 1e-3; on networks that are affine, or affine in pieces, L-BFGS with
a strong Wolfe line search then converges to rounding errors, which is what makes a
network exact far beyond the trained length.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable

import torch

from mips_core.networks.ensemble import Ensemble
from mips_core.networks.fitting import Sequences
from mips_core.networks.watching import Watch, unwatched
from mips_core.progress import Monitor

ITERATIONS = 400
"""Of an affine network."""

_ROWS = 256
_STEPS = 2**16


def polished_on(pool: Sequences) -> Sequences:
    """Return the first sequences of a pool: as many as one polishes on."""
    return pool.first(max(16, min(_ROWS, _STEPS // pool.x.shape[1])))


class _Lbfgs(torch.optim.LBFGS):
    """PyTorch's, without the wrapper around adding parameters, which imports PyTorch's compiler: that takes seconds."""

    add_param_group = inspect.unwrap(torch.optim.Optimizer.add_param_group)


class _OutOfTime(Exception):
    """Leaves the optimiser, which has no other way out."""


def polish(
    ensemble: Ensemble,
    loss: Callable[[Ensemble], torch.Tensor],
    *,
    iterations: int,
    monitor: Monitor,
    watch: Watch = unwatched,
    steps: int = 0,
) -> tuple[Ensemble, float, int]:
    """Minimise ``loss`` (a scalar) over all weights.

    Returns the polished copy, its loss (NaN when it diverged) and how often the loss was evaluated.

    Parameters
    ----------
    ensemble : one member, float64
    iterations : L-BFGS iterations, each of one or two evaluations
    monitor : when its time is up, the best weights so far are returned
    watch : shown the best weights so far after every evaluation
    steps : optimiser steps before this, for ``watch``
    """
    weights = ensemble.weights.detach().clone().requires_grad_()
    working = Ensemble(ensemble.shape, weights)
    evaluations = 0
    best = math.inf, weights.detach().clone()
    optimiser = _Lbfgs(
        [weights],
        max_iter=iterations,
        max_eval=2 * iterations,
        history_size=30,
        line_search_fn="strong_wolfe",
        tolerance_grad=0.0,
        tolerance_change=0.0,
    )

    def closure() -> torch.Tensor:
        nonlocal evaluations, best
        if evaluations and monitor.expired:
            raise _OutOfTime
        evaluations += 1
        weights.grad = None  # what the optimiser's zero_grad does, which would import the compiler too
        value = loss(working)
        value.backward()
        reached = float(value.detach())
        if reached < best[0]:
            best = reached, weights.detach().clone()
        watch(Ensemble(ensemble.shape, best[1]), steps + evaluations, value.detach().reshape(1))
        return value

    try:
        optimiser.step(closure)
    except _OutOfTime:
        weights = best[1]
    polished = Ensemble(ensemble.shape, weights.detach())
    with torch.no_grad():
        return polished, float(loss(polished)), evaluations
