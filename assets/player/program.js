// The program: its lines, which of them ran at this step, and what each set its variables to.
class Program {
  constructor(place, view, toggle) {
    this.part = view.program
    this.length = view.length
    const said = (text) => `<p class="said">${escapeHtml(text)}</p>`
    if (!this.part.rows) {
      place.innerHTML = `<h3>Program</h3>${said(this.part.missing)}`
      return
    }
    const button = `<button class="small" data-act="lines" aria-pressed="false" title="Walk through the lines of a step (arrow keys up and down)">${svgIcon("lines")}line by line</button>`
    const warning = this.part.missing ? said(this.part.missing) : ""
    const rows = this.part.rows.map(([number, html]) =>
      number
        ? `<div class="row"><i>${number}</i><code>${html || " "}</code><output></output></div>`
        : `<div class="row gap"><i>⋮</i><code>${html}</code><output></output></div>`)
    place.innerHTML = `<h3>Program${button}</h3>${warning}<div class="code" tabindex="0" role="region" aria-label="The program's lines">${rows.join("")}</div>
      <p class="memory"></p>`
    this.box = place.querySelector(".code")
    this.rows = [...this.box.querySelectorAll(".row")]
    this.values = this.rows.map((row) => row.querySelector("output"))
    this.sides = [...this.box.querySelectorAll(".side")]
    this.memory = place.querySelector(".memory")
    this.button = place.querySelector("[data-act=lines]")
    this.button.addEventListener("click", toggle)
    for (const row of this.rows) {
      const code = row.querySelector("code")
      const margin = code.textContent.match(/^ */)[0].length
      code.style.setProperty("--margin", `${margin}ch`)
    }
    this.remember()
  }

  // The remembered variables after each step, from what the lines set.
  remember() {
    const [names, now] = [this.part.remembered, {}]
    this.after = this.part.steps.map((_, n) => {
      for (const line of this.lines(n)) line.names.forEach((name, i) => (now[name] = line.values[i]))
      return Object.fromEntries(names.map((name) => [name, now[name]]))
    })
  }

  // The statements that ran at step n, in order, each with its names and values.
  lines(n) {
    const values = this.part.values[n] || []
    let next = 0
    const pattern = this.part.patterns[this.part.steps[n]] || []
    return pattern.map(([statement, names, sides, read]) => ({
      statement, names, sides, read, values: values.slice(next, (next += names.length)),
    }))
  }

  count(n) {
    return this.part.rows && n < this.part.steps.length ? this.lines(n).length : 0
  }

  // Show step n with its first `line + 1` statements done; `walking` marks the last of them as the one to look at.
  show(n, line, walking) {
    if (!this.part.rows) return
    const mark = `${n} ${line} ${walking}`
    if (mark === this.mark) return
    this.mark = mark
    const lines = n < this.part.steps.length ? this.lines(n) : []
    const last = Math.min(line, lines.length - 1)
    for (const row of this.rows) row.classList.remove("ran", "now", "read", "ahead")
    for (const value of this.values) value.textContent = ""
    for (const side of this.sides) side.classList.remove("taken", "left")
    const memory = { ...(this.after[n - 1] || {}) }
    let current = null
    lines.forEach((one, i) => {
      const [first, end] = this.part.statements[one.statement]
      for (let r = first; r <= end; r++) this.rows[r].classList.add(i <= last ? "ran" : "ahead")
      if (i > last) return
      one.names.forEach((name, k) => name in memory || this.part.remembered.includes(name) ? (memory[name] = one.values[k]) : 0)
      this.values[end].textContent = this.note(one)
      if (i === last) current = one
      this.mark_sides(one)
    })
    if (current && (walking || lines.length)) {
      const [first, end] = this.part.statements[current.statement]
      for (let r = first; r <= end; r++) this.rows[r].classList.add("now")
    }
    for (const one of lines.slice(0, last + 1)) for (const row of one.read) this.rows[row].classList.add("read")
    this.remembers(memory, n, last === lines.length - 1)
    this.follow(lines.slice(0, last + 1), walking)
  }

  note({ names, values, statement }) {
    if (names.length) return names.map((name, i) => (name ? `${name} = ${values[i]}` : `→ ${values[i]}`)).join(", ")
    const text = this.rows[this.part.statements[statement][0]].querySelector("code").textContent.trim()
    return text.startsWith("for ") ? "no input left" : ""
  }

  mark_sides({ statement, sides }) {
    const [first, end] = this.part.statements[statement]
    for (const side of this.sides) {
      const row = this.rows.indexOf(side.closest(".row"))
      if (row < first || row > end) continue
      side.classList.add(sides.includes(Number(side.dataset.side)) ? "taken" : "left")
    }
  }

  remembers(memory, n, whole) {
    const names = this.part.remembered
    if (!names.length) return void (this.memory.textContent = "It remembers nothing between steps.")
    const error = this.part.error && n >= this.part.steps.length - 1 && whole ? ` ${this.part.error}` : ""
    const parts = names.map((name) => `<span><b>${escapeHtml(name)}</b> ${escapeHtml(memory[name] ?? "–")}</span>`)
    this.memory.innerHTML = `Remembers ${parts.join(" ")}${escapeHtml(error)}`
  }

  // Scroll inside the panel only, so that the line at work is in view.
  follow(lines, walking) {
    if (!lines.length || this.box.scrollHeight <= this.box.clientHeight + 1) return
    const wanted = walking ? [lines[lines.length - 1]] : lines
    const rows = wanted.flatMap((one) => [...one.read, ...this.part.statements[one.statement]])
    const top = (row) => row.offsetTop - this.box.offsetTop
    const ends = rows.map((r) => this.rows[r])
    const [high, low] = [Math.min(...ends.map(top)), Math.max(...ends.map((row) => top(row) + row.offsetHeight))]
    if (low > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = low - this.box.clientHeight + 8
    if (high < this.box.scrollTop) this.box.scrollTop = Math.max(0, high - 8)
  }

  walk(on) {
    this.button?.setAttribute("aria-pressed", on)
  }
}
