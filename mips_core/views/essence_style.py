"""The style of the panels of Deep Distilling, in the colours of the theme."""

from mips_core.views.code_html import CODE_CSS

STYLE = (
    CODE_CSS.replace(".code .", ".listing .")
    + """
.essence h4 { font: inherit; margin: 0.5rem 0 0.35rem; }
.essence .count, .essence .more { opacity: 0.8; font-size: 0.85rem; }
.essence .tiles { display: flex; flex-wrap: wrap; gap: 5px; align-items: center; }
.essence button { font: inherit; color: inherit; cursor: pointer; background: none; }
.essence .tile { display: inline-flex; flex-direction: column; align-items: center; gap: 1px; padding: 3px;
  line-height: 1;
  border: 1.5px solid transparent; border-radius: 5px; }
.essence .tile small { font-size: 0.78rem; }
.essence .tile:hover, .essence .card:hover { border-color: var(--st-border-color); }
.essence .lit.tile, .essence .lit.card { border-color: var(--st-primary-color); border-width: 2px; margin: -0.5px;
  background: color-mix(in srgb, var(--st-primary-color) 14%, transparent); }
.essence .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 8px; padding: 2px; }
.essence.small .cards { grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 4px; }
.essence .card { border: 1.5px solid var(--st-border-color); border-radius: 8px; padding: 6px 8px; gap: 3px;
  box-shadow: none; transition: none; }
.essence .card > button { border: 0; padding: 0; text-align: left; font-size: 0.88rem; }
.essence .card .mark { vertical-align: -2px; }
.essence.scroll { max-height: 27rem; overflow: auto; padding: 2px; }
.essence.scroll:focus-visible { outline: 2px solid var(--st-primary-color); }
.hit { fill: transparent; cursor: pointer; }
.hit:hover { fill: var(--st-primary-color); fill-opacity: 0.25; }
.pick { cursor: pointer; }
svg { max-width: 100%; height: auto; }
svg image { max-width: none; }
.essence.groups, .essence.listing { overflow-x: auto; }
.essence table { border-collapse: collapse; font-size: 0.88rem; width: 100%; font-variant-numeric: tabular-nums; }
.essence th { text-align: left; font-weight: 600; padding: 4px 10px 4px 4px; white-space: nowrap; }
.essence thead th { border-bottom: 2px solid var(--st-border-color); }
.essence td { padding: 4px 10px 4px 4px; border-bottom: 1px solid var(--st-border-color); vertical-align: top; }
.essence td.number { text-align: right; }
.essence.groups tbody tr { cursor: pointer; }
.essence.groups tbody tr:hover { background: var(--st-secondary-background-color); }
.essence tr.lit { background: color-mix(in srgb, var(--st-primary-color) 14%, transparent);
  box-shadow: inset 3px 0 var(--st-primary-color); }
.essence td button { border: 1px solid var(--st-border-color); border-radius: 6px; padding: 1px 8px; }
.essence code { font-family: var(--st-code-font, monospace); font-size: 0.84rem; background: none; padding: 0; }
.essence.listing { border-radius: 8px; background: var(--st-secondary-background-color); padding: 8px 0; }
.essence.matrices { display: flex; flex-wrap: wrap; gap: 10px 28px; align-items: flex-start; }
.essence figure { margin: 0; max-width: 100%; }
.essence figcaption { font-weight: 600; font-size: 0.9rem; margin-bottom: 2px; }
.essence.listing { container-type: inline-size; }
.listing .row { display: grid; grid-template-columns: 2.6rem minmax(0, 1fr) auto; gap: 0 10px; padding: 0 10px 0 0;
  line-height: 1.55; }
.listing .row[data-value] { cursor: pointer; }
.listing .row[data-value]:hover { background: color-mix(in srgb, var(--st-primary-color) 8%, transparent); }
.listing .row.lit { background: color-mix(in srgb, var(--st-primary-color) 16%, transparent);
  box-shadow: inset 3px 0 var(--st-primary-color); }
.listing .row > button, .listing .at { align-self: start; text-align: right; border: 0; padding: 0 2px;
  opacity: 0.8;
  font-family: var(--st-code-font, monospace); font-size: 0.8rem; }
.listing .row.lit .at { font-weight: 700; opacity: 1; }
.listing code { --hang: min((var(--indent) + 4) * 1ch, 14ch); white-space: pre-wrap; overflow-wrap: anywhere;
  padding-left: var(--hang); text-indent: calc(-1 * var(--hang)); }
.listing .note { font-size: 0.8rem; opacity: 0.85; white-space: nowrap; align-self: center; }
@container (max-width: 600px) { .listing .row[data-value] { grid-template-columns: 2.2rem minmax(0, 1fr); }
  .listing .row[data-value] .note { grid-column: 2; } }
.essence.groups td:nth-child(4) code { white-space: nowrap; }
.essence.groups td:nth-child(5) { min-width: 15rem; }
.essence tr.changed { font-weight: 700; }
.essence.variables td code { overflow-wrap: anywhere; white-space: normal; }
.essence button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
"""
)


def styled(html: str) -> str:
    """Return a panel with its style."""
    return f"<style>{STYLE}</style>{html}"
