"""Tables as text that spreadsheets and data frames read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

Columns = Mapping[str, Sequence[object]]


def csv_text(columns: Columns) -> str:
    r"""Write named columns of equal length as CSV (RFC 4180), the names first.

    >>> csv_text({"step": [1, 2], "said": ["a", "b, c"]})
    'step,said\r\n1,a\r\n2,"b, c"\r\n'

    Raises
    ------
    ValueError
        when the columns are not equally long.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()


def columns_of(rows: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """Turn rows into columns, by the names of the first row.

    >>> columns_of([{"a": 1, "b": 2}, {"a": 3, "b": 4}])
    {'a': [1, 3], 'b': [2, 4]}
    """
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
