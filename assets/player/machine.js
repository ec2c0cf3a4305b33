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
    const centre = this.selected ?? this.current
    for (const [name, label] of this.labels) label.classList.toggle("near", name === this.taken || name.startsWith(`${centre},`))
    for (const [name, arrow] of this.arrows) arrow.classList.toggle("near", name.startsWith(`${centre},`))
  }

  show(n, u) {
    if (this.machine.missing) return
    const kind = this.machine.kind
    if (kind === "picture") this.showPicture(n, u)
    else if (kind === "chain" && n !== this.shown) this.showChain(n)
    else if (kind === "numbers" && n !== this.shown) this.showNumbers(n)
    this.shown = n
  }

  showPicture(n, u) {
    const states = this.machine.states
    const [from, to] = [states[Math.max(0, n - 1)], states[n]]
    const arrived = u > 0.72 || n === 0
    const mark = `${n} ${arrived}`
    if (mark !== this.mark) {
      this.mark = mark
      for (const element of this.svg.querySelectorAll(".now")) element.classList.remove("now")
      this.current = arrived ? to : from
      this.nodes.get(this.current)?.classList.add("now")
      this.taken = n ? `${from},${to}` : null
      if (n) {
        const arrow = this.arrows.get(this.taken)
        arrow?.classList.add("now")
        arrow?.setAttribute("marker-end", "url(#head-now)")
        if (this.lit && this.lit !== arrow) this.lit.setAttribute("marker-end", "url(#head)")
        this.lit = arrow
        this.labels.get(this.taken)?.classList.add("now")
      } else if (this.lit) {
        this.lit.setAttribute("marker-end", "url(#head)")
        this.lit = null
      }
      this.move.textContent = this.sentence(n)
      if (arrived) this.zoom.follow(String(to))
      this.near()
      this.follow()
    }
    const arrow = n && this.arrows.get(`${from},${to}`)
    this.token.style.visibility = arrow && u < 0.72 ? "visible" : "hidden"
    if (arrow && u < 0.72) {
      if (this.measured !== arrow) [this.measured, this.long] = [arrow, arrow.getTotalLength()]
      const { x, y } = arrow.getPointAtLength(this.long * eased(u / 0.72))
      this.token.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`)
    }
  }

  // A drawing that is wider than its panel scrolls along with the current state.
  follow() {
    const [box, node] = [this.svg.parentElement, this.nodes.get(this.current)]
    if (!node || box.scrollWidth <= box.clientWidth + 1) return
    const [frame, place] = [box.getBoundingClientRect(), node.getBoundingClientRect()]
    const off = place.left + place.width / 2 - frame.left - frame.width / 2
    if (Math.abs(off) > frame.width / 4) box.scrollLeft += off
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
