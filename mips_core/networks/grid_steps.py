"""Single steps between hidden states, which a network is trained to take."""

from __future__ import annotations

from dataclasses import dataclass

from mips_core.networks.protocol import FloatArray
from mips_core.stepping import IntArray


@dataclass(frozen=True, eq=False)
class Steps:
    """Single steps, from one hidden state to another.

    Parameters
    ----------
    before, after : hidden states, float64 (N, d)
    which : positions of the input symbols, int64 (N,)
    outputs : right outputs after the step, int64 (N, D_out)
    """

    before: FloatArray
    after: FloatArray
    which: IntArray
    outputs: IntArray
