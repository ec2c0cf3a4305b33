// The knots as a table of fields. What is typed wrongly is named and stays in its field; the curve stays as it was.
class KnotTable {
  constructor(place, editor) {
    this.editor = editor
    place.innerHTML = `<table><thead><tr><th scope="col">Knot</th><th scope="col" class="x"></th><th scope="col">Score</th>
      <th scope="col"><span class="hear">Delete</span></th></tr></thead><tbody></tbody></table><p class="faults" role="status"></p>`
    this.body = place.querySelector("tbody")
    this.head = place.querySelector("th.x")
    this.faults = place.querySelector(".faults")
    this.drafts = false // something typed is not yet right
    place.addEventListener("input", (event) => this.typing(event.target))
    place.addEventListener("change", () => this.editor.commit())
    place.addEventListener("focusin", (event) => this.rowOf(event.target) < this.editor.term.knots.length && this.editor.select(this.rowOf(event.target), false))
    place.addEventListener("click", (event) => event.target.closest("button") && this.editor.remove(this.rowOf(event.target), "table"))
    place.addEventListener("keydown", (event) => this.key(event))
  }

  rowOf(node) {
    return [...this.body.children].indexOf(node.closest("tr"))
  }

  // The fields follow the curve, except those that somebody is typing into.
  show(force = false) {
    const { term, view, selected } = this.editor
    this.head.textContent = view.axis
    const focused = this.body.getRootNode().activeElement
    const place = this.body.contains(focused) ? [this.rowOf(focused), focused.dataset.of] : null
    if (this.body.childElementCount !== term.knots.length + 1) {
      this.body.replaceChildren(...term.knots.map((_, k) => this.row(k)), this.missing())
      if (place) this.focus(Math.min(place[0], term.knots.length - 1), place[1])
    }
    for (const [k, row] of [...this.body.children].entries()) {
      row.classList.toggle("selected", k === selected)
      const values = k < term.knots.length ? { x: term.knots[k][0], y: term.knots[k][1] } : { missing: term.missing }
      for (const field of row.querySelectorAll("input")) {
        const value = values[field.dataset.of]
        if (force || (typed(field.value) !== value && !this.drafts && field !== focused)) field.value = exact(value)
      }
      const drop = row.querySelector("button")
      if (drop) drop.disabled = term.knots.length <= FEWEST
    }
    if (force) this.judge()
  }

  row(k) {
    const row = document.createElement("tr")
    const field = (of, label) => `<td><input type="text" inputmode="decimal" autocomplete="off" spellcheck="false" data-of="${of}" aria-label="${label} of knot ${k + 1}"></td>`
    row.innerHTML = `<th scope="row">${k + 1}</th>${field("x", "x")}${field("y", "score")}<td><button type="button" aria-label="Delete knot ${k + 1}" title="Delete knot ${k + 1}">×</button></td>`
    return row
  }

  missing() {
    const row = document.createElement("tr")
    const { teacher } = this.editor.view
    const rows = teacher.missing_rows ? `${teacher.missing_rows.toLocaleString("en-US")} training rows; teacher ${brief(teacher.missing)}` : "no training row"
    row.innerHTML = `<th scope="row" colspan="2" class="words">missing <small></small></th><td><input type="text" inputmode="decimal" autocomplete="off" spellcheck="false" data-of="missing" aria-label="score where the value is missing"></td><td></td>`
    row.querySelector("small").textContent = `(${rows})`
    return row
  }

  focus(row, of) {
    const found = this.body.children[Math.max(0, row)]?.querySelector(`[data-of="${of}"]`)
    ;(found ?? this.body.querySelector("input")).focus()
  }

  texts() {
    return [...this.body.children].slice(0, -1).map((row) => [...row.querySelectorAll("input")].map((field) => field.value))
  }

  // Mark what is wrong; tell whether all is right.
  judge() {
    const fields = [...this.body.querySelectorAll("input")]
    const last = fields[fields.length - 1]
    const found = faults(this.texts(), STRETCH[this.editor.term.fx].above, this.last)
    found.push(Number.isFinite(typed(last.value)) ? null : { of: "missing", words: `The score of missing values: ${noNumber(last.value)}` })
    for (const [k, row] of [...this.body.children].entries()) {
      row.classList.toggle("bad", found[k] !== null)
      for (const field of row.querySelectorAll("input")) field.setAttribute("aria-invalid", String(found[k]?.of === field.dataset.of || !Number.isFinite(typed(field.value))))
    }
    const said = found.filter(Boolean).map((fault) => fault.words)
    this.drafts = said.length > 0
    const text = said.length ? `${said.join(" ")} The curve stays as it was; Esc takes the typing back.` : ""
    if (this.faults.textContent !== text) this.faults.textContent = text
    return !this.drafts
  }

  typing(field) {
    this.last = this.rowOf(field)
    if (!this.judge()) return
    const { term } = this.editor
    if (field.dataset.of === "missing") return this.editor.put({ ...term, missing: typed(field.value) })
    this.editor.put({ ...term, knots: this.texts().map((row) => row.map(typed)) })
  }

  key(event) {
    const field = event.target
    event.stopPropagation() // keys typed here are no shortcuts of the page
    if (field.tagName !== "INPUT") return
    if (event.key === "Escape") {
      this.drafts = false
      this.show(true)
    } else if (event.key === "Enter") {
      this.editor.commit()
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault()
      const row = this.rowOf(field) + (event.key === "ArrowUp" ? -1 : 1)
      const next = this.body.children[row]
      if (next) (next.querySelector(`[data-of="${field.dataset.of}"]`) ?? next.querySelector("input")).focus()
    }
  }
}
