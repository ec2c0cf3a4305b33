"""The verdict on an edited program in words, and the input on which it parts from the network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from mips_core.verification.compare import Counterexample
from mips_core.verification.edit import EditCheck

_SHOWN = 16
DIFFERENCE_CSS = """
.parting { overflow-x: auto; padding-bottom: 6px; }
.parting table { border-collapse: separate; border-spacing: 3px; font-variant-numeric: tabular-nums; }
.parting th { font-weight: 500; text-align: left; padding: 3px 14px 3px 2px; white-space: nowrap; border: 0; }
.parting td { min-width: 30px; padding: 4px 6px; text-align: center; border-radius: 5px; white-space: nowrap;
  border: 1.5px solid transparent; background: color-mix(in srgb, currentColor 8%, transparent); }
.parting tr.number td { background: transparent; font-size: 0.82em; padding: 0 4px; }
.parting tr.input td { font-weight: 600; }
.parting td.off { border: 1.5px dashed #D55E00; font-weight: 700; }
.parting td.off::before { content: "\\2260\\00a0"; }
"""
SHORTEST = {
    "all": "This is the shortest: every shorter input was tried, and the two agree on all of them.",
    "machine": "No shorter input parts it from the network's machine: all pairs of their states were followed.",
    "found": "This is the shortest found in the time; a shorter one may exist.",
}


def headline_of(check: EditCheck) -> str:
    """Say in one sentence what the check found."""
    verdict = check.verdict
    if verdict.verdict == "agrees":
        return "Equal to the network on every input that was tried."
    if verdict.verdict == "differs":
        found = verdict.counterexample
        assert found is not None
        steps = "no steps" if not found.length else f"{found.length} step{'s' * (found.length != 1)}"
        if isinstance(found.right, str):
            place = f" in line {check.fault_line}" if check.fault_line else ""
            return f"It fails on an input of {steps}{place}: {fault_words(found.right)}."
        return f"It differs from the network on an input of {steps}."
    slow = re.search(r"longer than ([0-9.]+) s", str(verdict.reason))
    if verdict.verdict == "stopped" and slow:
        return (
            f"Stopped after {slow[1]} s: the program takes too long. A loop may never end, or values grow "
            "without bound."
        )
    return str(verdict.reason)


def evidence_of(check: EditCheck) -> list[str]:
    """Return what the verdict rests on, a sentence each."""
    verdict, lines = check.verdict, []
    if check.shortest:
        lines.append(SHORTEST[check.shortest])
    if check.equals_machine:
        lines.append("Proved: it equals the network's machine on inputs of all lengths.")
    if check.same_as_original:
        lines.append("Proved: it gives what the original program gives, on inputs of all lengths.")
    if verdict.claim:
        lines.append(verdict.claim)
    return lines


def fault_words(fault: str) -> str:
    """Say what a program did instead of answering.

    >>> fault_words("ZeroDivisionError"), fault_words("f returned a tuple, not a list")
    ('ZeroDivisionError', 'f returned a tuple, not a list')
    """
    return {"stopped": "it was stopped there"}.get(fault, fault)


def answers_at_the_end(found: Counterexample) -> tuple[str, str]:
    """Return what network and program answer at the last step, as text."""
    return _last(found.left), _last(found.right)


def difference_html(found: Counterexample, program: str = "edited program") -> str:
    """Return inputs and both outputs step by step as a table; of a long one the last steps."""
    first = max(0, found.length - _SHOWN)
    steps = range(first, found.length)
    left, right = _list(found.left, found.length), _list(found.right, found.length)

    def row(kind: str, head: str, cells: Sequence[str], marks: Sequence[bool] = ()) -> str:
        body = "".join(
            f'<td class="{"off" if marks and marks[i] else ""}">{escape(cell)}</td>' for i, cell in enumerate(cells)
        )
        return f'<tr class="{kind}"><th scope="row">{escape(head)}</th>{body}</tr>'

    different = [left[t] != right[t] for t in steps]
    rows = [
        row("number", "step", [str(t + 1) for t in steps]),
        row("input", "input", [_text(found.inputs[t]) for t in steps]),
        row("network", "network", [left[t] for t in steps]),
        row("program", program, [right[t] for t in steps], different),
    ]
    before = f"<p>The last {_SHOWN} of {found.length} steps:</p>" if first else ""
    opening = '<div class="parting" role="region" tabindex="0" aria-label="Where they part">'
    return f"{before}{opening}<table>{''.join(rows)}</table></div>"


def caret(source: str, line: int, column: int | None) -> str:
    """Return a line of a program with its number, and a caret under the place.

    >>> print(caret("def f(xs):\\n  retrun xs", 2, 3))
    2 |   retrun xs
          ^
    """
    lines = source.splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    head = f"{line} | "
    return f"{head}{text}" + ("" if column is None else f"\n{' ' * (len(head) + column - 1)}^")


def _list(outputs: list[Any] | str, length: int) -> list[str]:
    return ["fails"] * length if isinstance(outputs, str) else [_text(each) for each in outputs] + [""] * length


def _last(outputs: list[Any] | str) -> str:
    return fault_words(outputs) if isinstance(outputs, str) else _text(outputs[-1]) if outputs else "nothing"


def _text(step: Any) -> str:
    return ";".join(map(str, step)) if isinstance(step, list | tuple) else str(step)
