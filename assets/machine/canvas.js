// One drawing of a machine, or several side by side. Click, Enter and Space choose a state; pointing at one, or
// reaching it with Tab, marks its kin: the states of the other drawings that stand for the same.
class Canvas {
  constructor(root) {
    this.root = root
    this.panes = []
    root.addEventListener("click", (event) => this.choose(event))
    root.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") this.choose(event)
    })
    for (const name of ["pointerover", "focusin"]) root.addEventListener(name, (event) => this.mark(event.target.closest?.("g.state")))
    for (const name of ["pointerleave", "focusout"]) root.addEventListener(name, () => this.mark(null))
  }

  update(data, tell) {
    this.tell = tell
    if (this.panes.length !== data.panes.length) {
      this.root.innerHTML = data.panes.map(() => `<section class="pane"><p class="pane-title"></p><div class="panzoom"></div></section>`).join("")
      this.panes = [...this.root.querySelectorAll(".pane")].map((place, i) => ({
        title: place.querySelector(".pane-title"),
        zoom: new PanZoom(place.querySelector(".panzoom"), { label: data.panes[i].label, tallest: data.tallest }),
      }))
    }
    data.panes.forEach((pane, i) => {
      const { title, zoom } = this.panes[i]
      title.textContent = pane.title
      title.hidden = !pane.title
      if (zoom.text === pane.svg && zoom.name === pane.name && zoom.focus === pane.focus) return
      zoom.text = pane.svg
      zoom.show(pane.svg, pane.name, pane.focus)
    })
  }

  choose(event) {
    const state = event.target.closest?.("g.state[role=button]")
    if (!state) return
    if (event.type === "keydown") {
      event.preventDefault()
      event.stopPropagation()
    }
    this.tell(state.dataset.value)
  }

  mark(state) {
    const kin = this.panes.length > 1 ? state?.dataset.kin : undefined
    for (const other of this.root.querySelectorAll("g.state")) other.classList.toggle("kin", kin !== undefined && other.dataset.kin === kin)
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".machine-canvas")
  root.canvas ??= new Canvas(root)
  root.canvas.update(data, (value) => setTriggerValue("chosen", value))
}
