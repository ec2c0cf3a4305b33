// The hidden states: a cloud of points on a canvas, and the state of this sequence moving through it with a trail.
const TRAIL = 7
// Viridis; its dark end would vanish on a dark ground.
const RAMPS = {
  light: [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]],
  dark: [[124, 110, 214], [74, 134, 190], [41, 164, 152], [110, 206, 98], [253, 231, 37]],
}
const SHAPES = {
  circle: (c, r) => c.arc(0, 0, r, 0, 7),
  square: (c, r) => c.rect(-0.86 * r, -0.86 * r, 1.72 * r, 1.72 * r),
  diamond: (c, r) => polygon(c, 4, 1.15 * r, 0),
  "triangle-up": (c, r) => polygon(c, 3, 1.2 * r, -Math.PI / 2),
  "triangle-down": (c, r) => polygon(c, 3, 1.2 * r, Math.PI / 2),
  star: (c, r) => polygon(c, 10, 1.3 * r, -Math.PI / 2, 0.45),
  hexagon: (c, r) => polygon(c, 6, 1.1 * r, 0),
  cross: (c, r) => (c.rect(-1.05 * r, -0.4 * r, 2.1 * r, 0.8 * r), c.rect(-0.4 * r, -1.05 * r, 0.8 * r, 2.1 * r)),
}

function polygon(c, corners, radius, turn, inner = 1) {
  for (let i = 0; i < corners; i++) {
    const [angle, r] = [turn + (2 * Math.PI * i) / corners, i % 2 ? radius * inner : radius]
    c[i ? "lineTo" : "moveTo"](r * Math.cos(angle), r * Math.sin(angle))
  }
  c.closePath()
}

function decoded(text, Kind) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  return new Kind(bytes.buffer)
}

class HiddenStates {
  constructor(place, view, choose, turned) {
    this.view = view.states
    this.visited = view.machine.states
    if (this.view.missing) {
      place.innerHTML = `<h2>Hidden states</h2><p class="said">${escapeHtml(this.view.missing)}</p>`
      return
    }
    const solid = this.view.axes === 3
    const toggle = `<button class="small" data-act="solid" aria-pressed="false" title="Look at it in space; drag, or Shift and arrow keys, turn it">${svgIcon("turn")}3-D</button>`
    place.innerHTML = `<h2>Hidden states${solid ? toggle : ""}</h2><canvas role="img"></canvas>
      <p class="axes"></p>`
    this.canvas = place.querySelector("canvas")
    this.canvas.setAttribute("aria-label", `${this.view.count} hidden states of the network; a marker moves through them step by step.`)
    this.axes = place.querySelector(".axes")
    this.points = decoded(this.view.points, Int16Array)
    this.carried = decoded(this.view.carried, Uint16Array)
    this.cloud = document.createElement("canvas")
    this.turn = [0.7, 0.45]
    this.solid = false
    this.selected = null
    this.fit()
    this.button = place.querySelector("[data-act=solid]")
    this.button?.addEventListener("click", () => {
      this.stand(!this.solid)
      turned(this.solid)
    })
    this.listen(choose)
    this.say()
  }

  // Show three axes instead of two, where there are three.
  stand(solid) {
    if (!this.button) return
    this.solid = solid
    this.button.setAttribute("aria-pressed", solid)
    this.canvas.classList.toggle("solid", solid)
    this.repaint()
  }

  listen(choose) {
    let from = null
    this.canvas.addEventListener("pointerdown", (event) => {
      from = { x: event.clientX, y: event.clientY, moved: false }
      if (this.solid) this.canvas.setPointerCapture(event.pointerId)
    })
    this.canvas.addEventListener("pointermove", (event) => {
      if (!from) return
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y]
      if (Math.hypot(dx, dy) > 4) from.moved = true
      if (!this.solid || !from.moved) return
      Object.assign(from, { x: event.clientX, y: event.clientY })
      this.rotate(dx * 0.011, dy * 0.011)
    })
    this.canvas.addEventListener("pointerup", (event) => {
      if (from && !from.moved && this.view.finite) {
        const state = this.nearest(event.offsetX, event.offsetY)
        if (state !== null) choose(state)
      }
      from = null
    })
    this.canvas.addEventListener("pointercancel", () => (from = null))
  }

  rotate(sideways, upwards) {
    this.turn = [this.turn[0] + sideways, Math.max(-1.5, Math.min(1.5, this.turn[1] + upwards))]
    this.repaint()
  }

  nearest(x, y) {
    let [best, found] = [18 ** 2, null]
    for (let i = 0; i < this.view.count; i++) {
      const [px, py] = this.at(this.points, i)
      const far = (px - x) ** 2 + (py - y) ** 2
      if (far < best) [best, found] = [far, this.carried[i]]
    }
    return found
  }

  say() {
    const names = this.view.names.slice(0, this.solid ? 3 : 2)
    const shown = this.view.finite ? "" : `; colour: ${this.view.label}, ${this.view.range[0]} to ${this.view.range[1]}`
    this.axes.textContent = this.view.timeline
      ? `Across: steps read. Up: the one hidden number${shown}.`
      : `Along ${names.map((name) => name.replace("principal axis", "axis")).join(", ")}${shown}.`
  }

  // How far the cloud and this sequence reach, so that both are in view.
  fit() {
    const k = this.view.axes
    this.reach = Array.from({ length: k }, (_, a) => [-this.view.units, this.view.units, a])
    for (const row of this.view.path)
      for (let a = 0; a < k; a++) {
        this.reach[a][0] = Math.min(this.reach[a][0], row[a])
        this.reach[a][1] = Math.max(this.reach[a][1], row[a])
      }
    this.flat = this.view.path.flat()
    if (k < 3) return
    const far = (values) => values.reduce((most, _, j) => (j % 3 ? most : Math.max(most, Math.hypot(...this.solidPlace(values, j / 3)))), 0)
    this.radius = Math.max(far(this.points), far(this.flat))
  }

  // A place within the cube of the view, in proportion to how far the cloud reaches on each axis.
  solidPlace(values, i) {
    return [0, 1, 2].map((a) => this.part(values, i, a) * Math.max(0.35, this.view.shape[a]))
  }

  part(values, i, a) {
    const [low, high] = this.reach[a]
    return (2 * values[this.view.axes * i + a] - low - high) / (high - low)
  }

  at(values, i) {
    const pad = 20
    if (!this.solid) {
      const [x, y] = [this.part(values, i, 0), this.part(values, i, 1)]
      return [pad + ((x + 1) / 2) * (this.width - 2 * pad), this.height - pad - ((y + 1) / 2) * (this.height - 2 * pad), 0]
    }
    const [x, y, z] = this.solidPlace(values, i)
    const [s, c, t, d] = [Math.sin(this.turn[0]), Math.cos(this.turn[0]), Math.sin(this.turn[1]), Math.cos(this.turn[1])]
    const [across, deep] = [x * c + z * s, z * c - x * s]
    const [up, depth] = [y * d - deep * t, y * t + deep * d]
    const size = ((Math.min(this.width, this.height) / 2 - 16) / this.radius) * (1 + (0.1 * depth) / this.radius)
    return [this.width / 2 + across * size, this.height / 2 - up * size, depth]
  }

  repaint() {
    if (!this.canvas) return
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight]
    if (!width || !height) return
    const ratio = window.devicePixelRatio || 1
    Object.assign(this, { width, height })
    for (const canvas of [this.canvas, this.cloud]) [canvas.width, canvas.height] = [width * ratio, height * ratio]
    const style = getComputedStyle(this.canvas)
    this.colours = { text: style.color, ground: style.getPropertyValue("--st-background-color").trim() || "#fff",
      main: style.getPropertyValue("--st-primary-color").trim() || "#0072B2" }
    this.font = style.fontFamily
    const light = (style.color.match(/[\d.]+/g) || [0]).slice(0, 3).map(Number)
    this.dark = light.reduce((sum, v) => sum + v, 0) > 384 // light text stands on a dark ground
    this.drawCloud(ratio)
    this.say()
    if (this.shown) this.show(...this.shown, true)
  }

  drawCloud(ratio) {
    const c = this.cloud.getContext("2d")
    c.setTransform(ratio, 0, 0, ratio, 0, 0)
    c.clearRect(0, 0, this.width, this.height)
    const order = [...Array(this.view.count).keys()]
    if (this.solid) {
      this.depths = order.map((i) => this.at(this.points, i)[2])
      order.sort((a, b) => this.depths[a] - this.depths[b])
    } else if (this.selected !== null) {
      order.sort((a, b) => (this.carried[a] === this.selected) - (this.carried[b] === this.selected))
    }
    c.lineWidth = 0.8
    c.strokeStyle = this.colours.ground
    for (const i of order) {
      const [x, y] = this.at(this.points, i)
      const [colour, shape, back] = this.look(this.carried[i])
      c.globalAlpha = back ? 0.22 : 0.8
      c.fillStyle = back ? "#8A8A8A" : colour
      c.setTransform(ratio, 0, 0, ratio, x * ratio, y * ratio)
      c.beginPath()
      SHAPES[shape](c, back ? 3.6 : 4.6)
      c.fill()
      c.stroke()
    }
    c.setTransform(ratio, 0, 0, ratio, 0, 0)
    c.globalAlpha = 1
    this.drawTitles(c)
  }

  drawTitles(c) {
    c.font = `600 12px ${this.font}`
    c.textAlign = "center"
    c.lineWidth = 3.5
    c.strokeStyle = this.colours.ground
    c.fillStyle = this.colours.text
    const taken = []
    for (const [state, ...place] of this.view.titles) {
      const [x, y] = this.at(place, 0)
      // Above its points, or where that is taken below or beside them.
      const free = ([dx, dy]) => y + dy > 12 && taken.every(([a, b]) => Math.abs(a - x - dx) > 22 || Math.abs(b - y - dy) > 13)
      const [dx, dy] = [[0, -10], [0, 20], [19, 4], [-19, 4]].find(free) ?? [0, -10]
      taken.push([x + dx, y + dy])
      c.strokeText(stateName(state), x + dx, y + dy)
      c.fillText(stateName(state), x + dx, y + dy)
    }
  }

  look(value) {
    if (!this.view.finite) {
      const ramp = RAMPS[this.dark ? "dark" : "light"]
      const place = (value / 255) * (ramp.length - 1)
      const i = Math.min(ramp.length - 2, Math.floor(place))
      const mix = ramp[i].map((v, k) => Math.round(v + (ramp[i + 1][k] - v) * (place - i)))
      return [`rgb(${mix.join(",")})`, "circle", false]
    }
    const back = this.selected !== null && value !== this.selected
    const style = this.view.styles[value]
    if (style) return [style[1], style[2], back]
    return value === this.selected ? ["#D55E00", "diamond", false] : ["#8A8A8A", "circle", back]
  }

  select(state) {
    this.selected = state
    this.repaint()
  }

  show(n, u, force) {
    if (!this.canvas || !this.width) return void (this.shown = [n, u])
    if (!force && this.shown && this.shown[0] === n && this.shown[1] === u) return
    this.shown = [n, u]
    const ratio = window.devicePixelRatio || 1
    const c = this.canvas.getContext("2d")
    c.setTransform(1, 0, 0, 1, 0, 0)
    c.clearRect(0, 0, this.canvas.width, this.canvas.height)
    c.drawImage(this.cloud, 0, 0)
    c.setTransform(ratio, 0, 0, ratio, 0, 0)
    const here = this.at(this.flat, n)
    const from = n ? this.at(this.flat, n - 1) : here
    const part = eased(Math.min(1, u * 1.3))
    const now = [from[0] + (here[0] - from[0]) * part, from[1] + (here[1] - from[1]) * part]
    c.lineCap = "round"
    c.strokeStyle = this.colours.main
    for (let i = Math.max(1, n - TRAIL + 1); i <= n; i++) {
      const [a, b] = [this.at(this.flat, i - 1), i === n ? now : this.at(this.flat, i)]
      c.globalAlpha = 0.12 + 0.75 * Math.max(0, 1 - (n - i) / TRAIL) ** 1.6
      c.lineWidth = 1 + 1.8 * (1 - (n - i) / TRAIL)
      c.beginPath()
      c.moveTo(a[0], a[1])
      c.lineTo(b[0], b[1])
      c.stroke()
    }
    c.globalAlpha = 1
    c.beginPath()
    c.arc(now[0], now[1], 9, 0, 7)
    c.lineWidth = 5.5
    c.strokeStyle = this.colours.ground
    c.stroke()
    c.lineWidth = 3
    c.strokeStyle = this.colours.main
    c.stroke()
    c.beginPath()
    c.arc(now[0], now[1], 2.6, 0, 7)
    c.fillStyle = this.colours.main
    c.fill()
  }
}
