// Ways to stretch the x axis, the value of a curve, round numbers and ticks: the same arithmetic as mips_core/curves.
const STRETCH = {
  identity: { to: (x) => x, slope: () => 1, above: -Infinity },
  log: { to: Math.log, slope: (x) => 1 / x, above: 0 },
  log1p: { to: Math.log1p, slope: (x) => 1 / (1 + x), above: -1 },
  symlog1p: { to: (x) => Math.sign(x) * Math.log1p(Math.abs(x)), slope: (x) => 1 / (1 + Math.abs(x)), above: -Infinity },
}
const UNSTRETCH = { identity: (u) => u, log: Math.exp, log1p: Math.expm1, symlog1p: (u) => Math.sign(u) * Math.expm1(Math.abs(u)) }

const clamp = (value, low, high) => Math.max(low, Math.min(high, value))

// The curve's value: x is clamped to the knots before it is stretched; beyond them the ends are flat or go on.
function curveAt({ knots, fx, ends }, x) {
  const { to, slope } = STRETCH[fx]
  const [first, last] = [knots[0], knots[knots.length - 1]]
  const rise = ([x0, y0], [x1, y1], at) => ((y1 - y0) / (to(x1) - to(x0))) * slope(at)
  if (ends === "linear" && x < first[0]) return first[1] + rise(first, knots[1], first[0]) * (x - first[0])
  if (ends === "linear" && x > last[0]) return last[1] + rise(knots[knots.length - 2], last, last[0]) * (x - last[0])
  const inside = clamp(x, first[0], last[0])
  const right = clamp(knots.findIndex(([k]) => k >= inside), 1, knots.length - 1)
  const [[x0, y0], [x1, y1]] = [knots[right - 1], knots[right]]
  const span = to(x1) - to(x0)
  return span > 0 ? y0 + (y1 - y0) * clamp((to(inside) - to(x0)) / span, 0, 1) : y1
}

// The largest of 1, 2, 5 times a power of ten that is not above `size`.
function niceStep(size) {
  if (!(size > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(size))
  return [5, 2, 1].map((k) => k * power).find((step) => step <= size * (1 + 1e-9)) ?? power
}

// `value` on the grid of `step`, without the dust of binary fractions.
function roundTo(value, step) {
  return Number((Math.round(value / step) * step).toPrecision(12))
}

// A number as it stands in a field: exact, and plain where that is short.
const exact = (value) => String(value)

// A number as it is read: four digits are enough.
function brief(value) {
  const size = Math.abs(value)
  if (size && (size >= 1e15 || size < 1e-4)) return String(Number(value.toPrecision(4))).replace("-", "−")
  const digits = size >= 1000 ? { maximumFractionDigits: 1 } : { maximumSignificantDigits: 4 }
  return value.toLocaleString("en-US", digits).replace("-", "−").replace(/^−0$/, "0")
}

const tickText = (value) => (Math.abs(value) >= 1e6 || (value && Math.abs(value) < 1e-4) ? Number(value.toPrecision(6)).toExponential() : value.toLocaleString("en-US", { maximumSignificantDigits: 6 })).replace("-", "−").replace("e+", "e")

function evenTicks(low, high, count) {
  const step = niceStep((high - low) / Math.max(1, count))
  const ticks = []
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(Number((k * step).toPrecision(12)))
  return ticks
}

// Ticks of a stretched axis: zero and powers of ten first, then what fits between; even ones where the range is narrow.
function ticksFor(fx, low, high, place, width) {
  const even = evenTicks(low, high, width / 80)
  const logs = [0]
  const most = Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high), 1e-300)))
  const fewest = fx === "log" ? Math.floor(Math.log10(low)) : Math.min(most, 0) - 3
  const stride = Math.max(1, Math.ceil((most - fewest) / 12)) // over hundreds of decades only some powers of ten
  if (fx !== "identity") for (let k = stride * Math.floor(fewest / stride); k <= most; k += stride) for (const digit of stride > 1 ? [1] : [1, 2, 5]) logs.push(digit * 10 ** k, -digit * 10 ** k)
  const rank = (v) => (v === 0 ? 0 : String(Math.abs(v).toExponential()).startsWith("1e") ? 1 : 2)
  const inside = (ticks) => ticks.map((v) => Number(v.toPrecision(12))).filter((v) => v >= low && v <= high)
  const kept = []
  const add = (v) => {
    const room = (w) => Math.max(44, 4 * (tickText(v).length + tickText(w).length) + 14)
    if (kept.every((w) => Math.abs(place(v) - place(w)) >= room(w))) kept.push(v)
  }
  if (fx !== "identity") inside(logs).sort((a, b) => rank(a) - rank(b) || Math.abs(b) - Math.abs(a)).forEach(add)
  if (kept.length < 3) inside(even).forEach(add)
  return kept.sort((a, b) => a - b)
}
