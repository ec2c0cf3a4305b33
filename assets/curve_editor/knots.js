// What can be done to knots, as pure functions: a list of [x, y], x strictly rising, never fewer than two.
const FEWEST = 2

// The knot moved to (x, y); its x stays between its neighbours, at least `gap` away where there is room.
function movedKnot(knots, at, x, y, gap, low, high) {
  const left = at > 0 ? knots[at - 1][0] : null
  const right = at < knots.length - 1 ? knots[at + 1][0] : null
  const room = left !== null && right !== null ? Math.min(gap, (right - left) / 4) : gap
  let [from, to] = [left === null ? low : left + room, right === null ? high : right - room]
  if (left === null && from > to) from = to
  if (right === null && to < from) to = from
  const placed = clamp(x, from, to)
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

// A number as a person types it: also with a decimal comma or a long minus; NaN when it is none.
function typed(text) {
  const clean = text.trim().replace("−", "-").replace(/^([^.,]*),([^.,]*)$/, "$1.$2")
  return clean === "" ? NaN : Number(clean)
}

// What is wrong with a table of typed knots: a sentence for each bad row, none for good ones.
function faults(rows, above) {
  const numbers = rows.map((row) => row.map(typed))
  return numbers.map(([x, y], k) => {
    if (!Number.isFinite(x)) return `Row ${k + 1}: “${rows[k][0]}” is no number.`
    if (!Number.isFinite(y)) return `Row ${k + 1}: “${rows[k][1]}” is no number.`
    if (!(x > above)) return `Row ${k + 1}: this scale of x needs values above ${above}.`
    const before = k > 0 ? numbers[k - 1][0] : -Infinity
    return x > before || Number.isNaN(before) ? "" : `Row ${k + 1}: ${exact(x)} is not above ${exact(before)}; the x of knots must rise.`
  })
}
