// What can be done to knots, as pure functions: a list of [x, y], x strictly rising, never fewer than two.
const FEWEST = 2

// The knot moved to (x, y); its x stays between its neighbours, `gap` away where there is room and it was not closer.
// Among whole values a whole x stays whole.
function movedKnot(knots, at, x, y, gap, low, high, whole = false) {
  const here = knots[at][0]
  const left = at > 0 ? knots[at - 1][0] : null
  const right = at < knots.length - 1 ? knots[at + 1][0] : null
  const room = left !== null && right !== null ? Math.min(gap, (right - left) / 4) : gap
  const from = left === null ? Math.min(low, here) : left + Math.min(room, here - left)
  const to = right === null ? Math.max(high, here) : right - Math.min(room, right - here)
  let placed = x === here ? x : clamp(x, from, Math.max(from, to))
  if (whole && Number.isInteger(here) && !Number.isInteger(placed)) placed = placed > here ? Math.floor(placed) : Math.ceil(placed)
  if ((left !== null && !(placed > left)) || (right !== null && !(placed < right))) return knots
  return knots.map((knot, k) => (k === at ? [placed, y] : knot))
}

function withoutKnot(knots, at) {
  return knots.length > FEWEST ? knots.filter((_, k) => k !== at) : knots
}

// A knot at x, on the curve, so that nothing changes until it is moved; null where one is there already.
function withKnot(term, x) {
  if (term.knots.some(([k]) => k === x)) return null
  const knots = [...term.knots, [x, Number(curveAt(term, x).toPrecision(6))]].sort((a, b) => a[0] - b[0])
  return { knots, at: knots.findIndex(([k]) => k === x) }
}

// The middle of a segment as the axis shows it, rounded where that stays inside.
function middleOf(left, right, fx) {
  const { to } = STRETCH[fx]
  const middle = UNSTRETCH[fx]((to(left) + to(right)) / 2)
  const rounded = roundTo(middle, niceStep((right - left) / 20))
  return rounded > left && rounded < right ? rounded : middle
}

// A number as a person types it, also with a long minus; NaN when it is none. A comma is refused: it has two meanings.
function typed(text) {
  const clean = text.trim().replace("−", "-")
  return clean === "" ? NaN : Number(clean)
}

const noNumber = (text) => (text.trim() === "" ? "a number is missing." : `“${text}” is no number${text.includes(",") ? "; write a point, not a comma" : ""}.`)

// What is wrong with a table of typed knots: a sentence for each bad row, "" for good ones. Of two rows whose x do not
// rise, the one that was typed last is the bad one.
function faults(rows, above, last) {
  const numbers = rows.map((row) => row.map(typed))
  const found = numbers.map(([x, y], k) => {
    if (!Number.isFinite(x)) return { of: "x", words: `Row ${k + 1}: ${noNumber(rows[k][0])}` }
    if (!Number.isFinite(y)) return { of: "y", words: `Row ${k + 1}: ${noNumber(rows[k][1])}` }
    return x > above ? null : { of: "x", words: `Row ${k + 1}: this scale of x needs values above ${above}.` }
  })
  for (let k = 1; k < numbers.length; k++) {
    const [left, right] = [numbers[k - 1][0], numbers[k][0]]
    if (left < right || Number.isNaN(left) || Number.isNaN(right)) continue
    const [bad, words] = last === k - 1 ? [k - 1, `${exact(left)} is not below ${exact(right)}`] : [k, `${exact(right)} is not above ${exact(left)}`]
    found[bad] ??= { of: "x", words: `Row ${bad + 1}: ${words}; the x of knots must rise.` }
  }
  return found
}
