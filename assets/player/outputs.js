// The answers of network, machine, program and truth at the current step, side by side.
class Outputs {
  constructor(place, view) {
    this.view = view
    const absent = Object.entries(view.missing).map(([name, why]) => `<p class="note"><b>${name}</b>: ${escapeHtml(why)}</p>`)
    const cards = view.rows.map(([name]) =>
      `<div class="answer" data-name="${name}"><span class="who">${name}</span><b class="value">–</b><span class="before"></span><span class="verdict"></span></div>`)
    place.innerHTML = `<div class="answers">${cards.join("")}</div>${absent.join("")}`
    this.cards = [...place.querySelectorAll(".answer")].map((card) => ({
      card, value: card.querySelector(".value"), before: card.querySelector(".before"), verdict: card.querySelector(".verdict"),
    }))
    const truth = view.rows.findIndex(([name]) => name === "truth")
    this.base = truth >= 0 ? truth : 0
  }

  show(n, u) {
    const written = n && u > 0.55 ? n : n - 1
    if (n === this.read && written === this.written) return
    ;[this.read, this.written] = [n, written]
    this.cards.forEach(({ card, value, before, verdict }, k) => {
      const texts = this.view.rows[k][1]
      const ready = n > 0 && written === n
      write(value, ready ? texts[n - 1] : n ? "…" : "–")
      const [agrees, word] = ready ? this.judged(k, n - 1) : [true, ""]
      card.classList.toggle("off", !agrees)
      write(verdict, word)
      write(before, ready && this.view.rows[k][0] === "network" && this.view.scores.length ? `from ${this.view.scores[n - 1]}` : "")
    })
  }

  // [whether it is right, the sign with the word]
  judged(k, t) {
    const [name, texts] = this.view.rows[k]
    const [base, right] = this.view.rows[this.base]
    if (this.view.rows.length < 2) return [true, ""]
    if (k === this.base) return [true, name === "truth" ? "the task's rule" : ""]
    const equal = texts[t] === right[t]
    if (base === "truth") return [equal, equal ? "✓ right" : "✗ wrong"]
    return [equal, equal ? `✓ as the ${base}` : `✗ not as the ${base}`]
  }
}
