// What concerns the whole curve: how many segments it is fitted with and in which direction, its scale of x, its ends.
// They are fields of ours, not of the page: a field whose value the server sets may answer late, as if somebody chose.
const DIRECTIONS = [["free", "free"], ["increasing", "only up"], ["decreasing", "only down"], ["better", "up or down, the better"]]
const SCALES = [["identity", "plain"], ["log", "logarithm"], ["log1p", "logarithm of 1 + x"], ["symlog1p", "logarithm, both signs"]]
const ENDS = [["flat", "stay level"], ["linear", "go on straight"]]

class CurveOptions {
  constructor(place, editor) {
    this.editor = editor
    const choice = (name, label, values, help) => `<label title="${help}">${label}<select data-of="${name}">${values.map(([value, words]) => `<option value="${value}">${words}</option>`).join("")}</select></label>`
    const again = "Fits this curve to the teacher again; Undo brings hand edits back"
    place.innerHTML = `<div class="segments" role="group" aria-label="Segments" title="${again}">Segments<span><button type="button" data-by="-1" aria-label="One segment less">−</button><output></output><button type="button" data-by="1" aria-label="One segment more">+</button></span></div>
      ${choice("mono", "Direction", DIRECTIONS, again)}${choice("fx", "Scale of x", SCALES, "Segments are straight on this scale; the knots stay")}${choice("ends", "Ends", ENDS, "What the curve does beyond its first and last knot")}
      <p>Segments and direction fit the curve to the teacher again.</p>`
    this.fields = Object.fromEntries([...place.querySelectorAll("select")].map((field) => [field.dataset.of, field]))
    this.count = place.querySelector("output")
    this.buttons = [...place.querySelectorAll("button")]
    this.wanted = null // segments asked for and not yet answered
    place.addEventListener("click", (event) => {
      const by = Number(event.target.closest("button")?.dataset.by)
      if (by) this.step(by)
    })
    place.addEventListener("change", (event) => this.chosen(event.target))
    place.addEventListener("keydown", (event) => event.stopPropagation())
  }

  show() {
    const { term, view, mono } = this.editor
    const least = Math.min(term.knots[0][0], ...view.teacher.x)
    for (const option of this.fields.fx.options) option.hidden = option.disabled = !(least > STRETCH[option.value].above) && option.value !== term.fx
    this.fields.fx.value = term.fx
    this.fields.ends.value = term.ends
    this.fields.mono.value = mono
    const now = this.wanted ?? term.knots.length - 1
    this.count.textContent = now
    this.buttons[0].disabled = now <= 1
    this.buttons[1].disabled = now >= view.most
  }

  step(by) {
    this.wanted = clamp((this.wanted ?? this.editor.term.knots.length - 1) + by, 1, this.editor.view.most)
    this.show()
    clearTimeout(this.waiting)
    this.waiting = setTimeout(() => this.fit(), REST)
  }

  // Something newer was done to the curve: a fit that was still to be asked for would take it back.
  forget() {
    clearTimeout(this.waiting)
    this.wanted = null
  }

  chosen(field) {
    const { editor } = this
    if (field.dataset.of === "mono") return this.fit()
    editor.put({ ...editor.term, [field.dataset.of]: field.value })
    editor.commit()
  }

  fit() {
    clearTimeout(this.waiting)
    const { editor } = this
    if (editor.options !== this) return // another feature is shown by now
    editor.refit(clamp(this.wanted ?? editor.term.knots.length - 1, 1, editor.view.most), this.fields.mono.value)
  }
}
