// The machine: its picture with a token that runs along the arrow just taken; or a chain, or remembered numbers.
class Machine {
  constructor(place, view, choose, tall) {
    this.view = view
    this.machine = view.machine
    const said = this.machine.missing ? `<p class="said">${escapeHtml(this.machine.missing)}</p>` : ""
    place.innerHTML = `<h2>Machine</h2>${said}<div class="body"></div>`
    this.body = place.querySelector(".body")
    this.outputs = view.rows.find(([name]) => name === "machine")?.[1]
    const kind = this.machine.kind
    if (kind === "picture") this.buildPicture(choose, tall)
    else if (kind === "chain") this.body.innerHTML = `<ol class="chain"></ol><p class="note">${escapeHtml(this.machine.note)}</p>`
    else if (kind === "numbers") this.buildNumbers()
  }

  buildPicture(choose, tall) {
    const note = this.machine.note ? `<p class="note">${escapeHtml(this.machine.note)}</p>` : ""
    this.body.innerHTML = `<div class="panzoom"></div><p class="move"></p>${note}`
    const tallest = this.machine.wide ? 640 : tall ? 460 : 228
    this.zoom = new PanZoom(this.body.querySelector(".panzoom"), { label: "The machine", tallest })
    this.zoom.show(this.machine.svg, "machine", String(this.machine.states[0]))
    this.svg = this.zoom.svg
    this.move = this.body.querySelector(".move")
    const ends = (element) => `${element.dataset.from},${element.dataset.to}`
    this.arrows = new Map([...this.svg.querySelectorAll(".arrow")].map((a) => [ends(a), a]))
    this.labels = new Map([...this.svg.querySelectorAll(".label")].map((a) => [ends(a), a]))
    this.nodes = new Map([...this.svg.querySelectorAll("g.state")].map((g) => [Number(g.dataset.value), g]))
    this.leaving = new Map() // by state, its arrows and their labels
    for (const part of [...this.arrows.values(), ...this.labels.values()]) {
      const state = Number(part.dataset.from)
      this.leaving.set(state, [...(this.leaving.get(state) || []), part])
    }
    ;[this.marked, this.close, this.roads] = [[], [], new Map()]
    this.token = document.createElementNS("http://www.w3.org/2000/svg", "circle")
    this.token.setAttribute("class", "token")
    this.token.setAttribute("r", "7")
    this.svg.appendChild(this.token)
    this.svg.addEventListener("click", (event) => {
      const state = event.target.closest("g.state")?.dataset.value
      if (state !== undefined) choose(Number(state))
    })
  }

  buildNumbers() {
    const { variables, seen } = this.machine
    if (!variables.length && !seen.length) {
      this.body.innerHTML = `<p class="said">It remembers nothing: each answer hangs on the current input alone.</p>`
      return
    }
    const intro = seen.length ? "It keeps all inputs so far:" : "No states to draw: it remembers whole numbers."
    const list = seen.length ? `<p class="seen" aria-hidden="true"></p>` : ""
    const panel = (v) => `<div class="tally"><b class="name">${escapeHtml(v.name)}</b><span class="value"><span class="here"></span><span class="change"></span></span>${sparkline(v.values)}</div>`
    this.body.innerHTML = `<p class="note">${intro}</p>${list}<div class="numbers">${variables.map(panel).join("")}</div>`
    this.numbers = [...this.body.querySelectorAll(".tally")].map((box) => ({
      value: box.querySelector(".here"), change: box.querySelector(".change"), dot: box.querySelector(".spark i"), line: box.querySelector(".spark u"),
    }))
  }

  select(state) {
    if (!this.svg) return
    for (const [name, node] of this.nodes) {
      node.classList.toggle("selected", name === state)
      node.setAttribute("aria-pressed", name === state)
    }
    this.selected = state
    this.near()
  }

  // In dense drawings only the arrows of one state carry their labels.
  near() {
    if (!this.svg?.classList.contains("dense")) return
    for (const part of this.close) part.classList.remove("near")
    this.close = this.leaving.get(this.selected ?? this.current) || []
    for (const part of this.close) part.classList.add("near")
  }

  show(n, u, fast) {
    if (this.machine.missing) return
    const kind = this.machine.kind
    if (kind === "picture") this.showPicture(n, u, fast)
    else if (kind === "chain" && n !== this.shown) this.showChain(n)
    else if (kind === "numbers" && n !== this.shown) this.showNumbers(n)
    this.shown = n
  }

  // `fast` leaves the token out: nobody could follow it.
  showPicture(n, u, fast) {
    const states = this.machine.states
    const [from, to] = [states[Math.max(0, n - 1)], states[n]]
    const arrived = u > 0.72 || n === 0
    const mark = `${n} ${arrived}`
    if (mark !== this.mark) {
      this.mark = mark
      this.current = arrived ? to : from
      const arrow = n ? this.arrows.get(`${from},${to}`) : null
      for (const element of this.marked) element.classList.remove("now")
      this.marked = [this.nodes.get(this.current), arrow, n ? this.labels.get(`${from},${to}`) : null].filter(Boolean)
      for (const element of this.marked) element.classList.add("now")
      if (this.lit !== arrow) {
        this.lit?.setAttribute("marker-end", "url(#head)")
        arrow?.setAttribute("marker-end", "url(#head-now)")
        this.lit = arrow
      }
      if (n !== this.told) this.move.textContent = this.sentence((this.told = n))
      if (arrived) this.zoom.follow(String(to))
      this.near()
    }
    const arrow = n && this.arrows.get(`${from},${to}`)
    const runs = Boolean(arrow) && u < 0.72 && !fast
    if (runs !== this.runs) this.token.style.visibility = (this.runs = runs) ? "visible" : "hidden"
    if (runs) {
      const places = this.placesOn(arrow)
      const at = eased(u / 0.72) * (places.length - 1)
      const [a, b] = [places[Math.floor(at)], places[Math.ceil(at)]]
      const [x, y] = [0, 1].map((k) => a[k] + (b[k] - a[k]) * (at % 1))
      this.token.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`
    }
  }

  // Places along an arrow, found once: each question to the browser makes it lay the drawing out again.
  placesOn(arrow) {
    if (!this.roads.has(arrow)) {
      const long = arrow.getTotalLength()
      const road = Array.from({ length: 25 }, (_, i) => arrow.getPointAtLength((long * i) / 24))
      this.roads.set(arrow, road.map(({ x, y }) => [x, y]))
    }
    return this.roads.get(arrow)
  }

  sentence(n) {
    const states = this.machine.states
    if (!n) return `Starts in ${stateName(states[0])}.`
    const [a, b] = [stateName(states[n - 1]), stateName(states[n])]
    const moves = a === b ? `stays in ${a}` : `goes from ${a} to ${b}`
    return `Reads ${this.view.inputs[n - 1]}, ${moves}, writes ${this.outputs[n - 1]}.`
  }

  showChain(n) {
    const states = this.machine.states
    const first = Math.max(0, n - 5)
    const items = []
    for (let i = first; i <= n; i++) {
      if (i > first) items.push(`<li class="hop">${escapeHtml(this.view.inputs[i - 1])}/${escapeHtml(this.outputs[i - 1])}</li>`)
      items.push(`<li class="stop${i === n ? " now" : ""}">${stateName(states[i])}</li>`)
    }
    this.body.querySelector(".chain").innerHTML = items.join("")
  }

  showNumbers(n) {
    const { variables, seen } = this.machine
    const list = this.body.querySelector(".seen")
    if (list) list.textContent = n ? `${n > 24 ? "… " : ""}${seen.slice(Math.max(0, n - 24), n).join(" ")}` : "nothing yet"
    variables.forEach(({ values }, i) => {
      const parts = this.numbers[i]
      const [now, before] = [values[n], values[Math.max(0, n - 1)]]
      parts.value.textContent = now
      const change = typeof now === "number" && typeof before === "number" && n ? now - before : 0
      parts.change.textContent = change > 0 ? `+${change}` : change < 0 ? `−${-change}` : ""
      const [x, y] = sparkPlace(values, n)
      parts.dot.style.left = parts.line.style.left = `${x / 2}%`
      parts.dot.style.top = `${y / 0.48}%`
    })
  }
}

function sparkScale(values) {
  const numbers = values.filter((v) => typeof v === "number")
  const [low, high] = [Math.min(0, ...numbers), Math.max(0, ...numbers)]
  return [low, high > low ? high : low + 1]
}

function sparkPlace(values, n) {
  const [low, high] = sparkScale(values)
  const value = typeof values[n] === "number" ? values[n] : high
  return [4 + (192 * n) / Math.max(1, values.length - 1), 44 - (40 * (value - low)) / (high - low)]
}

function sparkline(values) {
  const points = values.map((_, i) => sparkPlace(values, i).map((v) => v.toFixed(1)).join(","))
  const zero = 44 - (40 * (0 - sparkScale(values)[0])) / (sparkScale(values)[1] - sparkScale(values)[0])
  return `<div class="spark" aria-hidden="true"><svg viewBox="0 0 200 48" preserveAspectRatio="none"><path class="zero" d="M0 ${zero}H200"/>
    <polyline points="${points.join(" ")}"/></svg><u></u><i></i></div>`
}
