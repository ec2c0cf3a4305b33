"""The user's runs as a table that can be chosen from; on a narrow page each row becomes a block."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mips_core.runs.row import RunRow
from mips_core.views.run_rows import memory_of

RUN_TABLE_CSS = """
.runs { container-type: inline-size; padding: 3px; max-height: 34rem; overflow-y: auto; }
.runs table { border-collapse: collapse; width: 100%; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
.runs th { text-align: left; font-weight: 600; padding: 6px 10px 6px 0; border-bottom: 2px solid var(--st-border-color);
  white-space: nowrap; position: sticky; top: -3px; background: var(--st-background-color); }
.runs td { padding: 7px 10px 7px 0; border-bottom: 1px solid var(--st-border-color); vertical-align: top;
  overflow-wrap: anywhere; }
.runs td.short { white-space: nowrap; }
.runs td.number { text-align: right; padding-right: 22px; }
.runs tr.chosen td { background: color-mix(in srgb, var(--st-primary-color) 12%, transparent); }
.runs button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 2px 6px;
  margin: -2px 0; text-align: left; cursor: pointer; text-decoration: underline; text-underline-offset: 3px;
  text-decoration-thickness: 1px; border-radius: 4px; overflow-wrap: anywhere; }
.runs tr.chosen button::before { content: "▸ "; }
.runs .pin { font-size: 0.78rem; border: 1px solid currentColor; border-radius: 99px; padding: 0 7px; margin-left: 4px;
  white-space: nowrap; }
@container (max-width: 720px) {
  .runs thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .runs table, .runs tbody { display: block; }
  .runs tr { display: grid; grid-template-columns: 1fr; padding: 8px 0;
    border-bottom: 1px solid var(--st-border-color); }
  .runs td, .runs td.number { border: 0; padding: 1px 8px; text-align: left; }
  .runs td[data-name]::before { content: attr(data-name) ": "; opacity: 0.8; }
  .runs td.empty { display: none; }
}
"""
_COLUMNS = ("name", "made from", "result", "memory", "size", "made", "seed", "version")


def run_table_html(rows: Sequence[RunRow], chosen: str | None = None) -> str:
    """Return the table; the name of each run is a button that tells its id (``data-value``).

    Parameters
    ----------
    chosen : id of the run that is marked
    """
    head = "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
    body = "".join(_row(row, row.id == chosen) for row in rows)
    return (
        f'<style>{RUN_TABLE_CSS}</style><div class="runs"><table aria-label="Your runs">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(row: RunRow, chosen: bool) -> str:
    pin = '<span class="pin">pinned</span>' if row.pinned else ""
    pressed = "true" if chosen else "false"
    name = f'<td><button data-value="{escape(row.id)}" aria-pressed="{pressed}">{escape(row.name)}</button>{pin}</td>'
    cells = [
        _cell("made from", row.made_from),
        _cell("result", row.result),
        _cell("memory", memory_of(row), "short"),
        _cell("size", "" if row.size is None else f"{row.size:,}", "short number"),
        _cell("made", row.made_text, "short"),
        _cell("seed", "" if row.seed is None else str(row.seed), "short number"),
        _cell("version", row.version or "", "short"),
    ]
    return f"<tr{' class=chosen' if chosen else ''}>{name}{''.join(cells)}</tr>"


def _cell(name: str, text: str, kind: str = "") -> str:
    return f'<td data-name="{name}" class="{kind}{"" if text else " empty"}">{escape(text)}</td>'
