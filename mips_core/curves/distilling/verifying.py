"""The emitted module against the model it was emitted from, on every row there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from mips_core.curves.errors import CurveError
from mips_core.curves.model import AdditiveModel, CurveTerm
from mips_core.curves.module import module_function, module_source, read_module
from mips_core.curves.study import Table, Verification
from mips_core.progress import Monitor

TOLERANCE = 1e-12
"""Of the scale: the two add the same numbers in the same order."""
_CHUNK = 20_000  # rows between two looks at whether to stop


def verified(model: AdditiveModel, tables: Mapping[str, Table], monitor: Monitor | None = None) -> Verification:
    """Compare the module's ``score(row)`` with the model on all rows of some tables.

    Parameters
    ----------
    tables: by what their rows are called in an error.

    Raises
    ------
    CurveError
        when a score differs by more than 1e-12 of the scale, or the module's text is read back as another model.
    """
    watch = monitor or Monitor()
    if read_module(module_source(model)) != model:
        raise CurveError("The emitted module is read back as another model; please report this with the data.")
    score = module_function(model)
    scale = _scale(model)
    largest, asked = 0.0, 0
    every = sum(map(len, tables.values()))
    for name, table in tables.items():
        expected = model.scores(table.columns) if len(table) else np.empty(0)
        for begin in range(0, len(table), _CHUNK):
            watch.report("verify", f"Comparing code and model on {every:,} rows.", asked / every)
            said = np.array([score(row) for row in _rows(model, table, slice(begin, begin + _CHUNK))])
            off = np.abs(said - expected[begin : begin + _CHUNK])
            if not (off <= TOLERANCE * scale).all():
                row = begin + int(np.argmax(~(off <= TOLERANCE * scale)))
                raise CurveError(
                    f"The emitted code says {said[row - begin]!r} about {name} row {row}, the model {expected[row]!r}; "
                    "please report this with the data."
                )
            largest = max(largest, float(off.max()))
            asked += len(said)
    return Verification(asked, largest, scale)


def _scale(model: AdditiveModel) -> float:
    """Return the largest score, in absolute value, that the model's numbers could add up to."""
    total = abs(model.bias)
    for term in model.terms:
        if isinstance(term, CurveTerm):
            values = [*term.curve.ys, term.missing]
        else:
            values = [*(value for _, value in term.levels), term.other, term.missing]
        total += max(map(abs, values))
    return total


def _rows(model: AdditiveModel, table: Table, chosen: slice) -> Iterator[dict[str, Any]]:
    """Yield rows as the module takes them: Python numbers and texts by feature."""
    names = model.features
    if not names:
        yield from ({} for _ in range(len(table.target[chosen])))
        return
    columns = [table.columns[name][chosen].tolist() for name in names]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))
