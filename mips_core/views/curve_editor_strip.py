"""The line above the curve editor: the main measure of teacher, distilled and edited model, and the last change."""

from __future__ import annotations

from mips_core.views.curve_metrics import NAMES, change_text, metric_text

_CSS = """
.edit-strip { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 8px;
  font-variant-numeric: tabular-nums; }
.edit-strip div { border: 1px solid color-mix(in srgb, currentColor 22%, transparent); border-radius: 9px;
  padding: 6px 12px; min-width: 0; }
.edit-strip b { display: block; font-size: 1.2rem; font-weight: 600; }
.edit-strip small { font-size: 0.83rem; }
"""
_THAN = {"better": "better than", "worse": "worse than", "equal": "as good as"}
_SINCE = {"better": "better by the last edit", "worse": "worse by the last edit", "equal": "unchanged by the last edit"}


def edit_strip_html(key: str, teacher: float, distilled: float, edited: float, before: float | None) -> str:
    """Return the line.

    Parameters
    ----------
    key: of the measure, as :data:`mips_core.views.curve_metrics.NAMES` has it.
    before: the measure before the last edit, or None where nothing is edited.
    """
    cells = [
        _cell("Teacher", metric_text(teacher), NAMES[key]),
        _cell("Distilled", metric_text(distilled), _against(key, distilled, teacher, "teacher")),
        _cell("Edited", metric_text(edited), _against(key, edited, distilled, "distilled")),
    ]
    if before is None:
        cells.append(_cell("Last edit", "–", "nothing is edited"))
    else:
        change, word = change_text(key, edited, before)
        cells.append(_cell("Last edit", change, _SINCE[word]))
    return f'<style>{_CSS}</style><div class="edit-strip" role="status">{"".join(cells)}</div>'


def _against(key: str, value: float, other: float, name: str) -> str:
    change, word = change_text(key, value, other)
    return f"{change}, {_THAN[word]} {name}"


def _cell(name: str, value: str, note: str) -> str:
    return f"<div><small>{name}</small><b>{value}</b><small>{note}</small></div>"
