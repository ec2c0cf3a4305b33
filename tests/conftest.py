"""Test processes keep to one thread each: several run side by side, and small matrices gain nothing from more."""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # read when NumPy and torch are first imported, also by processes started here
