// The answers of network, machine, program and truth at the current step, side by side.
class Outputs {
  constructor(place, view) {
    this.view = view
    const absent = Object.entries(view.missing).map(([name, why]) => `<p class="note"><b>${name}</b>: ${escapeHtml(why)}</p>`)
    const cards = view.rows.map(([name]) =>
      `<div class="answer" data-name="${name}"><span class="who">${name}</span><b class="value">–</b><span class="verdict"></span></div>`)
    place.innerHTML = `<p class="reads"></p><div class="answers">${cards.join("")}</div>${absent.join("")}`
    this.reads = place.querySelector(".reads")
    this.cards = [...place.querySelectorAll(".answer")].map((card) => ({
      card, value: card.querySelector(".value"), verdict: card.querySelector(".verdict"),
    }))
    const truth = view.rows.findIndex(([name]) => name === "truth")
    this.base = truth >= 0 ? truth : 0
  }

  show(n, u) {
    const written = n && u > 0.55 ? n : n - 1
    if (n === this.read && written === this.written) return
    ;[this.read, this.written] = [n, written]
    this.reads.innerHTML = n ? `Step ${n} reads <b>${escapeHtml(this.view.inputs[n - 1])}</b>` : "Nothing has been read yet."
    this.cards.forEach(({ card, value, verdict }, k) => {
      const texts = this.view.rows[k][1]
      const ready = n > 0 && written === n
      value.textContent = ready ? texts[n - 1] : n ? "…" : "–"
      const [agrees, word] = ready ? this.judged(k, n - 1) : [true, ""]
      card.classList.toggle("off", !agrees)
      verdict.textContent = word
    })
  }

  // [whether it is right, the sign with the word]
  judged(k, t) {
    const [name, texts] = this.view.rows[k]
    const before = name === "network" && this.view.scores.length ? `from ${this.view.scores[t]}` : ""
    if (this.view.rows.length < 2) return [true, before]
    if (k === this.base && name === "truth") return [true, "the task's rule"]
    const base = this.view.rows[this.base]
    if (k === this.base) return [true, before]
    const equal = texts[t] === base[1][t]
    const other = base[0] === "truth" ? (equal ? "✓ right" : "✗ wrong") : equal ? `✓ as the ${base[0]}` : `✗ not as the ${base[0]}`
    return [equal, before ? `${before} ${other}` : other]
  }
}
