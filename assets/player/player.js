// The player: controls, keys and the clock; it shows one payload and asks the server nothing while it plays.
const SPEEDS = [1, 2, 5, 10, 30]
const KEYS = "Space plays and pauses, left and right arrow step, Home and End jump, square brackets change the speed, up and down arrow walk through the lines of the program."
const REST = 300 // ms without a further step before the server hears of it

class Player {
  constructor(root) {
    this.root = root
    this.speed = 2
    this.walking = false // line by line
    this.solid = false // hidden states in space
    this.calm = matchMedia("(prefers-reduced-motion: reduce)")
    this.tick = this.tick.bind(this)
    root.addEventListener("keydown", (event) => this.key(event))
    this.observer = new ResizeObserver(() => this.resized())
    this.observer.observe(root)
  }

  // New data from the server: another sequence rebuilds all, a step or state asked for elsewhere moves there.
  update(data, tell) {
    this.tell = tell
    if (data.id !== this.id) {
      this.id = data.id
      this.asked = data.asked.n
      this.wear(data.asked.look)
      this.build(data)
      this.select(data.asked.state)
      this.put(data.asked.t)
    } else if (data.asked.n !== this.asked) {
      this.asked = data.asked.n
      if (data.asked.look !== this.look()) {
        this.wear(data.asked.look)
        this.dress()
      }
      if (data.asked.state !== this.state) this.select(data.asked.state)
      if (data.asked.t !== Math.round(this.at)) this.put(data.asked.t)
    }
    this.parts.states?.repaint() // the theme may have changed
  }

  build({ view, panels }) {
    cancelAnimationFrame(this.frame)
    clearTimeout(this.resting)
    Object.assign(this, { view, at: 0, goal: null, playing: false, line: null, parts: {}, told: null, frame: 0 })
    const has = (name) => panels.includes(name)
    const button = (act, label, key) => `<button data-act="${act}" title="${label} (${key})" aria-label="${label}">${svgIcon(act)}</button>`
    const options = SPEEDS.map((s) => `<option value="${s}"${s === this.speed ? " selected" : ""}>${s} ${s === 1 ? "step" : "steps"}/s</option>`)
    const sections = (names) => names.filter(has).map((name) => `<section class="panel ${name}"></section>`).join("")
    this.root.innerHTML = `<div class="player${view.machine.wide ? " wide" : ""}" tabindex="0" role="group" aria-label="Player. ${KEYS}">
      <div class="bar">
        <div class="buttons">${button("first", "To the start", "Home")}${button("back", "One step back", "left arrow")}${button("play", "Play", "Space")}${button("step", "One step", "right arrow")}${button("end", "To the end", "End")}</div>
        <input type="range" min="0" max="${view.length}" value="0" step="1" aria-label="Steps read"${view.length ? "" : " disabled"}>
        <span class="count"></span>
        <select aria-label="Speed" title="Speed ([ and ])">${options.join("")}</select>
      </div>
      <p class="status"></p>
      <div class="panels"><div class="upper">${sections(["tape", "outputs"])}</div><div class="lower">${sections(["states", "machine", "program"])}</div></div>
      <p class="speaks" aria-live="polite"></p></div>`
    const find = (selector) => this.root.querySelector(selector)
    const place = (name) => find(`.panel.${name}`)
    Object.assign(this, { group: find(".player"), slider: find("input"), counter: find(".count"), speeds: find("select"), status: find(".status"), speaks: find(".speaks") })
    const choose = (state) => this.choose(state)
    if (has("tape")) this.parts.tape = new Tape(place("tape"), view, this.rows(has), (t) => this.jump(t))
    if (has("states")) this.parts.states = new HiddenStates(place("states"), view, choose, (solid) => this.turned(solid))
    if (has("machine")) this.parts.machine = new Machine(place("machine"), view, choose, panels.length <= 2)
    if (has("program")) this.parts.program = new Program(place("program"), view, () => this.walk(!this.walking))
    if (has("outputs")) this.parts.outputs = new Outputs(place("outputs"), view)
    find(".buttons").addEventListener("click", (event) => this.act(event.target.closest("button")?.dataset.act))
    this.slider.addEventListener("input", () => this.jump(Number(this.slider.value)))
    this.speeds.addEventListener("change", () => this.go(Number(this.speeds.value)))
    this.buttons = Object.fromEntries([...find(".buttons").children].map((b) => [b.dataset.act, b]))
    this.dress()
    this.resized()
  }

  // Speed, space and lines, as the address has them: what is usual is left out.
  look() {
    return [this.speed === 2 ? "" : String(this.speed), this.solid ? "3d" : "", this.walking ? "lines" : ""].filter(Boolean).join(" ")
  }

  wear(look) {
    const words = look.split(" ")
    this.speed = SPEEDS.find((s) => words.includes(String(s))) ?? 2
    this.solid = words.includes("3d")
    this.walking = words.includes("lines")
    this.worn = this.look()
  }

  dress() {
    this.speeds.value = String(this.speed)
    this.parts.states?.stand(this.solid)
    this.parts.program?.walk(this.walking)
  }

  go(speed) {
    this.speed = speed
    this.rest()
  }

  turned(solid) {
    this.solid = solid
    this.rest()
  }

  // Which outputs stand on the tape: all where they are the topic, else those of the other panels.
  rows(has) {
    const names = this.view.rows.map(([name]) => name)
    if (has("outputs")) return names
    const own = names.filter((name) => has(name))
    return own.length ? own : names
  }

  resized() {
    if (!this.view || !this.root.clientWidth) return
    this.parts.tape?.measure()
    this.parts.program?.measure()
    this.parts.states?.repaint()
    this.draw()
  }

  act(what) {
    if (what === "first") this.jump(0)
    else if (what === "end") this.jump(this.view.length)
    else if (what === "back") this.move(-1)
    else if (what === "step") this.move(1)
    else if (what === "play") this.playing ? this.pause() : this.play()
  }

  key(event) {
    const target = event.composedPath()[0]
    const kind = target.tagName
    const [key, plain] = [event.key, !(event.ctrlKey || event.metaKey || event.altKey)]
    if (!plain) return
    if (["Enter", " "].includes(key) && target.closest?.("g.state")) {
      this.choose(Number(target.closest("g.state").dataset.value))
      return this.take(event)
    }
    if (kind === "SELECT" || (kind === "INPUT" && key !== " " && !"[]".includes(key))) return
    if (kind === "BUTTON" && ["Enter", " "].includes(key)) return
    const turns = { ArrowLeft: [-0.12, 0], ArrowRight: [0.12, 0], ArrowUp: [0, -0.12], ArrowDown: [0, 0.12] }
    if (event.shiftKey && this.parts.states?.solid && turns[key]) return this.take(event, this.parts.states.rotate(...turns[key]))
    const acts = {
      " ": () => this.act("play"), ArrowLeft: () => this.move(-1), ArrowRight: () => this.move(1), Home: () => this.jump(0),
      End: () => this.jump(this.view.length), "[": () => this.faster(-1), "]": () => this.faster(1),
    }
    if (this.parts.program?.part.rows) Object.assign(acts, { ArrowDown: () => this.walkBy(1), ArrowUp: () => this.walkBy(-1) })
    if (!acts[key]) return
    acts[key]()
    this.take(event)
  }

  take(event) {
    event.preventDefault()
    event.stopPropagation()
  }

  faster(by) {
    const place = Math.max(0, Math.min(SPEEDS.length - 1, SPEEDS.indexOf(this.speed) + by))
    this.speeds.value = String(SPEEDS[place])
    this.go(SPEEDS[place])
  }

  play() {
    if (!this.view.length) return
    if (this.at >= this.view.length) this.at = 0
    Object.assign(this, { playing: true, goal: this.view.length, line: null })
    this.run()
  }

  // The step under way is finished before the pause.
  pause() {
    this.playing = false
    this.goal = Math.ceil(this.at - 1e-9)
    this.run()
  }

  move(by) {
    const target = Math.max(0, Math.min(this.view.length, Math.round(this.goal !== null && !this.playing ? this.goal : by > 0 ? Math.floor(this.at) : Math.ceil(this.at)) + by))
    this.playing = false
    if (this.walking) this.line = by > 0 ? 0 : null
    if (by < 0 || this.calm.matches || this.walking || target - this.at > 1.5) return this.put(target, true)
    this.goal = target
    this.run()
  }

  jump(t) {
    this.playing = false
    if (this.walking) this.line = null
    this.put(t, true)
  }

  put(t, heard = false) {
    this.at = Math.max(0, Math.min(this.view.length, t))
    this.goal = null
    this.draw()
    if (heard) this.rest()
    else this.told = this.at
  }

  run() {
    if (this.frame) return void this.draw()
    this.last = null
    this.frame = requestAnimationFrame(this.tick)
  }

  tick(now) {
    // A hidden tab or a busy machine delays frames: the clock then waits, so that no step is skipped.
    const gap = this.last === null ? 0 : Math.min(100, Math.max(0, now - this.last))
    this.last = now
    const rate = this.playing ? this.speed : Math.max(3.5, this.speed)
    this.at = Math.min(this.goal ?? this.at, this.at + Math.min(1, (gap * rate) / 1000))
    const arrived = this.goal === null || this.at >= this.goal - 1e-9
    if (arrived) this.at = this.goal ?? this.at
    this.frame = arrived ? 0 : requestAnimationFrame(this.tick)
    if (arrived) {
      this.goal = null
      if (this.playing) this.playing = false
      this.rest()
    }
    this.draw()
  }

  walk(on) {
    this.walking = on
    this.parts.program?.walk(on)
    this.line = null
    this.draw()
    this.rest()
  }

  // Walk to the next or last line of the program, over the ends of steps.
  walkBy(by) {
    this.playing = false
    if (this.goal !== null) this.put(Math.ceil(this.at - 1e-9), true)
    if (!this.walking) this.walk(true)
    const program = this.parts.program
    const line = (this.line ?? program.count(this.at) - 1) + by
    if (line >= program.count(this.at)) {
      if (this.at >= this.view.length) return
      this.line = 0
      this.put(this.at + 1, true)
    } else if (line < 0) {
      if (this.at <= 0) return
      this.line = program.count(this.at - 1) - 1
      this.put(this.at - 1, true)
    } else {
      this.line = line
      this.draw()
    }
  }

  // Draw the moment `at`: step n is under way, u of it is done.
  draw() {
    const n = Math.ceil(this.at - 1e-9)
    let u = n === 0 ? 1 : 1 - (n - this.at)
    if (this.calm.matches) u = 1
    const moving = this.goal !== null
    this.parts.tape?.show(n, u)
    this.parts.states?.show(n, u)
    this.parts.machine?.show(n, u, this.playing && this.speed > 5)
    this.parts.outputs?.show(n, moving && this.speed <= 2 ? u : 1)
    const program = this.parts.program
    if (program?.part.rows) {
      const count = program.count(n)
      const sweeps = moving && this.speed <= 5 && u < 1
      program.show(n, this.line ?? (sweeps ? Math.min(count - 1, Math.floor(u * (count + 0.5))) : count - 1), this.line !== null || sweeps, this.playing && this.speed > 5)
    }
    if (n !== this.drawn || this.playing !== this.drawnPlaying || this.drawnView !== this.view) this.controls(n)
  }

  controls(n) {
    Object.assign(this, { drawn: n, drawnPlaying: this.playing, drawnView: this.view })
    const { length } = this.view
    this.slider.value = String(n)
    this.slider.style.setProperty("--part", length ? n / length : 0)
    this.slider.setAttribute("aria-valuetext", `step ${n} of ${length}`)
    this.counter.textContent = `step ${n} of ${length}`
    this.root.dataset.step = n
    this.root.dataset.playing = this.playing
    const focused = this.root.getRootNode().activeElement
    this.buttons.first.disabled = this.buttons.back.disabled = n === 0
    this.buttons.step.disabled = this.buttons.end.disabled = n === length
    this.buttons.play.disabled = length === 0
    // A button that is no longer offered would drop the focus, and the keys with it.
    if (focused?.disabled && this.group.contains(focused)) this.buttons.play.focus()
    const label = this.playing ? "Pause" : n === length && length ? "Play again" : "Play"
    if (this.buttons.play.title !== `${label} (Space)`) {
      this.buttons.play.innerHTML = svgIcon(this.playing ? "pause" : "play")
      this.buttons.play.title = `${label} (Space)`
      this.buttons.play.setAttribute("aria-label", label)
    }
    const over = n === length && !this.playing
    const differ = over ? this.view.apart.some((names) => names.length) : n > 0 && this.view.apart[n - 1].length > 0
    this.status.textContent = over ? this.view.end : this.sentence(n)
    this.status.className = `status${over ? " over" : ""}${differ ? " differ" : ""}`
  }

  // Tell the server the step and how it is looked at, once nothing has moved for a while.
  rest() {
    clearTimeout(this.resting)
    this.resting = setTimeout(() => {
      if (this.playing || this.goal !== null) return
      this.speaks.textContent = `${this.sentence(this.at)} ${this.at === this.view.length ? this.view.end : ""}`
      const look = this.look()
      if (this.told === this.at && look === this.worn) return
      Object.assign(this, { told: this.at, worn: look })
      this.tell("moved", { t: this.at, look, turn: Date.now() })
    }, REST)
  }

  // The moment in one sentence.
  sentence(n) {
    const { inputs, rows, apart, length } = this.view
    if (!n) return length ? "Before the first step: nothing has been read yet." : this.view.end
    const said = (k) => rows[k][1][n - 1]
    const all = ["", "", "both write", "all three write", "all four write"][rows.length]
    const names = (ks) => ks.map((k) => `${rows[k][0]} ${said(k)}`).join(", ")
    const answers = rows.length < 2 ? names([0]) : apart[n - 1].length ? `they part: ${names([...rows.keys()])}` : `${all} ${said(0)}`
    return `Step ${n} of ${length} reads ${inputs[n - 1]}; ${answers}.`
  }

  // Choosing the chosen state again lets it go.
  choose(state) {
    const chosen = state === this.state ? null : state
    this.select(chosen)
    this.tell("chosen", { state: chosen, turn: Date.now() })
  }

  select(state) {
    this.state = state
    this.parts.states?.canvas && this.parts.states.select(state)
    this.parts.machine?.select(state)
  }

  stop() {
    cancelAnimationFrame(this.frame)
    clearTimeout(this.resting)
    this.observer.disconnect()
  }
}
