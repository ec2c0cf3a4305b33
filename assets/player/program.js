// The program: its lines, which of them ran at this step, and what each set its variables to.
class Program {
  constructor(place, view, toggle) {
    this.part = view.program
    this.length = view.length
    const said = (text) => `<p class="said">${escapeHtml(text)}</p>`
    if (!this.part.rows) {
      place.innerHTML = `<h2>Program</h2>${said(this.part.missing)}`
      return
    }
    const button = `<button class="small" data-act="lines" aria-pressed="false" title="Walk through the lines of a step (arrow keys up and down)">${svgIcon("lines")}line by line</button>`
    const warning = this.part.missing ? said(this.part.missing) : ""
    const rows = this.part.rows.map(([number, html]) =>
      number
        ? `<div class="row"><i>${number}</i><code>${html || " "}</code><output></output></div>`
        : `<div class="row gap"><i>⋮</i><code>${html}</code><output></output></div>`)
    const box = (kind, lines, label) =>
      lines.length ? `<div class="code ${kind}" tabindex="0" role="region" aria-label="${label}">${lines.join("")}</div>` : ""
    const head = this.part.statements.length ? this.part.statements[0][0] - 1 : 0 // the line of def
    place.innerHTML = `<h2>Program${button}</h2>${warning}${box("tables", rows.slice(0, head), "The program's table")}
      ${box("", rows.slice(head), "The program's lines")}<p class="memory"></p>`
    this.rows = [...place.querySelectorAll(".row")]
    this.values = this.rows.map((row) => row.querySelector("output"))
    this.memory = place.querySelector(".memory")
    this.button = place.querySelector("[data-act=lines]")
    this.button.addEventListener("click", toggle)
    for (const row of this.rows) {
      // The margin is drawn narrower than it is, so that more of a line fits beside its value.
      const code = row.querySelector("code")
      const margin = code.textContent.match(/^ */)[0]
      code.style.setProperty("--margin", `${margin.length * 0.55}ch`)
      code.innerHTML = code.innerHTML.replace(/^ +/, (spaces) => `<span class="margin">${spaces}</span>`)
    }
    this.sides = [...place.querySelectorAll(".side")]
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
      const note = this.note(one, i === last && walking)
      if (note) this.values[end].textContent = note
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

  // What stands beside a line that ran: the line itself names what it assigns, so the value is enough.
  note({ names, values, statement }, walking) {
    const text = this.text(statement)
    if (!names.length) return walking && text.startsWith("for ") ? "no input left" : ""
    if (names[0] === "") return `→ ${values[0]}`
    if (text.startsWith(`${names.join(", ")} = `)) return `= ${values.join(", ")}`
    return names.map((name, i) => `${name} = ${values[i]}`).join(", ")
  }

  text(statement) {
    return this.rows[this.part.statements[statement][0]].querySelector("code").textContent.trim()
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
    const parts = names.map((name) => `<span><b>${escapeHtml(name)}</b> = ${escapeHtml(memory[name] ?? "–")}</span>`)
    this.memory.innerHTML = `Remembers ${parts.join(" ")}${escapeHtml(error)}`
  }

  // Scroll inside the panel only, so that the line at work and the entry looked up are in view.
  follow(lines, walking) {
    const wanted = walking ? lines.slice(-1) : lines
    reveal(lines.flatMap((one) => one.read).map((r) => this.rows[r]))
    reveal(wanted.flatMap((one) => this.part.statements[one.statement]).map((r) => this.rows[r]))
  }

  walk(on) {
    this.button?.setAttribute("aria-pressed", on)
  }
}

function reveal(rows) {
  const box = rows[0]?.parentElement
  if (!box || box.scrollHeight <= box.clientHeight + 1) return
  const high = Math.min(...rows.map((row) => row.offsetTop))
  const low = Math.max(...rows.map((row) => row.offsetTop + row.offsetHeight))
  if (low > box.scrollTop + box.clientHeight) box.scrollTop = low - box.clientHeight + 8
  if (high < box.scrollTop) box.scrollTop = Math.max(0, high - 8)
}
