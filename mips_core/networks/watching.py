"""Looking over the shoulder of training: what is called after every optimiser step."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from mips_core.networks.ensemble import Ensemble

Watch = Callable[[Ensemble, int, Tensor], None]
"""``watch(ensemble, step, losses)``: the members after a step, steps taken so far, each member's loss (members,).

It must not change the ensemble nor draw from a generator of the training, so that what is watched trains as usual."""


def unwatched(_ensemble: Ensemble, _step: int, _losses: Tensor) -> None:
    """Nobody looks."""
