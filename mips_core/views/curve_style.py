"""The style of the drawings and tables of curve distillation: colours of the theme, and shapes beside them."""

from mips_core.views.palette import HUES

TEACHER, DISTILLED, EDITED = HUES[5], HUES[0], HUES[2]
"""Vermilion dots, a blue line with square knots, and a green line with diamonds."""

STYLE = f"""
.curves {{ --teacher: color-mix(in srgb, {TEACHER} 88%, currentColor); font-variant-numeric: tabular-nums;
  --distilled: color-mix(in srgb, {DISTILLED} 85%, currentColor);
  --mono: color-mix(in srgb, {HUES[3]} 85%, currentColor);
  --edited: color-mix(in srgb, {EDITED} 85%, currentColor); }}
"""
STYLE += """
.curves svg { display: block; width: 100%; height: auto; }
.curves svg text { fill: currentColor; font-size: 11px; }
.curves .distribution { fill: currentColor; opacity: 0.16; }
.curves .axis { stroke: currentColor; stroke-opacity: 0.35; fill: none; }
.curves .zero { stroke: currentColor; stroke-opacity: 0.35; stroke-dasharray: 2 3; }
.curves .teacher { fill: var(--teacher); }
.curves .distilled { stroke: var(--distilled); fill: none; stroke-width: 2.2; stroke-linejoin: round; }
.curves .edited { stroke: var(--edited); fill: none; stroke-width: 2.2; stroke-dasharray: 6 3; }
.curves rect.knot { fill: var(--st-background-color); stroke: var(--distilled); stroke-width: 2; }
.curves polygon.knot { fill: var(--st-background-color); stroke: var(--edited); stroke-width: 2; }
.curves.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(238px, 1fr)); gap: 10px; padding: 3px; }
.curves .panel { position: relative; display: flex; flex-direction: column; gap: 3px; text-align: left;
  font: inherit; color: inherit;
  min-width: 0; background: none; border: 1.5px solid var(--st-border-color); border-radius: 9px; padding: 8px 9px 7px;
  cursor: pointer; }
.curves .panel:hover { border-color: var(--st-primary-color); }
.curves .panel[aria-pressed=true] { border-color: var(--st-primary-color); border-width: 2.5px; margin: -1px;
  background: color-mix(in srgb, var(--st-primary-color) 9%, transparent); }
.curves .panel:focus-visible, .curves tr:focus-visible, .curves button:focus-visible {
  outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.curves .panel b { overflow-wrap: anywhere; line-height: 1.25; }
.curves .panel small, .curves small { font-size: 0.8rem; opacity: 0.85; }
.curves .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.curves .tag { align-self: flex-start; font-size: 0.8rem; border: 1px solid var(--st-orange-text-color);
  color: var(--st-orange-text-color); border-radius: 5px; padding: 0 6px; }
.curves.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 0.86rem; }
.curves.legend span { display: inline-flex; align-items: center; gap: 6px; }
.curves.legend svg { width: 34px; height: 14px; flex: none; }
.curves.strip { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; padding: 1px; }
.curves .figure { border: 1px solid var(--st-border-color); border-radius: 9px; padding: 9px 12px; min-width: 0; }
.curves .figure .who { display: flex; align-items: center; gap: 6px; font-size: 0.86rem; }
.curves .figure .who svg { width: 24px; height: 12px; flex: none; }
.curves .figure .value { font-family: var(--st-heading-font); font-size: 1.55rem; line-height: 1.3; }
.curves .figure .change { font-size: 0.86rem; }
.curves .better { color: var(--st-blue-text-color); }
.curves .worse { color: var(--st-orange-text-color); }
.curves .figure .more { font-size: 0.8rem; opacity: 0.85; }
.curves.scroll { overflow-x: auto; container-type: inline-size; }
.curves .narrow { display: none; }
.curves table { border-collapse: collapse; font-size: 0.88rem; width: 100%; }
.curves th { text-align: left; font-weight: 600; padding: 4px 12px 4px 4px; vertical-align: bottom;
  border-bottom: 2px solid var(--st-border-color); }
.curves td { padding: 4px 12px 4px 4px; border-bottom: 1px solid var(--st-border-color); vertical-align: middle; }
.curves :is(td, th).number { text-align: right; white-space: nowrap; }
.curves td.name { overflow-wrap: anywhere; min-width: 7.5rem; }
.curves td.bar { min-width: 7rem; width: 24%; padding-right: 4px; }
.curves td.bar svg { height: 16px; }
.curves .plus { fill: var(--distilled); }
.curves .minus { fill: var(--teacher); }
.curves tr[data-value] { cursor: pointer; }
.curves tr[data-value]:hover { background: var(--st-secondary-background-color); }
.curves tr[aria-selected=true] { background: color-mix(in srgb, var(--st-primary-color) 14%, transparent);
  box-shadow: inset 3px 0 var(--st-primary-color); }
.curves td button { font: inherit; color: inherit; background: none; cursor: pointer; padding: 1px 8px;
  border: 1px solid var(--st-border-color); border-radius: 6px; }
.curves .how { font-size: 0.82rem; opacity: 0.9; overflow-wrap: anywhere; min-width: 11rem; }
.curves .choice { cursor: pointer; outline: none; }
.curves .choice .band { fill: transparent; }
.curves .choice:hover .band { fill: currentColor; fill-opacity: 0.07; }
.curves .choice[aria-pressed=true] .band { fill: var(--st-primary-color); fill-opacity: 0.16; }
.curves .choice:focus-visible .band { stroke: var(--st-primary-color); stroke-width: 2.5; }
.curves .free { stroke: var(--distilled); fill: none; stroke-width: 2.4; }
.curves .mono { stroke: var(--mono); fill: none; stroke-width: 2.4; stroke-dasharray: 7 4; }
.curves circle.free { fill: var(--distilled); }
.curves polygon.mono { fill: var(--mono); stroke-dasharray: none; }
.curves .level { stroke: var(--teacher); stroke-width: 2; stroke-dasharray: 3 3; fill: none; }
.curves.sized { container-type: inline-size; }
@container (max-width: 560px) {
  .curves .wide { display: none; }
  .curves .narrow { display: block; }
  .curves thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .curves table, .curves tbody { display: block; }
  .curves tr { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) auto; gap: 2px 10px;
    padding: 6px 4px; align-items: center; border-bottom: 1px solid var(--st-border-color); }
  .curves td { border: 0; padding: 0; }
  .curves td.name { min-width: 0; }
  .curves td:empty { display: none; }
  .curves td[data-head]::before { content: attr(data-head); display: block; font-size: 0.75rem; opacity: 0.8; }
  .curves.by-level tr { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .curves.by-level td.name { grid-column: 1 / -1; font-weight: 600; }
  .curves.by-level td.number { text-align: left; }
  .curves.by-level td.number:nth-child(2) { grid-column: 1; }
  .curves.by-level td.number:nth-child(3) { grid-column: 2; }
  .curves.by-level td.number:nth-child(4) { grid-column: 3; }
  .curves :is(td.bar, td.how) { grid-column: 1 / -1; width: auto; }
}
"""


def styled(html: str) -> str:
    """Return a drawing or table with its style."""
    return f"<style>{STYLE}</style>{html}"
