"""Held-out rows: seeded, with the classes' shares kept, and whole groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.errors import CurveError
from mips_core.curves.metrics import rankable_rows
from mips_core.curves.study import CurveSettings, LabelledData, Table


def split(data: LabelledData, settings: CurveSettings) -> tuple[Table, Table]:
    """Return the training rows and the held-out rows, each in the order of the data.

    Classes keep their shares (within a row); a ranking group is held out as a whole.

    Raises
    ------
    CurveError
        when the share to hold out is not between 0 and 1, there are fewer than two rows or groups to part, or no group
        to learn from has rows of different relevance.
    """
    if not 0 < settings.held_out < 1:
        raise CurveError(f"The share of held-out rows is a number between 0 and 1, not {settings.held_out:g}.")
    rng = np.random.default_rng(settings.seed)
    table = data.table
    held_out = np.zeros(len(table), dtype=bool)
    if table.groups is not None:
        groups = np.unique(table.groups)
        held_out = np.isin(table.groups, groups[_chosen(len(groups), settings.held_out, rng, "group")])
    elif data.task == "classification":
        for value in (0.0, 1.0):
            rows = np.flatnonzero(table.target == value)
            if len(rows) > 1:
                held_out[rows[_chosen(len(rows), settings.held_out, rng, "row")]] = True
    else:
        held_out[_chosen(len(table), settings.held_out, rng, "row")] = True
    training = table.rows(~held_out)
    if training.groups is not None and not rankable_rows(training.target, training.groups).any():
        raise CurveError(
            f"No group of the {len(training):,} training rows has rows that differ in {data.target!r}: there is "
            "nothing to learn. Hold out a smaller share, or choose another seed."
        )
    return training, table.rows(held_out)


def _chosen(count: int, share: float, rng: np.random.Generator, noun: str) -> NDArray[np.int64]:
    if count < 2:
        raise CurveError(f"There is only one {noun}; at least two are needed, to learn from and to judge by.")
    return rng.permutation(count)[: int(np.clip(round(share * count), 1, count - 1))]
