"""Two versions of a program beside each other: lines that came and went, with signs and not by colour alone."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from html import escape

DIFF_CSS = """
.diff { overflow-x: auto; font-family: "Source Code Pro", monospace; font-size: 0.85rem; line-height: 1.5;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 8px; }
.diff table { border-collapse: collapse; width: 100%; }
.diff td { padding: 0 8px; white-space: pre; border: 0; }
.diff td.number { text-align: right; opacity: 0.75; user-select: none; width: 1%; padding: 0 6px; }
.diff td.sign { width: 1%; font-weight: 700; padding: 0 4px; user-select: none; }
.diff tr.gone { background: color-mix(in srgb, #D55E00 18%, transparent); }
.diff tr.come { background: color-mix(in srgb, #0072B2 18%, transparent); }
.diff tr.skipped td { opacity: 0.75; padding-top: 2px; padding-bottom: 2px; }
"""


MOST_LINES, LONGEST_LINE = 2_000, 400
"""Lines of each text that are compared, and characters of a line that are shown: what is longer only takes time."""


@dataclass(frozen=True)
class DiffRow:
    """One line of a comparison.

    Parameters
    ----------
    sign : "-" for a line of the old text, "+" for one of the new, " " for one of both, "…" for left-out ones
    old, new : its number in each text, from 1, or None
    text : the line, or what is left out
    """

    sign: str
    old: int | None
    new: int | None
    text: str


def diff_rows(before: str, after: str, context: int = 2) -> tuple[DiffRow, ...]:
    r"""Return the lines that differ with a few around them; () for equal texts.

    >>> [(row.sign, row.old, row.new, row.text) for row in diff_rows("a\nb\n", "a\nc\n")]
    [(' ', 1, 1, 'a'), ('-', 2, None, 'b'), ('+', None, 2, 'c')]
    """
    if before == after:
        return ()
    old, new = (text.splitlines()[:MOST_LINES] for text in (before, after))
    rows: list[DiffRow] = []
    last = 0
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context):
        if group[0][1] > last:
            rows.append(_skipped(group[0][1] - last))
        for tag, i, i_end, j, j_end in group:
            if tag == "equal":
                rows += [DiffRow(" ", i + k + 1, j + k + 1, old[i + k]) for k in range(i_end - i)]
                continue
            rows += [DiffRow("-", k + 1, None, old[k]) for k in range(i, i_end)]
            rows += [DiffRow("+", None, k + 1, new[k]) for k in range(j, j_end)]
        last = group[-1][2]
    if rows and last < len(old):
        rows.append(_skipped(len(old) - last))
    if max(map(len, (before.splitlines(), after.splitlines()))) > MOST_LINES:
        rows.append(DiffRow("…", None, None, f"… only the first {MOST_LINES:,} lines are compared"))
    return tuple(replace(row, text=_cut(row.text)) for row in rows)


def diff_html(rows: tuple[DiffRow, ...]) -> str:
    """Return the rows as an HTML table; a screen reader hears what each sign means."""
    kinds = {"-": ("gone", "taken out"), "+": ("come", "put in"), " ": ("both", "unchanged"), "…": ("skipped", "")}
    lines = []
    for row in rows:
        kind, words = kinds[row.sign]
        numbers = "".join(f'<td class="number">{number or ""}</td>' for number in (row.old, row.new))
        sign = f'<td class="sign" aria-label="{words}">{escape(row.sign)}</td>' if words else '<td class="sign"></td>'
        lines.append(f'<tr class="{kind}">{numbers}{sign}<td>{escape(row.text) or " "}</td></tr>')
    body = "".join(lines)
    label = "Lines taken out (−) and put in (+)"
    return f'<div class="diff" role="region" tabindex="0" aria-label="{label}"><table>{body}</table></div>'


def diff_counts(rows: tuple[DiffRow, ...]) -> tuple[int, int]:
    """Return how many lines were taken out and how many put in."""
    return sum(row.sign == "-" for row in rows), sum(row.sign == "+" for row in rows)


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} … ({len(line):,} characters)"


def _skipped(count: int) -> DiffRow:
    return DiffRow("…", None, None, f"… {count} unchanged line{'s' * (count != 1)}")
