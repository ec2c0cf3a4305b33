"""Data and test images of shape orientation: is there a vertical stroke (1) or a horizontal one (0)?

Taught are full straight lines only.  Tested are strokes that were never seen: sloped, dotted, zigzag, outlined.
"""

from __future__ import annotations

import numpy as np

from mips_core.essence.data import EssenceData, Samples


def orientation_data() -> EssenceData:
    """Return all full columns (1) and full rows (0) of n by n pixels, at n = 28, 6 and 10."""
    return EssenceData(tuple(_lines(n) for n in (28, 6, 10)), name="orientation")


def _lines(n: int) -> Samples:
    columns = np.zeros((n, n, n), dtype=np.int64)
    columns[np.arange(n), :, np.arange(n)] = 1
    labels = np.repeat([1, 0], n)
    return Samples(np.concatenate([columns, columns.transpose(0, 2, 1)]), labels)
