// The editor of one feature: what is edited, what is selected, and what the server has been told.
const KEYS = "Arrow keys move it, with Shift further. Delete removes it, Insert adds one after it, Enter goes to its fields, Ctrl+Z undoes."
const TOUCH = "Drag a knot with a finger, or tap it to choose it. The buttons above add a knot after it, or delete it. The fields below take exact numbers."
const REST = 350 // ms without a further key before the server hears of it

class CurveEditor {
  constructor(root) {
    this.root = root
    this.sent = 0
    this.observer = new ResizeObserver(() => this.resized())
    this.observer.observe(root)
    root.addEventListener("keydown", (event) => this.key(event))
  }

  // New data: another feature rebuilds all; what the server asks for is taken unless something newer was done here.
  update(data, tell) {
    this.tell = tell
    if (data.id !== this.id) {
      this.finish()
      Object.assign(this, { id: data.id, view: data.view, selected: 0, otherAxis: false, asked: data.asked.n })
      this.build()
      this.take(data.asked)
    } else if (data.asked.n !== this.asked) {
      this.asked = data.asked.n
      if (data.asked.heard >= this.sent && !this.chart?.drag && !this.waiting) this.take(data.asked)
    }
  }

  build() {
    const levels = this.view.kind === "levels"
    const key = (name, words) => `<span class="${name}"><i></i>${words}</span>`
    this.root.innerHTML = levels
      ? `<p class="legend">${key("edited solid", "Edited")}${key("distilled box", "Distilled")}${key("teacher tick", "Teacher")}</p><div class="table"></div><p class="hear" aria-live="polite"></p>`
      : `<div class="tools"><p class="legend">${key("teacher", "Teacher")}${key("distilled", "Distilled")}${key("edited", "Edited")}${key("rows", "Training rows")}</p>
        <div><button type="button" data-act="axis" aria-pressed="false" title="Only how it is drawn; the curve stays"></button><button type="button" data-act="add" title="In the segment after the selected knot (Insert)">Add a knot</button><button type="button" data-act="remove" title="The selected knot (Delete)">Delete the knot</button></div></div>
        <div class="place"></div><p class="hint"><span class="by-keys">Drag a knot, or choose it with Tab: ${KEYS.charAt(0).toLowerCase()}${KEYS.slice(1)} A double click adds a knot on the curve.</span><span class="by-touch">${TOUCH}</span></p>
        <div class="lower"><div class="table"></div><div class="options"></div></div><p class="hear" aria-live="polite"></p>`
    const find = (selector) => this.root.querySelector(selector)
    this.says = find(".hear[aria-live]")
    this.chart = levels ? null : new Chart(find(".place"), this)
    this.table = levels ? new LevelTable(find(".table"), this) : new KnotTable(find(".table"), this)
    this.axisButton = find("[data-act=axis]")
    this.options = levels ? null : new CurveOptions(find(".options"), this)
    find(".tools")?.addEventListener("click", (event) => {
      const act = event.target.closest("button")?.dataset.act
      if (act === "add") this.addAfter(this.selected)
      if (act === "remove") this.remove(this.selected, "tools")
      if (act === "axis") {
        this.otherAxis = !this.otherAxis
        this.resized()
      }
    })
  }

  // The server's curve, as it is.
  take({ term, mono }) {
    this.told = JSON.stringify(term)
    this.term = term
    this.mono = mono
    if (this.options) this.options.wanted = null
    this.selected = clamp(this.selected, 0, (term.knots?.length ?? 1) - 1)
    if (this.table instanceof KnotTable) this.table.drafts = false
    this.resized()
    this.table.show(true)
    this.options?.show()
  }

  resized() {
    if (!this.chart || !this.term || !this.root.clientWidth) return
    this.chart.resize(this.root.clientWidth)
    this.axisButton.textContent = this.term.fx === "identity" ? "Log axis" : "Even axis"
    this.axisButton.ariaPressed = String(this.otherAxis)
  }

  // A curve of ours; the server hears of it on commit.
  put(term) {
    this.term = term
    this.options?.forget()
    if (this.chart) {
      if (this.chart.drag) this.chart.draw()
      else this.resized()
    }
    this.table.show()
    this.options?.show()
  }

  commit() {
    clearTimeout(this.waiting)
    this.waiting = null
    if (this.chart?.drag || !this.term) return
    const now = JSON.stringify(this.term)
    if (now === this.told) return
    this.told = now
    this.sent = Math.max(Date.now(), this.sent + 1)
    this.tell("edited", { id: this.id, feature: this.view.feature, turn: this.sent, term: this.term })
  }

  // A new fit is the server's; what was not told yet goes first, so that it can be undone.
  refit(segments, mono) {
    this.commit()
    this.sent = Math.max(Date.now(), this.sent + 1)
    this.tell("refit", { id: this.id, feature: this.view.feature, turn: this.sent, segments, mono })
  }

  // Before another feature is shown, and when the page is left: what waits is told.
  finish() {
    if (this.waiting) this.commit()
  }

  rest() {
    clearTimeout(this.waiting)
    this.waiting = setTimeout(() => this.commit(), REST)
  }

  select(at, draw = true) {
    if (at === this.selected || at < 0) return void (draw && this.chart.draw())
    this.selected = at
    this.chart.draw()
    this.table.show()
  }

  // Move a knot, clamped between its neighbours.
  place(at, x, y, gap) {
    const { low, high } = this.chart
    this.knotsNow(movedKnot(this.term.knots, at, x, y, gap, Math.min(low, this.term.knots[0][0]), Math.max(high, this.term.knots[this.term.knots.length - 1][0]), this.view.whole))
  }

  knotsNow(knots) {
    this.table.drafts = false
    this.put({ ...this.term, knots })
    this.table.show(true)
  }

  add(x) {
    const grown = withKnot(this.term, x)
    if (grown) this.grown(grown)
  }

  addAfter(at) {
    const { knots } = this.term
    const left = Math.min(at, knots.length - 2)
    const grown = withKnot(this.term, middleOf(knots[left][0], knots[left + 1][0], this.chart.fx))
    if (grown) this.grown(grown)
  }

  grown({ knots, at }) {
    this.selected = at
    this.knotsNow(knots)
    this.chart.knots.children[at].focus({ preventScroll: true })
    this.speak(`Knot ${at + 1} of ${knots.length} added. ${this.knotWords(at)}`)
    this.rest()
  }

  remove(at, from) {
    if (this.term.knots.length <= FEWEST) return this.speak("A curve keeps at least two knots.")
    const knots = withoutKnot(this.term.knots, at)
    this.selected = clamp(at, 0, knots.length - 1)
    this.knotsNow(knots)
    if (from === "table") this.table.focus(this.selected, "x")
    else this.chart.knots.children[this.selected].focus({ preventScroll: true })
    this.speak(`Knot ${at + 1} deleted; ${knots.length} are left.`)
    this.rest()
  }

  key(event) {
    const target = event.composedPath()[0]
    if (event.altKey || !this.chart) return
    const take = () => { event.preventDefault(); event.stopPropagation() }
    if (event.ctrlKey || event.metaKey) {
      const what = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[event.key.toLowerCase()]
      if (!what || !this.chart.svg.contains(target)) return
      this.commit()
      this.tell("history", { what, turn: Date.now() })
      return take()
    }
    if (event.key === "Escape" && this.chart.drag) { this.chart.cancel(); return take() }
    const at = [...this.chart.knots.children].indexOf(target)
    if (at < 0) return
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }
    const acts = { Delete: () => this.remove(at), Backspace: () => this.remove(at), Insert: () => this.addAfter(at), "+": () => this.addAfter(at), Enter: () => this.table.focus(at, "y") }
    if (ways[event.key]) this.nudge(at, ...ways[event.key].map((way) => way * (event.shiftKey ? 10 : 1)))
    else if (acts[event.key]) acts[event.key]()
    else return
    take()
  }

  // One step is about two pixels, and a whole number where all values are whole.
  nudge(at, across, up) {
    const [x, y] = this.term.knots[at]
    const { chart } = this
    const fine = niceStep((2 * chart.span) / chart.plot.w / STRETCH[chart.fx].slope(x))
    const xStep = this.view.whole ? Math.max(1, fine) : fine
    const yStep = niceStep((2 * (chart.most - chart.least)) / chart.plot.h)
    const knots = movedKnot(this.term.knots, at, across ? roundTo(x + across * xStep, xStep) : x, up ? roundTo(y + up * yStep, yStep) : y, xStep, this.lowest(), Infinity, this.view.whole)
    this.knotsNow(knots)
    this.speak(this.knotWords(at))
    this.rest()
  }

  lowest() {
    const { above } = STRETCH[this.term.fx]
    return above === -Infinity ? above : above + 1e-9 + (this.term.knots[0][0] - above) / 1000
  }

  speak(text) {
    clearTimeout(this.speaking)
    this.speaking = setTimeout(() => { this.says.textContent = text }, 150)
  }

  knotWords(at) {
    const [x, y] = this.term.knots[at]
    return `Knot ${at + 1}: ${this.view.feature} ${brief(x)}, score ${brief(y)}.`
  }

  // The chart in words.
  words() {
    const { view, term } = this
    const knots = term.knots.map(([x, y]) => `${brief(x)}: ${brief(y)}`).join("; ")
    const { x, y } = view.teacher
    const teacher = x.length ? ` The teacher has ${view.distinct.toLocaleString("en-US")} values from ${brief(Math.min(...y))} to ${brief(Math.max(...y))}.` : ""
    return `Score over ${view.axis}. The edited curve has ${term.knots.length} knots: ${knots}.${teacher} ${KEYS}`
  }

  stop() {
    this.finish()
    this.observer.disconnect()
  }
}
