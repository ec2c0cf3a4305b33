// A drawing that can be moved and enlarged: with the mouse, two fingers, the keyboard, or buttons.
// One finger scrolls the page, and so does the wheel without Ctrl. Nothing glides, so reduced motion needs no case.
const ZOOM_KEYS = "Plus and minus zoom, 0 shows all, arrow keys move the drawing where it is larger than its frame."
const READABLE = 0.8 // scale at which the words on arrows can be read at ease
const SMALLEST = 0.5 // below this scale the first view is a readable part instead of the whole
const LARGEST = 4 // times the natural size
const ZOOM_SIGNS = {
  in: ["Zoom in", "+", "M8 3v10M3 8h10"],
  out: ["Zoom out", "−", "M3 8h10"],
  all: ["Show all", "0", "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3"],
}

class PanZoom {
  // `tallest`: most pixels of height; `label`: what the canvas is called for readers who hear it.
  constructor(place, { tallest = 560, label = "Drawing" } = {}) {
    this.tallest = tallest
    const button = (act) => {
      const [title, key, path] = ZOOM_SIGNS[act]
      return `<button type="button" data-zoom="${act}" aria-label="${title}" title="${title} (${key})"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg></button>`
    }
    place.innerHTML = `<div class="zoom-bar">${button("out")}${button("in")}${button("all")}</div>
      <div class="canvas" tabindex="0" role="group"></div>`
    this.canvas = place.querySelector(".canvas")
    this.canvas.setAttribute("aria-label", `${label}. ${ZOOM_KEYS}`)
    this.buttons = Object.fromEntries([...place.querySelectorAll("[data-zoom]")].map((b) => [b.dataset.zoom, b]))
    place.querySelector(".zoom-bar").addEventListener("click", (event) => this.act(event.target.closest("button")?.dataset.zoom))
    this.canvas.addEventListener("keydown", (event) => this.key(event))
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false })
    this.canvas.addEventListener("dblclick", () => this.act("all"))
    this.listenToMouse()
    this.listenToFingers()
    this.observer = new ResizeObserver(() => this.resized())
    this.observer.observe(place)
    this.place = place
  }

  // Show an SVG text. The same name keeps the place; `focus` is the value of a state that should be in sight.
  show(svg, name, focus) {
    const active = this.canvas.getRootNode().activeElement
    const focused = this.canvas.contains(active) ? active.closest("[data-value]")?.dataset.value : undefined
    this.canvas.innerHTML = svg
    this.svg = this.canvas.querySelector("svg")
    const [x, y, w, h] = this.svg.getAttribute("viewBox").split(" ").map(Number)
    this.base = { x, y, w, h, natural: Number(this.svg.getAttribute("width")) / w || 1 }
    this.svg.removeAttribute("style")
    if (this.name !== name) this.view = null
    this.name = name
    const moved = this.focus !== focus
    this.focus = focus
    if (this.measure()) {
      if (this.view && moved) this.bringIntoSight(focus)
      this.paint()
    }
    if (focused !== undefined) this.state(focused)?.focus({ preventScroll: true })
  }

  state(value) {
    return value === undefined || value === null ? null : this.canvas.querySelector(`g.state[data-value="${CSS.escape(value)}"]`)
  }

  centreOf(value) {
    const circle = this.state(value)?.querySelector("circle")
    return circle ? [Number(circle.getAttribute("cx")), Number(circle.getAttribute("cy"))] : null
  }

  measure() {
    if (!this.base) return false
    const width = this.canvas.clientWidth
    if (!width) return false
    const { w, h, natural } = this.base
    const whole = Math.min(width / w, this.tallest / h, natural)
    const first = whole >= SMALLEST ? whole : Math.max(whole, Math.min(READABLE, natural))
    this.size = { width, height: Math.max(120, Math.min(this.tallest, h * first)) }
    this.whole = Math.min(whole, this.size.height / h)
    if (!this.view) {
      const [x, y] = this.centreOf(this.focus) ?? [this.base.x + w / 2, this.base.y + h / 2]
      this.view = { x, y, scale: first }
      this.first = Math.min(Math.max(first, this.whole), this.most())
    }
    this.view.scale = Math.min(Math.max(this.view.scale, this.whole), this.most())
    return true
  }

  most() {
    return Math.max(LARGEST * this.base.natural, this.whole)
  }

  resized() {
    // Nobody has zoomed: the first view of the new size is shown.
    if (this.view && (this.view.scale === this.first || this.view.scale === this.whole)) this.view = null
    if (this.measure()) this.paint()
  }

  paint() {
    const { width, height } = this.size
    const { base, view } = this
    const [w, h] = [width / view.scale, height / view.scale]
    // What fits is centred; what is larger than the frame stays in it.
    const within = (at, low, size, seen) => (seen >= size ? low + size / 2 : Math.min(Math.max(at, low + seen / 2), low + size - seen / 2))
    view.x = within(view.x, base.x, base.w, w)
    view.y = within(view.y, base.y, base.h, h)
    this.larger = { across: w < base.w - 0.5, down: h < base.h - 0.5 }
    this.svg.setAttribute("width", width)
    this.svg.setAttribute("height", height)
    this.svg.setAttribute("viewBox", [view.x - w / 2, view.y - h / 2, w, h].map((v) => v.toFixed(2)).join(" "))
    this.canvas.classList.toggle("larger", this.larger.across || this.larger.down)
    this.buttons.out.disabled = this.buttons.all.disabled = view.scale <= this.whole * 1.001
    this.buttons.in.disabled = view.scale >= this.most() * 0.999
  }

  bringIntoSight(value) {
    const place = this.centreOf(value)
    if (!place) return
    const { width, height } = this.size
    const [dx, dy] = [Math.abs(place[0] - this.view.x), Math.abs(place[1] - this.view.y)]
    if (dx > width / this.view.scale / 2 - 30 || dy > height / this.view.scale / 2 - 30) [this.view.x, this.view.y] = place
  }

  // Keep a state in sight that was reached by something else than a click.
  follow(value) {
    if (!this.view || !(this.larger.across || this.larger.down)) return
    this.bringIntoSight(value)
    this.paint()
  }

  act(what) {
    if (!this.view || !what) return
    if (what === "all") this.view.scale = this.whole
    else this.zoom(what === "in" ? 1.3 : 1 / 1.3)
    this.paint()
    this.speakOf(what)
  }

  // A disabled button would lose the focus to the page.
  speakOf(what) {
    if (this.buttons[what]?.disabled && this.canvas.getRootNode().activeElement === this.buttons[what]) this.canvas.focus()
  }

  // Enlarge around a point of the canvas (pixels from its middle), which stays where it is.
  zoom(factor, [px, py] = [0, 0]) {
    const { view } = this
    const scale = Math.min(Math.max(view.scale * factor, this.whole), this.most())
    view.x += px / view.scale - px / scale
    view.y += py / view.scale - py / scale
    view.scale = scale
  }

  pan(dx, dy) {
    this.view.x -= dx / this.view.scale
    this.view.y -= dy / this.view.scale
  }

  fromMiddle(x, y) {
    const box = this.canvas.getBoundingClientRect()
    return [x - box.left - box.width / 2, y - box.top - box.height / 2]
  }

  key(event) {
    if (!this.view || event.ctrlKey || event.metaKey || event.altKey) return
    const act = { "+": "in", "=": "in", "-": "out", _: "out", 0: "all" }[event.key]
    const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key]
    if (act) this.act(act)
    else if (step && event.composedPath()[0] === this.canvas && (step[0] ? this.larger.across : this.larger.down)) {
      this.pan(...step)
      this.paint()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }

  wheel(event) {
    if (!this.view || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.06 : 0.004)), this.fromMiddle(event.clientX, event.clientY))
    this.paint()
  }

  listenToMouse() {
    const { canvas } = this
    let last = null
    let dragged = false
    canvas.addEventListener("pointerdown", (event) => {
      dragged = false
      if (event.pointerType !== "touch" && event.button === 0) last = [event.clientX, event.clientY]
    })
    canvas.addEventListener("pointermove", (event) => {
      if (!last || !this.view) return
      const [dx, dy] = [event.clientX - last[0], event.clientY - last[1]]
      if (!dragged && Math.hypot(dx, dy) < 5) return
      if (!dragged) canvas.setPointerCapture(event.pointerId)
      dragged = true
      last = [event.clientX, event.clientY]
      this.pan(dx, dy)
      this.paint()
    })
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (last = null))
    // The click that ends a drag chooses nothing.
    canvas.addEventListener("click", (event) => {
      if (dragged) event.stopPropagation()
      dragged = false
    }, true)
  }

  listenToFingers() {
    let last = null
    const read = ([a, b]) => ({
      at: this.fromMiddle((a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2),
      apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
    })
    this.canvas.addEventListener("touchstart", (event) => {
      last = event.touches.length === 2 ? read(event.touches) : null
      if (last) event.preventDefault()
    }, { passive: false })
    this.canvas.addEventListener("touchmove", (event) => {
      if (!last || !this.view || event.touches.length !== 2) return
      event.preventDefault()
      const now = read(event.touches)
      this.pan(now.at[0] - last.at[0], now.at[1] - last.at[1])
      if (last.apart > 10) this.zoom(now.apart / last.apart, now.at)
      last = now
      this.paint()
    }, { passive: false })
    for (const end of ["touchend", "touchcancel"]) this.canvas.addEventListener(end, () => (last = null))
  }
}
