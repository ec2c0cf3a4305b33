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
    this.plain = this.rows.map((row) => row.className)
    this.texts = this.rows.map((row) => row.querySelector("code").textContent.trim())
    const names = this.part.remembered.map((name) => `<span><b>${escapeHtml(name)}</b> = <u></u></span>`)
    place.querySelector(".memory").innerHTML = `${names.length ? `Remembers ${names.join(" ")}` : "It remembers nothing between steps."} <em></em>`
    this.slots = [...place.querySelectorAll(".memory u")]
    this.stopped = place.querySelector(".memory em")
    this.carried = new Set(this.part.remembered)
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
    const rowOf = this.sides.map((side) => this.rows.indexOf(side.closest(".row")))
    this.sidesOf = this.part.statements.map(([first, end]) => this.sides.filter((_, i) => first <= rowOf[i] && rowOf[i] <= end))
    this.boxes = [...place.querySelectorAll(".code")]
    this.remember()
  }

  // The remembered variables after each step, from what the lines set.
  remember() {
    const now = {}
    this.after = this.part.steps.map((_, n) => {
      for (const line of this.lines(n)) line.names.forEach((name, i) => (now[name] = line.values[i]))
      return Object.fromEntries(this.part.remembered.map((name) => [name, now[name]]))
    })
  }

  // Give each box of lines the height that it needs in the middle of the sequence, and keep it there: values that come
  // and go then move nothing else on the page.
  measure() {
    if (!this.boxes) return
    for (const box of this.boxes) box.style.height = "auto"
    this.mark = null
    this.show(Math.ceil(this.length / 2), 1e6, false, true)
    const heights = this.boxes.map((box) => box.scrollHeight)
    this.boxes.forEach((box, i) => (box.style.height = `${heights[i] + 2}px`))
    this.mark = null
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

  // Show step n with its first `line + 1` statements done; `walking`: the last of them is the one to look at.
  show(n, line, walking, fast) {
    const mark = `${n} ${line} ${walking}`
    if (mark === this.mark) return
    this.mark = mark
    const lines = n < this.part.steps.length ? this.lines(n) : []
    const last = Math.min(line, lines.length - 1)
    const [looks, notes, taken] = [new Map(), new Map(), new Set()]
    const memory = { ...(this.after[n - 1] || {}) }
    lines.forEach((one, i) => {
      const [first, end] = this.part.statements[one.statement]
      for (let r = first; r <= end; r++) if (i <= last || !looks.has(r)) looks.set(r, i < last ? "ran" : i === last ? "ran now" : "ahead")
      if (i > last) return
      for (const r of one.read) looks.set(r, "read")
      one.names.forEach((name, k) => this.carried.has(name) && (memory[name] = one.values[k]))
      const note = this.note(one, i === last && walking)
      if (note) notes.set(end, note)
      for (const side of this.sidesOf[one.statement]) {
        taken.add(side)
        this.put(side, one.sides.includes(Number(side.dataset.side)) ? "side taken" : "side left")
      }
    })
    for (const side of this.sides) if (!taken.has(side)) this.put(side, "side")
    this.rows.forEach((row, r) => {
      this.put(row, `${this.plain[r]} ${looks.get(r) ?? ""}`.trim())
      write(this.values[r], notes.get(r) ?? "")
    })
    this.remembers(memory, n, last === lines.length - 1)
    if (!fast || n % 8 === 0) this.follow(lines.slice(0, last + 1), walking)
  }

  put(element, look) {
    if (element.className !== look) element.className = look
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
    return this.texts[this.part.statements[statement][0]]
  }

  remembers(memory, n, whole) {
    const error = this.part.error && n >= this.part.steps.length - 1 && whole ? this.part.error : ""
    this.part.remembered.forEach((name, i) => write(this.slots[i], memory[name] ?? "–"))
    write(this.stopped, error)
  }

  // Scroll inside the panel only, so that the line at work and the entry looked up are in view.
  follow(lines, walking) {
    if (!lines.length) return
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
