// The levels of a feature that holds words: for each a bar and a field. The same fields for unseen and missing values.
const MOST_ROWS = 16 // of more rows some are seen by scrolling

class LevelTable {
  constructor(place, editor) {
    this.editor = editor
    this.place = place
    place.addEventListener("input", (event) => this.typing(event.target))
    place.addEventListener("change", () => this.editor.commit())
    place.addEventListener("keydown", (event) => this.key(event))
  }

  build() {
    const { view, term } = this.editor
    this.place.innerHTML = `<table class="levels"><thead><tr><th scope="col"></th><th scope="col">Score</th><th scope="col">Picture</th></tr></thead><tbody></tbody></table><p class="faults" role="status"></p>`
    this.place.querySelector("th").textContent = view.feature
    this.faults = this.place.querySelector(".faults")
    this.body = this.place.querySelector("tbody")
    this.rows = term.values.map((_, k) => {
      const row = document.createElement("tr")
      const { name, rows, teacher } = view.levels[k]
      row.innerHTML = `<th scope="row"><span></span><small></small></th><td><input type="text" inputmode="decimal" autocomplete="off" spellcheck="false"></td>
        <td class="bar" aria-hidden="true"><div><i class="zero"></i><i class="value"></i><i class="was"></i><i class="teacher"></i></div><small></small></td>`
      row.querySelector("span").textContent = name
      row.querySelector("th small").textContent = rows === null ? "" : rows === 1 ? "1 training row" : `${rows.toLocaleString("en-US")} training rows`
      row.querySelector("input").setAttribute("aria-label", `score of ${name}`)
      row.querySelector(".bar small").textContent = `${teacher === null ? "" : `teacher ${brief(teacher)} · `}distilled ${brief(view.distilled[k])}`
      if (teacher === null) row.querySelector(".teacher").remove()
      return row
    })
    this.body.replaceChildren(...this.rows)
    if (this.rows.length > MOST_ROWS) {
      this.place.classList.add("many")
      Object.assign(this.place, { tabIndex: 0, role: "region", ariaLabel: `${this.rows.length} rows of levels` })
    }
  }

  show(force = false) {
    const { view, term } = this.editor
    if (this.view !== view) {
      this.view = view
      this.build()
    }
    const all = [0, ...term.values, ...view.distilled, ...view.levels.map((each) => each.teacher ?? 0)]
    const [low, high] = [Math.min(...all), Math.max(...all)]
    const at = (value) => (high > low ? ((value - low) / (high - low)) * 100 : 50)
    const bar = (node, value) => Object.assign(node.style, { left: `${at(Math.min(0, value))}%`, width: `${at(Math.max(0, value)) - at(Math.min(0, value))}%` })
    const focused = this.place.getRootNode().activeElement
    for (const [k, row] of this.rows.entries()) {
      const field = row.querySelector("input")
      if (force || (typed(field.value) !== term.values[k] && field !== focused && !row.classList.contains("bad"))) field.value = exact(term.values[k])
      bar(row.querySelector(".value"), term.values[k])
      bar(row.querySelector(".was"), view.distilled[k])
      row.querySelector(".zero").style.left = `${at(0)}%`
      const { teacher } = view.levels[k]
      if (teacher !== null) row.querySelector(".teacher").style.left = `${at(teacher)}%`
      row.classList.toggle("changed", term.values[k] !== view.distilled[k])
    }
    if (force) this.judge()
  }

  judge() {
    const said = []
    for (const row of this.rows) {
      const field = row.querySelector("input")
      const good = Number.isFinite(typed(field.value))
      row.classList.toggle("bad", !good)
      field.setAttribute("aria-invalid", String(!good))
      if (!good) said.push(`${row.querySelector("span").textContent}: ${noNumber(field.value)}`)
    }
    this.faults.textContent = said.length ? `${said.join(" ")} The score stays as it was; Esc takes the typing back.` : ""
  }

  typing(field) {
    this.judge()
    const { term } = this.editor
    const k = this.rows.indexOf(field.closest("tr"))
    const value = typed(field.value)
    if (Number.isFinite(value)) this.editor.put({ ...term, values: term.values.map((old, i) => (i === k ? value : old)) })
  }

  key(event) {
    event.stopPropagation()
    const field = event.target
    if (field.tagName !== "INPUT") return
    const k = this.rows.indexOf(field.closest("tr"))
    if (event.key === "Escape") {
      field.value = exact(this.editor.term.values[k])
      this.judge()
    } else if (event.key === "Enter") {
      this.editor.commit()
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault()
      this.rows[k + (event.key === "ArrowUp" ? -1 : 1)]?.querySelector("input").focus()
    }
  }
}
