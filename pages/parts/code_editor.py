"""A field for code: line numbers, Tab and Enter indent, Ctrl+Enter checks, and the line of an error is marked.

Streamlit's own text area has none of these, and editors from the community bring frames and themes of their own.
"""

from collections.abc import Callable

import streamlit as st

_CSS = """
:host, .field { color: var(--st-text-color); font-family: var(--st-font); }
.box { display: flex; border: 1px solid var(--st-border-color); border-radius: 8px; overflow: hidden;
  background: var(--st-secondary-background-color); }
.box:focus-within { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
.numbers, textarea { font-family: var(--st-code-font); font-size: 0.875rem; line-height: 1.5; tab-size: 4; margin: 0; }
.numbers { flex: none; padding: 10px 8px 40px 12px; text-align: right; opacity: 0.75; user-select: none;
  white-space: pre; overflow: hidden; }
.numbers .bad { font-weight: 700; color: var(--st-orange-text-color, #a14700); }
textarea { flex: 1; min-width: 0; border: 0; outline: 0; resize: none; padding: 10px 12px 10px 4px; white-space: pre;
  overflow: auto; color: inherit; background: transparent; max-height: 30rem; }
.hint { font-size: 0.8rem; opacity: 0.8; margin: 4px 0 0; }
"""

_JS = """
export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".field")
  if (!root.area) {
    root.innerHTML = `<div class="box"><div class="numbers" aria-hidden="true"></div>
      <textarea spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off"></textarea></div>
      <p class="hint"></p>`
    root.area = root.querySelector("textarea")
    root.numbers = root.querySelector(".numbers")
    const area = root.area
    const insert = (text) => {
      // The one way that keeps the browser's own undo.
      if (!document.execCommand("insertText", false, text)) area.setRangeText(text, area.selectionStart,
        area.selectionEnd, "end")
      root.draw()
    }
    const indentOf = () => {
      const before = area.value.slice(0, area.selectionStart).split("\\n").pop()
      return before.match(/^ */)[0] + (before.trimEnd().endsWith(":") ? "    " : "")
    }
    root.draw = () => {
      const lines = area.value.split("\\n").length
      area.rows = Math.max(4, lines)
      root.numbers.replaceChildren(...Array.from({ length: lines }, (_, i) => {
        const line = document.createElement("div")
        line.textContent = i + 1 === root.bad ? `\\u25b8${i + 1}` : i + 1
        if (i + 1 === root.bad) line.className = "bad"
        return line
      }))
      root.numbers.style.maxHeight = `${area.offsetHeight}px`
      root.numbers.scrollTop = area.scrollTop
    }
    root.send = () => {
      if (area.value === root.sent) return
      root.sent = area.value
      root.tell("text", area.value)
    }
    area.addEventListener("input", () => { root.bad = null; root.draw() })
    area.addEventListener("scroll", () => { root.numbers.scrollTop = area.scrollTop })
    area.addEventListener("blur", () => { root.leave = false; root.send() })
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        event.stopPropagation()
        root.sent = area.value
        root.trigger("check", area.value)
        return
      }
      if (event.key === "Escape") { root.leave = true; return }
      if (event.key === "Tab" && !root.leave && !event.shiftKey) {
        event.preventDefault()
        insert("    ")
      } else if (event.key === "Tab" && !root.leave) {
        event.preventDefault()
        const start = area.value.lastIndexOf("\\n", area.selectionStart - 1) + 1
        const spaces = area.value.slice(start, start + 4).match(/^ */)[0].length
        if (spaces) {
          const at = area.selectionStart
          area.setSelectionRange(start, start + spaces)
          document.execCommand("delete")
          area.setSelectionRange(Math.max(start, at - spaces), Math.max(start, at - spaces))
        }
        root.draw()
      } else if (event.key === "Enter") {
        event.preventDefault()
        insert("\\n" + indentOf())
      }
      if (event.key !== "Tab" && event.key !== "Shift") root.leave = false
      event.stopPropagation()
    })
  }
  root.tell = setStateValue
  root.trigger = setTriggerValue
  root.area.setAttribute("aria-label", data.label)
  root.querySelector(".hint").textContent = data.hint
  if (root.version !== data.version) {
    root.version = data.version
    root.area.value = data.text
    root.sent = data.text
  }
  root.bad = data.bad
  root.draw()
}
"""

_mount = st.components.v2.component("mips_code_editor", html='<div class="field"></div>', css=_CSS, js=_JS)


def code_editor(
    text: str,
    version: int,
    key: str,
    *,
    label: str,
    hint: str,
    bad_line: int | None = None,
    on_edit: Callable[[str], None],
    on_check: Callable[[str], None],
) -> None:
    """Show the field.

    Parameters
    ----------
    text : what it holds at first, and again whenever ``version`` changes
    label : its name for screen readers
    hint : a line below it
    bad_line : the line to mark, from 1
    on_edit, on_check : get the text when the reader leaves the field, and on Ctrl+Enter
    """

    def told(event: str, tell: Callable[[str], None]) -> None:
        value = (st.session_state.get(key) or {}).get(event)
        if value is not None:
            tell(str(value))

    _mount(
        key=key,
        data={"text": text, "version": version, "label": label, "hint": hint, "bad": bad_line},
        on_text_change=lambda: told("text", on_edit),
        on_check_change=lambda: told("check", on_check),
    )
