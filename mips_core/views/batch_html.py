"""The table of a batch, whose rows can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mips_core.tasks.vocabulary import Words
from mips_core.views.batch import NONE, BatchRow
from mips_core.views.lockstep import ROWS
from mips_core.views.sequences import sequence_text

_LONGEST = 60  # characters of a sequence in the table

_CSS = """
.batch { overflow-x: auto; padding: 2px; }
.batch table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 0.9rem; }
.batch th { text-align: left; font-weight: 600; padding: 6px 10px 6px 4px; white-space: nowrap;
  border-bottom: 2px solid var(--st-border-color); }
.batch td { padding: 4px 10px 4px 4px; border-bottom: 1px solid var(--st-border-color); white-space: nowrap; }
.batch td.sequence { font-family: var(--st-code-font); max-width: 24rem; overflow: hidden; text-overflow: ellipsis; }
.batch tbody tr { cursor: pointer; }
.batch tbody tr:hover { background: var(--st-secondary-background-color); }
.batch td.no { font-weight: 700; color: var(--st-orange-text-color); }
.batch button { font: inherit; color: inherit; padding: 3px 10px; border-radius: 7px; cursor: pointer; background: none;
  border: 1px solid var(--st-border-color); white-space: nowrap; }
"""


def batch_html(rows: Sequence[BatchRow], input_words: Words = ()) -> str:
    """Return rows as an HTML table; each tells its line number when it, or its button, is chosen."""
    names = [name for name in ROWS if any(name in row.last for row in rows)]
    ends = any(row.end_state is not None for row in rows)
    heads = ["line", "sequence", *names, "all agree?", *(["end"] if ends else []), ""]
    body = []
    for row in rows:
        text = sequence_text(row.line.x, input_words)
        short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        cells = [f"<td>{row.line.number}</td>", f'<td class="sequence" title="{escape(text)}">{escape(short)}</td>']
        cells += [f"<td>{escape(row.last.get(name, NONE))}</td>" for name in names]
        sign = "" if len(row.last) < 2 else "= " if row.apart_at is None else "≠ "
        cells.append(f'<td class="{"no" if row.apart_at is not None else "yes"}">{sign}{escape(row.agrees)}</td>')
        if ends:
            cells.append(f"<td>{row.end_text}</td>")
        cells.append(f'<td><button type="button" aria-label="Play line {row.line.number}">Play</button></td>')
        body.append(f'<tr data-value="{row.line.number}">{"".join(cells)}</tr>')
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    return (
        f'<style>{_CSS}</style><div class="batch" role="region" aria-label="The table of the batch" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )
