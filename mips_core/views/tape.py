"""A sequence as a tape: one column for each step, one row for each of network, machine, program and truth."""

from __future__ import annotations

from html import escape

from mips_core.views.lockstep import MACHINE, ROWS, LockStep
from mips_core.views.palette import state_name

TAPE_CSS = """
.tape { overflow-x: auto; padding: 2px 0 8px; scrollbar-width: thin;
  scrollbar-color: color-mix(in srgb, currentColor 35%, transparent) transparent; }
.tape.more { mask-image: linear-gradient(to right, #000 calc(100% - 56px), transparent); }
.tape table { border-collapse: separate; border-spacing: 3px; font-variant-numeric: tabular-nums; }
.tape th { font-weight: 500; text-align: left; padding: 3px 14px 3px 2px; white-space: nowrap; position: sticky;
  left: 0; background: var(--st-background-color, #fff); z-index: 1; opacity: 1; }
.tape td { min-width: 30px; padding: 4px 6px; text-align: center; border-radius: 5px; white-space: nowrap;
  background: var(--st-secondary-background-color, #f1f3f5); border: 1.5px solid transparent; }
.tape tr.number td, .tape tr.state td, .tape tr.sign td { background: transparent; font-size: 0.82em; padding: 0 4px; }
.tape tr.number td, .tape tr.state td { opacity: 0.72; }
.tape tr.input td { font-weight: 600; }
.tape td.off { border: 1.5px dashed #D55E00; font-weight: 700; }
.tape td.off::before { content: "\\2260\\00a0"; color: #D55E00; }
.tape tr.sign td.differ { font-weight: 700; color: #D55E00; font-size: 1em; }
"""


def tape_html(lock: LockStep) -> str:
    """Return the tape as an HTML table; cells that stand apart are framed and marked with an unequal sign."""
    steps = range(1, lock.length + 1)
    odd = [lock.odd_ones(t - 1) for t in steps]

    def row(kind: str, head: str, cells: list[str], marks: list[str] | None = None) -> str:
        body = "".join(
            f'<td class="{mark}">{cell}</td>' for cell, mark in zip(cells, marks or [""] * len(cells), strict=True)
        )
        return f'<tr class="{kind}"><th scope="row">{escape(head)}</th>{body}</tr>'

    rows = [
        row("number", "step", [str(t) for t in steps]),
        row("input", "input", [escape(lock.input_text(t - 1)) for t in steps]),
    ]
    for name in (r for r in ROWS if r in lock.outputs):
        marks = ["off" if name in apart else "" for apart in odd]
        head = name if len(lock.outputs) > 1 else "output"
        rows.append(row(name, head, [escape(lock.output_text(name, t - 1)) for t in steps], marks))
        if name == MACHINE and lock.machine_states is not None:
            states = [state_name(int(s)) for s in lock.machine_states[1:]]
            rows.append(row("state", "its state", states))
    if len(lock.outputs) > 1:
        signs = ["≠" if apart else "=" for apart in odd]
        rows.append(row("sign", "agree?", signs, ["differ" if apart else "" for apart in odd]))
    head = '<div class="tape" tabindex="0" role="group" aria-label="The sequence, step by step">'
    return f"{head}<table>{''.join(rows)}</table></div>"


def io_html(inputs: str, outputs: str) -> str:
    """Return two lines of a short tape from texts, ``1 0 1`` and ``1 1 0``."""
    left, right = inputs.split(), outputs.split()

    def row(kind: str, head: str, cells: list[str]) -> str:
        return f'<tr class="{kind}"><th scope="row">{head}</th>{"".join(f"<td>{escape(c)}</td>" for c in cells)}</tr>'

    rows = row("input", "input", left) + row("output", "output", right)
    head = '<div class="tape" tabindex="0" role="group" aria-label="The example, step by step">'
    return f"{head}<table>{rows}</table></div>"
