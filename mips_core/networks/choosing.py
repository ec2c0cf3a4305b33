"""Which of several networks that are right on all known rows: the one that the others agree with most.

With few rows, a network can be right on every held-out one and wrong on a hundredth of what
it will meet.  Nobody knows the right outputs of other words, but networks trained from
different weights err in different places, so the one that agrees most with the others has
the fewest errors of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mips_core.networks.protocol import Network
from mips_core.stepping import outputs_of
from mips_core.tasks.dataset import Dataset

_WORDS = 1_000
_MOST_STEPS = 2**16


def by_agreement(networks: Sequence[Network], like: Dataset, rng: np.random.Generator) -> list[int]:
    """Return the places of networks, first the one that the others agree with most; of equals the earlier first.

    Agreement is counted on random words over the symbols of ``like``, as long as its longest sequence.

    Parameters
    ----------
    networks : at least one
    like : rows whose symbols and length are taken
    """
    count = max(1, min(_WORDS, _MOST_STEPS // like.length))
    words = like.symbols[rng.integers(len(like.symbols), size=(count, like.length))]
    outputs = [outputs_of(network, words) for network in networks]
    shares = [sum((a == b).all(axis=(1, 2)).mean() for b in outputs) for a in outputs]
    return sorted(range(len(networks)), key=lambda i: (-shares[i], i))
