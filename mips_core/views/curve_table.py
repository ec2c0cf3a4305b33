"""What was read in a user's table: how each column is taken, and which rows could not be used."""

from __future__ import annotations

from mips_core.curves.study import LabelledData

MOST = 500
"""Rejected rows in the table."""


def type_rows(data: LabelledData) -> list[dict[str, str]]:
    """Return a row for each column of the file but the target and the group."""
    words = {"number": "numbers", "levels": "levels", "left out": "left out"}
    return [{"column": each.name, "read as": words[each.kind], "why": each.reason} for each in data.types]


def rejected_rows(data: LabelledData) -> list[dict[str, str]]:
    """Return a row for each line that could not be used, the first :data:`MOST` of them."""
    return [{"line": f"{each.line:,}", "why": each.reason} for each in data.rejected[:MOST]]
