"""A drawing or a table of our own, made clickable: anything with ``data-value`` tells its value when chosen.

One small component (Streamlit components, version 2): no iframe, no build step. Click, Enter and
Space choose; a link with ``data-value`` keeps its address, so that it also opens in a new tab.
"""

from collections.abc import Callable

import streamlit as st

from mips_core.views.code_html import CODE_CSS
from mips_core.views.tape import TAPE_CSS

_CSS = (
    TAPE_CSS
    + CODE_CSS
    + """
:host, .root { color: var(--st-text-color); font-family: var(--st-font); font-size: 0.95rem; }
.root svg.machine { display: block; margin: 0 auto; }
.root .drawing { overflow-x: auto; }
.root .drawing svg.machine { min-width: var(--readable); }
.root g.state { outline: none; }
.root g.state[role=button] { cursor: pointer; }
.root g.state[role=button]:hover .ring { stroke-width: 4px; }
.root g.state:focus-visible circle { stroke: var(--st-primary-color); stroke-width: 4px; }
.root a:focus-visible, .root button:focus-visible, .root :is(.tape, .code):focus-visible {
  outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(255px, 1fr)); gap: 14px; padding: 3px; }
.card { display: flex; flex-direction: column; gap: 7px; padding: 14px 16px 13px; border-radius: 10px; min-width: 0;
  border: 1px solid var(--st-border-color); background: var(--st-background-color); color: inherit;
  text-decoration: none; transition: border-color 120ms, box-shadow 120ms; }
a.card:hover { border-color: var(--st-primary-color); box-shadow: 0 1px 8px rgb(0 0 0 / 0.10); }
.card .top { display: flex; justify-content: space-between; align-items: flex-start; gap: 8px; }
.card h3 { font-family: var(--st-heading-font); font-size: 1.06rem; font-weight: 600; margin: 0; line-height: 1.25; }
.card .word { font-size: 0.74rem; padding: 2px 8px; border-radius: 99px; white-space: nowrap; font-weight: 500;
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color); }
.card .word.good { color: var(--st-blue-text-color); background: var(--st-blue-background-color);
  border-color: transparent; }
.card .word.table { color: var(--st-violet-text-color); background: var(--st-violet-background-color);
  border-color: transparent; }
.card .word.warn { color: var(--st-orange-text-color); background: var(--st-orange-background-color);
  border-color: transparent; }
.card .body { display: flex; gap: 12px; align-items: center; min-height: 66px; }
.card .body > svg { flex: none; width: 88px; height: 62px; }
.card .sign { flex: none; width: 88px; text-align: center; font-family: var(--st-heading-font); font-size: 1.9rem;
  opacity: 0.6; }
.card .text { font-size: 0.85rem; line-height: 1.4; opacity: 0.9; display: -webkit-box; -webkit-line-clamp: 7;
  -webkit-box-orient: vertical; overflow: hidden; min-width: 0; }
.card code { font-family: var(--st-code-font); font-size: 0.79rem; padding: 6px 8px; border-radius: 6px;
  background: var(--st-secondary-background-color); overflow-wrap: anywhere; }
.card .io { font-size: 0.8rem; font-variant-numeric: tabular-nums; opacity: 0.85; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
.card .io span { display: inline-block; width: 3.2rem; opacity: 0.7; }
.card .facts { margin-top: auto; font-size: 0.8rem; opacity: 0.8; }
.card .longer { font-weight: 600; }
@media (prefers-reduced-motion: reduce) { .card { transition: none; } }
"""
)

_JS = """
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".root")
  root.tell = (value) => setTriggerValue("chosen", value)
  if (root.html !== data.html) {
    const focused = root.contains(root.getRootNode().activeElement)
      ? root.getRootNode().activeElement.closest("[data-value]")?.dataset.value : undefined
    root.innerHTML = data.html
    root.html = data.html
    // A fade at the right says that the tape goes on there.
    const fade = () => tapeNow.classList.toggle(
      "more", tapeNow.scrollLeft + tapeNow.clientWidth < tapeNow.scrollWidth - 2)
    const tapeNow = root.querySelector(".tape")
    root.observer?.disconnect()
    if (tapeNow) {
      tapeNow.addEventListener("scroll", fade)
      root.observer = new ResizeObserver(fade)
      root.observer.observe(tapeNow)
    }
    if (focused !== undefined) root.querySelector(`[data-value="${CSS.escape(focused)}"]`)?.focus()
  }
  if (!root.ready) {
    root.ready = true
    const value = (event) => event.target.closest?.("[data-value]")?.dataset.value
    root.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || value(event) === undefined) return
      event.preventDefault()
      root.tell(value(event))
    })
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return
      if (event.target.closest?.("a, button") || value(event) === undefined) return
      event.preventDefault()
      event.stopPropagation()
      root.tell(value(event))
    })
  }
}
"""

_mount = st.components.v2.component("mips_clickable", html='<div class="root"></div>', css=_CSS, js=_JS)


def clickable(html: str, key: str, on_chosen: Callable[[str], None] | None = None) -> None:
    """Show ``html``; ``on_chosen`` gets the ``data-value`` of what the reader chooses, before the page runs again."""

    def tell() -> None:
        value = (st.session_state.get(key) or {}).get("chosen")
        if value is not None and on_chosen is not None:
            on_chosen(str(value))

    _mount(key=key, data={"html": html}, on_chosen_change=tell)
