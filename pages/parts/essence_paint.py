"""A grid of cells of 0 and 1 to paint with the mouse, a finger or the keyboard."""

from collections.abc import Callable, Sequence

import streamlit as st

_CSS = """
:host, .board { color: var(--st-text-color); font-family: var(--st-font); }
.cells { display: grid; gap: 2px; width: max-content; max-width: 100%; touch-action: none; user-select: none; }
.cells button { width: var(--cell); height: var(--cell); padding: 0; border-radius: 3px; cursor: pointer;
  border: 1px solid color-mix(in srgb, currentColor 45%, transparent); background: transparent; color: inherit; }
.cells button[aria-pressed=true] { background: currentColor; }
.cells button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 1px; }
.hint { font-size: 0.8rem; opacity: 0.8; margin: 6px 0 0; }
"""

_JS = """
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".board")
  root.tell = (told) => setTriggerValue("painted", told)
  if (!root.cells) {
    root.innerHTML = `<div class="cells" role="group"></div><p class="hint"></p>`
    root.cells = root.querySelector(".cells")
    root.board = Math.random().toString(36).slice(2)
    // Strokes [number, row, column, value] that the server has not answered yet: they stay on top of what it sends.
    root.strokes = []
    root.count = root.told = 0
    const tell = () => {
      clearTimeout(root.timer)
      if (root.told === root.count) return
      root.told = root.count
      root.tell({ board: root.board, strokes: root.strokes })
    }
    const say = (wait) => {
      clearTimeout(root.timer)
      root.timer = setTimeout(tell, wait)
    }
    const put = (button, value) => {
      if ((button.ariaPressed === "true") === value) return
      button.ariaPressed = value ? "true" : "false"
      root.strokes = [...root.strokes, [++root.count, ...button.at, value ? 1 : 0]]
    }
    const under = (event) => {
      const hit = root.getRootNode().elementFromPoint(event.clientX, event.clientY)
      return root.cells.contains(hit) && hit.tagName === "BUTTON" ? hit : null
    }
    root.cells.addEventListener("pointerdown", (event) => {
      const button = under(event)
      if (!button || event.button) return
      root.brush = button.ariaPressed !== "true"
      put(button, root.brush)
      root.focusOn(button)
      button.focus()
      event.preventDefault()
    })
    root.cells.addEventListener("pointermove", (event) => {
      const button = root.brush === undefined ? null : under(event)
      if (button) put(button, root.brush)
    })
    const end = () => { if (root.brush !== undefined) { root.brush = undefined; say(60) } }
    root.cells.addEventListener("pointerup", end)
    root.cells.addEventListener("pointerleave", end)
    root.cells.addEventListener("click", (event) => {
      // A click without a pointer: a reader's software, or Enter.
      if (event.detail === 0 && event.target.tagName === "BUTTON") {
        put(event.target, event.target.ariaPressed !== "true")
        say(300)
      }
    })
    // Who leaves the cells goes on to a button, say Clear, which must come after what was painted.
    root.cells.addEventListener("focusout", (event) => { if (!root.cells.contains(event.relatedTarget)) tell() })
    root.cells.addEventListener("keydown", (event) => {
      const at = event.target.at
      const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
      if (!at) return
      event.stopPropagation()
      if (!move) return
      event.preventDefault()
      const row = root.rows[at[0] + move[0]]
      const next = row && row[at[1] + move[1]]
      if (next) { root.focusOn(next); next.focus() }
    })
    root.focusOn = (button) => {
      for (const each of root.rows.flat()) each.tabIndex = each === button ? 0 : -1
    }
  }
  root.cells.ariaLabel = data.label
  root.querySelector(".hint").textContent = data.hint
  const values = data.cells.split("/")
  const shape = `${values.length} ${values[0].length}`
  if (root.shape !== shape) {
    root.shape = shape
    const wide = values[0].length
    root.cells.style.gridTemplateColumns = `repeat(${wide}, max-content)`
    root.cells.style.setProperty("--cell", `min(${wide > 20 ? 16 : 26}px, calc((100cqw - ${2 * wide}px) / ${wide}))`)
    root.rows = values.map((row, i) => [...row].map((_, j) => {
      const button = document.createElement("button")
      button.type = "button"
      button.at = [i, j]
      button.tabIndex = i + j ? -1 : 0
      button.ariaLabel = values.length > 1 ? `row ${i}, column ${j}` : `cell ${j}`
      return button
    }))
    root.cells.replaceChildren(...root.rows.flat())
  }
  if (data.board === root.board) root.strokes = root.strokes.filter(([number]) => number > data.heard)
  const shown = values.map((row) => [...row])
  for (const [, i, j, value] of root.strokes) if (shown[i]?.[j] !== undefined) shown[i][j] = String(value)
  for (const [i, row] of shown.entries()) {
    for (const [j, value] of row.entries()) root.rows[i][j].ariaPressed = value === "1" ? "true" : "false"
  }
  return () => { clearTimeout(root.timer); root.tell = () => {} }
}
"""

_mount = st.components.v2.component(
    "mips_paint", html='<div class="board" style="container-type:inline-size"></div>', css=_CSS, js=_JS
)

Stroke = tuple[int, int, int]
"""Row and column of a cell, and the value that it gets."""


def cells_text(rows: Sequence[Sequence[int]]) -> str:
    """Write cells as an address holds them.

    >>> cells_text([[0, 1], [1, 1]])
    '01/11'
    """
    return "/".join("".join("1" if value else "0" for value in row) for row in rows)


def read_cells(text: str, most: int) -> list[list[int]]:
    """Read cells: rows of equal length, at most ``most`` of them and as many cells in each.

    Raises
    ------
    ValueError
        when they are something else.
    """
    rows = text.split("/")
    good = 0 < len(rows) <= most and {len(row) for row in rows} == {len(rows[0])} and 0 < len(rows[0]) <= most
    if not good or set(text) - set("01/"):
        raise ValueError("no rows of cells of 0 and 1")
    return [[int(value) for value in row] for row in rows]


def painted(rows: Sequence[Sequence[int]], strokes: Sequence[Stroke]) -> list[list[int]]:
    """Return the cells after some strokes; those that lie outside, as of a larger grid before, count for nothing.

    >>> painted([[0, 0], [1, 1]], [(0, 1, 1), (1, 1, 0), (2, 0, 1)])
    [[0, 1], [1, 0]]
    """
    cells = [list(row) for row in rows]
    for row, column, value in strokes:
        if row < len(cells) and column < len(cells[0]):
            cells[row][column] = value
    return cells


def paint(
    rows: Sequence[Sequence[int]], key: str, *, label: str, hint: str, on_painted: Callable[[list[Stroke]], None]
) -> None:
    """Show the grid; ``on_painted`` gets the strokes that are new since it was last called.

    Strokes are numbered, and told until the page has shown which were heard: whatever else has changed the cells
    meanwhile, and however late it is shown, nothing that was painted is lost.
    """
    heard = f"{key}_heard"
    board, last = st.session_state.get(heard, ("", 0))

    def told() -> None:
        value = (st.session_state.get(key) or {}).get("painted")
        if value is None:
            return
        board, last = st.session_state.get(heard, ("", 0))
        new = [stroke for stroke in value["strokes"] if value["board"] != board or stroke[0] > last]
        if new:
            st.session_state[heard] = value["board"], new[-1][0]
            on_painted([(row, column, cell) for _, row, column, cell in new])

    data = {"cells": cells_text(rows), "board": board, "heard": last, "label": label, "hint": hint}
    _mount(key=key, data=data, on_painted_change=told)
