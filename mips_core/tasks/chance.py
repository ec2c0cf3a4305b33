"""How likely a count is by chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc


def chance_of_more(count: ArrayLike, trials: ArrayLike, rate: ArrayLike) -> NDArray[np.float64]:
    """Return the probability of ``count`` or more successes in independent trials (binomial tail).

    Parameters
    ----------
    count, trials : at least 0, ``count`` at most ``trials``; need not be whole
    rate : probability of one success, in [0, 1]

    Examples
    --------
    >>> round(float(chance_of_more(1, 2, 0.5)), 12)
    0.75
    >>> float(chance_of_more(20, 100, 0.02)) < 1e-12
    True
    """
    wanted, of = np.asarray(count, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    some = wanted > 0
    return np.where(some, betainc(np.where(some, wanted, 1.0), of - np.where(some, wanted, 1.0) + 1.0, rate), 1.0)
