"""pwlf, a public package that fits continuous piecewise-linear functions, asked for the same curves.

Its lines run through to the outermost rows (there are no plateaus), breaks may lie anywhere between rows, and it knows
neither logarithms nor monotone curves.  Its time grows with the rows at every step of its search; as in the paper, it
sees a sample of a large table, and its curve is judged on all rows.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from typing import Literal

import numpy as np

from mips_core.curves.transforms import Floats

SAMPLE = 2_000
"""Rows that pwlf sees at most."""

SECONDS = 10.0
"""After so long its evolution ends with the best that it has."""

PwlfWay = Literal["fit", "fitfast"]


def pwlf_installed() -> bool:
    """Return whether the package can be imported."""
    return importlib.util.find_spec("pwlf") is not None


def pwlf_fit(
    x: Floats, y: Floats, w: Floats | None, segments: int, way: PwlfWay, *, seed: int = 0, seconds: float = SECONDS
) -> Callable[[Floats], Floats] | None:
    """Return pwlf's curve, by differential evolution (``fit``) or by descents from two starts (``fitfast``).

    None where it finds no curve: its equations are singular, or breaks coincide.
    """
    import pwlf

    chosen = slice(None) if len(x) <= SAMPLE else np.random.default_rng(seed).choice(len(x), SAMPLE, replace=False)
    # Its weights multiply residuals, ours their squares.
    model = pwlf.PiecewiseLinFit(x[chosen], y[chosen], weights=None if w is None else np.sqrt(w[chosen]), seed=seed)
    end = time.perf_counter() + seconds
    try:
        with np.errstate(all="ignore"):
            if way == "fitfast":
                model.fitfast(segments)
            else:
                # The package's own settings: naming one of them, the clock, replaces all.
                model.fit(
                    segments, strategy="best1bin", maxiter=1000, popsize=50, tol=1e-3, mutation=(0.5, 1),
                    recombination=0.7, polish=True, init="latinhypercube", atol=1e-4, rng=np.random.default_rng(seed),
                    callback=lambda *_, **__: time.perf_counter() > end,
                )  # fmt: skip
    except (np.linalg.LinAlgError, ValueError, IndexError):
        return None

    def curve(at: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return np.asarray(model.predict(at), dtype=np.float64)

    return curve
