// The tape: a column for each step, a pointer above the one being read, a veil over what is still to come.
class Tape {
  constructor(place, view, shown, jump) {
    this.view = view
    const numbers = view.inputs.map((_, i) => `<th scope="col" data-step="${i + 1}">${i + 1}</th>`)
    const cells = (texts, mark) =>
      texts.map((text, i) => `<td data-step="${i + 1}"${mark && mark(i) ? ' class="off"' : ""}>${escapeHtml(text)}</td>`)
    const row = (kind, head, body) => `<tr class="${kind}"><th scope="row">${head}</th>${body.join("")}</tr>`
    const rows = [row("number", "step", numbers), row("input", "input", cells(view.inputs))]
    view.rows.forEach(([name, texts], k) => {
      if (shown.includes(name)) rows.push(row(name, name, cells(texts, (i) => view.apart[i].includes(k))))
    })
    if (shown.length > 1 && view.apart.some((apart) => apart.length)) {
      const signs = view.apart.map((apart, i) =>
        `<td data-step="${i + 1}"${apart.length ? ' class="differ"' : ""}>${apart.length ? "≠" : "="}</td>`)
      rows.push(row("sign", "agree?", signs))
    }
    const empty = view.length ? "" : '<p class="said">The sequence is empty: nothing has been read yet.</p>'
    place.innerHTML = `<div class="tape" tabindex="0" role="region" aria-label="The sequence, step by step">
      <div class="strip"><table>${rows.join("")}</table><i class="frame"></i><i class="pointer"></i><i class="veil"></i></div></div>${empty}`
    this.box = place.querySelector(".tape")
    this.strip = place.querySelector(".strip")
    this.pointer = place.querySelector(".pointer")
    this.frame = place.querySelector(".frame")
    this.veil = place.querySelector(".veil")
    this.table = place.querySelector("table")
    this.box.addEventListener("click", (event) => {
      const step = event.target.closest("[data-step]")?.dataset.step
      if (step !== undefined) jump(Number(step))
    })
    this.box.addEventListener("scroll", () => {
      this.scrolled = this.box.scrollLeft
      this.fade()
    })
    this.measure()
  }

  measure() {
    const heads = [...this.table.querySelectorAll("tr.number th")]
    this.lefts = heads.map((head) => head.offsetLeft)
    this.widths = heads.map((head) => head.offsetWidth)
    this.columns = this.lefts.map((_, n) => [...this.table.rows].map((row) => row.cells[n]))
    ;[this.wide, this.whole, this.scrolled] = [this.box.clientWidth, this.strip.scrollWidth, this.box.scrollLeft]
    this.shown = null
    this.fade()
  }

  // A fade at the right says that the tape goes on there.
  fade() {
    this.box.classList.toggle("more", this.scrolled + this.wide < this.whole - 2)
  }

  // Sizes are measured once, so that a frame only writes and never makes the browser lay the page out again.
  show(n, u) {
    const [left, width] = [this.lefts[n] || 0, this.widths[n] || 0]
    const from = n > 1 ? this.lefts[n - 1] : left
    const x = from + (left - from) * eased(Math.min(1, u * 1.6))
    this.pointer.style.transform = `translateX(${(x + width / 2 - 6).toFixed(1)}px)`
    this.frame.style.transform = `translateX(${(x - 1).toFixed(1)}px)`
    if (n === this.shown) return
    this.shown = n
    this.pointer.style.visibility = this.frame.style.visibility = n === 0 ? "hidden" : "visible"
    this.frame.style.width = `${width + 2}px`
    this.veil.style.left = `${(n === 0 ? (this.lefts[0] || 0) + (this.widths[0] || 0) : left + width) + 1}px`
    for (const cell of this.now || []) cell.classList.remove("now")
    this.now = n ? this.columns[n] : []
    for (const cell of this.now) cell.classList.add("now")
    this.follow(left, width)
  }

  // Keep the pointer in view, with some of what comes next.
  follow(left, width) {
    const head = this.widths[0] || 0
    const ahead = Math.min(120, (this.wide - head) / 3)
    let to = this.scrolled
    if (left + width + ahead > to + this.wide) to = left + width + ahead - this.wide
    if (left - head - 40 < to) to = Math.max(0, left - head - 40)
    if (to !== this.scrolled) this.box.scrollLeft = this.scrolled = Math.min(to, Math.max(0, this.whole - this.wide))
  }
}
