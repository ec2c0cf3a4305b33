"""Settings of a distillation against the data they are meant for."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import get_args

import numpy as np

from mips_core.curves.errors import CurveError
from mips_core.curves.numbers import share_of_rows
from mips_core.curves.study import CurveSettings, LabelledData, Refit

MOST_SEGMENTS = 50
MONOTONE = (False, True, "increasing", "decreasing")


def checked_settings(data: LabelledData, settings: CurveSettings) -> CurveSettings:
    """Return the settings when they can be used for the data.

    Raises
    ------
    CurveError
        for a number out of its range, a feature that the data lack, or a table of levels that is to be monotone.
    """
    for name, least, most in (("segments", 1, MOST_SEGMENTS), ("most", 1, MOST_SEGMENTS), ("digits", 1, 17)):
        value = getattr(settings, name)
        if name != "most" and value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise CurveError(f"{name} is {value!r}; it must be a whole number from {least} to {most}.")
    if not isinstance(settings.seed, int | np.integer) or not 0 <= settings.seed < 1 << 32:
        raise CurveError(f"seed is {settings.seed!r}; it must be a whole number from 0 to {(1 << 32) - 1}.")
    for name, high in (("min_share", 0.5), ("held_out", 0.9)):
        share_of_rows(getattr(settings, name), name, high)
    if not settings.held_out:
        raise CurveError("held_out is 0; without held-out rows nothing could be said about new ones.")
    if settings.refit not in get_args(Refit):
        raise CurveError(f"refit is {settings.refit!r}; it must be one of {', '.join(get_args(Refit))}.")
    columns = data.table.columns
    if not columns:
        raise CurveError(f"{data.name} has no column to learn {data.target!r} from. Add one with numbers or levels.")
    if not isinstance(settings.mono, Mapping):
        raise CurveError(
            f"mono is {settings.mono!r}; it must be directions by feature, such as {{'age': 'increasing'}}."
        )
    for feature, mono in settings.mono.items():
        if feature not in columns:
            near = difflib.get_close_matches(feature, columns, n=1)
            hint = (
                f"; did you mean {near[0]!r}?" if near else f"; they have {', '.join(map(repr, list(columns)[:12]))}."
            )
            raise CurveError(f"The data have no feature {feature!r} that could be monotone{hint}")
        if mono not in MONOTONE:
            raise CurveError(f"{feature!r} is to be {mono!r}; monotone is True, 'increasing' or 'decreasing'.")
        if mono and columns[feature].dtype.kind != "f":
            raise CurveError(f"{feature!r} is a table of levels, which have no order; only numbers can be monotone.")
    return settings
