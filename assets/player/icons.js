// Icons as SVG paths in a box of 24: plain fonts lack the play symbols of Unicode.
const ICONS = {
  first: "M6 5h2.4v14H6zM19 5v14l-9.5-7z",
  back: "M16.5 5v14L7 12z",
  play: "M7.5 4.5v15l12-7.5z",
  pause: "M6.5 5h4v14h-4zM13.5 5h4v14h-4z",
  step: "M7.5 5v14L17 12z",
  end: "M15.6 5H18v14h-2.4zM5 5v14l9.5-7z",
  lines: "M4 5h16v2.2H4zM4 10.9h9v2.2H4zM4 16.8h16V19H4zM15.5 8.8v6.4l5-3.2z",
  turn: "M12 3 4 7.5v9L12 21l8-4.5v-9zm0 2.4 5.4 3.1L12 11.6 6.600 8.500zM6 10.300l5 2.900v5.600l-5-2.800zm7 8.500v-5.600l5-2.900v5.700z",
}

const svgIcon = (name) =>
  `<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false"><path d="${ICONS[name]}" fill="currentColor"/></svg>`

const escapeHtml = (text) =>
  String(text).replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c])

// Write a text only where it changes: a browser lays out again what is written, changed or not.
function write(element, text) {
  const words = String(text)
  if (element.textContent !== words) element.textContent = words
}

// Ease in and out, so that a move starts and stops softly.
const eased = (u) => (u < 0.5 ? 2 * u * u : 1 - 2 * (1 - u) * (1 - u))

const stateName = (state) => `S${state}`
