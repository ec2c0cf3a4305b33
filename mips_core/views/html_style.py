"""The style of a run's report as one file: light and dark, narrow and wide, on paper."""

from mips_core.views.tape import TAPE_CSS

STYLE = (
    """
:root { color-scheme: light dark; --ink: #1f2430; --paper: #ffffff; --soft: #f1f3f6; --line: #d5d9e0;
  --accent: #0b5cad; --warn: #a33f00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --paper: #14171c; --soft: #21262e; --line: #3b424d;
  --accent: #7cc4f0; --warn: #ff9a52; } }
@media print { :root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #f3f3f3; --line: #bbb;
  --accent: #0b5cad; --warn: #a33f00; } }
body { --st-text-color: var(--ink); --st-background-color: var(--paper); --st-primary-color: var(--accent);
  --st-secondary-background-color: var(--soft); --st-border-color: var(--line); --st-font: system-ui, sans-serif;
  --st-code-font: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  margin: 0 auto; padding: 1.6rem 1.2rem 4rem; max-width: 62rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 0.3rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 0.6rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--line); }
.lead { font-size: 1.08rem; margin: 0 0 0.8rem; }
.badge { display: inline-block; padding: 0.1rem 0.7rem; border: 1px solid currentColor; border-radius: 99px;
  color: var(--accent); font-weight: 600; }
.badge.warn { color: var(--warn); }
pre { background: var(--soft); border-radius: 8px; padding: 0.9rem 1rem; overflow-x: auto; font-size: 0.86rem;
  line-height: 1.5; overflow-wrap: normal; }
pre, code { font-family: var(--st-code-font); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.92rem; }
.plain th, .plain td { text-align: left; vertical-align: top; padding: 0.3rem 0.9rem 0.3rem 0;
  border-bottom: 1px solid var(--line); }
.plain { overflow-wrap: normal; }
.plain td:nth-child(2) { white-space: nowrap; }
.plain.long td:nth-child(3) { min-width: 16rem; }
.plain thead th { border-bottom-width: 2px; white-space: nowrap; }
.formulas { overflow-wrap: normal; }
.formulas th { font-weight: 400; white-space: nowrap; text-align: left; padding: 0.35rem 1.4rem 0.35rem 0;
  opacity: 0.85; }
.formulas td { padding: 0.35rem 0; }
math { font-size: 1.1rem; }
mtd { text-align: left; }
figure { margin: 0.8rem 0; }
figcaption { font-size: 0.9rem; opacity: 0.85; max-width: 46rem; }
svg { max-width: 100%; height: auto; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1.2rem; margin: 0.8rem 0; }
dt { opacity: 0.8; } dd { margin: 0; }
summary { cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.hint { font-size: 0.92rem; opacity: 0.85; max-width: 46rem; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 0.4rem; } }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } h2, figcaption { break-after: avoid; }
  pre { white-space: pre-wrap; } figure, tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; } .tape, .scroll { overflow: visible; }
  .tape.more { mask-image: none; } }
"""
    + TAPE_CSS
)
