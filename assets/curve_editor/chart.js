// The chart of one feature: teacher, rows, distilled curve and the edited curve with its knots.
const NS = "http://www.w3.org/2000/svg"
const MARGIN = { left: 58, right: 18, top: 12, bottom: 46 }
const BARS = 48 // bins of the distribution
const BAR_ROOM = 34 // px
const MOST_DOTS = 160 // values of the teacher that get a dot each; of more only the steps are drawn
const FINGER = 24 // px around a knot that a finger takes hold of it
const STEADY = 3 // px that a hand may tremble: a knot drawn straight up keeps its x, one drawn aside its score

function shape(name, attributes = {}, parent = null) {
  const node = document.createElementNS(NS, name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  parent?.append(node)
  return node
}

class Chart {
  constructor(place, editor) {
    this.editor = editor
    this.svg = shape("svg", { role: "group", class: "chart" }, place)
    const clip = shape("clipPath", { id: "inside" }, this.svg)
    this.clip = shape("rect", {}, clip)
    const layer = (name) => shape("g", { class: name, "aria-hidden": "true" }, this.svg)
    this.layers = Object.fromEntries(["grid", "rows", "teacher"].map((name) => [name, layer(name)]))
    const line = (name) => shape("path", { class: name, "clip-path": "url(#inside)", "aria-hidden": "true" }, this.svg)
    this.lines = { edited: line("edited"), distilled: line("distilled") } // in this order: dashes show on the bold line
    this.cross = shape("line", { class: "cross", "aria-hidden": "true" }, this.svg)
    this.knots = shape("g", { class: "knots" }, this.svg)
    this.tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true })
    this.tip.setAttribute("aria-hidden", "true")
    place.append(this.tip)
    this.listen()
  }

  listen() {
    const { svg } = this
    svg.addEventListener("pointerdown", (event) => this.press(event))
    // Chromium heeds touch-action on the whole drawing only; elsewhere than on a knot a finger scrolls the page.
    const hold = (event) => (this.drag || this.nearest(...this.point(event.touches[0]), FINGER) !== null) && event.preventDefault()
    svg.addEventListener("touchstart", hold, { passive: false })
    svg.addEventListener("pointermove", (event) => this.move(event))
    svg.addEventListener("pointerup", (event) => this.release(event))
    svg.addEventListener("pointercancel", () => this.cancel())
    svg.addEventListener("lostpointercapture", () => this.cancel())
    svg.addEventListener("pointerleave", () => this.drag || this.hideTip())
    svg.addEventListener("dblclick", (event) => {
      const [px, py] = this.point(event)
      if (this.nearest(px, py, 14) === null && this.contains(px, py)) this.editor.add(this.xOf(px, true))
    })
  }

  // --- scales -------------------------------------------------------------------------------------------------

  // The stretch that the axis shows: the curve's, unless values lie where it is not defined or the other was asked for.
  axis() {
    const { view, term, otherAxis } = this.editor
    const least = Math.min(...view.teacher.x, ...view.distilled.knots.map(([x]) => x), term.knots[0][0])
    const wanted = !otherAxis ? term.fx : term.fx !== "identity" ? "identity" : least > 0 ? "log" : "symlog1p"
    return least > STRETCH[wanted].above ? wanted : "identity"
  }

  // Places on the screen; they stay while something is dragged, so that the pointer keeps its meaning.
  measure(width) {
    const { view, term } = this.editor
    const height = clamp(width * 0.46, 250, 430)
    const fx = this.axis()
    const xs = [...view.teacher.x, ...term.knots.map(([x]) => x), ...view.distilled.knots.map(([x]) => x)]
    let [low, high] = [Math.min(...xs), Math.max(...xs)]
    if (low === high) [low, high] = [low - 1, high + 1]
    const ys = [...view.teacher.y, ...term.knots.map(([, y]) => y), ...view.distilled.knots.map(([, y]) => y)]
    let [least, most] = [Math.min(...ys), Math.max(...ys)]
    if (least === most) [least, most] = [least - 1, most + 1]
    const pad = (most - least) * 0.07
    Object.assign(this, { width, height, fx, low, high, least: least - pad, most: most + pad })
    this.plot = { x: MARGIN.left, y: MARGIN.top, w: width - MARGIN.left - MARGIN.right, h: height - MARGIN.top - MARGIN.bottom - BAR_ROOM }
    this.from = STRETCH[fx].to(low)
    this.span = STRETCH[fx].to(high) - this.from
  }

  px(x) {
    return this.plot.x + ((STRETCH[this.fx].to(x) - this.from) / this.span) * this.plot.w
  }

  py(y) {
    return this.plot.y + ((this.most - y) / (this.most - this.least)) * this.plot.h
  }

  // What one pixel is worth at x, and in y: the fineness of a drag.
  xStep(x) {
    const step = niceStep(this.span / this.plot.w / STRETCH[this.fx].slope(x))
    const tens = 10 ** Math.floor(Math.log10(step))
    return this.editor.view.whole ? Math.max(1, tens) : tens
  }

  yStep() {
    return 10 ** Math.floor(Math.log10((this.most - this.least) / this.plot.h))
  }

  xOf(px, rounded = false) {
    const x = UNSTRETCH[this.fx](this.from + ((px - this.plot.x) / this.plot.w) * this.span)
    return rounded ? clamp(roundTo(x, this.xStep(x)), this.low, this.high) : x
  }

  yOf(py) {
    return roundTo(this.most - ((py - this.plot.y) / this.plot.h) * (this.most - this.least), this.yStep())
  }

  contains(px, py) {
    const { x, y, w, h } = this.plot
    return px >= x - 4 && px <= x + w + 4 && py >= y && py <= y + h + BAR_ROOM
  }

  // --- drawing ------------------------------------------------------------------------------------------------

  resize(width) {
    if (!width || this.drag) return
    this.measure(width)
    const { svg, plot, width: w, height: h } = this
    svg.setAttribute("width", w)
    svg.setAttribute("height", h)
    svg.setAttribute("viewBox", `0 0 ${w} ${h}`)
    for (const [key, value] of Object.entries({ x: plot.x, y: 0, width: plot.w, height: plot.y + plot.h })) this.clip.setAttribute(key, value)
    this.drawGrid()
    this.drawRows()
    this.drawTeacher()
    this.lines.distilled.setAttribute("d", this.path(this.editor.view.distilled))
    this.draw()
  }

  drawGrid() {
    const { plot, editor } = this
    const grid = this.layers.grid
    grid.replaceChildren()
    const bottom = plot.y + plot.h + BAR_ROOM
    const write = (text, x, y, anchor, name = "tick") => {
      shape("text", { x, y, "text-anchor": anchor, class: name }, grid).textContent = text
    }
    for (const tick of evenTicks(this.least, this.most, plot.h / 55)) {
      shape("line", { x1: plot.x, x2: plot.x + plot.w, y1: this.py(tick), y2: this.py(tick), class: tick === 0 ? "zero" : "rule" }, grid)
      write(tickText(tick), plot.x - 7, this.py(tick) + 4, "end")
    }
    for (const tick of ticksFor(this.fx, this.low, this.high, (x) => this.px(x), plot.w)) {
      shape("line", { x1: this.px(tick), x2: this.px(tick), y1: bottom, y2: bottom + 5, class: "mark" }, grid)
      write(tickText(tick), this.px(tick), bottom + 18, "middle")
    }
    shape("line", { x1: plot.x, x2: plot.x + plot.w, y1: bottom, y2: bottom, class: "mark" }, grid)
    const scale = this.fx === "identity" ? "" : ` · ${this.fx} scale`
    const room = Math.floor(plot.w / 7.2)
    const whole = `${editor.view.axis}${scale}`
    write(whole.length > room ? `${whole.slice(0, room - 1)}…` : whole, plot.x + plot.w / 2, bottom + 38, "middle", "title")
    write(editor.view.score, 12, plot.y + plot.h / 2, "middle", "title")
    grid.lastChild.setAttribute("transform", `rotate(-90 12 ${plot.y + plot.h / 2})`)
  }

  drawRows() {
    const { x, w } = this.editor.view.teacher
    const { plot } = this
    const bins = new Array(BARS).fill(0)
    x.forEach((value, k) => {
      bins[clamp(Math.floor(((this.px(value) - plot.x) / plot.w) * BARS), 0, BARS - 1)] += w[k]
    })
    const most = Math.max(...bins) || 1
    const bottom = plot.y + plot.h + BAR_ROOM
    this.layers.rows.replaceChildren(...bins.map((count, k) => {
      const tall = count ? Math.max(1, (count / most) * (BAR_ROOM - 4)) : 0
      return shape("rect", { x: plot.x + (k * plot.w) / BARS + 0.5, y: bottom - tall, width: Math.max(1, plot.w / BARS - 1), height: tall })
    }))
  }

  drawTeacher() {
    const { x, y, w } = this.editor.view.teacher
    const at = x.map((value) => this.px(value))
    const steps = at.map((place, k) => (k ? `H${((at[k - 1] + place) / 2).toFixed(1)}V${this.py(y[k]).toFixed(1)}` : `M${place.toFixed(1)} ${this.py(y[0]).toFixed(1)}`))
    const path = shape("path", { d: !x.length ? "" : `${steps.join("")}H${at[at.length - 1].toFixed(1)}` })
    const most = Math.max(...w)
    this.layers.teacher.classList.toggle("many", x.length > MOST_DOTS)
    const dots = x.length > MOST_DOTS ? [] : at.map((place, k) => shape("circle", { cx: place, cy: this.py(y[k]), r: 1.4 + 2.2 * Math.sqrt(w[k] / most) }))
    this.layers.teacher.replaceChildren(...(x.length ? [path, ...dots] : []))
  }

  path(term) {
    const { plot } = this
    const steps = Math.ceil(plot.w / 5)
    const even = Array.from({ length: steps + 1 }, (_, k) => this.xOf(plot.x + (plot.w * k) / steps))
    const own = term.knots.map(([x]) => x).filter((x) => x >= this.low && x <= this.high)
    const points = [...even, ...own].sort((a, b) => a - b)
    return `M${points.map((x) => `${this.px(x).toFixed(2)} ${this.py(curveAt(term, x)).toFixed(2)}`).join("L")}`
  }

  // The edited curve and its knots; nodes stay, so that focus and pointer do.
  draw() {
    const { term, selected, view } = this.editor
    this.lines.edited.setAttribute("d", this.path(term))
    while (this.knots.childElementCount > term.knots.length) this.knots.lastChild.remove()
    while (this.knots.childElementCount < term.knots.length) {
      const knot = shape("g", { class: "knot", role: "slider", tabindex: "0" }, this.knots)
      shape("circle", { r: 17, class: "hit" }, knot)
      shape("polygon", { points: "-8,0 0,-8 8,0 0,8", class: "mark" }, knot)
      knot.addEventListener("focus", () => this.editor.select([...this.knots.children].indexOf(knot)))
      knot.addEventListener("blur", () => { this.hideTip(); this.editor.commit() })
    }
    for (const [k, knot] of [...this.knots.children].entries()) {
      const [x, y] = term.knots[k]
      knot.setAttribute("transform", `translate(${this.px(x).toFixed(2)} ${this.py(y).toFixed(2)})`)
      knot.classList.toggle("selected", k === selected)
      knot.setAttribute("aria-label", `Knot ${k + 1} of ${term.knots.length}`)
      knot.setAttribute("aria-valuenow", y)
      knot.setAttribute("aria-valuemin", Math.min(y, this.least))
      knot.setAttribute("aria-valuemax", Math.max(y, this.most))
      knot.setAttribute("aria-valuetext", `${view.feature} ${brief(x)}, score ${brief(y)}`)
    }
    this.svg.setAttribute("aria-label", this.editor.words())
    const focused = this.focusedKnot()
    if (focused !== null || this.drag) this.tell(term.knots[selected][0], selected)
  }

  focusedKnot() {
    const at = [...this.knots.children].indexOf(this.svg.getRootNode().activeElement)
    return at < 0 ? null : at
  }

  // --- pointer ------------------------------------------------------------------------------------------------

  point(event) {
    const box = this.svg.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }

  nearest(px, py, reach) {
    let [best, found] = [reach, null]
    for (const [k, [x, y]] of this.editor.term.knots.entries()) {
      const far = Math.hypot(this.px(x) - px, this.py(y) - py)
      if (far <= best) [best, found] = [far, k]
    }
    return found
  }

  press(event) {
    if (event.button || this.drag) return
    const [px, py] = this.point(event)
    const at = this.nearest(px, py, event.pointerType === "mouse" ? 14 : FINGER)
    if (at === null) return
    event.preventDefault() // no selection of text, and the focus goes where we say
    const [x, y] = this.editor.term.knots[at]
    this.drag = { at, id: event.pointerId, before: this.editor.term, start: [px, py], dx: this.px(x) - px, dy: this.py(y) - py }
    this.editor.select(at)
    this.knots.children[at].focus({ preventScroll: true })
    this.svg.setPointerCapture(event.pointerId)
    this.svg.classList.add("dragging")
  }

  move(event) {
    const [px, py] = this.point(event)
    if (!this.drag) {
      const knot = this.nearest(px, py, 12)
      if (!this.contains(px, py)) return this.hideTip()
      return this.tell(knot === null ? this.xOf(clamp(px, this.plot.x, this.plot.x + this.plot.w)) : this.editor.term.knots[knot][0], knot)
    }
    if (event.pointerId !== this.drag.id) return
    const { at, start, before, dx, dy } = this.drag
    this.drag.across ||= Math.abs(px - start[0]) > STEADY
    this.drag.up ||= Math.abs(py - start[1]) > STEADY
    const [oldX, oldY] = before.knots[at]
    const x = this.drag.across ? this.xOf(clamp(px + dx, this.plot.x, this.plot.x + this.plot.w), true) : oldX
    this.editor.place(at, x, this.drag.up ? this.yOf(py + dy) : oldY, this.xStep(x))
  }

  release(event) {
    if (!this.drag || event.pointerId !== this.drag.id) return
    this.end()
    this.editor.commit()
  }

  // Escape, a call or a scroll takes the finger away: the knot goes back.
  cancel() {
    if (!this.drag) return
    const { before } = this.drag
    this.end()
    this.editor.put(before)
  }

  end() {
    const { id } = this.drag
    this.drag = null
    this.svg.classList.remove("dragging")
    if (this.svg.hasPointerCapture(id)) this.svg.releasePointerCapture(id)
    this.resize(this.width)
  }

  // --- the tip ------------------------------------------------------------------------------------------------

  tell(x, knot) {
    const { view, term } = this.editor
    const rows = [
      ["", `${view.feature} ${brief(x)}`],
      ...(view.teacher.x.length ? [["Teacher", brief(teacherAt(view.teacher, x))]] : []),
      ["Distilled", brief(curveAt(view.distilled, x))],
      [knot === null ? "Edited" : `Knot ${knot + 1}`, brief(curveAt(term, x))],
    ]
    this.tip.replaceChildren(...rows.map(([name, value]) => {
      const row = document.createElement("div")
      row.textContent = name ? `${name}: ${value}` : value
      return row
    }))
    this.tip.hidden = false
    const place = this.px(x)
    const low = this.py(curveAt(term, x)) > this.plot.y + this.plot.h / 2
    for (const [key, value] of Object.entries({ x1: place, x2: place, y1: this.plot.y, y2: this.plot.y + this.plot.h + BAR_ROOM })) this.cross.setAttribute(key, value)
    this.cross.classList.add("on")
    const { offsetWidth: w, offsetHeight: h } = this.tip
    this.tip.style.left = `${clamp(place + (place + w + 22 > this.width ? -w - 14 : 14), 0, Math.max(0, this.width - w))}px`
    this.tip.style.top = `${low ? this.plot.y : this.plot.y + this.plot.h - h}px` // away from the place, which it would cover
  }

  hideTip() {
    this.tip.hidden = true
    this.cross.classList.remove("on")
  }
}

// The teacher's step at x: that of the nearest value.
function teacherAt({ x, y }, value) {
  let best = 0
  for (let k = 1; k < x.length; k++) if (Math.abs(x[k] - value) < Math.abs(x[best] - value)) best = k
  return y[best]
}
