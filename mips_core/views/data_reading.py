"""A data file as tables: its columns, its first rows, the rows that contradict each other."""

from __future__ import annotations

from mips_core.distillation.data_reading import DataReading, steps_text
from mips_core.views.sequences import count_text

Row = dict[str, str]

_MOST_WORDS, _MOST_CHARACTERS = 24, 160


def size_text(reading: DataReading) -> str:
    """Say how much there is: rows, lengths, what goes in and out.

    >>> from mips_core.distillation.data_reading import describe_data
    >>> size_text(describe_data(b"0 1,0 1\\n1 1 0,1 0 0\\n1,1", "a.csv"))
    '3 rows of 1 to 3 steps, 6 steps in all; 1 input and 1 output per step.'
    """
    data = reading.data
    assert data is not None
    low, high = int(data.lengths.min()), int(data.lengths.max())
    each = " each" if data.n > 1 else ""
    lengths = f"{count_text(high, 'step')}{each}" if low == high else f"{low} to {high:,} steps"
    return (
        f"{count_text(data.n, 'row')} of {lengths}, {count_text(int(data.lengths.sum()), 'step')} in all; "
        f"{count_text(data.input_width, 'input')} and {count_text(data.output_width, 'output')} per step."
    )


def column_rows(reading: DataReading) -> list[Row]:
    """Return a row for each input and output: what it holds."""
    rows = []
    for column in reading.columns:
        if column.words:
            more = f", … ({len(column.words)} in all)" if len(column.words) > _MOST_WORDS else ""
            holds = f"{count_text(len(column.words), 'word')}: {', '.join(column.words[:_MOST_WORDS])}{more}"
        else:
            low, high = column.values.low, column.values.high - 1
            holds = f"always {low:,}" if low == high else f"integers from {low:,} to {high:,}"
        rows.append({"column": column.name, "holds": holds})
    return rows


def first_rows(reading: DataReading, count: int = 5) -> list[Row]:
    """Return the first rows as the file writes them, long ones cut."""
    data = reading.data
    assert data is not None
    return [
        {
            "row": str(row + 1),
            "inputs": _cut(steps_text(data.x[row, : data.lengths[row]], data.input_words)),
            "outputs": _cut(steps_text(data.y[row, : data.lengths[row]], data.output_words)),
        }
        for row in range(min(count, data.n))
    ]


def contradiction_rows(reading: DataReading) -> list[Row]:
    """Return the outputs that contradict another row, the earliest step first."""
    return [
        {
            "rows": f"{c.other} and {c.row}",
            "step": str(c.step),
            "same inputs": _cut(c.inputs),
            "output of the first": c.other_output,
            "of the second": c.output,
        }
        for c in reading.contradictory()
    ]


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
